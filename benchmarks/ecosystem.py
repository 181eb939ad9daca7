"""What do all rules say of real projects? Hits per rule, a sheet for reading, and what a change of ours changes.

    python benchmarks/ecosystem.py DIR... [--sheet FILE [--most 25] [--seed 0]] [--rule NAME]... [--against REV]

Each DIR is copied and judged as `quality-gate report` does it, project rules and linked rules included; nothing in it
is executed. For each rule: hits, hits per 10,000 lines, in how many of the projects. Suppressed hits are not counted.

`--sheet` writes a table with a line a hit for somebody who reads them (all of a rule's, or `--most` drawn at random
with `--seed`): rule, place, message, an empty column for the judgment, and the code around. `--against` judges with the
version of ourselves at a revision of this repository too, and prints the hits that have come and gone.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trees import prepared

ROOT = Path(__file__).resolve().parent.parent
AROUND = 6
"""Lines of code shown on either side of a hit."""


@dataclass(frozen=True, order=True)
class Hit:
    """A finding in a checkout."""

    rule: str
    code: str
    severity: str
    project: str
    path: str
    line: int
    message: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What stays when lines move; two of a kind in one file are one."""
        return self.rule, self.project, self.path, self.message


@dataclass(frozen=True)
class Project:
    """A checkout, copied. `name` is its folder's."""

    name: str
    source: Path
    tree: Path
    lines: int


def judge(project: Project, ourselves: Path) -> list[Hit]:
    """All hits in a project.

    Args:
        ourselves: a checkout of this repository, whose code judges.
    """
    roots = [str(ourselves), str(ourselves / "checkers"), str(ourselves / "recorder")]
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "VIRTUAL_ENV")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "quality_gate", "report", "--format", "json"],
        cwd=project.tree,
        env={**kept, "PYTHONPATH": os.pathsep.join(roots)},
        capture_output=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        sys.exit(f"{project.name}: the gate ended with {done.returncode}\n{done.stderr.decode(errors='replace')}")
    report = json.loads(done.stdout)
    return [
        Hit(
            found["name"],
            found["code"],
            found["severity"],
            project.name,
            found["path"],
            found["line"],
            found["message"],
        )
        for verdict in report["verdicts"]
        for found in verdict["findings"]
        if found["suppressed"] is None
    ]


def table(hits: Iterable[Hit], projects: Sequence[Project]) -> Iterator[str]:
    """A line a rule, the most frequent first, and one for all."""
    lines = sum(project.lines for project in projects)
    count: Counter[tuple[str, str, str]] = Counter()
    where: dict[str, set[str]] = defaultdict(set)
    for hit in hits:
        count[hit.code, hit.rule, hit.severity] += 1
        where[hit.rule].add(hit.project)
    yield f"| {'code':5} | {'rule':38} | severity | hits | per 10,000 lines | projects |"
    yield "|---|---|---|---|---|---|"
    for (code, rule, severity), hits_of in sorted(count.items(), key=lambda one: (-one[1], one[0])):
        rate, of = hits_of * 10_000 / max(lines, 1), f"{len(where[rule])} of {len(projects)}"
        yield f"| {code} | {rule:38} | {severity:8} | {hits_of:4} | {rate:16.2f} | {of:8} |"
    every = sum(count.values())
    yield f"|       | {'all':38} |          | {every:4} | {every * 10_000 / max(lines, 1):16.2f} | {len(projects)} |"


def densities(hits: Iterable[Hit], projects: Sequence[Project]) -> Iterator[str]:
    """A line a project: hits per 10,000 lines."""
    count = Counter(hit.project for hit in hits)
    for project in projects:
        rate = count[project.name] * 10_000 / max(project.lines, 1)
        yield f"{project.name:30} {project.lines:9,} lines {count[project.name]:5} hits {rate:6.1f} per 10,000 lines"


def chosen(hits: Iterable[Hit], most: int, seed: int) -> Iterator[Hit]:
    """All hits of each rule, or some drawn at random."""
    by_rule: dict[str, list[Hit]] = defaultdict(list)
    for hit in sorted(hits):
        by_rule[hit.rule].append(hit)
    for _, held in sorted(by_rule.items()):
        drawn = random.Random(seed).sample(held, most) if len(held) > most else held
        yield from sorted(drawn)


def write_sheet(file: Path, hits: Iterable[Hit], projects: Sequence[Project]) -> None:
    """A sheet for reading, tab-separated."""
    folders = {project.name: project.source for project in projects}
    with file.open("w", encoding="utf-8", newline="") as stream:
        sheet = csv.writer(stream, dialect="excel-tab")
        sheet.writerow(("rule", "true?", "place", "message", "code"))
        for hit in hits:
            code = (folders[hit.project] / hit.path).read_text(encoding="utf-8", errors="replace").splitlines()
            first = max(hit.line - 1 - AROUND, 0)
            shown = "\n".join(
                f"{number:5} {text}" for number, text in enumerate(code[first : hit.line + AROUND], first + 1)
            )
            sheet.writerow((hit.rule, "", f"{hit.project}/{hit.path}:{hit.line}", hit.message, shown))


@contextmanager
def revision(name: str, scratch: Path) -> Iterator[Path]:
    """This repository at a revision."""
    tree = scratch / "ourselves"
    subprocess.run(["git", "worktree", "add", "-q", "--detach", str(tree), name], cwd=ROOT, check=True)
    try:
        yield tree
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=True)


def difference(before: Iterable[Hit], now: Iterable[Hit]) -> Iterator[str]:
    """Hits that have come and gone, a line each."""
    old, new = {hit.key: hit for hit in before}, {hit.key: hit for hit in now}
    for sign, keys, held in (("-", old.keys() - new.keys(), old), ("+", new.keys() - old.keys(), new)):
        for key in sorted(keys):
            hit = held[key]
            yield f"{sign} {hit.rule}  {hit.project}/{hit.path}:{hit.line}  {hit.message}"
    yield f"{len(old.keys() - new.keys())} gone, {len(new.keys() - old.keys())} come"


def copies(folders: Sequence[Path], scratch: Path) -> Iterator[Project]:
    """Each checkout, copied."""
    for number, folder in enumerate(folders):
        tree = prepared(folder.resolve(), scratch / f"{number}", pins=True)
        lines = sum(file.read_bytes().count(b"\n") for file in tree.rglob("*.py") if file.is_file())
        yield Project(folder.resolve().name, folder.resolve(), tree, lines)


def main() -> int:
    """Judge and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dir", type=Path, nargs="+")
    parser.add_argument("--rule", action="append", default=[], help="only this rule; may be given several times")
    parser.add_argument("--sheet", type=Path, help="write hits for reading into a file")
    parser.add_argument("--most", type=int, default=25, help="hits of a rule in the sheet")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--against", metavar="REV", help="a revision of this repository to compare with")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        projects = list(copies(options.dir, scratch))
        hits = _judged(projects, ROOT, options.rule)
        print("\n".join(densities(hits, projects)), "", *table(hits, projects), sep="\n")
        if options.sheet:
            write_sheet(options.sheet, chosen(hits, options.most, options.seed), projects)
        if options.against:
            with revision(options.against, scratch) as ourselves:
                before = _judged(projects, ourselves, options.rule)
            print("", *difference(before, hits), sep="\n")
    return 0


def _judged(projects: Iterable[Project], ourselves: Path, rules: Sequence[str]) -> list[Hit]:
    found = [hit for project in projects for hit in judge(project, ourselves)]
    return [hit for hit in found if not rules or hit.rule in rules]


if __name__ == "__main__":
    sys.exit(main())
