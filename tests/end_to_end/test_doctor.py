"""`quality-gate doctor`: red for every practice, and what around the gate would keep it from being asked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest
from environments import PROJECT

from git_scratch import Scratch
from quality_gate.cli._surroundings import surroundings
from quality_gate.evidence.git.command import find_top

PAY = "def charge(amount):\n    if amount < 0:\n        raise ValueError('negative')\n    return {'paid': amount}\n"
TEST = """
import pytest

from shop.pay import charge


def test_ok():
    assert charge(1) == {"paid": 1}


def test_negative():
    with pytest.raises(ValueError, match="negative"):
        charge(-1)
"""
TABLE = """
[tool.quality-gate.practices]
static-analysis = "{mode}"
critical-path-coverage = "{mode}"
failure-scenarios = "{mode}"
isolated-tests = "{mode}"

[tool.quality-gate.critical-paths.payments]
entry = ["shop.pay:charge"]
line = {demand}
branch = {demand}
failure = {demand}
"""
HOOKS = "repos:\n- repo: local\n  hooks:\n  - id: quality-gate\n    entry: quality-gate check\n"
WORKFLOW = "steps:\n- uses: actions/checkout@v4\n  with: {fetch-depth: 0}\n- run: quality-gate check\n"


def gate(folder, *arguments):
    command = [sys.executable, "-m", "quality_gate", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project in which all is well."""
    scratch = Scratch(tmp_path_factory.mktemp("doctor") / "project")
    scratch.commit(
        {
            "shop/__init__.py": "",
            "shop/pay.py": PAY,
            "tests/test_pay.py": TEST,
            "tests/conftest.py": "",
            "pyproject.toml": TABLE.format(mode="enforce", demand=80),
            ".gitignore": "__pycache__\n",
            ".pre-commit-config.yaml": HOOKS,
            ".github/workflows/gate.yml": WORKFLOW,
        }
    )
    hook = scratch.write(".git/hooks/pre-commit", "#!/bin/sh\nexec pre-commit hook-impl\n")
    hook.chmod(0o755)
    recorded = gate(scratch.folder, "test", "--", "-p", "no:cacheprovider")
    assert recorded.returncode == 0, recorded.stdout + recorded.stderr
    return scratch


def lines_of(done):
    """What is said by subject, with how it stands."""
    rows = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    return {row[9:].split("  ")[0].strip(): row for row in rows}


def state(project):
    folder = project.folder
    files = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file() and ".git" not in file.parts[:-1]}
    return {file: content for file, content in files.items() if "__pycache__" not in file.parts}


