"""What files of test code check, from the cache where their content is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from quality_gate.codebase.levels import reading
from quality_gate.evidence.checks import Checks
from quality_gate.evidence.failures import Failures
from quality_gate.store import Store
from quality_gate_checkers.settings import Settings


def reader(root: Path) -> Checks:
    return Checks(root, Settings(), lambda: Store(root, "test"), always_read=True, now_ns=1)


def test_a_file_is_read_once_until_its_content_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "test_pay.py").write_text("def test_pay():\n    assert pay()\n", encoding="utf-8")
    assert [span.first for span in reader(tmp_path)("test_pay.py").checks] == [2]

    def fail(*arguments: object) -> None:
        raise AssertionError("read again")

    with monkeypatch.context() as patched:
        patched.setattr(reading, "checks_of", fail)
        assert [span.first for span in reader(tmp_path)("test_pay.py").checks] == [2]
    (tmp_path / "test_pay.py").write_text("def test_pay():\n    pay()\n", encoding="utf-8")
    assert reader(tmp_path)("test_pay.py").checks == ()


def test_one_file_is_read_for_its_checks_and_for_its_failures(tmp_path: Path) -> None:
    (tmp_path / "test_pay.py").write_text("def test_pay():\n    assert pay()\n    raise OSError\n", encoding="utf-8")
    for _ in range(2):
        assert len(reader(tmp_path)("test_pay.py").checks) == 1
        failures = Failures(tmp_path, Settings(), lambda: Store(tmp_path, "test"), always_read=True, now_ns=1)
        assert [len(one.paths) for one in failures("test_pay.py").functions] == [1]


def test_a_file_that_cannot_be_read_checks_nothing_and_says_why(tmp_path: Path) -> None:
    found = reader(tmp_path)("missing.py")
    assert found.checks == ()
    assert found.fault is not None
