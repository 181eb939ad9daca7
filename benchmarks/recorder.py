"""What recording costs: plain pytest, pytest-cov with branches and contexts, `quality-gate test`, and the same with a
part of the recorder switched off, in turn.

    python benchmarks/recorder.py DIR... [--rounds 5] [-- pytest arguments]

Each DIR is a checkout with the environment that its tests need, pytest-cov included, in `.venv`. What counts is the CPU
time of all processes together. A machine's speed changes from minute to minute, so runs that follow one another are
compared, never others: of each round's ratio the median is told, and between which ratios all rounds lie. Each way is
run without any test too, all of them being deselected: that is what is paid once a run; the rest grows with the tests.

Demanded: at most 5 % over pytest-cov; of what failures and isolation cost, at most 5 % of plain pytest.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

MOST = 0.05
"""Demanded of CPU time, beyond pytest-cov's, and of plain pytest's."""

OFF = {
    "no failures": (
        "failures.py",
        "Failures.callbacks = property(lambda self: {})\n"
        "Failures.started = lambda self, code: self._territory.number(code.co_filename) > 0\n"
        "EVERYWHERE = ()\n",
    ),
    "no isolation": (
        "isolation.py",
        "Isolation.start = Isolation.waits = Isolation.switch = lambda self, *_: None\n",
    ),
    "no coverage": ("tracing.py", "Tracer.begin = lambda self: None\n"),
}
"""A module of the recorder, and what is put at the end of a copy of it."""

WATCHING = ("no failures", "no isolation")
COV = ("--cov", "--cov-branch", "--cov-context=test")
NO_TEST = ("-k", "no_test_has_such_a_name")
REMEMBERED = "test-run.cache"


class Way(NamedTuple):
    """A way to run the tests.

    Args:
        path: PYTHONPATH; "" for the project's own.
    """

    command: list[str]
    path: str


def ways(root: Path, arguments: Sequence[str], copies: Path) -> dict[str, Way]:
    """All of them, less what the project's own `addopts` say of coverage."""
    python = str(root / ".venv" / "bin" / "python")
    common = ["-q", "-o", "addopts=", "-p", "no:cacheprovider", *arguments]
    ours = [sys.executable, "-P", "-m", "quality_gate", "test", "-q", "--", *common]
    pytest = [python, "-m", "pytest", *common]
    found = {"plain": Way(pytest, ""), "pytest-cov": Way([*pytest, *COV], ""), "quality-gate": Way(ours, path_of(ROOT))}
    return found | {part: Way(ours, path_of(copies / part)) for part in OFF}


def path_of(folder: Path) -> str:
    """The folder's packages, as a PYTHONPATH."""
    return os.pathsep.join(str(place) for place in (folder, folder / "checkers", folder / "recorder"))


def copy_without(part: str, folder: Path) -> None:
    """A copy of us without a part of the recorder."""
    for name in ("quality_gate", "checkers", "recorder"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    module, text = OFF[part]
    with (folder / "recorder" / "quality_gate_recorder" / module).open("a", encoding="utf-8") as file:
        file.write(f"\n\n{text}")


def once(way: Way, root: Path, *more: str) -> float:
    """CPU seconds of one run."""
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "CONDA_PREFIX")}
    environment["PYTHONPATH"] = way.path
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([*way.command, *more], cwd=root, env=environment, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in ((3, 5) if more else (0, 1)):
        sys.exit(f"{' '.join(way.command)} ended with {done.returncode}:\n{done.stdout.decode()}{done.stderr.decode()}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def spread(values: Sequence[float]) -> str:
    """The median, and between what all lie."""
    return f"{statistics.median(values):6.3f} [{min(values):.3f} - {max(values):.3f}]"


def measure(root: Path, rounds: int, arguments: Sequence[str], copies: Path) -> bool:
    """Print a project's table; whether it is within what is demanded."""
    every = ways(root, arguments, copies)
    (root / ".quality-gate" / REMEMBERED).unlink(missing_ok=True)
    first = once(every["quality-gate"], root, *NO_TEST)
    for way in every.values():  # what Python compiles and we remember is there from now on
        once(way, root)
    once(every["quality-gate"], root)
    told = about_evidence(root)
    cpu: dict[str, list[float]] = {name: [] for name in every}
    idle: dict[str, list[float]] = {name: [] for name in every}
    for number in range(rounds):
        for name in list(every)[:: 1 if number % 2 else -1]:  # whoever comes first has a cold machine
            cpu[name].append(once(every[name], root))
            idle[name].append(once(every[name], root, *NO_TEST))
    print(f"\n{root.name}   {rounds} rounds   {told}   first run without a test {first:.2f} s")
    print(f"{'':14}{'cpu s':>7}{'of plain':>26}{'of pytest-cov':>26}{'no test: cpu s':>16}{'beyond plain':>14}")
    for name in every:
        print(
            f"{name:14}{min(cpu[name]):7.2f}{spread(ratios(cpu[name], cpu['plain'])):>26}"
            f"{spread(ratios(cpu[name], cpu['pytest-cov'])):>26}{min(idle[name]):16.2f}"
            f"{statistics.median(differences(idle[name], idle['plain'])):14.2f}"
        )
    watching = [ratios(differences(cpu["quality-gate"], cpu[part]), cpu["plain"]) for part in OFF]
    for part, costs in zip(OFF, watching, strict=True):
        print(f"{part.removeprefix('no '):12} cost, of plain: {spread(costs)}")
    together = sum(statistics.median(costs) for part, costs in zip(OFF, watching, strict=True) if part in WATCHING)
    return together <= MOST and statistics.median(ratios(cpu["quality-gate"], cpu["pytest-cov"])) <= 1 + MOST


def ratios(these: Sequence[float], those: Sequence[float]) -> list[float]:
    """Pair by pair."""
    return [one / other for one, other in zip(these, those, strict=True)]


def differences(these: Sequence[float], those: Sequence[float]) -> list[float]:
    """Pair by pair."""
    return [one - other for one, other in zip(these, those, strict=True)]


def about_evidence(root: Path) -> str:
    """How much a run of all tests writes."""
    place = root / ".quality-gate" / "evidence.db"
    with tempfile.NamedTemporaryFile() as copy:
        shutil.copy(place, copy.name)
        connection = sqlite3.connect(copy.name)
        tests = connection.execute("SELECT count(*) FROM test").fetchone()[0]
        connection.close()
    return f"{tests} tests, evidence {place.stat().st_size / 1e6:.2f} MB"


def main() -> int:
    """1 where a project's recording costs more than is demanded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("projects", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--rounds", type=int, default=5)
    split = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    options = parser.parse_args(sys.argv[1:split])
    with tempfile.TemporaryDirectory() as folder:
        for part in OFF:
            copy_without(part, Path(folder, part))
        arguments = sys.argv[split + 1 :]
        kept = [measure(project.resolve(), options.rounds, arguments, Path(folder)) for project in options.projects]
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
