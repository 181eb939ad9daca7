"""What the ladder knows of a module that astroid has parsed: it reads annotations, astroid infers nothing from them."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model import Module, NotAnalysable, decode, parse
from quality_gate_checkers.settings import Settings

if TYPE_CHECKING:
    from astroid import nodes

_Place = tuple[int | None, int | None, int | None, int | None]


class Written:
    """The same source once more, parsed when a rule first asks.

    Args:
        path: relative to the project's root, with forward slashes.
        content: the file's bytes.
        settings: the project's.
    """

    def __init__(self, path: str, content: bytes, settings: Settings) -> None:
        self._path = path
        self._content = content
        self._settings = settings

    @cached_property
    def module(self) -> Module | None:
        """The module as the other rules see it, None where it cannot be read."""
        try:
            text = decode(self._content)
            return Module(self._path, text, parse(text), self._settings, catalogue().made_by)
        except (NotAnalysable, RecursionError, MemoryError, ValueError):
            return None

    @cached_property
    def _calls(self) -> dict[_Place, ast.Call]:
        calls = self.module.nodes(ast.Call) if self.module is not None else []
        return {(call.lineno, call.col_offset, call.end_lineno, call.end_col_offset): call for call in calls}

    def callee(self, call: nodes.Call) -> str | None:
        """Dotted name of what a call calls, None where no rung of the ladder holds."""
        found = self._calls.get((call.lineno, call.col_offset, call.end_lineno, call.end_col_offset))
        if found is None or self.module is None:
            return None
        return self.module.names.callee(found)
