"""Comments that tell a tool to look away, and whether they say why."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.comments import Comment
from quality_gate_checkers.reading.remembering import of_module
from quality_gate_checkers.regexes import regex

_CODE = r"[A-Z]+[0-9]+\b"
_LIST = r"[\w.\-]+(?:\s*,\s*[\w.\-]+)*"
_DIRECTIVE = regex(
    rf"""(?<=[\s\#,;])(?:
      (?P<noqa>(?:(?:flake8|ruff)\s*[:=]\s*)?noqa\b(?:\s*:\s*(?P<codes>{_CODE}(?:[\s,]+{_CODE})*))?)
    | (?P<ruff>ruff\s*:\s*(?:ignore|disable|file-ignore)\s*\[[^\]\[\#]*\])
    | (?P<type>type\s*:\s*ignore(?:\s*\[[^\]\[\#]*\])?(?![\w-]))
    | (?P<checker>(?:pyright|pyrefly|ty|zuban|basedpyright)\s*:\s*ignore(?:-errors)?(?:\s*\[[^\]\[\#]*\])?)
    | (?P<pyright>pyright\s*:\s*report\w+\s*=\s*(?:false|none)\b(?:\s*,\s*report\w+\s*=\s*\w+)*)
    | (?P<mypy>mypy\s*:\s*(?:ignore|disable|allow|no)-[\w\-]+(?:\s*=\s*(?:"[^"\#]*"|\S+))?)
    | (?P<pylint>pylint\s*:\s*(?:disable(?:-next|-msg)?\s*=\s*{_LIST}|skip-file|disable-all))
    | (?P<nosec>nosec\b(?:\s*(?::\s*)?(?:B\d+|[a-z]+(?:_[a-z0-9]+)+)(?:[\s,]+(?:B\d+|[a-z]+(?:_[a-z0-9]+)+))*)?)
    | (?P<nosonar>nosonar\b(?:\s*\([^()\#]*\))?)
    | (?P<nosemgrep>nosem(?:grep)?\b(?:\s*:\s*{_LIST})?)
    | (?P<cover>pragma[:\s]?\s*no\s*cover\b)
    | (?P<branch>pragma[:\s]?\s*no\s*branch\b)
    | (?P<allow>quality-gate\s*:\s*allow\s*\[[^\]\[\#]*\])
    )""",
    re.IGNORECASE | re.VERBOSE,
)
"""Each alternative holds one of `DIRECTIVE_WORDS`, else nobody looks for it."""
_OPTIONS = regex(r"""\b(?:until|owner)\s*=\s*(?:"[^"]*"|'[^']*'|\S+)|\breason\s*=\s*(?:""|'')""", re.IGNORECASE)
_SAYS = regex(r"[^\W\d_]{3,}|\b[A-Z]{2,}-\d+|#\d+|[^\W\d_\x00-\x7f]")
"""A word, a ticket, or a letter of a script that needs fewer of them."""
_WORD = regex(r"[^\W\d_]{2,}")
_NEIGHBOURS = 10
"""How many lines of a block of comments are read: a file may be one block."""
_ENOUGH = 3
"""How many words a comment on a line of its own must have to be an explanation."""


class Directive(msgspec.Struct, frozen=True):
    """One request to look away.

    Args:
        tool: the kind of directive: `noqa`, `type`, `pylint`, `cover` ...
        text: as written, without the `#` before it.
    """

    tool: str
    text: str


class Asking(msgspec.Struct, frozen=True):
    """A comment that holds directives.

    Args:
        comment: the whole comment.
        directives: what it asks for, in order; at least one.
        said: the comment itself says why, in whatever words.
    """

    comment: Comment
    directives: tuple[Directive, ...]
    said: bool


def asking(module: Module) -> tuple[Asking, ...]:
    """Every comment of a module that tells a tool to look away."""
    return of_module(module, _asking)


def _asking(module: Module) -> tuple[Asking, ...]:
    return tuple(_all_asking(module))


def _all_asking(module: Module) -> Iterator[Asking]:
    for comment in module.comments:
        found = tuple(_directives(comment.text))
        if found:
            rest = _OPTIONS.sub(" ", _DIRECTIVE.sub(" ", comment.text))
            yield Asking(comment, found, _SAYS.search(rest) is not None)


def _directives(text: str) -> Iterator[Directive]:
    for match in _DIRECTIVE.finditer(text):
        tool = match.lastgroup if match.lastgroup != "codes" else "noqa"
        if tool is not None:
            yield Directive(tool, match.group(tool).strip())


def block_of_comments(module: Module, line: int, step: int) -> Iterator[str]:
    """Texts of the lone comments that stand on a line and on those next to it, up (-1) or down (1)."""
    for number in range(line, line + step * _NEIGHBOURS, step):
        text = module.lines[number - 1].strip() if 0 < number <= len(module.lines) else ""
        if not text.startswith("#"):
            return
        yield text


def is_explained(module: Module, found: Asking) -> bool:
    """Whether somebody says why: in the comment, in the lines above it, or below one that stands alone."""
    return found.said or next(_explanations(module, found), None) is not None


def words_in(found: Asking) -> str | None:
    """What a comment says beside its directives, where that says why."""
    if not found.said:
        return None
    rest = _OPTIONS.sub(" ", _DIRECTIVE.sub(" ", found.comment.text))
    return " ".join(rest.replace("#", " ").split()).strip("-–—:;,. ") or None


def words_around(module: Module, found: Asking) -> str | None:
    """What the first of the comments says that stand around and say why."""
    return next((text.lstrip("# ") for text in _explanations(module, found)), None)


def _explanations(module: Module, found: Asking) -> Iterator[str]:
    line = found.comment.line
    around = list(block_of_comments(module, line - 1, -1))[::-1]
    if found.comment.alone:
        around += block_of_comments(module, line + 1, 1)
    return (text for text in around if not _DIRECTIVE.search(text) and len(_WORD.findall(text)) >= _ENOUGH)
