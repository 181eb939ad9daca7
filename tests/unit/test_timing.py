"""What each part of a run took, for -v."""

from __future__ import annotations

import re

import pytest

from quality_gate import engine
from quality_gate.cli import run
from quality_gate.cli._timing import Watch


class Clock:
    """Time that goes by when it is told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_what_a_part_asks_another_one_for_is_the_others():
    clock = Clock()
    watch = Watch(clock)
    with watch("practice"):
        clock.now += 1
        with watch("linking"):
            clock.now += 5
        clock.now += 1
    clock.now += 3
    with watch("linking"):
        clock.now += 0.5
    assert watch.told(10.5) == [
        "took    5.50 s  linking",
        "took    2.00 s  practice",
        "took    3.00 s  everything else",
    ]


def test_a_part_that_fails_ends():
    clock = Clock()
    watch = Watch(clock)
    with pytest.raises(KeyError), watch("practice"), watch("linking"):
        clock.now += 2
        raise KeyError
    clock.now += 4
    assert watch.told(6.0)[0] == "took    2.00 s  linking"
    assert watch.told(6.0)[-1] == "took    4.00 s  everything else"


@pytest.mark.parametrize("command", ["check", "report"])
def test_every_practice_is_told_with_v_and_only_with_v(tmp_path, monkeypatch, capsys, command):
    (tmp_path / "pay.py").write_text("def pay(): pass\n")
    monkeypatch.chdir(tmp_path)
    run([command])
    assert "took " not in capsys.readouterr().out
    run([command, "-v"])
    found = re.findall(r"^took +([0-9.]+) s  (.+)$", capsys.readouterr().out, re.MULTILINE)
    assert {practice.name for practice in engine.known_practices()} < {name for _, name in found}
    assert {"reading files and rules of one module", "everything else"} < {name for _, name in found}
