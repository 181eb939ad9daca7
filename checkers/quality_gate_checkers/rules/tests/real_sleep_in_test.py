"""QG303 real-sleep-in-test."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, Role, rule
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.arguments import as_float, origin
from quality_gate_checkers.reading.handlers import called_name
from quality_gate_checkers.reading.oracles import oracle_at
from quality_gate_checkers.reading.tests_in import WrittenTest, is_switched_off, last_name, tests_of
from quality_gate_checkers.reading.walks import walk_now
from quality_gate_checkers.regexes import regex

_SLEEPS = frozenset(
    {"time.sleep", "asyncio.sleep", "asyncio.tasks.sleep", "anyio.sleep", "trio.sleep", "gevent.sleep",
     "eventlet.sleep", "curio.sleep"}
)  # fmt: skip
_SHORTEST = 0.1
"""Seconds; what is shorter is felt by nobody, and mostly yields to another thread."""

_MEANS_IT = regex(
    r"integration|e2e|end_to_end|functional|acceptance|system|smoke|load|perf|bench|slow|live|selenium|browser"
)
_PATCHED = regex(r"(patch|setattr|freeze|replace)[^\n]*sleep|sleep\w*\s*=|autojump_clock|looptime")


@rule("QG303", "real-sleep-in-test", severity="warning", triggers=(b"sleep",), roles=frozenset({Role.TESTS}))
def real_sleep_in_test(module: Module) -> Iterator[Hit]:
    """A test that really sleeps before it checks.

    `time.sleep`, `asyncio.sleep` and the like, written as a statement in a test's own body, for a tenth of a second or
    more in plain numbers, with an assertion after it. Sleeps in loops poll and are in order; so is a sleep that is the
    work given to something. A module that patches `sleep` is left alone, and so are files, classes and tests that say
    that they are slow on purpose (`integration`, `e2e`, `load` ...).

    ## In production
    The suite waits on every run, still fails on a busy runner, and a red build is answered by running it again.

    ## Bad
    ```python
    import time

    from shop.mail import outbox, send_later

    def test_mail_is_sent(order):
        send_later(order)
        time.sleep(2)
        assert len(outbox) == 1
    ```

    ## Good
    ```python
    from shop.mail import outbox, send_later

    def test_mail_is_sent(order):
        thread = send_later(order)
        thread.join(timeout=5)
        assert len(outbox) == 1
    ```

    ## When not to use it
    In suites against a real service or browser: put them into a folder called `integration`, or silence the rule with
    a reason.

    ## What other linters see
    semgrep has a rule against every `sleep`; ruff, pylint and flake8's plugins see blocking sleeps in coroutines only.

    ## Known missed alarms
    Sleeps in helpers and fixtures, sleeps whose length is computed, `wait(2)` on a page or a driver.

    ## Measured
    156 hits in 4.8 million lines of 35 public backend projects, 46 read, 45 true; half of all stand in two suites that
    drive a browser or a server and do not say so. A warning all the same: it costs time, not money.
    """
    if _MEANS_IT.search(module.path.lower()) or _PATCHED.search(module.text):
        return
    for test in tests_of(module):
        if not is_switched_off(module, test) and not _is_slow_on_purpose(test):
            yield from _in_test(module, test)


def _is_slow_on_purpose(test: WrittenTest) -> bool:
    marks = [*test.node.decorator_list, *(test.owner.decorator_list if test.owner is not None else ())]
    return any(_MEANS_IT.search(last_name(mark).lower()) for mark in (*marks, test.node))


def _in_test(module: Module, test: WrittenTest) -> Iterator[Hit]:
    sleeps: list[tuple[ast.Call, float]] = []
    for node in walk_now(test.node.body):
        if isinstance(node, ast.Call) and called_name(node) == "sleep":
            seconds = _seconds(module, node)
            if seconds is not None and not _is_repeated(module, node, test.node):
                sleeps.append((node, seconds))
        elif sleeps and (oracle := oracle_at(node)) is not None:
            call, seconds = max(sleeps, key=lambda found: found[1])
            total = sum(found for _, found in sleeps)
            yield Hit(
                call,
                f"{test.node.name}() sleeps {total:g} s before it checks",
                "wait with a deadline for what happens (an event, a join, a poll), or hand in a clock",
                also=(oracle.node,),
            )
            return


def _seconds(module: Module, call: ast.Call) -> float | None:
    """How long a call sleeps, None where it does not, or not long, or nobody can tell."""
    given = call.args[0] if call.args else next((word.value for word in call.keywords), None)
    value = origin(module, given) if given is not None else None
    if not (isinstance(value, ast.Constant) and isinstance(value.value, int | float)):
        return None
    if value.value < _SHORTEST or not _is_waited_for(module, call) or module.names.callee(call) not in _SLEEPS:
        return None
    return as_float(value.value)


def _is_waited_for(module: Module, call: ast.Call) -> bool:
    """A statement of its own: a sleep that is handed to something, or all that a `with` holds, is the work itself."""
    parent = module.parent(call)
    statement = module.parent(parent) if isinstance(parent, ast.Await) else parent
    if not isinstance(statement, ast.Expr):
        return False
    around = module.parent(statement)
    return not (isinstance(around, ast.With | ast.AsyncWith) and len(around.body) == 1)


def _is_repeated(module: Module, call: ast.Call, function: FunctionNode) -> bool:
    """Whether a sleep stands in a loop, where it polls, or in a handler, before another attempt."""
    for above in module.ancestors(call):
        if above is function:
            return False
        if isinstance(above, ast.While | ast.For | ast.AsyncFor | ast.ExceptHandler):
            return True
    return False
