"""How many suggested tests run as they are, and make the failure happen that they are for?

    python benchmarks/suggestions.py DIR PYTHON [--paths 15] [--seed 0] [--show] [--all]

DIR is a checkout with evidence (`quality-gate test` in it), PYTHON the interpreter that runs its tests. Failure paths
are drawn at random from those whose function some passing test runs and, unless `--all`, that no test enters.
For each the first suggested test is put into a copy of the checkout and run: *says* is how many fail with their own
message, *reaches* how many, with their last statement replaced by `pass`, are recorded at the failure path.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from callgraph import opened, python_files

from quality_gate.codebase.failures.listing import FailurePaths
from quality_gate.codebase.graph import functions_in
from quality_gate.codebase.levels.levels import Levels
from quality_gate.codebase.suggesting.nouns import Known, Skeleton
from quality_gate.codebase.suggesting.placing import placed
from quality_gate.codebase.suggesting.sources import Source, source_of
from quality_gate.codebase.suggesting.suggest import suggested
from quality_gate.errors import Missing
from quality_gate.evidence.checks import Checks
from quality_gate.evidence.failures import Failures
from quality_gate.evidence.runs.recorded import read_recorded
from quality_gate.failure_paths import FailurePath
from quality_gate.runs import Runs
from quality_gate.store import Store
from quality_gate_checkers.model import PRODUCTION, Role, role_of
from quality_gate_checkers.settings import Settings

RECORDER = Path(__file__).resolve().parent.parent / "recorder"


@dataclass(frozen=True)
class Drawn:
    """A failure path and its suggested test.

    Args:
        test: id of the test once it is in its file.
    """

    path: FailurePath
    skeleton: Skeleton

    @property
    def test(self) -> str:
        """Id of the test once it is in its file."""
        one = self.skeleton
        return "::".join([one.file, *([one.holder] if one.holder else []), one.name])


def known_of(root: Path, cache_folder: Path) -> Known:
    """What suggestions for a checkout stand on."""
    settings = Settings()
    every = python_files(root)
    codebase = opened(root, every, cache_folder)
    read = Failures(root, settings, lambda: Store(cache_folder, "f"), always_read=True, now_ns=0)

    @cache
    def source(path: str) -> Source | None:
        try:
            return source_of(path, (root / path).read_bytes())
        except OSError:
            return None

    tests = tuple(path for path in every if role_of(path, settings) is Role.TESTS)
    listing, runs = FailurePaths(codebase, read, settings), read_recorded(root, tracked=False)
    checks = Checks(root, settings, lambda: Store(cache_folder, "c"), always_read=True, now_ns=0)
    levels = Levels(codebase, listing, runs, checks)
    return Known(codebase, runs, listing, source, tests, levels)


def candidates(known: Known, *, entered_too: bool) -> Iterator[tuple[str, FailurePath]]:
    """Failure paths of production code that tests run the function of."""
    files = sorted({one.path for one in known.codebase.definitions.values()})
    for path in files:
        if role_of(path, Settings()) in PRODUCTION:
            for function in functions_in(known.codebase, path):
                lines = range(function.line + 1, function.last + 1)
                if any(known.runs.tests_of(path, line) for line in lines):
                    for one in known.paths(function.name):
                        if one.never is None and (entered_too or not enters(one, known.runs, None)):
                            yield function.name, one


def enters(path: FailurePath, runs: Runs, test: str | None) -> bool:
    """Whether a test, or any, was recorded at a failure path."""
    call = path.call
    if call is not None and path.kind != "handler":
        return any(
            seen.line == call.line and test in (None, seen.test.partition("[")[0])
            for seen in runs.failures_of(path.path)
        )
    found = {
        one.partition("[")[0] for line in range(path.line, path.last + 1) for one in runs.tests_of(path.path, line)
    }
    return bool(found) if test is None else test in found


def put(folder: Path, drawn: Sequence[Drawn], *, filled: bool) -> None:
    """Write the tests into their files; `filled`: with `pass` for their last statement."""
    for file in {one.skeleton.file for one in drawn}:
        text = (folder / file).read_text(encoding="utf-8")
        for one in drawn:
            if one.skeleton.file == file:
                text = placed(text, one.skeleton, filled_in="pass" if filled else None)
        (folder / file).write_text(text, encoding="utf-8")


def ran(folder: Path, python: str, tests: Sequence[str], *options: str) -> str:
    """Run tests of a copy."""
    environment = {
        "PATH": os.environ["PATH"],
        "COLUMNS": "400",
        "PYTHONPATH": os.pathsep.join([str(RECORDER), str(folder)]),
    }
    command = [
        python,
        "-m",
        "pytest",
        "-q",
        "-rfE",
        "-p",
        "no:cacheprovider",
        "--tb=short",
        "--color=no",
        *options,
        *tests,
    ]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    ).stdout


def main() -> int:
    """Draw, write, run and count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dir", type=Path)
    parser.add_argument("python")
    parser.add_argument("--paths", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print every test with what became of it")
    parser.add_argument("--all", action="store_true", help="also paths that tests enter already")
    options = parser.parse_args()
    root = options.dir.resolve()
    with tempfile.TemporaryDirectory() as name:
        known = known_of(root, Path(name))
        every = list(candidates(known, entered_too=options.all))
        chosen = random.Random(options.seed).sample(every, min(options.paths, len(every)))
        drawn: list[Drawn] = []
        for function, path in chosen:
            skeletons, _ = suggested([(function, path)], known)
            if skeletons:
                drawn.append(Drawn(path, skeletons[0]))
            else:
                print(f"no model: {path.path}:{path.line} {path.kind}")
        drawn = _apart(drawn)
        says, reaches, output = measured(root, Path(name), drawn, options.python)
    for one in drawn:
        by_hand = f"  by hand: {one.skeleton.by_hand}" if one.skeleton.by_hand else ""
        marks = f"{'says' if one.test in says else '-':5} {'reaches' if one.test in reaches else '-':8}"
        print(f"{marks} {one.path.path}:{one.path.line} {one.path.kind}: {one.path.text[:60]}{by_hand}")
        if options.show:
            print(one.skeleton.text, "", sep="\n")
    if options.show:
        print(output)
    by_hand_count = sum(bool(one.skeleton.by_hand) for one in drawn)
    print(f"{root.name}: of {len(chosen)} failure paths (from {len(every)}) {len(drawn)} have a test;", end=" ")
    print(
        f"{len(says)} fail with their own message, {len(reaches)} enter the path; {by_hand_count} ask for work by hand"
    )
    return 0


def _apart(drawn: Sequence[Drawn]) -> list[Drawn]:
    """Tests of one file with names of their own."""
    import msgspec

    found: list[Drawn] = []
    for number, one in enumerate(drawn):
        name = f"{one.skeleton.name}_{number}"
        text = one.skeleton.text.replace(f"def {one.skeleton.name}(", f"def {name}(", 1)
        found.append(Drawn(one.path, msgspec.structs.replace(one.skeleton, name=name, text=text)))
    return found


def measured(root: Path, scratch: Path, drawn: Sequence[Drawn], python: str) -> tuple[set[str], set[str], str]:
    """Tests that fail with their own message, tests that enter their path, and what pytest said."""
    tests = [one.test for one in drawn]
    for kind in ("unfilled", "filled"):
        ignored = shutil.ignore_patterns(".git", ".quality-gate", "__pycache__", ".venv", "*.data")
        shutil.copytree(root, scratch / kind, ignore=ignored, symlinks=True)
        put(scratch / kind, drawn, filled=kind == "filled")
    output = ran(scratch / "unfilled", python, tests)
    says = {one.test for one in drawn if _said(one, output)}
    filled = ran(scratch / "filled", python, tests, "-p", "quality_gate_recorder")
    try:
        runs = read_recorded(scratch / "filled", tracked=False)
    except Missing:
        sys.exit(output + filled)
    return says, {one.test for one in drawn if enters(one.path, runs, one.test)}, output + filled


def _said(one: Drawn, output: str) -> bool:
    begins = re.escape(one.skeleton.says[:40])
    return re.search(rf"^FAILED {re.escape(one.test)}(?:\[.*\])? - .*{begins}", output, re.MULTILINE) is not None


if __name__ == "__main__":
    sys.exit(main())
