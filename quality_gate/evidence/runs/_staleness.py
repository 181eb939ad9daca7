"""Whether what was recorded of a function still says anything of it: its source, its module's, and its tests'."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator
from functools import cached_property, lru_cache

from quality_gate.evidence._present import Present
from quality_gate.evidence.runs._recorded_file import RecordedFile
from quality_gate.evidence.runs._recorded_run import RecordedRun

_MODULE = ""
_CONFTEST = "conftest.py"


class Staleness:
    """Compares a run with the present.

    Args:
        present: the project's files as they are. run: the run as a whole.
        forgiven: tells of a changed file of tests whether that does not matter.
    """

    def __init__(
        self, present: Present, run: RecordedRun, forgiven: Callable[[str], bool] = lambda path: False
    ) -> None:
        self._forgiven = forgiven
        self._present = present
        self._run = run
        self._change_of = lru_cache(maxsize=None)(self._looked_up_change)
        self.change_of_code = self._change_of

    def of(self, path: str, function: str, recorded: RecordedFile) -> str | None:
        """Why the evidence of a function no longer holds, as a clause; None when it does."""
        return self.own_change(path, function, recorded) or self.change_of_tests(function, recorded)

    def of_test(self, number: int) -> str | None:
        """Why what a test did no longer holds, as a clause; None when it does.

        Args:
            number: the test's own in the evidence file.
        """
        return self._changed_helper or self._change_around(number)

    def own_change(self, path: str, function: str, recorded: RecordedFile) -> str | None:
        """What has changed of a function or its module, as a clause."""
        digest = self._present.content_digest(path)
        if digest is None:
            return "its file is gone or cannot be read"
        if digest == recorded.digest:
            return None
        present = self._present.fingerprints(path)
        if present is None:
            return "its file has changed since the tests were run, and cannot be parsed"
        if not recorded.functions:
            return "its file has changed since the tests were run"
        name = around(function, present)
        if name not in recorded.functions:
            return "it is new since the tests were run"
        if present[name].digest != recorded.functions[name].digest:
            return "it has changed since the tests were run" if name else _MODULE_HAS_CHANGED
        if present[_MODULE].digest != recorded.functions[_MODULE].digest:
            return _MODULE_HAS_CHANGED
        return None

    def is_other(self, path: str, digest: bytes) -> bool:
        """Whether a file does not have the bytes any more that it had."""
        return self._present.content_digest(path) != digest

    def change_of_tests(self, function: str, recorded: RecordedFile) -> str | None:
        """What has changed of the tests that ran a function, as a clause."""
        numbers = recorded.tests_on(lines_of(function, recorded))
        if not numbers:
            return None
        return self._changed_helper or next(filter(None, map(self._change_around, sorted(numbers))), None)

    def _change_around(self, number: int) -> str | None:
        """What has changed of a test's file and of the conftest.py files that reach it."""
        test = self._run.tests.get(number)
        if test is None:
            return "a test that ran it is not known"
        if not test.path:
            return f"the file of {test.nodeid}, which ran it, lies outside the project"
        if test.path in self._run.files:  # a doctest, or a test beside what it tests
            same = self._present.content_digest(test.path) == self._run.files[test.path].digest
            if same or self._forgiven(test.path):
                return None
            return f"{test.path}, which holds a test of it, has changed since the tests were run"
        if test.path not in self._run.test_code:
            return f"{test.path}, which holds a test of it, was not written down"
        return self._change_of(test.path) or next(filter(None, map(self._change_of, conftests(test.path))), None)

    @cached_property
    def _changed_helper(self) -> str | None:
        """Which test imports what is not known, so a change of what they import is a change of all of them."""
        helpers = (path for path, code in self._run.test_code.items() if code.kind == "other")
        return next(filter(None, map(self._change_of, sorted(helpers))), None)

    def _looked_up_change(self, path: str) -> str | None:
        recorded = self._run.test_code.get(path)
        content = self._present.content_digest(path)
        if recorded is None:
            return None if content is None else f"{path} is new since the tests were run"
        if content is None:
            return f"{path} is gone since the tests were run"
        if content == recorded.content or self._present.parsed_digest(path) == recorded.digest:
            return None
        if recorded.kind == "test" and self._forgiven(path):
            return None
        return f"{path} has changed since the tests were run"


_MODULE_HAS_CHANGED = "module-level code of its file has changed since the tests were run"


def lines_of(function: str, recorded: RecordedFile) -> Collection[int]:
    """The lines of a function as it was; without fingerprints nobody knows them: then those of the file."""
    known = recorded.functions.get(around(function, recorded.functions))
    return known.lines if known is not None else range(1, recorded.last_line + 1)


def around(function: str, known: Container[str]) -> str:
    """The name itself, or what a lambda or class of that name stands in; "" for the module-level code."""
    while function and function not in known:
        function = function.rpartition(".")[0]
    return function


def conftests(path: str) -> Iterator[str]:
    """Every place from which a conftest.py would reach a test file."""
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        yield f"{folder}/{_CONFTEST}" if folder else _CONFTEST
