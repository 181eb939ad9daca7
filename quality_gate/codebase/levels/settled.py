"""What in a test stands fast before the code under test runs: its own constants, and what a mock was told to give."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from quality_gate.codebase.levels.expecting import values_of
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.literals import is_none
from quality_gate_checkers.model.scopes import FUNCTIONS, Binding, FunctionNode
from quality_gate_checkers.reading.tests_in import (
    fixture_name,
    functions_of,
    is_fixture,
    is_patch,
    last_name,
    parameters_of,
)
from quality_gate_checkers.reading.vacuous import Known, is_settled, is_vacuous

_MOCKS = re.compile(
    r"(^|\.)(mock|mocker|module_mocker|class_mocker|session_mocker)"
    r"\.(Mock|MagicMock|AsyncMock|NonCallableMock|NonCallableMagicMock|PropertyMock|create_autospec|patch(\.object)?|stub"
    r"|async_stub)$"
)
_NOTED = re.compile(r"^(called|call_|mock_calls|method_calls|await)")
_CONFIGURED = ("return_value", "side_effect")
_ANSWERS_OTHERWISE = frozenset({"side_effect", "wraps"})
_STEPS = 20
_MANY = 100
"""A name that is bound more often than this is not followed."""


class Settled:
    """Knows of one module what its tests have in hand.

    Args:
        module: of test code.
    """

    def __init__(self, module: Module) -> None:
        self._module = module
        self._names = module.names
        self._known = Known(self._is_settled, self._is_bound_once)
        self._fixtures = {fixture_name(one): one for one in functions_of(module) if is_fixture(one)}
        self._mocks: dict[tuple[ast.AST, str], bool] = {}
        self._read_in = lru_cache(maxsize=None)(_read_in)
        self._given_in = lru_cache(maxsize=None)(_given_in)
        self._answers = lru_cache(maxsize=None)(_answers_otherwise)

    def is_vacuous(self, test: ast.expr) -> bool:
        """Whether an assertion asks nothing of the code under test."""
        return self._is_vacuous(test, test)

    def _is_vacuous(self, test: ast.expr, place: ast.expr) -> bool:
        asks_nothing = is_vacuous(test, self._known) if self._is_always_come_to(place) else is_vacuous(test)
        return asks_nothing or self._asks_only_whether_raised(test)

    def _is_always_come_to(self, place: ast.expr) -> bool:
        """Whether no branch that the code under test decides leads to an assertion: in the `else` of `if order.unit`
        even `assert not unit` tells something of the order."""
        child: ast.AST = place
        for above in self._module.ancestors(place):
            if isinstance(above, FUNCTIONS):
                return True
            asked = above.test if isinstance(above, ast.If | ast.While) and child is not above.test else None
            if isinstance(above, ast.Match) or (asked is not None and not is_settled(asked, self._known)):
                return False
            child = above
        return True

    def asks_nothing(self, call: ast.Call) -> bool:
        """The same of a method of unittest, or of a function called like one."""
        arguments = _ARGUMENTS.get(last_name(call).replace("_", "").lower(), 0)
        given = call.args[:arguments]
        if not given or len(given) < arguments or any(isinstance(one, ast.Starred) for one in given):
            return False
        return self._is_vacuous(_as_a_test(call, given), call)

    def is_of_a_mock(self, expression: ast.expr) -> bool:
        """Whether something is asked of an object that the test made up: `Mock()`, `patch(...)`, what these give."""
        root = _root(expression)
        return isinstance(root, ast.Name | ast.Call) and self._is_mock(root, 0)

    # -- what vacuous.py asks

    def _is_settled(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            return self._is_constant(node) or (self._is_mock(node, 0) and self._was_told(node))
        if isinstance(node, ast.Call):
            return self.is_of_a_mock(node.func) and self._echoes(node) and not self._answers_otherwise(node)
        if isinstance(node, ast.Attribute) and node.attr in _CONFIGURED:
            return node.attr == "side_effect" or self.is_of_a_mock(node.value) or self._is_given(node)
        return False

    def _was_told(self, name: ast.Name) -> bool:
        """Whether a name is a mock itself or what one was told to give, and nothing that it has noted down since:
        neither `gw.call_args` nor `gw.state`, which the code under test may have set."""
        values = [one.value for one in self._names.bindings(name) if one.kind != "parameter" and not one.says_nothing]
        called = [one.value if isinstance(one, ast.Await) else one for one in values]
        return all(isinstance(one, ast.Call) and (self._makes_a_mock(one) or self._is_settled(one)) for one in called)

    def _is_bound_once(self, name: ast.Name) -> bool:
        found = self._names.bindings(name)
        return len(found) == 1 and found[0].kind in ("import", "definition")

    def _is_constant(self, name: ast.Name) -> bool:
        """A name that is given something written out, once: `amount = 5`."""
        found = self._names.bindings(name)
        if len(found) != 1:
            return False
        if found[0].kind == "parameter":
            values = values_of(self._module, name)
            return bool(values) and all(_is_written_out(value) for value in values)
        value = found[0].value if found[0].kind == "value" and _is_whole(found[0]) else None
        return value is not None and (_is_written_out(value) or (is_settled(value) and self._is_only_asked(name)))

    def _is_only_asked(self, name: ast.Name) -> bool:
        """Nobody but assertions reads it, so that nothing can have changed what it holds."""
        around = self._names.scope_node(name)
        return isinstance(around, FUNCTIONS) and name.id not in self._read_in(around)

    def _asks_only_whether_raised(self, test: ast.expr) -> bool:
        """`assert failure`, `assert failure.value is not None` of `pytest.raises(...) as failure` and of `except`: it
        is there whenever a line after it runs."""
        if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot) and is_none(test.comparators[0]):
            test = test.left
        if isinstance(test, ast.Attribute) and test.attr in ("value", "type", "exception"):
            test = test.value
        found = self._names.bindings(test) if isinstance(test, ast.Name) else []
        return 0 < len(found) < _MANY and all(
            one.kind == "caught"
            or (one.kind == "entered" and one.value is not None and last_name(one.value) == "raises")
            for one in found
        )

    # -- mocks

    def _is_mock(self, node: ast.expr, steps: int) -> bool:
        if steps > _STEPS:
            return False
        if isinstance(node, ast.Call):
            return self._makes_a_mock(node) or (
                isinstance(node.func, ast.Attribute) and self._is_mock(_root(node.func), steps + 1)
            )
        if not isinstance(node, ast.Name):
            return False
        bound = self._names.bindings(node)
        found = [one for one in bound if not one.says_nothing] if len(bound) < _MANY else []
        if not found:
            return False
        known = (found[0].node, node.id)
        if known not in self._mocks:
            self._mocks[known] = False  # of itself it is none
            self._mocks[known] = all(self._is_bound_to_a_mock(one, steps + 1) for one in found)
        return self._mocks[known]

    def _is_bound_to_a_mock(self, binding: Binding, steps: int) -> bool:
        if binding.kind in ("value", "entered"):
            value = _root(binding.value) if binding.value is not None and _is_whole(binding) else None
            return value is not None and self._is_mock(value, steps)
        return binding.kind == "parameter" and self._is_handed_a_mock(binding.node, steps)

    def _makes_a_mock(self, call: ast.Call) -> bool:
        name = self._names.resolve(call.func) or ast.unparse(call.func)
        if _MOCKS.search(name) is None or any(word.arg == "wraps" for word in call.keywords):
            return False
        return not name.endswith(("patch", "patch.object")) or is_patch(call)

    def _is_handed_a_mock(self, parameter: ast.AST, steps: int) -> bool:
        """By `@patch(...)`, or by a fixture of the module that gives one."""
        function = self._module.enclosing_function(parameter)
        name = getattr(parameter, "arg", "")
        if function is None:
            return False
        owned = isinstance(self._module.parent(function), ast.ClassDef)
        patched = sum(map(is_patch, function.decorator_list))
        handed = parameters_of(function)[owned : owned + patched]
        if any(one is parameter for one in handed):
            return True
        fixture = self._fixtures.get(name)
        return fixture is not None and fixture is not function and self._gives_a_mock(fixture, steps)

    def _gives_a_mock(self, fixture: FunctionNode, steps: int) -> bool:
        given = [
            node.value
            for node in ast.walk(fixture)
            if isinstance(node, ast.Return | ast.Yield) and node.value is not None
        ]
        return bool(given) and all(self._is_mock(_root(value), steps) for value in given)

    def _echoes(self, call: ast.Call) -> bool:
        """Whether the same function said what this very call of a mock gives."""
        function = self._module.enclosing_function(call)
        if function is not None and ("return_value", ast.dump(call.func)) in self._given_in(function):
            return True
        made = [one.value for one in self._names.bindings(call.func)] if isinstance(call.func, ast.Name) else []
        return bool(made) and all(
            isinstance(one, ast.Call) and any(word.arg == "return_value" for word in one.keywords) for one in made
        )

    def _answers_otherwise(self, call: ast.Call) -> bool:
        """Whether what a mock gives may come from a function that it calls."""
        function = self._module.enclosing_function(call)
        return self._answers(function if function is not None else self._module.tree)

    def _is_given(self, attribute: ast.Attribute) -> bool:
        """`bank.pay.return_value` where the same function has set it."""
        function = self._module.enclosing_function(attribute)
        return function is not None and (attribute.attr, ast.dump(attribute.value)) in self._given_in(function)


def _read_in(function: FunctionNode) -> frozenset[str]:
    """Names that a function reads outside its assertions."""
    found: set[str] = set()
    waiting: list[ast.AST] = [function]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            found.add(node.id)
        waiting += (child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.Assert))
    return frozenset(found)


def _given_in(function: FunctionNode) -> frozenset[tuple[str, str]]:
    """What a function sets of mocks: the attribute, and of what it is one, written out."""
    nodes = (node for node in ast.walk(function) if isinstance(node, ast.Attribute) and node.attr in _CONFIGURED)
    return frozenset((node.attr, ast.dump(node.value)) for node in nodes if isinstance(node.ctx, ast.Store))


def _answers_otherwise(around: ast.AST) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "side_effect" and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.keyword) and (node.arg is None or node.arg in _ANSWERS_OTHERWISE))
        for node in ast.walk(around)
    )


_ARGUMENTS = {
    **dict.fromkeys(("asserttrue", "assertfalse", "assertisnone", "assertisnotnone", "assert"), 1),
    **dict.fromkeys(
        ("assertequal", "assertequals", "assertnotequal", "assertis", "assertisnot", "assertin", "assertnotin",
         "assertgreater", "assertgreaterequal", "assertless", "assertlessequal", "assertisinstance",
         "assertlistequal", "assertdictequal", "asserttupleequal", "assertsetequal", "assertcountequal",
         "assertalmostequal", "assertsequenceequal", "assertmultilineequal"), 2),
}  # fmt: skip
"""How many values these compare; the first ones."""

_COMPARING: dict[str, type[ast.cmpop]] = {
    "assertequal": ast.Eq,
    "assertis": ast.Is,
    "assertgreaterequal": ast.GtE,
    "assertlessequal": ast.LtE,
    "assertlistequal": ast.Eq,
    "assertdictequal": ast.Eq,
}


def _as_a_test(call: ast.Call, given: list[ast.expr]) -> ast.expr:
    """What it asks, as a condition."""
    name = last_name(call).replace("_", "").lower()
    if name == "assertfalse":
        return ast.UnaryOp(ast.Not(), given[0])
    if len(given) == 1:
        none = ast.Is() if name == "assertisnone" else ast.IsNot()
        return given[0] if name in ("asserttrue", "assert") else ast.Compare(given[0], [none], [ast.Constant(None)])
    return ast.Compare(given[0], [_COMPARING.get(name, ast.NotEq)()], given[1:])


def _is_written_out(value: ast.expr) -> bool:
    """A literal that nothing can change."""
    if isinstance(value, ast.Tuple):
        return all(map(_is_written_out, value.elts))
    if isinstance(value, ast.UnaryOp):
        return isinstance(value.operand, ast.Constant)
    return isinstance(value, ast.Constant)


def _is_whole(binding: Binding) -> bool:
    """Whether the name is given the value itself, not a part of it."""
    return not isinstance(binding.node, ast.AugAssign)


def _root(expression: ast.expr) -> ast.expr:
    """What something is asked of: `bank` of `bank.pay.status`, the call of `Mock().pay`; not of what a mock has noted
    down, as `bank.pay.call_args` and all that is asked of it."""
    while isinstance(expression, ast.Await) or (
        isinstance(expression, ast.Attribute) and _NOTED.match(expression.attr) is None
    ):
        expression = expression.value
    return expression
