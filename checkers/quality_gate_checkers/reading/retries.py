"""Retry policies as libraries spell them: does the policy end, and does it ask what failed?

Known: tenacity, backoff, celery, urllib3, stamina, retrying and retry, each with its own defaults: tenacity, backoff
and retry never stop unless told to; celery and stamina stop by themselves unless told not to.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TypeAlias

import msgspec

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FUNCTIONS, FunctionNode
from quality_gate_checkers.reading.arguments import Options, argument, is_none, options_of, origin
from quality_gate_checkers.reading.handlers import BROAD, caught_types, is_broad, written
from quality_gate_checkers.reading.remembering import of_module
from quality_gate_checkers.regexes import regex

_TENACITY = frozenset({"retry", "Retrying", "AsyncRetrying", "TornadoRetrying"})
_RETRY_CLASSES = frozenset(
    {
        "urllib3.Retry", "urllib3.util.Retry", "urllib3.util.retry.Retry", "requests.adapters.Retry",
        "requests.packages.urllib3.Retry", "requests.packages.urllib3.util.Retry",
        "requests.packages.urllib3.util.retry.Retry",
    }
)  # fmt: skip
_ENDLESS_WAITS = frozenset({"expo", "fibo", "constant", "runtime"})
"""backoff's generators of waiting times that never run out."""

_CLOCKS = frozenset({"attempt_number", "seconds_since_start", "idle_for", "retries"})
"""What code reads that counts attempts by itself."""


class Policy(msgspec.Struct, frozen=True):
    """One retry policy.

    Args:
        node: the decorator, call or assignment that states it.
        written: what it calls, as written, without its arguments.
        library: whose defaults hold.
        ends: whether attempts or time are limited; None where nothing tells.
        any_exception: whether it retries whatever was raised; None where nothing tells.
        choice: the argument that says what is retried, None where the library's default does.
    """

    node: ast.AST
    written: str
    library: str
    ends: bool | None
    any_exception: bool | None
    choice: ast.expr | None = None


Reader: TypeAlias = Callable[[Module, ast.Call, Options], tuple[bool | None, bool | None, ast.expr | None]]


_SPOKEN_OF = (
    ("tenacity",), ("backoff", "on_"), ("Retry",), ("stamina",), ("retrying",), ("autoretry_for",), ("max_retries",),
)  # fmt: skip
"""All words of one of these stand in every module that states a policy: the others are not walked."""

_IMPORTS_RETRY = regex(r"\bimport\b.*\bretry\b|\bfrom\s+retry\b")
"""The package called `retry`, whose name alone too many modules hold."""


def policies(module: Module) -> list[Policy]:
    """Every retry policy that a module states, celery's included."""
    return of_module(module, _policies)


def _policies(module: Module) -> list[Policy]:
    text = module.text
    spoken_of = any(all(word in text for word in words) for words in _SPOKEN_OF)
    return list(_stated(module)) if spoken_of or ("retry" in text and _IMPORTS_RETRY.search(text)) else []


def _stated(module: Module) -> Iterator[Policy]:
    for call in module.nodes(ast.Call):
        name = module.names.resolve(call.func)
        reader = _reader(name) if name else None
        if name and reader and module.names.definition(name) is None:
            ends, any_exception, choice = reader(module, call, options_of(module, call))
            yield Policy(call, written(call.func), name.split(".")[0], ends, any_exception, choice)
        elif isinstance(module.parent(call), ast.Assign):
            yield from _celery(module, [], call)  # a decorator that is kept under a name, for several tasks
    functions: list[FunctionNode] = [*module.nodes(ast.FunctionDef), *module.nodes(ast.AsyncFunctionDef)]
    for function in functions:
        yield from _on_function(module, function)
    for found in module.nodes(ast.ClassDef):
        yield from _on_task_class(module, found)


def _on_function(module: Module, function: FunctionNode) -> Iterator[Policy]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call):
            yield from _celery(module, function.body, decorator)
        else:
            name = module.names.resolve(decorator)
            if name in ("tenacity.retry", "retrying.retry"):
                yield Policy(decorator, written(decorator), name.split(".")[0], ends=False, any_exception=True)


