"""Evidence of real test runs: shards that are joined, and the same run told by every kind of coverage file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gate_process import gate
from quality_gate.evidence._untrusted import Database
from quality_gate.evidence.coverage.foreign_coverage import ForeignRuns, read_coverage
from quality_gate.evidence.runs.recorded import RecordedRuns, read_recorded

FILES = {
    "shop/__init__.py": "",
    "shop/pay.py": '''"""Payments."""

from shop.money import (
    Money,
    rounded,
)


class Declined(Exception):
    """No."""


def charge(amount, bank):
    for attempt in range(3):
        try:
            with bank as line:
                return line.take(
                    Money(amount),
                    attempt=attempt,
                )
        except ConnectionError:
            continue
        finally:
            bank.closed = True
    raise Declined(amount)


def refund(amount):
    if amount < 0: raise ValueError(amount)
    give = lambda: rounded(amount) if amount else None
    match amount:
        case 1:
            return "one"
        case _:
            return [give() for _ in range(2)]


def unused():
    while True:
        yield 1
''',
    "shop/money.py": """def rounded(amount):
    return amount


class Money:
    def __init__(self, amount):
        self.amount = rounded(amount)

    def __lt__(self, other):  # pragma: no cover
        if other is None:
            return False
        return self.amount < other.amount
""",
    "tests/conftest.py": """import pytest


class Bank:
    def __init__(self, times):
        self.times = times

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def take(self, money, attempt):
        if attempt < self.times:
            raise ConnectionError
        return money.amount


@pytest.fixture
def bank(request):
    return Bank(getattr(request, "param", 0))
""",
    "tests/test_charge.py": """import pytest

from shop.pay import Declined, charge


@pytest.mark.parametrize("bank", [0, 1], indirect=True)
def test_charge(bank):
    assert charge(3, bank) == 3


@pytest.mark.parametrize("bank", [9], indirect=True)
def test_declined(bank):
    with pytest.raises(Declined):
        charge(3, bank)
""",
    "tests/test_refund.py": """from shop.pay import refund


def test_refund():
    assert refund(2) == [2, 2]
""",
}

MEASURED = ("shop/__init__.py", "shop/money.py", "shop/pay.py")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with tests, and a home of nobody."""
    root = tmp_path_factory.mktemp("project")
    for path, source in FILES.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(source)
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    return root


def record(root: Path, *tests: str) -> Path:
    """Record a run of some tests and put its evidence aside."""
    done = gate(root, "test", "--", "-q", "-p", "no:cacheprovider", *tests)
    assert done.returncode == 0, done.stdout + done.stderr
    return (root / ".quality-gate/evidence.db").rename(root / f"{len(tests)}-{len(list(root.glob('*.db')))}.db")


def test_two_runs_of_half_the_tests_each_are_one_of_all(project: Path) -> None:
    whole = record(project)
    halves = [record(project, "tests/test_charge.py"), record(project, "tests/test_refund.py")]
    done = gate(project, "merge", *(half.name for half in halves))
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(b"Joined 2 runs: 4 tests, 3 files")
    joined = read_recorded(project, tracked=False)
    found = RecordedRuns(Database(whole), project)
    assert (joined.problems, found.problems) == ((), ())
    assert joined.tests == found.tests
    for path in MEASURED:
        file = found.file(path)
        assert file == joined.file(path)
        assert file is not None
        for line in file.run:
            assert joined.tests_of(path, line) == found.tests_of(path, line)
        for function in ("", "charge", "refund", "Money.__init__", "rounded"):
            assert joined.stale(path, function) == found.stale(path, function)


@pytest.fixture(scope="module")
def measured(project: Path) -> dict[str, ForeignRuns]:
    """The same tests under pytest-cov, in every kind of file."""
    reports = ("json", "xml", "lcov")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--cov=shop", "--cov-branch"]
    command += ["--cov-context=test", *(f"--cov-report={kind}:c.{kind}" for kind in reports)]
    environment = {"PATH": os.environ["PATH"], "COVERAGE_FILE": "c.data", "COVERAGE_CORE": "ctrace"}
    done = subprocess.run(command, cwd=project, capture_output=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout
    files = [path for path in FILES if path.startswith("shop/")]
    return {kind: read_coverage(project / f"c.{kind}", project, files, tracked=False) for kind in ("data", *reports)}


def test_every_kind_of_coverage_tells_what_the_recorder_tells(project: Path, measured: dict[str, ForeignRuns]) -> None:
    record(project).rename(project / ".quality-gate/evidence.db")
    found = read_recorded(project, tracked=False)
    for kind, told in measured.items():
        for path in MEASURED:
            ours, theirs = found.file(path), told.file(path)
            assert ours is not None
            assert theirs is not None
            assert theirs.statements == ours.statements, kind
            assert theirs.branches == ours.branches, kind
            unknown = theirs.excluded - theirs.run  # what a report leaves out counts as not run
            assert theirs.run == ours.run - unknown, kind
            assert theirs.taken == {arc for arc in ours.taken if arc[0] not in unknown}, kind
    data = measured["data"]
    for path in MEASURED:
        for line in data.file(path).run:  # type: ignore[union-attr]
            assert data.tests_of(path, line) == found.tests_of(path, line), (path, line)


@pytest.mark.parametrize("root", ["/app", "C:\\agent\\work", "/tox/py311/lib/python3.11/site-packages"])
def test_the_same_data_measured_elsewhere(project: Path, measured: dict[str, ForeignRuns], root: str) -> None:
    here = measured["xml"]
    text = (project / "c.xml").read_text().replace(str(project), root)
    (project / "elsewhere.xml").write_text(text)
    files = [path for path in FILES if path.startswith("shop/")]
    there = read_coverage(project / "elsewhere.xml", project, files, tracked=False)
    assert there.file("shop/pay.py") == here.file("shop/pay.py")
