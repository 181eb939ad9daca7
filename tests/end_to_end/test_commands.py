"""The installed command as a process: exit codes, streams, colours, files, and whatever lies in its way."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from environments import QUALITY_GATE, run
from samples import AGAIN, BROKEN, CLEAN, CODE, FOUND, FOUND_AGAIN, LINE, NAME, UNPARSABLE
from traps import NAMES, lay_traps, sprung

from git_scratch import Scratch
from quality_gate import cli

ENFORCE = '[tool.quality-gate.practices]\nstatic-analysis = "enforce"\n'
ANSI = re.compile(r"\x1b\[")


class Project:
    """A folder and the command in it.

    Args:
        folder: where it lies.
        shell: the environment of a developer at a laptop.
    """

    def __init__(self, folder, shell):
        self.folder = folder
        self.shell = shell
        self.scratch = Scratch(folder, init=False)

    def write(self, **files):
        """Write files by their names without `.py`; `__` is a slash."""
        for name, content in files.items():
            self.scratch.write(f"{name.replace('__', '/')}.py", content)
        return self

    def configure(self, text):
        self.scratch.write("pyproject.toml", text)
        return self

    def __call__(self, *arguments, below=".", **variables):
        return run([QUALITY_GATE, *arguments], self.folder / below, self.shell | variables)

    def report(self, *arguments, **more):
        """What `check` says in JSON."""
        return json.loads(self("check", "--format=json", *arguments, **more).out)


@pytest.fixture
def bare(tmp_path, shell):
    """A folder without git."""
    (tmp_path / "project").mkdir()
    return Project(tmp_path / "project", shell)


@pytest.fixture
def project(bare):
    """An empty repository."""
    bare.scratch = Scratch(bare.folder)
    return bare


def places(report):
    return [
        (found["path"], found["line"], found["code"]) for verdict in report["verdicts"] for found in verdict["findings"]
    ]


class TestExitCodes:
    def test_0_when_kept(self, bare):
        done = bare.write(pay=CLEAN)("check")
        assert (done.code, done.err) == (0, "")
        assert re.search(r"static-analysis +KEPT +1 of 1 files", done.out)

    def test_0_when_waived(self, bare):
        allow = f'# quality-gate: allow[{NAME}] reason="telemetry only"'
        done = bare.write(pay=f"{BROKEN.rstrip()}  {allow}\n")("check")
        assert (done.code, "WAIVED" in done.out) == (0, True)

    def test_0_with_warnings_only(self, bare):
        report = bare.write(pay="x = y()  # type: ignore[attr]\n").report()
        assert {found["severity"] for verdict in report["verdicts"] for found in verdict["findings"]} == {"warning"}
        done = bare("check")
        assert (done.code, "(warning: does not block)" in done.out) == (0, True)

    def test_1_when_broken(self, bare):
        done = bare.write(pay=BROKEN)("check")
        assert (done.code, done.err) == (1, "")
        assert f"pay.py:{FOUND}" in done.out

    def test_0_when_only_observed(self, bare):
        bare.configure(ENFORCE.replace("enforce", "observe")).write(pay=BROKEN)
        done = bare("check")
        assert (done.code, CODE in done.out) == (0, True)

    @pytest.mark.parametrize(
        "arguments",
        [
            ["frobnicate"],
            ["check", "--frobnicate"],
            ["check", "--stage", "someday"],
            ["check", "--format", "haiku"],
            ["check", "not_there.py"],
            ["check", ""],
            ["check", "--config", "not_there.toml"],
            ["check", "-o", "not/there/report.txt"],
            ["explain", "silent-fialure"],
            ["explain"],
        ],
    )
    def test_2_for_misuse_said_on_stderr(self, arguments, bare):
        done = bare.write(pay=BROKEN)(*arguments)
        assert (done.code, done.out) == (2, "")
        assert done.err.strip()
        assert "Traceback" not in done.err

    def test_2_for_files_outside_the_project(self, project, tmp_path):
        (tmp_path / "outside.py").write_text(BROKEN)
        for file in (tmp_path / "outside.py", "../outside.py", "/"):
            done = project.write(pay=CLEAN)("check", str(file))
            assert (done.code, done.out) == (2, "")
            assert "it lies outside the project" in done.err

    def test_2_for_the_configuration_with_all_errors_at_once(self, bare):
        bare.configure('[tool.quality-gate]\nsorce = ["."]\nbase = 5\n' + ENFORCE.replace("enforce", "enforced"))
        done = bare.write(pay=BROKEN)("check")
        assert (done.code, done.out) == (2, "")
        assert "pyproject.toml: tool.quality-gate.sorce: unknown key" in done.err
        assert "did you mean `source`?" in done.err
        assert "tool.quality-gate.base: 5" in done.err
        assert 'did you mean "enforce"?' in done.err
        assert "3 errors; nothing was judged" in done.err

    def test_3_when_something_new_does_not_parse(self, project):
        project.scratch.stage("pay.py", UNPARSABLE)
        done = project("check")
        assert done.code == 3
        assert "pay.py:1:1  QG901 not-analysed" in done.out
        assert re.search(r"static-analysis +UNPROVEN +0 of 1 files", done.out)

    def test_0_when_something_old_does_not_parse_and_says_so(self, project):
        project.scratch.commit({"old.py": UNPARSABLE})
        project.scratch.stage("pay.py", CLEAN)
        done = project("check")
        assert done.code == 0
        assert project.report()["not_analysed"]["files"] == 1

    def test_3_in_ci_only_for_what_this_version_cannot_judge(self, bare):
        bare.configure('[tool.quality-gate.practices]\nboundaries = "enforce"\n').write(pay=CLEAN)
        assert bare("check", "--stage=commit").code == 0
        done = bare("check", "--stage=ci")
        assert (done.code, "boundaries" in done.out, "UNPROVEN" in done.out) == (3, True, True)

    def test_1_before_3(self, bare):
        assert bare.write(pay=BROKEN, ship=UNPARSABLE)("check").code == 1

    def test_2_before_1(self, bare):
        assert bare.write(pay=BROKEN)("check", "pay.py", "not_there.py").code == 2

    def test_70_for_a_fault_of_ours_with_a_report_to_paste(self, bare, tmp_path):
        """Something breaks in the middle of the gate, in a way that nobody has thought of."""
        (tmp_path / "broken").mkdir()
        (tmp_path / "broken" / "sitecustomize.py").write_text(
            "import quality_gate.engine\n"
            "def run(*_):\n"
            "    raise ZeroDivisionError('::error::what nobody \\x1b[31m has thought of')\n"
            "quality_gate.engine.run = run\n"
        )
        done = bare.write(pay=CLEAN)("check", "--stage=commit", PYTHONPATH=str(tmp_path / "broken"))
        assert (done.code, done.out) == (70, "")
        assert "quality-gate itself failed; nothing was judged" in done.err
        assert "quality-gate 0." in done.err
        assert f"Python {sys.version.split()[0]}" in done.err
        assert "arguments: check --stage=commit" in done.err
        assert "ZeroDivisionError" in done.err
        assert not ANSI.search(done.err)

    def test_130_when_interrupted(self, project, tmp_path):
        """Ctrl-C while git takes its time."""
        slow = tmp_path / "slow"
        slow.mkdir()
        (slow / "git").write_text(f"#!/bin/sh\n: > '{slow}/started'\nexec sleep 60\n")
        (slow / "git").chmod(0o755)
        project.write(pay=BROKEN)
        process = subprocess.Popen(
            [QUALITY_GATE, "check"],
            cwd=project.folder,
            env=project.shell | {"PATH": f"{slow}:{project.shell['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            # A job in the background of a shell ignores interruptions, and so do its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        try:
            for _ in range(600):
                if (slow / "started").exists():
                    break
                time.sleep(0.05)
            os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
            process.communicate()
        assert (process.returncode, out, err.strip()) == (130, b"", b"interrupted")

    @pytest.mark.parametrize("arguments", [["report"], ["explain", "pay.py"], ["explain", CODE]])
    def test_0_for_what_only_shows(self, arguments, bare):
        bare.configure(ENFORCE).write(pay=BROKEN, ship=UNPARSABLE)
        done = bare(*arguments)
        assert (done.code, done.err) == (0, "")
        assert NAME in done.out

    def test_version(self, bare):
        done = bare("--version")
        assert (done.code, done.err) == (0, "")
        assert re.fullmatch(r"quality-gate \d+\.\d+\.\d+\n", done.out)

    def test_python_m_is_the_same(self, bare):
        bare.write(pay=BROKEN)
        done = run([sys.executable, "-m", "quality_gate", "check"], bare.folder, bare.shell)
        assert (done.code, f"pay.py:{FOUND}" in done.out) == (1, True)


class TestHelp:
    @pytest.fixture(scope="class")
    @staticmethod
    def commands():
        done = run([QUALITY_GATE, "--help"], "/", dict(os.environ))
        listed = done.out.partition("Commands:\n")[2]
        return re.findall(r"^  ([a-z]+)  ", listed, re.MULTILINE)

    def test_every_command_has_help_of_a_hundred_columns_at_most(self, commands, capsys, monkeypatch):
        """In this process: what it is made of is click's."""
        assert {"check", "explain", "init", "report"} <= set(commands)
        for columns in ("80", "100", "400"):
            monkeypatch.setenv("COLUMNS", columns)
            for arguments in ([], *([command] for command in commands)):
                assert cli.run([*arguments, "--help"]) == 0
                shown, error = capsys.readouterr()
                assert (shown.startswith("Usage: quality-gate"), error) == (True, "")
                assert max(map(len, shown.splitlines())) <= min(int(columns), 100)

    def test_without_arguments_it_shows_the_help(self, bare):
        done = bare()  # on stderr and with code 2 from click 8.2 on
        assert done.said == bare("--help").out


