from __future__ import annotations

import ast
import asyncio
import inspect
import json
import sys
import textwrap
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_gate_recorder.fingerprints import (
    Fingerprint,
    digest_of,
    fingerprints_of,
    lines_from_bytes,
    lines_to_bytes,
)

SOURCE = '''
"""About orders."""
import os

LIMIT = 3


class Order(Base):
    """An order."""

    total: int = 0

    @property
    def paid(self):
        return self._paid

    @paid.setter
    def paid(self, value):
        self._paid = value

    class Line:
        def price(self):
            return 1


@retry(times=3)
def charge(order, amount=0):
    if amount > LIMIT: raise ValueError(f"{amount!r:>{LIMIT}} of {order}")

    def attempt():
        return order.pay(amount)

    return attempt()


class Closed(Exception): pass
'''


def of(source: str) -> dict[str, Fingerprint]:
    return fingerprints_of(source)


def changed(before: str, after: str) -> set[str]:
    """Names whose digest differs between two sources."""
    one, other = of(before), of(after)
    assert one.keys() == other.keys()
    return {name for name in one if one[name].digest != other[name].digest}


def replaced(old: str, new: str) -> set[str]:
    assert SOURCE.count(old) == 1, old
    return changed(SOURCE, SOURCE.replace(old, new))


def test_names_are_qualified_within_the_module() -> None:
    assert of(SOURCE).keys() == {"", "Order.paid", "Order.Line.price", "charge", "charge.attempt"}


def test_lines_begin_with_the_first_decorator() -> None:
    found = of(SOURCE)
    assert (found["charge"].first, found["charge"].last) == (26, 33)
    assert (found["Order.paid"].first, found["Order.paid"].last) == (13, 19)  # the property and its setter
    assert found[""].first == 1


def test_lines_are_where_something_begins_and_belong_to_one_function_only() -> None:
    found = of(SOURCE)
    assert found["charge"].lines == (26, 27, 28, 33)
    assert found["charge.attempt"].lines == (30, 31)
    assert found["Order.paid"].lines == (13, 14, 15, 17, 18, 19)
    assert found[""].lines == (2, 3, 5, 8, 9, 11, 21, 36)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LIMIT = 3", "LIMIT = 3  # at most"),
        ("LIMIT = 3\n", "LIMIT = 3\n\n\n# nothing\n\n"),
        ("def charge(order, amount=0):", "def charge(\n    order,\n    # how much\n    amount=0,\n):"),
        ("return self._paid", "return (\n            self\n            ._paid\n        )"),
        ("return 1", "return 0x1"),
        ('"""About orders."""', "'About' ' orders.'"),
        ("raise ValueError", "raise (ValueError)"),
    ],
)
def test_comments_and_position_do_not_count(old: str, new: str) -> None:
    assert replaced(old, new) == set()


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("LIMIT = 3", "LIMIT = 4", {""}),
        ("total: int = 0", "total: int = 1", {""}),
        ("class Order(Base)", "class Order(Bass)", {""}),
        ('"""About orders."""', '"""About nothing."""', {""}),
        ("amount=0", "amount=1", {"charge"}),
        ("times=3", "times=4", {"charge"}),
        ("raise ValueError", "raise TypeError", {"charge"}),
        ("amount > LIMIT: raise", "amount > LIMIT:\n        raise", {"charge"}),
        ("return order.pay(amount)", "return order.pay(0)", {"charge", "charge.attempt"}),
        ("return 1", "return True", {"Order.Line.price"}),
        ("return 1", "return 1.0", {"Order.Line.price"}),
        ("return 1", "return '1'", {"Order.Line.price"}),
        ("return 1", "return b'1'", {"Order.Line.price"}),
        ("self._paid = value", "self._paid = not value", {"Order.paid"}),
        ("@paid.setter", "@paid.deleter", {"Order.paid"}),
    ],
)
def test_what_is_run_otherwise_counts_where_it_stands(old: str, new: str, names: set[str]) -> None:
    assert replaced(old, new) == names


def test_an_added_or_removed_function_leaves_its_neighbours_alone() -> None:
    added = SOURCE.replace("@retry", "def fresh():\n    return LIMIT\n\n\n@retry").replace(
        "    class Line", "    def close(self):\n        return 1\n\n    class Line"
    )
    before, after = of(SOURCE), of(added)
    assert after.keys() - before.keys() == {"fresh", "Order.close"}
    assert all(after[name].digest == before[name].digest for name in before)