class TestPractices:
    @pytest.mark.parametrize("mode", ["enforce", "new-code"])
    def test_all_go_red_and_the_work_tree_stays_as_it_is(self, project, mode):
        project.write("pyproject.toml", TABLE.format(mode=mode, demand=80))
        before = state(project)
        done = gate(project.folder, "doctor")
        assert (done.returncode, done.stderr) == (0, "All is well: the gate goes red where it should.\n"), done.stdout
        said = lines_of(done)
        for practice in ("static-analysis", "critical-path-coverage", "failure-scenarios"):
            assert said[f"{practice} ({mode})"].startswith("ok")
            assert "goes red: shop/quality_gate_planted" in said[f"{practice} ({mode})"]
        assert "shows it; its rules only warn" in said[f"isolated-tests ({mode})"]
        assert "it holds for 1 function of critical paths" in said["evidence"]
        assert state(project) == before

    def test_observed_practices_show_it_and_block_nothing(self, project):
        project.write("pyproject.toml", TABLE.format(mode="observe", demand=80))
        done = gate(project.folder, "doctor")
        assert done.returncode == 0
        assert done.stdout.count("shows it, and blocks nothing") == 4

    def test_a_gate_that_cannot_go_red_is_a_problem(self, project):
        roles = '[tool.quality-gate.roles]\nvendored = ["**/quality_gate_planted.py"]\n'
        project.write("pyproject.toml", TABLE.format(mode="enforce", demand=80) + roles)
        done = gate(project.folder, "doctor", "-q")
        assert done.returncode == 1
        assert list(lines_of(done)) == ["static-analysis (enforce)"]
        assert "stays green though shop/quality_gate_planted.py breaks it" in done.stdout

    def test_evidence_of_a_part_beside_that_of_all_tests(self, project, tmp_path):
        copy = shutil.copytree(project.folder, tmp_path / "copy")
        assert gate(copy, "test", "-q", "--", "-p", "no:cacheprovider", "tests/test_pay.py::test_ok").returncode == 0
        assert (copy / ".quality-gate" / "evidence-0.db").exists()
        said = lines_of(gate(copy, "doctor"))
        for practice in ("critical-path-coverage", "failure-scenarios"):
            assert "goes red: shop/quality_gate_planted" in said[f"{practice} (enforce)"]
        assert "and since then 1 test in a part" in said["evidence"]

    def test_without_evidence_it_says_what_to_type(self, project, tmp_path):
        other = Scratch(tmp_path / "other")
        other.commit({"shop/pay.py": PAY, "pyproject.toml": TABLE.format(mode="enforce", demand=80)})
        done = gate(other.folder, "doctor")
        assert done.returncode == 1
        said = lines_of(done)
        assert "cannot go red: no tests recorded yet" in said["critical-path-coverage (enforce)"]
        assert "do: type quality-gate test" in done.stdout
        assert said["isolated-tests (enforce)"].startswith("problem")
        assert "no file of test code" in said["isolated-tests (enforce)"]

    def test_stale_evidence_is_a_problem(self, project):
        project.write("pyproject.toml", TABLE.format(mode="enforce", demand=80))
        project.write("shop/pay.py", PAY.replace("return {", "return {'now': 1, "))
        try:
            done = gate(project.folder, "doctor")
        finally:
            project.write("shop/pay.py", PAY)
        assert done.returncode == 1
        assert lines_of(done)["evidence"].startswith("problem")
        assert "shop.pay.charge: it has changed since the tests were run" in done.stdout

    def test_other_languages_on_a_critical_path_are_in_the_copy(self, project):
        project.write("web/pay.ts", "export const paid = true;\n")
        project.write("pyproject.toml", TABLE.format(mode="observe", demand=80) + 'include = ["web/**"]\n')
        try:
            done = gate(project.folder, "doctor")
        finally:
            (project.folder / "web/pay.ts").unlink()
        assert (done.returncode, done.stdout.count("shows it, and blocks nothing")) == (0, 4), done.stdout + done.stderr
        assert "it holds for 1 function of critical paths" in done.stdout

    def test_a_practice_that_this_version_cannot_judge(self, project):
        table = TABLE.format(mode="observe", demand=80).replace("isolated-tests =", "boundaries =")
        project.write("pyproject.toml", table.replace('boundaries = "observe"', 'boundaries = "enforce"'))
        done = gate(project.folder, "doctor")
        assert "cannot go red: this version cannot judge it" in lines_of(done)["boundaries (enforce)"]
        assert done.returncode == 1


def all_around(scratch, **environment):
    git = find_top(scratch.folder, os.environ)
    return list(surroundings(scratch.folder, git, {"HOME": str(scratch.folder / "home"), **environment}))


def around(scratch, **environment):
    return {check.subject: check for check in all_around(scratch, **environment)}


def template(name):
    return (PROJECT / "templates" / name).read_text(encoding="utf-8")


@pytest.fixture
def bare(tmp_path):
    scratch = Scratch(tmp_path / "bare")
    scratch.commit({"a.py": ""})
    return scratch


