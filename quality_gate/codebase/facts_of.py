"""Facts of one file from its bytes, or why there are none."""

from __future__ import annotations

import ast

import msgspec

from quality_gate.codebase.facts import Facts
from quality_gate.codebase.facts_reader import facts_of_tree
from quality_gate.codebase.marks import marks_of
from quality_gate_checkers.catalog import words_in
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model import Module, NotAnalysable, Role, decode, parse
from quality_gate_checkers.model.faults import UNREADABLE, fault_of
from quality_gate_checkers.settings import Settings


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
    except NotAnalysable as error:
        return Facts(fault=fault_of(error, "the call graph"))


def facts_of_parsed(path: str, text: str, tree: ast.Module, settings: Settings) -> Facts:
    """The same for somebody who has the tree already."""
    try:
        words = words_in(text)
        module = Module(path, text, tree, settings, catalogue().made_by, words=words)
        facts = facts_of_tree(text, tree, is_test=module.role is Role.TESTS)
        marks = marks_of(module)
    except UNREADABLE as error:
        return Facts(fault=fault_of(error, "the call graph"))
    return msgspec.structs.replace(facts, marks=marks) if marks else facts
