"""Whether code runs apart from the call that starts it, so that what fails there comes up to nobody."""

from __future__ import annotations

import ast

from quality_gate.codebase.suggesting.sources import FUNCTIONS, Source, chain_of, last_name

_STARTING = frozenset(
    {"create_task", "ensure_future", "run_coroutine_threadsafe", "call_soon", "call_soon_threadsafe", "spawn",
     "start_soon", "submit", "Thread", "Timer", "start_new_thread", "add_background_task"}
)  # fmt: skip


def apart_in(source: Source, line: int, column: int) -> str:
    """The call that starts what is called at a place as work of its own, as written, cut; empty where somebody waits.

    Args:
        line, column: of the call, 1-based, in code points.
    """
    node: ast.AST | None = source.call_at(line, column)
    parents = {child: held for held in ast.walk(source.tree) for child in ast.iter_child_nodes(held)}
    started: ast.Call | None = None
    names: set[str] = set()
    while node is not None and not isinstance(node, ast.stmt):
        if isinstance(node, ast.Await):
            return ""
        if isinstance(node, ast.Call):
            if started is not None:
                names.update((chain_of(node.func) or [])[:1])
            elif last_name(node.func) in _STARTING:
                started = node
        node = parents.get(node)
    if started is None or node is None or isinstance(node, ast.Return) or _is_group(started, parents):
        return ""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names.update(one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))
    if _is_waited_for(names, _function(node, parents)):
        return ""
    return f"{' '.join(ast.unparse(started.func).split())[:60]}()"


def _function(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.AST | None:
    found: ast.AST | None = node
    while found is not None and not isinstance(found, FUNCTIONS):
        found = parents.get(found)
    return found


def _is_group(started: ast.Call, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether it is a part of a `with`, which waits for all that it has started."""
    root = (chain_of(started.func) or [""])[0]
    node: ast.AST | None = started
    while node is not None:
        if isinstance(node, ast.With | ast.AsyncWith):
            given = [one.optional_vars for one in node.items]
            if any(isinstance(one, ast.Name) and one.id == root for one in given):
                return True
        node = parents.get(node)
    return False


def _is_waited_for(names: set[str], function: ast.AST | None) -> bool:
    """Whether a function waits for one of these names, or asks it for its outcome."""
    for node in ast.walk(function) if function is not None else ():
        if isinstance(node, ast.Call) and last_name(node.func) in ("result", "as_completed", "wait"):
            waiting: ast.AST = node
        elif isinstance(node, ast.Await):
            waiting = node
        else:
            continue
        if any(isinstance(one, ast.Name) and one.id in names for one in ast.walk(waiting)):
            return True
    return False
