"""Critical paths: from what is declared, through the calls, to the functions that belong to each and the chain that
makes them belong.

Certain and dispatch calls are followed, then calls that tests saw and the graph did not know; possible ones are only
told. A function that stands inside a member is a member: its lines are part of what the business depends on.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from quality_gate import config
from quality_gate.codebase.critical_entries import Entries, Names, entries_of
from quality_gate.codebase.graph import Codebase, Confidence, Definition, Edge, ExternalCall, UnresolvedCall
from quality_gate.codebase.left_out import LeftOut, Outgoing, Outskirts, Unread
from quality_gate.errors import UsageErrors
from quality_gate.model import LineRange
from quality_gate.runs import ObservedCall, Runs

_NONE: Mapping[str, int] = {}
_NOTHING: Mapping[str, str] = {}
SEEN = "seen by a test"
INSIDE = "stands in it"


class Step(msgspec.Struct, frozen=True, array_like=True):
    """One link of the chain from an entry to a member.

    Args:
        caller, callee: names of definitions.
        path, line: where the call stands; for a function inside another one, where it is defined.
        how: the rung that made the call known, or `SEEN`, or `INSIDE`.
        confidence: None where no call was followed.
    """

    caller: str
    callee: str
    path: str
    line: int
    how: str
    confidence: Confidence | None = None


class Member(msgspec.Struct, frozen=True):
    """A function of a critical path, or the module code of an included file.

    Args:
        qualified: its name within the module; empty for module code.
        own: its lines less its head and less those of functions inside it, which have members of their own.
        via: the last step of the shortest chain that reaches it, None where it is declared itself.
        declared: how it is declared (`entry`, `comment`, `include`), None where it is reached.
    """

    definition: Definition
    qualified: str
    own: tuple[LineRange, ...]
    via: Step | None = None
    declared: str | None = None

    @property
    def name(self) -> str:
        """The definition's name."""
        return self.definition.name

    @property
    def path(self) -> str:
        """The file."""
        return self.definition.path

    def owns(self, line: int) -> bool:
        """Whether a line is its own."""
        return any(span.first <= line <= span.last for span in self.own)

    def holds(self, first: int, last: int) -> bool:
        """Whether any line from first to last is its own, or of its head."""
        head = self.definition.kind != "module" and self.definition.first <= last and first <= self.definition.line
        return head or any(span.first <= last and first <= span.last for span in self.own)


class ResolvedPath(msgspec.Struct, frozen=True, dict=True):
    """A critical path with all that belongs to it.

    Args:
        declared: what the configuration says; defaults for one that only comments name.
        members: declared ones first, then in the order in which they are reached.
        possible: calls of members where only a name fits; not followed.
        stopped: names at which following ended because `stop` says so.
        problems: why some of it could not be looked at, a clause each.
        unread: files that could not be analysed and that its calls lead to: what belongs to it is not known whole.
        left_out: files of the project that its calls lead to and that are on no critical path.
        unknown: calls of modules of the project's own packages for which it has no file.
    """

    name: str
    declared: config.CriticalPath
    members: tuple[Member, ...]
    possible: tuple[Edge, ...] = ()
    stopped: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    unknown: tuple[UnresolvedCall, ...] = ()

    def chain(self, member: Member) -> tuple[Step, ...]:
        """The calls from an entry to a member, in order; empty for what is declared itself."""
        steps: list[Step] = []
        while member.via is not None:
            steps.append(member.via)
            member = self._by_name[member.via.caller]
        return tuple(reversed(steps))

    @cached_property
    def _by_name(self) -> dict[str, Member]:
        """Of two files that define one module name, the one that was reached first."""
        return {found.name: found for found in reversed(self.members)}

    @property
    def entries(self) -> tuple[Member, ...]:
        """What is declared itself."""
        return tuple(member for member in self.members if member.via is None)

    @property
    def other_files(self) -> tuple[Definition, ...]:
        """Members that are files of other languages."""
        return tuple(member.definition for member in self.members if member.name == member.path)

    @property
    def seen(self) -> tuple[Step, ...]:
        """Calls that only the tests knew and that made a member."""
        return tuple(member.via for member in self.members if member.via is not None and member.via.how == SEEN)


class CriticalPaths(msgspec.Struct, frozen=True):
    """Every critical path of a project.

    Args:
        paths: declared ones in the order of the configuration, then those that only comments name, sorted.
        remembered: None when just linked; else how the members are known, as a clause.
    """

    paths: tuple[ResolvedPath, ...]
    remembered: str | None = None


