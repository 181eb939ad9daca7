"""What of a source can be run, by coverage.py's own parser in this Python, whatever the project excludes."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from quality_gate.evidence._untrusted import Unreadable
from quality_gate.evidence.coverage._foreign import SOME_EXIT, Arc, Told, ToldBranch
from quality_gate.runs import FileRuns
from quality_gate_checkers.model.text import NotAnalysable, decode, split_lines

if TYPE_CHECKING:  # coverage takes 76 ms to import
    from coverage.parser import PythonParser

_ONE_IN = 10
"""Of the lines that a file tells of, so many may be no statements: Pythons differ a little in what they trace."""


class Structure:
    """The statements and branches of a source.

    Args:
        content: of the file.

    Raises:
        Unreadable: this Python cannot parse it.
    """

    def __init__(self, content: bytes) -> None:
        try:
            text = decode(content)
        except NotAnalysable as error:
            raise Unreadable(f"{error.reason}, so what can be run in it is not known") from error
        self._lines = len(split_lines(text))
        self._parser = _parser(text)
        self.statements = frozenset(self._parser.statements)
        counted = self._parser.exit_counts()
        self.branches: Mapping[int, frozenset[int]] = {
            line: ends
            for line, ends in _ends(self._parser.arcs()).items()
            if len(ends) > 1 and counted.get(line, 0) > 1
        }

    def refuse_implausible(self, told: Told) -> None:
        """See that a source can be the one that is told of.

        Raises:
            Unreadable: it has fewer lines, or its statements stand elsewhere.
        """
        if told.last_line > self._lines:
            raise Unreadable(f"it tells of line {told.last_line}, and the file has {self._lines}")
        named = self._parser.translate_lines(told.run | told.missing)
        strange = named - self.statements - self._parser.raw_docstrings
        if len(strange) > max(1, len(named) // _ONE_IN):
            raise Unreadable(
                f"{len(strange)} of the {len(named)} lines it tells of are no statements, line {min(strange)} for one: "
                "it was made of another version of the file"
            )

    def lines_of(self, line: int) -> range:
        """All lines of the statement that begins on a line, as they may have been traced."""
        following = line + 1
        while following <= self._lines and self._parser.first_line(following) == line:
            following += 1
        return range(line, following)

    def runs(self, path: str, told: Told) -> FileRuns:
        """What was run of it.

        Raises:
            Unreadable: it cannot be the source that is told of, or its branches cannot be told apart.
        """
        self.refuse_implausible(told)
        run = frozenset(self._parser.translate_lines(told.run)) & self.statements
        unnamed = self.statements - told.run - told.missing if told.names_all else frozenset()
        excluded = self.statements & (told.excluded | unnamed)
        untold = excluded - run
        branches, taken, untold_branches = self._branches(told, untold)
        return FileRuns(
            path=path,
            statements=self.statements,
            excluded=excluded,
            run=run,
            branches=branches,
            taken=taken,
            has_branches=told.has_branches,
            untold=untold,
            untold_branches=untold_branches,
        )

    def _branches(
        self, told: Told, untold: frozenset[int]
    ) -> tuple[Mapping[int, frozenset[int]], frozenset[Arc], frozenset[Arc]]:
        """Branches, those that were taken, and those of which that is not told.

        Args:
            untold: lines of which nothing is told.
        """
        if not told.has_branches:
            return {}, frozenset(), frozenset()
        # A line that was run and has but one way on that counts is no branch for a report, and its ways are not told.
        silent = self.branches.keys() - told.branches.keys() - told.missing if told.names_all else frozenset()
        dark = {(line, end) for line in silent for end in self.branches[line]}
        if told.arcs is None:
            taken: set[Arc] = set()
            for line, branch in told.branches.items():
                ends = self._told_ends(line, branch, untold)
                taken.update((line, end) for end in self._ends_taken(line, branch, ends))
                dark.update((line, end) for end in self.branches.get(line, frozenset()) - ends)
            return self.branches, frozenset(taken), frozenset(dark)
        arcs = self._parser.translate_arcs(told.arcs) if told.are_raw else told.arcs
        branches = dict(self.branches)
        for line, branch in told.branches.items():
            if not branch.ends_taken | branch.ends_missing <= branches.get(line, frozenset()):
                branches[line] = branch.ends_taken | branch.ends_missing  # as the Python saw it that ran the tests
        return branches, frozenset(arc for arc in arcs if arc[1] in branches.get(arc[0], ())), frozenset(dark)

    def _told_ends(self, line: int, branch: ToldBranch, untold: frozenset[int]) -> frozenset[int]:
        """The ways on from a line that a report counts: not those to lines that it leaves out."""
        ends = self.branches.get(line, frozenset())
        return ends if branch.total == len(ends) else ends - untold

    def _ends_taken(self, line: int, branch: ToldBranch, ends: frozenset[int]) -> frozenset[int]:
        if branch.taken == 0 or not ends:
            return frozenset()
        if branch.total == len(ends):
            if branch.taken == branch.total:
                return ends
            missing = _among(branch.ends_missing, ends)
            if len(missing) == branch.total - branch.taken:
                return ends - missing
            taken = _among(branch.ends_taken, ends)
            if len(taken) == branch.taken:
                return taken
        raise Unreadable(
            f"it does not tell which {branch.taken} of {branch.total} ways on from line {line} were taken "
            f"(the source has {len(ends)}): name the .coverage file itself"
        )


def _parser(text: str) -> PythonParser:
    from coverage.exceptions import CoverageException
    from coverage.parser import PythonParser

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parser = PythonParser(text=text or "\n", filename="<source>")
            parser.parse_source()
            parser.arcs()
    except (
        CoverageException,
        SyntaxError,
        ValueError,
        RecursionError,
        MemoryError,
        OverflowError,
        IndexError,
    ) as error:
        raise Unreadable("this Python cannot parse the file, so what can be run in it is not known") from error
    return parser


def _ends(arcs: Iterable[Arc]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    for start, end in arcs:
        found.setdefault(start, set()).add(end)
    return {start: frozenset(ends) for start, ends in found.items()}


def _among(told: frozenset[int], ends: frozenset[int]) -> frozenset[int]:
    """Which of a branch's ends are told; an unnumbered exit is one of them where there is just one exit."""
    exits = {end for end in ends if end < 0}
    found = {end for end in told if end in ends}
    if SOME_EXIT in told and len(exits) == 1:
        found |= exits
    return frozenset(found)
