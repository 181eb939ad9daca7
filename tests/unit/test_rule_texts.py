"""What a report says of rules is kept by the cache, and is what their pages say."""

from __future__ import annotations

import re

import msgspec
import pytest

from quality_gate.cli import _pages
from quality_gate.cli._rule_texts import rule_texts
from quality_gate.store import Store, digest

NAMES = {"call-without-deadline", "silent-failure", "no-such-rule"}
KEY = digest(b"page\0silent-failure")


def test_pages_are_loaded_once_and_unknown_names_are_left_out(tmp_path, monkeypatch):
    with Store(tmp_path, "build") as store:
        wanted = rule_texts(NAMES, store)
    assert [text.help.code for text in wanted] == ["QG101", "QG201"]
    assert wanted == list(_pages.texts_of(NAMES))
    monkeypatch.setattr(_pages, "texts_of", None)
    with Store(tmp_path, "build") as store:
        assert rule_texts(NAMES - {"no-such-rule"}, store) == wanted


@pytest.mark.parametrize("spoilt", [b"", b"\xc1", b"\x90", "other"])
def test_what_cannot_be_read_is_loaded_again(tmp_path, spoilt):
    with Store(tmp_path, "build") as store:
        (other,) = _pages.texts_of({"call-without-deadline"})
        store.remember_result(KEY, msgspec.msgpack.encode(other) if spoilt == "other" else spoilt)
    with Store(tmp_path, "build") as store:
        assert rule_texts({"silent-failure"}, store) == list(_pages.texts_of({"silent-failure"}))


@pytest.mark.parametrize("rule", _pages.all_rules(), ids=lambda rule: rule.name)
def test_what_happens_in_production_can_happen_in_any_project(rule):
    """It is printed below findings in queues, compilers and libraries, of which none sells anything."""
    of_a_shop = r"\b(?:an order|orders open|unpaid|payments?|cards?|the bank|the shop|shipped)\b"
    assert not re.search(of_a_shop, rule.page.sections["In production"], re.IGNORECASE)
