"""Every request to look away that a module makes: what the ledger lists of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from quality_gate_checkers.model import Module, Role
from quality_gate_checkers.model.inspection import Noted, NotedKind, Suppression
from quality_gate_checkers.model.suppressions import is_date, options_in
from quality_gate_checkers.reading.directives import Asking, Directive, asking, words_around, words_in
from quality_gate_checkers.reading.quarantined import quarantines, reason_of
from quality_gate_checkers.regexes import regex

_KINDS: dict[str, NotedKind] = {kind: kind for kind in get_args(NotedKind)}
_LONGEST = 200
"""Characters of a text or a reason that the ledger repeats."""
_PARTS = regex(r"[\w-]+")


def noted_in(module: Module, ours: tuple[Suppression, ...]) -> tuple[Noted, ...]:
    """Comments of every tool, and in test code the tests that do not run or need not pass, in order of lines.

    Args:
        ours: the module's suppressions of our own rules.
    """
    held: dict[int, list[Suppression]] = {}
    for one in ours:
        held.setdefault(one.line, []).append(one)
    found = [one for request in asking(module) for one in _of_comment(module, request, held)]
    if module.role is Role.TESTS:
        found += _of_tests(module)
    return tuple(sorted(found, key=lambda one: one.line))


def _of_comment(module: Module, request: Asking, ours: dict[int, list[Suppression]]) -> Iterator[Noted]:
    options = options_in(request.comment.text)
    until, line = options.get("until"), request.comment.line
    reason = options.get("reason", "").strip() or words_in(request) or words_around(module, request)
    for directive in request.directives:
        kind = _KINDS.get(directive.tool)
        if kind is None:
            continue
        silenced = _silenced(directive, ours.get(line, []))
        yield Noted(
            kind,
            line,
            min((one.first for one in silenced), default=line),
            max((one.last for one in silenced), default=line),
            _short(directive.text),
            tuple(dict.fromkeys(name for one in silenced for name in one.names)),
            _short(options.get("reason", "").strip() if directive.tool == "allow" else reason) or None,
            options.get("owner") or None,
            until if until is not None and is_date(until) else None,
        )


def _silenced(directive: Directive, here: list[Suppression]) -> list[Suppression]:
    """Our suppressions that a directive makes: of its own kind, well formed, and naming what it names."""
    named = {part.upper() for part in _PARTS.findall(directive.text)}
    return [
        one
        for one in here
        if one.kind == directive.tool and one.problem is None and any(name.upper() in named for name in one.names)
    ]


def _of_tests(module: Module) -> Iterator[Noted]:
    for kind, node in quarantines(module):
        text = module.lines[node.lineno - 1].strip()
        yield Noted(kind, node.lineno, node.lineno, node.lineno, _short(text), reason=_short(reason_of(node)) or None)


def _short(text: str | None) -> str:
    joined = " ".join((text or "").split())
    return joined if len(joined) <= _LONGEST else f"{joined[:_LONGEST]}…"
