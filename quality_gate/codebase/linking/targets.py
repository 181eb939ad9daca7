"""What really runs when a thing is called: constructors, overrides, wrappers, calls that leave the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality_gate.codebase.graph import Confidence
from quality_gate.codebase.linking import members
from quality_gate.codebase.linking.classes import class_of, defining, has, method, outside_bases, overriding, subclasses
from quality_gate.codebase.linking.links import Gathering
from quality_gate.codebase.linking.rungs import rung_of
from quality_gate.codebase.linking.things import (
    ClassObject,
    External,
    Function,
    Instance,
    Made,
    Partial,
    Thing,
    Value,
    loosened,
)

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker
    from quality_gate.codebase.linking.shape import ClassInfo
    from quality_gate.codebase.linking.units import Unit
    from quality_gate.codebase.tree import Expr


class Place:
    """Where a call stands, and what made it known.

    Args:
        rung: what made it known, or the piece of code and the expression that is called in it.
    """

    __slots__ = ("_from", "_rung", "awaited", "column", "into", "line", "several")

    def __init__(
        self, into: Gathering, line: int, column: int, rung: str | tuple[Unit, Expr], awaited: bool = False
    ) -> None:
        self.into = into
        self.line = line
        self.column = column
        if type(rung) is str:
            self._rung, self._from = rung, None
        else:
            self._rung, self._from = "", rung
        self.awaited = awaited
        self.several = False
        """Whether the thing that is called, or whose attribute is, may be of several classes."""

    @property
    def rung(self) -> str:
        """What made it known; told by the shape of what is called when the first call is noted: few are."""
        if self._from is not None:
            self._rung, self._from = rung_of(*self._from), None
        return self._rung

    @rung.setter
    def rung(self, rung: str) -> None:
        self._rung, self._from = rung, None

    def edge(self, callee: str, loose: bool, rung: str = "") -> None:
        """Note a call."""
        confidence = Confidence.DISPATCH if loose or self.several else Confidence.CERTAIN
        self.into.edge(callee, self.line, self.column, confidence, rung or self.rung)


def run(linker: Linker, value: Value, place: Place, level: int) -> bool:
    """Note all that runs when one of several things is called; tells whether anything is known of it."""
    known = False
    for thing in value:
        known = _run_one(linker, thing, place, level) or known
    return known


def _run_one(linker: Linker, thing: Thing, place: Place, level: int) -> bool:
    if type(thing) is Function:
        return _function(linker, thing, place)
    if type(thing) is ClassObject:
        return _class(linker, thing, place, level)
    if type(thing) is Instance:
        callers = members.of_instance(linker, thing, "__call__", level)
        found = frozenset(caller for caller in callers if type(caller) is not Instance)
        overrides(linker, thing, "__call__", place)
        return run(linker, found, place, level)
    if type(thing) is Partial:
        return _run_one(linker, thing.function, place, level)
    if type(thing) is External:
        return _external(linker, thing.name, place)
    if type(thing) is Made:
        return _external(linker, f"{thing.cls}.__call__", place)
    return False


def _external(linker: Linker, name: str, place: Place) -> bool:
    known = linker.canonical(name)
    if not known.startswith("builtins.") or linker.noted(known):
        place.into.external(known, place.line, place.column, place.awaited)
    return True


def _function(linker: Linker, thing: Function, place: Place) -> bool:
    unit = linker.unit(thing.name)
    if unit is None:
        return False
    others = False
    if thing.receiver is not None and place.rung != "super":
        others = overrides(linker, thing.receiver, thing.name.rpartition(".")[2], place)
    loose = thing.loose or (others and unit.code.is_stub)
    place.edge(thing.name, loose, "decorator" if thing.wraps is not None else "")
    return True


def overrides(linker: Linker, receiver: Thing, name: str, place: Place) -> bool:
    """Note methods of subclasses that may be meant where only a base is known."""
    if (
        (type(receiver) is Instance or type(receiver) is ClassObject)
        and not receiver.exact
        and not name.startswith("<")
    ):
        found = overriding(linker, receiver.cls if type(receiver) is Instance else receiver.name, name)
        for override in found:
            place.edge(override, True, "override")
        return bool(found)
    return False


def _class(linker: Linker, thing: ClassObject, place: Place, level: int) -> bool:
    info = class_of(linker, thing.name)
    if info is None:
        return False
    if info.metaclass is not None:
        caller = method(linker, info.metaclass, "__call__")
        if caller is not None:
            place.edge(caller.name, thing.loose, "metaclass")
    own = False
    for name in ("__new__", "__init__"):
        maker = defining(linker, thing.name, name)
        if maker is not None:
            place.edge(f"{maker.name}.{name}", thing.loose)
            own = True
    after = method(linker, thing.name, "__post_init__")
    if after is not None and not has(linker, info, "__init__"):
        place.edge(after.name, thing.loose, "dataclass")
    if not own:
        _fields(linker, info, place, level)
    if not thing.exact:
        for sub in subclasses(linker, thing.name):
            for name in ("__init__", "__post_init__"):
                if linker.unit(f"{sub}.{name}") is not None:
                    place.edge(f"{sub}.{name}", True, "override")
    outside = outside_bases(linker, thing.name)
    if not own and outside and not _plain(outside[0]):
        place.into.external(linker.canonical(outside[0]), place.line, place.column, place.awaited)
    return True


def _fields(linker: Linker, info: ClassInfo, place: Place, level: int) -> None:
    """What makes the fields that a call may leave out."""
    for name in info.lineage:
        found = linker.ask("factories", name, "", level)
        if found:
            inner = Place(place.into, place.line, place.column, "dataclass")
            inner.several = True
            run(linker, found, inner, level)


def _plain(name: str) -> bool:
    """Bases whose constructor nobody means when an object is made."""
    return name.startswith(("builtins.", "typing.", "abc.", "enum.")) or name.endswith(("Exception", "Error"))


def special(
    linker: Linker, value: Value, names: tuple[str, ...], place: Place, level: int, *, several: bool = False
) -> bool:
    """Note the first special method of each object of the project that has one; overrides too.

    Args:
        several: whether the value is a part of one of several classes.
    """
    known = False
    place.several = several or of_several(value)
    for thing in value:
        if type(thing) is Instance:
            known = _special_of(linker, thing, names, place, level) or known
        elif type(thing) is ClassObject:
            info = class_of(linker, thing.name)
            if info is not None and info.metaclass is not None:
                known = _special_of(linker, Instance(info.metaclass), names, place, level) or known
    return known


def _special_of(linker: Linker, thing: Instance, names: tuple[str, ...], place: Place, level: int) -> bool:
    for name in names:
        owner = defining(linker, thing.cls, name)
        below = () if thing.exact else overriding(linker, thing.cls, name)
        if owner is not None:
            found = members.of_instance(linker, thing, name, level)
            own = frozenset(one for one in found if type(one) is Function)
            run(linker, loosened(own) if thing.loose else own, place, level)
        for override in below:
            place.edge(override, True, "override")
        if owner is not None or below:
            return True
    return False


def of_several(holders: Value) -> bool:
    """Whether objects may be of several classes of the project."""
    return len(holders) > 1 and len({thing.cls for thing in holders if type(thing) is Instance}) > 1
