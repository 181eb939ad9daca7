"""Small projects for the tests of framework models: sources in, entry points and edges out."""

from __future__ import annotations

from pathlib import PurePosixPath
from textwrap import dedent

from linking import link
from quality_gate.codebase.frameworks import frameworks
from quality_gate.codebase.graph import Codebase
from quality_gate_checkers.settings import Settings


def project(**sources: str) -> Codebase:
    """Link sources.

    Args:
        sources: by module, `__` for a dot: `shop__views`.
    """
    files = {f"{name.replace('__', '/')}.py": dedent(text) for name, text in sources.items()}
    folders = {place.as_posix() for path in files for place in PurePosixPath(path).parents} - {"."}
    files = {f"{folder}/__init__.py": "" for folder in folders} | files
    return link(files, Settings())


def entries(codebase: Codebase) -> dict[str, str]:
    """What frameworks call, `POST /orders` -> `shop.views.create`; several under one `what` are joined by commas."""
    found: dict[str, list[str]] = {}
    for entry in codebase.entry_points:
        found.setdefault(entry.what, []).append(entry.name)
    return {what: ", ".join(names) for what, names in found.items()}


def edges(codebase: Codebase, caller: str) -> dict[str, str]:
    """Calls that frameworks make a function make: callee -> rung."""
    ours = tuple(f"{framework.name}-" for framework in frameworks())
    return {edge.callee: edge.rung for edge in codebase.calls_from(caller) if edge.rung.startswith(ours)}
