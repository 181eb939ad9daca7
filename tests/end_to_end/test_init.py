"""`quality-gate init`: what it finds, what it writes, and what it leaves alone."""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import tomli
import yaml

import quality_gate
from git_scratch import Scratch
from quality_gate import config, engine
from quality_gate.cli import init
from quality_gate.errors import UsageError, UsageErrors
from quality_gate.model import PRACTICES, Mode

PROJECT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from quality_gate.cli.init import command; command()"]
OURS = {
    "repo": quality_gate.REPOSITORY,
    "rev": f"v{quality_gate.__version__}",
    "hooks": [{"id": "quality-gate"}],
}


def lay(root, *names, **contents):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    for name, content in contents.items():
        file = root / {"pyproject": "pyproject.toml", "hooks": ".pre-commit-config.yaml"}[name]
        file.write_bytes(content.encode())
    return root


@pytest.fixture
def project(tmp_path):
    (tmp_path / ".git").mkdir()
    return lay(tmp_path, "shop/__init__.py", "shop/pay.py", "tests/test_pay.py")


def run(folder, *arguments):
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def run_on_a_terminal(folder, answer):
    """Type an answer where a person would; returns the exit code and all that was shown."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(COMMAND, cwd=folder, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.write(ours, answer.encode())
    shown, _ = process.communicate(timeout=60)
    os.close(theirs)
    os.close(ours)
    return process.returncode, shown.decode()


def files_of(folder):
    """The project's; what the gate remembers for itself, git ignores."""
    files = (file for file in folder.rglob("*") if file.is_file() and ".quality-gate" not in file.parts)
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def proposed(root):
    """The text that each file would have, by name."""
    return {change.path.name: change.after for change in init.propose(root, None).changes}


def table_of(root):
    return tomli.loads(proposed(root)["pyproject.toml"])["tool"]["quality-gate"]


class TestCommand:
    def test_without_a_terminal_it_shows_the_diff_and_writes_nothing(self, project):
        before = files_of(project)
        done = run(project)
        assert done.returncode == 1
        assert "+[tool.quality-gate]\n" in done.stdout
        assert "+++ .pre-commit-config.yaml\n" in done.stdout
        assert "type: quality-gate init --yes" in done.stderr
        assert files_of(project) == before

    def test_yes_writes_at_once_and_the_second_run_changes_nothing(self, project):
        first = run(project, "--yes")
        assert (first.returncode, "Wrote pyproject.toml and .pre-commit-config.yaml. Next: " in first.stderr) == (
            0,
            True,
        )
        written = files_of(project)
        assert set(written) == {
            "pyproject.toml",
            ".pre-commit-config.yaml",
            "shop/__init__.py",
            "shop/pay.py",
            "tests/test_pay.py",
        }
        second = run(project, "--yes")
        assert (second.returncode, second.stdout, second.stderr) == (0, "", "Nothing to change.\n")
        assert files_of(project) == written

    def test_what_it_writes_is_what_quality_gate_reads(self, project):
        run(project, "--yes")
        found = config.load(project, None)
        assert (found.settings.source, found.settings.tests) == (("shop",), ("tests",))
        assert found.practices == dict.fromkeys(PRACTICES, Mode.OBSERVE) | {"static-analysis": Mode.NEW_CODE}
        hooks = yaml.safe_load((project / ".pre-commit-config.yaml").read_text())
        assert hooks == {"repos": [OURS]}

    def test_pre_commit_takes_what_it_writes(self, project):
        run(project, "--yes")
        file = project / ".pre-commit-config.yaml"
        done = subprocess.run(
            [sys.executable, "-m", "pre_commit", "validate-config", str(file)],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PRE_COMMIT_HOME": str(project / "cache")},
        )
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")
    @pytest.mark.parametrize(("answer", "code", "written"), [("y\n", 0, True), ("n\n", 1, False), ("\n", 1, False)])
    def test_on_a_terminal_it_asks(self, project, answer, code, written):
        returned, shown = run_on_a_terminal(project, answer)
        assert returned == code
        assert "Write this?" in shown
        assert shown.index("+[tool.quality-gate]") < shown.index("Write this?")
        assert (project / "pyproject.toml").exists() is written
        assert ("Nothing written." in shown) is not written

    def test_from_a_folder_below_the_table_goes_to_the_nearest_pyproject(self, project):
        lay(project, pyproject="[project]\nname = 'shop'\n")
        assert run(project / "shop", "--yes").returncode == 0
        assert not (project / "shop" / "pyproject.toml").exists()
        assert config.load(project, None).file == str(project / "pyproject.toml")

    def test_from_below_a_table_a_nearer_pyproject_without_one_is_passed_by(self, project):
        lay(project, pyproject="[tool.quality-gate]\n")
        (project / "inner").mkdir()
        lay(project / "inner", pyproject="[project]\nname = 'inner'\n")
        assert run(project / "inner", "--yes").stderr.startswith("Wrote .pre-commit-config.yaml.")
        assert yaml.safe_load((project / ".pre-commit-config.yaml").read_text()) == {"repos": [OURS]}
        assert (project / "inner" / "pyproject.toml").read_text() == "[project]\nname = 'inner'\n"


