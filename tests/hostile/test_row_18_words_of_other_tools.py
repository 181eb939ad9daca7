"""Rows 18 to 22, 25: what other tools call their rules, and say, is anybody's text; no format lets it do anything."""

from __future__ import annotations

import json

import pytest

from gate_process import gate
from git_scratch import Scratch
from golden_reports import CONSEQUENCES, finding, report, verdict
from harmless import assert_harmless
from quality_gate.cli._options import format_names, format_of
from quality_gate.model import Look
from sarif_files import log, result, run
from sarif_schema import VALIDATOR

WORDS = [
    "::error title=owned::owned",
    "x ##[command]owned ##vso[task.complete result=Succeeded] ##teamcity[x]",
    "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07\x1b[2K\r\x9b31m",
    "a\nb\r\n::set-output name=passed::true",
    "\u202eright to left\u2066 zero\u200bwidth",
    "</script><img src=x onerror=alert(1)>",
    "| **bold** @team #123 `code` <!-- quality-gate --> <details>",
    "\0 \ufffe \U0001f4a9",
    "[link](1) %0A%0D ,:",
    "not-analysed",
    "silent-failure",
]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project whose SARIF file says all of it everywhere."""
    folder = tmp_path_factory.mktemp("words") / "project"
    Scratch(folder).commit({"shop/pay.py": "x = 1\n", "shop/pay.js": "a\nb\nc\n"})
    rules = [{"id": f"{number} {word}", "name": word, "helpUri": word} for number, word in enumerate(WORDS)]
    results = [
        result(ruleId=None, ruleIndex=number, message={"text": word}, level="error")
        for number, word in enumerate(WORDS)
    ]
    runs = [run(*results, name=word, rules=rules) for word in WORDS]
    (folder / "gate.sarif").write_text(log(*runs))
    return folder


@pytest.mark.parametrize("name", format_names())
def test_every_format_is_harmless(project, name):
    done = gate(project, "report", "--sarif", "gate.sarif", "--format", name, CI="true")
    assert done.returncode == 0, done.stderr.decode()
    text = done.stdout.decode("utf-8")
    if name == "github":
        lines = text.splitlines()
        assert all(line.startswith(("::error ", "::warning ", "::notice ", "truncated: ")) for line in lines)
        assert not any("::set-output" in line.partition("::")[0] or "\x1b" in line for line in lines)
        return
    assert_harmless(text)
    if name in ("json", "gitlab"):
        json.loads(text)
    if name == "sarif":
        VALIDATOR.validate(json.loads(text))


def test_a_rule_that_is_called_like_one_of_ours_is_not_taken_for_it(project):
    done = gate(project, "report", "--sarif", "gate.sarif", "--format", "json")
    found = [one for verdict in json.loads(done.stdout)["verdicts"] for one in verdict["findings"]]
    assert {one["name"] for one in found} >= {"not-analysed", "silent-failure"}
    assert all(one["tool"] for one in found)


@pytest.mark.parametrize("name", [name for name in format_names() if name not in ("json", "gitlab")])
def test_nobody_says_what_another_tools_rule_does_in_production(name):
    ours, theirs = finding(1), finding(2, tool="semgrep", code="X1")
    told = format_of(name).render(report(verdict(ours, theirs)), Look(overview=False))
    alone = format_of(name).render(report(verdict(ours)), Look(overview=False))
    sentence = CONSEQUENCES[ours.name]
    assert told.count(sentence) == alone.count(sentence)
