"""Which test ran which arcs, by the project's own coverage.py; beside the team's own measurement, where there is one.

There is one trace function in a thread. A measurement of the team's that is running (pytest-cov, `coverage run`) is
paused by coverage.py itself while ours runs on top of it; ours traces for both, asks theirs which files it wants, and
hands over what it would have seen, under the context that it would have been in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from types import FrameType
from typing import TYPE_CHECKING

from coverage import Coverage

from quality_gate_recorder.evidence_file import NO_TEST, Arc, File, Phase
from quality_gate_recorder.failure_tables import Place, Seen
from quality_gate_recorder.holding import Holding
from quality_gate_recorder.territory import Territory

if TYPE_CHECKING:
    from coverage.types import TFileDisposition

_SILENT = (
    "already-imported",
    "couldnt-parse",
    "dynamic-conflict",
    "include-ignored",
    "module-not-imported",
    "module-not-measured",
    "module-not-python",
    "no-ctracer",
    "no-data-collected",
    "no-sysmon",
    "no-sysmon-context",
)
"""What coverage.py warns of and what does no harm here."""


class Tracer:
    """What was run, by test and phase, as long as a process lives.

    Args:
        root: the project's folder, a real path.
        paths: the project's source files, relative to it.
        concurrency: what the project's own settings say of its threads, e.g. `greenlet`.
        problem: is told what goes wrong, as a clause.
    """

    def __init__(self, root: str, paths: Iterable[str], concurrency: list[str], problem: Callable[[str], None]) -> None:
        self.files: dict[str, File] = {}
        self._places = {os.path.join(root, path.replace("/", os.sep)): path for path in paths}
        self._concurrency = concurrency
        self._problem = problem
        self._stack: list[_Ours] = []
        self._test: tuple[str, Phase] = (NO_TEST, "none")
        self._as_it_was: dict[str, Callable[[Coverage], None]] = {}
        self._territory: Territory | None = None
        self._test_lines: dict[tuple[str, Phase], dict[str, set[int]]] = {}
        self.contexts_for_team = False
        self.holding = Holding(self._taken_away)
        self.untraced: set[str] = set()
        """Tests that took the tracer away."""

    def trace_tests(self, territory: Territory) -> None:
        """Note the lines of test code too, from the next measurement on.

        Args:
            territory: tells which code it is.
        """
        self._territory = territory

    def test_lines(self) -> list[Seen]:
        """Lines of test code that were run, in no order; they are told once."""
        told, self._test_lines = self._test_lines, {}
        found = []
        for (nodeid, phase), files in told.items():
            places = tuple(Place(path, line) for path, lines in sorted(files.items()) for line in sorted(lines))
            found.append(Seen(nodeid, phase, places, ()))
        return found

    @property
    def team(self) -> Coverage | None:
        """The measurement of the team's that is beneath ours."""
        return self._stack[-1].team if self._stack else None

    def begin(self) -> None:
        """Begin to measure."""
        self._stay_on_top()
        self.on_top()

    def on_top(self) -> None:
        """Go on top of a measurement of the team's that has begun since."""
        current = Coverage.current()
        if self._stack and current is self._stack[-1]:
            return
        if self._stack:
            self._stack[-1].flush()
        ours = _Ours(self._is_wanted, self._take, self._problem, current, self._concurrency)
        ours.start()
        self._stack.append(ours)
        self.holding.note()

    def begin_anew(self) -> None:
        """Go on in another measurement, which asks again whose each file of the tests is."""
        if self._territory is not None:
            self.step_down()
            self.on_top()

    def switch(self, nodeid: str, phase: Phase) -> None:
        """What runs from now on belongs to a test, or to `NO_TEST`."""
        if self._stack:
            self._stack[-1].flush(hand_over=self.contexts_for_team)
            self.holding.look()
            self.holding.give_back()
        self._test = (nodeid, phase)

    def _taken_away(self) -> None:
        self.untraced.add(self._test[0] or "something between the tests")

    def step_down(self) -> None:
        """End the measurement that runs, and let the team's go on, which is given what it would have seen."""
        if not self._stack:
            return
        ours = self._stack.pop()
        ours.flush(hand_over=True)
        if Coverage.current() is ours:
            ours.stop()
        else:
            self._problem("a test left another measurement of coverage running, so some of what ran was not seen")
        self.holding.note()

    def seen_elsewhere(self, place: str, arcs: Iterable[Arc]) -> None:
        """Hand over what another process ran that the team's measurement would have measured too."""
        if self._stack:
            self._stack[-1].seen_elsewhere(place, arcs)

    def stop(self) -> None:
        """End all measurements of ours that can be ended."""
        for name, method in self._as_it_was.items():
            setattr(Coverage, name, method)
        self._as_it_was = {}
        while self._stack:
            self.step_down()

    def forked(self) -> None:
        """Go on in a forked process, which tells only of itself."""
        self.files.clear()
        self.untraced.clear()
        self._test_lines.clear()

    def _stay_on_top(self) -> None:
        """Have every measurement that the team begins from now on run beneath ours, and end as if it were on top.

        pytest-cov begins before, among or after the first imports, in workers later, and in `multiprocessing` again.
        """
        start, stop = Coverage.start, Coverage.stop

        def started(theirs: Coverage) -> None:
            start(theirs)
            if isinstance(theirs, _Ours):
                return
            if theirs.get_option("run:disable_warnings") == list(_SILENT):
                # `patch = fork` takes our measurement for the team's, and begins another one like it after each fork.
                theirs._auto_save = False
            self.on_top()

        def stopped(theirs: Coverage) -> None:
            if not isinstance(theirs, _Ours) and self._stack and self._stack[-1].team is theirs:
                self.step_down()
            stop(theirs)
            if not isinstance(theirs, _Ours):
                self.holding.note()

        self._as_it_was = {"start": start, "stop": stop}
        for name, method in (("start", started), ("stop", stopped)):
            setattr(Coverage, name, method)

    def flush(self) -> None:
        """Take over what was seen so far."""
        if self._stack:
            self._stack[-1].flush()

    def _take(self, place: str, arcs: Collection[Arc]) -> bool:
        """Note arcs of a file if it is the project's."""
        path = self._places.get(place)
        if path is None:
            return self._take_test(place, arcs)
        file = self.files.get(path)
        if file is None:
            file = self.files[path] = File()
        file.add(*self._test, arcs)
        return True

    def _is_wanted(self, place: str) -> bool:
        return place in self._places or (self._territory is not None and self._territory.number(place) > 0)

    def _take_test(self, place: str, arcs: Collection[Arc]) -> bool:
        if self._territory is None or self._territory.number(place) <= 0:
            return False
        path = self._territory.path(self._territory.number(place))
        lines = self._test_lines.setdefault(self._test, {}).setdefault(path, set())
        lines.update(end for arc in arcs for end in arc if end > 0)
        return True


