"""The calls that hooks make are read without click, and mean what click reads in them."""

from __future__ import annotations

import pytest

from quality_gate.cli import _group, check
from quality_gate.cli._call import Call
from quality_gate.cli._hook_call import hook_call

PLAIN = [
    [],
    ["a.py"],
    ["a.py", "sub/b c.py", "ü.py"],
    ["-q"],
    ["--quiet", "a.py"],
    ["--stage", "commit"],
    ["--stage", "push", "a.py", "-q", "b.py"],
    ["a.py", "--stage", "ci"],
    ["--stage", "ci", "--stage", "commit"],
    ["--quiet", "--stage", "commit", "--", "a.py", "-b.py", "--", "--help"],
    ["--"],
]
FOR_CLICK = [
    ["--help"],
    ["-v"],
    ["-qv"],
    ["--stage"],
    ["--stage", "Commit"],
    ["--stage", ""],
    ["--stage=commit"],
    ["-"],
    [""],
    ["--quie"],
    ["--format", "json"],
]


@pytest.mark.parametrize("arguments", PLAIN, ids=" ".join)
def test_the_same_is_judged_with_click_and_without(arguments, monkeypatch):
    judged: list[Call] = []
    monkeypatch.setattr(check, "gate", lambda call: judged.append(call) or 0)
    assert _group.main(["check", *arguments]) == 0
    read = hook_call(["check", *arguments])
    assert read is not None
    assert judged == [Call(files=read.files, stage=read.stage, quiet=read.quiet)]


@pytest.mark.parametrize("arguments", FOR_CLICK, ids=" ".join)
def test_everything_else_is_left_to_click(arguments):
    assert hook_call(["check", *arguments]) is None


@pytest.mark.parametrize("arguments", [[], ["--version"], ["report"], ["-q", "check"]], ids=" ".join)
def test_other_commands_are_left_to_click(arguments):
    assert hook_call(arguments) is None
