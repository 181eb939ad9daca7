"""Lines that run inside a database transaction, over the whole project, and what they call."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from quality_gate.bench import Bench
from quality_gate.codebase.graph import Codebase, Mark
from quality_gate.codebase.marks.transaction import is_beginning
from quality_gate.project_rules._findings import Found
from quality_gate.project_rules.linked._chains import Chain, Reach, Sink
from quality_gate_checkers.model.roles import Role, role_of

_WRITING = frozenset(
    {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
)
_NOT_ATOMIC = "non_atomic_requests"
_REQUEST = re.compile(r"(?:[A-Z]+ )?/")
"""How an entry point that answers requests is told: `POST /orders`, `/orders`."""


class Region(NamedTuple):
    """Lines of one function that run inside a transaction.

    Args:
        begun: how, for messages: `transaction.atomic()`.
    """

    function: str
    path: str
    first: int
    last: int
    begun: str


def breach(region: Region, chain: Chain, message: str, remedy: str) -> Found:
    """What is wrong with a call inside a transaction, at the call that the region's own function makes."""
    first = chain[0]
    return Found(
        path=first.path,
        line=first.line,
        column=first.column,
        message=message,
        remedy=remedy,
        function=region.function,
        text=" -> ".join(link.callee for link in chain),
        touching=((region.path, region.first), *((link.path, link.line) for link in chain)),
    )


def of_code(bench: Bench) -> Iterator[Region]:
    """Transactions that code begins; nothing is linked for them."""
    definitions = bench.codebase.definitions
    for function, mark in _begun(bench.codebase):
        definition = definitions.get(function)
        if definition is not None and role_of(definition.path, bench.settings) is Role.SOURCE:
            yield Region(function, definition.path, mark.first, mark.last, mark.detail)


def _begun(codebase: Codebase) -> Iterator[tuple[str, Mark]]:
    """Transactions that one module tells, and those of which others tell what begins them: `with db.session.begin()`
    of a `db` that is imported."""
    for function, marks in codebase.marks("transaction").items():
        yield from ((function, mark) for mark in marks)
    for function, marks in codebase.marks("begun").items():
        called = {(call.line, call.column) for call in codebase.external_calls(function) if is_beginning(call.name)}
        yield from ((function, mark) for mark in marks if (mark.first, mark.column) in called)


def of_requests(bench: Bench) -> Iterator[Region]:
    """Django's views where a settings module puts each into a transaction, without those that write nothing."""
    codebase = bench.codebase
    if not any(codebase.marks("atomic-requests").values()):
        return
    for entry in codebase.entry_points:
        view = codebase.definitions.get(entry.name)
        if view is None or entry.framework != "django" or not _REQUEST.match(entry.what):
            continue
        if not any(decorator.endswith(_NOT_ATOMIC) for decorator in view.decorators) and _writes(codebase, view.name):
            yield Region(view.name, view.path, view.first, view.last, "the view's transaction (ATOMIC_REQUESTS)")


def _writes(codebase: Codebase, view: str) -> bool:
    """Whether a view itself calls something that is called as what writes rows."""
    called = [
        *(edge.callee for edge in codebase.calls_from(view)),
        *(call.name for call in codebase.external_calls(view)),
        *(call.text for call in codebase.unresolved_calls(view)),
    ]
    return any(name.rpartition(".")[2] in _WRITING for name in called)


def in_transactions(
    bench: Bench,
    is_sink: Sink,
    also: Callable[[Bench], Iterator[Region]] = lambda bench: iter(()),
    *,
    later: bool = False,
) -> Iterator[tuple[Region, Chain]]:
    """Every call inside a transaction that ends in a sink, told once, of the innermost transaction.

    Args:
        is_sink: what is looked for.
        also: further transactions than those that code begins.
        later: as of `Reach`.
    """
    regions = [*of_code(bench), *also(bench)]
    if not regions:
        return
    reach = Reach(bench.codebase, bench.settings, is_sink, later=later)
    begun: dict[str, list[Mark]] = {}
    for function, mark in _begun(bench.codebase):
        begun.setdefault(function, []).append(mark)
    told: set[tuple[str, int, int]] = set()
    for region in sorted(regions, key=lambda region: region.last - region.first):
        for chain in reach.chains(region.function, region.first, region.last):
            place = region.path, chain[0].line, chain[0].column
            if place not in told and not _within_another(begun, chain):
                told.add(place)
                yield region, chain


def _within_another(begun: Mapping[str, Sequence[Mark]], chain: Chain) -> bool:
    """Whether a chain passes through a transaction of its own further down: that one is told of there."""
    return any(mark.first <= link.line <= mark.last for link in chain[1:] for mark in begun.get(link.caller, ()))
