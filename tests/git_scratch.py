"""Scratch repositories for tests, made with the real git; nothing of the user's configuration gets in."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath)}
"""What the code under test is given as the caller's environment."""

_ENVIRONMENT = {
    **ENVIRONMENT,
    "HOME": os.devnull,
    "LC_ALL": "C",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


class Scratch:
    """One repository.

    Args:
        folder: its top folder; made where it is not there.
        init: False: the repository is made by other means, e.g. a clone.
    """

    def __init__(self, folder: Path, *, init: bool = True) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        if init:
            self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *args: str, **variables: str) -> str:
        """Run git in the top folder and return what it prints, without the last newline."""
        command = ["git", "-c", "protocol.file.allow=always", *args]
        environment = _ENVIRONMENT | variables
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr.decode(errors='replace')}"
        return os.fsdecode(done.stdout).removesuffix("\n")

    def write(self, path: str, content: str | bytes = "") -> Path:
        """Write a file of the work tree, with its folders; text is UTF-8 with its own line ends."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    def stage(self, path: str, content: str | bytes = "") -> Path:
        """Write a file and add it to the index."""
        place = self.write(path, content)
        self.git("--literal-pathspecs", "add", "--force", "--", path)
        return place

    def commit(self, files: dict[str, str | bytes] | None = None, message: str = "a commit") -> str:
        """Write and stage files, commit the index, and return the commit's hash."""
        for path, content in (files or {}).items():
            self.stage(path, content)
        self.git("commit", "--quiet", "--allow-empty", "--no-verify", f"--message={message}")
        return self.git("rev-parse", "HEAD")
