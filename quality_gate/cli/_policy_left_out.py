"""Code that a change takes off critical paths by where it puts it: among the tests, vendored files or links.

That such files are on no critical path is decided; that one has just come to be called by one is for a reviewer to see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from quality_gate.bench import Bench
from quality_gate.codebase.critical_paths import ResolvedPath
from quality_gate.codebase.left_out import LeftOut
from quality_gate.evidence.git.revisions import NotReadable
from quality_gate.evidence.policy.policy_at_base import BasePolicy
from quality_gate.policy.relaxations import Relaxation
from quality_gate.policy.scopes import is_production
from quality_gate_checkers.model.text import MAXIMUM_BYTES
from quality_gate_checkers.settings import Settings


def put_aside(
    path: ResolvedPath, owner: str, bench: Bench, base: BasePolicy, before: Settings, prefix: str
) -> Iterator[Relaxation]:
    """Files that a critical path calls and that are on none, where the change has put them or their functions there.

    Args:
        before: the merge base's. prefix: where the project lies today, from git's top folder.
    """
    for one in path.left_out:
        was = _was(one, bench, base, before, prefix)
        if was:
            first = one.calls[0]
            yield Relaxation(
                file=first.path,
                line=first.line,
                what=f"{first.callee}, called on the critical path {path.name}",
                before=was,
                after=f"left out: {one.path} {one.why}",
                critical_path=path.name,
                owner=owner,
                severity="warning",
            )


def _was(one: LeftOut, bench: Bench, base: BasePolicy, before: Settings, prefix: str) -> str:
    """What a left out file was at the merge base, where it was not the same; else empty."""
    renamed = base.revision.renamed.get(prefix + one.path)
    old = renamed or base.folder + one.path
    try:
        content = base.revision.read(old, MAXIMUM_BYTES)
    except NotReadable:  # it was no regular file there either, or a very large one
        return ""
    if content is None:
        return "not there"
    there = old.removeprefix(base.folder)
    if is_production(there, before) and (renamed or one.path not in bench.inspections):
        return f"production code, {there}"
    return "" if all(_defines(content, name) for name in _called(one, bench)) else "not there"


def _called(one: LeftOut, bench: Bench) -> Iterator[str]:
    """Last parts of the names of functions of the file, as far as they are known."""
    known = bench.codebase.definitions
    return (call.callee.rpartition(".")[2] for call in one.calls if call.callee in known)


def _defines(content: bytes, name: str) -> bool:
    """Whether a file defined something of a name."""
    return re.search(rb"\bdef\s+" + re.escape(name.encode()) + rb"\b", content) is not None or name.startswith("<")
