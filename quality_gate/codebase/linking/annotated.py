"""Rung `annotation`: objects of what an annotation names, elements of containers included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality_gate.codebase import tree
from quality_gate.codebase.linking import injected
from quality_gate.codebase.linking.scopes import reaching
from quality_gate.codebase.linking.things import (
    EMPTY,
    ClassObject,
    Collection,
    External,
    Instance,
    Literal,
    Made,
    Opaque,
    Value,
    collection,
    loosened,
    one,
    union,
)
from quality_gate.codebase.linking.units import LAST, Unit, last_name

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker

_CONTAINERS: dict[str, str] = {
    "list": "list", "List": "list", "Sequence": "list", "MutableSequence": "list", "deque": "list", "Deque": "list",
    "set": "set", "Set": "set", "frozenset": "set", "FrozenSet": "set", "AbstractSet": "set", "MutableSet": "set",
    "Collection": "list", "Iterable": "iterator", "Iterator": "iterator", "Generator": "iterator",
    "AsyncIterable": "iterator", "AsyncIterator": "iterator", "AsyncGenerator": "iterator", "Container": "list",
    "ValuesView": "iterator", "KeysView": "iterator", "Queue": "list", "AbstractContextManager": "iterator",
    "ContextManager": "iterator", "AsyncContextManager": "iterator", "AbstractAsyncContextManager": "iterator",
}  # fmt: skip
_MAPPINGS = frozenset(
    {"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict", "ChainMap"}
)
_THROUGH = frozenset(
    {
        "Optional",
        "Annotated",
        "Final",
        "ClassVar",
        "Required",
        "NotRequired",
        "ReadOnly",
        "Awaitable",
        "Unpack",
        "Mapped",
    }
)
_LAST_OF = frozenset({"Coroutine"})
_SILENT = frozenset(
    {"Any", "object", "TypeVar", "Callable", "Literal", "Hashable", "Self", "ParamSpec", "NoReturn", "Never"}
)
_SHAPES = ("_typeshed.", "wsgiref.types.", "asgiref.typing.")
"""Modules of protocols and aliases alone: they say how a thing is used, and nothing of its class."""

_INTERFACES = frozenset(
    {
        "IO", "BinaryIO", "TextIO", "IOBase", "RawIOBase", "BufferedIOBase", "TextIOBase", "Iterable", "Iterator",
        "AsyncIterable", "AsyncIterator", "Mapping", "MutableMapping",
    }
)  # fmt: skip
"""Names of Python's own interfaces: they say how an object is used, and objects of any class may be meant."""

_PLACES = (
    "builtins.",
    "typing.",
    "typing_extensions.",
    "collections.",
    "contextlib.",
    "asyncio.",
    "queue.",
    "sqlalchemy.orm.",
)


def instances_of(linker: Linker, unit: Unit, node: tree.Expr, level: int) -> Value:
    """Objects of what an annotation names; empty where it says nothing of a class."""
    if type(node) is tree.Operation:
        if node.op != "or" or node.right is None:
            return EMPTY
        return union([instances_of(linker, unit, node.left, level), instances_of(linker, unit, node.right, level)])
    if type(node) is tree.Subscript:
        return _subscripted(linker, unit, node, level)
    if type(node) is tree.Constant:
        return _quoted(linker, unit, node, level)
    if type(node) is tree.Sequence:
        return EMPTY
    value = linker.value(unit, node, level)
    found = [_objects(linker, unit, thing, level) for thing in value]
    said = union(found)
    return said if informative(said) else _alias(linker, unit, node, level) or said


def _quoted(linker: Linker, unit: Unit, node: tree.Constant, level: int) -> Value:
    """`Union["Order", None]` outside of an annotation."""
    text = node.value
    if not isinstance(text, str) or not all(part.isidentifier() for part in text.split(".")):
        return EMPTY
    first, *rest = text.split(".")
    read: tree.Expr = tree.Name(first, LAST)
    for part in rest:
        read = tree.Attribute(read, part, 0, 0)
    return instances_of(linker, unit, read, level)


def _objects(linker: Linker, unit: Unit, thing: object, level: int) -> Value:
    if type(thing) is ClassObject:
        return one(Instance(thing.name, loose=thing.loose))
    if type(thing) is External:
        place, _, last = thing.name.rpartition(".")
        if thing.name.startswith(_SHAPES):
            return EMPTY
        if last == "Self" or last in _SILENT:
            return _self(unit) if last == "Self" else EMPTY
        if f"{place}." in _PLACES and last in _CONTAINERS:
            return collection(_CONTAINERS[last])
        if f"{place}." in _PLACES and last in _MAPPINGS:
            return collection("dict")
        if thing.name in ("builtins.tuple", "typing.Tuple"):
            return collection("tuple")
        return injected.standing_in(linker, thing.name, level) | one(Made(thing.name))
    return EMPTY


def _self(unit: Unit) -> Value:
    current: Unit | None = unit
    while current is not None and current.code.kind != "class":
        current = current.parent
    return one(Instance(current.name)) if current is not None else EMPTY


def _alias(linker: Linker, unit: Unit, node: tree.Expr, level: int) -> Value:
    """`Orders = list[Order]`, and the bound of a TypeVar."""
    place = _home(linker, unit, node)
    if place is None:
        return EMPTY
    home, name = place
    found: list[Value] = []
    for binding in reaching(home.ready(), name, LAST):
        value = binding.value
        if ((type(value) is tree.Subscript or type(value) is tree.Operation) and binding.way == "=") or (
            type(value) is tree.Call and any(word == "bound" for word, _ in value.keywords)
        ):
            found.append(linker.ask("alias", home.module.name, name, level))
    return union(found)


