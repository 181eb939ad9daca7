"""FastAPI and Starlette: routes of applications and routers, dependencies, handlers, middleware, background tasks.

`Depends(f)` in a parameter's default or annotation, in a route or in a router makes whoever has it call `f`. A task
given to `BackgroundTasks` is called by the function that gives it. An application whose class nothing tells is not
known.
"""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.frameworks import (
    Assigned,
    Called,
    Calls,
    ClassDefined,
    Decorated,
    Entry,
    Fact,
    Framework,
    FunctionDefined,
    Mount,
    Route,
    Shared,
    Site,
)
from quality_gate.codebase.frameworks._reading import (
    VERBS,
    argument,
    classes,
    elements,
    first_name,
    functions,
    is_one,
    last,
    path_text,
    receiver,
    text,
    texts,
)
from quality_gate.codebase.graph import Confidence, Edge
from quality_gate.codebase.tree import Attribute, Call, Expr, Name, Subscript

_ROUTERS = frozenset(
    {
        "fastapi.FastAPI",
        "fastapi.APIRouter",
        "fastapi.applications.FastAPI",
        "fastapi.routing.APIRouter",
        "fastapi.routers.APIRouter",
        "starlette.applications.Starlette",
        "starlette.routing.Router",
    }
)
_BACKGROUND = frozenset(
    {
        "fastapi.BackgroundTasks",
        "fastapi.background.BackgroundTasks",
        "starlette.background.BackgroundTasks",
    }
)
_DEPENDING = frozenset({"Depends", "Security"})


def _router(site: Site, target: Expr) -> str | None:
    """The name of the application or router whose method is meant, None where it is none; empty for a local one."""
    if not isinstance(target, Attribute) or not is_one(site, target.value, _ROUTERS):
        return None
    return first_name(site, target.value)


def _routed(found: Decorated) -> Iterator[Fact]:
    if not isinstance(found.decorator, Call):
        return
    router = _router(found.site, found.decorator.func)
    if router is None:
        return
    name = found.definition.name
    for method in _methods(found.name, found.decorator):
        path = path_text(argument(found.decorator, 0, "path"))
        yield Route(router, name, method, path, "fastapi", line=found.definition.line)
    yield from _dependencies(found.site, found.decorator, name)


def _methods(word: str, call: Call) -> list[str]:
    if word in VERBS:
        return [word.upper()]
    if word.startswith("websocket"):
        return ["WEBSOCKET"]
    return [verb.upper() for verb in texts(argument(call, -1, "methods"))] or ["GET"]


def _added_route(found: Called) -> Iterator[Fact]:
    """`router.add_api_route("/orders", orders, methods=["POST"])`."""
    router = _router(found.site, found.call.func)
    if router is None:
        return
    for name in functions(found.site, argument(found.call, 1, "endpoint", "route")):
        handler = found.site.definition(name)
        line = handler.line if handler is not None else 0
        for method in _methods("", found.call):
            yield Route(router, name, method, path_text(argument(found.call, 0, "path")), "fastapi", line=line)
        yield from _dependencies(found.site, found.call, name)


def _routes_made(found: Called) -> Iterator[Fact]:
    """Starlette's `Route("/orders", orders)`."""
    if not {"starlette.routing.Route", "starlette.routing.WebSocketRoute"}.intersection(
        found.site.names(found.call.func)
    ):
        return
    path, endpoint = path_text(argument(found.call, 0, "path")), argument(found.call, 1, "endpoint")
    for name in classes(found.site, endpoint):
        yield Mount(found.site.module, path, name)
    for name in functions(found.site, endpoint):
        for method in _methods("websocket" if found.name.startswith("Web") else "", found.call):
            yield Route(found.site.module, name, method, path, "fastapi")


def _endpoint(found: ClassDefined) -> Iterator[Fact]:
    for verb in VERBS:
        handler = found.site.member(found.definition.name, verb)
        if handler is not None:
            yield Route(found.definition.name, handler, verb.upper(), "", "fastapi", loose=True)


