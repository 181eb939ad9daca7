"""Rows 18 to 20 and 25, D5, D6: whatever a pull request calls its files, functions and exceptions, no runner and no
terminal obeys it, and the json stays valid. End to end, with the real command."""

from __future__ import annotations

import json
import os
import re
import subprocess

import jsonschema_rs
import msgspec
import pytest

from gate_process import gate
from git_scratch import Scratch
from quality_gate.cli import run
from quality_gate.formats.json import schema

NAMES = [
    b"::error file=x,line=1::owned.py",
    b"##[error]owned.py",
    b"##vso[task.complete result=Succeeded]owned.py",
    b"##teamcity[buildStatus].py",
    b"###[section]x.py",
    b"\x1b[2Jclear.py",
    b"\x1b]8;;http:x\x07link\x1b]8;;\x07.py",
    b"\x1b]52;c;aGk=\x07.py",
    b"line\n::error::feed.py",
    b"return\r::error::x.py",
    b"tab\tx.py",
    "bidi\u202eyp.x.py".encode(),
    "zero\u200bwidth\ufeff.py".encode(),
    "\u2028sep\u0085.py".encode(),
    "\ufe0f::error::x.py".encode(),
    b"latin\xe9\x9b31m.py",
    b"$(touch owned);`id`.py",
    b"-x.py",
    b"|table| `code` <b>.py",
]
FOLDER = "::group::\x1b[31m"

SOURCE = """\
import requests


def ｆｕｎｋ():
    try:
        requests.post("::error::", timeout=5)
    except (requests.Timeout, ValueError):  # quality-gate: allow[\u202e::error::\x1b[31m] reason="##[x]" until=\x1b
        pass


def allowed():
    try:
        requests.post("https://x.example", timeout=5)
    except requests.Timeout:  # quality-gate: allow[silent-failure] reason="##vso[x]::error::\u202e"
        pass


class C:
    def send(self, s):
        s.post("##[error]\u202e")
        "\u202e::error::".join(s)  # noqa: QG101, \u202e::error::
"""
FAULTY = "def f(:\n\x1b]0;title\x07::error::\n"

