"""From a call down to what it ends in: the shortest chain of calls, certain ones only."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from quality_gate.codebase.graph import Codebase, Confidence, Definition, Edge, ExternalCall, Mark
from quality_gate_checkers.model.roles import Role, role_of
from quality_gate_checkers.settings import Settings

DEPTH = 4
"""Functions of the project between the first and the last call; of the findings further away most were wrong."""

MOST = 2_000
"""Functions that one search looks at."""

_LATER = ("handed-over", "background", "celery", "task", "rq")
"""In the rungs of calls that do not run where they stand."""

_OF_ITSELF = ("self", "super")
"""Rungs of calls by which an object calls itself."""

_CACHED = ("cache", "memoize", "lazy")
_HANDED_OVER = ("on_commit", "defer", "background", "thread", "executor", "sync_to_async", "asyncify")
"""In decorators whose functions run only once, or at another time, or elsewhere."""


class Link(NamedTuple):
    """One call of a chain.

    Args:
        caller: name of the calling function.
        path, line, column: where the call stands.
        callee: name of what is called, a function of the project or not.
    """

    caller: str
    path: str
    line: int
    column: int
    callee: str


Chain: TypeAlias = tuple[Link, ...]
"""Calls in order; the last one leaves the project or ends in what was looked for."""

Sink: TypeAlias = Callable[[str, ExternalCall | Edge], bool]
"""Whether a call, by its dotted name, is what is looked for."""


class Reach:
    """Searches of one rule over one codebase; what a function calls is looked up once.

    Args:
        codebase: the linked one.
        settings: whose roles say what is production code.
        is_sink: what is looked for.
        enters: whether a function's body is looked into.
        later: calls that only arrange for another one (a task that is sent off) may be sinks too; they are never
            followed.
    """

    def __init__(
        self,
        codebase: Codebase,
        settings: Settings,
        is_sink: Sink,
        enters: Callable[[Definition], bool] = lambda definition: True,
        *,
        later: bool = False,
    ) -> None:
        self.codebase = codebase
        self._settings = settings
        self._is_sink = is_sink
        self._enters = enters
        self._later = later
        self._away = (codebase.marks("elsewhere"), codebase.marks("first-time"))
        self._generators = codebase.marks("generator")
        self._muted = codebase.marks("muted")
        self._if_given = codebase.marks("if-given")
        self._steps: dict[str, tuple[Link | None, tuple[Link, ...]]] = {}
        self._below: dict[str, Chain | None] = {}

    def chains(self, function: str, first: int, last: int) -> Iterator[Chain]:
        """For every call between two lines of a function that ends in a sink, the shortest chain to one; in source
        order, one for each place.
        """
        path = self.codebase.definitions[function].path
        told: set[tuple[int, int]] = set()
        for call in self._calls(function):
            place = call.line, call.column
            if not first <= call.line <= last or place in told:
                continue
            link = _link(function, path, call)
            chain = (link,) if self._is_sink(link.callee, call) else self._through(link, call)
            if chain is not None:
                told.add(place)
                yield chain

    def _through(self, link: Link, call: ExternalCall | Edge) -> Chain | None:
        if isinstance(call, ExternalCall) or not self._followed(call):
            return None
        below = self.below(link.callee)
        owner = link.caller.rpartition(".")[0]
        if below is not None and call.rung in _OF_ITSELF and any(self._made_by(owner, one) != one for one in below):
            below = self._search(link.callee, owner)
        return None if below is None else (link, *below)

    def below(self, function: str) -> Chain | None:
        """The shortest chain from a function to a sink, None where there is none near enough."""
        if function not in self._below:
            self._below[function] = self._search(function)
        return self._below[function]

    def _search(self, start: str, owner: str = "") -> Chain | None:
        """See `below`; `owner` is the class of the object of which `start` is a method, where that is known."""
        came: dict[str, Link | None] = {start: None}
        of_owner = {start} if owner else set[str]()
        waiting = deque([(start, 1)])
        while waiting:
            function, depth = waiting.popleft()
            sink, further = self._out(function)
            if sink is not None:
                return (*_way(came, function), sink)
            for one in further if depth < DEPTH and len(came) < MOST else ():
                link = self._made_by(owner, one) if function in of_owner else one
                if link is not None and link.callee not in came:
                    came[link.callee] = link
                    waiting.append((link.callee, depth + 1))
                    if function in of_owner and self._is_of_itself(one):
                        of_owner.add(link.callee)
        return None

    def _made_by(self, owner: str, link: Link) -> Link | None:
        """A call of an object's own method as objects of a class make it: where the class has a method of its own in
        that one's place, it calls that; None where that is not followed.
        """
        own = f"{owner}.{link.callee.rpartition('.')[2]}"
        for edge in self._edges_at(link) if self._is_of_itself(link) else ():
            if edge.callee == own and edge.rung == "override":
                return link._replace(callee=own) if self._followed(edge) else None
        return link

    def _is_of_itself(self, link: Link) -> bool:
        return any(edge.callee == link.callee and edge.rung in _OF_ITSELF for edge in self._edges_at(link))

    def _edges_at(self, link: Link) -> Iterator[Edge]:
        here = link.line, link.column
        return (edge for edge in self.codebase.calls_from(link.caller) if (edge.line, edge.column) == here)

    def _out(self, function: str) -> tuple[Link | None, tuple[Link, ...]]:
        """The first call of a function that is a sink, and the calls that are followed."""
        found = self._steps.get(function)
        if found is None:
            path = self.codebase.definitions[function].path
            calls = [(call, _link(function, path, call)) for call in self._calls(function) if self._is_meant(call)]
            sink = next((link for call, link in calls if self._is_sink(link.callee, call)), None)
            followed = tuple(link for call, link in calls if isinstance(call, Edge) and self._followed(call))
            found = self._steps[function] = (sink, followed)
        return found

    def _calls(self, function: str) -> list[ExternalCall | Edge]:
        """What a function calls there and then, and every time, in source order."""
        elsewhere, first_time = (marks.get(function, ()) for marks in self._away)
        known = (edge for edge in self.codebase.calls_from(function) if is_known(edge))
        calls: list[ExternalCall | Edge] = [
            *self.codebase.external_calls(function),
            *(edge for edge in known if self._later or runs_here(edge)),
        ]
        here = (
            call
            for call in calls
            if not any(_inside(call, mark) for mark in elsewhere)
            and not any(mark.first <= call.line <= mark.last for mark in first_time)
        )
        return sorted(here, key=lambda call: (call.line, call.column))

    def _followed(self, edge: Edge) -> bool:
        definition = self.codebase.definitions.get(edge.callee)
        if definition is None or definition.kind == "module" or not self._enters(definition):
            return False
        # FastAPI hands synchronous dependencies to a thread, and asynchronous ones are judged by themselves.
        if edge.rung == "fastapi-depends" and not definition.is_async:
            return False
        if definition.name in self._generators or not runs_here(edge) or self._is_muted(edge):
            return False
        return role_of(definition.path, self._settings) in (Role.SOURCE, Role.COMMAND_LINE) and not _set_apart(
            definition
        )

    def _is_meant(self, call: ExternalCall | Edge) -> bool:
        """Whether a call below the first function runs whoever asks.

        Not one that only a parameter asks for which may be left out, and not what a wrapper was put around where that
        are several functions: which one this chain means nothing here tells.
        """
        if any(mark.first <= call.line <= mark.last for mark in self._if_given.get(call.caller, ())):
            return False
        return isinstance(call, ExternalCall) or not self._is_wrapped(call)

    def _is_wrapped(self, edge: Edge) -> bool:
        around = self.codebase.definitions.get(edge.caller.rpartition(".")[0])
        return (
            around is not None
            and around.kind == "function"
            and any(
                (other.line, other.column) == (edge.line, edge.column) and other.callee != edge.callee
                for other in self.codebase.calls_from(edge.caller)
            )
        )

    def _is_muted(self, call: Edge) -> bool:
        """Whether a call is told by a literal False not to do something; what that is nothing here tells."""
        marks = self._muted.get(call.caller, ())
        return any((mark.first, mark.column) == (call.line, call.column) for mark in marks)


def is_known(edge: Edge) -> bool:
    """Whether a call is known well enough to be followed: most findings through overrides and signals were wrong."""
    return edge.confidence is Confidence.CERTAIN and "signal" not in edge.rung


def runs_here(edge: Edge) -> bool:
    """Whether a call runs what it calls where it stands, and does not only arrange for it."""
    return not any(word in edge.rung for word in _LATER)


def _set_apart(definition: Definition) -> bool:
    return any(
        word in decorator.rpartition(".")[2].lower()
        for decorator in definition.decorators
        for word in (*_CACHED, *_HANDED_OVER)
    )


def _inside(call: ExternalCall | Edge, mark: Mark) -> bool:
    """Whether a call stands between the brackets of a marked one."""
    if call.line == mark.first:
        return call.column > mark.column or (call.column == mark.column and "result" in mark.names)
    return mark.first < call.line <= mark.last


def _link(function: str, path: str, call: ExternalCall | Edge) -> Link:
    callee = call.name if isinstance(call, ExternalCall) else call.callee
    return Link(function, path, call.line, call.column, callee)


def _way(came: dict[str, Link | None], function: str) -> Chain:
    """The links from the start of a search to a function."""
    links: list[Link] = []
    link = came[function]
    while link is not None:
        links.append(link)
        link = came[link.caller]
    return tuple(reversed(links))


def shown(codebase: Codebase, chain: Chain) -> str:
    """A chain for people: `Plan.archive (shop/plan.py:12) -> stop_billing (shop/billing.py:40) -> requests.post`."""
    steps = [f"{short(codebase, link.caller)} ({link.path}:{link.line})" for link in chain]
    return " -> ".join([*steps, short(codebase, chain[-1].callee)])


def short(codebase: Codebase, name: str) -> str:
    """A function's name without its module's; what is not of the project keeps its own."""
    definition = codebase.definitions.get(name)
    if definition is None:
        return name
    module = next(iter(codebase.definitions_in(definition.path)), None)
    return name.removeprefix(f"{module.name}.") if module is not None else name
