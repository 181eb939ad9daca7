"""Calls that go to the network by the module's own name: nobody can have handed them a double."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model import PRODUCTION, Module, Role
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.handlers import called_name

_VERBS = ("get", "head", "options", "post", "put", "patch", "delete", "request")
_NETWORK = frozenset(
    {
        *(f"{library}.{verb}" for library in ("requests", "httpx") for verb in _VERBS),
        "httpx.stream",
        "urllib.request.urlopen",
        "urllib.request.urlretrieve",
    }
)
_CALLED = frozenset(name.rpartition(".")[2] for name in _NETWORK)
_SOMETIMES = (ast.If, ast.IfExp, ast.ExceptHandler, ast.For, ast.AsyncFor, ast.While, ast.match_case, ast.BoolOp)


@marks("network", triggers=("requests", "httpx", "urlopen", "urlretrieve"), roles=PRODUCTION | {Role.TESTS})
def network(module: Module) -> Iterator[Marked]:
    """A call of requests, httpx or urllib by name made whenever its function is called; `detail` is its name."""
    reached: dict[FunctionNode, set[ast.AST]] = {}
    for call in module.mentioning(ast.Call, _CALLED):
        if called_name(call) not in _CALLED:
            continue
        name = module.names.resolve(call.func)
        known = catalogue().canonical(name) if name else ""
        function = module.enclosing_function(call)
        if known in _NETWORK and function is not None:
            if function not in reached:  # once: a function can hold thousands of calls
                reached[function] = set(_always_reached(function))
            if _always_made(module, call, function, reached[function]):
                yield Marked(call, known)


def _always_made(module: Module, call: ast.Call, function: FunctionNode, reached: set[ast.AST]) -> bool:
    """Whether nothing around or before a call may keep it from being made.

    Args:
        reached: what of the function's body runs whenever it is called.
    """
    child: ast.AST = call
    for above in module.ancestors(call):
        if above is function:
            break
        if isinstance(above, (*_SOMETIMES, ast.Lambda)):
            return False
        child = above
    return child in reached


def _always_reached(function: FunctionNode) -> Iterator[ast.AST]:
    """The statements of a function's body up to the first one that may leave it."""
    for statement in function.body:
        yield statement
        if any(isinstance(node, ast.Return | ast.Raise | ast.Assert) for node in ast.walk(statement)):
            return