class TestLayout:
    @pytest.mark.parametrize(
        ("names", "source", "tests"),
        [
            (["shop/__init__.py", "tests/test_a.py"], ["shop"], ["tests"]),
            (["src/shop/__init__.py", "test/unit/test_a.py"], ["src"], ["test"]),
            (["b/__init__.py", "a/__init__.py", "a/cli/main.py"], ["a", "b"], None),
            (["app/main.py"], ["app"], None),
            (["app.py", "shop/__init__.py"], ["*.py", "shop"], None),
            (["setup.py", "noxfile.py", "docs/conf.py", "examples/x.py"], None, None),
            (["shop/__init__.py", "shop/tests/test_a.py", "tests/test_b.py"], ["shop"], None),
            (["shop/__init__.py", "tests/test_b.py", "conftest.py"], ["shop"], None),
            (
                ["shop/a.py", ".venv/lib/x.py", "node_modules/y/z.py", "vendor/w.py", "build/lib/v.py"],
                ["shop"],
                None,
            ),
            (["shop/a.py", "env/pyvenv.cfg", "env/lib/x.py"], ["shop"], None),
            (["a b/__init__.py", "shop/__init__.py"], None, None),
            (["größe/__init__.py"], ["größe"], None),
            ([], None, None),
        ],
    )
    def test_what_it_finds(self, tmp_path, names, source, tests):
        found = table_of(lay(tmp_path, *names))
        assert (found.get("source"), found.get("tests")) == (source, tests)

    def test_what_git_ignores_is_no_source(self, tmp_path):
        root = lay(Scratch(tmp_path).folder, "shop/__init__.py", "scratch/try.py", "build/__init__.py")
        (root / ".gitignore").write_text("/scratch\n")
        assert table_of(root)["source"] == ["build", "shop"]

    def test_links_are_not_followed(self, tmp_path):
        root = lay(tmp_path / "a", "shop/__init__.py")
        lay(tmp_path / "b", "x.py")
        (root / "linked").symlink_to(tmp_path / "b", target_is_directory=True)
        (root / "shop" / "loop").symlink_to(root, target_is_directory=True)
        assert table_of(root)["source"] == ["shop"]


