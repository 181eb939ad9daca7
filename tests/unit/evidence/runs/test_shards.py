from __future__ import annotations

from pathlib import Path

import pytest

from gate_process import gate
from quality_gate.errors import Missing
from quality_gate.evidence._untrusted import Database, Unreadable
from quality_gate.evidence.runs.recorded import RecordedRuns, read_recorded
from quality_gate.evidence.runs.shards import join, read_shard
from quality_gate_recorder import evidence_file
from quality_gate_recorder.evidence_file import Evidence, Meta, write
from recorded_evidence import META, code_of_tests, evidence, write_files

SOURCES = {"pay.py": "def charge(a):\n    if a:\n        return 1\n    return 2\n", "idle.py": "x = 1\n"}
TESTS = {"test_a.py": "def test_a(): pass\n", "test_b.py": "def test_b(): pass\n"}
A, B = "test_a.py::test_a", "test_b.py::test_b"
IMPORT = {("", "none"): {"pay.py": [-1, 1, -1]}}
RAN_A = {(A, "call"): {"pay.py": [-1, 2, 3, -1]}}
RAN_B = {(B, "call"): {"pay.py": [-1, 2, 4, -1]}}


def shard(root: Path, ran: dict, **more: object) -> Evidence:
    return evidence(root, more.pop("sources", SOURCES), IMPORT | ran, TESTS, **more)  # type: ignore[arg-type]


def runs(found: Evidence, root: Path) -> RecordedRuns:
    write(found, root / "evidence.db")
    return RecordedRuns(Database(root / "evidence.db"), root)


def test_two_halves_are_the_whole(tmp_path: Path) -> None:
    joined = join([shard(tmp_path, RAN_A), shard(tmp_path, RAN_B)])
    assert joined.notes == ()
    found, whole = runs(joined.evidence, tmp_path), None
    halves = found.file("pay.py")
    assert halves is not None
    assert halves.taken == {(2, 3), (2, 4)}
    assert (found.problems, found.tests) == ((), {A: "passed", B: "passed"})
    assert found.tests_of("pay.py", 3) == (A,)
    assert found.tests_of("pay.py", 2) == (A, B)
    whole = runs(shard(tmp_path, RAN_A | RAN_B), tmp_path)
    assert whole.file("pay.py") == halves
    assert found.stale("pay.py", "charge") is None


def test_a_file_of_several_versions_is_left_out_and_told(tmp_path: Path) -> None:
    other = shard(tmp_path, RAN_B, sources=SOURCES | {"pay.py": SOURCES["pay.py"] + "# more\n"})
    joined = join([shard(tmp_path, RAN_A), other])
    assert joined.notes == ("measured in different versions and left out: pay.py",)
    found = runs(joined.evidence, tmp_path)
    with pytest.raises(Missing) as caught:
        found.file("pay.py")
    why = "the test runs that were joined measured different versions of its file"
    assert (caught.value.clause, found.stale("pay.py", "charge")) == (why, why)
    assert found.file("idle.py") is not None
    assert found.problems == ()


def test_a_test_file_of_several_versions_makes_stale_what_its_tests_ran(tmp_path: Path) -> None:
    other = shard(tmp_path, RAN_B)
    other.test_files["test_b.py"] = code_of_tests("def test_b(): assert 1\n", "test")
    joined = join([shard(tmp_path, RAN_A), other])
    assert joined.notes == ("test code of different versions, so what its tests ran is stale: test_b.py",)
    said = runs(joined.evidence, tmp_path).stale("pay.py", "charge")
    assert said == "test_b.py, which holds a test of it, was not written down"


def test_a_file_with_tests_in_one_part_is_no_helper(tmp_path: Path) -> None:
    first, second = shard(tmp_path, RAN_A), shard(tmp_path, RAN_B)
    first.test_files["test_b.py"] = first.test_files["test_b.py"]._replace(kind="other")
    for parts in ([first, second], [second, first]):
        assert join(parts).evidence.test_files["test_b.py"].kind == "test"


def test_another_commit_is_told_and_its_same_files_count(tmp_path: Path) -> None:
    parts = [shard(tmp_path, RAN_A), shard(tmp_path, RAN_B, meta=META._replace(commit="f" * 40, dirty="1"))]
    joined = join(parts)
    assert joined.notes == (
        "made at different commits: 1f2e3d4, fffffff; files that are the same in all of them count",
    )
    assert joined.evidence.meta.commit == ""
    assert joined.evidence.meta.dirty == "1"
    file = runs(joined.evidence, tmp_path).file("pay.py")
    assert file is not None
    assert file.taken == {(2, 3), (2, 4)}


