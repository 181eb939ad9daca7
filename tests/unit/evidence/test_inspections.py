"""Files on their way to the rules: read once, and read again where they are too many to keep."""

from __future__ import annotations

import pytest

from quality_gate.evidence import inspections
from quality_gate.evidence.inspections import inspect_files, read_limited
from quality_gate.store import Store
from quality_gate_checkers.model.text import MAXIMUM_BYTES
from quality_gate_checkers.settings import Settings

NAMES = ["a.py", "b.py"]


def inspected(root) -> dict[str, int]:
    with Store(root, "build") as store:
        found = inspect_files(
            root, NAMES, Settings(), store, always_read=True, now_ns=0, progress=lambda done, among: None
        )
    return {path: inspection.lines for path, inspection in found.items()}


@pytest.mark.parametrize(("most", "times"), [(1024, 1), (8, 2)])
def test_a_file_is_read_once_unless_memory_is_short(tmp_path, monkeypatch, most, times):
    for lines, name in enumerate(NAMES, start=1):
        (tmp_path / name).write_text("x = 1\n" * lines * 2)
    reads: list[str] = []

    def counted(root, path: str) -> bytes:
        reads.append(path)
        return read_limited(root, path)

    monkeypatch.setattr(inspections, "MOST_HELD", most)
    monkeypatch.setattr(inspections, "read_limited", counted)
    assert inspected(tmp_path) == {"a.py": 2, "b.py": 4}
    assert reads == ["a.py", "b.py"] * times
    assert inspected(tmp_path) == {"a.py": 2, "b.py": 4}, "known by now"
    assert reads == ["a.py", "b.py"] * (times + 1)


@pytest.mark.parametrize("size", [0, 1, MAXIMUM_BYTES, MAXIMUM_BYTES + 1, MAXIMUM_BYTES + 2])
def test_as_much_is_read_as_shows_that_a_file_is_too_large(tmp_path, size):
    (tmp_path / "a.py").write_bytes(b"#" * size)
    assert len(read_limited(tmp_path, "a.py")) == min(size, MAXIMUM_BYTES + 1)
