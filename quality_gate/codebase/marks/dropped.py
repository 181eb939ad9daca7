"""Lines whose failure a handler drops without a word."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.answers import is_asking
from quality_gate_checkers.reading.carrying_on import does_something
from quality_gate_checkers.reading.development import is_for_development
from quality_gate_checkers.reading.handlers import called_name, caught_types, is_cleanup, written
from quality_gate_checkers.reading.silence import dropped as drops
from quality_gate_checkers.reading.silence import is_told_elsewhere, looks_like_success
from quality_gate_checkers.reading.usage_reports import measures, reports_usage
from quality_gate_checkers.reading.walks import after_block, leaves, plain_calls


@marks("dropped", triggers=("except",))
def dropped(module: Module) -> Iterator[Marked]:
    """What a `try` tries whose handler neither raises nor tells anybody, where other rules do not speak of it, and
    which calls something that, by its name, is there to do something and not to ask.

    `detail` is what is caught, as written; `names` are the handler's line, `alone` where a call whose result nobody
    needs is all that is tried and nothing at all is logged, and the exceptions, `?` for what nothing tells.
    """
    for handler in module.nodes(ast.ExceptHandler):
        block = module.parent(handler)
        if not isinstance(block, ast.Try | ast.TryStar) or not _tries_something(module, handler, block):
            continue
        done = drops(module, handler, block)
        if done is None or not _is_judged(module, handler, block):
            continue
        types = tuple(name or "?" for name in caught_types(module, handler.type))
        alone = "alone" if _is_one_call(block.body) and not done.quiet_logs else ""
        names = (str(handler.lineno), alone, *dict.fromkeys(types))
        yield Marked(block.body[0], _written(handler.type), names, until=block.body[-1])


def _tries_something(module: Module, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar) -> bool:
    """What names alone tell, which is asked first: it rules most handlers out."""
    if not any(_does_something(called_name(call)) for call in plain_calls(block.body)):
        return False
    function = module.enclosing_function(handler)
    return function is not None and not is_asking(function.name)


def _is_judged(module: Module, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar) -> bool:
    if is_cleanup(module, block):
        return False
    if is_for_development(module, block) or looks_like_success(module, handler):
        return False
    if reports_usage(module, block) or measures(module, block):
        return False
    goes_on = bool(after_block(module, block)) and not leaves(handler.body)
    return goes_on or not is_told_elsewhere(module, handler, block)


_TAKES_AWAY = frozenset({"delete", "remove", "discard", "clear"})
"""What is not there any more is what was wanted."""


def _does_something(function: str) -> bool:
    return does_something(function) and "valid" not in function and _TAKES_AWAY.isdisjoint(function.split("_"))


def _is_one_call(body: list[ast.stmt]) -> bool:
    only = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    return isinstance(only.value if isinstance(only, ast.Await) else only, ast.Call)


def _written(caught: ast.expr | None) -> str:
    if caught is None:
        return "everything"
    several = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return ", ".join(written(one) for one in several)[:80]
