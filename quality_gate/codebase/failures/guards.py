"""Guards: an `if` that asks whether something went wrong, or whether an argument will do, and then leaves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from quality_gate.codebase.failures.error_values import Strength, is_failing_status, is_nothing_like, strength
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import Binding
from quality_gate_checkers.reading.answers import is_asking
from quality_gate_checkers.reading.handlers import called_name
from quality_gate_checkers.reading.walks import walk_now

_STEPS = 4
"""How far a name is followed to the argument, or to the call, that it comes from."""
_MOST = 300
"""Nodes of a test that are looked at."""

_BAD = re.compile(r"^(?:is_|has_)?(?:err|error|errors|failed|failure|is_client_error|is_server_error)$")
_GOOD = re.compile(r"^(?:ok|success|is_success|succeeded|successful|is_valid|was_successful|passed)$")
_CODES = re.compile(
    r"^(?:status|status_code|http_status|returncode|return_code|exit_code|exitcode|result_code|rc|code)$"
)
_BAD_WORDS = re.compile(
    r"fail|error|declin|reject|denied|invalid|timeout|timed|unavailable|cancel|expired|refused|aborted", re.I
)
_GOOD_WORDS = re.compile(r"^(?:ok|success|succeeded|successful|completed?|done|approved|paid|captured|200)$", re.I)
_PURE_MODULES = ("re.", "math.", "decimal.", "builtins.", "typing.", "inspect.", "string.", "uuid.UUID")
_OF_CONTAINERS = frozenset(
    {
        "strip", "lower", "upper", "startswith", "endswith", "get", "keys", "values", "items", "isdigit", "isalpha",
        "isalnum", "isnumeric", "isdecimal", "split", "match", "fullmatch", "is_finite", "is_nan", "issubset",
        "issuperset", "isdisjoint", "count", "isidentifier", "isspace", "isascii",
    }
)  # fmt: skip


class Guarded(NamedTuple):
    """A branch that leaves because something is wrong.

    Args:
        statement: the one that leaves.
        value: what it gives back.
    """

    kind: Literal["error return", "validation"]
    guard: ast.If
    statement: ast.Return
    value: ast.expr | None


def guarded_returns(module: Module, guard: ast.If) -> Iterator[Guarded]:
    """Branches of an `if` that return because of an error, or because of an argument that will not do."""
    for body, negated in ((guard.body, False), (guard.orelse, True)):
        last = body[-1] if body else None
        if isinstance(last, ast.Return):
            kind = _kind(module, guard.test, last.value, negated)
            if kind is not None:
                yield Guarded(kind, guard, last, last.value)


def _kind(
    module: Module, test: ast.expr, value: ast.expr | None, negated: bool
) -> Literal["error return", "validation"] | None:
    told = strength(module, value)
    if told is None:
        return None
    function = module.enclosing_function(test)
    if told != "response" and function is not None and is_asking(function.name):
        return None  # it answers a question: no is an answer
    if told in ("response", "error"):
        return "validation" if about_arguments(module, test) else "error return"
    if reads_error(module, test, negated) or (not negated and value is not None and _reads_nothing(module, test, told)):
        return "error return"
    return None


# -- about arguments


def about_arguments(module: Module, test: ast.expr) -> bool:
    """Whether a test reads arguments, and beside them nothing but constants and the object itself."""
    return _is_of_arguments(module, test, _STEPS)


def _is_of_arguments(module: Module, expression: ast.expr, steps: int) -> bool:
    found = False
    for count, node in enumerate(walk_now([expression])):
        if count > _MOST:
            return False
        if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
            return False
        if isinstance(node, ast.Call) and not _is_pure(module, node):
            return False
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            told = _argument(module, node, steps)
            if told is False:
                return False
            found = found or told is True
    return found


def _is_pure(module: Module, call: ast.Call) -> bool:
    name = module.names.callee(call)
    if name is not None and name.startswith(_PURE_MODULES):
        return name != "builtins.open"
    return isinstance(call.func, ast.Attribute) and call.func.attr in _OF_CONTAINERS and _is_held(module, call.func)


def _is_held(module: Module, attribute: ast.expr) -> bool:
    """Whether something begins with a name of the function's own: neither `self` nor an import."""
    while isinstance(attribute, ast.Attribute | ast.Subscript | ast.Call):
        attribute = attribute.func if isinstance(attribute, ast.Call) else attribute.value
    if not isinstance(attribute, ast.Name) or module.names.class_of_self(attribute) is not None:
        return isinstance(attribute, ast.Constant)
    return all(binding.kind not in ("import", "definition") for binding in module.names.bindings(attribute))


def _argument(module: Module, name: ast.Name, steps: int) -> bool | None:
    """True for what comes from an argument, False for what comes from elsewhere, None for what says nothing."""
    if module.names.class_of_self(name) is not None:
        return None
    bound = module.names.bindings(name)
    scope = module.names.scope_node(name)
    if not bound or isinstance(scope, ast.Module):
        return None
    told = [_binding_of_argument(module, name, binding, steps) for binding in bound[:_STEPS]]
    if False in told:
        return False
    return True if True in told else None


