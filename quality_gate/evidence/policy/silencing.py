"""Comments on some lines of a file that tell another tool than ours to look away; ours are in every inspection."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from quality_gate.evidence.inspections import within_time
from quality_gate.evidence.sources import read_regular
from quality_gate.model import LineRange
from quality_gate_checkers.model.comments import DIRECTIVE_WORDS
from quality_gate_checkers.model.text import MAXIMUM_BYTES
from quality_gate_checkers.settings import Settings

_MARKS = tuple(word.encode() for word in DIRECTIVE_WORDS)
_NAME = re.compile(r"[\w-]+")


class Silencing(NamedTuple):
    """One comment; its text is the directive as written."""

    line: int
    text: str


def silencing_in(root: Path, path: str, spans: Sequence[LineRange], settings: Settings) -> tuple[Silencing, ...]:
    """The comments on some lines of a file; none where it cannot be analysed: its own finding says so."""
    content = read_regular(f"{root}{os.sep}{path}", MAXIMUM_BYTES)
    if content is None or not any(mark in content.lower() for mark in _MARKS):
        return ()
    from quality_gate_checkers.catalog import catalog
    from quality_gate_checkers.model import Module, NotAnalysable, decode, parse
    from quality_gate_checkers.reading.directives import asking

    names = catalog().names

    def found() -> tuple[Silencing, ...]:
        text = decode(content)
        module = Module(path, text, parse(text), settings)
        return tuple(
            Silencing(asked.comment.line, one.text)
            for asked in asking(module)
            if any(span.first <= asked.comment.line <= span.last for span in spans)
            for one in asked.directives
            if one.tool != "allow" and not _names_ours(one.text, names)
        )

    try:
        return within_time(found) or ()
    except (NotAnalysable, RecursionError, MemoryError, ValueError, OverflowError):
        return ()


def _names_ours(directive: str, names: frozenset[str]) -> bool:
    return any(part in names or part.startswith("QG") for part in _NAME.findall(directive))
