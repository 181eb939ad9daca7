from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from foreign_files import ARCS, LINES, OK, PAY, RECORD, data_file, json_file, lcov_file, project, xml_file
from quality_gate.errors import Missing, UsageError
from quality_gate.evidence.coverage.foreign_coverage import ForeignRuns, read_coverage
from quality_gate.runs import FileRuns

KINDS: dict[str, Callable[[Path], Path]] = {
    ".coverage": lambda place: data_file(place, {"/app/shop/pay.py": ARCS}),
    "coverage.json": json_file,
    "coverage.xml": xml_file,
    "coverage.lcov": lcov_file,
}

TEST = OK.removesuffix("|run")


def read(root: Path, file: Path, files: list[str] | None = None) -> ForeignRuns:
    return read_coverage(file, root, project(root) if files is None else files, tracked=False)


def file_of(found: ForeignRuns, path: str = "shop/pay.py") -> FileRuns:
    file = found.file(path)
    assert file is not None
    return file


def refused(root: Path, file: Path, files: list[str] | None = None) -> str:
    """Why a file, or what it tells of the project's, is not believed."""
    with pytest.raises(Missing) as caught:
        file_of(read(root, file, files))
    return caught.value.what


@pytest.mark.parametrize("name", KINDS)
def test_all_kinds_tell_the_same(tmp_path: Path, name: str) -> None:
    file = file_of(read(tmp_path, KINDS[name](tmp_path / name)))
    assert file.statements == {1, 4, 5, 6, 9, 12, 13}  # those of refund(), whatever its comment says
    assert file.branches == {5: {6, 9}}
    assert file.taken == {(5, 9)}
    assert file.has_branches
    # Only the data file knows what was run of excluded lines, and does not know that they are excluded.
    assert file.run == ({1, 4, 5, 9, 12} if name == ".coverage" else {1, 4, 5, 9})
    assert file.excluded == (set() if name == ".coverage" else {12, 13})


@pytest.mark.parametrize("name", KINDS)
def test_the_kind_is_told_by_the_content(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, KINDS[name](tmp_path / "measured"))
    kinds = ("coverage.py's data", "coverage JSON", "Cobertura XML", "LCOV")
    assert found.description == f"measured ({dict(zip(KINDS, kinds, strict=True))[name]}), 1 file"


@pytest.mark.parametrize("name", KINDS)
def test_the_caller_vouches_for_it(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, KINDS[name](tmp_path / name))
    assert found.stale("shop/pay.py", "charge") is None
    assert (found.problems, found.tests, found.observed_calls) == ((), {}, ())
    assert found.file("shop/__init__.py") is None


def test_tests_of_a_line(tmp_path: Path) -> None:
    data = read(tmp_path, KINDS[".coverage"](tmp_path / ".coverage"))
    assert data.tests_of("shop/pay.py", 9) == (TEST,)  # not the one that came by in its set-up
    assert data.tests_of("shop/pay.py", 4) == ()
    assert data.tests_of("shop/other.py", 4) == ()
    report = read(tmp_path, json_file(tmp_path / "coverage.json"))
    assert report.tests_of("shop/pay.py", 9) == (TEST,)
    assert report.tests_of("shop/pay.py", 1) == ()
    assert read(tmp_path, xml_file(tmp_path / "coverage.xml")).tests_of("shop/pay.py", 9) == ()


# --- coverage.py's data ---


def test_all_lines_of_a_long_statement_are_one(tmp_path: Path) -> None:
    ran = {OK: [(-4, 5), (5, 6), (6, 7), (7, 6), (6, -4)]}
    found = read(tmp_path, data_file(tmp_path / ".coverage", {"shop/pay.py": ran}))
    file = file_of(found)
    assert file.run == {5, 6}
    assert file.taken == {(5, 6)}
    assert found.tests_of("shop/pay.py", 6) == (TEST,)


