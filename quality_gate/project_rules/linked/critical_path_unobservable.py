"""QG401 critical-path-unobservable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import msgspec

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.critical_paths import Member, ResolvedPath
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found, findings_of
from quality_gate_checkers.dependencies import catalogue

_TELLING = re.compile(
    r"(?:^|[._])_*(?:log|logs|logger|logging|metrics?|telemetry|track\w*|trac\w+|spans?|audit|monitor\w*|report\w*|alert\w*|statsd|"
    r"sentry\w*|observ\w+|notify|notif\w+|counters?|histogram|timer|instrument\w*)(?:[._(]|$)",
    re.IGNORECASE,
)
"""Names of functions that tell somebody, whoever wrote them."""

_LOCAL = frozenset({"builtins.FileNotFoundError", "builtins.PermissionError"})


@project_rule("QG401", "critical-path-unobservable", severity="warning", linked=True)
def critical_path_unobservable(bench: Bench) -> Iterator[Finding]:
    """A critical path keeps a failure to itself, and nothing on it logs, counts, traces or reports.

    Judged are declared critical paths, per entry point, on which a handler keeps the failure of a dependency. What
    rises out of an entry point is written down by whoever called it: Django, Flask, FastAPI and celery log it, and a
    program that ends with it prints it. Telling is a log at any level, a metric, a span, a report to an error tracker,
    a decorator that says so by its name, and any call whose name speaks of one. A project that imports or names a
    watcher of whole services (Sentry, OpenTelemetry, Datadog, New Relic, Elastic, Prometheus and others) is left alone.
    It is new when the change touches the entry point's first line.

    ## In production
    It fails, nothing is written anywhere, and the first to tell you is a customer.

    ## Bad
    ```python
    # shop/pay.py
    import requests


    def charge(order):  # quality-gate: critical[payments]
        try:
            answer = requests.post("https://bank.example/charges", timeout=5)
        except requests.ConnectionError:
            order.state = "unknown"
            return None
        return answer.json()
    ```

    ## Good
    ```python
    # shop/pay.py
    import logging

    import requests

    log = logging.getLogger(__name__)


    def charge(order):  # quality-gate: critical[payments]
        try:
            answer = requests.post("https://bank.example/charges", timeout=5)
        except requests.ConnectionError:
            log.warning("the bank does not answer", extra={"order": order.pk}, exc_info=True)
            order.state = "unknown"
            return None
        return answer.json()
    ```

    ## When not to use it
    Where a proxy or an agent outside of the code watches the service: say so with
    `# quality-gate: allow[critical-path-unobservable] reason="the mesh counts failures"`.

    ## What it cannot see
    Whether what is told is enough: one log anywhere on the path is taken for telling.

    ## Measured
    Entry points of six public backend projects taken for critical paths, the watchers of whole services left aside: 18
    hits on 538 entry points, 14 read, 10 true. Failures that rise were judged then too, where no framework was seen to
    call; three more of that kind were read, none was true, and they are silent since. What is left was not read anew.
    """
    for path in bench.critical.paths if bench.has_critical_paths else ():
        for finding in findings_of(bench, critical_path_unobservable, _found(bench, path)):
            yield msgspec.structs.replace(finding, critical_path=path.name)


def _found(bench: Bench, path: ResolvedPath) -> Iterator[Found]:
    codebase = bench.codebase
    if any(codebase.marks("instrumented").values()) or any(_tells(bench, member) for member in path.members):
        return
    failing: dict[str, list[Member]] = {}
    for member in path.members:
        if _keeps_a_failure(bench, member):
            for above in _entries_above(path, member):
                failing.setdefault(above, []).append(member)
    for entry in path.entries:
        if entry.name in failing and entry.definition.kind != "module":
            yield _breach(path, entry, failing[entry.name])


def _entries_above(path: ResolvedPath, member: Member) -> set[str]:
    """The entry that a member is, and the one that its chain of calls begins at."""
    chain = path.chain(member)
    return {member.name, chain[0].caller} if chain else {member.name}


def _tells(bench: Bench, member: Member) -> bool:
    codebase, name = bench.codebase, member.name
    if codebase.marks("telling").get(name):
        return True
    called = [
        *(edge.callee for edge in codebase.calls_from(name)),
        *(call.name for call in codebase.external_calls(name)),
        *(call.text for call in codebase.unresolved_calls(name)),
    ]
    return any(_TELLING.search(found) for found in (*called, *member.definition.decorators))


def _keeps_a_failure(bench: Bench, member: Member) -> bool:
    """Whether the failure of a dependency ends in a handler of a member."""
    kept = (name for mark in bench.codebase.marks("handled").get(member.name, ()) for name in mark.names)
    return any(_is_failure(name) for name in kept)


def _is_failure(name: str) -> bool:
    """Whether an exception tells that a dependency has failed; others are answers (`DoesNotExist`, `KeyError`)."""
    known = catalogue()
    return any(known.catches(name, failure) or known.catches(failure, name) for failure in _failures())


@cache
def _failures() -> tuple[str, ...]:
    return tuple({name for library in catalogue().libraries for name in library.unavailable if name not in _LOCAL})


def _breach(path: ResolvedPath, entry: Member, failing: list[Member]) -> Found:
    first = failing[0]
    where = f"{first.definition.name.rpartition('.')[2]} ({first.path}:{first.definition.line})"
    more = f" and {len(failing) - 1} more" if len(failing) > 1 else ""
    return Found(
        path=entry.path,
        line=entry.definition.line,
        column=1,
        message=f"{path.name} can fail unseen: {where}{more} keeps a failure to itself, and nothing from here on logs,"
        " counts or traces",
        remedy="log or count the failure where it is handled, with what tells the order, user or message",
        function=entry.name,
        text=path.name,
    )
