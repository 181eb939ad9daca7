"""Which failure paths do real projects have? Counts by kind, class U with its reasons, and a sheet for reading.

    python benchmarks/failure_paths.py DIR... [--sheet FILE [--most 12] [--never 25] [--seed 0]] [--kind KIND]...

Every function of the production code below each DIR is listed; nothing in it is executed. `counted` leaves out class U
and those unwinds whose own begin in another function of the project. Time is the processor's, with nothing cached.

`--sheet` writes paths for somebody who reads them: `--most` drawn at random of each kind and `--never` of class U, each
with an empty column for the judgment ("would a reviewer count this as a failure path?"; "is it really not testable?").
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from callgraph import opened, python_files

from quality_gate.codebase.failures.listing import FailurePaths
from quality_gate.evidence.failures import Failures
from quality_gate.failure_paths import KINDS, FailurePath, counted
from quality_gate.store import Store
from quality_gate_checkers.model import PRODUCTION, role_of
from quality_gate_checkers.settings import Settings

AROUND = 9
"""Lines of code shown on either side of a path."""


@dataclass(frozen=True)
class Listed:
    """The failure paths of one checkout.

    Args:
        listing: seconds of the processor for reading and listing, beside those for linking.
        counted: how many of the paths count.
    """

    root: Path
    paths: list[FailurePath]
    functions: int
    lines: int
    linking: float
    listing: float
    counted: int
    problems: list[str]


def listed(root: Path) -> Listed:
    """List the failure paths of every function of the production code."""
    settings = Settings()
    every = python_files(root)
    production = [path for path in every if role_of(path, settings) in PRODUCTION]
    with tempfile.TemporaryDirectory() as name:
        cache = Path(name)
        started = time.process_time()
        codebase = opened(root, every, cache)
        functions = [
            found.name for path in production for found in codebase.definitions_in(path) if found.kind == "function"
        ]
        for function in functions:
            codebase.calls_from(function)
        linked = time.process_time()
        read = Failures(root, settings, lambda: Store(cache, "f"), always_read=True, now_ns=time.time_ns())
        paths = FailurePaths(codebase, read, settings)
        found = [path for function in dict.fromkeys(functions) for path in paths.of(function)]
        done = time.process_time()
    lines = sum((root / path).read_bytes().count(b"\n") for path in production)
    kept = len(counted(found, frozenset(functions)))
    return Listed(root, found, len(functions), lines, linked - started, done - linked, kept, list(paths.problems))


def table(checkouts: Sequence[Listed]) -> Iterator[str]:
    """A line a checkout, a column a kind."""
    yield f"| {'checkout':20} | lines | functions | paths | counted | class U | {' | '.join(KINDS)} | s linking | s |"
    yield "|---" * (8 + len(KINDS)) + "|"
    for one in checkouts:
        kinds = Counter(path.kind for path in one.paths if path.never is None)
        never = sum(path.never is not None for path in one.paths)
        shown = " | ".join(str(kinds[kind]) for kind in KINDS)
        yield (
            f"| {one.root.name:20} | {one.lines} | {one.functions} | {len(one.paths)} | {one.counted} | {never} | "
            f"{shown} | {one.linking:.1f} | {one.listing:.1f} |"
        )


def reasons(checkouts: Iterable[Listed]) -> Iterator[str]:
    """Why paths are class U, the most frequent reason first."""
    found = Counter(path.never for one in checkouts for path in one.paths if path.never is not None)
    yield from (f"{count:6}  {reason}" for reason, count in found.most_common())


def chosen(
    checkouts: Iterable[Listed], kinds: Iterable[str], most: int, never: int, seed: int
) -> Iterator[tuple[Listed, FailurePath]]:
    """Paths drawn at random, kind by kind, class U last."""
    groups: dict[str, list[tuple[Listed, FailurePath]]] = defaultdict(list)
    for one in checkouts:
        for path in one.paths:
            groups["class U" if path.never is not None else path.kind].append((one, path))
    for kind in [*kinds, "class U"]:
        held = groups[kind]
        wanted = never if kind == "class U" else most
        yield from random.Random(seed).sample(held, wanted) if len(held) > wanted else held


def write_sheet(file: Path, drawn: Iterable[tuple[Listed, FailurePath]]) -> None:
    """A sheet for reading, tab-separated."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        sheet = csv.writer(stream, dialect="excel-tab")
        sheet.writerow(("kind", "true?", "place", "text", "types", "what", "code"))
        for one, path in drawn:
            code = (one.root / path.path).read_text(encoding="utf-8", errors="replace").splitlines()
            at = path.call.line if path.call is not None else path.line
            first = max(at - 1 - AROUND, 0)
            shown = "\n".join(f"{number:5} {text}" for number, text in enumerate(code[first : at + AROUND], first + 1))
            what = path.never or " ".join(sorted(f"{name}:{family}" for name, family in path.families))
            kind = f"class U ({path.kind})" if path.never else path.kind
            place = f"{one.root.name}/{path.path}:{at}"
            sheet.writerow((kind, "", place, path.text, " ".join(path.types), what, shown))


def main() -> int:
    """List and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dir", type=Path, nargs="+")
    parser.add_argument("--kind", action="append", default=[], choices=KINDS, help="only this kind in the sheet")
    parser.add_argument("--sheet", type=Path, help="write paths for reading into a file")
    parser.add_argument("--most", type=int, default=12, help="paths of a kind in the sheet")
    parser.add_argument("--never", type=int, default=25, help="paths of class U in the sheet")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    checkouts = [listed(folder.resolve()) for folder in options.dir]
    print("\n".join(table(checkouts)), "", *reasons(checkouts), "", sep="\n")
    for one in checkouts:
        print(*one.problems, sep="\n", end="\n" if one.problems else "")
    if options.sheet:
        kinds = options.kind or KINDS
        write_sheet(options.sheet, chosen(checkouts, kinds, options.most, options.never, options.seed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