def resolve(
    codebase: Codebase,
    declared: Mapping[str, config.CriticalPath],
    files: Iterable[str],
    is_test: Callable[[str], bool],
    runs: Runs | None = None,
    others: Mapping[str, int] = _NONE,
    left_out: Mapping[str, str] = _NOTHING,
) -> CriticalPaths:
    """Find what belongs to each critical path.

    Args:
        declared: the configuration's tables by name.
        files: paths of all files that were linked.
        is_test: whether a path is test code, which never belongs to a critical path.
        runs: evidence, where there is some: calls that tests saw.
        others: files of other languages that `include` may mean, with their number of lines.
        left_out: files that were not linked, links and folders not followed, each with why, as a clause.

    Raises:
        UsageErrors: every entry that names no function and every pattern that matches nothing.
    """
    production = sorted(path for path in files if not is_test(path))
    names = Names(codebase, production, others)
    found, errors = entries_of(names, declared)
    if errors:
        raise UsageErrors(errors)
    seen = _Seen(codebase, runs)
    outskirts = Outskirts(codebase, frozenset(production), left_out)
    return CriticalPaths(tuple(_Reach(codebase, names, seen, outskirts, entries).path() for entries in found))


class _Seen:
    """Calls that tests saw, by the name of their caller.

    Args:
        runs: whose calls; those of functions that have changed since no longer tell anything.
    """

    def __init__(self, codebase: Codebase, runs: Runs | None) -> None:
        self._codebase = codebase
        self._runs = runs
        self._calls: dict[tuple[str, str], list[ObservedCall]] = {}
        for call in runs.observed_calls if runs is not None else ():
            self._calls.setdefault((call.caller_path, _plain(call.caller)), []).append(call)

    def by(self, member: Member) -> Iterator[Step]:
        """Steps to functions that the tests saw a member call."""
        calls = self._calls.get((member.path, member.qualified))
        if not calls or self._runs is None or self._runs.stale(member.path, member.qualified):
            return
        for call in sorted(calls, key=lambda one: (one.line, one.path, one.callee)):
            name = _name_in(self._codebase, call.path, _plain(call.callee))
            if name is not None:
                yield Step(member.name, name, member.path, call.line, SEEN)


def _plain(qualified: str) -> str:
    return qualified.replace(".<locals>", "")


def _name_in(codebase: Codebase, path: str, qualified: str) -> str | None:
    """The name that a definition of a file has or would have; None where the file has none at all."""
    held = codebase.definitions_in(path)
    if not held:
        return None
    return f"{held[0].name}.{qualified}" if qualified else held[0].name


class _Reach:
    """Follows the calls of one critical path, breadth first, so that every chain is a shortest one."""

    def __init__(self, codebase: Codebase, names: Names, seen: _Seen, outskirts: Outskirts, entries: Entries) -> None:
        self._codebase = codebase
        self._names = names
        self._seen = seen
        self._outskirts = outskirts
        self._entries = entries
        self._members: dict[tuple[str, str], Member] = {}
        self._stopped: set[str] = set()
        self._tests: dict[Outgoing, None] = {}
        self._waiting: deque[Member] = deque()

    def path(self) -> ResolvedPath:
        """The path with its members."""
        for definition, how in self._entries.definitions:
            self._add(definition, None, how)
        self._follow(self._static)
        # Only now, so that a chain leans on what a test happened to see only where no call in the source leads.
        self._waiting.extend(self._members.values())
        self._follow(self._static_and_seen)
        members = tuple(self._members.values())
        files = [member.path for member in members]
        ends = self._outskirts.ends(self._outside(members), self._tests, files)
        return ResolvedPath(
            self._entries.name,
            self._entries.declared,
            members,
            tuple(self._possible(members)),
            tuple(sorted(self._stopped)),
            self._entries.problems,
            ends.unread,
            ends.left_out,
            ends.unknown,
        )

    def _follow(self, steps: Callable[[Member], Iterator[Step]]) -> None:
        while self._waiting:
            member = self._waiting.popleft()
            for step in steps(member):
                definition = self._names.production(step.callee)
                if definition is not None:
                    self._add(definition, step, None)
                elif self._outskirts.holds(step.callee) and self._goes_on(step.callee):
                    self._tests[Outgoing(step.caller, step.callee, step.path, step.line)] = None

    def _goes_on(self, name: str) -> bool:
        return not self._names.stops(name, self._entries.declared.stop)

    def _outside(self, members: Sequence[Member]) -> Iterator[tuple[str, ExternalCall]]:
        """Calls that leave the project as far as the graph knows, less those at which `stop` ends the path."""
        for member in members:
            for scope in self._names.scopes(member.definition):
                for call in self._codebase.external_calls(scope):
                    if self._goes_on(call.name):
                        yield member.path, call

    def _add(self, definition: Definition, via: Step | None, how: str | None) -> None:
        key = (definition.path, definition.name)
        if key in self._members:
            return
        if via is not None and not self._goes_on(definition.name):
            self._stopped.add(definition.name)
            return
        member = member_of(self._codebase.definitions_in(definition.path), definition, via, how)
        self._members[key] = member
        self._waiting.append(member)

    def _static(self, member: Member) -> Iterator[Step]:
        for edge in self._calls(member):
            if edge.confidence is not Confidence.POSSIBLE:
                yield Step(member.name, edge.callee, member.path, edge.line, edge.rung, edge.confidence)
        if member.definition.kind != "module":
            for inside in self._names.inside(member.definition):
                yield Step(member.name, inside.name, inside.path, inside.line, INSIDE)

    def _calls(self, member: Member) -> Iterator[Edge]:
        for scope in self._names.scopes(member.definition):
            yield from self._codebase.calls_from(scope)

    def _static_and_seen(self, member: Member) -> Iterator[Step]:
        yield from self._static(member)
        yield from self._seen.by(member)

    def _possible(self, members: Sequence[Member]) -> Iterator[Edge]:
        names = {member.name for member in members}
        for member in members:
            for edge in self._calls(member):
                fits = edge.confidence is Confidence.POSSIBLE and edge.callee not in names
                if fits and self._names.production(edge.callee) is not None:
                    yield edge


