"""JUnit XML, read back by a library that reads it in earnest."""

from __future__ import annotations

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from golden_reports import EMPTY, EVERYTHING, FEW, HOSTILE, OLD_ONLY, REPORTS, UNPROVEN, assert_golden, finding, verdict
from golden_reports import report as report_of
from harmless import assert_harmless
from quality_gate.formats import junit as module
from quality_gate.formats.junit import junit
from quality_gate.model import Look, Mode, Outcome


def read(report) -> JUnitXml:
    return JUnitXml.fromstring(junit.render(report, Look()).encode())


def cases(report) -> list:
    return [case for suite in read(report) for case in suite]


def kinds(report, kind) -> list:
    return [one for case in cases(report) for one in case.result if isinstance(one, kind)]


@pytest.mark.parametrize("name", ["few", "everything", "empty", "unproven", "failures", "hostile"])
def test_as_it_was_read_and_approved(name):
    assert_golden(f"{name}.junit.xml", junit.render(REPORTS[name], Look()))


@pytest.mark.parametrize("name", REPORTS)
def test_a_consumer_reads_it_and_the_counts_are_right(name):
    assert_harmless(junit.render(REPORTS[name], Look()))
    found = read(REPORTS[name])
    assert found.tests == len(cases(REPORTS[name]))
    assert found.failures == len(kinds(REPORTS[name], Failure))
    assert found.errors == len(kinds(REPORTS[name], Error))
    assert found.skipped == len(kinds(REPORTS[name], Skipped))
    assert [suite.name for suite in found] == list(dict.fromkeys(one.practice for one in REPORTS[name].verdicts))
    for suite in found:
        assert suite.tests == len(list(suite))


@pytest.mark.parametrize("name", REPORTS)
def test_it_is_red_where_the_gate_is(name):
    found = read(REPORTS[name])
    assert bool(found.failures) is (REPORTS[name].outcome is Outcome.BROKEN)
    assert bool(found.failures + found.errors) is (REPORTS[name].outcome in (Outcome.BROKEN, Outcome.UNPROVEN))


def test_what_blocks_fails_and_nothing_else():
    failures = kinds(FEW, Failure)
    assert {one.type for one in failures} == {"QG101 silent-failure", "QG201 call-without-deadline"}
    assert kinds(OLD_ONLY, Failure) == []
    (held,) = [case for case in cases(FEW) if "call-without-deadline" in case.name]
    assert held.name == "shop/bank.py:12:5 call-without-deadline"
    assert held.classname == "static-analysis"
    assert "In production: One worker after the other hangs" in held.result[0].text
    assert "Do: pass timeout=(3.05, 10)." in held.result[0].text


def test_what_is_observed_is_skipped_and_says_so():
    observed = report_of(verdict(finding(), mode=Mode.OBSERVE, decides=False), outcome=Outcome.EMPTY)
    (skipped,) = kinds(observed, Skipped)
    assert skipped.message.startswith("does not block: BROKEN: ")
    assert kinds(EMPTY, Skipped)
    assert [one.type for one in kinds(UNPROVEN, Error)] == ["UNPROVEN"]


def test_a_broken_verdict_without_a_finding_fails_by_itself():
    (failure,) = kinds(report_of(verdict(reason="below its demand")), Failure)
    assert (failure.type, failure.message) == ("BROKEN", "below its demand")


def test_what_was_not_looked_at_is_told():
    (suite, _) = read(EVERYTHING)
    assert "not looked at: 1 file not analysed" in junit.render(EVERYTHING, Look())
    assert suite.name == "static-analysis"


def test_paths_begin_at_the_top_of_the_repository():
    assert 'file="backend/shop/events.py"' in junit.render(report_of(verdict(finding()), folder="backend"), Look())


def test_caps_say_so_and_stay_red(monkeypatch):
    monkeypatch.setattr(module, "MOST", 1)
    text = junit.render(FEW, Look())
    assert "<system-err>truncated: 1 more</system-err>" in text
    assert read(FEW).failures == 1


def test_characters_that_xml_has_not():
    text = junit.render(HOSTILE, Look())
    assert "\\x1b" in text
    assert "&lt;" in text
