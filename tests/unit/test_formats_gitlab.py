"""GitLab's Code Quality report."""

from __future__ import annotations

import json

import msgspec
import pytest

from golden_reports import EVERYTHING, FEW, REPORTS, SUPPRESSED, UNPROVEN, assert_golden, finding, verdict
from golden_reports import report as report_of
from harmless import assert_harmless
from quality_gate.formats import gitlab as module
from quality_gate.formats.gitlab import GitlabEntry, gitlab
from quality_gate.model import Look, Mode


def entries(report) -> list[dict]:
    return json.loads(gitlab.render(report, Look()))


@pytest.mark.parametrize("name", ["few", "everything", "empty", "unproven", "hostile"])
def test_as_it_was_read_and_approved(name):
    assert_golden(f"{name}.gitlab.json", gitlab.render(REPORTS[name], Look()))


@pytest.mark.parametrize("name", REPORTS)
def test_every_entry_has_what_gitlab_demands(name):
    text = gitlab.render(REPORTS[name], Look())
    assert_harmless(text)
    assert not text.startswith("\ufeff")
    found = msgspec.json.decode(text, type=list[GitlabEntry])
    assert len({entry.fingerprint for entry in found}) == len(found)
    for entry in found:
        assert entry.description
        assert entry.location.lines.begin >= 1
        assert not entry.location.path.startswith(("./", "/"))


def test_severities():
    assert [one["severity"] for one in entries(FEW)] == ["major", "major", "minor"]
    observed = report_of(verdict(finding(), mode=Mode.OBSERVE, decides=False))
    assert [one["severity"] for one in entries(observed)] == ["info"]


def test_old_findings_are_in_it_and_suppressed_ones_are_not():
    paths = {one["location"]["path"] for one in entries(EVERYTHING)}
    assert "shop/old.py" in paths
    assert SUPPRESSED.path not in paths


def test_equal_fingerprints_become_different_and_stay_what_they_are():
    twice = report_of(verdict(*(finding(critical_path=name) for name in ("payments", "stock", "stock-2"))))
    first = [one["fingerprint"] for one in entries(twice)]
    assert len(set(first)) == 3
    assert first == [one["fingerprint"] for one in entries(twice)]
    assert finding().fingerprint in first


def test_a_project_in_a_folder():
    (one,) = entries(report_of(verdict(finding()), folder="backend"))
    assert one["location"]["path"] == "backend/shop/events.py"
    assert one["fingerprint"] != finding().fingerprint


def test_what_could_not_be_judged_is_in_it():
    assert any(": UNPROVEN: " in one["description"] for one in entries(UNPROVEN))


def test_caps_say_so(monkeypatch):
    monkeypatch.setattr(module, "MOST", 1)
    assert [one["description"] for one in entries(FEW)][1:] == ["truncated: 2 more"]
