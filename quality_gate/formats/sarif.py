"""sarif: SARIF 2.1.0, for code scanning and editors.

Lengths and counts are GitHub's; one over, and it refuses the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from quality_gate import REPOSITORY
from quality_gate.formats._findings import (
    Told,
    more,
    not_looked_at,
    place,
    ranked,
    shortened,
    titled,
    unproven,
    uri,
    why_of,
)
from quality_gate.model import Finding, Look, Report, RuleHelp, format_
from quality_gate.neutral import printable

MOST = 25_000
"""Results of a run."""

_LONGEST = 1024
"""Characters of a rule's description."""

_LONGEST_ID = 255
"""Characters of a rule's id and name."""

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"

Level = Literal["error", "warning", "note"]


class _Camel(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Keys as SARIF spells them; what has nothing to say is left out."""


class _Text(_Camel, frozen=True):
    text: str


class _Help(_Camel, frozen=True):
    text: str
    markdown: str


class _Configuration(_Camel, frozen=True):
    level: str


class _RuleProperties(_Camel, frozen=True):
    tags: list[str]
    precision: str
    problem_severity: str = msgspec.field(name="problem.severity")


class _Rule(_Camel, frozen=True):
    id: str
    name: str
    short_description: _Text
    full_description: _Text
    help: _Help
    default_configuration: _Configuration
    properties: _RuleProperties


class _Driver(_Camel, frozen=True):
    name: str
    semantic_version: str
    information_uri: str
    rules: list[_Rule]


class _Tool(_Camel, frozen=True):
    driver: _Driver


class _Artifact(_Camel, frozen=True):
    uri: str
    uri_base_id: str


class _Region(_Camel, frozen=True):
    start_line: int
    start_column: int
    end_line: int
    end_column: int


class _Physical(_Camel, frozen=True):
    artifact_location: _Artifact
    region: _Region


class _Logical(_Camel, frozen=True):
    fully_qualified_name: str


class _Location(_Camel, frozen=True):
    physical_location: _Physical
    logical_locations: list[_Logical] = []


class _Suppression(_Camel, frozen=True):
    kind: str
    justification: str


class _ResultProperties(_Camel, frozen=True):
    practice: str
    blocks: bool
    new: bool
    critical_path: str | None = None
    tests: list[str] = []


class _Result(_Camel, frozen=True):
    rule_id: str
    rule_index: int
    level: Level
    message: _Text
    locations: list[_Location]
    partial_fingerprints: dict[str, str]
    properties: _ResultProperties
    suppressions: list[_Suppression] = []


class _Notification(_Camel, frozen=True):
    level: Level
    message: _Text


class _Invocation(_Camel, frozen=True):
    execution_successful: bool
    tool_execution_notifications: list[_Notification] = []


class _Details(_Camel, frozen=True):
    id: str


class _Base(_Camel, frozen=True):
    description: _Text


class _RunProperties(_Camel, frozen=True):
    outcome: str
    stage: str
    truncated: int


class _Run(_Camel, frozen=True):
    tool: _Tool
    automation_details: _Details
    column_kind: str
    original_uri_base_ids: dict[str, _Base]
    invocations: list[_Invocation]
    results: list[_Result]
    properties: _RunProperties


class _Log(msgspec.Struct, frozen=True):
    schema: str = msgspec.field(name="$schema")
    version: str
    runs: list[_Run]


@format_("sarif")
def sarif(report: Report, look: Look) -> str:
    """A report for code scanning. What blocks is an error, what is only observed a note, all else a warning."""
    found = ranked(report)
    rules = _rules(report, found)
    index = {rule.id: number for number, rule in enumerate(rules)}
    name, _, version = report.tool.rpartition(" ")
    run = _Run(
        tool=_Tool(_Driver(name, version, REPOSITORY, rules)),
        automation_details=_Details(f"quality-gate/{uri(report.folder)}/" if report.folder else "quality-gate/"),
        column_kind="unicodeCodePoints",
        original_uri_base_ids={_ROOT: _Base(_Text("The top of the repository."))},
        invocations=[_Invocation(not any(unproven(report)), list(_notifications(report, found)))],
        results=[_result(report, told, index) for told in found[:MOST]],
        properties=_RunProperties(report.outcome, report.stage, max(0, len(found) - MOST)),
    )
    text = msgspec.json.format(msgspec.json.encode(_Log(_SCHEMA, "2.1.0", [run])), indent=1).decode()
    return text.replace("##", r"\u0023\u0023") + "\n"


def _rules(report: Report, found: Sequence[Told]) -> list[_Rule]:
    """The rules of the findings; one whose page is not here is described by its name."""
    pages = {rule.code: rule for rule in report.rules}
    named = {_id(told.finding): told.finding for told in found}
    return [_rule(pages.get(code) or _bare(one), why_of(one, report)) for code, one in sorted(named.items())]


def _id(finding: Finding) -> str:
    """A rule's id; another tool's has the tool before it, for two tools may have one code."""
    return shortened(printable(f"{finding.tool}/{finding.code}"), _LONGEST_ID) if finding.tool else finding.code


def _bare(finding: Finding) -> RuleHelp:
    name = shortened(printable(finding.name), _LONGEST_ID)
    return RuleHelp(code=_id(finding), name=name, severity=finding.severity, summary=name, page=name)


def _rule(rule: RuleHelp, why: str) -> _Rule:
    return _Rule(
        id=rule.code,
        name=rule.name,
        short_description=_Text(shortened(_sentence(rule.summary), _LONGEST)),
        full_description=_Text(shortened(f"{_sentence(rule.summary)} {why}".strip(), _LONGEST)),
        help=_Help(rule.page, rule.page),
        default_configuration=_Configuration(rule.severity),
        properties=_RuleProperties(
            tags=["maintainability", "reliability"],
            precision="high" if rule.severity == "error" else "medium",
            problem_severity=rule.severity,
        ),
    )


def _sentence(text: str) -> str:
    """A text that ends as sentences do, which validators of SARIF want of it."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _result(report: Report, told: Told, index: dict[str, int]) -> _Result:
    """A result.

    GitHub's own fingerprint, `primaryLocationLineHash`, is left to its uploader: it hashes the lines around, and warns
    of any other value.
    """
    finding = told.finding
    return _Result(
        rule_id=_id(finding),
        rule_index=index[_id(finding)],
        level=_level(told),
        message=_message(f"{_sentence(finding.message)} Do: {_sentence(finding.remedy)}"),
        locations=[_location(report, finding)],
        partial_fingerprints={"qualityGate/v1": finding.fingerprint},
        properties=_ResultProperties(
            practice=told.practice,
            blocks=told.blocks,
            new=finding.new,
            critical_path=finding.critical_path and printable(finding.critical_path),
            tests=[printable(test) for test in finding.tests],
        ),
        suppressions=_suppressions(told),
    )


def _level(told: Told) -> Level:
    if told.blocks:
        return "error"
    return "note" if told.observed else "warning"


def _message(text: str) -> _Text:
    """A text in which nothing is a link: `[words](place)` is one in SARIF, even in plain text."""
    return _Text(printable(text).replace("](", "] ("))


def _location(report: Report, finding: Finding) -> _Location:
    line, column = max(1, finding.line), max(1, finding.column)
    end = max((line, column), (finding.end_line, finding.end_column))
    return _Location(
        _Physical(
            _Artifact(uri(place(report, finding.path)), _ROOT),
            _Region(line, column, end_line=end[0], end_column=end[1]),
        ),
        [_Logical(printable(finding.function))] if finding.function else [],
    )


def _suppressions(told: Told) -> list[_Suppression]:
    finding = told.finding
    if finding.suppressed is not None:
        where = "external" if told.practice == "policy" else "inSource"  # there somebody has approved
        return [_Suppression(where, printable(finding.suppressed))]
    return [_Suppression("external", "in the baseline")] if finding.known else []


def _notifications(report: Report, found: Sequence[Told]) -> Iterator[_Notification]:
    """What a reader of results alone would take for nothing found: what was cut, and what could not be judged."""
    if more(found, MOST):
        yield _Notification("warning", _Text(more(found, MOST)))
    for verdict in unproven(report):
        yield _Notification("error", _message(f"{titled(verdict)}: {verdict.reason}"))
    yield from (_Notification("note", _message(f"not looked at: {one}")) for one in not_looked_at(report))
