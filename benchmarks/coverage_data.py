"""How long it takes, and how much memory, to read of a huge `.coverage` what the critical files need.

    python benchmarks/coverage_data.py [--megabytes 2048] [--contexts 10000] [--files 2000] [--critical 50] [FOLDER]

Makes a project and its coverage data in a scratch folder (in FOLDER, where one is named), in coverage.py's own schema
and in the order in which a test run writes it: test after test, each of which runs ten files that all tests run and as
many others as it takes. Then a process of its own reads what was run of the critical files, the ten among them, and
which tests ran one line of each. The scratch folder is deleted. Demanded: under 10 s and 500 MB.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

EVERYWHERE = 10
"""Files that every test runs."""

ARCS = 100
"""Arcs of a file that a test runs."""

FUNCTIONS = 40
SECONDS, MEGABYTES = 10, 500
"""Demanded."""

SOURCE = """def f{number}(a, b):
    if a > b:
        c = a
    else:
        c = b
    for d in range(c):
        c += d
    return c


"""


def main() -> int:
    """Make, read, print; 1 when a demand is not met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=2048)
    parser.add_argument("--contexts", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=2_000)
    parser.add_argument("--critical", type=int, default=50)
    parser.add_argument("--read", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("folder", nargs="?", type=Path)
    given = parser.parse_args()
    if given.read:
        return measure(given.folder, given.critical)
    scratch = Path(tempfile.mkdtemp(prefix="coverage-data-", dir=given.folder))
    try:
        make(scratch, given.megabytes << 20, given.contexts, given.files)
        command = [sys.executable, __file__, "--read", "--critical", str(given.critical), str(scratch)]
        return subprocess.run(command, check=False).returncode
    finally:
        shutil.rmtree(scratch)


def path_of(number: int) -> str:
    return f"shop/part{number % 40}/module{number}.py"


def make(scratch: Path, size: int, contexts: int, files: int) -> None:
    """A project, and data of its tests."""
    free = shutil.disk_usage(scratch).free
    if free < 2 * size:
        raise SystemExit(f"{scratch} has {free >> 20} MiB free, and twice the size of the data is needed")
    source = "".join(SOURCE.format(number=number) for number in range(FUNCTIONS))
    for number in range(files):
        place = scratch / path_of(number)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(source)
        (place.parent / "__init__.py").touch()
    started = time.monotonic()
    fill(scratch / ".coverage", size, contexts, files)
    made, seconds = os.stat(scratch / ".coverage").st_size, time.monotonic() - started
    print(f"made {made >> 20:,} MiB of data: {contexts:,} contexts, {files:,} files, {seconds:.0f} s", flush=True)


def fill(place: Path, size: int, contexts: int, files: int) -> None:
    import coverage

    data = coverage.CoverageData(str(place))
    data.add_arcs({"/app/shop/__init__.py": [(-1, 1)]})  # makes the tables
    data.close()
    connection = sqlite3.connect(place)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -2000000"):
        connection.execute(f"PRAGMA {pragma}")
    rows = [(number + 2, f"/app/{path_of(number)}") for number in range(files)]
    connection.executemany("INSERT INTO file (id, path) VALUES (?, ?)", rows)
    names = [(number + 2, f"tests/test_{number % 400}.py::test_{number}|run") for number in range(contexts)]
    connection.executemany("INSERT INTO context (id, context) VALUES (?, ?)", names)
    page = connection.execute("PRAGMA page_size").fetchone()[0]
    ran = others_of_each(size, contexts)
    for number in range(contexts):
        connection.executemany("INSERT INTO arc VALUES (?, ?, ?, ?)", arcs_of(number, ran, files))
        if number % 500 == 499:
            connection.commit()
            if connection.execute("PRAGMA page_count").fetchone()[0] * page >= size:
                ran = 0
    connection.commit()
    connection.close()


def others_of_each(size: int, contexts: int) -> int:
    """How many files that are not run everywhere a test has to run for the data to become as large."""
    bytes_of_arc = 29
    return max(1, size // (bytes_of_arc * ARCS * contexts) - EVERYWHERE)


def arcs_of(number: int, others: int, files: int) -> Iterator[tuple[int, int, int, int]]:
    chance = random.Random(number)
    ran = [*range(EVERYWHERE), *chance.sample(range(EVERYWHERE, files), min(others, files - EVERYWHERE))]
    for file in ran:
        for function in chance.sample(range(FUNCTIONS), ARCS // 5):
            first = function * 10 + 1
            taken = 2 if chance.random() < 0.5 else 4
            for start, end in ((-first, 1), (1, taken), (taken, 5), (5, 7), (7, -first)):
                yield file + 2, number + 2, start if start < 0 else first + start, end if end < 0 else first + end


def measure(folder: Path, critical: int) -> int:
    from quality_gate.evidence.coverage.foreign_coverage import read_coverage

    files = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.py"))]
    clock, started = time.process_time(), time.monotonic()
    runs = read_coverage(folder / ".coverage", folder, files, tracked=False)
    wanted = [path_of(number) for number in range(critical)]
    found = [runs.file(path) for path in wanted]
    read, cpu = time.monotonic() - started, time.process_time() - clock
    tests = [len(runs.tests_of(path, 12)) for path in wanted]
    seconds, peak = time.monotonic() - started, memory()
    lines = sum(len(file.run) for file in found if file is not None)
    taken = sum(len(file.taken) for file in found if file is not None)
    print(f"{critical} critical files: {lines:,} lines run, {taken:,} branches taken")
    print(f"{read:.1f} s ({cpu:.1f} s of CPU), demanded: {SECONDS} s; {peak} MB at the peak, demanded: {MEGABYTES} MB")
    print(f"{seconds - read:.1f} s more for the tests of a line of each ({max(tests):,} tests at most)")
    return int(read > SECONDS or peak > MEGABYTES)


def memory() -> int:
    """Peak of this process, MB. What getrusage tells is Linux's peak of the process that started it as well."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) >> 10 for line in status if line.startswith("VmHWM"))


if __name__ == "__main__":
    sys.exit(main())
