"""SARIF 2.1.0: valid by the official schema, within GitHub's limits, and silent about nothing."""

from __future__ import annotations

import json
from urllib.parse import unquote_to_bytes

import msgspec
import pytest

from golden_reports import (
    EVERYTHING,
    FEW,
    HOSTILE,
    OLD_ONLY,
    REPORTS,
    SUPPRESSED,
    UNPROVEN,
    assert_golden,
    finding,
    verdict,
)
from golden_reports import report as report_of
from harmless import assert_harmless
from quality_gate.cli._pages import texts_of
from quality_gate.formats import sarif as module
from quality_gate.formats.sarif import sarif
from quality_gate.model import Look, Mode, Outcome
from sarif_schema import VALIDATOR


def run_of(report) -> dict:
    (run,) = json.loads(sarif.render(report, Look()))["runs"]
    return run


@pytest.mark.parametrize("name", ["few", "everything", "empty", "hostile"])
def test_as_it_was_read_and_approved(name):
    assert_golden(f"{name}.sarif", sarif.render(REPORTS[name], Look()))


@pytest.mark.parametrize("name", REPORTS)
def test_the_official_schema_takes_it(name):
    text = sarif.render(REPORTS[name], Look())
    VALIDATOR.validate(json.loads(text))
    assert_harmless(text)


@pytest.mark.parametrize("key", ["tool", "invocations", "results"])
def test_the_schema_can_refuse(key):
    document = json.loads(sarif.render(FEW, Look()))
    document["runs"][0][key] = {"wrong": 1}
    assert not VALIDATOR.is_valid(document)


def test_what_blocks_is_an_error_what_is_observed_a_note_the_rest_a_warning():
    levels = {result["properties"]["blocks"]: result["level"] for result in run_of(FEW)["results"]}
    assert levels == {True: "error", False: "warning"}
    assert {result["level"] for result in run_of(OLD_ONLY)["results"]} == {"warning"}
    observed = report_of(verdict(finding(), mode=Mode.OBSERVE, decides=False), outcome=Outcome.EMPTY)
    assert [result["level"] for result in run_of(observed)["results"]] == ["note"]


def test_a_suppression_is_told_with_its_reason():
    (held,) = [result for result in run_of(EVERYTHING)["results"] if "suppressions" in result]
    assert held["suppressions"] == [{"kind": "inSource", "justification": SUPPRESSED.suppressed}]
    assert held["level"] == "warning"


def test_what_the_baseline_knows_is_suppressed_from_outside():
    (finding,) = [one for verdict in FEW.verdicts for one in verdict.findings][:1]
    known = msgspec.structs.replace(finding, known=True)
    verdict = msgspec.structs.replace(FEW.verdicts[0], findings=(known,))
    (result,) = run_of(msgspec.structs.replace(FEW, verdicts=(verdict,)))["results"]
    assert result["suppressions"] == [{"kind": "external", "justification": "in the baseline"}]


def test_rules_carry_their_pages():
    pages = tuple(text.help for text in texts_of({"silent-failure", "call-without-deadline"}))
    run = run_of(msgspec.structs.replace(FEW, rules=pages))
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert list(rules) == ["QG101", "QG105", "QG201"]
    assert "## Bad" in rules["QG101"]["help"]["markdown"]
    assert rules["QG101"]["fullDescription"]["text"].endswith(FEW.consequences["silent-failure"])
    assert rules["QG105"]["help"]["text"] == "todo-in-handler", "a rule without a page is still a rule"
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert "security-severity" not in json.dumps(run)


def test_paths_are_uris_from_the_top_of_the_repository():
    names = ["shop/a b.py", "shop/ü.py", "a:b.py", "100%.py", "caf\udce9.py", "x#y?.py"]
    held = report_of(verdict(*(finding(number, path=name) for number, name in enumerate(names))), folder="back end")
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in run_of(held)["results"]]
    assert {place["uriBaseId"] for place in places} == {"SRCROOT"}
    found = {place["uri"] for place in places}
    assert "back%20end/caf%E9.py" in found
    assert {unquote_to_bytes(uri).decode("utf-8", "surrogateescape") for uri in found} == {
        f"back end/{name}" for name in names
    }
    assert list(run_of(held)["originalUriBaseIds"]) == ["SRCROOT"]


def test_columns_are_code_points_and_regions_never_end_before_they_begin():
    odd = [finding(1, column=7, end_line=12, end_column=7), finding(2, line=0, column=0, end_line=0, end_column=0)]
    run = run_of(report_of(verdict(*odd)))
    assert run["columnKind"] == "unicodeCodePoints"
    regions = [result["locations"][0]["physicalLocation"]["region"] for result in run["results"]]
    assert {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1} in regions
    VALIDATOR.validate(json.loads(sarif.render(report_of(verdict(*odd)), Look())))


def test_at_most_25_000_results_the_most_important_first(monkeypatch):
    monkeypatch.setattr(module, "MOST", 2)
    run = run_of(FEW)
    assert [result["level"] for result in run["results"]] == ["error", "error"]
    assert run["properties"]["truncated"] == 1
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == "truncated: 1 more"


def test_25_001_findings():
    assert module.MOST == 25_000
    many = report_of(verdict(*(finding(number, line=number + 1, end_line=number + 1) for number in range(25_001))))
    run = run_of(many)
    assert len(run["results"]) == 25_000
    assert run["properties"] == {"outcome": "BROKEN", "stage": "commit", "truncated": 1}


def test_what_could_not_be_judged_is_no_empty_success():
    (invocation,) = run_of(UNPROVEN)["invocations"]
    assert invocation["executionSuccessful"] is False
    assert any(": UNPROVEN: " in told["message"]["text"] for told in invocation["toolExecutionNotifications"])
    assert run_of(FEW)["invocations"][0]["executionSuccessful"] is True


def test_two_verdicts_with_one_finding_make_one_result():
    both = report_of(verdict(finding(), mode=Mode.OBSERVE, decides=False), verdict(finding()))
    (result,) = run_of(both)["results"]
    assert result["level"] == "error"


def test_nothing_in_a_message_is_a_link():
    (result, *_) = run_of(report_of(verdict(finding(message="see [here](http://e)"))))["results"]
    assert "](" not in result["message"]["text"]


def test_nothing_of_it_is_obeyed():
    assert_harmless(sarif.render(HOSTILE, Look()))
