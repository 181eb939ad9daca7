"""Names that stand for something else in each context: what is looked up of them outside of one is an error."""

from __future__ import annotations

import ast

from quality_gate.codebase.suggesting.nouns import Known
from quality_gate.codebase.suggesting.sources import Source, last_name

_OF_FLASK = frozenset({"current_app", "g", "request", "session", "websocket", "current_user"})
_BRINGING = frozenset({"flask", "quart", "flask_login"})
_STEPS = 4


def is_proxy(name: str, source: Source, known: Known) -> bool:
    """Whether a name of a module is one: `current_app` of Flask, what a `LocalProxy` is made for."""
    for _ in range(_STEPS):
        meant = source.imports.get(name)
        if meant is None:
            return _is_made_here(name, source)
        module, _, name = _absolute(meant, source.path, known).rpartition(".")
        if module.partition(".")[0] in _BRINGING and name in _OF_FLASK:
            return True
        held = known.source(known.codebase.modules.get(module, ""))
        if held is None:
            return False
        source = held
    return False


def _is_made_here(name: str, source: Source) -> bool:
    for node in source.tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if last_name(node.value.func) == "LocalProxy" and any(
                isinstance(one, ast.Name) and one.id == name for one in targets
            ):
                return True
    return False


def _absolute(name: str, path: str, known: Known) -> str:
    """A relative import as a dotted name."""
    rest = name.lstrip(".")
    level = len(name) - len(rest)
    if not level:
        return name
    module = next((one for one, held in known.codebase.modules.items() if held == path), "")
    parts = module.split(".") if path.endswith("/__init__.py") else module.split(".")[:-1]
    return ".".join([*parts[: len(parts) - level + 1], rest])
