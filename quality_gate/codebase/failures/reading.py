"""Reads one file: its functions' failure sites, its exception classes, and what its names lead to."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.failures.gathering import Waivers
from quality_gate.codebase.failures.reader import FunctionReader
from quality_gate.codebase.failures.sites import FileFailures
from quality_gate.codebase.marks import Marked
from quality_gate.codebase.marks.retried import loops, tasks_that_ask_again, under
from quality_gate.failure_paths import UNKNOWN, WAIVED_BY, Waiver
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model import Module, decode, parse
from quality_gate_checkers.model.faults import UNREADABLE, fault_of
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.retries import policies
from quality_gate_checkers.settings import Settings

_MOST_LINES = 200
"""A waiver covers a statement; one that covers more lines is no waiver of a failure path."""


def failures_of(path: str, content: bytes, settings: Settings) -> FileFailures:
    """What one file tells of failures; one that cannot be read has a fault instead.

    Args:
        path: relative to the project's root, with forward slashes.
        content: the file's bytes.
        settings: the project's.
    """
    try:
        text = decode(content)
        return failures_in(Module(path, text, parse(text), settings, catalogue().made_by))
    except UNREADABLE as error:
        return FileFailures(fault=fault_of(error, "the reader of failure paths"))


def failures_in(module: Module) -> FileFailures:
    """The same of a module that is parsed already."""
    functions: list[FunctionNode] = [*module.nodes(ast.FunctionDef), *module.nodes(ast.AsyncFunctionDef)]
    functions.sort(key=lambda node: (node.lineno, node.col_offset))
    attempts = _attempts(module)
    waivers = _waivers(module)
    return FileFailures(
        module.name,
        functions=tuple(
            FunctionReader(module, one, _qualified(module, one), waivers, attempts.get(one, ())).read()
            for one in functions
        ),
        classes={_qualified(module, one): tuple(module.names.bases(one)) for one in module.nodes(ast.ClassDef)},
        names=dict(_names(module)),
    )


def _qualified(module: Module, node: ast.AST) -> str:
    return module.names.qualified_name(node)[len(module.name) :].removeprefix(".")


# -- attempts that end


def _attempts(module: Module) -> dict[FunctionNode, list[tuple[ast.AST, str]]]:
    """What is tried again until it fails for good, by the function that tries."""
    found: dict[FunctionNode, list[tuple[ast.AST, str]]] = {}
    for marked in _retried(module):
        function = marked.node if isinstance(marked.node, FunctionNode) else module.enclosing_function(marked.node)
        if function is not None:
            found.setdefault(function, []).append((marked.node, marked.detail))
    return found


def _retried(module: Module) -> Iterator[Marked]:
    for policy in policies(module):
        if policy.ends is not False:
            yield from under(module, policy)
    yield from tasks_that_ask_again(module)
    yield from loops(module)


# -- waivers


def _waivers(module: Module) -> Waivers:
    by_line: dict[int, Waiver] = {}
    for one in module.suppressions:
        names = one.kind == "allow" and one.problem is None and not WAIVED_BY.isdisjoint(one.names)
        if names and one.reason and one.last - one.first < _MOST_LINES:
            waiver = Waiver(one.line, one.reason, one.until)
            by_line.update(dict.fromkeys(range(one.first, one.last + 1), waiver))

    def waiver_at(first: int, last: int) -> Waiver | None:
        if not by_line:
            return None
        return next(
            (by_line[line] for line in range(first, min(last, first + _MOST_LINES) + 1) if line in by_line), None
        )

    return waiver_at


# -- what names lead to


def _names(module: Module) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Imports and aliases on top of the module; `*` leads to the modules of which everything is imported."""
    stars: list[str] = []
    for node in _top(module.tree.body):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name == "*":
                    stars.append(_source(module, node))
                else:
                    yield from _leads_to(module, alias.asname or alias.name)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _is_alias(node.value):
            yield from _leads_to(module, node.targets[0].id)
    if stars:
        yield "*", tuple(stars)


def _is_alias(value: ast.expr) -> bool:
    return isinstance(value, ast.Name | ast.Attribute | ast.Tuple)


def _top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try):
            yield from node.body


def _source(module: Module, node: ast.ImportFrom) -> str:
    """The module that an import names; relative ones from the module's package."""
    package = module.name.split(".") if module.path.endswith("__init__.py") else module.name.split(".")[:-1]
    kept = package[: len(package) - (node.level - 1)] if node.level else []
    return ".".join([*kept, *([node.module] if node.module else [])])


def _leads_to(module: Module, name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    members = module.names.exported_members(name)
    if members is not None:
        yield name, tuple(member or UNKNOWN for member in members)
        return
    target = module.names.exported(name)
    if target is not None and target != f"{module.name}.{name}":
        yield name, (target,)
