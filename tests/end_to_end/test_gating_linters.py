"""The team's own linters, real ones, over a scratch project; and ESLint's SARIF beside a finding of ours."""

from __future__ import annotations

import json
import sys

import pytest
from samples import BROKEN

from gate_process import gate
from git_scratch import Scratch
from sarif_files import log, result, run
from sarif_schema import VALIDATOR

FORMATS = ("json", "sarif", "text", "github", "gitlab")
TOOLS = ("bandit", "flake8", "mypy", "pylint", "ruff")
CONFIGURATION = f"""\
[tool.quality-gate]
python = {sys.prefix!r}
source = ["shop"]
sarif = ["build/eslint.sarif"]

[tool.quality-gate.linters]
ruff = {{ stage = "commit" }}
bandit = {{}}
flake8 = {{}}
mypy = {{}}
pylint = {{ blocks = "everything", arguments = ["--disable=missing-docstring"] }}

[tool.mypy]
strict = true

[tool.ruff]
fix = true
lint.select = ["F"]
"""
FLAWED = """\
import os
import subprocess


def charge(order: int) -> str:
    subprocess.call("é", shell=True); order += 1
    return order
"""
PUBLISH = BROKEN.replace("import requests", "import requests  # noqa: F401")
SCRIPT = "try {\n  pay();\n} catch (e) {\n}\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A branch that adds a flawed module, a script, and a finding of ours."""
    folder = tmp_path_factory.mktemp("linters") / "project"
    scratch = Scratch(folder)
    scratch.commit(
        {"pyproject.toml": CONFIGURATION, ".gitignore": "build\n", "shop/__init__.py": "", "web/old.js": "x\n"}
    )
    scratch.git("switch", "--quiet", "--create=branch")
    scratch.commit({"shop/pay.py": FLAWED, "shop/publish.py": BROKEN, "web/pay.js": SCRIPT})
    found = [
        result(f"file://{folder}/web/pay.js", 3),
        result("web/old.js", 1),
        result("web/pay.js", 1, suppressions=[{"kind": "inSource"}]),
        result("file:///elsewhere/web/pay.js"),
    ]
    scratch.write("build/eslint.sarif", log(run(*found)))
    return folder


@pytest.fixture(scope="module")
def judged(project):
    """The CI stage, with linters."""
    formats = [word for name in FORMATS for word in ("--format", name, "-o", f"build/gate.{name}")]
    done = gate(project, "check", "--stage", "ci", "--linters", *formats, "-v")
    assert done.returncode == 1, done.stderr.decode()
    return {name: (project / "build" / f"gate.{name}").read_text(encoding="utf-8") for name in FORMATS}


@pytest.fixture(scope="module")
def findings(judged):
    (verdict,) = [one for one in json.loads(judged["json"])["verdicts"] if one["practice"] == "static-analysis"]
    return verdict["findings"]


@pytest.mark.parametrize(
    ("tool", "code", "name", "severity", "place"),
    [
        ("ruff", "F401", "unused-import", "error", (1, 8)),
        ("flake8", "F401", "F401", "error", (1, 1)),
        ("flake8", "E702", "E702", "error", (6, 37)),
        ("mypy", "return-value", "return-value", "error", (7, 12)),
        ("pylint", "W0611", "unused-import", "error", (1, 1)),
        ("pylint", "C0321", "multiple-statements", "error", (6, 39)),
        ("bandit", "B404", "blacklist", "warning", (2, 1)),
        ("ESLint", "no-empty", "no-empty", "error", (3, 5)),
    ],
)
def test_each_is_heard(findings, tool, code, name, severity, place):
    found = [one for one in findings if (one["tool"], one["code"]) == (tool, code) and one["path"] != "shop/publish.py"]
    assert [(one["name"], one["severity"], one["line"], one["column"]) for one in found] == [(name, severity, *place)]
    assert found[0]["new"]


def test_our_own_finding_stands_among_them_once(findings):
    ours = [one for one in findings if one["path"] == "shop/publish.py" and one["code"].startswith("QG")]
    assert ours
    assert all(one["tool"] is None for one in ours), "flake8 has our plugin and says the same"
    assert len({(one["code"], one["line"]) for one in ours}) == len(ours)


