"""Celery: tasks are entry points, and whoever sends one calls it.

Tasks are functions under `shared_task` or an application's `task`, and subclasses of `Task`. They are sent by `delay`,
`apply_async`, signatures (`s`, `si`, `signature`), and by name with `send_task`. The body of a task runs elsewhere and
later; the graph says that the sender calls it.
"""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.frameworks import (
    Called,
    ClassDefined,
    Decorated,
    Entry,
    Fact,
    Framework,
    Listens,
    Sends,
    Site,
)
from quality_gate.codebase.frameworks._reading import argument, first_name, functions, is_one, owner, receiver, text
from quality_gate.codebase.tree import Attribute, Call, Expr

_APPLICATIONS = frozenset({"celery.Celery", "celery.app.Celery", "celery.app.base.Celery"})
_FREE = frozenset(
    {
        "celery.shared_task",
        "celery.task",
        "celery.task.task",
        "celery.task.periodic_task",
        "celery.decorators.task",
        "celery.decorators.periodic_task",
        "celery.app.shared_task",
    }
)
_TASKS = ("celery.Task", "celery.app.task.Task", "celery.task.Task", "celery.task.base.Task")
_SENDING = (
    "delay",
    "apply_async",
    "apply",
    "s",
    "si",
    "signature",
    "subtask",
    "delay_on_commit",
    "apply_async_on_commit",
    "chunks",
    "map",
    "starmap",
)
_RUNG = "celery-task"
_HOOKS = ("on_failure", "on_retry", "on_success", "after_return", "before_start")


def _task(found: Decorated) -> Iterator[Fact]:
    call = found.decorator if isinstance(found.decorator, Call) else None
    target = call.func if call is not None else found.decorator
    if not _makes_tasks(found.site, target):
        return
    name = found.definition.name
    given = text(argument(call, -1, "name")) if call is not None else None
    yield Entry(name, "celery", f"task {given or name}")
    yield from _listens(name, given)


def _makes_tasks(site: Site, target: Expr) -> bool:
    if _FREE.intersection(site.names(target)):
        return True
    if not isinstance(target, Attribute):
        return False
    return is_one(site, target.value, _APPLICATIONS) or any(_looks_like_one(name) for name in site.types(target.value))


def _looks_like_one(name: str) -> bool:
    """A class from outside of which nothing is known but its name: `company.queues.CompanyCelery`."""
    return name.endswith("Celery")


def _listens(name: str, given: str | None) -> Iterator[Fact]:
    yield Listens(f"task {name}", name)
    if given and given != name:
        yield Listens(f"task {given}", name)


def _class(found: ClassDefined) -> Iterator[Fact]:
    """A task as a class; its methods beside `run` are called around each run."""
    site, name = found.site, found.definition.name
    run = site.member(name, "run")
    if run is not None:
        yield Entry(run, "celery", f"task {name}")
        yield Listens(f"task {name}", run)
    for hook in _HOOKS:
        method = site.member(name, hook)
        if method is not None:
            yield Entry(method, "celery", f"{hook} of task {name.rpartition('.')[2]}")


def _sent(found: Called) -> Iterator[Fact]:
    """`settle.delay(order)`; whether `settle` is a task is known to who listens."""
    target = receiver(found.call)
    if target is None or text(target) is not None:
        return
    names = {*found.site.names(target), *found.site.types(target)}
    for name in sorted(names):
        yield Sends(f"task {name}", found.site.scope, found.call.line, found.call.column, _RUNG)


def _sent_by_name(found: Called) -> Iterator[Fact]:
    """`app.send_task("shop.tasks.settle")`, `signature("shop.tasks.settle")`."""
    name = text(argument(found.call, 0, "name", "task"))
    if name and "." in name:
        yield Sends(f"task {name}", found.site.scope, found.call.line, found.call.column, _RUNG)


def _signature(found: Called) -> Iterator[Fact]:
    yield from _sent_by_name(found)
    yield from _sent(found)


def _signal(found: Decorated) -> Iterator[Fact]:
    """`@task_failure.connect`."""
    target = found.decorator.func if isinstance(found.decorator, Call) else found.decorator
    if isinstance(target, Attribute):
        yield from _connects(found.site, target.value, [found.definition.name])


def _connected(found: Called) -> Iterator[Fact]:
    """`task_failure.connect(tell)`."""
    target = receiver(found.call)
    if target is not None:
        yield from _connects(found.site, target, functions(found.site, argument(found.call, 0, "receiver")))


def _connects(site: Site, signal: Expr, functions_: list[str]) -> Iterator[Fact]:
    name = first_name(site, signal)
    if owner(name) == "celery.signals":
        for function in functions_:
            yield Entry(function, "celery", f"signal {name.rpartition('.')[2]}")


CELERY = Framework(
    "celery",
    __doc__,
    calls={
        **dict.fromkeys(_SENDING, _sent),
        "signature": _signature,
        "send_task": _sent_by_name,
        "connect": _connected,
    },
    decorators={"task": _task, "shared_task": _task, "periodic_task": _task, "connect": _signal},
    bases=dict.fromkeys(_TASKS, _class),
)
