"""Comments of interest, found without tokenising: tokenising every file costs more than twice its parse."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container
from itertools import accumulate

import msgspec

from quality_gate_checkers.regexes import regex

DIRECTIVE_WORDS = (
    "noqa", "ignore", "pylint", "pyright", "mypy", "ruff", "nosec", "nosonar", "nosem", "pragma", "quality-gate",
)  # fmt: skip
"""Words one of which every directive of `reading.directives` holds, in lower case."""

_INTERESTING = (*DIRECTIVE_WORDS, "todo", "fixme", "xxx", "hack")
"""Words that a comment of interest holds, in lower case."""

_MAY_BE_COMMENT = regex(r"\#[^\r\n]*+")
_NEXT_COMMENT = regex(
    r"""(?:[^'"\#]++|'''(?:[^'\\]++|\\[\s\S]|'(?!''))*'''|\"""(?:[^"\\]++|\\[\s\S]|"(?!""))*\"""|"""
    r"""'(?:[^'\\\r\n]++|\\[\s\S])*'|"(?:[^"\\\r\n]++|\\[\s\S])*"|['"])*(?:(\#[^\r\n]*+)|\Z)"""
)
"""Strings are stepped over: a `#` inside one is no comment. One match is one comment."""


class Comment(msgspec.Struct, frozen=True, array_like=True):
    """One comment.

    Args:
        line: 1-based.
        column: 0-based, in code points, of the `#`.
        text: from the `#` to the end of the line.
        alone: nothing but white space stands before it.
    """

    line: int
    column: int
    text: str
    alone: bool


def comments_in(text: str, lines: list[str]) -> list[Comment]:
    """The comments of a module that hold a word of interest.

    Args:
        text: the module, as the parser read it.
        lines: the same, split by `split_lines`.
    """
    found = [
        match.start()
        for match in _MAY_BE_COMMENT.finditer(text)
        if any(map(match.group().lower().__contains__, _INTERESTING))
    ]
    if not found:
        return []
    starts = _line_starts(lines, text)
    wanted = {bisect_right(starts, at) for at in found}
    return _comments_on(wanted, max(wanted), text, lines, starts)


def all_comments(text: str, lines: list[str]) -> list[Comment]:
    """Every comment of a piece of code that ends in no string."""
    return _comments_on(range(1, len(lines) + 1), len(lines), text, lines, _line_starts(lines, text))


def _comments_on(wanted: Container[int], last: int, text: str, lines: list[str], starts: list[int]) -> list[Comment]:
    """The comments on some lines, of which one is the last."""
    end = starts[last] if last < len(starts) else len(text)
    found = []
    line = 0
    for match in _NEXT_COMMENT.finditer(text):
        start = match.start(1)
        if start < 0 or start >= end:
            break
        while line + 1 < len(starts) and starts[line + 1] <= start:
            line += 1
        if line + 1 in wanted:
            column = start - starts[line]
            found.append(Comment(line + 1, column, match.group(1), not lines[line][:column].strip()))
    return found


def _line_starts(lines: list[str], text: str) -> list[int]:
    if "\r" not in text:
        return list(accumulate((len(line) + 1 for line in lines), initial=0))[:-1]
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line)
        at += 2 if text.startswith("\r\n", at) else 1
    return starts