def test_old_code_of_other_languages_is_not_told_of(findings):
    assert not [one for one in findings if one["path"] == "web/old.js"]


def test_the_report_says_who_was_asked_and_how_long_it_took(judged):
    for tool in TOOLS:
        assert any(line.startswith(f"{tool} ") and line.endswith(" s") for line in judged["text"].splitlines()), tool
    assert "ESLint 9.1.0, build/eslint.sarif: 2 findings; 1 left out: outside the project" in judged["text"]


def test_sarif_holds_rules_of_all_tools(judged):
    made = json.loads(judged["sarif"])
    VALIDATOR.validate(made)
    rules = {rule["id"] for rule in made["runs"][0]["tool"]["driver"]["rules"]}
    assert rules >= {"ruff/F401", "flake8/F401", "mypy/return-value", "pylint/W0611", "bandit/B404", "ESLint/no-empty"}


def test_a_merge_request_shows_what_they_found(judged):
    """GitHub takes ten annotations of a kind; what blocks comes first, whoever has found it."""
    shown = {(one["check_name"], one["severity"]) for one in json.loads(judged["gitlab"])}
    assert shown >= {
        ("ruff F401 unused-import", "major"),
        ("ESLint no-empty", "major"),
        ("bandit B404 blacklist", "minor"),
    }, shown
    annotations = judged["github"].splitlines()
    errors = [line for line in annotations if line.startswith("::error ")]
    assert errors[0].startswith("::error file=shop/publish.py,line=5,col=5,")
    assert "title=QG201" in errors[0]
    assert any("file=web/pay.js,line=3," in line and "title=ESLint no-empty" in line for line in errors)
    assert any("file=shop/pay.py," in line and "title=flake8 F401::" in line for line in errors)
    assert (len(errors), annotations[-1].startswith("truncated: ")) == (10, True)


def test_no_linter_has_changed_a_file(project, judged):
    assert (project / "shop" / "pay.py").read_text() == FLAWED, "though ruff's configuration says fix = true"


def test_without_leave_nothing_runs_and_ci_is_told(project):
    done = gate(project, "check", "--stage", "ci", "--format", "json")
    (verdict, *_) = json.loads(done.stdout)["verdicts"]
    assert {one["tool"] for one in verdict["findings"]} == {None, "ESLint"}, "a file is data"
    (said,) = [one for one in verdict["not_looked_at"] if "not run" in one]
    assert "ruff, bandit, flake8, mypy, pylint" in said
    assert "--linters" in said


def test_at_the_commit_stage_those_are_asked_that_are_named_for_it(project, tmp_path):
    copy = Scratch(tmp_path / "copy")
    copy.commit({"pyproject.toml": CONFIGURATION, "shop/old.py": "import os\n"})
    copy.stage("shop/pay.py", "import os\n")
    done = gate(copy.folder, "check", "--linters", "-v")
    assert done.returncode == 1
    text = done.stdout.decode()
    assert "shop/pay.py:1:8  ruff F401 unused-import" in text
    assert "on 1 changed file: 1 finding" in text
    assert not [tool for tool in TOOLS if tool != "ruff" and f"{tool} " in text]


def test_a_missing_linter_is_unproven(project, tmp_path):
    copy = Scratch(tmp_path / "copy")
    copy.commit(
        {
            "pyproject.toml": CONFIGURATION.replace(f"python = {sys.prefix!r}", "python = '../none'"),
            "shop/a.py": "x = 1\n",
        }
    )
    done = gate(copy.folder, "check", "--stage", "ci", "--linters")
    assert done.returncode == 3
    assert "not a Python that starts" in done.stdout.decode()


