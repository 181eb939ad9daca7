"""The baseline's file: one sorted line a known finding, and every way in which it can be spoiled.

Lines end with a line feed and fields with a tab, nothing else; whatever could pass for either in a path or a name is
escaped. So nothing depends on what splitlines or a terminal take for the end of a line (hostile-inputs.md, row 34).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from quality_gate.errors import UsageError, UsageErrors
from quality_gate.evidence._untrusted import Unreadable, is_plain, whole_of
from quality_gate.model import PRACTICES
from quality_gate_checkers.regexes import regex

NAME = "quality-gate-baseline.tsv"
PRUNE = "quality-gate baseline --prune"

_FORMAT = 1
_TITLE = "# quality-gate baseline, format "
_HEAD = (f"{_TITLE}{_FORMAT}", "# It only ever shrinks. Written by: quality-gate baseline")
_ADOPTED = "# adopted "
_FIELDS = ("practice", "path", "function", "code", "rule", "version", "fingerprint", "essence")
LARGEST = 32 * 1024 * 1024
"""Bytes: about 150,000 entries."""

_MOST_ERRORS = 10
_MARKS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_ESCAPED = regex(r"\\(?:[\\tnr]|u[0-9a-f]{4}|U[0-9a-f]{8})")
_SHORT = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_LONG = {written: character for character, written in _SHORT.items()}
_CODE = regex(r"QG[1-9]\d\d|[^:]{1,600}:.{1,600}")
"""Ours, or another tool's with the tool before it."""
_RULE = regex(r"\S{1,600}")
_VERSION = regex(r"[1-9]\d{0,3}")
_FINGERPRINT = regex(r"[0-9a-f]{20}")
_ESSENCE = regex(r"[0-9a-f]{16}")

_AFTER_EDIT = f"take the file back as git has it (git checkout HEAD -- {NAME}), then type {PRUNE}"
_AFTER_MERGE = f"take either side whole (git checkout --ours -- {NAME}), then type {PRUNE}"


class Entry(msgspec.Struct, frozen=True, order=True):
    """One known finding; entries sort as their lines stand in the file.

    Args:
        function: None in module code.
        version: of the rule that found it.
        fingerprint: as reports show it. essence: the same without path and function.
    """

    practice: str
    path: str
    function: str
    code: str
    rule: str
    version: int
    fingerprint: str
    essence: str


class Baseline(msgspec.Struct, frozen=True):
    """All that is known, by practices that were adopted.

    Args:
        adopted: practices; one stays adopted when all its entries are fixed.
        entries: in order.
    """

    adopted: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()

    def of(self, practice: str) -> tuple[Entry, ...]:
        """What is known of one practice."""
        return tuple(entry for entry in self.entries if entry.practice == practice)

    def line_of(self, entry: Entry) -> int:
        """The line on which an entry stands in the file, 1-based; it must be there."""
        return len(_HEAD) + len(self.adopted) + 2 + self.entries.index(entry)


def read_baseline(root: Path) -> Baseline | None:
    """The project's baseline; None where there is none.

    Raises:
        UsageErrors: it is no file of ours, or not as we wrote it. Nothing is ever forgiven by half a file.
    """
    file = root / NAME
    if not _is_there(file):
        return None
    try:
        content = whole_of(file, LARGEST, "no baseline is that long")
    except Unreadable as error:
        raise UsageErrors([UsageError(NAME, str(error), f"take it away, or {_AFTER_EDIT}")]) from error
    return parse(content)


def _is_there(file: Path) -> bool:
    try:
        file.lstat()
    except FileNotFoundError:
        return False
    except OSError:
        return True  # reading it says what is wrong
    return True


