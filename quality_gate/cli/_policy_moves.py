"""Whether what a critical path named was moved, and is named where it lies now: then nothing is asked less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quality_gate.codebase.graph import Codebase
from quality_gate.config import Config
from quality_gate.evidence.policy.policy_at_base import BasePolicy
from quality_gate.policy.compare import Relaxed
from quality_gate.policy.strictness import plain
from quality_gate_checkers.model.text import MAXIMUM_BYTES
from quality_gate_checkers.patterns import path_matches

_NAMES = ("entry", "calls", "rejects", "unavailable")


def is_named_anew(relaxed: Relaxed, own: Config, base: BasePolicy, codebase: Codebase, prefix: str) -> bool:
    """Whether the change names what is dropped by the file that git says it was moved to.

    Args:
        own: the change's own configuration. prefix: where the project lies today, from git's top folder.
    """
    table, name, key = ("", "", "", *relaxed.keys)[-3:]
    dropped = plain(relaxed.less.what)
    if not dropped or table not in ("critical-paths", "dependencies"):
        return False
    tables = own.critical_paths if table == "critical-paths" else own.settings.dependencies
    listed = tuple(plain(one) for one in getattr(tables.get(name), key, ()))
    moved = {
        now.removeprefix(prefix): old.removeprefix(base.folder)
        for now, old in base.revision.renamed.items()
        if now.startswith(prefix) and old.startswith(base.folder)
    }
    if key == "include":
        return _files_are_named(dropped, listed, moved, base)
    return key in _NAMES and any(_is_the_same(dropped, one, moved, codebase) for one in listed)


def _files_are_named(dropped: str, listed: Sequence[str], moved: Mapping[str, str], base: BasePolicy) -> bool:
    """Whether every file of a pattern was moved, and other patterns hold each."""
    was = {one.removeprefix(base.folder) for one in base.revision.paths_below(base.folder)}
    held = {one for one in was if path_matches(one, dropped)}
    now = {old: new for new, old in moved.items() if any(path_matches(new, pattern) for pattern in listed)}
    return not now.keys().isdisjoint(held) and all(old in now or _is_empty(old, base) for old in held)


def _is_empty(path: str, base: BasePolicy) -> bool:
    """Whether a file held nothing, of which git follows no move."""
    return base.revision.read(base.folder + path, MAXIMUM_BYTES) == b""


def _is_the_same(dropped: str, listed: str, moved: Mapping[str, str], codebase: Codebase) -> bool:
    """Whether two names are of the same thing, or of what holds it, in a file that was moved."""
    module = _module_of(listed, codebase)
    old = moved.get(codebase.definitions[module].path) if module else None
    if old is None:
        return False
    inside = listed.removeprefix(module)
    before = old.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    parts = dropped.split(".")
    return any(
        f".{before}".endswith(f".{'.'.join(parts[:count])}") and _is_in(dropped[len(".".join(parts[:count])) :], inside)
        for count in range(1, len(parts) + 1)
    )


def _is_in(name: str, wider: str) -> bool:
    return name == wider or name.startswith(f"{wider}.")


def _module_of(name: str, codebase: Codebase) -> str:
    """The module that a name of the project begins with, empty where it is not the project's."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        found = codebase.definitions.get(".".join(parts[:count]))
        if found is not None and found.kind == "module":
            return found.name
    return ""
