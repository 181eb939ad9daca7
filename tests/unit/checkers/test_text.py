"""Bytes to text to lines to a tree, or a reason why not."""

from __future__ import annotations

import ast
import sys

import pytest

from quality_gate_checkers.model import NotAnalysable, decode, parse
from quality_gate_checkers.model.text import MAXIMUM_BYTES, split_lines

BOM = b"\xef\xbb\xbf"

TAKEN = {
    "plain": (b"x = 1\n", "x = 1\n"),
    "empty": (b"", ""),
    "byte order mark": (BOM + b"x = 1", "x = 1"),
    "only a byte order mark": (BOM, ""),
    "utf-8 cookie": (b"# -*- coding: utf-8 -*-\nx", None),
    "upper case cookie": (b"# coding: UTF8\nx", None),
    "underscore": (b"# coding=utf_8\nx", None),
    "as Emacs writes it": (b"# -*- coding: utf-8-unix -*-\nx", None),
    "ascii": (b"# coding: us-ascii\nx", None),
    "cookie on line 2": (b"#!/usr/bin/python\n# vim: set fileencoding=utf-8 :\nx", None),
    "cookie behind a byte order mark": (BOM + b"# coding: utf-8\nx", "# coding: utf-8\nx"),
    "cookie on line 3": (b"\n\n# coding: latin-1\nx", None),
    "cookie after code": (b"x = 1\n# coding: latin-1\n", None),
    "cookie in a docstring": (b'"""\n# coding: latin-1\n"""\n', None),
    "the first cookie counts": (b"# coding: utf-8\n# coding: latin-1\n", None),
    "no cookie": (b"# coding is fun\nx", None),
    "not only ASCII": ("name = 'é'\n".encode(), "name = 'é'\n"),
    "as large as may be": (b"#" * MAXIMUM_BYTES, None),
}


@pytest.mark.parametrize(("content", "text"), TAKEN.values(), ids=TAKEN.keys())
def test_decoded(content, text):
    assert decode(content) == (content.decode() if text is None else text)


REFUSED = {
    "NUL": (b"a\nb\n\0", 3, "NUL byte"),
    "NUL in a comment": (b"# \0", 1, "NUL byte"),
    "too large": (b"#" * (MAXIMUM_BYTES + 1), 1, "larger than 1024 KiB"),
    "not UTF-8": (b"a\nb = '\xe9'\n", 2, "not UTF-8"),
    "UTF-16": ("x = 1".encode("utf-16"), 1, "NUL byte"),
    "lone surrogate": (b"x = '\xed\xa0\x80'", 1, "not UTF-8"),
    "overlong": (b"x = '\xc0\xaf'", 1, "not UTF-8"),
    "latin-1": (b"# coding: latin-1\n", 1, "declared as latin-1"),
    "line 2": (b"#!/usr/bin/python\n# coding: cp1252\n", 2, "declared as cp1252"),
    "utf-7": (b"# coding: utf-7\n", 1, "declared as utf-7"),
    "hex": (b"# coding: hex\n", 1, "declared as hex"),
    "a long name": (b"# coding: " + b"x" * 5_000, 1, "declared as xxx"),
    "unknown": (b"# coding: does-not-exist\n", 1, "declared as does-not-exist"),
}


@pytest.mark.parametrize(("content", "line", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(content, line, reason):
    with pytest.raises(NotAnalysable) as caught:
        decode(content)
    assert caught.value.line == line
    assert reason in caught.value.reason
    assert len(caught.value.reason) < 100
    assert caught.value.remedy


def test_the_cap_is_counted_in_bytes():
    content = "é".encode() * (MAXIMUM_BYTES // 2 + 1)
    with pytest.raises(NotAnalysable, match="larger"):
        decode(content)


LINES = {
    "": [""],
    "a": ["a"],
    "a\n": ["a", ""],
    "a\r\nb": ["a", "b"],
    "a\rb": ["a", "b"],
    "a\r\r\nb\n\rc": ["a", "", "b", "", "c"],
    "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g": ["a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g"],
}


@pytest.mark.parametrize(("text", "lines"), LINES.items())
def test_lines(text, lines):
    assert split_lines(text) == lines


@pytest.mark.parametrize(
    "separator", ["\n", "\r\n", "\r", "\x0c\n", "\n\x0c", " # \x0b\n", " # \x85\n", " # \u2028\r\n"]
)
def test_lines_are_the_parsers(separator):
    text = separator.join(["a = 1", "b = 2", "c = '''x", "y'''", "d = 4"])
    tree = parse(text)
    lines = split_lines(text)
    for statement in tree.body:
        name = statement.targets[0].id
        assert lines[statement.lineno - 1].strip("\x0c ").startswith(f"{name} =")


def test_parsed():
    assert isinstance(parse("x = 1").body[0], ast.Assign)
    assert parse("").body == []


def test_the_parser_says_nothing_aside(recwarn):
    parse("x = '\\d'\ny = 1 is 1\nz = 1if x else 2\nassert (x, 'y')\n")
    assert not recwarn.list


FAULTS = {
    "syntax": ("x = 1\ndef f(:\n", 2, "does not parse"),
    "unclosed": ("x = (\n", 1, "does not parse"),
    "indentation": ("if x:\ny\n", 2, "does not parse"),
    "byte order mark in the middle": ("x = 1\n\ufeffy = 2\n", 2, "does not parse"),
    "bidi outside of text": ("x = 1\ny\u202e = 2\n", 2, "does not parse"),
    "5,000 digits": (f"x = {'9' * 5_000}", 1, "does not parse"),
    "101 indents": ("".join(" " * depth + "if 1:\n" for depth in range(101)) + " " * 101 + "pass", 101, "too deep"),
    "parentheses": ("(" * 300 + ")" * 300, 1, "too deep"),
    "a sum": ("+".join(["1"] * 100_000), 1, "too deep"),
    "negations": ("-" * 100_000 + "1", 1, "too deep"),
    "elif": ("if x: pass\n" + "elif x: pass\n" * 50_000, 1, "too deep"),
    "escape codes": ("x = \x1b[31m", 1, "does not parse"),
}


@pytest.mark.parametrize(("text", "line", "reason"), FAULTS.values(), ids=FAULTS.keys())
def test_not_parsed(text, line, reason):
    with pytest.raises(NotAnalysable) as caught:
        parse(text)
    assert caught.value.line == line
    assert reason in caught.value.reason
    assert caught.value.remedy


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="Python 3.14 reads it")
def test_syntax_of_a_newer_python_is_called_so():
    with pytest.raises(NotAnalysable) as caught:
        parse("try: pass\nexcept A, B: pass\n")
    assert f"needs Python 3.14 and this is 3.{sys.version_info.minor}" in caught.value.reason
    assert "language_version: python3.14" in caught.value.remedy


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Python 3.12 knows them")
@pytest.mark.parametrize(
    "text", ["type X = int\n", "class A[T]: ...\n", "def f[T](x: T): ...\n", "async def f[T](x: T): ...\n"]
)
def test_type_parameters_are_of_a_newer_python(text):
    with pytest.raises(NotAnalysable) as caught:
        parse(text)
    assert "needs Python 3.12" in caught.value.reason
    assert "language_version: python3.12" in caught.value.remedy


def test_syntax_that_nobody_names_may_be_of_a_newer_python():
    with pytest.raises(NotAnalysable) as caught:
        parse("unless x: pass\n")
    assert "newer Python" in caught.value.remedy
