"""One walk over a tree: every node by type, and the parent of each."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from quality_gate_checkers.model import NotAnalysable, parse
from quality_gate_checkers.model.index import DEEPEST, Index, children

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
    index = Index(tree)
    left_out = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)
    for node in ast.walk(tree):
        if isinstance(node, left_out):
            continue
        assert node in index.by_type[type(node)]
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, left_out):
                assert index.parents[child] is node
                assert child in children(node)
    assert tree not in index.parents


@pytest.mark.parametrize(
    "file", sorted((Path(__file__).parents[2] / "cases").glob("*.py"))[:3], ids=lambda file: file.stem
)
def test_it_holds_as_many_nodes_as_the_tree(file):
    tree = parse(file.read_text(encoding="utf-8"))
    index = Index(tree)
    for kind in (ast.Call, ast.Name, ast.ExceptHandler, ast.FunctionDef, ast.Constant):
        assert len(index.of(kind)) == sum(type(node) is kind for node in ast.walk(tree))


def test_of_a_type_that_does_not_stand_there():
    index = Index(parse("x"))
    assert index.of(ast.ClassDef) == []
    assert ast.ClassDef not in index.by_type


def nested(levels: int) -> ast.Module:
    """A tree with so many levels: module, expression, and then one negation in the other."""
    inner: ast.expr = ast.Name("x", ast.Load())
    for _ in range(levels - 2):
        inner = ast.UnaryOp(ast.Not(), inner, lineno=7, col_offset=0)
    return ast.Module([ast.Expr(inner, lineno=7, col_offset=0)], [])


def test_a_tree_may_be_so_deep_and_no_deeper():
    assert Index(nested(DEEPEST)).of(ast.UnaryOp)
    with pytest.raises(NotAnalysable, match="too deep") as caught:
        Index(nested(DEEPEST + 1))
    assert caught.value.line == 7


def test_many_deep_expressions_are_too_many():
    source = "\n".join(["x = " + "+".join(["f()"] * 300)] * 10)
    assert Index(parse(source)).of(ast.Call)
    with pytest.raises(NotAnalysable, match="too deep"):
        Index(parse("\n".join([source] * 20)))