def aliased(linker: Linker, module: str, name: str, level: int) -> Value:
    """Objects of what an alias, or the bound of a TypeVar, names."""
    home = linker.project.module(module)
    if home is None or not home.units:
        return EMPTY
    unit = home.units[0].ready()
    said: list[tree.Expr] = []
    for binding in reaching(unit, name, LAST):
        if type(binding.value) is tree.Call:
            said += [given for word, given in binding.value.keywords if word == "bound"]
        elif binding.value is not None:
            said.append(binding.value)
    return union([instances_of(linker, unit, value, level) for value in said])


def _home(linker: Linker, unit: Unit, node: tree.Expr) -> tuple[Unit, str] | None:
    """The module code that binds the name of an alias."""
    if type(node) is not tree.Name:
        return None
    module, name = unit.module, node.id
    for _ in range(8):
        if not module.units:
            return None
        found = reaching(module.units[0].ready(), name, LAST)
        imports = [binding.module for binding in found if binding.module is not None]
        if not imports:
            return (module.units[0], name) if found else None
        other = linker.module(module.absolute(imports[-1]), imports[-1].attribute)
        if other is None or not imports[-1].attribute:
            return None
        module, name = other, imports[-1].attribute
    return None


def _subscripted(linker: Linker, unit: Unit, node: tree.Subscript, level: int) -> Value:
    inner = node.index.elements if type(node.index) is tree.Sequence else (node.index,)
    found: list[Value] = []
    for thing in linker.value(unit, node.value, level):
        if type(thing) is ClassObject:
            found.append(one(Instance(thing.name)))
        elif type(thing) is External:
            found.append(_outside(linker, unit, thing.name, inner, level))
    return union(found)


def _outside(linker: Linker, unit: Unit, name: str, inner: tuple[tree.Expr, ...], level: int) -> Value:
    last = name.rpartition(".")[2]
    if name.startswith(_SHAPES):
        return EMPTY
    if last == "Union":
        return union([instances_of(linker, unit, part, level) for part in inner])
    if last in _THROUGH:
        return instances_of(linker, unit, inner[0], level) if inner else EMPTY
    if last in _LAST_OF:
        return instances_of(linker, unit, inner[-1], level) if inner else EMPTY
    if last in ("type", "Type"):
        return _classes(linker, unit, inner, level)
    if last in ("tuple", "Tuple") and inner:
        return _tuple(linker, unit, inner, level)
    if last in _CONTAINERS and inner:
        return collection(_CONTAINERS[last], element=instances_of(linker, unit, inner[0], level))
    if last in _MAPPINGS and len(inner) == 2:
        key, element = (instances_of(linker, unit, part, level) for part in inner)
        return collection("dict", key=key, element=element)
    return EMPTY if last in _SILENT else one(Made(name))


def _classes(linker: Linker, unit: Unit, inner: tuple[tree.Expr, ...], level: int) -> Value:
    objects = instances_of(linker, unit, inner[0], level) if inner else EMPTY
    found: list[Value] = []
    for thing in objects:
        if type(thing) is Instance:
            found.append(one(ClassObject(thing.cls, False)))
        elif type(thing) is Made:
            found.append(one(External(thing.cls)))
    return union(found)


def _tuple(linker: Linker, unit: Unit, inner: tuple[tree.Expr, ...], level: int) -> Value:
    if len(inner) == 2 and type(inner[1]) is tree.Constant and inner[1].kind == "ellipsis":
        return collection("tuple", element=instances_of(linker, unit, inner[0], level))
    items = tuple((place, instances_of(linker, unit, part, level)) for place, part in enumerate(inner))
    return collection("tuple", items=items)


def informative(value: Value) -> bool:
    """Whether an annotation says as much as the code could: not so a bare `dict`."""
    return bool(value) and not any(
        type(thing) is Collection and not (thing.items or thing.element or thing.key) for thing in value
    )


def of_interface(node: tree.Expr) -> bool:
    """Whether an annotation names an interface of Python's own, which objects of the project may have too."""
    if type(node) is tree.Operation:
        return of_interface(node.left) or (node.right is not None and of_interface(node.right))
    if type(node) is not tree.Subscript:
        return last_name(node) in _INTERFACES
    last = last_name(node.value)
    if last in _THROUGH or last == "Union":
        inner = node.index.elements if type(node.index) is tree.Sequence else (node.index,)
        return any(of_interface(part) for part in inner)
    return last in _INTERFACES


def objects(value: Value) -> Value:
    """The objects of the project in a value: what an interface may stand for, too."""
    return loosened(frozenset(thing for thing in value if type(thing) is Instance))


def harmless(value: Value) -> bool:
    """Whether a value is known and holds nothing of the project's."""
    return bool(value) and all(
        (type(thing) is Made or type(thing) is Literal or type(thing) is External or type(thing) is Opaque)
        for thing in value
    )


def sent(linker: Linker, unit: Unit, level: int) -> Value:
    """What a `yield` is given: the second part of `-> Generator[X, Y, Z]`."""
    said = unit.code.returns
    if type(said) is not tree.Subscript or type(said.index) is not tree.Sequence or unit.parent is None:
        return EMPTY
    parts = said.index.elements
    return instances_of(linker, unit.parent, parts[1], level) if len(parts) > 1 else EMPTY
