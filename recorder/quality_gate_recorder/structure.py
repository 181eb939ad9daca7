"""What could run of each file, as coverage.py sees it in this very interpreter: Pythons differ in it."""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple, cast

from coverage.exceptions import ConfigError, CoverageException
from coverage.parser import PythonParser

from quality_gate_recorder.evidence_file import Arc, File, Function, bits
from quality_gate_recorder.exclusions import TeamSettings
from quality_gate_recorder.fingerprints import fingerprints_in, lines_to_bytes
from quality_gate_recorder.remembered import Remembered

DIGEST_SIZE = 16


class Structure(NamedTuple):
    """What the bytes of a file alone say of it; `File` tells what the first four are.

    Args:
        arcs: what arcs that were seen are in terms of statements, None for what only the interpreter sees.
    """

    statements: int
    excluded: int
    branches: dict[int, list[int]]
    functions: dict[str, Function]
    arcs: dict[Arc, Arc | None]


def complete(
    files: dict[str, File],
    root: str,
    paths: list[str],
    settings: TeamSettings,
    problem: Callable[[str], None],
    parsed: Callable[[str, ast.Module], None] = lambda path, tree: None,
    remembered: Remembered | None = None,
) -> None:
    """Fill in what is known of every file of the project, and put its arcs into the terms of its statements.

    A file that is not Python, or not there any more, is taken out: nothing is known of it.

    Args:
        files: what was run, by path. root: the project's folder. paths: its source files. problem: is told what fails.
        parsed: is given the tree of each file that had to be parsed.
        remembered: what was found before, with these very settings.
    """
    places = {path: os.path.join(root, path.replace("/", os.sep)) for path in paths}
    try:
        left_out = settings.files_left_out(places.values())
    except (ConfigError, CoverageException) as error:
        left_out = set()
        problem(f"which files the project's settings of coverage leave out is not known: {error}")
    reader = _Reader(_compiled(settings.pattern, problem), remembered or Remembered(), parsed)
    for path, place in places.items():
        file = files.get(path) or File()
        if reader.complete(path, file, place):
            if place in left_out:
                file.excluded = file.statements
            files[path] = file
        else:
            files.pop(path, None)


def _compiled(pattern: str, problem: Callable[[str], None]) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern, re.MULTILINE) if pattern else None
    except re.error as error:
        problem(f"which lines the project's settings of coverage exclude is not known: {error}")
        return None


class _Reader:
    """Looks into files.

    Args:
        excluding: tells lines that are excluded. remembered: what was found before. parsed: is given trees.
    """

    def __init__(
        self, excluding: re.Pattern[str] | None, remembered: Remembered, parsed: Callable[[str, ast.Module], None]
    ) -> None:
        self._excluding = excluding
        self._remembered = remembered
        self._parsed = parsed

    def complete(self, path: str, file: File, place: str) -> bool:
        """Fill in what is known of one file; False where it is no Python that can be read."""
        try:
            with open(place, "rb") as stream:
                content = stream.read()
        except OSError:
            return False
        file.digest = blake2b(content, digest_size=DIGEST_SIZE).digest()
        known = _from_json(self._remembered.find("structure", file.digest))
        if known is None or not file.arcs.keys() <= known.arcs.keys():
            seen = {**file.arcs, **known.arcs} if known is not None else file.arcs
            known = self._read(path, place, content, seen)
            if known is None:
                return False
            self._remembered.note("structure", file.digest, _to_json(known))
        file.statements, file.excluded, file.branches, file.functions = known[:4]
        file.map_arcs({arc: other for arc, other in known.arcs.items() if arc != other})
        return True

    def _read(self, path: str, place: str, content: bytes, seen: Iterable[Arc]) -> Structure | None:
        """What is in a file; None where it cannot be parsed."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                parser = PythonParser(filename=place)
                parser.parse_source()
                tree = _tree(parser, content)  # before the arcs, with which the parser drops it
                fingerprints = fingerprints_in(tree)
                arcs = parser.arcs()
        except (OSError, ValueError, CoverageException, RecursionError, MemoryError):
            return None
        self._parsed(path, tree)
        statements = bits(parser.statements)
        return Structure(
            statements,
            statements & bits(_excluded(parser, place, self._excluding)),
            _branches(arcs, parser.exit_counts()),
            {
                name: Function(found.first, found.last, found.digest, lines_to_bytes(found.lines))
                for name, found in fingerprints.items()
            },
            {arc: next(iter(parser.translate_arcs([arc])), None) for arc in seen},
        )


_NOTHING = (0,)
"""Stands with an arc that is nothing."""

_Written = tuple[
    str, str, list[tuple[int, list[int]]], list[tuple[str, int, int, str, str]], list[tuple[int, int, *tuple[int, ...]]]
]


def _to_json(known: Structure) -> object:
    return [
        hex(known.statements),
        hex(known.excluded),
        list(known.branches.items()),
        [[name, one.first, one.last, one.digest.hex(), one.lines.hex()] for name, one in known.functions.items()],
        [arc if arc == other else [*arc, *(other or _NOTHING)] for arc, other in known.arcs.items()],
    ]


def _from_json(found: object) -> Structure | None:
    """The opposite, None of anything else; an arc that is what it seems stands alone, others with what they are."""
    try:
        statements, excluded, branches, functions, arcs = cast("_Written", found)
        return Structure(
            int(statements, 16),
            int(excluded, 16),
            dict(branches),
            {
                name: Function(first, last, bytes.fromhex(digest), bytes.fromhex(lines))
                for name, first, last, digest, lines in functions
            },
            {(start, end): _other((start, end), other) for start, end, *other in arcs},
        )
    except (TypeError, ValueError):
        return None


def _other(arc: Arc, written: list[int]) -> Arc | None:
    if not written:
        return arc
    return (written[0], written[1]) if len(written) == len(arc) else None


def _tree(parser: PythonParser, content: bytes) -> ast.Module:
    """What coverage.py has parsed, where this version keeps it: a second parse is a tenth of the whole."""
    tree = getattr(parser, "_ast_root", None)
    return tree if isinstance(tree, ast.Module) else ast.parse(content)


def _excluded(parser: PythonParser, place: str, excluding: re.Pattern[str] | None) -> set[int]:
    """Lines that comments and patterns exclude; most files have none, and then the second parse is spared."""
    if excluding is None or not excluding.search(parser.text):
        return set()
    second = PythonParser(text=parser.text, filename=place, exclude=excluding.pattern)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        second.parse_source()
    return set(second.excluded)


def _branches(arcs: set[Arc], exits: Mapping[int, int]) -> dict[int, list[int]]:
    """Destinations of lines with more than one exit; older versions of coverage.py list more than they count."""
    destinations: dict[int, list[int]] = {}
    for line, destination in sorted(arcs):
        if exits.get(line, 0) > 1:
            destinations.setdefault(line, []).append(destination)
    return destinations
