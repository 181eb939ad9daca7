"""The verdict on tests that were seen to run, where what was seen counts before what the source looks like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.bench import Bench
from quality_gate.model import Finding, Mode, Outcome, Stage, Verdict
from quality_gate.practices._static_findings import blocks, outcome_of
from quality_gate.practices._verdicts import and_known, of_part
from quality_gate.project_rules.isolation._touches import judged_tests
from quality_gate.runs import Runs, Touched, TouchKind

_SEEN_AS: dict[str, TouchKind] = {"real-sleep-in-test": "sleep", "network-reachable-in-unit-test": "network"}
"""Rules of the source whose breach is seen when the test runs, or there is none."""

_LEAK = "shared-state-leak"
_KINDS: dict[TouchKind, str] = {
    "network": "connections of tests",
    "machine": "connections of tests",
    "itself": "connections of tests",
    "process": "programs that tests start",
    "sleep": "sleeps of tests",
    "environment": "what tests leave of the environment",
    "module": "what tests leave of modules",
}


def verdict_of_seen(bench: Bench, mode: Mode, runs: Runs, found: Sequence[Finding]) -> Verdict:
    """The verdict.

    Args:
        runs: whose `touched` is known.
        found: what all rules of the practice say, of the source and of what was seen.
    """
    touched = runs.touched or Touched()
    seen = _Seen(runs, touched)
    findings = tuple(finding for finding in found if not seen.settles(finding, found))
    named = {test for finding in findings if finding.is_open for test in _tests(finding)}
    judged = judged_tests(runs)
    kept = [test for test in judged if test not in named and _bare(test) not in named]
    unproven = _why_unproven(runs, touched)
    outcome = outcome_of(
        [finding for finding in findings if blocks(finding, bench, mode)], unproven if mode is not Mode.OBSERVE else ""
    )
    return Verdict(
        practice="isolated-tests",
        subject=None,
        mode=mode,
        outcome=Outcome.EMPTY if outcome is Outcome.KEPT and not judged else outcome,
        measured=len(kept),
        demanded=len(judged),
        of=len(judged),
        unit="tests",
        reason=_reason(bench, mode, outcome, unproven, touched, judged, findings),
        findings=findings,
        not_looked_at=tuple(_not_looked_at(runs, touched)),
        decides=outcome is not Outcome.UNPROVEN or bench.stage is Stage.CI,
    )


class _Seen:
    """What was seen of each test, in all its parameters.

    Args:
        runs: all of it. touched: what tests touched.
    """

    def __init__(self, runs: Runs, touched: Touched) -> None:
        self._not_watched = touched.not_watched
        passed = (test for test in judged_tests(runs) if runs.tests.get(test) == "passed")
        self._passed = {_bare(test) for test in passed}
        not_passed = (test for test, outcome in runs.tests.items() if outcome != "passed" or test in touched.stale)
        self._passed -= {_bare(test) for test in not_passed}

    def settles(self, finding: Finding, found: Sequence[Finding]) -> bool:
        """Whether a finding of the source alone is told by one of what was seen, or shown to be none."""
        if not self._passed.issuperset(_tests(finding)):
            return False
        kind = _SEEN_AS.get(finding.name)
        if kind is not None:
            return kind not in self._not_watched
        return finding.name == _LEAK and (_is_of_environment(finding) or _is_told(finding, found))


def _is_of_environment(finding: Finding) -> bool:
    return "os.environ" in finding.message


def _is_told(leak: Finding, found: Sequence[Finding]) -> bool:
    """Whether the change of a module that a leak speaks of was seen to be left behind by the same test."""
    tests = set(_tests(leak))
    others = (one for one in found if one.name == "module-state-left-changed")
    return any(tests.intersection(map(_bare, one.tests)) and _last_names(one) & _last_names(leak) for one in others)


def _last_names(finding: Finding) -> set[str]:
    """The last part of every dotted name in a message."""
    words = (word.strip(",;:()") for word in finding.message.split())
    return {word.rpartition(".")[2] for word in words if "." in word}


def _tests(finding: Finding) -> tuple[str, ...]:
    """Node ids of the tests that a finding is about, without parameters where the source tells them."""
    if finding.tests:
        return finding.tests
    parts = (finding.function or "").split(".")
    module = finding.path.rpartition("/")[2].removesuffix(".py")
    inside = parts[len(parts) - parts[::-1].index(module) :] if module in parts else parts
    return ("::".join([finding.path, *inside]),)


def _bare(test: str) -> str:
    return test.partition("[")[0]


def _why_unproven(runs: Runs, touched: Touched) -> str:
    if runs.problems:
        more = len(runs.problems) - 1
        return f"{runs.problems[0]}{f', and {more} more' if more else ''}; type quality-gate test"
    if touched.stale:
        return f"{_stale(touched)}; type quality-gate test"
    return ""


def _stale(touched: Touched) -> str:
    count = len(touched.stale)
    first = next(iter(touched.stale.values()))
    return f"{count} {'test is' if count == 1 else 'tests are'} not as when they were run: {first}"


def _reason(
    bench: Bench,
    mode: Mode,
    outcome: Outcome,
    unproven: str,
    touched: Touched,
    judged: frozenset[str],
    findings: Sequence[Finding],
) -> str:
    if outcome is Outcome.UNPROVEN:
        return unproven
    if not judged:
        return "nothing to measure: no test that was seen is judged"
    said = _mode(bench, mode, findings)
    count = len(touched.integration)
    return f"{said}; {count} integration {'test' if count == 1 else 'tests'} left out" if count else said


def _mode(bench: Bench, mode: Mode, findings: Sequence[Finding]) -> str:
    if mode is Mode.OBSERVE:
        return "observed: nothing blocks yet"
    if mode is Mode.NEW_CODE and not bench.whole:
        return f"new code: {bench.change.description}"
    return f"all its rules only warn{and_known(findings)}"


def _not_looked_at(runs: Runs, touched: Touched) -> Iterator[str]:
    yield from runs.problems
    yield from of_part(runs.partial)
    if touched.stale:
        yield _stale(touched)
    told = (f"{_KINDS[kind]}: {reason}" for kind, reasons in touched.not_watched.items() for reason in reasons)
    yield from dict.fromkeys(told)
