"""How many steps between pieces of code an answer may take."""

from __future__ import annotations

LEVELS = 6
"""Steps between pieces of code that an answer may take."""

APART = 3
"""Steps for questions whose answers belong to the shape of the project: bases of classes, what decorators are."""

ENOUGH = 4
"""Steps that a settled question is given at most."""
