"""RQ and django-rq: functions that are put into a queue are entry points, and whoever puts them there calls them.

Known are `enqueue`, `enqueue_call`, `enqueue_at`, `enqueue_in` and `schedule` of a queue, and functions under `@job`
with their `delay`. Where nothing tells the class of the queue, the call is possible.
"""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.frameworks import Called, Calls, Decorated, Entry, Fact, Framework, Listens, Sends, Site
from quality_gate.codebase.frameworks._reading import argument, functions, is_kind, named, receiver, text
from quality_gate.codebase.graph import Confidence, Edge
from quality_gate.codebase.tree import Call, Expr

_QUEUES = frozenset({"rq.Queue", "rq.queue.Queue", "rq_scheduler.Scheduler", "rq_scheduler.scheduler.Scheduler"})
_JOBS = frozenset({"rq.decorators.job", "rq.job", "django_rq.job", "django_rq.decorators.job"})
_PLACES = {"enqueue": 0, "enqueue_call": 0, "enqueue_at": 1, "enqueue_in": 1, "schedule": 1, "cron": 1}
"""Where the function stands among the arguments."""


def _queued(found: Called) -> Iterator[Fact]:
    confidence = _confidence(found)
    if confidence is None:
        return
    given = argument(found.call, _PLACES[found.name], "func", "f")
    for name in _meant(found.site, given):
        if confidence is not Confidence.POSSIBLE:
            yield Entry(name, "rq", f"job {name}")
        yield Calls(Edge(found.site.scope, name, found.call.line, found.call.column, confidence, "rq-enqueue"))


def _confidence(found: Called) -> Confidence | None:
    """How sure it is that this is RQ's; None where it is not."""
    site, queue = found.site, receiver(found.call)
    if any(name.startswith("django_rq.") for name in site.names(found.call.func)):
        return Confidence.CERTAIN
    if queue is None:
        return None
    types = site.types(queue)
    if any(is_kind(site, name, _QUEUES) or name.startswith("django_rq.") for name in types):
        return Confidence.CERTAIN
    return Confidence.POSSIBLE if not types and found.name.startswith("enqueue") else None


def _meant(site: Site, given: Expr | None) -> list[str]:
    """The function that is put into the queue; RQ takes its dotted name too."""
    written = text(given)
    return functions(site, given) if written is None else named(site, written)


def _job(found: Decorated) -> Iterator[Fact]:
    target = found.decorator.func if isinstance(found.decorator, Call) else found.decorator
    if _JOBS.intersection(found.site.names(target)):
        yield Entry(found.definition.name, "rq", f"job {found.definition.name}")
        yield Listens(f"job {found.definition.name}", found.definition.name)


def _sent(found: Called) -> Iterator[Fact]:
    """`settle.delay(order)`; whether `settle` is a job is known to who listens."""
    target = receiver(found.call)
    for name in found.site.names(target) if target is not None else ():
        yield Sends(f"job {name}", found.site.scope, found.call.line, found.call.column, "rq-job")


RQ = Framework(
    "rq",
    __doc__,
    calls={**dict.fromkeys(_PLACES, _queued), "delay": _sent},
    decorators={"job": _job},
)
