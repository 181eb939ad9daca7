"""Hooks, CI steps and attributes that a change takes away or adds, as relaxations."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench
from quality_gate.config import Config
from quality_gate.evidence.policy.policy_around import ATTRIBUTES, Around
from quality_gate.policy.around import HOOKS
from quality_gate.policy.relaxations import Relaxation
from quality_gate_checkers.model import PRODUCTION, role_of

_MOST_NAMED = 3


def around_relaxed(around: Around, bench: Bench, before: Config, prefix: str, file: str) -> Iterator[Relaxation]:
    """What the change does around the configuration.

    Args:
        before: the merge base's configuration.
        prefix: where the project lies, from git's top folder.
        file: the configuration's; it is named for files that lie above the project.
    """
    for hook in around.lost_hooks():
        yield Relaxation(
            file=HOOKS if not prefix else file, what=f"hook {hook} in {HOOKS}", before="installed", after="gone"
        )
    for path in around.lost_steps():
        yield Relaxation(
            file=_inner(path, prefix, file), what=f"CI step in {path}", before="asks the gate", after="gone"
        )
    for path in around.forgiven_steps():
        yield Relaxation(
            file=_inner(path, prefix, file),
            what=f"{path}, which asks the gate",
            before="fails with its steps",
            after="lets one more fail",
            severity="warning",
        )
    yield from _attributes(around, bench, before, prefix, file)


def _attributes(around: Around, bench: Bench, before: Config, prefix: str, file: str) -> Iterator[Relaxation]:
    """Lines that hide sources from diffs: the gate sees them all the same, who reviews does not (row 28)."""
    within = {prefix + path for path in bench.change.files if path.rpartition("/")[2] == ATTRIBUTES}
    for path in sorted({ATTRIBUTES, *within}):
        lines = around.hiding(path)
        if not lines:
            continue
        sources = [one for one in bench.inspections if role_of(one, bench.settings) in PRODUCTION]
        hidden = [one[len(prefix) :] for one in around.hidden([prefix + one for one in sources])]
        if hidden:
            critical = _critical(bench, hidden)
            more = f" and {len(hidden) - _MOST_NAMED} more" if len(hidden) > _MOST_NAMED else ""
            yield Relaxation(
                file=_inner(path, prefix, file),
                line=lines[0][0] if path.startswith(prefix) else 1,
                what=f"{path}: {lines[0][1]}",
                before="diffs show all sources",
                after=f"they do not show {', '.join(hidden[:_MOST_NAMED])}{more}",
                critical_path=critical,
                owner=before.critical_paths[critical].owner if critical in before.critical_paths else "",
                severity="error" if critical else "warning",
            )


def _critical(bench: Bench, paths: list[str]) -> str:
    """A critical path that has members in some files."""
    if not bench.has_critical_paths:
        return ""
    held = set(paths)
    named = (path.name for path in bench.critical.paths if any(member.path in held for member in path.members))
    return next(named, "")


def _inner(path: str, prefix: str, otherwise: str) -> str:
    """A path from the project's root; of what lies above it another file's."""
    return path[len(prefix) :] if path.startswith(prefix) else otherwise
