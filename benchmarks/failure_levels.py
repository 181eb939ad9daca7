"""How far do a project's own tests show its failure paths? Counts by kind and level, and a sheet for reading.

    python benchmarks/failure_levels.py DIR [--sheet FILE [--most 25] [--level LEVEL]... [--seed 0]] [--kind KIND]...

DIR holds the evidence of a test run (`quality-gate test`). Looked at are the functions of its critical paths, or all of
its production code where it declares none; nothing in it is executed. Time is the processor's, the linking apart.

`--sheet` writes paths for somebody who reads them: `--most` of each level, drawn at random, with the tests that show
them, why it is no more, the code, and an empty column for the judgment.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from callgraph import opened, python_files

from quality_gate.codebase.critical_paths import resolve
from quality_gate.codebase.failures.listing import FailurePaths
from quality_gate.codebase.graph import Codebase
from quality_gate.codebase.levels.levels import Levels
from quality_gate.config import load
from quality_gate.evidence.checks import Checks
from quality_gate.evidence.failures import Failures
from quality_gate.evidence.runs.recorded import read_recorded
from quality_gate.failure_levels import LEVELS, Level, ShownPath
from quality_gate.failure_paths import KINDS, counted
from quality_gate.store import Store
from quality_gate_checkers.model import PRODUCTION, Role, role_of
from quality_gate_checkers.settings import Settings

AROUND = 9
"""Lines of code shown on either side of a path."""


def shown_of(root: Path) -> tuple[list[ShownPath], float, list[str]]:
    """The paths of a project with their levels, the seconds that it took to find these, and what was not looked at."""
    config = load(root, None)
    settings = config.settings
    every = python_files(root)
    with tempfile.TemporaryDirectory() as name:
        cache = Path(name)
        codebase = opened(root, every, cache)
        listing = FailurePaths(codebase, _read(Failures, root, settings, cache), settings)
        runs = read_recorded(root, tracked=False)
        levels = Levels(codebase, listing, runs, _read(Checks, root, settings, cache), None, runs.not_counted)
        if config.critical_paths:
            found = resolve(
                codebase, config.critical_paths, every, lambda path: role_of(path, settings) is Role.TESTS, runs
            )
            started = time.process_time()
            told = [levels.of(path) for path in found.paths]
            shown = list({(one.path.path, one.path.id): one for each in told for one in each.shown}.values())
            problems = [problem for each in told for problem in each.problems]
        else:
            functions = _functions(codebase, [path for path in every if role_of(path, settings) in PRODUCTION])
            paths = [path for function in functions for path in listing.of(function)]
            started = time.process_time()
            wanted = counted(paths, frozenset(functions))
            told_of, more = levels.shown(wanted, paths)
            shown, problems = list(told_of), [*runs.problems, *more]
    return shown, time.process_time() - started, problems


def _read(reader, root: Path, settings: Settings, cache: Path):
    return reader(root, settings, lambda: Store(cache, "f"), always_read=True, now_ns=time.time_ns())


def _functions(codebase: Codebase, files: Sequence[str]) -> list[str]:
    held = (found for path in files for found in codebase.definitions_in(path) if found.kind == "function")
    return list(dict.fromkeys(found.name for found in held))


def table(shown: Sequence[ShownPath]) -> Iterator[str]:
    """A line a kind, a column a level."""
    counts = Counter((one.path.kind, one.level) for one in shown)
    yield f"| {'kind':17} | {' | '.join(f'{level:>9}' for level in LEVELS)} | {'kept':>9} |"
    yield "|---" * (2 + len(LEVELS)) + "|"
    for kind in KINDS:
        of_kind = [one for one in shown if one.path.kind == kind]
        kept = f"{sum(one.is_kept for one in of_kind)}/{len(of_kind)}"
        yield f"| {kind:17} | {' | '.join(f'{counts[kind, level]:9}' for level in LEVELS)} | {kept:>9} |"


def reasons(shown: Sequence[ShownPath]) -> Iterator[str]:
    """Why paths are not shown further, the most frequent reason first."""
    found = Counter((one.level, one.why) for one in shown if one.why and one.level != "not run")
    yield from (f"{count:6}  {level}: {why}" for (level, why), count in found.most_common(25))


def write_sheet(file: Path, root: Path, drawn: Sequence[ShownPath]) -> None:
    """A sheet for reading, tab-separated."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        sheet = csv.writer(stream, dialect="excel-tab")
        sheet.writerow(("kind", "level", "true?", "place", "text", "why", "types", "tests", "running", "code"))
        for one in drawn:
            path = one.path
            code = (root / path.path).read_text(encoding="utf-8", errors="replace").splitlines()
            at = path.call.line if path.call is not None else path.line
            first = max(at - 1 - AROUND, 0)
            lines = "\n".join(f"{number:5} {text}" for number, text in enumerate(code[first : at + AROUND], first + 1))
            tests = " ".join(one.tests[:3])
            sheet.writerow(
                (path.kind, one.level, "", f"{path.path}:{at}", path.text, one.why, " ".join(one.types), tests,
                 len(one.running), lines)
            )  # fmt: skip


def drawn_from(shown: Sequence[ShownPath], levels: Sequence[Level], most: int, seed: int) -> list[ShownPath]:
    """Paths of each level, drawn at random."""
    found: list[ShownPath] = []
    for level in levels:
        held = [one for one in shown if one.level == level]
        found += random.Random(seed).sample(held, most) if len(held) > most else held
    return found


def main() -> int:
    """Look and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dir", type=Path)
    parser.add_argument("--kind", action="append", default=[], choices=KINDS, help="only this kind")
    parser.add_argument("--sheet", type=Path, help="write paths for reading into a file")
    parser.add_argument("--level", action="append", default=[], choices=LEVELS, help="only this level in the sheet")
    parser.add_argument("--most", type=int, default=25, help="paths of a level in the sheet")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write every path's level into a file, to compare runs")
    options = parser.parse_args()
    root = options.dir.resolve()
    every, seconds, problems = shown_of(root)
    shown = [one for one in every if not options.kind or one.path.kind in options.kind]
    print("\n".join(table(shown)), "", *reasons(shown), "", *problems, sep="\n")
    print(f"{len(every)} paths in {seconds:.1f} s")
    if options.sheet:
        write_sheet(options.sheet, root, drawn_from(shown, options.level or LEVELS, options.most, options.seed))
    if options.json:
        told = {f"{one.path.path}::{one.path.id}": (one.level, one.why, *one.tests[:3]) for one in shown}
        options.json.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
