"""Functions that tell people what happened: logs, metrics, spans, error trackers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.handlers import called_name, written
from quality_gate_checkers.reading.logs import LOGGING, log_level

_TELLING = frozenset(
    {
        "capture_exception", "capture_message", "record_exception", "notice_error", "report_exc_info", "add_event",
        "incr", "increment", "inc", "observe", "timing", "gauge", "histogram", "start_span", "start_as_current_span",
        "set_status", "add_breadcrumb", "count_exceptions", "print_exc", "print_exception", "mail_admins",
        "log_exception",
    }
)  # fmt: skip
_LOGGING = ("log.", "logger", "logging", "LOG.", "LOGGER", "_log", "Log")
_DECORATING = (
    "trace",
    "span",
    "instrument",
    "metric",
    "timed",
    "count_exceptions",
    "monitor",
    "logged",
    "log_",
    "observe",
    "audit",
)


@marks("telling", triggers=(*_LOGGING, *sorted(_TELLING), *(f"@{word}" for word in _DECORATING)))
def telling(module: Module) -> Iterator[Marked]:
    """One mark a function that logs at any level, counts, traces or reports, or whose decorator does."""
    told: set[str] = set()
    for call in module.mentioning(ast.Call, _TELLING | LOGGING):
        if called_name(call) in _TELLING or log_level(module, call) is not None:
            name = module.names.qualified_name(call)
            if name not in told:
                told.add(name)
                yield Marked(call, called_name(call))
    functions: list[FunctionNode] = [*module.nodes(ast.FunctionDef), *module.nodes(ast.AsyncFunctionDef)]
    for function in functions:
        if any(_tells(found) for found in function.decorator_list):
            yield Marked(function.decorator_list[0], "decorator", function=function)


def _tells(decorator: ast.expr) -> bool:
    name = written(decorator).lower()
    return any(word in name for word in _DECORATING)
