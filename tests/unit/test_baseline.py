"""What a baseline knows, and what it does not forgive."""

from __future__ import annotations

import msgspec
import pytest

from golden_reports import finding, verdict
from quality_gate.baseline import (
    NEVER,
    Standing,
    Surroundings,
    entry_of,
    found_of,
    is_adoptable,
    local_name,
    marked,
    standing,
    told,
    with_gone,
    without,
)
from quality_gate.baseline_file import Baseline, Entry
from quality_gate.fingerprints import essence, fingerprint
from quality_gate.model import Mode, Outcome

STATIC = "static-analysis"


def one(path="shop/pay.py", function="shop.pay.charge", text="except OSError:", ordinal=0, *, new=False, **more):
    """A finding with an identity of its own."""
    return finding(
        path=path,
        function=function,
        fingerprint=fingerprint("QG101", path, function, text, ordinal),
        essence=more.pop("essence", essence("QG101", text, ordinal)),
        new=new,
        **more,
    )


def entries(*findings, version=1) -> tuple[Entry, ...]:
    return tuple(sorted(entry_of(STATIC, held, version) for held in findings))


def around(*gone: str, version: int = 1) -> Surroundings:
    """Surroundings in which functions or files are gone."""
    return Surroundings(
        is_gone=lambda entry: entry.function in gone or entry.path in gone, versions=lambda: {"QG101": version}
    )


def known(held, *findings, where=None):
    """Whether each finding is known."""
    return [found.known for found in marked(held, findings, where or around())]


class TestIdentity:
    def test_a_known_finding_does_not_count_wherever_its_line_is_now(self):
        assert known(entries(one()), one(line=900), one(text="except ValueError:")) == [True, False]

    def test_one_for_another_shows(self):
        """A count would say one as before."""
        assert known(entries(one()), one(text="except ValueError:")) == [False]

    def test_one_more_of_the_same_shows(self):
        assert known(entries(one()), one(), one(ordinal=1)) == [True, False]

    def test_the_same_in_another_function_shows_while_the_first_is_there(self):
        assert known(entries(one()), one(function="shop.pay.refund")) == [False]

    def test_a_suppressed_finding_needs_no_entry(self):
        assert known(entries(one()), one(suppressed="telemetry")) == [False]
        assert found_of(entries(one()), [one(suppressed="telemetry")], around()) == {}

    @pytest.mark.parametrize("name", sorted(NEVER))
    def test_sums_and_what_nobody_saw_are_never_known_even_when_somebody_writes_them_in(self, name):
        held = one(name=name)
        assert known(entries(held), held) == [False]

    def test_what_the_change_touches_counts_as_in_new_code_mode(self):
        assert known(entries(one()), one(new=True)) == [False]

    def test_where_nobody_can_tell_what_is_new_the_fingerprint_does(self):
        blind = Surroundings(pytest.fail, pytest.fail, is_touched=lambda finding: False)
        assert known(entries(one()), one(new=True), where=blind) == [True]

    def test_nothing_known_costs_nothing(self):
        findings = [one()]
        assert marked((), findings, Surroundings(pytest.fail, pytest.fail)) is findings

    def test_rules_are_not_loaded_where_fingerprints_tell(self):
        assert known(entries(one()), one(), where=Surroundings(pytest.fail, pytest.fail)) == [True]


class TestMoved:
    def test_a_renamed_function_keeps_its_entry(self):
        assert known(entries(one()), one(function="shop.pay.bill"), where=around("shop.pay.charge")) == [True]

    def test_a_renamed_file_keeps_its_entries(self):
        moved = one(path="shop/billing.py", function="shop.billing.charge")
        assert known(entries(one()), moved, where=around("shop/pay.py")) == [True]

    def test_module_code_of_a_renamed_file(self):
        moved = one(path="shop/billing.py", function=None)
        assert known(entries(one(function=None)), moved, where=around("shop/pay.py")) == [True]

    def test_a_file_and_its_functions_at_once_are_another(self):
        moved = one(path="shop/billing.py", function="shop.billing.bill")
        assert known(entries(one()), moved, where=around("shop/pay.py")) == [False]

    def test_what_the_change_makes_is_never_one_that_has_moved(self):
        made = one(function="shop.pay.bill", new=True)
        assert known(entries(one()), made, where=around("shop.pay.charge")) == [False]

    def test_one_entry_forgives_one_finding(self):
        findings = one(function="shop.pay.bill"), one(function="shop.pay.send", line=40)
        assert known(entries(one()), *findings, where=around("shop.pay.charge")) == [True, False]

    def test_a_renamed_function_that_does_something_else_is_another(self):
        other = one(function="shop.pay.bill", text="except ValueError:")
        assert known(entries(one()), other, where=around("shop.pay.charge")) == [False]

    def test_pruning_never_writes_a_finding_in_that_the_change_makes(self):
        made = one(function="shop.pay.bill", new=True)
        held = standing(entries(one()), [verdict(made)], around("shop.pay.charge"), lambda entry: True)
        assert (held.found, held.gone) == ((), entries(one()))

    def test_where_nobody_can_tell_what_is_new_nothing_has_moved(self):
        blind = Surroundings(lambda entry: True, lambda: {"QG101": 1}, is_touched=lambda finding: False)
        assert known(entries(one()), one(function="shop.pay.bill", new=True), where=blind) == [False]

    def test_two_entries_need_two_findings(self):
        held = entries(one(), one(function="shop.pay.refund"))
        gone = around("shop.pay.charge", "shop.pay.refund")
        found = standing(held, [verdict(one(function="shop.pay.bill"))], gone, lambda entry: True)
        assert (len(found.found), len(found.gone)) == (1, 1)

    def test_an_exact_match_is_not_given_away(self):
        held = entries(one(), one(function="shop.pay.refund"))
        findings = one(function="shop.pay.refund"), one(function="shop.pay.bill")
        assert known(held, *findings, where=around("shop.pay.charge")) == [True, True]
        assert known(entries(one()), one(), findings[1], where=around("shop.pay.charge")) == [True, False]