def test_other_pythons_are_told(tmp_path: Path) -> None:
    parts = [shard(tmp_path, RAN_A), shard(tmp_path, RAN_B, meta=META._replace(python="3.13.0"))]
    assert join(parts).notes == (
        "made by different Pythons: 3.11, 3.13; they differ a little in what counts as a line or a branch, "
        "and 3.11.7 decides",
    )
    parts = [shard(tmp_path, RAN_A), shard(tmp_path, RAN_B, meta=META._replace(python="3.11.2"))]
    assert join(parts).notes == ()


@pytest.mark.parametrize(
    ("one", "other", "meta"),
    [
        ({}, {}, {"exit_status": "0"}),
        ({}, {"exit_status": "1"}, {"exit_status": "1"}),
        ({"exit_status": "1"}, {"exit_status": "3"}, {"exit_status": "3"}),
        ({"exit_status": "2"}, {"exit_status": "-9"}, {"exit_status": "-9"}),
        ({"exit_status": "3"}, {"exit_status": "", "finished": ""}, {"exit_status": "", "finished": ""}),
        ({}, {"exit_status": "5"}, {"exit_status": "0"}),  # more shards than tests
        ({"exit_status": "5"}, {"exit_status": "5"}, {"exit_status": "5"}),
        ({"branches": "1"}, {"branches": "0"}, {"branches": "0"}),
        ({"phases": "0"}, {"phases": "1"}, {"phases": "0"}),
        ({"calls": "0"}, {"calls": "1"}, {"calls": "1"}),
        ({"subprocesses": "1"}, {"subprocesses": "0"}, {"subprocesses": "0"}),
        ({"started": "20", "finished": "100"}, {"started": "10", "finished": "90"}, {"started": "10", "finished": "100"}),
        ({"exit_status": "1", "ended_by": "a plugin"}, {}, {"exit_status": "1", "ended_by": "a plugin"}),
        ({"collected": "1"}, {"collected": "1"}, {"collected": "2"}),
        ({"collected": "1"}, {"collected": "8"}, {"collected": "9"}),
    ],
)  # fmt: skip
def test_the_worse_part_decides(
    tmp_path: Path, one: dict[str, str], other: dict[str, str], meta: dict[str, str]
) -> None:
    parts = [shard(tmp_path, RAN_A, meta=META._replace(**one)), shard(tmp_path, RAN_B, meta=META._replace(**other))]
    for some in (parts, parts[::-1]):
        found = join(some).evidence.meta
        assert {key: getattr(found, key) for key in meta} == meta


def test_one_test_in_both_parts(tmp_path: Path) -> None:
    parts = [
        shard(tmp_path, RAN_A, meta=META._replace(collected="1"), outcomes={A: outcome})
        for outcome in ("failed", "passed")
    ]
    joined = join(parts)
    assert joined.evidence.tests[A].outcome == "failed"
    assert joined.evidence.meta.collected == "1"


def test_problems_and_calls_are_put_together(tmp_path: Path) -> None:
    first, second = shard(tmp_path, RAN_A), shard(tmp_path, RAN_B)
    second.problems = ["a worker was lost"]
    assert join([first, second]).evidence.problems == ["a worker was lost"]


# --- reading a part ---


def test_a_part_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = shard(tmp_path, RAN_A)
    write(found, tmp_path / "a.db")
    read = read_shard(tmp_path / "a.db")
    assert read.tests == found.tests == {A: evidence_file.Test("test_a.py", "passed", 0.1)}
    assert read.meta == META == Meta(**META._asdict())


def test_a_part_with_a_forged_value_is_refused(tmp_path: Path) -> None:
    found = shard(tmp_path, RAN_A)
    found.files["pay.py"].functions["charge"] = found.files["pay.py"].functions["charge"]._replace(lines=b"\x80")
    write(found, tmp_path / "a.db")
    with pytest.raises(Unreadable, match="it holds lines that cannot be"):
        read_shard(tmp_path / "a.db")


# --- the command ---


