"""Comments that tell other tools to look away, in files that hold nothing else of the kind."""

from __future__ import annotations

import pytest

from quality_gate.evidence.policy.silencing import silencing_in
from quality_gate.model import LineRange
from quality_gate_checkers.settings import Settings


@pytest.mark.parametrize(
    "written",
    [
        "noqa: S307",
        "flake8: noqa",
        "ruff: ignore[S307]",
        "type: ignore",
        "type : ignore[misc]",
        "pyright: ignore",
        "pyrefly: ignore",
        "ty:ignore",
        "zuban: ignore",
        "pyright: reportMissingImports=false",
        "mypy: disable-error-code",
        "pylint: disable=eval-used",
        "nosec",
        "NOSONAR",
        "nosem: a.b",
        "pragma: no cover",
        "pragma: no branch",
    ],
)
def test_every_kind_is_seen_alone(tmp_path, written):
    (tmp_path / "pay.py").write_text(f"a = 1\neval(a)  # {written}\n")
    assert [(one.line, one.text) for one in silencing_in(tmp_path, "pay.py", [LineRange(1, 2)], Settings())] == [
        (2, written)
    ]


def test_ours_and_other_lines_are_not_told(tmp_path):
    (tmp_path / "pay.py").write_text(
        "a = 1  # noqa: QG101\nb = 2  # quality-gate: allow[silent-failure]\nc = 3  # noqa\n"
    )
    assert silencing_in(tmp_path, "pay.py", [LineRange(1, 2)], Settings()) == ()
