"""`quality-gate ci` in a scratch project, with the variables and files of the platform that it runs on."""

from __future__ import annotations

import json
import re
import sys

import pytest
from junitparser import JUnitXml
from samples import BROKEN, CLEAN, NAME

from gate_process import gate
from git_scratch import Scratch
from sarif_schema import VALIDATOR

TEST = "from shop.pay import charge\n\n\ndef test_charge():\n    assert charge(1) == 1\n"
PAY = "def charge(amount):\n    return amount\n"
ALLOWED = BROKEN.replace(
    "json=event)", 'json=event)  # quality-gate: allow[call-without-deadline] reason="telemetry only, PAY-812"'
)
ATTACK = """\
import sys

def test_attack():
    assert 1


def teardown_module():
    sys.__stdout__.write("\\n::error title=owned::owned\\n##[error]owned\\n::set-output name=passed::true")
"""


class Forge:
    """A pull request's branch, checked out with its whole history.

    Args:
        files: of the branch. base: of main, beside a shop whose one test passes.
    """

    def __init__(self, folder, files, base=None) -> None:
        self.folder = folder
        scratch = Scratch(folder)
        usual = {"pyproject.toml": "[tool.quality-gate]\n", "shop/__init__.py": "", "shop/pay.py": PAY}
        scratch.commit(usual | {"tests/test_pay.py": TEST, ".gitignore": "__pycache__\n"} | (base or {}))
        scratch.git("switch", "--quiet", "--create=branch")
        scratch.commit(files)

    def ci(self, *arguments, **variables):
        """The command as a step runs it; gives its exit code, standard output and standard error."""
        done = gate(self.folder, "ci", *arguments, **{"CI": "true", "VIRTUAL_ENV": sys.prefix} | variables)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def github(self, summary, *arguments):
        """On GitHub Actions."""
        return self.ci(*arguments, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))

    @property
    def made(self) -> set[str]:
        """Files that were not there."""
        known = {"pyproject.toml", "shop", "tests", ".gitignore", ".git", ".quality-gate", ".pytest_cache"}
        return {file.name for file in self.folder.iterdir()} - known


@pytest.fixture
def summary(tmp_path):
    """The file that the runner makes for a step, to which an earlier command has written."""
    file = tmp_path / "summary"
    file.write_text("earlier")
    return file


def obeyed(out) -> list[str]:
    """The lines of a log that GitHub's runner acts upon."""
    found, token = [], None
    for line in out.splitlines():
        stopping = re.match(r"\s*::stop-commands::(\w+)", line)
        if token is None and stopping:
            token = stopping[1]
        elif token is not None:
            token = None if line.strip() == f"::{token}::" else token
        elif line.lstrip().startswith("::") or re.search(r"##(vso)?\[", line):
            found.append(line)
    assert token is None, "commands are obeyed again"
    return found


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    """A pull request that breaks the gate, after the step on GitHub Actions: its folder, what was said, the summary."""
    folder = tmp_path_factory.mktemp("broken")
    summary = folder / "summary"
    summary.write_text("earlier")
    forge = Forge(folder / "work", {"shop/events.py": BROKEN, "shop/quiet.py": ALLOWED}, {"shop/old.py": BROKEN})
    return forge, forge.github(summary, "--", "-q"), summary.read_text()


class TestGitHub:
    def test_a_pull_request_that_breaks_the_gate(self, broken):
        forge, (code, out, err), written = broken
        assert code == 1, err
        assert "1 passed" in out
        annotations = [line for line in obeyed(out) if not line.startswith(("::group::", "::endgroup::"))]
        (error,) = [line for line in annotations if line.startswith("::error ")]
        assert error.startswith(f"::error file=shop/events.py,line=5,col=5,endColumn=56,title=QG201 {NAME}::")
        assert "shop/old.py" not in out
        assert f"shop/events.py:5:5  QG201 {NAME}" in out
        assert forge.made == {"quality-gate.sarif"}
        assert "For GitHub Actions: quality-gate.sarif" in err
        assert written.startswith("earlier\n### ❌ quality-gate: BROKEN\n")
        assert "`shop/events.py:5` **QG201" in written

    def test_its_sarif_is_valid_and_without_what_is_suppressed(self, broken):
        document = json.loads((broken[0].folder / "quality-gate.sarif").read_text())
        VALIDATOR.validate(document)
        (result,) = document["runs"][0]["results"]
        assert result["level"] == "error"
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "shop/events.py"
        (rule,) = document["runs"][0]["tool"]["driver"]["rules"]
        assert "## In production" in rule["help"]["markdown"]

    def test_what_tests_print_is_not_obeyed(self, tmp_path, summary):
        forge = Forge(tmp_path / "work", {"tests/test_attack.py": ATTACK})
        code, out, err = forge.github(summary, "--", "-s")
        assert code == 0, out + err
        assert "::set-output name=passed::true" in out, "the attack has been made"
        assert [line for line in obeyed(out) if "owned" in line or "set-output" in line] == []

    def test_all_well(self, tmp_path, summary):
        forge = Forge(tmp_path / "work", {"shop/events.py": CLEAN})
        code, out, err = forge.github(summary)
        assert code == 0, out + err
        assert "tests                    KEPT" in out
        assert not [line for line in obeyed(out) if line.startswith("::error")]
        assert json.loads((forge.folder / "quality-gate.sarif").read_text())["runs"][0]["results"] == []
        assert "✅ quality-gate: KEPT" in summary.read_text()

    def test_a_summary_that_is_a_link_is_not_followed(self, tmp_path):
        forge = Forge(tmp_path / "work", {"shop/events.py": CLEAN})
        victim, link = tmp_path / "victim", tmp_path / "link"
        victim.write_text("precious")
        link.symlink_to(victim)
        code, _, err = forge.github(link)
        assert code == 2
        assert "GITHUB_STEP_SUMMARY" in err
        assert victim.read_text() == "precious"

    def test_a_file_that_cannot_be_written_is_no_green_step(self, tmp_path, summary):
        forge = Forge(tmp_path / "work", {"shop/events.py": CLEAN})
        (forge.folder / "quality-gate.sarif").mkdir()
        code, out, err = forge.github(summary)
        assert code == 2
        assert "quality-gate.sarif: cannot be written" in err
        assert "KEPT" in out, "the page is there all the same"


