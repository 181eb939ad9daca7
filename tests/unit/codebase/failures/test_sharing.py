"""What leaves a function on a line with something else, which runs when nothing leaves too."""

from __future__ import annotations

import ast
import textwrap

import pytest

from quality_gate.codebase.failures.sharing import Shared, shared_by
from quality_gate_checkers.model import Module, parse
from quality_gate_checkers.settings import Settings


def shared(text: str, function: str = "def f(a, b):") -> Shared:
    """Of the one raise, return or call of `fail` in a function whose body begins on line 2."""
    source = f"{function}\n{textwrap.indent(textwrap.dedent(text), '    ')}" if function else text
    tree = parse(source)
    module = Module("shop/pay.py", source, tree, Settings(), {})
    (found,) = [node for node in ast.walk(tree) if isinstance(node, ast.Raise | ast.Return) or _is_fail(node)]
    assert isinstance(found, ast.stmt | ast.Call)
    return shared_by(module, found)


def _is_fail(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "fail"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("if a: return None", 2),
        ("if a: raise KeyError", 2),
        ("if (a\n    and b): return None", 2),
        ("if a: b = 1; return None", 2),
        ("if a:\n    b = 1; return None", 3),
        ("if a: \\\n    return None", 2),
        ("if a: pass\nelif b: return None", 3),
        ("try: a()\nexcept OSError: raise KeyError", 3),
        ("match a:\n    case 1: return None", 3),
        ("for one in a: raise KeyError", 2),
        ("b = a or fail()", 2),
        ("b = 1 if a else fail()", 2),
        ("b = [fail() for one in a]", 2),
        ("b = [one for one in a if fail()]", 2),
        ("(a\n and fail())", 2),
    ],
)
def test_it_begins_with_something_else(text: str, wanted: int) -> None:
    assert shared(text).line == wanted


@pytest.mark.parametrize(
    "text",
    [
        "return None",
        "if a:\n    return None",
        "if a: pass\nelse: return None",
        "try: raise KeyError\nexcept KeyError: pass",
        "try: a()\nfinally: raise KeyError",
        "b = fail() or a",
        "b = 1 if fail() else 2",
        "b = [one for one in fail()]",
        "b = a(fail())",
    ],
)
def test_it_has_its_line_for_itself(text: str) -> None:
    assert shared(text) == Shared()


def test_a_function_on_one_line_is_defined_on_import() -> None:
    assert shared("def f(): raise KeyError", function="") == Shared()
    assert shared("def g(): raise KeyError\na(g)").line == 2


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("for one in a:\n    if one: return None", True),
        ("try:\n    if a: raise KeyError\nexcept KeyError:\n    pass", True),
        ("with a:\n    if b: return None", False),
        ("try:\n    if a: return None\nfinally:\n    b()", False),
    ],
)
def test_jumps_tell_where_not_all_lead_to_one_place(text: str, wanted: bool) -> None:
    assert shared(text).jumps_tell is wanted
