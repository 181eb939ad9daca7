"""What files tell of failures, from the cache where their content is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from quality_gate.codebase.failures import reading
from quality_gate.evidence.failures import Failures
from quality_gate.store import Store
from quality_gate_checkers.settings import Settings


def reader(root: Path) -> Failures:
    return Failures(root, Settings(), lambda: Store(root, "test"), always_read=True, now_ns=1)


def kinds(read: Failures, path: str) -> list[str]:
    return [found.kind for function in read(path).functions for found in function.paths]


def test_a_file_is_read_once_until_its_content_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pay.py").write_text("def f(o):\n    raise OSError\n", encoding="utf-8")
    assert kinds(reader(tmp_path), "pay.py") == ["raise"]

    def fail(*arguments: object) -> None:
        raise AssertionError("read again")

    with monkeypatch.context() as patched:
        patched.setattr(reading, "failures_of", fail)
        assert kinds(reader(tmp_path), "pay.py") == ["raise"]
    (tmp_path / "pay.py").write_text("def f(o):\n    if o < 1:\n        raise OSError\n", encoding="utf-8")
    assert kinds(reader(tmp_path), "pay.py") == ["validation"]


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def f(:\n", encoding="utf-8")
    read = reader(tmp_path)
    read.read(["broken.py", "missing.py"])
    for path in ("broken.py", "missing.py"):
        fault = read(path).fault
        assert fault is not None
        assert fault.reason


def test_a_broken_cache_costs_time_and_no_truth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pay.py").write_text("def f(o):\n    raise OSError\n", encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr("quality_gate.evidence.failures.encode", lambda found: b"\xc1")
        kinds(reader(tmp_path), "pay.py")
    assert kinds(reader(tmp_path), "pay.py") == ["raise"]
