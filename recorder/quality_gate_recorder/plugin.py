"""The hooks: a run begins, each test's phases begin and end, outcomes come in, the run ends.

A fault of ours must never be the tests': each hook of ours that fails is a problem in the evidence, and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from functools import wraps
from typing import ParamSpec

import pytest

from quality_gate_recorder.choosing import is_part, settings_may_choose
from quality_gate_recorder.ending import Ending, ended_by
from quality_gate_recorder.evidence_file import NO_TEST, Phase
from quality_gate_recorder.job import RECORDING, VARIABLE
from quality_gate_recorder.outcomes import Outcomes
from quality_gate_recorder.recording import Recording

_P = ParamSpec("_P")

_NAME = "quality_gate_recorder.plugin"
_active: list[Plugin] = []
"""The plugin of this process that records. A pytest that a test starts within the process does not record as well."""


def register(manager: pytest.PytestPluginManager) -> None:
    """Have a run recorded, unless this process, or the one that started it, is recording already."""
    if _active or manager.has_plugin(_NAME):
        return
    handed = os.environ.pop(VARIABLE, "")
    if not handed and os.environ.get(RECORDING):
        return
    plugin = Plugin(handed)
    _active.append(plugin)
    manager.register(plugin, _NAME)
    manager.register(Innermost(plugin), f"{_NAME}.innermost")


def _harmless(hook: Callable[_P, None]) -> Callable[_P, None]:
    """A function whose failure is written down and goes no further."""

    @wraps(hook)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> None:
        plugin = args[0]
        assert isinstance(plugin, Plugin)
        try:
            hook(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, the tests go on
            plugin.recording.problem(f"the recorder failed: {hook.__name__}: {type(error).__name__}: {error}")

    return guarded


class Plugin:
    """Hooks that come first.

    Args:
        handed: the value of `job.VARIABLE`.
    """

    def __init__(self, handed: str) -> None:
        self.recording = Recording(handed)
        self.outcomes = Outcomes()
        self._begun = False

    @_harmless
    def begin(self, config: pytest.Config) -> None:
        """Begin to record, once."""
        if self._begun:
            return
        self._begun = True
        config.add_cleanup(self.close)  # where pytest refuses its arguments it configures nothing
        with_contexts = bool(getattr(config.known_args_namespace, "cov_context", None))
        self.recording.begin(config.rootpath, _team_config(config), contexts_for_team=with_contexts)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> Generator[None]:
        """Before the first conftest.py is imported, and before pytest-django imports the project."""
        self.begin(early_config)
        yield

    def pytest_configure(self, config: pytest.Config) -> None:
        """Where a conftest.py names the plugin, this is the first hook."""
        self.begin(config)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """In a worker of xdist pytest-cov begins here, elsewhere before."""
        self.session_begins()
        self.team_has_begun(session.config)

    @_harmless
    def session_begins(self) -> None:
        """From now on a run that does not come to its end is one that broke off."""
        self.recording.session_begins()

    @_harmless
    def team_has_begun(self, config: pytest.Config) -> None:
        """Look at what the team measures."""
        self.recording.team_has_begun(_team_config(config))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self) -> None:
        """Workers are about to be started, by this process."""
        self.hand_over()

    @_harmless
    def hand_over(self) -> None:
        """Have the workers record."""
        self.recording.hand_over_to_workers()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node: object) -> None:
        """A worker is there."""
        gateway = getattr(node, "gateway", None)
        self.recording.workers.add(str(getattr(gateway, "id", "")))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """All tests that are to run are known."""
        self.collected(session)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Tests that are not going to run."""
        self.not_chosen(items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file or folder has been looked through for tests."""
        if report.failed:
            self.outcomes.uncollected.add(report.nodeid)

    @_harmless
    def not_chosen(self, items: Sequence[pytest.Item]) -> None:
        """Note the files that they are from."""
        self.outcomes.deselected(items, self.recording.root)

    @_harmless
    def collected(self, session: pytest.Session) -> None:
        """Note the tests and the files that they are from."""
        self.outcomes.collected(session, self.recording.root)
        self.recording.collected(session.items)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None]:
        """A test's set-up."""
        self.switch(item.nodeid, "setup")
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None]:
        """The test itself."""
        self.switch(item.nodeid, "call", getattr(item, "function", None))
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None]:
        """A test's tear-down; the last one's is also that of the session's fixtures."""
        self.switch(item.nodeid, "teardown")
        yield
        self.switch(NO_TEST, "none")

    @_harmless
    def switch(self, nodeid: str, phase: Phase, function: Callable[..., object] | None = None) -> None:
        """What runs from now on belongs to a test, whose function may be known."""
        self.recording.switch(nodeid, phase, function)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """How a phase of a test has ended; in xdist's controller those of all workers."""
        self.reported(report)

    @_harmless
    def reported(self, report: pytest.TestReport) -> None:
        """Note it."""
        if not self.recording.is_worker:
            self.outcomes.reported(report)

    @_harmless
    def tests_are_over(self, session: pytest.Session) -> None:
        """A worker's part must lie there before the controller hears that the worker has finished; one that cannot be
        written is missed by it."""
        self.recording.tests_are_over()
        self.outcomes.collect_test_code(session.config, self.recording)
        if self.recording.is_worker:
            self.recording.write_part(self.outcomes)

    @pytest.hookimpl(tryfirst=True, hookwrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None]:
        """After everybody else has finished, and the summary has been printed."""
        yield
        self.finish(session)

    @_harmless
    def finish(self, session: pytest.Session) -> None:
        """Write the evidence."""
        config = session.config
        by = ended_by(session, (test.outcome for test in self.outcomes.tests.values()))
        if by and self.outcomes.uncollected:
            self.recording.problem(f"tests could not be collected: {', '.join(sorted(self.outcomes.uncollected))}")
        ending = Ending(int(session.exitstatus), by, settings_may_choose(config))
        self.recording.finish(self.outcomes, ending, lambda left_out: is_part(config, left_out))

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Leave nothing behind."""
        self.close()
        if self in _active:
            _active.remove(self)

    @_harmless
    def close(self) -> None:
        """End what has not ended."""
        self.recording.close()


class Innermost:
    """Hooks that come last on the way in, and first on the way out: pytest-cov reports on the way out."""

    def __init__(self, plugin: Plugin) -> None:
        self._plugin = plugin

    @pytest.hookimpl(hookwrapper=True, trylast=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None]:
        """All tests."""
        yield
        self._plugin.tests_are_over(session)


def _team_config(config: pytest.Config) -> str | bool:
    """The file that pytest-cov reads; True for coverage's usual places."""
    return getattr(config.known_args_namespace, "cov_config", None) or True