def parse(content: bytes) -> Baseline:
    """A baseline from the bytes of its file.

    Raises:
        UsageErrors: see `read_baseline`.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageErrors([UsageError(f"{NAME}:{line}", "it is no UTF-8 text", _AFTER_EDIT)]) from error
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    _refuse_marks(lines)
    _expect_head(lines)
    if not text.endswith("\n"):
        raise UsageErrors(
            [UsageError(f"{NAME}:{len(lines)}", "the file is cut off: its last line has no end", _AFTER_EDIT)]
        )
    adopted = [line.removeprefix(_ADOPTED) for line in lines[len(_HEAD) :] if line.startswith(_ADOPTED)]
    return _Reading(lines, adopted).baseline()


def _refuse_marks(lines: list[str]) -> None:
    for number, line in enumerate(lines, start=1):
        if line.startswith(_MARKS):
            raise UsageErrors([UsageError(f"{NAME}:{number}", "a merge has left its marks here", _AFTER_MERGE)])


def _expect_head(lines: list[str]) -> None:
    title = lines[0]
    version = title.removeprefix(_TITLE)
    if title.startswith(_TITLE) and version.isascii() and version.isdigit() and int(version[:9]) > _FORMAT:
        problem = f"it has format {version[:9]}, and this version of quality-gate knows format {_FORMAT}"
        raise UsageErrors([UsageError(f"{NAME}:1", problem, "pip install --upgrade quality-gate")])
    for number, line in enumerate(_HEAD):
        if lines[number : number + 1] != [line]:
            raise UsageErrors([UsageError(f"{NAME}:{number + 1}", f"{line!r} should stand here", _AFTER_EDIT)])


class _Reading:
    """The lines behind the head."""

    def __init__(self, lines: list[str], adopted: list[str]) -> None:
        self._lines = lines
        self._adopted = adopted
        self._errors: list[UsageError] = []

    def baseline(self) -> Baseline:
        at = len(_HEAD)
        for number, practice in enumerate(self._adopted, start=at + 1):
            if practice not in PRACTICES or not self._lines[number - 1].startswith(_ADOPTED):
                self._wrong(number, "a practice that is adopted should stand here, one a line")
        if list(dict.fromkeys(sorted(self._adopted))) != self._adopted:
            self._wrong(at + 1, "the adopted practices are not in order, or stand here twice")
        columns = at + len(self._adopted)
        if self._lines[columns : columns + 1] != ["\t".join(_FIELDS)]:
            self._wrong(columns + 1, "the line that names the columns should stand here")
        entries = tuple(self._entries(columns + 1))
        if self._errors:
            raise UsageErrors(self._errors[:_MOST_ERRORS])
        return Baseline(tuple(self._adopted), entries)

    def _entries(self, begin: int) -> Iterator[Entry]:
        before: Entry | None = None
        for number, line in enumerate(self._lines[begin:], start=begin + 1):
            entry = self._entry(number, line)
            if entry is None:
                continue
            if before is not None and entry <= before:
                self._wrong(number, "it stands twice" if entry == before else "it is not in order")
            before = entry
            yield entry

    def _entry(self, number: int, line: str) -> Entry | None:
        fields = line.split("\t")
        if len(fields) != len(_FIELDS):
            self._wrong(number, f"it has {len(fields)} fields and should have {len(_FIELDS)}")
            return None
        values = [_unescaped(field) for field in fields]
        wrong = next((name for name, value in zip(_FIELDS, values, strict=True) if not _is_sound(name, value)), None)
        if wrong is not None:
            self._wrong(number, f"its {wrong} cannot be right")
            return None
        practice, path, function, code, rule, version, fingerprint, essence = (value or "" for value in values)
        if practice not in self._adopted:
            self._wrong(number, f"{practice} was never adopted, as the lines at the top say")
        return Entry(practice, path, function, code, rule, int(version), fingerprint, essence)

    def _wrong(self, number: int, problem: str) -> None:
        self._errors.append(UsageError(f"{NAME}:{number}", problem, _AFTER_EDIT))


def _is_sound(name: str, value: str | None) -> bool:
    if value is None:
        return False
    patterns = {"code": _CODE, "rule": _RULE, "version": _VERSION, "fingerprint": _FINGERPRINT, "essence": _ESSENCE}
    if name in patterns:
        return patterns[name].fullmatch(value) is not None
    if name == "practice":
        return value in PRACTICES
    return name != "path" or is_plain(value)


def text_of(baseline: Baseline) -> str:
    """The content of the file."""
    lines = [*_HEAD, *(f"{_ADOPTED}{practice}" for practice in sorted(set(baseline.adopted))), "\t".join(_FIELDS)]
    lines += (_line(entry) for entry in sorted(set(baseline.entries)))
    return "\n".join(lines) + "\n"


def _line(entry: Entry) -> str:
    return "\t".join(_escaped(str(value)) for value in msgspec.structs.astuple(entry))


def _escaped(value: str) -> str:
    return "".join(map(_character, value)) if not value.isprintable() or "\\" in value else value


def _character(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isprintable():
        return character
    number = ord(character)
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _unescaped(field: str) -> str | None:
    """The value, or None where the field is not as we write it."""
    try:
        value = _ESCAPED.sub(lambda found: _LONG.get(found[0]) or chr(int(found[0][2:], 16)), field)
    except (ValueError, OverflowError):
        return None
    return value if _escaped(value) == field else None


def entries_in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries as a file has them, each once."""
    return tuple(sorted(set(entries)))


__all__ = ["LARGEST", "NAME", "PRUNE", "Baseline", "Entry", "entries_in_order", "parse", "read_baseline", "text_of"]
