"""Saying no, with a reason: comments that silence a rule, read once and honoured alike by every host."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from quality_gate_checkers.model.comments import Comment
from quality_gate_checkers.model.inspection import Kind, Suppression
from quality_gate_checkers.regexes import regex

_ALLOW = regex(r"#\s*quality-gate:\s*allow\[([^\]\[#]*)\](.*)", re.IGNORECASE)
_OPTION = regex(r"""\b(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""")
_NOQA = regex(
    r"#\s*(?P<whole>(?:flake8|ruff)[:=]\s*)?noqa\s*:\s*(?P<codes>[A-Z][0-9]*[A-Z0-9]*(?:[\s,]+[A-Z]+[0-9]+)*)",
    re.IGNORECASE,
)
_PYLINT = regex(r"\bpylint:\s*(?P<verb>disable-next|disable|enable)\s*=\s*(?P<names>[^;#]*)")
_MANY = 1000
"""So many comments of pylint's are spread over their blocks; each further one in a file holds on its line."""
_PYLINT_NAME = regex(r"[\w\-]{2,}")

Spans = Callable[[int], tuple[int, int]]
"""A line -> first and last line of something that stands there."""

Wanted = Callable[[Kind, tuple[str, ...]], bool]
"""Whether a suppression that names these is of interest; where the others hold is not looked up."""


def is_allow(comment: str) -> bool:
    """Whether a comment, from its `#` on, is of our own form, with a reason or without."""
    return _ALLOW.search(comment) is not None


def suppressions_in(
    comments: Iterable[Comment], next_code: Callable[[int], int], statement: Spans, block: Spans, wanted: Wanted
) -> list[Suppression]:
    """The suppressions among a module's comments: all of our own form, of the others those that are wanted.

    Args:
        comments: the module's comments, in order.
        next_code: a line -> the first later line that holds code.
        statement: a line -> the lines of the simple statement, or of the compound statement's head, that it is part of.
        block: a line -> the lines for which pylint's `disable` on it holds.
    """
    found: list[Suppression] = []
    spread = 0
    for comment in comments:
        allow = _ALLOW.search(comment.text)
        if allow:
            found.append(_allow(comment, allow, next_code, statement))
        noqa = _NOQA.search(comment.text)
        if noqa and wanted("noqa", codes := _codes(noqa)):
            found.append(_noqa(comment, noqa, codes, statement))
        pylint = _PYLINT.search(comment.text)
        if pylint:
            spread += 1
            _add_pylint(found, comment, pylint, block if spread <= _MANY else None, wanted)
    return [one for one in found if one.kind == "allow" or wanted(one.kind, one.names)]


def _codes(match: re.Match[str]) -> tuple[str, ...]:
    return tuple(code.upper() for code in re.split(r"[\s,]+", match.group("codes")) if code)


def _noqa(comment: Comment, match: re.Match[str], codes: tuple[str, ...], statement: Spans) -> Suppression:
    """On any line of a statement for all of it; a line that holds nothing else silences nothing."""
    whole = (1, 2**31) if match.group("whole") else None
    first, last = whole or ((comment.line, comment.line) if comment.alone else statement(comment.line))
    return Suppression("noqa", codes, comment.line, first, last)


def _add_pylint(
    found: list[Suppression], comment: Comment, match: re.Match[str], block: Spans | None, wanted: Wanted
) -> None:
    """`disable` holds in its block, `disable-next` on the very next line; `enable` ends what came before it."""
    names = tuple(name.upper() if _is_id(name) else name for name in _PYLINT_NAME.findall(match.group("names")))
    held_names = (held.names for held in found) if match.group("verb") == "enable" else ()
    if not wanted("pylint", names) and all(map(frozenset(names).isdisjoint, held_names)):
        return
    first, last = block(comment.line) if block is not None else (comment.line, comment.line)
    if match.group("verb") == "enable":
        if block is not None:
            found[:] = [kept for held in found for kept in _less(held, frozenset(names), (first, last))]
        return
    if match.group("verb") == "disable-next":
        first = last = comment.line + 1
    found.append(Suppression("pylint", names, comment.line, first, last))


def _is_id(name: str) -> bool:
    return name[1:].isdigit()


def _less(held: Suppression, names: frozenset[str], lines: tuple[int, int]) -> Iterator[Suppression]:
    """What is left of a suppression where pylint was told to look again."""
    first, last = lines
    if held.kind != "pylint" or names.isdisjoint(held.names) or last < held.first or held.last < first:
        yield held
        return
    others = tuple(name for name in held.names if name not in names)
    ended = tuple(name for name in held.names if name in names)
    if others:
        yield msgspec.structs.replace(held, names=others)
    if held.first < first:
        yield msgspec.structs.replace(held, names=ended, last=first - 1)
    if last < held.last:
        yield msgspec.structs.replace(held, names=ended, first=last + 1)


def _allow(comment: Comment, match: re.Match[str], next_code: Callable[[int], int], statement: Spans) -> Suppression:
    names = tuple(part.strip() for part in match.group(1).split(",") if part.strip())
    options = options_in(match.group(2))
    first, last = statement(next_code(comment.line) if comment.alone else comment.line)
    reason = options.get("reason", "").strip() or None
    until = options.get("until")
    return Suppression(
        "allow", names, comment.line, first, last, reason, until, options.get("owner"), _problem(names, reason, until)
    )


def _problem(names: tuple[str, ...], reason: str | None, until: str | None) -> str | None:
    if not names:
        return "it names no rule"
    if reason is None:
        return "it gives no reason"
    if until is not None and not is_date(until):
        return f"its date {until!r} is not of the form 2027-01-31"
    return None


def options_in(text: str) -> dict[str, str]:
    """The options of a comment by name: `reason="..." until=2027-01-31 owner=@shop/payments`."""
    return {
        found.group(1): next(value for value in found.groups()[1:] if value is not None)
        for found in _OPTION.finditer(text)
    }


def is_date(text: str) -> bool:
    """Whether a text is a day as suppressions name it: `2027-01-31`."""
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) is not None
