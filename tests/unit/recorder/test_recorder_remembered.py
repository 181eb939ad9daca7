"""What earlier runs have found: found again for the same bytes only, and never needed."""

from __future__ import annotations

import os

import pytest

from quality_gate_recorder.remembered import Remembered

BYTES = b"0123456789abcdef"


@pytest.fixture
def place(tmp_path):
    return tmp_path / "test-run.cache"


def note(place, answer=("one", 1), digest=BYTES, made_by=("3.13",)) -> None:
    remembered = Remembered(place, made_by)
    remembered.note("structure", digest, answer)
    remembered.save()


def find(place, question="structure", digest=BYTES, made_by=("3.13",)) -> object:
    return Remembered(place, made_by).find(question, digest)


def test_an_answer_is_found_again_in_the_next_run(place):
    note(place)
    assert find(place) == ["one", 1]


@pytest.mark.parametrize("other", [{"question": "outline"}, {"digest": BYTES[::-1]}, {"made_by": ("3.12",)}])
def test_not_for_another_question_other_bytes_or_another_python(place, other):
    note(place)
    assert find(place, **other) is None


def test_not_for_another_build_of_the_recorder(place, monkeypatch):
    note(place)
    monkeypatch.setattr("quality_gate_recorder.remembered._this_code", lambda: "edited")
    assert find(place) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content.replace(b'"one"', b'"two"'),
        lambda content: content[: len(content) // 2],
        lambda content: b"\0" * len(content),
        lambda content: b"\n\n" + content[40:],
        lambda content: b"",
    ],
)
def test_what_is_damaged_is_forgotten(place, damage):
    note(place)
    place.write_bytes(damage(place.read_bytes()))
    assert find(place) is None
    note(place)
    assert find(place) == ["one", 1]


def test_a_link_is_not_followed(place, tmp_path):
    note(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    assert find(place) is None
    note(place, answer=["mine"])
    assert find(tmp_path / "elsewhere") == ["one", 1]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes in folders")
def test_a_pipe_in_its_place_is_not_waited_for(place):
    os.mkfifo(place)
    assert find(place) is None


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path):
    note(tmp_path / "missing" / "test-run.cache")


def test_the_oldest_answers_go_when_there_are_too_many(place):
    for number in range(6):
        note(place, digest=bytes([number]) * 16)
    assert [find(place, digest=bytes([number]) * 16) is None for number in range(6)] == [True] * 2 + [False] * 4


def test_other_runs_answers_stay(place):
    note(place, made_by=("3.12",))
    note(place, answer=["new"])
    assert find(place, made_by=("3.12",)) == ["one", 1]
    assert find(place) == ["new"]


def test_nothing_is_remembered_without_a_file():
    remembered = Remembered()
    remembered.note("structure", BYTES, 1)
    remembered.save()
    assert remembered.find("structure", BYTES) is None
