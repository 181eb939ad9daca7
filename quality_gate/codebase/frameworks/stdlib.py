"""Python's own library: methods of the project that it calls by their names.

`start()` of a thread runs its `run`, `get()` of a mapping that inherits it asks `__getitem__`, `feed()` of an
`HTMLParser` calls the `handle_...` methods, `visit()` of a `NodeVisitor` the `visit_...` ones, a function under
`singledispatch` those that are registered with it. Handlers that are handed
to the library as classes are entry points: of requests, of log records, of options.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from quality_gate.codebase.frameworks import (
    Called,
    Calls,
    ClassDefined,
    Decorated,
    Entry,
    Fact,
    Framework,
    Site,
)
from quality_gate.codebase.frameworks._reading import argument, classes, is_one, receiver
from quality_gate.codebase.graph import Confidence, Edge
from quality_gate.codebase.tree import Attribute, Call, Expr


class _Template(NamedTuple):
    """A class of the library whose methods call those of its subclasses.

    Args:
        bases: its names.
        calls: which methods (a `*` behind them: all that begin so) each of its own methods calls.
    """

    bases: frozenset[str]
    calls: dict[str, tuple[str, ...]]


def _abstract(*names: str) -> frozenset[str]:
    """Abstract containers under the names of both modules that have them."""
    return frozenset(f"{module}.{name}" for module in ("collections.abc", "typing") for name in names)


_ITEMS = ("__iter__", "__getitem__")
_TEMPLATES = (
    _Template(
        frozenset(
            {"threading.Thread", "threading.Timer", "multiprocessing.Process", "multiprocessing.context.Process"}
        ),
        {"start": ("run",)},
    ),
    _Template(
        _abstract("Mapping", "MutableMapping"),
        {"get": ("__getitem__",), "keys": ("__iter__",), "items": _ITEMS, "values": _ITEMS},
    ),
    _Template(
        _abstract("MutableMapping"),
        {
            "pop": ("__getitem__", "__delitem__"),
            "popitem": (*_ITEMS, "__delitem__"),
            "clear": (*_ITEMS, "__delitem__"),
            "setdefault": ("__getitem__", "__setitem__"),
            "update": ("__setitem__",),
        },
    ),
    _Template(
        _abstract("Sequence", "MutableSequence"),
        {"index": ("__getitem__",), "count": ("__getitem__",)},
    ),
    _Template(
        _abstract("MutableSequence"),
        {
            "append": ("insert", "__len__"),
            "extend": ("insert", "__len__"),
            "pop": ("__getitem__", "__delitem__"),
            "remove": ("__getitem__", "__delitem__"),
            "clear": ("__getitem__", "__delitem__"),
            "reverse": ("__len__", "__getitem__", "__setitem__"),
        },
    ),
    _Template(
        _abstract("MutableSet"),
        {"remove": ("__contains__", "discard"), "pop": ("__iter__", "discard"), "clear": ("__iter__", "discard")},
    ),
    _Template(
        frozenset({"io.IOBase", "io.RawIOBase", "io.BufferedIOBase", "io.TextIOBase"}),
        {"readline": ("read",), "readlines": ("readline", "read"), "writelines": ("write",), "close": ("flush",)},
    ),
    _Template(
        frozenset({"io.RawIOBase"}),
        {"read": ("readinto", "readall"), "readall": ("read", "readinto"), "readline": ("readinto",)},
    ),
    _Template(
        frozenset({"html.parser.HTMLParser"}),
        {"feed": ("handle_*", "unknown_decl"), "close": ("handle_*", "unknown_decl")},
    ),
    _Template(
        frozenset({"ast.NodeVisitor", "ast.NodeTransformer"}),
        {"visit": ("visit_*", "generic_visit"), "generic_visit": ("visit", "visit_*")},
    ),
    _Template(
        frozenset({"json.JSONEncoder", "json.encoder.JSONEncoder"}),
        {"encode": ("default", "iterencode"), "iterencode": ("default",)},
    ),
    _Template(frozenset({"cmd.Cmd"}), {"cmdloop": ("do_*", "onecmd", "default"), "onecmd": ("do_*", "default")}),
)
_BY_METHOD = {
    method: tuple(template for template in _TEMPLATES if method in template.calls)
    for template in _TEMPLATES
    for method in template.calls
}
_STACKS = frozenset({"contextlib.ExitStack", "contextlib.AsyncExitStack"})
_COPIED = {"copy.copy": "__copy__", "copy.deepcopy": "__deepcopy__"}


def _inherited(found: Called) -> Iterator[Fact]:
    """`order_thread.start()`, where the project's class has no `start` of its own."""
    site, target = found.site, receiver(found.call)
    for name in site.types(target) if target is not None else ():
        if site.definition(name) is None or site.member(name, found.name) is not None:
            continue
        ancestors = site.ancestors(name)
        for template in _BY_METHOD[found.name]:
            if not template.bases.isdisjoint(ancestors):
                yield from _calls(found, _methods(site, name, template.calls[found.name]))


