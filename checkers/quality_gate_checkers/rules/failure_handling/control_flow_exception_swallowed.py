"""QG104 control-flow-exception-swallowed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.model.index import children
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.handlers import called_name, caught_types, is_broad, written
from quality_gate_checkers.reading.walks import DEFERRED, walk_now


class _Family(msgspec.Struct, frozen=True):
    """Exceptions by which code speaks to its framework.

    Args:
        raised: dotted names of the exceptions; a name that ends in `.` is all of a module.
        calls: functions that raise them.
        bases: last parts of the names by which an earlier handler lets them through.
        heard: what the framework does on hearing them.
    """

    raised: tuple[str, ...]
    calls: tuple[str, ...]
    bases: frozenset[str]
    heard: str


_CELERY = _Family(
    ("celery.exceptions.Retry", "celery.exceptions.Reject", "celery.exceptions.Ignore"),
    (),
    frozenset({"Retry", "Reject", "Ignore", "TaskPredicate", "CeleryError"}),
    "the task is not retried, rejected or ignored as asked",
)
_FAMILIES = (
    _CELERY,
    _Family(
        ("django.http.Http404", "django.http.response.Http404", "django.core.exceptions.PermissionDenied"),
        (
            "django.shortcuts.get_object_or_404",
            "django.shortcuts.get_list_or_404",
            "django.shortcuts.aget_object_or_404",
        ),
        frozenset({"Http404", "PermissionDenied"}),
        "Django never answers 404 or 403",
    ),
    _Family(
        (
            "fastapi.HTTPException",
            "fastapi.exceptions.HTTPException",
            "starlette.exceptions.HTTPException",
            "litestar.exceptions.HTTPException",
        ),
        (),
        frozenset({"HTTPException", "StarletteHTTPException"}),
        "the status that was asked for is never sent",
    ),
    _Family(
        (
            "werkzeug.exceptions.",
            "pyramid.httpexceptions.",
            "aiohttp.web.HTTP",
            "rest_framework.exceptions.",
            "tornado.web.HTTPError",
        ),
        (
            "flask.abort",
            "werkzeug.exceptions.abort",
            "quart.abort",
            "flask_restful.abort",
            "flask_restx.abort",
            "flask_smorest.abort",
        ),
        frozenset({"HTTPException", "HTTPError", "APIException", "WSGIHTTPException", "Response"}),
        "the status that was asked for is never sent",
    ),
    _Family(("tenacity.TryAgain",), (), frozenset({"TryAgain"}), "tenacity never tries again"),
)


class _Spoken(msgspec.Struct, frozen=True):
    """One place where code speaks to its framework."""

    node: ast.AST
    said: str
    name: str
    family: _Family


@rule(
    "QG104",
    "control-flow-exception-swallowed",
    triggers=(b"except",),
)
def control_flow_exception_swallowed(module: Module) -> Iterator[Hit]:
    """A broad handler catches an exception that was raised to speak to the framework.

    ## In production
    The task that asked to be retried counts as done, and the client that should see 404 sees 500 or 200.

    ## Bad
    ```python
    import logging
    from celery import shared_task

    log = logging.getLogger(__name__)

    @shared_task(bind=True)
    def settle(self, pk):
        try:
            if not ready(pk):
                raise self.retry(countdown=30)
            pay_out(pk)
        except Exception:
            log.exception("settling %s failed", pk)
    ```

    ## Good
    ```python
    import logging
    from celery import shared_task
    from celery.exceptions import Retry

    log = logging.getLogger(__name__)

    @shared_task(bind=True)
    def settle(self, pk):
        try:
            if not ready(pk):
                raise self.retry(countdown=30)
            pay_out(pk)
        except Retry:
            raise
        except Exception:
            log.exception("settling %s failed", pk)
    ```

    ## When not to use it
    Where every reason shall look alike to the client, raise one of the same family in the handler: `except
    Exception: raise PermissionDenied` around `raise Http404` is not reported. Nor is a `try` that holds nothing but
    the look-up.

    ## What other linters see
    Sonar S7497 and flake8-async ASYNC103 see swallowed cancellation. BLE001 sees the broad handler, but not once it
    logs or raises something else, and not what is lost.

    ## Known missed alarms
    Exceptions raised in a helper that the `try` calls, subclasses of the project's own, and
    `SoftTimeLimitExceeded`, which can be raised anywhere in a task.

    ## Measured
    4 hits in 4.8 million lines of 35 public backend projects, all read, all true: a status that became another one.
    Before the rule was mended it gave 5 hits there, 4 true. The 12 of these projects that it was not mended on gave
    none. On 3.6 million lines that it had not seen: 5 hits, all read, all true, all in one project.
    """
    for handler in module.nodes(ast.ExceptHandler):
        block = module.parent(handler)
        if (
            isinstance(block, ast.Try)
            and is_broad(caught_types(module, handler.type))
            and not _lets_through(module, handler)
        ):
            yield from _in_try(module, handler, block)


def _in_try(module: Module, handler: ast.ExceptHandler, block: ast.Try) -> Iterator[Hit]:
    earlier = _caught_before(module, handler, block)
    for spoken in _spoken_in(module, block.body):
        if earlier & {spoken.name.rpartition(".")[2], *spoken.family.bases} or _says_the_same(module, handler, spoken):
            continue
        if len(block.body) == 1 and _is_look_up(block.body[0], spoken.node):
            continue
        shown = f"except {ast.unparse(handler.type)}" if handler.type is not None else "a bare except"
        yield Hit(
            handler,
            f"{shown} catches {spoken.said}: {spoken.family.heard}",
            f"put `except {spoken.name.rpartition('.')[2]}: raise` before it, or catch only what can fail here",
            also=(spoken.node,),
            location=module.header(handler),
        )
        return


def _caught_before(module: Module, handler: ast.ExceptHandler, block: ast.Try) -> set[str]:
    """Last parts of the names that the handlers before this one catch, as written."""
    names: set[str] = set()
    for earlier in block.handlers[: block.handlers.index(handler)]:
        parts = earlier.type.elts if isinstance(earlier.type, ast.Tuple) else [earlier.type]
        names |= {written(part).rpartition(".")[2] for part in parts if part is not None}
        names |= {name.rpartition(".")[2] for name in caught_types(module, earlier.type) if name}
    return names


# -- what is said


def _spoken_in(module: Module, body: list[ast.stmt]) -> Iterator[_Spoken]:
    """Exceptions for the framework that leave a block: those that an inner `try` may catch are left out."""
    stack: list[ast.AST] = [*reversed(body)]
    while stack:
        node = stack.pop()
        if isinstance(node, DEFERRED):
            continue
        if isinstance(node, ast.Raise) and node.exc is not None:
            yield from _raised(module, node.exc)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield from _called(module, node.value)
        elif isinstance(node, ast.Assign | ast.Return | ast.AnnAssign) and node.value is not None:
            value = node.value.value if isinstance(node.value, ast.Await) else node.value
            yield from _called(module, value) if isinstance(value, ast.Call) else ()
        if isinstance(node, ast.Try) and node.handlers:
            stack.extend([*node.orelse, *node.finalbody][::-1])
        else:
            stack.extend(reversed([child for child in children(node) if isinstance(child, ast.stmt | ast.match_case)]))


def _raised(module: Module, raised: ast.expr) -> Iterator[_Spoken]:
    made = raised.func if isinstance(raised, ast.Call) else raised
    name = module.names.resolve(made) or ""
    for family in _FAMILIES:
        if any(name == known or (known.endswith((".", "HTTP")) and name.startswith(known)) for known in family.raised):
            yield _Spoken(raised, f"{written(made)}, raised in line {raised.lineno}", name, family)
    if isinstance(raised, ast.Call):
        yield from _called(module, raised)


def _called(module: Module, call: ast.Call) -> Iterator[_Spoken]:
    if called_name(call) == "retry":
        yield from _retried(module, call)
        return
    name = module.names.resolve(call.func) or ""
    for family in _FAMILIES:
        if name in family.calls:
            said = f"what {written(call.func)}() raises in line {call.lineno}"
            yield _Spoken(call, said, sorted(family.bases)[0] if "django" in name else "HTTPException", family)


def _retried(module: Module, call: ast.Call) -> Iterator[_Spoken]:
    """`self.retry()` in a bound task: it raises Retry, unless it is told not to."""
    function = module.enclosing_function(call)
    if called_name(call) != "retry" or not isinstance(call.func, ast.Attribute) or function is None:
        return
    quiet = any(
        word.arg == "throw" and isinstance(word.value, ast.Constant) and not word.value.value for word in call.keywords
    )
    if not quiet and _is_own_task(module, call.func.value, function):
        yield _Spoken(
            call, f"the Retry of {written(call.func)}() in line {call.lineno}", "celery.exceptions.Retry", _CELERY
        )


def _is_own_task(module: Module, receiver: ast.expr, function: FunctionNode) -> bool:
    if not isinstance(receiver, ast.Name):
        return False
    parameters = [*function.args.posonlyargs, *function.args.args]
    if receiver.id != function.name and (not parameters or receiver.id != parameters[0].arg):
        return False
    owner = module.names.enclosing_class(function)
    if owner is not None:
        return any(base in ("celery.Task", "celery.app.task.Task") for base in module.names.bases(owner))
    return any(_makes_task(module, decorator) for decorator in function.decorator_list)


def _makes_task(module: Module, decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = module.names.resolve(called) or ""
    return name == "celery.shared_task" or name.endswith((".task", ".shared_task"))


# -- what the handler does with it


def _lets_through(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether a handler raises what it caught, looks at what it is, or asks for a retry of its own."""
    for node in walk_now(handler.body):
        if isinstance(node, ast.Raise) and (
            node.exc is None or (isinstance(node.exc, ast.Name) and node.exc.id == handler.name)
        ):
            return True
        if isinstance(node, ast.Call) and called_name(node) in ("isinstance", "retry", "type"):
            return True
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == handler.name
            and node.attr in _LOOKS
        ):
            return True
    return False


