"""Rung `dunder`: special methods that run without a call being written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality_gate.codebase import tree
from quality_gate.codebase.linking import containers, members, properties, targets
from quality_gate.codebase.linking.classes import method, outside_bases
from quality_gate.codebase.linking.properties import values
from quality_gate.codebase.linking.targets import Place
from quality_gate.codebase.linking.things import (
    ClassObject,
    Collection,
    Function,
    Instance,
    Literal,
    Made,
    Value,
)

if TYPE_CHECKING:
    from quality_gate.codebase.linking.emitting import Emitter

_ITERATING = frozenset(
    {
        "list", "tuple", "set", "frozenset", "sorted", "sum", "any", "all", "enumerate", "zip", "map", "filter", "iter",
        "dict", "max", "min", "str.join", "list.extend", "set.update", "dict.update",
    }
)  # fmt: skip
_ASKING = {
    "len": ("__len__",), "str": ("__str__", "__repr__"), "repr": ("__repr__",), "bool": ("__bool__", "__len__"),
    "hash": ("__hash__",), "next": ("__next__",), "int": ("__int__", "__index__"), "float": ("__float__",),
    "abs": ("__abs__",), "round": ("__round__",), "format": ("__format__", "__str__"), "bytes": ("__bytes__",),
    "reversed": ("__reversed__", "__len__", "__getitem__"), "print": ("__str__", "__repr__"), "dir": ("__dir__",),
    "anext": ("__anext__",), "aiter": ("__aiter__",), "divmod": ("__divmod__",), "pow": ("__pow__",),
    "str.format": ("__format__", "__str__"),
}  # fmt: skip
_FORMATS = {"str": ("__str__", "__repr__"), "repr": ("__repr__",), "format": ("__format__", "__str__", "__repr__")}
_MIRRORED = {"eq": "eq", "ne": "ne", "lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
_MANY = 100


# -- operators and containers


def item_read(emitter: Emitter, node: tree.Subscript) -> None:
    """`x[key]`."""
    place = Place(emitter.into, node.line, node.column, "dunder")
    holders = values(emitter, node.value)
    targets.special(emitter.linker, holders, ("__getitem__",), place, emitter.level)
    for holder in holders:
        if type(holder) is ClassObject:
            found = method(emitter.linker, holder.name, "__class_getitem__")
            if found is not None:
                place.edge(found.name, holder.loose)
        elif type(holder) is Collection and holder.kind == "dict":
            _hashed(emitter, node.index, place)


def item_set(emitter: Emitter, node: tree.Subscript, name: str) -> None:
    """`x[key] = value`, `del x[key]`."""
    place = Place(emitter.into, node.line, node.column, "dunder")
    holders = values(emitter, node.value)
    targets.special(emitter.linker, holders, (name,), place, emitter.level)
    if any(type(holder) is Collection and holder.kind == "dict" for holder in holders):
        _hashed(emitter, node.index, place)


def _hashed(emitter: Emitter, key: tree.Expr, place: Place) -> None:
    targets.special(emitter.linker, values(emitter, key), ("__hash__",), place, emitter.level)


_HASHED = ("__hash__",), ("__eq__",)


def collected(emitter: Emitter, node: tree.Comprehension) -> None:
    """Keys of dicts and elements of sets are hashed and compared."""
    held = node.key if node.kind == "dict" else node.element if node.kind == "set" else None
    if held is not None:
        _hash_and_compare(emitter, held)


def keyed(emitter: Emitter, node: tree.Mapping) -> None:
    """`{key: value}`."""
    for key in node.keys:
        if key is not None and type(key) is not tree.Constant:
            _hash_and_compare(emitter, key)


def gathered(emitter: Emitter, node: tree.Sequence) -> None:
    """`{a, b}`."""
    if node.kind == "set":
        for element in node.elements:
            _hash_and_compare(emitter, element)


def _hash_and_compare(emitter: Emitter, node: tree.Expr) -> None:
    value = values(emitter, node)
    if any(type(thing) is Instance for thing in value):
        line, column = _position(node)
        place = Place(emitter.into, line, column, "dunder")
        for names in _HASHED:
            targets.special(emitter.linker, value, names, place, emitter.level)


def _position(node: tree.Expr) -> tuple[int, int]:
    return getattr(node, "line", 1), getattr(node, "column", 1)


def operation(emitter: Emitter, node: tree.Operation) -> None:
    """`a + b`, `a < b`, `a in b`."""
    if node.op == "is":
        return
    place = Place(emitter.into, node.line, node.column, "dunder")
    linker, level = emitter.linker, emitter.level
    left = values(emitter, node.left)
    right = values(emitter, node.right) if node.right is not None else frozenset()
    names: tuple[str, ...] = (f"__{node.op}__",)
    if node.op == "contains":
        names = ("__contains__", "__iter__", "__getitem__")
    elif node.op == "ne":
        names = ("__ne__", "__eq__")
    known = targets.special(linker, left, names, place, level)
    if node.op in _MIRRORED:
        if not known:
            mirrored = (f"__{_MIRRORED[node.op]}__", *(("__eq__",) if node.op == "ne" else ()))
            targets.special(linker, right, mirrored, place, level)
    elif node.op == "contains":
        _compared(emitter, left, right, place)
    elif not known and right:
        targets.special(linker, right, (f"__r{node.op}__",), place, level)
    text = type(node.left) is tree.Constant and node.left.kind in ("str", "bytes")
    if node.op == "mod" and (text or any(type(thing) is Literal or type(thing) is Made for thing in left)):
        _shown(emitter, right, place)


def _compared(emitter: Emitter, container: Value, item: Value, place: Place) -> None:
    """`x in [a, b]` compares; in a set or a dict it hashes first."""
    for thing in container:
        if type(thing) is Collection:
            if thing.kind in ("set", "dict"):
                targets.special(emitter.linker, item, ("__hash__",), place, emitter.level)
            else:
                targets.special(emitter.linker, item, ("__eq__",), place, emitter.level)


def _shown(emitter: Emitter, value: Value, place: Place) -> None:
    for thing in value:
        inner = frozenset((thing,))
        if type(thing) is Collection:
            inner = emitter.linker.expanded(containers.flat(inner), emitter.level)
        targets.special(emitter.linker, inner, _FORMATS["str"], place, emitter.level)


def augmented(emitter: Emitter, statement: tree.Bind) -> None:
    """`a += b` asks for `__iadd__` first."""
    value = statement.value
    if type(value) is tree.Operation:
        place = Place(emitter.into, statement.line, statement.column, "dunder")
        targets.special(emitter.linker, values(emitter, value.left), (f"__i{value.op}__",), place, emitter.level)


def truth(emitter: Emitter, node: tree.Expr, line: int, column: int) -> None:
    """`if x`: `__bool__`, else `__len__`."""
    if type(node) is tree.Choice:
        for option in node.options:
            truth(emitter, option, line, column)
    elif (
        type(node) is tree.Name
        or type(node) is tree.Attribute
        or type(node) is tree.Call
        or type(node) is tree.Subscript
    ):
        place = Place(emitter.into, line, column, "dunder")
        targets.special(emitter.linker, values(emitter, node), ("__bool__", "__len__"), place, emitter.level)


def choice(emitter: Emitter, node: tree.Choice) -> None:
    """`a or b`, `a if c else b`."""
    for test in node.tests:
        truth(emitter, test, node.line, node.column)


def negation(emitter: Emitter, node: tree.Truth) -> None:
    """`not x`."""
    truth(emitter, node.value, node.line, node.column)


def formatted(emitter: Emitter, node: tree.Formatted) -> None:
    """An f-string."""
    place = Place(emitter.into, node.line, node.column, "dunder")
    for kind, part in node.parts:
        if kind:
            targets.special(emitter.linker, values(emitter, part), _FORMATS[kind], place, emitter.level)


def awaited(emitter: Emitter, node: tree.Await) -> None:
    """`await x`."""
    place = Place(emitter.into, 1, 1, "dunder")
    if type(node.value) is tree.Attribute:
        place = Place(emitter.into, node.value.line, node.value.column, "dunder")
    targets.special(emitter.linker, values(emitter, node.value), ("__await__",), place, emitter.level)


# -- loops, with, builtins


def taken(emitter: Emitter, statement: tree.Bind) -> None:
    """What a `for`, a `with` or an unpacking runs."""
    value = statement.value
    assert value is not None
    if statement.way in ("for", "async for"):
        looped(emitter, value, statement.line, statement.column, statement.way)
    elif statement.way in ("with", "async with"):
        names = ("__enter__", "__exit__") if statement.way == "with" else ("__aenter__", "__aexit__")
        place = Place(emitter.into, statement.line, statement.column, "dunder")
        found = values(emitter, value)
        for name in names:
            targets.special(emitter.linker, found, (name,), place, emitter.level)
    elif type(statement.target) is tree.Sequence and type(value) is not tree.Sequence:
        looped(emitter, value, statement.line, statement.column, "for")


def looped(emitter: Emitter, node: tree.Expr, line: int, column: int, way: str) -> None:
    """What looping over a value runs."""
    _iterated(emitter, values(emitter, node), Place(emitter.into, line, column, "dunder"), way)


def _iterated(emitter: Emitter, value: Value, place: Place, way: str = "for") -> None:
    linker, level = emitter.linker, emitter.level
    first, following = ("__iter__", "__next__") if way == "for" else ("__aiter__", "__anext__")
    several = targets.of_several(value)
    for thing in value:
        if type(thing) is not Instance:
            continue
        alone = frozenset((thing,))
        looped = (first,) if outside_bases(linker, thing.cls) else (first, "__getitem__")
        if not targets.special(linker, alone, looped, place, level, several=several):
            continue
        for reader in members.of_instance(linker, thing, first, level):
            if type(reader) is Function:
                iterators = linker.expanded(_returned(emitter, reader), level)
                own = frozenset(one for one in iterators if type(one) is Instance)
                targets.special(linker, own, (following,), place, level, several=several)


def _returned(emitter: Emitter, reader: Function) -> Value:
    from quality_gate.codebase.linking import results
    from quality_gate.codebase.linking.given import Given

    return results.called(emitter.linker, reader, Given(emitter.linker), emitter.level)


def builtin_call(emitter: Emitter, node: tree.Call, names: list[str]) -> None:
    """`len(x)` asks `__len__`, `list(x)` loops, `",".join(x)` too."""
    for name in names:
        if not name.startswith("builtins."):
            continue
        short = name.removeprefix("builtins.")
        place = Place(emitter.into, node.line, node.column, "dunder")
        for argument in node.args:
            if short in _ASKING:
                targets.special(emitter.linker, values(emitter, argument), _ASKING[short], place, emitter.level)
            elif short in _ITERATING:
                _iterated(emitter, values(emitter, argument), place)
        if short == "getattr" and len(node.args) > 1:
            properties.built_read(emitter, node)
        if short in ("sorted", "min", "max", "list.sort"):
            _ordered(emitter, node, short, place)


def _ordered(emitter: Emitter, node: tree.Call, name: str, place: Place) -> None:
    """Sorting compares."""
    if any(word == "key" for word, _ in node.keywords):
        return
    source = node.args[0] if node.args else None
    if name == "list.sort" and type(node.func) is tree.Attribute:
        source = node.func.value
    if source is not None:
        found = containers.iterated(emitter.linker, values(emitter, source), emitter.level)
        held = emitter.linker.expanded(found, emitter.level)
        wanted = ("__lt__",) if name != "max" else ("__gt__", "__lt__")
        targets.special(emitter.linker, held, wanted, place, emitter.level)
