"""What `init` finds in a project that it has never seen: folders, tools, critical paths, whose they are."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from quality_gate.cli._assemble import Run
from quality_gate.cli._edits import text_or_empty
from quality_gate.cli._table_entry import Measured
from quality_gate.config import CriticalPath
from quality_gate.errors import Missing, UsageErrors
from quality_gate.evidence.git.command import Git, GitError
from quality_gate.evidence.sources import discover, folder_prefix
from quality_gate_checkers.model import PRODUCTION, Role, role_of
from quality_gate_checkers.patterns import path_matches
from quality_gate_checkers.settings import Settings

if TYPE_CHECKING:
    from quality_gate.codebase.linked import LinkedCodebase
    from quality_gate.codebase.path_coverage import Count
    from quality_gate.codebase.path_failures import PathFailures
    from quality_gate.codebase.starting.proposing import Proposal

MOST_BYTES = 6_000_000
"""Of source whose calls are followed: that takes about 20 s where nothing of it is in the cache."""


_TEST_APPLICATION = re.compile(r"tests?[_-]?(?:app|project|proj|site)s?", re.IGNORECASE)
"""Folders of applications that exist for tests to run in, as reusable Django applications have one."""


class Layout(msgspec.Struct, frozen=True):
    """Where a project's code lies.

    Args:
        source, tests: folders; empty where the defaults know better.
        files, test_files: how many Python files there are of each.
    """

    source: Sequence[str] = ()
    tests: Sequence[str] = ()
    files: int = 0
    test_files: int = 0


# -- folders and tools


def layout_of(root: Path, git: Git | None) -> Layout:
    """Folders of production code and of tests below the root, of the files that would be judged.

    Naming the tests' folders ends the search by usual names: they are named only if no test lies elsewhere.

    Args:
        root: the project's folder, absolute. git: None where it lies in no work tree.
    """
    source: set[str] = set()
    tests: set[str] = set()
    everywhere = True
    counts = {True: 0, False: 0}
    for path in discover(git, root, Settings(), None, root).files:
        folder, slash, _ = path.partition("/")
        role = role_of(path, Settings())
        if role in PRODUCTION and slash and _TEST_APPLICATION.fullmatch(folder):
            continue
        if role in PRODUCTION or role is Role.TESTS:
            counts[role is Role.TESTS] += 1
        if role in PRODUCTION:
            source.add(folder if slash else "*.py")
        elif role is Role.TESTS and slash and role_of(f"{folder}/module.py", Settings()) is Role.TESTS:
            tests.add(folder)
        elif role is Role.TESTS:
            everywhere = False
    return Layout(_if_plain(source), _if_plain(tests) if everywhere else [], counts[False], counts[True])


def _if_plain(folders: set[str]) -> list[str]:
    """Sorted, or empty when a name would have to be quoted, in TOML or as a pattern."""
    plain = all(re.fullmatch(r"[\w.-]+|\*\.py", folder) for folder in folders)
    return sorted(folders) if plain else []


def default_branch(git: Git | None) -> str:
    """The branch that is merged into: the remote's, else main or master, whichever is there."""
    if git is None:
        return "main"
    try:
        names = git.run(
            "for-each-ref", "--format=%(refname:lstrip=2) %(symref:lstrip=3)",
            "refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master",
        )  # fmt: skip
    except GitError:
        return "main"
    found = dict(line.partition(" ")[::2] for line in os.fsdecode(names).splitlines())
    return found.get("origin/HEAD") or next((name for name in ("main", "master") if name in found), "main")


def owners_of(proposals: Iterable[Proposal], root: Path, top: Path) -> dict[str, str]:
    """Whose each path is, as CODEOWNERS says of the file that it begins in, by the path's name.

    Args:
        root: the project's folder. top: the repository's, where CODEOWNERS lies.
    """
    places = (top / folder / "CODEOWNERS" for folder in (".github", "", "docs", ".gitlab"))
    lines = next((text.splitlines() for text in map(text_or_empty, places) if text), [])
    rules = [line.split("#")[0].split() for line in lines]
    below = "" if root == top else f"{root.relative_to(top).as_posix()}/"
    found = {}
    for proposal in proposals:
        path = below + proposal.entries[0].path
        # The last line that fits counts, as GitHub and GitLab have it.
        owners = next((rule[1:] for rule in reversed(rules) if rule and _owns(rule[0], path)), [])
        if owners:
            found[proposal.name] = owners[0]
    return found


