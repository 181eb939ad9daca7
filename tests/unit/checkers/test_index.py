"""One walk over a tree: every node by type, and the parent of each."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from quality_gate_checkers.model import NotAnalysable, parse
from quality_gate_checkers.model.index import DEEPEST, PLACE, Index, children

SOURCE = (
    """
@decorator(1)
class C(Base, metaclass=M):
    a: int = 1
    async def f(self, x=1, *y: int, k: str = "s", **z) -> None:
        try:
            async with a as b, c:
                await d(*e, **f)
        except (A, B) as g:
            raise C from g
        except* () if False else D: pass
""".replace("        except* () if False else D: pass\n", "")
    + """
        else:
            yield [i for i in x if i async for j in y]
        finally:
            del q
match v:
    case {"k": [P(a=1), *_], **rest} | None if w:
        lambda u: f"{u!r:>{n}}"
    case _:
        global t
"""
)


def test_every_node_that_a_rule_may_ask_for_is_there_with_its_parent():
    tree = parse(SOURCE)
    index = Index(tree, SOURCE)
    left_out = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)
    for node in ast.walk(tree):
        if isinstance(node, left_out):
            continue
        assert node in index.of(type(node))
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, left_out):
                assert index.parents[child] is node
                assert child in children(node)
    assert index.parents[tree] is None
    assert index.parents[parse("x")] is None  # of another tree


def test_parents_are_there_when_they_are_asked_for_one_by_one():
    tree = parse(SOURCE)
    for node in ast.walk(tree):
        asked = Index(tree, SOURCE)  # nothing but this one has been read
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)):
                assert asked.parents[child] is node


def test_statements_are_in_source_order():
    tree = parse(SOURCE)
    places = [PLACE(node) for node in Index(tree, SOURCE).parents.statements]
    assert places == sorted(set(places))
    assert len(places) == sum(isinstance(node, _STATEMENTS) for node in ast.walk(tree))


_STATEMENTS = (ast.stmt, ast.ExceptHandler)


@pytest.mark.parametrize("wanted", ["d", "M", "decorator", "P", "w", "n", "e", "A", "k", "i"])
@pytest.mark.parametrize("ending", ["", "# ﬁ", "\r\n"])  # not as the parser reads letters and lines
def test_what_mentions_a_word(wanted, ending):
    source = SOURCE + ending
    tree = parse(source)
    found = [node for node in Index(tree, source).mentioning(ast.Name, (wanted,)) if node.id == wanted]
    assert sorted(map(id, found)) == sorted(
        id(node) for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == wanted
    )
    assert found or wanted == "k"


def test_a_word_that_stands_nowhere_lets_nothing_be_read():
    source = "x = 'é'; f(xy)\ng(f, x=y)\nif f: g(y)\n"
    index = Index(tree := parse(source), source)
    assert index.mentioning(ast.Call, ("z",)) == []
    assert [node.func.id for node in index.mentioning(ast.Call, ("f",))] == ["f"]
    assert len(index.parents) < sum(1 for _ in ast.walk(tree))


def test_an_assignment_within_an_expression_is_looked_for_where_one_stands():
    source = "if (m := f(':=')) and (n:=1):\n    pass\n"
    assert [node.target.id for node in Index(parse(source), source).of(ast.NamedExpr)] == ["m", "n"]


@pytest.mark.parametrize(
    "file", sorted((Path(__file__).parents[2] / "cases").glob("*.py"))[:3], ids=lambda file: file.stem
)
def test_it_holds_as_many_nodes_as_the_tree(file):
    tree = parse(file.read_text(encoding="utf-8"))
    index = Index(tree, file.read_text(encoding="utf-8"))
    for kind in (ast.Call, ast.Name, ast.ExceptHandler, ast.FunctionDef, ast.Constant):
        assert len(index.of(kind)) == sum(type(node) is kind for node in ast.walk(tree))


def test_of_a_type_that_does_not_stand_there():
    index = Index(parse("x"), "x")
    assert index.of(ast.ClassDef) == []
    assert index.of(ast.MatchAs) == []
    assert index.of(ast.Call) == []


def nested(levels: int) -> ast.Module:
    """A tree with so many levels: module, expression, and then one negation in the other."""
    inner: ast.expr = ast.Name("x", ast.Load())
    for _ in range(levels - 2):
        inner = ast.UnaryOp(ast.Not(), inner, lineno=7, col_offset=0)
    return ast.Module([ast.Expr(inner, lineno=7, col_offset=0)], [])


def test_a_tree_may_be_so_deep_and_no_deeper():
    assert Index(nested(DEEPEST), "").of(ast.UnaryOp)
    with pytest.raises(NotAnalysable, match="too deep") as caught:
        Index(nested(DEEPEST + 1), "").of(ast.UnaryOp)
    assert caught.value.line == 7


def test_statements_may_be_so_deep_and_no_deeper():
    def of_levels(number: int) -> str:  # an `elif` stands in the `else` of the one before
        return "\n".join(["if x: pass", *["elif x: pass"] * number])

    assert Index(parse(of_levels(DEEPEST - 3)), "").of(ast.If)
    with pytest.raises(NotAnalysable, match="too deep"):
        Index(parse(of_levels(DEEPEST)), "")


def test_many_deep_expressions_are_too_many():
    source = "\n".join(["x = " + "+".join(["f()"] * 300)] * 10)
    assert Index(parse(source), source).of(ast.Call)
    many = "\n".join([source] * 20)
    with pytest.raises(NotAnalysable, match="too deep"):
        Index(parse(many), many).of(ast.Call)
