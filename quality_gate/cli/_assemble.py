"""From configuration to report: where time, environment and working directory are read and handed down."""

from __future__ import annotations

import datetime
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from quality_gate import __version__, engine
from quality_gate.bench import Bench, nothing_linted, nothing_relaxed
from quality_gate.cli._ahead import Ahead
from quality_gate.cli._build import build_key
from quality_gate.cli._known import KnownFindings
from quality_gate.cli._linking import Linking
from quality_gate.cli._linters import NO_TOOLS, Tools, hearing
from quality_gate.cli._options import Options
from quality_gate.cli._progress import progress_on
from quality_gate.cli._pushes import is_first, pushed_range
from quality_gate.cli._rule_texts import RuleText, rule_texts
from quality_gate.cli._timing import Watch
from quality_gate.config import Config, CriticalPath, load
from quality_gate.errors import UsageErrors
from quality_gate.evidence.git.changes import change_at
from quality_gate.evidence.git.command import Git, find_top
from quality_gate.evidence.git.git_calls import Begun
from quality_gate.evidence.git.not_tracked import Untracked
from quality_gate.evidence.git.tracked import is_tracked
from quality_gate.evidence.inspections import Also, inspect_files
from quality_gate.evidence.sources import Sources, discover
from quality_gate.model import Change, Outcome, Report, Stage, Verdict
from quality_gate.store import FOLDER, Store
from quality_gate_checkers.model.inspection import Inspection

if TYPE_CHECKING:
    from quality_gate.baseline_file import Baseline
    from quality_gate.cli._policy import Policy
    from quality_gate.codebase.graph import Codebase
    from quality_gate.codebase.linked import LinkedCodebase


_MOST_NOTES = 3
"""About one link; a tree of many small projects has hundreds."""


