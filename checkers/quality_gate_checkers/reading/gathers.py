"""What `asyncio.gather` is handed, and whether anybody looks at what it gives back."""

from __future__ import annotations

import ast

from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import called_name, is_cleanup
from quality_gate_checkers.reading.walks import walk_now
from quality_gate_checkers.reading.workers import work_of

_BROADCASTS = frozenset(
    {"send", "send_text", "send_json", "send_bytes", "send_str", "broadcast", "emit", "publish", "notify"}
)
"""Best effort by nature when it goes to many at once: those who have left do not answer."""

_PARTING = frozenset(
    {"close", "stop", "shutdown", "cleanup", "aexit", "cancel", "teardown", "disconnect", "drain", "finalize", "exit"}
)
"""Words in the names of functions that end something."""


def is_dropped(module: Module, call: ast.Call) -> bool:
    """Whether nobody keeps what a call of `gather` gives, once it has been awaited."""
    parent = module.parent(call)
    if isinstance(parent, ast.Await) or (
        isinstance(parent, ast.Call) and called_name(parent) in ("run_until_complete", "wait_for")
    ):
        call_or_await = module.parent(parent)
        parent = module.parent(call_or_await) if isinstance(call_or_await, ast.Await) else call_or_await
    return isinstance(parent, ast.Expr)


def is_parting(module: Module, call: ast.Call) -> bool:
    """Whether this is the end of something: after `.cancel()`, in `finally`, in `close()`."""
    function = module.enclosing_function(call)
    if function is None:
        return True
    earlier = (node for node in walk_now(function.body) if isinstance(node, ast.Call) and node.lineno <= call.lineno)
    if any(called_name(node) in ("cancel", "stop", "shutdown", "close") for node in earlier):
        return True
    words = set(function.name.lower().strip("_").split("_"))
    return bool(words & _PARTING) or is_cleanup(module, call)


def is_broadcast(work: ast.expr) -> bool:
    """Whether work tells something to a listener that may have left."""
    return isinstance(work, ast.Attribute) and work.attr in _BROADCASTS


def gathered(module: Module, call: ast.Call) -> list[ast.expr]:
    """The functions whose coroutines are gathered; empty when one of them cannot be told."""
    works: list[ast.expr] = []
    for given in call.args:
        for part in _parts(module, call, given):
            work = work_of(part) if isinstance(part, ast.Call) else None
            if work is None:
                return []
            works.append(work)
    return works


def _parts(module: Module, call: ast.Call, given: ast.expr) -> list[ast.expr | None]:
    if not isinstance(given, ast.Starred):
        return [given]
    many = given.value
    if isinstance(many, ast.Name):
        return _collected(module, call, many)
    return _elements(many)


def _elements(many: ast.expr) -> list[ast.expr | None]:
    if isinstance(many, ast.ListComp | ast.GeneratorExp | ast.SetComp):
        return [many.elt]
    if isinstance(many, ast.List | ast.Tuple):
        return list(many.elts)
    if isinstance(many, ast.Call) and called_name(many) == "map" and many.args:
        return [ast.Call(func=many.args[0], args=[], keywords=[])]
    return [None]


def _collected(module: Module, call: ast.Call, name: ast.Name) -> list[ast.expr | None]:
    """What a local list holds that is filled, gathered and not looked at again."""
    function = module.enclosing_function(call)
    found = module.names.bindings(name)
    if function is None or len(found) != 1 or found[0].kind != "value" or found[0].value is None:
        return [None]
    held = _elements(found[0].value)
    for use in walk_now(function.body):
        if not (isinstance(use, ast.Name) and use.id == name.id and isinstance(use.ctx, ast.Load)) or use is name:
            continue
        parent = module.parent(use)
        adding = module.parent(parent) if isinstance(parent, ast.Attribute) and parent.attr == "append" else None
        if isinstance(adding, ast.Call) and adding.args:
            held.append(adding.args[0])
        elif not isinstance(parent, ast.If | ast.UnaryOp):
            return [None]
    return held