class TestTable:
    def test_the_comments_are_right_when_taken_in(self, project):
        text = proposed(project)["pyproject.toml"]
        taken_in = re.sub(r"^# (?=\[|[\w-]+ = )", "", text, flags=re.MULTILINE)
        found = config.parse(taken_in.encode(), "pyproject.toml", project / "pyproject.toml")
        table = tomli.loads(taken_in)["tool"]["quality-gate"]
        assert list(table["practices"]) == [practice.name for practice in engine.known_practices()]
        assert found.base == "origin/main"
        assert list(found.critical_paths) == ["payments"]

    def test_the_page_says_of_each_practice_whether_this_version_judges_it(self):
        page = (PROJECT / "docs" / "configuration.md").read_text(encoding="utf-8")
        known = [practice.name for practice in engine.known_practices()]
        rows = {name: row for name in PRACTICES for row in page.splitlines() if row.startswith(f"| `{name}` |")}
        assert [name for name, row in rows.items() if "Not in this version" not in row] == known
        assert list(rows) == list(PRACTICES)

    def test_every_mode_is_explained_in_the_words_of_the_page(self, project):
        text = proposed(project)["pyproject.toml"]
        page = (PROJECT / "docs" / "configuration.md").read_text(encoding="utf-8")
        assert list(init.MODES) == list(Mode)
        for mode, meaning in init.MODES.items():
            assert f"# {mode}: {meaning}\n" in text
            assert f"| `{mode}` | {meaning} |\n" in page

    @pytest.mark.parametrize(
        "before",
        [
            "[project]\nname = 'x'\n",
            "[project]\nname = 'x'",
            "[project]\r\nname = 'x'\r\n",
            "[project]\r\nname = 'x'",
            "# caf\u00e9 \u2028 \u0085 line\n\n\n",
            "[tool.ruff]\nline-length = 100 # kept\n\n[tool.ruff.lint]\nselect = [\n  'E'\n]\n",
            "tool.ruff.line-length = 100\n",
            "",
        ],
    )
    def test_what_is_there_keeps_every_byte(self, tmp_path, before):
        lay(tmp_path, pyproject=before)
        init.write(init.propose(tmp_path, None).changes)
        after = (tmp_path / "pyproject.toml").read_bytes().decode()
        assert after.startswith(before)
        added = after[len(before) :]
        if "\r" in before:
            assert added.count("\r\n") == added.count("\n")
        else:
            assert "\r" not in added
        assert config.load(tmp_path, None).mode("static-analysis") is Mode.NEW_CODE

    @pytest.mark.parametrize(
        "table", ["[tool.quality-gate]", "[tool]\nquality-gate = {}", "tool.quality-gate.source=[]"]
    )
    def test_a_table_is_left_alone(self, tmp_path, table):
        assert "pyproject.toml" not in proposed(lay(tmp_path, pyproject=table))

    def test_a_table_in_a_file_of_its_own_is_enough(self, tmp_path):
        (tmp_path / "gate.toml").write_text("[tool.quality-gate]")
        found = config.load(tmp_path, Path("gate.toml"))
        assert [change.path.name for change in init.propose(tmp_path, found).changes] == [".pre-commit-config.yaml"]

    def test_a_wrong_table_is_an_error(self, tmp_path):
        with pytest.raises(UsageErrors):
            init.propose(lay(tmp_path, pyproject="[tool.quality-gate]\nsorce = 1"), None)

    def test_a_file_to_which_nothing_can_be_added_is_an_error_and_not_a_broken_file(self, tmp_path):
        lay(tmp_path, pyproject="tool = {ruff = {line-length = 100}}\n")
        with pytest.raises(UsageError) as caught:
            init.propose(tmp_path, None)
        assert "cannot be appended" in caught.value.problem
        assert "--config" in caught.value.remedy


PLAIN = [
    "repos:\n- repo: local\n  hooks: []\n",
    "repos:\n  - repo: local\n    hooks: []\n",
    "repos:\n    -   repo: local\n        hooks: []\n",
    "repos:\n  - repo: local\n    hooks: []",
    "repos:\r\n  - repo: local\r\n    hooks: []\r\n",
    "# first\n---\nexclude: x\nrepos: # here\n\n  # one\n- repo: local\n"
    "  hooks:\n  - id: x\n    args: [\n      a]\n# end\n\n",
    "repos:\n  - repo: local\n    hooks:\n      - id: x\n        entry: |\n          repos:\n          - repo\n",
    f"repos:\n  - repo: local\n  # - repo: {quality_gate.REPOSITORY}\n    hooks: []\n",
    f"repos:\n  - repo: {quality_gate.REPOSITORY}-docs\n    hooks: [{{id: quality-gate-docs}}]\n",
    "repos:\n",
]

