"""What `quality-gate prove` costs, and how well *validated* says beforehand what it finds.

    python benchmarks/prove.py DIR... [--source FOLDER] [--again]

Each DIR is a checkout with the environment that its tests need in `.venv`. Its tests are recorded where that has not
been done, or with `--again`; then every failure path of its sources is tried. Demanded: at most 7 seconds a path that
was tried; on a machine that does other things, go by the CPU time.

Precision is the share of paths proven among those that evidence calls *validated*, recall the share of those that
evidence calls *validated* among the proven ones; both of paths that had a mutant and a test, by kind. Demanded:
precision 93 % for raises and 86 % for handlers, recall 88 %.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

import msgspec

from quality_gate.cli._assemble import Run
from quality_gate.cli._options import Options
from quality_gate.config import CriticalPath
from quality_gate.errors import Missing
from quality_gate.failure_levels import Level
from quality_gate.model import Stage

ROOT = Path(__file__).resolve().parent.parent
OURS = os.pathsep.join(str(folder) for folder in (ROOT, ROOT / "checkers", ROOT / "recorder"))

MOST = 7.0
"""Demanded: seconds a failure path."""


@dataclass(frozen=True)
class Proved:
    """What one checkout gave.

    Args:
        proofs: as `prove --format json` has them. wall, cpu: seconds.
        levels: by file and id, before anything was proven.
    """

    root: Path
    proofs: list[dict[str, str]]
    wall: float
    cpu: float
    levels: Mapping[tuple[str, str], Level]

    @property
    def tried(self) -> list[dict[str, str]]:
        """Paths that had a mutant and a test, and an answer."""
        return [one for one in self.proofs if one["found"] in ("proven", "survived")]


def gate(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run the gate on a checkout, with its own environment."""
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "CI")}
    command = [sys.executable, "-P", "-m", "quality_gate", *arguments]
    return subprocess.run(
        command, cwd=root, env=environment | {"PYTHONPATH": OURS}, stdout=subprocess.PIPE, check=False
    )


def levels_in(root: Path, source: str) -> Mapping[tuple[str, str], Level]:
    """How far the evidence shows each failure path; nothing where that cannot be told."""
    with chdir(root):
        options = Options(config=None, format="text", color="never", quiet=True, verbose=False)
        run = Run(options, Stage.COMMIT, whole=True)
        everything = {"everything": CriticalPath(include=(f"{source}/**",))}
        run.config = msgspec.structs.replace(run.config, critical_paths=everything)
        try:
            shown = run.bench.failures["everything"].shown
        except Missing as missing:
            print(f"{root.name}: no levels: {missing.what}; {missing.remedy}", file=sys.stderr)
            return {}
    return {(one.path.path, one.path.id): one.level for one in shown}


def proved(root: Path, source: str, *, again: bool) -> Proved:
    """Record, tell the levels, prove."""
    evidence = root / ".quality-gate" / "evidence.db"
    if again or not evidence.exists():
        gate(root, "test", "-q")
    (root / ".quality-gate" / "proofs.json").unlink(missing_ok=True)
    levels = levels_in(root, source)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = gate(root, "prove", source, "--format", "json", "-q")
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Proved(root, json.loads(done.stdout)["proofs"], wall, cpu, levels)


def costs(found: Iterable[Proved]) -> Iterator[str]:
    """A line a checkout."""
    yield "| checkout | proven | survived | not run | no answer | nothing to try | s | CPU s | s a path | CPU s |"
    yield "|---" * 10 + "|"
    for one in found:
        ends = Counter(proof["found"] for proof in one.proofs)
        shown = " | ".join(str(ends[end]) for end in ("proven", "survived", "not run", "no answer", "not provable"))
        tried = max(len(one.tried), 1)
        each = f"{one.wall / tried:.2f} | {one.cpu / tried:.2f}"
        yield f"| {one.root.name} | {shown} | {one.wall:.1f} | {one.cpu:.1f} | {each} |"


def agreement(found: Iterable[Proved]) -> Iterator[str]:
    """A line a kind: how *validated* and *proven* agree."""
    cells: dict[str, Counter[tuple[str, str]]] = {}
    for one in found:
        for proof in one.tried:
            level = one.levels.get((proof["path"], proof["id"]))
            if level is not None:
                cells.setdefault(proof["kind"], Counter())[level, proof["found"]] += 1
    yield "| kind | proven | survived | validated and proven | validated and survived | precision | recall |"
    yield "|---" * 7 + "|"
    for kind, held in sorted(cells.items()):
        right, wrong = held["validated", "proven"], held["validated", "survived"]
        proven = sum(count for (_, end), count in held.items() if end == "proven")
        survived = sum(count for (_, end), count in held.items() if end == "survived")
        shares = f"{_share(right, right + wrong)} | {_share(right, proven)}"
        yield f"| {kind} | {proven} | {survived} | {right} | {wrong} | {shares} |"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part // whole} %)" if whole else "-"


def main() -> int:
    """Prove and print; 1 where a path costs more than is demanded."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dir", type=Path, nargs="+")
    parser.add_argument("--source", help="folder of the sources; the checkout's name where it is left out")
    parser.add_argument("--again", action="store_true", help="record the tests anew")
    options = parser.parse_args()
    found = []
    for folder in options.dir:
        root = folder.resolve()
        found.append(proved(root, options.source or root.name, again=options.again))
    print("\n".join(costs(found)))
    if any(one.levels for one in found):
        print("", *agreement(found), sep="\n")
    return int(any(one.wall > MOST * max(len(one.tried), 1) for one in found))


if __name__ == "__main__":
    sys.exit(main())