class TestFormatting:
    """One finding in three layouts: as it was adopted, formatted anew, and what a former baseline knew of it."""

    ADOPTED = one(
        text="call(a, b)", essence=essence("QG101", "tree", 0), line_essence=essence("QG101", "call(a, b)", 0)
    )
    NOW = one(text="call(", essence=essence("QG101", "tree", 0), line_essence=essence("QG101", "call(", 0))
    FORMER = one(text="call(a, b)")

    def test_a_statement_that_is_formatted_anew_keeps_its_entry(self):
        assert known(entries(self.ADOPTED), self.NOW) == [True]
        held = standing(entries(self.ADOPTED), [verdict(self.NOW)], around(), lambda entry: True)
        assert (held.found, held.gone, held.moved) == (entries(self.NOW), (), 1)

    def test_not_so_in_another_function_that_stood_there_too(self):
        elsewhere = msgspec.structs.replace(self.NOW, function="shop.pay.refund")
        assert known(entries(self.ADOPTED), elsewhere) == [False]

    def test_nor_where_the_change_makes_it(self):
        assert known(entries(self.ADOPTED), msgspec.structs.replace(self.NOW, new=True)) == [False]

    def test_one_entry_for_one_finding(self):
        twice = self.NOW, msgspec.structs.replace(self.NOW, line=80, fingerprint="0" * 20)
        assert known(entries(self.ADOPTED), *twice) == [True, False]

    def test_a_former_entry_is_known_and_follows_as_before(self):
        assert known(entries(self.FORMER), self.ADOPTED) == [True]
        moved = msgspec.structs.replace(self.ADOPTED, function="shop.pay.bill", fingerprint="0" * 20)
        assert known(entries(self.FORMER), moved, where=around("shop.pay.charge")) == [True]
        assert known(entries(self.FORMER), self.NOW) == [False]

    def test_a_former_entry_is_rewritten_without_a_word(self):
        held = standing(entries(self.FORMER), [verdict(self.ADOPTED)], around(), lambda entry: True)
        assert (held.found, held.moved, told(STATIC, held)) == (entries(self.ADOPTED), 0, [])


class TestEdited:
    """The change has edited a line with a known finding: that blocks, and nothing says that it is fixed."""

    EDITED = one(text="except OSError as error:", new=True)

    def test_it_is_not_called_fixed(self):
        held = standing(entries(one()), [verdict(self.EDITED)], around(), lambda entry: True)
        assert (held.found, held.gone, held.unseen) == ((), (), entries(one()))
        assert known(entries(one()), self.EDITED) == [False]

    def test_one_finding_speaks_for_one_entry(self):
        held = standing(entries(one(), one(ordinal=1)), [verdict(self.EDITED)], around(), lambda entry: True)
        assert (len(held.gone), len(held.unseen)) == (1, 1)

    @pytest.mark.parametrize("changed", [{"new": False}, {"suppressed": "x"}, {"function": "f"}, {"path": "a.py"}])
    def test_what_has_nothing_to_do_with_it_does_not_count(self, changed):
        other = msgspec.structs.replace(self.EDITED, **changed)
        held = standing(entries(one()), [verdict(other)], around(), lambda entry: True)
        assert (held.gone, held.unseen) == (entries(one()), ())


class TestVersions:
    def test_findings_of_an_older_version_of_a_rule_are_told_by_their_function(self):
        later = one(text="told in another way")
        assert known(entries(one()), later, where=around(version=2)) == [True]
        assert known(entries(one()), later, where=around(version=1)) == [False]

    def test_one_entry_one_finding(self):
        later = one(text="told in another way"), one(text="and another one", line=80)
        assert known(entries(one()), *later, where=around(version=2)) == [True, False]

    def test_in_another_function_they_are_new(self):
        assert known(entries(one()), one(function="shop.pay.refund"), where=around(version=2)) == [False]

    def test_entries_of_another_version_are_told_apart_and_break_nothing(self):
        held = standing(entries(one()), [verdict()], around(version=2), lambda entry: True)
        assert (held.gone, held.unsettled) == ((), entries(one()))
        assert "has in another version" in told(STATIC, held)[0]

    def test_so_are_entries_of_a_rule_that_is_not_there(self):
        elsewhere = Surroundings(lambda entry: False, dict)
        assert standing(entries(one()), [verdict()], elsewhere, lambda entry: True).unsettled == entries(one())

    def test_a_rewritten_entry_has_the_version_of_today(self):
        held = standing(entries(one()), [verdict(one())], around(version=2), lambda entry: True, rewriting=True)
        assert (held.found, held.moved) == (entries(one(), version=2), 1)