def test_data_without_branches(tmp_path: Path) -> None:
    place = data_file(tmp_path / ".coverage", {"shop/pay.py": {OK: [], "tests/test_b.py::test_b": []}})
    connection = sqlite3.connect(place)
    connection.executescript("UPDATE meta SET value = '0'; INSERT INTO line_bits VALUES (1, 1, x'0206'), (1, 2, x'20')")
    connection.close()
    found = read(tmp_path, place)
    file = file_of(found)
    assert file.run == {1, 5, 9}
    assert not file.has_branches
    assert not file.branches
    assert found.tests_of("shop/pay.py", 5) == ("tests/test_b.py::test_b",)
    assert found.tests_of("shop/pay.py", 9) == (TEST,)


def test_data_read_as_coverage_itself_reads_it(tmp_path: Path) -> None:
    """Against coverage.py's own figures, of its own data, over a source with everything in it."""
    import coverage

    source = Path(coverage.__file__).with_name("config.py").read_text()
    files = project(tmp_path, {"config.py": source})
    tracer = coverage.Coverage(data_file=str(tmp_path / ".coverage"), branch=True, config_file=False)
    structure = file_of(
        read(tmp_path, data_file(tmp_path / "none", {"config.py": {"": [(-1, 2)]}}), files), "config.py"
    )
    arcs = [(line, end) for line, ends in structure.branches.items() for end in sorted(ends)][::3]
    data_file(tmp_path / ".coverage", {str(tmp_path / "config.py"): {"": [*arcs, (-1, 3)]}})
    tracer.load()
    theirs = tracer._analyze(str(tmp_path / "config.py"))
    ours = file_of(read(tmp_path, tmp_path / ".coverage", files), "config.py")
    assert ours.run >= theirs.executed & theirs.statements
    counted = {
        line: (len(ends), sum((line, end) in ours.taken for end in ends)) for line, ends in ours.branches.items()
    }
    assert {line: counted[line] for line in theirs.branch_stats()} == theirs.branch_stats()
    assert len(theirs.branch_stats()) > 30


# --- what is not told in every report ---


def test_reports_without_branches_have_none(tmp_path: Path) -> None:
    files = project(tmp_path)
    report = {"shop/pay.py": {"executed_lines": [1, 4], "missing_lines": [5, 6, 9]}}
    xml = xml_file(tmp_path / "x")
    xml.write_text(xml.read_text().replace('branches-valid="2"', 'branches-valid="0"'))
    lcov = "\n".join(line for line in RECORD.splitlines() if "BR" not in line)
    for place in (
        json_file(tmp_path / "j", report, branch_coverage=False, format=2),
        xml,
        lcov_file(tmp_path / "l", lcov),
    ):
        file = file_of(read(tmp_path, place, files))
        assert not file.has_branches
        assert not file.branches


def test_a_branch_of_another_python_is_taken_as_told_in_json(tmp_path: Path) -> None:
    report = {
        "shop/pay.py": {
            "executed_lines": [1, 4, 5, 9],
            "missing_lines": [6],
            "executed_branches": [[5, 9], [9, 1]],
            "missing_branches": [[5, 6], [9, -4]],
        }
    }
    file = file_of(read(tmp_path, json_file(tmp_path / "j", report)))
    assert file.branches == {5: {6, 9}, 9: {1, -4}}
    assert file.taken == {(5, 9), (9, 1)}


def test_a_branch_that_json_half_excludes_keeps_its_ways(tmp_path: Path) -> None:
    report = {"shop/pay.py": {"executed_lines": [1, 4, 5, 9], "executed_branches": [[5, 9]]}}
    file = file_of(read(tmp_path, json_file(tmp_path / "j", report)))
    assert file.branches == {5: {6, 9}}
    assert file.taken == {(5, 9)}


