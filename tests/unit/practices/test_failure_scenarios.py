"""failure-scenarios as a table: exact thresholds, dependencies, what is unknown, waivers, modes and stages."""

from __future__ import annotations

import random
import time

import msgspec
import pytest

from graphs import SmallRuns, file_runs
from quality_gate import engine
from quality_gate.errors import nothing_recorded
from quality_gate.failure_levels import LEVELS
from quality_gate.model import Change, Mode, Outcome, Stage
from quality_gate.practices.failure_scenarios import failure_scenarios
from quality_gate.runs import SeenFailure
from quality_gate_checkers.model.inspection import Suppression
from quality_gate_checkers.settings import Dependency, Settings
from shown import (
    NO_CHANGE,
    PATH,
    REJECTS,
    SOURCE,
    UNAVAILABLE,
    bench_of,
    changed,
    entering,
    handled,
    place,
    seen_as,
    shown,
    unknown,
    unwinding,
    waived,
)

K, B, W, U, E = Outcome.KEPT, Outcome.BROKEN, Outcome.WAIVED, Outcome.UNPROVEN, Outcome.EMPTY


def verdicts(found, mode: Mode = Mode.ENFORCE, **more):
    return list(failure_scenarios.judge(bench_of(found, **more), mode))


def verdict(found, mode: Mode = Mode.ENFORCE, **more):
    (only,) = verdicts(found, mode, **more)
    return only


def so_many(of: int, kept: int, unknown_ones: int = 0):
    """Raises, of which so many are validated, so many unknown, and the others not run."""
    rest = ["validated"] * kept + ["unknown"] * unknown_ones + ["not run"] * (of - kept - unknown_ones)
    return [shown(place(number + 2), level) for number, level in enumerate(rest)]


def counts(found) -> tuple[int, int, int]:
    return found.measured, found.demanded, found.of


SEEN = SeenFailure("t::a", "call", 5, 9, 5, 20, "", (), "outside", 7, (), None, taken=False, after=())


# -- exact thresholds