def _owns(pattern: str, path: str) -> bool:
    """Whether a pattern as gitignore has them fits: one without a slash before its end fits at any depth."""
    plain = pattern.strip("/")
    anchored = "/" in pattern.rstrip("/")
    return path_matches(path, plain) or (not anchored and path_matches(path, f"**/{plain}"))


# -- critical paths


def paths_of(run: Run) -> tuple[tuple[Proposal, ...], int, int]:
    """Critical paths to propose, of how many files, and how many of these were followed.

    Args:
        run: of the project, before anything of it was asked.
    """
    from quality_gate.codebase.starting.candidates import candidates
    from quality_gate.codebase.starting.proposing import propose
    from quality_gate.evidence.git.often_changed import often_changed
    from quality_gate.evidence.promising import most_promising
    from quality_gate_checkers.dependencies import catalogue

    settings = run.config.settings
    production = [path for path in run.everything if role_of(path, settings) in PRODUCTION]
    if not production:
        return (), 0, 0
    inside = run.git is not None and run.root.resolve().is_relative_to(run.git.top)
    prefix = folder_prefix(run.git, run.root.resolve()) if run.git is not None and inside else ""
    history = often_changed(run.git if inside else None, prefix)
    chosen = most_promising(run.root, production, history, MOST_BYTES)
    codebase = _linked(run, chosen)

    def dependency(name: str) -> str | None:
        found = catalogue().fallible(name)
        return found.dependency if found is not None and found.remote else None

    known = set(production)
    found = candidates(codebase, lambda path: path in known, history)
    return propose(found, history, dependency), len(production), len(chosen)


def _linked(run: Run, files: Sequence[str]) -> LinkedCodebase:
    import sys
    import time

    from quality_gate.cli._progress import progress_on
    from quality_gate.evidence.codebase import linked

    with run.linking_store() as store:
        return linked(
            run.root,
            files,
            run.config.settings,
            store,
            always_read=False,
            now_ns=time.time_ns(),
            progress=progress_on(sys.stderr, os.environ, quiet=run.quiet),
        )


def declared_as(proposals: Iterable[Proposal], measured: Mapping[str, Measured]) -> dict[str, CriticalPath]:
    """The critical paths as the table declares them, by name, each with what is demanded of it."""
    found = {}
    for one in proposals:
        path = CriticalPath(why=one.why, entry=tuple(entry.name for entry in one.entries))
        demands = msgspec.structs.asdict(measured.get(one.name, Measured()))
        known = {key: value for key, value in demands.items() if value is not None}
        found[one.name] = msgspec.structs.replace(path, **known)
    return found


def measured_of(run: Run, proposals: Iterable[Proposal]) -> dict[str, Measured]:
    """What tests show of each path today, by its name; nothing where there is no evidence, or where it is stale.

    Args:
        run: of the project, before its critical paths were asked for.
    """
    run.config = msgspec.structs.replace(run.config, critical_paths=declared_as(proposals, {}))
    try:
        _ = run.linking.recorded
        coverage = {found.path.name: found for found in run.bench.coverage if not found.problems and not found.unproven}
        failures = {found.path.name: found for found in run.bench.path_failures}
    except (Missing, UsageErrors):
        return {}
    return {
        name: Measured(
            _percent(found.lines),
            _percent(found.branches) if found.has_branches else None,
            _failures_shown(failures[name]),
        )
        for name, found in coverage.items()
    }


def _failures_shown(found: PathFailures) -> int | None:
    """The lower of the two counts that `failure` is demanded of; what is unknown is not shown."""
    if found.problems or len(found.unknown) == len(found.shown):
        return None
    counts = (_percent(found.count), _percent(found.cell_count))
    return min((percent for percent in counts if percent is not None), default=None)


def _percent(count: Count) -> int | None:
    """Rounded down; None of nothing."""
    return count.measured * 100 // count.of if count.of else None
