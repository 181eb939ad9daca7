"""Facts of one file from its bytes, or why there are none; its marks for those who ask."""

from __future__ import annotations

import ast

import msgspec

from quality_gate.codebase.facts import Facts
from quality_gate.codebase.facts_reader import facts_of_tree
from quality_gate.codebase.graph import Mark
from quality_gate_checkers.model import NotAnalysable, Role, decode, parse, role_of
from quality_gate_checkers.model.faults import UNREADABLE, fault_of
from quality_gate_checkers.settings import Settings


def facts_of(path: str, content: bytes, settings: Settings) -> Facts:
    """Facts of one file without its marks; one that cannot be read has a fault instead.

    Args:
        path: relative to the project's root, with forward slashes.
        content: the file's bytes.
        settings: the project's.
    """
    try:
        text = decode(content)
        return _facts(path, text, parse(text), settings)
    except NotAnalysable as error:
        return Facts(fault=fault_of(error, "the call graph"))


def facts_and_marks(path: str, text: str, tree: ast.Module, settings: Settings) -> Facts:
    """Facts with marks, for somebody who has the tree already."""
    facts = _facts(path, text, tree, settings)
    return msgspec.structs.replace(facts, marks=_marks(path, text, tree, settings))


def marks_of_file(path: str, content: bytes, settings: Settings) -> tuple[Mark, ...]:
    """The marks of one file; none of one that cannot be read. See `facts_of` for the arguments."""
    try:
        text = decode(content)
        return _marks(path, text, parse(text), settings)
    except NotAnalysable:
        return ()


def _facts(path: str, text: str, tree: ast.Module, settings: Settings) -> Facts:
    try:
        return facts_of_tree(text, tree, is_test=role_of(path, settings) is Role.TESTS)
    except UNREADABLE as error:
        return Facts(fault=fault_of(error, "the call graph"))


def _marks(path: str, text: str, tree: ast.Module, settings: Settings) -> tuple[Mark, ...]:
    """Those of a file that nests too deep are not told: the rules say of it that it is not analysed."""
    from quality_gate.codebase.marks import marks_of
    from quality_gate_checkers.catalog import words_in
    from quality_gate_checkers.dependencies import catalogue
    from quality_gate_checkers.model import Module

    try:
        return marks_of(Module(path, text, tree, settings, catalogue().made_by, words=words_in(text)))
    except UNREADABLE:
        return ()
