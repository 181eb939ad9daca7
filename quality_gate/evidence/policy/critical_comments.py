"""The comments `# quality-gate: critical[...]` of a file of an older commit."""

from __future__ import annotations

from collections.abc import Mapping

from quality_gate.evidence.inspections import within_time


def commented_in(content: bytes, path: str) -> Mapping[str, tuple[str, ...]]:
    """Names of the critical paths that comments make functions and classes an entry of, by their name in the module.

    Args:
        content: of the file; nothing where it cannot be analysed. path: relative to the project's root.
    """
    if b"quality-gate" not in content or b"critical" not in content:
        return {}
    from quality_gate.codebase.facts_reader import facts_of_tree
    from quality_gate.codebase.linking.units import Module
    from quality_gate.codebase.modules import definition_of
    from quality_gate_checkers.model import NotAnalysable, decode, parse

    def found() -> dict[str, tuple[str, ...]]:
        text = decode(content)
        module = Module("m", path, facts_of_tree(text, parse(text)))
        defined = [definition_of(unit) for unit in module.units]
        return {one.name.removeprefix("m."): one.critical for one in defined if one.critical}

    try:
        return within_time(found) or {}
    except (NotAnalysable, RecursionError, MemoryError, ValueError, OverflowError):
        return {}
