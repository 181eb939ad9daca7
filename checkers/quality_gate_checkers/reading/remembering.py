"""Questions that several rules ask about the same node, and that are answered once."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TypeVar, cast

from quality_gate_checkers.model import Module

_Node = TypeVar("_Node", bound=ast.AST)
_Answer = TypeVar("_Answer")


def remembered(module: Module, question: Callable[[Module, _Node], _Answer], node: _Node) -> _Answer:
    """The answer to a question about a node, kept with the module for whoever asks again.

    Args:
        question: a function whose answer depends on nothing else.
    """
    answers = cast("dict[ast.AST, _Answer]", module.answers.setdefault(question, {}))
    if node not in answers:
        answers[node] = question(module, node)
    return answers[node]
