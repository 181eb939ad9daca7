"""What each judged file holds: from the cache where its content is known, else by one parse."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

import msgspec

from quality_gate.evidence._known_tree import MANY, KnownTree
from quality_gate.store import Seen, Store, digest, keyed
from quality_gate_checkers.model.inspection import Fault, Inspection
from quality_gate_checkers.model.text import MAXIMUM_BYTES
from quality_gate_checkers.settings import Settings

if TYPE_CHECKING:
    import ast

    from quality_gate_checkers.catalog import Catalog

MOST_HELD = 64 * 1024 * 1024
"""Bytes of files that are kept from hashing to parsing, which spares reading them again."""

SECONDS = 30
"""Of the processor's time that the rules may take for one file: one of 1 MiB not made to be slow takes a few."""

Progress = Callable[[int, int], None]
"""Called with (files done, files in all)."""

Also = Callable[[str, bytes, str, "ast.Module"], None]
"""Called with a file's path, content, text and tree."""


def inspect_files(
    root: Path,
    paths: Iterable[str],
    settings: Settings,
    store: Store,
    *,
    always_read: bool,
    now_ns: int,
    progress: Progress,
    also: Also | None = None,
    on_disk: Mapping[str, os.stat_result] = MappingProxyType({}),
) -> dict[str, Inspection]:
    """Inspect files, reading only what changed.

    Args:
        root: the project's root.
        paths: relative to it.
        settings: the project's.
        store: the cache, keyed by build and settings.
        always_read: trust no size and time (the ci stage): every file is read and hashed.
        now_ns: nanoseconds since the epoch.
        progress: told after every file that had to be parsed.
        also: is handed every file that had to be parsed, so that one parse serves it too.
        on_disk: what the system has just said of files, which spares asking it again.
    """
    wanted = list(paths)
    tree = KnownTree(store) if len(wanted) >= MANY and not always_read else None
    found = tree.unchanged(root, wanted, on_disk) if tree is not None else {}
    rest = [path for path in wanted if path not in found]
    read: dict[str, bytes] = {}
    seen = identities(root, rest, store, always_read=always_read, now_ns=now_ns, read=read)
    keys = {path: keyed(path, one.digest) for path, one in seen.items()}
    known = store.results(keys.values())
    again = {path: held for path, key in keys.items() if (held := _decoded(known.get(key))) is not None}
    if tree is not None:
        tree.remember(found, {path: (seen[path], held) for path, held in again.items()}, now_ns)
    found |= again
    for path in again:
        read.pop(path, None)
    missing = [path for path in rest if path not in again]
    if not missing:
        return found
    from quality_gate.evidence.known_plugs import known_rules

    rules = known_rules(store)
    with alarmed() as alarm:
        for done, path in enumerate(missing, start=1):
            content = _Held(read.pop(path), keys[path]) if path in read else None
            found[path] = _inspected(root, path, content, settings, store, also, rules, alarm)
            progress(done, len(missing))
    return found


def content_keys(
    root: Path,
    paths: list[str],
    store: Store,
    *,
    always_read: bool,
    now_ns: int,
    read: dict[str, bytes] | None = None,
) -> dict[str, bytes]:
    """Content key by path; files that cannot be read have none. See `identities` for the arguments."""
    seen = identities(root, paths, store, always_read=always_read, now_ns=now_ns, read=read)
    return {path: keyed(path, one.digest) for path, one in seen.items()}


def identities(
    root: Path,
    paths: list[str],
    store: Store,
    *,
    always_read: bool,
    now_ns: int,
    read: dict[str, bytes] | None = None,
) -> dict[str, Seen]:
    """Identity on disk by path, read where it is not known; files that cannot be read have none.

    Args:
        read: is given the contents that had to be read, as far as they fit in memory.
        The others: as of `inspect_files`.
    """
    held = 0
    remembered = {} if always_read else store.files(paths)
    found: dict[str, Seen] = {}
    folder = f"{root}{os.sep}"
    for path in paths:
        try:
            status = os.lstat(folder + path)
            seen = remembered.get(path)
            if seen is None or not seen.matches(status):
                content = read_limited(root, path)
                held += len(content)
                if read is not None and held < MOST_HELD:
                    read[path] = content
                identity = digest(content)
                seen = Seen(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, identity)
                store.remember_file(path, seen, now_ns)
        except OSError:
            continue
        found[path] = seen
    return found


