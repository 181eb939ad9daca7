"""QG110 failure-dropped-on-critical-path."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.critical_paths import Member, ResolvedPath
from quality_gate.codebase.graph import Definition, Edge, ExternalCall, Mark
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found, findings_of
from quality_gate.project_rules.linked._chains import Chain, Reach, is_known, shown
from quality_gate.project_rules.linked._retries import ANY, kept_below
from quality_gate_checkers.dependencies import lookup
from quality_gate_checkers.reading.answers import is_answer, is_asking
from quality_gate_checkers.reading.carrying_on import FAILURE, does_something
from quality_gate_checkers.reading.handlers import HARMLESS, answers_for

_REFUSAL = re.compile(r"(?:Declin|Den|Refus|Reject)[a-z]*(?:Error|Exception)?$")
_UNABLE = re.compile(r"ReadOnly|Cannot|Cant(?=[A-Z])|NotSupported|Unsupported")


@project_rule("QG110", "failure-dropped-on-critical-path", severity="warning", linked=True)
def failure_dropped_on_critical_path(bench: Bench) -> Iterator[Finding]:
    """On a critical path a handler drops a failure, and the code goes on as if it had worked.

    The part of `silent-failure` that needs to know what is critical. Judged are handlers of functions on declared
    critical paths that neither raise nor return the failure, change nothing, and log below warning or not at all. They
    are told of where they catch a failure of the project's own (`except PaymentError`), where they catch anything
    around a call that ends in a remote one, however the project gets there, and where they catch anything, say nothing
    at all, and stand around one call into the project that nobody can follow to its end. No comment excuses it: on a
    critical path that takes `allow` with a reason, an owner and a last day. It is new when the change touches the
    handler or the call.

    ## In production
    The call has failed, the work goes on all the same, and the log of that day shows nothing.

    ## Bad
    ```python
    # shop/pay.py
    import logging

    from shop.bank import PaymentError

    log = logging.getLogger(__name__)


    # quality-gate: critical[payments]
    def place(order, gateway, warehouse):
        try:
            gateway.charge(order)
        except PaymentError as error:
            log.info("order %s: %s", order.number, error)
        warehouse.ship(order)

    # shop/bank.py
    class PaymentError(Exception):
        pass
    ```

    ## Good
    ```python
    # shop/pay.py
    import logging

    from shop.bank import PaymentError

    log = logging.getLogger(__name__)


    # quality-gate: critical[payments]
    def place(order, gateway, warehouse):
        try:
            gateway.charge(order)
        except PaymentError:
            log.warning("order %s is not paid", order.number, exc_info=True)
            order.state = "unpaid"
            return
        warehouse.ship(order)

    # shop/bank.py
    class PaymentError(Exception):
        pass
    ```

    ## When not to use it
    Where the failure really is of no interest there: say so with
    `# quality-gate: allow[failure-dropped-on-critical-path] reason="..." owner=@team until=2027-03-31`.

    ## What it cannot see
    Exceptions whose names do not speak of a failure, handlers that catch beside it that a thing is not there or cannot
    be done (`NotFound`, `ReadOnly`, `Cannot...`), and handlers around calls whose names say that they ask, tell or take
    away (`get_`, `check_`, `notify_`, `..._delete`), or in functions and modules that measure. A handler that does
    anything at all but log, be it the wrong thing, is left to `continue-after-failed-call`.

    ## Measured
    Critical paths declared over the payments, sign-in, orders, sending and alerting of 32 public backend projects
    (4.2 million lines): 25 hits, all read, 18 of them where one project talks to a chat; 10 were true. Most of the
    others took no for an answer, took something away or counted, and are silent since: of the 8 that are left 5 are
    true. 27 of the projects had none at all. It warns.
    """
    if not bench.has_critical_paths:
        return
    dropped = bench.codebase.marks("dropped")
    told: set[tuple[str, int]] = set()
    for path in bench.critical.paths:
        found = [
            one
            for member in path.members
            for mark in dropped.get(member.name, ())
            for one in _in_handler(bench, path, member, mark)
            if (one.path, one.line) not in told
        ]
        told |= {(one.path, one.line) for one in found}
        for finding in findings_of(bench, failure_dropped_on_critical_path, found):
            yield msgspec.structs.replace(finding, critical_path=path.name)


def _in_handler(bench: Bench, path: ResolvedPath, member: Member, mark: Mark) -> Iterator[Found]:
    line, alone, types = int(mark.names[0]), mark.names[1], mark.names[2:]
    if _is_told(bench, member.path, line):
        return
    if any(_is_told_no((*types, *mark.detail.split(", ")))):
        return
    unknown = mark.detail.split(", ") if "?" in types else []
    own = next((name for name in types if name != "?" and _is_own_failure(bench, name)), None)
    own = own or next((name for name in unknown if _is_own_failure(bench, name, by_its_end=True)), None)
    if own is not None:
        what = f"{own.rpartition('.')[2]} is caught and dropped"
        yield _breach(path, member, mark, line, what, ())
    elif not ANY.isdisjoint(types):
        chain = _remote(bench, member, mark, types)
        if chain is not None:
            what = f"whatever {chain[-1].callee}() fails with is dropped: {shown(bench.codebase, chain)}"
            yield _breach(path, member, mark, line, what, chain)
        elif alone and (done := _done(bench, member, mark)) is not None:
            yield _breach(path, member, mark, line, f"whatever {done}() fails with is dropped", ())


def _is_told(bench: Bench, path: str, line: int) -> bool:
    """Whether `silent-failure` speaks of a handler already."""
    held = bench.inspections.get(path)
    return held is not None and any(
        one.name == "silent-failure" and one.location.line == line for one in held.violations
    )


def _is_told_no(names: Iterable[str]) -> Iterator[bool]:
    """Which of the caught exceptions say that the other side knows no such thing or cannot do it: who catches one of
    these beside a failure has asked, and takes no for an answer."""
    for name in names:
        own = not name.startswith("builtins.") and name not in HARMLESS and f"builtins.{name}" not in HARMLESS
        yield own and not _REFUSAL.search(name) and bool(is_answer(name) or _UNABLE.search(name.rpartition(".")[2]))


def _is_own_failure(bench: Bench, name: str, *, by_its_end: bool = False) -> bool:
    """An exception of the project whose name says that something failed; who goes on after a refusal delivers what
    nobody has paid for.

    Args:
        by_its_end: nothing tells where the name is from: a class of the project that is called so will be meant.
    """
    if not FAILURE.search(name) or (is_answer(name) and not _REFUSAL.search(name)):
        return False
    while "." in name:
        found = bench.codebase.definitions.get(name)
        if found is not None:
            return found.kind == "class"
        name = name.partition(".")[2]
    definitions = bench.codebase.definitions.values() if by_its_end else ()
    return any(held.kind == "class" and held.name.endswith(f".{name}") for held in definitions)


def _done(bench: Bench, member: Member, mark: Mark) -> str | None:
    """A function of the project that is called in what is tried, is there to do something, and calls what nobody can
    tell: it may fail in any way."""
    for edge in bench.codebase.calls_from(member.name):
        called = bench.codebase.definitions.get(edge.callee)
        if mark.first <= edge.line <= mark.last and called is not None and called.kind == "function" and is_known(edge):
            name = called.name.rpartition(".")[2]
            if not name.startswith("__") and does_something(name) and _calls_unknown(bench, called.name):
                return name
    return None


def _calls_unknown(bench: Bench, function: str) -> bool:
    below = [function, *(edge.callee for edge in bench.codebase.calls_from(function))]
    return any(bench.codebase.unresolved_calls(name) for name in below)


def _remote(bench: Bench, member: Member, mark: Mark, types: tuple[str, ...]) -> Chain | None:
    """The way from what is tried to a remote call whose failure reaches the handler."""

    def is_sink(name: str, call: ExternalCall | Edge) -> bool:
        known = lookup(name, bench.settings) if isinstance(call, ExternalCall) else None
        return known is not None and known.remote and known.kind != "socket" and answers_for([*types], known)

    def enters(definition: Definition) -> bool:
        return not is_asking(definition.name.rpartition(".")[2])

    reach = Reach(bench.codebase, bench.settings, is_sink, enters)
    for chain in reach.chains(member.name, mark.first, mark.last):
        known = lookup(chain[-1].callee, bench.settings)
        if known is not None and not kept_below(bench.codebase, mark, chain, known.raises):
            return chain
    return None


def _breach(path: ResolvedPath, member: Member, mark: Mark, line: int, what: str, chain: Chain) -> Found:
    return Found(
        path=member.path,
        line=line,
        column=1,
        message=f"on the critical path {path.name} {what}, and the code goes on as if it had worked",
        remedy="let it rise, return what did not work, or log it at warning or above and undo what depends on it",
        function=member.name,
        text=f"except {mark.detail}",
        touching=tuple((link.path, link.line) for link in chain),
        also_new=tuple((member.path, touched) for touched in range(mark.first, line + 1)),
    )
