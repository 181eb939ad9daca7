"""What both pre-commit and prek must do with our hooks: real repositories, real commits, real pushes."""

from __future__ import annotations

import re

import pytest
from environments import PROJECT, QUALITY_GATE, SCRIPTS, run
from samples import AGAIN, BROKEN, CLEAN, FOUND, FOUND_AGAIN, UNPARSABLE

from git_scratch import Scratch
from quality_gate import __version__

STRANGE_NAMES = {
    "sp ace.py": "sp ace.py",
    "-x.py": "-x.py",
    "--all-files.py": "--all-files.py",
    "new\nline.py": r"new\x0aline.py",
    "ta\tb.py": r"ta\x09b.py",
    "quo\"te'.py": "quo\"te'.py",
    ":(exclude)*.py": ":(exclude)*.py",
    "caf\u00e9.py": "caf\u00e9.py",
    "shop/@@ -1 +1 @@.py": "shop/@@ -1 +1 @@.py",
}
"""Name, and how the report shows it."""


class Team:
    """A repository whose commits pass through the hook.

    Args:
        tool: `pre-commit` or `prek`.
        folder: where the repository is to be.
        shell: the environment of its developers.
        hook_repository: where the hook comes from.
    """

    def __init__(self, tool, folder, shell, hook_repository):
        self._tool = str(SCRIPTS / tool)
        self._shell = shell
        self._hook_repository = hook_repository
        self.scratch = Scratch(folder)
        self.folder = folder

    def configure(self, *hooks):
        """Write and commit the configuration, then install its hooks."""
        lines = ["repos:", f"- repo: {self._hook_repository}", f"  rev: v{__version__}", "  hooks:"]
        text = "\n".join([*lines, *(f"  - {hook}" for hook in hooks), ""])
        self.scratch.commit({".pre-commit-config.yaml": text})
        done = self.tool("install", "--hook-type", "pre-commit", "--hook-type", "pre-push")
        assert done.code == 0, done.said
        return self

    def tool(self, *arguments):
        return run([self._tool, *arguments], self.folder, self._shell)

    def gate(self, *arguments):
        """The gate as installed beside the project, which the hook does not know of."""
        return run([QUALITY_GATE, *arguments], self.folder, self._shell)

    def git(self, *arguments):
        """Git as a developer types it: with hooks, and allowed to fail."""
        return run(["git", *arguments], self.folder, self._shell)

    def commit(self, *arguments):
        return self.git("commit", "--message=a commit", *arguments)

    def head(self):
        return self.scratch.git("rev-parse", "HEAD")