@pytest.mark.parametrize(
    ("uris", "code"),
    [(["src/pay.js"], 3), (["/src/web/pay.js"], 3), (["src/pay.js", "web/pay.js"], 0), ([], 0)],
)
@pytest.mark.parametrize("way", ["file", "command"])
def test_a_tool_whose_paths_all_lead_nowhere_is_not_heard(tmp_path, way, uris, code):
    """`cd web && semgrep --sarif` writes paths from there; a tool in a container those of the container."""
    copy = Scratch(tmp_path / "copy")
    prints = [sys.executable, "-c", 'print(open("s.sarif").read())']
    linter = f"[tool.quality-gate.linters.own]\ncommand = {prints}\n" if way == "command" else ""
    copy.commit({"pyproject.toml": f"[tool.quality-gate]\n{linter}", "web/pay.js": SCRIPT, "shop/a.py": "x = 1\n"})
    copy.write("s.sarif", log(run(*(result(uri, 3) for uri in uris))))
    asked = ["--linters"] if way == "command" else ["--sarif", "s.sarif"]
    done = gate(copy.folder, "check", "--stage", "ci", *asked)
    assert done.returncode == code, done.stdout.decode() + done.stderr.decode()
    assert ("write its paths from the project's root" in done.stdout.decode()) == (code == 3)


def test_adopting_takes_what_linters_say_and_only_where_they_ran(tmp_path):
    copy = Scratch(tmp_path / "copy")
    configuration = f"[tool.quality-gate]\npython = {sys.prefix!r}\n[tool.quality-gate.linters.ruff]\n"
    copy.commit({"pyproject.toml": configuration, "shop/pay.py": "import os\n", ".gitignore": ".*cache*\n"})
    refused = gate(copy.folder, "baseline", "--adopt", "static-analysis")
    assert refused.returncode == 2
    assert "--linters" in refused.stderr.decode()
    assert gate(copy.folder, "baseline", "--adopt", "static-analysis", "--linters").returncode == 0
    assert "\truff:F401\t" in (copy.folder / "quality-gate-baseline.tsv").read_text()
    enforce = configuration + "[tool.quality-gate.practices]\nstatic-analysis = 'enforce'\n"
    copy.commit(
        {
            "pyproject.toml": enforce,
            "quality-gate-baseline.tsv": (copy.folder / "quality-gate-baseline.tsv").read_text(),
        }
    )
    assert gate(copy.folder, "check", "--stage", "ci", "--linters").returncode == 0
    copy.write("shop/pay.py", "x = 1\n")
    done = gate(copy.folder, "check", "--stage", "ci", "--linters")
    assert (done.returncode, b"fixed and still in the baseline" in done.stdout) == (1, True)


def test_what_a_file_named_once_said_is_not_taken_for_fixed_without_it(tmp_path):
    copy = Scratch(tmp_path / "copy")
    copy.commit({"pyproject.toml": "[tool.quality-gate]\n", "web/pay.js": SCRIPT, "shop/a.py": "x = 1\n"})
    copy.write("eslint.sarif", log(run(result("web/pay.js", 3))))
    assert gate(copy.folder, "baseline", "--adopt", "static-analysis", "--sarif", "eslint.sarif").returncode == 0
    pruned = gate(copy.folder, "baseline", "--prune")
    assert b"1 left" in pruned.stdout
    copy.write("eslint.sarif", log(run()))
    assert b"0 left" in gate(copy.folder, "baseline", "--prune", "--sarif", "eslint.sarif").stdout


def test_ci_lets_linters_run_for_it_runs_the_tests_anyway(tmp_path):
    copy = Scratch(tmp_path / "copy")
    configuration = f"[tool.quality-gate]\npython = {sys.prefix!r}\n[tool.quality-gate.linters.ruff]\n"
    test = "from shop import pay\n\n\ndef test_it():\n    assert pay.x == 1\n"
    copy.commit(
        {
            "pyproject.toml": configuration,
            "shop/__init__.py": "",
            "shop/pay.py": "import os\nx = 1\n",
            "tests/test_pay.py": test,
        }
    )
    done = gate(copy.folder, "ci")
    assert (done.returncode, b"shop/pay.py:1:8  ruff F401" in done.stdout) == (0, False), "it is not new"
    done = gate(copy.folder, "ci", "-v")
    assert b"\nruff " in done.stdout
