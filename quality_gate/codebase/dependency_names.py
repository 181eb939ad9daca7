"""Names of the project's own code in its tables of dependencies; one that names nothing is an error, not a gap.

A table whose names fit nothing looks like a dependency that nobody calls: its row would just not be there. Only what
is surely wrong is told. Code can make names in ways that reading it does not show, and where that is possible, or the
name may lie outside the project, nothing is said.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, cached_property
from typing import NamedTuple

from quality_gate.codebase import tree
from quality_gate.codebase.critical_entries import nearest, remedy
from quality_gate.codebase.facts import Code
from quality_gate.codebase.linked import LinkedCodebase
from quality_gate.codebase.linking.units import Module, Unit
from quality_gate.errors import UsageError
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.patterns import name_matches
from quality_gate_checkers.settings import Dependency

_KEYS = ("calls", "rejects", "unavailable", "idempotent")
_MAKERS = frozenset({"globals", "vars", "locals", "exec", "eval", "setattr", "__dict__"})
"""What code calls that may make names which nobody reads."""

_ALIKE = 0.75
"""As `difflib` measures; what is less alike may be another thing that is only made when the program runs."""

Beside = Callable[[str], Collection[str]]
"""A folder from the project's root -> names of what lies in it, whoever made it."""


def misnamed(
    codebase: LinkedCodebase, dependencies: Mapping[str, Dependency], beside: Beside
) -> tuple[UsageError, ...]:
    """Every name of the project's own in a table of dependencies that names nothing, with the nearest right spelling.

    Args:
        dependencies: the configuration's tables by name.
        beside: looks into folders for modules that are not linked: vendored, generated, compiled ones.
    """
    judge = _Judge(codebase, beside)
    return tuple(
        UsageError(
            f"pyproject.toml: tool.quality-gate.dependencies.{title}.{key}[{number}]",
            f'"{pattern}" names nothing in the project',
            remedy(wrong.near),
        )
        for title, table in dependencies.items()
        for key in _KEYS
        for number, pattern in enumerate(getattr(table, key))
        if (wrong := judge.wrong(pattern)) is not None
    )


class _Wrong(NamedTuple):
    """A name that names nothing.

    Args:
        near: the nearest right one, with the rest of the pattern behind it.
    """

    near: str | None


class _Judge:
    """Whether patterns name something.

    Args:
        codebase: the project's.
        beside: see `misnamed`.
    """

    def __init__(self, codebase: LinkedCodebase, beside: Beside) -> None:
        self._codebase = codebase
        self._beside = beside
        self._below: dict[str, set[str]] = {}
        for name in codebase.modules:
            above, _, last = name.rpartition(".")
            while above and last not in self._below.setdefault(above, set()):
                self._below[above].add(last)
                above, _, last = above.rpartition(".")

    def wrong(self, pattern: str) -> _Wrong | None:
        """What is wrong with a pattern, None where nothing is, or nobody can tell."""
        parts = pattern.replace(":", ".").split(".")
        if parts[0] in _outside():
            return None
        depth = 0
        while depth < len(parts) and self._is_module(".".join(parts[: depth + 1])):
            if self._is_hidden(".".join(parts[:depth]), parts[depth]):
                return None
            depth += 1
        if depth in (0, len(parts)) or parts[depth] in ("*", "**"):
            return None
        return self._in_module(".".join(parts[:depth]), parts[depth], parts[depth + 1 :])

    def _is_module(self, name: str) -> bool:
        return name in self._below or bool(self._codebase.modules_named(name))

    def _is_hidden(self, package: str, part: str) -> bool:
        """Whether a package has something else than its module under the module's name."""
        found = [
            (module, binding)
            for module in self._codebase.modules_named(package)
            if module.units
            for binding in module.units[0].ready().bindings.get(part, ())
        ]
        own = f"{package}.{part}"
        return any(one.module is None or _imported_by(module, one.module)[-1] != own for module, one in found)

    def _in_module(self, holder: str, part: str, rest: list[str]) -> _Wrong | None:
        modules = self._codebase.modules_named(holder)
        if any(_is_open(module) for module in modules):
            return None
        names = {name for module in modules for name in _bound(module)} | self._below.get(holder, set())
        if _fitting(part, names):
            units = [unit for module in modules for unit in module.all_named(f"{holder}.{part}")]
            return self._in_class(units, rest)
        right = self._elsewhere(modules, holder, part, rest) or _spelled(holder, _alike(part, names), rest)
        # What a package or a lone file lacks may be a module that is not linked, or somebody else's of the same name.
        doubtful = not modules or any(module.is_package for module in modules) or "." not in holder
        if (doubtful and right is None) or part in self._set_somewhere:
            return None
        return None if doubtful and self._may_be_a_module(holder, part) else _Wrong(right)

    def _elsewhere(self, modules: Collection[Module], holder: str, part: str, rest: list[str]) -> str | None:
        """What is called so and stands in another module; of a folder that others share nothing is known."""
        if not modules:
            return None
        same = [name for name in self._codebase.definitions if name.rpartition(".")[2].lower() == part.lower()]
        return _spelled("", nearest(f"{holder}.{part}", same), rest)

    def _in_class(self, units: list[Unit], rest: list[str]) -> _Wrong | None:
        """Of a class that is all there is to read, a member that is spelled much like one that it has."""
        if not rest or not _is_one_class(units) or not _is_closed(units[0]):
            return None
        unit = units[0]
        part, further = rest[0], rest[1:]
        names = {child.code.name for child in unit.children()} | set(unit.ready().bindings)
        if _fitting(part, names):
            return self._in_class(unit.module.all_named(f"{unit.name}.{part}"), further)
        if part in self._set_somewhere or part in self._defined_somewhere:
            return None
        near = _alike(part, names)
        return _Wrong(_spelled(unit.name, near, further)) if near else None

    def _may_be_a_module(self, holder: str, part: str) -> bool:
        folders = {module.path.rpartition("/")[0] for module in self._codebase.modules_named(holder)}
        if not folders:  # a folder without a file of its own: it lies above those of its modules
            folders = set(self._folders_of(holder))
        lying = {entry.partition(".")[0] for folder in folders for entry in self._beside(folder)}
        return bool(_fitting(part, lying)) or f"{holder}.{part}" in self._imported

    def _folders_of(self, holder: str) -> Iterator[str]:
        for name, path in self._codebase.modules.items():
            if name.startswith(f"{holder}."):
                up = name.count(".") - holder.count(".") + (1 if path.endswith("/__init__.py") else 0)
                yield "/".join(path.split("/")[:-up])

    @cached_property
    def _set_somewhere(self) -> frozenset[str]:
        """Attributes that code of the project sets, of whatever object: a module's and a class's may be among them."""
        return frozenset(name for code in self._codes() for name in code.stores)

    @cached_property
    def _defined_somewhere(self) -> frozenset[str]:
        return frozenset(code.name for code in self._codes())

    def _codes(self) -> Iterator[Code]:
        return (unit.code for module in self._codebase.all_modules() for unit in module.units)

    @cached_property
    def _imported(self) -> frozenset[str]:
        """Modules, and names from modules, that code of the project imports, and the packages that they lie in."""
        found: set[str] = set()
        for module in self._codebase.all_modules():
            for name in (
                *module.facts.imports,
                *(name for one in _imports(module) for name in _imported_by(module, one)),
            ):
                while name and name not in found:
                    found.add(name)
                    name = name.rpartition(".")[0]
        return frozenset(found)


