"""Functions that a framework calls with every failure of some types that leaves an entry point."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.handlers import called_name, caught_types

_DECLARED = {
    "errorhandler": "flask",
    "app_errorhandler": "flask",
    "register_error_handler": "flask",
    "exception_handler": "fastapi",
    "add_exception_handler": "fastapi",
}
"""How they are declared, and to which framework."""

_REGISTERING = ("register_error_handler", "add_exception_handler")


@marks(
    "boundary",
    triggers=("errorhandler(", "exception_handler(", "register_error_handler(", "def process_exception"),
)
def boundary(module: Module) -> Iterator[Marked]:
    """An error handler of Flask or FastAPI, or `process_exception` of a middleware of Django's.

    `names` are the framework, the dotted name of the function (empty for the marked one), and the types that it is
    called with.
    """
    functions: list[FunctionNode] = [*module.nodes(ast.FunctionDef), *module.nodes(ast.AsyncFunctionDef)]
    for function in functions:
        for decorator in function.decorator_list:
            framework = _DECLARED.get(called_name(decorator)) if isinstance(decorator, ast.Call) else None
            if framework and isinstance(decorator, ast.Call) and decorator.args:
                yield Marked(function, names=(framework, "", *_caught(module, decorator.args[0])))
        if function.name == "process_exception" and isinstance(module.parent(function), ast.ClassDef):
            yield Marked(function, names=("django", "", "builtins.Exception"))
    yield from _registered(module)


def _registered(module: Module) -> Iterator[Marked]:
    for call in module.mentioning(ast.Call, _REGISTERING):
        if called_name(call) in _REGISTERING and len(call.args) == 2:
            name = module.names.resolve(call.args[1])
            if name is not None:
                yield Marked(call, names=(_DECLARED[called_name(call)], name, *_caught(module, call.args[0])))


def _caught(module: Module, type_: ast.expr) -> tuple[str, ...]:
    """The types; of a number those that carry one."""
    if isinstance(type_, ast.Constant):
        return ("werkzeug.exceptions.HTTPException",)
    return tuple(name for name in caught_types(module, type_) if name is not None)
