"""Lines whose failures a handler keeps to itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.handlers import caught_types
from quality_gate_checkers.reading.walks import walk_now


@marks("handled", triggers=("except", "suppress"))
def handled(module: Module) -> Iterator[Marked]:
    """The body of a `try` with a handler that never raises, or of a `suppress(...)`.

    `names` are the exceptions that go no further, `?` for one that does not resolve.
    """
    blocks: list[ast.Try | ast.TryStar] = [*module.nodes(ast.Try), *module.nodes(ast.TryStar)]
    for block in blocks:
        kept = [handler for handler in block.handlers if not _raises(handler)]
        if kept:
            names = tuple(name or "?" for handler in kept for name in caught_types(module, handler.type))
            yield Marked(block.body[0], "except", tuple(dict.fromkeys(names)), until=block.body[-1])
    if "suppress" not in module.text:  # resolving what every `with` calls is dear
        return
    entering: list[ast.With | ast.AsyncWith] = [*module.nodes(ast.With), *module.nodes(ast.AsyncWith)]
    for entered in entering:
        for item in entered.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and module.names.resolve(call.func) == "contextlib.suppress":
                names = tuple(module.names.resolve(found) or "?" for found in call.args)
                yield Marked(entered.body[0], "suppress", names, until=entered)


def _raises(handler: ast.ExceptHandler) -> bool:
    """Anything that may send a failure on: `raise`, `self.retry(...)`."""
    return any(
        isinstance(node, ast.Raise)
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "retry")
        for node in walk_now(handler.body)
    )
