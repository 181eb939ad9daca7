"""SARIF of other tools: what is read, what is passed over, and what is no clean bill."""

from __future__ import annotations

import json

import pytest

from quality_gate.evidence.linters._tool_words import Garbled
from quality_gate.evidence.linters.sarif import path_of, read_sarif
from sarif_files import log, result, run


def only(*results, **more):
    """The results of a file with one run."""
    (said,) = read_sarif(log(run(*results, **more)).encode())
    return said.results


def test_a_result_is_told_whole():
    rule = {"id": "no-empty", "name": "NoEmpty", "helpUri": "https://eslint.example/no-empty"}
    (said,) = read_sarif(log(run(result(), rules=[rule])).encode())
    (found,) = said.results
    assert (said.tool, said.title, said.unseen) == ("ESLint", "ESLint 9.1.0", [])
    assert (found.code, found.name, found.level, found.message) == (
        "no-empty",
        "NoEmpty",
        "error",
        "Empty block statement.",
    )
    assert (found.place, found.line, found.column, found.columns) == ("shop/pay.js", 3, 5, "utf-16")
    assert found.remedy == "mend it; the rule: https://eslint.example/no-empty"


def test_without_rules_and_without_a_place_there_is_still_a_result():
    (found,) = only({"message": {"text": "x"}})
    assert (found.code, found.level, found.place, found.line) == ("no-rule", "warning", "", 0)


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, "error"),
        ({"level": "note"}, "warning"),
        ({"level": None}, "warning"),
        ({"level": None, "ruleId": None, "ruleIndex": 0}, "error"),
        ({"level": None, "ruleId": None, "rule": {"index": 0}}, "error"),
        ({"level": None, "ruleId": "strict"}, "error"),
        ({"level": None, "ruleIndex": 7}, "warning"),
    ],
)
def test_the_level_stands_with_the_result_or_with_the_rule(more, wanted):
    rule = {"id": "strict", "defaultConfiguration": {"level": "error"}}
    (found,) = only(result(**more), rules=[rule])
    assert found.level == wanted


def test_a_rule_may_stand_in_an_extension():
    found = result(ruleId=None, rule={"index": 0, "toolComponent": {"index": 0}})
    made = run(found, rules=[{"id": "wrong"}])
    made["tool"]["extensions"] = [{"rules": [{"id": "right"}]}]
    (said,) = read_sarif(log(made).encode())
    assert said.results[0].code == "right"


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "pass"},
        {"kind": "notApplicable"},
        {"level": "none"},
        {"baselineState": "absent"},
        {"suppressions": [{"kind": "inSource"}]},
        {"suppressions": [{"kind": "external", "status": "accepted"}]},
    ],
)
def test_what_passed_or_is_suppressed_is_no_result(more):
    assert only(result(**more)) == []


@pytest.mark.parametrize("suppressions", [[], [{"status": "rejected"}], [{"status": "underReview"}]])
def test_a_suppression_that_nobody_has_accepted_hides_nothing(suppressions):
    assert len(only(result(suppressions=suppressions))) == 1


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("shop/a%20b.js", "shop/a b.js"),
        ("file:///srv/shop/pay.js", "/srv/shop/pay.js"),
        ("file://localhost/srv/pay.js", "/srv/pay.js"),
        ("FILE:///srv/pay.js#L3", "/srv/pay.js"),
        ("file://elsewhere/srv/pay.js", ""),
        ("https://example.org/pay.js", ""),
        ("shop/%ff.js", "shop/\udcff.js"),
        ("", ""),
    ],
)
def test_uris_and_the_paths_they_name(uri, path):
    assert path_of(uri) == path


def test_a_place_may_stand_in_parts():
    bases = {"SRCROOT": {"uri": "file:///srv/"}, "SHOP": {"uri": "shop/", "uriBaseId": "SRCROOT"}}
    place = {"physicalLocation": {"artifactLocation": {"uri": "pay.js", "uriBaseId": "SHOP"}}}
    (found,) = only(result(locations=[place]), originalUriBaseIds=bases)
    assert found.place == "/srv/shop/pay.js"