COMMANDS = [
    ("check",),
    ("check", "--color", "always"),
    ("check", "--format", "json"),
    ("check", "-v"),
    ("report",),
    ("report", "-v"),
    ("report", "--format", "json"),
    *(("check", "--format", name) for name in ("sarif", "junit", "gitlab", "markdown", "github-summary")),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A repository whose every name is hostile; nothing is committed, so that all of it is new."""
    repository = Scratch(tmp_path_factory.mktemp("hostile") / "::warning::\u202e\x1b[31m")
    top = os.fsencode(repository.folder)
    for place in (top, os.path.join(top, FOLDER.encode())):
        os.makedirs(place, exist_ok=True)
        for name in NAMES:
            with open(os.path.join(place, name), "wb") as file:
                file.write(SOURCE.encode())
    with open(os.path.join(top, b"faulty\x1b[31m.py"), "wb") as file:
        file.write(FAULTY.encode())
    os.symlink("nowhere", os.path.join(top, b"link\x1b[31m::.py"))
    repository.git("add", "--all")
    return repository.folder


def assert_harmless(output: bytes) -> None:
    """Nothing in it that a terminal or a runner obeys, but the colours that we put there ourselves."""
    text = re.sub(r"\x1b\[[\d;]*m", "", output.decode("utf-8"))
    for line in text.split("\n"):
        assert line.isprintable(), ascii(line)
        assert not line.lstrip().startswith("::"), line
        assert not re.search(r"##(vso|teamcity)?\[", line), line


def assert_colours_are_ours(output: bytes) -> None:
    assert set(re.findall(rb"\x1b\[[\d;]*m", output)) <= {
        b"\x1b[%sm" % paint for paint in (b"0", b"1", b"2", b"31;1", b"33", b"33;1", b"32;1", b"35", b"36")
    }


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_output_is_harmless(project, arguments):
    done = gate(project, *arguments)
    assert done.returncode == (1 if arguments[0] == "check" else 0), done.stderr.decode()
    assert_harmless(done.stdout)
    assert_harmless(done.stderr)
    assert_colours_are_ours(done.stdout)
    if "always" not in arguments:
        assert b"\x1b" not in done.stdout
    assert b"silent-failure" in done.stdout
    assert rb"\x1b" in done.stdout, "names are shown, in another spelling"


def test_annotations_are_ours_and_no_others(project):
    done = gate(project, "check", "--format", "github")
    assert done.returncode == 1
    *commands, rest = done.stdout.decode().splitlines()
    assert rest.startswith("truncated: ")
    assert len(commands) == 10
    for line in commands:
        assert line.isprintable()
        assert re.fullmatch(r"::(error|warning|notice) ([^:]|%3A)*::.*", line)
        assert not re.search(r"##(vso|teamcity)?\[", line), line


def test_json_is_valid_and_holds_every_file(project):
    done = gate(project, "report", "--format", "json")
    document = json.loads(done.stdout)
    assert msgspec.json.decode(done.stdout) == document
    jsonschema_rs.Draft202012Validator(schema()).validate(document)
    static, *_ = document["verdicts"]
    assert static["of"] == 2 * len(NAMES) + 1
    silent = [finding for finding in static["findings"] if finding["name"] == "silent-failure"]
    assert len(silent) == 2 * 2 * len(NAMES)
    assert len({finding["path"] for finding in silent}) == 2 * len(NAMES), "no two names look alike"
    assert {finding["suppressed"] for finding in silent} == {None, "##vso[x]::error::\\u202e"}
    assert len({finding["fingerprint"] for finding in silent}) == len(silent)
    assert {finding["function"].rpartition(".")[2] for finding in silent} == {"funk", "allowed"}


@pytest.mark.parametrize("name", NAMES)
def test_every_name_by_itself_is_harmless(project, name, monkeypatch, capsysbinary):
    """In this process, because there are so many."""
    monkeypatch.chdir(project)
    for code, *arguments in (
        (1, "check", "--", name),
        (0, "explain", "--", name + b":7"),
        (0, "explain", "--", b"./" + FOLDER.encode() + b"/" + name),
    ):
        assert run([os.fsdecode(argument) for argument in arguments]) == code
        said = capsysbinary.readouterr()
        assert_harmless(said.out)
        assert_harmless(said.err)
        assert b"silent-failure" in said.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--", b"\x1b[31m::error::nowhere.py"),
        ("check", b"--\x1b[31m::error::"),
        ("check", b"--stage=\n::error::x"),
        ("check", b"--format", b"##[error]\x1b"),
        ("report", b"--config", b"\n::error::x\x1b.toml"),
        ("report", b"-o", b"nowhere\n::error::x/\x1b"),
        ("explain", b"\n::error::\x1b[31m\xff"),
        (b"\n::error::\x1b[31m\xff",),
    ],
)
def test_errors_are_harmless(project, arguments):
    done = gate(project, *arguments)
    assert done.returncode == 2
    assert done.stdout == b""
    assert_harmless(done.stderr)
    assert b"\x1b" not in done.stderr
    assert b"\\x1b" in done.stderr or b"\\x0a" in done.stderr or b"error" in done.stderr


def test_our_own_fault_is_harmless_too(project, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import quality_gate.engine as e\ndef run(*a): raise RuntimeError('\\n::error::\\x1b[31m ##[x]\\u202e')\ne.run = run\n"
    )
    done = gate(project, "check", PYTHONPATH=f"{tmp_path}:{':'.join(_roots())}")
    assert done.returncode == 70
    assert_harmless(done.stderr)
    assert b"RuntimeError" in done.stderr


def _roots() -> list[str]:
    import quality_gate
    import quality_gate_checkers

    return [os.path.dirname(next(iter(package.__path__))) for package in (quality_gate, quality_gate_checkers)]


def test_the_command_to_type_next_does_not_run_anything(tmp_path):
    repository = Scratch(tmp_path)
    repository.stage("$(touch owned);`touch owned`&&touch owned.py", SOURCE)
    done = gate(tmp_path, "check", "--format", "json")
    (command,) = json.loads(done.stdout)["next"]
    assert command.startswith("quality-gate explain '")
    subprocess.run(["sh", "-c", command.replace("quality-gate", "true", 1)], cwd=tmp_path, check=True)
    assert not (tmp_path / "owned").exists()
    assert not (tmp_path / "owned.py").exists()
