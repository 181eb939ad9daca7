"""Facts of real files: from the cache where the content is known, one parse with the rules, and what is told."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from quality_gate.codebase import facts_of
from quality_gate.codebase.linked import LinkedCodebase
from quality_gate.evidence import codebase as evidence
from quality_gate.evidence.codebase import linked, taking_facts
from quality_gate.evidence.inspections import inspect_files
from quality_gate.store import Store
from quality_gate_checkers.settings import Settings

PAY = "from bank import charge\n\n\ndef pay():\n    charge()\n"
BANK = "def charge():\n    send()\n\n\ndef send(): ...\n"


def _project(root: Path, **files: str) -> list[str]:
    old = time.time() - 60
    for name, text in files.items():
        path = root / f"{name}.py"
        path.write_text(text)
        os.utime(path, (old, old))
    return sorted(f"{name}.py" for name in files)


def _link(root: Path, paths: list[str], parsed: list[int] | None = None) -> LinkedCodebase:
    def opened() -> Store:
        return Store(root, "key")

    done = parsed if parsed is not None else []
    with opened() as store:
        return linked(
            root,
            paths,
            Settings(),
            store,
            always_read=False,
            now_ns=time.time_ns(),
            progress=lambda at, of: done.append(at),
            again=opened,
        )


def test_a_second_run_parses_and_links_nothing(tmp_path: Path) -> None:
    paths = _project(tmp_path, pay=PAY, bank=BANK)
    parsed: list[int] = []
    first = _link(tmp_path, paths, parsed)
    assert [edge.callee for edge in first.calls_from("pay.pay")] == ["bank.charge"]
    assert len(parsed) == 2
    again = _link(tmp_path, paths, parsed)
    assert [edge.caller for edge in again.calls_to("bank.send")] == ["bank.charge"]
    assert (len(parsed), again.link.red) == (2, 0)


def test_definitions_and_marks_link_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _link(tmp_path, _project(tmp_path, pay=PAY))
    monkeypatch.setattr(LinkedCodebase, "link", property(lambda self: pytest.fail("something was linked")))
    assert list(found.definitions) == ["pay", "pay.pay"]
    assert found.definitions["pay.pay"].line == 4
    assert "pay.nothing" not in found.definitions
    assert len(found.definitions) == 2
    assert found.marks("transaction") == {}


def test_a_changed_file_is_linked_again_and_no_other(tmp_path: Path) -> None:
    paths = _project(tmp_path, pay=PAY, bank=BANK, other="def f(): ...\n")
    assert _link(tmp_path, paths).link.red == 3
    _project(tmp_path, bank=BANK.replace("    send()", "    return send()"))
    assert _link(tmp_path, paths).link.red == 1
    _project(tmp_path, bank="def charge():\n    return other()\ndef other(): ...\n")
    found = _link(tmp_path, paths)
    assert [edge.callee for edge in found.calls_from("bank.charge")] == ["bank.other"]


def test_rules_and_facts_share_one_parse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = _project(tmp_path, pay=PAY, bank=BANK)
    with Store(tmp_path, "key") as facts, Store(tmp_path, "rules") as store:
        inspect_files(
            tmp_path,
            paths,
            Settings(),
            store,
            always_read=False,
            now_ns=time.time_ns(),
            progress=lambda at, of: None,
            also=taking_facts(Settings(), facts),
        )
    monkeypatch.setattr(evidence, "read_limited", lambda root, path: pytest.fail(f"{path} was read again"))
    parsed: list[int] = []
    assert [edge.callee for edge in _link(tmp_path, paths, parsed).calls_from("pay.pay")] == ["bank.charge"]
    assert parsed == []


def test_a_cache_that_holds_garbage_costs_time_only(tmp_path: Path) -> None:
    paths = _project(tmp_path, pay=PAY, bank=BANK)
    _link(tmp_path, paths).link  # noqa: B018 - links
    import sqlite3

    from quality_gate.store import digest

    connection = sqlite3.connect(tmp_path / ".quality-gate" / "cache.db")
    with connection:
        for key, _ in connection.execute("SELECT key, value FROM results").fetchall():
            garbage = b"\x91\xc1garbage"
            sealed = digest(key + garbage)[:8] + garbage
            connection.execute("UPDATE results SET value = ? WHERE key = ?", (sealed, key))
    connection.close()
    found = _link(tmp_path, paths)
    assert [edge.callee for edge in found.calls_from("pay.pay")] == ["bank.charge"]


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_a_name_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    odd = os.fsdecode(b"b\xe4d.py")
    paths = _project(tmp_path, pay=PAY)
    (tmp_path / odd).write_text("def f(): ...\n")
    found = _link(tmp_path, [*paths, odd])
    assert found.problems == (f"{odd} is not in the call graph: its name is not UTF-8",)
    assert found.definitions_in(odd) == ()
    assert found.calls_from("pay.pay") == ()


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    paths = _project(tmp_path, pay=PAY, broken="def f(:\n", huge="x = 1\n" * 200_000)
    found = _link(tmp_path, [*paths, "gone.py"])
    assert [problem.partition(":")[0] for problem in found.problems] == ["broken.py", "gone.py", "huge.py"]
    assert all("is not in the call graph" in problem for problem in found.problems)


SLEEP = "from time import sleep\n\n\ndef wait():\n    sleep(0.01)\n"


def test_marks_are_read_when_somebody_asks_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = _project(tmp_path, wait=SLEEP, broken="def f(:\n")
    parsed: list[int] = []
    first = _link(tmp_path, paths, parsed)
    assert (list(first.definitions), parsed) == (["wait", "wait.wait"], [1, 2])
    assert [mark.first for mark in first.marks("brief")["wait.wait"]] == [5]
    assert parsed == [1, 2, 1]
    monkeypatch.setattr(facts_of, "marks_of_file", lambda *given: pytest.fail("a file was parsed again"))
    assert _link(tmp_path, paths).marks("brief") == first.marks("brief")


def test_marks_of_another_content_are_not_kept(tmp_path: Path) -> None:
    paths = _project(tmp_path, wait=SLEEP)
    first = _link(tmp_path, paths)
    _project(tmp_path, wait="\n" + SLEEP)
    assert [mark.first for mark in first.marks("brief")["wait.wait"]] == [6]
    assert _link(tmp_path, paths).definitions["wait.wait"].line == 5
