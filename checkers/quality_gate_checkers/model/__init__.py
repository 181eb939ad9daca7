"""What rules see of one module: its tree, an index of its nodes, its names resolved, its comments, its role.

The names below are loaded when they are asked for: a run whose files are all known to the cache needs none of the
machinery that reads a file.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quality_gate_checkers.model.module import Module as Module
    from quality_gate_checkers.model.roles import Role as Role
    from quality_gate_checkers.model.roles import role_of as role_of
    from quality_gate_checkers.model.rule_shape import EVERYWHERE as EVERYWHERE
    from quality_gate_checkers.model.rule_shape import OWN_CALLS as OWN_CALLS
    from quality_gate_checkers.model.rule_shape import PRODUCTION as PRODUCTION
    from quality_gate_checkers.model.rule_shape import Hit as Hit
    from quality_gate_checkers.model.rule_shape import Rule as Rule
    from quality_gate_checkers.model.rule_shape import rule as rule
    from quality_gate_checkers.model.text import NotAnalysable as NotAnalysable
    from quality_gate_checkers.model.text import decode as decode
    from quality_gate_checkers.model.text import parse as parse

_HOMES = ("violation", "inspection", "roles", "text", "module", "rule_shape")


def __getattr__(name: str) -> object:
    """Load a name from the first module of the package that has it."""
    if not name.startswith("__"):
        for home in _HOMES:
            module = import_module(f"{__name__}.{home}")
            if name in vars(module):
                found = globals()[name] = vars(module)[name]
                return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
