"""Files of other languages on critical paths: nothing is read in them but how many lines they have.

What tests ran of them is told by a coverage file that is named with `--coverage`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from quality_gate.evidence._untrusted import Unreadable
from quality_gate.evidence.coverage._foreign import Told
from quality_gate.evidence.git.command import Git, GitError
from quality_gate.evidence.sources import folder_prefix, read_regular
from quality_gate.runs import FileRuns
from quality_gate_checkers.patterns import path_matches

_SOURCES = frozenset(
    (
        *(".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte"),
        *(".c", ".cc", ".cpp", ".cs", ".dart", ".go", ".java", ".kt", ".php", ".rb", ".rs", ".scala", ".swift"),
    )
)
"""Suffixes of files that some tool measures; what else lies in the same folder belongs to no path."""

_TESTS = re.compile(r"(?:^|/)(?:tests?|__tests__|__mocks__|spec|node_modules)/|[._](?:test|spec|stories|d)\.\w+$")
"""Files of tests and of declarations, by the names that are usual in those languages."""

_MOST_BYTES = 4 * 1024 * 1024
"""A larger file is a bundle; it belongs to its path as one of no lines, of which nothing can be told."""


def other_files(git: Git | None, root: Path, patterns: Collection[str], python: Collection[str]) -> Mapping[str, int]:
    """Files of other languages that patterns mean, with their number of lines; nought: too large to be read.

    Args:
        git: knows the files; without it there are none. root: the project's, absolute.
        patterns: of `include`; one that matches a Python file means Python files only.
        python: paths of all Python files.
    """
    wanted = [pattern for pattern in patterns if not any(path_matches(path, pattern) for path in python)]
    if not wanted or git is None:
        return {}
    found: dict[str, int] = {}
    for path in _listed(git, root):
        if any(path_matches(path, pattern) for pattern in wanted):
            content = read_regular(f"{root}/{path}", _MOST_BYTES)
            if content is not None:
                found[path] = 0 if len(content) > _MOST_BYTES else max(1, len(content.splitlines()))
    return found


def _listed(git: Git, root: Path) -> Iterator[str]:
    prefix = folder_prefix(git, Path(os.path.realpath(root)))
    try:
        answer = git.run(
            "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", prefix or ".", index=True
        )
    except GitError:
        return
    for name in sorted(set(os.fsdecode(answer).split("\0"))):
        path = name.removeprefix(prefix)
        if os.path.splitext(path)[1] in _SOURCES and not _TESTS.search(path):
            yield path


def runs_of_other(path: str, told: Told, lines: int) -> FileRuns:
    """What was run of a file of another language, just as it is told.

    Args:
        lines: of the file; nought: it is too large to be read.

    Raises:
        Unreadable: the file has fewer lines than are told of, or is too large to be read.
    """
    if not lines:
        raise Unreadable(f"the file is larger than {_MOST_BYTES >> 20} MiB")
    if told.last_line > lines:
        raise Unreadable(f"it tells of line {told.last_line}, and the file has {lines}")
    ways = told.branches if told.numbered is None else told.numbered
    return FileRuns(
        path=path,
        statements=told.run | told.missing,
        excluded=frozenset(),
        run=told.run,
        branches={line: _ends(way.total) for line, way in ways.items()},
        taken=frozenset((line, end) for line, way in ways.items() for end in _ends(way.taken)),
        has_branches=told.has_branches or told.numbered is not None,
    )


def _ends(count: int) -> frozenset[int]:
    """So many ends of a branch; where they lead to is not told."""
    return frozenset(range(-count, 0))
