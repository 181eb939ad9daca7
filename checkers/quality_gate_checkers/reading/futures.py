"""Futures and tasks: which calls make one, of what work, and where it goes."""

from __future__ import annotations

import ast

from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.arguments import origin
from quality_gate_checkers.reading.handlers import callee
from quality_gate_checkers.reading.walks import names_read, walk_now

_EXECUTORS = frozenset(
    f"concurrent.futures.{name}"
    for name in (
        "ThreadPoolExecutor", "ProcessPoolExecutor", "InterpreterPoolExecutor", "Executor", "thread.ThreadPoolExecutor",
        "process.ProcessPoolExecutor", "_base.Executor",
    )
)  # fmt: skip
_LOOP_MAKERS = frozenset({"asyncio.get_event_loop", "asyncio.get_running_loop", "asyncio.new_event_loop"})
_LOOPS = frozenset({"asyncio.AbstractEventLoop", "asyncio.BaseEventLoop", "asyncio.events.AbstractEventLoop"})
_TASK_MAKERS = frozenset(
    {"asyncio.create_task", "asyncio.ensure_future", "asyncio.tasks.create_task", "asyncio.run_coroutine_threadsafe"}
)
_UNWATCHED = frozenset({"cancel", "done", "cancelled", "cancelling", "get_name", "set_name", "uncancel"})
"""Methods of a task that do not tell whether it failed."""


def work_place(module: Module, call: ast.Call, name: str) -> int | None:
    """Where among the arguments the work is, None for a call of something else."""
    if name in ("submit", "map"):
        known = callee(module, call) if name == "submit" else module.names.callee(call)
        return 0 if known and known.rpartition(".")[0] in _EXECUTORS else None
    if module.names.resolve(call.func) in _TASK_MAKERS:
        return 0
    if (
        name in ("create_task", "run_in_executor")
        and isinstance(call.func, ast.Attribute)
        and _is_loop(module, call.func.value)
    ):
        return 1 if name == "run_in_executor" else 0
    return None


def _is_loop(module: Module, expression: ast.expr) -> bool:
    made = origin(module, expression)
    if isinstance(made, ast.Call):
        return module.names.resolve(made.func) in _LOOP_MAKERS
    return module.names.type_of(expression) in _LOOPS


def kept_in(module: Module, call: ast.Call) -> str | None:
    """Where a result goes that nobody asks: empty for nowhere, else a name; None when somebody may ask it."""
    node: ast.AST = call
    parent = module.parent(node)
    while isinstance(parent, ast.ListComp | ast.SetComp | ast.GeneratorExp) and parent.elt is node:
        node, parent = parent, module.parent(parent)
    if isinstance(parent, ast.Expr):
        return ""
    if not isinstance(parent, ast.Assign | ast.AnnAssign):
        return None
    targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
    only = targets[0] if len(targets) == 1 else None
    if isinstance(only, ast.Name):
        return only.id if _is_unread_local(module, only) else None
    if isinstance(only, ast.Attribute) and isinstance(only.value, ast.Name) and only.attr.startswith("_"):
        return (
            f"self.{only.attr}" if module.names.class_of_self(only.value) and _is_unasked(module, only.attr) else None
        )
    return None


def _is_unread_local(module: Module, name: ast.Name) -> bool:
    function = module.enclosing_function(name)
    if function is None:
        return False
    declared = {
        word for node in walk_now(function.body) if isinstance(node, ast.Global | ast.Nonlocal) for word in node.names
    }
    return name.id not in declared and name.id not in names_read(function.body)


def _is_unasked(module: Module, attribute: str) -> bool:
    """Whether every use of a private attribute only cancels it or looks whether it is there."""
    uses = [node for node in module.nodes(ast.Attribute) if node.attr == attribute and isinstance(node.ctx, ast.Load)]
    return attribute not in _strings(module) and all(_is_no_question(module, use) for use in uses)


def _strings(module: Module) -> set[str]:
    return {node.value for node in module.nodes(ast.Constant) if isinstance(node.value, str) and len(node.value) < 80}


def _is_no_question(module: Module, use: ast.Attribute) -> bool:
    parent = module.parent(use)
    if isinstance(parent, ast.Attribute):
        return parent.attr in _UNWATCHED
    return isinstance(parent, ast.Compare | ast.BoolOp | ast.UnaryOp) or (
        isinstance(parent, ast.If | ast.While | ast.IfExp) and parent.test is use
    )
