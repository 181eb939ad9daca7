from __future__ import annotations

import pytest

from quality_gate.evidence.coverage._test_names import tests_among as found_among


@pytest.mark.parametrize(
    ("context", "tests"),
    [
        ("", ()),
        ("tests/test_a.py::test_b|run", ("tests/test_a.py::test_b",)),
        ("tests/test_a.py::test_b|setup", ()),
        ("tests/test_a.py::test_b|teardown", ()),
        ("tests/test_a.py::test_b", ("tests/test_a.py::test_b",)),
        ("unit|tests/test_a.py::test_b|run", ("tests/test_a.py::test_b",)),
        ("unit|tests/test_a.py::test_b", ("tests/test_a.py::test_b",)),
        ("tests/test_a.py::test_b[x|y]|run", ("tests/test_a.py::test_b[x|y]",)),
        ("tests/test_a.py::test_b[x|run]", ("tests/test_a.py::test_b[x|run]",)),
        ("test_a.test_b", ("test_a.test_b",)),
        ("unit|tests.test_a.TestB.test_c", ("tests.test_a.TestB.test_c",)),
        ("unit", ()),
        ("py311", ()),
    ],
)
def test_tests_are_found_in_names_of_contexts(context: str, tests: tuple[str, ...]) -> None:
    assert found_among([context]) == tests


def test_each_test_once_and_sorted() -> None:
    assert found_among(["t.py::b|run", "t.py::a|run", "t.py::b|run", ""]) == ("t.py::a", "t.py::b")
