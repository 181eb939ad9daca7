"""QG207 blocking-call-in-async."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import msgspec

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.graph import Definition, Edge, ExternalCall
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found, findings_of
from quality_gate.project_rules.linked._chains import Chain, Reach, shown
from quality_gate.project_rules.linked._outside import blocks
from quality_gate_checkers.dependencies import lookup
from quality_gate_checkers.model.roles import Role, role_of
from quality_gate_checkers.settings import Settings

_Place: TypeAlias = tuple[str, int, int]

_NAMED = 3
"""Further functions that are named; the others are counted."""

_AT_THE_EDGES = frozenset(
    {"main", "lifespan", "startup", "shutdown", "setup", "init", "bootstrap", "teardown", "cleanup", "warm", "warmup"}
)
"""Words in the names of functions that run before the first request or after the last: nobody waits beside them."""


@project_rule("QG207", "blocking-call-in-async", severity="warning", linked=True)
def blocking_call_in_async(bench: Bench) -> Iterator[Finding]:
    """An `async def` makes a call that blocks its thread, by itself or through synchronous functions of the project.

    Blocking are `time.sleep` (of more than 20 ms), processes that are waited for, and the synchronous clients of the
    catalogue: requests, `httpx.Client`, urllib, smtplib, boto3, redis, psycopg, SQLAlchemy's `Session`, pymongo and
    others. Calls are followed through synchronous functions only: an `async def` on the way has a finding of its own.
    One function has one finding for each client, at its first call. It is new when the change touches a call on the
    way. Functions that come to the same blocking call share one finding, at the first of them, which counts the others.

    ## In production
    While one request waits for its answer, the event loop stands still: every other request of the process waits too.

    Django's ORM refuses to be asked there: the request ends with SynchronousOnlyOperation.

    ## Bad
    ```python
    # shop/login.py
    from shop.trail import audit


    async def login(form):
        audit(form)
        return form.user

    # shop/trail.py
    import requests


    def audit(form):
        requests.post("https://audit.example/logins", json={"user": form.user}, timeout=5)
    ```

    ## Good
    ```python
    # shop/login.py
    import asyncio

    from shop.trail import audit


    async def login(form):
        await asyncio.to_thread(audit, form)
        return form.user

    # shop/trail.py
    import requests


    def audit(form):
        requests.post("https://audit.example/logins", json={"user": form.user}, timeout=5)
    ```

    ## When not to use it
    Where only one coroutine runs in the loop (a worker that does one thing at a time): nothing else is held up.
    Functions called `main`, `startup`, `lifespan`, `warm_up` ... and the project's command lines are left alone for
    that reason.

    ## What other linters see
    ruff's ASYNC210, ASYNC221 and ASYNC251, and flake8-async, see direct calls of requests, subprocess and `time.sleep`
    by their names, neither methods of clients nor what stands behind a function.

    ## What it cannot see
    Files, SQLite and queues, which are rarely slow enough to be worth a thread. Functions that remember their answer
    (`lru_cache`) are not looked into, and neither is, below the first function, what stands under `if link:` where
    `link` is None unless it is given, or a wrapper that was put around several functions. Calls between the brackets of
    `to_thread`, `run_in_executor`, `submit` ... are taken to run in their thread.

    ## Measured
    157 hits in 32,000 files of 43 public backend projects, 12 of them with hits; 105 read, 101 true. The four false
    alarms run once, at the start or when something is first asked for. In eight further projects of 1.1 million lines
    that the rule had not seen, 47 hits: 19 true, 15 false and 13 that repeat one helper. Eleven of the false ones,
    FastAPI's synchronous dependencies and Django's asynchronous methods, are silent since, and so are the three that
    came through a wrapper of several functions or by way of a parameter that the call leaves out. Drawn anew from
    2.6 M lines of 18 projects, 6 of them never looked at before: 4 hits, 4 read, 4 true. So few: a warning.
    `python benchmarks/ecosystem.py DIR... --rule blocking-call-in-async --sheet FILE` prints the sheet that was read.
    """
    found = list(_found(bench))
    ends = {(one.path, one.line, one.column): one.touching[-1] for one in found}
    yield from _folded(findings_of(bench, blocking_call_in_async, found), ends)


def _folded(findings: Iterable[Finding], ends: Mapping[_Place, tuple[str, int]]) -> Iterator[Finding]:
    """One finding for all that come to one call by way of the same function: who mends that call mends them all.

    Old and new ones stay apart, and a suppression silences its own function only.
    """
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        place = finding.path, finding.line, finding.column
        key = place if finding.suppressed is not None else (ends[place], finding.new)
        groups.setdefault(key, []).append(finding)
    for first, *others in groups.values():
        yield _counting(first, others) if others else first


def _counting(finding: Finding, others: list[Finding]) -> Finding:
    named = [f"{other.path}:{other.line}" for other in others[:_NAMED]]
    more = len(others) - len(named)
    said = ", ".join(named) + (f" and {more} more" if more else "")
    counted = f"{len(others)} more async {'function comes' if len(others) == 1 else 'functions come'} to this call"
    return msgspec.structs.replace(finding, message=f"{finding.message}; {counted}: {said}")


def _found(bench: Bench) -> Iterator[Found]:
    brief = bench.codebase.marks("brief")

    def is_sink(name: str, call: ExternalCall | Edge) -> bool:
        if not isinstance(call, ExternalCall) or call.awaited or not blocks(name, bench.settings):
            return False
        return not any((mark.first, mark.column) == (call.line, call.column) for mark in brief.get(call.caller, ()))

    def enters(definition: Definition) -> bool:
        return not definition.is_async

    judged = list(_judged(bench))
    if not judged:
        return
    reach = Reach(bench.codebase, bench.settings, is_sink, enters)
    for function in judged:
        for chains in _by_client(bench, reach.chains(function.name, function.first, function.last)):
            yield _breach(bench, function, chains)


def _judged(bench: Bench) -> Iterator[Definition]:
    """Coroutine functions beside which others run."""
    programs = bench.codebase.marks("program")
    for function in bench.codebase.definitions.values():
        if not function.is_async or role_of(function.path, bench.settings) is not Role.SOURCE:
            continue
        words = set(function.name.rpartition(".")[2].lower().split("_"))
        if not words & _AT_THE_EDGES and bench.codebase.definitions_in(function.path)[0].name not in programs:
            yield function


def _by_client(bench: Bench, chains: Iterable[Chain]) -> Iterable[list[Chain]]:
    """The chains of one function by what they end in: who mends the first call mends the others with it."""
    found: dict[str, list[Chain]] = {}
    for chain in chains:
        known = lookup(chain[-1].callee, bench.settings)
        found.setdefault(known.dependency if known is not None else chain[-1].callee, []).append(chain)
    return found.values()


def _breach(bench: Bench, function: Definition, chains: list[Chain]) -> Found:
    chain, *others = chains
    more = f", and {len(others)} more {'call' if len(others) == 1 else 'calls'} here" if others else ""
    return Found(
        path=chain[0].path,
        line=chain[0].line,
        column=chain[0].column,
        message=f"{chain[-1].callee}() {_effect(chain[-1].callee)}{more}: {shown(bench.codebase, chain)}",
        remedy=_remedy(chain[-1].callee, bench.settings),
        function=function.name,
        text=chain[-1].callee.partition(".")[0],
        touching=_lines(chain),
        also_new=tuple(line for other in others for line in _lines(other)),
    )


def _is_orm(callee: str) -> bool:
    return callee.startswith("django.db.")


def _effect(callee: str) -> str:
    refused = "is refused by Django in async code (SynchronousOnlyOperation)"
    return refused if _is_orm(callee) else "blocks the event loop"


def _remedy(callee: str, settings: Settings) -> str:
    holder, _, method = callee.rpartition(".")
    if _is_orm(callee):
        twin = f"await `a{method}`, or " if lookup(f"{holder}.a{method}", settings) is not None else ""
        return f"{twin}put the function that asks behind `sync_to_async`"
    return "await an asynchronous client instead, or hand the call to `asyncio.to_thread`"


def _lines(chain: Chain) -> tuple[tuple[str, int], ...]:
    return tuple((link.path, link.line) for link in chain)
