"""How good is the call graph? Speed, edges, recall and precision over checkouts and benchmark suites.

    python benchmarks/callgraph.py DIR... [--truth FILE]...
    python benchmarks/callgraph.py [--micro SOURCES[:TRUTHS]]... [--macro SOURCES:TRUTH[:RUN]]...

For each DIR: lines, seconds of one core per 100,000 lines (facts and links, nothing cached), edges by rung and by
confidence, calls that leave the project and calls that nothing tells. With a truth per DIR also the share of the
truth's calls that the graph holds, and the share of the functions truly reachable from each caller that it reaches
too.

A truth is a JSON object of dotted names, `{caller: [callees]}`, as a tracer of the project's own tests writes it. Only
calls between functions, methods and lambdas defined below DIR count; a module or class body may be the caller. The
names are the graph's: dotted from the source root.

A micro suite is a tree of `CATEGORY/CASE/callgraph.json` beside the case's sources, or with the truths in a tree of
their own (`SOURCES:TRUTHS`). Every case is linked as a project of its own. A macro truth is a truth written by people
for one project: its recall is printed as above, and the precision of the callers that it labels, against the truth and,
where RUN is given, the calls that were really executed. No truth and no source of others is part of this repository.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import gc
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from quality_gate.codebase.graph import Codebase, Confidence, Edge
from quality_gate.evidence.codebase import linked
from quality_gate.store import Store
from quality_gate_checkers.settings import Settings

Pair = tuple[str, str]

WRONG_LABELS = frozenset(
    {
        "classes/super_class_return",
        "mro/basic",
        "mro/basic_init",
        "mro/super_call",
        "mro/two_parents",
        "decorators/nested_decorators",
        "decorators/return_different_func",
        "lists/ext_index",
    }
)
"""Cases whose labels contradict execution in the suite that keeps its truths in a tree of their own."""


@dataclass(frozen=True)
class Linked:
    """One linked project.

    Args:
        reading, linking: seconds of the processor: to read files into facts, to link them.
        lines: of its Python files.
        kinds: of its definitions, by name.
        calls: all edges.
    """

    codebase: Codebase
    reading: float
    linking: float
    lines: int
    kinds: dict[str, str]
    calls: int

    @property
    def edges(self) -> list[Edge]:
        """Every call, of every definition."""
        return [edge for name in self.codebase.definitions for edge in self.codebase.calls_from(name)]

    def pairs(self, confidences: Collection[Confidence] = frozenset(Confidence)) -> set[Pair]:
        """Calls between functions of the project as pairs of names."""
        named = {(edge.caller, edge.callee) for edge in self.edges if edge.confidence in confidences}
        return between_functions(named, self.kinds)


def link(root: Path) -> Linked:
    """Link every Python file below a folder as one project, with an empty cache."""
    paths = python_files(root)
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        codebase = opened(root, paths, Path(folder))
        read = time.process_time()
        calls = sum(len(codebase.calls_from(name)) for name in codebase.definitions)
        linked_at = time.process_time()
    kinds = {name: found.kind for name, found in codebase.definitions.items()}
    lines = sum((root / path).read_bytes().count(b"\n") for path in paths)
    return Linked(codebase, read - started, linked_at - read, lines, kinds, calls)


def opened(root: Path, paths: list[str], cache: Path, *, remembers: bool = False) -> Codebase:
    """The codebase of some files, with the cache in a folder.

    Args:
        remembers: whether links are kept in the cache too.
    """
    with Store(cache, "benchmark") as store:
        return linked(
            root,
            paths,
            Settings(),
            store,
            always_read=True,
            now_ns=time.time_ns(),
            progress=lambda done, of: None,
            again=(lambda: Store(cache, "benchmark")) if remembers else None,
        )


def python_files(root: Path) -> list[str]:
    """Every Python file below a folder, hidden places left out."""
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.py") if not _hidden(path, root))


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts) or not path.is_file()


def names_below(root: Path) -> dict[str, str]:
    """Kinds by name of everything defined below a folder, read by `ast` alone: the graph does not judge itself."""
    kinds: dict[str, str] = {}
    for path in sorted(root.rglob("*.py")):
        parts = list(path.relative_to(root).with_suffix("").parts)
        if parts[0] == "src":
            parts = parts[1:]
        if parts[-1] == "__init__" and len(parts) > 1:
            parts = parts[:-1]
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError, OSError):
            continue
        kinds[".".join(parts)] = "module"
        _names_in(tree, ".".join(parts), kinds)
    return kinds


def _names_in(node: ast.AST, name: str, kinds: dict[str, str]) -> None:
    lambdas = 0
    waiting = list(ast.iter_child_nodes(node))[::-1]
    while waiting:
        child = waiting.pop()
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            kinds[f"{name}.{child.name}"] = "class" if isinstance(child, ast.ClassDef) else "function"
            _names_in(child, f"{name}.{child.name}", kinds)
            continue
        if isinstance(child, ast.Lambda):
            lambdas += 1
            kinds[f"{name}.<lambda{lambdas}>"] = kinds[f"{name}.<lambda>"] = "lambda"
        waiting.extend(list(ast.iter_child_nodes(child))[::-1])


def between_functions(pairs: Collection[Pair], kinds: dict[str, str]) -> set[Pair]:
    """Those whose caller is defined in the project and whose callee is a function or lambda of it."""
    return {(a, b) for a, b in pairs if a in kinds and kinds.get(b) in {"function", "lambda"}}


def read_truth(path: Path, kinds: dict[str, str]) -> set[Pair]:
    """The calls of a truth that count."""
    named = json.loads(path.read_text(encoding="utf-8"))
    pairs = {(_plain(caller, kinds), _plain(callee, kinds)) for caller, callees in named.items() for callee in callees}
    return between_functions(pairs, kinds)


def _plain(name: str, kinds: dict[str, str]) -> str:
    """A truth's name as the graph spells it: dots, and a package without its `__init__`."""
    name = re.sub(r"\.<(?:locals|main|module)>", "", name.replace("/", ".").replace("\\", "."))
    return name if name in kinds else name.replace(".__init__.", ".", 1) if ".__init__." in name else name


