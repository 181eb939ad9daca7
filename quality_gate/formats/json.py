"""json: version 1; other tools and scripts stand on it, so that keys are only ever added."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from quality_gate.account import Benefits
from quality_gate.formats._json_accounts import JsonBenefits, JsonLedgerEntry, benefits_as_json, entry_as_json
from quality_gate.model import (
    CriticalPathFacts,
    DependencyFailures,
    FailureCell,
    FailureFacts,
    Finding,
    FunctionCoverage,
    Ledger,
    Level,
    Look,
    Measure,
    Mode,
    Outcome,
    Report,
    Stage,
    Verdict,
    format_,
)
from quality_gate.neutral import printable
from quality_gate_checkers.model.violation import Severity


class JsonFinding(msgspec.Struct, frozen=True):
    """A finding in version 1. Lines and columns are 1-based, columns in code points, ends exclusive."""

    code: str
    name: str
    severity: Severity
    message: str
    remedy: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    function: str | None
    critical_path: str | None
    fingerprint: str
    new: bool
    tests: list[str]
    suppressed: str | None
    known: bool
    tool: str | None


class JsonMeasure(msgspec.Struct, frozen=True):
    """One count of a verdict in version 1."""

    unit: str
    measured: int
    demanded: int
    of: int


class JsonFunction(msgspec.Struct, frozen=True):
    """A function below its critical path's demand; `missing` are first and last lines that no test ran."""

    function: str
    path: str
    line: int
    measures: list[JsonMeasure]
    missing: list[tuple[int, int]]


class JsonFailureCell(msgspec.Struct, frozen=True):
    """How far tests show one failure of a dependency."""

    level: Level
    demanded: bool
    kept: bool
    tests: list[str]
    waived: str | None


class JsonDependency(msgspec.Struct, frozen=True):
    """A row of the failure matrix; null where the dependency cannot fail so."""

    dependency: str
    rejects: JsonFailureCell | None
    unavailable: JsonFailureCell | None
    slow: JsonFailureCell | None
    partial: JsonFailureCell | None


class JsonFailurePath(msgspec.Struct, frozen=True):
    """A failure path of a critical path; `why` it is shown no further, `only_proof` where *run* is enough."""

    id: str
    kind: str
    text: str
    path: str
    line: int
    function: str
    level: Level
    demanded: Level
    kept: bool
    tests: list[str]
    why: str
    only_proof: bool


class JsonCriticalPath(msgspec.Struct, frozen=True):
    """More of a critical path: functions and failure paths worst first, `other_tests` by the other `counted_tests`."""

    why: str
    owner: str
    entries: list[str]
    members: int
    unresolved_calls: int
    left_out: list[str]
    functions: list[JsonFunction]
    counted_tests: Literal["all", "unit"]
    other_tests: list[JsonMeasure]
    failure_matrix: list[JsonDependency]
    failure_paths: list[JsonFailurePath]
    waived_failure_paths: int


class JsonVerdict(msgspec.Struct, frozen=True):
    """A verdict in version 1."""

    practice: str
    subject: str | None
    mode: Mode
    outcome: Outcome
    measured: int
    demanded: int
    of: int
    unit: str
    reason: str
    findings: list[JsonFinding]
    not_looked_at: list[str]
    measures: list[JsonMeasure]
    critical_path: JsonCriticalPath | None


class JsonLedger(msgspec.Struct, frozen=True):
    """What was silenced, excluded, skipped or left for later, counted; with `--ledger` all of it, the worst first."""

    entries: int
    expired: int
    without_reason: int
    baseline: int
    listed: list[JsonLedgerEntry] | msgspec.UnsetType = msgspec.UNSET


class JsonNotAnalysed(msgspec.Struct, frozen=True):
    """What was not looked at, counted."""

    files: int
    calls: int


class JsonReport(msgspec.Struct, frozen=True):
    """The document of `--format json`."""

    version: Literal[1]
    tool: str
    stage: Stage
    outcome: Outcome
    verdicts: list[JsonVerdict]
    ledger: JsonLedger
    not_analysed: JsonNotAnalysed
    notes: list[str]
    next: list[str]
    benefit: JsonBenefits | msgspec.UnsetType = msgspec.UNSET


@format_("json")
def json(report: Report, look: Look) -> str:
    """A report for programs, versioned."""
    document = JsonReport(
        version=1,
        tool=report.tool,
        stage=report.stage,
        outcome=report.outcome,
        verdicts=[_verdict(verdict) for verdict in report.verdicts],
        ledger=_ledger(report.ledger, listed=look.page == "ledger"),
        not_analysed=JsonNotAnalysed(report.not_analysed.files, report.not_analysed.calls),
        notes=[printable(note) for note in report.notes],
        next=[printable(command) for command in report.next],
        benefit=_benefits(report.benefits, listed=look.page == "benefit"),
    )
    text = msgspec.json.format(msgspec.json.encode(document), indent=1).decode()
    return text.replace("##", r"\u0023\u0023") + "\n"