def _reader(name: str) -> Reader | None:
    library, last = name.partition(".")[0], name.rpartition(".")[2]
    if library == "tenacity" and last in _TENACITY:
        return _tenacity
    if library == "backoff" and last in ("on_exception", "on_predicate"):
        return _backoff
    if name in _RETRY_CLASSES:
        return _urllib3
    if library == "stamina" and last in ("retry", "retry_context"):
        return _stamina
    if name == "retrying.retry":
        return _retrying
    if library == "retry" and last in ("retry", "retry_call"):
        return _retry
    return None


# -- tenacity


def _tenacity(module: Module, call: ast.Call, options: Options) -> tuple[bool | None, bool | None, ast.expr | None]:
    if call.args:
        return None, None, None
    retry = options.values.get("retry")
    any_exception = _tenacity_any(module, retry) if retry is not None else None if options.open else True
    return _tenacity_ends(module, call, options), any_exception, retry


def _tenacity_ends(module: Module, call: ast.Call, options: Options) -> bool | None:
    stop = options.values.get("stop")
    if stop is not None:
        return None if is_none(stop) else not _is_tenacity(module, stop, "stop_never")
    if options.open:
        return None
    retry = options.values.get("retry")
    if retry is not None and _is_tenacity(module, retry, "retry_never"):
        return True
    if any(
        _counts_itself(module, options.values[key])
        for key in ("retry", "before_sleep", "after", "before", "wait")
        if key in options.values
    ):
        return None
    if not written(call.func).endswith("retry") and ("attempt_number" in module.text or ".copy(" in module.text):
        return None  # a Retrying object: its loop may count, its copies may stop
    return False


def _is_tenacity(module: Module, expression: ast.expr, last: str) -> bool:
    name = module.names.resolve(expression) or ""
    return name.startswith("tenacity.") and name.rpartition(".")[2] == last


def _counts_itself(module: Module, expression: ast.expr) -> bool:
    """Whether a function of the project's, which may count attempts or raise, decides; tenacity's own do neither."""
    if isinstance(expression, ast.Lambda):
        return any(isinstance(node, ast.Attribute) and node.attr in _CLOCKS for node in ast.walk(expression))
    made = origin(module, expression)
    if isinstance(made, ast.Call | ast.BinOp | ast.Constant):
        return False
    name = module.names.resolve(expression)
    if name is not None and name.startswith("tenacity."):
        return False
    definition = module.names.definition(name) if name else None
    if not isinstance(definition, FUNCTIONS):
        return True
    return any(
        isinstance(node, ast.Raise) or (isinstance(node, ast.Attribute) and node.attr in _CLOCKS)
        for node in ast.walk(definition)
    )


def _tenacity_any(module: Module, expression: ast.expr) -> bool | None:
    made = origin(module, expression)
    if isinstance(made, ast.BinOp) and isinstance(made.op, ast.BitOr):
        return any(_tenacity_any(module, side) for side in (made.left, made.right))
    if not isinstance(made, ast.Call):
        return _is_tenacity(module, made, "retry_always")
    if _is_tenacity(module, made.func, "retry_if_exception_type"):
        types = argument(made, options_of(module, made), "exception_types", 0)
        return _is_any(module, types) if types is not None else not (made.args or made.keywords)
    if _is_tenacity(module, made.func, "retry_if_exception"):
        return bool(made.args) and _always(made.args[0])
    if _is_tenacity(module, made.func, "retry_any"):
        return any(_tenacity_any(module, part) for part in made.args)
    return False


def _always(predicate: ast.expr) -> bool:
    return (
        isinstance(predicate, ast.Lambda) and isinstance(predicate.body, ast.Constant) and predicate.body.value is True
    )


def _is_any(module: Module, types: ast.expr) -> bool:
    made = origin(module, types)
    if isinstance(made, ast.List | ast.Set):
        return any(module.names.resolve(part) in BROAD for part in made.elts)
    return is_broad(caught_types(module, made))


# -- others


def _backoff(module: Module, call: ast.Call, options: Options) -> tuple[bool | None, bool | None, ast.expr | None]:
    types = argument(call, options, "exception", 1) if written(call.func).endswith("on_exception") else None
    filtered = options.open or "giveup" in options.values
    any_exception = types is not None and _is_any(module, types) and not filtered
    return _backoff_ends(module, call, options), any_exception, types


