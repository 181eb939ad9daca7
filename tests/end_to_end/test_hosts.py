"""Three hosts, the same findings at the same places: real flake8, real pylint and our engine over one corpus."""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
import venv
from collections.abc import Iterator

import pytest
from environments import SCRIPTS, environment, made_once, run
from traps import lay_traps, sprung

from cases_of import all_cases
from git_scratch import Scratch
from quality_gate_checkers.catalog import catalog
from quality_gate_checkers.model import role_of
from quality_gate_checkers.settings import Settings

HOST_RULES = [rule for rule in catalog().rules if not rule.diff_only]
"""What a host that knows no change can show."""

CODE_OF = {rule.name: rule.code for rule in HOST_RULES}

ENFORCE = '[tool.quality-gate.practices]\nstatic-analysis = "enforce"\nisolated-tests = "enforce"\n'

SILENT = """\
import requests


def publish(event):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException:
        pass
"""
"""One finding: QG101 on line 7, column 5."""


# --- the corpus


def as_laid_out(path, taken) -> str:
    """A path that is still free, in the same role: a folder more, not another name."""
    folder, slash, name = path.rpartition("/")
    number = 0
    found = path
    while found in taken:
        number += 1
        found = f"{folder}{slash}case{number:03}/{name}"
    assert role_of(found, Settings()) is role_of(path, Settings())
    return found


def cases() -> dict[str, bytes]:
    """All cases of tests/cases."""
    laid: dict[str, bytes] = {}
    for case in all_cases():
        laid[as_laid_out(case.path, laid)] = case.source.encode()
    return laid


def line_ends() -> Iterator[tuple[str, bytes]]:
    source = SILENT.encode()
    bom = b"\xef\xbb\xbf"
    yield "bom", bom + source
    yield "crlf", source.replace(b"\n", b"\r\n")
    yield "bom_crlf", bom + source.replace(b"\n", b"\r\n")
    yield "no_end", source.rstrip()
    yield "tabs", source.replace(b"    ", b"\t")
    yield "form_feed_line", b"\f\n" + source
    yield "form_feed_before_def", source.replace(b"def ", b"\fdef ")
    yield "odd_separators", "TEXT = 'a\u2028b\u2029c\x85d\x0be\x0cf\x1cg'  # \u2028 \x85 \x0b\n".encode() + source
    yield "bom_in_a_string", b"TEXT = '" + bom + b"'\n" + source
    yield "cookie", b"#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n" + source
    yield "continued", source.replace(b"json=event, ", b"json=event, \\\n            ")


def lone_cr() -> Iterator[tuple[str, bytes]]:
    """What ends a line for Python and for nobody else; pylint says that it cannot tokenise it, from Python 3.12 on."""
    source = SILENT.encode()
    yield "all", source.replace(b"\n", b"\r")
    yield "mixed", source.replace(b"\n", b"\r\n", 3).replace(b"\r\n", b"\r", 1)


def columns() -> Iterator[tuple[str, bytes]]:
    for name, text in {
        "umlaut": "äöü",
        "wide": "日本語",
        "astral": "𝒳🏦",
        "combining": "e\u0301\u200d",
        "right_to_left": "\u202eabc\u202c",
        "tab": "a\tb",
    }.items():
        yield f"{name}_before", using_requests(f"x = '{text}'; {GET}")
        yield f"{name}_inside", using_requests(f"x = ('{text}', requests.get('{text}'), '{text}')")
        yield f"{name}_in_fstring", using_requests(f"x = f'{text}{{{GET}}}'")
    yield "identifier", using_requests(f"привет = {GET}; ｘ = {GET}")
    yield "several", using_requests(f"a, b = {GET}, {GET}")
    yield "lines", using_requests(f'x = [\n    "ä", requests.get(\n        "a"\n    ), """\nß\n""", {GET}]')


GET = 'requests.get("https://a.example")'


def using_requests(statement) -> bytes:
    return f"import requests\n\n{statement}\n".encode()


