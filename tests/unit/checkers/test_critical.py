"""The comment that declares a critical path: one grammar, and inspections that tell of it without linking."""

from __future__ import annotations

import time

import pytest

from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.model.comments import Comment
from quality_gate_checkers.model.critical import critical_names
from quality_gate_checkers.model.misspelled import misspelled
from quality_gate_checkers.settings import Settings


@pytest.mark.parametrize(
    ("comment", "names"),
    [
        ("# quality-gate: critical[payments]", ("payments",)),
        ("#quality-gate:critical[ payments , refunds ]", ("payments", "refunds")),
        ("# noqa: E501  # quality-gate: critical[payments]", ("payments",)),
        ("# quality-gate: critical [payments] because of PAY-1", ("payments",)),
        ("# quality-gate: critical[a, a]", ("a",)),
        ("# quality-gate: critical", ()),
        ("# quality-gate: critical[]", ()),
        ("# quality-gate: critical[,]", ()),
        ("# quality-gate: critical[two words]", ()),
        ("# quality-gate: critical[-x]", ()),
        ("# quality-gate: critical[open", ()),
        ("# quality-gate: critical(payments)", ()),
        ("# quality-gate: critical payments", ()),
        ("# quality-gate: critical paths are declared elsewhere", None),
        ("# quality-gate: criticality[payments]", None),
        ("# critical[payments]", None),
        ("# quality-gate: allow[critical]", None),
    ],
)
def test_what_a_comment_names(comment, names):
    assert critical_names(comment) == names


@pytest.mark.parametrize("size", [10_000, 200_000])
def test_a_hostile_comment_costs_no_more_than_its_length(size):
    for comment in ("# quality-gate: critical" + " " * size, "# quality-gate: critical[" + "," * size, "#" * size):
        critical_names(comment)


def critical(source: str, path: str = "shop/pay.py") -> tuple[str, ...]:
    return inspect(path, source.encode(), Settings()).critical


def test_an_inspection_tells_which_critical_paths_a_file_names():
    source = "# quality-gate: critical[b]\ndef x(): pass\n\n\ndef y(): pass  # quality-gate: critical[a, b]\n"
    assert critical(source) == ("a", "b")
    assert critical("x = '# quality-gate: critical[a]'\n") == ()
    assert critical("def x(): pass  # quality-gate: critical\n") == ()
    assert critical("def x(): pass\n") == ()


def test_a_long_comment_is_looked_at_once() -> None:
    begun = time.process_time()
    for text in (
        "# " + "quality-gate " * 20_000,
        "#" * 20_000,
        "# quality gate: crit" + "a-" * 50_000,
        "# quality-gate: critcal[" + "a," * 50_000,
    ):
        misspelled(Comment(1, 0, text, True))
    assert time.process_time() - begun < 2
