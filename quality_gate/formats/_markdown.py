"""A report as GitHub's Markdown, for step summaries and comments.

What comes from the project can neither end the piece of text that it stands in nor call for anybody (hostile-inputs.md,
row 21). Escaped characters still mention: `&#64;team` reaches the team. Only code spans are left alone, so that
whatever could be a mention, a reference or a link stands in one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from quality_gate.formats._critical_paths import counted
from quality_gate.formats._failures import answer, first_test, question
from quality_gate.formats._findings import (
    Told,
    left_out,
    more,
    not_looked_at,
    of_the_change,
    place,
    rule_of,
    shortened,
    titled,
    untold,
    why_of,
)
from quality_gate.model import DependencyFailures, FailureCell, Outcome, Report, Verdict
from quality_gate.neutral import neutral

_LONGEST = 300
"""Characters of one piece of text."""

_MOST_VERDICTS = 40
_MOST_UNSEEN = 20
_MOST_CELLS = 20
_MOST_OLD = 10

_CALLS = re.compile(r"[@#$]|://|www\.|gh-\d", re.IGNORECASE)
"""What GitHub makes a mention, a reference, a formula or a link of."""

_QUOTED = re.compile(r"(?<!`)`([^`]+)`(?!`)")
"""Code within a sentence of ours, which is shown as such."""

_MARKS = str.maketrans({mark: f"&#{ord(mark)};" for mark in "&<>|`*_[]~\\!"})

_SIGNS = {
    Outcome.BROKEN: "❌",
    Outcome.UNPROVEN: "❔",
    Outcome.WAIVED: "⚠️",
    Outcome.KEPT: "✅",
    Outcome.EMPTY: "➖",
}


def body(report: Report, *, findings: int, size: int) -> str:
    """The verdicts, what a pull request is told, and what to type next.

    Args:
        findings: how many are shown at most; the rest is counted.
        size: bytes of the whole at most; findings are left out until it fits.
    """
    told = of_the_change(report)
    before, after = list(_before(report)), list(_after(report))
    items = [_finding(one, report) for one in _shown(told)[:findings]]
    while True:
        cut = ["", f"**{more(told, len(items))}**"] if more(told, len(items)) else []
        lines = [*before, *([""] if items else []), *items, *cut, *after]
        if _size(lines) <= size:
            return "\n".join(lines) + "\n"
        if not items:
            return "\n".join(_cut(lines, size)) + "\n"
        items.pop()


def _shown(told: Sequence[Told]) -> list[Told]:
    """All that is new, and some of what blocks although it is old: nobody reads the same thirty on every request."""
    old = [one for one in told if not one.finding.new]
    left = set(map(id, old[_MOST_OLD:]))
    return [one for one in told if id(one) not in left]


def _size(lines: Sequence[str]) -> int:
    return sum(len(line.encode("utf-8", "backslashreplace")) + 1 for line in lines)


def _cut(lines: Sequence[str], size: int) -> list[str]:
    """As many lines as fit, and how many more there are."""
    kept = list(lines)
    while kept and _size([*kept, "", _lines_more(lines, kept)]) > size:
        kept.pop()
    return [*kept, "", _lines_more(lines, kept)]


def _lines_more(lines: Sequence[str], kept: Sequence[str]) -> str:
    return f"**{more(lines, len(kept))} lines**"


def _before(report: Report) -> Iterator[str]:
    where = f" in {code(report.folder)}" if report.folder else ""
    yield f"### {_SIGNS[report.outcome]} quality-gate: {report.outcome}{where}"
    yield from ("", "| practice | outcome | measured | |", "|---|---|---|---|")
    yield from (_row(verdict) for verdict in report.verdicts[:_MOST_VERDICTS])
    if more(report.verdicts, _MOST_VERDICTS):
        yield from ("", f"verdicts {more(report.verdicts, _MOST_VERDICTS)}")
    unseen = [verdict for verdict in untold(report) if verdict in report.verdicts[_MOST_VERDICTS:]]
    for verdict in unseen[:_MOST_VERDICTS]:
        yield from ("", f"**{prose(titled(verdict))}** {prose(verdict.reason)}")
    yield from _matrix(report.verdicts)


def _after(report: Report) -> Iterator[str]:
    yield from _unseen(report)
    # A snippet is not shown here, nor what speaks of it.
    commands = [one for one in report.next if not report.snippet or one.startswith("quality-gate ")]
    if commands:
        yield from ("", "Next: " + " · ".join(code(command) for command in commands))


def _row(verdict: Verdict) -> str:
    subject = f" {_cell(verdict.subject)}" if verdict.subject else ""
    outcome = f"{_SIGNS[verdict.outcome]} {verdict.outcome}" + ("" if verdict.decides else " (does not block)")
    numbers = counted(verdict) if verdict.of else ""
    return f"| {verdict.practice}{subject} | {outcome} | {numbers} | {_cell(verdict.reason)} |"


def _cell_code(text: str) -> str:
    return code(text.replace("|", "¦"))


def _cell(text: str) -> str:
    """Text for a table, where a pipe ends a cell even in code."""
    return prose(text.replace("|", "¦"))


# -- what happens when a dependency fails


class _Asked(NamedTuple):
    """A failure of a dependency of one critical path."""

    path: str
    row: DependencyFailures
    cell: FailureCell

    @property
    def is_missing(self) -> bool:
        """Whether a test is demanded that nobody has written."""
        return self.cell.is_demanded and not self.cell.is_kept and self.cell.waived is None


def _matrix(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """What a reviewer has to see: of critical paths with a failure that is new, or that no test shows, all failures of
    their dependencies; of the others how many there are."""
    held: dict[str, list[_Asked]] = {}
    for verdict in verdicts:
        if verdict.critical_path is not None and verdict.subject:
            cells = ((row, cell) for row in verdict.critical_path.dependencies for cell in row.cells)
            held.setdefault(verdict.subject, []).extend(_Asked(verdict.subject, *one) for one in cells)
    told = {name for name, asked in held.items() if any(_is_for_review(one) for one in asked)}
    whole = [one for name, asked in held.items() if name in told for one in asked]
    if len(whole) > _MOST_CELLS:
        whole.sort(key=lambda one: (not one.is_missing, not one.cell.is_new))
    if whole:
        yield from ("", "| critical path | What if ... | Which test says so? |", "|---|---|---|")
        yield from map(_question_row, whole[:_MOST_CELLS])
    others = [_question_count(name, asked) for name, asked in held.items() if asked and name not in told]
    cut = [f"- failures of dependencies {more(whole, _MOST_CELLS)}"] if len(whole) > _MOST_CELLS else []
    cut += others[:_MOST_CELLS] + [f"- critical paths {more(others, _MOST_CELLS)}"] * (len(others) > _MOST_CELLS)
    if cut:
        yield from ("", *cut)


def _is_for_review(one: _Asked) -> bool:
    return (one.is_missing and one.cell.level != "unknown") or one.cell.is_new


def _question_row(one: _Asked) -> str:
    cell = one.cell
    if cell.waived is not None:
        said = f"⚠️ waived: {_cell(cell.waived)}"
    else:
        sign = "✅" if cell.is_kept else "⚠️" if not cell.is_demanded else "❔" if cell.level == "unknown" else "❌"
        said = f"{sign} {answer(cell)}" + (f": {_cell_code(first_test(cell.tests))}" if cell.tests else "")
    new = " (new)" if cell.is_new else ""
    return f"| {_cell(one.path)} | {_cell(question(one.row, cell))}{new} | {said} |"


def _question_count(name: str, asked: Sequence[_Asked]) -> str:
    of = [one.cell for one in asked if one.cell.is_demanded and one.cell.waived is None]
    waived = sum(one.cell.waived is not None for one in asked)
    unknown = sum(cell.level == "unknown" for cell in of)
    shown = f"- critical path {prose(name)}: tests say what happens in {sum(cell.is_kept for cell in of)} of {len(of)}"
    rest = [f"{unknown} not known"] * bool(unknown) + [f"{waived} waived"] * bool(waived)
    return f"{shown} failures of its dependencies{'; ' if rest else ''}{', '.join(rest)}"


def _finding(told: Told, report: Report) -> str:
    """One line: whatever began a line of its own could begin a list or a heading."""
    finding = told.finding
    weight = "" if told.blocks else " (does not block)"
    why = why_of(finding, report)
    rule = prose(rule_of(finding)) if finding.tool else rule_of(finding)
    parts = [
        f"- {code(f'{place(report, finding.path)}:{finding.line}')} **{rule}**{weight}",
        prose(finding.message),
        why and f"*In production:* {prose(why)}",
        f"*Do:* {prose(finding.remedy)}.",
    ]
    return "<br>".join(part for part in parts if part)


def _unseen(report: Report) -> Iterator[str]:
    unseen = not_looked_at(report)
    said = [f"- not looked at: {prose(sentence)}" for sentence in unseen[:_MOST_UNSEEN]]
    if more(unseen, _MOST_UNSEEN):
        said.append(f"- {more(unseen, _MOST_UNSEEN)}")
    ends = left_out(report)
    said += [f"- left out of the critical path: {prose(sentence)}" for sentence in ends[:_MOST_UNSEEN]]
    if more(ends, _MOST_UNSEEN):
        said.append(f"- left out: {more(ends, _MOST_UNSEEN)}")
    said += [f"- note: {prose(note)}" for note in report.notes[:_MOST_UNSEEN]]
    if said:
        yield from ("", *said)


def prose(text: str) -> str:
    """Text that says what it says and does nothing else."""
    shown = shortened(neutral(text), _LONGEST)
    parts = _QUOTED.split(shown)  # what stands in backticks comes second, fourth ...
    if any(_CALLS.search(part) for part in parts[::2]):
        return _span(shown)
    return "".join(_span(part) if number % 2 else part.translate(_MARKS) for number, part in enumerate(parts))


def code(text: str) -> str:
    """A code span whose fence is longer than any in the text."""
    return _span(shortened(neutral(text), _LONGEST))


def _span(shown: str) -> str:
    shown = shown.replace("<!--", "<! --")  # whoever looks for our marker does not find one here
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {shown} {fence}" if longest or not shown.strip() else f"{fence}{shown}{fence}"
