"""One process's part in recording a run: the run's own, a worker's of xdist, or one that a test has forked."""

from __future__ import annotations

import ast
import gc
import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from glob import escape, glob
from pathlib import Path

import coverage
import pytest
from coverage import Coverage

from quality_gate_recorder import job as jobs
from quality_gate_recorder.before import NOT_BEGUN, NOT_ENDED, Before
from quality_gate_recorder.ending import Ending
from quality_gate_recorder.evidence_file import Arc, Call, Evidence, File, Meta, Phase, read_file, write
from quality_gate_recorder.exclusions import TeamSettings
from quality_gate_recorder.failure_tables import SeenFailures
from quality_gate_recorder.folder import REMEMBERED
from quality_gate_recorder.isolation_tables import Touches
from quality_gate_recorder.keeping import set_aside, settle
from quality_gate_recorder.merging import merge
from quality_gate_recorder.outcomes import Outcomes, with_digests
from quality_gate_recorder.processes import ForkedProcesses, NewProcesses, left_by_processes
from quality_gate_recorder.remembered import Remembered
from quality_gate_recorder.structure import complete
from quality_gate_recorder.summary import summary_of
from quality_gate_recorder.tracing import Tracer
from quality_gate_recorder.watching import Watch

_PART = "part"


class Recording:
    """What a process records.

    Args:
        handed: the value of `job.VARIABLE`: `run:FILE`, `worker:FILE`, or nothing where the recorder is on its own.
    """

    def __init__(self, handed: str) -> None:
        role, _, self._handed = handed.partition(":")
        self.is_worker = role == "worker"
        self.problems: list[str] = []
        self.workers: set[str] = set()
        self.root = ""
        self.sources: frozenset[str] = frozenset()
        self._pid = os.getpid()
        self._parts = 0
        self._handed_over = False
        self._left_out_by_workers = 0
        self._untraced: set[str] = set()
        self._job: jobs.Job | None = None
        self._settings: TeamSettings | None = None
        self._tracer: Tracer | None = None
        self._watch: Watch | None = None
        self._before: Before | None = None
        self._is_session = False
        self._new: NewProcesses | None = None
        self._forked = ForkedProcesses(self._forget, self._tell)
        self._environment: dict[str, str | None] = {}

    def problem(self, text: str) -> None:
        """Note what went wrong, a clause."""
        if text not in self.problems:
            self.problems.append(text)

    def begin(self, rootpath: Path, config_file: str | bool, *, contexts_for_team: bool) -> None:
        """Begin to record.

        Args:
            rootpath: pytest's root folder. config_file: of the team's coverage, True for the usual places.
            contexts_for_team: whether the team's measurement tells tests apart.
        """
        self._job = job = jobs.load(self._handed) if self._handed else _own_job(rootpath)
        self.root = job.root
        self.sources = frozenset(job.files)
        if self.is_worker:
            plugins = os.environ.get("PYTEST_PLUGINS", "").split(",")
            self._set("PYTEST_PLUGINS", ",".join(name for name in plugins if name != __package__))
        else:
            self._set("PYTHONPATH", _without_scratch(os.environ.get("PYTHONPATH", ""), job.scratch))
            self._set(jobs.RECORDING, "1")
            if not self._handed:  # whoever hands a job over has begun to write already
                self._before = Before(Path(job.evidence))
                self._before.hold()
                set_aside(Path(job.evidence))
            write(Evidence(self._meta(job), problems=[NOT_BEGUN]), Path(job.evidence))
        self._settings = TeamSettings(config_file, Coverage.current(), self.problem)
        self._tracer = Tracer(job.root, job.files, self._settings.concurrency, self.problem)
        self._tracer.contexts_for_team = contexts_for_team
        self._new = NewProcesses(job.scratch, job.root, job.files, self._settings.concurrency)
        if self._new.can_be_measured:
            self._new.start()
        self._forked.start()
        self._watch = Watch(job.root, job.files, self.problem)
        self._watch.when_traced(self._tracer.holding.look)
        if not self._watch.start():
            self._tracer.trace_tests(self._watch.territory)
        self._tracer.begin()

    def session_begins(self) -> None:
        """pytest has understood its arguments, and what is wrong from now on is wrong with the tests."""
        if self._job is not None and not self.is_worker and os.getpid() == self._pid:
            write(Evidence(self._meta(self._job), problems=[NOT_ENDED]), Path(self._job.evidence))
            self._is_session = True

    def team_has_begun(self, config_file: str | bool) -> None:
        """Whatever the team measures with has begun: what its command line says counts, and its processes are ours."""
        if self._tracer is None or self._new is None:
            return
        if self._tracer.team is not None:
            self._settings = TeamSettings(config_file, self._tracer.team, self.problem)
        if self._new.can_be_measured and not self._handed_over:
            self._new.start()

    def tests_are_over(self) -> None:
        """Let the team's measurement end, which is given what other processes ran as well, if it measures them."""
        if self._tracer is None or self._job is None:
            return
        if not self.is_worker:
            for place, arcs in self._seen_for_team(self._job):
                self._tracer.seen_elsewhere(place, arcs)
        self._tracer.step_down()

    def _seen_for_team(self, job: jobs.Job) -> Iterator[tuple[str, Iterable[Arc]]]:
        """What other processes ran that the team's measurement would have measured: (file, arcs)."""
        if self._new is not None and self._new.team_measures:
            for place, _, _, arcs in left_by_processes(job.scratch, self.problem):
                yield place, arcs
        if self._settings is not None and self._settings.measures_forks:
            for part in self._read_parts(job):
                for path, file in part.files.items():
                    yield os.path.join(job.root, path.replace("/", os.sep)), file.arcs

    def collected(self, items: Iterable[pytest.Item]) -> None:
        """Look whether the code of tests goes by the names of their files."""
        if self._watch is None or self._tracer is None:
            return
        codes = ((getattr(getattr(item, "function", None), "__code__", None), item.path) for item in items)
        for name, place in {(code.co_filename, place) for code, place in codes if code is not None}:
            if name != str(place) and self._watch.territory.is_moved(name, os.path.realpath(place)):
                self._tracer.begin_anew()

    def switch(self, nodeid: str, phase: Phase, function: Callable[..., object] | None = None) -> None:
        """What runs from now on belongs to a test, whose function may be known."""
        if self._watch is not None:
            self._watch.switch(nodeid, phase, function)
        if self._tracer is not None:
            self._tracer.switch(nodeid, phase)

    def hand_over_to_workers(self) -> None:
        """Have the workers that this process starts record."""
        if self._job is None or self._new is None:
            return
        self._new.stop()
        self._handed_over = True
        self._set(jobs.VARIABLE, f"worker:{self._job.save()}")
        plugins = os.environ.get("PYTEST_PLUGINS", "")
        self._set("PYTEST_PLUGINS", ",".join(filter(None, (plugins, __package__))))

    def write_part(self, outcomes: Outcomes | None) -> None:
        """Write down what this process saw, for the run's own process to find."""
        if self._job is None or self._tracer is None:
            return
        self._tracer.flush()
        self._parts += 1
        part = Evidence(problems=self.problems, files=self._tracer.files)
        part.calls, part.failures, part.touches = self._watched()
        if outcomes is not None:
            part.tests, part.test_files = outcomes.tests, outcomes.test_files
            part.meta = Meta(deselected=str(len(outcomes.left_out)), untraced=json.dumps(sorted(self._tracer.untraced)))
        worker = os.environ.get("PYTEST_XDIST_WORKER", "") if outcomes is not None else ""
        write(part, Path(self._job.scratch, f"{_PART}-{worker}-{os.getpid()}-{self._parts}"))

    def finish(self, outcomes: Outcomes, ending: Ending, is_part: Callable[[int], bool]) -> None:
        """Write the evidence; a worker has written its part before.

        Args:
            is_part: whether a part of the tests was chosen, where so many were left out.
        """
        if self.is_worker or self._job is None or os.getpid() != self._pid:
            return
        self._end()
        meta = self._meta(self._job)._replace(
            finished=_now(),
            exit_status=str(ending.exit_status),
            ended_by=ending.ended_by,
            settings_choose=str(int(ending.settings_choose)),
            collected=str(len(outcomes.tests)),
            calls=str(int(self._watch is not None and self._watch.is_watching)),
            failures=str(int(self._watch is not None and self._watch.is_watching)),
            touches=str(int(self._watch is not None)),
        )
        try:
            with _without_collecting():
                whole = self._whole(self._job, meta, outcomes)
                left_out = max(len(outcomes.left_out), self._left_out_by_workers)
                whole.meta = meta._replace(
                    deselected=str(left_out),
                    chosen=str(int(is_part(left_out))),
                    untraced=json.dumps(sorted(self._untraced)) if self._untraced else "",
                )
                whole.meta = whole.meta._replace(beside=settle(Path(self._job.evidence), whole))
        except Exception as error:  # noqa: BLE001 - how the tests ended can be told whatever else cannot
            self.problem(f"what the tests ran could not be put together: {type(error).__name__}: {error}")
            whole = Evidence(meta, [*self._job.problems, *self.problems], tests=outcomes.tests)
        write(whole, Path(self._job.evidence))
        self._let_go(ran_nothing=bool(summary_of(Path(self._job.evidence)).ran_nothing))

    def _let_go(self, *, ran_nothing: bool) -> None:
        """Keep what was recorded before no longer: it is put back, or replaced for good."""
        before, self._before = self._before, None
        if before is not None:
            if ran_nothing:
                before.put_back()
            before.release()

    def close(self) -> None:
        """Leave nothing behind."""
        if os.getpid() != self._pid:
            return
        self._end()
        for name, value in self._environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if self._job is not None and not self._handed:
            shutil.rmtree(self._job.scratch, ignore_errors=True)
        self._let_go(ran_nothing=not self._is_session)

    def _end(self) -> None:
        self._forked.stop()
        if self._tracer is not None:
            self._tracer.stop()
        if self._watch is not None:
            self._watch.stop()
        if self._new is not None:
            self._new.stop()

    def _whole(self, job: jobs.Job, meta: Meta, outcomes: Outcomes) -> Evidence:
        if self._tracer is None or self._settings is None:
            raise RuntimeError("the recorder did not begin")
        self._untraced.update(self._tracer.untraced)
        own = Evidence(meta, [*job.problems], self._tracer.files, outcomes.tests, outcomes.test_files)
        whole = merge([own, *self._read_parts(job)])
        told = {place.split("-")[1] for place in os.listdir(job.scratch) if place.startswith(f"{_PART}-")}
        for worker in sorted(self.workers - told):
            self.problem(f"what worker {worker} ran was not recorded")
        for place, nodeid, phase, arcs in left_by_processes(job.scratch, self.problem):
            path = os.path.relpath(place, job.root).replace(os.sep, "/")
            if path in self.sources:
                whole.files.setdefault(path, File()).add(nodeid, phase, arcs)
                whole.failures.not_all(nodeid, "a Python process that it started is not watched")
        optimised = str(sys.flags.optimize)  # what Python leaves out (`assert`), coverage does not count
        made_by = (sys.version, optimised, coverage.__version__, self._settings.pattern)
        remembered = Remembered(Path(job.evidence).with_name(REMEMBERED), made_by)
        complete(whole.files, job.root, job.files, self._settings, self.problem, self._keeping(), remembered)
        calls, failures, touches = self._watched()
        whole.calls |= calls
        whole.failures.add(failures)
        whole.touches.add(touches)
        whole.test_files = with_digests(whole.test_files, job.root, whole.failures.lines, remembered)
        remembered.save()
        whole.problems += self.problems
        return whole

    def _keeping(self) -> Callable[[str, ast.Module], None]:
        """Hands on the trees of sources that are asked for again, and drops all others."""
        watch = self._watch
        wanted = watch.wants() if watch is not None else set()

        def parsed(path: str, tree: ast.Module) -> None:
            if watch is not None and path in wanted:
                watch.know(path, tree)

        return parsed

    def _watched(self) -> tuple[set[Call], SeenFailures, Touches]:
        """What the interpreter told, and of the tests' own lines coverage where it tells nothing."""
        if self._watch is None or self._tracer is None:
            return set(), SeenFailures(), Touches()
        failures = self._watch.failures()
        failures.seen += self._tracer.test_lines()
        return self._watch.calls(), failures, self._watch.touches()

    def _read_parts(self, job: jobs.Job) -> Iterator[Evidence]:
        for place in sorted(glob(f"{escape(os.path.join(job.scratch, _PART))}-*")):
            try:
                part = read_file(Path(place))
                self._left_out_by_workers = max(self._left_out_by_workers, int(part.meta.deselected or 0))
                self._untraced.update(json.loads(part.meta.untraced or "[]"))
                yield part
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it is told, and makes the run unproven
                self.problem(f"what a process has left cannot be read: {error}")

    def _meta(self, job: jobs.Job) -> Meta:
        return Meta(
            python=platform.python_version(),
            implementation=sys.implementation.name,
            coverage=coverage.__version__,
            pytest=pytest.__version__,
            commit=job.commit,
            dirty=job.dirty,
            started=job.started or _now(),
            arguments=json.dumps(sys.argv[1:]),
            subprocesses=str(int(self._new is not None and self._new.can_be_measured)),
            root=job.root,
        )

    def _set(self, name: str, value: str) -> None:
        """Set a variable until the run is over; empty: take it away."""
        self._environment.setdefault(name, os.environ.get(name))
        if value:
            os.environ[name] = value
        else:
            os.environ.pop(name, None)

    def _forget(self) -> None:
        if self._watch is not None:
            self._watch.forget()
        if self._tracer is not None:
            self._tracer.forked()

    def _tell(self) -> None:
        try:
            self.write_part(None)
        except Exception as error:  # noqa: BLE001 - nobody is there to hear it but the run's own process
            Path(self._job.scratch if self._job else ".", f"{_PART}--{os.getpid()}-failed").write_text(str(error))


@contextmanager
def _without_collecting() -> Iterator[None]:
    """While this lasts, trees of sources come and go without being looked through for circles by the collector, to
    which the whole heap of the project's tests belongs as well."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _own_job(rootpath: Path) -> jobs.Job:
    import tempfile

    return jobs.find(rootpath, tempfile.mkdtemp(prefix="quality-gate-"), _now())


def _now() -> str:
    return f"{time.time():.3f}"


def _without_scratch(path: str, scratch: str) -> str:
    """PYTHONPATH as it was before the recorder's folder was put in front of it."""
    return os.pathsep.join(entry for entry in path.split(os.pathsep) if not entry.startswith(scratch))