@pytest.mark.parametrize(
    ("failure", "of", "kept", "wanted"),
    [
        (80, 10, 8, K),
        (80, 10, 7, B),
        (80, 11, 9, K),
        (80, 11, 8, B),
        (80, 1, 1, K),
        (80, 1, 0, B),
        (100, 30, 30, K),
        (100, 30, 29, B),
        (33, 3, 1, K),
        (34, 3, 1, B),
        (0, 3, 0, K),
    ],
)
def test_failure_paths_are_judged_on_whole_numbers(failure, of, kept, wanted):
    found = verdict(so_many(of, kept), failure=failure)
    assert (found.outcome, found.subject, found.unit) == (wanted, "payments", "failure paths")
    assert counts(found) == (kept, -(-of * failure // 100), of)
    errors = [one for one in found.findings if one.severity == "error"]
    assert bool(errors) is (wanted is B), "what is told as an error is what breaks it"


@pytest.mark.parametrize(
    ("kind", "level", "only_proof", "kept"),
    [
        ("raise", "validated", False, True),
        ("raise", "proven", False, True),
        ("raise", "run", False, False),
        ("re-raise", "run", False, False),
        ("handler", "run", False, False),
        ("handler", "run", True, True),
        ("handler", "not run", True, False),
        ("handler call", "run", False, False),
        ("handler call", "run", True, True),
        ("unwind", "run", False, True),
        ("validation", "run", False, True),
        ("error return", "run", False, True),
        ("error return", "not run", False, False),
        ("cleanup", "run", True, True),
    ],
)
def test_each_kind_has_the_level_that_the_definition_demands(kind, level, only_proof, kept):
    path = entering(5) if kind == "handler" else place(5, kind)
    found = verdict([shown(path, level, only_proof=only_proof)])
    assert (found.measured, found.outcome) == (int(kept), K if kept else B)


def test_nothing_that_can_fail_is_empty_and_no_critical_path_too():
    found = verdict([])
    assert (found.outcome, found.reason) == (E, "nothing to measure: nothing on it can fail")
    found = verdict([], declared=False)
    assert (found.outcome, found.subject) == (E, None)
    assert found.reason == "nothing to measure: no critical path declared"


def test_class_u_is_never_counted():
    found = verdict([shown(place(5), "validated")], never=(place(6, never="it is abstract"),))
    assert counts(found) == (1, 1, 1)


# -- dependencies


def test_each_dependency_must_be_seen_to_reject_and_to_be_unavailable():
    paths = [shown(handled(5, REJECTS), "validated"), shown(handled(15, UNAVAILABLE), "not run")]
    many = [shown(place(number), "validated") for number in range(20, 30)]
    found = verdict([*paths, *many], failure=80)
    assert counts(found) == (11, 10, 12), "the failure paths alone would do"
    assert found.outcome is B
    cells = found.measures[1]
    assert (cells.unit, cells.measured, cells.demanded, cells.of) == ("dependency failures", 1, 2, 2)
    assert found.reason == "no test says what happens when the bank does not answer"
    (finding,) = found.findings
    assert (finding.name, finding.severity, finding.line) == ("dependency-failure-untested", "error", 15)
    kept = [msgspec.structs.replace(one, level="validated", tests=("t::a",)) for one in paths]
    assert verdict([*kept, *many], failure=80).outcome is K


def test_an_unwind_that_is_run_is_kept_and_its_dependency_is_not():
    """Rows are demanded validated (failure-paths.md, 2.3), whatever kind of path shows them."""
    found = verdict([shown(unwinding(5, REJECTS), "run")])
    assert (counts(found), found.measures[1].measured, found.outcome) == ((1, 1, 1), 0, B)
    (finding,) = found.findings
    assert finding.message.startswith("What if the bank says no? test_fails makes it happen and does not say: ")


def test_one_failure_path_that_is_validated_keeps_its_cell():
    paths = [shown(handled(5, REJECTS), "not run"), shown(unwinding(9, REJECTS), "validated")]
    found = verdict(paths, failure=50)
    assert (found.outcome, found.measures[1].measured, found.measures[1].of) == (K, 1, 1)


@pytest.mark.parametrize(
    ("types", "rejects", "unavailable"),
    [
        (("shop.bank_errors.CardDeclined",), "validated", "not run"),
        (("shop.bank.BankTimeout",), "not run", "validated"),
        (("shop.bank.CardDeclined", "shop.bank.BankTimeout"), "validated", "validated"),
        ((), "unknown", "unknown"),
        (("shop.fakes.Weird",), "unknown", "unknown"),
        (("shop.bank.CardDeclined", "shop.fakes.Weird"), "validated", "unknown"),
    ],
)
def test_a_handler_of_several_failures_shows_those_that_tests_made_happen(types, rejects, unavailable):
    found = verdict([shown(handled(5, REJECTS, UNAVAILABLE), "validated", types=types)])
    (row,) = found.critical_path.dependencies
    assert [(cell.name, cell.level) for cell in row.cells] == [("rejects", rejects), ("unavailable", unavailable)]


def test_each_failure_of_a_handler_is_as_good_as_its_own_tests():
    """One test checks what comes of a declined card, another only lets the bank be silent."""
    seen = (seen_as("shop.bank.CardDeclined", "validated", "t::no"), seen_as("shop.bank.BankTimeout", "run", "t::down"))
    found = verdict([shown(handled(5, REJECTS, UNAVAILABLE), "validated", "t::no", seen=seen)])
    (row,) = found.critical_path.dependencies
    assert [(cell.level, cell.tests) for cell in row.cells] == [("validated", ("t::no",)), ("run", ("t::down",))]
    assert [cell.is_kept for cell in row.cells] == [True, False]


def test_a_kind_of_a_catalogued_exception_means_the_same():
    """httpx.ConnectError is a TransportError: the catalogue knows."""
    no = msgspec.structs.replace(REJECTS, type="httpx.HTTPStatusError", dependency="httpx")
    silent = msgspec.structs.replace(UNAVAILABLE, type="httpx.TransportError", dependency="httpx")
    found = verdict([shown(handled(5, no, silent), "validated", types=("httpx.ConnectError",))])
    (row,) = found.critical_path.dependencies
    assert (row.called, [cell.level for cell in row.cells]) == ("the service behind httpx", ["not run", "validated"])


def test_a_kind_of_a_declared_exception_means_the_same():
    """The recorder knows the bases of what it saw: a StolenCard is a CardDeclined."""
    seen = msgspec.structs.replace(
        SEEN, exception="shop.bank.StolenCard", bases=("shop.bank.CardDeclined", "Exception")
    )
    runs = SmallRuns(file_runs(PATH, SOURCE, unrun=()), failures={PATH: (seen,)})
    stolen = shown(handled(5, REJECTS, UNAVAILABLE), "validated", types=("shop.bank.StolenCard",))
    (row,) = verdict([stolen], runs=runs).critical_path.dependencies
    assert [cell.level for cell in row.cells] == ["validated", "not run"]


def test_a_cell_that_no_failure_path_can_have_is_not_demanded():
    (row,) = verdict([shown(handled(5, UNAVAILABLE), "validated")]).critical_path.dependencies
    assert [cell.name for cell in row.cells] == ["unavailable"]


def test_a_cell_of_which_only_proof_could_say_more_is_kept_when_it_is_run():
    broad = handled(5, REJECTS, broad=True)
    assert verdict([shown(broad, "run", only_proof=True)]).outcome is K
    both = [shown(broad, "run", only_proof=True), shown(handled(15, REJECTS), "not run")]
    assert verdict(both, failure=50).outcome is B, "another path of the cell could be validated"


@pytest.mark.parametrize("kept", [True, False])
def test_slow_and_partial_are_warnings(kept):
    deadline = shown(unwinding(5, UNAVAILABLE, kind="deadline"), "run" if kept else "not run")
    partial = shown(place(6, "partial failure", text="gw.send_all(orders)", types=()), "run" if kept else "not run")
    many = [shown(place(number), "validated") for number in range(20, 30)]
    found = verdict([deadline, partial, *many])
    (row,) = found.critical_path.dependencies
    assert [(cell.name, cell.is_demanded) for cell in row.cells] == [("slow", False), ("partial", False)]
    assert found.outcome is K
    assert [one.unit for one in found.measures] == ["failure paths"]
    said = [(one.name, one.severity) for one in found.findings]
    assert said == ([] if kept else [("dependency-failure-untested", "warning")] * 2)


def test_a_partial_answer_of_a_function_that_asks_two_dependencies_is_nobodys():
    other = msgspec.structs.replace(REJECTS, dependency="stock")
    paths = [unwinding(5, REJECTS), unwinding(6, other), place(7, "partial failure")]
    rows = verdict([shown(one, "validated") for one in paths]).critical_path.dependencies
    assert {cell.name for row in rows for cell in row.cells} == {"rejects"}


# -- one path, one finding


def test_a_path_that_its_dependency_tells_of_is_not_told_again():
    paths = [handled(5, UNAVAILABLE), handled(15, UNAVAILABLE), entering(8)]
    found = verdict([shown(one) for one in paths])
    assert [one.code for one in found.findings] == ["QG301"], "the handler at line 7 is entered by what fails there"
    assert counts(found) == (0, 3, 3)


def test_the_paths_of_one_handler_are_one_finding_and_others_have_their_own():
    paths = [handled(5, at=9), handled(6, at=9), entering(10), entering(20), place(30)]
    found = verdict([shown(one) for one in paths])
    assert [(one.code, one.line) for one in found.findings] == [("QG331", 5), ("QG331", 19), ("QG331", 30)]


def test_every_path_that_is_missing_is_told_exactly_once():
    """Whatever is shown of whatever paths: BROKEN has an error, and nothing else has one that is not waived."""
    chosen = random.Random(5)
    for _ in range(300):
        found = []
        for line in range(2, 2 + 3 * chosen.randint(1, 8), 3):
            path = chosen.choice(
                [
                    place(line),
                    place(line, "cleanup"),
                    place(line, "partial failure"),
                    unwinding(line, UNAVAILABLE, kind="deadline"),
                    unwinding(line, chosen.choice([REJECTS, UNAVAILABLE])),
                    handled(line, REJECTS, UNAVAILABLE, broad=chosen.random() < 0.3),
                    handled(line, at=30),
                    entering(line),
                ]
            )
            only = path.kind in ("cleanup", "deadline", "partial failure") or (
                path.handler is not None and path.handler.broad
            )
            level = chosen.choice([one for one in LEVELS if not (only and one == "validated")])
            types = chosen.choice([(), (REJECTS.type,), (UNAVAILABLE.type,)])
            path = waived(path) if chosen.random() < 0.2 else path
            found.append(shown(path, level, only_proof=only, types=types))
        percent = chosen.choice([0, 50, 80, 100])
        said = verdict(found, failure=percent)
        errors = [one for one in said.findings if one.severity == "error" and one.suppressed is None]
        assert bool(errors) is (said.outcome is B)
        counted = [one for one in found if one.path.waiver is None]
        kept, maybe = sum(one.is_kept for one in counted), sum(one.level == "unknown" for one in counted)
        assert counts(said) == (kept, -(-len(counted) * percent // 100), len(counted))
        if (kept + maybe) * 100 < len(counted) * percent:
            assert said.outcome is B
        if said.outcome is K:
            assert all(measure.measured >= measure.demanded for measure in said.measures)


# -- unknown


@pytest.mark.parametrize(
    ("kept", "unknown_ones", "wanted"),
    [(8, 2, K), (8, 1, K), (7, 1, U), (7, 3, U), (6, 1, B), (6, 2, U), (0, 10, U), (5, 2, B)],
)
def test_what_is_unknown_decides_only_where_it_could(kept, unknown_ones, wanted):
    found = verdict(so_many(10, kept, unknown_ones))
    assert found.outcome is wanted
    assert (found.measured, found.of) == (kept, 10), "unknown is never counted as shown"
    if wanted is U:
        assert found.not_looked_at[0].startswith(f"critical path payments: {unknown_ones} of 10 failure paths")
        assert not [one for one in found.findings if one.severity == "error"]


def test_without_any_that_is_known_nothing_is_kept_even_if_nothing_is_demanded():
    assert verdict(so_many(3, 0, 3), failure=0).outcome is U
    assert verdict(so_many(3, 1, 2), failure=0).outcome is K


def test_what_is_unknown_says_what_to_type():
    stale = unknown(5, stale=True, why="it has changed since")
    found = verdict([stale, shown(place(6), "validated")])
    assert found.reason == "1 of 2 failure paths are unknown: pay(): it has changed since; type quality-gate test"
    found = verdict([unknown(5), shown(place(6), "validated")])
    assert found.reason.endswith("pay(): the evidence cannot tell; type quality-gate prove payments")


def test_a_cell_of_which_nobody_knows_is_unproven():
    found = verdict([shown(handled(5, REJECTS, UNAVAILABLE), "validated")])
    assert found.outcome is U
    assert found.reason == (
        "the evidence cannot tell whether a test says what happens when the bank says no; "
        "run quality-gate test under Python 3.12 or later"
    )
    assert found.findings == ()


def test_cells_of_which_nobody_knows_decide_only_where_they_could():
    """Of three cells one is missing; with the two unknown ones a half would be reached, and four fifths would not."""
    other = [msgspec.structs.replace(one, dependency="stock") for one in (REJECTS, UNAVAILABLE)]
    paths = [shown(unwinding(5, REJECTS), "run"), shown(handled(15, *other), "validated")]
    assert verdict(paths, failure=50).outcome is U
    assert verdict(paths, failure=80).outcome is B


def test_the_projects_own_dependencies_come_first():
    library = msgspec.structs.replace(REJECTS, dependency="aiohttp")
    rows = verdict([shown(handled(5, library)), shown(handled(15, REJECTS))]).critical_path.dependencies
    assert [row.dependency for row in rows] == ["bank", "aiohttp"]


@pytest.mark.parametrize("stage", Stage)
def test_without_evidence_nothing_is_judged_and_only_ci_blocks(stage):
    missing = nothing_recorded()
    found = verdict([unknown(5, stale=True)], runs=missing, stage=stage, whole=True)
    assert (found.outcome, found.findings, found.decides) == (U, (), stage is Stage.CI)
    assert found.reason == "no tests recorded yet; type quality-gate test"
    assert found.critical_path.members == 1


def test_a_run_that_went_wrong_and_a_file_that_cannot_be_read_prove_nothing():
    runs = SmallRuns(file_runs(PATH, SOURCE, unrun=()), problems=("2 tests failed", "the run crashed"))
    for more, reason in (
        ({"runs": runs}, "2 tests failed, the run crashed; type quality-gate test"),
        ({"runs": runs, "problems": runs.problems}, "2 tests failed, the run crashed; type quality-gate test"),
        (
            {"problems": ("the failure paths of a.py are not known",)},
            "the failure paths of a.py are not known; mend it",
        ),
    ):
        for found in (so_many(5, 5), so_many(5, 0)):
            said = verdict(found, **more)
            assert (said.outcome, said.findings) == (U, ())
            assert said.reason.startswith(reason)


@pytest.mark.parametrize("runs", ["crashed", None])
def test_what_a_run_that_went_wrong_did_not_see_is_unknown_and_never_not_run(runs):
    broken = SmallRuns(file_runs(PATH, SOURCE, unrun=()), problems=("the run crashed",))
    missing = nothing_recorded()
    found = verdict([shown(handled(5, REJECTS)), shown(place(9), "validated")], runs=broken if runs else missing)
    said = [(one.level, one.why) for one in found.critical_path.failures]
    why = "the run crashed" if runs else "no tests recorded yet"
    assert said == [("unknown", why), ("validated", "")]
    assert [cell.level for row in found.critical_path.dependencies for cell in row.cells] == ["unknown"]
    listing = verdict([shown(place(5))], problems=("a.py cannot be read",))
    assert listing.critical_path.failures[0].level == "not run", "that says nothing against the evidence"


# -- waivers and suppressions


def test_a_path_that_is_waived_is_not_counted_and_is_told_as_silenced():
    found = verdict([shown(waived(place(5))), shown(place(6), "validated")])
    assert (found.outcome, counts(found)) == (W, (1, 1, 1))
    assert [(one.suppressed, one.severity) for one in found.findings] == [("PAY-1", "error")]
    assert found.critical_path.waived == 1
    assert found.reason == "1 waived by a comment"


def test_a_waiver_that_nothing_hangs_on_leaves_the_path_kept():
    found = verdict([shown(waived(place(5))), *(shown(place(number), "validated") for number in range(10, 20))])
    assert (found.outcome, counts(found)) == (K, (10, 8, 10))
    shown_anyway = verdict([shown(waived(place(5)), "validated"), shown(place(6), "validated")])
    assert (shown_anyway.outcome, shown_anyway.findings) == (K, ())


@pytest.mark.parametrize(("until", "wanted"), [("2026-11-22", W), ("2026-11-21", B), ("soon", B), (None, W)])
def test_a_waiver_counts_to_its_last_day(until, wanted):
    assert verdict([shown(waived(place(5), until)), shown(place(6), "validated")], failure=100).outcome is wanted


def test_a_cell_whose_paths_are_all_waived_is_waived_and_one_that_is_not_is_judged():
    found = verdict([shown(waived(handled(5, REJECTS))), shown(place(30), "validated")])
    ((cell,),) = [row.cells for row in found.critical_path.dependencies]
    assert (found.outcome, cell.waived) == (W, "PAY-1")
    assert [measure.unit for measure in found.measures] == ["failure paths"]
    assert [(one.code, one.suppressed) for one in found.findings] == [("QG301", "PAY-1")]
    both = [shown(waived(handled(5, REJECTS))), shown(handled(15, REJECTS)), shown(place(30), "validated")]
    found = verdict(both)
    assert (found.outcome, counts(found)) == (B, (1, 2, 2))
    assert [(one.code, one.line, one.suppressed) for one in found.findings] == [
        ("QG301", 15, None),
        ("QG331", 5, "PAY-1"),
    ]


def test_a_finding_that_is_silenced_by_its_code_waives_what_it_tells_of():
    silenced = Suppression("noqa", ("QG331",), 5, 5, 5, None, None, None, None)
    found = verdict([shown(place(5)), shown(place(6), "validated")], suppressions=(silenced,))
    assert (found.outcome, counts(found)) == (W, (1, 2, 2))


# -- modes


TWO = (shown(place(5)), shown(handled(20, UNAVAILABLE)), shown(place(30), "validated"))


@pytest.mark.parametrize(
    ("change", "wanted", "touched"),
    [
        (changed((5, 5)), (B, B, B), (0, 1, 1)),
        (changed((30, 30)), (B, K, B), (1, 1, 1)),
        (changed((20, 20)), (B, B, B), (0, 1, 1)),
        (changed((22, 22)), (B, B, B), (0, 1, 1)),
        (changed((23, 23), (30, 30)), (B, B, B), (1, 2, 2)),
        (changed((8, 8)), (B, E, B), (0, 0, 0)),
        (NO_CHANGE, (B, E, B), (0, 0, 0)),
        (Change(description="no git", everything=True), (B, B, B), (1, 3, 3)),
    ],
    ids=[
        "a raise",
        "one that is tested",
        "the call",
        "the except",
        "its body",
        "another line",
        "nothing",
        "everything",
    ],
)
def test_new_code_judges_what_the_change_touches_and_the_others_all(change, wanted, touched):
    found = [verdict(TWO, mode, change=change) for mode in Mode]
    assert tuple(one.outcome for one in found) == wanted
    assert counts(found[1]) == touched
    if not change.everything and touched[2]:
        assert found[1].unit == "touched failure paths"
        assert all(one.new for one in found[1].findings)


def test_a_dependency_is_told_where_the_change_touches_it_and_known_as_before():
    """Platforms show annotations on lines of the change alone; the baseline must know it again all the same."""
    paths = [shown(handled(5, REJECTS)), shown(handled(20, REJECTS)), shown(unwinding(30, REJECTS))]

    def told(change):
        (found,) = [one for one in verdict(paths, change=change).findings if one.code == "QG301"]
        return found

    old, new = told(NO_CHANGE), told(changed((20, 20)))
    assert (old.line, new.line, new.end_line, new.new) == (5, 20, 20, True)
    assert "likewise at shop/pay.py:5, shop/pay.py:30." in new.message
    assert (new.fingerprint, new.essence) == (old.fingerprint, old.essence)
    assert told(changed((12, 12))) == old


def test_without_a_change_to_compare_new_code_is_judged_by_its_share():
    """Where everything counts as new nobody knows what is: then the demand is the path's."""
    everything = Change(description="no git", everything=True)
    found = verdict(so_many(10, 8), Mode.NEW_CODE, change=everything)
    assert (found.outcome, found.unit, counts(found)) == (K, "failure paths", (8, 8, 10))
    assert verdict(so_many(10, 8), Mode.NEW_CODE, change=changed((2, 40))).outcome is B


def test_what_a_change_adds_must_be_shown_although_the_share_is_reached():
    assert verdict(so_many(10, 9), change=changed((11, 11))).outcome is B
    assert verdict(so_many(10, 9), change=changed((2, 2))).outcome is K


def test_in_new_code_mode_only_what_is_touched_and_unknown_is_unproven():
    paths = [unknown(5, stale=True), shown(place(6), "validated")]
    assert verdict(paths, Mode.NEW_CODE, change=changed((6, 6))).outcome is K
    found = verdict(paths, Mode.NEW_CODE, change=changed((5, 6)))
    assert (found.outcome, counts(found)) == (U, (1, 2, 2))
    assert found.reason.endswith("type quality-gate test")


def test_in_new_code_mode_a_run_that_went_wrong_proves_nothing_either():
    said = verdict(
        [shown(place(5), "validated")], Mode.NEW_CODE, change=changed((5, 5)), problems=("a.py: unreadable",)
    )
    assert (said.outcome, said.reason) == (U, "a.py: unreadable; mend it: the gate cannot read it")


def test_a_deadline_that_a_change_adds_must_be_run_although_the_row_only_warns():
    deadline = unwinding(5, UNAVAILABLE, kind="deadline")
    assert verdict([shown(deadline)], Mode.NEW_CODE, change=changed((5, 5))).outcome is B
    assert verdict([shown(deadline, "run")], Mode.NEW_CODE, change=changed((5, 5))).outcome is K


def test_a_touched_path_that_is_waived_is_waived():
    found = verdict([shown(waived(place(5)))], Mode.NEW_CODE, change=changed((5, 5)))
    assert (found.outcome, counts(found)) == (W, (0, 0, 0))


@pytest.mark.parametrize("mode", Mode)
def test_a_report_shows_the_whole_path_whatever_the_mode(mode):
    found = verdict(TWO, mode, whole=True, stage=Stage.COMMIT)
    assert (found.outcome, counts(found)) == (B, (1, 3, 3))
    assert found.reason.endswith("; observed: nothing blocks yet") is (mode is Mode.OBSERVE)


def test_ten_thousand_failure_paths_of_one_function_are_judged_in_seconds():
    """Generated code: all in one function, run by many tests, some waived."""
    tests = tuple(f"tests/test_{number}.py::test_x" for number in range(1_500))
    paths = [place(2 + number % 39, id=f"pay:raise:{number}") for number in range(10_000)]
    paths = [waived(path) if number % 5 == 0 else path for number, path in enumerate(paths)]
    found = [shown(path, "run" if number % 7 == 0 else "not run", running=tests) for number, path in enumerate(paths)]
    began = time.process_time()
    said = verdict(found)
    assert (said.outcome, said.of, len(said.findings)) == (B, 8_000, 10_000)
    assert time.process_time() - began < 15


# -- the commit stage


@pytest.mark.parametrize("mode", Mode)
def test_at_the_commit_stage_nothing_is_linked_and_that_is_said(mode):
    found = verdict(TWO, mode, stage=Stage.COMMIT, change=changed((5, 5)), remembered="as last linked")
    assert (found.outcome, found.decides, found.findings) == (U, False, ())
    assert found.reason == (
        "failure paths of 1 critical function that the change touches: looked at when it is pushed, and in CI"
    )
    assert found.not_looked_at
    untouched = verdict(TWO, mode, stage=Stage.COMMIT, remembered="as last linked")
    assert (untouched.outcome, untouched.reason) == (
        E,
        "nothing to measure: the change touches no critical function",
    )


# -- through the engine


def test_only_ci_ends_with_what_is_missing_and_observe_never_decides():
    for stage in (Stage.PUSH, Stage.CI):
        bench = bench_of(so_many(10, 7, 2), stage=stage)
        own = [
            one for one in engine.run(bench, {"failure-scenarios": Mode.ENFORCE}) if one.practice == "failure-scenarios"
        ]
        assert engine.worst(own) is (U if stage is Stage.CI else E)
    own = engine.run(bench_of(TWO), {"failure-scenarios": Mode.OBSERVE})
    assert not any(one.decides for one in own if one.practice == "failure-scenarios")
    own = engine.run(bench_of(TWO), {"failure-scenarios": Mode.ENFORCE})
    assert engine.worst([one for one in own if one.practice == "failure-scenarios"]) is B


def test_facts_hold_every_path_the_least_shown_first():
    found = verdict([shown(place(5), "validated"), shown(place(6), "run", why="nothing is checked"), shown(place(7))])
    said = [(one.line, one.level, one.is_kept, one.why) for one in found.critical_path.failures]
    assert said == [(7, "not run", False, ""), (6, "run", False, "nothing is checked"), (5, "validated", True, "")]


PART = "4 tests were chosen (9 deselected): what the others run is not known"
TYPE = "type quality-gate test without arguments"


def part_of_the_tests() -> SmallRuns:
    return SmallRuns(file_runs(PATH, SOURCE, unrun=()), partial=PART)


@pytest.mark.parametrize("level", ["not run", "run"])
def test_what_a_chosen_part_of_the_tests_does_not_show_is_unknown(level):
    found = [shown(place(5), level), shown(place(6), "validated")]
    assert verdict(found).outcome is B
    said = verdict(found, runs=part_of_the_tests())
    assert (said.outcome, said.findings, said.measured) == (U, (), 1)
    assert said.reason == f"1 of 2 failure paths are unknown: pay(): {PART}; {TYPE}"
    assert f"{PART}; {TYPE}" in said.not_looked_at
    assert said.critical_path.failures[0].tests == ()


def test_a_cell_that_a_part_does_not_show_is_unknown_too():
    both = shown(handled(5, REJECTS, UNAVAILABLE), "validated", types=("shop.bank.CardDeclined",))
    assert verdict([both]).outcome is B
    said = verdict([both], runs=part_of_the_tests())
    assert (said.outcome, said.findings) == (U, ())
    assert said.reason.endswith(f"when the bank does not answer; {TYPE}")


def test_what_a_part_shows_is_shown_and_the_part_is_told():
    said = verdict(so_many(10, 8), runs=part_of_the_tests())
    assert (said.outcome, said.findings) == (K, ())
    assert f"{PART}; {TYPE}" in said.not_looked_at
    said = verdict(so_many(10, 9), Mode.NEW_CODE, change=changed((11, 11)), runs=part_of_the_tests())
    assert (said.outcome, said.findings) == (U, ()), "the one that is touched is not known"


def test_what_a_part_ran_anew_of_a_function_is_told_and_the_cells_that_it_leaves_open_are_unknown():
    both = shown(handled(5, REJECTS, UNAVAILABLE), "validated", types=("shop.bank.CardDeclined",))
    assert verdict([both]).outcome is B
    said = verdict([msgspec.structs.replace(both, in_part=PART)])
    assert (said.outcome, said.findings) == (U, ())
    assert said.reason.endswith(f"when the bank does not answer; {TYPE}")
    assert f"pay(): {PART}; {TYPE}" in said.not_looked_at
    open_ = msgspec.structs.replace(shown(place(5), "unknown", why=PART), in_part=PART)
    assert verdict([open_]).reason == f"1 of 1 failure paths are unknown: pay(): {PART}; {TYPE}"


def test_a_cell_is_new_where_the_change_touches_a_path_of_it():
    found = [shown(unwinding(5, REJECTS), "validated"), shown(unwinding(9, UNAVAILABLE), "validated")]
    (row,) = verdict(found, change=changed((9, 9))).critical_path.dependencies
    assert [(cell.name, cell.is_new) for cell in row.cells] == [("rejects", False), ("unavailable", True)]


LATER = "tests have changed since: tests/test_new.py"


def test_what_tests_may_show_that_were_written_since_is_unknown():
    for level in ("not run", "run"):
        found = [shown(place(5), level), shown(place(6), "validated")]
        assert verdict(found, failure=100).outcome is B
        for mode, more in ((Mode.ENFORCE, {}), (Mode.NEW_CODE, {"change": changed((5, 5))})):
            said = verdict(found, mode, failure=100, later=LATER, **more)
            assert (said.outcome, said.findings) == (U, ())
            assert f"failure paths are unknown: pay(): {LATER}; type quality-gate test" in said.reason


def test_what_is_shown_without_them_is_kept_without_a_word():
    said = verdict(so_many(10, 9), later=LATER)
    assert (said.outcome, said.not_looked_at[1:]) == (K, ())
    both = shown(handled(5, REJECTS, UNAVAILABLE), "validated", types=("shop.bank.CardDeclined",))
    assert verdict([both]).outcome is B
    said = verdict([both], later=LATER)
    assert (said.outcome, said.findings, said.reason.endswith("does not answer; type quality-gate test")) == (
        U,
        (),
        True,
    )


def test_a_part_that_leaves_coverage_unproven_says_nothing_against_failures_that_are_shown():
    runs = SmallRuns(file_runs(PATH, SOURCE, unrun=range(2, 100)), partial=PART)
    assert verdict([shown(place(5), "validated")], runs=runs).outcome is K


def test_where_an_old_python_does_not_tell_a_newer_one_is_named():
    why = "Python 3.11 does not tell which exceptions pass, 3.12 does"
    found = verdict([unknown(5, why=why), shown(place(6), "validated")])
    assert found.reason.endswith(
        f"{why}; type quality-gate prove payments, or run quality-gate test under Python 3.12 or later"
    )


# -- elsewhere


def test_a_changed_raise_on_no_critical_path_warns_in_the_report_alone():
    elsewhere = (shown(place(2), "not run"), shown(place(3), "validated"))
    bench = bench_of([shown(place(9), "validated")], whole=True)
    bench.__dict__["changed_failures"] = elsewhere
    found = [one for one in failure_scenarios.judge(bench, Mode.ENFORCE) if one.subject is None]
    assert [(one.outcome, *counts(one)) for one in found] == [(K, 1, 0, 2)]
    assert [(one.name, one.severity, one.critical_path) for one in found[0].findings] == [
        ("untested-failure-path", "warning", None)
    ]
    checked = bench_of([shown(place(9), "validated")])
    checked.__dict__["changed_failures"] = elsewhere
    assert all(one.subject is not None for one in failure_scenarios.judge(checked, Mode.ENFORCE))


def test_a_path_on_which_only_what_nobody_sees_can_fail_is_unproven_and_not_empty():
    bank = Dependency(calls=("shop.bank.Gateway.*",), rejects=("shop.bank.CardDeclined",))
    called = {
        "edges": [("shop.pay.pay", "shop.bank.Gateway.charge")],
        "settings": Settings(dependencies={"bank": bank}),
    }
    assert verdict([]).outcome is E
    said = verdict([], **called)
    assert (said.outcome, said.reason.startswith("how the bank fails at shop/pay.py:")) == (U, True)
    said = verdict([shown(place(5), "validated")], **called)
    assert (said.outcome, said.not_looked_at[-1].startswith("critical path payments: how the bank fails")) == (K, True)
