"""What git has begun with before our code is loaded is what the gate then asks, and it is asked in these words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from git_scratch import Scratch
from quality_gate import cli
from quality_gate.cli._hook_call import hook_call
from quality_gate.evidence.git.command import find_top
from quality_gate.evidence.git.git_calls import Begun


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scratch:
    scratch = Scratch(tmp_path / "shop")
    scratch.commit({"pyproject.toml": "[tool.quality-gate]\n", "pay.py": "def pay():\n    return 1\n"})
    (scratch.folder / ".quality-gate").mkdir()
    monkeypatch.chdir(scratch.folder)
    for name in ("CI", "PRE_COMMIT"):
        monkeypatch.delenv(name, raising=False)
    return scratch


@pytest.mark.parametrize("staged", [True, False])
@pytest.mark.parametrize("files", [["pay.py"], []], ids=str)
def test_all_that_was_begun_is_asked(
    files: list[str], staged: bool, shop: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    if staged:
        shop.stage("pay.py", "def pay():\n    return 2\n")
    arguments = ["check", "--stage", "commit", "-q", *files]
    begun = cli.begun(arguments)
    assert begun is not None
    assert len(begun.left) == 6 - len(files)
    left: list[int] = []
    monkeypatch.setattr(begun, "stop", lambda: left.append(len(begun.left)))
    assert cli.run(arguments, begun) == 0
    assert left == [0]


def test_other_stages_ask_for_what_they_need(shop: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["check", "-q"]
    monkeypatch.setenv("CI", "true")
    begun = cli.begun(arguments)
    left: list[int] = []
    monkeypatch.setattr(begun, "stop", lambda: left.append(len(begun.left)))
    cli.run(arguments, begun)
    assert left == [0]


def test_other_commands_begin_with_nothing() -> None:
    assert hook_call(["report"]) is None
    assert cli.begun(["report"]) is None


def test_what_nobody_asks_for_is_ended(shop: Scratch) -> None:
    begun = cli.begun(["check", "--stage", "commit"])
    assert begun is not None
    processes = list(begun.left)
    begun.stop()
    assert begun.left == ()
    assert all(process.returncode is not None for process in processes)


def test_an_answer_serves_once(shop: Scratch) -> None:
    begun = Begun()
    git = find_top(shop.folder, os.environ, begun)
    assert git is not None
    git.begin("rev-parse", "--show-toplevel")
    assert len(begun.left) == 1
    assert [git.run("rev-parse", "--show-toplevel") for _ in range(2)] == [os.fsencode(shop.folder) + b"\n"] * 2
    assert begun.left == ()


def test_another_environment_makes_another_question(shop: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = Begun()
    first, second = (find_top(shop.folder, {**os.environ, "LANG": name}, begun) for name in ("C", "en"))
    assert first is not None
    assert second is not None
    first.begin("rev-parse", "--show-toplevel")
    second.run("rev-parse", "--show-toplevel")
    assert len(begun.left) == 1
    begun.stop()


def test_a_call_that_cannot_be_started_is_left_to_who_asks() -> None:
    begun = Begun()
    question = (("/nowhere/git",), frozenset[tuple[str, str]](), None)
    begun.begin(question)
    assert begun.left == ()
    with pytest.raises(OSError, match="nowhere"):
        begun.answer(question, 1)


def test_a_call_that_is_told_something_answers_before_it_is_asked(shop: Scratch) -> None:
    begun = Begun()
    git = find_top(shop.folder, os.environ, begun)
    assert git is not None
    git.begin("cat-file", "--batch-check", told=b"HEAD^{commit}\n")
    (process,) = begun.left
    assert process.wait(10) == 0
    assert git.run("cat-file", "--batch-check", told=b"HEAD^{commit}\n").split()[1:2] == [b"commit"]