def unreadable() -> Iterator[tuple[str, bytes]]:
    """Files of which the gate says QG901 and the hosts nothing of ours."""
    yield "latin_1", b"# -*- coding: latin-1 -*-\n" + SILENT.encode() + b"# caf\xe9\n"
    yield "not_utf_8", SILENT.encode() + b"# caf\xe9\n"
    yield "syntax", SILENT.encode() + b"def (:\n"
    yield "empty", b""
    yield "only_bom", b"\xef\xbb\xbf"
    yield "only_comment", b"# noqa: QG101"


BLOCKS = '''\
"""A module."""
import contextlib

import requests
from requests import RequestException

try: requests.post("a", timeout=5)
except RequestException: pass


@decorated(
    "with", "arguments",
)
class Publisher(
    Base,
):
    """A class."""

    # a comment
    @property
    def publish(
        self, event,
    ):
        """A function
        of two lines.
        """
        if event:
            try:
                requests.post("b", timeout=5)
            except (
                RequestException,
                OSError,
            ):
                pass
            x = 1
        elif self:
            with contextlib.suppress(RequestException): requests.post("c", timeout=5)
        else:
            for _ in range(3):
                with contextlib.suppress(
                    RequestException,
                ):
                    requests.post(
                        "d",
                        data=[
                            requests.get("e"),
                        ], timeout=5,
                    )
            # the block's last comment
        x = (
            1,
            requests.get("f"),
            """text
            # of several lines
            """,
        )
        while x:
            def inner(): return requests.get("g")
            try:
                x = requests.get(
                    "h")
            finally:
                y = 1; z = requests.get("i"); t = 2
        match x:
            case 1:
                requests.get("j")
            case _:
                requests.get("k")

    async def other(self): requests.get(
        "l"
    )
# between


def last():
    return lambda: requests.get(
        "m",
        timeout=None,
    )
    # after the end
x = requests.get("n")
'''
"""No parameters on several lines: a comment alone between them is read differently by pylint 4.0 and 4.1."""

WORDS = {
    "disable": "# pylint: disable=silent-failure,call-without-deadline",
    "disable_next": "# pylint: disable-next=silent-failure,call-without-deadline",
    "noqa": "# noqa: QG101,QG201",
}
"""What flake8 and pylint read themselves and may take for other lines than we do; `allow` is ours alone."""


def placed() -> Iterator[tuple[str, bytes]]:
    """`BLOCKS` with each kind of comment at the end of every line and on a line of its own before every line."""
    lines = BLOCKS.split("\n")
    for kind, comment in WORDS.items():
        for number, line in enumerate(lines):
            indent = line[: len(line) - len(line.lstrip())]
            above = indent if line.strip() else "    "
            variants = {"end": [f"{line}  {comment}"], "above": [above + comment, line]}
            if kind == "noqa":
                del variants["above"]  # which is a line of its own, where no rule finds anything
            for place, replaced in variants.items():
                source = "\n".join([*lines[:number], *replaced, *lines[number + 1 :]])
                if is_python(source):
                    yield f"{kind}_{place}_{number + 1:02}", source.encode()