class TestStanding:
    def test_what_is_fixed_is_gone(self):
        held = standing(entries(one(), one(ordinal=1)), [verdict(one())], around(), lambda entry: True)
        assert (held.found, held.gone, held.unseen) == (entries(one()), entries(one(ordinal=1)), ())

    def test_what_was_not_judged_is_not_gone(self):
        held = standing(entries(one()), [verdict()], around(), lambda entry: False)
        assert (held.gone, held.unseen) == ((), entries(one()))

    def test_fixed_and_listed_breaks_a_practice_in_enforce_and_names_the_command(self):
        held = Standing(found=entries(one()), gone=entries(one(ordinal=1), one(ordinal=2)))
        verdicts = (verdict(mode=Mode.ENFORCE, outcome=Outcome.KEPT), verdict(practice="other"))
        kept, broken, _other = with_gone(verdicts, {STATIC: held})
        assert (kept.outcome, broken.outcome, broken.decides) == (Outcome.KEPT, Outcome.BROKEN, True)
        assert (broken.measured, broken.demanded, broken.of) == (1, 3, 3)
        assert broken.reason.endswith("silent-failure in shop/pay.py and 1 more; type quality-gate baseline --prune")

    @pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.NEW_CODE])
    def test_in_other_modes_it_does_not(self, mode):
        verdicts = (verdict(mode=mode),)
        assert with_gone(verdicts, {STATIC: Standing(gone=entries(one()))}) == verdicts

    def test_one_verdict_for_all_critical_paths(self):
        paths = tuple(verdict(mode=Mode.ENFORCE, subject=name) for name in ("payments", "refunds"))
        said = with_gone(paths, {STATIC: Standing(gone=entries(one()))})
        assert [held.subject for held in said] == ["payments", "refunds", None]


@pytest.mark.parametrize(
    ("changed", "adoptable"),
    [
        ({}, True),
        ({"severity": "warning"}, False),
        ({"suppressed": "x"}, False),
        ({"new": True}, False),
        ({"name": "critical-path-below-demand"}, False),
    ],
)
def test_what_may_be_left_for_later(changed, adoptable):
    assert is_adoptable(one(**changed), around()) is adoptable


class TestPruning:
    def test_it_only_shrinks(self):
        first, second, third = one(), one(ordinal=1), one(ordinal=2)
        baseline = Baseline((STATIC,), entries(first, second, third))
        held = standing(
            baseline.entries, [verdict(first, one(text="new"))], around(), lambda entry: entry in entries(second)
        )
        assert without(baseline, {STATIC: held}).entries == entries(first, third)

    def test_what_moved_is_written_anew(self):
        moved = one(function="shop.pay.bill")
        held = standing(entries(one()), [verdict(moved)], around("shop.pay.charge"), lambda entry: True)
        assert without(Baseline((STATIC,), entries(one())), {STATIC: held}).entries == entries(moved)
        assert "1 entry of static-analysis moved" in told(STATIC, held)[0]

    def test_a_practice_stays_adopted_when_all_is_fixed(self):
        held = standing(entries(one()), [verdict()], around(), lambda entry: True)
        assert without(Baseline((STATIC,), entries(one())), {STATIC: held}) == Baseline((STATIC,), ())

    def test_a_practice_that_was_not_judged_keeps_everything(self):
        baseline = Baseline((STATIC,), entries(one()))
        assert without(baseline, {}) == baseline


@pytest.mark.parametrize(
    ("path", "function", "local"),
    [
        ("shop/pay.py", "shop.pay.Gateway.charge", "Gateway.charge"),
        ("src/shop/pay.py", "shop.pay.charge", "charge"),
        ("shop/__init__.py", "shop.charge", "charge"),
        ("pay.py", "pay.pay", "pay"),
        ("shop/pay.py", None, ""),
        ("shop/pay.py", "elsewhere.charge", "elsewhere.charge"),
    ],
)
def test_names_within_a_module(path, function, local):
    assert local_name(path, function) == local


def test_rules_that_no_baseline_holds_exist():
    from quality_gate.cli._pages import all_rules

    assert {rule.name for rule in all_rules()} >= NEVER


def test_every_rule_has_a_version():
    from quality_gate.cli._pages import all_rules

    assert all(rule.version >= 1 for rule in all_rules())


def test_no_property_of_a_finding_is_lost_on_its_way():
    assert msgspec.structs.replace(one(), known=True).is_open is False
    assert [one().is_open, one(suppressed="x").is_open] == [True, False]
