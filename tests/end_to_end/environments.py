"""Environments for tests that run real programs: nothing of the caller's home or CI gets in, the package index does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from gate_process import WITHOUT_HYPOTHESIS

PROJECT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sys.executable).parent
QUALITY_GATE = str(SCRIPTS / "quality-gate")

_KEPT = frozenset(
    [
        "PATH",
        "LANG",
        "TMPDIR",
        "SYSTEMROOT",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "GIT_SSL_CAINFO",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "ALL_PROXY",
    ]
)
_KEPT_PREFIXES = ("PIP_", "UV_", "PYENV")
_GIT_CONFIG = """\
[user]
    name = A
    email = a@example.org
[init]
    defaultBranch = main
[advice]
    detachedHead = false
"""


@dataclass(frozen=True)
class Done:
    """What a program did.

    Args:
        code: its exit code. out, err: what it wrote; bytes that are not UTF-8 as os.fsdecode gives them.
    """

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Both streams, for programs that do not care which is which."""
        return self.out + self.err


def run(command, folder, environment, *, stdin=b"", timeout=300) -> Done:
    """Run a program; arguments may be bytes."""
    done = subprocess.run(
        command, cwd=folder, env=environment, input=stdin, capture_output=True, timeout=timeout, check=False
    )
    return Done(done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr))


def environment(home, **more) -> dict[str, str]:
    """A developer's environment with another home: no `CI`, `GIT_*`, `PRE_COMMIT*`, `*COLOR`, nothing of Python's.

    Args:
        home: as `make_home` makes it.
        more: variables to add.
    """
    kept = {
        name: value for name, value in os.environ.items() if name.upper() in _KEPT or name.startswith(_KEPT_PREFIXES)
    }
    # The hook's own environment must be used and not the one that runs the tests.
    outside = [entry for entry in kept.get("PATH", os.defpath).split(os.pathsep) if Path(entry) != SCRIPTS]
    own = {
        "PATH": os.pathsep.join(outside),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "PYTHONPYCACHEPREFIX": str(home / "pycache"),  # hundreds of processes, each of which would compile anew
        "UV_CACHE_DIR": str(home / "uv-cache"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_CACHE_DIR": str(home / "pip-cache"),
        "PIP_NO_COMPILE": "0",  # which means yes: most of what is installed is never imported
        "PYTEST_ADDOPTS": WITHOUT_HYPOTHESIS,
    }
    return kept | own | more


def make_home(folder) -> Path:
    """A home with a git identity and with the caller's configuration of pip and uv: their index may stand there."""
    folder.mkdir(parents=True)
    (folder / ".gitconfig").write_text(_GIT_CONFIG)
    configuration = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    for theirs, ours in (
        (configuration / "pip", ".config/pip"),
        (configuration / "uv", ".config/uv"),
        (Path.home() / ".pip", ".pip"),
    ):
        if theirs.is_dir():
            shutil.copytree(theirs, folder / ours)
    return folder


def made_once(place, make) -> Path:
    """A folder that whichever worker comes first makes; made aside and renamed, so that none sees half of it.

    Args:
        place: where it is to be.
        make: a function that is given an empty folder and fills it.
    """
    if not place.exists():
        aside = place.with_name(f"{place.name}-{os.getpid()}")
        aside.mkdir()
        make(aside)
        try:
            aside.rename(place)
        except OSError:
            shutil.rmtree(aside)  # another worker was faster
    return place


def lay_working_tree(folder) -> None:
    """Copy this repository's files as they are now, committed or not; what git ignores stays behind."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    )
    for name in os.fsdecode(listed.stdout).split("\0"):
        file = PROJECT / name
        if name and file.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, folder / name)
