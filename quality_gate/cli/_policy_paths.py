"""What a change does to critical paths other than in the configuration: files moved, names and comments gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path

import msgspec

from quality_gate.baseline import local_name
from quality_gate.bench import Bench
from quality_gate.cli._policy_left_out import put_aside
from quality_gate.codebase.critical_paths import ResolvedPath
from quality_gate.codebase.graph import Codebase, Definition
from quality_gate.config import Config, CriticalPath
from quality_gate.evidence.git.revisions import NotReadable
from quality_gate.evidence.policy.added_comments import AddedComments
from quality_gate.evidence.policy.critical_comments import commented_in
from quality_gate.evidence.policy.policy_at_base import BasePolicy
from quality_gate.evidence.policy.silencing import silencing_in
from quality_gate.model import LineRange
from quality_gate.policy.compare import Relaxed
from quality_gate.policy.relaxations import Relaxation
from quality_gate.policy.strictness import plain
from quality_gate_checkers.model.roles import Role, role_of
from quality_gate_checkers.model.text import MAXIMUM_BYTES
from quality_gate_checkers.model.violation import Severity
from quality_gate_checkers.patterns import path_matches
from quality_gate_checkers.settings import Settings


def with_moved(base: BasePolicy, config: Config, prefix: str) -> tuple[list[Relaxation], Config]:
    """Critical files that were moved out of their pattern belong to their path wherever they lie now.

    Args:
        config: the stricter one, in whose critical paths the merge base's patterns are.
        prefix: where the project lies today, from git's top folder.
    """
    before = base.config.critical_paths if base.config is not None else {}
    relaxed: list[Relaxation] = []
    paths = dict(config.critical_paths)
    for name, path in before.items():
        found = _moved_out(base, path, paths[name], prefix) if path.include else []
        moved = [(now, old) for now, old in found if _is_production(now, config.settings)]
        if moved:
            include = (*paths[name].include, *(now for now, _ in moved))
            paths[name] = msgspec.structs.replace(paths[name], include=include)
            relaxed.append(_told_moved(moved, name, path.owner))
    return relaxed, msgspec.structs.replace(config, critical_paths=paths)


def _is_production(path: str, settings: Settings) -> bool:
    """Test code is on no critical path, and to name it there is an error."""
    return role_of(path, settings) is not Role.TESTS


def _moved_out(base: BasePolicy, before: CriticalPath, after: CriticalPath, prefix: str) -> list[tuple[str, str]]:
    """Files that a path included and does not any more, by their names of today and of then."""
    return [
        (now.removeprefix(prefix), old.removeprefix(base.folder))
        for now, old in sorted(base.revision.renamed.items())
        if now.endswith(".py")
        and now.startswith(prefix)
        and old.startswith(base.folder)
        and _matches(old.removeprefix(base.folder), before)
        and not _matches(now.removeprefix(prefix), after)
    ]


def _told_moved(moved: Sequence[tuple[str, str]], name: str, owner: str) -> Relaxation:
    now, old = moved[0]
    more = f" and {len(moved) - 1} more" if len(moved) > 1 else ""
    return Relaxation(
        file=now,
        what=f"{now}{more} of the critical path {name}",
        before=f"included as {old}",
        after="moved out of its pattern",
        critical_path=name,
        owner=owner,
    )


def _matches(path: str, critical: CriticalPath) -> bool:
    return any(path_matches(path, pattern) for pattern in critical.include)


def still_declared(
    stricter: Mapping[str, CriticalPath], own: Mapping[str, CriticalPath], codebase: Codebase, settings: Settings
) -> Mapping[str, CriticalPath]:
    """Critical paths less what only the merge base names and the code does not have any more.

    To look for a name that is gone would end the run; the change is told of it all the same.
    """
    known = {name: one for name, one in codebase.definitions.items() if _is_production(one.path, settings)}
    files = sorted({one.path for one in known.values()})
    found: dict[str, CriticalPath] = {}
    for name, path in stricter.items():
        mine = own.get(name)
        entries = tuple(one for one in path.entry if (mine and one in mine.entry) or plain(one) in known)
        include = tuple(
            one
            for one in path.include
            if (mine and one in mine.include) or any(path_matches(file, one) for file in files)
        )
        if entries or include:
            found[name] = msgspec.structs.replace(path, entry=entries, include=include)
    return found


def follows_code(relaxed: Relaxed, own: Config, files: Sequence[str], bench: Bench) -> bool:
    """Whether what is dropped is gone from the code, and the change names what it has become.

    A pattern whose files were all moved or deleted guards nothing; each moved file is told for itself. A function or
    class that was renamed or moved is named anew, in the same place or by the same name: a person should look at it.
    """
    table, name, key = ("", "", "", *relaxed.keys)[-3:]
    dropped = relaxed.less.what
    if not dropped or table not in ("critical-paths", "dependencies"):
        return False
    if key == "include":
        return not any(path_matches(file, dropped) for file in files)
    if key not in ("entry", "calls", "rejects", "unavailable"):
        return False
    mine = own.critical_paths if table == "critical-paths" else own.settings.dependencies
    named = tuple(plain(one) for one in getattr(mine.get(name), key, ()))
    return _is_gone(plain(dropped), bench.codebase) and any(_is_near(plain(dropped), one) for one in named)


def _is_gone(pattern: str, codebase: Codebase) -> bool:
    """Whether a name of the project's own names nothing any more."""
    parts = list(takewhile(lambda part: "*" not in part, pattern.split(".")))
    known = codebase.definitions
    return ".".join(parts) not in known and any(".".join(parts[:count]) in known for count in range(1, len(parts)))


