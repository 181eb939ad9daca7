"""What readers of frameworks find in one module; `_joining` makes entry points and edges of it."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from quality_gate.codebase.graph import Confidence, Edge


class Entry(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """A function that a framework calls; fields as in `EntryPoint`."""

    name: str
    framework: str
    what: str


class Route(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """A function that answers requests.

    Args:
        router: what the route hangs on: a Flask application or blueprint, a FastAPI router, a module of Django URLs;
            dotted, empty where nothing tells.
        name: of the definition.
        method: `POST`; empty for any.
        path: below the router's own path.
        loose: whether it answers only where its router hangs somewhere: a class-based view that no URL names does not.
        line: on which it begins, 1-based; 0 where nothing that it shares with other routes is called for it.
    """

    router: str
    name: str
    method: str
    path: str
    framework: str
    loose: bool = False
    line: int = 0


class Mount(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """A router hangs on another one below a path.

    Args:
        parent: empty for a path that the router brings itself (`Blueprint("orders", url_prefix="/orders")`).
        instead: whether the path stands instead of the router's own, and not before it.
        apart: whether what the parent's routes share is not called for the child's.
    """

    parent: str
    path: str
    child: str
    instead: bool = False
    apart: bool = False


class Listens(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """A function runs when something is sent.

    Args:
        channel: what must be sent: `signal django.db.models.signals.post_save`, `task shop.tasks.settle`.
        name: of the definition.
        sender: who must send it: a class, dotted, or a model of Django by its application's label, `shop/Order`; empty
            for anybody.
        confidence: possible where function, channel and sender may not belong together, or nothing tells the sender.
    """

    channel: str
    name: str
    sender: str = ""
    confidence: Confidence = Confidence.CERTAIN


class Sends(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """A call sends something; without a listener it makes no edge. line and column are 1-based.

    Args:
        sender: who sends it, as above; empty where nothing tells.
    """

    channel: str
    caller: str
    line: int
    column: int
    rung: str
    sender: str = ""
    confidence: Confidence = Confidence.CERTAIN


class Calls(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """A framework makes one function call another."""

    edge: Edge


class Shared(msgspec.Struct, frozen=True, array_like=True, tag=7):
    """A function is called for every route of a router, and of those that hang on it.

    Args:
        router: as in `Route`.
        name: of the definition.
    """

    router: str
    name: str
    rung: str


Fact: TypeAlias = Entry | Route | Mount | Listens | Sends | Calls | Shared
