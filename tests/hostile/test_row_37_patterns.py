"""Row 37: patterns come from the project that is judged and must not be able to hang the gate."""

from __future__ import annotations

import pytest

from gate_process import gate

PATTERNS = {
    "stars within a segment": "*a" * 60 + "b",
    "stars across segments": "**/a/" * 60 + "b",
    "both": "**/*a*a*a*a*b/" * 30 + "c",
    "nothing but stars": "*" * 400,
    "question marks": "?*" * 100 + "b",
    "as a regular expression": "(a+)+$",
    "as a class": "[" * 100,
}


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS.keys())
def test_the_gate_ends(tmp_path, pattern):
    folder = tmp_path / "/".join(["a" * 40] * 12)
    folder.mkdir(parents=True)
    for number in range(40):
        (folder / f"{'a' * 60}{number}.py").write_text("import requests\nrequests.get('x', timeout=1)\n")
    (tmp_path / "pyproject.toml").write_text(
        f"[tool.quality-gate.roles]\nvendored = ['{pattern}']\nmigrations = ['{pattern}', '**/x/**']\n"
        f"[tool.quality-gate.dependencies.bank]\ncalls = ['a.{'*a' * 60}b']\n"
    )
    done = gate(tmp_path, "report", "--format", "json", timeout=20)
    assert done.returncode in (0, 2), done.stderr.decode()
    assert b"Traceback" not in done.stderr
