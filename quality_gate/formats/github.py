"""github: annotations of a GitHub workflow, as commands on standard output."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.formats._findings import Told, of_the_change, place, rule_of, shortened, titled, untold, why_of
from quality_gate.model import Look, Report, Verdict, format_
from quality_gate.neutral import neutral

MOST = 10
"""Annotations of a kind that GitHub takes from one step; it drops the others without a word."""

_LONGEST = 1_000
"""Characters of one text; GitHub cuts a whole annotation at 4,096."""

_KINDS = ("error", "warning", "notice")


@format_("github")
def github(report: Report, look: Look) -> str:
    """What blocks as errors, warnings and what only would block as warnings, what is observed as notices.

    Nothing is said of old code that does not block. Ten of a kind, the most important first; the rest is counted.
    """
    held: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    held["error"] += (_of_verdict(verdict) for verdict in untold(report))
    for told in of_the_change(report):
        kind = _kind(told)
        held[kind].append(_of_finding(kind, told, report))
    shown = [line for lines in held.values() for line in lines[:MOST]]
    return "".join(f"{line}\n" for line in [*shown, *_counted(held)])


def _kind(told: Told) -> str:
    if told.blocks:
        return "error"
    return "notice" if told.observed else "warning"


def _of_verdict(verdict: Verdict) -> str:
    return _command("error", {"title": titled(verdict)}, [verdict.reason])


def _of_finding(kind: str, told: Told, report: Report) -> str:
    finding = told.finding
    properties = {"file": place(report, finding.path), "line": str(finding.line)}
    if finding.end_line == finding.line:  # columns of several lines are refused, and the annotation with them
        properties |= {"col": str(finding.column), "endColumn": str(max(finding.column, finding.end_column))}
    else:
        properties["endLine"] = str(max(finding.line, finding.end_line))
    properties["title"] = rule_of(finding)
    why = why_of(finding, report)
    return _command(kind, properties, [finding.message, why and f"In production: {why}", f"Do: {finding.remedy}."])


def _command(kind: str, properties: dict[str, str], lines: list[str]) -> str:
    named = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    said = "\n".join(neutral(shortened(line, _LONGEST)) for line in lines if line)
    return f"::{kind} {named}::{_data(said)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(neutral(shortened(text, _LONGEST))).replace(":", "%3A").replace(",", "%2C")


def _counted(held: dict[str, list[str]]) -> Iterator[str]:
    rest = {kind: len(lines) - MOST for kind, lines in held.items() if len(lines) > MOST}
    if rest:
        yield "truncated: " + ", ".join(f"{count:,} more {kind}{'s' * (count > 1)}" for kind, count in rest.items())
