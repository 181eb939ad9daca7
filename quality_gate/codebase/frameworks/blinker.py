"""Signals of blinker, which Flask's are: who is connected to one, and who sends it.

`paid.connect(receipt)`, `@paid.connect` and `@paid.connect_via(app)` make whoever sends `paid` call `receipt`. A signal
is what `signal("paid")` or a namespace's `signal("paid")` was assigned to, or one of Flask's own, which Flask sends.
"""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.frameworks import Called, Decorated, Entry, Fact, Framework, Listens, Sends, Site
from quality_gate.codebase.frameworks._reading import argument, functions, is_one, receiver
from quality_gate.codebase.graph import Confidence
from quality_gate.codebase.tree import Attribute, Call, Expr

_MAKERS = frozenset({"blinker.signal", "blinker.base.signal", "blinker.Signal", "blinker.NamedSignal"})
_NAMESPACES = frozenset({"blinker.Namespace", "blinker.base.Namespace", "flask.signals.Namespace"})


def _signals(site: Site, node: Expr) -> list[str]:
    """The names of the signals that an expression stands for."""
    names = site.names(node)
    assigned = site.assigned(node)
    if assigned is not None and _makes_a_signal(*assigned):
        return list(names)
    return [name for name in names if name.startswith(("flask.", "flask_")) and site.definition(name) is None]


def _makes_a_signal(site: Site, made: Expr) -> bool:
    if not isinstance(made, Call):
        return False
    if _MAKERS.intersection(site.names(made.func)):
        return True
    return (
        isinstance(made.func, Attribute) and made.func.attr == "signal" and is_one(site, made.func.value, _NAMESPACES)
    )


def _connected(found: Called) -> Iterator[Fact]:
    """`paid.connect(receipt)`, `paid.connect(receipt, sender=shop)`."""
    signal = receiver(found.call)
    if signal is not None:
        heard = functions(found.site, argument(found.call, 0, "receiver"))
        yield from _listens(found.site, signal, heard, argument(found.call, 1, "sender") is not None)


def _connected_by_decorator(found: Decorated) -> Iterator[Fact]:
    """`@paid.connect`, `@paid.connect_via(shop)`."""
    target = found.decorator.func if isinstance(found.decorator, Call) else found.decorator
    if isinstance(target, Attribute):
        yield from _listens(found.site, target.value, [found.definition.name], target.attr == "connect_via")


def _listens(site: Site, signal: Expr, heard: list[str], is_one_senders: bool) -> Iterator[Fact]:
    confidence = Confidence.DISPATCH if is_one_senders else Confidence.CERTAIN
    for name in _signals(site, signal) if heard else ():
        for function in heard:
            yield Entry(function, "blinker", f"signal {name.rpartition('.')[2]}")
            yield Listens(f"blinker {name}", function, "", confidence)


def _sent(found: Called) -> Iterator[Fact]:
    """`paid.send(shop, order=order)`; whether it is a signal is known to who listens."""
    signal = receiver(found.call)
    for name in found.site.names(signal) if signal is not None else ():
        yield Sends(f"blinker {name}", found.site.scope, found.call.line, found.call.column, "blinker-signal")


BLINKER = Framework(
    "blinker",
    __doc__,
    calls={"connect": _connected, "send": _sent, "send_async": _sent},
    decorators={"connect": _connected_by_decorator, "connect_via": _connected_by_decorator},
)
