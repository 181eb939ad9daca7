"""Reads one function: every place in it that fails, and every call with what stands around it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from quality_gate.codebase.failures.digests import digest_of
from quality_gate.codebase.failures.gathering import Around, Gathering, Waivers
from quality_gate.codebase.failures.guards import about_arguments, guarded_returns
from quality_gate.codebase.failures.leaving import judges, raised_by
from quality_gate.codebase.failures.shapes import (
    handler_of,
    has_effect,
    is_cancellation,
    is_same_again,
    lets_pass,
)
from quality_gate.codebase.failures.sharing import shared_by
from quality_gate.codebase.failures.sites import (
    NOWHERE,
    CallSite,
    FunctionSites,
    Guard,
    HandlerSite,
    RaiseSite,
)
from quality_gate.codebase.failures.texts import first_run, span_of, text_of
from quality_gate.codebase.marks.transaction import begins, decorates
from quality_gate.failure_paths import UNKNOWN, FailureKind
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.index import children
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.batch_answers import METHODS, batch_of
from quality_gate_checkers.reading.deadlines import limited_from_outside
from quality_gate_checkers.reading.handlers import called_name, caught_types
from quality_gate_checkers.reading.logs import log_level
from quality_gate_checkers.reading.never_run import (
    branch_never_run,
    handler_never_run,
    is_bodiless,
    raise_never_run,
)
from quality_gate_checkers.reading.walks import DEFERRED

_LIMITS = frozenset(
    {
        "asyncio.timeout", "asyncio.timeout_at", "asyncio.timeouts.timeout", "async_timeout.timeout",
        "anyio.fail_after", "trio.fail_after", "trio.fail_at",
    }
)  # fmt: skip
"""Context managers that raise when their time is over."""
_MAY_LIMIT = ("time", "deadline")
_SOFT_LIMIT = "soft_time_limit"


class FunctionReader:
    """Reads one function, without recursion: sources can be deeper than the interpreter's stack.

    Args:
        name: qualified within the module.
        waivers: first and last line -> the waiver that stands there.
        attempts: pieces of the function that are tried again until they fail for good, each as written.
    """

    def __init__(
        self,
        module: Module,
        function: FunctionNode,
        name: str,
        waivers: Waivers,
        attempts: Iterable[tuple[ast.AST, str]],
    ) -> None:
        self._module = module
        self._function = function
        self._into = Gathering(module, name, waivers)
        self._attempts = attempts
        self._stack: list[tuple[ast.AST, Around]] = []
        self._validating: dict[ast.AST, ast.If] = {}
        self._not_calls: set[ast.AST] = set()
        self._entered: dict[ast.AST, ast.With | ast.AsyncWith] = {}

    def read(self) -> FunctionSites:
        """What the function says."""
        function = self._function
        around = self._around_all()
        self._block(function.body, around._replace(ends=True))
        while self._stack:
            node, here = self._stack.pop()
            reader = _READERS.get(node.__class__)
            if reader is not None:
                reader(self, node, here)
            elif not isinstance(node, DEFERRED):
                self._push(children(node), here)
        return self._into.sites()

    def _around_all(self) -> Around:
        """What decorators put around the whole function."""
        function = self._function
        around = Around(never="it is abstract" if is_bodiless(function) else None)
        for node, text in self._attempts:
            block = self._module.parent(node)
            body, loop = _tried_again(self._module, block) if isinstance(block, ast.Try) else (_lines(node), None)
            self._into.add("retry exhaustion", node, digest_of(text), text, around, body=body, loop=loop)
        for decorator in function.decorator_list:
            if isinstance(decorator, ast.Call) and any(word.arg == _SOFT_LIMIT for word in decorator.keywords):
                self._into.add(
                    "deadline", function, digest_of(decorator), f"@{text_of(self._module, decorator)}", around
                )
            if decorates(self._module, decorator):
                text = f"@{text_of(self._module, decorator)}"
                body = _lines(function)
                place = self._into.add("cleanup", function, digest_of(decorator), text, around, body=body)
                around = around._replace(guard=self._into.guard(Guard(NOWHERE, cleanup=place)))
        return around

    # -- keeping

    def _push(self, nodes: Iterable[ast.AST], around: Around) -> None:
        self._stack += [(node, around) for node in nodes][::-1]

    def _block(self, body: list[ast.stmt], around: Around) -> None:
        """Statements, of which only the last one can end the function."""
        if body:
            self._push(body[-1:], around)
            self._push(body[:-1], around._replace(ends=False))

    # -- raise

    def _raise(self, node: ast.Raise, around: Around) -> None:
        handler = around.handler
        never = raise_never_run(self._module, node)
        again = node.exc is None or (handler is not None and is_same_again(node, handler))
        types = self._caught(handler) if again else (self._raised_type(node),)
        kind: FailureKind = "raise"
        if again or (handler is not None and node.cause is not None):
            kind = "re-raise"
        guard = self._validating.get(node) if kind == "raise" else None
        digest = digest_of(node, handler.type if again and handler is not None else None)
        self._into.add(
            "validation" if guard is not None else kind,
            node,
            digest if guard is None else digest_of(guard.test, node),
            text_of(self._module, node),
            around,
            types=types,
            leaves_by="raise",
            handler=handler_of(self._module, handler) if handler is not None and kind == "re-raise" else None,
            never=never,
            shared=shared_by(self._module, node),
        )
        if not again and around.never is None and not (never is not None and never.certain):
            self._into.raises.append(RaiseSite(types, around.guard))
        if isinstance(node.exc, ast.Call):
            self._not_calls.add(node.exc)
        self._push(children(node), around)

    def _caught(self, handler: ast.ExceptHandler | None) -> tuple[str, ...]:
        if handler is None:
            return (UNKNOWN,)
        return tuple(name or UNKNOWN for name in caught_types(self._module, handler.type))

    def _raised_type(self, node: ast.Raise) -> str:
        exception = node.exc
        if exception is None:
            return UNKNOWN
        names = self._module.names
        made = exception.func if isinstance(exception, ast.Call) else exception
        name = names.resolve(made)
        last = (name or "").rpartition(".")[2].lstrip("_")
        if name is not None and last[:1].isupper():
            return name
        return names.type_of(exception) or UNKNOWN

    # -- try

    def _try(self, node: ast.Try | ast.TryStar, around: Around) -> None:
        outer = around._replace(ends=False)
        if node.finalbody:
            outer = outer._replace(guard=self._finally(node, around))
        self._block(node.finalbody, around)
        self._block(node.orelse, outer)
        inner = outer
        if node.handlers:
            sites = tuple(self._handler(one, around) for one in node.handlers)
            inner = outer._replace(guard=self._into.guard(Guard(outer.guard, sites)))
        for handler in reversed(node.handlers):
            self._block(handler.body, outer._replace(handler=handler))
        self._block(node.body, inner._replace(ends=bool(node.finalbody) and not node.handlers))

    def _finally(self, node: ast.Try | ast.TryStar, around: Around) -> int:
        changed = has_effect(self._module, node.finalbody)
        place = NOWHERE
        if changed is not None:
            text = f"finally: {text_of(self._module, changed)}"
            body = node.body[0].lineno, node.finalbody[0].lineno - 1
            place = self._into.add("cleanup", changed, digest_of("finally", changed), text, around, body=body)
        swallows = isinstance(node.finalbody[-1], ast.Return)
        return self._into.guard(Guard(around.guard, cleanup=place, swallows=swallows))

    def _handler(self, node: ast.ExceptHandler, around: Around) -> HandlerSite:
        handler = handler_of(self._module, node)
        caught = self._caught(node)
        never = handler_never_run(self._module, node)
        elements: list[ast.expr | None] = [node.type]
        if isinstance(node.type, ast.Tuple) and node.type.elts:
            elements = [*node.type.elts]
        if len(elements) != len(caught):  # a name stands for a tuple
            elements = [None] * len(caught)
        places = [
            self._into.add(
                "cancellation" if is_cancellation(name) else "handler",
                node,
                digest_of("except", name if element is None else element),
                _named(name) if element is None else f"except {text_of(self._module, element)}",
                around,
                shown_by=first_run(node.body),
                types=(name,),
                handler=handler,
                never=never,
            )
            for name, element in zip(caught, elements, strict=True)
        ]
        return HandlerSite(handler.line, tuple(places), caught, lets_pass(node), digest_of(node.type))

    # -- with

    def _with(self, node: ast.With | ast.AsyncWith, around: Around) -> None:
        inner = around
        managers: list[tuple[ast.AST, Around]] = []
        for item in node.items:
            waits = isinstance(node, ast.AsyncWith) or around.awaited
            self._entered[item.context_expr] = node
            managers.append((item.context_expr, inner._replace(awaited=waits, ends=False)))
            inner = inner._replace(guard=self._managed(node, item.context_expr, inner))
        self._block(node.body, inner)
        self._stack += managers[::-1]

    def _managed(self, node: ast.With | ast.AsyncWith, manager: ast.expr, around: Around) -> int:
        """The guard that a context manager is."""
        module = self._module
        if isinstance(manager, ast.Call) and module.names.callee(manager) == "contextlib.suppress":
            caught = tuple(name or UNKNOWN for one in manager.args for name in caught_types(module, one))
            return self._into.guard(Guard(around.guard, (HandlerSite(node.lineno, (), caught, lets_pass=False),)))
        text = f"with {text_of(module, manager)}"
        if begins(module, manager):
            body = node.body[0].lineno, node.body[-1].end_lineno or node.body[-1].lineno
            place = self._into.add("cleanup", manager, digest_of("with", manager), text, around, body=body)
            return self._into.guard(Guard(around.guard, cleanup=place))
        if isinstance(manager, ast.Call) and module.names.callee(manager) in _LIMITS:
            self._into.add(
                "deadline", manager, digest_of("with", manager), text, around, types=("builtins.TimeoutError",)
            )
            self._into.raises.append(RaiseSite(("builtins.TimeoutError",), around.guard))
        return around.guard

    # -- if

    def _if(self, node: ast.If, around: Around) -> None:
        module = self._module
        last = node.body[-1]
        if _leaves_loudly(module, last) and about_arguments(module, node.test):
            self._validating[_leaving(last)] = node
        for found in guarded_returns(module, node):
            test = text_of(module, node.test)
            self._into.add(
                found.kind,
                found.statement,
                digest_of(node.test, found.statement),
                f"if {test}: {text_of(module, found.statement)}",
                around._replace(never=self._branch(node, around, taken=last is found.statement)),
                leaves_by="return",
                value=text_of(module, found.value) if found.value is not None else "",
                shared=shared_by(module, found.statement),
            )
        self._block(node.orelse, around._replace(never=self._branch(node, around, taken=False)))
        self._block(node.body, around._replace(never=self._branch(node, around, taken=True)))
        self._push([node.test], around._replace(ends=False))

    def _branch(self, node: ast.If, around: Around, *, taken: bool) -> str | None:
        return around.never or branch_never_run(self._module, node.test, taken=taken)

    # -- calls

    def _statement(self, node: ast.Return | ast.Expr, around: Around) -> None:
        self._push(children(node), around._replace(ends=around.ends or isinstance(node, ast.Return)))

    def _await(self, node: ast.Await, around: Around) -> None:
        self._push([node.value], around._replace(awaited=True))

    def _for(self, node: ast.AsyncFor, around: Around) -> None:
        self._block(node.orelse, around._replace(ends=False))
        self._block(node.body, around._replace(ends=False))
        self._push([node.iter], around._replace(awaited=True))

    def _call(self, node: ast.Call, around: Around) -> None:
        module = self._module
        raised = raised_by(module, node)
        if raised is not None:
            self._leaving_call(node, raised, around)
        elif called_name(node) in METHODS and batch_of(module, node) is not None:
            self._into.add("partial failure", node, digest_of(node), text_of(module, node), around)
        name = module.names.callee(node) or ""
        if raised is None and node not in self._not_calls and not _cannot_fail(module, node, name):
            self._into.calls.append(self._site(node, name, around))
        self._push(children(node), around)

    def _leaving_call(self, node: ast.Call, raised: str, around: Around) -> None:
        guard = self._validating.get(node)
        judged = called_name(node) == "is_valid"
        self._into.add(
            "validation" if guard is not None or judged else "raise",
            node,
            digest_of(node) if guard is None else digest_of(guard.test, node),
            text_of(self._module, node),
            around,
            types=(raised,),
            leaves_by="call",
            shared=shared_by(self._module, node),
        )
        if around.never is None:
            self._into.raises.append(RaiseSite((raised,), around.guard))

    def _site(self, node: ast.Call, name: str, around: Around) -> CallSite:
        span = span_of(self._module, node)
        within = self._entered.get(node)
        limits = [word.arg or "*" for word in node.keywords if _may_limit(word)]
        if any(isinstance(argument, ast.Starred) for argument in node.args):
            limits.append("*")
        if name and limited_from_outside(self._module, node):
            limits.append("@")
        return CallSite(
            *span,
            text_of(self._module, node),
            digest_of(node),
            name,
            called_name(node),
            around.guard,
            tuple(limits),
            len(node.args),
            around.awaited,
            around.ends,
            around.never,
            self._into.waiver_at(span[0], span[2]),
            span_of(self._module, within) if within is not None else None,
        )


def _named(name: str) -> str:
    return "except" if name == "builtins.BaseException" else f"except {name.rpartition('.')[2]}"


def _may_limit(word: ast.keyword) -> bool:
    if word.arg is None:
        return True
    is_none = isinstance(word.value, ast.Constant) and word.value.value is None
    return not is_none and any(part in word.arg for part in _MAY_LIMIT)


def _cannot_fail(module: Module, call: ast.Call, name: str) -> bool:
    """Python's own functions, but for those that the catalogue knows, and what only tells a log."""
    if name.startswith("builtins."):
        return name != "builtins.open"
    return log_level(module, call) is not None


