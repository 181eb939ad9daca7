"""QG108 wrong-exception-family."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from astroid import nodes

from quality_gate_checkers.dependencies import Fallible, Library, catalogue
from quality_gate_checkers.inference import InferredHit, Sight, inferring
from quality_gate_checkers.inference._real import calls_in, classes_of, families, lineage, raises_any
from quality_gate_checkers.model.roles import Role

_JUDGED = frozenset(
    {
        "requests", "httpx", "redis", "SQLAlchemy", "boto3", "kafka-python", "confluent-kafka", "grpc", "pymongo",
        "stripe", "elasticsearch", "pika", "psycopg", "psycopg2",
    }
)  # fmt: skip
"""Libraries that wrap what their sockets raise. The others let it through, or call what the project gives them."""

_LET_THROUGH = ("sqlalchemy.ext.asyncio.", "celery.")
_LOST = frozenset({"builtins.ConnectionError", "builtins.TimeoutError"})
_QUIET = frozenset({"json", "logging", "time", "datetime", "decimal", "uuid", "re", "math", "copy", "builtins"})
"""Modules whose functions lose no connection."""

_LOUD = frozenset(
    f"builtins.{name}"
    for name in ("open", "print", "input", "next", "iter", "map", "filter", "getattr", "exec", "eval")
)
_PATCHES = frozenset({"patch", "object"})


@inferring(
    "QG108",
    "wrong-exception-family",
    visits=("try", "call"),
    roles=frozenset({Role.SOURCE, Role.COMMAND_LINE, Role.TESTS}),
)
def wrong_exception_family(node: nodes.NodeNG, sight: Sight) -> Iterator[InferredHit]:
    """A handler for a failure that what it guards never raises, because the library has a family of its own.

    requests, httpx, redis, SQLAlchemy, boto3, kafka, grpc and others wrap a lost connection and a timeout in exceptions
    of their own, which do not inherit the built-in `ConnectionError` and `TimeoutError`. A handler is judged when every
    call in the `try` is known, by the classes that are really installed. In tests the same mistake is a mock whose
    `side_effect` is an exception that the mocked call never raises.

    ## In production
    The connection is lost, the handler written for that is passed by, and the request ends in a traceback.

    ## Bad
    ```python
    import requests

    def rates():
        try:
            return requests.get("https://rates.example", timeout=5)
        except ConnectionError:
            return None
    ```

    ## Good
    ```python
    import requests

    def rates():
        try:
            return requests.get("https://rates.example", timeout=5)
        except requests.ConnectionError:
            return None
    ```

    ## When not to use it
    Where an adapter, a transport or a hook of your own raises the built-in exception through the library.

    ## What other linters see
    None known sees it: pylint's own checks know that a handler repeats another, not what a call raises.

    ## Known missed alarms
    Blocks in which one call resolves to nothing or to the project's own code.

    ## Measured
    No hit in the handlers and tests of 14 public backend projects, with the commonest clients installed and most other
    packages of theirs not: neither a false alarm nor a true one. Its precision is unknown. Small programs have the
    mistake often: of ten handlers `except ConnectionError` right behind `requests.get` that a search of public code
    gave, six in five files mean the built-in one for certain and one means requests' own. Written anew, those are all
    found and this one is left alone.
    """
    if sight.role is Role.TESTS:
        if isinstance(node, nodes.Call):
            yield from _impossible_failure(node)
        return
    if not isinstance(node, nodes.Try):
        return
    libraries: list[Library] | None = None
    for handler in node.handlers:
        wrong = [kind for kind in _caught(handler) if _is_lost_connection(kind)]
        if not wrong:
            continue
        libraries = _called_in(node, sight) if libraries is None else libraries
        if not libraries or not all(families(one) for one in libraries):  # nothing called, or nothing installed
            return
        if any(raises_any(one, kind) for one in libraries for kind in _caught(handler)):
            continue
        names = ", ".join(sorted({one.name for one in libraries}))
        yield InferredHit(
            handler,
            f"except {' and '.join(kind.qname().removeprefix('builtins.') for kind in wrong)} is never entered: "
            f"{names} raises no such exception here",
            f"catch {_instead(libraries[0], wrong[0])}",
        )


def _caught(handler: nodes.ExceptHandler) -> list[nodes.ClassDef]:
    if handler.type is None:
        return []
    parts = handler.type.elts if isinstance(handler.type, nodes.Tuple) else [handler.type]
    return [kind for part in parts for kind in classes_of(part)]


def _is_lost_connection(kind: nodes.ClassDef) -> bool:
    """A built-in exception of a lost connection or a timeout, or one of a library that the catalogue knows."""
    name = str(kind.qname())
    if name.startswith("builtins."):
        return not lineage(kind).isdisjoint(_LOST)
    return name in _library_exceptions()


@cache
def _library_exceptions() -> frozenset[str]:
    """Exceptions of the judged libraries' own packages, by the name that the installed class has."""
    judged = [library for library in catalogue().libraries if library.name in _JUDGED]
    return frozenset(
        name
        for library in judged
        for family in families(library)
        for name in family
        if name.partition(".")[0] in library.modules
    )