def _imports(module: Module) -> Iterator[tree.Import]:
    return (one for unit in module.units for one in unit.body.statements if isinstance(one, tree.Import))


def _imported_by(module: Module, one: tree.Import) -> tuple[str, ...]:
    """The module that an import names, and what it takes from it."""
    name = module.absolute(one)
    return (name, f"{name}.{one.attribute}") if one.attribute else (name,)


@cache
def _outside() -> Collection[str]:
    """First parts of names that are not the project's, even where a file of its own is called so."""
    libraries = {name.partition(".")[0] for one in catalogue().libraries for call in one.calls for name in call.names}
    return libraries | sys.stdlib_module_names


def _is_open(module: Module) -> bool:
    """Whether a module may hold names that reading it does not show."""
    if not module.units:
        return True  # it could not be read
    top = module.units[0].ready()
    makes = any(not _MAKERS.isdisjoint((*unit.code.calls, *unit.code.stores)) for unit in module.units)
    return bool(top.stars) or "__getattr__" in top.bindings or "modules" in top.code.stores or makes


def _bound(module: Module) -> Iterator[str]:
    """What a module's code binds, on top or with `global`."""
    yield from module.units[0].ready().bindings
    for unit in module.units:
        yield from unit.code.changes


def _is_one_class(units: list[Unit]) -> bool:
    """Whether a name has no other meaning than one class."""
    if len(units) != 1 or units[0].code.kind != "class" or units[0].parent is None:
        return False
    return len(units[0].parent.ready().bindings.get(units[0].code.name, ())) == 1


def _is_closed(unit: Unit) -> bool:
    """Whether all that a class has stands in its own source."""
    code = unit.code
    held = unit.ready().bindings
    return not (code.bases or code.keywords or code.decorators or "__getattr__" in held or "__getattribute__" in held)


def _fitting(part: str, names: Iterable[str]) -> bool:
    return any(name_matches(name, part) for name in names)


def _alike(part: str, names: Iterable[str]) -> str | None:
    wanted = sorted(name for name in names if not name.startswith("__") and name.isidentifier())
    lowered = {name.lower(): name for name in wanted}
    near = difflib.get_close_matches(part.lower(), lowered, n=1, cutoff=_ALIKE)
    return lowered[near[0]] if near else None


def _spelled(holder: str, near: str | None, rest: list[str]) -> str | None:
    return ".".join(filter(None, (holder, near, *rest))) if near else None


__all__ = ["Beside", "misnamed"]
