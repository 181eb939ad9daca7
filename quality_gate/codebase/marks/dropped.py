"""Lines whose failure a handler drops without a word."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.answers import is_asking
from quality_gate_checkers.reading.development import is_for_development
from quality_gate_checkers.reading.handlers import caught_types, is_cleanup, written
from quality_gate_checkers.reading.silence import dropped as drops
from quality_gate_checkers.reading.silence import is_told_elsewhere, looks_like_success
from quality_gate_checkers.reading.walks import after_block


@marks("dropped", triggers=("except",))
def dropped(module: Module) -> Iterator[Marked]:
    """What a `try` tries whose handler neither raises nor tells anybody, where other rules do not speak of it.

    `detail` is what is caught, as written; `names` are the handler's line and the exceptions, `?` for what nothing
    tells.
    """
    for handler in module.nodes(ast.ExceptHandler):
        block = module.parent(handler)
        if not isinstance(block, ast.Try | ast.TryStar) or drops(module, handler, block) is None:
            continue
        function = module.enclosing_function(handler)
        if function is None or is_asking(function.name) or is_cleanup(module, block):
            continue
        if is_for_development(module, block) or looks_like_success(module, handler):
            continue
        if not after_block(module, block) and is_told_elsewhere(module, handler, block):
            continue
        types = tuple(name or "?" for name in caught_types(module, handler.type))
        names = (str(handler.lineno), *dict.fromkeys(types))
        yield Marked(block.body[0], _written(handler.type), names, until=block.body[-1])


def _written(caught: ast.expr | None) -> str:
    if caught is None:
        return "everything"
    several = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return ", ".join(written(one) for one in several)[:80]
