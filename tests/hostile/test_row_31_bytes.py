"""Rows 31 and 33, and D7 as far as one file goes: bytes that other readers take for something else.

A file is read as UTF-8 or not at all: where Python would run other code than we see, the file is a fault, never clean.
"""

from __future__ import annotations

import pytest

from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.settings import Settings

EVIL = b"# \\nevil = 1\n"
"""A comment to us, and an assignment to Python where the cookie says unicode_escape."""

COOKIES = {
    "first line": b"# coding: unicode_escape\n",
    "second line": b"#!/usr/bin/python\n# -*- coding: unicode_escape -*-\n",
    "after a blank line": b"\n# coding: unicode_escape\n",
    "after a lone CR": b"\r# coding: unicode_escape\n",
    "after a comment and a lone CR": b"# x\r# coding: unicode_escape\n",
    "after a form feed and a lone CR": b"\x0c\r# coding: unicode_escape\r\n",
    "after CRLF": b"#\r\n# coding: unicode_escape\r\n",
    "behind a form feed": b"\x0c# coding: unicode_escape\n",
    "behind blanks": b" \t# coding: unicode_escape\n",
    "as vim has it": b"# vim: set fileencoding=unicode_escape :\n",
    "far to the right": b"# " + b" " * 5_000 + b"coding: unicode_escape\n",
    "after a long line": b"# " + b"x" * 5_000 + b"\n# coding: unicode_escape\n",
    "after an empty cookie": b"# coding: \n# coding: unicode_escape\n",
    "raw": b"# coding: raw_unicode_escape\n",
    "in capitals": b"# coding: UNICODE-ESCAPE\n",
    "after bytes of no coding": b"# \xe9\n# coding: unicode_escape\n",
}


@pytest.mark.parametrize("cookie", COOKIES.values(), ids=COOKIES.keys())
def test_code_that_a_cookie_hides_from_us_is_a_fault(cookie):
    content = cookie + (EVIL if b"raw" not in cookie else b"# \\u000aevil = 1\n")
    names: dict[str, object] = {}
    exec(compile(content, "x.py", "exec"), names)
    assert "evil" in names, "Python runs it"
    fault = inspect("shop/pay.py", content, Settings()).fault
    assert fault is not None
    assert "its coding is declared as" in fault.reason


def test_utf_7_too():
    content = b"# coding: utf-7\n#+AAo-evil = 1\n"
    names: dict[str, object] = {}
    exec(compile(content, "x.py", "exec"), names)
    assert "evil" in names
    assert inspect("shop/pay.py", content, Settings()).fault is not None


FAILING = (
    "import requests\ndef f():\n    try:\n        requests.post('x', timeout=1)\n    except Exception:\n        pass\n"
)

FAULTS = {
    "NUL": (b"x = 1\n\0", 2),
    "NUL in text": (b"x = '\0'", 1),
    "byte order mark in the middle": ("x = 1\n\ufeffy = 2\n".encode(), 2),
    "latin-1": ("# coding: latin-1\nx = 'é'\n".encode("latin-1"), 1),
    "latin-1 without a cookie": ("x = 1\ny = 'é'\n".encode("latin-1"), 2),
    "hex": (b"# coding: hex\n", 1),
    "rot13": (b"# coding: rot13\n", 1),
    "a coding that nobody knows": (b"# coding: no-such-thing\n", 1),
    "byte order mark and another cookie": (b"\xef\xbb\xbf# coding: latin-1\n", 1),
    "UTF-16": ("x = 1\n".encode("utf-16"), 1),
    "UTF-32": ("x = 1\n".encode("utf-32"), 1),
    "101 indents": ("".join(" " * depth + "if x:\n" for depth in range(101)).encode() + b" " * 101 + b"x", 101),
    "vertical tab in the code": (b"x = 1\n\x0by = 2\n", 2),
    "no-break space": ("x =\u00a01".encode(), 1),
    "control Z": (b"x = 1\n\x1a", 2),
}


