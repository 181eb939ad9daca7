"""Questions about a module or a node of it that are asked many times, and answered once."""

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


def of_module(module: Module, question: Callable[[Module], _Answer]) -> _Answer:
    """The answer to a question about a whole module, kept with it.

    Args:
        question: a function whose answer depends on nothing else.
    """
    answers = cast("dict[ast.AST, _Answer]", module.answers.setdefault(question, {}))
    if module.tree not in answers:
        answers[module.tree] = question(module)
    return answers[module.tree]
