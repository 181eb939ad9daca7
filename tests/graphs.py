"""Small hand-made codebases and test runs for unit tests: no linker, no recorder, no disk."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from quality_gate.codebase.graph import (
    Confidence,
    Definition,
    Edge,
    EntryPoint,
    ExternalCall,
    Mark,
    UnresolvedCall,
)
from quality_gate.errors import Missing
from quality_gate.runs import FileRuns, LineOfTests, ObservedCall, SeenFailure, TestOutcome, Touched
from quality_gate_checkers.model.critical import critical_names

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def definitions_of(path: str, source: str, module: str | None = None) -> tuple[Definition, ...]:
    """What a source defines, the module first; `# quality-gate: critical[...]` on the line of the `def` counts."""
    name = module or path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    lines = source.splitlines()
    found = [Definition(name, "module", path, 1, max(len(lines), 1), 1)]
    found += _inner(ast.parse(source), name, path, lines)
    return tuple(found)


def _inner(node: ast.AST, scope: str, path: str, lines: list[str]) -> Iterator[Definition]:
    lambdas = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (*_FUNCTIONS, ast.ClassDef)):
            name = f"{scope}.{child.name}"
            first = min([child.lineno, *(one.lineno for one in child.decorator_list)])
            critical = critical_names(lines[child.lineno - 1]) or ()
            kind = "class" if isinstance(child, ast.ClassDef) else "function"
            is_async = isinstance(child, ast.AsyncFunctionDef)
            stub = kind == "function" and isinstance(child.body[0], ast.Pass | ast.Expr) and len(child.body) == 1
            yield Definition(name, kind, path, first, child.end_lineno, child.lineno, is_async, (), critical, stub)
            yield from _inner(child, name, path, lines)
        elif isinstance(child, ast.Lambda):
            lambdas += 1
            yield Definition(f"{scope}.<lambda{lambdas}>", "lambda", path, child.lineno, child.end_lineno, child.lineno)
        else:
            yield from _inner(child, scope, path, lines)


class SmallCodebase:
    """A `Codebase` of a few files.

    Args:
        files: source by path.
        edges: (caller, callee) pairs, or `Edge`s; a pair is certain and stands on the line below the caller's `def`.
        external, unresolved, marks, entry_points: as the protocol gives them.
        modules: dotted names of files whose path does not tell them.
        unread: files that could not be analysed.
    """

    def __init__(
        self,
        files: Mapping[str, str],
        edges: Iterable[tuple[str, str] | Edge] = (),
        *,
        external: Iterable[ExternalCall] = (),
        unresolved: Iterable[UnresolvedCall] = (),
        marks: Iterable[Mark] = (),
        entry_points: Iterable[EntryPoint] = (),
        overrides: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
        modules: Mapping[str, str] = MappingProxyType({}),
        unread: Iterable[str] = (),
    ) -> None:
        self._sources = files
        self._in = {path: definitions_of(path, source, modules.get(path)) for path, source in files.items()}
        self.definitions = {one.name: one for held in self._in.values() for one in held}
        self.modules = {held[0].name: path for path, held in self._in.items()}
        self._in |= dict.fromkeys(unread, ())
        self.edges = [edge if isinstance(edge, Edge) else self._edge(*edge) for edge in edges]
        self._external, self._unresolved = tuple(external), tuple(unresolved)
        self._marks, self.entry_points, self._overrides = tuple(marks), tuple(entry_points), overrides

    def _edge(self, caller: str, callee: str) -> Edge:
        return Edge(caller, callee, self.definitions[caller].line + 1, 5, Confidence.CERTAIN, "import")

    def calls_from(self, name: str) -> tuple[Edge, ...]:
        return tuple(edge for edge in self.edges if edge.caller == name)

    def calls_to(self, name: str) -> tuple[Edge, ...]:
        return tuple(edge for edge in self.edges if edge.callee == name)

    def external_calls(self, name: str) -> tuple[ExternalCall, ...]:
        return tuple(call for call in self._external if call.caller == name)

    def unresolved_calls(self, name: str) -> tuple[UnresolvedCall, ...]:
        return tuple(call for call in self._unresolved if call.caller == name)

    def definitions_in(self, path: str) -> tuple[Definition, ...]:
        return self._in.get(path, ())

    def imported_in(self, path: str) -> frozenset[str]:
        found: set[str] = set()
        for node in ast.walk(ast.parse(self._sources[path])):
            if isinstance(node, ast.Import):
                found.update(one.name for one in node.names)
            elif isinstance(node, ast.ImportFrom):
                found.update([f"{node.module}", *(f"{node.module}.{one.name}" for one in node.names)])
        return frozenset(found)

    def overrides(self, name: str) -> tuple[str, ...]:
        return self._overrides.get(name, ())

    def marks(self, kind: str) -> Mapping[str, tuple[Mark, ...]]:
        functions = {mark.function for mark in self._marks if mark.kind == kind}
        return {
            name: tuple(mark for mark in self._marks if mark.kind == kind and mark.function == name)
            for name in sorted(functions)
        }


def file_runs(
    path: str, source: str, run: Iterable[int] = (), *, unrun: Iterable[int] | None = None, **more: object
) -> FileRuns:
    """What was run of a source; statements and branches of `if`, `for` and `while` are found in it.

    Args:
        run: lines that were run. unrun: instead of these, all lines but some.
        more: `excluded`, `taken`, `has_branches` of `FileRuns`; without `taken`, branches to lines that were run from
            lines that were run, and all that leave the function, are taken.
    """
    tree = ast.parse(source)
    statements = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt) and not _is_docstring(node)}
    branches = dict(_branches(tree.body, -1))
    ran = statements - set(unrun) if unrun is not None else set(run)
    default = {
        (line, to) for line, targets in branches.items() for to in targets if line in ran and (to < 0 or to in ran)
    }
    found = {
        "path": path,
        "statements": frozenset(statements),
        "excluded": frozenset(),
        "run": frozenset(ran),
        "branches": branches if more.get("has_branches", True) else {},
        "taken": frozenset(default if more.get("has_branches", True) else ()),
    }
    made = found | {key: value if isinstance(value, bool) else frozenset(value) for key, value in more.items()}
    return FileRuns(**made)  # type: ignore[arg-type]


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _branches(body: list[ast.stmt], leaving: int) -> Iterator[tuple[int, frozenset[int]]]:
    """Destinations by branch line, roughly as coverage sees them."""
    for number, node in enumerate(body):
        after = body[number + 1].lineno if number + 1 < len(body) else leaving
        if isinstance(node, ast.If | ast.For | ast.While):
            other = node.orelse[0].lineno if node.orelse else after
            yield node.lineno, frozenset({node.body[0].lineno, other})
        inner = -node.lineno if isinstance(node, _FUNCTIONS) else after
        for field in ("body", "orelse", "finalbody"):
            yield from _branches(getattr(node, field, None) or [], inner)


class SmallRuns:
    """A `Runs` of a few files.

    Args:
        files: what was run of each.
        stale: reason by (path, qualified name).
        unreadable: paths whose evidence is there and not readable.
        tests_of: test ids by (path, line).
        failures: what failed, by path.
        arcs: jumps by test, by path.
        ran_in: lines of test code by test id. test_lines: by path.
        unseen: why what failed is not known.
        tests: outcome by test id. touched: what they touched. partial: that only a part of them was chosen.
        in_part: the same of functions, by qualified name.
    """

    def __init__(
        self,
        *files: FileRuns,
        problems: tuple[str, ...] = (),
        observed: Iterable[ObservedCall] = (),
        stale: Mapping[tuple[str, str], str] = MappingProxyType({}),
        unreadable: Iterable[str] = (),
        tests_of: Mapping[tuple[str, int], tuple[str, ...]] = MappingProxyType({}),
        failures: Mapping[str, tuple[SeenFailure, ...]] = MappingProxyType({}),
        arcs: Mapping[str, Mapping[str, frozenset[tuple[int, int]]]] = MappingProxyType({}),
        ran_in: Mapping[str, tuple[LineOfTests, ...]] = MappingProxyType({}),
        test_lines: Mapping[str, frozenset[int]] = MappingProxyType({}),
        unseen: str | None = None,
        tests: Mapping[str, TestOutcome] = MappingProxyType({}),
        touched: Touched | None = None,
        partial: str = "",
        in_part: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._in_part = in_part
        self._failures, self._arcs, self._ran_in, self._test_lines = failures, arcs, ran_in, test_lines
        self._unseen = unseen
        self._files = {found.path: found for found in files}
        self.description = "a test"
        self.problems = problems
        self.partial = partial
        self.tests = tests
        self.touched = touched
        self.observed_calls = tuple(observed)
        self._stale, self._unreadable, self._tests_of = stale, frozenset(unreadable), tests_of

    def file(self, path: str) -> FileRuns | None:
        if path in self._unreadable:
            raise Missing(f"the evidence of {path}", "type quality-gate test")
        return self._files.get(path)

    def stale(self, path: str, function: str) -> str | None:
        return self._stale.get((path, function))

    def in_part(self, path: str, function: str) -> str:
        return self._in_part.get(function, "")

    def tests_of(self, path: str, line: int) -> tuple[str, ...]:
        return self._tests_of.get((path, line), ())

    def failures_of(self, path: str) -> tuple[SeenFailure, ...]:
        return self._failures.get(path, ())

    def arcs_of(self, path: str) -> Mapping[str, frozenset[tuple[int, int]]]:
        return self._arcs.get(path, {})

    def ran_in(self, test: str) -> tuple[LineOfTests, ...]:
        return self._ran_in.get(test, ())

    def test_lines(self, path: str) -> frozenset[int] | None:
        return self._test_lines.get(path)

    def unseen(self, test: str) -> str | None:
        return self._unseen