EXITS = "def f(a):\n    if a:\n        b()\n"


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ('condition-coverage="50% (1/2)" missing-branches="exit"', {(2, 3)}),
        ('condition-coverage="50% (1/2)" missing-branches="3"', {(2, -1)}),
        ('condition-coverage="0% (0/2)" missing-branches="3,exit"', set()),
        ('condition-coverage="100% (2/2)"', {(2, 3), (2, -1)}),
    ],
)
def test_exits_in_xml(tmp_path: Path, told: str, taken: set[tuple[int, int]]) -> None:
    files = project(tmp_path, {"f.py": EXITS})
    lines = f'<line number="1" hits="1"/><line number="2" hits="1" branch="true" {told}/><line number="3" hits="1"/>'
    file = file_of(read(tmp_path, xml_file(tmp_path / "x", lines, name="f.py", source="/app"), files), "f.py")
    assert file.taken == taken
    assert file.branches == {2: {3, -1}}


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ("jump to line 3,1\n exit the function 'f',0", {(2, 3)}),
        ("jump to line 3,0\n return from function 'f',4", {(2, -1)}),
        ("jump to line 3,-\n exit the module,-", set()),
        ("this,1\n that,1", {(2, 3), (2, -1)}),
    ],
)
def test_exits_in_lcov(tmp_path: Path, told: str, taken: set[tuple[int, int]]) -> None:
    files = project(tmp_path, {"f.py": EXITS})
    ways = "\n".join(f"BRDA:2,0,{way.strip()}" for way in told.splitlines())
    record = f"TN:\nSF:f.py\nDA:1,1\nDA:2,1\nDA:3,1,checksum\n{ways}\nend_of_record\n"
    assert file_of(read(tmp_path, lcov_file(tmp_path / "l", record), files), "f.py").taken == taken


def test_branches_of_an_old_coverage_are_not_believed_in_lcov(tmp_path: Path) -> None:
    """Before 7.6.2 the line was the one that the branch leads to, 0 for an exit."""
    record = RECORD.replace("BRDA:5,0,jump to line 6,0", "BRDA:9,0,0,1").replace("5,0,jump to line 9", "0,0,1")
    found = read(tmp_path, lcov_file(tmp_path / "l", record))
    assert not file_of(found).has_branches
    assert file_of(found).run == {1, 4, 5, 9}
    assert "whose branches are not known" in found.description


@pytest.mark.parametrize(
    "place",
    [
        lambda root: xml_file(root / "x", LINES.replace(' missing-branches="6"', "")),
        lambda root: xml_file(root / "x", LINES.replace("(1/2)", "(1/3)")),
        lambda root: xml_file(root / "x", LINES.replace("(1/2)", "(2/3)")),
        lambda root: xml_file(root / "x", LINES.replace("(1/2)", "(3/3)")),
        lambda root: lcov_file(root / "l", RECORD.replace("jump to line 6", "here").replace("jump to line 9", "there")),
    ],
)
def test_which_way_was_taken_is_never_guessed(tmp_path: Path, place: Callable[[Path], Path]) -> None:
    assert "ways on from line 5 were taken" in refused(tmp_path, place(tmp_path))


# --- which file ---


def test_what_is_outside_is_told(tmp_path: Path) -> None:
    ran = {"/app/shop/pay.py": ARCS, "/usr/lib/x.py": ARCS, "/usr/lib/y.py": ARCS}
    found = read(tmp_path, data_file(tmp_path / ".coverage", ran))
    said = ".coverage (coverage.py's data), 1 file, 2 others outside the project: /usr/lib/x.py, /usr/lib/y.py"
    assert found.description == said
    assert found.problems == ()


def test_what_is_ambiguous_is_told_and_refused(tmp_path: Path) -> None:
    place = data_file(
        tmp_path / ".coverage", {"/a/shop/pay.py": ARCS, "/b/shop/pay.py": ARCS, "/a/shop/__init__.py": {}}
    )
    found = read(tmp_path, place)
    assert found.description == ".coverage (coverage.py's data), 1 file, 1 file not told apart"
    with pytest.raises(Missing, match=r"which file /a/shop/pay.py and /b/shop/pay.py in .coverage means"):
        found.file("shop/pay.py")


def test_data_of_another_project(tmp_path: Path) -> None:
    said = refused(tmp_path, data_file(tmp_path / ".coverage", {"/usr/lib/x.py": ARCS}))
    assert said == "coverage of this project: .coverage tells of other files (/usr/lib/x.py)"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (PAY.replace("import bank\n", "import bank\n#\n#\n#\n"), "are no statements"),
        ("import bank\n", ", and the file has 2"),
        (PAY.replace("def charge(order):", "def charge(order:"), "this Python cannot parse the file"),
        ("# coding: latin-1\n" + PAY, "its coding is declared as latin-1"),
        ("x = 1\n" * 200_000, "it is larger than 1024 KiB"),
    ],
)
@pytest.mark.parametrize("name", KINDS)
def test_data_that_cannot_be_of_the_file_as_it_is(tmp_path: Path, name: str, source: str, said: str) -> None:
    files = project(tmp_path, {"shop/__init__.py": "", "shop/pay.py": source})
    assert said in refused(tmp_path, KINDS[name](tmp_path / name), files)


