"""The failure paths of functions: what their files tell, and what becomes of the failures of their calls."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from quality_gate.codebase.critical_paths import ResolvedPath
from quality_gate.codebase.failures.calls import Functions, Reached
from quality_gate.codebase.failures.digests import digest_of
from quality_gate.codebase.failures.escapes import Escapes, Failures
from quality_gate.codebase.failures.lineage import Lineage, ReadFile
from quality_gate.codebase.failures.sites import FileFailures, FunctionSites, HandlerSite
from quality_gate.codebase.graph import Codebase
from quality_gate.failure_paths import KINDS, Failure, FailureKind, FailurePath, FallibleCall
from quality_gate_checkers.settings import Settings

MOST_IN_A_FUNCTION = 20_000
"""Paths of calls that are listed of one function. Nobody writes such a function; generators of code and of attacks
do, and then the listing says that it ended."""

_EXPIRY = re.compile(r"Time|Deadline|Expired")
_ORDER = {kind: place for place, kind in enumerate(KINDS)}


class FailurePaths:
    """Lists failure paths, of those functions that are asked for.

    Args:
        codebase: the linked project.
        read: what each file tells of failures.
        settings: the project's, for its own dependencies.

    Attributes:
        problems: why some of what was asked for could not be listed, a clause each.
        functions: what each function says of its failures, and what its calls lead to.
    """

    def __init__(self, codebase: Codebase, read: ReadFile, settings: Settings) -> None:
        self._codebase = codebase
        self.problems: dict[str, None] = {}
        self._read = read
        self.lineage = Lineage(codebase, self._seen)
        self.functions = Functions(codebase, self._seen, settings, self.lineage)
        self.escapes = Escapes(self.functions, self.lineage, settings.dependencies)
        self._declared = tuple(_declared(settings))
        self._listed: dict[str, tuple[FailurePath, ...]] = {}

    def _seen(self, path: str) -> FileFailures:
        found = self._read(path)
        if found.fault is not None:
            self.problems[
                f"the failure paths of {path} are not known: line {found.fault.line}: {found.fault.reason}"
            ] = None
        return found

    def of(self, name: str) -> tuple[FailurePath, ...]:
        """The failure paths of a function, in source order, class U and waived ones included.

        Args:
            name: of the definition; what is no function has none.
        """
        found = self._listed.get(name)
        if found is None:
            held = self.functions.of(name)
            parts = [part for function, calls in held for part in self._parts(name, function, calls)]
            found = self._listed[name] = tuple(sorted(_numbered(parts), key=_place))
        return found

    def of_members(self, path: ResolvedPath) -> tuple[FailurePath, ...]:
        """The failure paths of a critical path, member by member."""
        names = dict.fromkeys(member.name for member in path.members if member.definition.kind == "function")
        frameworks = {one.framework for one in self._codebase.entry_points if one.name in names}
        ends = self._boundaries(frameworks)
        return tuple(self._ended(found, ends) for name in names for found in self.of(name))

    # -- boundaries

    def _boundaries(self, frameworks: set[str]) -> list[tuple[str, tuple[str, ...]]]:
        """Error handlers of frameworks, each with its types."""
        found: list[tuple[str, tuple[str, ...]]] = []
        for function, marks in sorted(self._codebase.marks("boundary").items()):
            for mark in marks:
                framework, handler, *types = mark.names
                if framework in frameworks:
                    found.append((self.lineage.own_name(handler) if handler else function, tuple(types)))
        return found

    def _ended(self, path: FailurePath, ends: Sequence[tuple[str, tuple[str, ...]]]) -> FailurePath:
        if path.kind != "unwind":
            return path
        for function, types in ends:
            if all(any(self.lineage.catches(one, failure.type) == "all" for one in types) for failure in path.failures):
                return msgspec.structs.replace(path, ends_at=function)
        return path

    # -- one function

    def _parts(self, name: str, function: FunctionSites, calls: Sequence[Reached]) -> Iterator[tuple[str, FailurePath]]:
        passages = self.escapes.passages(function)
        cleaned = {place for one in function.raises for place in passages.of(one.guard, _unknown(one.types)).cleaned}
        found: list[tuple[str, FailurePath]] = []
        for reached in calls:
            failures = self.escapes.of_call(reached)
            if failures:
                passage = passages.of(reached.site.guard, failures)
                cleaned.update(passage.cleaned)
                if len(found) < MOST_IN_A_FUNCTION:
                    found += self._of_call(name, function, reached, failures)
        if len(found) >= MOST_IN_A_FUNCTION:
            self.problems[f"{function.name} has more than {MOST_IN_A_FUNCTION} fallible calls: not all are listed"] = (
                None
            )
        for digest, (place, path) in zip(function.digests, enumerate(function.paths), strict=True):
            if path.kind != "cleanup" or place in cleaned:
                yield digest, self._meaning(path)
        yield from found

    def _of_call(
        self, name: str, function: FunctionSites, reached: Reached, failures: Failures
    ) -> Iterator[tuple[str, FailurePath]]:
        site = reached.site
        passage = self.escapes.passages(function).of(site.guard, failures)
        call = _call(reached)
        for handler, caught in passage.caught:
            if handler.paths:
                yield digest_of(site.digest, handler.digest), _handled(function, reached, call, handler, caught)
        if passage.uncaught:
            unwind = _of_site("unwind", function, reached, call, passage.uncaught)
            yield site.digest, msgspec.structs.replace(unwind, begins=self._begins(name, reached, passage.uncaught))
        if reached.has_deadline:
            expiring = frozenset(one for one in reached.own if _EXPIRY.search(one.type.rpartition(".")[2]))
            silent = frozenset(one for one in reached.own if one.family == "unavailable")
            yield site.digest, _of_site("deadline", function, reached, call, expiring or silent)

    # -- dependencies that the project declares

    def _begins(self, name: str, reached: Reached, failures: Failures) -> Literal["here", "within", ""]:
        """Where a failure begins that a call lets out of a function, see `FailurePath`."""
        if not (failures & reached.own and self.functions.is_declared(reached, name)):
            return ""
        return "here" if self.escapes.begin(reached, failures) else "within"

    def _meaning(self, path: FailurePath) -> FailurePath:
        """A raise of what a declared dependency raises is that dependency's failure: an adapter translates it so."""
        if path.kind not in ("raise", "re-raise") or not path.types:
            return path
        catches = self.lineage.catches
        meant = [one for one in self._declared if all(catches(one.type, raised) == "all" for raised in path.types)]
        return msgspec.structs.replace(path, failures=tuple(meant)) if meant else path