NOT_PLAIN = [
    "repos: []\n",
    "repos: [{repo: local, hooks: []}]\n",
    "repos:\n  - repo: local\n    hooks: []\nexclude: x\n",
    "repos:\n- repo: local\n  hooks: []\nexclude: x\n",
    "repos:\n  - repo: local\n    hooks: []\n...\n",
    "repos:\n  [\n  ]\n",
    "repos:\n  - repo: local\n    hooks: []\n---\n",
    "repos:\n  - repo: local\nrepos:\n  - repo: meta\n",
    "{repos: [{repo: local}]}\n",
    "'repos':\n  - repo: local\n",
    "- repo: local\n",
    "",
    "repos:\n  - repo: local\n\t- repo: x\n",
]

THERE = [
    f"repos:\n- repo: {quality_gate.REPOSITORY}\n  rev: v0.0.9\n  hooks: [{{id: quality-gate}}]\n",
    f"repos:\n- repo: '{quality_gate.REPOSITORY}.git'  # pinned\n  rev: abc\n  hooks: [{{id: x}}]\n",
    "repos:\n- repo: local\n  hooks:\n  - id: quality-gate\n    entry: quality-gate check\n",
    "repos: [{repo: local, hooks: [{id: 'quality-gate', language: system}]}]\n",
    "repos:\n- repo: local\n  hooks:\n  - {id: quality-gate-push}\nexclude: x\n",
]


class TestHook:
    @pytest.mark.parametrize("before", PLAIN)
    def test_a_plain_list_gets_one_entry_more_and_keeps_every_byte(self, tmp_path, before):
        lay(tmp_path, hooks=before)
        after = proposed(tmp_path)[".pre-commit-config.yaml"]
        assert after.startswith(before)
        was, now = yaml.safe_load(before), yaml.safe_load(after)
        assert now == was | {"repos": [*(was["repos"] or []), OURS]}
        assert ("\r" in before) == ("\r" in after[len(before) :])
        assert init.propose(tmp_path, None).by_hand == []

    @pytest.mark.parametrize("before", NOT_PLAIN)
    def test_any_other_shape_is_left_alone_and_the_lines_are_shown(self, tmp_path, before):
        lay(tmp_path, hooks=before)
        assert ".pre-commit-config.yaml" not in proposed(tmp_path)
        (said,) = init.propose(tmp_path, None).by_hand
        assert "plain list" in said
        assert yaml.safe_load(said.partition("\n\n")[2]) == [OURS]

    @pytest.mark.parametrize("before", THERE)
    def test_a_hook_that_is_there_is_left_alone(self, tmp_path, before):
        lay(tmp_path, hooks=before)
        assert ".pre-commit-config.yaml" not in proposed(tmp_path)
        assert init.propose(tmp_path, None).by_hand == []

    def test_the_command_says_what_to_paste_and_still_writes_the_table(self, project):
        lay(project, hooks="repos: []\n")
        done = run(project, "--yes")
        assert done.returncode == 0
        assert "Paste these lines" in done.stderr
        assert "Wrote pyproject.toml. Next: pre-commit install · quality-gate report" in done.stderr
        assert (project / ".pre-commit-config.yaml").read_text() == "repos: []\n"

    def test_a_project_below_the_repository_gets_lines_with_its_paths(self, tmp_path):
        (tmp_path / ".git").mkdir()
        root = lay(tmp_path / "services" / "o'pay.x", "shop/__init__.py", pyproject="")
        assert [change.path for change in init.propose(root, None).changes] == [root / "pyproject.toml"]
        (entry,) = yaml.safe_load(init.propose(root, None).by_hand[0].partition("\n\n")[2])
        (hook,) = entry["hooks"]
        assert re.search(hook["files"], "services/o'pay.x/shop/a.py")
        assert not re.search(hook["files"], "services/o'pay-x/shop/a.py")
        assert hook["args"] == ["--config", "services/o'pay.x/pyproject.toml"]


PAY = """
import requests


def charge(amount, currency):
    if amount <= 0:
        raise ValueError("nothing to charge")
    if currency not in known():
        raise ValueError("a currency that nobody takes")
    return keep(requests.post("https://bank.example", json={"amount": amount}, timeout=5))


def known():
    return {"EUR"}


def keep(answer):
    return answer.json()
"""
TEST_PAY = """
from shop.pay import known


def test_known():
    assert known() == {"EUR"}
"""
TEST_REFUSED = """
import pytest

from shop.pay import charge


def test_nothing_to_charge():
    with pytest.raises(ValueError):
        charge(0, "EUR")
"""


