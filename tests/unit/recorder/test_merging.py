"""One evidence of several."""

from __future__ import annotations

import pytest

from quality_gate_recorder.evidence_file import Call, Evidence, File, Function, Meta, numbers
from quality_gate_recorder.evidence_file import Test as OneTest
from quality_gate_recorder.evidence_file import TestFile as CodeOfTests
from quality_gate_recorder.isolation_tables import Touch, Touches
from quality_gate_recorder.merging import merge

CALL = Call("a.py", "f", 2, "a.py", "g")


def part(nodeid: str, arcs, digest: bytes = b"", **more) -> Evidence:
    """What one process saw of one file in one test."""
    file = File(digest)
    file.add(nodeid, "call", arcs)
    return Evidence(files={"a.py": file}, **more)


def arcs_of(file: File) -> dict[tuple[str, str], set[tuple[int, int]]]:
    arcs = list(file.arcs)
    return {key: {arcs[bit] for bit in numbers(found)} for key, found in file.executed.items()}


def test_what_was_run_is_united_whatever_the_order_of_the_arcs():
    found = merge([part("one", [(1, 2), (2, 3)]), part("one", [(2, 3), (3, 4)]), part("two", [(3, 4)])])
    assert arcs_of(found.files["a.py"]) == {
        ("one", "call"): {(1, 2), (2, 3), (3, 4)},
        ("two", "call"): {(3, 4)},
    }


def test_nothing_is_merged_to_nothing():
    assert merge([]) == Evidence()


def test_the_first_part_says_of_the_run():
    assert merge([Evidence(Meta(commit="a")), Evidence(Meta(commit="b"))]).meta.commit == "a"


def test_the_parts_stay_as_they_are():
    first = part("one", [(1, 2)])
    merge([first, part("two", [(3, 4)])])
    assert arcs_of(first.files["a.py"]) == {("one", "call"): {(1, 2)}}


def test_problems_and_calls_are_united():
    found = merge([Evidence(problems=["x", "y"], calls={CALL}), Evidence(problems=["y", "z"], calls={CALL})])
    assert found.problems == ["x", "y", "z"]
    assert found.calls == {CALL}


def test_touches_are_united():
    one, two = (Touch(nodeid, "call", "process", "true", 0.0, "", 0, "", 0) for nodeid in ("one", "two"))
    first = Evidence(touches=Touches({one}, {"sleep": {"it was dark"}}))
    found = merge([first, Evidence(touches=Touches({one, two}, {"sleep": {"nobody looked"}}))])
    assert found.touches == Touches({one, two}, {"sleep": {"it was dark", "nobody looked"}})


def test_what_is_known_of_a_file_comes_from_the_part_that_knows_it():
    knowing = part("one", [(1, 2)], b"d" * 16)
    knowing.files["a.py"].statements = 6
    knowing.files["a.py"].functions["f"] = Function(1, 2, b"", b"")
    file = merge([part("two", [(1, 2)]), knowing, part("three", [(1, 2)])]).files["a.py"]
    assert (file.digest, file.statements, list(file.functions)) == (b"d" * 16, 6, ["f"])
    assert [nodeid for nodeid, _ in file.executed] == ["two", "one", "three"]


def test_a_file_that_was_measured_in_two_versions_is_left_out_and_told():
    found = merge([part("one", [(1, 2)], b"d" * 16), part("two", [(1, 2)], b"e" * 16)])
    assert found.files == {}
    assert found.problems == ["a.py was measured in different versions, so what was run of it is not known"]


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("unknown", "passed", "passed"),
        ("passed", "failed", "failed"),
        ("skipped", "passed", "passed"),
        ("error", "passed", "error"),
        ("rerun", "passed", "rerun"),
        ("unknown", "skipped", "skipped"),
    ],
)
def test_a_tests_worse_outcome_counts(one, other, wanted):
    for outcomes in ((one, other), (other, one)):
        parts = [
            Evidence(tests={"t": OneTest(path, outcome, 1.0, marks)})
            for path, outcome, marks in zip(("", "t.py"), outcomes, ((), ("slow",)), strict=True)
        ]
        assert merge(parts).tests == {"t": OneTest("t.py", wanted, 2.0, ("slow",))}


def test_test_files_are_united():
    parts = [
        Evidence(test_files={"t.py": CodeOfTests(b"1", "test")}),
        Evidence(test_files={"u.py": CodeOfTests(b"2", "test")}),
    ]
    assert set(merge(parts).test_files) == {"t.py", "u.py"}
