"""What evidence says of tests' touches: read value by value, in the lines of the present, and of tests as they were."""

from __future__ import annotations

import sqlite3

import pytest

from quality_gate.errors import Missing
from quality_gate.evidence.runs.counting import Counting
from quality_gate.evidence.runs.joined import JoinedRuns
from quality_gate.evidence.runs.recorded import EVIDENCE, read_recorded
from quality_gate.runs import LineOfTests, Touched
from quality_gate_recorder.evidence_file import write
from quality_gate_recorder.isolation_tables import Touch as RecordedTouch
from recorded_evidence import META, evidence, save, write_files

PAY = "import time\n\n\ndef charge():\n    time.sleep(1)\n    return 1\n"
TEST = "from shop.pay import charge\n\n\ndef test_ok():\n    assert charge()\n"
TEST_ID = "tests/test_pay.py::test_ok"
SLEPT = RecordedTouch(TEST_ID, "call", "sleep", "time.sleep", 1.0, "shop/pay.py", 5, "tests/test_pay.py", 5)
LEFT = RecordedTouch(TEST_ID, "call", "environment", "caf\udce9", 0.0, "", 0, "", 0)


@pytest.fixture
def project(tmp_path):
    """A project and what its one test touched."""
    ran = {(TEST_ID, "call"): {"shop/pay.py": [-4, 5, 6, -4]}}
    found = evidence(tmp_path, {"shop/pay.py": PAY}, ran, {"tests/test_pay.py": TEST}, meta=META._replace(touches="1"))
    found.touches.found = {SLEPT, LEFT}
    found.touches.not_all("sleep", "nobody looked")
    found.failures.lines["tests/test_pay.py"] = b""
    save(found, tmp_path)
    return tmp_path


def touched(root, **more) -> Touched:
    found = read_recorded(root, tracked=False, **more).touched
    assert found is not None
    return found


class TestThePresent:
    def test_everything_comes_back(self, project):
        found = touched(project)
        slept = next(one for one in found.touches if one.kind == "sleep")
        assert (slept.test, slept.phase, slept.what, slept.seconds) == (TEST_ID, "call", "time.sleep", 1.0)
        assert slept.place == LineOfTests("shop/pay.py", 5)
        assert slept.test_place == LineOfTests("tests/test_pay.py", 5)
        left = next(one for one in found.touches if one.kind == "environment")
        assert (left.what, left.place, left.test_place) == ("caf\udce9", None, None)
        assert found.not_watched == {"sleep": ("nobody looked",)}
        assert (found.stale, found.integration) == ({}, frozenset())

    def test_lines_move_with_the_project(self, project):
        write_files(project, {"shop/pay.py": f"# one more\n{PAY}"})
        slept = next(one for one in touched(project).touches if one.kind == "sleep")
        assert slept.place == LineOfTests("shop/pay.py", 6)

    def test_a_line_of_changed_code_is_none(self, project):
        write_files(project, {"shop/pay.py": PAY.replace("sleep(1)", "sleep(2)")})
        slept = next(one for one in touched(project).touches if one.kind == "sleep")
        assert slept.place == LineOfTests("shop/pay.py", 0)

    @pytest.mark.parametrize("source", [TEST.replace("charge()\n", "charge() == 1\n"), None])
    def test_a_test_that_has_changed_is_stale(self, project, source):
        if source is None:
            (project / "tests/test_pay.py").unlink()
        else:
            write_files(project, {"tests/test_pay.py": source})
        found = touched(project)
        assert found.touches == ()
        assert list(found.stale) == [TEST_ID]

    def test_a_comment_changes_no_test(self, project):
        write_files(project, {"tests/test_pay.py": f"{TEST}# the end\n"})
        assert touched(project).stale == {}

    def test_a_new_conftest_changes_tests(self, project):
        write_files(project, {"tests/conftest.py": "import os\n"})
        assert touched(project).stale == {TEST_ID: "tests/conftest.py is new since the tests were run"}

    def test_integration_tests_by_their_place(self, project):
        assert touched(project, counting=Counting(paths=("tests/**",))).integration == {TEST_ID}

    def test_nobody_watched(self, tmp_path):
        save(evidence(tmp_path, {"shop/pay.py": PAY}, {}, {"tests/test_pay.py": TEST}), tmp_path)
        assert read_recorded(tmp_path, tracked=False).touched is None


class TestHostileRows:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE touch SET phase = 4",
            "UPDATE touch SET phase = -1",
            "UPDATE touch SET kind = 7",
            "UPDATE touch SET kind = 'sleep'",
            "UPDATE touch SET test_id = 0",
            "UPDATE touch SET test_id = 99",
            "UPDATE touch SET what = 'text'",
            "UPDATE touch SET what = x'ff'",
            "UPDATE touch SET what = NULL",
            "UPDATE touch SET seconds = -1",
            "UPDATE touch SET seconds = 1e300",
            "UPDATE touch SET seconds = 9e999",
            "UPDATE touch SET seconds = 'long'",
            "UPDATE touch SET path = CAST('../../etc/passwd' AS BLOB)",
            "UPDATE touch SET path = CAST('/etc/passwd' AS BLOB)",
            "UPDATE touch SET test_path = CAST('../test_pay.py' AS BLOB)",
            "UPDATE touch SET line = -1",
            "UPDATE touch SET line = 16777216",
            "UPDATE touch SET test_line = 'five'",
            "INSERT INTO not_watched VALUES (7, 'a reason')",
            "INSERT INTO not_watched VALUES (1, x'00')",
            "DROP TABLE touch",
            "ALTER TABLE touch RENAME COLUMN what TO that",
            "ALTER TABLE touch RENAME TO t; CREATE VIEW touch AS SELECT * FROM t",
        ],
    )
    def test_what_cannot_be_is_refused(self, project, statement):
        place = project / EVIDENCE
        connection = sqlite3.connect(place)
        connection.executescript("PRAGMA ignore_check_constraints = ON; PRAGMA writable_schema = OFF;")
        try:
            connection.executescript(statement)
        except sqlite3.IntegrityError:
            pytest.skip("the table itself refuses it")
        connection.commit()
        connection.close()
        with pytest.raises(Missing, match="readable evidence of a test run"):
            _ = read_recorded(project, tracked=False).touched


class _Part:
    def __init__(self, touched: Touched | None) -> None:
        self.touched = touched


class TestJoined:
    def test_nobody_watched(self):
        assert JoinedRuns([_Part(None), _Part(None)]).touched is None

    def test_all_that_was_seen(self, project):
        one = touched(project)
        other = Touched((), frozenset({"b"}), {"c": "it is gone"}, {"sleep": ("nobody looked", "it was dark")})
        found = JoinedRuns([_Part(one), _Part(None), _Part(other)]).touched
        assert found == Touched(
            one.touches, frozenset({"b"}), {"c": "it is gone"}, {"sleep": ("nobody looked", "it was dark")}
        )


def test_a_touch_of_a_test_without_an_outcome_stays_that_tests(tmp_path):
    found = evidence(tmp_path, {"shop/pay.py": PAY}, {}, {"tests/test_pay.py": TEST}, meta=META._replace(touches="1"))
    found.touches.found = {SLEPT._replace(nodeid="t.py::unheard")}
    (tmp_path / ".quality-gate").mkdir(exist_ok=True)
    write(found, tmp_path / EVIDENCE)
    assert list(touched(tmp_path).stale) == ["t.py::unheard"]