def is_python(source) -> bool:
    try:
        compile(source, "corpus", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


SPELLINGS = {
    "noqa_one": "# noqa: QG101",
    "noqa_tight": "#noqa:QG101",
    "noqa_upper": "# NOQA: QG101",
    "noqa_lower_code": "# noqa: qg101",
    "noqa_list": "# noqa: E501,QG101",
    "noqa_spaces": "# noqa: E501 QG101 W291",
    "noqa_spaced_commas": "# noqa: E501 , QG101",
    "noqa_prefix": "# noqa: QG1",
    "noqa_other": "# noqa: QG102",
    "noqa_longer": "# noqa: QG1011",
    "noqa_foreign": "# noqa: E501",
    "noqa_pylint_id": "# noqa: W9101",
    "noqa_reason": "# noqa: QG101 - telemetry only",
    "noqa_reason_dash": "# noqa: QG101 -- telemetry only",
    "noqa_two_comments": "# telemetry  # noqa: QG101",
    "noqa_in_words": "# see noqa: QG101",
    "noqa_colon_space": "# noqa : QG101",
    "noqa_two_spaces": "# noqa:  QG101",
    "noqa_flake8_on_line": "# flake8: noqa: QG101",
    "pylint_name": "# pylint: disable=silent-failure",
    "pylint_tight": "#pylint:disable=silent-failure",
    "pylint_id": "# pylint: disable=W9101",
    "pylint_list": "# pylint: disable=line-too-long, silent-failure",
    "pylint_foreign": "# pylint: disable=line-too-long",
    "pylint_reason": "# pylint: disable=silent-failure  # telemetry only",
    "pylint_words": "# telemetry only  # pylint: disable=silent-failure",
    "pylint_spaces": "#  pylint :  disable  =  silent-failure",
    "pylint_two": "# pylint: disable=line-too-long; disable=silent-failure",
    "allow_reason": '# quality-gate: allow[silent-failure] reason="telemetry only"',
    "allow_no_reason": "# quality-gate: allow[silent-failure]",
    "allow_past": '# quality-gate: allow[silent-failure] reason="x" until=2020-01-31',
    "allow_future": '# quality-gate: allow[silent-failure] reason="x" until=9999-01-31',
    "allow_malformed": '# quality-gate: allow[silent-failure] reason="x" until=31.1.2027',
    "allow_code": '# quality-gate: allow[QG101] reason="x"',
    "allow_other": '# quality-gate: allow[QG102] reason="x"',
    "allow_none": '# quality-gate: allow[] reason="x"',
}


def spelled() -> Iterator[tuple[str, bytes]]:
    """Each spelling at the end of the guilty line, and in a string there, which silences nothing."""
    guilty = "    except requests.RequestException:"
    for name, comment in SPELLINGS.items():
        yield name, SILENT.replace(guilty, f"{guilty}  {comment}").encode()
    for name, comment in {
        "file_flake8": "# flake8: noqa: QG101",
        "file_ruff": "# ruff: noqa: QG101",
        "file_pylint": "# pylint: disable=silent-failure",
        "file_pylint_id": "# pylint: disable=W9101",
        "file_noqa": "# noqa: QG101",
    }.items():
        yield name, f"{comment}\n{SILENT}".encode()
        yield f"{name}_at_the_end", f"{SILENT}{comment}\n".encode()
        yield f"{name}_in_a_string", f"TEXT = {comment!r}\n{SILENT}".encode()
        if not comment.startswith("# flake8"):  # which flake8 reads in strings too
            yield f"{name}_in_a_docstring", f'"""Text.\n\n{comment}\n"""\n{SILENT}'.encode()
    enabled = SILENT + SILENT.replace("def publish", "# pylint: enable=silent-failure\ndef publish_again")
    yield "pylint_enabled_again", f"# pylint: disable=silent-failure\n{enabled}".encode()


def corpus() -> dict[str, bytes]:
    files = cases()
    for name, made in {
        "line_ends": line_ends,
        "lone_cr": lone_cr,
        "columns": columns,
        "unreadable": unreadable,
        "placed": placed,
        "spelled": spelled,
    }.items():
        for file, content in made():
            files[f"nasty/{name}/{file}.py"] = content
    return files


# --- the hosts


def flake8(python, folder, shell, *arguments, stdin=b""):
    """(path, line, column, code) of every finding; columns 1-based."""
    options = ["--isolated", "--select=QG", "--format=%(path)s\t%(row)d\t%(col)d\t%(code)s"]
    done = run([python, "-m", "flake8", *options, *arguments], folder, shell, stdin=stdin)
    assert (done.code in (0, 1), done.err) == (True, "")
    rows = (line.split("\t") for line in done.out.splitlines())
    return {(path, int(row), int(column), code) for path, row, column, code in rows}


def pylint(python, folder, shell, *arguments, stdin=b""):
    """The same of pylint, whose columns are 0-based."""
    ours = ",".join(rule.pylint_id for rule in HOST_RULES)
    options = ["--rcfile=/dev/null", "--persistent=n", "--load-plugins=quality_gate_checkers", "--disable=all"]
    options += [f"--enable={ours}", "--output-format=json2"]
    done = run([python, "-m", "pylint", *options, *arguments], folder, shell, stdin=stdin)
    assert done.err == ""
    messages = json.loads(done.out)["messages"]
    theirs = {found["symbol"] for found in messages} - CODE_OF.keys()
    assert theirs <= {"syntax-error", "parse-error", "unknown-option-value"}  # of files made for it
    return {
        (found["path"], found["line"], found["column"] + 1, CODE_OF[found["symbol"]])
        for found in messages
        if found["symbol"] in CODE_OF
    }


def engine(python, folder, shell, *arguments):
    """The same of our own command: what it reports, less what hosts cannot show."""
    command = [python, "-m", "quality_gate", "check", "--all-files", "--format=json"]
    done = run([*command, *arguments], folder, shell)
    assert done.code in (0, 1, 3), done.err
    return {
        (found["path"], found["line"], found["column"], found["code"])
        for verdict in json.loads(done.out)["verdicts"]
        for found in verdict["findings"]
        if found["suppressed"] is None and found["name"] in CODE_OF
    }


def assert_same(found, wanted) -> None:
    more = [f"only here: {finding}" for finding in sorted(found - wanted)]
    less = [f"not here: {finding}" for finding in sorted(wanted - found)]
    assert more + less == []


# --- the environments

INSTALLED = ("requests", "httpx", "tenacity", "backoff", "celery", "redis", "aiohttp", "boto3")
"""What the cases import, as far as it is quickly installed."""


@pytest.fixture(scope="session")
def with_dependencies(shared, home):
    """The Python of an environment that holds what the cases import, besides all that the tests' own holds."""

    def make(folder):
        venv.create(folder, with_pip=False, symlinks=True)
        own = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
        theirs = [place for place in site.getsitepackages() if os.path.isdir(place)]
        own.joinpath("theirs.pth").write_text("".join(f"import site; site.addsitedir({place!r})\n" for place in theirs))
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--target", str(own)]
        subprocess.run([*pip, *INSTALLED], env=environment(home), check=True, capture_output=True)

    return str(made_once(shared / "with-dependencies", make) / "bin" / "python")


@pytest.fixture(scope="session")
def pythons(with_dependencies):
    return {"without": sys.executable, "with": with_dependencies}


@pytest.fixture(scope="session")
def laid_corpus(shared):
    """The corpus as a project under git."""

    def make(folder):
        scratch = Scratch(folder)
        for path, content in corpus().items():
            scratch.write(path, content)
        scratch.write("pyproject.toml", ENFORCE)
        scratch.git("add", "--all", "--force")
        scratch.commit()

    return made_once(shared / "corpus", make)


@pytest.fixture(scope="session")
def files(laid_corpus):
    return sorted(file.relative_to(laid_corpus).as_posix() for file in laid_corpus.rglob("*.py"))


@pytest.fixture(scope="session")
def ours(shared, home, laid_corpus):
    """What our own engine finds, asked once."""

    def make(folder):
        found = engine(sys.executable, laid_corpus, environment(home))
        (folder / "findings.json").write_text(json.dumps(sorted(found)))

    answer = made_once(shared / "ours", make) / "findings.json"
    return {tuple(found) for found in json.loads(answer.read_text())}


def is_installed(python, name, shell) -> bool:
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({name!r}) is None)"
    return run([python, "-c", code], "/", shell).code == 0