def _included(found: Called) -> Iterator[Fact]:
    """`app.include_router(orders, prefix="/orders")`, `app.mount("/v1", api)`."""
    if _router(found.site, found.call.func) is None:
        return
    mounts = found.name == "mount"
    child = first_name(found.site, argument(found.call, 1 if mounts else 0, "router", "app"))
    prefix = argument(found.call, 0 if mounts else -1, "prefix", "path")
    parent = receiver(found.call)
    if child and parent is not None:
        above = first_name(found.site, parent) or f"{found.site.scope}.app"
        yield Mount(above, "" if prefix is None else path_text(prefix), child, apart=mounts)
    yield from _entered(found.site, found.call)
    if child and not mounts:
        yield from _shared(found.site, found.call, child)


def _made(found: Assigned) -> Iterator[Fact]:
    """`orders = APIRouter(prefix="/orders", dependencies=[Depends(signed_in)])`."""
    if isinstance(found.value, Call) and is_one(found.site, found.value, _ROUTERS):
        router = f"{found.site.module}.{found.name}"
        prefix = argument(found.value, -1, "prefix")
        if prefix is not None:
            yield Mount("", path_text(prefix), router)
        yield from _shared(found.site, found.value, router)


def _application(found: Called) -> Iterator[Fact]:
    """What is given to `FastAPI(...)` and `APIRouter(...)` themselves."""
    if not _ROUTERS.intersection(found.site.names(found.call.func)):
        return
    yield from _entered(found.site, found.call)
    for name in functions(found.site, argument(found.call, -1, "lifespan")):
        yield Entry(name, "fastapi", "lifespan")
    for word in ("on_startup", "on_shutdown"):
        given = argument(found.call, -1, word)
        for element in elements(given) if given is not None else ():
            for name in functions(found.site, element):
                yield Entry(name, "fastapi", word.removeprefix("on_"))


def _shared(site: Site, call: Call, router: str) -> Iterator[Fact]:
    for name, _ in _depended(site, argument(call, -1, "dependencies")):
        yield Shared(router, name, "fastapi-depends")


def _entered(site: Site, call: Call) -> Iterator[Fact]:
    """Dependencies of a whole router: they are called by whoever makes it, which may be nobody of the project."""
    for name, _ in _depended(site, argument(call, -1, "dependencies")):
        yield Entry(name, "fastapi", "dependency of all routes")


def _dependencies(site: Site, call: Call, caller: str) -> Iterator[Fact]:
    for name, given in _depended(site, argument(call, -1, "dependencies")):
        yield _calls(caller, name, given, "fastapi-depends")


def _depended(site: Site, given: Expr | None) -> Iterator[tuple[str, Call]]:
    for element in elements(given) if given is not None else ():
        if isinstance(element, Call) and last(element.func) in _DEPENDING:
            for name in functions(site, argument(element, 0, "dependency")):
                yield name, element


def _calls(caller: str, callee: str, given: Call, rung: str) -> Calls:
    return Calls(Edge(caller, callee, given.line, given.column, Confidence.CERTAIN, rung))


def _parameters(found: FunctionDefined) -> Iterator[Fact]:
    """`def orders(session: Annotated[Session, Depends(session)], user=Depends(signed_in))`."""
    for parameter in found.parameters:
        for site, given, kind in _given(found.site, parameter.default, parameter.annotation):
            target = argument(given, 0, "dependency")
            for name in functions(site, kind if target is None else target):
                yield Calls(
                    Edge(
                        found.definition.name, name, *_place(found, site, given), Confidence.CERTAIN, "fastapi-depends"
                    )
                )


def _place(found: FunctionDefined, site: Site, given: Call) -> tuple[int, int]:
    """Where the dependency is written; where another statement says it, the function's own line."""
    return (given.line, given.column) if site is found.site else (found.definition.line, 1)


def _given(site: Site, default: Expr | None, annotation: Expr | None) -> Iterator[tuple[Site, Call, Expr | None]]:
    """Dependencies of one parameter: where they are written, the call, and the class that stands for it."""
    if isinstance(default, Call) and last(default.func) in _DEPENDING:
        yield site, default, annotation
    if isinstance(annotation, Subscript):
        yield from _annotated(site, annotation)
    elif isinstance(annotation, Name | Attribute):
        alias = site.assigned(annotation)
        if alias is not None and isinstance(alias[1], Subscript):
            yield from _annotated(*alias)


