"""What a report says of rules is kept by the cache, and is what their pages say."""

from __future__ import annotations

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
