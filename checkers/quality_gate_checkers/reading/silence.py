"""Handlers that drop a failure: nothing in them tells anybody, and nothing after them does."""

from __future__ import annotations

import ast

from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.carrying_on import carried_on
from quality_gate_checkers.reading.handlers import Reaction, is_nothing, reaction
from quality_gate_checkers.reading.logs import log_level
from quality_gate_checkers.reading.masking import masked, says_so
from quality_gate_checkers.reading.remembering import remembered
from quality_gate_checkers.reading.sessions import reused
from quality_gate_checkers.reading.walks import DEFERRED, FAR, after_block, following, leaves, names_read, walk_now

_EXITS = frozenset({"sys.exit", "builtins.exit", "builtins.quit", "os._exit"})


def dropped(module: Module, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar) -> Reaction | None:
    """What a handler does where nobody can notice what it caught; None where somebody can.

    Args:
        block: the `try` that it belongs to.
    """
    if any(isinstance(node, ast.Raise) for node in walk_now(handler.body)):
        return None
    done = reaction(module, handler.body)
    return done if done.silent and not _is_noticed_later(module, handler, block) else None


def is_told_elsewhere(module: Module, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar) -> bool:
    """Whether other rules speak of a handler: what it returns looks like a result, or code goes on with what is not
    there."""
    return _returns_value_elsewhere(module, handler, block) or looks_like_success(module, handler)


def looks_like_success(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether a handler passes a failure off as a result, or code goes on with what is not there."""
    return bool(masked(module, handler) or carried_on(module, handler) or reused(module, handler))


def _is_noticed_later(module: Module, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar) -> bool:
    """A fallback or another attempt follows, a log speaks of it, or a mark is left that is looked at afterwards."""
    after = after_block(module, block)
    returns = any(isinstance(node, ast.Return) for node in walk_now(handler.body))
    if not returns and any(remembered(module, _logs_loudly, statement) for statement in after):
        return True
    if not returns and (_is_polling(module, block) or isinstance(handler.body[-1], ast.Break)):
        return True
    if not returns and (
        _fails_all_the_same(module, following(block, module.parent(block))) or _is_one_of_several(module, block)
    ):
        return True
    last = block.body[-1]
    in_loop = isinstance(module.parent(block), ast.For | ast.While | ast.AsyncFor)
    if leaves(block.orelse or block.body) and (after or in_loop):
        return not returns
    if isinstance(handler.body[-1], ast.Continue) and any(isinstance(step, ast.Return | ast.Break) for step in after):
        return True
    if isinstance(last, ast.Assign | ast.AnnAssign):
        targets = last.targets if isinstance(last, ast.Assign) else [last.target]
        bound = {target.id for target in targets if isinstance(target, ast.Name)}
        return any(
            isinstance(node, ast.If | ast.While | ast.IfExp) and bound & names_read([node.test])
            for node in walk_now(after)
        )
    return False


def _fails_all_the_same(module: Module, after: list[ast.stmt]) -> bool:
    """What follows the `try` raises or ends the program in any case: what failed was a look into an error's reply."""
    if not after or len(after) > FAR or not _ends_badly(module, after[-1]):
        return False
    return not any(isinstance(node, ast.Return) for node in walk_now(after[:-1]))


def _is_one_of_several(module: Module, block: ast.Try | ast.TryStar) -> bool:
    """A round of a loop that is left when the `try` succeeds, and after which comes an error: the next one is tried."""
    loop = module.parent(block)
    if not isinstance(loop, ast.For | ast.AsyncFor):
        return False
    return any(isinstance(node, ast.Return) for node in walk_now([*block.body, *block.orelse])) and _fails_all_the_same(
        module, [*loop.orelse, *following(loop, module.parent(loop))]
    )


def _ends_badly(module: Module, end: ast.stmt) -> bool:
    if isinstance(end, ast.Expr | ast.Return) and isinstance(end.value, ast.Call):
        return module.names.resolve(end.value.func) in _EXITS and not _is_success(end.value)
    return isinstance(end, ast.Raise)


def _is_success(call: ast.Call) -> bool:
    return not call.args or (isinstance(call.args[0], ast.Constant) and not call.args[0].value)


def _logs_loudly(module: Module, statement: ast.stmt) -> bool:
    loud = (node for node in walk_now([statement]) if isinstance(node, ast.Call) and log_level(module, node) == "loud")
    return any(not _is_of_another_handler(module, call, statement) for call in loud)


def _is_of_another_handler(module: Module, call: ast.Call, statement: ast.stmt) -> bool:
    """Whether a call speaks of what fails later, in a `try` of its own."""
    for above in module.ancestors(call):
        if above is statement:
            return False
        if isinstance(above, ast.ExceptHandler):
            return True
    return False


def _is_polling(module: Module, block: ast.Try | ast.TryStar) -> bool:
    """A `while` that ends when the `try` succeeds: the next round is the answer to a failure."""
    if not any(isinstance(node, ast.Break | ast.Return) for node in walk_now([*block.body, *block.orelse])):
        return False
    around = (
        above for above in module.ancestors(block) if isinstance(above, (ast.While, ast.For, ast.AsyncFor, *DEFERRED))
    )
    return isinstance(next(around, None), ast.While)


def _returns_value_elsewhere(module: Module, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar) -> bool:
    """No result where other paths return one: failure-masked-as-success speaks of remote calls."""
    function = module.enclosing_function(handler)
    if function is None or all(is_nothing(node.value) for node in module.returns.get(function, ())):
        return False
    if says_so(function, "None") or any(isinstance(node, ast.Return) for node in walk_now(handler.body)):
        return True
    return isinstance(block.body[-1], ast.Return) and not following(block, module.parent(block))