class _Ours(Coverage):
    """A measurement that keeps its data here and not in a database, and that traces for the team's as well.

    Args:
        wanted: tells files to measure. take: is given what was run. team: the measurement that runs already.
    """

    def __init__(
        self,
        wanted: Callable[[str], bool],
        take: Callable[[str, Collection[Arc]], bool],
        problem: Callable[[str], None],
        team: Coverage | None,
        concurrency: list[str],
    ) -> None:
        super().__init__(data_file=None, config_file=False, branch=True, concurrency=concurrency or None)
        self.set_option("run:disable_warnings", list(_SILENT))
        _force_core(self)
        self._wanted = wanted
        self._take = take
        self._problem_seen = problem
        self.team = team
        self._team_wants: set[str] = set()
        self._pending: dict[str, set[Arc]] = {}
        self._tracers_of_team: dict[str, str] = {}
        data = self.get_data()
        # Public methods of coverage's, replaced on this one object: a row per arc and test in a database, as coverage
        # keeps it, costs a third of a test run.
        for name in ("add_arcs", "add_file_tracers", "set_context"):
            setattr(data, name, getattr(self, f"_{name}"))

    def flush(self, *, hand_over: bool = False) -> None:
        """Take over what was traced so far.

        Args:
            hand_over: give the team's measurement its share too, under the context that it is in.
        """
        if self._started:
            self.switch_context("")
        if hand_over and self.team is not None and self._pending:
            _feed(self.team, self._pending, self._tracers_of_team)
            self._pending = {}

    def seen_elsewhere(self, place: str, arcs: Iterable[Arc]) -> None:
        """Keep what another process ran for the team's measurement, if it wants the file."""
        check = None if self.team is None else self.team._check_include_omit_etc
        if check is not None and check(place, None):  # type: ignore[arg-type]  # there is no frame, and none is needed
            self._pending.setdefault(place, set()).update(arcs)

    def _should_trace(self, filename: str, frame: FrameType) -> TFileDisposition:
        found = super()._should_trace(filename, frame)
        place = found.canonical_filename
        found.trace = self._wanted(place)
        found.source_filename = place
        if self.team is None:
            return found
        theirs = self.team._should_trace(filename, frame)
        if not theirs.trace:
            return found
        self._team_wants.add(theirs.canonical_filename)
        if found.trace:
            return found
        if type(theirs) is type(found):
            return theirs
        found.trace = True
        return found

    def _check_include_omit_etc(self, filename: str, frame: FrameType) -> bool:
        """Asked for files that a plugin of the team's makes up, e.g. templates."""
        return self.team is not None and bool(self.team._check_include_omit_etc(filename, frame))

    def _warn(self, msg: str, slug: str | None = None, once: bool = False) -> None:
        """Coverage's warnings would be the tests' warnings, and errors where warnings are."""
        if slug not in _SILENT:
            self._problem_seen(f"coverage.py says: {msg}")

    def _add_arcs(self, arc_data: Mapping[str, Collection[Arc]]) -> None:
        for place, arcs in arc_data.items():
            ours = self._take(place, arcs)
            if self.team is not None and (not ours or place in self._team_wants):
                self._pending.setdefault(place, set()).update(arcs)

    def _add_file_tracers(self, file_tracers: Mapping[str, str]) -> None:
        self._tracers_of_team.update(file_tracers)

    def _set_context(self, context: str | None) -> None:
        """Contexts are kept by `Tracer`."""


def _feed(team: Coverage, seen: Mapping[str, set[Arc]], tracers: Mapping[str, str]) -> None:
    """Give the team's measurement what it would have seen, in its own terms."""
    data = team._data
    if data is None:
        return
    named = {team._file_mapper(place): arcs for place, arcs in seen.items()}
    if team.get_option("run:branch"):
        data.add_arcs(named)
    else:
        # Where an arc comes from may have run under an earlier context: in a generator that goes on.
        lines = {place: {line for _, line in arcs if line >= 0} for place, arcs in named.items()}
        data.add_lines({place: found for place, found in lines.items() if found})
    known = {team._file_mapper(place): plugin for place, plugin in tracers.items()}
    data.add_file_tracers({place: plugin for place, plugin in known.items() if place in named})


def _force_core(ours: Coverage) -> None:
    """The C tracer knows contexts, sys.monitoring does not; older versions know only the former."""
    from coverage.exceptions import ConfigError

    try:
        ours.set_option("run:core", "ctrace")
    except ConfigError:
        os.environ.pop("COVERAGE_CORE", None)
