"""Assertions of tests as they are read, and those that no run reached."""

from __future__ import annotations

import textwrap

import pytest

from graphs import SmallRuns
from quality_gate.codebase.assertions import TestAssertions, assertions_of, unreached
from quality_gate.errors import Missing
from quality_gate.model import LineRange
from quality_gate_checkers.model import Module, parse
from quality_gate_checkers.settings import Settings

PATH = "tests/test_pay.py"


def read(source: str, path: str = PATH) -> list[TestAssertions]:
    text = textwrap.dedent(source)
    return list(assertions_of(Module(path, text, parse(text), Settings())))


def lines(source: str) -> list[int]:
    return [span.first for held in read(source) for span in held.assertions]


def test_the_assertions_of_a_test_in_source_order():
    (held,) = read(
        """
        import pytest

        class TestPay:
            @pytest.mark.slow
            async def test_ok(self, bank):
                for line in bank.lines():
                    assert line.total > (
                        0
                    )
                with self.subTest():
                    self.assertEqual(bank.paid, 5)
                match bank.state:
                    case "open":
                        await bank.charge.assert_awaited_once_with(5)
                try:
                    bank.pay()
                except ValueError as error:
                    assert error.args
                def callback():
                    numpy.testing.assert_allclose(1, bank.x)
        """
    )
    assert (held.test, held.line) == ("TestPay.test_ok", 6)
    assert [(span.first, span.last) for span in held.assertions] == [
        (8, 10), (12, 12), (15, 15), (19, 19), (21, 21),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        "assert False",
        "assert False, 'nobody comes here'",
        "assert 0",
        "assert True",
        "assert 'text'",
        "self.assertTrue(False)",
        "self.fail('x')",
        "pytest.fail('x')",
        "assert_never(x)",
        "raise AssertionError",
        "pay(order)",
        "if sys.platform == 'win32':\n    assert x",
        "if os.name == 'nt':\n    pass\nelse:\n    assert x",
        "class Fake:\n    def pay(self):\n        assert self.x",
    ],
)
def test_what_is_there_in_order_not_to_be_reached_is_left_out(statement):
    body = textwrap.indent(statement, "    ")
    assert lines(f"import os\nimport sys\nimport pytest\ndef test_x(self, x):\n{body}\n") == []


def test_only_tests_of_files_that_are_collected_are_read():
    source = "def helper(x):\n    assert x\n\ndef test_x(x):\n    assert x\n"
    assert lines(source) == [5]
    assert read(source, "tests/helpers.py") == []


HELD = TestAssertions("TestPay.test_ok", 3, (LineRange(5, 7), LineRange(9, 9)))
ID = "tests/test_pay.py::TestPay::test_ok"


def missed(*reached: int, tests: dict[str, str] | None = None, **more) -> list[tuple[int, ...]]:
    runs = SmallRuns(test_lines={PATH: frozenset(reached)} if reached else {}, **more)
    runs.tests = {ID: "passed"} if tests is None else tests
    return [tuple(span.first for span in one.assertions) for one in unreached(runs, [PATH], lambda path: [HELD])]


def test_an_assertion_of_which_no_line_was_run_is_not_reached():
    assert missed(4, 7) == [(9,)]
    assert missed(4, 5, 9) == [()]
    assert missed(4) == [(5, 9)]


@pytest.mark.parametrize(
    ("outcomes", "wanted"),
    [
        ({f"{ID}[card]": "passed", f"{ID}[cash]": "passed"}, [(9,)]),
        ({f"{ID}[card]": "passed", f"{ID}[a::b]": "skipped"}, []),
        ({f"{ID}[card]": "passed", f"{ID}[cash]": "xfailed"}, []),
        ({ID: "failed"}, []),
        ({ID: "skipped"}, []),
        ({ID: "rerun"}, []),
        ({}, []),
        ({"tests/test_pay.py::TestPay::test_other": "passed"}, []),
        ({"tests/test_b.py::TestPay::test_ok": "passed"}, []),
    ],
)
def test_only_tests_whose_runs_all_passed_are_judged(outcomes, wanted):
    assert missed(4, 5, tests=outcomes) == wanted


def test_nothing_is_said_where_the_evidence_cannot_tell():
    assert missed() == [], "which lines of the file were run is not known: it has changed"
    assert missed(4, problems=("the run crashed",)) == []
    missing = Missing("evidence of a test run", "type quality-gate test")
    assert list(unreached(missing, [PATH], lambda path: [HELD])) == []


def test_evidence_that_cannot_be_believed_tells_nothing():
    class Broken(SmallRuns):
        def test_lines(self, path):
            raise Missing("what is recorded", "type quality-gate test")

    runs = Broken()
    runs.tests = {ID: "passed"}
    assert list(unreached(runs, [PATH], lambda path: [HELD])) == []
