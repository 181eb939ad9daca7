"""Processes that tests start: forked ones tell of themselves when they end, new ones measure themselves.

A new Python process measures itself where the project's coverage.py has put its start-up file beside itself (7.10 and
later do) and where it finds the variable that is set here; the test that started it stands in pytest's own variable.
"""

from __future__ import annotations

import os
import sysconfig
from collections.abc import Callable, Iterable
from glob import escape, glob
from typing import NoReturn

from coverage import CoverageData, version_info

from quality_gate_recorder.evidence_file import NO_TEST, PHASES, Arc, Phase

_START = "COVERAGE_PROCESS_START"
_CONFIG = "COVERAGE_PROCESS_CONFIG"
_DATA = "measured"

_SETTINGS = """\
[run]
branch = true
parallel = true
core = ctrace
sigterm = true
patch = _exit
context = ${{PYTEST_CURRENT_TEST-}}
data_file = {data}
disable_warnings = already-imported, couldnt-parse, include-ignored, no-ctracer, no-data-collected, no-sysmon,
    module-not-imported, module-not-measured, module-not-python, trace-changed
concurrency = {concurrency}
"""


class NewProcesses:
    """Has processes that tests start measure themselves; in place of the team's own measurement, if need be for both.

    Args:
        scratch: the folder that they write into. root: the project's folder. paths: its source files, relative to it.
        concurrency: as the project's own settings have it.
    """

    def __init__(self, scratch: str, root: str, paths: Iterable[str], concurrency: list[str]) -> None:
        self._scratch = scratch
        self._root = root
        self._tops = sorted({path.partition("/")[0] for path in paths})
        self._concurrency = concurrency
        self._before: dict[str, str | None] = {}
        self._ours = ""
        self.team_measures = False

    @property
    def can_be_measured(self) -> bool:
        """Whether coverage.py is called at the start of this interpreter's processes."""
        folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        return version_info >= (7, 10) and any(glob(f"{escape(folder)}/*coverage*.pth") for folder in folders)

    def start(self) -> None:
        """Set the variable; again where the team's own measurement has set its own since."""
        for name in (_START, _CONFIG):
            value = os.environ.get(name)
            if value is not None and value != self._ours:
                self._before[name] = value
                self.team_measures = True
            self._before.setdefault(name, None)
        os.environ.pop(_CONFIG, None)
        os.environ[_START] = self._ours = self._settings()

    def stop(self) -> None:
        """Set it back."""
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before = {}

    def _settings(self) -> str:
        place = os.path.join(self._scratch, "all.rc" if self.team_measures else "process.rc")
        if not os.path.exists(place):
            tops = [escape(os.path.join(self._root, top)) for top in self._tops]
            patterns = [top if top.endswith(".py") else f"{top}/*" for top in tops]
            text = _SETTINGS.format(
                data=os.path.join(self._scratch, _DATA),
                concurrency=", ".join(self._concurrency) or "thread",
            )
            if not self.team_measures:
                text += "".join(["include =\n", *(f"    {pattern}\n" for pattern in patterns)])
            aside = f"{place}.{os.getpid()}"
            with open(aside, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(aside, place)
        return place


def left_by_processes(scratch: str, problem: Callable[[str], None]) -> Iterable[tuple[str, str, Phase, list[Arc]]]:
    """What processes have left: (file, node id, phase, arcs)."""
    for place in sorted(glob(f"{escape(os.path.join(scratch, _DATA))}.*")):
        if place.endswith(("-journal", "-wal", "-shm")):
            continue
        data = CoverageData(basename=place)
        try:
            data.read()
            for context in sorted(data.measured_contexts()):
                nodeid, phase = _test_of(context)
                data.set_query_context(context)
                for file in data.measured_files():
                    yield file, nodeid, phase, data.arcs(file) or []
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it is told, and makes the run unproven
            problem(f"what a process that a test started has left cannot be read: {error}")
        finally:
            data.close()


def _test_of(context: str) -> tuple[str, Phase]:
    """`tests/test_pay.py::test_ok (call)`, as pytest puts it into its variable."""
    nodeid, _, phase = context.rpartition(" (")
    phase = phase.removesuffix(")")
    for known in PHASES:
        if nodeid and phase == known:
            return nodeid, known
    return NO_TEST, "none"


class ForkedProcesses:
    """Has forked processes (multiprocessing, pytest-forked, `os.fork`) tell what they did before they end.

    Args:
        forget: called in a new process, to drop what is its parent's. tell: called before it ends.
    """

    def __init__(self, forget: Callable[[], None], tell: Callable[[], None]) -> None:
        self._forget = forget
        self._tell = tell
        self._active = False
        self._registered = False

    def start(self) -> None:
        """Begin to look out for forks."""
        self._active = True
        if not self._registered and hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)
            self._registered = True

    def stop(self) -> None:
        """End it; what Python was told to call at a fork cannot be taken back."""
        self._active = False

    def _forked(self) -> None:
        if not self._active:
            return
        self._forget()
        if getattr(os._exit, "_tells", False):  # a fork of a fork
            return
        leave = os._exit

        def telling_exit(status: int) -> NoReturn:
            if self._active:
                self._tell()
            leave(status)

        # Forked processes end by this, which calls nothing that is registered to be called at exit.
        telling_exit._tells = True  # type: ignore[attr-defined]
        os._exit = telling_exit
