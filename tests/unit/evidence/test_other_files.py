"""Files of other languages on critical paths: which ones they are, and what a coverage file tells of them."""

from __future__ import annotations

import re

import pytest

from foreign_files import RECORD, lcov_file, project
from git_scratch import ENVIRONMENT, Scratch
from graphs import SmallCodebase
from quality_gate.codebase.critical_paths import resolve
from quality_gate.codebase.path_coverage import measure
from quality_gate.config import CriticalPath
from quality_gate.errors import Missing, UsageErrors
from quality_gate.evidence.coverage.foreign_coverage import read_coverage
from quality_gate.evidence.git.command import find_top
from quality_gate.evidence.other_files import other_files
from quality_gate.evidence.runs.joined import JoinedRuns

PAY = "export function charge(amount) {\n  if (amount > 0) {\n    return 1;\n  }\n  return 0;\n}\n"
LINES = "DA:1,1\nDA:2,1\nDA:3,1\nDA:5,0\n"
TOLD = f"TN:\nSF:web/pay.js\n{LINES}BRDA:2,0,0,1\nBRDA:2,0,1,0\nBRDA:5,1,0,-\nBRF:3\nend_of_record\n"
OTHERS = {"web/pay.js": 6}


@pytest.fixture
def scratch(tmp_path):
    made = Scratch(tmp_path)
    for path in (
        "web/pay.js",
        "web/pay.test.js",
        "web/a.d.ts",
        "web/__tests__/b.js",
        "web/node_modules/c/c.js",
        "web/README.md",
    ):
        made.stage(path, PAY)
    made.stage("shop/pay.py", "def charge(): pass\n")
    made.stage("shop/static/pay.js", PAY)
    return made


def found_in(scratch, *patterns):
    git = find_top(scratch.folder, ENVIRONMENT)
    return other_files(git, scratch.folder, patterns, ["shop/pay.py"])


class TestWhichFiles:
    def test_sources_that_are_no_tests_with_their_lines(self, scratch):
        assert found_in(scratch, "web/**") == OTHERS

    def test_a_pattern_that_means_python_files_means_no_others(self, scratch):
        assert found_in(scratch, "shop/**") == {}
        assert list(found_in(scratch, "shop/**/*.js")) == ["shop/static/pay.js"]

    def test_untracked_ones_too_and_links_and_ignored_ones_not(self, scratch):
        scratch.write("web/new.ts", "a\r\nb\rc")
        scratch.write("web/ignored.js", "a")
        scratch.write(".gitignore", "ignored.js\n")
        (scratch.folder / "web" / "link.js").symlink_to("pay.js")
        assert found_in(scratch, "web/*") == {"web/new.ts": 3, **OTHERS}

    @pytest.mark.parametrize(("text", "lines"), [("", 1), ("a", 1), ("a\n", 1), ("a\n\n", 2), ("a\r\nb\r", 2)])
    def test_a_last_line_end_begins_no_further_line(self, scratch, text, lines):
        scratch.write("web/new.ts", text)
        assert found_in(scratch, "web/new.ts") == {"web/new.ts": lines}

    def test_in_a_folder_of_the_repository(self, scratch):
        git = find_top(scratch.folder, ENVIRONMENT)
        assert other_files(git, scratch.folder / "web", ["*.js"], []) == {"pay.js": 6}

    def test_without_git_there_are_none(self, tmp_path):
        assert other_files(None, tmp_path, ["web/**"], []) == {}


def read(root, told, others=OTHERS):
    files = project(root)
    return read_coverage(lcov_file(root / "told", told), root, files, tracked=False, others=others)


def coverage_of(runs, others=OTHERS, **keys):
    keys = {"include": ("web/**",), "line": 75, "branch": 0} | keys
    (path,) = resolve(SmallCodebase({}, []), {"pay": CriticalPath(**keys)}, [], lambda _: False, None, others).paths
    return measure(path, runs, lambda _: ())


class TestWhatIsTold:
    def test_lines_and_branches_as_they_are_told(self, tmp_path):
        runs = read(tmp_path, TOLD)
        assert runs.description == "told (LCOV), 1 file"
        found = coverage_of(runs)
        assert (found.lines.measured, found.lines.of) == (3, 4)
        assert (found.branches.measured, found.branches.of) == (1, 3)
        assert found.has_branches
        assert not found.is_below
        assert coverage_of(runs, line=76).is_below
        assert coverage_of(runs, branch=34).is_below

    def test_cobertura_tells_them_too(self, tmp_path):
        project(tmp_path)
        file = tmp_path / "told.xml"
        file.write_text(
            '<coverage line-rate="1" branches-valid="2" version="1"><packages><package><classes><class filename="web/pay.js"><lines><line number="1" hits="1"/>'
            '<line number="2" hits="1" branch="true" condition-coverage="50% (1/2)"/></lines></class></classes>'
            "</package></packages></coverage>"
        )
        found = coverage_of(read_coverage(file, tmp_path, [], tracked=False, others=OTHERS))
        assert (found.lines.measured, found.lines.of) == (2, 2)
        assert (found.branches.measured, found.branches.of) == (1, 2)

    def test_a_file_that_nobody_tells_of_is_unproven(self, tmp_path):
        found = coverage_of(read(tmp_path, RECORD))
        assert [member.unproven for member in found.members] == ["no test run has seen its file"]

    @pytest.mark.parametrize(
        ("told", "why"), [(RECORD, "no test run has seen its file"), (TOLD, "the file is larger than 4 MiB")]
    )
    def test_one_that_is_too_large_is_unproven_whatever_is_told(self, scratch, told, why):
        scratch.write("web/pay.js", "a\n" * (2 * 1024 * 1024 + 1))
        others = found_in(scratch, "web/**")
        (member,) = coverage_of(read(scratch.folder, told, others), others).members
        assert why in member.unproven

    def test_a_file_of_fewer_lines_is_another_one(self, tmp_path):
        runs = read(tmp_path, TOLD.replace("DA:5,0", "DA:7,0"))
        with pytest.raises(Missing, match="it tells of line 7, and the file has 6"):
            runs.file("web/pay.js")

    @pytest.mark.parametrize("line", ["BRDA:7,0,0,1", "BRDA:7,0,0,-"])
    def test_branches_count_for_that_too(self, tmp_path, line):
        with pytest.raises(Missing, match="line 7"):
            read(tmp_path, TOLD.replace("BRF:3", line)).file("web/pay.js")

    def test_no_branches_told_is_not_all_taken(self, tmp_path):
        assert not coverage_of(read(tmp_path, re.sub("BR.*\n", "", TOLD))).has_branches

    def test_it_is_told_apart_from_python(self, tmp_path):
        assert not read(tmp_path, TOLD).tells_of_python
        assert read(tmp_path, RECORD).tells_of_python
        both = JoinedRuns([read(tmp_path, TOLD), read(tmp_path, RECORD)])
        assert both.file("web/pay.js").run == {1, 2, 3}
        assert both.file("shop/pay.py") is not None


def test_what_matches_no_file_at_all_is_still_an_error():
    declared = {"pay": CriticalPath(include=("wep/**",))}
    with pytest.raises(UsageErrors) as caught:
        resolve(SmallCodebase({}, []), declared, [], lambda _: False, None, OTHERS)
    assert "matches no file of production code" in str(caught.value.errors[0])