@pytest.mark.parametrize(("content", "line"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_and_never_clean(content, line):
    inspection = inspect("shop/pay.py", content, Settings())
    assert inspection.fault is not None
    assert inspection.fault.line == line
    assert inspection.violations == ()


TAKEN = {
    "byte order mark": b"\xef\xbb\xbf" + FAILING.encode(),
    "cookie": b"# coding: utf-8\n" + FAILING.encode(),
    "as Emacs writes it": b"# -*- coding: utf-8-unix -*-\n" + FAILING.encode(),
    "CRLF": FAILING.replace("\n", "\r\n").encode(),
    "lone CR": FAILING.replace("\n", "\r").encode(),
    "form feed": FAILING.replace("\ndef", "\n\x0c\ndef").encode(),
    "form feed before a statement": ("\x0c" + FAILING).encode(),
    "vertical tab in a comment": ("# \x0b\n" + FAILING).encode(),
    "NEL and U+2028 in text": ("x = '\x85\u2028\u2029\x1c'\n" + FAILING).encode(),
    "no last newline": FAILING.rstrip().encode(),
    "blanks at the end": (FAILING + "   \n\t").encode(),
    "100 indents": ("".join(" " * depth + "if x:\n" for depth in range(99)) + " " * 99 + "x\n" + FAILING).encode(),
    "full-width letters": FAILING.replace("requests", "ｒｅｑｕｅｓｔｓ")
    .replace("Exception", "Ｅｘｃｅｐｔｉｏｎ")
    .encode(),
    "mathematical letters": FAILING.replace("requests.post", "𝐫𝐞𝐪𝐮𝐞𝐬𝐭𝐬.𝓹𝓸𝓼𝓽").encode(),
    "long s": FAILING.replace("requests", "requeſtſ").encode(),
    "bidi in a comment": ("# \u202e\u2066\n" + FAILING).encode(),
    "bidi in text": FAILING.replace("'x'", "'\u202e\u2069'").encode(),
    "a nested string that ends in a backslash": ("x = '\\\n'\n" + FAILING).encode(),
}


@pytest.mark.parametrize("content", TAKEN.values(), ids=TAKEN.keys())
def test_the_same_finding_as_ever(content):
    inspection = inspect("shop/pay.py", content, Settings())
    assert inspection.fault is None
    (violation,) = [found for found in inspection.violations if found.code == "QG101"]
    assert violation.message == "requests.post() fails and it goes unnoticed"
    lines = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line = lines[violation.location.line - 1]
    assert line[violation.location.column :].startswith("except")
    assert inspection.texts[inspection.violations.index(violation)].startswith("except")


@pytest.mark.parametrize("letters", ["ｒｅｑｕｅｓｔｓ", "𝐫𝐞𝐪𝐮𝐞𝐬𝐭𝐬", "requeſts"])
def test_no_rule_is_left_out_because_a_name_is_spelt_in_other_letters(letters):
    """The search that spares us most files looks at bytes; the parser folds compatible letters (NFKC)."""
    content = f"import {letters}\ndef f():\n    return {letters}.get('x')\n"
    plain = inspect("shop/pay.py", content.replace(letters, "requests").encode(), Settings())
    inspection = inspect("shop/pay.py", content.encode(), Settings())
    assert [found.code for found in plain.violations] == ["QG201"]
    assert [found.code for found in inspection.violations] == ["QG201"]


def test_a_name_that_only_looks_like_another_is_another():
    content = "import rеquests\ndef f():\n    try:\n        rеquests.post('x')\n    except Exception:\n        pass\n"
    assert "е" in content, "a Cyrillic letter"
    assert inspect("shop/pay.py", content.encode(), Settings()).violations == ()


def test_a_bidi_character_does_not_hide_code_from_us():
    """To a reader the handler is a comment; to Python and to us it is not (CVE-2021-42574)."""
    content = FAILING.replace("        pass", "        '''\u2066 ''' ; pass  # \u2069")
    codes = {found.code for found in inspect("shop/pay.py", content.encode(), Settings()).violations}
    assert "QG101" in codes