def _is_near(old: str, new: str) -> bool:
    """Whether one name may have become the other: it stands in the same place, or is called the same."""
    old, new = old.rstrip(".*"), new.rstrip(".*")
    return old.rpartition(".")[0] == new.rpartition(".")[0] or old.rpartition(".")[2] == new.rpartition(".")[2]


def code_relaxed(base: BasePolicy, before: Config, bench: Bench, root: Path, prefix: str) -> Iterator[Relaxation]:
    """Comments of the change on critical paths: those that silence, and those that declared one and are gone; and code
    that it has put where no critical path goes.

    Args:
        before: the merge base's configuration. root: the project's. prefix: where it lies, from git's top folder.
    """
    if bench.change.everything:
        return
    if bench.has_critical_paths:
        for path in bench.critical.paths:
            owner = (
                before.critical_paths[path.name].owner if path.name in before.critical_paths else path.declared.owner
            )
            yield from _silenced(path, owner, bench, root, base)
            yield from put_aside(path, owner, bench, base, before.settings, prefix)
    yield from _uncommented(base, before, bench, prefix)


def _silenced(path: ResolvedPath, owner: str, bench: Bench, root: Path, base: BasePolicy) -> Iterator[Relaxation]:
    spans: dict[str, list[LineRange]] = {}
    for member in path.members:
        if member.path in bench.change.lines:
            spans.setdefault(member.path, []).extend(_lines_of(member.definition, member.own))
    for file, held in spans.items():
        added = AddedComments(base, root, file)
        for line, text, severity in (*_ours(bench, file, held), *_others(bench, root, file, held)):
            if bench.change.touches(file, line, line) and added.holds(line):
                yield Relaxation(
                    file=file,
                    line=line,
                    what=f"`# {text}` on the critical path {path.name}",
                    before="not there",
                    after="added",
                    critical_path=path.name,
                    owner=owner,
                    severity=severity,
                )


def _ours(bench: Bench, file: str, spans: Sequence[LineRange]) -> Iterator[tuple[int, str, Severity]]:
    """Comments that silence our rules on some lines, wherever in the file they stand."""
    inspection = bench.inspections.get(file)
    for found in inspection.suppressions if inspection is not None else ():
        if any(span.first <= found.last and found.first <= span.last for span in spans):
            yield found.line, _FORMS[found.kind].format(", ".join(found.names)), "error"


_FORMS = {"allow": "quality-gate: allow[{}]", "noqa": "noqa: {}", "pylint": "pylint: disable={}"}


def _others(bench: Bench, root: Path, file: str, spans: Sequence[LineRange]) -> Iterator[tuple[int, str, Severity]]:
    return ((found.line, found.text, "warning") for found in silencing_in(root, file, spans, bench.settings))


def _lines_of(definition: Definition, own: Sequence[LineRange]) -> Sequence[LineRange]:
    """A function with its head and the line above it, where comments on it stand; of module code what is its own."""
    return own if definition.kind == "module" else (LineRange(definition.first - 1, definition.last),)


def _uncommented(base: BasePolicy, before: Config, bench: Bench, prefix: str) -> Iterator[Relaxation]:
    """Comments `critical[...]` that are gone from functions which are there still."""
    for file in sorted(bench.change.files):
        if not file.endswith(".py") or bench.is_test(file):
            continue
        try:
            was = base.revision.renamed.get(prefix + file, base.folder + file)
            content = base.revision.read(was, MAXIMUM_BYTES)
        except NotReadable:
            continue
        named = commented_in(content or b"", file)
        if not named:
            continue
        now = {local_name(file, one.name): one for one in bench.definitions_in(file)}
        for function, paths in named.items():
            defined = now.get(function)
            for name in paths:
                if defined is not None and name not in defined.critical and not _is_declared(defined, name, bench):
                    owner = before.critical_paths[name].owner if name in before.critical_paths else ""
                    yield Relaxation(
                        file=file,
                        line=defined.line,
                        what=f"{function} of the critical path {name}",
                        before="named by a comment",
                        after="the comment is gone",
                        critical_path=name,
                        owner=owner,
                    )


def _is_declared(defined: Definition, name: str, bench: Bench) -> bool:
    """Whether the configuration puts a function or class on a critical path, so that no comment has to."""
    if not bench.has_critical_paths:
        return False
    declared = next((path.declared for path in bench.critical.paths if path.name == name), None)
    if declared is None:
        return False
    inside = any(f"{defined.name}.".startswith(f"{plain(entry)}.") for entry in declared.entry)
    return inside or _matches(defined.path, declared)
