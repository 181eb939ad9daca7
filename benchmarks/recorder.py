"""What recording costs: plain pytest, pytest-cov with branches and contexts, `quality-gate test`, and the same without
what it records of failures, in turn.

    python benchmarks/recorder.py DIR... [--rounds 5] [-- pytest arguments]

Each DIR is a checkout with the environment that its tests need, pytest-cov included, in `.venv`. They are run one
after the other, round by round, so that a slower hour of the machine meets all of them; the least of the rounds counts,
and the CPU time of all processes is the figure to go by. Demanded: at most 5 % over pytest-cov; of what failures cost,
at most 5 % of plain pytest, which is told of the least of the rounds and of the median of the pairs.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = os.pathsep.join(str(folder) for folder in (ROOT, ROOT / "checkers", ROOT / "recorder"))

MOST = 1.05
"""Demanded of CPU time, as a share of pytest-cov's."""

WAYS = ("plain", "pytest-cov", "no failures", "quality-gate")

NO_FAILURES = """

Failures.callbacks = property(lambda self: {})
Failures.started = lambda self, code: self._territory.number(code.co_filename) > 0
EVERYWHERE = ()
"""
"""Put at the end of a copy of the recorder's module, whose other halves stay as they are."""


def commands(root: Path, arguments: list[str]) -> dict[str, list[str]]:
    """All of them, less what the project's own `addopts` say of coverage."""
    python = str(root / ".venv" / "bin" / "python")
    common = ["-q", "-o", "addopts=", "-p", "no:cacheprovider", *arguments]
    cov = ["--cov", "--cov-branch", "--cov-context=test"]
    ours = [sys.executable, "-m", "quality_gate", "test", "-q", "--", *common]
    return {
        "plain": [python, "-m", "pytest", *common],
        "pytest-cov": [python, "-m", "pytest", *common, *cov],
        "no failures": ours,
        "quality-gate": ours,
    }


def without_failures(folder: Path) -> str:
    """A copy of us that does not record what failed, as a PYTHONPATH."""
    for name in ("quality_gate", "checkers", "recorder"):
        shutil.copytree(ROOT / name, folder / name)
    with (folder / "recorder" / "quality_gate_recorder" / "failures.py").open("a", encoding="utf-8") as file:
        file.write(NO_FAILURES)
    return os.pathsep.join(str(place) for place in (folder, folder / "checkers", folder / "recorder"))


def once(command: list[str], root: Path, path: str) -> tuple[float, float]:
    """(wall, cpu) of one run."""
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "CONDA_PREFIX")}
    environment["PYTHONPATH"] = path if command[0] == sys.executable else ""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout.decode()}{done.stderr.decode()}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(root: Path, rounds: int, arguments: list[str], without: str) -> float:
    """Print a project's table and return our share of pytest-cov's CPU time."""
    wanted = commands(root, arguments)
    walls: dict[str, list[float]] = {way: [] for way in WAYS}
    cpus: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way in WAYS:
            wall, cpu = once(wanted[way], root, without if way == "no failures" else OURS)
            walls[way].append(wall)
            cpus[way].append(cpu)
    size = (root / ".quality-gate" / "evidence.db").stat().st_size / 1e6
    print(f"\n{root.name}   {rounds} rounds   evidence {size:.1f} MB")
    print(f"{'':14}{'wall s':>9}{'cpu s':>9}{'of plain':>10}{'of pytest-cov':>15}")
    for way in WAYS:
        cpu = min(cpus[way])
        print(
            f"{way:14}{min(walls[way]):9.2f}{cpu:9.2f}{cpu / min(cpus['plain']):10.2f}"
            f"{cpu / min(cpus['pytest-cov']):15.2f}"
        )
    pairs = [ours - less for ours, less in zip(cpus["quality-gate"], cpus["no failures"], strict=True)]
    least = min(cpus["quality-gate"]) - min(cpus["no failures"])
    plain, middle = min(cpus["plain"]), statistics.median(cpus["plain"])
    paired = statistics.median(pairs) / middle
    print(f"failures cost, of plain: {least / plain:.3f} (least), {paired:.3f} (median of pairs)")
    return min(cpus["quality-gate"]) / min(cpus["pytest-cov"])


def main() -> int:
    """1 where a project's recording costs more than is demanded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("projects", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--rounds", type=int, default=5)
    split = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    options = parser.parse_args(sys.argv[1:split])
    with tempfile.TemporaryDirectory() as folder:
        without, arguments = without_failures(Path(folder)), sys.argv[split + 1 :]
        shares = [measure(project.resolve(), options.rounds, arguments, without) for project in options.projects]
    return int(max(shares) > MOST)


if __name__ == "__main__":
    sys.exit(main())
