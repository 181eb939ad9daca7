"""Comments of interest, found without tokenising: tokenising every file costs more than twice its parse."""

from __future__ import annotations

import re

import msgspec

_INTERESTING = (
    "noqa", "pragma", "pylint", "pyright", "pyrefly", "ruff", "type:", "mypy", "nosec", "nosonar", "quality-gate",
    "todo", "fixme", "xxx", "hack", "nosem", "ty: ignore",
)  # fmt: skip
"""Words that a comment of interest holds, in lower case."""

_STRING_OR_COMMENT = re.compile(
    r"""'''(?:[^'\\]|\\[\s\S]|'(?!''))*'''|\"""(?:[^"\\]|\\[\s\S]|"(?!""))*\"""|"""
    r"""'(?:[^'\\\r\n]|\\[\s\S])*'|"(?:[^"\\\r\n]|\\[\s\S])*"|(\#[^\r\n]*)"""
)
"""Strings are matched only to be stepped over: a `#` inside one is no comment."""


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
    """The comments of a module; none at all where no comment of interest can be.

    Args:
        text: the module, as the parser read it.
        lines: the same, split by `split_lines`.
    """
    lowered = text.lower()
    return all_comments(text, lines) if any(word in lowered for word in _INTERESTING) else []


def all_comments(text: str, lines: list[str]) -> list[Comment]:
    """Every comment of a piece of code that ends in no string."""
    starts = _line_starts(lines, text)
    found = []
    line = 0
    for match in _STRING_OR_COMMENT.finditer(text):
        if match.group(1) is None:
            continue
        while line + 1 < len(starts) and starts[line + 1] <= match.start():
            line += 1
        column = match.start() - starts[line]
        found.append(Comment(line + 1, column, match.group(1), not lines[line][:column].strip()))
    return found


def _line_starts(lines: list[str], text: str) -> list[int]:
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line)
        at += 2 if text.startswith("\r\n", at) else 1
    return starts
