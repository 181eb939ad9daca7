"""Row 11: programs in the `.git/config` of a checkout that somebody else has made."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.evidence.git.changes import change_at
from quality_gate.evidence.git.command import Git, find_top
from quality_gate.evidence.sources import discover
from quality_gate.model import Stage
from quality_gate_checkers.settings import Settings

ATTRIBUTES = "*.py diff=evil filter=evil.Name merge=evil\n"

KEYS = (
    "diff.evil.textconv",
    "diff.evil.command",
    "diff.external",
    "filter.evil.Name.clean",
    "filter.evil.Name.smudge",
    "filter.evil.Name.process",
    "core.pager",
    "pager.diff",
    "pager.status",
    "core.fsmonitor",
    "core.editor",
    "core.sshCommand",
    "core.askPass",
    "gpg.program",
    "credential.helper",
    "alias.diff",
    "alias.ls-files",
)


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    """A project with a change whose `.git/config` names a program wherever it can."""
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho $0 $@ >> {tmp_path}/executed\ncat\n")
    program.chmod(0o755)
    scratch = Scratch(tmp_path / "project")
    scratch.commit({"a.py": "x = 1\n", "same.py": "y = 1\n", ".gitattributes": ATTRIBUTES})
    scratch.stage("a.py", "x = 1\ny = 2\n")
    scratch.write(".git/hooks/post-index-change", program.read_text()).chmod(0o755)
    for key in KEYS:
        scratch.git("config", key, str(program))
    scratch.git("config", "filter.evil.Name.required", "true")
    scratch.git("config", "log.showSignature", "true")
    # Only the time differs: git reads the file through the filter to compare it.
    os.utime(scratch.folder / "same.py", (1, 1))
    return scratch


def test_the_trap_is_armed(scratch: Scratch, tmp_path: Path) -> None:
    for args in (["diff", "HEAD"], ["status"]):
        subprocess.run(["git", *args], cwd=scratch.folder, env=ENVIRONMENT, capture_output=True, check=False)
    assert (tmp_path / "executed").exists()


@pytest.mark.parametrize("key", ["filter.evil.Name.clean", "diff.evil.textconv", "diff.evil.command", "core.fsmonitor"])
def test_each_trap_is_armed_alone(scratch: Scratch, tmp_path: Path, key: str) -> None:
    for other in (*KEYS, "filter.evil.Name.required"):
        if other != key:
            scratch.git("config", "--unset", other)
    for args in (["diff", "HEAD"], ["status"]):
        subprocess.run(["git", *args], cwd=scratch.folder, env=ENVIRONMENT, capture_output=True, check=False)
    assert (tmp_path / "executed").exists()


def test_none_is_executed_and_the_change_is_whole(scratch: Scratch, tmp_path: Path) -> None:
    git = find_top(scratch.folder, ENVIRONMENT)
    assert git is not None
    for stage in Stage:
        found = change_at(git, scratch.folder, stage, None, False, ("HEAD", "HEAD"))
        assert {path: len(spans) for path, spans in found.lines.items()} == {"a.py": 1}, found.description
        assert found.touches("a.py", 2, 2)
        assert found.files == {"a.py"}
    assert not change_at(git, scratch.folder, Stage.COMMIT, "main", True, None).everything
    discover(git, scratch.folder, Settings(), None, scratch.folder)
    assert not (tmp_path / "executed").exists()


def test_hooks_are_not_executed(scratch: Scratch, tmp_path: Path) -> None:
    git = find_top(scratch.folder, ENVIRONMENT)
    assert git is not None
    git.run("update-index", "--refresh", "-q", "--", index=False)
    assert not (tmp_path / "executed").exists()


def test_no_configuration_of_the_environment_gets_through(scratch: Scratch, tmp_path: Path) -> None:
    program = str(tmp_path / "program")
    environment = ENVIRONMENT | {
        "GIT_EXTERNAL_DIFF": program, "GIT_PAGER": program, "GIT_SSH_COMMAND": program, "GIT_EDITOR": program,
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": program,
        "GIT_DIFF_OPTS": "--unified=9", "GIT_TRACE": str(tmp_path / "trace"),
    }  # fmt: skip
    found = change_at(Git(scratch.folder, environment), scratch.folder, Stage.COMMIT, None, False, None)
    assert found.touches("a.py", 2, 2)
    assert not (tmp_path / "executed").exists()
    assert not (tmp_path / "trace").exists()


def test_nothing_is_fetched_into_a_partial_clone(tmp_path: Path) -> None:
    """The blobs that lack would be fetched by the remote's own program: `ext::` runs any."""
    origin = Scratch(tmp_path / "origin")
    origin.commit({"a.py": "x = 1\n"})
    origin.git("config", "uploadpack.allowFilter", "true")
    origin.git(
        "clone",
        "--quiet",
        "--no-checkout",
        "--filter=blob:none",
        f"file://{origin.folder}",
        str(tmp_path / "clone"),
    )
    clone = Scratch(tmp_path / "clone", init=False)
    clone.git("config", "remote.origin.url", f"ext::touch {tmp_path}/executed")
    clone.git("config", "protocol.ext.allow", "always")
    clone.git("config", "protocol.allow", "always")
    clone.stage("a.py", "x = 2\n")
    subprocess.run(["git", "diff", "HEAD"], cwd=clone.folder, env=ENVIRONMENT, capture_output=True, check=False)
    assert (tmp_path / "executed").exists(), "the trap is armed"
    (tmp_path / "executed").unlink()
    found = change_at(find_top(clone.folder, ENVIRONMENT), clone.folder, Stage.COMMIT, None, False, None)
    assert found.everything
    assert not (tmp_path / "executed").exists()
