"""For each key of the configuration: which of two values asks more, and what is said when a change asks less.

`RULES` has every key; a test walks the configuration and fails for a key that nobody has thought about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from quality_gate.config import CriticalPath, IntegrationTests, Table
from quality_gate.config_linters import Linter
from quality_gate.model import Mode
from quality_gate_checkers.patterns import name_matches
from quality_gate_checkers.settings import Dependency, Keys, Roles


class Less(NamedTuple):
    """One thing that is asked less of.

    Args:
        what: behind the key's name, e.g. an entry of a list; empty for the key itself.
        before, after: as people read them.
        warns: it does not count, and blocks nothing: it is for the eyes of whoever reviews.
    """

    what: str
    before: str
    after: str
    warns: bool = False


Judged: TypeAlias = tuple[object, list[Less]]
"""The stricter value, and what the change asks less of."""

Rule: TypeAlias = Callable[[object, object], Judged]

Within: TypeAlias = Callable[[str, str], bool]
"""Whether one pattern names nothing that another, a wider one, does not name too."""


def shown(value: object) -> str:
    """A value as people read it."""
    if isinstance(value, str):
        return f'"{value}"' if not isinstance(value, Mode) else value.value
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "nothing"
    return "nothing" if value is None else str(value)


def free(before: object, after: object) -> Judged:
    """Nothing is asked by it: the change's counts."""
    return after, []


def higher(before: object, after: object) -> Judged:
    """The higher number asks more."""
    low = isinstance(before, int) and isinstance(after, int) and after < before
    return (before, [Less("", shown(before), shown(after))]) if low else (after, [])


def ranked(*order: object) -> Rule:
    """The later in an order asks more."""

    def judged(before: object, after: object) -> Judged:
        if order.index(after) < order.index(before):
            return before, [Less("", shown(before), shown(after))]
        return after, []

    return judged


def the_same(before: object, after: object) -> Judged:
    """Nobody can tell which asks more: what the merge base says stays."""
    return before, [Less("", shown(before), shown(after))] if before != after else []


def set_once(before: object, after: object) -> Judged:
    """What the merge base says stays; where it says nothing, the change may."""
    if isinstance(before, str) and before != after:
        return before, [Less("", shown(before), shown(after) if isinstance(after, str) else "left out")]
    return after, []


def kept(within: Within) -> Rule:
    """A list that guards: whatever is on it stays, unless something wider on the new one holds it."""

    def judged(before: object, after: object) -> Judged:
        old, new = _texts(before), _texts(after)
        dropped = _missing(old, new, within)
        return (*new, *dropped), [Less(one, "listed", "dropped") for one in dropped]

    return judged


def looked_at(before: object, after: object) -> Judged:
    """Files that a tool is asked about; where none is listed its own configuration says which."""
    return kept(in_folder)(before, after) if before and after else the_same(before, after)


def not_added(within: Within) -> Rule:
    """A list that lets through: nothing may come to it."""

    def judged(before: object, after: object) -> Judged:
        old, new = _texts(before), _texts(after)
        added = _missing(new, old, within)
        return tuple(one for one in new if one not in added), [Less(one, "not listed", "listed") for one in added]

    return judged


def _missing(patterns: Sequence[str], others: Sequence[str], within: Within) -> list[str]:
    held = {plain(one) for one in others}
    return [
        one
        for one in patterns
        if plain(one) not in held and not any(within(plain(one), plain(wider)) for wider in others)
    ]


def _texts(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, tuple) else ()


def plain(pattern: str) -> str:
    """One spelling for patterns that mean the same."""
    return pattern.replace(":", ".").removeprefix("./").rstrip("/")


def in_folder(path: str, wider: str) -> bool:
    """Whether a pattern of paths names nothing that a whole folder does not hold."""
    return path.startswith(f"{wider.removesuffix('/**')}/")


def in_definition(name: str, wider: str) -> bool:
    """Whether a name is of something that stands in another, a method of a class, or that a pattern names too."""
    is_named = "*" in wider and "**" not in name and name_matches(name, wider)
    return is_named or name.startswith(f"{wider}.")


def in_package(name: str, wider: str) -> bool:
    """Whether a pattern of names names nothing that `package.**` does not name too."""
    package = wider.removesuffix(".**")
    return package != wider and name.startswith(f"{package}.")


def _never(name: str, wider: str) -> bool:
    return False


def in_effect(before: object, after: object) -> Judged:
    """Decided by what becomes of the files; see `scopes`."""
    return after, []


def by_name(before: object, after: object) -> Judged:
    """Tables by name, each compared key by key; see `compare`."""
    return after, []


RULES: Mapping[type, Mapping[str, Rule]] = {
    Table: {
        "base": the_same,
        "python": free,  # which interpreter runs the tests; one that git tracks is refused
        "practices": by_name,
        "counted_tests": ranked("all", "unit"),
        "integration_tests": by_name,
        "critical_paths": by_name,
        "linters": by_name,
        "sarif": kept(_never),
    },
    Linter: {
        "stage": free,  # in CI each is asked
        "blocks": ranked("nothing", "errors", "everything"),
        "paths": looked_at,
        "arguments": the_same,
        "command": the_same,
        "environment": free,
        "seconds": free,  # one that is not done in time is UNPROVEN
    },
    Keys: {
        "source": in_effect,
        "tests": in_effect,
        "roles": in_effect,
        "dependencies": by_name,
        "oracles": not_added(in_package),
    },
    Roles: {
        "vendored": in_effect,
        "migrations": in_effect,
        "scripts": in_effect,
        "command_lines": in_effect,
    },
    IntegrationTests: {"paths": kept(in_folder), "marks": kept(_never)},
    CriticalPath: {
        "why": free,
        "owner": free,  # whom a finding names is the merge base's
        "entry": kept(in_definition),
        "stop": not_added(in_definition),
        "include": kept(in_folder),
        "line": higher,
        "branch": higher,
        "failure": higher,
    },
    Dependency: {
        "calls": kept(in_package),
        "rejects": kept(in_package),
        "unavailable": kept(in_package),
        "effect": ranked("read", "depends", "write"),
        "idempotent": not_added(in_package),
        "deadline": set_once,
    },
}
"""By struct and field."""

MODES: Rule = ranked(*Mode)
"""Of each practice."""