def _binding_of_argument(module: Module, name: ast.Name, binding: Binding, steps: int) -> bool | None:
    if binding.kind in ("import", "definition"):
        return None
    if binding.kind == "parameter" or isinstance(binding.node, ast.arg):
        return True
    if module.enclosing_function(binding.node) is not module.enclosing_function(name):
        return None
    source = _source(binding)
    if source is None or steps == 0:
        return False
    if isinstance(source, ast.Constant):
        return None
    return _is_of_arguments(module, source, steps - 1)


def _source(binding: Binding) -> ast.expr | None:
    """The expression that a name gets its value from: assigned, unpacked or gone through."""
    if binding.kind == "value":
        return binding.value
    node = binding.node
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        return node.iter
    if isinstance(node, ast.Assign):
        return node.value
    return None


# -- reading an error


def reads_error(module: Module, test: ast.expr, negated: bool) -> bool:
    """Whether a test asks for an error: a status, `ok`, `errors`, a result code.

    Args:
        negated: the branch is taken where the test does not hold.
    """
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return reads_error(module, test.operand, not negated)
    if isinstance(test, ast.BoolOp):
        return any(reads_error(module, part, negated) for part in test.values)
    if isinstance(test, ast.NamedExpr):
        return reads_error(module, test.value, negated)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compares_error(test.left, test.ops[0], test.comparators[0], negated)
    word = _word(test)
    return bool(_GOOD.match(word) if negated else _BAD.match(word))


def _word(expression: ast.expr) -> str:
    """The last word of what is asked: `errors` of `form.errors`, `result["errors"]` and `result.get("errors")`."""
    if isinstance(expression, ast.Call):
        if called_name(expression) == "get" and expression.args:
            return _constant_word(expression.args[0])
        return called_name(expression)
    if isinstance(expression, ast.Subscript):
        return _constant_word(expression.slice)
    return expression.attr if isinstance(expression, ast.Attribute) else getattr(expression, "id", "")


def _constant_word(expression: ast.expr) -> str:
    value = expression.value if isinstance(expression, ast.Constant) else None
    return value if isinstance(value, str) else ""


def _compares_error(left: ast.expr, op: ast.cmpop, right: ast.expr, negated: bool) -> bool:
    word = _word(left)
    same = isinstance(op, ast.Eq | ast.Is | ast.In)
    differs = isinstance(op, ast.NotEq | ast.IsNot | ast.NotIn)
    equal = (same and not negated) or (differs and negated)
    unequal = (differs and not negated) or (same and negated)
    if _GOOD.match(word) and isinstance(right, ast.Constant) and isinstance(right.value, bool):
        return equal is not right.value
    if _BAD.match(word):
        return unequal if is_nothing_like(right) else equal and getattr(right, "value", None) is True
    if not _CODES.match(word):
        return False
    if isinstance(op, ast.Gt | ast.GtE):
        return not negated and (_is_number(right, 300, 599) or _is_number(right, 0, 0))
    if isinstance(op, ast.Lt | ast.LtE):
        return negated and _is_number(right, 300, 400)
    return (equal and _is_bad(right)) or (unequal and _is_good(right))


def _is_number(value: ast.expr, low: int, high: int) -> bool:
    return isinstance(value, ast.Constant) and type(value.value) is int and low <= value.value <= high


def _is_bad(value: ast.expr) -> bool:
    if isinstance(value, ast.Tuple | ast.List | ast.Set):
        return bool(value.elts) and all(_is_bad(one) for one in value.elts)
    return is_failing_status(value) or bool(_BAD_WORDS.search(_said(value)))


def _is_good(value: ast.expr) -> bool:
    if isinstance(value, ast.Tuple | ast.List | ast.Set):
        return bool(value.elts) and all(_is_good(one) for one in value.elts)
    if _is_number(value, 0, 0) or _is_number(value, 200, 299):
        return True
    said = _said(value)
    return bool(_GOOD_WORDS.match(said) or re.match(r"(?:HTTP_2\d\d|codes\.ok|OK|CREATED|NO_CONTENT)", said))


def _said(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else ""
    return value.attr if isinstance(value, ast.Attribute) else ""


def _reads_nothing(module: Module, test: ast.expr, told: Strength) -> bool:
    """Whether a test finds that a call brought nothing: `if card is None`, `if not card`, where a call made it."""
    if told != "nothing":
        return False
    asked = test
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        asked = test.operand
    elif isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is) and is_nothing_like(test.comparators[0]):
        asked = test.left
    else:
        return False
    if isinstance(asked, ast.NamedExpr):
        asked = asked.value
    return _is_result(module, asked)


def _is_result(module: Module, asked: ast.expr) -> bool:
    if isinstance(asked, ast.Await):
        asked = asked.value
    if isinstance(asked, ast.Call):
        return not _is_pure(module, asked)
    if not isinstance(asked, ast.Name):
        return False
    function = module.enclosing_function(asked)
    bound = [one for one in module.names.bindings(asked)[:_STEPS] if not is_nothing_like(one.value)]
    return bool(bound) and all(
        one.kind == "value"
        and one.value is not None
        and module.enclosing_function(one.node) is function
        and isinstance(one.value, ast.Call | ast.Await)
        and _is_result(module, one.value)
        for one in bound
    )
