"""Microsoft's SARIF validator, with GitHub's rules, about what we write."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from gate_process import gate

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "payments"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """SARIF of the example, every file of which is there for the validator to look at."""
    folder = tmp_path_factory.mktemp("payments") / "work"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".venv", ".quality-gate", "__pycache__"))
    done = gate(folder, "report", "--format", "sarif", "-o", "gate.sarif")
    assert done.returncode == 0, done.stderr
    return folder / "gate.sarif"


def verdict(peers, file) -> Counter[str]:
    """How often it said what; its exit code is 0 whatever it finds."""
    told = file.with_name("verdict.sarif")
    arguments = ("validate", file, "--rule-kind", "Sarif;Gh", "--output", told, "--log", "ForceOverwrite")
    _, said = peers.run(file.parent, *map(str, (peers.multitool, *arguments)))
    assert "Analysis completed successfully" in said, said
    results = json.loads(told.read_text("utf-8-sig"))["runs"][0]["results"]
    return Counter(result.get("level", "warning") for result in results)


def test_it_has_no_error_and_no_warning(peers, written):
    assert len(json.loads(written.read_text())["runs"][0]["results"]) > 10
    found = verdict(peers, written)
    assert (found["error"], found["warning"]) == (0, 0), found


def test_it_can_find_something(peers, written):
    document = json.loads(written.read_text())
    document["runs"][0]["results"][0]["message"] = {"id": "nowhere"}
    spoilt = written.with_name("spoilt.sarif")
    spoilt.write_text(json.dumps(document))
    assert verdict(peers, spoilt)["error"] > 0
