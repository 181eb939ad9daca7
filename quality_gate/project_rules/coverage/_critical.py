"""What the rules of critical-path-coverage share: how they name functions, lines and chains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from quality_gate.bench import Bench
from quality_gate.codebase.critical_paths import Member, ResolvedPath, Step
from quality_gate.model import Finding, LineRange
from quality_gate.project_rules._findings import Found, findings
from quality_gate_checkers.model.violation import Severity

_MOST_SPANS = 6
_MOST_STEPS = 4


def named(member: Member) -> str:
    """A member as people call it."""
    if member.definition.kind == "module":
        is_python = member.name != member.path
        return f"the module code of {member.name}" if is_python else member.name
    return f"{'.'.join(member.qualified.split('.')[-2:])}()"


def numbers(spans: Sequence[LineRange]) -> str:
    """Lines for people: `12, 17-19`; many are cut."""
    shown = [str(span.first) if span.first == span.last else f"{span.first}-{span.last}" for span in spans]
    more = len(shown) - _MOST_SPANS
    return ", ".join(shown[:_MOST_SPANS]) + (f" and {more} more" if more > 0 else "")


def way(path: ResolvedPath, member: Member) -> str:
    """How a path reaches a member: `Checkout.place (checkout.py:40) -> Gateway.capture`; long ones are cut inside."""
    chain = path.chain(member)
    if not chain:
        return "it is declared"
    steps = [_step(step) for step in chain]
    if len(steps) > _MOST_STEPS:
        steps = [*steps[: _MOST_STEPS - 1], "...", steps[-1]]
    return " -> ".join([*steps, ".".join(member.name.split(".")[-2:])])


def _step(step: Step) -> str:
    return f"{'.'.join(step.caller.split('.')[-2:])} ({step.path.rpartition('/')[2]}:{step.line})"


def told(
    bench: Bench, code: str, name: str, severity: Severity, path: str | None, found: Iterable[Found]
) -> Iterator[Finding]:
    """Breaches as findings of one critical path, None for no path of its own."""
    for finding in findings(bench, code, name, severity, found):
        yield msgspec.structs.replace(finding, critical_path=path)


def touched(bench: Bench, member: Member) -> bool:
    """Whether the change adds or touches a member: its head or its own lines."""
    definition = member.definition
    head = definition.kind != "module" and bench.change.touches(member.path, definition.first, definition.line)
    return head or any(bench.change.touches(member.path, span.first, span.last) for span in member.own)