class HookCases:
    """Collected through a subclass that names the `tool`."""

    tool: str

    @pytest.fixture
    def bare_team(self, tmp_path, shared, shell, hook_repository):
        # One store for all tests and workers: both tools lock theirs.
        store = str(shared / f"{self.tool}-store")
        variables = shell | {"PRE_COMMIT_HOME": store, "PREK_HOME": store}
        return Team(self.tool, tmp_path / "team", variables, hook_repository)

    @pytest.fixture
    def team(self, bare_team):
        return bare_team.configure("id: quality-gate")

    def test_the_manifest_is_valid(self, bare_team):
        done = bare_team.tool("validate-manifest", str(PROJECT / ".pre-commit-hooks.yaml"))
        assert done.code == 0, done.said

    def test_try_repo_shows_what_the_hook_would_say(self, bare_team, hook_repository):
        bare_team.scratch.stage("shop/pay.py", BROKEN)
        bare_team.scratch.stage("shop/ship.py", CLEAN)
        # No second run: try-repo makes a new environment every time.
        done = bare_team.tool("try-repo", str(hook_repository), "quality-gate", "--all-files")
        assert done.code == 1, done.said
        assert f"shop/pay.py:{FOUND}" in done.said
        assert re.search(r"static-analysis +BROKEN +1 of 2 files", done.said)

    def test_a_violation_blocks_the_commit_and_a_clean_change_passes(self, team):
        before = team.head()
        team.scratch.stage("shop/pay.py", BROKEN)
        done = team.commit()
        assert done.code == 1
        assert f"shop/pay.py:{FOUND}" in done.said
        assert "exit code: 1" in done.said
        assert team.head() == before
        team.scratch.stage("shop/pay.py", CLEAN)
        done = team.commit()
        assert done.code == 0, done.said
        assert "static-analysis" not in done.said, "there is nothing to say"
        assert team.head() != before
        assert team.scratch.git("status", "--porcelain") == ""  # the cache is ignored

    def test_a_warning_is_seen_although_the_hook_passes(self, team):
        team.scratch.stage("shop/pay.py", "LIMIT = eval('5')  # noqa: S307\n")
        done = team.commit()
        assert done.code == 0, done.said
        assert "shop/pay.py:1:20  QG601 suppression-without-reason (warning: does not block)" in done.said

    def test_what_another_installation_has_linked_is_known_and_what_is_not_proven_is_seen(self, team):
        path = '[tool.quality-gate.critical-paths.events]\nwhy = "Orders ship."\nentry = ["shop.pay:publish"]\n'
        mode = '[tool.quality-gate.practices]\ncritical-path-coverage = "new-code"\n'
        team.scratch.commit({"pyproject.toml": mode + path, "shop/__init__.py": "", "shop/pay.py": CLEAN})
        assert team.gate("report").code == 0
        team.scratch.stage("shop/pay.py", CLEAN.replace("timeout=5", "timeout=6"))
        done = team.commit()
        assert done.code == 0, done.said
        assert re.search(r"critical-path-coverage +UNPROVEN .*events: no tests recorded yet", done.said)

    def test_older_findings_do_not_block(self, team):
        team.scratch.commit({"shop/old.py": BROKEN, "shop/other.py": BROKEN})
        team.scratch.stage("shop/old.py", BROKEN + "\n\nLIMIT = 5\n")
        done = team.commit()
        assert done.code == 0, done.said
        team.scratch.stage("shop/old.py", BROKEN + AGAIN)
        done = team.commit()
        assert done.code == 1
        assert f"shop/old.py:{FOUND_AGAIN}" in done.said

    def test_all_files_judges_the_branch_and_not_what_was_there(self, team):
        team.scratch.commit({"shop/old.py": BROKEN})
        done = team.tool("run", "--all-files")
        assert done.code == 0, done.said
        team.scratch.git("switch", "--quiet", "--create=feature")
        team.scratch.commit({"shop/pay.py": BROKEN})
        done = team.tool("run", "--all-files")
        assert done.code == 1
        assert f"shop/pay.py:{FOUND}" in done.said
        assert "shop/old.py" not in done.said

    def test_enforced_every_finding_blocks(self, team):
        table = '[tool.quality-gate.practices]\nstatic-analysis = "enforce"\n'
        team.scratch.commit({"shop/old.py": BROKEN, "pyproject.toml": table})
        assert team.tool("run", "--all-files").code == 1

    def test_strange_names(self, team):
        for name in STRANGE_NAMES:
            team.scratch.stage(name, BROKEN)
        done = team.commit()
        assert done.code == 1
        missing = [shown for shown in STRANGE_NAMES.values() if f"{shown}:{FOUND}" not in done.said]
        assert not missing, done.said
        for name in STRANGE_NAMES:
            team.scratch.stage(name, CLEAN)
        done = team.commit()
        assert done.code == 0, done.said

    def test_own_arguments_end_with_dashes(self, bare_team):
        bare_team.configure("{id: quality-gate, args: [--verbose, --], verbose: true}")
        bare_team.scratch.stage("-x.py", BROKEN)
        done = bare_team.commit()
        assert done.code == 1
        assert f"-x.py:{FOUND}" in done.said

    def test_what_is_committed_is_judged_and_not_what_lies_about(self, team):
        team.scratch.stage("shop/pay.py", CLEAN)
        team.scratch.write("shop/pay.py", BROKEN)
        team.scratch.write("shop/untracked.py", BROKEN)
        done = team.commit()
        assert done.code == 0, done.said
        assert (team.folder / "shop/pay.py").read_text() == BROKEN
        done = team.commit("--all")
        assert done.code == 1
        assert f"shop/pay.py:{FOUND}" in done.said

    def test_a_commit_of_some_files_judges_these(self, team):
        team.scratch.commit({"shop/pay.py": "", "shop/ship.py": ""})
        team.scratch.stage("shop/pay.py", BROKEN)
        team.scratch.stage("shop/ship.py", CLEAN)
        done = team.commit("--", "shop/ship.py")
        assert done.code == 0, done.said
        done = team.commit("--", "shop/pay.py")
        assert done.code == 1

    def test_a_commit_without_python_passes(self, team):
        team.scratch.commit({"shop/old.py": BROKEN})
        team.scratch.stage("notes.txt", "nothing to judge\n")
        done = team.commit()
        assert done.code == 0, done.said

    def test_a_file_that_does_not_parse_does_not_pass(self, team):
        team.scratch.stage("shop/pay.py", UNPARSABLE)
        done = team.commit()
        assert done.code == 1
        assert "exit code: 3" in done.said
        assert "shop/pay.py:1" in done.said

    def test_a_merge_is_judged_too(self, team):
        done = team.tool("install", "--hook-type", "pre-merge-commit")
        assert done.code == 0, done.said
        team.scratch.git("switch", "--quiet", "--create=feature")
        team.scratch.commit({"shop/pay.py": BROKEN})
        team.scratch.git("switch", "--quiet", "main")
        team.scratch.commit({"shop/ship.py": CLEAN})
        done = team.git("merge", "--no-edit", "feature")
        assert done.code == 1
        assert f"shop/pay.py:{FOUND}" in done.said

    def test_a_project_below_the_top(self, bare_team):
        hook = "{id: quality-gate, files: '^services/shop/', args: [--config, 'services/shop/pyproject.toml']}"
        bare_team.configure(hook)
        table = '[tool.quality-gate]\nsource = ["shop"]\n'
        bare_team.scratch.commit({"services/shop/pyproject.toml": table, "services/shop/shop/a.py": ""})
        bare_team.scratch.stage("services/other/pay.py", BROKEN)
        done = bare_team.commit()
        assert done.code == 0, done.said
        bare_team.scratch.stage("services/shop/shop/-pay.py", BROKEN)
        done = bare_team.commit()
        assert done.code == 1
        assert f"shop/-pay.py:{FOUND}" in done.said

    def test_a_push_with_a_violation_is_blocked(self, bare_team, tmp_path):
        team = bare_team.configure("id: quality-gate-push")
        remote = Scratch(tmp_path / "remote.git", init=False)
        remote.git("init", "--quiet", "--bare", "--initial-branch=main")
        team.git("remote", "add", "origin", str(remote.folder))
        team.scratch.commit({"shop/old.py": BROKEN}, message="older than the gate")
        assert team.git("push", "--no-verify", "--set-upstream", "origin", "main").code == 0
        pushed = remote.git("rev-parse", "main")

        team.scratch.commit({"shop/pay.py": BROKEN})
        done = team.git("push")
        assert done.code == 1
        assert f"shop/pay.py:{FOUND}" in done.said
        assert "1 of 2 files" not in done.said
        assert remote.git("rev-parse", "main") == pushed

        team.scratch.commit({"shop/pay.py": CLEAN})
        done = team.git("push")
        assert done.code == 0, done.said
        assert remote.git("rev-parse", "main") == team.head()

    def test_a_new_branch_is_judged_from_where_it_left(self, bare_team, tmp_path):
        team = bare_team.configure("id: quality-gate-push")
        remote = Scratch(tmp_path / "remote.git", init=False)
        remote.git("init", "--quiet", "--bare", "--initial-branch=main")
        team.git("remote", "add", "origin", str(remote.folder))
        team.scratch.commit({"shop/old.py": BROKEN})
        assert team.git("push", "--no-verify", "origin", "main").code == 0
        team.scratch.git("switch", "--quiet", "--create=feature")
        team.scratch.commit({"shop/ship.py": CLEAN})
        done = team.git("push", "origin", "feature")
        assert done.code == 0, done.said
        team.scratch.git("switch", "--quiet", "--create=second", "main")
        team.scratch.commit({"shop/pay.py": BROKEN})
        team.scratch.commit({"shop/more.py": CLEAN})
        done = team.git("push", "origin", "second")
        assert done.code == 1
        assert f"shop/pay.py:{FOUND}" in done.said

    def test_the_first_push_to_an_empty_remote_is_all_new(self, bare_team, tmp_path):
        team = bare_team.configure("id: quality-gate-push")
        remote = Scratch(tmp_path / "remote.git", init=False)
        remote.git("init", "--quiet", "--bare", "--initial-branch=main")
        team.git("remote", "add", "origin", str(remote.folder))
        team.scratch.commit({"shop/pay.py": BROKEN})
        done = team.git("push", "origin", "main")
        assert done.code == 1, done.said
        assert f"shop/pay.py:{FOUND}" in done.said
        team.scratch.commit({"shop/pay.py": CLEAN})
        done = team.git("push", "origin", "main")
        assert done.code == 0, done.said