class TestStreams:
    def test_data_on_stdout_and_nothing_on_stderr(self, project):
        project.scratch.stage("pay.py", BROKEN)
        for arguments in (["check"], ["report"], ["check", "--format=json"], ["check", "-v"]):
            done = project(*arguments)
            assert (done.out != "", done.err) == (True, "")

    def test_json_is_all_there_is(self, project):
        project.scratch.stage("pay.py", BROKEN)
        done = project("check", "--format=json", "-v")
        report = json.loads(done.out)
        assert (report["version"], report["outcome"]) == (1, "BROKEN")
        assert places(report) == [("pay.py", LINE, CODE)]

    @pytest.mark.parametrize(("source", "code"), [(BROKEN, 1), (CLEAN, 0), (UNPARSABLE, 3)])
    @pytest.mark.parametrize("arguments", [["check"], ["check", "--format=json"]])
    def test_a_reader_who_leaves_does_not_change_the_verdict(self, source, code, arguments, bare):
        """`check | head -1` under `pipefail`."""
        bare.write(pay=source)
        reader, writer = os.pipe()
        os.close(reader)
        try:
            done = subprocess.run(
                [QUALITY_GATE, *arguments],
                cwd=bare.folder,
                env=bare.shell,
                stdout=writer,
                stderr=subprocess.PIPE,
                check=False,
            )
        finally:
            os.close(writer)
        assert (done.returncode, done.stderr) == (code, b"")

    def test_quiet_shows_only_what_is_wrong(self, bare):
        assert bare.write(pay=CLEAN)("check", "-q").out.strip() == ""
        done = bare.write(pay=BROKEN)("check", "-q")
        assert (done.code, f"pay.py:{FOUND}" in done.out) == (1, True)

    def test_verbose_shows_what_was_left_out(self, bare):
        bare.write(pay=CLEAN)
        (bare.folder / "link.py").symlink_to("pay.py")
        assert "link.py" not in bare("check").out
        assert "symbolic link, not followed: link.py" in bare("check", "-v").out


