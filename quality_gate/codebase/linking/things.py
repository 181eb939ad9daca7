"""What an expression may stand for. A value is a set of things; the empty set says that nothing tells.

Ask `type(thing) is Instance`, never `isinstance`: of a class that is none of Python's own kind that takes seven times
as long, and linking asks ten million times.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias, final

import msgspec


@final
class Instance(msgspec.Struct, frozen=True, cache_hash=True, array_like=True, tag=1):
    """An object of a class of the project.

    Args:
        cls: the class.
        exact: whether it is of this very class, because its making was seen; else it may be of a subclass.
        loose: whether only an override or a registry says so.
        around: the function that it was made of, as a decorator.
    """

    cls: str
    exact: bool = False
    loose: bool = False
    around: str = ""


@final
class ClassObject(msgspec.Struct, frozen=True, cache_hash=True, array_like=True, tag=2):
    """A class of the project itself; exact and loose as of `Instance`."""

    name: str
    exact: bool = True
    loose: bool = False


@final
class Function(msgspec.Struct, frozen=True, cache_hash=True, array_like=True, tag=3):
    """A function, method or lambda of the project.

    Args:
        receiver: what it is bound to: its first parameter is given already.
        wraps: the function that a decorator made it around.
    """

    name: str
    receiver: Thing | None = None
    loose: bool = False
    wraps: Thing | None = None


@final
class ModuleObject(msgspec.Struct, frozen=True, cache_hash=True, array_like=True, tag=4):
    """A module of the project."""

    name: str


@final
class External(msgspec.Struct, frozen=True, cache_hash=True, array_like=True, tag=5):
    """A module, class, function or method from outside, by its dotted name; `builtins.len` too."""

    name: str


@final
class Made(msgspec.Struct, frozen=True, cache_hash=True, array_like=True, tag=6):
    """An object of a class from outside: `requests.Session`, `builtins.str`."""

    cls: str


@final
class Literal(msgspec.Struct, frozen=True, cache_hash=True, array_like=True, tag=7):
    """A string or a number that is known."""

    kind: str
    value: str | int


@final
class Collection(msgspec.Struct, frozen=True, cache_hash=True, array_like=True, tag=8):
    """A container.

    Args:
        kind: `list`, `tuple`, `set`, `dict`, `iterator`.
        items: values by known key or place.
        key, element: keys and values whose places are not known.
    """

    kind: str
    items: tuple[tuple[str | int, Value], ...] = ()
    key: Value = frozenset()
    element: Value = frozenset()


@final
class Parameter(msgspec.Struct, frozen=True, cache_hash=True, array_like=True, tag=9):
    """Whatever a caller gives for a parameter.

    Args:
        function: the function that has it.
        made: what calling the thing that the caller gives returns.
    """

    function: str
    name: str
    made: bool = False


@final
class Partial(msgspec.Struct, frozen=True, cache_hash=True, array_like=True, tag=10):
    """A function of which some arguments are given already: `functools.partial(f, x)`."""

    function: Thing
    given: int = 0


@final
class Super(msgspec.Struct, frozen=True, cache_hash=True, array_like=True, tag=11):
    """`super()`: looks behind `after` in the order of the receiver's classes."""

    after: str
    receiver: Thing


@final
class Opaque(msgspec.Struct, frozen=True, cache_hash=True, array_like=True, tag=12):
    """Something from outside of which the class is not known; `of` is what gave it."""

    of: str


Thing: TypeAlias = (
    Instance
    | ClassObject
    | Function
    | ModuleObject
    | External
    | Made
    | Literal
    | Collection
    | Parameter
    | Partial
    | Super
    | Opaque
)
Value: TypeAlias = frozenset[Thing]

EMPTY: Value = frozenset()
"""Nothing tells."""
MANY = 48
"""So many things tell nothing any more."""

_DEEPEST = 3
"""Containers within containers that are told apart."""


def one(thing: Thing) -> Value:
    """A value of one thing."""
    return frozenset((thing,))


def class_name(thing: Instance | ClassObject) -> str:
    """The class that a thing is, or is an object of."""
    return thing.cls if type(thing) is Instance else thing.name


def union(values: list[Value]) -> Value:
    """All that any of the values may be; nothing where that is too much to tell."""
    if len(values) == 1:
        return values[0]
    found = [value for value in values if value]
    if not found:
        return EMPTY
    if len(found) == 1:
        return found[0]
    whole = found[0].union(*found[1:])
    if len(whole) <= MANY:
        return whole
    whole = frozenset(thing for thing in whole if type(thing) is not Literal)
    return whole if len(whole) <= MANY else EMPTY


@lru_cache(maxsize=1 << 15)
def _depth(thing: Collection) -> int:
    """How deep containers stand in containers."""
    inner = [_deepest(held) for _, held in thing.items]
    return 1 + max([*inner, _deepest(thing.key), _deepest(thing.element)])


def _deepest(value: Value) -> int:
    found = 0
    for thing in value:
        if thing.__class__ is Collection:
            found = max(found, _depth(thing))
    return found


@lru_cache(maxsize=1 << 15)
def open_ended(value: Value) -> bool:
    """Whether anything in a value is up to callers."""
    for thing in value:
        kind = thing.__class__
        if kind is Parameter or (type(thing) is Function and type(thing.receiver) is Parameter):
            return True
        if type(thing) is Collection and (
            open_ended(thing.element) or open_ended(thing.key) or any(open_ended(held) for _, held in thing.items)
        ):
            return True
    return False


def collection(
    kind: str, items: tuple[tuple[str | int, Value], ...] = (), key: Value = EMPTY, element: Value = EMPTY
) -> Value:
    """A container as a value; one that nests too deep has lost what is in it."""
    found = Collection(kind, items, key, element)
    return one(found if _depth(found) <= _DEEPEST else Collection(kind))


def everything_in(found: Collection) -> Value:
    """All values that a container holds."""
    if not found.items:
        return found.element
    return union([*(value for _, value in found.items), found.element])


def loosened(value: Value) -> Value:
    """The same, of which only an override or a registry tells."""
    return frozenset(
        msgspec.structs.replace(thing, loose=True)
        if (type(thing) is Instance or type(thing) is ClassObject or type(thing) is Function)
        else thing
        for thing in value
    )