def merged(pairs: Collection[Pair]) -> set[Pair]:
    """Lambdas without their numbers, as a tracer sees them."""
    return {(_unnumbered(a), _unnumbered(b)) for a, b in pairs}


def _unnumbered(name: str) -> str:
    return re.sub(r"<lambda\d+>", "<lambda>", name)


def reached(pairs: Collection[Pair]) -> Callable[[str], set[str]]:
    """What a function reaches by any number of calls."""
    callees: dict[str, set[str]] = defaultdict(set)
    for caller, callee in pairs:
        callees[caller].add(callee)

    def of(name: str) -> set[str]:
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            fresh = callees.get(waiting.pop(), set()) - seen
            seen |= fresh
            waiting.extend(fresh)
        return seen

    return of


def reach_recall(truth: set[Pair], found: set[Pair]) -> tuple[int, int]:
    """Over all callers of the truth: of how many truly reachable functions the graph reaches how many."""
    truly, ours = reached(truth), reached(found)
    held = wanted = 0
    for caller in {caller for caller, _ in truth}:
        want = truly(caller) - {caller}
        wanted += len(want)
        held += len(want & ours(caller))
    return held, wanted


def share(part: int, whole: int) -> str:
    """`.973 (109 of 112)`, rounded down."""
    return f"{part * 1000 // whole / 1000:.3f} ({part:,} of {whole:,})" if whole else "nothing to measure"


def shown_project(root: Path, truth: Path | None, listing: Path | None) -> Iterator[str]:
    """Lines to print of one checkout."""
    project = link(root)
    edges = project.edges
    codebase = project.codebase
    external = sum(len(codebase.external_calls(name)) for name in codebase.definitions)
    unresolved = sum(len(codebase.unresolved_calls(name)) for name in codebase.definitions)
    yield f"{root.name}: {project.lines:,} lines, {len(codebase.definitions):,} definitions"
    seconds, size = project.reading + project.linking, max(project.lines, 1) / 100_000
    parts = f"{project.reading:.2f} facts, {project.linking:.2f} links"
    yield f"  seconds    {parts}; {seconds / size:.2f} per 100,000 lines"
    yield f"  calls      {len(edges):,} within, {external:,} leave the project, {unresolved:,} unresolved"
    yield f"  confidence {_counted(edge.confidence.value for edge in edges)}"
    yield f"  rungs      {_counted(edge.rung for edge in edges)}"
    yield f"  entries    {_counted(entry.framework for entry in codebase.entry_points) or 'none'}"
    if truth is not None:
        yield from shown_recall(project, names_below(root), truth, listing)


