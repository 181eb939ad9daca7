"""Copies of other people's checkouts for benchmarks to work in: neither their caches nor their history is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

OWN_SETTINGS = '[tool.quality-gate.practices]\nstatic-analysis = "enforce"\n'
"""All code is judged, whatever the project itself would ask for."""

_PINS = ("pyproject.toml", "setup.cfg", "uv.lock", "poetry.lock", "Pipfile.lock")
"""What tells the versions of a project's dependencies."""


def prepared(source: Path, tree: Path, *, pins: bool = False) -> Path:
    """A copy of the Python files of a tree as a git repository with one commit, configured to judge all code.

    Args:
        source: a checkout.
        tree: the folder to be made.
        pins: copy what tells the versions of dependencies too.
    """

    def left_out(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if not _is_wanted(os.path.join(folder, name), pins=pins)]

    shutil.copytree(source, tree, symlinks=True, ignore=left_out)
    (tree / "pyproject.toml").write_text(_settings(tree / "pyproject.toml"), encoding="utf-8")
    git = ["git", "-c", "user.name=b", "-c", "user.email=b@example.org", "-c", "gc.auto=0"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A", "-f"], ["commit", "-q", "-m", "tree"]):
        subprocess.run([*git, *arguments], cwd=tree, check=True, stdout=subprocess.DEVNULL)
    return tree


def _is_wanted(place: str, *, pins: bool) -> bool:
    name = os.path.basename(place)
    if name.startswith("."):
        return False
    if os.path.isdir(place) or name.endswith(".py"):
        return True
    return pins and (name in _PINS or (name.startswith("requirements") and name.endswith(".txt")))


def _settings(file: Path) -> str:
    """The project's own table of ours is not trusted to judge all code."""
    theirs = file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
    return OWN_SETTINGS if "tool.quality-gate" in theirs else f"{theirs}\n{OWN_SETTINGS}"