class TestColours:
    @pytest.mark.parametrize(
        ("arguments", "variables", "coloured"),
        [
            ([], {}, False),
            ([], {"FORCE_COLOR": "1"}, True),
            ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
            ([], {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
            (["--color=always"], {}, True),
            (["--color=always"], {"NO_COLOR": "1"}, True),
            (["--color=never"], {"FORCE_COLOR": "1"}, False),
            (["--format=json", "--color=always"], {}, False),
        ],
    )
    def test_who_decides(self, arguments, variables, coloured, bare):
        done = bare.write(pay=BROKEN)("check", *arguments, **variables)
        assert bool(ANSI.search(done.out)) is coloured

    @pytest.mark.parametrize(
        ("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
    )
    def test_on_a_terminal(self, variables, coloured, bare):
        import pty

        bare.write(pay=BROKEN)
        ours, theirs = pty.openpty()
        environment = bare.shell | {"TERM": "xterm"} | variables
        with subprocess.Popen([QUALITY_GATE, "check"], cwd=bare.folder, env=environment, stdout=theirs) as process:
            os.close(theirs)
            shown = b""
            while chunk := _read(ours):
                shown += chunk
        os.close(ours)
        assert process.returncode == 1
        assert bool(ANSI.search(shown.decode())) is coloured

    def test_what_comes_from_the_project_brings_none(self, bare):
        bare.scratch.write("\x1b[31mred.py", BROKEN)
        done = bare("check")
        assert (done.code, bool(ANSI.search(done.out))) == (1, False)
        assert rf"\x1b[31mred.py:{FOUND}" in done.out


def _read(descriptor):
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux's way to say that the other end is closed
        return b""


class TestOutputFile:
    def test_it_gets_everything(self, bare):
        printed = bare.write(pay=BROKEN)("check", "--format=json").out
        done = bare("check", "--format=json", "-o", "report.json")
        assert (done.code, done.said) == (1, "")
        assert (bare.folder / "report.json").read_text() == printed
        assert bare("check", "--format=json", "-o", "-").out == printed

    def test_row_26_a_link_in_its_place_is_replaced_and_not_followed(self, bare, tmp_path):
        precious = tmp_path / "precious"
        precious.write_text("keep me")
        (bare.folder / "report.txt").symlink_to(precious)
        assert bare.write(pay=CLEAN)("report", "-o", "report.txt").code == 0
        assert precious.read_text() == "keep me"
        assert not (bare.folder / "report.txt").is_symlink()
        assert "static-analysis" in (bare.folder / "report.txt").read_text()

    def test_no_colours_and_no_litter(self, bare):
        bare.write(pay=BROKEN)("report", "-o", "report.txt")
        assert not ANSI.search((bare.folder / "report.txt").read_text())
        assert {entry.name for entry in bare.folder.iterdir()} == {".quality-gate", "pay.py", "report.txt"}


class TestReportWithoutAnything:
    def test_without_git_and_without_configuration(self, bare):
        done = bare.write(shop__pay=BROKEN)("report")
        assert (done.code, done.err) == (0, "")
        assert f"shop/pay.py:{LINE}" in done.out
        assert "there is no git repository here, or no git" in done.out
        assert "quality-gate init" in done.out

    def test_without_git_on_the_path(self, project):
        done = project.write(pay=BROKEN)("report", PATH="/nowhere")
        assert (done.code, done.err) == (0, "")
        assert "no git" in done.out

    def test_with_nothing_in_it(self, project):
        for arguments in (["report"], ["check"], ["check", "--all-files"], ["check", "--stage=ci"]):
            done = project(*arguments)
            assert (done.code, done.err) == (0, "")
            assert re.search(r"static-analysis +nothing to measure: no Python file", done.out)
            assert "KEPT" not in done.out

    def test_without_a_commit(self, project):
        project.scratch.stage("pay.py", BROKEN)
        assert project("check").code == 1
        assert project("report").code == 0
        assert project("check", "--stage=ci").code == 1

    def test_in_a_folder_that_cannot_be_written(self, bare):
        bare.write(pay=BROKEN)
        bare.folder.chmod(0o555)
        try:
            done = bare("check")
        finally:
            bare.folder.chmod(0o755)
        assert (done.code, f"pay.py:{FOUND}" in done.out) == (1, True)


class TestWhatIsJudged:
    def test_what_is_staged_and_what_is_not(self, project):
        project.scratch.commit({"pay.py": "", "ship.py": ""})
        project.write(ship=BROKEN)
        project.scratch.stage("pay.py", CLEAN)
        report = project.report()
        assert (report["outcome"], report["verdicts"][0]["of"]) == ("KEPT", 1)
        report = project.report("--all-files")
        assert (report["outcome"], places(report)) == ("BROKEN", [("ship.py", LINE, CODE)])
        project.scratch.git("reset", "--quiet")
        assert places(project.report()) == [("ship.py", LINE, CODE)]

    def test_named_files_only(self, project):
        project.write(pay=BROKEN, ship=BROKEN, shop__pay=BROKEN)
        assert places(project.report("ship.py")) == [("ship.py", LINE, CODE)]
        assert places(project.report("shop")) == [("shop/pay.py", LINE, CODE)]
        assert places(project.report("--", "./ship.py", "ship.py")) == [("ship.py", LINE, CODE)]

    def test_from_a_folder_of_the_project(self, project):
        project.configure('[tool.quality-gate]\nsource = ["shop"]\n').write(shop__pay=BROKEN, shop__in__ship=BROKEN)
        everything = [("shop/in/ship.py", LINE, CODE), ("shop/pay.py", LINE, CODE)]
        assert places(project.report()) == everything
        for below in ("shop", "shop/in"):
            assert places(project.report(below=below)) == everything
        assert places(project.report("pay.py", below="shop")) == everything[1:]
        assert places(project.report("../pay.py", below="shop/in")) == everything[1:]

    def test_the_configuration_that_is_named(self, project):
        project.scratch.write("services/shop/quality.toml", ENFORCE)
        project.write(services__shop__pay=BROKEN, other=BROKEN)
        report = project.report("--config=services/shop/quality.toml")
        assert places(report) == [("pay.py", LINE, CODE)]
        assert report["verdicts"][0]["mode"] == "enforce"

    @pytest.mark.parametrize(
        ("arguments", "variables", "stage"),
        [
            ([], {}, "commit"),
            ([], {"CI": "true"}, "ci"),
            ([], {"CI": "true", "PRE_COMMIT": "1"}, "commit"),
            (["--stage=commit"], {"CI": "true"}, "commit"),
            (["--stage=ci"], {"PRE_COMMIT": "1"}, "ci"),
            (["--stage=push"], {}, "push"),
        ],
    )
    def test_the_stage(self, arguments, variables, stage, project):
        assert project.report(*arguments, **variables)["stage"] == stage

    def test_the_second_run_says_the_same_from_the_cache(self, project):
        project.scratch.commit({"shop/pay.py": BROKEN, "shop/ship.py": UNPARSABLE, "shop/old.py": CLEAN})
        first = project("report", "--format=json").out
        assert (project.folder / ".quality-gate" / "cache.db").stat().st_size > 0
        assert project("report", "--format=json").out == first


class TestNames:
    """Row 35. Those that are not UTF-8 never come through pre-commit, which stops on them."""

    NAME = b"caf\xe9.py"
    SHOWN = r"caf\xe9.py"

    @pytest.fixture
    def project(self, project):
        (project.folder / os.fsdecode(self.NAME)).write_text(BROKEN)
        return project

    @pytest.mark.parametrize("staged", [True, False])
    def test_a_name_that_is_not_utf_8_is_found(self, staged, project):
        if staged:
            project.scratch.git("add", "--all")
        done = project("check")
        assert (done.code, done.err) == (1, "")
        assert f"{self.SHOWN}:{FOUND}" in done.out
        assert places(project.report()) == [(self.SHOWN, LINE, CODE)]
        assert project("report").code == 0

    @pytest.mark.parametrize("name", [NAME, b"./" + NAME], ids=["plain", "dotted"])
    def test_it_can_be_named(self, name, project):
        done = project("check", "--", name)
        assert (done.code, f"{self.SHOWN}:{FOUND}" in done.out) == (1, True)
        done = project("explain", b"%b:%d" % (name, LINE))
        assert (done.code, CODE in done.out) == (0, True)

    def test_it_can_be_wrong(self, project):
        done = project("check", b"\xff.py")
        assert (done.code, r"\xff.py" in done.err) == (2, True)

    def test_it_is_new_when_it_is_touched_and_old_when_not(self, project):
        project.scratch.git("add", "--all")
        project.scratch.commit()
        project.scratch.git("switch", "--quiet", "--create=feature")
        assert project("check").code == 0
        (project.folder / os.fsdecode(self.NAME)).write_text(BROKEN + AGAIN)
        done = project("check")
        assert (done.code, f"{self.SHOWN}:{FOUND_AGAIN}" in done.out) == (1, True)

    def test_a_folder_that_is_not_utf_8(self, project):
        folder = project.folder / os.fsdecode(b"d\xe9p\xf4t")
        folder.mkdir()
        (folder / "pay.py").write_text(BROKEN)
        assert (r"d\xe9p\xf4t/pay.py", LINE, CODE) in places(project.report())
        assert places(project.report(below=folder.name))[-1] == (r"d\xe9p\xf4t/pay.py", LINE, CODE)


class TestNothingOfTheProjectIsRun:
    """Rows 1 to 9: whatever lies in the project is read, and none of it is imported."""

    @pytest.fixture
    def trapped(self, project):
        project.write(shop__pay=BROKEN, shop__ship=UNPARSABLE).scratch.write("shop/__init__.py")
        lay_traps(project.folder, "shop")
        return project

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (["check"], 1),
            (["check", "--stage=ci", "--format=json", "-v"], 1),
            (["check", "shop/not_there.py"], 2),
            (["report", "-v"], 0),
            (["explain", "shop/pay.py"], 0),
            (["explain", NAME], 0),
            (["explain", "silent-fialure"], 2),
            (["init"], 1),
            (["--help"], 0),
        ],
    )
    @pytest.mark.parametrize("below", [".", "shop"])
    def test_no_command_does(self, arguments, code, below, trapped):
        arguments = [argument.removeprefix("shop/") if below == "shop" else argument for argument in arguments]
        done = trapped(*arguments, below=below)
        assert (done.code, "Traceback" in done.err) == (code, False)
        assert sprung(trapped.folder) == []

    def test_the_traps_are_sound(self, trapped):
        code = "import sys; sys.path.append('.'); import noxfile, shop.conftest"
        done = run([sys.executable, "-I", "-c", code], trapped.folder, trapped.shell)
        assert (done.said, sprung(trapped.folder)) == ("", ["conftest", "noxfile"])
        assert len(NAMES) > 200
