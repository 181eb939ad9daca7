"""The nouns: what is new, and a fingerprint that survives moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_gate import __all__ as public
from quality_gate.fingerprints import fingerprint
from quality_gate.model import PRACTICES, Change, LineRange, Outcome

CHANGE = Change(
    description="the index against HEAD",
    lines={"a.py": (LineRange(3, 5), LineRange(9, 9))},
    files=frozenset({"a.py", "deleted_lines_only.py"}),
)


@pytest.mark.parametrize(
    ("first", "last", "touched"),
    [
        (1, 2, False),
        (1, 3, True),
        (3, 3, True),
        (5, 8, True),
        (6, 8, False),
        (6, 9, True),
        (9, 9, True),
        (10, 99, False),
        (1, 99, True),
    ],
)
def test_touched_lines(first, last, touched):
    assert CHANGE.touches("a.py", first, last) is touched
    assert not CHANGE.touches("b.py", first, last)


def test_files_of_a_change():
    assert CHANGE.holds("a.py")
    assert CHANGE.holds("deleted_lines_only.py")
    assert not CHANGE.touches("deleted_lines_only.py", 1, 99)
    assert not CHANGE.holds("b.py")


def test_without_a_base_everything_is_new():
    change = Change(description="no git", everything=True)
    assert change.holds("a.py")
    assert change.touches("a.py", 1, 1)


def test_outcomes_stand_from_worst_to_best():
    assert [outcome.value for outcome in Outcome] == ["BROKEN", "UNPROVEN", "WAIVED", "KEPT", "EMPTY"]


def test_practices_are_the_seven_of_the_product():
    assert len(PRACTICES) == len(set(PRACTICES)) == 7


def test_public_names_are_there():
    import quality_gate

    for name in public:
        assert getattr(quality_gate, name)
    with pytest.raises(AttributeError, match="no_such"):
        _ = quality_gate.no_such


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(texts, st.text(" \t", max_size=5), st.text(" \t", max_size=5))
def test_white_space_does_not_change_a_fingerprint(text, before, between):
    moved = before + between.join(f"{part} " for part in text.split())
    assert fingerprint("QG101", "a.py", "f", text, 0) == fingerprint("QG101", "a.py", "f", moved, 0)


@pytest.mark.parametrize(
    "other",
    [
        ("QG102", "a.py", "f", "x", 0),
        ("QG101", "b.py", "f", "x", 0),
        ("QG101", "a.py", "g", "x", 0),
        ("QG101", "a.py", None, "x", 0),
        ("QG101", "a.py", "f", "y", 0),
        ("QG101", "a.py", "f", "x", 1),
    ],
)
def test_everything_else_does(other):
    assert fingerprint(*other) != fingerprint("QG101", "a.py", "f", "x", 0)


def test_names_that_are_not_utf8_have_fingerprints_too():
    names = [
        b"caf\xe9.py".decode("utf-8", "surrogateescape"),
        b"caf\xe8.py".decode("utf-8", "surrogateescape"),
        "\ud800.py",
        "caf.py",
    ]
    found = {fingerprint("QG101", name, None, "", 0) for name in names}
    assert len(found) == 4
    assert all(len(value) == 20 and value.isalnum() for value in found)
