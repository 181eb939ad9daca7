"""How long a retry policy pauses between two attempts, as each library spells it.

tenacity, urllib3, retrying, retry, rq and huey try again at once unless told otherwise; backoff, celery and stamina
pause by themselves unless told not to.
"""

from __future__ import annotations

import ast

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FUNCTIONS
from quality_gate_checkers.reading.arguments import Options, argument, as_float, options_of, origin
from quality_gate_checkers.reading.handlers import called_name
from quality_gate_checkers.reading.retries import Policy

_WORDS = ("sleep", "wait", "backoff", "back_off", "delay", "pause", "throttle", "jitter", "call_later")
"""In the name of a function that lets time pass, whoever wrote it."""

_NO_PAUSE = frozenset({"wait_for", "wait_closed", "waitfor"})
FEW = 2
"""A single second attempt may come at once: it answers a connection that had gone stale."""


def lets_time_pass(nodes: list[ast.AST]) -> bool:
    """Whether a call of something named like a pause stands anywhere in these nodes."""
    return any(
        isinstance(node, ast.Call)
        and (name := called_name(node).lower()) not in _NO_PAUSE
        and any(word in name for word in _WORDS)
        for start in nodes
        for node in ast.walk(start)
    )


def number(module: Module, expression: ast.expr | None) -> float | None:
    """A literal number, also through a name that is bound once; None for anything else."""
    made = origin(module, expression) if expression is not None else None
    if isinstance(made, ast.Constant) and isinstance(made.value, int | float):
        return as_float(made.value)
    return None


def pauses_never(module: Module, policy: Policy) -> bool:
    """Whether a policy makes three attempts or more without any time between them, as far as the module tells."""
    call = policy.node
    if not isinstance(call, ast.Call):
        return False
    options = options_of(module, call)
    if options.open:
        return False
    if policy.library == "tenacity":
        return _tenacity(module, call, options)
    if policy.library in ("urllib3", "requests"):
        return _urllib3(module, call, options)
    if policy.library == "celery":
        return _celery(module, options)
    if policy.library == "retrying":
        few = number(module, options.values.get("stop_max_attempt_number"))
        return not any(key.startswith("wait") for key in options.values) and (few is None or few > FEW)
    if policy.library == "retry":
        tries = number(module, argument(call, options, "tries", 1))
        delay = argument(call, options, "delay", 2)
        return (delay is None or number(module, delay) == 0) and (tries is None or tries > FEW)
    return policy.library == "backoff" and number(module, options.values.get("interval")) == 0


def _tenacity(module: Module, call: ast.Call, options: Options) -> bool:
    if "sleep" in options.values or any(
        _may_pause(module, options, key) for key in ("before", "after", "before_sleep")
    ):
        return False
    stop = options.values.get("stop")
    made = origin(module, stop) if stop is not None else None
    if isinstance(made, ast.Call) and called_name(made) == "stop_after_attempt":
        attempts = number(module, argument(made, options_of(module, made), "max_attempt_number", 0))
        if attempts is not None and attempts <= FEW:
            return False
    wait = options.values.get("wait")
    return wait is None or _is_no_wait(module, origin(module, wait))


def _is_no_wait(module: Module, wait: ast.expr) -> bool:
    if not isinstance(wait, ast.Call):
        return False
    name = module.names.resolve(wait.func) or ""
    if not name.startswith("tenacity."):
        return False
    fixed = name.endswith(".wait_fixed") and number(module, argument(wait, options_of(module, wait), "wait", 0)) == 0
    return fixed or name.endswith(".wait_none")


def _may_pause(module: Module, options: Options, key: str) -> bool:
    """Whether a hook may let time pass: one that this module does not show, or that calls a pause."""
    hook = options.values.get(key)
    if hook is None:
        return False
    made = origin(module, hook)
    name = module.names.resolve(made.func if isinstance(made, ast.Call) else made)
    if name is not None and name.startswith("tenacity."):
        return False
    found = module.names.definition(name) if name else None
    return not isinstance(found, FUNCTIONS) or lets_time_pass([found])


_KINDS_OF_FAILURE = ("connect", "read", "status", "other")


def _urllib3(module: Module, call: ast.Call, options: Options) -> bool:
    backoff = options.values.get("backoff_factor")
    if len(call.args) > 1 or (backoff is not None and number(module, backoff) != 0):
        return False
    total = argument(call, options, "total", 0)
    if total is not None and (few := number(module, total)) is not None and few < FEW:
        return False
    given = [number(module, options.values[key]) for key in _KINDS_OF_FAILURE if key in options.values]
    return not given or any(count is None or count >= FEW for count in given) or "total" in options.values


def _celery(module: Module, options: Options) -> bool:
    more = options.values.get("retry_kwargs")
    values = dict(options.values)
    if more is not None:
        held = origin(module, more)
        if isinstance(held, ast.Dict):
            values.update(
                (str(key.value), value)
                for key, value in zip(held.keys, held.values, strict=True)
                if isinstance(key, ast.Constant)
            )
    stated = [values[key] for key in ("countdown", "default_retry_delay") if key in values]
    backoff = values.get("retry_backoff")
    off = backoff is None or (isinstance(backoff, ast.Constant) and not backoff.value)
    return bool(stated) and off and number(module, stated[0]) == 0
