"""What calls into Python's own library, and into the libraries of the dependency catalogue, give back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from quality_gate.codebase import tree
from quality_gate.codebase.linking import annotated, containers, members, results
from quality_gate.codebase.linking.digests import in_order
from quality_gate.codebase.linking.given import Given
from quality_gate.codebase.linking.things import (
    EMPTY,
    ClassObject,
    Collection,
    External,
    Function,
    Instance,
    Literal,
    Made,
    Opaque,
    Partial,
    Value,
    collection,
    loosened,
    one,
    union,
)

if TYPE_CHECKING:
    from quality_gate.codebase.linking.linker import Linker

Outcome = Callable[["Linker", Given, int], Value]

_NAMED_METHODS = 30
"""Methods that a built name may mean."""


def outcome(linker: Linker, name: str, given: Given, level: int) -> Value:
    """What calling something from outside gives back."""
    known = _OUTCOMES.get(name)
    if known is not None:
        return known(linker, given, level)
    made = linker.factories(name, given.call)
    if made is not None:
        return one(Made(made))
    if name in _CONTAINERS:
        return collection(_CONTAINERS[name], element=containers.iterated(linker, given.first(level), level))
    last = name.rpartition(".")[2]
    if name.startswith("builtins."):
        return one(Made(name)) if last in _BUILTIN_CLASSES or looks_like_class(last) else one(Opaque(name))
    return one(Made(name)) if looks_like_class(last) else one(Opaque(name))


def looks_like_class(last: str) -> bool:
    """Whether the last part of a name is written as classes are."""
    last = last.lstrip("_")
    return last[:1].isupper() and not last.isupper()


_BUILTIN_CLASSES = frozenset(
    {"str", "int", "float", "bool", "bytes", "bytearray", "complex", "object", "range", "slice"}
)
_CONTAINERS = {
    "builtins.list": "list", "builtins.tuple": "tuple", "builtins.set": "set", "builtins.frozenset": "set",
    "builtins.sorted": "list", "builtins.reversed": "iterator", "builtins.iter": "iterator",
    "collections.deque": "list", "itertools.chain.from_iterable": "iterator", "itertools.islice": "iterator",
    "itertools.cycle": "iterator", "builtins.aiter": "iterator", "itertools.takewhile": "iterator",
    "asyncio.Queue": "list", "queue.Queue": "list", "queue.LifoQueue": "list", "queue.SimpleQueue": "list",
    "queue.PriorityQueue": "list", "multiprocessing.Queue": "list", "collections.OrderedDict": "dict",
}  # fmt: skip


def _same(linker: Linker, given: Given, level: int) -> Value:
    return given.positional(0, level) or EMPTY


def _taken(linker: Linker, given: Given, level: int) -> Value:
    value = given.first(level)
    own = [
        results.called(linker, next_, Given(linker), level)
        for thing in value
        if type(thing) is Instance
        for next_ in members.of_instance(linker, thing, "__next__", level)
    ]
    held = containers.iterated(linker, frozenset(one_ for one_ in value if type(one_) is not Instance), level)
    return union([held, *own, given.positional(1, level) or EMPTY])


def _extreme(linker: Linker, given: Given, level: int) -> Value:
    if given.positional(1, level) is None:
        return containers.iterated(linker, given.first(level), level)
    return containers.flat(given.rest(0, level))


def _enumerated(linker: Linker, given: Given, level: int) -> Value:
    element = containers.iterated(linker, given.first(level), level)
    pair = collection("tuple", items=((0, one(Made("builtins.int"))), (1, element)))
    return collection("iterator", element=pair)


def _zipped(linker: Linker, given: Given, level: int) -> Value:
    count = len(given.values) + (len(given.call.args) if given.call is not None else 0)
    items = tuple(
        (place, containers.iterated(linker, linker.expanded(given.positional(place, level) or EMPTY, level), level))
        for place in range(count)
    )
    return collection("iterator", element=collection("tuple", items=items))


def _mapped(linker: Linker, given: Given, level: int) -> Value:
    over = containers.iterated(linker, linker.expanded(given.positional(1, level) or EMPTY, level), level)
    made = [results.called(linker, thing, Given(linker, values=(over,)), level) for thing in given.first(level)]
    return collection("iterator", element=union(made))


def _filtered(linker: Linker, given: Given, level: int) -> Value:
    over = linker.expanded(given.positional(1, level) or EMPTY, level)
    return collection("iterator", element=containers.iterated(linker, over, level))


def _dict(linker: Linker, given: Given, level: int) -> Value:
    own = in_order(given.keywords(frozenset(), level))
    first = given.first(level)
    dicts = [thing for thing in first if type(thing) is Collection and thing.kind == "dict"]
    pairs = containers.iterated(linker, frozenset(thing for thing in first if thing not in dicts), level)
    key, value = (containers.at_place(linker, pairs, place, level) for place in (0, 1))
    known = frozenset(thing for thing in value if type(thing) is not Opaque)
    held = [Collection("dict", (), key, known)] if known else []
    return containers.joined([*own, *dicts, *held]) if own else collection("dict")


def _default_dict(linker: Linker, given: Given, level: int) -> Value:
    return collection("dict", element=results.outcomes(linker, given.first(level), level))


def _class_of(linker: Linker, given: Given, level: int) -> Value:
    if given.positional(1, level) is not None:
        return EMPTY
    found: list[Value] = []
    for thing in given.first(level):
        if type(thing) is Instance:
            found.append(one(ClassObject(thing.cls, thing.exact)))
        elif type(thing) is Made:
            found.append(one(External(thing.cls)))
    return union(found)


def _attribute(linker: Linker, given: Given, level: int) -> Value:
    """`getattr(x, "name")`; a name that is built stands for all methods that it fits."""
    names = given.positional(1, level) or EMPTY
    parts = [given.positional(2, level) or EMPTY]
    holders = given.first(level)
    for name in linker.expanded(names, level):
        if type(name) is Literal and isinstance(name.value, str):
            parts += [members.attribute(linker, holder, name.value, level) for holder in holders]
    built = _built(given)
    if built is not None:
        parts += [_fitting(linker, holder.cls, *built, level) for holder in holders if type(holder) is Instance]
    return union(parts)


def _built(given: Given) -> tuple[str, str] | None:
    """Beginning and end of `f"handle_{x}"`, `"handle_" + x`, `"handle_%s" % x`, `"handle_{}".format(x)`."""
    if given.call is None or len(given.call.args) < 2:
        return None
    return built_name(given, given.call.args[1])


def built_name(given: Given, node: tree.Expr) -> tuple[str, str] | None:
    """Beginning and end of a name that is put together; None where both are empty."""
    start, end = _ends(given, node)
    return (start, end) if len(start) + len(end) > 2 else None


def _ends(given: Given, node: tree.Expr, hops: int = 8) -> tuple[str, str]:
    if type(node) is tree.Formatted and node.parts:
        return _text(node.parts[0][1]), _text(node.parts[-1][1])
    if type(node) is tree.Operation and node.right is not None:
        if node.op == "mod":
            return _around_mark(_text(node.left), "%")
        return _ends_or_text(given, node.left, hops)[0], _ends_or_text(given, node.right, hops)[1]
    if type(node) is tree.Call and type(node.func) is tree.Attribute:
        if node.func.attr == "format":
            return _around_mark(_text(node.func.value), "{")
        if node.func.attr in ("lower", "strip", "replace"):
            return _ends(given, node.func.value, hops)
    if type(node) is tree.Name and given.unit is not None and hops:  # `name = "x_" + name` names itself
        bindings = given.unit.ready().bindings.get(node.id, [])
        values = [binding.value for binding in bindings if binding.way == "=" and binding.value is not None]
        if len(values) == 1 and type(values[0]) is not tree.Name:
            return _ends(given, values[0], hops - 1)
    return "", ""


def _ends_or_text(given: Given, node: tree.Expr, hops: int) -> tuple[str, str]:
    text = _text(node)
    return (text, text) if text else _ends(given, node, hops)


def _text(node: tree.Expr) -> str:
    return node.value if type(node) is tree.Constant and isinstance(node.value, str) else ""


def _around_mark(text: str, mark: str) -> tuple[str, str]:
    start, found, rest = text.partition(mark)
    if not found:
        return "", ""
    return start, rest.partition("}")[2] if mark == "{" else rest[1:]


def _fitting(linker: Linker, cls: str, start: str, end: str, level: int) -> Value:
    """The methods of a class whose names fit a built one."""
    from quality_gate.codebase.linking.classes import class_of, subclasses

    names: dict[str, None] = {}
    for one_ in (cls, *subclasses(linker, cls)[:_NAMED_METHODS]):
        info = class_of(linker, one_)
        for line in info.lineage if info is not None else ():
            unit = linker.unit(line)
            for name in unit.ready().bindings if unit is not None else ():
                if name.startswith(start) and name.endswith(end) and len(name) >= len(start) + len(end):
                    names[name] = None
    if len(names) > _NAMED_METHODS:
        return EMPTY
    return loosened(union([members.of_instance(linker, Instance(cls), name, level) for name in names]))


def _partial(linker: Linker, given: Given, level: int) -> Value:
    count = max(0, len(given.call.args) - 1) if given.call is not None else 0
    return frozenset(Partial(thing, count) for thing in given.first(level) if type(thing) is not Partial)


def _partial_method(linker: Linker, given: Given, level: int) -> Value:
    return given.first(level)


def _cast(linker: Linker, given: Given, level: int) -> Value:
    if given.unit is None or given.call is None or len(given.call.args) < 2:
        return EMPTY
    said = annotated.instances_of(linker, given.unit, given.call.args[0], level)
    return said or given.positional(1, level) or EMPTY


def _gathered(linker: Linker, given: Given, level: int) -> Value:
    return given.rest(0, level)


def _new(linker: Linker, given: Given, level: int) -> Value:
    return results.instances(linker, given.first(level))


def _called_first(linker: Linker, given: Given, level: int) -> Value:
    """`asyncio.to_thread(f, x)` gives what f returns."""
    return results.outcomes(linker, given.first(level), level)


def _chained(linker: Linker, given: Given, level: int) -> Value:
    whole = containers.flat(given.rest(0, level))
    return collection("iterator", element=containers.iterated(linker, linker.expanded(whole, level), level))


def _function(linker: Linker, given: Given, level: int) -> Value:
    return frozenset(thing for thing in given.first(level) if type(thing) is Function) or EMPTY


_OUTCOMES: dict[str, Outcome] = {
    **dict.fromkeys(
        (
            "copy.copy", "copy.deepcopy", "dataclasses.replace", "asyncio.run", "asyncio.wait_for", "asyncio.shield",
            "asyncio.create_task", "asyncio.ensure_future", "contextlib.nullcontext", "weakref.proxy",
            "functools.update_wrapper", "asgiref.sync.sync_to_async", "asgiref.sync.async_to_sync", "attr.evolve",
            "functools.lru_cache", "functools.cache", "builtins.staticmethod", "builtins.classmethod", "attrs.evolve",
            "contextlib.contextmanager", "typing.assert_type", "functools.total_ordering", "typing.final",
        ),
        _same,
    ),
    "contextlib.closing": _gathered,
    "contextlib.aclosing": _gathered,
    "builtins.next": _taken,
    "builtins.anext": _taken,
    "builtins.min": _extreme,
    "builtins.max": _extreme,
    "builtins.enumerate": _enumerated,
    "builtins.zip": _zipped,
    "builtins.map": _mapped,
    "builtins.filter": _filtered,
    "builtins.dict": _dict,
    "collections.OrderedDict": _dict,
    "collections.defaultdict": _default_dict,
    "builtins.type": _class_of,
    "builtins.getattr": _attribute,
    "functools.partial": _partial,
    "functools.partialmethod": _partial_method,
    "typing.cast": _cast,
    "asyncio.gather": _gathered,
    "builtins.object.__new__": _new,
    "asyncio.to_thread": _called_first,
    "itertools.chain": _chained,
    "functools.wraps": lambda linker, given, level: one(Opaque("functools.wraps")),
}  # fmt: skip
