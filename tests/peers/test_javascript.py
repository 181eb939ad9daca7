"""A small JavaScript project through the same gate: what ESLint says of it, and a critical path of its files."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from gate_process import gate
from git_scratch import Scratch

PROJECT = Path(__file__).resolve().parent / "project"
SETTINGS = """\
[tool.quality-gate.practices]
static-analysis = "new-code"
critical-path-coverage = "enforce"

[tool.quality-gate.critical-paths.checkout]
why = "Money moves here."
include = ["web/pay.js"]
line = {line}
branch = {branch}
"""
BROKEN = 'import requests\n\n\ndef publish(event):\n    requests.post("https://events.example", json=event)\n'


@pytest.fixture
def shop(tmp_path):
    """The project, with a pull request that breaks a rule in Python and one in JavaScript."""
    scratch = Scratch(tmp_path / "shop")
    shutil.copytree(PROJECT, scratch.folder, dirs_exist_ok=True)
    (scratch.folder / "web" / "rates.js").unlink()
    scratch.write("pyproject.toml", SETTINGS.format(line=50, branch=50))
    scratch.git("add", "--all")
    scratch.commit()
    scratch.git("switch", "--quiet", "--create=branch")
    scratch.commit({"web/rates.js": (PROJECT / "web" / "rates.js").read_text(), "shop/events.py": BROKEN})
    return scratch.folder


def eslint(peers, folder) -> str:
    """What ESLint writes as SARIF."""
    formatter = peers.modules / "@microsoft" / "eslint-formatter-sarif" / "sarif.js"
    code, said = peers.run(folder, "eslint", "-f", str(formatter), "-o", "eslint.sarif", "web")
    assert code == 1, said
    return "eslint.sarif"


def covered(peers, folder) -> str:
    """What node's own test runner writes as LCOV."""
    reporting = "--test-reporter=lcov", "--test-reporter-destination=lcov.info"
    code, said = peers.run(folder, "node", "--test", "--experimental-test-coverage", *reporting, "web/pay.test.js")
    if code and "bad option" in said:
        pytest.skip("this Node writes no LCOV: take 20.11 or later")
    assert code == 0, said
    return "lcov.info"


def test_one_report_of_eslint_and_of_us(peers, shop):
    if b"--sarif" not in gate(shop, "check", "--help").stdout:
        pytest.skip("`check --sarif FILE` is not in this version")
    file = eslint(peers, shop)
    done = gate(shop, "check", "--stage", "ci", "--sarif", file, "--format", "json")
    report = json.loads(done.stdout)
    found = [one for verdict in report["verdicts"] for one in verdict["findings"]]
    assert {("web/rates.js", 2), ("shop/events.py", 5)} <= {(one["path"], one["line"]) for one in found}
    assert all("no-unused-vars" not in one["message"] or one["new"] for one in found)
    assert done.returncode == 1


def coverage_of(shop, file, **demand):
    """The gate's verdict on the critical path, with a demand."""
    (shop / "pyproject.toml").write_text(SETTINGS.format(**demand))
    done = gate(shop, "report", "--coverage", file, "--format", "json")
    assert done.returncode == 0, done.stderr
    verdicts = json.loads(done.stdout)["verdicts"]
    (verdict,) = [one for one in verdicts if one["practice"] == "critical-path-coverage" and one["subject"]]
    return verdict


def test_a_critical_path_of_javascript_files(peers, shop):
    file = covered(peers, shop)
    told = (shop / file).read_text().partition("end_of_record")[0]
    lines = len(re.findall(r"^DA:\d+,[1-9]", told, re.MULTILINE)), told.count("\nDA:")
    branches = len(re.findall(r"^BRDA:.*,[1-9]\d*$", told, re.MULTILINE)), told.count("\nBRDA:")
    assert 0 < lines[0] < lines[1]
    kept = coverage_of(shop, file, line=50, branch=50)
    assert kept["outcome"] == "KEPT", kept["reason"]
    measures = [(one["measured"], one["of"]) for one in kept["measures"]]
    assert measures == [lines, branches]
    broken = coverage_of(shop, file, line=90, branch=50)
    assert broken["outcome"] == "BROKEN"


def test_without_its_coverage_it_is_not_kept(peers, shop):
    done = gate(shop, "check", "--stage", "ci", "--format", "json")
    verdicts = json.loads(done.stdout)["verdicts"]
    outcomes = {one["outcome"] for one in verdicts if one["practice"] == "critical-path-coverage"}
    assert "UNPROVEN" in outcomes
