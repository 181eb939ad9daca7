"""What one file says on its own, for the few files of which only that is asked: its definitions, what cannot be run.

At the commit stage nothing is linked; and lines that no test can run are asked only of files of which the team's own
coverage report leaves something out.
"""

from __future__ import annotations

import os
from pathlib import Path

from quality_gate.codebase.graph import Definition
from quality_gate.evidence.inspections import within_time
from quality_gate.evidence.sources import read_regular
from quality_gate.model import LineRange
from quality_gate_checkers.model.text import MAXIMUM_BYTES
from quality_gate_checkers.settings import Settings


def definitions_in(root: Path, path: str, module: str | None) -> tuple[Definition, ...]:
    """What a file defines, the module first; nothing where it cannot be analysed: its own finding says so.

    Args:
        root: the project's root.
        path: relative to it.
        module: the file's dotted name as it was linked; None where nobody knows it.
    """
    from quality_gate.codebase.facts_reader import facts_of_tree
    from quality_gate.codebase.linking.units import Module
    from quality_gate.codebase.modules import definition_of
    from quality_gate_checkers.model import NotAnalysable, decode, parse
    from quality_gate_checkers.model.module import dotted_name

    content = read_regular(f"{root}{os.sep}{path}", MAXIMUM_BYTES)
    if content is None:
        return ()

    def found() -> tuple[Definition, ...]:
        # Without the marks of project rules, whose readers take longer to load than the file to read.
        text = decode(content)
        facts = facts_of_tree(text, parse(text))
        return tuple(definition_of(unit) for unit in Module(module or dotted_name(path), path, facts).units)

    try:
        return within_time(found) or ()
    except (NotAnalysable, RecursionError, MemoryError, ValueError, OverflowError):
        return ()


def never_run_in(root: Path, path: str, settings: Settings) -> tuple[LineRange, ...]:
    """Lines of a file that, as everybody knows, no test can run (class U of failure paths).

    Args:
        settings: the project's.
    """
    from quality_gate_checkers.dependencies import catalogue
    from quality_gate_checkers.model import Module, NotAnalysable, decode, parse
    from quality_gate_checkers.reading.excluded import spans_never_run

    content = read_regular(f"{root}{os.sep}{path}", MAXIMUM_BYTES)
    if content is None:
        return ()

    def spans() -> tuple[LineRange, ...]:
        text = decode(content)
        module = Module(path, text, parse(text), settings, catalogue().made_by)
        return tuple(LineRange(first, last) for first, last in spans_never_run(module))

    try:
        return within_time(spans) or ()
    except (NotAnalysable, RecursionError, MemoryError, ValueError, OverflowError):
        return ()  # nothing is spared then
