"""Every linter that is known is seen where a project configures it or has a hook of it."""

from __future__ import annotations

from typing import get_args

import pytest

from quality_gate.config_linters import LinterName
from quality_gate.evidence.linters.linter_configurations import configured_linters

NAMES = get_args(LinterName)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", "[tool.NAME]\n"),
        ("pyproject.toml", "[tool.NAME.more]\n"),
        ("setup.cfg", "[NAME]\n"),
        (".pre-commit-config.yaml", "repos:\n  - hooks:\n      - id: NAME\n"),
        (".pre-commit-config.yaml", "repos:\n- hooks: [\n  {id: 'NAME'}]\n"),
        (".pre-commit-config.yaml", "repos:\n  - hooks:\n      - id: NAME-check\n"),
    ],
)
def test_each_is_seen(tmp_path, name, file, text):
    (tmp_path / file).write_text(text.replace("NAME", name))
    assert configured_linters(tmp_path) == (name,)


def test_what_is_not_configured_is_not_seen(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.mypyc]\n# [tool.ruff]\n")
    (tmp_path / ".flake8").write_text("")
    assert configured_linters(tmp_path) == ("flake8",)
