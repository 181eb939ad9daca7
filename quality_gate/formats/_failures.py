"""How a critical path can fail, for people: the matrix of its dependencies, then its failure paths, the worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from quality_gate.counting import counted
from quality_gate.model import CriticalPathFacts, DependencyFailures, FailureCell, FailureFacts, Level
from quality_gate.neutral import neutral

Ink = Callable[[str, str], str]

MOST_FAILURES = 5
"""Of a path; the rest is counted."""
MOST_CELLS = 20
"""Nobody scrolls."""

_LONGEST_HEAD = 50
_LONGEST_TEXT = 50
_DOES = {"rejects": "rejects", "unavailable": "is unavailable", "slow": "is slow", "partial": "does only a part"}
_SAID: dict[Level, str] = {
    "not run": "NO TEST",
    "unknown": "not known",
    "run": "unchecked",
    "validated": "tested",
    "proven": "proven",
}
_COUNTED: tuple[tuple[Level, str], ...] = (
    ("not run", "without a test"),
    ("run", "run"),
    ("validated", "tested"),
    ("proven", "proven"),
    ("unknown", "not known"),
)
"""In the order in which people ask."""
_RED, _YELLOW, _GREEN, _GREY = "31;1", "33", "32", "2"


def failure_lines(facts: CriticalPathFacts, demanded: int, ink: Ink) -> Iterator[str]:
    """The lines about failures in a critical path's block; none where nothing is known of them.

    Args:
        demanded: how many failure paths tests must show.
    """
    if not facts.failures and not facts.waived:
        return
    yield ""
    yield from _matrix(facts.dependencies, ink)
    yield f"   {_counts(facts, demanded)}"
    yield from _worst([one for one in facts.failures if not one.is_kept], ink)


def question(row: DependencyFailures, cell: FailureCell) -> str:
    """What follows "What if": `the bank rejects`."""
    return f"{row.called} {_DOES[cell.name]}"


def answer(cell: FailureCell) -> str:
    """How far tests show it, in a word or two."""
    if cell.level == "run" and (cell.only_proof or cell.is_kept):
        return "run, prove it" if cell.only_proof else "run"
    return "no test (warns)" if cell.level == "not run" and not cell.is_demanded else _SAID[cell.level]


def first_test(tests: Sequence[str]) -> str:
    """A test's name without its file, and how many more there are."""
    more = f" and {len(tests) - 1} more" if len(tests) > 1 else ""
    return neutral(".".join(tests[0].split("::")[1:]) or tests[0]) + more


# -- the matrix: a question a line, the questions of one dependency together


def _matrix(rows: Sequence[DependencyFailures], ink: Ink) -> Iterator[str]:
    cells = [(row, cell) for row in rows for cell in row.cells]
    if not cells:
        return
    if len(cells) > MOST_CELLS:  # what is missing comes first, and then no line says less than another
        cells.sort(key=lambda one: one[1].is_kept or one[1].waived is not None)
    shown = cells[:MOST_CELLS]
    heads = [_cut(neutral(question(row, cell)), _LONGEST_HEAD) for row, cell in shown]
    width = max(len("What if ...") - 2, *map(len, heads))
    yield f"   {ink('What if ...', '1')}{'':{width - 9}}   {ink('Which test says so?', '1')}"
    level = max(len(answer(cell)) for _, cell in shown)
    for head, (_, cell) in zip(heads, shown, strict=True):
        yield f"     {head:{width}}   {_answer(cell, level, ink)}"
    if len(cells) > MOST_CELLS:
        yield ink(f"     and {len(cells) - MOST_CELLS} more: quality-gate report --format json", _GREY)
    yield ""


def _answer(cell: FailureCell, width: int, ink: Ink) -> str:
    if cell.waived is not None:
        return ink(f"waived: {neutral(cell.waived)}", _GREY)
    said = answer(cell)
    painted = ink(said, _paint(cell))
    return f"{painted}{'':{width - len(said)}}   {first_test(cell.tests)}" if cell.tests else painted


def _paint(cell: FailureCell) -> str:
    if cell.is_kept:
        return _GREEN
    return _YELLOW if cell.level in ("unknown", "run") or not cell.is_demanded else _RED


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


# -- failure paths


def _counts(facts: CriticalPathFacts, demanded: int) -> str:
    held = Counter(one.level for one in facts.failures)
    said = [f"{held[level]:,} {words}" for level, words in _COUNTED if held[level]]
    total = len(facts.failures)
    waived = f"; {facts.waived:,} more waived" if facts.waived else ""
    paths = f"{counted(total, 'failure path')}, {demanded:,} demanded"
    return f"{paths}: {', '.join(said) or 'none counts'}{waived}"


def _worst(missing: Sequence[FailureFacts], ink: Ink) -> Iterator[str]:
    if not missing:
        return
    yield "   Worst first:"
    shown = missing[:MOST_FAILURES]
    levels = [_SAID[one.level] for one in shown]
    texts = [neutral(_cut(one.text, _LONGEST_TEXT)) for one in shown]
    names = [neutral(f"{'.'.join(one.function.split('.')[-2:])}()") for one in shown]
    widths = max(map(len, levels)), max(map(len, texts)), max(map(len, names))
    for one, level, text, name in zip(shown, levels, texts, names, strict=True):
        place = ink(neutral(f"{one.path}:{one.line}"), "36")
        yield f"     {level:{widths[0]}}   {text:{widths[1]}}   {name:{widths[2]}}   {place}"
    if len(missing) > MOST_FAILURES:
        rest = missing[MOST_FAILURES:]
        functions = len({(one.path, one.function) for one in rest})
        where = f"in {functions:,} {'function' if functions == 1 else 'functions'}"
        yield ink(f"     and {len(rest):,} more {where}: quality-gate report --format json", _GREY)
