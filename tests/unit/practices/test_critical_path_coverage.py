"""critical-path-coverage as a table: exact thresholds, what is unproven, modes, stages, and changed lines."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import msgspec
import pytest

from graphs import SmallCodebase, SmallRuns, file_runs
from quality_gate import engine
from quality_gate.bench import Bench
from quality_gate.bench_linked import Linked
from quality_gate.codebase.critical_paths import CriticalPaths, resolve
from quality_gate.codebase.graph import ExternalCall
from quality_gate.config import CriticalPath
from quality_gate.errors import Missing, nothing_recorded
from quality_gate.model import Change, LineRange, Mode, Outcome, Stage
from quality_gate.practices.critical_path_coverage import critical_path_coverage
from quality_gate.runs import Executed, FileRuns
from quality_gate_checkers.model.inspection import Inspection, Suppression
from quality_gate_checkers.model.violation import Location, Violation

K, B, W, U, E = Outcome.KEPT, Outcome.BROKEN, Outcome.WAIVED, Outcome.UNPROVEN, Outcome.EMPTY
TODAY = datetime.date(2026, 11, 22)
PATH = "shop/pay.py"
NO_CHANGE = Change(description="the index against HEAD")


def long_function(statements: int, name: str = "pay", branches: int = 0) -> str:
    """A function with so many lines of its own; a branch takes two of them and has two destinations."""
    body = [f"    x{number} = {number}" for number in range(statements - 2 * branches)]
    body += [line for number in range(branches) for line in (f"    if x{number}:", f"        y{number} = 1")]
    return "\n".join([f"def {name}():", *body, ""])


class Case:
    """A project of one file, and what its tests ran.

    Args:
        source: of shop/pay.py; `pay` is the entry.
        runs: what was run of it; a reason why there is none.
        later: a function that tests may run which nobody has recorded.
    """

    def __init__(
        self,
        source: str,
        runs: FileRuns | SmallRuns | Missing,
        *,
        edges=(),
        change: Change = NO_CHANGE,
        whole: bool = False,
        stage: Stage = Stage.CI,
        suppressions: tuple[Suppression, ...] = (),
        spared: tuple[LineRange, ...] = (),
        remembered: str | None = None,
        later: str = "",
        unread: Iterable[str] = (),
        left_out: Iterable[str] = (),
        declared: dict[str, CriticalPath] | None = None,
        **keys,
    ) -> None:
        missing = [*unread, *left_out]
        modules = {path.removesuffix(".py").replace("/", "."): path for path in missing}
        calls = [ExternalCall("shop.pay.pay", f"{name}.call", 2, 5) for name in modules]
        codebase = SmallCodebase({PATH: source}, edges, external=calls, unread=unread)
        codebase.modules |= {name: path for name, path in modules.items() if path in unread}
        table = {"payments": CriticalPath(**({"entry": ("shop.pay:pay",)} | keys))} if declared is None else declared
        held = SmallRuns(runs) if isinstance(runs, FileRuns) else runs

        def recorded():
            if isinstance(held, Missing):
                raise held
            return held

        aside = dict.fromkeys(left_out, "is vendored")
        resolved = resolve(codebase, table, [PATH, *unread], lambda path: False, left_out=aside)
        self.bench = Bench(
            stage=stage,
            whole=whole,
            today=TODAY,
            critical_paths=tuple(table),
            change=lambda: change,
            inspections=lambda: {PATH: Inspection(len(source.splitlines()), suppressions=suppressions)},
            linked=Linked(
                codebase=lambda: codebase,
                critical=lambda: CriticalPaths(resolved.paths, remembered),
                definitions_in=codebase.definitions_in,
                runs=recorded,
                never_run=lambda path: spared,
                tests_since=lambda path, function: LATER if function == later else "",
            ),
        )

    def verdicts(self, mode: Mode = Mode.ENFORCE):
        return list(critical_path_coverage.judge(self.bench, mode))

    def path(self, mode: Mode = Mode.ENFORCE):
        (found,) = [verdict for verdict in self.verdicts(mode) if verdict.subject == "payments"]
        return found

    def changed(self, mode: Mode = Mode.ENFORCE):
        (found,) = [verdict for verdict in self.verdicts(mode) if verdict.subject is None]
        return found


def ran(source: str, run: int, taken: int | None = None, **more) -> FileRuns:
    """The first lines of `pay` were run, and the first branches taken."""
    whole = file_runs(PATH, source, unrun=())
    lines = sorted(whole.statements - {1})[:run]
    branches = sorted((line, to) for line, targets in whole.branches.items() for to in targets)
    return file_runs(PATH, source, [1, *lines], taken=branches[: len(branches) if taken is None else taken], **more)


# -- exact thresholds: lines


@pytest.mark.parametrize(
    ("line", "of", "run", "wanted"),
    [
        (80, 100, 80, K),
        (80, 100, 79, B),
        (80, 101, 81, K),
        (80, 101, 80, B),
        (80, 2_500, 2_000, K),
        (80, 2_500, 1_999, B),
        (80, 2_499, 1_999, B),
        (100, 250, 250, K),
        (100, 250, 249, B),
        (1, 100, 1, K),
        (90, 1, 1, K),
        (0, 10, 1, K),
        (0, 10, 0, U),
        (33, 3, 1, K),
        (34, 3, 1, B),
    ],
)
def test_lines_are_judged_on_whole_numbers(line, of, run, wanted):
    source = long_function(of)
    verdict = Case(source, ran(source, run), line=line).path()
    assert verdict.outcome is wanted
    assert (verdict.measured, verdict.of, verdict.unit) == (run, of, "lines")
    assert verdict.demanded == -(-of * line // 100)


@pytest.mark.parametrize(
    ("branch", "pairs", "taken", "wanted"),
    [
        (80, 5, 8, K),
        (80, 5, 7, B),
        (80, 50, 80, K),
        (80, 50, 79, B),
        (100, 3, 6, K),
        (100, 3, 5, B),
        (0, 3, 0, K),
        (50, 1, 1, K),
        (51, 1, 1, B),
    ],
)
def test_branches_are_judged_on_whole_numbers(branch, pairs, taken, wanted):
    source = long_function(3 * pairs, branches=pairs)
    verdict = Case(source, ran(source, 3 * pairs, taken), branch=branch).path()
    assert verdict.outcome is wanted
    lines, branches = verdict.measures
    assert (branches.measured, branches.of, branches.unit) == (taken, 2 * pairs, "branches")
    assert (lines.measured, lines.unit) == (3 * pairs, "lines")


def test_the_other_choice_of_tests_is_told_and_does_not_decide():
    """Once there are integration tests, both numbers are shown (product.md); one of them is judged."""
    source = long_function(10, branches=2)
    held = ran(source, 10, 4)
    fewer = Executed(frozenset(sorted(held.run)[:5]), frozenset(sorted(held.taken)[:1]))
    verdict = Case(source, msgspec.structs.replace(held, otherwise=fewer)).path()
    assert verdict.outcome is K
    lines, branches = verdict.critical_path.otherwise
    assert (lines.measured, lines.of, branches.measured, branches.of) == (5 - 1, 10, 1, 4)  # the first is the `def`
    assert Case(source, held).path().critical_path.otherwise == ()


def test_both_demands_must_be_met_and_both_are_told():
    source = long_function(10, branches=2)
    assert Case(source, ran(source, 10, 4)).path().outcome is K
    verdict = Case(source, ran(source, 6, 0)).path()
    (finding,) = verdict.findings
    assert finding.message == (
        "critical path payments: 6 of 10 lines are run and 8 are demanded (80 %); "
        "0 of 4 branches are run and 4 are demanded (80 %)"
    )
    assert finding.remedy == "test first what is missing most: pay() shop/pay.py:8-11"


def test_a_path_without_branches_is_judged_by_its_lines():
    source = long_function(10)
    verdict = Case(source, ran(source, 8), branch=100).path()
    assert verdict.outcome is K
    assert [measure.unit for measure in verdict.measures] == ["lines"], "0 of 0 is neither 0 % nor 100 %"


# -- no member with a branch wholly unrun

TWO = f"{long_function(100)}\n\ndef refund(order):\n    if order:\n        return 1\n    return 2\n"
FLAT = f"{long_function(100)}\n\ndef refund(order):\n    return 2\n"
CALL = [("shop.pay.pay", "shop.pay.refund")]


def test_one_member_with_a_branch_that_no_test_runs_breaks_a_path_whatever_its_sums():
    verdict = Case(TWO, file_runs(PATH, TWO, unrun=(105, 106, 107)), edges=CALL, branch=0).path()
    assert (verdict.outcome, verdict.measured, verdict.of) == (B, 100, 103)
    (finding,) = verdict.findings
    assert (finding.code, finding.function, finding.line, finding.critical_path) == (
        "QG320",
        "shop.pay.refund",
        104,
        "payments",
    )
    assert finding.message == (
        "refund() is on the critical path payments and no test runs it: 0 of 3 lines, 0 of 2 branches; "
        "reached by pay.pay (pay.py:2) -> pay.refund"
    )
    assert verdict.reason == "1 function with branches run by no test"


def test_a_member_of_which_one_line_was_run_is_not_wholly_unrun():
    assert Case(TWO, file_runs(PATH, TWO, unrun=(106, 107)), edges=CALL, branch=0).path().outcome is K


def test_a_member_without_a_branch_is_in_the_sum_only():
    verdict = Case(FLAT, file_runs(PATH, FLAT, unrun=(105,)), edges=CALL).path()
    assert (verdict.outcome, verdict.measured, verdict.of) == (K, 100, 101)


def test_running_the_line_of_the_def_is_not_running_the_function():
    source = "def pay(order):\n    if order:\n        return 1\n    return 2\n"
    verdict = Case(source, file_runs(PATH, source, [1]), line=0, branch=0).path()
    assert (verdict.outcome, verdict.measured, verdict.of) == (B, 0, 3)


def test_functions_below_the_demand_are_listed_worst_first_and_do_not_block():
    source = (
        f"{long_function(400)}\n\ndef none(a):\n    if a:\n        return 1\n    return 2\n"
        "\n\ndef some(a):\n    b = 1\n    c = 2\n    d = 3\n    e = 4\n    return a\n"
    )
    edges = [("shop.pay.pay", "shop.pay.none"), ("shop.pay.pay", "shop.pay.some")]
    unrun = [406, 407, 411, 412, 413, 414]
    found = Case(source, file_runs(PATH, source, unrun=unrun), edges=edges, branch=0).path()
    assert found.outcome is K
    first, second = found.critical_path.functions
    assert (first.function, [(span.first, span.last) for span in first.missing]) == ("shop.pay.some", [(411, 414)])
    assert (second.function, [(span.first, span.last) for span in second.missing]) == ("shop.pay.none", [(406, 407)])
    wholly = file_runs(PATH, source, unrun=[405, *unrun])
    broken = Case(source, wholly, edges=edges, branch=0).path()
    assert [one.function for one in broken.critical_path.functions] == ["shop.pay.none", "shop.pay.some"]


# -- unproven


@pytest.mark.parametrize(
    ("runs", "reason"),
    [
        (SmallRuns(), "shop.pay.pay: no test run has seen its file; type quality-gate test"),
        (
            SmallRuns(unreadable=[PATH]),
            "shop.pay.pay: the evidence of shop/pay.py cannot be had; type quality-gate test",
        ),
        (
            nothing_recorded(),
            "no tests recorded yet; type quality-gate test",
        ),
    ],
    ids=["unknown file", "unreadable file", "no evidence"],
)
@pytest.mark.parametrize("stage", Stage)
def test_without_evidence_nothing_is_kept_and_only_ci_blocks(runs, reason, stage):
    verdict = Case(long_function(5), runs, stage=stage).path()
    assert (verdict.outcome, verdict.reason) == (U, reason)
    assert verdict.decides is (stage is Stage.CI)
    assert verdict.not_looked_at
    assert verdict.critical_path.members == 1, "what belongs to it is known all the same"


def test_a_run_that_went_wrong_proves_nothing_good_or_bad():
    for unrun in ((), range(2, 100)):
        runs = SmallRuns(file_runs(PATH, TWO, unrun=unrun), problems=("2 tests failed", "the run crashed"))
        verdict = Case(TWO, runs, edges=CALL).path()
        assert (verdict.outcome, verdict.findings) == (U, ())
        assert verdict.reason == "2 tests failed, the run crashed; type quality-gate test"


WHOLLY = ["shop/bank.py could not be analysed: shop/pay.py:2 calls shop.bank.call there"]


def test_a_path_that_leads_into_a_file_that_could_not_be_analysed_is_unproven():
    runs = SmallRuns(file_runs(PATH, long_function(5), unrun=()))
    assert Case(long_function(5), runs).path().outcome is K
    verdict = Case(long_function(5), runs, unread=["shop/bank.py"]).path()
    assert (verdict.outcome, list(verdict.not_looked_at)) == (U, WHOLLY)
    assert verdict.reason == f"{WHOLLY[0]}; mend it, or end the path before it with `stop`"
    assert (verdict.measured, verdict.of) == (5, 5), "what is known is told all the same"


def test_a_path_that_is_not_known_whole_is_below_its_demand_for_nobody_and_a_function_without_a_test_is_one():
    runs = SmallRuns(file_runs(PATH, long_function(5), [1, 2]))
    assert Case(long_function(5), runs).path().outcome is B
    assert Case(long_function(5), runs, unread=["shop/bank.py"]).path().outcome is U
    source = long_function(5, branches=1)
    unrun = SmallRuns(file_runs(PATH, source, [1]))
    assert Case(source, unrun, unread=["shop/bank.py"]).path().outcome is B


def test_in_new_code_a_file_that_could_not_be_analysed_counts_where_the_change_touches_it():
    runs = SmallRuns(file_runs(PATH, long_function(5), unrun=()))
    here = Change(description="d", lines={PATH: (LineRange(2, 2),)}, files=frozenset({PATH}))
    there = Change(description="d", files=frozenset({"shop/bank.py"}))
    told = [
        Case(long_function(5), runs, change=one, unread=["shop/bank.py"]).path(Mode.NEW_CODE) for one in (here, there)
    ]
    assert [one.outcome for one in told] == [K, U]
    assert list(told[1].not_looked_at) == WHOLLY


def test_what_is_left_out_is_told_and_blocks_nothing():
    runs = SmallRuns(file_runs(PATH, long_function(5), unrun=()))
    verdict = Case(long_function(5), runs, left_out=["shop/rates.py"]).path()
    assert verdict.outcome is K
    assert verdict.critical_path.left_out == ("shop.rates.call: shop/rates.py is vendored; called at shop/pay.py:2",)


def test_a_long_problem_is_short_in_the_reason_and_whole_among_what_was_not_looked_at():
    source = long_function(5)
    for problem, short in (
        (f"9 of 9 tests failed: {'test_x, ' * 40}", "9 of 9 tests failed"),
        ("x" * 300, f"{'x' * 119}…"),
    ):
        runs = SmallRuns(file_runs(PATH, source, unrun=()), problems=(problem,))
        case = Case(source, runs, change=lines((2, 2)))
        assert case.path().reason == case.changed().reason == f"{short}; type quality-gate test"
        assert problem in case.path().not_looked_at


def test_a_stale_function_is_unproven_and_its_neighbours_keep_their_evidence():
    runs = SmallRuns(file_runs(PATH, TWO, unrun=()), stale={(PATH, "refund"): "it has changed since"})
    verdict = Case(TWO, runs, edges=CALL).path()
    assert verdict.outcome is U
    assert verdict.reason == "shop.pay.refund: it has changed since; type quality-gate test"
    assert (verdict.measured, verdict.of) == (100, 100)


def test_what_is_broken_for_certain_is_broken_although_something_is_unproven():
    stale = {(PATH, "refund"): "it has changed since"}
    for run, wanted in ((77, B), (78, U)):  # refund has three lines: 77 + 3 of 103 miss 80 %, 78 + 3 might not
        runs = SmallRuns(ran(TWO, run), stale=stale)
        assert Case(TWO, runs, edges=CALL, line=78).path().outcome is wanted, run


def test_only_what_is_certain_is_said_to_be_missed():
    source = f"{long_function(20, branches=5)}\n\ndef refund(order):\n    return 2\n"
    runs = SmallRuns(ran(source, 3, 0), stale={(PATH, "refund"): "it has changed since"})
    (finding,) = Case(source, runs, edges=CALL).path().findings
    assert finding.message == "critical path payments: 3 of 20 lines are run and 16 are demanded (80 %)"


@pytest.mark.parametrize(("count", "others"), [(1, ""), (2, ", and 1 more function"), (3, ", and 2 more functions")])
def test_the_first_unproven_function_is_named_and_the_others_are_counted(count, others):
    source = "".join(f"def f{number}():\n    return 1\n\n\n" for number in range(3))
    stale = {(PATH, f"f{number}"): "it has changed since" for number in range(count)}
    runs = SmallRuns(file_runs(PATH, source, unrun=()), stale=stale)
    table = {"payments": CriticalPath(include=(PATH,))}
    case = Case(source, runs, declared=table, change=lines((1, 10)))
    reason = f"shop.pay.f0: it has changed since{others}; type quality-gate test"
    assert case.path().reason == case.changed().reason == reason
    of = f"critical path payments: the coverage of {count} of 4 functions, whose evidence is missing or stale"
    assert case.path().not_looked_at == (of,)


def test_a_function_that_stands_on_the_line_of_its_def_is_said_not_to_be_looked_at():
    source = "def pay():\n    return fee()\n\n\ndef fee(): return 1\n\n\ndef tax(): return 2\n\n\ndef later(): ...\n"
    table = {"payments": CriticalPath(include=(PATH,))}
    found = Case(source, file_runs(PATH, source, unrun=()), declared=table).path()
    said = "whether shop.pay.fee and 1 more ran: no line but that of `def`, which runs on import; break the line"
    assert (found.outcome, found.not_looked_at) == (K, (f"critical path payments: {said}",))


def test_evidence_without_branches_leaves_a_demand_for_branches_unproven():
    source = long_function(10, branches=2)
    runs = file_runs(PATH, source, unrun=(), has_branches=False)
    verdict = Case(source, runs).path()
    assert (verdict.outcome, verdict.reason) == (
        U,
        "the evidence knows no branches; record them: quality-gate test",
    )
    assert Case(source, runs, branch=0).path().outcome is K
    few = file_runs(PATH, source, [1, 2], has_branches=False)
    assert Case(source, few).path().outcome is B, "the lines alone break it"


def test_a_path_of_which_no_line_was_run_or_can_be_run_is_not_kept():
    verdict = Case(long_function(5), ran(long_function(5), 0), line=0).path()
    assert (verdict.outcome, verdict.reason) == (U, "no test ran a line of it; type quality-gate test")
    verdict = Case("def pay(): return 1\n", file_runs(PATH, "def pay(): return 1\n", [1])).path()
    on_head = "it has no line but that of `def`, which runs on import; break the line"
    assert (verdict.outcome, verdict.reason, verdict.of) == (U, on_head, 0)
    verdict = Case("def pay(): ...\n", file_runs(PATH, "def pay(): ...\n", [1])).path()
    assert (verdict.outcome, verdict.reason) == (U, "no line of it can be run")


def test_no_critical_path_is_empty_and_nothing_is_asked():
    bench = Bench(
        stage=Stage.CI, whole=False, today=TODAY, critical_paths=(), change=lambda: NO_CHANGE, inspections=dict
    )
    (verdict,) = critical_path_coverage.judge(bench, Mode.ENFORCE)
    assert (verdict.outcome, verdict.subject) == (E, None)
    assert verdict.reason == "nothing to measure: no critical path declared"


def test_a_comment_that_stands_on_no_definition_is_told():
    case = Case(long_function(5), ran(long_function(5), 5), declared={})
    case.bench.__dict__["inspections"] = {PATH: Inspection(6, critical=("payments",))}
    verdict = case.path()
    assert verdict.outcome is U
    assert "its comment in shop/pay.py stands on no function or class" in verdict.reason


# -- exclusions


def test_excluded_lines_of_critical_code_count_and_are_told():
    source = long_function(10)
    runs = file_runs(PATH, source, range(1, 8), excluded=range(8, 12))
    verdict = Case(source, runs).path()
    assert (verdict.outcome, verdict.measured, verdict.of) == (B, 6, 10)
    warning = next(finding for finding in verdict.findings if finding.code == "QG603")
    assert (warning.severity, warning.line) == ("warning", 8)
    assert warning.message == (
        "pay() is on the critical path payments, and 4 of its 10 lines are excluded from the team's coverage report: "
        "8-11; 4 of them no test runs"
    )


def test_a_pragma_of_which_another_rule_speaks_is_told_once():
    source = long_function(10)
    case = Case(source, file_runs(PATH, source, range(1, 8), excluded=[5, 8, 9]))
    place = Location(9, 4, 9, 9)
    told = Violation("QG602", "failure-path-excluded-from-coverage", "error", False, place, "x", "y", "f", (9, 9))
    case.bench.__dict__["inspections"] = {PATH: Inspection(11, (told,), ("x",))}
    (warning,) = [finding for finding in case.path().findings if finding.code == "QG603"]
    assert "1 of its 10 lines" in warning.message
    assert warning.line == 5


def test_what_no_test_can_run_may_be_excluded_but_is_counted_otherwise():
    source = long_function(10)
    spared = (LineRange(9, 11),)
    excluded = file_runs(PATH, source, range(1, 9), excluded=range(9, 12))
    verdict = Case(source, excluded, spared=spared, line=100).path()
    assert (verdict.outcome, verdict.measured, verdict.of, verdict.findings) == (K, 7, 7, ())
    counted = file_runs(PATH, source, range(1, 9))
    assert Case(source, counted, spared=spared, line=100).path().of == 10


def test_a_branch_to_a_line_that_no_test_can_run_is_no_branch():
    source = "def pay(a):\n    if a:\n        raise AssertionError\n    return 1\n"
    runs = file_runs(PATH, source, [1, 2, 4], excluded=[3], taken=[(2, 4)])
    verdict = Case(source, runs, spared=(LineRange(3, 3),), line=100, branch=100).path()
    assert (verdict.outcome, [measure.unit for measure in verdict.measures]) == (K, ["lines"])


# -- suppressions


def allow(line: int) -> tuple[Suppression, ...]:
    names = ("critical-function-unrun", "critical-path-below-demand", "changed-critical-line-unrun")
    return (Suppression("allow", names, line, line, line, "PAY-1", None, None, None),)


def test_findings_that_are_suppressed_with_a_reason_waive_the_path():
    runs = file_runs(PATH, TWO, unrun=(105, 106, 107))
    verdict = Case(TWO, runs, edges=CALL, branch=0, suppressions=allow(104)).path()
    assert (verdict.outcome, [finding.suppressed for finding in verdict.findings]) == (W, ["PAY-1"])
    below = Case(long_function(10), ran(long_function(10), 5), suppressions=allow(1)).path()
    assert below.outcome is W


# -- modes


def lines(*spans: tuple[int, int]) -> Change:
    return Change(
        description="the index against HEAD",
        lines={PATH: tuple(LineRange(*span) for span in spans)},
        files=frozenset({PATH}),
    )


UNRUN = file_runs(PATH, TWO, unrun=range(105, 108))


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (lines((104, 104)), (B, B, B)),
        (lines((106, 106)), (B, B, B)),
        (lines((2, 2)), (B, K, B)),
        (NO_CHANGE, (B, None, B)),
        (Change(description="no git", everything=True), (B, B, B)),
    ],
    ids=["the def", "a line", "another function", "nothing", "everything"],
)
def test_new_code_judges_what_the_change_touches_and_the_others_all(change, wanted):
    found = []
    for mode in Mode:
        verdicts = [one for one in Case(TWO, UNRUN, edges=CALL, branch=0, change=change).verdicts(mode) if one.subject]
        found.append(verdicts[0].outcome if verdicts else None)
    assert tuple(found) == wanted


def test_sums_never_block_in_new_code_mode():
    source = long_function(10)
    verdict = Case(source, ran(source, 1), change=lines((2, 2))).path(Mode.NEW_CODE)
    assert (verdict.outcome, verdict.measured, verdict.demanded, verdict.unit) == (K, 1, 1, "touched functions")
    assert not any(finding.new for finding in verdict.findings)


def test_in_new_code_mode_only_stale_functions_that_are_touched_are_unproven():
    runs = SmallRuns(file_runs(PATH, TWO, unrun=()), stale={(PATH, "refund"): "it has changed since"})
    elsewhere = Case(TWO, runs, edges=CALL, change=lines((3, 3)))
    assert (elsewhere.path(Mode.NEW_CODE).outcome, elsewhere.changed(Mode.NEW_CODE).outcome) == (K, K)
    assert Case(TWO, runs, edges=CALL, change=lines((105, 105))).path(Mode.NEW_CODE).outcome is U


@pytest.mark.parametrize("mode", Mode)
def test_a_report_shows_the_whole_path_whatever_the_mode(mode):
    verdict = Case(TWO, UNRUN, edges=CALL, branch=0, whole=True).path(mode)
    assert (verdict.outcome, verdict.unit) == (B, "lines")


def test_at_the_commit_stage_only_what_is_touched_is_judged_even_in_enforce():
    stage = {"stage": Stage.COMMIT, "remembered": "as last linked"}
    case = Case(TWO, UNRUN, edges=CALL, branch=0, change=lines((105, 105)), **stage)
    assert case.path(Mode.ENFORCE).outcome is B
    untouched = Case(TWO, UNRUN, edges=CALL, branch=0, change=lines((2, 2)), **stage)
    assert untouched.path(Mode.ENFORCE).outcome is K
    stale = SmallRuns(UNRUN, stale={(PATH, "refund"): "it has changed since"})
    verdict = Case(TWO, stale, edges=CALL, change=lines((105, 105)), **stage).path(Mode.ENFORCE)
    assert (verdict.outcome, verdict.decides) == (U, False)


# -- changed lines

FORTY = f"{long_function(10)}\n\n{long_function(40, 'export')}"
"""pay() has lines 2 to 11, export(), which is on no critical path, lines 15 to 54."""


def change_of(count: int, first: int = 15) -> Change:
    return lines((first, first + count - 1))


@pytest.mark.parametrize(
    ("changed", "run", "wanted"),
    [
        (20, 16, K),
        (20, 15, B),
        (25, 20, K),
        (25, 19, B),
        (40, 32, K),
        (40, 31, B),
        (19, 0, E),
        (19, 19, E),
    ],
)
def test_from_twenty_changed_lines_on_eighty_percent_are_demanded(changed, run, wanted):
    runs = file_runs(PATH, FORTY, [*range(1, 15), *range(15, 15 + run)])
    verdict = Case(FORTY, runs, change=change_of(changed)).changed()
    assert verdict.outcome is wanted
    if wanted is not E:
        assert (verdict.measured, verdict.of, verdict.unit) == (run, changed, "changed lines")
    if wanted is B:
        (finding,) = verdict.findings
        assert (finding.code, finding.line) == ("QG323", 15 + run)
        assert finding.message.startswith(f"{changed - run} of {changed} changed lines are run by no test: ")


@pytest.mark.parametrize(("unrun", "wanted"), [((), K), ((5,), B), ((5, 6, 7), B), ((20,), K)])
def test_of_fewer_than_twenty_changed_lines_each_critical_one_must_be_run(unrun, wanted):
    change = lines((4, 7), (15, 29))
    verdict = Case(FORTY, file_runs(PATH, FORTY, unrun=unrun), change=change).changed()
    assert (verdict.outcome, verdict.of, verdict.unit) == (wanted, 4, "changed critical lines")
    if wanted is B:
        (finding,) = verdict.findings
        assert (finding.code, finding.critical_path, finding.line, finding.new) == ("QG321", "payments", 5, True)
        assert finding.message.startswith(
            f"pay() is on the critical path payments; no test runs {len(unrun)} of its 4 changed lines: 5"
        )


def test_twenty_lines_of_which_critical_ones_are_unrun_are_judged_by_the_ratio():
    verdict = Case(FORTY, file_runs(PATH, FORTY, unrun=(5, 6)), change=lines((4, 7), (15, 30))).changed()
    assert (verdict.outcome, verdict.measured, verdict.of) == (K, 18, 20)


def test_lines_that_cannot_be_run_and_excluded_ones_off_the_path_are_not_counted():
    source = "# one\n\ndef pay():\n    # two\n    return 1\n\n\ndef export():\n    return 2\n"
    runs = file_runs(PATH, source, [3, 8], excluded=[5, 9])
    verdict = Case(source, runs, change=lines((1, 9))).changed()
    assert (verdict.outcome, verdict.measured, verdict.of) == (B, 0, 1), "the pragma hides no critical line"


def test_changed_lines_of_a_property_and_its_setter_count_once():
    source = (
        "class Order:\n    @property\n    def total(self):\n        return 1\n\n"
        "    @total.setter\n    def total(self, new):\n        self.x = new\n\n\ndef pay():\n    return Order()\n"
    )
    table = {"payments": CriticalPath(include=("shop/pay.py",))}
    case = Case(source, file_runs(PATH, source, unrun=()), declared=table, change=lines((4, 8)))
    assert (case.changed().measured, case.changed().of) == (3, 3)


def test_changed_lines_without_evidence_are_unproven_unless_it_is_broken_anyway():
    stale = {(PATH, "export"): "it has changed since"}
    runs = SmallRuns(file_runs(PATH, FORTY, unrun=()), stale=stale)
    verdict = Case(FORTY, runs, change=lines((4, 7), (15, 20))).changed()
    assert (verdict.outcome, verdict.reason) == (U, "shop.pay.export: it has changed since; type quality-gate test")
    broken = SmallRuns(file_runs(PATH, FORTY, unrun=(5,)), stale=stale)
    assert Case(FORTY, broken, change=lines((4, 7), (15, 20))).changed().outcome is B
    perhaps_large = Case(FORTY, broken, change=lines((4, 7), (15, 40))).changed()
    assert perhaps_large.outcome is U, "with twenty lines no single line is demanded"


def test_no_evidence_at_all_leaves_a_change_unproven_and_no_change_empty():
    none = nothing_recorded()
    assert Case(FORTY, none, change=lines((4, 4))).changed().outcome is U
    assert Case(FORTY, none).changed().outcome is E


def test_a_change_of_no_line_that_can_be_run_is_empty():
    verdict = Case(FORTY, file_runs(PATH, FORTY, unrun=()), change=NO_CHANGE).changed()
    assert (verdict.outcome, verdict.reason) == (E, "nothing to measure: the change holds no line that can be run")


def test_a_report_leaves_the_change_out_where_there_is_none_or_where_everything_is_new():
    runs = file_runs(PATH, FORTY, unrun=())
    for change in (NO_CHANGE, Change(description="no git", everything=True)):
        assert [one.subject for one in Case(FORTY, runs, change=change, whole=True).verdicts()] == ["payments"]
    subjects = [one.subject for one in Case(FORTY, runs, change=lines((2, 2)), whole=True).verdicts()]
    assert subjects == ["payments", None]


def test_without_a_base_every_line_is_a_changed_one():
    runs = file_runs(PATH, FORTY, range(1, 30))
    verdict = Case(FORTY, runs, change=Change(description="no git", everything=True)).changed()
    assert (verdict.outcome, verdict.of) == (B, 52)


# -- through the engine


def test_what_is_missing_reaches_the_exit_code_in_ci_only():
    for stage in Stage:
        case = Case(long_function(5), nothing_recorded(), stage=stage)
        verdicts = engine.run(case.bench, {"critical-path-coverage": Mode.ENFORCE})
        own = [one for one in verdicts if one.practice == "critical-path-coverage"]
        assert engine.worst(own) is (U if stage is Stage.CI else E)


def test_observe_never_decides():
    verdicts = engine.run(Case(TWO, UNRUN, edges=CALL).bench, {"critical-path-coverage": Mode.OBSERVE})
    assert not any(one.decides for one in verdicts)


PART = "4 tests were chosen (9 deselected): what the others run is not known"
TYPE = "type quality-gate test without arguments"


def part_of(source: str, unrun) -> SmallRuns:
    return SmallRuns(file_runs(PATH, source, unrun=unrun), partial=PART)


@pytest.mark.parametrize("unrun", [range(2, 100), range(104, 200)], ids=["below", "wholly unrun"])
def test_what_a_chosen_part_of_the_tests_does_not_run_is_not_known(unrun):
    whole = Case(TWO, SmallRuns(file_runs(PATH, TWO, unrun=unrun)), edges=CALL, branch=0).path()
    verdict = Case(TWO, part_of(TWO, unrun), edges=CALL, branch=0).path()
    assert (whole.outcome, verdict.outcome, verdict.findings) == (B, U, ())
    assert verdict.reason == f"{PART}; {TYPE}"
    assert verdict.not_looked_at == (f"{PART}; {TYPE}",)


def test_what_a_chosen_part_of_the_tests_runs_is_run_and_the_part_is_told():
    verdict = Case(TWO, part_of(TWO, ()), edges=CALL).path()
    assert (verdict.outcome, verdict.not_looked_at) == (K, (f"{PART}; {TYPE}",))


def test_of_a_part_in_new_code_mode_only_what_is_touched_decides():
    unrun = range(104, 200)
    for change, wanted in ((lines((105, 105)), U), (lines((3, 3)), K)):
        verdict = Case(TWO, part_of(TWO, unrun), edges=CALL, branch=0, change=change).path(Mode.NEW_CODE)
        assert (verdict.outcome, verdict.findings) == (wanted, ())


@pytest.mark.parametrize(
    ("change", "unrun", "wanted"),
    [((4, 7), (5,), U), ((4, 7), (), K), ((15, 54), range(20, 55), U), ((15, 54), (20,), K), ((15, 20), (16,), E)],
)
def test_changed_lines_that_a_part_does_not_run_are_not_known(change, unrun, wanted):
    verdict = Case(FORTY, part_of(FORTY, unrun), change=lines(change)).changed()
    assert (verdict.outcome, verdict.findings) == (wanted, ())
    assert (verdict.reason == f"{PART}; {TYPE}") is (wanted is U)


# -- tests that were written since

LATER = "tests have changed since: tests/test_new.py"


def test_what_tests_may_run_that_were_written_since_is_not_known_to_be_unrun():
    for unrun, function in (((105, 106, 107), "refund"), (range(2, 80), "pay")):
        held = file_runs(PATH, TWO, unrun=unrun)
        assert Case(TWO, held, edges=CALL).path().outcome is B
        verdict = Case(TWO, held, edges=CALL, later=function).path()
        assert (verdict.outcome, verdict.findings) == (U, ())
        assert verdict.reason == f"shop.pay.{function}: {LATER}; type quality-gate test"


def test_what_they_do_not_come_to_stays_broken_and_what_is_kept_is_kept_without_a_word():
    held = file_runs(PATH, TWO, unrun=(105, 106, 107))
    assert Case(TWO, held, edges=CALL, later="pay").path().outcome is B
    verdict = Case(TWO, file_runs(PATH, TWO, unrun=(106,)), edges=CALL, branch=0, later="refund").path()
    assert (verdict.outcome, verdict.not_looked_at) == (K, ())


@pytest.mark.parametrize("stage", Stage)
def test_a_new_function_that_a_test_of_the_change_may_run_blocks_in_ci_alone(stage):
    held = file_runs(PATH, TWO, unrun=(105, 106, 107))
    remembered = "as last linked" if stage is Stage.COMMIT else None
    made = {"edges": CALL, "change": lines((104, 107)), "stage": stage, "remembered": remembered}
    assert {one.outcome for one in Case(TWO, held, **made).verdicts(Mode.NEW_CODE)} == {B}
    found = Case(TWO, held, later="refund", **made).verdicts(Mode.NEW_CODE)
    assert {(one.outcome, one.decides) for one in found} == {(U, stage is Stage.CI)}
    assert all(LATER in one.reason and not one.findings for one in found)


# -- functions that only a part of the tests has run anew

ANEW = "it has changed since the tests were run; since then 1 test was chosen: what the others run is not known"


def anew(source: str, unrun, *functions: str) -> SmallRuns:
    return SmallRuns(file_runs(PATH, source, unrun=unrun), in_part=dict.fromkeys(functions, ANEW))


def test_what_a_part_ran_anew_is_run_where_that_is_enough_and_is_told():
    for unrun in ((), (106,)):
        verdict = Case(TWO, anew(TWO, unrun, "refund"), edges=CALL, branch=0).path()
        assert (verdict.outcome, verdict.not_looked_at) == (K, (f"shop.pay.refund: {ANEW}; {TYPE}",))


def test_what_a_part_did_not_run_anew_is_not_known_to_be_unrun():
    for unrun in ((105, 106, 107), (106, 107), range(2, 80)):
        name = "pay" if unrun[0] == 2 else "refund"
        whole = Case(TWO, SmallRuns(file_runs(PATH, TWO, unrun=unrun)), edges=CALL).path()
        verdict = Case(TWO, anew(TWO, unrun, name), edges=CALL).path()
        assert (whole.outcome, verdict.outcome, verdict.findings) == (B, U, ())
        assert verdict.reason == f"shop.pay.{name}: {ANEW}; {TYPE}"


def test_what_no_test_runs_elsewhere_stays_broken():
    verdict = Case(TWO, anew(TWO, [*range(2, 100), 106], "refund"), edges=CALL).path()
    assert verdict.outcome is B
    verdict = Case(TWO, anew(TWO, [5, 105, 106, 107], "pay"), edges=CALL).path()
    assert (verdict.outcome, verdict.findings[0].name) == (B, "critical-function-unrun")


def test_in_new_code_mode_a_touched_function_that_a_part_ran_anew_is_kept():
    for unrun, wanted in (((106, 107), K), ((105, 106, 107), U)):
        case = Case(TWO, anew(TWO, unrun, "refund"), edges=CALL, change=lines((105, 105)))
        verdict = case.path(Mode.NEW_CODE)
        assert (verdict.outcome, verdict.findings) == (wanted, ())
        assert f"{ANEW}; {TYPE}" in (verdict.not_looked_at[-1] if wanted is K else verdict.reason)


def test_changed_lines_that_a_part_did_not_run_anew_are_not_known():
    for change, unrun, wanted in (
        ((4, 7), (5,), U),
        ((4, 7), (), K),
        ((15, 54), range(20, 55), U),
        ((15, 54), (20,), K),
    ):
        whole = Case(FORTY, SmallRuns(file_runs(PATH, FORTY, unrun=unrun)), change=lines(change)).changed()
        runs = anew(FORTY, unrun, "pay", "export")
        verdict = Case(FORTY, runs, change=lines(change)).changed()
        assert (verdict.outcome, verdict.findings) == (wanted, ())
        assert whole.outcome is (B if wanted is U else K)
        assert (verdict.reason.endswith(f"{ANEW}; {TYPE}")) is (wanted is U)


# -- what a coverage report leaves out

LEFT_OUT = "the coverage report leaves out {} of it and does not tell whether {} run"


@pytest.mark.parametrize(
    ("run", "untold", "wanted", "reason"),
    [
        (range(1, 102), (101,), K, "1 function"),
        (range(1, 80), range(80, 102), U, LEFT_OUT.format("22 lines", "they were")),
        (range(1, 81), (101,), U, LEFT_OUT.format("1 line", "it was")),
        ((1,), range(2, 102), U, LEFT_OUT.format("100 lines", "they were")),
        ((1,), (3,), B, "below its demand"),  # its first line was not run, so no other was
    ],
)
def test_lines_that_a_report_leaves_out_are_not_certainly_unrun(run, untold, wanted, reason):
    source = long_function(100)
    verdict = Case(source, file_runs(PATH, source, run, untold=untold)).path()
    assert verdict.outcome is wanted
    assert reason in verdict.reason
    if "report" in verdict.reason:
        assert verdict.reason.endswith("; name the .coverage file itself, or type quality-gate test")


def test_a_function_that_a_report_leaves_out_is_not_run_by_no_test():
    held = file_runs(PATH, TWO, unrun=(105, 106, 107))
    left_out = msgspec.structs.replace(held, untold=frozenset((105, 106, 107)))
    assert Case(TWO, left_out, edges=CALL).path().outcome is U
    within = msgspec.structs.replace(held, untold=frozenset((106,)))
    assert Case(TWO, within, edges=CALL).path().outcome is B, "its first line is told, and was not run"


def test_changed_lines_that_a_report_leaves_out_are_unproven():
    change = Change(description="x", lines={PATH: (LineRange(102, 107),)}, files=frozenset({PATH}))
    held = file_runs(PATH, TWO, unrun=(105, 106, 107))
    assert Case(TWO, held, edges=CALL, change=change).changed().outcome is B
    left_out = msgspec.structs.replace(held, untold=frozenset((105, 106, 107)))
    verdict = Case(TWO, left_out, edges=CALL, change=change).changed()
    assert (verdict.outcome, verdict.findings) == (U, ())
    assert LEFT_OUT.format("3 lines", "they were") in verdict.reason