def _lines(node: ast.AST) -> tuple[int, int] | None:
    """First and last line of a statement, of a function those of its body."""
    if not isinstance(node, ast.stmt):
        return None
    first = node.body[0].lineno if isinstance(node, FunctionNode) else node.lineno
    return first, node.end_lineno or node.lineno


def _tried_again(module: Module, block: ast.Try) -> tuple[tuple[int, int], tuple[int, int] | None]:
    """First and last line of what a `try` tries, and those of the loop that it stands in, where lines tell whether a
    handler was entered."""
    last = block.body[-1]
    loop = module.parent(block)
    is_told = all(one.body[0].lineno > one.lineno for one in block.handlers)
    lines = (loop.lineno, loop.end_lineno or loop.lineno) if isinstance(loop, ast.For) and is_told else None
    return (block.body[0].lineno, last.end_lineno or last.lineno), lines


def _leaves_loudly(module: Module, last: ast.stmt) -> bool:
    if isinstance(last, ast.Raise):
        return last.exc is not None
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and _aborts(module, last.value)


def _aborts(module: Module, call: ast.Call) -> bool:
    return raised_by(module, call) is not None and not judges(call)


def _leaving(last: ast.stmt) -> ast.AST:
    return last.value if isinstance(last, ast.Expr) else last


_READERS: dict[type[ast.AST], Callable[..., None]] = {
    ast.Raise: FunctionReader._raise,
    ast.Try: FunctionReader._try,
    ast.TryStar: FunctionReader._try,
    ast.With: FunctionReader._with,
    ast.AsyncWith: FunctionReader._with,
    ast.If: FunctionReader._if,
    ast.Call: FunctionReader._call,
    ast.Await: FunctionReader._await,
    ast.AsyncFor: FunctionReader._for,
    ast.Return: FunctionReader._statement,
    ast.Expr: FunctionReader._statement,
}
