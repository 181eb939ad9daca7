"""What a call gives to what it calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality_gate.codebase import tree
from quality_gate.codebase.linking.things import EMPTY, Thing, Value, collection, union
from quality_gate.codebase.linking.units import Unit

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker


class Given:
    """The arguments of a call.

    Args:
        unit, call: where it stands, and the call; None for arguments that no call spells out.
        values: positional arguments that are known already; they stand before the call's.
    """

    __slots__ = ("call", "linker", "unit", "values")

    def __init__(
        self, linker: Linker, unit: Unit | None = None, call: tree.Call | None = None, values: tuple[Value, ...] = ()
    ) -> None:
        self.linker = linker
        self.unit = unit
        self.call = call
        self.values = values

    def positional(self, place: int, level: int) -> Value | None:
        """A positional argument, None where there is none."""
        if 0 <= place < len(self.values):
            return self.values[place]
        if self.unit is None or self.call is None:
            return None
        place -= len(self.values)
        for at, argument in enumerate(self.call.args):
            if type(argument) is tree.Starred:
                from quality_gate.codebase.linking import containers

                whole = self.linker.full(self.unit, argument.value, level)
                return containers.at_place(self.linker, whole, max(0, place - at), level)
            if at == place:
                return self.linker.value(self.unit, argument, level)
        return None

    def spreads(self) -> bool:
        """Whether a `*` says no more than that there may be a positional argument: a keyword may give it instead."""
        return self.call is not None and any(type(argument) is tree.Starred for argument in self.call.args)

    def rest(self, start: int, level: int) -> Value:
        """All positional arguments from a place on, as one tuple."""
        count = len(self.values) + (len(self.call.args) if self.call is not None else 0)
        items = [(place - start, self.positional(place, level) or EMPTY) for place in range(start, count)]
        if self.call is not None and any(type(argument) is tree.Starred for argument in self.call.args):
            return collection("tuple", element=union([value for _, value in items]))
        return collection("tuple", items=tuple(items))

    def keyword(self, name: str, level: int) -> Value | None:
        """A keyword argument, None where there is none."""
        if self.unit is None or self.call is None:
            return None
        for word, value in self.call.keywords:
            if word == name:
                return self.linker.value(self.unit, value, level)
        for word, value in self.call.keywords:
            if not word:
                from quality_gate.codebase.linking import containers

                whole = self.linker.full(self.unit, value, level)
                found = containers.at_key(whole, name)
                if found:
                    return found
        return None

    def keywords(self, without: frozenset[str], level: int) -> Value:
        """The keyword arguments that no parameter takes, as a dict."""
        if self.unit is None or self.call is None:
            return collection("dict")
        unit = self.unit
        items = tuple(
            (word, self.linker.value(unit, value, level))
            for word, value in self.call.keywords
            if word and word not in without
        )
        return collection("dict", items=items)

    def first(self, level: int) -> Value:
        """The first argument, parameters expanded."""
        return self.linker.expanded(self.positional(0, level) or EMPTY, level)


def argument_of(
    linker: Linker, unit: Unit, name: str, receiver: Thing | None, given: Given, level: int
) -> Value | None:
    """What a call gives for a parameter of a function; None where it leaves it to the default.

    Args:
        unit: the function.
        receiver: what it is bound to, None where its first parameter is given like the others.
    """
    place = 0
    for parameter in unit.code.parameters:
        if parameter.name == name:
            break
        place += parameter.kind in ("positional", "both")
    else:
        return None
    if parameter.kind == "*":
        if receiver is not None and place == 0:
            return Given(linker, given.unit, given.call, (frozenset((receiver,)), *given.values)).rest(0, level)
        return given.rest(place - (receiver is not None), level)
    if parameter.kind == "**":
        return given.keywords(frozenset(one.name for one in unit.code.parameters), level)
    if parameter.kind != "keyword":
        if receiver is not None and place == 0:
            return frozenset((receiver,))
        found = given.positional(place - (receiver is not None), level)
        if found is not None:
            if not given.spreads():
                return found
            return union([found, given.keyword(name, level) or EMPTY])
    return given.keyword(name, level)
