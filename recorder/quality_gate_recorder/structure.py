"""What could run of each file, as coverage.py sees it in this very interpreter: Pythons differ in it."""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Callable, Mapping
from hashlib import blake2b

from coverage.exceptions import ConfigError, CoverageException
from coverage.parser import PythonParser

from quality_gate_recorder.evidence_file import Arc, File, Function, bits
from quality_gate_recorder.exclusions import TeamSettings
from quality_gate_recorder.fingerprints import fingerprints_in, lines_to_bytes

DIGEST_SIZE = 16


def complete(
    files: dict[str, File],
    root: str,
    paths: list[str],
    settings: TeamSettings,
    problem: Callable[[str], None],
    parsed: Callable[[str, ast.Module], None] = lambda path, tree: None,
) -> None:
    """Fill in what is known of every file of the project, and put its arcs into the terms of its statements.

    A file that is not Python, or not there any more, is taken out: nothing is known of it.

    Args:
        files: what was run, by path. root: the project's folder. paths: its source files. problem: is told what fails.
        parsed: is given each file's tree.
    """
    places = {path: os.path.join(root, path.replace("/", os.sep)) for path in paths}
    try:
        left_out = settings.files_left_out(places.values())
    except (ConfigError, CoverageException) as error:
        left_out = set()
        problem(f"which files the project's settings of coverage leave out is not known: {error}")
    excluding = _compiled(settings.pattern, problem)
    for path, place in places.items():
        file = files.get(path) or File()
        tree = _complete_one(file, place, excluding, left_out=place in left_out)
        if tree is not None:
            parsed(path, tree)
            files[path] = file
        else:
            files.pop(path, None)


def _compiled(pattern: str, problem: Callable[[str], None]) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern, re.MULTILINE) if pattern else None
    except re.error as error:
        problem(f"which lines the project's settings of coverage exclude is not known: {error}")
        return None


def _complete_one(file: File, place: str, excluding: re.Pattern[str] | None, *, left_out: bool) -> ast.Module | None:
    """Fill in what is known of one file; its tree, None where it has none."""
    try:
        with open(place, "rb") as stream:
            content = stream.read()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parser = PythonParser(filename=place)
            parser.parse_source()
            tree = _tree(parser, content)  # before the arcs, with which the parser drops it
            fingerprints = fingerprints_in(tree)
            arcs = parser.arcs()
    except (OSError, ValueError, CoverageException, RecursionError, MemoryError):
        return None
    file.digest = blake2b(content, digest_size=DIGEST_SIZE).digest()
    file.statements = bits(parser.statements)
    file.excluded = file.statements if left_out else file.statements & bits(_excluded(parser, place, excluding))
    file.branches = _branches(arcs, parser.exit_counts())
    file.functions = {
        name: Function(found.first, found.last, found.digest, lines_to_bytes(found.lines))
        for name, found in fingerprints.items()
    }
    file.map_arcs(_translation(parser, file.arcs))
    return tree


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


def _translation(parser: PythonParser, arcs: Mapping[Arc, int]) -> dict[Arc, Arc | None]:
    """What each arc is in terms of first lines; None for what only the interpreter sees."""
    change: dict[Arc, Arc | None] = {}
    for arc in arcs:
        found = next(iter(parser.translate_arcs([arc])), None)
        if found != arc:
            change[arc] = found
    return change
