"""A team adopts a practice on code that has findings: the first run is green, the second is not worse."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from environments import QUALITY_GATE, SCRIPTS, made_once, run

from git_scratch import Scratch
from quality_gate.fingerprints import essence

NAME = "quality-gate-baseline.tsv"
ENFORCE = '[tool.quality-gate]\nbase = "main"\n\n[tool.quality-gate.practices]\nstatic-analysis = "enforce"\n'
CALL = 'def {name}(event):\n    requests.post("https://events.example", json=event)\n'
MENDED = 'requests.post("https://events.example", json=event, timeout=5)'
UNMENDED = 'requests.post("https://events.example", json=event)'


def module(*names: str) -> str:
    """A module with one finding in each function."""
    return "\n\n".join(["import requests\n", *(CALL.format(name=name) for name in names)])


class Team:
    """A repository and the gate in it."""

    def __init__(self, folder, shell):
        self.scratch = Scratch(folder, init=not (folder / ".git").exists())
        self.folder = folder
        self.shell = shell

    def __call__(self, *arguments, **variables):
        return run([QUALITY_GATE, *arguments], self.folder, self.shell | variables)

    def judge(self, stage="ci"):
        """What the gate says: outcome, and what stands in the way as (path, function)."""
        done = self("check", "--stage", stage, "--format", "json")
        report = json.loads(done.out)
        findings = [found for verdict in report["verdicts"] for found in verdict["findings"]]
        blocking = [(one["path"], one["function"]) for one in findings if not one["known"]]
        return done.code, blocking, [one["reason"] for one in report["verdicts"]]

    def edit(self, path, old, new, count=1):
        text = (self.folder / path).read_text()
        assert old in text
        self.scratch.write(path, text.replace(old, new, count))

    @property
    def lines(self):
        """The entries."""
        text = (self.folder / NAME).read_text()
        return [line for line in text.splitlines() if line.startswith("static-analysis\t")]

    def commit(self):
        self.scratch.git("add", "--all")
        return self.scratch.commit()


@pytest.fixture
def team(tmp_path, shell, shared):
    """A shop with eight findings, adopted on main and committed; a topic is checked out."""
    adopted = made_once(shared / "adopted", lambda folder: adopt(folder, shell))
    shutil.copytree(adopted, tmp_path / "shop", symlinks=True)
    return Team(tmp_path / "shop", shell)


def adopt(folder, shell):
    team = Team(folder, shell)
    for path in ("a", "b", "c", "d"):
        team.scratch.write(f"shop/{path}.py", module("first", "second"))
    team.scratch.write("pyproject.toml", ENFORCE)
    team.commit()
    assert team("baseline", "--adopt", "static-analysis").code == 0
    team.commit()
    team.scratch.git("checkout", "--quiet", "-b", "topic")


def test_the_first_run_is_green_and_says_what_it_knows(team):
    code, blocking, reasons = team.judge()
    assert (code, blocking) == (0, [])
    assert reasons[0] == "all code blocks; 8 known in the baseline"
    assert len(team.lines) == 8
    assert not any(re.search(r":\d|\t5\t", line) for line in team.lines), "no line numbers"
    report = json.loads(team("report", "--format", "json").out)
    assert report["ledger"]["baseline"] == 8


@pytest.mark.parametrize("stage", ["commit", "push", "ci"])
def test_a_planted_violation_is_red(team, stage):
    team.scratch.stage("shop/e.py", module("third"))
    assert team.judge(stage)[:2] == (1, [("shop/e.py", "shop.e.third")])


@pytest.mark.parametrize("stage", ["commit", "push", "ci"])
def test_two_hundred_lines_further_down_it_is_the_same(team, stage):
    team.edit("shop/a.py", "import requests\n", "import requests\n" + "LIMIT = 1\n" * 200)
    team.commit()
    assert team.judge(stage)[:2] == (0, [])


def test_re_indented_it_is_the_same(team):
    team.edit("shop/a.py", "    " + UNMENDED, "    if event:\n        " + UNMENDED)
    team.commit()
    assert team.judge()[:2] == (0, [])


def test_formatted_anew_it_is_the_same_merged_or_not(team):
    for path in ("a", "b"):
        run(
            [str(SCRIPTS / "ruff"), "format", "--isolated", "--line-length=40", f"shop/{path}.py"],
            team.folder,
            team.shell,
        )
    team.commit()
    assert UNMENDED not in (team.folder / "shop/a.py").read_text()
    assert team.judge()[:2] == (0, [])
    team.scratch.git("checkout", "--quiet", "-B", "main")
    assert team.judge()[:2] == (0, [])
    team.scratch.git("checkout", "--quiet", "-b", "next")
    assert team("baseline", "--prune").out == "static-analysis: 0 taken out, 4 moved, 8 left\n"
    team.commit()
    assert team.judge()[:2] == (0, [])
    assert "moved" not in team("check", "--stage", "ci").out


def test_a_baseline_of_before_is_good_and_renewed_without_a_word(team):
    """It was written when essences were of lines."""
    team.scratch.git("checkout", "--quiet", "main")
    text = (team.folder / NAME).read_text()
    former = re.sub(r"\t[0-9a-f]{16}$", "\t" + essence("QG201", UNMENDED, 0), text, flags=re.MULTILINE)
    assert former != text
    team.scratch.write(NAME, former)
    team.commit()
    team.scratch.git("checkout", "--quiet", "-B", "topic")
    assert team.judge()[:2] == (0, [])
    team.scratch.git("mv", "shop/a.py", "shop/z.py")
    assert team("baseline", "--prune").code == 0
    team.commit()
    assert team.judge()[:2] == (0, [])


def test_edited_it_blocks_and_is_not_called_fixed(team):
    team.edit("shop/a.py", "json=event", "data=event")
    team.commit()
    code, blocking, reasons = team.judge()
    assert (code, blocking) == (1, [("shop/a.py", "shop.a.first")])
    assert not any("fixed and still in the baseline" in reason for reason in reasons)


def test_one_for_another_shows_on_both_sides(team):
    team.edit("shop/a.py", UNMENDED, MENDED)
    team.scratch.write("shop/b.py", module("first", "second", "third"))
    team.commit()
    code, blocking, reasons = team.judge()
    assert (code, blocking) == (1, [("shop/b.py", "shop.b.third")])
    assert reasons[1].startswith("fixed and still in the baseline: call-without-deadline in shop/a.py")


def test_one_for_another_shows_when_it_is_merged_too(team):
    team.edit("shop/a.py", UNMENDED, MENDED)
    team.scratch.write("shop/b.py", module("first", "second", "third"))
    team.commit()
    team.scratch.git("checkout", "--quiet", "-B", "main")
    code, blocking, _ = team.judge()
    assert (code, blocking) == (1, [("shop/b.py", "shop.b.third")])


def test_what_is_fixed_leaves_with_one_command(team):
    team.edit("shop/a.py", UNMENDED, MENDED)
    done = team("check", "--stage", "ci")
    assert done.code == 1
    assert "7 of 8 baseline entries" in done.out
    assert "Next: quality-gate baseline --prune" in done.out
    before = team.lines
    assert team("baseline", "--prune").out == "static-analysis: 1 taken out, 7 left\n"
    assert set(before) - set(team.lines) == {before[0]}
    assert team.judge()[:2] == (0, [])
    assert team("baseline", "--prune").out == "static-analysis: 0 taken out, 7 left\n"


def test_pruning_never_adds(team):
    team.scratch.write("shop/e.py", module("third"))
    team.edit("shop/a.py", UNMENDED, MENDED)
    team("baseline", "--prune")
    assert len(team.lines) == 7
    assert team.judge()[:2] == (1, [("shop/e.py", "shop.e.third")])


def test_adopting_twice_is_refused_even_when_everything_is_fixed(team):
    for path in ("a", "b", "c", "d"):
        team.edit(f"shop/{path}.py", UNMENDED, MENDED, 2)
    assert team("baseline", "--prune").code == 0
    team.scratch.write("shop/e.py", module("third"))
    done = team("baseline", "--adopt", "static-analysis")
    assert done.code == 2
    assert "a baseline only shrinks" in done.err
    assert team.lines == []


def test_a_deleted_file_is_fixed(team):
    team.scratch.git("rm", "--quiet", "shop/a.py")
    team.commit()
    assert team.judge()[0] == 1
    assert "2 taken out, 6 left" in team("baseline", "--prune").out


def test_branches_that_both_fixed_things_merge(team):
    team.edit("shop/a.py", UNMENDED, MENDED)
    team("baseline", "--prune")
    team.commit()
    team.scratch.git("checkout", "--quiet", "-b", "other", "main")
    team.edit("shop/c.py", UNMENDED, MENDED)
    team("baseline", "--prune")
    team.commit()
    team.scratch.git("merge", "--quiet", "topic", "--message=merge")
    assert len(team.lines) == 6
    assert team.judge()[:2] == (0, [])


def test_branches_that_fixed_neighbours_say_what_to_do(team):
    """Their lines stand side by side; each branch has mended its own file."""
    team.edit("shop/a.py", "second(event):\n    " + UNMENDED, "second(event):\n    " + MENDED)
    team("baseline", "--prune")
    team.commit()
    team.scratch.git("checkout", "--quiet", "-b", "other", "main")
    team.edit("shop/b.py", UNMENDED, MENDED)
    team("baseline", "--prune")
    team.commit()
    with pytest.raises(AssertionError, match="merge"):
        team.scratch.git("merge", "--quiet", "topic", "--message=merge")
    assert "<<<<<<<" in (team.folder / NAME).read_text()
    done = team("check", "--stage", "ci")
    assert done.code == 2
    command = re.search(r"\((git checkout --ours -- \S+)\), then type (.*)", done.err)
    assert command is not None
    team.scratch.git(*command[1].split()[1:])
    assert team(*command[2].split()[1:]).out == "static-analysis: 1 taken out, 6 left\n"
    team.commit()
    assert team.judge()[:2] == (0, [])


def test_what_the_change_touches_blocks_as_in_new_code_mode(team):
    """Its fingerprint, of its first line, is as before."""
    call = 'def third(event):\n    requests.post(\n        "https://events.example",\n        json=event,\n    )\n'
    team.scratch.git("checkout", "--quiet", "main")
    (team.folder / NAME).unlink()
    team.scratch.write("shop/e.py", "import requests\n\n\n" + call)
    team.commit()
    assert "9 findings are known" in team("baseline", "--adopt", "static-analysis").out
    team.commit()
    team.scratch.git("checkout", "--quiet", "-B", "topic")
    team.edit("shop/e.py", "json=event", "data=event")
    team.commit()
    assert team.judge()[:2] == (1, [("shop/e.py", "shop.e.third")])
    assert "baseline entries" not in team("check").out, "it is there still"


class TestRenames:
    def test_a_file(self, team):
        team.scratch.git("mv", "shop/a.py", "shop/events.py")
        team.commit()
        assert team.judge()[:2] == (0, [])
        assert "2 moved, 8 left" in team("baseline", "--prune").out
        assert [line for line in team.lines if "\tshop/events.py\tshop.events.first\t" in line]

    def test_a_file_still_when_it_is_merged(self, team):
        team.scratch.git("mv", "shop/a.py", "shop/events.py")
        team.commit()
        team.scratch.git("checkout", "--quiet", "-B", "main")
        assert team.judge()[:2] == (0, [])

    @pytest.mark.parametrize("stage", ["commit", "push", "ci"])
    def test_a_function(self, team, stage):
        team.edit("shop/a.py", "def second", "def publish")
        team.scratch.git("add", "--all")
        assert team.judge(stage)[:2] == (0, [])

    def test_not_a_copy(self, team):
        team.scratch.write("shop/e.py", module("first", "second"))
        team.commit()
        assert len(team.judge()[1]) == 2


class TestGone:
    def test_a_baseline_that_the_change_takes_away_is_unproven(self, team):
        for path in ("a", "b", "c", "d"):
            team.edit(f"shop/{path}.py", UNMENDED, MENDED, 2)
        team.scratch.git("rm", "--quiet", NAME)
        team.commit()
        code, _, reasons = team.judge()
        assert code == 3
        command = re.fullmatch(rf"{NAME} was there at the merge base and is gone; type (git .*)", reasons[0])
        assert command is not None
        assert team.judge("commit")[0] == 0
        team.scratch.git(*command[1].split()[1:])
        assert len(team.lines) == 8

    def test_where_it_was_gone_before_nothing_is_forgiven(self, team):
        team.scratch.git("rm", "--quiet", NAME)
        team.commit()
        team.scratch.git("checkout", "--quiet", "-B", "main")
        code, blocking, _ = team.judge()
        assert (code, len(blocking)) == (1, 8)


class TestModes:
    def test_in_new_code_mode_what_is_fixed_is_mentioned(self, team):
        team.edit("pyproject.toml", "enforce", "new-code")
        team.edit("shop/a.py", UNMENDED, MENDED)
        assert team("check", "--stage", "ci", "--approved-by", "@lead").code == 0
        assert "baseline: 1 of 8 findings of static-analysis that it lists are fixed" in team("report").out

    def test_in_new_code_mode_what_is_new_blocks_whatever_is_known(self, team):
        team.edit("pyproject.toml", "enforce", "new-code")
        team.edit("shop/a.py", "json=event)", "json=event )")
        team.edit("shop/b.py", "json=event)", "json=event, headers={})")
        team.commit()
        assert ("shop/b.py", "shop.b.first") in team.judge()[1]

    def test_files_of_a_hook_leave_the_others_alone(self, team):
        assert team("check", "shop/a.py").code == 0
        assert team("check", "--stage", "ci", "shop/a.py").code == 0

    def test_a_file_that_cannot_be_read_takes_no_entry_with_it(self, team):
        team.scratch.write("shop/a.py", "def pay(:\n")
        assert team.judge()[0] == 3
        done = team("baseline", "--prune")
        assert "0 taken out, 8 left" in done.out
        assert "could not be judged" in done.out


class TestAdopting:
    def test_without_test_runs_practices_that_need_them_are_not_adopted(self, team):
        team.edit(
            "pyproject.toml",
            "[tool.quality-gate.practices]",
            '[tool.quality-gate.critical-paths.events]\nentry = ["shop.a:first"]\n\n[tool.quality-gate.practices]',
        )
        done = team("baseline", "--adopt", "critical-path-coverage")
        assert done.code == 2
        assert "cannot be judged whole yet" in done.err
        assert "quality-gate test" in done.err

    def test_a_second_practice_stands_beside_the_first(self, team):
        before = team.lines
        team.scratch.write("tests/test_a.py", "import os\n\n\ndef test_a():\n    os.environ['A'] = 'b'\n    assert 1\n")
        done = team("baseline", "--adopt", "failure-scenarios")
        assert done.code == 0
        assert team.lines == before
        assert "# adopted failure-scenarios\n# adopted static-analysis\n" in (team.folder / NAME).read_text()

    @pytest.mark.parametrize("name", ["impact-review", "static", "", "--prune"])
    def test_of_no_practice(self, team, name):
        done = team("baseline", f"--adopt={name}")
        assert done.code == 2
        assert "static-analysis" in done.err

    def test_a_practice_that_is_not_enforced_yet_is_told_how(self, team):
        done = team("baseline", "--adopt", "isolated-tests")
        assert 'Next: write isolated-tests = "enforce"' in done.out

    def test_what_the_branch_adds_is_not_taken_in(self, team):
        (team.folder / NAME).unlink()
        team.scratch.write("shop/e.py", module("third"))
        done = team("baseline", "--adopt", "static-analysis")
        assert done.code == 0
        assert "8 findings are known" in done.out
        assert "not taken in, for the change adds or touches it: shop/e.py:5  QG201" in done.out

    def test_nobody_adopts_a_file_that_cannot_be_read(self, team):
        (team.folder / NAME).unlink()
        team.scratch.write("shop/a.py", "def pay(:\n")
        done = team("baseline", "--adopt", "static-analysis")
        assert (done.code, done.out) == (2, "")
        assert "nobody can say what is in shop/a.py:1" in done.err
        assert not (team.folder / NAME).exists()

    def test_without_git(self, tmp_path, shell):
        (tmp_path / "bare" / "shop").mkdir(parents=True)
        (tmp_path / "bare" / "shop" / "a.py").write_text(module("first"))
        (tmp_path / "bare" / "pyproject.toml").write_text(ENFORCE)
        command = [QUALITY_GATE, "baseline", "--adopt", "static-analysis"]
        assert run(command, tmp_path / "bare", shell).code == 0
        assert run([QUALITY_GATE, "check", "--stage", "ci"], tmp_path / "bare", shell).code == 0


def test_a_sparse_checkout_takes_no_entry_with_it(team):
    team.scratch.git("update-index", "--refresh")  # the files were copied
    team.scratch.git("sparse-checkout", "set", "--no-cone", "/*", "!/shop/a.py")
    assert not (team.folder / "shop/a.py").exists()
    assert team.judge()[:2] == (0, [])
    assert "0 taken out, 8 left" in team("baseline", "--prune").out
