"""Rung `container`: what is in lists, tuples, sets, dicts and iterators, and what `with`, `for` and `[]` take out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality_gate.codebase import tree
from quality_gate.codebase.linking import members, results
from quality_gate.codebase.linking.digests import in_order
from quality_gate.codebase.linking.given import Given
from quality_gate.codebase.linking.things import (
    EMPTY,
    ClassObject,
    Collection,
    External,
    Instance,
    Literal,
    Made,
    Opaque,
    Thing,
    Value,
    collection,
    everything_in,
    loosened,
    one,
    union,
)
from quality_gate.codebase.linking.units import Element, Unit

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker

_ITEMS = 64
"""Values by key that are told apart."""

_ARITHMETIC = frozenset({"eq", "ne", "lt", "le", "gt", "ge", "contains", "is"})


def value_of_sequence(linker: Linker, unit: Unit, node: tree.Sequence, level: int) -> Value:
    """`[a, b]`."""
    if node.kind == "set" or len(node.elements) > _ITEMS:
        return collection(node.kind, element=union([_spread(linker, unit, item, level) for item in node.elements]))
    if any(type(item) is tree.Starred for item in node.elements):
        return collection(node.kind, element=union([_spread(linker, unit, item, level) for item in node.elements]))
    items = tuple((place, linker.value(unit, item, level)) for place, item in enumerate(node.elements))
    return collection(node.kind, items=tuple((place, value) for place, value in items if value))


def _spread(linker: Linker, unit: Unit, node: tree.Expr, level: int) -> Value:
    if type(node) is tree.Starred:
        return iterated(linker, linker.full(unit, node.value, level), level)
    return linker.value(unit, node, level)


def value_of_mapping(linker: Linker, unit: Unit, node: tree.Mapping, level: int) -> Value:
    """`{a: b}`."""
    items: dict[str | int, Value] = {}
    keys: list[Value] = []
    rest: list[Value] = []
    for key, value in zip(node.keys, node.values, strict=True):
        held = linker.value(unit, value, level)
        if key is None:
            spread = in_order(linker.expanded(held, level))
            _take_items(items, spread)
            rest += [thing.element for thing in spread]
            continue
        named = linker.value(unit, key, level)
        known = _literal(named)
        keys.append(frozenset(thing for thing in named if type(thing) is not Literal))
        if known is not None and len(items) < _ITEMS:
            items[known] = held
        else:
            rest.append(held)
    held_items = tuple((name, value) for name, value in items.items() if value)
    return collection("dict", held_items, union(keys), union(rest))


def _literal(value: Value) -> str | int | None:
    if len(value) == 1:
        thing = next(iter(value))
        if type(thing) is Literal:
            return thing.value
    return None


def value_of_comprehension(linker: Linker, unit: Unit, node: tree.Comprehension, level: int) -> Value:
    """`[f(x) for x in xs]`."""
    element = linker.value(unit, node.element, level)
    key = linker.value(unit, node.key, level) if node.key is not None else EMPTY
    return collection("iterator" if node.kind == "generator" else node.kind, key=_no_literals(key), element=element)


def _no_literals(value: Value) -> Value:
    return frozenset(thing for thing in value if type(thing) is not Literal)


def value_of_subscript(linker: Linker, unit: Unit, node: tree.Subscript, level: int) -> Value:
    """`x[key]`."""
    parts: list[Value] = []
    for thing in linker.full(unit, node.value, level):
        if type(thing) is Collection:
            parts.append(_item(linker, unit, thing, node.index, level))
        elif type(thing) is Instance:
            given = Given(linker, values=(linker.value(unit, node.index, level),))
            getters = members.of_instance(linker, thing, "__getitem__", level)
            parts += results.called_all(linker, getters, given, level)
        elif type(thing) is ClassObject:
            parts.append(_of_class(linker, thing))
        elif type(thing) is Made:
            made = linker.factories(f"{thing.cls}.__getitem__", None)
            parts.append(one(Made(made)) if made else one(Opaque(thing.cls)))
        elif type(thing) is External or type(thing) is Opaque:
            parts.append(one(thing))
    return union(parts)


def _of_class(linker: Linker, thing: ClassObject) -> Value:
    """`Repository[Order]` is the class; `Colour["red"]` is one of its objects."""
    return one(Instance(thing.name, True)) if members.is_enum(linker, thing.name) else one(thing)


def _item(linker: Linker, unit: Unit, thing: Collection, index: tree.Expr, level: int) -> Value:
    if type(index) is tree.Several:
        return one(Collection(thing.kind, (), thing.key, everything_in(thing)))
    if not thing.items:
        return thing.element
    key = _literal(linker.full(unit, index, level))
    return at(thing, key)


def at(thing: Collection, key: str | int | None) -> Value:
    """What stands under a key or at a place; everything where it is not known."""
    if key is not None:
        if isinstance(key, int) and key < 0 and thing.kind in ("list", "tuple"):
            key += max((int(place) for place, _ in thing.items if isinstance(place, int)), default=-1) + 1
        found = [value for name, value in thing.items if name == key]
        if found or thing.kind == "tuple":
            return union([*found, thing.element])
    whole = everything_in(thing)
    return loosened(whole) if len(whole) > 1 and thing.kind == "dict" else whole


def at_key(value: Value, key: str) -> Value:
    """What dicts hold under a key."""
    return union([at(thing, key) for thing in value if type(thing) is Collection and thing.kind == "dict"])


def at_place(linker: Linker, value: Value, place: int, level: int) -> Value:
    """One part of an unpacked value; -1 for what a starred target takes."""
    parts: list[Value] = []
    for thing in value:
        if type(thing) is Collection and thing.kind != "dict":
            whole = everything_in(thing)
            parts.append(collection("list", element=whole) if place < 0 else at(thing, place))
        else:
            parts.append(iterated(linker, one(thing), level))
    return union(parts)


def iterated(linker: Linker, value: Value, level: int) -> Value:
    """What looping over a value gives."""
    parts: list[Value] = []
    for thing in value:
        if type(thing) is Collection:
            parts.append(_keys(thing) if thing.kind == "dict" else everything_in(thing))
        elif type(thing) is Instance:
            parts.append(_iterated_object(linker, thing, level))
        elif type(thing) is ClassObject and members.is_enum(linker, thing.name):
            parts.append(one(Instance(thing.name, True)))
        elif type(thing) is Made or type(thing) is Opaque or type(thing) is External:
            parts.append(one(Opaque(_name(thing))))
    return union(parts)


def _keys(thing: Collection) -> Value:
    names = [one(Literal("str", key)) for key, _ in thing.items if isinstance(key, str)]
    return union([thing.key, *names])


def _name(thing: Made | Opaque | External) -> str:
    if type(thing) is Made:
        return thing.cls
    return thing.of if type(thing) is Opaque else thing.name


def _iterated_object(linker: Linker, thing: Instance, level: int) -> Value:
    given = Given(linker)
    parts: list[Value] = []
    for way, following in (("__iter__", "__next__"), ("__aiter__", "__anext__")):
        for reader in members.of_instance(linker, thing, way, level):
            for iterator in linker.expanded(results.called(linker, reader, given, level), level):
                if type(iterator) is Collection:
                    parts.append(everything_in(iterator))
                elif type(iterator) is Instance:
                    readers = members.of_instance(linker, iterator, following, level)
                    parts += results.called_all(linker, readers, given, level)
    if not parts:
        parts += results.called_all(linker, members.of_instance(linker, thing, "__getitem__", level), given, level)
    return union(parts)


def entered(linker: Linker, value: Value, level: int) -> Value:
    """What `with` gives to the name behind `as`."""
    parts: list[Value] = []
    for thing in value:
        if type(thing) is Collection:
            parts.append(everything_in(thing))
        elif type(thing) is Instance:
            parts.append(_entered_object(linker, thing, level))
        elif type(thing) is Made or type(thing) is Opaque:
            parts.append(one(thing))
    return union(parts)


def _entered_object(linker: Linker, thing: Instance, level: int) -> Value:
    parts: list[Value] = []
    for way in ("__enter__", "__aenter__"):
        readers = members.of_instance(linker, thing, way, level)
        own = frozenset(reader for reader in readers if type(reader) is not External)
        parts += results.called_all(linker, own, Given(linker), level)
    return union(parts) if parts else one(thing)


def awaited(linker: Linker, value: Value, level: int) -> Value:
    """What `await` gives: calls of async functions are taken as awaited already."""
    parts: list[Value] = []
    for thing in linker.expanded(value, level):
        readers = members.of_instance(linker, thing, "__await__", level) if type(thing) is Instance else EMPTY
        own = [reader for reader in readers if type(reader) is not External]
        if own:
            parts += [iterated(linker, results.called(linker, reader, Given(linker), level), level) for reader in own]
        else:
            parts.append(one(thing))
    return union(parts)


def given_back(linker: Linker, unit: Unit, give: tree.Give, level: int) -> Value:
    """What a `yield` hands to the loop."""
    value = linker.value(unit, give.value, level)
    return iterated(linker, linker.expanded(value, level), level) if give.whole else value


def value_of_operation(linker: Linker, unit: Unit, node: tree.Operation, level: int) -> Value:
    """`a + b`: what the special method returns; of containers, both together."""
    if node.op in _ARITHMETIC:
        return one(Made("builtins.bool"))
    left = linker.full(unit, node.left, level)
    right = linker.full(unit, node.right, level) if node.right is not None else EMPTY
    held = [*in_order(left), *in_order(right)]
    if held and node.op in ("add", "or", "and", "sub", "mul"):
        return joined(held)
    parts = [_operated(linker, thing, f"__{node.op}__", right, level) for thing in left]
    parts += [_operated(linker, thing, f"__r{node.op}__", left, level) for thing in right if type(thing) is Instance]
    return union(parts)


def _operated(linker: Linker, thing: Thing, name: str, other: Value, level: int) -> Value:
    if type(thing) is Instance:
        given = Given(linker, values=(other,))
        readers = members.of_instance(linker, thing, name, level)
        return union([results.called(linker, reader, given, level) for reader in readers])
    if type(thing) is Made:
        made = linker.factories(f"{thing.cls}.{name}", None)
        return one(Made(made)) if made else one(Opaque(thing.cls))
    if type(thing) is Literal:
        return one(Made(f"builtins.{thing.kind}"))
    return one(Opaque(thing.of)) if type(thing) is Opaque else EMPTY


def joined(held: list[Collection]) -> Value:
    """Several containers as one."""
    if len(held) == 1:
        return one(held[0])
    if all(thing.kind == "dict" for thing in held):
        items: dict[str | int, Value] = {}
        for thing in held:
            for key, value in thing.items:
                items[key] = union([items.get(key, EMPTY), value])
        keys, rest = union([thing.key for thing in held]), union([thing.element for thing in held])
        return collection("dict", tuple(items.items()), keys, rest)
    whole = union([everything_in(thing) for thing in held])
    return collection(held[0].kind, key=union([thing.key for thing in held]), element=whole)


def put(linker: Linker, unit: Unit, held: list[Collection], elements: list[Element], level: int) -> Value:
    """Containers with what is put into them."""
    kind = held[0].kind
    items: dict[str | int, Value] = {}
    keys = [thing.key for thing in held]
    rest = [thing.element for thing in held]
    for thing in held:
        for key, value in thing.items:
            items[key] = union([items.get(key, EMPTY), value])
    for element in elements:
        _put_one(linker, unit, element, items, keys, rest, level)
    known = tuple((key, value) for key, value in items.items() if value)[:_ITEMS]
    return collection(kind, known, union(keys), union(rest))


def _put_one(
    linker: Linker,
    unit: Unit,
    element: Element,
    items: dict[str | int, Value],
    keys: list[Value],
    rest: list[Value],
    level: int,
) -> None:
    value = linker.value(unit, element.value, level)
    if element.whole:
        given = linker.expanded(value, level)
        dicts = [thing for thing in in_order(given) if thing.kind == "dict"]
        _take_items(items, dicts)
        keys += [thing.key for thing in dicts]
        rest += [thing.element for thing in dicts]
        rest.append(iterated(linker, given.difference(dicts), level))
        return
    known = None
    if element.key is not None:
        named = linker.full(unit, element.key, level)
        known = _literal(named)
        keys.append(_no_literals(named))
    if known is None:
        rest.append(value)
    elif unit.body.blocks[element.block].parent < 0:
        items[known] = value
    else:
        items[known] = union([items.get(known, EMPTY), value])


def _take_items(items: dict[str | int, Value], dicts: list[Collection]) -> None:
    """Put what a dict holds into items, over what they hold; of several dicts it may be any."""
    if len(dicts) == 1:
        items.update(dicts[0].items)
    for thing in dicts if len(dicts) > 1 else ():
        for key, value in thing.items:
            items[key] = union([items.get(key, EMPTY), value])


def added(held: list[Collection], put_in: Value) -> Value:
    """Containers with what others put into them."""
    extra = in_order(put_in)
    if not extra:
        return frozenset(held)
    items: dict[str | int, Value] = {}
    for thing in (*held, *extra):
        for key, value in thing.items:
            items[key] = union([items.get(key, EMPTY), value])
    keys = union([thing.key for thing in (*held, *extra)])
    rest = union([thing.element for thing in (*held, *extra)])
    return collection(held[0].kind, tuple(items.items())[:_ITEMS], keys, rest)


def flat(value: Value) -> Value:
    """A value with what tuples in it hold instead of the tuples: `except (A, B)`."""
    parts = [everything_in(thing) if type(thing) is Collection else one(thing) for thing in value]
    return union(parts)


_SAME = frozenset(
    {"copy", "union", "intersection", "difference", "symmetric_difference", "__iter__", "__aiter__", "__enter__"}
)
_TAKEN = frozenset(
    {"pop", "popleft", "get_nowait", "__next__", "__anext__", "send", "asend", "popitem", "__getitem__", "get"}
)


def method_result(linker: Linker, thing: Collection, name: str, given: Given, level: int) -> Value:
    """What a method of a container returns."""
    if name == "values":
        return collection("iterator", element=everything_in(thing))
    if name == "keys":
        return collection("iterator", element=_keys(thing))
    if name == "items":
        pairs = collection("tuple", items=((0, _keys(thing)), (1, everything_in(thing))))
        return collection("iterator", element=pairs)
    if thing.kind == "dict" and name in ("get", "pop", "setdefault", "__getitem__"):
        key = _literal(given.first(level))
        other = given.positional(1, level) or EMPTY
        return union([at(thing, key), other])
    if name in _SAME:
        return one(thing)
    if name in _TAKEN:
        return everything_in(thing)
    return one(Opaque(f"builtins.{thing.kind}.{name}"))
