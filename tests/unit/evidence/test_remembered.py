"""What the commit stage knows of critical paths: what belonged to them when they were last linked, and no more."""

from __future__ import annotations

import msgspec
import pytest

from graphs import SmallCodebase, definitions_of
from quality_gate.codebase.critical_paths import resolve
from quality_gate.config import CriticalPath
from quality_gate.evidence.remembered import CLAUSE, recall, remember, restored
from quality_gate.store import Store

FILES = {
    "shop/pay.py": "def pay():\n    take()\n\n\ndef take():\n    def inner():\n        pass\n\n\ndef other():\n    pass\n",
    "shop/bank.py": "class Bank:\n    def charge(self):\n        pass\n",
}
EDGES = [("shop.pay.pay", "shop.pay.take"), ("shop.pay.pay", "shop.bank.Bank.charge")]
DECLARED = {"payments": CriticalPath(entry=("shop.pay:pay",), line=90)}


@pytest.fixture
def store(tmp_path):
    return lambda key="build": Store(tmp_path, key)


def linked():
    return resolve(SmallCodebase(FILES, EDGES), DECLARED, list(FILES), lambda path: False)


def kept(store):
    with store() as opened:
        remember(opened, DECLARED, linked())
    with store() as opened:
        return recall(opened, DECLARED)


def now(files):
    return lambda path, module: definitions_of(path, files[path], module)


def names(found) -> list[str]:
    return [member.name for path in found.paths for member in path.members]


def test_members_come_back_with_their_demands_and_say_that_they_are_remembered(store):
    found = restored(kept(store), DECLARED, list(FILES), now(FILES))
    assert found.remembered == CLAUSE
    assert names(found) == ["shop.pay.pay", "shop.pay.take", "shop.pay.take.inner", "shop.bank.Bank.charge"]
    assert found.paths[0].declared.line == 90


def test_only_the_files_of_the_commit_are_looked_at(store):
    def refuse(path, module):
        assert path == "shop/bank.py"
        return definitions_of(path, FILES[path], module)

    assert names(restored(kept(store), DECLARED, ["shop/bank.py"], refuse)) == ["shop.bank.Bank.charge"]


def test_lines_are_those_of_the_file_as_it_is_now_and_what_is_gone_is_gone(store):
    moved = {"shop/pay.py": "import new\n\n\ndef take():\n    return 1\n"}
    found = restored(kept(store), DECLARED, list(moved), now(moved))
    (member,) = found.paths[0].members
    assert (member.name, member.own[0].first) == ("shop.pay.take", 5)


def test_other_declarations_another_build_and_nothing_linked_remember_nothing(store):
    assert kept(store) is not None
    with store() as opened:
        assert recall(opened, {"payments": CriticalPath(entry=("shop.pay:pay",), line=91)}) is None
    with store("other") as opened:
        assert recall(opened, DECLARED) is None


@pytest.mark.parametrize("value", [b"", b"\xff", msgspec.msgpack.encode(3), msgspec.msgpack.encode([["a", 3]])])
def test_a_damaged_memory_is_none(store, value):
    from quality_gate.evidence import remembered

    with store() as opened:
        opened.remember_result(remembered._key(DECLARED), value)
    with store() as opened:
        assert recall(opened, DECLARED) is None


def test_a_path_that_only_a_comment_names_is_remembered_with_defaults(store):
    files = {"shop/pay.py": "def pay():  # quality-gate: critical[refunds]\n    pass\n"}
    with store() as opened:
        remember(opened, {}, resolve(SmallCodebase(files), {}, list(files), lambda path: False))
    with store() as opened:
        found = restored(recall(opened, {}), {}, list(files), now(files))
    assert [(path.name, path.declared.line) for path in found.paths] == [("refunds", 80)]


def test_a_file_name_that_is_not_text_is_not_remembered(store):
    files = {"shop/\udcff.py": "def pay():\n    pass\n"}
    table = {"payments": CriticalPath(include=("shop/**",))}
    with store() as opened:
        remember(opened, table, resolve(SmallCodebase(files), table, list(files), lambda path: False))
    with store() as opened:
        assert recall(opened, table) is None