def _annotated(site: Site, annotation: Expr) -> Iterator[tuple[Site, Call, Expr | None]]:
    if isinstance(annotation, Subscript) and last(annotation.value) == "Annotated":
        kind, *more = list(elements(annotation.index))
        for element in more:
            if isinstance(element, Call) and last(element.func) in _DEPENDING:
                yield site, element, kind


def _handler(found: Decorated) -> Iterator[Fact]:
    """`@app.exception_handler(Declined)`, `@app.middleware("http")`, `@app.on_event("startup")`."""
    if isinstance(found.decorator, Call) and _router(found.site, found.decorator.func) is not None:
        yield Entry(found.definition.name, "fastapi", _what(found.site, found.name, argument(found.decorator, 0)))


def _handled(found: Called) -> Iterator[Fact]:
    """`app.add_exception_handler(Declined, declined)`, `app.add_event_handler("startup", connect)`."""
    if _router(found.site, found.call.func) is not None:
        word = found.name.removeprefix("add_").replace("event_handler", "on_event")
        for name in functions(found.site, argument(found.call, 1, "handler", "func")):
            yield Entry(name, "fastapi", _what(found.site, word, argument(found.call, 0)))


def _what(site: Site, word: str, given: Expr | None) -> str:
    said = text(given) or first_name(site, given).rpartition(".")[2] or str(getattr(given, "value", ""))
    return {"exception_handler": f"error {said}", "middleware": "middleware", "on_event": said}[word].strip()


def _middleware_added(found: Called) -> Iterator[Fact]:
    """`app.add_middleware(Timing)`."""
    if _router(found.site, found.call.func) is not None:
        for name in classes(found.site, argument(found.call, 0, "middleware_class")):
            run = found.site.member(name, "__call__")
            if run is not None:
                yield Entry(run, "fastapi", f"middleware {name.rpartition('.')[2]}")


def _middleware(found: ClassDefined) -> Iterator[Fact]:
    run = found.site.member(found.definition.name, "dispatch")
    if run is not None:
        yield Entry(run, "fastapi", f"middleware {found.definition.name.rpartition('.')[2]}")


def _background(found: Called) -> Iterator[Fact]:
    """`tasks.add_task(send_receipt, order)`."""
    tasks = receiver(found.call)
    if tasks is not None and is_one(found.site, tasks, _BACKGROUND):
        for name in functions(found.site, argument(found.call, 0, "func")):
            yield _calls(found.site.scope, name, found.call, "fastapi-background")


def _background_made(found: Called) -> Iterator[Fact]:
    """`BackgroundTask(send_receipt, order)`."""
    if "starlette.background.BackgroundTask" in found.site.names(found.call.func):
        for name in functions(found.site, argument(found.call, 0, "func")):
            yield _calls(found.site.scope, name, found.call, "fastapi-background")


_HANDLERS = ("exception_handler", "middleware", "on_event")

FASTAPI = Framework(
    "fastapi",
    __doc__,
    calls={
        "add_api_route": _added_route,
        "add_route": _added_route,
        "Route": _routes_made,
        "WebSocketRoute": _routes_made,
        "include_router": _included,
        "mount": _included,
        "FastAPI": _application,
        "APIRouter": _application,
        "Starlette": _application,
        "add_exception_handler": _handled,
        "add_event_handler": _handled,
        "add_middleware": _middleware_added,
        "add_task": _background,
        "BackgroundTask": _background_made,
    },
    decorators={
        **dict.fromkeys((*VERBS, "api_route", "route", "websocket", "websocket_route"), _routed),
        **dict.fromkeys(_HANDLERS, _handler),
    },
    bases={
        "starlette.middleware.base.BaseHTTPMiddleware": _middleware,
        "starlette.endpoints.HTTPEndpoint": _endpoint,
    },
    made={"APIRouter": _made, "FastAPI": _made},
    parameters=_parameters,
)
