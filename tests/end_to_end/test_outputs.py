"""Where text cannot leave: a full disk, a closed stream, a reader who has left, a tree that is read-only. Never green."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys

import pytest
from samples import BROKEN, FOUND

from gate_process import WAYS
from quality_gate.cli._options import format_names

ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath)}
FULL = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")


@pytest.fixture
def project(tmp_path):
    (tmp_path / "pay.py").write_text(BROKEN)
    return tmp_path


def shell(folder, redirected, *arguments):
    """The gate with its streams redirected by a shell; gives its exit code and what it said on standard error."""
    command = f'"$@" {redirected}'
    done = subprocess.run(
        ["sh", "-c", command, "sh", *WAYS["python -P -m"], *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stderr.decode()


@FULL
@pytest.mark.parametrize("arguments", [("check",), ("report", "--format", "sarif"), ("explain", "silent-failure")])
def test_standard_output_that_is_full_is_no_verdict(project, arguments):
    code, said = shell(project, ">/dev/full", *arguments)
    assert code == 2
    assert "standard output: cannot be written: No space left on device" in said
    assert "Traceback" not in said


@FULL
@pytest.mark.parametrize(("arguments", "code"), [(("check",), 1), (("nope",), 2)])
def test_what_cannot_be_said_on_standard_error_changes_nothing(project, arguments, code):
    assert shell(project, "2>/dev/full", *arguments)[0] == code


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_nothing_and_no_file_gets_what_is_printed(project, closed):
    for _ in range(2):
        assert shell(project, closed, "check", "--format", "json")[0] == 1
    for file in (project / ".quality-gate").iterdir():
        assert b'"outcome"' not in file.read_bytes()


def test_a_disk_that_fills_leaves_the_old_files(project):
    names = format_names()
    pairs = [part for name in names for part in ("--format", name, "-o", f"gate.{name}")]
    for name in names:
        (project / f"gate.{name}").write_text("old")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    done = subprocess.run(
        [*WAYS["python -P -m"], "check", *pairs],
        cwd=project,
        env=ENVIRONMENT | {"PYTHONDONTWRITEBYTECODE": "1"},  # it would leave halves of modules for all other tests
        capture_output=True,
        preexec_fn=limit,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert b"cannot be written: File too large" in done.stderr
    assert {(project / f"gate.{name}").read_text() for name in names} == {"old"}
    assert sorted(os.listdir(project)) == sorted([".quality-gate", "pay.py", *(f"gate.{name}" for name in names)])


@pytest.fixture
def read_only(project):
    """Runs the gate where the project lies on a file system that is mounted read-only."""
    mount = ["unshare", "--mount", "--map-root-user", "sh", "-c"]
    script = 'mount --bind . . && mount -o remount,bind,ro . && cd "$PWD" && exec "$@"'
    if sys.platform != "linux" or shutil.which("unshare") is None:
        pytest.skip("only Linux has mount namespaces")
    if subprocess.run([*mount, script, "sh", "true"], cwd=project, capture_output=True, check=False).returncode:
        pytest.skip("no mount namespace may be made here")

    def run(*arguments):
        command = [*mount, script, "sh", *WAYS["python -P -m"], *arguments]
        return subprocess.run(command, cwd=project, env=ENVIRONMENT, capture_output=True, check=False)

    return run


def test_a_tree_that_is_read_only(project, read_only):
    done = read_only("check")
    assert done.returncode == 1, done.stderr
    assert f"pay.py:{FOUND}".encode() in done.stdout
    assert b"Traceback" not in done.stderr
    assert os.listdir(project) == ["pay.py"]
    done = read_only("check", "--format", "sarif", "-o", "gate.sarif")
    assert done.returncode == 2
    assert b"gate.sarif: cannot be written: Read-only file system" in done.stderr
