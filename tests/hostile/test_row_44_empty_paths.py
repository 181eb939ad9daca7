"""Row 44: a critical path that matches nothing, that holds no line, or of which no line was run is never kept."""

from __future__ import annotations

import json

import pytest

from gate_process import gate
from git_scratch import Scratch

TABLE = """\
[tool.quality-gate.practices]
static-analysis = "observe"
critical-path-coverage = "enforce"

[tool.quality-gate.critical-paths.payments]
"""
LCOV = "SF:shop/pay.py\nDA:2,{hits}\nBRDA:2,0,jump to line 3,1\nBRDA:2,0,jump to line 4,1\nDA:3,{hits}\nDA:4,{hits}\nend_of_record\n"
PAY = "def pay(order):\n    if order:\n        return 1\n    return 2\n"


@pytest.fixture
def project(tmp_path):
    scratch = Scratch(tmp_path)
    scratch.commit({"shop/pay.py": PAY, "shop/empty.py": "", "shop/constants.py": '"""Nothing that runs."""\n'})
    scratch.write("run.lcov", LCOV.format(hits=1))
    return scratch


def judged(project, table, *arguments):
    project.write("pyproject.toml", TABLE + table)
    done = gate(project.folder, "check", "--stage", "ci", "--coverage", "run.lcov", "--format", "json", *arguments)
    if done.returncode == 2:
        return 2, done.stderr.decode()
    verdicts = json.loads(done.stdout)["verdicts"]
    return done.returncode, {one["subject"]: one for one in verdicts if one["practice"] == "critical-path-coverage"}


def test_the_same_path_with_code_and_coverage_is_kept(project):
    code, verdicts = judged(project, 'entry = ["shop.pay:pay"]\n')
    assert (code, verdicts["payments"]["outcome"], verdicts["payments"]["of"]) == (0, "KEPT", 3)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('entry = ["shop.pay:gone"]\n', "names no function of the project"),
        ('include = ["gone/**"]\n', "matches no file of production code"),
        ('include = ["shop/pay.pyi"]\n', "matches no file of production code"),
        ('entry = ["shop.pay:pay"]\nstop = ["shop.gone"]\n', "matches nothing in the project"),
        ("entry = []\ninclude = []\n", "names no code"),
    ],
)
def test_what_matches_nothing_is_an_error(project, table, said):
    code, err = judged(project, table)
    assert code == 2
    assert said in err


@pytest.mark.parametrize("path", ["shop/empty.py", "shop/constants.py"])
def test_files_without_a_line_that_can_be_run_prove_nothing(project, path):
    code, verdicts = judged(project, f'include = ["{path}"]\n')
    assert (code, verdicts["payments"]["outcome"]) == (3, "UNPROVEN")


@pytest.mark.parametrize("demands", ["", "line = 0\nbranch = 0\n"])
def test_no_line_run_is_never_kept_whatever_is_demanded(project, demands):
    project.write("run.lcov", LCOV.format(hits=0).replace(",1\n", ",0\n"))
    code, verdicts = judged(project, f'entry = ["shop.pay:pay"]\n{demands}')
    assert (code, verdicts["payments"]["outcome"]) == (1, "BROKEN"), "it has a branch and is wholly unrun"


def test_no_line_run_of_a_function_without_a_branch_is_unproven_where_nothing_is_demanded(project):
    project.write("shop/pay.py", "def pay(order):\n    return 2\n")
    project.write("run.lcov", "SF:shop/pay.py\nDA:2,0\nend_of_record\n")
    code, verdicts = judged(project, 'entry = ["shop.pay:pay"]\nline = 0\nbranch = 0\n')
    assert (code, verdicts["payments"]["outcome"]) == (3, "UNPROVEN")


@pytest.mark.parametrize("content", ["", "TN:\n", "SF:other.py\nDA:1,1\nend_of_record\n"])
def test_coverage_of_nothing_proves_nothing(project, content):
    project.write("run.lcov", content)
    code, verdicts = judged(project, 'entry = ["shop.pay:pay"]\n')
    assert code == 3
    assert {one["outcome"] for one in verdicts.values()} <= {"UNPROVEN", "EMPTY"}


def test_a_path_whose_only_file_does_not_parse_is_unproven(project):
    project.write("shop/pay.py", "def pay(order:\n")
    code, verdicts = judged(project, 'include = ["shop/pay.py"]\n')
    assert (code, verdicts["payments"]["outcome"]) == (3, "UNPROVEN")