class TestSurroundings:
    def test_hook_that_is_not_configured(self, bare):
        assert (around(bare)["hook"].state, around(bare)["hook"].remedy) == ("problem", "quality-gate init")

    @pytest.mark.parametrize(
        ("hook", "mode", "state"),
        [
            (None, 0, "problem"),
            ("#!/bin/sh\nexec pre-commit hook-impl\n", 0o755, "ok"),
            ("#!/bin/sh\nexec prek hook-impl\n", 0o755, "ok"),
            ("#!/bin/sh\nquality-gate check --stage commit\n", 0o755, "ok"),
            ("#!/bin/sh\nexec pre-commit hook-impl\n", 0o644, "problem"),
            ("#!/bin/sh\nnpx lint-staged\n", 0o755, "problem"),
        ],
    )
    @pytest.mark.parametrize("place", ["its own", "the repository's", "the user's"])
    def test_hook_that_is_installed_or_not(self, bare, hook, mode, state, place):
        bare.write(".pre-commit-config.yaml", HOOKS)
        folder = ".git/hooks" if place == "its own" else "hooks"
        if place == "the repository's":
            bare.git("config", "core.hooksPath", "hooks")
        elif place == "the user's":
            bare.write("home/.gitconfig", f"[core]\nhooksPath = {bare.folder}/hooks\n")
        if hook is not None:
            bare.write(f"{folder}/pre-commit", hook).chmod(mode)
        assert around(bare)["hook"].state == state

    def test_in_ci_nobody_asks_for_the_hook(self, bare):
        assert "hook" not in around(bare, CI="true")

    def test_hook_of_a_linked_worktree_is_the_repositorys(self, bare, tmp_path):
        bare.commit({".pre-commit-config.yaml": HOOKS})
        bare.write(".git/hooks/pre-commit", "exec pre-commit\n").chmod(0o755)
        bare.git("worktree", "add", "--quiet", str(tmp_path / "tree"))
        assert around(Scratch(tmp_path / "tree", init=False))["hook"].state == "ok"

    def test_push_hook_is_asked_for_where_it_is_configured(self, bare):
        bare.write(".pre-commit-config.yaml", HOOKS.replace("id: quality-gate", "id: quality-gate-push"))
        bare.write(".git/hooks/pre-commit", "exec pre-commit\n").chmod(0o755)
        assert "--hook-type pre-push" in around(bare)["hook"].remedy

    @pytest.mark.parametrize(
        ("path", "text", "state", "remedy"),
        [
            (".github/workflows/a.yml", WORKFLOW, "ok", ""),
            (".github/workflows/a.yml", WORKFLOW.replace("depth: 0", "depth: 1"), "problem", "write fetch-depth: 0"),
            (".github/workflows/a.yml", WORKFLOW.replace("  with", "# with"), "problem", "write fetch-depth: 0"),
            (".github/workflows/a.yml", "on: push\n", "problem", "quality-gate init"),
            (".gitlab-ci.yml", "variables: {GIT_DEPTH: 0}\nt: {script: [quality-gate ci]}\n", "ok", ""),
            (".gitlab-ci.yml", 'variables: {GIT_DEPTH: "0"}\nt: {script: [quality-gate ci]}\n', "ok", ""),
            (".gitlab-ci.yml", "t: {script: [quality-gate ci]}\n", "problem", "write GIT_DEPTH: 0"),
            (".gitlab-ci.yml", "t: {script: [quality-gate ci || true]}\n", "problem", "quality-gate init"),
            ("Jenkinsfile", "sh 'quality-gate ci'\n", "note", ""),
            (".github/workflows/README.md", "quality-gate ci\n", "note", ""),
            ("other.txt", "quality-gate", "note", ""),
        ],
    )
    def test_ci(self, bare, path, text, state, remedy):
        bare.write(path, text)
        found = around(bare)["CI"]
        assert found.state == state
        assert found.remedy.startswith(remedy)

    def test_what_we_recommend_is_right_and_a_comment_alone_is_no_gate(self, bare):
        comment = bare.write(".github/workflows/comment.yml", template("quality-gate-comment.yml"))
        assert (around(bare)["CI"].state, around(bare)["CI"].remedy) == ("problem", "quality-gate init")
        bare.write(".github/workflows/gate.yml", template("quality-gate.yml"))
        assert [check.state for check in all_around(bare) if check.subject == "CI"] == ["ok"]
        comment.unlink()
        assert around(bare)["CI"].state == "ok"

    def test_the_gitlab_job_that_we_recommend_fetches_the_whole_history(self, bare):
        told = re.search(r"```yaml\n(include:\n.*?)```", (PROJECT / "docs" / "ci.md").read_text("utf-8"), re.DOTALL)
        bare.write(".gitlab-ci.yml", told[1])
        assert around(bare)["CI"].state == "ok"
        bare.write(".gitlab-ci.yml", template("quality-gate.gitlab-ci.yml"))
        assert around(bare)["CI"].state == "ok"

    def test_shallow_clone(self, bare, tmp_path):
        bare.commit()
        bare.git("clone", "--quiet", "--depth=1", f"file://{bare.folder}", str(tmp_path / "clone"))
        found = around(Scratch(tmp_path / "clone", init=False))["history"]
        assert (found.state, "git fetch --unshallow" in found.remedy) == ("problem", True)
        assert around(bare)["history"].state == "ok"

    def test_no_repository(self, tmp_path):
        (found, *_) = surroundings(tmp_path, None, {})
        assert (found.subject, found.state) == ("git", "problem")

    @pytest.mark.parametrize(
        ("name", "text", "state"),
        [
            ("pyproject.toml", "[tool.ruff.lint]\nexternal = ['QG']\n", "ok"),
            ("pyproject.toml", "[tool.ruff.lint]\nexternal = ['ABC', 'Q']\n", "ok"),
            ("pyproject.toml", "[tool.ruff]\nexternal = ['QG']\n", "ok"),
            ("pyproject.toml", "[tool.ruff]\nline-length = 100\n", "problem"),
            ("pyproject.toml", "[tool.ruff.lint]\nexternal = ['ABC']\n", "problem"),
            ("ruff.toml", "lint.external = ['QG']\n", "ok"),
            ("ruff.toml", "[lint]\nselect = ['E']\n", "problem"),
            (".ruff.toml", "external = 1\n", "problem"),
        ],
    )
    def test_ruff(self, bare, name, text, state):
        bare.write(name, text)
        assert around(bare)["ruff"].state == state
        assert "ruff" not in around(Scratch(bare.folder / "none"))
