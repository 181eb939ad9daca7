"""QG204 unobserved-background-failure."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.reading.futures import kept_in, work_place
from quality_gate_checkers.reading.gathers import gathered, is_broadcast, is_dropped, is_parting
from quality_gate_checkers.reading.handlers import called_name, written
from quality_gate_checkers.reading.workers import (
    answers_for_itself,
    definition_of,
    failing_call,
    has_nothing_to_report,
    work_of,
)

_NAMES = frozenset(
    {
        "submit",
        "map",
        "create_task",
        "ensure_future",
        "run_coroutine_threadsafe",
        "run_in_executor",
        "gather",
        "Thread",
        "Timer",
    }
)
_LOGGED_BY_ASYNCIO = frozenset({"create_task", "ensure_future", "run_in_executor"})
"""What these return logs a failure that nobody has asked for when it is collected; measured on 3.11 and 3.13."""


@rule(
    "QG204",
    "unobserved-background-failure",
    severity="warning",
    triggers=(
        b"submit", b"executor", b"create_task", b"ensure_future", b"run_coroutine_threadsafe", b"run_in_executor",
        b"return_exceptions", b"thread", b"timer",
    ),
    elsewhere=(b"map",),
)  # fmt: skip
def unobserved_background_failure(module: Module) -> Iterator[Hit]:
    """Work in the background whose failure nobody can see.

    The future of `executor.submit()`, `executor.map()`, `loop.run_in_executor()`, `asyncio.create_task()` or
    `ensure_future()` is dropped or kept where nobody asks it; the answers of `gather(..., return_exceptions=True)` are
    dropped; a thread's target calls another machine without a handler. Where the work stands in the same module it is
    looked into: one that handles its own failures is in order.

    ## In production
    The work is not done or its loop has died, and what failed is said late, far from its cause, or not at all.

    ## Bad
    ```python
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(max_workers=4)

    def order_paid(receipts, order):
        pool.submit(receipts.send, order)
    ```
    ```python
    import asyncio

    async def settle_all(bank, days):
        await asyncio.gather(*(bank.settle(day) for day in days), return_exceptions=True)
    ```

    ## Good
    ```python
    import logging
    from concurrent.futures import Future, ThreadPoolExecutor

    log = logging.getLogger(__name__)
    pool = ThreadPoolExecutor(max_workers=4)

    def order_paid(receipts, order):
        pool.submit(receipts.send, order).add_done_callback(report)

    def report(done: Future):
        if done.exception() is not None:
            log.error("receipt not sent", exc_info=done.exception())
    ```
    ```python
    import asyncio
    import logging

    log = logging.getLogger(__name__)

    async def settle_all(bank, days):
        answers = await asyncio.gather(*(bank.settle(day) for day in days), return_exceptions=True)
        for day, answer in zip(days, answers):
            if isinstance(answer, BaseException):
                log.error("%s not settled", day, exc_info=answer)
    ```

    ## When not to use it
    Where the work handles its own failures in another module, or nobody needs to know, say so:
    `# quality-gate: allow[unobserved-background-failure] reason="cache warm-up; send() logs"`.

    Silent by design here: cleaning up (a gather after `.cancel()`, in `close()`, in `finally`), `send()` and the like
    to many listeners at once, futures that are kept and read or have a done callback, decorated workers, `TaskGroup`,
    and threads in a module that sets `threading.excepthook`.

    How much is lost, measured on Python 3.11 and 3.13: `submit`, `map`, `run_coroutine_threadsafe` and a dropped
    `gather` lose the failure; a task kept in `self` is logged only when its object goes; a dropped `create_task`,
    `ensure_future` or `run_in_executor` is logged by asyncio itself ("exception was never retrieved"), and no code of
    the project reacts.

    ## What other linters see
    ruff 0.17 (measured) sees with RUF006 a dropped or unused task of `asyncio.create_task`, `ensure_future` and a
    loop's `create_task`, because it may be collected before it ends. It says nothing of executors, `run_in_executor`,
    `gather` and tasks kept in `self` and never asked.

    ## Known missed alarms
    Helpers that are handed the work by their caller; futures that are only waited for (`wait(futures)`); tasks held
    in a set; executors whose class nothing in the module tells.

    ## Measured
    On code not seen while the rule was made: 33 hits in 195,000 lines of 3 public async projects, 33 read, 26 true.
    The false ones: 6 that fan one chunk out to many listeners, 1 whose work handles itself in another module. Of the
    26, 15 are tasks whose failure asyncio does log. While the rule was made: 11 hits in 7 M lines read, 4 true; it
    was mended on these (5 left, 4 true), so they prove nothing. In 520,000 lines of 6 projects never looked at before:
    1 hit, true. A loop over a method of its class that handles its failures was a false alarm and is silent since.
    `python benchmarks/ecosystem.py DIR... --rule unobserved-background-failure --sheet FILE` prints such a sheet.
    """
    for call in module.mentioning(ast.Call, _NAMES):
        name = called_name(call)
        if name not in _NAMES:
            continue
        if name in ("Thread", "Timer"):
            yield from _thread(module, call)
        elif name == "gather":
            yield from _gather(module, call)
        else:
            yield from _future(module, call, name)


# -- futures and tasks


def _future(module: Module, call: ast.Call, name: str) -> Iterator[Hit]:
    kept = kept_in(module, call)
    if kept is None:
        return
    place = work_place(module, call, name)
    if place is None or len(call.args) <= place:
        return
    work = work_of(call.args[place])
    if _is_parameter(module, work):
        return  # a helper that is handed its work: whether that answers for itself nothing here tells
    if has_nothing_to_report(module, work) or (name != "submit" and "set_exception_handler" in module.text):
        return
    if kept and definition_of(module, work) is None and kept.startswith("self."):
        return
    who = f"{written(work)}()" if work is not None else "the work"
    logged = not kept.startswith("self.") and name in _LOGGED_BY_ASYNCIO
    told = "only asyncio's own 'never retrieved' log tells" if logged else "nobody is told"
    what = f"its result is kept in {kept}, which nobody asks" if kept else "its result is dropped"
    yield Hit(
        call,
        f"{who} runs in the background and {what}: when it fails {told}",
        "ask the result for its failure: await it or call result(), or add_done_callback(...) one that logs at error",
    )


def _is_parameter(module: Module, work: ast.expr | None) -> bool:
    return isinstance(work, ast.Name) and any(found.kind == "parameter" for found in module.names.bindings(work))


# -- gather


def _gather(module: Module, call: ast.Call) -> Iterator[Hit]:
    if not any(
        keyword.arg == "return_exceptions" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in call.keywords
    ):
        return
    if (
        module.names.resolve(call.func) not in ("asyncio.gather", "asyncio.tasks.gather")
        or not is_dropped(module, call)
        or is_parting(module, call)
    ):
        return
    works = gathered(module, call)
    if (
        not works
        or all(has_nothing_to_report(module, work) for work in works)
        or any(is_broadcast(work) for work in works)
    ):
        return
    who = next(written(work) for work in works if not has_nothing_to_report(module, work))
    yield Hit(
        call,
        f"gather(return_exceptions=True) hands back what {who}() raises, and nobody looks at it",
        "keep the answers and log or raise those that are exceptions, or leave return_exceptions out",
    )


# -- threads


def _thread(module: Module, call: ast.Call) -> Iterator[Hit]:
    if module.names.resolve(call.func) not in ("threading.Thread", "threading.Timer") or "excepthook" in module.text:
        return
    keyword, place = ("target", 1) if called_name(call) == "Thread" else ("function", 1)
    target = next(
        (given.value for given in call.keywords if given.arg == keyword),
        call.args[place] if len(call.args) > place else None,
    )
    definition = definition_of(module, work_of(target))
    if definition is None or answers_for_itself(module, definition):
        return
    failing = failing_call(module, definition)
    if failing is None:
        return
    yield Hit(
        call,
        f"{definition.name}() runs in a thread, and when {written(failing.node.func)}() fails there no log tells",
        f"handle the failure at the top of {definition.name}(): log it at error and say what is lost",
        also=(failing.node,),
    )
