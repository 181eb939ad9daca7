"""What a log in a handler tells of the failure: the exception, its traceback, or the thing that was worked on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.arguments import is_none, origin
from quality_gate_checkers.reading.handlers import called_name, written
from quality_gate_checkers.reading.logs import log_level
from quality_gate_checkers.reading.walks import walk_now

_TRANSLATORS = frozenset({"_", "gettext", "gettext_lazy", "ugettext", "ugettext_lazy", "_l", "N_"})
_MAKERS = frozenset({"getLogger", "get_logger", "get_task_logger", "getChild"})
_FOR_ALL = frozenset({"bind_contextvars", "bound_contextvars", "contextualize", "LoggerAdapter"})
"""What gives everything that is logged from here on a context that the call does not show."""

_LONGEST_WORDS = 200
_SHOWN = 50


def loud_logs(module: Module, body: list[ast.stmt]) -> list[ast.Call]:
    """Calls in a block that log at warning or above, in source order."""
    return [node for node in walk_now(body) if isinstance(node, ast.Call) and log_level(module, node) == "loud"]


def tells(module: Module, log: ast.Call) -> bool:
    """Whether a log holds more than fixed words: the traceback, or a value that was computed."""
    if called_name(log) == "exception":
        return True
    given = log.args[1:] if called_name(log) == "log" else log.args
    return any(not _is_fixed(module, part) for part in given) or any(
        _adds(module, keyword) for keyword in [*log.keywords, *_of_the_logger(log)]
    )


def _of_the_logger(log: ast.Call) -> Iterator[ast.keyword]:
    """What the calls that make a logger are given: `logger.bind(order=order.id).error("failed")`."""
    maker = log.func.value if isinstance(log.func, ast.Attribute) else log.func
    while isinstance(maker, ast.Call):
        if called_name(maker) not in _MAKERS:
            yield from maker.keywords
        maker = maker.func.value if isinstance(maker.func, ast.Attribute) else maker.func


def _adds(module: Module, keyword: ast.keyword) -> bool:
    """Whether a keyword argument tells of the failure; `exc_info=True` does, `exc_info=False` does not."""
    if keyword.arg in ("exc_info", "exception"):
        return not (is_none(keyword.value) or (isinstance(keyword.value, ast.Constant) and not keyword.value.value))
    return not _is_fixed(module, keyword.value)


def _is_fixed(module: Module, part: ast.expr) -> bool:
    """Whether an expression says the same each time: a literal, or words made of literals."""
    if isinstance(part, ast.Name):
        return part.id in ("__name__", "__file__") or isinstance(origin(module, part), ast.Constant)
    if isinstance(part, ast.Call):
        on = part.func.value if isinstance(part.func, ast.Attribute) else None
        if called_name(part) not in _TRANSLATORS and not (called_name(part) == "format" and on is not None):
            return False
        words = [on] if called_name(part) == "format" and on is not None else []
        inner = [*words, *part.args, *(keyword.value for keyword in part.keywords)]
    elif isinstance(part, ast.JoinedStr | ast.BinOp | ast.Tuple | ast.List | ast.Dict | ast.FormattedValue):
        inner = _inner(part)
    else:
        return isinstance(part, ast.Constant)
    return all(_is_fixed(module, held) for held in inner)


def _inner(part: ast.JoinedStr | ast.BinOp | ast.Tuple | ast.List | ast.Dict | ast.FormattedValue) -> list[ast.expr]:
    if isinstance(part, ast.BinOp):
        return [part.left, part.right]
    if isinstance(part, ast.FormattedValue):
        return [part.value]
    return part.elts if isinstance(part, ast.Tuple | ast.List) else part.values


def has_context_of_its_own(module: Module, log: ast.Call) -> bool:
    """Whether the logger may carry values that the call does not show: bound before, handed in, or an adapter."""
    logger = log.func.value if isinstance(log.func, ast.Attribute) else log.func
    if isinstance(logger, ast.Name) and any(found.kind == "parameter" for found in module.names.bindings(logger)):
        return True
    if not any(word in module.text for word in ("bind", "new", *_FOR_ALL)):
        return False
    return any(_binds(call) for call in module.mentioning(ast.Call, ("bind", "new", *_FOR_ALL)))


def _binds(call: ast.Call) -> bool:
    name = called_name(call)
    return name in _FOR_ALL or (
        name in ("bind", "new") and isinstance(call.func, ast.Attribute) and "log" in written(call.func.value).lower()
    )


_REPORTING = frozenset({"capture_exception", "record_exception", "print_exc", "format_exc", "exc_info", "retry"})
"""Calls that hand the exception on without being given it."""


def passes_on(handler: ast.ExceptHandler) -> bool:
    """Whether a handler hands the exception to somebody: raised, written anywhere, or asked of the interpreter."""
    return any(
        isinstance(node, ast.Raise)
        or (isinstance(node, ast.Name) and node.id == handler.name)
        or (isinstance(node, ast.Call) and called_name(node) in _REPORTING)
        for node in walk_now(handler.body)
    )


def words(log: ast.Call) -> str:
    """The fixed text of a log as far as a message has room for it, empty where there is none."""
    given = log.args[1:] if called_name(log) == "log" else log.args
    text = next(
        (
            part.value
            for argument in given
            for part in ast.walk(argument)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ),
        "",
    )
    text = " ".join(text[:_LONGEST_WORDS].split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
