"""Critical paths with all that belongs to them, as text for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec

from quality_gate import __version__
from quality_gate.codebase.critical_paths import INSIDE, SEEN, Member, ResolvedPath, Step, unresolved
from quality_gate.codebase.graph import Codebase, Confidence
from quality_gate.codebase.left_out import LeftOut
from quality_gate.neutral import neutral, printable
from quality_gate_checkers.model.violation import Violation

_MOST = 20
"""Of a list that is not the members'; the rest is counted, and shown with -v."""

_DEEPEST = 24
"""Members below this depth are indented no further."""


class JsonStep(msgspec.Struct, frozen=True):
    """One call of a chain; `how` is what made it known."""

    caller: str
    callee: str
    path: str
    line: int
    how: str
    confidence: str | None


class JsonMember(msgspec.Struct, frozen=True):
    """A function of a critical path; `declared` is null where calls reach it."""

    function: str
    path: str
    line: int
    declared: str | None
    chain: list[JsonStep]


class JsonUnresolved(msgspec.Struct, frozen=True):
    """A call of a member whose target nothing tells."""

    caller: str
    text: str
    path: str
    line: int
    reason: str


class JsonPossible(msgspec.Struct, frozen=True):
    """A call of a member where only a name fits; not followed."""

    caller: str
    callee: str
    path: str
    line: int


class JsonOutgoing(msgspec.Struct, frozen=True):
    """A call of a member that leads to a file which is on no critical path."""

    caller: str
    callee: str
    path: str
    line: int


class JsonLeftOut(msgspec.Struct, frozen=True):
    """A file of the project that members call, and why it is on no critical path."""

    path: str
    why: str
    calls: list[JsonOutgoing]


class JsonPath(msgspec.Struct, frozen=True):
    """One critical path; demands in percent."""

    name: str
    why: str
    owner: str
    line: int
    branch: int
    failure: int
    members: list[JsonMember]
    unresolved_calls: list[JsonUnresolved]
    possible_calls: list[JsonPossible]
    seen_calls: list[JsonStep]
    stopped_at: list[str]
    problems: list[str]
    left_out: list[JsonLeftOut]


class JsonIdle(msgspec.Struct, frozen=True):
    """A comment about critical paths that declares none, and why."""

    path: str
    line: int
    message: str


class JsonPaths(msgspec.Struct, frozen=True):
    """The document of `paths --format json`; keys are only added within a version."""

    version: Literal[1]
    tool: str
    paths: list[JsonPath]
    comments_without_effect: list[JsonIdle]


Idle: TypeAlias = Sequence[tuple[str, Violation]]
"""Comments about critical paths that declare none, each with its file."""


def as_json(codebase: Codebase | None, paths: Sequence[ResolvedPath], idle: Idle = ()) -> str:
    """The critical paths for programs, versioned."""
    found = [_json(codebase, path) for path in paths] if codebase is not None else []
    comments = [JsonIdle(printable(path), one.location.line, printable(one.message)) for path, one in idle]
    document = JsonPaths(1, f"quality-gate {__version__}", found, comments)
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode().replace("##", r"\u0023\u0023") + "\n"


def _json(codebase: Codebase, path: ResolvedPath) -> JsonPath:
    return JsonPath(
        name=printable(path.name),
        why=printable(path.declared.why),
        owner=printable(path.declared.owner),
        line=path.declared.line,
        branch=path.declared.branch,
        failure=path.declared.failure,
        members=[_json_member(path, member) for member in path.members],
        unresolved_calls=[
            JsonUnresolved(
                printable(call.caller), printable(call.text), printable(member.path), call.line, printable(call.reason)
            )
            for member, call in unresolved(codebase, path)
        ],
        possible_calls=[
            JsonPossible(printable(edge.caller), printable(edge.callee), _path(codebase, edge.caller), edge.line)
            for edge in path.possible
        ],
        seen_calls=[_json_step(step) for step in path.seen],
        stopped_at=[printable(name) for name in path.stopped],
        problems=[printable(problem) for problem in _problems(path)],
        left_out=[_json_left_out(one) for one in path.left_out],
    )


def _problems(path: ResolvedPath) -> tuple[str, ...]:
    return (*path.problems, *(one.clause for one in path.unread))


def _json_left_out(found: LeftOut) -> JsonLeftOut:
    calls = [
        JsonOutgoing(printable(one.caller), printable(one.callee), printable(one.path), one.line) for one in found.calls
    ]
    return JsonLeftOut(printable(found.path), found.why, calls)


def _path(codebase: Codebase, name: str) -> str:
    return printable(codebase.definitions[name].path)


