"""How linters are run and heard; each is a real process, in an environment of its own."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path
from typing import get_args

import pytest

from linter_programs import Environment
from quality_gate.config_linters import Linter, LinterName
from quality_gate.evidence.linters import _child
from quality_gate.evidence.linters._linter_tools import TOOLS, Answer
from quality_gate.evidence.linters._tool_words import Garbled
from quality_gate.evidence.linters.running import Project, run_linters
from sarif_files import log, result, run

EMPTY_RUFF = "open(sys.argv[sys.argv.index('--output-file') + 1], 'w').write('[]')\n"
RUFF = f"import json, os, sys\n{EMPTY_RUFF}"


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    return Environment(tmp_path_factory.mktemp("environment") / "env")


@pytest.fixture
def root(tmp_path):
    folder = tmp_path.resolve() / "project"
    (folder / "shop").mkdir(parents=True)
    return folder


@pytest.fixture
def ask(env, root):
    """Run one linter; gives its outcome."""

    def asked(name, linter=Linter(), changed=None, production=("shop",), **variables):  # noqa: B008 - frozen
        environment = {"PATH": os.environ["PATH"], **variables}
        project = Project(root, str(env.folder), environment, None, changed, production, time.monotonic)
        (outcome,) = run_linters(project, {name: linter})
        return outcome

    return asked


def the_problem(outcome):
    assert outcome.said is None, "what was not heard must not look clean"
    (problem,) = outcome.unheard
    return problem


def test_every_name_of_the_configuration_is_known():
    assert set(TOOLS) == set(get_args(LinterName))


def test_a_linter_that_finds_nothing_is_heard(env, ask):
    env.lay("ruff", RUFF)
    outcome = ask("ruff")
    assert (outcome.said.title, list(outcome.said.results), outcome.unheard) == ("ruff 99.0", [], ())


@pytest.mark.parametrize(
    ("code", "what", "said"),
    [
        ("import sys; sys.exit('no such rule: X\\nsee the manual')", "it ended with 1; it wrote no", "no such rule: X"),
        ("raise RuntimeError('boom')", "it wrote no answer", "RuntimeError: boom"),
        ("import sys; sys.exit(2)", "it ended with 2", ""),
        ("pass", "it wrote no answer", ""),
        ("import os; os.kill(os.getpid(), 9)", "it ended with -9", ""),
        (RUFF.replace("'[]'", "'[{}]'"), "its answer cannot be read", ""),
        (RUFF.replace("'[]'", "'[{\\\"filename'"), "its answer cannot be read", ""),
        (RUFF.replace("'[]'", "'No problems!'"), "its answer cannot be read", ""),
        (RUFF.replace("'[]'", "'[' * 200000"), "its answer cannot be read", ""),
        ("import os, sys; os.symlink('/etc/passwd', sys.argv[sys.argv.index('--output-file') + 1])", "symbolic", ""),
    ],
)
def test_what_is_no_answer_is_never_clean(env, ask, code, what, said):
    env.lay("ruff", code)
    problem = the_problem(ask("ruff"))
    assert any(one in problem.what for one in what.split("; ")), problem
    assert said in problem.said
    assert "-m ruff" in problem.remedy


def test_one_that_does_not_end_is_stopped_with_all_it_has_started(env, ask, tmp_path):
    mark = tmp_path / "pid"
    child = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); open({str(mark)!r}, 'w').write(str(p.pid)); p.wait()"
    env.lay("ruff", f"print('working on it', flush=True)\n{child}")
    started = time.monotonic()
    problem = the_problem(ask("ruff", Linter(seconds=2)))
    assert time.monotonic() - started < 20
    assert problem.what == "ruff did not end within 2 s"
    assert (problem.said, "raise `seconds`" in problem.remedy) == ("working on it", True)
    with pytest.raises(ProcessLookupError):
        for _ in range(100):  # whoever inherits it has to take note of its end
            os.kill(int(mark.read_text()), 0)
            if "Z" in Path(f"/proc/{mark.read_text()}/stat").read_text().split(")")[1][:3]:
                raise ProcessLookupError
            time.sleep(0.05)


@pytest.mark.parametrize(
    "where", ["sys.stdout", "sys.stderr", "open(sys.argv[sys.argv.index('--output-file') + 1], 'w')"]
)
def test_one_that_writes_without_end_is_stopped(env, ask, monkeypatch, where):
    monkeypatch.setattr(_child, "MOST_BYTES", 1 << 20)
    env.lay("ruff", f"import sys\nto = {where}\nwhile True: to.write('x' * 65536)")
    assert "wrote more than 1 MiB" in the_problem(ask("ruff")).what


def test_one_that_is_not_installed(env, ask):
    problem = the_problem(ask("bandit"))
    assert problem.what.startswith(f"bandit is not installed in {env.folder}/bin/python")
    assert re.fullmatch(r"type: .*pip install .*bandit", problem.remedy)


def test_one_that_is_too_old(env, ask):
    env.lay("pylint", "raise SystemExit('must not run')", "2.17.4")
    problem = the_problem(ask("pylint"))
    assert problem.what == "pylint 2.17.4 is too old: its answer can be read from 3.0 on"
    assert "pylint>=3.0" in problem.remedy


def test_a_version_that_nobody_knows_yet_is_asked(env, ask):
    env.lay("ruff", RUFF, "1234.5.dev6+local")
    assert ask("ruff").said is not None


def test_one_failure_keeps_no_other_from_being_heard(env, root):
    env.lay("ruff", RUFF)
    project = Project(root, str(env.folder), {"PATH": os.environ["PATH"]}, None, None, ("shop",), time.monotonic)
    missing, heard = run_linters(project, {"bandit": Linter(), "ruff": Linter()})
    assert (missing.said, heard.said is None) == (None, False)


def test_no_python_is_no_clean_bill(env, root):
    project = Project(root, "none", {"PATH": os.environ["PATH"]}, None, None, ("shop",), time.monotonic)
    (outcome,) = run_linters(project, {"ruff": Linter()})
    assert "is not a Python that starts" in the_problem(outcome).what


SHOW = "open({file!r}, 'w').write(json.dumps([dict(os.environ), sys.argv[1:], os.getcwd(), sys.path]))\n"


@pytest.fixture
def shown(env, ask, tmp_path):
    """What a linter sees of the world: environment, arguments, folder, module path."""

    def of(*arguments, name="ruff", code=RUFF, **variables):
        file = str(tmp_path / "shown")
        env.lay(name, code + SHOW.format(file=file))
        ask(name, *arguments, **variables)
        return json.loads(Path(file).read_text())

    return of


def test_it_gets_few_variables_and_no_secrets(env, shown):
    secrets = {"GITHUB_TOKEN": "x", "AWS_SECRET_ACCESS_KEY": "x", "PYTHONPATH": ".", "PYLINTRC": "x", "GIT_DIR": "x"}
    environment, _, _, path = shown(
        Linter(environment=("DJANGO_SETTINGS_MODULE",)),
        HOME="/home/a",
        DJANGO_SETTINGS_MODULE="shop",
        CI="1",
        **secrets,
    )
    assert not environment.keys() & secrets.keys()
    assert (environment["HOME"], environment["DJANGO_SETTINGS_MODULE"], environment["NO_COLOR"]) == (
        "/home/a",
        "shop",
        "1",
    )
    assert "CI" not in environment
    assert "" not in path
    assert environment["PATH"].split(os.pathsep)[0] == str(env.folder / "bin")


def test_it_runs_in_the_projects_folder_which_is_not_on_the_module_path(shown, root):
    (root / "json.py").write_text("raise SystemExit('taken for the library')")
    _, _, folder, path = shown()
    assert folder == str(root)
    assert str(root) not in path


def test_relative_folders_of_path_are_not_looked_into(shown):
    environment, *_ = shown(PATH=f".:bin::{os.environ['PATH']}")
    assert all(map(os.path.isabs, environment["PATH"].split(os.pathsep)))


@pytest.mark.parametrize(
    ("linter", "changed", "wanted"),
    [
        (Linter(), None, ["."]),
        (Linter(paths=("src", "tests")), None, ["src", "tests"]),
        (Linter(paths=("src",)), ["src/a.py", "srcs/b.py", "tests/c.py"], ["src/a.py"]),
        (Linter(paths=("./src/", "b.py")), ["b.py", "src/a.py", "c.py"], ["b.py", "src/a.py"]),
        (Linter(paths=(".",)), ["a.py"], ["a.py"]),
        (Linter(), ["-x.py", "@y.py"], ["./-x.py", "./@y.py"]),
        (Linter(), ["x" * 60_000, "y" * 60_000], ["."]),
    ],
)
def test_what_it_is_asked_about(shown, linter, changed, wanted):
    _, arguments, _, _ = shown(linter, changed)
    assert arguments[arguments.index("--") + 1 :] == wanted


def test_nothing_of_its_paths_was_changed(env, ask):
    env.lay("ruff", "raise SystemExit('must not run')")
    outcome = ask("ruff", Linter(paths=("src",)), ["tests/a.py"])
    assert (outcome.said, outcome.unheard) == (None, ())
    assert ask("bandit", Linter(paths=("src",)), ["tests/a.py"]).unheard == (), "it need not even be there"


@pytest.mark.parametrize(
    ("linter", "changed", "about"),
    [
        (Linter(), ["a.py"], "on 1 changed file"),
        (Linter(), ["a.py", "b.py"], "on 2 changed files"),
        (Linter(), ["x" * 60_000, "y" * 60_000], ""),
        (Linter(paths=("x",)), ["x/" + "x" * 60_000, "x/" + "y" * 60_000], "on x"),
        (Linter(), None, ""),
    ],
)
def test_it_says_what_it_was_asked_about(env, ask, linter, changed, about):
    env.lay("ruff", RUFF)
    assert ask("ruff", linter, changed).about == about


def test_arguments_of_the_team_come_after_ours(shown):
    _, arguments, _, _ = shown(Linter(arguments=("--preview",)))
    assert arguments.index("--no-fix") < arguments.index("--preview") < arguments.index("--")


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({}, ["shop"]),
        ({"mypy.ini": "[mypy]\nfiles = shop, lib\n"}, []),
        ({"pyproject.toml": "[tool.mypy]\nstrict = true\npackages = ['shop']\n"}, []),
        ({"pyproject.toml": "[tool.mypy]\nstrict = true\n[tool.other]\nfiles = ['x']\n"}, ["shop"]),
        ({"mypy.ini": "[mypy]\n", "pyproject.toml": "[tool.mypy]\nfiles = ['x']\n"}, ["shop"]),
    ],
)
def test_mypy_is_asked_about_what_it_is_configured_for(shown, root, files, wanted):
    for name, text in files.items():
        (root / name).write_text(text)
    _, arguments, _, _ = shown(name="mypy", code="import json, os, sys\n")
    assert arguments[arguments.index("--") + 1 :] == wanted


# --- commands


def test_a_command_prints_sarif(env, ask):
    env.lay_program("scan", f"import sys; print({log(run(result()))!r}); sys.exit(7)")
    outcome = ask("mine", Linter(command=("scan", "--all")))
    assert ([one.code for one in outcome.said.results], outcome.unheard) == (["no-empty"], ())


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("print('all good')", "it is no SARIF"),
        ("", "it is no SARIF"),
        ("import os; print('{}'); os.abort()", "killed by signal"),
    ],
)
def test_a_command_that_prints_something_else_is_not_heard(env, ask, code, what):
    env.lay_program("scan", code)
    problem = the_problem(ask("mine", Linter(command=("scan", "--all"))))
    assert what in problem.what
    assert problem.remedy == "see what it says by itself: scan --all"


def test_a_command_whose_run_failed_is_heard_and_not_whole(env, ask):
    env.lay_program("scan", f"print({log(run(result(), invocations=[{'executionSuccessful': False}]))!r})")
    outcome = ask("mine", Linter(command=("scan",)))
    assert len(outcome.said.results) == 1
    assert outcome.unheard[0].what == "mine is not whole: it did not succeed, as it says itself"


def test_a_command_is_never_looked_for_in_the_project(ask, root):
    for folder in (root, root / "bin"):
        folder.mkdir(exist_ok=True)
        (folder / "planted").write_text("#!/bin/sh\necho owned\n")
        (folder / "planted").chmod(0o755)
    problem = the_problem(ask("mine", Linter(command=("planted",)), PATH=f".:{root}:{root}/bin:bin"))
    assert "no 'planted' in the project's environment or on PATH" in problem.what


def test_a_command_with_a_path_is_the_projects_own_and_meant_so(ask, root):
    (root / "scan").write_text(f"#!/bin/sh\ncat <<'END'\n{log(run(result()))}\nEND\n")
    (root / "scan").chmod(0o755)
    assert len(ask("mine", Linter(command=("./scan",))).said.results) == 1


# --- answers of each linter

PYLINT = {"messages": [], "statistics": {"modulesLinted": 3}}
PYLINT_MESSAGE = {
    "type": "warning", "symbol": "unused-import", "message": "Unused import os", "messageId": "W0611",
    "line": 2, "column": 0, "endLine": None, "endColumn": None, "path": "shop/pay.py",
}  # fmt: skip
BANDIT = {"results": [], "errors": [], "metrics": {"_totals": {"loc": 3}, "shop/pay.py": {"loc": 3}}}
FILES = b"%s         total files processed\n2          files processed per second\n"
MYPY = {"file": "a.py", "line": 1, "column": 0, "message": "m", "hint": None, "code": "attr", "severity": "error"}


def read(name, *, status=0, out=b"", written=b"", said=""):
    return TOOLS[name].read(Answer(status, out, written, said, "TOKEN"))


@pytest.mark.parametrize("status", [0, 2, 4, 8, 16, 30])
def test_pylint_ends_with_bits(status):
    answer = PYLINT | {"messages": [PYLINT_MESSAGE]}
    (found,) = read("pylint", status=status, written=json.dumps(answer).encode()).results
    assert (found.code, found.name, found.level, found.column) == ("W0611", "unused-import", "warning", 1)


@pytest.mark.parametrize("status", [32, 36, -11])
def test_pylint_that_was_asked_wrong_or_died(status):
    with pytest.raises(Garbled, match=f"it ended with {status}"):
        read("pylint", status=status, written=json.dumps(PYLINT).encode())


def test_what_pylint_could_not_look_at_is_no_finding():
    fatal = PYLINT_MESSAGE | {"type": "fatal", "message": "crashed"}
    heard = read("pylint", status=1, written=json.dumps(PYLINT | {"messages": [fatal]}).encode())
    assert (heard.results, heard.unseen) == ([], ["shop/pay.py: crashed"])


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("pylint", PYLINT | {"statistics": {"modulesLinted": 0}}, ""),
        ("bandit", BANDIT | {"metrics": {"_totals": {"loc": 0}}}, ""),
        ("ruff", [], "warning: No Python files found under the given path(s)"),
    ],
)
def test_one_that_looked_at_nothing_is_known_to(name, answer, said):
    assert read(name, written=json.dumps(answer).encode(), said=said).looked_at_nothing


def test_looking_at_nothing_is_unproven(env, ask):
    env.lay("ruff", RUFF + "print('warning: No Python files found under the given path(s)', file=sys.stderr)")
    (problem,) = ask("ruff").unheard
    assert (problem.what, "paths = " in problem.remedy) == ("ruff looked at no file", True)
    assert ask("ruff", changed=["excluded.py"]).unheard == (), "of a change all files may be excluded"


def test_bandit_names_what_it_could_not_parse():
    answer = BANDIT | {"errors": [{"filename": "a.py", "reason": "syntax error"}]}
    assert read("bandit", written=json.dumps(answer).encode()).unseen == ["a.py: syntax error"]


@pytest.mark.parametrize(("severity", "level"), [("LOW", "warning"), ("MEDIUM", "error"), ("HIGH", "error")])
def test_bandits_severities(severity, level):
    one = {
        "filename": "a.py",
        "line_number": 3,
        "issue_severity": severity,
        "issue_text": "x",
        "test_id": "B1",
        "test_name": "n",
    }
    (found,) = read("bandit", status=1, written=json.dumps(BANDIT | {"results": [one]}).encode()).results
    assert found.level == level


@pytest.mark.parametrize(
    ("written", "status", "count"),
    [
        (b"", 0, 0),
        (b"TOKEN:1:2:E501:a.py:TOKEN:line too long\n", 1, 1),
        (b"TOKEN:1:2:E501:a:b.py:TOKEN:text: with colons\n1  E501 line too long\n", 1, 1),
        (b"TOKEN:0:-1:E902:\xff.py:TOKEN:x\n", 1, 1),
    ],
)
def test_flake8s_lines_and_its_statistics(written, status, count):
    heard = read("flake8", status=status, written=written + FILES % b"12")
    assert (len(heard.results), heard.looked_at_nothing) == (count, False)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_flake8_that_looked_at_nothing_is_known_to(end):
    assert read("flake8", written=(FILES % b"0 ").replace(b"\n", end)).looked_at_nothing


@pytest.mark.parametrize(("configuration", "problems"), [("", []), ("exclude = .", ["flake8 looked at no file"])])
def test_a_real_flake8_says_how_many_files_it_looked_at(root, configuration, problems):
    (root / "shop" / "pay.py").write_text("a = 1\n")
    (root / ".flake8").write_text(f"[flake8]\n{configuration}\n")
    project = Project(root, sys.prefix, {"PATH": os.environ["PATH"]}, None, None, ("shop",), time.monotonic)
    (outcome,) = run_linters(project, {"flake8": Linter()})
    assert (outcome.said.results, [one.what for one in outcome.unheard]) == ([], problems)


def test_flake8_that_counts_no_files_is_not_heard():
    with pytest.raises(Garbled, match="it does not say how many files it looked at"):
        read("flake8", written=b"2 files processed per second\n")


@pytest.mark.parametrize(
    ("written", "status"),
    [(b"", 1), (b"1  E501 line too long", 1), (b"", 2), (b"TOKEN:1:2:E501:a\nb.py:TOKEN:x", 1), (b"TOKEN and more", 0)],
)
def test_what_flake8_did_not_say_in_its_form(written, status):
    with pytest.raises(Garbled):
        read("flake8", status=status, written=written + b"\n" + FILES % b"1 ")


def test_mypy_tells_errors_and_its_notes_are_none():
    lines = [json.dumps(MYPY), json.dumps(MYPY | {"severity": "note"})]
    assert len(read("mypy", status=1, out="\n".join(lines).encode()).results) == 1


@pytest.mark.parametrize(
    ("out", "status"), [(b"", 1), (b"", 2), (b"a.py:1: error: x", 1), (json.dumps(MYPY).encode(), 2)]
)
def test_what_mypy_did_not_say_in_its_form(out, status):
    with pytest.raises(Garbled):
        read("mypy", status=status, out=out)
