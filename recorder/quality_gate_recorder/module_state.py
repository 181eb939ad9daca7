"""Whether a test has left modules of the project changed: names bound anew, and lists, sets and dictionaries in them.

Looked at are the names of modules and what such a container holds, one level deep: neither attributes of classes and
objects, nor what lies in what a container holds. Lists are compared as lists, as Python does it fastest: what is the
same object is not asked, so that only what was bound anew is ever compared by its own `__eq__`.
"""

from __future__ import annotations

import sys
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, starmap
from types import ModuleType
from typing import TypeGuard

from quality_gate_recorder.territory import Territory

_MOST_NAMES = 20_000
"""Names of modules that are looked at around each test."""

_LARGEST = 200
"""Entries of a container beyond which only their number is looked at."""

_Container = dict[object, object] | list[object] | set[object] | deque[object]
_CONTAINERS = frozenset({dict, list, set, deque, OrderedDict, defaultdict})


class _Module:
    """A module of the project, as it was.

    Args:
        path: of its file. name: dotted.
    """

    __slots__ = ("containers", "name", "names", "path", "values")

    def __init__(self, path: str, name: str, module: ModuleType) -> None:
        self.path = path
        self.name = name
        self.names = vars(module)
        self.values: dict[str, object] = {}
        self.containers: list[tuple[str, _Container, _Container | int]] = []

    def note(self) -> None:
        """Remember what there is, where it is not what is remembered."""
        if not self._is_bound_alike():
            self.values = self.names.copy()
            self.containers = [
                (name, value, _copied(value))
                for name, value in self.values.items()
                if _is_container(value) and not name.startswith("__")
            ]
            return
        for place, (name, value, was) in enumerate(self.containers):
            if _has_changed(value, was):
                self.containers[place] = (name, value, _copied(value))

    def changed(self) -> Iterator[str]:
        """Names that are bound to something else, or hold something else, than was noted."""
        if not self._is_bound_alike():
            for name in {*self.names, *self.values}:
                was, now = self.values.get(name, _NOTHING), self.names.get(name, _NOTHING)
                if not name.startswith("__") and not _are_alike(was, now) and not isinstance(now, ModuleType):
                    yield name
        for name, value, was in self.containers:
            if self.names.get(name) is value and _has_changed(value, was):
                yield name

    def _is_bound_alike(self) -> bool:
        return len(self.names) == len(self.values) and _equal(list(self.names.values()), list(self.values.values()))


_NOTHING = object()


class ModuleState:
    """Watches all modules of the project that are loaded.

    Args:
        territory: whose code is whose.
    """

    def __init__(self, territory: Territory) -> None:
        self.too_many = ""
        """Why not all modules are looked at, a clause; "" where they are."""
        self._territory = territory
        self._known: dict[str, _Module | None] = {}
        self._modules: list[_Module] = []
        self._names = 0
        self._suspects: list[tuple[_Module, list[str]]] = []
        self._is_known = False
        self._values: list[object] = []
        self._held: list[tuple[_Container, _Container | int]] = []

    def begin_call(self) -> None:
        """A test has been set up, and begins."""
        if len(self._known) != len(sys.modules):
            self._look_for_modules()
        self._suspects = []
        self._is_known = False
        with suppress(RuntimeError):  # another thread changes a module meanwhile: this test is not looked at
            if not self._is_as_noted():
                self._note()
            self._is_known = True

    def end_call(self) -> None:
        """It is over, and is about to be torn down."""
        if self._is_known:
            with suppress(RuntimeError):
                if not self._is_as_noted():
                    found = ((module, list(module.changed())) for module in self._modules)
                    self._suspects = [(module, names) for module, names in found if names]
        self._is_known = False

    def _note(self) -> None:
        for module in self._modules:
            module.note()
        self._values = self._values_now()
        self._held = [(value, was) for module in self._modules for _, value, was in module.containers]

    def _values_now(self) -> list[object]:
        """Of all names of all modules: to compare one list takes a tenth of the time of many small ones."""
        return list(chain.from_iterable(module.names.values() for module in self._modules))

    def _is_as_noted(self) -> bool:
        return _equal(self._values_now(), self._values) and not any(starmap(_has_changed, self._held))

    def left_changed(self) -> Iterator[tuple[str, str]]:
        """(path, dotted name) of what the test changed, and its tear-down has not put back."""
        for module, names in self._suspects:
            still: set[str] = set()
            with suppress(RuntimeError):
                still = set(module.changed())
            yield from ((module.path, f"{module.name}.{name}") for name in names if name in still)
        self._suspects = []

    def forget(self) -> None:
        """Go on in a forked process."""
        self._suspects = []

    def _look_for_modules(self) -> None:
        for name, module in list(sys.modules.items()):
            if name not in self._known:
                found = self._known[name] = self._of_project(name, module)
                if found is not None:
                    self._modules.append(found)
        for name in self._known.keys() - sys.modules.keys():
            gone = self._known.pop(name)
            if gone is not None:
                self._modules.remove(gone)

    def _of_project(self, name: str, module: object) -> _Module | None:
        if not isinstance(module, ModuleType):
            return None
        place = module.__dict__.get("__file__")
        if not isinstance(place, str) or not self._territory.may_be_projects(place):
            return None
        number = self._territory.number(place)
        if number >= 0:
            return None
        if self._names > _MOST_NAMES:
            self.too_many = f"the project's modules have more than {_MOST_NAMES:,} names"
            return None
        self._names += len(module.__dict__)
        return _Module(self._territory.path(number), name, module)


def _is_container(value: object) -> TypeGuard[_Container]:
    return type(value) in _CONTAINERS


def _copied(value: _Container) -> _Container | int:
    """What a container holds, or how much where it is large."""
    return value.copy() if len(value) <= _LARGEST else len(value)


def _has_changed(value: _Container, was: _Container | int) -> bool:
    return len(value) != was if isinstance(was, int) else not _equal(value, was)


def _are_alike(was: object, now: object) -> bool:
    return was is now or (type(was) is type(now) and _equal(was, now))


def _equal(one: object, other: object) -> bool:
    """Whether two values say that they are equal; some cannot be compared.

    Raises:
        RuntimeError: another thread changes them meanwhile.
    """
    try:
        return bool(one == other)
    except RuntimeError:
        raise
    except Exception:  # noqa: BLE001 - it is the project's `__eq__`
        return False