_LOOKS = frozenset({"status_code", "code", "status", "detail", "__class__", "get_response"})
"""What tells one of these exceptions from another failure."""


def _says_the_same(module: Module, handler: ast.ExceptHandler, spoken: _Spoken) -> bool:
    """Whether a handler raises the very same thing, or answers in words what the exception would have said."""
    for node in walk_now(handler.body):
        if isinstance(node, ast.Raise) and node.exc is not None and _is_same(module, node.exc, spoken):
            return True
        if (
            isinstance(node, ast.Constant)
            and node.value in (403, 404)
            and type(node.value) is int
            and "Http404" in spoken.family.bases
        ):
            return True
    return False


def _is_same(module: Module, raised: ast.expr, spoken: _Spoken) -> bool:
    """The same class, or another of its family; exceptions that carry a status must carry the same one."""
    name = module.names.resolve(raised.func if isinstance(raised, ast.Call) else raised) or ""
    last = name.rpartition(".")[2]
    if last.endswith(("HTTPException", "HTTPError")):
        return _status(raised) is not None and _status(raised) == _status(spoken.node)
    return name == spoken.name or last in spoken.family.bases


def _status(call: ast.AST) -> str | None:
    if not isinstance(call, ast.Call):
        return None
    given = [
        *call.args[:1],
        *(keyword.value for keyword in call.keywords if keyword.arg in ("status_code", "code", "status")),
    ]
    return ast.dump(given[-1]) if given else None


def _is_look_up(statement: ast.stmt, node: ast.AST) -> bool:
    """`try: user = get_object_or_404(...)` and nothing else: a look-up whose failure is answered in the handler."""
    return (
        isinstance(node, ast.Call)
        and any(found is node for found in walk_now([statement]))
        and isinstance(statement, ast.Assign | ast.Return | ast.Expr)
    )
