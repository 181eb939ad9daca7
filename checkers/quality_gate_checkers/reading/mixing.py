"""Two dependencies in one `try`: something is changed in the first, and then the second can fail."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from quality_gate_checkers.dependencies import Fallible, catalogue
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import answers_for, called_name, caught_types, fallible_calls, is_cleanup
from quality_gate_checkers.reading.logs import log_level
from quality_gate_checkers.reading.sessions import is_commit
from quality_gate_checkers.reading.walks import leaves, names_bound, names_read, walk_now


class _Step(msgspec.Struct, frozen=True):
    call: ast.Call
    known: Fallible


class Mixed(msgspec.Struct, frozen=True):
    """A write that has happened when the next dependency fails.

    Args:
        write: what is done by then.
        next: what fails after it, of another dependency.
        dependencies: the names of both, in this order.
    """

    write: ast.Call
    next: ast.Call
    dependencies: tuple[str, str]


def mixed(module: Module, handler: ast.ExceptHandler) -> Mixed | None:
    """Two steps of which a handler cannot tell how many were taken, None where it can or need not."""
    block = module.parent(handler)
    if not isinstance(block, ast.Try | ast.TryStar) or not _decides(module, handler):
        return None
    if is_cleanup(module, block) or _knows(block, handler):
        return None
    steps = [step for step in _steps(module, block) if _falls_to(module, step, handler, block)]
    undone = any("rollback" in called_name(node) for node in walk_now(handler.body) if isinstance(node, ast.Call))
    for at, first in enumerate(steps):
        if not _is_write(first) or (undone and _can_be_undone(first)):
            continue
        for second in steps[at + 1 :]:
            if _differ(first.known, second.known) and _reaches(module, first.call, second.call):
                return Mixed(first.call, second.call, (first.known.dependency, second.known.dependency))
    return None


# -- the steps


def _steps(module: Module, block: ast.Try | ast.TryStar) -> list[_Step]:
    """Remote calls in a `try` in source order; a session that only its name tells commits as any other."""
    steps = {found.node: found.known for found in fallible_calls(module, block.body) if found.known.remote}
    commit = catalogue().fallible("sqlalchemy.orm.Session.commit")
    for node in _outermost_calls(block.body):
        if commit is not None and node not in steps and is_commit(module, node):
            steps[node] = commit
    found = [_Step(call, known) for call, known in steps.items()]
    return sorted(found, key=lambda step: (step.call.end_lineno or 0, step.call.end_col_offset or 0))


def _outermost_calls(body: list[ast.stmt]) -> Iterator[ast.Call]:
    """Calls in a block whose failure no inner `try` may catch."""
    tops = [statement for statement in body if not isinstance(statement, ast.Try | ast.TryStar)]
    return (node for node in walk_now(tops) if isinstance(node, ast.Call))


def _falls_to(module: Module, step: _Step, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar) -> bool:
    """Whether the failure of a step comes to this handler and not to one before it."""
    for each in block.handlers:
        if answers_for(caught_types(module, each.type), step.known):
            return each is handler
    return False


def _is_write(step: _Step) -> bool:
    """What is changed outside; a call of the project's own dependency changes something unless it is named a read."""
    if step.known.kind == "own":
        return not called_name(step.call).startswith(_READS)
    return step.known.effect == "write" and called_name(step.call) not in ("begin", "begin_nested", "flush")


_READS = ("get", "list", "find", "fetch", "read", "load", "is_", "has_", "search", "count", "check", "ping")


def _can_be_undone(step: _Step) -> bool:
    return step.known.kind == "database" and called_name(step.call) != "commit"


def _differ(first: Fallible, second: Fallible) -> bool:
    """Two databases behind one transaction are one dependency here."""
    return first.dependency != second.dependency and {first.kind, second.kind} != {"database"}


def _reaches(module: Module, first: ast.Call, second: ast.Call) -> bool:
    """Whether control can come from one call to a later one: not from the other branch, not past a `return`."""
    around_second = {second, *module.ancestors(second)}
    child: ast.AST = first
    for above in module.ancestors(first):
        if above in around_second:
            return not isinstance(above, ast.If | ast.Match | ast.IfExp) or _in_one_branch(above, child, around_second)
        if any(leaves(branch) for branch in _branches(above) if child in branch):
            return False
        child = above
    return False


def _in_one_branch(fork: ast.AST, child: ast.AST, around_second: set[ast.AST]) -> bool:
    """Whether both calls stand in the same branch, or the first in the question that decides on the branch."""
    branches = [branch for branch in _branches(fork) if child in branch]
    return not branches or any(not around_second.isdisjoint(branch) for branch in branches)


def _branches(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse"):
        branch = getattr(node, field, None)
        if isinstance(branch, list):
            yield branch


# -- what the handler makes of it


def _decides(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether a handler says what has happened: answers, sets or calls something; a log and a raise leave it open."""
    decides = False
    for node in walk_now(handler.body):
        if isinstance(node, ast.Raise):
            return False
        if isinstance(node, ast.Return):
            decides = decides or node.value is not None
        elif isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            decides = True
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            decides = decides or log_level(module, node.value) is None
    return decides


def _knows(block: ast.Try | ast.TryStar, handler: ast.ExceptHandler) -> bool:
    """Whether a handler asks what was done: a name that the `try` binds, or the kind of the exception."""
    asked = [node.test for node in walk_now(handler.body) if isinstance(node, ast.If | ast.IfExp | ast.While)]
    return not names_read(asked).isdisjoint(names_bound(block.body) | {handler.name or ""})
