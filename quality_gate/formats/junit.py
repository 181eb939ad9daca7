"""junit: JUnit XML, which every CI shows. A practice is a suite, and what blocks is a test that fails."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from quality_gate.formats._critical_paths import counted
from quality_gate.formats._findings import Told, is_told, more, place, ranked, rule_of, why_of, word_for
from quality_gate.model import Finding, Look, Outcome, Report, Verdict, format_
from quality_gate.neutral import neutral

MOST = 5_000
"""Failures of a suite; the rest is counted."""


@format_("junit")
def junit(report: Report, look: Look) -> str:
    """A report as test results: findings that block fail, what could not be judged is an error."""
    found = [told for told in ranked(report) if told.blocks]
    top = ElementTree.Element("testsuites", name=neutral(report.tool))
    for practice in dict.fromkeys(verdict.practice for verdict in report.verdicts):
        verdicts = [verdict for verdict in report.verdicts if verdict.practice == practice]
        top.append(_suite(report, practice, verdicts, [told for told in found if told.practice == practice]))
    _count(top, list(top))
    ElementTree.indent(top, space=" ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(top, encoding="unicode")}\n'


def _suite(report: Report, practice: str, verdicts: list[Verdict], found: list[Told]) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=practice)
    suite.extend(_failed(report, told.finding, practice) for told in found[:MOST])
    suite.extend(_judged(verdict) for verdict in verdicts if not is_told(verdict))
    _count(suite, [suite])
    _written(suite, "system-out", _said(verdicts))
    _written(suite, "system-err", [more(found, MOST)] if more(found, MOST) else [])
    return suite


def _failed(report: Report, finding: Finding, practice: str) -> ElementTree.Element:
    """A finding that blocks. Its place is in the name: viewers take two of one name for the same."""
    where = f"{finding.path}:{finding.line}:{finding.column}"
    file = neutral(place(report, finding.path))
    case = ElementTree.Element(
        "testcase", classname=practice, name=neutral(f"{where} {word_for(finding)}"), file=file, line=str(finding.line)
    )
    failure = ElementTree.SubElement(case, "failure", type=rule_of(finding), message=neutral(finding.message))
    why = why_of(finding, report)
    lines = [where, finding.message, why and f"In production: {why}", f"Do: {finding.remedy}."]
    failure.text = "\n".join(neutral(line) for line in lines if line)
    return case


def _judged(verdict: Verdict) -> ElementTree.Element:
    """A verdict that no finding stands for."""
    case = ElementTree.Element(
        "testcase", classname=verdict.practice, name=neutral(verdict.subject or "the whole project")
    )
    said = neutral(verdict.reason)
    if not verdict.decides:
        ElementTree.SubElement(case, "skipped", message=f"does not block: {verdict.outcome}: {said}")
    elif verdict.outcome is Outcome.BROKEN:
        ElementTree.SubElement(case, "failure", type=verdict.outcome, message=said)
    elif verdict.outcome is Outcome.UNPROVEN:
        ElementTree.SubElement(case, "error", type=verdict.outcome, message=said)
    elif verdict.outcome is Outcome.EMPTY:
        ElementTree.SubElement(case, "skipped", message=said)
    return case


def _count(element: ElementTree.Element, suites: Iterable[ElementTree.Element]) -> None:
    cases = [case for suite in suites for case in suite.iter("testcase")]
    element.set("tests", str(len(cases)))
    for kind, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        element.set(name, str(sum(case.find(kind) is not None for case in cases)))


def _said(verdicts: Iterable[Verdict]) -> list[str]:
    """What each verdict counted, and what it could not see."""
    held = [
        f"{verdict.subject or verdict.practice}: {verdict.outcome} {counted(verdict)}"
        for verdict in verdicts
        if verdict.of
    ]
    return [*held, *dict.fromkeys(f"not looked at: {one}" for verdict in verdicts for one in verdict.not_looked_at)]


def _written(suite: ElementTree.Element, tag: str, lines: list[str]) -> None:
    if lines:
        ElementTree.SubElement(suite, tag).text = "\n".join(neutral(line) for line in lines)
