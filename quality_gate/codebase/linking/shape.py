"""The shape of a project: its classes, their bases, and who stands on whom. Found before all calls."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})


class ClassInfo(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a class of the project.

    Args:
        bases: classes of the project that it names as bases.
        outside: dotted names of bases from outside.
        metaclass: of the project, None for none.
        doubt: whether a base could not be told.
        lineage: itself and the classes of the project above it, in the order in which attributes are looked up.
        names: what its body binds.
        methods: those of them that are functions.
    """

    name: str
    bases: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    metaclass: str | None = None
    doubt: bool = False
    lineage: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


class Shape:
    """All classes of a project.

    Args:
        infos: of every class, in the order of the files.
    """

    def __init__(self, infos: Iterable[ClassInfo]) -> None:
        self.infos: dict[str, ClassInfo] = {}
        for info in infos:
            self.infos.setdefault(info.name, info)
        self._names: dict[str, set[str]] = {}
        self._below = self._subclasses()
        self._around: dict[str, frozenset[str]] = {}

    def _subclasses(self) -> dict[str, tuple[str, ...]]:
        below: dict[str, set[str]] = {}
        for info in self.infos.values():
            for base in info.lineage[1:]:
                below.setdefault(base, set()).add(info.name)
        for info in self.infos.values():
            if PROTOCOLS.intersection(info.outside):
                below.setdefault(info.name, set()).update(self._implementers(info))
        return {base: tuple(sorted(found)) for base, found in below.items()}

    def _implementers(self, protocol: ClassInfo) -> list[str]:
        """Classes that have every method of a Protocol, whether they name it or not."""
        asked = {
            method
            for name in protocol.lineage
            if (held := self.infos.get(name)) is not None and PROTOCOLS.intersection(held.outside)
            for method in held.methods
            if not method.startswith("__init")
        }
        if not asked:
            return []
        return [
            info.name
            for info in self.infos.values()
            if protocol.name not in info.lineage
            and info.name not in protocol.lineage
            and asked <= self._all_names(info)
        ]

    def _all_names(self, info: ClassInfo) -> set[str]:
        known = self._names.get(info.name)
        if known is None:
            line = (held for name in info.lineage if (held := self.infos.get(name)) is not None)
            known = self._names[info.name] = {bound for held in line for bound in held.names}
        return known

    def subclasses(self, name: str) -> tuple[str, ...]:
        """All classes that stand on a class, or that have all methods of a Protocol; sorted."""
        return self._below.get(name, ())

    def around(self, name: str) -> frozenset[str]:
        """The subclasses of a class, and what is mixed into them."""
        known = self._around.get(name)
        if known is None:
            found: set[str] = set()
            for sub in self.subclasses(name):
                info = self.infos.get(sub)
                found.update(info.lineage if info is not None else (sub,))
            known = self._around[name] = frozenset(found)
        return known


EMPTY_SHAPE = Shape(())
