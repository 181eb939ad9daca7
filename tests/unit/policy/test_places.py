"""Where a key stands in a TOML file."""

from __future__ import annotations

import pytest

from quality_gate.policy.places import line_of
from quality_gate.policy.relaxations import noun_of

TEXT = """\
[project]
line = 1

[tool.quality-gate]
# base = "x"
base = "main"
practices.boundaries = "observe"

[tool.quality-gate.critical-paths."pay ments"]
line = 50
entry = [
    "a:b",
]
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("base",), 6),
        (("practices", "boundaries"), 7),
        (("practices", "decisions"), 4),
        (("critical-paths", "pay ments", "line"), 10),
        (("critical-paths", "pay ments", "entry"), 11),
        (("critical-paths", "pay ments", "branch"), 9),
        (("critical-paths", "gone"), 4),
    ],
)
def test_the_line_of_a_key_or_of_what_is_nearest(keys: tuple[str, ...], line: int) -> None:
    assert line_of(TEXT, ("tool", "quality-gate", *keys)) == line


def test_without_the_table_it_is_the_first() -> None:
    assert line_of("", ("tool", "quality-gate")) == 1


@pytest.mark.parametrize(
    ("keys", "part", "noun"),
    [
        (("critical-paths", "payments", "line"), "", "line of the critical path payments"),
        (("critical-paths", "payments"), "", "the critical path payments"),
        (("dependencies", "bank", "calls"), "shop.bank.*", 'calls "shop.bank.*" of the dependency bank'),
        (("practices", "boundaries"), "", "the practice boundaries"),
        (("roles", "vendored"), "shop/**", 'roles.vendored "shop/**"'),
        (("counted-tests",), "", "counted-tests"),
    ],
)
def test_what_people_call_it(keys: tuple[str, ...], part: str, noun: str) -> None:
    assert noun_of(keys, part) == noun
