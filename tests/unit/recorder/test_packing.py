"""Places as they stand in an evidence file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_gate_recorder.packing import LINE_BITS, places_from_bytes, places_to_bytes


@given(st.lists(st.integers(1, 1 << LINE_BITS + 20)))
def test_places_come_back_in_their_order(places):
    assert list(places_from_bytes(places_to_bytes(places))) == places


def test_lines_of_one_file_that_follow_each_other_take_a_byte_each():
    places = [1 << LINE_BITS | line for line in range(10, 40)]
    assert len(places_to_bytes(places)) == 4 + 29


@pytest.mark.parametrize("packed", [b"\x80", b"\0", b"\1", b"\xff" * 40 + b"\1"], ids=["cut", "0", "-1", "huge"])
def test_bytes_that_are_no_places_are_refused(packed):
    with pytest.raises(ValueError, match=r"a number|a place|within"):
        list(places_from_bytes(packed))
