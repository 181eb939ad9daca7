"""What the cache knows of rules spares loading them; it is of one build, and no more than a cache."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from quality_gate.evidence import known_plugs
from quality_gate.evidence.known_plugs import known_rules
from quality_gate.store import Store
from quality_gate_checkers.catalog import Catalog, catalog
from quality_gate_checkers.listed import listed_rules


@pytest.fixture(autouse=True)
def expected(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the catalogue of libraries was told to expect; other tests have theirs loaded."""
    told: list[object] = []
    monkeypatch.setattr(known_plugs, "expect", told.append)
    return told


def rules_of(root: Path, build: str = "build") -> Catalog:
    with Store(root, build) as store:
        return known_rules(store)


def test_the_second_run_knows_what_the_first_has_loaded(tmp_path: Path, expected: list[object]) -> None:
    assert rules_of(tmp_path) is catalog()
    assert expected == []
    known = rules_of(tmp_path)
    assert known is not catalog()
    assert [rule.code for rule in known.rules] == [rule.code for rule in catalog().rules]
    assert known.rules[0].check is not catalog().rules[0].check
    assert len(expected) == 1


def test_another_build_loads_its_own(tmp_path: Path) -> None:
    rules_of(tmp_path)
    assert rules_of(tmp_path, "other") is catalog()


def test_what_cannot_be_read_is_loaded_again(tmp_path: Path) -> None:
    with Store(tmp_path, "build") as store:
        store.remember_result(known_plugs._KEY, b"\x93no rules")
    assert rules_of(tmp_path) is catalog()
    assert rules_of(tmp_path) is not catalog()


@pytest.mark.parametrize("spoil", ["foreign", "fewer"])
@pytest.mark.parametrize("kind", ["rules", "libraries"])
def test_a_cache_decides_neither_what_is_imported_nor_what_is_left_out(tmp_path: Path, kind: str, spoil: str) -> None:
    rules_of(tmp_path)
    with Store(tmp_path, "build") as store:
        held = known_plugs._decoded(store.results([known_plugs._KEY])[known_plugs._KEY])
        first, *others = getattr(held, kind)
        changed = (*others, msgspec.structs.replace(first, module="shop.pay")) if spoil == "foreign" else tuple(others)
        forged = msgspec.structs.replace(held, **{kind: changed})
        store.remember_result(known_plugs._KEY, msgspec.msgpack.encode(forged))
    assert rules_of(tmp_path) is catalog()


def test_without_a_cache_all_are_loaded(tmp_path: Path) -> None:
    with Store(tmp_path, "build", tracked=True) as store:
        assert [known_rules(store) for _ in range(2)] == [catalog()] * 2


def test_what_is_kept_of_a_rule_holds_its_module() -> None:
    assert listed_rules(catalog().rules)[0].module == "quality_gate_checkers.rules.failure_handling.silent_failure"
