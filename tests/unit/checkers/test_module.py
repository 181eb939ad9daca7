"""One module as rules see it: places in code points, names of functions, lines of statements."""

from __future__ import annotations

import ast

import pytest

from quality_gate_checkers.catalog import catalog
from quality_gate_checkers.model import Module, Role, parse
from quality_gate_checkers.model.module import dotted_name
from quality_gate_checkers.model.violation import Location
from quality_gate_checkers.settings import Settings


def module_of(source: str, path: str = "shop/pay.py") -> Module:
    return Module(path, source, parse(source), Settings())


NAMES = {
    "shop/pay.py": "shop.pay",
    "src/shop/pay.py": "shop.pay",
    "shop/__init__.py": "shop",
    "src/shop/__init__.py": "shop",
    "pay.py": "pay",
    "src.py": "src",
    "__init__.py": "__init__",
    "src/src/a.py": "src.a",
    "bin/tool": "bin.tool",
}


@pytest.mark.parametrize(("path", "name"), NAMES.items())
def test_dotted_name_of_a_path(path, name):
    assert dotted_name(path) == name


PLACES = {
    "ASCII": ("x = f(1)", (1, 4, 1, 8)),
    "two bytes": ("é = f(1)", (1, 4, 1, 8)),
    "four bytes before and inside": ("'🎉'; f('🎉')", (1, 5, 1, 11)),
    "combining": ("'e\u0301'; f(1)", (1, 6, 1, 10)),
    "over lines": ("'é'; f(\n  'é')", (1, 5, 2, 6)),
    "form feed": ("\x0cf(1)", (1, 1, 1, 5)),
    "after VT and U+2028 in text": ("'\u2028\x85'; f(1)", (1, 6, 1, 10)),
    "after CRLF": ("x\r\nf(1)", (2, 0, 2, 4)),
    "after a lone CR": ("x\rf(1)", (2, 0, 2, 4)),
}


@pytest.mark.parametrize(("source", "place"), PLACES.values(), ids=PLACES.keys())
def test_places_are_code_points(source, place):
    module = module_of(source)
    (call,) = module.nodes(ast.Call)
    assert module.location(call) == Location(*place)


def test_a_long_line_that_is_not_ascii_is_measured_once():
    count = 20_000
    module = module_of("'é';" + "f();" * count)
    ends = {module.location(call).end_column for call in module.nodes(ast.Call)}
    assert ends == {4 * number + 7 for number in range(count)}


def test_header_is_the_first_line_of_a_compound_statement():
    module = module_of("try:\n    x\nexcept ValueError:  # why\n    y\n")
    (handler,) = module.nodes(ast.ExceptHandler)
    assert module.header(handler) == Location(3, 0, 3, 25)
    (one_line,) = module_of("try: x\nexcept ValueError: y\n").nodes(ast.ExceptHandler)
    assert module_of("try: x\nexcept ValueError: y\n").header(one_line) == Location(2, 0, 2, 20)


def test_a_node_without_a_place_is_at_the_top():
    module = module_of("f()")
    assert module.location(ast.arguments()) == Location(1, 0, 1, 0)


def test_ancestors_and_the_function_around():
    module = module_of("class C:\n    def f(self):\n        def g():\n            return x()\n    y = z()\n")
    inner, outer = sorted(module.nodes(ast.Call), key=lambda call: call.lineno)
    assert [type(node).__name__ for node in module.ancestors(inner)] == [
        "Return",
        "FunctionDef",
        "FunctionDef",
        "ClassDef",
        "Module",
    ]
    assert module.enclosing_function(inner).name == "g"
    assert module.enclosing_function(outer) is None
    assert module.function_name(outer) == "shop.pay.C"
    assert module.parent(module.tree) is None


STATEMENTS = """\
x = [
    1,
]
if (a and
        b):
    y
@decorate(
    1)
def f(
    a,
):
    z
try: p
except (A,
        B):
    q
match v:
    case 1: r
"""


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        (1, (1, 3)),
        (2, (1, 3)),
        (3, (1, 3)),
        (4, (4, 5)),
        (5, (4, 5)),
        (6, (6, 6)),
        (9, (9, 11)),
        (11, (9, 11)),
        (12, (12, 12)),
        (14, (14, 15)),
        (15, (14, 15)),
        (16, (16, 16)),
    ],
)
def test_lines_of_the_statement_that_a_line_is_part_of(line, lines):
    assert module_of(STATEMENTS).statement_lines(line) == lines


def test_no_comment_of_interest_no_comments():
    assert module_of("x = 1  # one\n").comments == []
    assert module_of("x = 1  # one\n").suppressions == []
    several = module_of("x = 1  # one\ny = 2  # noqa: QG101\n")
    assert [comment.text for comment in several.comments] == ["# noqa: QG101"]
    assert [comment.text for comment in several.all_comments] == ["# one", "# noqa: QG101"]


# -- what mentions a word

CALLS = {
    "plain": "fetch(1)",
    "method": "a.b.fetch(1)",
    "space": "fetch  (1)",
    "next line": "fetch\\\n(1)",
    "comment between": "x = (fetch  # why\n  (1))",
    "parentheses": "(a.fetch)(1)",
    "decorator": "@fetch(1)\ndef f(): pass",
    "default": "class C:\n    def f(self, x=fetch(1)) -> fetch(2): pass",
    "one line": "x = 'é'; fetch(1); fetch(2)",
    "case": "match x:\n    case y if fetch(1): fetch(2)",
    "compatible letters": "ｆｅｔｃｈ(1)",
    "CRLF": "x\r\nfetch(1)\r\n",
    "in an f-string": "f'{fetch(1)}'",
    "with": "with a(), fetch(1) as b, c: fetch(2)",
    "handler": "try: fetch(1)\nexcept fetch(2): fetch(3)\nelse: fetch(4)",
}


@pytest.mark.parametrize("source", CALLS.values(), ids=CALLS.keys())
@pytest.mark.parametrize("is_searched", [True, False])
def test_calls_that_are_looked_for_by_name(source, is_searched):
    source = f"fetching(1)\nprefetch(1)\nfetch = other(1)\n{source}"
    words = catalog().applicable(source.encode(), Role.SOURCE).words if is_searched else None
    module = Module("shop/pay.py", source, tree := parse(source), Settings(), words=words)

    def named(calls):
        return [call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) == "fetch"]

    found = named(module.mentioning(ast.Call, ("fetch", "nowhere")))
    assert found
    assert found == sorted(
        named(node for node in ast.walk(tree) if isinstance(node, ast.Call)),
        key=lambda node: (node.lineno, node.col_offset),
    )


def test_a_word_of_other_letters_is_looked_for_although_nobody_has_listed_it():
    source = "größe(1)"
    words = catalog().applicable(source.encode(), Role.SOURCE).words
    module = Module("shop/pay.py", source, parse(source), Settings(), words=words)
    assert len(module.mentioning(ast.Call, ("größe",))) == 1