# --- the tests


def test_the_environments_differ(pythons, shell):
    assert {name for name in INSTALLED if is_installed(pythons["with"], name, shell)} == set(INSTALLED)
    assert {name for name in INSTALLED if is_installed(pythons["without"], name, shell)} == set()


def test_the_corpus_holds_findings_of_every_rule(ours, files):
    assert {code for *_, code in ours} == set(CODE_OF.values())
    assert ("shop/case.py" in files, len(files) > 600) == (True, True)


def test_the_engine_finds_the_same_with_the_dependencies(pythons, laid_corpus, shell, ours):
    assert_same(engine(pythons["with"], laid_corpus, shell), ours)


@pytest.mark.parametrize(
    ("host", "options", "where", "kinds"),
    [
        pytest.param(flake8, [], "without", {"noqa"}, id="flake8-without"),
        pytest.param(flake8, [], "with", set(), id="flake8-with"),
        pytest.param(pylint, ["--jobs=1"], "without", {"disable", "disable_next"}, id="pylint-without"),
        pytest.param(pylint, ["--jobs=1"], "with", set(), id="pylint-with"),
        pytest.param(pylint, ["--jobs=2"], "without", set(), id="pylint-j2"),
    ],
)
def test_the_host_finds_what_our_engine_finds(host, options, kinds, where, pythons, laid_corpus, files, shell, ours):
    """Comments at every place of a file are tried where the host reads them itself, and once.

    What several processes share out and bring together again shows on a few files as well.
    """
    left_out = tuple(f"nasty/placed/{kind}_{place}_" for kind in WORDS.keys() - kinds for place in ("end", "above"))
    if host is pylint and sys.version_info >= (3, 12):
        left_out = (*left_out, "nasty/lone_cr/")
    looked_at = [file for file in files if not file.startswith(left_out)][:: 5 if "--jobs=2" in options else 1]
    found = host(pythons[where], laid_corpus, shell, *options, *looked_at)
    chosen = set(looked_at)
    assert_same(found, {finding for finding in ours if finding[0] in chosen})


