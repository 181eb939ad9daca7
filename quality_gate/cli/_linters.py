"""What a run asks of the team's own tools: which of them this stage wants, and whether the caller lets them run."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from quality_gate.config_linters import Linter
from quality_gate.errors import UsageError
from quality_gate.evidence.git.command import Git
from quality_gate.linting import Linted
from quality_gate.model import Change, Stage
from quality_gate_checkers.model.roles import Role, role_of

if TYPE_CHECKING:
    from quality_gate.cli._assemble import Run

LINTERS = "--linters"

_ORDER = (Stage.COMMIT, Stage.PUSH, Stage.CI)


class Tools(msgspec.Struct, frozen=True):
    """What the command line says of other tools.

    Args:
        may_run: whether linters may be started: they may run code of the project, and no file of it can allow that.
        sarif: files named with `--sarif`.
    """

    may_run: bool = False
    sarif: tuple[Path, ...] = ()


NO_TOOLS = Tools()


class Around(msgspec.Struct, frozen=True):
    """What of a run the tools are asked about.

    Args:
        root: the project's folder. folder: as Report.folder.
        judged: the files that are judged. named: whether FILES name them.
        change: what is new. change_of: what is new in files that are not Python.
        role_of: tells production code. is_tracked: whether git tracks a file.
    """

    root: Path
    folder: str
    git: Git | None
    stage: Stage
    whole: bool
    judged: Sequence[str]
    named: bool
    change: Callable[[], Change]
    change_of: Callable[[tuple[str, ...]], Change]
    role_of: Callable[[str], Role]
    is_tracked: Callable[[Path], bool]

    @property
    def demands(self) -> bool:
        """Whether what is missing stands in the way: before CI it is mentioned and never blocks."""
        return self.whole or self.stage is Stage.CI


def hearing(run: Run, change: Callable[[], Change]) -> Callable[[], Linted] | None:
    """How to hear the tools that this stage wants to hear; None where there is none.

    Raises:
        UsageError: a file named with `--sarif` is not there.
    """
    around = _around(run, change)
    due = {name: one for name, one in run.config.linters.items() if _is_due(one, around)}
    files = _sarif_files(run, around)
    if not due and not files:
        return None

    def heard() -> Linted:
        from quality_gate.cli._hearing import Hearing  # a project without tools of its own waits for none of it

        return Hearing(run.config, around, due).linted(files, may_run=run.tools.may_run)

    return heard


def _around(run: Run, change: Callable[[], Change]) -> Around:
    return Around(
        root=run.root,
        folder=run.folder,
        git=run.git,
        stage=run.stage,
        whole=run.whole,
        judged=run.sources.files,
        named=run.names_files,
        change=change,
        change_of=run.change_of,
        role_of=partial(role_of, settings=run.config.settings),
        is_tracked=run.is_tracked,
    )


def _is_due(linter: Linter, around: Around) -> bool:
    return around.whole or _ORDER.index(linter.stage) <= _ORDER.index(around.stage)


def _sarif_files(run: Run, around: Around) -> tuple[Path, ...]:
    """Before CI what the configuration names is of yesterday."""
    found = [around.root / name for name in run.config.sarif] if around.demands else []
    for name in run.tools.sarif:
        if not os.path.lexists(run.cwd / name):
            raise UsageError(f"--sarif {name}", "there is no such file", "name a SARIF file that a tool has written")
        found.append(run.cwd / name)
    return tuple(dict.fromkeys(found))
