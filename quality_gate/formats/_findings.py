"""What several formats ask of a report: which findings block, which come first, where they lie in the repository."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from quality_gate.model import Finding, Mode, Outcome, Report, Verdict
from quality_gate.neutral import neutral


class Told(msgspec.Struct, frozen=True):
    """A finding with what its verdict makes of it.

    Args:
        blocks: whether it is a reason for the exit code. observed: nobody asked for more than to be told.
    """

    finding: Finding
    practice: str
    blocks: bool
    observed: bool


def blocks(finding: Finding, verdict: Verdict) -> bool:
    """Whether a finding is a reason for the exit code: warnings, old code and what is only observed are not."""
    return (
        verdict.decides
        and verdict.outcome is Outcome.BROKEN
        and finding.severity == "error"
        and finding.is_open
        and (finding.new or verdict.mode is not Mode.NEW_CODE)
    )


def ranked(report: Report) -> list[Told]:
    """Every finding once, suppressed ones too: those that block first, then as `first_things` has them.

    Two verdicts may hold the same finding; it blocks where one of them says so.
    """
    held: dict[Finding, Told] = {}
    for verdict in report.verdicts:
        for finding in verdict.findings:
            told = Told(finding, verdict.practice, blocks(finding, verdict), not verdict.decides)
            other = held.get(finding)
            if other is None or (told.blocks and not other.blocks):
                held[finding] = told
    often = Counter(finding.name for finding in held)
    return sorted(held.values(), key=lambda told: (not told.blocks, *_importance(told.finding, often)))


def rule_of(finding: Finding) -> str:
    """The rule in a few words: `QG101 silent-failure`, `ruff F401 unused-import`, `mypy arg-type`.

    Other tools' words are anybody's and may hold anything that one line can.
    """
    return neutral(" ".join(dict.fromkeys(filter(None, (finding.tool, finding.code, finding.name)))))


def word_for(finding: Finding) -> str:
    """The rule in as few words as tell it."""
    return rule_of(finding) if finding.tool else finding.name


def why_of(finding: Finding, report: Report) -> str:
    """What it does in production, one sentence; of other tools' rules nobody tells."""
    return "" if finding.tool else report.consequences.get(finding.name, "")


def first_things(report: Report) -> list[Finding]:
    """Findings that no suppression holds, the ones to mend first at the top.

    Errors come before warnings and new ones before old ones; then the rarest kind: a fault that stands in fifty places
    is a campaign, not a first thing to do.
    """
    found = [finding for verdict in report.verdicts for finding in verdict.findings if finding.is_open]
    often = Counter(finding.name for finding in found)
    return sorted(found, key=lambda one: _importance(one, often))


def _importance(one: Finding, often: Counter[str]) -> tuple[bool, bool, bool, int, str, str, int, int]:
    return (
        one.severity != "error",
        not one.new,
        bool(one.tool),
        often[one.name],
        one.code,
        one.path,
        one.line,
        one.column,
    )


def place(report: Report, path: str) -> str:
    """A path from the repository's top: what platforms want, wherever in it the project lies."""
    return f"{report.folder}/{path}" if report.folder else path


def uri(path: str) -> str:
    """A path as a relative URI reference: its bytes, percent-encoded."""
    from urllib.parse import quote  # not on the hook's way

    try:
        return quote(path.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # no file has such a name; a report may
        return quote(path.encode("utf-8", "surrogatepass"))


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters; what is cut ends with an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def unproven(report: Report) -> Iterator[Verdict]:
    """Verdicts that decide and could not be had."""
    return (verdict for verdict in report.verdicts if verdict.decides and verdict.outcome is Outcome.UNPROVEN)


def is_told(verdict: Verdict) -> bool:
    """Whether its findings say why a verdict stands in the way."""
    return verdict.outcome is Outcome.BROKEN and any(blocks(finding, verdict) for finding in verdict.findings)


def untold(report: Report) -> list[Verdict]:
    """Verdicts that stand in the way and that no finding speaks for."""
    return [
        verdict
        for verdict in report.verdicts
        if verdict.decides and verdict.outcome in (Outcome.BROKEN, Outcome.UNPROVEN) and not is_told(verdict)
    ]


def not_looked_at(report: Report) -> list[str]:
    """What the verdicts could not see, each reason once, with how many critical paths it is of where it is several."""
    held: dict[str, set[str]] = {}
    for verdict in report.verdicts:
        for sentence in verdict.not_looked_at:
            held.setdefault(sentence, set()).update([verdict.subject] if verdict.subject else [])
    return [f"{one}: {len(paths)} critical paths" if len(paths) > 1 else one for one, paths in held.items()]


def left_out(report: Report) -> list[str]:
    """Files of the project that critical paths call and that are on none, a sentence each."""
    facts = (verdict.critical_path for verdict in report.verdicts)
    return list(dict.fromkeys(sentence for one in facts if one is not None for sentence in one.left_out))


def of_the_change(report: Report) -> list[Told]:
    """What a pull request is told: what blocks, and what else is new; in the order of `ranked`."""
    return [told for told in ranked(report) if told.finding.is_open and (told.blocks or told.finding.new)]


def titled(verdict: Verdict) -> str:
    """A verdict in a few words: `failure-scenarios, payments: BROKEN`."""
    subject = f", {verdict.subject}" if verdict.subject else ""
    return f"{verdict.practice}{subject}: {verdict.outcome}"


def more(held: Sequence[object], shown: int) -> str:
    """What a cap says: `truncated: 12 more`; empty where nothing is cut."""
    return f"truncated: {len(held) - shown:,} more" if len(held) > shown else ""
