"""What files hold when the rest of the project may be asked: clients that other modules make, classes that they define.

Only files whose rules asked about imports from the project are read again. Tests are not: what helpers and fixtures do
for them a rule on the call graph tells; only what a `conftest.py` puts back after them is asked. An answer is kept with
the files that it stands on, and holds until one of them changes or an import leads elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from quality_gate.evidence.inspections import Progress, content_keys, read_limited, within_time
from quality_gate.store import Store, digest
from quality_gate_checkers.model.inspection import Inspection
from quality_gate_checkers.model.roles import Role, role_of
from quality_gate_checkers.settings import Settings

if TYPE_CHECKING:
    from quality_gate_checkers.model import Module
    from quality_gate_checkers.model.neighbours import Neighbours
    from quality_gate_checkers.model.outside import Outside

_PUT_BACK = "QG302"
"""Of the rules about tests the one that a `conftest.py` may answer: what a test changes is put back there."""

_KIND = b"neighbours"
"""Told apart from what rules found in the file alone."""


class _Told(msgspec.Struct, frozen=True, array_like=True):
    """What rules found in a file, and what that stands on.

    Args:
        led: file and identity of its content by dotted name; both empty where a name led to no file.
        strangers: first parts of names that were not the project's.
    """

    led: dict[str, tuple[str, bytes]]
    strangers: tuple[str, ...]
    inspection: Inspection


def inspections_told(
    root: Path,
    alone: Mapping[str, Inspection],
    modules: Mapping[str, str],
    settings: Settings,
    store: Store,
    *,
    always_read: bool,
    now_ns: int,
    progress: Progress,
) -> dict[str, Inspection]:
    """Inspections of files that the rest of the project tells more about.

    Args:
        root: the project's root.
        alone: what each file holds when nobody is asked, by path.
        modules: the file of every module by its dotted name.
        settings: the project's.
        store: the cache, keyed by build and settings.
        always_read: trust no size and time (the ci stage): every file is read and hashed.
        now_ns: nanoseconds since the epoch.
        progress: told after every file that had to be parsed.

    Returns:
        All of `alone`, those of which somebody tells more replaced.
    """

    def is_test(path: str) -> bool:
        return role_of(path, settings) is Role.TESTS

    tops = {"", *(name.partition(".")[0] for name in modules)}
    asking = [
        path
        for path, held in alone.items()
        if held.fault is None and not tops.isdisjoint(held.asked) and (not is_test(path) or _leaks(held))
    ]
    if not asking:
        return dict(alone)
    every = sorted({*modules.values(), *asking})
    contents = content_keys(root, every, store, always_read=always_read, now_ns=now_ns)
    telling = _Telling(root, modules, settings, store, contents)
    told = telling.all(asking, progress)
    return {**alone, **{path: _not_put_back(alone[path], one) if is_test(path) else one for path, one in told.items()}}


def _leaks(held: Inspection) -> bool:
    return any(violation.code == _PUT_BACK for violation in held.violations)


def _not_put_back(alone: Inspection, told: Inspection) -> Inspection:
    """What a file of tests holds, less the changes that a `conftest.py` puts back."""
    left = {violation.location for violation in told.violations if violation.code == _PUT_BACK}
    kept = [
        place
        for place, violation in enumerate(alone.violations)
        if violation.code != _PUT_BACK or violation.location in left
    ]
    return msgspec.structs.replace(
        alone,
        violations=tuple(alone.violations[place] for place in kept),
        texts=tuple(alone.texts[place] for place in kept),
        statements=tuple(alone.statements[place] for place in kept),
    )


class _Telling:
    """Asks the project about files.

    Args:
        contents: identity of the content by path. The others: as of `inspections_told`.
    """

    def __init__(
        self, root: Path, modules: Mapping[str, str], settings: Settings, store: Store, contents: Mapping[str, bytes]
    ) -> None:
        self._root = root
        self._settings = settings
        self._store = store
        self._contents = contents
        self._neighbours = self._all(modules)

    def _all(self, modules: Mapping[str, str]) -> Neighbours:
        from quality_gate_checkers.model.module import dotted_name
        from quality_gate_checkers.model.neighbours import Neighbours

        # Relative imports lead to names by the path, others to those by the source root.
        by_path = {dotted_name(path): path for path in modules.values()}
        return Neighbours({**by_path, **modules}, self._module)

    def all(self, paths: Iterable[str], progress: Progress) -> dict[str, Inspection]:
        """What files hold, reading only those whose answers do not hold any more."""
        keys = {path: digest(self._contents[path] + _KIND) for path in paths if path in self._contents}
        known = self._store.results(keys.values())
        found: dict[str, Inspection] = {}
        missing: list[str] = []
        for path, key in keys.items():
            told = _decoded(known.get(key))
            if told is not None and self._holds(told):
                found[path] = told.inspection
            else:
                missing.append(path)
        for done, path in enumerate(missing, start=1):
            inspection = self._inspected(path)
            if inspection is not None:
                found[path] = inspection
                self._keep(path, keys[path], inspection)
            progress(done, len(missing))
        return found

    def _holds(self, told: _Told) -> bool:
        return all(map(self._neighbours.is_stranger, told.strangers)) and all(
            self._neighbours.file_of(name) == path and self._contents.get(path, b"") == content
            for name, (path, content) in told.led.items()
        )

    def _inspected(self, path: str) -> Inspection | None:
        """What a file holds; None where it cannot be told: then it counts as it is alone."""
        from quality_gate_checkers.inspection import inspect

        with suppress(OSError):
            content = read_limited(self._root, path)
            outside = self._neighbours.seen_from(path)
            found = within_time(lambda: inspect(path, content, self._settings, outside=outside))
            return found if found is not None and found.fault is None else None
        return None

    def _keep(self, path: str, key: bytes, inspection: Inspection) -> None:
        led, strangers = self._neighbours.asked_from(path)
        stood_on = {name: (file, self._contents.get(file, b"")) for name, file in led.items()}
        # A path that is not UTF-8 shows in the names of its functions: such a file is inspected every time.
        with suppress(UnicodeEncodeError):
            told = _Told(stood_on, tuple(sorted(strangers)), inspection)
            self._store.remember_result(key, msgspec.msgpack.encode(told))

    def _module(self, path: str, outside: Outside) -> Module | None:
        """A neighbour; one that cannot be parsed tells nothing."""
        from quality_gate_checkers.dependencies import catalogue
        from quality_gate_checkers.model import Module, NotAnalysable, decode, parse

        with suppress(OSError, NotAnalysable, RecursionError, MemoryError, ValueError, OverflowError):
            text = decode(read_limited(self._root, path))
            return Module(path, text, parse(text), self._settings, catalogue().made_by, outside=outside)
        return None


def _decoded(value: bytes | None) -> _Told | None:
    if value is None:
        return None
    try:
        told = msgspec.msgpack.decode(value, type=_Told)
    except (msgspec.DecodeError, ValueError):
        return None
    return told if len(told.inspection.texts) == len(told.inspection.violations) else None