BLANKET = {
    "# noqa": flake8,
    "# noqa: silent-failure": flake8,  # which it takes for the same
    "# pylint: disable=all": pylint,
    "# pylint: skip-file": pylint,
}


@pytest.mark.parametrize("comment", BLANKET)
def test_what_silences_everything_silences_its_own_host_only(comment, tmp_path, shell):
    """As product.md says: a bare `# noqa` does not silence our engine."""
    project = Scratch(tmp_path)
    project.write("pay.py", SILENT.replace("RequestException:", f"RequestException:  {comment}"))
    finding = ("pay.py", 7, 5, "QG101")
    for host in (flake8, pylint):
        expected = set() if host is BLANKET[comment] else {finding}
        assert host(sys.executable, tmp_path, shell, "pay.py") == expected
    assert engine(sys.executable, tmp_path, shell) == {finding}


class TestEditors:
    """Which lint what stands in the buffer, over standard input, under the file's name."""

    @pytest.fixture
    def project(self, tmp_path):
        scratch = Scratch(tmp_path)
        scratch.write("shop/pay.py", "# nothing here yet\n")
        scratch.write("tests/test_pay.py")
        return tmp_path

    @staticmethod
    def lint(project, shell, path, source):
        """What both find, which must be the same."""
        by_flake8 = flake8(sys.executable, project, shell, "--stdin-display-name", path, "-", stdin=source.encode())
        by_pylint = pylint(sys.executable, project, shell, "--from-stdin", path, stdin=source.encode())
        assert_same(by_flake8, by_pylint)
        return by_flake8

    def test_the_buffer_counts_and_not_the_file(self, project, shell):
        assert self.lint(project, shell, "shop/pay.py", SILENT) == {("shop/pay.py", 7, 5, "QG101")}
        (project / "shop/pay.py").write_text(SILENT)
        assert self.lint(project, shell, "shop/pay.py", "# one\n" + SILENT) == {("shop/pay.py", 8, 5, "QG101")}
        silenced = SILENT.replace("Exception:", "Exception:  # noqa: QG101")
        assert self.lint(project, shell, "shop/pay.py", silenced) == set()
        (project / "shop/pay.py").write_text(silenced)
        assert self.lint(project, shell, "shop/pay.py", SILENT) == {("shop/pay.py", 7, 5, "QG101")}

    def test_columns_and_line_ends_of_the_buffer(self, project, shell):
        source = 'import requests\r\n\r\nx = "äöü𝒳"; requests.get("https://a.example")\r\n'
        assert self.lint(project, shell, "shop/pay.py", source) == {("shop/pay.py", 3, 13, "QG201")}

    def test_a_file_that_is_not_there_yet(self, project, shell):
        assert self.lint(project, shell, "shop/new.py", SILENT) == {("shop/new.py", 7, 5, "QG101")}

    def test_the_name_decides_the_role(self, project, shell):
        assert self.lint(project, shell, "tests/test_pay.py", SILENT) == set()

    def test_absolute_paths(self, project, shell):
        path = str(project / "shop" / "pay.py")
        by_flake8 = flake8(sys.executable, "/", shell, "--stdin-display-name", path, "-", stdin=SILENT.encode())
        by_pylint = pylint(sys.executable, "/", shell, "--from-stdin", path, stdin=SILENT.encode())
        assert by_flake8 == by_pylint == {(path, 7, 5, "QG101")}

    def test_a_buffer_that_does_not_parse(self, project, shell):
        assert self.lint(project, shell, "shop/pay.py", SILENT + "def (") == set()


