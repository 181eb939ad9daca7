"""The smallest statements of a module, and what is written of them without layout."""

from __future__ import annotations

import ast

import pytest

from quality_gate_checkers.model.statements import statement_at, statement_digests, statements_in, written
from quality_gate_checkers.model.text import split_lines
from quality_gate_checkers.model.violation import Location

SOURCE = """\
@first
@second(
    1,
)
async def f(
    a,
):  # a comment

    # another
    match a:
        case 1 if b:
            pass
        case _: return 2
    for x in a: b(); c()
    else:
        d()
    try:
        pass
    except* E:
        pass

    # before
    finally :
        e()
    if a:
        b
    elif c: d
    else: e
    while (
        x
    ): y = (
        1
    )
class C(
    D
): pass
"""

SPANS = [
    (1, 1), (2, 4), (5, 7), (10, 10), (11, 11), (12, 12), (13, 13), (13, 13), (14, 14), (14, 14), (14, 14), (15, 15),
    (16, 16), (17, 17), (18, 18), (19, 19), (20, 20), (23, 23), (24, 24), (25, 25), (26, 26), (27, 27), (27, 27),
    (28, 28), (28, 28), (29, 31), (31, 33), (34, 36), (36, 36),
]  # fmt: skip


def test_where_they_stand() -> None:
    found = list(statements_in(ast.parse(SOURCE), split_lines(SOURCE)))
    assert [(one.first, one.last) for one in found] == SPANS
    assert [(one.first, one.word) for one in found if one.word] == [
        (1, "@"),
        (2, "@"),
        (15, "else"),
        (19, "*"),
        (23, "finally"),
        (28, "else"),
    ]


def text(source: str) -> str:
    return written(ast.parse(source).body[0])


SAME = [
    ("f('a', b = 1)", 'f(\n    "a",\n    b=1,\n)'),
    ("x = 'a' 'b'", 'x = (\n    "a"\n    "b"\n)'),
    ("x = f'{a!r:>{b}}' 'c'", 'x = f"{a!r:>{b}}c"'),
    ("x = 0XFF, u'a', 1E3", 'x = (0xFF, "a", 1e3)'),
    ("del (a), (b)", "del a, b"),
    ("del (a, b)", "del a, b"),
    ("if (a): b", "if a:\n    c"),
    ("with a as b, c as d: pass", "with (\n    a as b,\n    c as d,\n): pass"),
    ("def f(a, *, b = 1) -> (C): pass", "@d\ndef f(a, *, b=1) -> C:\n    return 1"),
    ("'''One\n   two.'''", '"""One\ntwo."""'),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_layout_does_not_count(one: str, other: str) -> None:
    assert text(one) == text(other)


OTHER = [
    ("x = 1", "x = True"),
    ("x = 1", "x = 1.0"),
    ("x = 1", "x = '1'"),
    ("x = 'a'", "x = b'a'"),
    ("x = 'a  b'", "x = 'a b'"),
    ("x = None", "x = ..."),
    ("f(a, b)", "f((a, b))"),
    ("f(*a)", "f(a)"),
    ("f([a], b)", "f([a, b])"),
    ("{**a}", "{a}"),
    ("x = f'a{b}'", "x = 'a{b}'"),
    ("x = f'{a}b'", "x = f'b{a}'"),
    ("x = f'{a!r}'", "x = f'{a!s}'"),
    ("if a: b", "while a: b"),
    ("def f(): pass", "async def f(): pass"),
    ("try:\n    a\nexcept B: pass", "a"),
    ("from . import a", "from .. import a"),
    ("x: int", "x: int = 1"),
    ("global a, b", "global ab"),
    ("return (Name)", "return 'Name'"),
    ("x = f'(Constant value1=i1;)'", "x = f'{1}'"),
]


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_meaning_does(one: str, other: str) -> None:
    assert text(one) != text(other)


def test_a_huge_number_is_written() -> None:
    assert text(f"x = 0x{'f' * 5_000}")


def test_a_handler_of_groups_is_another_one_but_its_digest_stays() -> None:
    sources = "try: a()\nexcept E: b()\n", "try: a()\nexcept* E: b()\n"
    texts = [[one.text for one in statements_in(ast.parse(source), split_lines(source))] for source in sources]
    assert [one == other for one, other in zip(*texts, strict=True)] == [False, True, False, True]
    digests = [statement_digests(ast.parse(source), [Location(2, 0, 2, 0)]) for source in sources]
    assert digests[0] == digests[1]


def test_a_digest_is_of_the_smallest_statement_at_a_place() -> None:
    tree = ast.parse("x = 1\n@d(\n    1)\ndef f(a): b(); c()\nif a: b()\n")
    places = [(1, 0), (3, 4), (4, 0), (4, 10), (4, 15), (5, 0), (5, 6)]
    found = [statement_at(tree, *place) for place in places]
    assert [ast.unparse(one.node).partition("\n")[0] for one in found if one and one.node] == [
        "x = 1",
        "d(1)",
        "@d(1)",
        "b()",
        "c()",
        "if a:",
        "b()",
    ]
    assert statement_at(ast.parse("\nx"), 1, 0) is None
    told = statement_digests(tree, [Location(*place, *place) for place in places])
    assert told[3] == told[6]
    assert len(set(told)) == 6


def test_digests_are_the_same_on_every_python() -> None:
    source = "def f(a, *, b: int = 1) -> C:\n    x = f'{a!r:>{b}}' 'c', None, -1.5, b'a', 10 ** 30\n"
    told = statement_digests(ast.parse(source), [Location(1, 0, 1, 0), Location(2, 4, 2, 4)])
    assert told == ("2dc99784e3da89ce", "47b1938e8a9213c8")