def _json_member(path: ResolvedPath, member: Member) -> JsonMember:
    chain = [_json_step(step) for step in path.chain(member)]
    return JsonMember(printable(member.name), printable(member.path), member.definition.line, member.declared, chain)


def _json_step(step: Step) -> JsonStep:
    confidence = step.confidence.value if step.confidence is not None else None
    return JsonStep(
        printable(step.caller), printable(step.callee), printable(step.path), step.line, step.how, confidence
    )


def idle_text(idle: Idle, *, verbose: bool) -> Iterator[str]:
    """The comments that declare none for people, a line each."""
    if idle:
        yield f"comments without effect ({len(idle)})"
        yield from _cut([f"{path}:{one.location.line}   {one.message}" for path, one in idle], "  ", verbose)


def as_text(codebase: Codebase, paths: Sequence[ResolvedPath], *, verbose: bool) -> str:
    """The critical paths for people: each function stands below the one that calls it."""
    return "\n".join("\n".join((*_path_lines(codebase, path, verbose=verbose), "")) for path in paths)


def _path_lines(codebase: Codebase, path: ResolvedPath, *, verbose: bool) -> Iterator[str]:
    declared = path.declared
    yield neutral("   ".join(part for part in (path.name, declared.owner) if part))
    if declared.why:
        yield f"   {neutral(declared.why)}"
    yield f"   demanded: {declared.line} % of the lines, {declared.branch} % of the branches"
    yield ""
    yield from _tree(path)
    unknown = [
        f"{member.path}:{call.line}   {call.text}   {call.reason}" for member, call in unresolved(codebase, path)
    ]
    possible = [
        f"{_path(codebase, edge.caller)}:{edge.line}   {edge.caller} -> {edge.callee}" for edge in path.possible
    ]
    seen = [f"{step.path}:{step.line}   {step.caller} -> {step.callee}" for step in path.seen]
    yield from _listed("seen by tests only, and followed", seen, verbose)
    yield from _listed("not followed: only a name fits", possible, verbose)
    yield from _listed("not followed: `stop` says so", path.stopped, verbose)
    yield from _listed("not resolved: nothing tells what is called", unknown, verbose)
    yield from _listed("left out: on no critical path", [one.sentence for one in path.left_out], verbose)
    yield from _listed("could not be looked at", _problems(path), verbose)


def _listed(title: str, lines: Sequence[str], verbose: bool) -> Iterator[str]:
    if lines:
        yield ""
        yield f"   {title} ({len(lines)})"
        yield from _cut(lines, "     ", verbose)


def _cut(lines: Sequence[str], margin: str, verbose: bool) -> Iterator[str]:
    shown = lines if verbose else lines[:_MOST]
    yield from (f"{margin}{neutral(line)}" for line in shown)
    if len(lines) > len(shown):
        yield f"{margin}and {len(lines) - len(shown)} more, shown with -v"


def _tree(path: ResolvedPath) -> Iterator[str]:
    below: dict[str, list[Member]] = {}
    for member in path.members:
        if member.via is not None:
            below.setdefault(member.via.caller, []).append(member)
    rows = list(_rows(path.entries, below))
    lambdas = sum(member.definition.kind == "lambda" for member in path.members)
    also = f" and {_many(lambdas, 'lambda')}" if lambdas else ""
    yield f"   {_many(len(path.members) - lambdas, 'function')}{also}"
    width = _width(len(indent + name) for indent, name, _, _ in rows)
    place_width = _width(len(place) for _, _, place, _ in rows)
    for indent, name, place, about in rows:
        yield f"     {indent}{name:{max(width - len(indent), 0)}}   {place:{place_width}}   {about}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun if count == 1 else f'{noun}s'}"


def _width(lengths: Iterable[int]) -> int:
    return min(max(lengths, default=0), 90)


def _rows(entries: Sequence[Member], below: dict[str, list[Member]]) -> Iterator[tuple[str, str, str, str]]:
    """Indentation, name, place and how it is reached, each function below the one that calls it."""
    waiting = [(member, 0) for member in reversed(entries)]
    told: set[tuple[str, str]] = set()
    while waiting:
        member, depth = waiting.pop()
        if (member.path, member.name) in told:
            continue
        told.add((member.path, member.name))
        place = neutral(f"{member.path}:{member.definition.line}")
        yield "  " * min(depth, _DEEPEST), neutral(member.name), place, _about(member)
        waiting += [(child, depth + 1) for child in reversed(below.get(member.name, ()))]


def _about(member: Member) -> str:
    if member.via is None:
        return member.declared or ""
    if member.via.how == INSIDE:
        return INSIDE
    how = ", seen by a test only" if member.via.how == SEEN else ""
    if member.via.confidence is Confidence.DISPATCH:
        how = ", an override may be meant"
    return f"called on line {member.via.line}{how}"