def shown_recall(project: Linked, kinds: dict[str, str], path: Path, listing: Path | None) -> Iterator[str]:
    """Recall against a truth, for all calls and without the possible ones."""
    truth = merged(read_truth(path, kinds))
    every = merged(project.pairs())
    firm = merged(project.pairs({Confidence.CERTAIN, Confidence.DISPATCH}))
    recall, firm_recall = share(len(truth & every), len(truth)), share(len(truth & firm), len(truth))
    yield f"  recall     {recall}; without possible {firm_recall}"
    yield f"  reach      {share(*reach_recall(truth, every))}; without possible {share(*reach_recall(truth, firm))}"
    if listing is not None:
        missed = "".join(f"{caller} -> {callee}\n" for caller, callee in sorted(truth - every))
        listing.write_text(missed, encoding="utf-8")


def _counted(names: Iterator[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in Counter(names).most_common())


def shown_micro(sources: Path, truths: Path, verbose: bool) -> Iterator[str]:
    """Precision and recall over the cases of a micro suite."""
    right = missed = extra = exact = cases = 0
    for truth in sorted(truths.glob("*/*/callgraph.json")):
        case = truth.parent.relative_to(truths)
        folder = sources / case
        if truths != sources and case.as_posix() in WRONG_LABELS:
            continue
        folder = (
            folder if folder.is_dir() else sources / case.as_posix().replace("new_direct_calls", "new_direct calls")
        )
        kinds = names_below(folder)
        want, found = read_truth(truth, kinds), link(folder).pairs()
        cases, exact = cases + 1, exact + (want == found)
        right, missed, extra = right + len(want & found), missed + len(want - found), extra + len(found - want)
        if verbose and want != found:
            yield f"  {case.as_posix()}: missed {sorted(want - found)}, extra {sorted(found - want)}"
    yield f"{sources}: {cases} cases, {exact} exact"
    yield f"  precision  {share(right, right + extra)}"
    yield f"  recall     {share(right, right + missed)}"


def shown_macro(root: Path, truth_path: Path, run: Path | None, verbose: bool) -> Iterator[str]:
    """Recall against a truth that people wrote; precision against it and what was executed."""
    project, kinds = link(root), names_below(root)
    truth, found = read_truth(truth_path, kinds), project.pairs()
    executed = read_truth(run, kinds) if run is not None else set()
    labelled = {_plain(caller, kinds) for caller in json.loads(truth_path.read_text(encoding="utf-8"))}
    judged = {pair for pair in found if pair[0] in labelled}
    right = {pair for pair in judged if pair in truth or merged({pair}) <= merged(executed | truth)}
    yield f"{root.name}:"
    yield f"  recall     {share(len(truth & found), len(truth))}"
    yield f"  precision  {share(len(right), len(judged))}"
    if verbose:
        yield from (f"  missed {caller} -> {callee}" for caller, callee in sorted(truth - found))
        yield from (f"  extra  {caller} -> {callee}" for caller, callee in sorted(judged - right))


def drawn(root: Path, count: int, seed: int) -> Iterator[str]:
    """Certain calls drawn by lot, to be read by people: `file:line caller -> callee (rung)`."""
    project = link(root)
    edges = [edge for edge in project.edges if edge.confidence is Confidence.CERTAIN]
    lot = random.Random(seed).sample(edges, min(count, len(edges)))
    for edge in sorted(lot, key=lambda found: (found.caller, found.line)):
        path = project.codebase.definitions[edge.caller].path
        yield f"{path}:{edge.line}:{edge.column}  {edge.caller} -> {edge.callee}  ({edge.rung})"


def shown_warm(root: Path) -> Iterator[str]:
    """Time of the next link: of an unchanged copy, and after one file has got one more function and call."""
    with tempfile.TemporaryDirectory() as folder:
        copy, cache, empty = (Path(folder, name) for name in ("copy", "cache", "empty"))
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".*", "*.pyc"), symlinks=True)
        cache.mkdir()
        empty.mkdir()
        paths = python_files(copy)
        floor = parsed_in(copy, paths)
        cold, unchanged = _timed(copy, paths, cache), _timed(copy, paths, cache)
        yield f"  parse      {floor:.2f} s of the processor: `ast.parse` of every file, and nothing else"
        yield f"  cold       {_shown_time(cold, floor)}"
        yield f"  unchanged  {_shown_time(unchanged, floor)}"
        changed = copy / random.Random(0).choice([path for path in paths if (copy / path).stat().st_size > 1000])
        changed.write_bytes(changed.read_bytes() + b"\n\ndef added_by_benchmark():\n    return added_by_benchmark()\n")
        after = _timed(copy, paths, cache)
        yield f"  changed    {_shown_time(after, floor)}"
        same = after.edges == edges_of(opened(copy, paths, empty))
    yield f"  equal      {'yes' if same else 'NO: the warm link differs from a cold one'}"


