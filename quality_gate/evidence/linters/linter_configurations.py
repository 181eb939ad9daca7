"""Which linters a project configures, told by names of files and words in them: nothing is parsed, nothing believed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from quality_gate.config_linters import LinterName
from quality_gate.evidence.sources import read_regular

_MOST_BYTES = 256 * 1024

_FILES: dict[str, LinterName] = {
    ".bandit": "bandit",
    ".flake8": "flake8",
    ".mypy.ini": "mypy",
    "mypy.ini": "mypy",
    ".pylintrc": "pylint",
    ".pylintrc.toml": "pylint",
    "pylintrc": "pylint",
    "pylintrc.toml": "pylint",
    ".ruff.toml": "ruff",
    "ruff.toml": "ruff",
}

_NAMES = "|".join(get_args(LinterName))

_SECTION = re.compile(rf"^\[(?:tool\.)?({_NAMES})[\].]", re.MULTILINE | re.IGNORECASE)
_HOLDING_SECTIONS = ("pyproject.toml", "setup.cfg", "tox.ini")

_HOOK = re.compile(rf"^\s*-?\s*(?:-\s*)?\{{?\s*id:\s*[\"']?({_NAMES})(?:-check)?\b", re.MULTILINE)
_HOOKS = ".pre-commit-config.yaml"


def configured_linters(root: Path) -> tuple[LinterName, ...]:
    """The linters that a project configures or has a hook of, in alphabetical order.

    Args:
        root: the project's folder.
    """
    found: set[str] = {tool for name, tool in _FILES.items() if (root / name).is_file()}
    for name in _HOLDING_SECTIONS:
        found.update(word.lower() for word in _SECTION.findall(_text(root / name)))
    found.update(_HOOK.findall(_text(root / _HOOKS)))
    return tuple(tool for tool in sorted(get_args(LinterName)) if tool in found)


def _text(file: Path) -> str:
    return (read_regular(str(file), _MOST_BYTES) or b"").decode("utf-8", "replace")