def _methods(site: Site, name: str, wanted: tuple[str, ...]) -> Iterator[str]:
    for method in site.members(name):
        last = method.rpartition(".")[2]
        if any(last == one or (one.endswith("*") and last.startswith(one[:-1])) for one in wanted):
            yield method


def _calls(found: Called, methods: Iterator[str]) -> Iterator[Fact]:
    for method in methods:
        place = found.call.line, found.call.column
        yield Calls(Edge(found.site.scope, method, *place, Confidence.CERTAIN, "stdlib-template"))


def _entered(found: Called) -> Iterator[Fact]:
    """`stack.enter_context(lock)` enters, and leaves when the stack is left."""
    stack = receiver(found.call)
    if stack is not None and is_one(found.site, stack, _STACKS):
        words = ("__aenter__", "__aexit__") if "async" in found.name else ("__enter__", "__exit__")
        yield from _calls(found, _of_value(found.site, argument(found.call, 0, "cm"), words))


def _of_value(site: Site, node: Expr | None, words: tuple[str, ...]) -> Iterator[str]:
    for name in site.types(node) if node is not None else ():
        yield from (member for word in words if (member := site.member(name, word)))


def _copied(found: Called) -> Iterator[Fact]:
    """`copy.copy(order)`."""
    for name in found.site.names(found.call.func):
        if name in _COPIED:
            yield from _calls(found, _of_value(found.site, argument(found.call, 0, "x"), (_COPIED[name],)))


def _inserted(found: Called) -> Iterator[Fact]:
    """`bisect.insort(orders, order)` asks the container, whatever its class."""
    for name in found.site.names(found.call.func):
        if name.startswith("bisect."):
            yield from _calls(found, _of_value(found.site, argument(found.call, 0, "a"), _BISECTED[found.name]))


_SEARCHED = ("__len__", "__getitem__")
_BISECTED = {
    **dict.fromkeys(("bisect", "bisect_left", "bisect_right"), _SEARCHED),
    **dict.fromkeys(("insort", "insort_left", "insort_right"), (*_SEARCHED, "insert")),
}


def _encoded(found: Called) -> Iterator[Fact]:
    """`json.dumps(order, cls=OrderEncoder)`."""
    given = argument(found.call, -1, "cls")
    if given is not None and any(name.startswith("json.") for name in found.site.names(found.call.func)):
        for name in classes(found.site, given):
            yield from _calls(found, _methods(found.site, name, ("default",)))


def _registered(found: Decorated) -> Iterator[Fact]:
    """`@pay.register` below `@singledispatch def pay`, of methods too: the one that is called runs what fits."""
    target = found.decorator.func if isinstance(found.decorator, Call) else found.decorator
    for name in found.site.names(target.value) if isinstance(target, Attribute) else ():
        generic = found.site.definition(name)
        if generic is not None and any(last.rpartition(".")[2] in _DISPATCHING for last in generic.decorators):
            place = generic.line, 1
            yield Calls(Edge(name, found.definition.name, *place, Confidence.DISPATCH, "stdlib-singledispatch"))


_DISPATCHING = frozenset({"singledispatch", "singledispatchmethod"})


def _handler(found: ClassDefined) -> Iterator[Fact]:
    """Classes that the library makes objects of, or is handed objects of."""
    site, name = found.site, found.definition.name
    shown = name.rpartition(".")[2]
    wanted, what = _HANDLERS[found.base]
    for method in _methods(site, name, wanted):
        last = method.rpartition(".")[2]
        yield Entry(
            method, "stdlib", f"{last.removeprefix('do_')} request" if last.startswith("do_") else f"{what} {shown}"
        )


_REQUESTS = (("do_*", "handle"), "request to")
_HANDLERS: dict[str, tuple[tuple[str, ...], str]] = {
    "http.server.BaseHTTPRequestHandler": _REQUESTS,
    "http.server.SimpleHTTPRequestHandler": _REQUESTS,
    "socketserver.BaseRequestHandler": _REQUESTS,
    "socketserver.StreamRequestHandler": _REQUESTS,
    "logging.Handler": (("emit", "handleError", "format"), "log handler"),
    "logging.StreamHandler": (("emit", "handleError", "format"), "log handler"),
    "logging.Formatter": (("format", "formatTime", "formatException"), "log formatter"),
    "logging.Filter": (("filter",), "log filter"),
    "argparse.Action": (("__call__",), "option"),
    "asyncio.Protocol": (("data_received", "connection_made", "connection_lost", "eof_received"), "protocol"),
    "asyncio.DatagramProtocol": (("datagram_received", "error_received", "connection_made"), "protocol"),
}

STDLIB = Framework(
    "stdlib",
    __doc__,
    calls={
        **dict.fromkeys(_BY_METHOD, _inherited),
        **dict.fromkeys(("enter_context", "enter_async_context"), _entered),
        **dict.fromkeys(("copy", "deepcopy"), _copied),
        **dict.fromkeys(_BISECTED, _inserted),
        **dict.fromkeys(("dump", "dumps"), _encoded),
    },
    decorators={"register": _registered},
    bases=dict.fromkeys(_HANDLERS, _handler),
)
