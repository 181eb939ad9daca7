"""The json format, version 1: other tools and scripts stand on it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest

from golden_reports import EVERYTHING, HOSTILE, REPORTS, assert_golden
from quality_gate.formats import json as module
from quality_gate.formats.json import json as format_
from quality_gate.model import Look

PROJECT = Path(__file__).parents[2]
VALIDATOR = jsonschema_rs.Draft202012Validator(module.schema())

KEYS_OF_THE_PRODUCT = {
    "": {"version", "tool", "stage", "outcome", "verdicts", "ledger", "not_analysed"},
    "verdicts": {"practice", "subject", "mode", "outcome", "measured", "demanded", "of", "unit", "reason", "findings"},
    "findings": {
        "code", "name", "severity", "message", "remedy", "path", "line", "column", "end_line", "end_column", "function",
        "critical_path", "fingerprint", "new", "tests",
    },
    "ledger": {"entries", "expired"},
    "not_analysed": {"files", "calls"},
}  # fmt: skip
"""As product.md shows them; keys are only added within a version."""


@pytest.mark.parametrize("name", ["few", "everything", "empty", "paths", "failures", "hostile"])
def test_as_it_was_read_and_approved(name):
    assert_golden(f"{name}.json", format_.render(REPORTS[name], Look()))


@pytest.mark.parametrize("name", REPORTS)
def test_it_keeps_its_schema_and_every_parser_reads_the_same(name):
    text = format_.render(REPORTS[name], Look())
    document = json.loads(text)
    assert msgspec.json.decode(text) == document
    VALIDATOR.validate(document)
    assert text.endswith("}\n")


def test_the_look_of_people_does_not_matter():
    plain = format_.render(EVERYTHING, Look())
    assert format_.render(EVERYTHING, Look(overview=False, colour=True, verbose=True, quiet=True)) == plain


def test_no_key_of_the_product_is_missing():
    document = json.loads(format_.render(EVERYTHING, Look()))
    held = {
        "": document,
        "verdicts": document["verdicts"][0],
        "findings": document["verdicts"][0]["findings"][0],
        "ledger": document["ledger"],
        "not_analysed": document["not_analysed"],
    }
    for place, keys in KEYS_OF_THE_PRODUCT.items():
        assert keys <= held[place].keys(), place


def test_values():
    document = json.loads(format_.render(EVERYTHING, Look()))
    assert document["version"] == 1
    assert (document["stage"], document["outcome"]) == ("ci", "BROKEN")
    static, coverage = document["verdicts"]
    assert (static["subject"], coverage["subject"]) == (None, "payments")
    assert (static["mode"], coverage["mode"]) == ("new-code", "enforce")
    assert [finding["suppressed"] for finding in static["findings"]] == [None, "telemetry only, PAY-812", None, None]
    assert [finding["new"] for finding in static["findings"]] == [True, True, False, True]
    assert static["findings"][0]["tests"] == ["tests/test_pay.py::test_ok"]
    assert static["findings"][3]["function"] is None
    assert document["ledger"] == {"entries": 3, "expired": 1, "without_reason": 1, "baseline": 0}


def test_whatever_stands_in_a_report_no_runner_and_no_terminal_obeys_it():
    text = format_.render(HOSTILE, Look())
    text.encode("utf-8")
    for line in text.split("\n"):
        assert line.isprintable()
        assert not line.lstrip().startswith("::")
        assert not re.search(r"##(vso|teamcity)?\[", line)
    finding = json.loads(text)["verdicts"][0]["findings"][0]
    assert finding["path"].startswith("::error::x ##[error]y ###[z] ##vso[task] \\x1b]8;;")
    assert finding["path"].endswith("\\x0d\\x0a\\u202e\\ufe0f\\ud800\\xe9`|<")


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"outcome": "FINE"},
        {"stage": "merge"},
        {"verdicts": None},
        {"ledger": {"entries": "3", "expired": 0, "without_reason": 0}},
    ],
)
def test_the_schema_refuses_other_things(change):
    document = json.loads(format_.render(EVERYTHING, Look()))
    assert not VALIDATOR.is_valid(document | change)
    del document["verdicts"][0]["findings"][0]["fingerprint"]
    assert not VALIDATOR.is_valid(document)


def test_the_schema_allows_keys_of_later_releases():
    assert VALIDATOR.is_valid(json.loads(format_.render(EVERYTHING, Look())) | {"later": 1})


def test_the_file_is_the_one_that_the_code_makes():
    file = PROJECT / "docs" / "report.schema.json"
    if os.environ.get("UPDATE_GENERATED") == "1":
        file.write_text(module.schema_text(), encoding="utf-8", newline="\n")
    assert file.read_text(encoding="utf-8") == module.schema_text(), "UPDATE_GENERATED=1 pytest writes it"
