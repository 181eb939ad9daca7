"""A small project whose tests are run and recorded, by the real command and the real pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from gate_process import gate
from quality_gate_recorder.evidence_file import Evidence, numbers, read_file

RECORDER = Path(__file__).resolve().parent.parent / "recorder"

PAY = """\
def charge(amount):
    if amount < 0:
        raise ValueError(amount)
    return amount


def refund(amount):
    return -charge(amount)
"""

TEST_PAY = """\
import pytest
from shop import pay

@pytest.fixture
def refunded():
    yield pay.refund(1)

def test_ok(refunded):
    assert pay.charge(1) == 1

def test_negative():
    with pytest.raises(ValueError):
        pay.charge(-1)
"""


class Project:
    """One project in a folder of its own.

    Args:
        folder: is made. files: by path; `shop/pay.py` and `tests/test_pay.py` are there unless they are given.
    """

    def __init__(self, folder: Path, files: dict[str, str] | None = None) -> None:
        self.folder = folder
        (folder / ".git").mkdir(parents=True)  # the end of the search for a configuration; no repository
        usual = {"shop/__init__.py": "", "shop/pay.py": PAY, "tests/test_pay.py": TEST_PAY}
        for path, text in (usual | (files or {})).items():
            self.write(path, text)

    def write(self, path: str, text: str) -> None:
        """Write a file, with its folders."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def test(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
        """`quality-gate test`, in the Python that runs these tests."""
        return gate(self.folder, "test", *arguments, **{"VIRTUAL_ENV": sys.prefix, **variables})

    def pytest(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
        """`pytest -p quality_gate_recorder`."""
        return self.plain("-p", "quality_gate_recorder", *arguments, PYTHONPATH=str(RECORDER), **variables)

    def plain(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
        """`pytest`."""
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments],
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", os.defpath), **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )

    @property
    def evidence(self) -> Evidence:
        """What was recorded."""
        return read_file(self.folder / ".quality-gate" / "evidence.db")

    @property
    def outcomes(self) -> dict[str, str]:
        """By the test's own name."""
        return {nodeid.rpartition("::")[2]: test.outcome for nodeid, test in self.evidence.tests.items()}

    def lines(self, path: str = "shop/pay.py") -> dict[tuple[str, str], list[int]]:
        """Executable lines that were run of a file, by (the test's own name, phase)."""
        file = self.evidence.files[path]
        arcs = list(file.arcs)
        found = {}
        for (nodeid, phase), executed in file.executed.items():
            lines = {line for bit in numbers(executed) for line in arcs[bit]} & set(numbers(file.statements))
            found[nodeid.rpartition("::")[2], phase] = sorted(lines)
        return found
