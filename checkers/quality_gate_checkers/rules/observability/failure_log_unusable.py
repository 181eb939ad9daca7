"""QG402 failure-log-unusable."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.reading.answers import is_answer
from quality_gate_checkers.reading.carrying_on import carried_on
from quality_gate_checkers.reading.handlers import (
    FailingCall,
    answers_for,
    caught_types,
    fallible_calls,
    is_cleanup,
    written,
)
from quality_gate_checkers.reading.masking import masked
from quality_gate_checkers.reading.telling import has_context_of_its_own, loud_logs, passes_on, tells, words
from quality_gate_checkers.regexes import regex

_ONE_REASON = regex(r"Time(?:d)?[Oo]ut|Connect|Refused|Reset|ValueError|TypeError|Decode|Encode|Permission|Auth")
"""Exceptions of one meaning: to say that it happened is to say why."""


@rule("QG402", "failure-log-unusable", severity="warning", triggers=(b"except",))
def failure_log_unusable(module: Module) -> Iterator[Hit]:
    """A call fails for one of many reasons, and all that the log keeps of it is a fixed sentence.

    The handler stands around a call that the catalogue or `[tool.quality-gate.dependencies]` knows and catches more
    than one kind of failure. What it logs at warning or above holds no exception, no traceback and no value: neither
    why the call failed nor for which order, file or user.

    ## In production
    "it failed" stands in the log four hundred times, and nobody can tell why, or what it was about.

    ## Bad
    ```python
    import logging
    import requests

    log = logging.getLogger(__name__)

    def publish(event):
        try:
            requests.post("https://events.example/v1", json=event, timeout=5)
        except requests.RequestException:
            log.error("event not published")
    ```

    ## Good
    ```python
    import logging
    import requests

    log = logging.getLogger(__name__)

    def publish(event):
        try:
            requests.post("https://events.example/v1", json=event, timeout=5)
        except requests.RequestException:
            log.exception("event %s not published", event["id"])
    ```

    ## When not to use it
    Where a filter or a processor adds the exception and the request to every record, ignore the rule in the
    configuration. Silent by design here: a log that holds any value, a handler that raises, uses the exception or
    hands it to an error tracker, exceptions that have one meaning (a timeout, a refused connection, a text that is
    not JSON), closing and cleaning up, loggers that are bound to a context (`logger.bind()`, `LoggerAdapter`) or
    handed in, a log under an `if`.

    ## What other linters see
    ruff TRY400 and Sonar S8572 ask for `.exception()` instead of `.error()` in every handler; `.warning()` passes
    them, and so does an `.exception()` that nobody can match with an order. BLE001 looks at the breadth of the
    handler, and pylint at the form of the arguments.

    ## Known missed alarms
    Calls on objects whose class nothing in the module tells. A log that holds a value which identifies nothing. The
    traceback that is missing where the id is there.

    ## Measured
    10 hits in 4.8 million lines of 35 public backend projects, all read, 7 true; the other three were exceptions of
    one meaning and a log under an `if`, mended since: the 7 that are left are true. In 1.5 million lines of eight
    others that the rule had not seen: 3 hits, 3 true. A log that is poor breaks nothing by itself, hence a warning.
    """
    for handler in module.nodes(ast.ExceptHandler):
        log = _only_words(module, handler)
        block = module.parent(handler)
        if log is None or not isinstance(block, ast.Try | ast.TryStar):
            continue
        failing = _failing(module, handler, block)
        if failing is None or masked(module, handler) is not None or carried_on(module, handler) is not None:
            continue
        yield Hit(
            log,
            f'{written(failing.node.func)}() fails, and all that is logged is "{words(log)}"',
            "log the exception (exc_info=True or .exception()) and the id of what was being worked on",
            also=(failing.node, handler),
        )


def _only_words(module: Module, handler: ast.ExceptHandler) -> ast.Call | None:
    """The log of a handler in which nothing else is kept of the failure."""
    logs = loud_logs(module, handler.body)
    if not logs or any(tells(module, log) for log in logs) or passes_on(handler):
        return None
    if module.parent(module.parent(logs[0]) or handler) is not handler:
        return None
    return None if has_context_of_its_own(module, logs[0]) else logs[0]


def _failing(module: Module, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar) -> FailingCall | None:
    types = caught_types(module, handler.type)
    if all(_says_enough(name) for name in types) or is_cleanup(module, block):
        return None
    many = [name for name in types if not _says_enough(name)]
    return next((call for call in fallible_calls(module, block.body) if answers_for(many, call.known)), None)


def _says_enough(name: str | None) -> bool:
    return name is None or is_answer(name) or _ONE_REASON.search(name.rpartition(".")[2]) is not None