def _declared(settings: Settings) -> Iterator[Failure]:
    for title, table in settings.dependencies.items():
        yield from (Failure(one.replace(":", "."), title, "rejects") for one in table.rejects)
        yield from (Failure(one.replace(":", "."), title, "unavailable") for one in table.unavailable)


def _unknown(types: Iterable[str]) -> Failures:
    return frozenset(map(Failure, types))


def _call(reached: Reached) -> FallibleCall:
    site, known = reached.site, reached.known
    name = known.name if known is not None else next(iter(reached.callees), site.name)
    remote = known is not None and known.remote
    return FallibleCall(
        name,
        site.text,
        site.line,
        site.column,
        site.end_line,
        site.end_column,
        reached.callees,
        remote,
        site.tail,
        site.entered,
    )


def _of_site(
    kind: FailureKind, function: FunctionSites, reached: Reached, call: FallibleCall, failures: Failures
) -> FailurePath:
    site = reached.site
    return FailurePath(
        id="",
        kind=kind,
        path=function.path,
        function=function.name,
        line=site.line,
        last=site.end_line,
        column=site.column,
        text=site.text,
        types=_types(failures),
        call=call,
        failures=tuple(sorted(failures)),
        never=site.never,
        waiver=site.waiver,
    )


def _handled(
    function: FunctionSites, reached: Reached, call: FallibleCall, handler: HandlerSite, caught: Failures
) -> FailurePath:
    entered = function.paths[handler.paths[0]]
    path = _of_site("handler call", function, reached, call, caught)
    return msgspec.structs.replace(
        path,
        line=entered.line,
        last=entered.last,
        handler=entered.handler,
        never=path.never or entered.never,
        waiver=path.waiver or entered.waiver,
    )


def _types(failures: Failures) -> tuple[str, ...]:
    return tuple(sorted({one.type for one in failures}))


def _numbered(parts: Iterable[tuple[str, FailurePath]]) -> Iterator[FailurePath]:
    """Paths with their ids; equal ones are told apart by their order."""
    seen: Counter[str] = Counter()
    for digest, path in parts:
        stem = f"{path.function}:{path.kind.replace(' ', '-')}:{digest}"
        seen[stem] += 1
        number = f":{seen[stem]}" if seen[stem] > 1 else ""
        yield msgspec.structs.replace(path, id=stem + number)


def _place(path: FailurePath) -> tuple[int, int, int, int, str]:
    call = path.call
    line, column = (call.line, call.column) if call is not None else (path.line, path.column)
    return line, column, _ORDER[path.kind], path.line, path.id