def test_a_line_or_two_more_than_a_python_knows_do_no_harm(tmp_path: Path) -> None:
    ran = {"": [(-1, 1), (1, 2), (2, 4), (4, 12), (12, -1)], OK: [(-4, 5), (5, 9), (9, -4)]}
    assert file_of(read(tmp_path, data_file(tmp_path / ".coverage", {"shop/pay.py": ran}))).run == {1, 4, 5, 9, 12}


# --- which file on the command line ---


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--coverage nope\.xml: there is no such file"):
        read(tmp_path, tmp_path / "nope.xml")


def test_a_committed_file_is_refused(tmp_path: Path) -> None:
    place = json_file(tmp_path / "coverage.json")
    with pytest.raises(Missing, match=r"git tracks coverage\.json"):
        read_coverage(place, tmp_path, project(tmp_path), tracked=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it is neither"),
        (b"PK\x03\x04", "it is neither"),
        (b"mode: set\nx.go:1.2,3.4 1 1\n", "it is neither"),
        (b'{"result": []}', "it is no report of coverage json"),
        (b'{"meta": {"format": 3}, "files": {}}', "it names no source file"),
        (b"<html></html>", "it is no Cobertura report"),
        (b"<coverage generated='1'><project/></coverage>", "it is no Cobertura report"),
        (b"<coverage line-rate='1'></coverage>", "it names no source file"),
        (b"TN:\n", "it names no source file"),
    ],
)
def test_what_is_no_coverage(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "file").write_bytes(content)
    assert said in refused(tmp_path, tmp_path / "file")


def test_our_own_evidence_is_sent_to_merge(tmp_path: Path) -> None:
    from quality_gate_recorder.evidence_file import Evidence, write

    write(Evidence(), tmp_path / "evidence.db")
    assert "join it with quality-gate merge" in refused(tmp_path, tmp_path / "evidence.db")


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_only_regular_files_are_opened(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "coverage.json"
    if kind == "folder":
        place.mkdir()
        assert "it is no regular file" in refused(tmp_path, place)
    else:
        place.symlink_to(json_file(tmp_path / "elsewhere.json"))
        assert "it is a symbolic link" in refused(tmp_path, place)


# --- what a report leaves out ---


def test_of_what_a_report_leaves_out_nothing_is_told(tmp_path: Path) -> None:
    for name in KINDS:
        file = file_of(read(tmp_path, KINDS[name](tmp_path / name)))
        assert file.untold == (set() if name == ".coverage" else {12, 13}), name
        assert file.untold_branches == set(), name


@pytest.mark.parametrize("kind", ["json", "xml", "lcov"])
def test_coverage_leaves_out_a_branch_of_which_one_way_is_excluded(tmp_path: Path, kind: str) -> None:
    """What coverage.py itself writes of a run that took every way."""
    import coverage

    source = "def pay(n):\n    if n:\n        note(n)\n    while n:\n        n -= 1\n    return n\n\n\ndef note(n):\n    pass\n"
    files = project(tmp_path, {"pay.py": source})
    rules = tmp_path / "rules"
    rules.write_text("[report]\nexclude_also =\n    note\\(n\\)$\n")
    tracer = coverage.Coverage(str(tmp_path / ".coverage"), branch=True, config_file=str(rules), include="*/pay.py")
    arcs = [(-1, 1), (1, 9), (9, -1), (-1, 2), (2, 3), (3, 4), (2, 4), (4, 5), (5, 4), (4, 6), (6, -1)]
    tracer.get_data().add_arcs({str(tmp_path / "pay.py"): arcs})
    report = tmp_path / kind
    getattr(tracer, f"{kind}_report")(outfile=str(report))
    file = file_of(read(tmp_path, report, files), "pay.py")
    assert file.taken == {(4, 5), (4, 6)}
    assert (file.untold, file.untold_branches) == ({3}, {(2, 3), (2, 4)})