def test_an_application_for_tests_is_no_source(project):
    lay(project, "testapp/__init__.py", "testapp/models.py")
    assert table_of(project)["source"] == ["shop"]


class TestCriticalPaths:
    @pytest.fixture
    def shop(self, project):
        (project / "shop" / "pay.py").write_text(PAY)
        (project / "tests" / "test_pay.py").write_text(TEST_PAY)
        return project

    def test_a_function_is_named_with_its_reason_and_its_owner_and_the_report_reads_it(self, shop):
        (shop / ".github").mkdir()
        (shop / ".github" / "CODEOWNERS").write_text("* @all\n/shop/ @shop/pay @others # money\n*.md @docs\n")
        done = run(shop, "--yes")
        assert "+    # asks requests; 2 functions behind it; 2 branches\n" in done.stdout
        found = config.load(shop, None).critical_paths["payments"]
        assert (found.entry, found.owner, found.line) == (("shop.pay:charge",), "@shop/pay", 80)
        assert found.why.startswith("Money moves here")
        shown = subprocess.run(
            [sys.executable, "-m", "quality_gate", "paths"], cwd=shop, capture_output=True, text=True, check=False
        )
        assert (shown.returncode, "3 functions" in shown.stdout) == (0, True), shown.stdout + shown.stderr

    def recorded(self, shop):
        stub = "import sys, types\nsys.modules['requests'] = types.ModuleType('requests')\n"
        (shop / "conftest.py").write_text(stub)  # the environment of our tests has no requests
        done = subprocess.run(
            [sys.executable, "-m", "quality_gate", "test", "--", "-p", "no:cacheprovider"],
            cwd=shop, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def test_thresholds_are_what_tests_show_today(self, shop):
        self.recorded(shop)
        run(shop, "--yes")
        found = config.load(shop, None).critical_paths["payments"]
        assert (found.line, found.branch, found.failure) == (14, 0, 0)  # one line of seven

    def test_what_it_enforces_the_unchanged_tree_keeps(self, shop):
        (shop / ".git").rmdir()
        scratch = Scratch(shop)
        branching = "    if answer is None:\n        return {}\n    return answer.json()"
        (shop / "shop" / "pay.py").write_text(PAY.replace("    return answer.json()", branching))
        (shop / "tests" / "test_pay.py").write_text(TEST_REFUSED)
        self.recorded(shop)
        done = run(shop, "--yes", "--enforce")
        assert done.returncode == 0, done.stderr
        found = config.load(shop, None).critical_paths["payments"]
        assert found.failure == 0  # one of three failure paths is shown, and no failure of the bank
        assert "critical-function-unrun" in (shop / "quality-gate-baseline.tsv").read_text()
        table = (shop / "pyproject.toml").read_text()
        assert '# critical-path-coverage = "enforce"\n' in table
        for practice in ("critical-path-coverage", "failure-scenarios"):
            table = re.sub(rf'# {practice} = ".*"', f'{practice} = "enforce"', table)
        (shop / "pyproject.toml").write_text(table)
        scratch.git("add", "--all")
        scratch.commit()
        checked = subprocess.run(
            [sys.executable, "-m", "quality_gate", "check", "--stage", "ci"],
            cwd=shop, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert checked.returncode == 0, checked.stdout

    def test_what_the_project_says_cannot_leave_its_comment(self, shop):
        route = "/pay\\n[tool.quality-gate]\\nsource = [1]\\x1b[2J"
        flask = f"from flask import Flask\napp = Flask('x')\n@app.post('{route}')\n"
        (shop / "shop" / "pay.py").write_text(PAY.replace("def charge", f"{flask}def charge"))
        done = run(shop, "--yes")
        assert "answers POST /pay" in done.stdout
        assert "\x1b" not in done.stdout
        assert config.load(shop, None).settings.source == ("shop",)

    def test_a_test_or_a_migration_is_never_proposed(self, shop):
        lay(shop, "shop/migrations/__init__.py")
        for place in ("tests/test_pay.py", "shop/migrations/m1.py"):
            (shop / place).write_text(PAY.replace("charge", "charge_again"))
        run(shop, "--yes")
        assert config.load(shop, None).critical_paths["payments"].entry == ("shop.pay:charge",)

    def test_enforce_writes_a_baseline_and_the_first_check_is_green(self, shop):
        (shop / "shop" / "old.py").write_text(
            "import requests\ndef old():\n    try:\n        requests.get('x', timeout=1)\n"
            "    except requests.RequestException:\n        pass\n"
        )
        done = run(shop, "--yes", "--enforce")
        assert (done.returncode, "quality-gate-baseline.tsv" in done.stderr) == (0, True), done.stderr
        assert config.load(shop, None).mode("static-analysis") is Mode.ENFORCE
        assert "silent-failure" in (shop / "quality-gate-baseline.tsv").read_text()
        checked = subprocess.run(
            [sys.executable, "-m", "quality_gate", "check", "--stage", "ci"],
            cwd=shop, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert checked.returncode == 0, checked.stdout
        again = run(shop, "--yes", "--enforce")
        assert again.returncode != 0
        with pytest.raises(UsageError, match="there is a configuration already"):
            init.propose(shop, config.load(shop, None), enforce=True)


class TestCi:
    def workflows(self, root, **files):
        (root / ".github" / "workflows").mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (root / ".github" / "workflows" / f"{name}.yml").write_text(content)
        return root

    def test_a_workflow_is_added_where_none_calls_the_gate(self, project):
        self.workflows(
            project,
            test="on: push # quality-gate some day\n# quality-gate check\n".replace(" # quality-gate some day", ""),
        )
        text = proposed(project)["quality-gate.yml"]
        (job,) = yaml.safe_load(text)["jobs"].values()
        assert job["steps"][0]["with"]["fetch-depth"] == 0
        assert job["steps"][-1]["run"] == "quality-gate check --stage ci"
        assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
        init.write(init.propose(project, None).changes)
        assert "quality-gate.yml" not in proposed(project)

    @pytest.mark.parametrize("step", ["run: quality-gate ci", "uses: quality-gate/quality-gate@v1"])
    def test_a_workflow_that_calls_it_is_left_alone(self, project, step):
        self.workflows(project, test=f"jobs:\n  a:\n    steps:\n      - {step}\n")
        assert "quality-gate.yml" not in proposed(project)

    def test_a_workflow_that_only_comments_is_no_step(self, project):
        comment = (PROJECT / "templates" / "quality-gate-comment.yml").read_text(encoding="utf-8")
        self.workflows(project, comment=comment)
        assert "quality-gate.yml" in proposed(project)

    def test_no_ci_no_step(self, project):
        assert "quality-gate.yml" not in proposed(project)

    def test_another_ci_gets_lines_to_paste(self, project):
        (project / ".gitlab-ci.yml").write_text("test: {script: [make]}\n")
        (said,) = init.propose(project, None).by_hand
        assert "GitLab CI" in said
        assert "quality-gate check --stage ci" in said

    def test_a_project_below_the_top_is_checked_there(self, tmp_path):
        (tmp_path / ".git").mkdir()
        root = lay(self.workflows(tmp_path, test="on: push\n") / "services" / "pay", "shop/__init__.py", pyproject="")
        (found,) = [one for one in init.propose(root, None).changes if one.path.name == "quality-gate.yml"]
        assert found.path == tmp_path / ".github" / "workflows" / "quality-gate.yml"
        (job,) = yaml.safe_load(found.after)["jobs"].values()
        assert job["steps"][-1]["working-directory"] == "services/pay"


class TestDiff:
    def test_a_long_one_is_cut(self, tmp_path):
        shown = init.render_diff([init.FileChange(tmp_path / "x", None, "line\n" * 1_000)], tmp_path)
        assert shown.endswith("... and 803 lines more of x\n")

    def test_it_is_a_unified_diff_of_the_change(self, tmp_path):
        change = init.FileChange(tmp_path / "a" / "x.toml", "one\r\ntwo\r\n", "one\r\ntwo\r\nthree\r\n")
        expected = difflib.unified_diff(["one", "two"], ["one", "two", "three"], "a/x.toml", "a/x.toml", lineterm="")
        assert init.render_diff([change], tmp_path) == "".join(f"{line}\n" for line in expected)

    def test_a_new_file_comes_from_nowhere(self, tmp_path):
        shown = init.render_diff([init.FileChange(tmp_path / "x", None, "one\n")], tmp_path)
        assert shown == "--- /dev/null\n+++ x\n@@ -0,0 +1 @@\n+one\n"

    def test_what_the_repository_wrote_cannot_drive_the_terminal(self, tmp_path):
        change = init.FileChange(tmp_path / "x", "\x1b[2J\u202e\x9b\u2028\n", "\x1b[2J\u202e\x9b\u2028\nnew\n")
        shown = init.render_diff([change], tmp_path)
        assert r" \u001b[2J\u202e\u009b\u2028" in shown.split("\n")
        assert all(line.isprintable() for line in shown.split("\n"))


class TestWriting:
    @pytest.mark.parametrize("name", ["pyproject.toml", ".pre-commit-config.yaml"])
    @pytest.mark.parametrize("dangling", [False, True])
    def test_links_are_neither_read_nor_replaced(self, tmp_path, name, dangling):
        root = lay(tmp_path / "root")
        root.mkdir(exist_ok=True)
        target = tmp_path / "secret"
        if not dangling:
            target.write_text("repos:\n")
        (root / name).symlink_to(target)
        with pytest.raises(UsageError, match="symbolic link"):
            init.propose(root, None)
        with pytest.raises(UsageError, match="symbolic link"):
            init.write([init.FileChange(root / name, None if dangling else "repos:\n", "x")])
        assert target.exists() is not dangling

    def test_a_file_that_changed_meanwhile_is_not_overwritten_and_nothing_else_is_written(self, project):
        lay(project, hooks="repos:\n")
        changes = init.propose(project, None).changes
        lay(project, hooks="repos:\n- repo: meta\n")
        before = files_of(project)
        with pytest.raises(UsageError, match="changed since"):
            init.write(changes)
        assert files_of(project) == before

    def test_a_file_that_appeared_meanwhile_is_not_overwritten(self, project):
        changes = init.propose(project, None).changes
        lay(project, pyproject="[project]\n")
        with pytest.raises(UsageError, match="changed since"):
            init.write(changes)

    @pytest.mark.skipif(sys.platform == "win32", reason="no such permissions")
    def test_permissions_stay(self, project):
        lay(project, pyproject="")
        (project / "pyproject.toml").chmod(0o640)
        init.write(init.propose(project, None).changes)
        assert (project / "pyproject.toml").stat().st_mode & 0o777 == 0o640
        assert (project / ".pre-commit-config.yaml").stat().st_mode & 0o777 == 0o666 & ~umask()

    def test_a_failure_leaves_the_file_whole_and_nothing_beside_it(self, project, monkeypatch):
        lay(project, pyproject="[project]\n")
        changes = init.propose(project, None).changes
        before = files_of(project)

        def full(*_args):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(Path, "replace", full)
        with pytest.raises(UsageError, match="No space left"):
            init.write(changes)
        assert files_of(project) == before

    def test_a_link_that_lies_in_wait_is_not_written_through(self, project, tmp_path_factory):
        victim = tmp_path_factory.mktemp("elsewhere") / "victim"
        victim.write_text("whole")
        trap = project / f".pyproject.toml.{os.getpid()}.new"
        trap.symlink_to(victim)
        with pytest.raises(UsageError):
            init.write(init.propose(project, None).changes)
        assert (victim.read_text(), trap.is_symlink()) == ("whole", True)

    @pytest.mark.parametrize(("content", "problem"), [(b"\xff", "not UTF-8"), (b"#" * 300_000, "larger than")])
    def test_hooks_that_cannot_be_read(self, tmp_path, content, problem):
        (tmp_path / ".pre-commit-config.yaml").write_bytes(content)
        with pytest.raises(UsageError, match=problem):
            init.propose(tmp_path, None)


def umask():
    current = os.umask(0)
    os.umask(current)
    return current
