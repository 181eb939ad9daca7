"""Facts of one file from its bytes, or why there are none."""

from __future__ import annotations

import ast

import msgspec

from quality_gate.codebase.facts import Facts
from quality_gate.codebase.facts_reader import facts_of_tree
from quality_gate.codebase.marks import marks_of
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model import Module, NotAnalysable, Role, decode, parse
from quality_gate_checkers.model.inspection import Fault
from quality_gate_checkers.settings import Settings

_TOO_DEEP = Fault(1, "it nests too deep for the call graph", "break the deepest expression into parts")


def facts_of(path: str, content: bytes, settings: Settings) -> Facts:
    """Facts of one file; one that cannot be read has a fault instead.

    Args:
        path: relative to the project's root, with forward slashes.
        content: the file's bytes.
        settings: the project's, for the marks.
    """
    try:
        text = decode(content)
        return facts_of_parsed(path, text, parse(text), settings)
    except NotAnalysable as fault:
        return Facts(fault=Fault(fault.line, fault.reason, fault.remedy))


def facts_of_parsed(path: str, text: str, tree: ast.Module, settings: Settings) -> Facts:
    """The same for somebody who has the tree already."""
    try:
        module = Module(path, text, tree, settings, catalogue().made_by)
        facts = facts_of_tree(text, tree, is_test=module.role is Role.TESTS)
        marks = marks_of(module)
    except NotAnalysable as fault:
        return Facts(fault=Fault(fault.line, fault.reason, fault.remedy))
    except (RecursionError, MemoryError):
        return Facts(fault=_TOO_DEEP)
    except (ValueError, OverflowError) as error:  # a number of 5,000 digits parses and cannot be printed (row 32)
        return Facts(fault=Fault(1, f"it cannot be read: {str(error)[:200]}", "mend it"))
    return msgspec.structs.replace(facts, marks=marks) if marks else facts