def _verdict(verdict: Verdict) -> JsonVerdict:
    return JsonVerdict(
        practice=verdict.practice,
        subject=verdict.subject and printable(verdict.subject),
        mode=verdict.mode,
        outcome=verdict.outcome,
        measured=verdict.measured,
        demanded=verdict.demanded,
        of=verdict.of,
        unit=verdict.unit,
        reason=printable(verdict.reason),
        findings=[_finding(finding) for finding in verdict.findings],
        not_looked_at=[printable(sentence) for sentence in verdict.not_looked_at],
        measures=_measures(verdict.measures or (_only_measure(verdict),)),
        critical_path=_critical_path(verdict.critical_path),
    )


def _ledger(ledger: Ledger, *, listed: bool) -> JsonLedger:
    entries = [entry_as_json(entry) for entry in ledger.listed] if listed else msgspec.UNSET
    return JsonLedger(ledger.entries, ledger.expired, ledger.without_reason, ledger.baseline, entries)


def _benefits(benefits: Benefits | None, *, listed: bool) -> JsonBenefits | msgspec.UnsetType:
    return msgspec.UNSET if benefits is None else benefits_as_json(benefits, listed=listed)


def _only_measure(verdict: Verdict) -> Measure:
    return Measure(unit=verdict.unit, measured=verdict.measured, demanded=verdict.demanded, of=verdict.of)


def _measures(measures: Iterable[Measure]) -> list[JsonMeasure]:
    return [JsonMeasure(one.unit, one.measured, one.demanded, one.of) for one in measures]


def _critical_path(facts: CriticalPathFacts | None) -> JsonCriticalPath | None:
    if facts is None:
        return None
    return JsonCriticalPath(
        why=printable(facts.why),
        owner=printable(facts.owner),
        entries=[printable(name) for name in facts.entries],
        members=facts.members,
        unresolved_calls=facts.unresolved,
        left_out=[printable(sentence) for sentence in facts.left_out],
        functions=[_function(found) for found in facts.functions],
        counted_tests=facts.counted_tests,
        other_tests=_measures(facts.otherwise),
        failure_matrix=[_dependency(row) for row in facts.dependencies],
        failure_paths=[_failure_path(one) for one in facts.failures],
        waived_failure_paths=facts.waived,
    )


def _dependency(row: DependencyFailures) -> JsonDependency:
    cells = {cell.name: _cell(cell) for cell in row.cells}
    return JsonDependency(
        dependency=printable(row.dependency),
        rejects=cells.get("rejects"),
        unavailable=cells.get("unavailable"),
        slow=cells.get("slow"),
        partial=cells.get("partial"),
    )


def _cell(cell: FailureCell) -> JsonFailureCell:
    return JsonFailureCell(
        level=cell.level,
        demanded=cell.is_demanded,
        kept=cell.is_kept,
        tests=[printable(test) for test in cell.tests],
        waived=cell.waived and printable(cell.waived),
    )


def _failure_path(one: FailureFacts) -> JsonFailurePath:
    return JsonFailurePath(
        id=printable(one.id),
        kind=one.kind,
        text=printable(one.text),
        path=printable(one.path),
        line=one.line,
        function=printable(one.function),
        level=one.level,
        demanded=one.demanded,
        kept=one.is_kept,
        tests=[printable(test) for test in one.tests],
        why=printable(one.why),
        only_proof=one.only_proof,
    )


def _function(found: FunctionCoverage) -> JsonFunction:
    return JsonFunction(
        function=printable(found.function),
        path=printable(found.path),
        line=found.line,
        measures=_measures(found.measures),
        missing=[(span.first, span.last) for span in found.missing],
    )


def _finding(finding: Finding) -> JsonFinding:
    return JsonFinding(
        code=printable(finding.code),
        name=printable(finding.name),
        severity=finding.severity,
        message=printable(finding.message),
        remedy=printable(finding.remedy),
        path=printable(finding.path),
        line=finding.line,
        column=finding.column,
        end_line=finding.end_line,
        end_column=finding.end_column,
        function=finding.function and printable(finding.function),
        critical_path=finding.critical_path and printable(finding.critical_path),
        fingerprint=finding.fingerprint,
        new=finding.new,
        tests=[printable(test) for test in finding.tests],
        suppressed=finding.suppressed and printable(finding.suppressed),
        known=finding.known,
        tool=printable(finding.tool) or None,
    )


def schema() -> dict[str, object]:
    """JSON Schema of the document; it allows further keys, because later releases may add some within version 1."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(JsonReport)}


def schema_text() -> str:
    """The content of docs/report.schema.json."""
    return msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode() + "\n"