def test_one_digest_pairs_the_lines() -> None:
    moved = SOURCE.replace("    return attempt()", "    # now\n\n    return attempt(\n    )").replace(
        "LIMIT = 3", "#\n\nLIMIT = 3"
    )
    before, after = of(SOURCE)["charge"], of(moved)["charge"]
    assert before.digest == after.digest
    assert dict(zip(before.lines, after.lines, strict=True)) == {26: 28, 27: 29, 28: 30, 33: 37}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f('a', 'b')", "f('ab')"),
        ("f(a, *b)", "f(a, b)"),
        ("x = 'a) (Name b'", "x = 'a', b"),
        ("x = {**a}", "x = {a}"),
        ("from a import b", "from .a import b"),
        ("f'{a}'", "f'{a!s}'"),
        ("f'{a:b}'", "f'{a}b'"),
        ("lambda a, /: 1", "lambda a: 1"),
        ("async def f(): pass", "def f(): pass"),
        ("def f(a, *, b): pass", "def f(a, b): pass"),
        ("def f(*, a, b=1): pass", "def f(*, a=1, b): pass"),
        ("global a", "nonlocal a"),
        ("x = -1", "x = 1"),
        ("x = 1j", "x = 1"),
        ("x = None", "x = ..."),
        ("del a, b", "del (a, b)"),
        ("match a:\n case [b, *_]: pass", "match a:\n case [b, *c]: pass"),
        ("try: a\nexcept B: pass", "try: a\nexcept* B: pass"),
    ],
)
def test_different_sources_have_different_digests(one: str, other: str) -> None:
    assert digest_of(one) != digest_of(other)


def test_the_whole_file_counts_in_digest_of() -> None:
    assert digest_of(SOURCE) == digest_of(SOURCE.encode()) == digest_of("# a comment\n" + SOURCE)
    assert digest_of(SOURCE) != digest_of(SOURCE.replace("return 1", "return 2"))
    assert digest_of(SOURCE) != digest_of(SOURCE.replace("def price", "def cost"))
    assert digest_of(SOURCE) != digest_of(SOURCE + "def more(): pass\n")


CANONICAL = textwrap.dedent(
    r'''
    import os
    def f(a, b: int = 1, *c, d=None, **e) -> str:
        """Docstring \d."""
        x = f"{a} {{b}} {c!r:>{d}} " "and" f' {e["k"]:%Y-%m-%d} {a=}' rf"\d{b}" f"{c:\x20>9}"
        y = f"" f"{a:}", b"".decode()
        z = 0xFFFF_FFFF, 1e400, -0.0, 3j, b"\x00", "\ud800", u"u", ...
        return lambda *a, k=1: [i async for i in a if i] if x else {**y, 1: z}
    class C(list, metaclass=type):
        @property
        async def g(self):
            async with a as b, c: yield await d
            try: pass
            except* (A, B) as e: raise C from e
            finally: del x
        match x:
            case {"a": [1, *_], **rest} | C(a=1) if rest: pass
            case _: pass
    '''
)


def test_digests_are_the_same_on_every_python() -> None:
    """The numbers are of Python 3.11; the suite runs on 3.12 and 3.13 too."""
    found = {name: (one.digest.hex(), one.lines) for name, one in of(CANONICAL).items()}
    assert found == {
        "f": ("a9a91484b835c4c47139ad7648e42553", (3, 4, 5, 6, 7, 8)),
        "C.g": ("e9a59f8222678ffe69ccade840807025", (10, 11, 12, 13, 14, 15)),
        "": ("d6a25c0a06b783a8858798ced37504a4", (2, 9, 16, 17, 18)),
    }
    assert digest_of(CANONICAL).hex() == "a0d6448a4294a7c580d0188a712fa576"


@pytest.mark.parametrize("package", [asyncio, json])
def test_no_statement_of_coverage_is_without_a_place(package: object) -> None:
    from coverage.parser import PythonParser

    folder = Path(inspect.getfile(package)).parent  # type: ignore[arg-type]
    for file in folder.glob("*.py"):
        source = file.read_text()
        parser = PythonParser(text=source)
        parser.parse_source()
        places = [line for found in of(source).values() for line in found.lines]
        assert parser.statements <= set(places), file
        assert len(places) == len(set(places)), file


def test_a_source_that_warns_is_read_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert of("x = '\\d'\nif x is 'a': pass\n")


@pytest.mark.parametrize(
    "source",
    [
        "def f(:",
        b"\xff\xfe",
        "x = '\0'",
        b"# coding: nonsense\n",
        "(" * 5000 + ")" * 5000,
        "x = " + "9" * 5000,
    ],
)
def test_what_cannot_be_parsed_is_a_value_error_and_has_a_digest_of_its_bytes(source: str | bytes) -> None:
    with pytest.raises(ValueError, match="not to be parsed"):
        fingerprints_of(source)
    assert digest_of(source) == digest_of(source) != digest_of(source[:-1])


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "+".join(["1"] * 900),
        "if a: pass\n" + "elif b: pass\n" * 200,
        "\n".join(" " * level + "def f():" for level in range(90)) + "\n" + " " * 90 + "pass",
        "x = 0x" + "f" * 20_000,
    ],
)
def test_deep_and_long_sources_are_read_with_hardly_any_stack(source: str) -> None:
    tree = ast.parse(source)
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(len(inspect.stack()) + 40)
        from quality_gate_recorder.fingerprints import _Reader

        assert _Reader(tree).read()
    finally:
        sys.setrecursionlimit(limit)


@given(st.lists(st.integers(1, 2**24), unique=True).map(sorted))
def test_lines_survive_the_evidence_file(lines: list[int]) -> None:
    assert lines_from_bytes(lines_to_bytes(lines)) == tuple(lines)


@pytest.mark.parametrize("packed", [b"\x80", b"\x01\x00", b"\xff\xff\xff\xff\xff\xff\x01", b"\x00"])
def test_forged_lines_are_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"line|number"):
        lines_from_bytes(packed)