class Run:
    """One run of the gate over one project.

    Args:
        options: the shared options.
        stage: where the gate stands.
        files: the command line's FILES; none for all.
        whole: judge all the code (`report`) or what the modes ask for (`check`).
        all_files: `--all-files`.
        coverage: files named with `--coverage`.
        approved_by: who lets the change relax its own policy; empty where nobody does.
        tools: what the command line says of the team's other tools.
        own_policy: whether the project's own configuration counts at the ci stage, whatever the merge base asks.
        begun: what git has begun with.
    """

    def __init__(
        self,
        options: Options,
        stage: Stage,
        files: Sequence[str] = (),
        *,
        whole: bool,
        all_files: bool = False,
        coverage: Sequence[Path] = (),
        approved_by: str = "",
        tools: Tools = NO_TOOLS,
        own_policy: bool = False,
        begun: Begun | None = None,
    ) -> None:
        self._started = time.monotonic()
        self.watch = Watch()
        self._begun = begun
        self.cwd = Path.cwd()
        self.stage = stage
        self._files = files
        self.whole = whole
        self._all_files = all_files
        self.quiet = options.quiet
        self.tools = tools
        self._coverage = tuple(self.cwd / file for file in coverage)
        own = load(self.cwd, options.config)
        self._policy: Policy | None = None
        if stage is Stage.CI and not (whole or own_policy):
            from quality_gate.cli._policy import policy_of  # the commit hook needs none of it

            self._policy = policy_of(own, self.cwd, os.environ, named=options.config, approved_by=approved_by)
        self.config: Config = own if self._policy is None else self._policy.config
        self.root = Path(self.config.root)
        self.notes: list[str] = []
        self.details: list[str] = []

    @cached_property
    def git(self) -> Git | None:
        """Git, where the project lies in a work tree."""
        return find_top(self.root, os.environ, self._begun)

    @cached_property
    def sources(self) -> Sources:
        """The files to judge."""
        return discover(self.git, self.root, self.config.settings, self._files or None, self.cwd)

    def change_of(self, files: tuple[str, ...]) -> Change:
        """What is new in Python files, and in further ones."""
        return self._first_push() or self._compared(files)

    def _first_push(self) -> Change | None:
        if not is_first(self.stage, os.environ):
            return None
        return Change(description="everything is new: the remote holds nothing of this history yet", everything=True)

    def _compared(self, files: tuple[str, ...]) -> Change:
        return change_at(
            self.git,
            self.root,
            self.stage,
            self.config.base,
            self._all_files,
            pushed_range(self.stage, os.environ),
            files if self.stage is Stage.COMMIT else (*files, *self.other_files),
            Untracked(self.sources.untracked, self._matter),
        )

    @property
    def _matter(self) -> tuple[str, ...] | None:
        """Named files, where nothing is asked of others: tools and critical paths of other languages might."""
        alone = self._files and not self.config.critical_paths and not self.config.linters
        return self.sources.files if alone else None

    @cached_property
    def _whole_project(self) -> Sources:
        return discover(self.git, self.root, self.config.settings, None, self.cwd) if self._files else self.sources

    @property
    def everything(self) -> tuple[str, ...]:
        """All files of the project, whatever FILES say: what is linked."""
        return self._whole_project.files

    @cached_property
    def other_files(self) -> Mapping[str, int]:
        """Files of other languages on critical paths, with their number of lines."""
        patterns = [pattern for path in self.config.critical_paths.values() for pattern in path.include]
        if not patterns:
            return {}
        from quality_gate.evidence.other_files import other_files

        return other_files(self.git, self.root, patterns, self.everything)

    @property
    def names_files(self) -> bool:
        """Whether FILES are judged and not the whole project."""
        return bool(self._files)

    @cached_property
    def linking(self) -> Linking:
        """What the linked codebase and test runs tell."""
        return Linking(
            root=self.root,
            config=self.config,
            stage=self.stage,
            whole=self.whole,
            named=bool(self._files),
            judged=lambda: self.sources.files,
            everything=lambda: self.everything,
            change=lambda: self.bench.change,
            store=self.linking_store,
            memory=self._memory,
            link=self._link,
            tracked=self.is_tracked,
            coverage=self._coverage,
            declared=self._declared,
            timed=self.watch,
            others=lambda: self.other_files,
            elsewhere=lambda: self._whole_project.elsewhere,
            git=lambda: self.git,
        )

    def _declared(self, codebase: Codebase) -> Mapping[str, CriticalPath]:
        return self.config.critical_paths if self._policy is None else self._policy.declared(codebase)

    def ratcheted(self, held: Baseline | None) -> Baseline | None:
        """What of the baseline counts."""
        return held if self._policy is None else self._policy.ratcheted(held)

    def _link(self, files: Sequence[str]) -> Codebase:
        from quality_gate.evidence.codebase import linked

        with self.watch("linking"), self.linking_store() as store:
            found = linked(
                self.root,
                files,
                self.config.settings,
                store,
                always_read=self.stage is Stage.CI,
                now_ns=time.time_ns(),
                progress=progress_on(sys.stderr, os.environ, quiet=self.quiet),
                again=self.linking_store,
            )
        self._tell(found.problems)
        self._refuse_misnamed(found)
        return found

    def _refuse_misnamed(self, codebase: LinkedCodebase) -> None:
        """A dependency whose names name nothing would look like one that nobody calls."""
        declared = self._policy.own_dependencies() if self._policy else self.config.settings.dependencies
        if not declared:
            return
        from quality_gate.codebase.dependency_names import misnamed

        errors = misnamed(codebase, declared, self._entries_of)
        if errors:
            raise UsageErrors(errors)

    def _entries_of(self, folder: str) -> Sequence[str]:
        try:
            return os.listdir(self.root / folder)
        except OSError:
            return ()

    def _tell(self, problems: Sequence[str]) -> None:
        """What is wrong with the link: a few are notes for everybody, the others wait for -v."""
        self.notes.extend(problems[:_MOST_NOTES])
        if len(problems) > _MOST_NOTES:
            self.notes.append(f"{len(problems) - _MOST_NOTES} more notes about the call graph, shown with -v")
            self.details.extend(problems[_MOST_NOTES:])

    def _store(self) -> Store:
        return self._store_of(msgspec.json.encode(self.config.settings), "quality_gate_checkers")

    def linking_store(self) -> Store:
        """Facts and what belongs to the critical paths depend on the linker's own code too."""
        settings = msgspec.json.encode(self.config.settings)
        return self._store_of(settings, "quality_gate_checkers", "quality_gate.codebase")

    def _memory(self) -> Store:
        """What every installation of this version may know: pre-commit has one of its own, which nobody links in."""
        settings = msgspec.json.encode(self.config.settings)
        return Store(self.root, build_key(settings, ()), tracked=self._cache_is_tracked)

    def _store_of(self, settings: bytes, *packages: str) -> Store:
        return Store(self.root, build_key(settings, packages), tracked=self._cache_is_tracked)

    @cached_property
    def _cache_is_tracked(self) -> bool:
        return self.is_tracked(self.root / FOLDER)

    def _inspections(self, files: tuple[str, ...]) -> Mapping[str, Inspection]:
        if self.stage is Stage.COMMIT and not self.whole:
            return self._inspected(files)
        from quality_gate.evidence.codebase import taking_facts

        with self.linking_store() as store:  # one parse serves the rules and the linked codebase
            alone = self._inspected(files, taking_facts(self.config.settings, store))
        return self._told(alone)

    def _told(self, alone: Mapping[str, Inspection]) -> Mapping[str, Inspection]:
        """Inspections with what the rest of the project tells."""
        if not any(held.asked for held in alone.values()):
            return alone
        from quality_gate.evidence.told_inspections import inspections_told

        with self.watch("rules that ask other modules"), self._store() as store:
            return inspections_told(
                self.root,
                alone,
                self.linking.codebase.modules,
                self.config.settings,
                store,
                always_read=self.stage is Stage.CI,
                now_ns=time.time_ns(),
                progress=progress_on(sys.stderr, os.environ, quiet=self.quiet),
            )

    def _inspected(self, files: tuple[str, ...], also: Also | None = None) -> Mapping[str, Inspection]:
        settings = self.config.settings
        with self.watch("reading files and rules of one module"), self._store() as store:
            found = inspect_files(
                self.root,
                files,
                settings,
                store,
                always_read=self.stage is Stage.CI,
                now_ns=time.time_ns(),
                progress=progress_on(sys.stderr, os.environ, quiet=self.quiet),
                also=also,
                on_disk=self.sources.on_disk,
            )
        if store.problem:
            self.notes.append(store.problem)
        return found

    def is_tracked(self, place: Path) -> bool:
        """Whether git tracks a file, or anything in a folder."""
        return is_tracked(self.git, place)

    @cached_property
    def bench(self) -> Bench:
        """What lies before the practices."""
        files = self.sources.files
        change = Ahead(lambda: self.change_of(files), self.watch, "waiting for git").result
        listening = hearing(self, change)
        return Bench(
            stage=self.stage,
            whole=self.whole,
            today=datetime.datetime.now(tz=datetime.UTC).date(),
            critical_paths=tuple(self.config.critical_paths),
            change=change,
            inspections=lambda: self._inspections(files),
            settings=self.config.settings,
            counted_tests=self.config.counted_tests,
            linked=self.linking.linked(),
            known=self.known.marked,
            policy=nothing_relaxed if self._policy is None else self._policy.change,
            linted=Ahead(listening, self.watch, "waiting for linters").result if listening else nothing_linted,
        )

    @cached_property
    def known(self) -> KnownFindings:
        """What the baseline says."""
        return KnownFindings(self)

    def report(self, following: Callable[[Report, Run], Report]) -> Report:
        """Judge, and put everything that a format may show together.

        Args:
            following: adds what to type next.
        """
        self.known.read()
        verdicts = self.known.compared(engine.run(self.bench, self.config.practices, self.watch))
        seconds = time.monotonic() - self._started
        told = self.bench.linted.told
        texts = self._texts_about(verdicts)
        report = Report(
            tool=f"quality-gate {__version__}",
            project=self.root.name,
            stage=self.stage,
            outcome=engine.worst(verdicts),
            verdicts=verdicts,
            ledger=self.known.ledger,
            not_analysed=engine.not_analysed(self.bench),
            files=len(self.bench.inspections),
            lines=sum(inspection.lines for inspection in self.bench.inspections.values()),
            consequences={text.help.name: text.consequence for text in texts},
            notes=(
                *self.sources.notes,
                *_about(self.bench.change),
                *self.notes,
                *self.linking.notes,
                *(told if self.whole else ()),
            ),
            details=(
                *self.sources.left_out,
                *self.details,
                *(() if self.whole else told),
                *self.watch.told(seconds),
            ),
            seconds=seconds,
            next=(),
            folder=self.folder,
            rules=tuple(text.help for text in texts),
        )
        return following(report, self)

    def _texts_about(self, verdicts: Sequence[Verdict]) -> Sequence[RuleText]:
        """The pages of every rule with a finding."""
        found = {one.name for verdict in verdicts for one in verdict.findings if not one.tool}
        if not found:
            return ()
        with self._store_of(b"", "quality_gate_checkers", "quality_gate.project_rules") as store:
            return rule_texts(found, store)

    @cached_property
    def folder(self) -> str:
        """Where the project lies in its repository."""
        root = Path(os.path.realpath(self.root))
        if self.git is None or not root.is_relative_to(self.git.top):
            return ""
        found = root.relative_to(self.git.top).as_posix()
        return "" if found == "." else found


def _about(change: Change) -> tuple[str, ...]:
    """Why every line counts as new, where it does."""
    return (change.description,) if change.everything else ()


def exit_code(outcome: Outcome) -> int:
    """0 kept, empty or waived; 1 broken; 3 unproven."""
    return {Outcome.BROKEN: 1, Outcome.UNPROVEN: 3}.get(outcome, 0)
