"""Every tool that a run wants to hear is asked, and what they say is put together."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Literal

from quality_gate.cli._linters import LINTERS, Around
from quality_gate.cli._pages import all_rules
from quality_gate.config import Config
from quality_gate.config_linters import Linter
from quality_gate.counting import counted
from quality_gate.evidence._untrusted import Unreadable, whole_of
from quality_gate.evidence.linters._child import MOST_BYTES
from quality_gate.evidence.linters._tool_places import OUTSIDE, Placed, Places
from quality_gate.evidence.linters._tool_words import Garbled, Raw, Said
from quality_gate.evidence.linters.running import Outcome, Project, run_linters
from quality_gate.evidence.linters.sarif import read_sarif
from quality_gate.linting import Linted, ToolResult, Unheard
from quality_gate.model import Change, Stage
from quality_gate_checkers.model import PRODUCTION
from quality_gate_checkers.model.inspection import pylint_id
from quality_gate_checkers.model.violation import Severity

Blocks = Literal["errors", "everything", "nothing"]

_ANEW = "let the tool write it anew, from this checkout"
_FROM_ROOT = "let the tool look at this checkout, and write its paths from the project's root"

_MOST_PATH = 200
"""Characters of a path that is not there."""


class Hearing:
    """One run's questions to other tools.

    Args:
        due: linters that the stage wants, by name.
    """

    def __init__(self, config: Config, around: Around, due: Mapping[str, Linter]) -> None:
        self._config = config
        self._around = around
        self._due = due
        self._root = Path(os.path.realpath(around.root))
        self._places = Places(self._root, around.folder, around.judged, only=around.named)
        self._results: dict[ToolResult, None] = {}
        self._heard: list[str] = []
        self._unheard: list[Unheard] = []
        self._waiting: list[str] = []
        self._told: list[str] = []

    def linted(self, files: Sequence[Path], *, may_run: bool) -> Linted:
        """Everything that they say.

        Args:
            files: SARIF files. may_run: whether linters may be started.
        """
        if self._due and may_run:
            self._run()
        elif self._due:
            self._not_allowed()
        for file in files:
            self._read(file)
        faulty = {one.tool for one in self._unheard}
        return Linted(
            results=tuple(self._results),
            heard=tuple(tool for tool in dict.fromkeys(self._heard) if tool not in faulty),
            unheard=tuple(self._unheard),
            waiting=tuple(self._waiting),
            told=tuple(self._told),
            elsewhere=self._elsewhere(),
        )

    def _elsewhere(self) -> Change | None:
        paths = {one.path for one in self._results if not one.path.endswith((".py", ".pyi"))}
        return self._around.change_of(tuple(sorted(paths))) if paths else None

    # --- linters

    def _not_allowed(self) -> None:
        names = ", ".join(self._due)
        what = f"not run, for linters may run code of this project: {names}"
        if self._around.demands:
            command = "report" if self._around.whole else f"check --stage {self._around.stage}"
            remedy = f"type quality-gate {command} {LINTERS}"
            self._unheard.append(Unheard(tool=names, what=what, remedy=remedy))
        else:
            self._waiting.append(f"{what}; {LINTERS} lets them, in the hook's args too")

    def _run(self) -> None:
        changed = self._changed()
        if changed is not None and not changed:
            return
        for outcome in run_linters(self._project(changed), self._due):
            self._unheard += outcome.unheard
            if outcome.said is not None:
                self._take_run(outcome, outcome.said)

    def _take_run(self, outcome: Outcome, said: Said) -> None:
        placed = self._take(outcome.name, said.results, self._due[outcome.name].blocks)
        about = f" {outcome.about}" if outcome.about else ""
        found = counted(len(placed.results), "finding")
        self._told.append(f"{said.title}{about}: {found}, {outcome.seconds:.1f} s{placed.about}")
        if placed.stale:
            what = f"{outcome.name} tells of {placed.stale[0]}: a file was changed while it ran"
            self._unheard.append(Unheard(tool=outcome.name, what=what, remedy="run the gate again"))
        problem = _misplaced(placed) if self._due[outcome.name].command else ""
        if problem:
            what = f"{outcome.name}: {problem}"
            self._unheard.append(Unheard(tool=outcome.name, what=what, remedy=_FROM_ROOT))

    def _changed(self) -> list[str] | None:
        """At the commit stage linters are asked about what it changes, and where FILES are named about these."""
        around = self._around
        if around.named:
            return list(around.judged)
        if around.whole or around.stage is not Stage.COMMIT:
            return None
        change = around.change()
        return [path for path in around.judged if change.holds(path)]

    def _project(self, changed: Sequence[str] | None) -> Project:
        around = self._around
        return Project(
            root=self._root,
            python=self._config.python,
            environment=os.environ,
            git=around.git,
            changed=changed,
            production=_tops(path for path in around.judged if around.role_of(path) in PRODUCTION),
            clock=time.monotonic,
        )

    # --- SARIF

    def _read(self, file: Path) -> None:
        shown = file.relative_to(self._around.root).as_posix() if file.is_relative_to(self._around.root) else str(file)
        if self._around.is_tracked(file):
            remedy = f"type git rm --cached {shown}, and let the tool write it in CI"
            self._fault(shown, "git tracks it, so it is its author's word and no measurement", remedy)
            return
        try:
            runs = read_sarif(whole_of(file, MOST_BYTES, "let the tool look at less"))
        except (Unreadable, Garbled) as error:
            self._fault(shown, str(error), _ANEW)
            return
        for said in runs:
            self._take_sarif(shown, said)

    def _take_sarif(self, shown: str, said: Said) -> None:
        placed = self._take(said.tool, said.results, "errors")
        self._told.append(f"{said.title}, {shown}: {counted(len(placed.results), 'finding')}{placed.about}")
        for clause in said.unseen[:3]:
            self._fault(shown, clause, _ANEW, said.tool)
        if placed.stale:
            self._fault(shown, f"it tells of {placed.stale[0]}", _ANEW, said.tool)
        elif problem := _misplaced(placed):
            self._fault(shown, problem, _FROM_ROOT, said.tool)

    def _fault(self, shown: str, problem: str, remedy: str, tool: str = "") -> None:
        self._unheard.append(Unheard(tool=tool or shown, what=f"{shown}: {problem}", remedy=remedy))

    # --- both

    def _take(self, tool: str, raws: Sequence[Raw], blocks: Blocks) -> Placed:
        """Keep what lies in the project, less what our own engine says as well."""
        foreign = [raw for raw in raws if (raw.code, raw.name) not in self._our_own and raw.code not in self._our_codes]
        placed = self._places.placed(tool, foreign, partial(_severity, blocks))
        self._results.update(dict.fromkeys(placed.results))
        self._heard.append(tool)
        return placed

    @cached_property
    def _our_codes(self) -> frozenset[str]:
        return frozenset(rule.code for rule in all_rules())

    @cached_property
    def _our_own(self) -> frozenset[tuple[str, str]]:
        """What pylint calls the rules that our engine has too; those that only pylint has are not among them."""
        return frozenset((pylint_id(rule.code), rule.name) for rule in all_rules())


def _misplaced(placed: Placed) -> str:
    """What is wrong where a tool found things and none of them in the project; empty for nothing."""
    if placed.results:
        return ""
    if placed.missing:
        return f"none of its findings is in a file of the project: {placed.missing[:_MOST_PATH]} is not there"
    return "all its findings are outside the project" if placed.outside.get(OUTSIDE) else ""


def _severity(blocks: Blocks, raw: Raw) -> Severity:
    if blocks == "errors":
        return raw.level
    return "error" if blocks == "everything" else "warning"


def _tops(paths: Iterable[str]) -> list[str]:
    """The top folders and files of paths."""
    return sorted({path.partition("/")[0] for path in paths})