def read_limited(root: Path, path: str) -> bytes:
    """Of a file that is too large to be analysed, as much as shows that it is."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(f"{root}{os.sep}{path}", flags), "rb") as file:
        # Room for the largest is made anew for every file, which takes longer than to read it.
        expected = min(os.fstat(file.fileno()).st_size, MAXIMUM_BYTES) + 1
        content = file.read(expected)
        return content if len(content) < expected else content + file.read(MAXIMUM_BYTES + 1 - len(content))


def _decoded(value: bytes | None) -> Inspection | None:
    if value is None:
        return None
    try:
        found = msgspec.msgpack.decode(value, type=Inspection)
    except (msgspec.DecodeError, ValueError):
        return None
    return found if len(found.texts) == len(found.violations) else None


class _TooLong(BaseException):
    """No Exception, so that nothing on the way takes it for one of its own."""


class Alarm:
    """Handles the signal; it rings again every second, in case that a destructor has swallowed it."""

    def __init__(self) -> None:
        self.armed = False
        self.rang = False

    def __call__(self, number: int, frame: object) -> None:
        self.rang = True
        if self.armed:
            raise _TooLong


@contextmanager
def alarmed() -> Iterator[Alarm | None]:
    """What interrupts work that takes too long (hostile-inputs.md, row 30), where the system and the thread allow it.

    It is set up once for many files, because that takes as long as to read a small one.
    """
    import signal
    import threading

    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield None
        return
    alarm = Alarm()
    before = signal.signal(signal.SIGVTALRM, alarm)
    try:
        yield alarm
    finally:
        signal.signal(signal.SIGVTALRM, before)


_Made = TypeVar("_Made")


def within_time(work: Callable[[], _Made]) -> _Made | None:
    """What some work over one file makes, or None where it takes too long."""
    with alarmed() as alarm:
        return in_time(work, alarm)


def in_time(work: Callable[[], _Made], alarm: Alarm | None) -> _Made | None:
    """The same for many files, with what `alarmed` set up for all of them."""
    if alarm is None:
        return work()
    import signal

    alarm.rang = False
    try:
        try:
            alarm.armed = True
            signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS, 1)
            try:
                return work()
            finally:
                alarm.armed = False
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except (_TooLong, SystemError):  # the parser makes a SystemError of an interruption
        if not alarm.rang:
            raise
        return None


class _Held(msgspec.Struct, frozen=True):
    """A content, and its key."""

    content: bytes
    key: bytes


def _read(root: Path, path: str) -> _Held:
    content = read_limited(root, path)
    return _Held(content, keyed(path, digest(content)))


def _inspected(
    root: Path,
    path: str,
    held: _Held | None,
    settings: Settings,
    store: Store,
    also: Also | None,
    rules: Catalog,
    alarm: Alarm | None,
) -> Inspection:
    from quality_gate_checkers.inspection import inspect

    try:
        held = held or _read(root, path)
    except OSError as error:
        return Inspection(0, fault=Fault(1, f"it cannot be read: {error.strerror}", "make the file readable"))
    content = held.content
    work = partial(inspect, path, content, settings, rules)
    inspection = in_time(work if also is None else partial(work, also=partial(also, path, content)), alarm)
    if inspection is None:
        reason = f"the rules need more than {SECONDS} s for it"
        fault = Fault(1, reason, "split it, or list it under `roles.vendored`")
        return Inspection(content.count(b"\n") + 1, fault=fault)
    # A path that is not UTF-8 shows in the names of its functions: such a file is inspected every time.
    with suppress(UnicodeEncodeError):
        store.remember_result(held.key, msgspec.msgpack.encode(inspection))
    return inspection