@pytest.mark.parametrize("host", [flake8, pylint])
class TestPlaces:
    def test_the_projects_root_decides_the_role_and_not_the_working_directory(self, host, tmp_path, shell):
        scratch = Scratch(tmp_path)
        for path in ("shop/pay.py", "bin/deploy.py", "shop/bin/deploy.py"):
            scratch.write(path, SILENT)
        assert host(sys.executable, tmp_path / "bin", shell, "deploy.py") == set()
        assert len(host(sys.executable, tmp_path / "shop", shell, "bin/deploy.py")) == 1
        assert len(host(sys.executable, tmp_path / "bin", shell, "../shop/pay.py")) == 1
        assert host(sys.executable, tmp_path / "shop", shell, "../bin/deploy.py") == set()

    def test_a_folder_that_was_only_passed_through_is_no_root(self, host, tmp_path, shell):
        scratch = Scratch(tmp_path, init=False)
        scratch.write("here/pyproject.toml", '[tool.quality-gate.roles]\nscripts = ["**"]\n')
        scratch.write("there/deploy.py", SILENT)
        found = host(sys.executable, tmp_path / "here", shell, "../there/deploy.py")
        assert {place[1:] for place in found} == {(7, 5, "QG101")}


class TestSettingsThatCannotBeUsed:
    """Neither silence nor a traceback."""

    @pytest.fixture
    def project(self, tmp_path):
        scratch = Scratch(tmp_path)
        scratch.write("pyproject.toml", "[tool.quality-gate]\nsource = 5\n")
        scratch.write("a.py", SILENT)
        scratch.write("b.py", SILENT)
        return tmp_path

    def test_flake8_says_it_in_one_line(self, project, shell):
        done = run([sys.executable, "-m", "flake8", "--isolated", "a.py", "b.py"], project, shell)
        assert done.code == 1
        assert done.said.count("pyproject.toml: [tool.quality-gate] Expected `array`, got `int`") == 1
        assert "Traceback" not in done.said

    @pytest.mark.parametrize("jobs", ["--jobs=1", "--jobs=2"])
    def test_pylint_says_it_once_per_file(self, jobs, project, shell):
        options = ["--rcfile=/dev/null", "--load-plugins=quality_gate_checkers", "--disable=all"]
        command = [sys.executable, "-m", "pylint", *options, "--enable=silent-failure", jobs, "a.py", "b.py"]
        done = run(command, project, shell)
        assert done.code & 1
        assert done.said.count("pyproject.toml: [tool.quality-gate] Expected `array`, got `int`") == 2
        assert "crash" not in done.said


@pytest.mark.parametrize(
    "command",
    [
        ["flake8", "--isolated"],
        ["pylint", "--rcfile=/dev/null", "--load-plugins=quality_gate_checkers", "--disable=all", "--jobs=1"],
        ["pylint", "--rcfile=/dev/null", "--load-plugins=quality_gate_checkers", "--disable=all", "--jobs=2"],
    ],
    ids=["flake8", "pylint", "pylint-j2"],
)
def test_row_4_our_plugin_imports_nothing_from_the_project(command, tmp_path, shell):
    """pylint puts the package's root on `sys.path`, and what a plugin imports after that comes from there."""
    scratch = Scratch(tmp_path)
    for path in ("shop/__init__.py", "shop/pay.py", "shop/ship.py"):
        scratch.write(path, "" if "init" in path else SILENT)
    lay_traps(tmp_path, "shop")
    choice = "--select=QG" if command[0] == "flake8" else "--enable=silent-failure"
    files = ["shop/__init__.py", "shop/pay.py", "shop/ship.py"]
    done = run([str(SCRIPTS / command[0]), *command[1:], choice, *files], tmp_path, shell)
    assert done.said.count("requests.post() fails") == 2
    assert sprung(tmp_path) == []
