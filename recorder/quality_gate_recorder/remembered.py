"""What earlier runs have found in files, by their bytes: to look into all of a project costs more than many a test run.

One file of lines, each with a seal of its own, written aside and renamed. Losing it costs time, never truth: whatever
cannot be read is not remembered, and no fault of it is an error.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

_SEAL = 16
"""Hexadecimal digits before each line: what is lost in a crash of the machine shows here."""

_KEPT = 4
"""For each answer of a run so many are kept: of other branches, and of other Pythons."""


class Remembered:
    """Answers by what was asked and the bytes that it was asked of.

    Args:
        place: the file; None: nothing is remembered.
        made_by: all that an answer depends on besides the bytes: versions and settings. This very code is added.
    """

    def __init__(self, place: Path | None = None, made_by: Iterable[str] = ()) -> None:
        self._place = place
        self._made_by = "\0".join(made_by)
        self._known: dict[bytes, bytes] = {}
        self._new: dict[bytes, bytes] = {}
        self._asked = 0
        if place is not None:
            self._made_by += _this_code()
            self._known = dict(_lines(place))

    def find(self, question: str, digest: bytes) -> object:
        """The answer, as JSON has it; None where none is known.

        Args:
            digest: of the bytes.
        """
        if self._place is None:
            return None
        self._asked += 1
        key = self._key(question, digest)
        line = self._new.get(key) or self._known.get(key)  # files may be alike
        if line is None or line[:_SEAL] != _seal(key, line[_SEAL:]):
            return None
        found: object = json.loads(line[_SEAL:])
        return found

    def note(self, question: str, digest: bytes, answer: object) -> None:
        """Remember an answer, which JSON can hold."""
        if self._place is None:
            return
        key, text = self._key(question, digest), json.dumps(answer, separators=(",", ":")).encode("ascii")
        self._new[key] = _seal(key, text) + text

    def save(self) -> None:
        """Write it down where there is anything new; the oldest answers go when there are too many."""
        if self._place is None or not self._new:
            return
        every = {key: line for key, line in self._known.items() if key not in self._new} | self._new
        kept = list(every.items())[-_KEPT * max(self._asked, len(self._new)) :]
        aside = self._place.with_name(f".{self._place.name}.{os.getpid()}.new")
        with suppress(OSError):
            try:
                aside.unlink(missing_ok=True)
                with open(aside, "xb") as file:
                    file.writelines(key + line + b"\n" for key, line in kept)
                os.replace(aside, self._place)
            except OSError:
                aside.unlink(missing_ok=True)

    def _key(self, question: str, digest: bytes) -> bytes:
        text = f"{question}\0{self._made_by}".encode("utf-8", "surrogatepass")
        return blake2b(text + digest, digest_size=16).hexdigest().encode()


def _lines(place: Path) -> Iterable[tuple[bytes, bytes]]:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with suppress(OSError), open(os.open(place, flags), "rb") as file:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            for line in file.read().split(b"\n"):
                if len(line) > 2 * _SEAL + _SEAL:
                    yield line[: 2 * _SEAL], line[2 * _SEAL :]


def _seal(key: bytes, text: bytes) -> bytes:
    return blake2b(key + text, digest_size=_SEAL // 2).hexdigest().encode()


def _this_code() -> str:
    """Names this build: any edit of what answers makes another one."""
    found = blake2b(digest_size=16)
    for place in sorted(Path(__file__).parent.glob("*.py")):
        found.update(place.read_bytes())
    return found.hexdigest()
