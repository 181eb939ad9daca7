"""What was proven, as text for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from quality_gate import __version__
from quality_gate.codebase.mutants.planning import Answer, Found, counts
from quality_gate.neutral import neutral, printable

_MOST_TESTS = 5
_MOST = 20
"""Of paths that have no diff; the rest is counted, and shown with -v."""

_SAID: dict[Found, str] = {
    "survived": "changed, and no test notices",
    "not run": "no test makes it happen",
    "no answer": "could not be tried",
    "proven": "proven: each change makes a test fail",
    "not provable": "no change stands for it: nothing to try",
}


class JsonProof(msgspec.Struct, frozen=True):
    """One failure path; `change` and `diff` are of the mutant that survived."""

    id: str
    path: str
    line: int
    function: str
    kind: str
    text: str
    found: Found
    killed_by: list[str]
    tests: list[str]
    change: str
    diff: str
    reason: str
    remembered: bool


class JsonProofs(msgspec.Struct, frozen=True):
    """The document of `prove --format json`; keys are only added within a version."""

    version: Literal[1]
    tool: str
    proofs: list[JsonProof]


def as_json(answers: Sequence[Answer]) -> str:
    """For programs, versioned."""
    document = JsonProofs(1, f"quality-gate {__version__}", [_json(answer) for answer in answers])
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode().replace("##", r"\u0023\u0023") + "\n"


def _json(answer: Answer) -> JsonProof:
    path, proof = answer.path, answer.proof
    return JsonProof(
        id=printable(path.id),
        path=printable(path.path),
        line=_line(answer),
        function=printable(path.function),
        kind=path.kind,
        text=printable(path.text),
        found=answer.found,
        killed_by=[printable(test) for test in proof.killed_by],
        tests=[printable(test) for test in proof.tests],
        change=printable(answer.what),
        diff="".join(f"{printable(line)}\n" for line in proof.survived.split("\n")[:-1]),
        reason=printable(answer.why),
        remembered=answer.kept,
    )


def as_text(answers: Sequence[Answer], *, verbose: bool, quiet: bool) -> str:
    """For people: what survived with its diff, then what has no answer, then how many there are of each."""
    lines: list[str] = []
    survivors: dict[tuple[str, str], list[Answer]] = {}
    for answer in answers:
        if answer.found == "survived":
            survivors.setdefault((answer.path.path, answer.proof.survived), []).append(answer)
    for same in survivors.values():
        lines += _survivor(same)
    most = None if verbose else _MOST
    lines += _listed("not run", answers, most)
    lines += _listed("no answer", answers, most)
    if verbose:
        lines += _listed("proven", answers, None)
        lines += _listed("not provable", answers, None)
    if not quiet:
        lines += _summary(answers)
    return "".join(f"{line}\n" for line in lines)


def _line(answer: Answer) -> int:
    path = answer.path
    if path.kind in ("handler", "cancellation") and path.handler is not None:
        return path.handler.line
    return path.call.line if path.call is not None else path.line


def _head(answer: Answer) -> str:
    path = answer.path
    handled = f", handled at line {path.handler.line}" if path.kind == "handler call" and path.handler else ""
    return neutral(f"{path.path}:{_line(answer)}  {path.text}{handled}  in {path.function}()")


def _survivor(same: Sequence[Answer]) -> Iterator[str]:
    """Paths of which one change was noticed by no test."""
    tests = sorted({test for answer in same for test in answer.proof.tests})
    what = next((answer.what for answer in same if answer.what), "this is changed")
    yield from map(_head, same)
    yield neutral(f"   When {what}, {_who(len(tests))}: nothing checks what comes of it.")
    yield from (f"     {neutral(test)}" for test in tests[:_MOST_TESTS])
    if len(tests) > _MOST_TESTS:
        yield f"     and {len(tests) - _MOST_TESTS} more"
    yield from (f"   | {neutral(line)}" for line in same[0].proof.survived.split("\n")[:-1])
    yield "   Do: assert in one of these tests what the caller sees when this goes wrong."
    yield ""


def _who(tests: int) -> str:
    if tests == 1:
        return "the test that makes it happen still passes"
    return f"all {tests:,} tests that make it happen still pass"


def _listed(found: Found, answers: Sequence[Answer], most: int | None) -> Iterator[str]:
    """Those of one kind, those with one reason together."""
    listed = [answer for answer in answers if answer.found == found]
    reasons = dict.fromkeys(map(_reason, listed))
    for reason in reasons:
        held = [answer for answer in listed if _reason(answer) == reason]
        yield neutral(f"{reason} ({len(held):,})")
        yield from (f"   {_head(answer)}{_noticed(answer)}" for answer in held[:most])
        if most is not None and len(held) > most:
            yield f"   and {len(held) - most} more, shown with -v"
        yield ""


def _reason(answer: Answer) -> str:
    reason = answer.why or _SAID[answer.found]
    if answer.why and answer.found == "no answer":
        reason = f"{_SAID[answer.found]}: {answer.why}"
    return f"{reason}; {answer.remedy}" if answer.remedy else reason


def _noticed(answer: Answer) -> str:
    killed = answer.proof.killed_by
    return neutral(f"   noticed by {', '.join(killed[:_MOST_TESTS])}") if killed else ""


def _summary(answers: Sequence[Answer]) -> Iterator[str]:
    found = counts(answers)
    yield f"{found['proven']} of {len(answers) - found['not provable']} failure paths proven"
    width = max(len(f"{count:,}") for count in found.values())
    for name in ("proven", "survived", "not run", "no answer", "not provable"):
        if found[name]:
            yield f"   {found[name]:>{width},}  {_SAID[name]}"
    kept = sum(answer.kept for answer in answers)
    if kept:
        yield f"   {kept:,} of these were found before, and neither the code nor its tests have changed since"
    yield "Next: quality-gate report"
