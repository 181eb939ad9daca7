"""Text from a project is made harmless before it is printed (hostile-inputs.md, D5, D6, rows 18-20)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quality_gate.neutral import neutral, printable

COMMANDS = ("##[", "##vso[", "##teamcity[")

SHOWN = {
    "plain": ("shop/pay.py", "shop/pay.py"),
    "empty": ("", ""),
    "letters of the world": ("naïve 支付 оплата", "naïve 支付 оплата"),
    "emoji": ("💳 ok", "💳 ok"),
    "escape": ("\x1b[31mred", "\\x1b[31mred"),
    "OSC 8": ("\x1b]8;;http://x\x07", "\\x1b]8;;http://x\\x07"),
    "C1": ("\x9b31m", "\\x9b31m"),
    "newlines": ("a\nb\rc", "a\\x0ab\\x0dc"),
    "tab": ("a\tb", "a\\x09b"),
    "delete": ("\x7f", "\\x7f"),
    "right to left": ("a\u202eb", "a\\u202eb"),
    "isolates": ("\u2066\u2069", "\\u2066\\u2069"),
    "zero width": ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
    "separators": ("\u2028\u2029\x85", "\\u2028\\u2029\\x85"),
    "no-break space": ("a\xa0b", "a\\xa0b"),
    "variation selector": ("a\ufe0fb", "a\\ufe0fb"),
    "tag": ("\U000e0041", "\\U000e0041"),
    "bytes that are not UTF-8": (b"caf\xe9.py".decode("utf-8", "surrogateescape"), "caf\\xe9.py"),
    "another lone surrogate": ("\ud800", "\\ud800"),
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.values(), ids=SHOWN.keys())
def test_what_does_not_print_is_shown_as_a_number(text, shown):
    assert printable(text) == shown
    assert neutral(text) == shown


DISARMED = {
    "::error::x": "\\x3a:error::x",
    "  ::set-output name=a::b": "\\x3a:set-output name=a::b",
    "::": "\\x3a:",
    "a ::error::": "a ::error::",
    "a::b": "a::b",
    "a ##[error]b": "a # #[error]b",
    "##[group]": "# #[group]",
    "###[x]": "## #[x]",
    "##vso[task.complete result=Succeeded]": "# #vso[task.complete result=Succeeded]",
    "##teamcity[x]": "# #teamcity[x]",
    "## [x]": "## [x]",
    "\n::error::": "\\x0a::error::",
    "\ufe0f::error::": "\\ufe0f::error::",
    "#\ufe0f#[x]": "#\\ufe0f#[x]",
}


@pytest.mark.parametrize(("text", "shown"), DISARMED.items())
def test_commands_of_runners_are_disarmed(text, shown):
    assert neutral(text) == shown


anything = st.text(
    st.one_of(st.sampled_from("#[:vso teamcity\n\r\x1b\u202e\ufe0f\xa0"), st.characters(exclude_categories=[])),
    max_size=30,
)


@given(anything)
@example("#" * 9 + "[")
@example("####vso[##[##teamcity[")
@example(" " * 3 + ":::: ")
def test_nothing_that_is_obeyed_is_left(text):
    shown = neutral(text)
    assert shown.isprintable()
    assert not any(
        unicodedata.bidirectional(character) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
        for character in shown
    )
    assert not any(command in shown for command in COMMANDS)
    assert not shown.lstrip().startswith("::")
    shown.encode("utf-8")


@given(anything)
def test_twice_is_as_good_as_once(text):
    assert neutral(neutral(text)) == neutral(text)


@given(anything, st.integers(1, 10**6))
def test_a_place_is_as_harmless_as_its_path(path, line):
    assert not neutral(f"{path}:{line}").startswith("::")


@given(st.text(st.characters(categories=["L", "N"], exclude_characters="\u115f\u1160\u3164\uffa0")))
def test_letters_and_digits_stay(text):
    assert neutral(text) == text
