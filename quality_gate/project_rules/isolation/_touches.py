"""What the rules of isolated-tests share: which tests are judged, and touches of one kind as one finding a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter

import msgspec

from quality_gate.bench import Bench, ProjectRule
from quality_gate.errors import Missing
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found, findings
from quality_gate.runs import Runs, Touch, Touched, TouchKind
from quality_gate_checkers.model.violation import Severity

_RAN = frozenset({"passed", "failed", "xfailed", "xpassed", "rerun", "error"})
_MOST_NAMED = 2


def judged_tests(runs: Runs) -> frozenset[str]:
    """Tests that ran and are as they were, less integration tests; none where nobody watched."""
    touched = runs.touched
    if touched is None:
        return frozenset()
    ran = (test for test, outcome in runs.tests.items() if outcome in _RAN)
    return frozenset(test for test in ran if test not in touched.integration and test not in touched.stale)


def touches_of(bench: Bench, *kinds: TouchKind) -> list[Touch]:
    """Touches of judged tests' own calls, by test; none where there is no evidence, which the practice tells."""
    runs = bench.known_runs
    if isinstance(runs, Missing):
        return []
    touched, judged = runs.touched or Touched(), judged_tests(runs)
    found = (touch for touch in touched.touches if touch.kind in kinds and touch.phase == "call")
    return sorted((touch for touch in found if touch.test in judged), key=attrgetter("test", "what"))


def grouped(touches: Iterable[Touch], key: Callable[[Touch], object]) -> list[list[Touch]]:
    """Touches of one file of tests and one key together."""
    groups: dict[tuple[str, object], list[Touch]] = {}
    for touch in touches:
        groups.setdefault((file_of(touch), key(touch)), []).append(touch)
    return list(groups.values())


def file_of(touch: Touch) -> str:
    """The file that a touch is told in: of the test, or else of its node id."""
    return touch.test_place.path if touch.test_place is not None else touch.test.partition("::")[0]


def who(touches: Sequence[Touch]) -> str:
    """The tests of a group as the subject of a sentence, with a verb's ending to follow: `test_a()`, `3 tests`."""
    names = list(dict.fromkeys(_short(touch.test) for touch in touches))
    if len(names) == 1:
        return f"{names[0]}()"
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{len(names)} tests ({', '.join(names[:_MOST_NAMED])}{more})"


def verb(touches: Sequence[Touch], one: str, many: str) -> str:
    """The form of a verb that fits `who`."""
    return one if len({_short(touch.test) for touch in touches}) == 1 else many


def told(
    bench: Bench,
    rule: ProjectRule,
    severity: Severity,
    groups: Iterable[Sequence[Touch]],
    said: Callable[[Sequence[Touch]], tuple[str, str]],
) -> Iterator[Finding]:
    """Groups as findings, each with its tests.

    Args:
        said: the message and the remedy of a group.
    """
    tests: dict[Found, tuple[str, ...]] = {}
    for group in groups:
        message, remedy = said(group)
        tests[_found(group, message, remedy)] = tuple(dict.fromkeys(touch.test for touch in group))
    for found, ids in tests.items():
        for finding in findings(bench, rule.code, rule.name, severity, [found]):
            yield msgspec.structs.replace(finding, tests=ids)


def _found(group: Sequence[Touch], message: str, remedy: str) -> Found:
    first = min(group, key=lambda touch: (_line(touch), touch.test))
    lines = {_line(touch) for touch in group}
    places = {(touch.place.path, touch.place.line) for touch in group if touch.place is not None and touch.place.line}
    return Found(
        path=file_of(first),
        line=_line(first),
        column=1,
        message=message,
        remedy=remedy,
        function=_qualified(first.test),
        text=f"{first.kind} {first.what}",
        touching=tuple((file_of(first), line) for line in sorted(lines)),
        also_new=tuple(sorted(places)),
    )


def _line(touch: Touch) -> int:
    return (touch.test_place.line if touch.test_place is not None else 0) or 1


def _short(test: str) -> str:
    """A test's own name, without its file, class and parameters."""
    return test.partition("[")[0].rpartition("::")[2]


def _qualified(test: str) -> str:
    """A test's dotted name: `tests.test_pay.TestPay.test_ok`."""
    path, *names = test.partition("[")[0].split("::")
    return ".".join([path.removesuffix(".py").replace("/", "."), *names])
