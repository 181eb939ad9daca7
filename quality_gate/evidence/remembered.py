"""What belonged to the critical paths when they were last linked: all that the commit stage knows of them.

It lies in the cache under the declarations that it was linked from. Losing it costs a sentence at the commit stage,
never a green: push and ci link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from quality_gate import config
from quality_gate.store import Store, digest

if TYPE_CHECKING:  # the commit hook of a project without critical paths needs none of these
    from quality_gate.codebase.critical_paths import CriticalPaths, Member, ResolvedPath
    from quality_gate.codebase.graph import Definition

CLAUSE = "as last linked"


class RememberedFile(msgspec.Struct, frozen=True, array_like=True):
    """Members in one file.

    Args:
        module: the file's dotted name. members: their names within the module.
    """

    path: str
    module: str
    members: tuple[str, ...]


class RememberedPath(msgspec.Struct, frozen=True, array_like=True):
    """One critical path."""

    name: str
    files: tuple[RememberedFile, ...]


def remember(store: Store, declared: Mapping[str, config.CriticalPath], critical: CriticalPaths) -> None:
    """Keep what belongs to the critical paths."""
    try:
        value = msgspec.msgpack.encode([_remembered(path) for path in critical.paths])
    except UnicodeEncodeError:  # a path that is not UTF-8: the commit stage knows nothing then, and says so
        return
    store.remember_result(_key(declared), value)


def recall(store: Store, declared: Mapping[str, config.CriticalPath]) -> tuple[RememberedPath, ...] | None:
    """What belonged to the critical paths, None where these declarations have not been linked."""
    key = _key(declared)
    value = store.results([key]).get(key)
    if value is None:
        return None
    try:
        return msgspec.msgpack.decode(value, type=tuple[RememberedPath, ...])
    except (msgspec.DecodeError, ValueError):
        return None


def restored(
    remembered: Sequence[RememberedPath],
    declared: Mapping[str, config.CriticalPath],
    files: Sequence[str],
    definitions_in: Callable[[str, str], Sequence[Definition]],
) -> CriticalPaths:
    """The critical paths as far as they lie in some files.

    Args:
        files: the only ones that are looked at.
        definitions_in: what a file with a dotted name defines now.
    """
    from quality_gate.codebase.critical_paths import CriticalPaths, ResolvedPath

    wanted = frozenset(files)
    paths = []
    for path in remembered:
        members: list[Member] = []
        for file in path.files:
            if file.path in wanted:
                held = definitions_in(file.path, file.module)
                members += _members(held, file)
        table = declared.get(path.name) or config.CriticalPath(entry=("remembered.comment",))
        paths.append(ResolvedPath(path.name, table, tuple(members)))
    return CriticalPaths(tuple(paths), CLAUSE)


def _members(held: Sequence[Definition], file: RememberedFile) -> list[Member]:
    from quality_gate.codebase.critical_paths import member_of

    by_name = {one.name: one for one in reversed(held)}
    names = [f"{file.module}.{member}" if member else file.module for member in file.members]
    return [member_of(held, by_name[name]) for name in names if name in by_name]


def _remembered(path: ResolvedPath) -> RememberedPath:
    files: dict[str, list[Member]] = {}
    for member in path.members:
        files.setdefault(member.path, []).append(member)
    return RememberedPath(
        path.name,
        tuple(
            RememberedFile(file, _module_of(held[0]), tuple(member.qualified for member in held))
            for file, held in files.items()
        ),
    )


def _module_of(member: Member) -> str:
    return member.name[: len(member.name) - len(member.qualified)].rstrip(".")


def _key(declared: Mapping[str, config.CriticalPath]) -> bytes:
    return digest(b"critical paths\0" + msgspec.msgpack.encode(dict(declared)))
