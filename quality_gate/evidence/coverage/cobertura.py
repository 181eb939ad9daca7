"""Cobertura's XML (`coverage xml`): read event by event, no entities, within limits (hostile-inputs.md, row 38)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from xml.parsers import expat

from quality_gate.evidence._untrusted import Unreadable, status_of
from quality_gate.evidence.coverage._foreign import (
    SOME_EXIT,
    ForeignFile,
    ReadFile,
    Told,
    ToldBranch,
    count,
    line_number,
)

_MOST_BYTES = 256 * 1024 * 1024
_MOST_DEPTH = 32
_MOST_PENDING = 1024 * 1024
"""Bytes of one tag."""

_MOST_SOURCES = 1000
_MOST_NAME = 4096
_PIECE = 256 * 1024

_CONDITIONS = re.compile(r"\s*[0-9.]+%\s*\(([0-9]{1,6})/([0-9]{1,6})\)\s*")


def read_cobertura(file: Path) -> ForeignFile:
    """What a Cobertura report tells.

    Raises:
        Unreadable: it is none, too large, too deep, or has entities.
    """
    size = status_of(file).st_size
    if size > _MOST_BYTES:
        raise Unreadable(
            f"it has {size >> 20} MiB, and no more than {_MOST_BYTES >> 20} MiB are read: "
            "name the .coverage file itself"
        )
    reader = _Reader()
    try:
        with file.open("rb") as stream:
            while piece := stream.read(_PIECE):
                reader.feed(piece)
        reader.end()
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise Unreadable(f"it is no XML: {error}") from error
    except OSError as error:
        raise Unreadable(f"it cannot be read: {error.strerror or error}") from error
    return reader.found()


class _Source:
    """One source while its lines are read."""

    def __init__(self) -> None:
        self.run: set[int] = set()
        self.missing: set[int] = set()
        self.branches: dict[int, ToldBranch] = {}

    def told(self, has_branches: bool) -> Told:
        return Told(
            run=frozenset(self.run),
            missing=frozenset(self.missing - self.run),
            branches=self.branches,
            has_branches=has_branches,
        )


class _Reader:
    """Takes events of the parser."""

    def __init__(self) -> None:
        self._sources: dict[str, _Source] = {}
        self._source: _Source | None = None
        self._folders: list[str] = []
        self._text: list[str] | None = None
        self._depth = self._fed = 0
        self._has_branches = False
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = _refuse_entity
        parser.ExternalEntityRefHandler = _refuse_reference
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._parser = parser

    def feed(self, piece: bytes) -> None:
        """Read on."""
        self._parser.Parse(piece, False)
        self._fed += len(piece)
        if self._fed - max(0, self._parser.CurrentByteIndex) > _MOST_PENDING:
            raise Unreadable(f"it has a tag of more than {_MOST_PENDING >> 10} KiB")

    def end(self) -> None:
        """Nothing follows."""
        self._parser.Parse(b"", True)

    def found(self) -> ForeignFile:
        """Everything that was read."""
        told = {name: source.told(self._has_branches) for name, source in self._sources.items()}
        return ReadFile("Cobertura XML", told, self._folders)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise Unreadable(f"its tags are nested more than {_MOST_DEPTH} deep")
        if self._depth == 1:
            self._root(tag, attributes)
        elif tag == "source":
            self._text = []
        elif tag == "class":
            self._source = self._sources.setdefault(_name(attributes), _Source())
        elif tag == "line" and self._source is not None:
            _line(self._source, attributes)

    def _root(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag != "coverage" or "line-rate" not in attributes:
            raise Unreadable("it is no Cobertura report")
        self._has_branches = attributes.get("branches-valid", "0") not in ("", "0")

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if tag == "class":
            self._source = None
        elif tag == "source" and self._text is not None:
            folder = "".join(self._text).strip()
            if folder:
                self._folders.append(folder)
            if len(self._folders) > _MOST_SOURCES:
                raise Unreadable(f"it names more than {_MOST_SOURCES} folders")
            self._text = None

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)
            if sum(map(len, self._text)) > _MOST_NAME:
                raise Unreadable("it names a folder too long to be one")


def _refuse_entity(*declaration: object) -> None:
    raise Unreadable("it declares entities, and no coverage tool does")


def _refuse_reference(*reference: object) -> int:
    raise Unreadable("it refers to another file")


def _name(attributes: Mapping[str, str]) -> str:
    name = attributes.get("filename", "")
    if not name or len(name) > _MOST_NAME:
        raise Unreadable("it has a class without a file's name")
    return name


def _line(source: _Source, attributes: Mapping[str, str]) -> None:
    line = line_number(attributes.get("number", ""))
    (source.run if count(attributes.get("hits", "")) else source.missing).add(line)
    if attributes.get("branch") == "true":
        source.branches[line] = _branch(line, attributes)


def _branch(line: int, attributes: Mapping[str, str]) -> ToldBranch:
    conditions = _CONDITIONS.fullmatch(attributes.get("condition-coverage", ""))
    if conditions is None:
        raise Unreadable(f"it does not tell how many ways on from line {line} were taken")
    taken, total = int(conditions.group(1)), int(conditions.group(2))
    missing = [entry.strip() for entry in attributes.get("missing-branches", "").split(",") if entry.strip()]
    ends = {line_number(entry) if entry.isdecimal() else SOME_EXIT for entry in missing}
    return ToldBranch(total, min(taken, total), ends_missing=frozenset(ends))
