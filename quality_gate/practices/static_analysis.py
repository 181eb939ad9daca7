"""static-analysis: our own rules over every judged file, and what the team's own linters say."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench, practice
from quality_gate.linting import Unheard
from quality_gate.model import Finding, Mode, Outcome, Stage, Verdict
from quality_gate.practices._static_findings import blocks, broken_in, project_findings
from quality_gate.practices._tool_findings import tool_findings
from quality_gate.practices._verdicts import and_known


@practice("static-analysis")
def static_analysis(bench: Bench, mode: Mode) -> Iterator[Verdict]:
    """Is there a mistake that we know how to see?

    Every rule of the gate is run over every judged file: failure handling, resilience, suppressions. A finding of
    severity `error` breaks the practice, one of severity `warning` is shown. Rules about tests that depend on
    something other than the code belong to `isolated-tests`. Linters that the configuration names (pylint, flake8,
    ruff, mypy, bandit, any command that prints SARIF) and SARIF files of other tools join in and are judged alike.

    ## Modes
    `observe` reports. `new-code`, the default, blocks what the change adds or touches; older findings are shown and do
    not block. `enforce` blocks all of it, less what the baseline knows (`quality-gate baseline`).

    ## What it cannot see
    Files that do not parse are named as not analysed and are never counted as kept. Calls whose target nothing in the
    module tells are counted as not resolved. A linter that is missing, crashes or does not end makes the practice
    UNPROVEN. What a linter newly says of a line that the change does not touch counts as old.

    ## Configuration
    ```toml
    [tool.quality-gate.practices]
    static-analysis = "new-code"

    [tool.quality-gate.linters.ruff] # run by `quality-gate ci`, and where --linters lets it
    ```
    """
    judged = _judged_paths(bench, mode)
    findings = list(broken_in(bench, judged, isolation=False))
    findings += _project_findings(bench, set(judged))
    told = list(tool_findings(bench, mode))
    judged = sorted({*judged, *(finding.path for finding in told)})
    findings = bench.marked("static-analysis", mode, [*findings, *told])
    blocking = [finding for finding in findings if blocks(finding, bench, mode)]
    guilty = {finding.path for finding in blocking if finding.is_open}.intersection(judged)
    own = _outcome(blocking, judged)
    unheard = bench.linted.unheard if own not in (Outcome.BROKEN, Outcome.UNPROVEN) else ()
    yield Verdict(
        practice="static-analysis",
        subject=None,
        mode=mode,
        outcome=Outcome.UNPROVEN if unheard else own,
        measured=len(judged) - len(guilty),
        demanded=len(judged),
        of=len(judged),
        unit="files",
        reason=_unheard(unheard) if unheard else _reason(bench, mode, findings, judged),
        findings=tuple(findings),
        not_looked_at=tuple(_not_looked_at(bench, judged)),
        decides=not unheard or bench.stage is Stage.CI,
    )


def _judged_paths(bench: Bench, mode: Mode) -> list[str]:
    """In new-code mode the gate looks at the files of the change, a report at all of them."""
    paths = sorted(bench.inspections)
    if bench.whole or mode is not Mode.NEW_CODE:
        return paths
    return [path for path in paths if bench.change.holds(path)]


def _project_findings(bench: Bench, judged: set[str]) -> Iterator[Finding]:
    """A change can break a rule in a file that it does not touch: what it does is then new there, too."""
    found = project_findings(bench, "static-analysis")
    return (finding for finding in found if finding.new or finding.path in judged)


def _outcome(blocking: list[Finding], judged: list[str]) -> Outcome:
    counted = [finding for finding in blocking if finding.is_open]
    if any(finding.tool or finding.name != "not-analysed" for finding in counted):
        return Outcome.BROKEN
    if counted:
        return Outcome.UNPROVEN
    if blocking:
        return Outcome.WAIVED
    return Outcome.KEPT if judged else Outcome.EMPTY


def _reason(bench: Bench, mode: Mode, findings: list[Finding], judged: list[str]) -> str:
    if not bench.inspections and not judged:
        return "nothing to measure: no Python file"
    if not judged:
        return "nothing to measure: the change holds no Python line"
    if mode is Mode.OBSERVE:
        return "observed: nothing blocks yet"
    if mode is Mode.ENFORCE:
        return f"all code blocks{and_known(findings)}"
    if bench.whole:
        return "only new code blocks; nothing else does yet"
    older = sum(not finding.new and finding.is_open for finding in findings)
    about_older = f"; {older} older {'finding does' if older == 1 else 'findings do'} not block" if older else ""
    return f"new code: {bench.change.description}{about_older}"


def _unheard(unheard: tuple[Unheard, ...]) -> str:
    """The first tool that was not heard, with what to type; the others stand below."""
    more = f", and {len(unheard) - 1} more" if len(unheard) > 1 else ""
    return f"{unheard[0].what}{more}; {unheard[0].remedy}"


def _not_looked_at(bench: Bench, judged: list[str]) -> Iterator[str]:
    yield from (tool.whole for tool in bench.linted.unheard)
    yield from bench.linted.waiting
    judged = [path for path in judged if path in bench.inspections]
    unresolved = sum(bench.inspections[path].not_resolved for path in judged)
    if unresolved:
        calls = "call" if unresolved == 1 else "calls"
        yield f"{unresolved} {calls} not resolved: nothing in the module tells what is called"
    faulty = sum(bench.inspections[path].fault is not None for path in judged)
    if faulty:
        yield f"{faulty} {'file' if faulty == 1 else 'files'} not analysed"
