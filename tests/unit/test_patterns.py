"""Patterns for dotted names and for paths; compared with a plain recursive matcher, and timed (row 37)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality_gate_checkers.patterns import PathPatterns, name_matches, path_matches

NAMES = [
    ("shop.bank.Gateway.charge", "shop.bank.Gateway.charge", True),
    ("shop.bank.Gateway.charge", "shop.bank:Gateway.charge", True),
    ("shop.bank.Gateway.charge", "shop.bank.Gateway.*", True),
    ("shop.bank.Gateway.charge", "shop.*.charge", False),
    ("shop.bank.Gateway.charge", "shop.**.charge", True),
    ("shop.bank.Gateway.charge", "**.charge", True),
    ("shop.bank.Gateway.charge", "**", True),
    ("shop.bank.Gateway.charge", "shop.bank", False),
    ("shop.bank.Gateway.charge", "shop.bank.**", True),
    ("shop.bank", "shop.bank.**", True),
    ("shop.bank.Gateway", "shop.bank.G*y", True),
    ("shop.bank.Gateway", "shop.bank.g*", False),
    ("shop.bank.Gateway", "shop.b?nk.Gateway", False),
    ("shop.bank.charge", "shop.bank.char?*", True),
    ("shop", "*", True),
    ("shop.bank", "*", False),
    ("shop", "", False),
    ("a.b.a.b.c", "**.a.b.c", True),
]

PATHS = [
    ("shop/pay.py", "shop/pay.py", True),
    ("shop/pay.py", "shop", True),
    ("shop/pay.py", "shop/", True),
    ("shop/pay.py", "/shop", True),
    ("shop/pay.py", "./shop", True),
    ("shop/pay.py", ".", True),
    ("shop/pay.py", "", True),
    ("shop/pay.py", "**", True),
    ("shop/pay.py", "*", True),
    ("shop/pay.py", "*.py", False),
    ("pay.py", "*.py", True),
    ("shop/pay.py", "**/*.py", True),
    ("pay.py", "**/*.py", True),
    ("shop/a/b/pay.py", "shop/**/pay.py", True),
    ("shop/pay.py", "shop/**/pay.py", True),
    ("shop/pay.py", "sho", False),
    ("shopping/pay.py", "shop", False),
    ("shop/pay.py", "shop/p*", True),
    ("shop/pay.pyc", "shop/*.py", False),
    ("a/shop/pay.py", "shop", False),
    ("shop/pay.py", "s*p/*.py", True),
    ("shop/a.b.py", "shop/*.*.py", True),
    ("[x]/a.py", "[x]", True),
    ("x/a.py", "[x]", False),
]


@pytest.mark.parametrize(("name", "pattern", "wanted"), NAMES)
def test_names(name, pattern, wanted):
    assert name_matches(name, pattern) is wanted


@pytest.mark.parametrize(("path", "pattern", "wanted"), PATHS)
def test_paths(path, pattern, wanted):
    assert path_matches(path, pattern) is wanted


def plainly(text: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """The meaning, by trying everything."""
    if not pattern:
        return not text
    if pattern[0] == "**":
        return any(plainly(text[start:], pattern[1:]) for start in range(len(text) + 1))
    return bool(text) and segment(text[0], pattern[0]) and plainly(text[1:], pattern[1:])


def segment(text: str, pattern: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(segment(text[start:], pattern[1:]) for start in range(len(text) + 1))
    return bool(text) and text[0] == pattern[0] and segment(text[1:], pattern[1:])


parts = st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=5)
wanted_parts = st.lists(
    st.one_of(st.just("**"), st.text("ab*", min_size=1, max_size=4).filter(lambda part: part != "**")),
    min_size=1,
    max_size=5,
)


@given(parts, wanted_parts)
def test_names_mean_what_trying_everything_gives(text, pattern):
    assert name_matches(".".join(text), ".".join(pattern)) is plainly(tuple(text), tuple(pattern))


@given(parts, wanted_parts)
def test_paths_match_or_lie_below(text, pattern):
    below = plainly(tuple(text), (*pattern, "**"))
    assert path_matches("/".join(text), "/".join(pattern)) is (below or plainly(tuple(text), tuple(pattern)))


@given(st.lists(wanted_parts.map("/".join), max_size=4), st.lists(parts.map("/".join), max_size=4))
def test_many_patterns_are_any_of_them(patterns, paths):
    quick = PathPatterns(patterns)
    for path in paths:
        assert quick.match(path) is any(path_matches(path, pattern) for pattern in patterns)


@pytest.mark.parametrize(
    "pattern",
    [
        "**/tests/**",
        "**/tests/a.py",
        "**/conftest.py",
        "**/t?sts/**",
        "**/*.py",
        "**/c*t.py/**",
        "tests",
        "tests/**",
        "a/tests/**",
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "tests/a.py",
        "a/tests/b.py",
        "tests",
        "conftest.py",
        "a/conftest.py",
        "a/b",
        "conftest.py/x",
        "ct.py",
        "testsuite/b.py",
    ],
)
def test_the_quick_ways_say_what_the_long_way_says(pattern, path):
    assert PathPatterns([pattern]).match(path) is path_matches(path, pattern)


def test_no_pattern_matches_nothing():
    assert not PathPatterns([]).match("a.py")


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("a" * 2_000, "*a" * 30 + "b"),
        ("a" * 2_000, "*" * 2_000 + "b"),
        ("/".join(["a"] * 1_000), "/".join(["**", "a"] * 30) + "/b"),
        ("/".join(["a" * 50] * 40), "/".join(["**", "*a*a*a*b"] * 20)),
        ("/".join(["a"] * 1_000), "/".join(["**"] * 1_000) + "/b"),
    ],
)
def test_patterns_made_to_hang_do_not(text, pattern):
    start = time.process_time()
    assert not path_matches(text, pattern)
    assert not name_matches(text.replace("/", "."), pattern.replace("/", "."))
    assert time.process_time() - start < 3
