"""The pytest plugin of `quality-gate prove`: collects once, then tries each mutant in a process of its own.

Nothing is set up in the process that collects, so that no process inherits a connection or a running thread from a
fixture. What the project's own settings add (xdist, coverage, other selections) is put out of action.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Generator
from contextlib import suppress

import pytest

from quality_gate_recorder.children import Children, Forked, Order, Spawned, Tell, order_in
from quality_gate_recorder.proving_job import VARIABLE, Job, load
from quality_gate_recorder.swapping import Functions, Swap
from quality_gate_recorder.trials import Trials

_OFF: dict[str, object] = {
    "numprocesses": None,
    "maxprocesses": None,
    "dist": "no",
    "tx": [],
    "forked": False,
    "reruns": 0,
    "lf": False,
    "failedfirst": False,
    "newfirst": False,
    "stepwise": False,
    "keyword": "",
    "markexpr": "",
    "deselect": None,
    "maxfail": 0,
    "usepdb": False,
    "trace": False,
    "collectonly": False,
    "setuponly": False,
    "setupplan": False,
    "setupshow": False,
    "tbstyle": "no",
    "fulltrace": False,
    "showlocals": False,
    "cov_source": [],
    "no_cov": True,
    "cov_fail_under": None,
    "pytest_profiling": False,
    "looponfail": False,
    "randomly_reorganize": False,
    "xmlpath": None,
    "report_log": None,
    "durations": None,
}
"""Options of pytest and well-known plugins that would change which tests are run, or where."""


def _quieten(options: object) -> None:
    for name, value in _OFF.items():
        if hasattr(options, name):
            setattr(options, name, value)


class Prover:
    """Hooks of one run.

    Args:
        handed: the value of `VARIABLE`: a job's file; `one:` and an order's file in a spawned process.
    """

    def __init__(self, handed: str) -> None:
        self.order: Order | None = order_in(handed[4:]) if handed.startswith("one:") else None
        self.place = self.order.job if self.order is not None else handed
        self.job: Job = load(self.place)
        self.items: dict[int, pytest.Item] = {}
        self.failed = False
        self._lifeline = _own_input() if self.order is None else -1

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> Generator[None]:
        """Before pytest-cov begins."""
        _quieten(early_config.known_args_namespace)
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Generator[None]:
        """Before xdist looks at its options."""
        _quieten(config.option)
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None]:
        """Those that the job names, whatever others leave out."""
        numbers = {nodeid: number for number, nodeid in enumerate(self.job.tests)}
        wanted = {numbers[item.nodeid]: item for item in items if item.nodeid in numbers}
        yield
        kept = {numbers[item.nodeid]: item for item in items if item.nodeid in numbers}
        self.items = kept | wanted
        items[:] = self.items.values()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of all tests."""
        if self.order is not None:
            with self.order.telling() as tell:
                self._run(self.order.number, self.order.tests, Functions(self.job.sources), tell)
            return True
        children = self._children(session)
        _end_with_parent(children, self._lifeline)
        functions = Functions(self.job.sources) if self.job.forks else None
        gc.freeze()

        def work(number: int, tests: list[int], tell: Tell) -> None:
            assert functions is not None
            self._run(number, tests, functions, tell)

        with open(self.job.results, "a", encoding="ascii") as results:
            for result in Trials(self.job, list(self.items), children, work).results():
                results.write(result.line())
                results.flush()
        return True

    def _children(self, session: pytest.Session) -> Children:
        if self.job.forks:
            return Forked()
        return Spawned(
            self.job.scratch, VARIABLE, self.place, [str(one) for one in session.config.invocation_params.args]
        )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """How a phase of a test has ended."""
        self.failed = self.failed or report.failed

    def _run(self, number: int, tests: list[int], functions: Functions, tell: Tell) -> None:
        """Put a change in place and run tests until one fails."""
        swap = None
        if number >= 0:
            change = self.job.changes[number]
            swap = Swap(change, self.job.sources[change.place])
            try:
                swap.put(functions.of(change.place))
            except (ValueError, SyntaxError) as error:
                tell({"error": f"the changed code does not fit into the function: {error}"})
                return
        try:
            self._run_tests([self.items[test] for test in tests if test in self.items], tell)
        finally:
            placed = swap is None or swap.is_in_place
            reached, alike = swap is None or swap.is_reached, swap is not None and swap.leaving.is_alike
            tell({"ended": True, "failed": self.failed, "placed": placed, "reached": reached, "alike": alike})

    def _run_tests(self, items: list[pytest.Item], tell: Tell) -> None:
        for place, item in enumerate(items):
            tell({"at": place})
            following = items[place + 1] if place + 1 < len(items) else None
            try:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            except BaseException:  # noqa: BLE001 - pytest.exit and the like: the test did not pass
                self.failed = True
            if self.failed:
                with suppress(BaseException):  # what it has set up for others may have started processes
                    item.session._setupstate.teardown_exact(None)
                return


def _own_input() -> int:
    """Standard input, kept from pytest's capturing and from tests."""
    kept = os.dup(0)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    return kept


def _end_with_parent(children: Children, lifeline: int) -> None:
    """When `quality-gate prove` ends, however it ends, nothing of it stays: standard input closes then."""

    def end(*_: object) -> None:
        children.kill()
        os._exit(130)

    def watch() -> None:
        with suppress(OSError):
            while os.read(lifeline, 1024):
                pass
        end()

    signal.signal(signal.SIGTERM, end)
    threading.Thread(target=watch, daemon=True).start()


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Called by pytest as soon as the plugin is loaded; there are no options."""
    handed = os.environ.pop(VARIABLE, "")
    if not handed:
        raise pytest.UsageError("quality_gate_recorder.proving serves quality-gate prove alone")
    pluginmanager.register(Prover(handed), "quality_gate_recorder.prover")