def member_of(
    held: Sequence[Definition], definition: Definition, via: Step | None = None, declared: str | None = None
) -> Member:
    """A member with its own lines; definitions of one name (a property and its setter) are one member.

    Args:
        held: everything that the file defines, the module first.
    """
    module = held[0].name if held else definition.name
    namesakes = [one for one in held if one.name == definition.name and one.kind == definition.kind]
    own = tuple(span for one in namesakes or [definition] for span in own_lines(held, one))
    return Member(definition, definition.name[len(module) + 1 :], own, via, declared)


def own_lines(held: Iterable[Definition], definition: Definition) -> tuple[LineRange, ...]:
    """The lines of a function less its head, and of a module, without the bodies of the functions inside.

    A head runs where the function is defined: counted as the function's it would make code look run that never was.
    """
    first = 1 if definition.kind == "module" else definition.line + 1
    spans: list[LineRange] = []
    for start, end in _bodies_within(held, definition):
        if start > first:
            spans.append(LineRange(first, start - 1))
        first = max(first, end + 1)
    if first <= definition.last:
        spans.append(LineRange(first, definition.last))
    return tuple(spans)


def _bodies_within(held: Iterable[Definition], outer: Definition) -> list[tuple[int, int]]:
    return sorted(
        (inner.line + 1, inner.last)
        for inner in held
        if inner.kind == "function"
        and inner.name != outer.name
        and outer.first <= inner.first
        and inner.line < inner.last <= outer.last
    )


def of_other_languages(critical: CriticalPaths) -> Mapping[str, tuple[Definition, ...]]:
    """Members that are files of other languages, as what their files define."""
    return {found.path: (found,) for path in critical.paths for found in path.other_files}


def unresolved(codebase: Codebase, path: ResolvedPath) -> Iterator[tuple[Member, UnresolvedCall]]:
    """Calls of members whose target nothing tells, in the order of the members; those of which a name fits, or that
    alone can be what tests saw on their line, are told as these."""
    named = {(edge.caller, edge.line, edge.column) for edge in path.possible}
    seen = {(step.caller, step.line) for step in path.seen}
    for member in path.members:
        calls = codebase.unresolved_calls(member.name)
        lines = Counter(call.line for call in calls)
        for call in calls:
            is_seen = lines[call.line] == 1 and (call.caller, call.line) in seen
            if not is_seen and (call.caller, call.line, call.column) not in named:
                yield member, call
    held = {member.name: member for member in reversed(path.members)}
    yield from ((_around(held, call.caller), call) for call in path.unknown)


def _around(members: Mapping[str, Member], name: str) -> Member:
    """The member that a call stands in, which may be in the body of a class inside it."""
    while name not in members:
        name = name.rpartition(".")[0]
    return members[name]


__all__ = [
    "INSIDE",
    "SEEN",
    "CriticalPaths",
    "Member",
    "ResolvedPath",
    "Step",
    "member_of",
    "of_other_languages",
    "own_lines",
    "resolve",
    "unresolved",
]
