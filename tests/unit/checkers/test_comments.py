"""Comments are found without tokenising, and they are the tokenizer's."""

from __future__ import annotations

import io
import re
import sys
import sysconfig
import tokenize
from pathlib import Path

import pytest

from quality_gate_checkers.model.comments import _INTERESTING, Comment, all_comments, comments_in
from quality_gate_checkers.model.text import NotAnalysable, decode, parse, split_lines

_OF_INTEREST = re.compile("|".join(_INTERESTING), re.IGNORECASE)
PEP_701 = sys.version_info >= (3, 12)
"""Since Python 3.12 the braces of an f-string may hold its own quotes and comments; see the last test."""


def comments(text: str) -> list[Comment]:
    return comments_in(text, split_lines(text))


def places(text: str) -> list[tuple[int, int, str]]:
    return [(found.line, found.column, found.text) for found in comments(text)]


def of_tokenizer(text: str) -> list[tuple[int, int, str]]:
    tokens = tokenize.generate_tokens(io.StringIO(text, newline="").readline)
    return [(*token.start, token.string) for token in tokens if token.type == tokenize.COMMENT]


def standard_library() -> list[Path]:
    """Always the same files from all over the standard library; the last ones hold the oddest strings."""
    root = Path(sysconfig.get_path("stdlib"))
    files = [*sorted(root.glob("*.py"))[::3], *sorted(root.glob("asyncio/*.py")), *sorted(root.glob("email/*.py"))]
    names = ("tokenize", "string_literals", *(() if PEP_701 else ("fstring",)))
    odd = [root / "test" / f"test_{name}.py" for name in names]
    return [path for path in (*files, *odd) if path.exists()]


def test_the_tokenizer_agrees_on_the_standard_library() -> None:
    compared = 0
    for path in standard_library():
        try:
            text = decode(path.read_bytes())
            parse(text)
        except NotAnalysable:
            continue
        found = [(comment.line, comment.column, comment.text) for comment in all_comments(text, split_lines(text))]
        assert found == of_tokenizer(text), path
        assert set(places(text)) == {place for place in found if _OF_INTEREST.search(place[2])}, path
        compared += 1
    assert compared > 80


@pytest.mark.parametrize(
    "text",
    [
        "a = '# noqa'\n",
        'a = "it\'s # noqa"\n',
        'a = """\n# noqa\n"""\n',
        "a = '''\n\"\"\" # noqa\n'''\n",
        "a = r'\\' # noqa'\n",
        "a = 'x \\\n# noqa'\n",
        "a = b'# noqa'\n",
        "a = rb'\\'# noqa'\n",
        "a = '\\\\'  # noqa\n",
        "a = '' # noqa\n",
        'a = """" # noqa"""\n',
        "a = f'{b} # noqa'\n",
        "a = f'{b!r:>{c}} # noqa'  # noqa\n",
        "a = f'''\n{b}\n# noqa\n'''  # noqa\n",
        "a = '#' # '#' # noqa\n",
        "a = 1  #noqa\n",
        "# noqa",
        "a = 1\n\n\n    # noqa\n",
        "a = (\n    1,  # noqa\n    2,\n)  # noqa\n",
        "a = 1 \\\n    + 2  # noqa\n",
        "é = 'ü'  # noqa: ü\n",
        "a = '\u2028'  # noqa\n",
        "a = 1\f  # noqa\n\fb = 2  # noqa\n",
        "a = '\x0b\x1c'  # noqa\nb = 1  # noqa\n",
    ],
)
def test_the_tokenizer_agrees_on_odd_layouts(text: str) -> None:
    parse(text)
    assert places(text) == of_tokenizer(text)


def test_windows_line_ends() -> None:
    assert places("a = 1  # noqa\r\n# type: ignore\r\nb = '''\r\n# noqa\r\n'''  # noqa\r\n") == [
        (1, 7, "# noqa"),
        (2, 0, "# type: ignore"),
        (5, 5, "# noqa"),
    ]


def test_lone_carriage_returns_end_lines_as_they_do_for_the_parser() -> None:
    assert places("a = 1  # noqa\rb = 2  # noqa\r") == [(1, 7, "# noqa"), (2, 7, "# noqa")]


def test_nested_quotes_in_an_f_string_of_python_3_12() -> None:
    text = "a = f'{b['c']} d'  # noqa\n"
    try:
        parse(text)
    except NotAnalysable:
        pytest.skip("Python 3.11 knows no such f-string")
    assert places(text) == of_tokenizer(text)


def test_alone_means_that_nothing_but_white_space_stands_before_it() -> None:
    found = comments("# noqa\n    # noqa\na = 1  # noqa\n'x'# noqa\n")
    assert [comment.alone for comment in found] == [True, True, False, False]


def test_ordinary_comments_are_passed_over() -> None:
    assert comments("a = 1  # an ordinary comment\n") == []
    assert places("# ordinary\na = 1  # noqa\n# another\n") == [(2, 7, "# noqa")]


@pytest.mark.parametrize(
    "text",
    [
        "# noqa", "# NoQA", "# type: ignore", "# type:ignore", "# pylint: disable=x", "# pyright: ignore",
        "# pyrefly: ignore", "# ty: ignore", "# mypy: ignore-errors", "# nosec", "# NOSONAR", "# nosem",
        "# nosemgrep", "# pragma: no cover",
        "# ruff: noqa", "# quality-gate: allow[x]", "# TODO", "# fixme", "# XXX", "# hack",
    ],
)  # fmt: skip
def test_comments_of_interest(text: str) -> None:
    assert places(f"a = 1  {text}\n") == [(1, 7, text)]


@pytest.mark.skipif(not PEP_701, reason="Python 3.11 knows no such f-strings")
def test_what_is_missed_within_the_braces_of_an_f_string() -> None:
    """The known exceptions: a comment within braces is not seen, and a quoted `#` there is taken for one."""
    assert places("a = f'''{\nb  # noqa\n}'''\n") == []
    assert places("a = f'{b['#']} noqa'\n") == [(1, 10, "#']} noqa'")]