def _backoff_ends(module: Module, call: ast.Call, options: Options) -> bool | None:
    if options.given("max_tries", "max_time"):
        return True
    waits = argument(call, options, "wait_gen", 0)
    name = (module.names.resolve(waits) if waits is not None else None) or ""
    interval = options.values.get("interval")
    if options.open or not name.startswith("backoff.") or name.rpartition(".")[2] not in _ENDLESS_WAITS:
        return None
    if interval is not None and not isinstance(interval, ast.Constant):
        return None  # a list of waiting times ends
    return (
        None
        if any(
            _counts_itself(module, options.values[key])
            for key in ("on_backoff", "giveup")
            if key in options.values and not isinstance(options.values[key], ast.Lambda)
        )
        else False
    )


def _urllib3(module: Module, call: ast.Call, options: Options) -> tuple[bool | None, bool | None, ast.expr | None]:
    total = argument(call, options, "total", 0)
    unlimited = total is not None and is_none(total) and not options.open and len(call.args) < 2
    return not (unlimited and not options.given("connect", "read", "redirect", "status", "other")), False, None


def _stamina(module: Module, call: ast.Call, options: Options) -> tuple[bool | None, bool | None, ast.expr | None]:
    ends = not (is_none(options.values.get("attempts")) and is_none(options.values.get("timeout")))
    on = argument(call, options, "on", 0)
    return ends, on is not None and _is_any(module, on), on


def _retrying(module: Module, call: ast.Call, options: Options) -> tuple[bool | None, bool | None, ast.expr | None]:
    if call.args or options.open:
        return None, None, None
    ends = options.given("stop", "stop_max_attempt_number", "stop_max_delay", "stop_func")
    chosen = options.values.get("retry_on_exception")
    return ends, chosen is None and "retry_on_result" not in options.values, chosen


_RETRY_OPTIONS = frozenset({"exceptions", "tries", "delay", "max_delay", "backoff", "jitter", "logger"})


def _retry(module: Module, call: ast.Call, options: Options) -> tuple[bool | None, bool | None, ast.expr | None]:
    """The `retry` package; a module of the project's own called `retry` is told from it by its arguments."""
    shift = 3 if written(call.func).endswith("retry_call") else 0
    if (
        options.open
        or not options.values.keys() & {"tries", "delay", "backoff", "jitter"}
        or not options.values.keys() <= _RETRY_OPTIONS | {"fargs", "fkwargs"}
    ):
        return None, None, None
    tries = argument(call, options, "tries", 1 + shift)
    types = argument(call, options, "exceptions", shift)
    ends = tries is not None and not (isinstance(tries, ast.UnaryOp) and isinstance(tries.op, ast.USub))
    return ends, types is None or _is_any(module, types), types


# -- celery


def _celery(module: Module, body: list[ast.stmt], decorator: ast.Call) -> Iterator[Policy]:
    options = options_of(module, decorator)
    types = options.values.get("autoretry_for")
    unlimited = is_none(options.values.get("max_retries"))
    if types is None and not (
        unlimited and written(decorator.func).rpartition(".")[2] in ("task", "shared_task", "periodic_task")
    ):
        return
    yield _task_policy(module, decorator, written(decorator.func), options, unlimited, body)


def _on_task_class(module: Module, found: ast.ClassDef) -> Iterator[Policy]:
    values = {
        statement.targets[0].id: statement.value
        for statement in found.body
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
    }
    is_task = any(base.rpartition(".")[2].endswith("Task") for base in module.names.bases(found))
    if not is_task or not values.keys() & {"autoretry_for", "max_retries"}:
        return
    options = Options(values, open=False)
    unlimited = is_none(values.get("max_retries"))
    place = values.get("autoretry_for", values.get("max_retries", found))
    policy = _task_policy(module, place, found.name, options, unlimited, list(found.body))
    if policy.any_exception or policy.ends is False:
        yield policy


def _task_policy(
    module: Module, node: ast.AST, name: str, options: Options, unlimited: bool, body: list[ast.stmt]
) -> Policy:
    types = options.values.get("autoretry_for")
    any_exception = types is not None and _is_any(module, types) and "dont_autoretry_for" not in options.values
    ends: bool | None = True
    if unlimited and "retry_kwargs" not in options.values:
        ends = _task_ends(body, retries=types is not None)
    return Policy(node, name, "celery", ends, any_exception, types)


def _task_ends(body: list[ast.stmt], retries: bool) -> bool | None:
    """Whether a task whose `max_retries` is None ends by another way, or never asks to be retried."""
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Attribute) and node.attr == "retries":
                return None  # it counts by itself
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "retry":
                retries = True
                if any(keyword.arg in (None, "max_retries") for keyword in node.keywords):
                    return None
    return not retries