def test_a_place_may_be_an_artifact_of_the_run():
    place = {"physicalLocation": {"artifactLocation": {"index": 0}}}
    (found,) = only(result(locations=[place]), artifacts=[{"location": {"uri": "shop/pay.js"}}])
    assert found.place == "shop/pay.js"


def test_bases_that_lead_in_a_circle_end():
    bases = {"A": {"uri": "a/", "uriBaseId": "B"}, "B": {"uri": "b/", "uriBaseId": "A"}}
    place = {"physicalLocation": {"artifactLocation": {"uri": "x.js", "uriBaseId": "A"}}}
    (found,) = only(result(locations=[place]), originalUriBaseIds=bases)
    assert found.place.endswith("/x.js")


def test_a_message_may_stand_with_the_rule():
    rule = {"id": "no-empty", "messageStrings": {"empty": {"text": "{0} is empty, {1}"}}}
    (found,) = only(result(message={"id": "empty", "arguments": ["f", "really"]}), rules=[rule])
    assert found.message == "f is empty, really"


def test_arguments_do_not_multiply():
    message = {"text": "{0}" * 300, "arguments": ["{1}" * 300, "x" * 1000]}
    (found,) = only(result(message=message))
    assert len(found.message) <= 2000


@pytest.mark.parametrize(
    ("more", "clause"),
    [
        ({"results": None}, "it says nothing of results, so nothing was looked for"),
        ({"invocations": [{"executionSuccessful": False}]}, "it did not succeed, as it says itself"),
        (
            {
                "invocations": [
                    {
                        "executionSuccessful": False,
                        "toolConfigurationNotifications": [{"level": "error", "message": {"text": "no config"}}],
                    }
                ]
            },
            "it did not succeed, as it says itself: no config",
        ),
    ],
)
def test_a_run_that_did_not_look_says_so(more, clause):
    (said,) = read_sarif(log(run(**more)).encode())
    assert list(said.unseen) == [clause]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "it is no SARIF"),
        (b"{", "it is no SARIF"),
        (b"[]", "it is no SARIF"),
        (b'{"version": "2.1.0"}', "it is no SARIF"),
        (b'{"version": "2.1.0", "runs": []}', "it holds no run"),
        (b'{"version": "2.0.0", "runs": []}', "it is SARIF 2.0.0"),
        (b'{"version": "2.1.0", "runs": [{}]}', "it is no SARIF"),
        (b'{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "\xff"}}}]}', "it is not UTF-8"),
        (log(*[run()] * 101).encode(), "it holds 101 runs"),
        (log(run(result()))[:-20].encode(), "it is no SARIF"),
    ],
)
def test_what_is_no_sarif_is_never_clean(content, problem):
    with pytest.raises(Garbled, match=problem):
        read_sarif(content)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_of_windows_shells(encoding):
    (said,) = read_sarif(log(run(result())).encode(encoding))
    assert len(said.results) == 1


def test_25001_results_are_all_read():
    (said,) = read_sarif(log(run(*[result()] * 25_001)).encode())
    assert len(said.results) == 25_001


def test_more_results_than_anybody_reads_are_refused(monkeypatch):
    monkeypatch.setattr("quality_gate.evidence.linters._tool_words.MOST_RESULTS", 3)
    with pytest.raises(Garbled, match="it reports 4 results"):
        read_sarif(log(run(*[result()] * 4)).encode())


def test_fingerprints_of_its_own_and_unknown_keys_are_passed_over():
    found = result(partialFingerprints={"primaryLocationLineHash": "x"}, guid="y", properties={"a": [1, {"b": None}]})
    assert len(only(found)) == 1


def test_our_own_output_reads_back():
    from golden_reports import finding, report, verdict
    from quality_gate.formats.sarif import sarif
    from quality_gate.model import Look

    (said,) = read_sarif(sarif.render(report(verdict(finding())), Look()).encode())
    (found,) = said.results
    assert (said.tool, found.code, found.place, found.line) == ("quality-gate", "QG101", "shop/events.py", 11)
    assert json.loads(log(run()))["version"] == "2.1.0"
