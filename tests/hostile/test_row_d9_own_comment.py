"""D9: our own comment outlives the tools that clean up after others; `# noqa: QG101` only with `lint.external`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

RUFF = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
OURS = 'x = 1  # quality-gate: allow[silent-failure] reason="telemetry only"\n'
NOQA = "x = 1  # noqa: QG101\n"


@pytest.mark.skipif(RUFF is None, reason="there is no ruff")
@pytest.mark.parametrize(
    ("source", "external", "stays"), [(OURS, [], True), (OURS, ["QG"], True), (NOQA, [], False), (NOQA, ["QG"], True)]
)
def test_what_ruff_takes_away(tmp_path, source, external, stays):
    (tmp_path / "ruff.toml").write_text(f"[lint]\nselect = ['RUF100', 'RUF102']\nexternal = {external}\n")
    (tmp_path / "a.py").write_text(source)
    subprocess.run(
        [RUFF, "check", "--fix", "--no-cache", "--preview", "a.py"], cwd=tmp_path, capture_output=True, check=False
    )
    assert ((tmp_path / "a.py").read_text() == source) is stays
