"""The README's snippets: the CI step is run as a runner runs it, the hook is what our own commands propose."""

from __future__ import annotations

import re
import venv
from pathlib import Path

import pytest
import yaml
from environments import PROJECT, SCRIPTS, environment, run
from samples import BROKEN, CLEAN, FOUND, UNPARSABLE

from git_scratch import Scratch
from quality_gate.cli import _hook_entry, report

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def fence_with(words) -> str:
    """The one YAML fence of the README that holds some words."""
    fences = re.findall(r"^```yaml\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    (found,) = [fence for fence in fences if words in fence]
    return found


@pytest.fixture(scope="module")
def runner(tmp_path_factory, home, hook_repository):
    """A runner's environment: a Python with pip, which takes `quality-gate` from here and not from the index."""
    folder = tmp_path_factory.mktemp("runner")
    venv.create(folder / "python", with_pip=True)
    constraint = folder / "constraint.txt"
    constraint.write_text(f"quality-gate @ {Path(hook_repository).as_uri()}\n")
    base = environment(home, CI="true", GITHUB_ACTIONS="true", PIP_CONSTRAINT=str(constraint))
    return base | {"PATH": f"{folder / 'python' / 'bin'}:{base['PATH']}"}


class TestCiStep:
    @pytest.fixture
    def origin(self, tmp_path):
        """A forge's repository: an older violation on main, and pull requests that have been merged with it."""
        scratch = Scratch(tmp_path / "origin")
        scratch.commit({"shop/old.py": BROKEN})
        for number, source in ((1, BROKEN), (2, CLEAN), (3, UNPARSABLE)):
            scratch.git("switch", "--quiet", f"--create=branch-{number}", "main")
            scratch.commit({"shop/pay.py": source})
        scratch.git("switch", "--quiet", "main")
        scratch.commit({"shop/later.py": BROKEN})
        for number in (1, 2, 3):
            scratch.git("switch", "--quiet", "--detach", "main")
            scratch.git("merge", "--quiet", "--no-edit", f"branch-{number}")
            scratch.git("update-ref", f"refs/pull/{number}/merge", "HEAD")
        return scratch

    @staticmethod
    def check_out(origin, folder, number, *, depth):
        """What actions/checkout does for a pull request."""
        clone = Scratch(folder)
        clone.git("remote", "add", "origin", origin.folder.as_uri())
        options = [f"--depth={depth}"] if depth else []
        wanted = [f"+refs/pull/{number}/merge:refs/remotes/pull/{number}/merge"]
        if not depth:
            wanted.append("+refs/heads/*:refs/remotes/origin/*")
        clone.git("fetch", "--quiet", "--no-tags", *options, "origin", *wanted)
        clone.git("checkout", "--quiet", "--force", f"refs/remotes/pull/{number}/merge")
        return folder

    @staticmethod
    def run_step(folder, runner):
        """What a runner does with the step's script."""
        (step,) = yaml.safe_load(fence_with("quality-gate check --stage ci"))
        script = folder.parent / "step.sh"
        script.write_text(step["run"])
        return run(["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)], folder, runner)

    @pytest.mark.parametrize(
        ("number", "code", "said"),
        [
            (1, 1, f"shop/pay.py:{FOUND}"),
            (2, 0, "KEPT"),
            (3, 3, "shop/pay.py:1:1  QG901 not-analysed"),
        ],
        ids=["a violation", "clean", "does not parse"],
    )
    def test_a_pull_request_is_judged(self, number, code, said, origin, runner, tmp_path):
        folder = self.check_out(origin, tmp_path / "work", number, depth=0)
        done = self.run_step(folder, runner)
        assert done.code == code, done.said
        assert said in done.out
        assert "1 files   new code: HEAD against the merge base with origin/main" in done.out
        assert "shop/old.py" not in done.out
        assert "\x1b[" not in done.out

    def test_without_the_history_it_says_how_to_get_it(self, origin, runner, tmp_path):
        folder = self.check_out(origin, tmp_path / "work", 2, depth=1)
        done = self.run_step(folder, runner)
        assert done.code == 1  # all of it is new then, and never nothing
        assert f"shop/old.py:{FOUND}" in done.out
        assert "fetch-depth: 0" in done.out

    def test_it_is_three_lines(self):
        assert len(fence_with("quality-gate check --stage ci").splitlines()) == 3


class TestHook:
    def test_it_is_what_our_commands_propose(self):
        lines = fence_with("id: quality-gate").splitlines()
        assert len(lines) == 3
        assert lines == [line for line in report._snippet() if line]
        assert lines == _hook_entry._hook_lines("  ", Path(), Path())

    def test_pre_commit_takes_it(self, tmp_path, shell):
        file = tmp_path / ".pre-commit-config.yaml"
        file.write_text("repos:\n" + fence_with("id: quality-gate"))
        done = run([str(SCRIPTS / "pre-commit"), "validate-config", str(file)], tmp_path, shell)
        assert (done.code, done.said) == (0, "")
