"""Of all reports on a test, which word is its outcome."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from quality_gate_recorder.evidence_file import TestFile as CodeOfTests
from quality_gate_recorder.fingerprints import digest_of
from quality_gate_recorder.outcomes import Outcomes, with_digests


def report(when: str, outcome: str, **more):
    return SimpleNamespace(nodeid="t.py::test", when=when, outcome=outcome, duration=0.5, **more)


SETUP, CALL, TEARDOWN = (report(when, "passed") for when in ("setup", "call", "teardown"))


@pytest.mark.parametrize(
    ("reports", "wanted"),
    [
        ([SETUP, CALL, TEARDOWN], "passed"),
        ([SETUP, report("call", "failed"), TEARDOWN], "failed"),
        ([report("setup", "failed"), TEARDOWN], "error"),
        ([SETUP, CALL, report("teardown", "failed")], "error"),
        ([SETUP, report("call", "failed"), report("teardown", "failed")], "failed"),
        ([report("setup", "skipped"), TEARDOWN], "skipped"),
        ([SETUP, report("call", "skipped"), TEARDOWN], "skipped"),
        ([SETUP, report("call", "skipped", wasxfail="why"), TEARDOWN], "xfailed"),
        ([SETUP, report("call", "passed", wasxfail="why"), TEARDOWN], "xpassed"),
        ([SETUP, report("call", "failed"), CALL, TEARDOWN], "failed"),
        ([SETUP, CALL, CALL, TEARDOWN], "passed"),
        ([SETUP, report("call", "rerun"), TEARDOWN, SETUP, CALL, TEARDOWN], "rerun"),
        ([SETUP, report("call", "rerun"), TEARDOWN, SETUP, report("call", "failed"), TEARDOWN], "failed"),
        ([report("setup", "rerun"), TEARDOWN, SETUP, CALL, TEARDOWN], "rerun"),
        ([SETUP], "unknown"),
        ([report("???", "failed")], "failed"),
        ([SETUP, TEARDOWN], "unknown"),
    ],
)
def test_outcome(reports, wanted):
    outcomes = Outcomes()
    for each in reports:
        outcomes.reported(each)
    test = outcomes.tests["t.py::test"]
    assert (test.outcome, test.seconds) == (wanted, 0.5 * len(reports))


def test_a_collected_test_that_never_ran_is_unknown(tmp_path):
    (tmp_path / "tests").mkdir()
    place = tmp_path / "tests" / "test_a.py"
    place.write_text("")
    outcomes = Outcomes()
    outcomes.collected(
        SimpleNamespace(items=[SimpleNamespace(nodeid="x::y", path=place, iter_markers=list)]), str(tmp_path.resolve())
    )
    assert outcomes.tests == {"x::y": ("tests/test_a.py", "unknown", 0.0, ())}


def test_conftests_above_a_test_are_noted_loaded_or_not(tmp_path):
    root = tmp_path.resolve()
    for path in ("conftest.py", "tests/conftest.py", "tests/unit/test_a.py", "other/conftest.py"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"# {path}\n")
    outcomes = Outcomes()
    item = SimpleNamespace(nodeid="t", path=root / "tests/unit/test_a.py", iter_markers=list)
    outcomes.collected(SimpleNamespace(items=[item]), str(root))
    config = SimpleNamespace(pluginmanager=SimpleNamespace(get_plugins=set))
    outcomes.collect_test_code(config, SimpleNamespace(root=str(root), sources=frozenset()))
    assert {path: file.kind for path, file in outcomes.test_files.items()} == {
        "conftest.py": "conftest",
        "tests/conftest.py": "conftest",
        "tests/unit/test_a.py": "test",
    }


def test_a_file_whose_tests_are_all_deselected_is_a_tests_file(tmp_path):
    root = tmp_path.resolve()
    (root / "test_a.py").touch()
    outcomes = Outcomes()
    outcomes.deselected([SimpleNamespace(path=root / "test_a.py", nodeid="test_a.py::test_a")], str(root))
    config = SimpleNamespace(pluginmanager=SimpleNamespace(get_plugins=set))
    outcomes.collect_test_code(config, SimpleNamespace(root=str(root), sources=frozenset()))
    assert outcomes.test_files == {"test_a.py": CodeOfTests(b"", "test")}
    assert outcomes.left_out == {"test_a.py::test_a"}
    assert outcomes.tests == {}


def test_digests_are_of_what_lies_there(tmp_path):
    (tmp_path / "a.py").write_bytes(b"x = 1\n")
    lines: dict[str, bytes] = {}
    found = with_digests({"a.py": CodeOfTests(b"", "test"), "gone.py": CodeOfTests(b"", "test")}, str(tmp_path), lines)
    assert (list(found), lines) == (["a.py"], {"a.py": b"\x01"})
    assert (found["a.py"].digest, found["a.py"].kind, len(found["a.py"].content)) == (digest_of(b"x = 1\n"), "test", 16)
