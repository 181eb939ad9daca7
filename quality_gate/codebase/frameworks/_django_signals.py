"""Signals of Django: who receives them, who sends them, and what saving a model sends."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.frameworks import Called, Decorated, Entry, Fact, Listens, Sends, Site
from quality_gate.codebase.frameworks._django_forms import saved
from quality_gate.codebase.frameworks._reading import (
    argument,
    elements,
    functions,
    is_kind,
    last,
    owner,
    receiver,
    text,
)
from quality_gate.codebase.graph import Confidence
from quality_gate.codebase.tree import Attribute, Call, Expr, Name

_SIGNALS = frozenset(
    {"django.dispatch.Signal", "django.dispatch.dispatcher.Signal", "django.db.models.signals.ModelSignal"}
)
_RECEIVER = frozenset({"django.dispatch.receiver", "django.dispatch.dispatcher.receiver"})
_MODEL = frozenset({"django.db.models.Model", "django.db.models.base.Model"})
_SAVED = ("pre_save", "post_save")
_DELETED = ("pre_delete", "post_delete")
_RUNG = "django-signal"


def _is_signal(site: Site, node: Expr) -> bool:
    if any(is_kind(site, name, _SIGNALS) for name in site.types(node)):
        return True
    return any(name.startswith("django.") and ".signals." in name for name in site.names(node))


def _receiver(found: Decorated) -> Iterator[Fact]:
    """`@receiver(post_save, sender=Order)`, `@receiver([paid, refunded])`."""
    call = found.decorator
    if isinstance(call, Call) and _RECEIVER.intersection(found.site.names(call.func)):
        given = argument(call, 0, "signal")
        for signal in elements(given) if given is not None else ():
            yield from _listens(found.site, signal, [found.definition.name], argument(call, -1, "sender"))


def _connected(found: Called) -> Iterator[Fact]:
    """`post_save.connect(index, sender=Order)`."""
    signal = receiver(found.call)
    if signal is not None and _is_signal(found.site, signal):
        heard = functions(found.site, argument(found.call, 0, "receiver"))
        yield from _listens(found.site, signal, heard, argument(found.call, 1, "sender"))


def _connected_by_decorator(found: Decorated) -> Iterator[Fact]:
    """`@paid.connect`, as other libraries' signals have it too."""
    target = found.decorator.func if isinstance(found.decorator, Call) else found.decorator
    if isinstance(target, Attribute) and _is_signal(found.site, target.value):
        yield from _listens(found.site, target.value, [found.definition.name], None)


def _listens(site: Site, signal: Expr, heard: list[str], sender: Expr | None) -> Iterator[Fact]:
    signals, senders = site.names(signal), _senders(site, sender)
    # `signal.connect(receiver=r, sender=s)` in a helper: which of its callers' receivers hears which of their senders?
    mixed = sum(len(found) > 1 for found in (signals, heard, senders)) > 1
    unknown = sender is not None and not senders  # one of the models, and nothing tells which
    confidence = Confidence.POSSIBLE if mixed or unknown else Confidence.CERTAIN
    for signal_name in signals:
        shown = signal_name.rpartition(".")[2]
        for name in heard:
            for one in senders or [""]:
                of = f" of {one.rpartition('.')[2].rpartition('/')[2]}" if one else ""
                yield Entry(name, "django", f"signal {shown}{of}")
                yield Listens(f"signal {signal_name}", name, one, confidence)


def _senders(site: Site, sender: Expr | None) -> list[str]:
    """Who is meant by a sender: classes, or a model by its application's label; empty where nothing tells."""
    if sender is None:
        return []
    label = _label(text(sender) or "") or _model_by_label(site, sender)
    if label:
        return [label]
    if isinstance(sender, Attribute) and sender.attr == "__class__":
        return list(site.types(sender.value))
    if isinstance(sender, Call) and isinstance(sender.func, Name) and sender.func.id == "type" and sender.args:
        return list(site.types(sender.args[0]))
    return [name for name in site.names(sender) if _is_class(site, name)]


def _label(*words: str) -> str:
    """`catalogue/Category` of `"catalogue.Category"` and of `"catalogue", "Category"`, else empty."""
    parts = ".".join(words).split(".")
    return "/".join(parts) if len(parts) == 2 and all(parts) else ""


def _model_by_label(site: Site, node: Expr) -> str:
    """What `apps.get_model("catalogue", "Category")` stands for, written in place or assigned to a module's name."""
    assigned = site.assigned(node)
    call = assigned[1] if assigned is not None else node
    if not isinstance(call, Call) or last(call.func) != "get_model":
        return ""
    given = argument(call, 0, "app_label"), argument(call, 1, "model_name")
    return _label(*(text(one) or "" for one in given if one is not None))


def _is_class(site: Site, name: str) -> bool:
    """Whether a sender is a class, and no variable or setting of which nothing is known."""
    definition = site.definition(name)
    if definition is not None:
        return definition.kind == "class"
    return site.definition(name.partition(".")[0]) is None and not name.startswith("django.conf.")


def _sent(found: Called) -> Iterator[Fact]:
    """`paid.send(sender=Order)`; whether it is a signal is known to who listens."""
    signal = receiver(found.call)
    if signal is None:
        return
    sender = next(iter(_senders(found.site, argument(found.call, 0, "sender"))), "")
    for name in found.site.names(signal):
        yield _sends(found, f"signal {name}", sender, Confidence.CERTAIN)


def _sends(found: Called, channel: str, sender: str, confidence: Confidence) -> Sends:
    return Sends(channel, found.site.scope, found.call.line, found.call.column, _RUNG, sender, confidence)


def _saved(found: Called) -> Iterator[Fact]:
    """`order.save()`, `order.delete()`: by the class's own method where the project has one, and that says it too."""
    words = _SAVED if found.name in {"save", "asave"} else _DELETED
    for name in _models(found):
        for word in words:
            yield _sends(found, f"signal django.db.models.signals.{word}", name, Confidence.CERTAIN)
    if found.name == "save":
        yield from saved(found)


def _models(found: Called) -> Iterator[str]:
    """The models whose rows a `save()` or `delete()` writes itself."""
    site, target = found.site, receiver(found.call)
    if isinstance(target, Call) and isinstance(target.func, Name) and target.func.id == "super":
        name = owner(site.scope)
        if site.scope.rpartition(".")[2] == found.name and _is_model(site, name):
            yield name
        return
    for name in site.types(target) if target is not None else ():
        if _is_model(site, name) and site.member(name, found.name) is None:
            yield name


def _created(found: Called) -> Iterator[Fact]:
    """`Order.objects.create()`."""
    manager = receiver(found.call)
    if not isinstance(manager, Attribute):
        return
    for name in found.site.names(manager.value):
        definition = found.site.definition(name)
        if definition is not None and definition.kind == "class" and _is_model(found.site, name):
            own = found.site.member(name, "save")
            for word in _SAVED if own is None else ():
                yield _sends(found, f"signal django.db.models.signals.{word}", name, Confidence.CERTAIN)


def _is_model(site: Site, name: str) -> bool:
    return is_kind(site, name, _MODEL) or any(
        ancestor.startswith("django.contrib.auth.models.Abstract") for ancestor in site.ancestors(name)
    )


CALLS = {
    "connect": _connected,
    **dict.fromkeys(("send", "send_robust", "asend", "asend_robust"), _sent),
    **dict.fromkeys(("save", "asave", "delete", "adelete"), _saved),
    **dict.fromkeys(("create", "acreate", "get_or_create", "update_or_create"), _created),
}
DECORATORS = {"receiver": _receiver, "connect": _connected_by_decorator}