def chosen(found: Evidence, deselected: int) -> Evidence:
    found.meta = found.meta._replace(chosen="1", deselected=str(deselected))
    return found


def test_a_part_that_was_chosen_says_so_until_it_is_joined(tmp_path: Path) -> None:
    halves = [chosen(shard(tmp_path, RAN_A), 1), chosen(shard(tmp_path, RAN_B), 1)]
    alone = runs(halves[0], tmp_path)
    assert alone.partial == "1 test was chosen (1 deselected): what the others run is not known"
    assert alone.description.endswith(", a part chosen")
    joined = join(halves)
    assert (runs(joined.evidence, tmp_path).partial, joined.notes) == ("", ())


def test_one_part_that_is_joined_with_nothing_stays_a_part(tmp_path: Path) -> None:
    alone = chosen(shard(tmp_path, RAN_A), 0)
    alone.meta = alone.meta._replace(beside='["1.0"]')
    joined = join([alone])
    assert joined.evidence.meta.beside == "", "what lies beside it here does not lie beside it elsewhere"
    assert runs(joined.evidence, tmp_path).partial == "1 test was chosen: what the others run is not known"


def test_tests_that_no_part_ran_are_told(tmp_path: Path) -> None:
    joined = join([chosen(shard(tmp_path, RAN_A), 3), chosen(shard(tmp_path, RAN_B), 3)])
    assert joined.notes == ("2 tests were deselected in every one of them",)
    assert runs(joined.evidence, tmp_path).partial == "", "the project's settings may leave them out"


def test_what_was_not_run_is_not_known_where_tests_are_missing(tmp_path: Path) -> None:
    halves = [chosen(shard(tmp_path, ran), 3) for ran in (RAN_A, RAN_B)]
    for half in halves:
        half.meta = half.meta._replace(settings_choose="0")
    partial = "2 tests were chosen (2 deselected): what the others run is not known"
    assert runs(join(halves).evidence, tmp_path).partial == partial
    halves[1].meta = halves[1].meta._replace(chosen="0")
    assert runs(join(halves).evidence, tmp_path).partial == "", "a run of all is among them"


def test_a_run_of_all_tests_is_no_part_whatever_its_settings_leave_out(tmp_path: Path) -> None:
    whole = shard(tmp_path, RAN_A)
    whole.meta = whole.meta._replace(chosen="0", deselected="7")
    assert runs(whole, tmp_path).partial == ""


def test_the_command(tmp_path: Path) -> None:
    write(shard(tmp_path, RAN_A), tmp_path / "a.db")
    write(shard(tmp_path, RAN_B), tmp_path / "b.db")
    done = gate(tmp_path, "merge", "a.db", "b.db")
    assert (done.returncode, done.stdout) == (0, b"")
    said = b"Joined 2 runs: 2 tests, 2 files in .quality-gate/evidence.db. Next: quality-gate report\n"
    assert done.stderr == said
    assert read_recorded(tmp_path, tracked=False).tests.keys() == {A, B}
    assert (tmp_path / ".quality-gate/.gitignore").exists()
    done = gate(tmp_path, "merge", "-q", "-o", "all.db", ".quality-gate/evidence.db", "a.db")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert read_shard(tmp_path / "all.db").tests.keys() == {A, B}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope.db"], b"error: nope.db: it cannot be opened"),
        (["coverage.xml"], b"error: coverage.xml: it is no evidence of quality-gate test"),
        ([".coverage"], b"error: .coverage: it is coverage.py's data"),
        (["a.db", "-o", "nowhere/x.db"], b"it cannot be written"),
        (["a.db", "--format", "json"], b"merge joins files and prints a line"),
        ([], b"Missing argument 'FILE ...'"),
    ],
)
def test_what_cannot_be_joined_is_a_usage_error_and_nothing_is_written(
    tmp_path: Path, arguments: list[str], said: bytes
) -> None:
    from foreign_files import ARCS, data_file, xml_file

    write_files(tmp_path, SOURCES)
    write(shard(tmp_path, RAN_A), tmp_path / "a.db")
    xml_file(tmp_path / "coverage.xml")
    data_file(tmp_path / ".coverage", {"pay.py": ARCS})
    done = gate(tmp_path, "merge", "a.db", *arguments) if arguments else gate(tmp_path, "merge")
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / ".quality-gate/evidence.db").exists()
