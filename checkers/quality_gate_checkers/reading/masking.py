"""Whether a handler passes a remote failure off as an ordinary result: then `silent-failure` steps back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import msgspec

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FUNCTIONS, FunctionNode
from quality_gate_checkers.reading.answers import is_answer, is_asking
from quality_gate_checkers.reading.handlers import (
    FailingCall,
    answers_for,
    caught_types,
    fallible_calls,
    is_cleanup,
    is_nothing,
    reaction,
)
from quality_gate_checkers.reading.memoising import memoised_by
from quality_gate_checkers.reading.walks import after_block, leaves, names_bound, walk_now
from quality_gate_checkers.regexes import regex

_EMPTY_CALLS = frozenset(
    f"builtins.{name}" for name in ("dict", "list", "set", "tuple", "frozenset", "str", "int", "bytes")
)
_SAYS_SO = regex(
    r"fail|error|unavailable|unreachable|best[ -]effort|fall(?:s|ing)? ?back|fallback|never raise|"
    r"swallow|\bdown\b|offline|cannot be|can't be|could not|not be",
    re.I,
)
_CACHE_READ = regex(r"get|mget|hget|hmget|exists")
_MAY_BE_NONE = regex(r"\bNone\b|\bOptional\b|\bAny\b|\bobject\b")
_WORDS = {
    "None": r"\bnone\b|\bnull\b|optional",
    "[]": r"\bempty\b",
    "{}": r"\bempty\b",
    "()": r"\bempty\b",
    "''": r"\bempty\b",
    "0": r"\b0\b|\bzero\b",
    "False": r"\bfalse\b",
}


class Masked(msgspec.Struct, frozen=True):
    """A failure that looks like a result.

    Args:
        call: what fails.
        value: what stands in for its result, as written.
        name: the variable that holds it, None where it is returned.
        place: where the handler says so.
        function: whose callers are misled.
        memo: the decorator that keeps the failure, None where nothing does.
    """

    call: FailingCall
    value: str
    name: str | None
    place: ast.AST
    function: FunctionNode
    memo: str | None


class _StandIn(msgspec.Struct, frozen=True):
    value: str
    name: str | None
    place: ast.AST


def masked(module: Module, handler: ast.ExceptHandler) -> Masked | None:
    """What a handler passes off as a result, or None when it does not."""
    block = module.parent(handler)
    if not isinstance(block, ast.Try | ast.TryStar):
        return None
    function = module.enclosing_function(handler)
    if function is None or is_asking(function.name):
        return None
    found = _stand_in(module, handler, block, function)
    if found is None or is_cleanup(module, block):
        return None
    memo = memoised_by(module, function)
    done = reaction(module, handler.body)
    if done.raises or (memo is None and (done.loud or _is_documented(function, found.value))):
        return None
    types = caught_types(module, handler.type)
    if all(is_answer(name) or name == "builtins.ValueError" for name in types):
        return None
    call = next(
        (call for call in fallible_calls(module, block.body) if call.known.remote and answers_for(types, call.known)),
        None,
    )
    if call is None or (memo is None and _is_cache_miss(call, found)):
        return None
    return Masked(call, found.value, found.name, found.place, function, memo)


def _is_cache_miss(call: FailingCall, found: _StandIn) -> bool:
    """A cache that does not answer is a cache that holds nothing: the caller goes to the source."""
    return (
        call.known.kind == "cache"
        and found.value == "None"
        and bool(_CACHE_READ.match(call.known.name.rpartition(".")[2]))
    )


# -- what stands in for the result


def _stand_in(
    module: Module, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar, function: FunctionNode
) -> _StandIn | None:
    last = handler.body[-1]
    if isinstance(last, ast.Return):
        value = empty(module, last.value)
        return _StandIn(value, None, last) if value and _returns_results(module, function, value, handler) else None
    if leaves(handler.body):
        return None
    return _bound_stand_in(module, handler, block) or _implicit_stand_in(module, handler, block, function)


def empty(module: Module, value: ast.expr | None) -> str | None:
    """An empty value as written for a message, None for anything that tells something."""
    if is_nothing(value):
        return "None"
    if isinstance(value, ast.List | ast.Set) and not value.elts:
        return "[]"
    if isinstance(value, ast.Dict) and not value.keys:
        return "{}"
    if isinstance(value, ast.Tuple):
        parts = [empty(module, part) for part in value.elts]
        return f"({', '.join(part for part in parts if part)})" if all(parts) else None
    if isinstance(value, ast.Constant):
        return repr(value.value) if value.value in (0, "", b"") else None
    if isinstance(value, ast.Call) and not value.args and not value.keywords:
        name = module.names.resolve(value.func)
        return f"{name.removeprefix('builtins.')}()" if name in _EMPTY_CALLS else None
    return None


def _returns_results(module: Module, function: FunctionNode, value: str, handler: ast.ExceptHandler) -> bool:
    """Whether other paths of a function return something that a caller works with, rather than a yes or a no."""
    others = [
        node.value
        for node in _returns(function)
        if not _within(module, node, handler) and empty(module, node.value) is None
    ]
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in walk_now(function.body)):
        return False
    if value == "False" or any(_is_yes_or_no(other) for other in others if other is not None):
        return False
    return any(not isinstance(other, ast.Constant) for other in others)


def _returns(function: FunctionNode) -> Iterator[ast.Return]:
    return (node for node in walk_now(function.body) if isinstance(node, ast.Return))


def _within(module: Module, node: ast.AST, handler: ast.ExceptHandler) -> bool:
    return any(above is handler for above in module.ancestors(node))


def _is_yes_or_no(value: ast.expr) -> bool:
    if isinstance(value, ast.UnaryOp):
        return isinstance(value.op, ast.Not)
    return isinstance(value, ast.Compare) or (isinstance(value, ast.Constant) and isinstance(value.value, bool))


def _bound_stand_in(module: Module, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar) -> _StandIn | None:
    """`rates = {}` in the handler, where the `try` binds `rates` and what follows uses it without a look."""
    bound: set[str] | None = None
    for statement in handler.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
        if not isinstance(statement, ast.Assign) or not isinstance(target, ast.Name):
            continue
        value = empty(module, statement.value)
        bound = names_bound(block.body) if bound is None else bound
        if (
            value
            and value not in ("False", "None")
            and target.id in bound
            and _used_untested(target.id, after_block(module, block))
        ):
            return _StandIn(value, target.id, statement)
    return None


def _used_untested(name: str, after: list[ast.stmt]) -> bool:
    used = False
    for node in walk_now(after):
        if isinstance(
            node, ast.If | ast.While | ast.IfExp | ast.Assert | ast.comprehension | ast.BoolOp | ast.Compare | ast.Match
        ) and any(_reads(part, name) for part in _tests(node)):
            return False
        used = used or _reads(node, name)
    return used


def _tests(node: ast.AST) -> list[ast.AST]:
    tested: list[ast.AST] = []
    if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
        tested = [node.test]
    elif isinstance(node, ast.BoolOp):
        tested = list(node.values)
    elif isinstance(node, ast.Compare):
        tested = [node.left, *node.comparators]
    elif isinstance(node, ast.Match):
        tested = [node.subject]
    return [found for part in tested for found in walk_now([part])]


def _reads(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)


def _implicit_stand_in(
    module: Module, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar, function: FunctionNode
) -> _StandIn | None:
    """The `try` returns a result, the handler falls off the end of the function: None is returned without a word."""
    success = (block.orelse or block.body)[-1]
    if not isinstance(success, ast.Return) or not _ends(module, block, function):
        return None
    return _StandIn("None", None, handler.body[-1]) if _returns_results(module, function, "None", handler) else None


def _ends(module: Module, block: ast.AST, function: FunctionNode) -> bool:
    """Whether a function ends where a statement ends."""
    child = block
    for above in module.ancestors(block):
        if above is function:
            return function.body[-1] is child
        if not isinstance(above, ast.With | ast.AsyncWith | ast.If) or isinstance(above, FUNCTIONS):
            return False
        if child not in (above.body[-1], *(above.orelse[-1:] if isinstance(above, ast.If) else ())):
            return False
        child = above
    return False


# -- who has been told


def _is_documented(function: FunctionNode, value: str) -> bool:
    """Whether callers know that there may be no result.

    A function without a return annotation that gives None says it as most Python does: callers look for None.
    """
    return ("None" in value and function.returns is None) or says_so(function, value)


def says_so(function: FunctionNode, value: str) -> bool:
    """Whether the signature or the docstring tells that there may be no result.

    Args:
        value: what is handed back then, as `empty` writes it.
    """
    returned = "" if is_nothing(function.returns) or function.returns is None else ast.unparse(function.returns)
    if "None" in value and _MAY_BE_NONE.search(returned):
        return True
    docstring = ast.get_docstring(function, clean=False) or ""
    said = _WORDS.get(value, r"\bempty\b")
    return bool(docstring) and (bool(_SAYS_SO.search(docstring)) or bool(re.search(said, docstring, re.IGNORECASE)))