@dataclass(frozen=True)
class Timed:
    """One link with the cache of the last.

    Args:
        wall, cpu: seconds until calls were known: that passed, of the processor.
        edges: all calls.
    """

    wall: float
    cpu: float
    edges: set[Edge]


def _shown_time(found: Timed, floor: float) -> str:
    return f"{found.wall:.2f} s wall, {found.cpu:.2f} s of the processor: {found.cpu / floor:.2f} of the parse"


def parsed_in(root: Path, paths: list[str]) -> float:
    """Seconds of the processor to parse files, without doing anything with them."""
    contents = [(root / path).read_bytes() for path in paths]
    started = time.process_time()
    for content in contents:
        with contextlib.suppress(SyntaxError, ValueError):
            ast.parse(content)
    return time.process_time() - started


def _timed(root: Path, paths: list[str], cache: Path) -> Timed:
    """A link as a command makes it, until calls are known."""
    wall, cpu = time.perf_counter(), time.process_time()
    codebase = opened(root, paths, cache, remembers=True)
    codebase.calls_from(next(iter(codebase.definitions)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Timed(wall, cpu, edges_of(codebase))


def edges_of(codebase: Codebase) -> set[Edge]:
    """Every call."""
    return {edge for name in codebase.definitions for edge in codebase.calls_from(name)}


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dirs", nargs="*", type=Path, metavar="DIR", help="a checkout")
    parser.add_argument("--truth", action="append", default=[], help="of the DIRs, in their order; - for none")
    parser.add_argument("--micro", action="append", default=[], metavar="SOURCES[:TRUTHS]", help="a micro suite")
    parser.add_argument("--macro", action="append", default=[], metavar="SOURCES:TRUTH[:RUN]", help="a macro project")
    parser.add_argument("--missed", type=Path, metavar="FOLDER", help="write each DIR's missed calls there")
    parser.add_argument("--warm", action="store_true", help="of each DIR instead: time links after the first")
    parser.add_argument("--draw", type=int, default=0, metavar="N", help="print N certain calls of each DIR to be read")
    parser.add_argument("--seed", type=int, default=0, help="of the lot")
    parser.add_argument("-v", "--verbose", action="store_true", help="name what the suites miss and what is extra")
    return parser.parse_args()


def _shown(options: argparse.Namespace) -> Iterator[str]:
    truths = [None if given == "-" else Path(given) for given in options.truth]
    for at, root in enumerate(options.dirs):
        if options.draw:
            yield from drawn(root.resolve(), options.draw, options.seed)
            continue
        if options.warm:
            yield f"{root.resolve().name}:"
            yield from shown_warm(root.resolve())
            continue
        listing = options.missed / f"{root.resolve().name}.txt" if options.missed else None
        yield from shown_project(root.resolve(), truths[at] if at < len(truths) else None, listing)
    for given in options.micro:
        sources, _, labels = given.partition(":")
        yield from shown_micro(Path(sources), Path(labels or sources), options.verbose)
    for given in options.macro:
        root, truth, *run = given.split(":")
        yield from shown_macro(Path(root).resolve(), Path(truth), Path(run[0]) if run else None, options.verbose)


def main() -> None:
    """Print the figures as they come."""
    gc.disable()  # as the command does
    os.environ.setdefault("PYTHONHASHSEED", "0")
    for line in _shown(_parsed()):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
