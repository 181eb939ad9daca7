"""Comments that are meant for us and spelled in a way that nobody reads: they do nothing, and nobody would know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from quality_gate_checkers.model.comments import Comment, all_comments
from quality_gate_checkers.model.critical import critical_names
from quality_gate_checkers.model.suppressions import is_allow
from quality_gate_checkers.regexes import regex

Meant = Literal["critical", "allow", ""]

_TOOL = "quality-gate"
_FEW = 2
"""Letters that are too many, missing, wrong or swapped in a name of eleven; in `allow` half of them."""
_SHORTEST = 4
"""Letters of `crit`, which nobody writes for anything else before a bracket."""

_AIMED = regex(
    r"\#\s*(?P<tool>[A-Za-z][\w -]{6,14}?)\s*(?P<colon>[:=]?)\s*(?P<verb>[A-Za-z][\w-]*)"
    r"(?:(?P<blank>\s?)(?P<square>\[)|\()(?P<names>[^\]\[()\#\r\n]*)"
)
_ALONE = regex(r"\#\s*quality-gate\s*:\s*(?P<verb>\w+)\s*(?:\#|\Z)", re.IGNORECASE)
_NAMES = regex(r"\s*[^\s,]+(?:\s*,\s*[^\s,]+)*\s*")


class Misspelled(NamedTuple):
    """A comment that does nothing.

    Args:
        meant: what its author meant by it; empty where nobody can tell. names: what stands in its brackets.
    """

    comment: Comment
    meant: Meant
    names: str = ""


def misspelled_in(text: str, lines: Sequence[str]) -> Iterator[Misspelled]:
    """The comments of a module that aim at us and miss, in order.

    Args:
        text: the module, as the parser read it. lines: the same, split by `split_lines`.
    """
    if _AIMED.search(text) is None and not any(_ALONE.search(line) for line in lines):
        return
    for comment in all_comments(text, list(lines)):
        found = misspelled(comment)
        if found is not None:
            yield found


def misspelled(comment: Comment) -> Misspelled | None:
    """A comment that aims at us and misses; None for prose, which names nothing in brackets, and for what is right."""
    if critical_names(comment.text) is not None or is_allow(comment.text):
        return None
    alone = _ALONE.search(comment.text)
    if alone is not None and _meant(alone["verb"]) == "critical":
        return Misspelled(comment, "critical")
    missed = filter(_aims_at_us, _AIMED.finditer(comment.text))
    return next((Misspelled(comment, _meant(one["verb"]), one["names"].strip()) for one in missed), None)


def _aims_at_us(aimed: re.Match[str]) -> bool:
    meant = _meant(aimed["verb"])
    if aimed["tool"].lower() == _TOOL and aimed["colon"] == ":":
        return bool(meant) or (aimed["square"] is not None and not aimed["blank"])
    is_near = bool(meant) and _is_near(_plain(aimed["tool"]), _plain(_TOOL), _FEW)
    return is_near and _NAMES.fullmatch(aimed["names"]) is not None


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")


def _meant(verb: str) -> Meant:
    verb = verb.lower()
    short = len(verb) >= _SHORTEST and "critical".startswith(verb)
    if short or verb.startswith("critical") or _is_near(verb, "critical", _FEW):
        return "critical"
    return "allow" if _is_near(verb, "allow", 1) else ""


def _is_near(word: str, wanted: str, most: int) -> bool:
    """Whether so few letters are too many, missing, wrong or swapped with the next one."""
    if abs(len(word) - len(wanted)) > most:
        return False
    older: list[int] = []
    last = list(range(len(wanted) + 1))
    for row, letter in enumerate(word, start=1):
        line = [row]
        for at, other in enumerate(wanted, start=1):
            cost = min(last[at] + 1, line[-1] + 1, last[at - 1] + (letter != other))
            if older and at > 1 and letter == wanted[at - 2] and word[row - 2] == other:
                cost = min(cost, older[at - 2] + 1)
            line.append(cost)
        older, last = last, line
    return last[-1] <= most
