"""The stricter of two configurations, and everything in which the second one asks less than the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from quality_gate.config import TABLE, Config, CriticalPath, IntegrationTests, Table
from quality_gate.config_linters import Linter
from quality_gate.policy.scopes import stricter_scope
from quality_gate.policy.strictness import MODES, RULES, Less, Rule, shown
from quality_gate_checkers.settings import Dependency, Keys, Settings

if TYPE_CHECKING:
    from quality_gate.model import Mode

_Struct = TypeVar("_Struct", bound=msgspec.Struct)

TOP = TABLE
"""Keys of our table from the top of the file."""


class Relaxed(NamedTuple):
    """One key that asks less.

    Args:
        keys: from the top of the file. less: what.
        critical_path: whose key. owner: whom to ask, as the first configuration has it.
    """

    keys: tuple[str, ...]
    less: Less
    critical_path: str = ""
    owner: str = ""


class Compared(NamedTuple):
    """What comes of two configurations.

    Args:
        config: the second one with whatever the first asks more.
        relaxed: in the order of the table.
    """

    config: Config
    relaxed: tuple[Relaxed, ...]


def compared(before: Config, after: Config, files: Callable[[], Mapping[str, str]]) -> Compared:
    """Compare the configuration of a change with the one that was there before.

    Args:
        before, after: of one project. Where each was found plays no part, nor do the versions that it pins.
        files: its Python files as they are now, vendored ones too, each with what it was called before, or "" for one
            that was not there; asked only where they matter.
    """
    found: list[Relaxed] = []
    config = msgspec.structs.replace(
        after,
        base=_chosen(Table, "base", before, after, TOP, found),
        practices=_modes(before.practices, after.practices, found),
        counted_tests=_chosen(Table, "counted_tests", before, after, TOP, found),
        integration_tests=_integration(before, after, found),
        critical_paths=_critical_paths(before.critical_paths, after.critical_paths, found),
        linters=_linters(before.linters, after.linters, found),
        sarif=_chosen(Table, "sarif", before, after, TOP, found),
        settings=_settings(before.settings, after.settings, files, found),
    )
    return Compared(config, tuple(found))


def _chosen(
    kind: type, name: str, before: msgspec.Struct, after: msgspec.Struct, at: tuple[str, ...], found: list[Relaxed]
) -> object:
    """The stricter value of a field of two structs."""
    return _judged(RULES[kind][name], getattr(before, name), getattr(after, name), (*at, _key(name)), found)


def _judged(rule: Rule, before: object, after: object, keys: tuple[str, ...], found: list[Relaxed]) -> object:
    stricter, less = rule(before, after)
    found += (Relaxed(keys, one) for one in less)
    return stricter


def _key(field: str) -> str:
    return field.replace("_", "-")


def _each(before: _Struct, after: _Struct, at: tuple[str, ...], found: list[Relaxed]) -> _Struct:
    """The stricter of two tables, key by key."""
    kind = type(before)
    values = {name: _chosen(kind, name, before, after, at, found) for name in kind.__struct_fields__}
    return msgspec.structs.replace(after, **values)


def _modes(before: Mapping[str, Mode], after: Mapping[str, Mode], found: list[Relaxed]) -> dict[str, object]:
    at = (*TOP, "practices")
    return {name: _judged(MODES, before.get(name, mode), mode, (*at, name), found) for name, mode in after.items()}


def _integration(before: Config, after: Config, found: list[Relaxed]) -> IntegrationTests:
    """Which tests are integration tests asks something only where they do not count."""
    less: list[Relaxed] = []
    stricter = _each(before.integration_tests, after.integration_tests, (*TOP, "integration-tests"), less)
    if before.counted_tests == "unit":
        found += less
    return stricter


def _critical_paths(
    before: Mapping[str, CriticalPath], after: Mapping[str, CriticalPath], found: list[Relaxed]
) -> dict[str, CriticalPath]:
    stricter = dict(after)
    for name, old in before.items():
        at, own = (*TOP, "critical-paths", name), list[Relaxed]()
        if name in after:
            stricter[name] = _each(old, after[name], at, own)
        else:
            stricter[name] = old
            own.append(Relaxed(at, Less("", "guarded", "dropped")))
        found += (one._replace(critical_path=name, owner=old.owner) for one in own)
    return stricter


def _linters(before: Mapping[str, Linter], after: Mapping[str, Linter], found: list[Relaxed]) -> dict[str, Linter]:
    stricter = dict(after)
    for name, old in before.items():
        at = (*TOP, "linters", name)
        if name in after:
            stricter[name] = _each(old, after[name], at, found)
        else:
            stricter[name] = old
            found.append(Relaxed(at, Less("", "asked", "dropped")))
    return stricter


def _settings(
    before: Settings, after: Settings, files: Callable[[], Mapping[str, str]], found: list[Relaxed]
) -> Settings:
    stricter = after
    if any(getattr(before, name) != getattr(after, name) for name in ("source", "tests", "roles")):
        stricter, less = stricter_scope(before, after, files())
        found += (Relaxed((*TOP, *key.split(".")), one) for key, one in less)
    return msgspec.structs.replace(
        stricter,
        dependencies=_dependencies(before.dependencies, after.dependencies, found),
        oracles=_chosen(Keys, "oracles", before, after, TOP, found),
    )


def _dependencies(
    before: Mapping[str, Dependency], after: Mapping[str, Dependency], found: list[Relaxed]
) -> dict[str, Dependency]:
    """What was declared stays, and nothing that is known is told anew as something that asks less."""
    at = (*TOP, "dependencies")
    stricter: dict[str, Dependency] = {}
    for name, old in before.items():
        if name in after:
            stricter[name] = _each(old, after[name], (*at, name), found)
        else:
            stricter[name] = old
            found.append(Relaxed((*at, name), Less("", "declared", "dropped")))
    for name, new in after.items():
        told_before = before[name].calls if name in before else ()
        hiding = _hiding([one for one in new.calls if one not in told_before])
        found += (Relaxed((*at, name, "calls"), Less(one, "known otherwise", f"of {name}")) for one in hiding)
        held = stricter.get(name, new)
        stricter[name] = msgspec.structs.replace(held, calls=tuple(one for one in held.calls if one not in hiding))
    return stricter


def _hiding(calls: Sequence[str]) -> list[str]:
    """Patterns that may hide what the catalogue knows of a call: a table of the project's comes first."""
    if not calls:
        return []
    from quality_gate_checkers.dependencies import catalogue

    modules = {module for library in catalogue().libraries for module in library.modules}
    first = {pattern: pattern.partition(":")[0].partition(".")[0] for pattern in calls}
    return [pattern for pattern in calls if first[pattern] in modules or not first[pattern].isidentifier()]


__all__ = ["Compared", "Relaxed", "compared", "shown"]