class TestGitLab:
    def test_a_merge_request_that_breaks_the_gate(self, tmp_path):
        forge = Forge(tmp_path / "work", {"shop/events.py": BROKEN})
        code, out, err = forge.ci("--", "-q", GITLAB_CI="true")
        assert code == 1, err
        assert obeyed(out) == []
        assert "::" not in out.replace("tests/test_pay.py::", "")
        assert forge.made == {"gl-code-quality-report.json", "quality-gate.junit.xml"}
        (entry,) = json.loads((forge.folder / "gl-code-quality-report.json").read_text())
        assert (entry["check_name"], entry["severity"]) == (NAME, "major")
        assert entry["location"] == {"path": "shop/events.py", "lines": {"begin": 5}}
        suites = JUnitXml.fromfile(str(forge.folder / "quality-gate.junit.xml"))
        assert (suites.failures, suites.errors) == (1, 0)


class TestElsewhere:
    def test_one_page_and_nothing_else(self, tmp_path):
        forge = Forge(tmp_path / "work", {"shop/events.py": BROKEN})
        code, out, _ = forge.ci("--", "-q")
        assert code == 1
        assert f"QG201 {NAME}" in out
        assert forge.made == set()
        assert obeyed(out) == []

    def test_formats_that_are_asked_for(self, tmp_path):
        forge = Forge(tmp_path / "work", {"shop/events.py": BROKEN})
        code, out, _ = forge.ci(
            "--format", "junit", "-o", "gate.xml", "--format", "json", "-o", "gate.json", "--", "-q"
        )
        assert code == 1
        assert f"QG201 {NAME}" in out
        assert forge.made == {"gate.xml", "gate.json"}

    @pytest.mark.parametrize(
        "arguments",
        [
            ("--format", "json"),
            ("--format", "json", "-o", "-"),
            ("--format", "x", "-o", "y"),
            ("-o", "a", "-o", "b"),
            ("--no-tests", "--", "-q"),
        ],
    )
    def test_what_cannot_be_is_said_before_the_tests_run(self, tmp_path, arguments):
        forge = Forge(tmp_path / "work", {"shop/events.py": BROKEN})
        code, out, err = forge.ci(*arguments)
        assert (code, out) == (2, "")
        assert "error: " in err
        assert forge.made == set()

    @pytest.mark.parametrize(
        ("files", "arguments", "code", "said"),
        [
            ({"tests/test_pay.py": TEST.replace("== 1", "== 2")}, (), 1, "tests                    BROKEN"),
            ({"tests/test_pay.py": "x = 1\n"}, (), 3, "tests                    UNPROVEN"),
            ({"tests/test_pay.py": "x = 1\n", "shop/events.py": BROKEN}, (), 1, "tests                    UNPROVEN"),
            ({"shop/events.py": BROKEN}, ("--", "--no-such-option"), 2, ""),
            ({"pyproject.toml": "[tool.quality-gate]\nsorce = 1\n"}, (), 2, ""),
        ],
        ids=["failed", "no test", "no test and broken", "misused", "misconfigured"],
    )
    def test_exit_codes(self, tmp_path, files, arguments, code, said):
        forge = Forge(tmp_path / "work", files)
        found, out, err = forge.ci(*arguments)
        assert found == code, out + err
        assert said in out

    def test_a_critical_path_is_judged_from_the_run_that_came_before(self, tmp_path):
        settings = (
            '[tool.quality-gate.practices]\ncritical-path-coverage = "enforce"\n'
            '[tool.quality-gate.critical-paths.pay]\nwhy = "Money."\nentry = ["shop.pay:charge"]\n'
        )
        forge = Forge(tmp_path / "work", {"pyproject.toml": settings, "shop/pay.py": f"{PAY}\n"})
        code, out, err = forge.ci()
        assert code == 0, out + err
        assert re.search(r"critical-path-coverage +KEPT +1 of 1 lines", out)