def _called_in(node: nodes.Try, sight: Sight) -> list[Library]:
    """The libraries that the guarded block calls; empty where it does anything that may raise something else."""
    if any(True for part in node.body for _ in part.nodes_of_class((nodes.Yield, nodes.YieldFrom, nodes.Raise))):
        return []
    libraries: list[Library] = []
    for call in calls_in(node.body):
        names = sight.called(call)
        if not names:
            return []
        for name in names:
            known = _known(name)
            if known is not None:
                libraries.append(known)
            elif not _is_quiet(name):
                return []
    return libraries


def _known(name: str) -> Library | None:
    if name.startswith(_LET_THROUGH):
        return None
    known: Fallible | None = catalogue().fallible(name)
    if known is None:
        return None
    return next((one for one in catalogue().libraries if one.name == known.dependency and one.name in _JUDGED), None)


def _is_quiet(name: str) -> bool:
    top = name.partition(".")[0]
    judged = any(top in library.modules for library in catalogue().libraries if library.name in _JUDGED)
    return name not in _LOUD and not name.startswith(_LET_THROUGH) and (top in _QUIET or judged)


def _instead(library: Library, kind: nodes.ClassDef) -> str:
    word = "timeout" if "timeout" in kind.name.lower() else "connect"
    named = [name for name in library.unavailable if word in name.lower()]
    return next(iter([*named, *library.unavailable]))


# -- in tests


def _impossible_failure(call: nodes.Call) -> Iterator[InferredHit]:
    """`patch("shop.pay.requests.get", side_effect=ConnectionError)`."""
    name = call.func.attrname if isinstance(call.func, nodes.Attribute) else getattr(call.func, "name", "")
    target = call.args[0] if call.args else None
    if name not in _PATCHES or not (isinstance(target, nodes.Const) and isinstance(target.value, str)):
        return
    library = _library_at_the_end_of(target.value)
    effect = next((one.value for one in call.keywords or () if one.arg == "side_effect"), None)
    if library is None or effect is None or not families(library):
        return
    kinds = classes_of(effect.func if isinstance(effect, nodes.Call) else effect)
    for kind in kinds:
        if _is_lost_connection(kind) and not raises_any(library, kind):
            shown = kind.qname().removeprefix("builtins.")
            yield InferredHit(
                effect,
                f"{target.value} never raises {shown}: {library.name} has exceptions of its own",
                f"let it raise {_instead(library, kind)}",
            )


def _library_at_the_end_of(target: str) -> Library | None:
    """The library of `requests.get` in `shop.pay.requests.get`."""
    parts = target.split(".")
    for cut in range(len(parts) - 1):
        known = _known(".".join(parts[cut:]))
        if known is not None:
            return known
    return None
