"""Edges of calls that are written as calls: `f()`, `@f`, `class C(Base)`, `raise E`, functions handed to others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quality_gate.codebase import frameworks, tree
from quality_gate.codebase.facts import Code
from quality_gate.codebase.graph import Confidence
from quality_gate.codebase.linking import implicit, members, targets
from quality_gate.codebase.linking.aliases import given_to
from quality_gate.codebase.linking.classes import class_of, defining, in_doubt, method
from quality_gate.codebase.linking.rungs import text_of
from quality_gate.codebase.linking.sites import name_of
from quality_gate.codebase.linking.targets import Place
from quality_gate.codebase.linking.things import (
    ClassObject,
    Collection,
    External,
    Function,
    Instance,
    Literal,
    Made,
    ModuleObject,
    Opaque,
    Partial,
    Super,
    Thing,
    Value,
)
from quality_gate.codebase.linking.units import Unit, last_name

if TYPE_CHECKING:
    from quality_gate.codebase.linking.emitting import Emitter

_COMMON = frozenset(name for kind in (dict, list, str, set, bytes, tuple, object, int) for name in dir(kind))
"""Methods that every program calls on things that are not its own."""

_REGISTERING = (
    "connect",
    "register",
    "subscribe",
    "add_",
    "on_",
    "listen",
    "install",
    "route",
    "bind",
    "signal",
    "set_",
)
_AT_ONCE = frozenset(
    {
        "builtins.map", "builtins.filter", "builtins.sorted", "builtins.min", "builtins.max", "functools.reduce",
        "re.sub", "re.subn", "itertools.groupby", "itertools.starmap", "itertools.takewhile", "itertools.dropwhile",
        "itertools.accumulate", "itertools.filterfalse", "builtins.list.sort", "heapq.nlargest", "heapq.nsmallest",
        "contextlib.suppress", "builtins.next", "builtins.iter", "bisect.bisect", "bisect.insort", "asyncio.run",
        "builtins.dict.setdefault", "builtins.any", "builtins.all", "builtins.sum", "collections.defaultdict",
    }
)  # fmt: skip
_NEVER = frozenset(
    {
        "builtins.isinstance", "builtins.issubclass", "builtins.print", "builtins.getattr", "builtins.setattr",
        "builtins.hasattr", "builtins.callable", "builtins.repr", "builtins.str", "builtins.id", "builtins.type",
        "functools.wraps", "functools.update_wrapper", "inspect.signature", "functools.partial", "typing.cast",
        "builtins.staticmethod", "builtins.classmethod", "builtins.property", "builtins.hash", "builtins.super",
        "inspect.iscoroutinefunction", "asyncio.iscoroutinefunction", "typing.get_type_hints", "copy.copy",
        "builtins.list.append", "builtins.list.insert", "builtins.set.add", "builtins.dict.get", "builtins.dict.update",
        "builtins.list.extend", "builtins.list.remove", "builtins.dict.pop", "builtins.len", "builtins.list.index",
        "builtins.set.discard", "builtins.set.remove", "inspect.getsource", "inspect.isclass", "inspect.ismethod",
        "functools.lru_cache", "functools.cache", "contextlib.contextmanager", "types.MethodType", "builtins.vars",
        "builtins.tuple", "builtins.list", "builtins.set", "builtins.dict", "builtins.zip", "builtins.enumerate",
    }
)  # fmt: skip
_GIVES_ITS_OWN = frozenset(
    {
        "argparse", "base64", "calendar", "codecs", "configparser", "csv", "datetime", "decimal", "difflib", "email",
        "fnmatch", "fractions", "ftplib", "getpass", "glob", "gzip", "hashlib", "hmac", "html", "http", "imaplib", "io",
        "ipaddress", "json", "locale", "logging", "math", "mimetypes", "os", "pathlib", "platform", "poplib", "random",
        "re", "secrets", "select", "selectors", "shlex", "shutil", "smtplib", "socket", "sqlite3", "ssl", "statistics",
        "string", "struct", "subprocess", "tarfile", "tempfile", "textwrap", "time", "traceback", "urllib", "uuid",
        "xml", "zipfile", "zlib", "zoneinfo",
    }
)  # fmt: skip
"""Modules of the standard library whose functions return things of their own, never what a project has handed in."""


def call(emitter: Emitter, node: tree.Call) -> None:
    """A call."""
    function = node.func
    place = Place(emitter.into, node.line, node.column, (emitter.unit, function), node.awaited)
    linker, level = emitter.linker, emitter.level
    if type(function) is tree.Attribute:
        holders = linker.full(emitter.unit, function.value, level)
        place.several = targets.of_several(holders)
        found = _called_on(emitter, holders, function, place)
    else:
        holders = found = linker.full(emitter.unit, function, level)
        if not targets.run(linker, found, place, level):
            _not_known(emitter, function, found, place)
    names = tuple(sorted({name for thing in found if (name := name_of(thing))}))
    emitter.told += frameworks.called(emitter.site, node, names)
    outside = sorted({known for thing in found if (known := _outside_name(thing)) is not None})
    if outside and not any(type(thing) is Function or type(thing) is ClassObject for thing in found):
        _handed_over(emitter, node, outside[0], place)
        implicit.builtin_call(emitter, node, outside)
    if type(function) is tree.Attribute and not found:
        _unknown_method(emitter, node, function, holders, place)


def _outside_name(thing: object) -> str | None:
    if type(thing) is External:
        return thing.name
    if type(thing) is Opaque:
        return f"{thing.of}()"
    return f"{thing.cls}.__call__" if type(thing) is Made else None


def _called_on(emitter: Emitter, holders: Value, function: tree.Attribute, place: Place) -> Value:
    """Note what `holder.name()` runs for each thing that the holder may be."""
    linker, level = emitter.linker, emitter.level
    whole: set[Thing] = set()
    known = False
    for holder in holders:
        found = linker.expanded(members.attribute(linker, holder, function.attr, level), level)
        if type(holder) is Super:
            place.rung = "super"
        known = targets.run(linker, found, place, level) or known
        whole |= found
        if type(holder) is Instance or type(holder) is ClassObject:
            known = targets.overrides(linker, holder, function.attr, place) or known
        if type(holder) is Instance and not found:
            known = _through_getattr(emitter, holder, place) or known
    if not known and whole:
        _not_known(emitter, function, frozenset(whole), place)
    return frozenset(whole)


def _through_getattr(emitter: Emitter, holder: Instance, place: Place) -> bool:
    getter = method(emitter.linker, holder.cls, "__getattr__")
    return getter is not None  # the edge itself is the attribute read's


def _not_known(emitter: Emitter, function: tree.Expr, found: Value, place: Place) -> None:
    text = text_of(function)
    opaque = sorted((thing for thing in found if type(thing) is Opaque), key=lambda thing: thing.of)
    if opaque and all(thing.of.startswith("builtins.") for thing in opaque):
        return
    if any(type(thing) is Literal or type(thing) is Collection or type(thing) is ModuleObject for thing in found):
        return
    if opaque and all(thing.of.partition(".")[0] in _GIVES_ITS_OWN for thing in opaque):
        for thing in opaque:
            name = f"{thing.of}().{function.attr}" if type(function) is tree.Attribute else f"{thing.of}()"
            place.into.external(name, place.line, place.column, place.awaited)
        return
    reason = f"nothing tells what {opaque[0].of} returns" if opaque else f"nothing tells what {text} is"
    place.into.unresolved(text, place.line, place.column, reason[:200])


def _unknown_method(emitter: Emitter, node: tree.Call, function: tree.Attribute, holders: Value, place: Place) -> None:
    """A call on something whose class is not known, or whose class has no such method as far as it is seen."""
    text = text_of(function)
    holder = text_of(function.value)
    own = sorted((thing for thing in holders if type(thing) is Instance or type(thing) is ClassObject), key=_class_name)
    if own and any(_proxy(emitter, thing) for thing in own if type(thing) is Instance):
        return
    if not holders or (all(in_doubt(emitter.linker, _class_name(thing)) for thing in own) and own):
        _by_name(emitter, function.attr, place)
    if own:
        reason = f"{_class_name(own[0])} has no {function.attr} that is seen"
    elif any(type(thing) is ModuleObject for thing in holders):
        reason = f"the module {holder} has no {function.attr} that is seen"
    else:
        reason = f"nothing tells the class of {holder}"
    place.into.unresolved(text, place.line, place.column, reason[:200])


def _proxy(emitter: Emitter, thing: Instance) -> bool:
    return method(emitter.linker, thing.cls, "__getattr__") is not None


def _class_name(thing: object) -> str:
    if type(thing) is Instance:
        return thing.cls
    return thing.name if type(thing) is ClassObject else ""


def _by_name(emitter: Emitter, name: str, place: Place) -> None:
    """Rung `name`: the only method of the project that is called so."""
    if name in _COMMON:
        return
    found = emitter.linker.indexed("methods", name)
    if found and len({unit.name for unit in found}) == 1:
        place.into.edge(found[0].name, place.line, place.column, Confidence.POSSIBLE, "name")


def _handed_over(emitter: Emitter, node: tree.Call, name: str, place: Place) -> None:
    """Functions that are given to something from outside, which will call them."""
    if name in _NEVER:
        return
    arguments = [argument for argument in given_to(node) if _may_be_function(emitter, argument)]
    if not arguments:
        return
    at_once = name in _AT_ONCE
    last = name.rpartition(".")[2]
    registering = emitter.unit.code.kind != "function" or last.lstrip("_").startswith(_REGISTERING)
    confidence = Confidence.POSSIBLE if registering else Confidence.DISPATCH
    for argument in arguments:
        for thing in emitter.linker.full(emitter.unit, argument, emitter.level):
            inner = thing.function if type(thing) is Partial else thing
            if type(inner) is Function and emitter.linker.unit(inner.name) is not None:
                if at_once and not inner.loose:
                    emitter.into.edge(inner.name, place.line, place.column, Confidence.CERTAIN, "callback")
                else:
                    emitter.into.edge(inner.name, place.line, place.column, confidence, "handed-over")
            elif type(inner) is ClassObject and at_once:
                targets.run(
                    emitter.linker,
                    frozenset((inner,)),
                    Place(emitter.into, place.line, place.column, "callback"),
                    emitter.level,
                )


def _may_be_function(emitter: Emitter, node: tree.Expr) -> bool:
    """Whether it is worth asking what an argument is."""
    if type(node) is tree.Attribute:
        return emitter.linker.known("methods", node.attr) > 0 or emitter.linker.known("functions", node.attr) > 0
    if type(node) is tree.Call:
        return last_name(node.func) in ("partial", "partialmethod")
    return type(node) is tree.Name or type(node) is tree.Lambda


def raised(emitter: Emitter, value: tree.Expr, line: int) -> None:
    """`raise Declined` makes an object of the class."""
    found = emitter.linker.full(emitter.unit, value, emitter.level)
    place = Place(emitter.into, line, 1, "raise")
    classes = frozenset(thing for thing in found if type(thing) is ClassObject)
    targets.run(emitter.linker, classes, place, emitter.level)


def decorated(emitter: Emitter, decorator: tree.Expr, code: Code) -> None:
    """`@f` calls f, and `@f(x)` what f returned, where the definition stands."""
    node = decorator.func if type(decorator) is tree.Call else decorator
    line = node.line if type(node) is tree.Attribute else code.first
    place = Place(emitter.into, line, 1, "decorator")
    found = emitter.linker.full(emitter.unit, decorator, emitter.level)
    own = frozenset(
        thing for thing in found if (type(thing) is Function or type(thing) is ClassObject or type(thing) is Instance)
    )
    targets.run(emitter.linker, own, place, emitter.level)


def class_made(emitter: Emitter, unit: Unit) -> None:
    """`class C(Base)` runs `Base.__init_subclass__`, the metaclass, and `__set_name__` of what its body binds."""
    linker = emitter.linker
    info = class_of(linker, unit.name)
    if info is None:
        return
    place = Place(emitter.into, unit.code.line, 1, "class")
    for base in info.bases:
        owner = defining(linker, base, "__init_subclass__")
        if owner is not None:
            place.edge(f"{owner.name}.__init_subclass__", False)
            break
    if info.metaclass is not None:
        for name in ("__prepare__", "__new__", "__init__"):
            owner = defining(linker, info.metaclass, name)
            if owner is not None:
                place.edge(f"{owner.name}.{name}", False, "metaclass")
