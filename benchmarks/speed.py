"""Speed, side by side in one run: ours cold and warm, flake8 with bugbear, pylint with two checks, ruff, and the floor.

    python benchmarks/speed.py DIR [--runs 3] [--skip-slow]

The floor is `ast.parse` of every file with the garbage collector off. Figures are seconds; machines are noisy, so
that only the ratios of one run count. DIR is copied first: neither its cache nor its history is touched.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from trees import prepared

BIN = Path(sys.executable).parent
FLOOR = """
import ast, gc, os, sys, warnings
gc.disable(); warnings.simplefilter("ignore")
for place, folders, files in os.walk("."):
    folders[:] = [folder for folder in folders if not folder.startswith(".")]
    for name in files:
        if name.endswith(".py"):
            with open(os.path.join(place, name), "rb") as file:
                content = file.read()
            try:
                ast.parse(content)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                pass
"""


class Timing:
    """Wall and CPU seconds of the quickest of several runs."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []

    def add(self, command: Sequence[str], folder: Path) -> None:
        """Run a command once; its output is thrown away, its findings are not an error."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        subprocess.run(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment(), check=False
        )
        self.wall.append(time.perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    @property
    def best(self) -> tuple[float, float]:
        """(wall, cpu)."""
        return min(self.wall), min(self.cpu)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTHONDONTWRITEBYTECODE")}
    return {**kept, "NO_COLOR": "1"}


def measure(command: Sequence[str], folder: Path, runs: int, before: Callable[[], None] = lambda: None) -> Timing:
    """Time a command several times.

    Args:
        before: done before each run, not timed.
    """
    timing = Timing()
    for _ in range(runs):
        before()
        timing.add(command, folder)
    return timing


def some_file(tree: Path) -> Path:
    """A file of ordinary size."""
    files = sorted(tree.rglob("*.py"), key=lambda file: (abs(file.stat().st_size - 8000), str(file)))
    return files[0]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dir", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--skip-slow", action="store_true", help="leave flake8 and pylint out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        tree = prepared(options.dir.resolve(), Path(scratch) / "tree")
        time.sleep(2.5)  # files that were touched a moment ago are always read again
        files = list(tree.rglob("*.py"))
        lines = sum(file.read_bytes().count(b"\n") for file in files)
        print(f"{len(files):,} files, {lines:,} lines, Python {sys.version.split()[0]}")
        report(tree, options.runs, slow=not options.skip_slow)
    return 0


def report(tree: Path, runs: int, *, slow: bool) -> None:
    """Measure everything over one tree and print a row each."""
    gate = [str(BIN / "quality-gate"), "check", "-q"]
    one = some_file(tree)
    cache = tree / ".quality-gate"

    def cold() -> None:
        shutil.rmtree(cache, ignore_errors=True)

    def touch() -> None:
        one.write_bytes(one.read_bytes() + b"# changed\n")

    bare = row("python -c pass", measure([sys.executable, "-c", "pass"], tree, runs * 3), None)
    floor = row("floor: ast.parse of every file", measure([sys.executable, "-c", FLOOR], tree, runs), None)
    row("quality-gate check, cold", measure(gate, tree, runs, cold), floor)
    linked = [*gate, "--stage", "ci"]
    row("quality-gate check --stage ci, cold: with linking", measure(linked, tree, runs, cold), floor)
    cold()
    subprocess.run(gate, cwd=tree, stdout=subprocess.DEVNULL, env=_environment(), check=False)
    row("quality-gate check, warm", measure(gate, tree, runs), floor)
    of_one = [*gate, str(one.relative_to(tree))]
    row("quality-gate check FILE, warm", measure(of_one, tree, runs * 3), None)
    row("quality-gate check, warm, one file changed", measure(gate, tree, runs, touch), floor)
    subprocess.run(["git", "add", "--", str(one)], cwd=tree, check=True)
    time.sleep(2.5)
    subprocess.run(of_one, cwd=tree, stdout=subprocess.DEVNULL, env=_environment(), check=False)
    row("quality-gate check FILE, warm, as staged", measure(of_one, tree, runs * 3), None)
    row(
        "ruff check (its default rules), no cache",
        measure([str(BIN / "ruff"), "check", "--isolated", "--no-cache", "-q", "."], tree, runs),
        floor,
    )
    if slow:
        flake8 = [sys.executable, "-m", "flake8", "--isolated", "-j", "1", "-q", "--extend-ignore=QG", "."]
        row("flake8 with bugbear, one process", measure(flake8, tree, 1), floor)
        pylint = [
            sys.executable,
            "-m",
            "pylint",
            "--rcfile=/dev/null",
            "--disable=all",
            "--enable=W0718,W3101",
            "--recursive=y",
            "-j",
            "1",
            ".",
        ]
        row("pylint, W0718 and W3101 only, one process", measure(pylint, tree, 1), floor)
    print(f"(bare interpreter {bare[0]:.3f} s)")


def row(name: str, timing: Timing, floor: tuple[float, float] | None) -> tuple[float, float]:
    """Print one row; give (wall, cpu)."""
    wall, cpu = timing.best
    ratio = f"{cpu / floor[1]:7.2f} x floor" if floor else ""
    print(f"{name:45} wall {wall:8.3f} s   cpu {cpu:8.3f} s   {ratio}", flush=True)
    return wall, cpu


if __name__ == "__main__":
    sys.exit(main())
