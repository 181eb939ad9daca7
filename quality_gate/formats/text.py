"""text: a report for people, in a terminal or a log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from quality_gate.formats._critical_paths import blocks, counted
from quality_gate.formats._findings import (
    Told,
    first_things,
    left_out,
    not_looked_at,
    of_the_change,
    rule_of,
    why_of,
    word_for,
)
from quality_gate.model import Finding, Look, Mode, Outcome, Report, Verdict, format_
from quality_gate.neutral import neutral

MOST = 20
"""More findings than this are grouped: nobody scrolls."""

_MOST_IN_FULL = 10
_MOST_OF_A_RULE = 3
"""Of more findings than that so many which block are told whole all the same."""

_MOST_LEFT_OUT = 3
"""Files in the notes; `quality-gate paths` and -v have all."""

_FIRST = 3
_WIDTH = 110
"""Characters that most terminals and log viewers show without breaking a line."""

_LONG = 160
"""Characters beyond which a line is broken."""

_NUMBERS = ("", "One thing", "Two things", "Three things")
_PAINT = {
    Outcome.BROKEN: "31;1",
    Outcome.UNPROVEN: "33;1",
    Outcome.WAIVED: "33",
    Outcome.KEPT: "32;1",
    Outcome.EMPTY: "2",
}


class _Ink:
    """Colours, or none."""

    def __init__(self, *, on: bool) -> None:
        self._on = on

    def __call__(self, text: str, paint: str) -> str:
        return f"\x1b[{paint}m{text}\x1b[0m" if self._on and text else text


@format_("text")
def text(report: Report, look: Look) -> str:
    """What a person reads: verdicts, the first things to do, what was not looked at, what to type next."""
    ink = _Ink(on=look.colour)
    parts = [part for part in _parts_of(look)(report, look, ink) if part]
    return "\n\n".join(parts) + "\n" if parts else ""


def _parts_of(look: Look) -> Callable[[Report, Look, _Ink], Iterator[str]]:
    if look.page != "overview":
        return _page
    return _overview if look.overview else _obstacles


def _page(report: Report, look: Look, ink: _Ink) -> Iterator[str]:
    if not look.quiet:
        yield _head(report, ink)
    if look.page == "ledger":
        from quality_gate.formats._ledger import ledger_lines

        yield from ledger_lines(report.ledger, ink)
        yield "\n".join(_run_notes(report, ink))
    else:
        from quality_gate.formats._benefit import benefit_lines

        yield from benefit_lines(report.benefits, ink)


def _brought(report: Report, ink: _Ink) -> Iterator[str]:
    if report.benefits is not None:
        from quality_gate.formats._benefit import benefit_in_short

        yield from benefit_in_short(report.benefits, ink)


def _overview(report: Report, look: Look, ink: _Ink) -> Iterator[str]:
    if not look.quiet:
        yield _head(report, ink)
    yield "\n".join(_verdict_lines(report.verdicts, ink))
    yield "\n".join(_brought(report, ink))
    yield from blocks(report.verdicts, ink)
    findings = first_things(report)
    if findings:
        yield "\n".join(_first_things(report, findings, ink))
        if len(findings) > _FIRST:
            yield "\n".join(_listed(findings, ink) if len(findings) <= MOST else _grouped(findings, ink))
    known = [finding for verdict in report.verdicts for finding in verdict.findings if finding.known]
    if known:
        yield "\n".join(_grouped(known, ink, "known findings, in the baseline,"))
    yield "\n".join(_notes(report, look, ink))
    yield "\n".join(_next(report, ink))


def _obstacles(report: Report, look: Look, ink: _Ink) -> Iterator[str]:
    told = of_the_change(report)
    shown = _in_full(told)
    yield from ("\n".join(_told(finding, report, ink)) for finding in shown)
    left = [one.finding for one in told if one.finding not in shown]
    old = [] if look.quiet else _old_and_harmless(report, told)
    tables = [(left, "more findings" if shown else "findings"), (old, "old findings that do not block,")]
    if any(findings for findings, _ in tables):
        yield "\n".join(_counted(tables, ink))
    if not look.quiet or report.outcome in (Outcome.BROKEN, Outcome.UNPROVEN):
        yield "\n".join(_verdict_lines(report.verdicts, ink))
        yield "\n".join(_notes(report, look, ink))
        yield "\n".join(_next(report, ink))
    else:
        yield "\n".join(_verdict_lines([verdict for verdict in report.verdicts if _is_in_doubt(verdict)], ink))


def _is_in_doubt(verdict: Verdict) -> bool:
    """Whether it is to be known although it does not decide, as stale evidence at the commit stage."""
    return verdict.outcome is Outcome.UNPROVEN and verdict.mode is not Mode.OBSERVE


def _in_full(told: Sequence[Told]) -> list[Finding]:
    """What a gate tells whole, file by file: what is new and blocks before all others."""
    shown = told if len(told) <= MOST else list(_examples(told))[:_MOST_IN_FULL]
    ordered = sorted(shown, key=lambda one: (not one.blocks, not one.finding.new, *_where(one.finding)))
    return [one.finding for one in ordered]


def _examples(told: Sequence[Told]) -> Iterator[Told]:
    """The first few of each rule that block."""
    often: Counter[str] = Counter()
    for one in told:
        often[one.finding.name] += one.blocks
        if one.blocks and often[one.finding.name] <= _MOST_OF_A_RULE:
            yield one


def _old_and_harmless(report: Report, told: Sequence[Told]) -> list[Finding]:
    """What is neither new nor blocks, and is judged all the same; in new-code mode nothing of that is."""
    told_already = {one.finding for one in told}
    judged = {
        finding for verdict in report.verdicts if verdict.mode is not Mode.NEW_CODE for finding in verdict.findings
    }
    return [one for one in first_things(report) if one in judged and one not in told_already]


def _where(finding: Finding) -> tuple[str, int, int]:
    return finding.path, finding.line, finding.column


def _head(report: Report, ink: _Ink) -> str:
    size = f"{report.files:,} {'file' if report.files == 1 else 'files'}"
    return ink(f"{report.tool}   {neutral(report.project)}   {size}   {report.seconds:.1f} s", "1")


def _verdict_lines(verdicts: Sequence[Verdict], ink: _Ink) -> Iterator[str]:
    width = max((len(verdict.practice) for verdict in verdicts), default=0)
    counts = {id(verdict): counted(verdict) for verdict in verdicts if verdict.of}
    count_width = max((len(count) for count in counts.values()), default=0)
    for verdict in verdicts:
        name = f"{verdict.practice:{width}}"
        said = f"{verdict.subject}: {verdict.reason}" if verdict.subject else verdict.reason
        if verdict.outcome is Outcome.EMPTY:
            yield f"{name}   {ink(neutral(said), _PAINT[Outcome.EMPTY])}"
            continue
        outcome = ink(f"{verdict.outcome.value:8}", _PAINT[verdict.outcome])
        yield f"{name}   {outcome} {counts.get(id(verdict), ''):{count_width}}   {neutral(said)}".rstrip()


def _place(finding: Finding) -> str:
    return neutral(f"{finding.path}:{finding.line}")


def _first_things(report: Report, findings: Sequence[Finding], ink: _Ink) -> Iterator[str]:
    first = _different(findings)
    yield ink(f"{_NUMBERS[len(first)]} worth doing first", "1")
    for number, finding in enumerate(first, start=1):
        place, message, word = _place(finding), neutral(finding.message), word_for(finding)
        name = ink(word, "35")
        if len(place) + len(message) + len(word) < _LONG:
            yield f"{number}  {ink(place, '36')}    {message}        {name}"
        else:  # the longest say what fails, where, and which test is near: more than fits beside the place
            yield f"{number}  {ink(place, '36')}    {name}"
            yield from _broken(message)
        for line in _on_one_line_or_two(_why(finding, report), f"Do: {neutral(finding.remedy)}."):
            yield from _broken(line)


def _broken(text: str) -> list[str]:
    """A paragraph in lines that need no scrolling sideways, indented; a name is never broken."""
    from textwrap import wrap

    return wrap(
        text, _LONG, initial_indent="   ", subsequent_indent="   ", break_long_words=False, break_on_hyphens=False
    )


def _coloured_rule(finding: Finding, ink: _Ink) -> str:
    return ink(rule_of(finding), "35") if finding.tool else f"{finding.code} {ink(finding.name, '35')}"


def _why(finding: Finding, report: Report) -> str:
    sentence = why_of(finding, report)
    return f"In production: {sentence[:1].lower()}{sentence[1:]}" if sentence else ""


def _stake(finding: Finding, report: Report) -> str:
    """What the team says of the critical path that a finding is on, and whom to ask."""
    for verdict in report.verdicts:
        facts = verdict.critical_path
        if facts is not None and facts.why and verdict.subject == finding.critical_path:
            owner = f" ({facts.owner})" if facts.owner else ""
            return neutral(f"{verdict.subject}{owner}: {facts.why}")
    return ""


def _on_one_line_or_two(one: str, other: str) -> list[str]:
    return [f"{one}  {other}".strip()] if len(one) + len(other) < _WIDTH else [one, other]


def _different(findings: Sequence[Finding]) -> list[Finding]:
    """The first of each kind, then whatever comes next, three in all."""
    kinds: dict[str, Finding] = {}
    for finding in findings:
        kinds.setdefault(rule_of(finding), finding)
    chosen = [*kinds.values(), *(finding for finding in findings if finding is not kinds[rule_of(finding)])]
    return chosen[:_FIRST]


def _told(finding: Finding, report: Report, ink: _Ink) -> Iterator[str]:
    severity = "" if finding.severity == "error" else " (warning: does not block)"
    yield f"{ink(f'{_place(finding)}:{finding.column}', '36')}  {_coloured_rule(finding, ink)}{severity}"
    yield f"    {neutral(finding.message)}"
    why = why_of(finding, report)
    if why:
        yield f"    In production: {why}"
    stake = _stake(finding, report)
    if stake:
        yield f"    {stake}"
    yield f"    Do: {neutral(finding.remedy)}."


def _listed(findings: Sequence[Finding], ink: _Ink) -> Iterator[str]:
    yield ink(f"All {len(findings)} findings", "1")
    width = max(len(_place(finding)) for finding in findings)
    for finding in sorted(findings, key=_where):
        mark = "" if finding.severity == "error" else "  (warning)"
        yield f"{_place(finding):{width}}  {rule_of(finding)}{mark}"


def _grouped(findings: Sequence[Finding], ink: _Ink, what: str = "findings") -> Iterator[str]:
    return _counted([(findings, what)], ink)


def _counted(tables: Iterable[tuple[Sequence[Finding], str]], ink: _Ink) -> Iterator[str]:
    for findings, what in tables:
        if findings:
            yield ink(f"{len(findings):,} {what} by rule", "1")
            yield from _rules_of(findings)
    yield ink("Every one of them: quality-gate report --format json", "2")


def _rules_of(findings: Sequence[Finding]) -> Iterator[str]:
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(rule_of(finding), []).append(finding)
    width = max(len(name) for name in kinds)
    for name, held in sorted(kinds.items(), key=lambda kind: (-len(kind[1]), kind[0])):
        places = list(dict.fromkeys(_place(finding) for finding in sorted(held, key=_where)))
        more = f" and {len(places) - 2:,} more" if len(places) > 2 else ""
        mark = "" if held[0].severity == "error" else "  (warning)"
        yield f"{len(held):5,}  {name:{width}}  {', '.join(places[:2])}{more}{mark}"


def _notes(report: Report, look: Look, ink: _Ink) -> Iterator[str]:
    silenced = sum(
        finding.suppressed is not None and verdict.practice != "policy"  # there somebody has approved
        for verdict in report.verdicts
        for finding in verdict.findings
    )
    if silenced:
        yield ink(f"silenced by a comment: {silenced} {'finding' if silenced == 1 else 'findings'}", "2")
    known = sum(finding.known for verdict in report.verdicts for finding in verdict.findings)
    if known:
        yield ink(f"known in the baseline: {known:,} {'finding' if known == 1 else 'findings'}", "2")
    yield from (ink(f"not looked at: {neutral(sentence)}", "2") for sentence in not_looked_at(report))
    yield from _left_out(left_out(report), look, ink)
    yield from _run_notes(report, ink)
    if look.verbose:
        yield from (ink(neutral(detail), "2") for detail in report.details)


def _left_out(sentences: Sequence[str], look: Look, ink: _Ink) -> Iterator[str]:
    shown = sentences if look.verbose else sentences[:_MOST_LEFT_OUT]
    yield from (ink(f"left out of the critical path: {neutral(sentence)}", "2") for sentence in shown)
    if len(sentences) > len(shown):
        yield ink(f"left out of critical paths: {len(sentences) - len(shown)} more files: quality-gate paths", "2")


def _run_notes(report: Report, ink: _Ink) -> Iterator[str]:
    return (ink(f"note: {neutral(note)}", "2") for note in report.notes)


def _next(report: Report, ink: _Ink) -> Iterator[str]:
    if report.next:
        yield f"{ink('Next:', '1')} " + " · ".join(neutral(command) for command in report.next)
    yield from report.snippet
