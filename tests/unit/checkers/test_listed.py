"""Rules and libraries that are known and not loaded are what they are loaded."""

from __future__ import annotations

import msgspec
import pytest

from cases_of import all_cases
from quality_gate_checkers import dependencies
from quality_gate_checkers.catalog import Catalog, catalog
from quality_gate_checkers.dependencies import Catalogue, catalogue, listed_libraries
from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.listed import ListedRule, listed_rules
from quality_gate_checkers.plug import PlugError
from quality_gate_checkers.settings import Settings

LISTED = msgspec.msgpack.decode(msgspec.msgpack.encode(listed_rules(catalog().rules)), type=tuple[ListedRule, ...])


def test_a_listed_rule_has_all_that_a_loaded_one_has() -> None:
    made = Catalog(one.rule() for one in LISTED)
    for one, other in zip(made.rules, catalog().rules, strict=True):
        for name in other.__slots__:
            if name != "check":
                assert getattr(one, name) == getattr(other, name), name
    assert made.names == catalog().names


def test_listed_rules_find_what_loaded_ones_find() -> None:
    rules = Catalog(one.rule() for one in LISTED)
    cases = all_cases()
    told = [inspect(case.path, case.source.encode(), Settings(), rules) for case in cases]
    assert told == [inspect(case.path, case.source.encode(), Settings()) for case in cases]


def test_a_listed_rule_that_is_gone_is_an_error() -> None:
    gone = msgspec.structs.replace(LISTED[0], module="quality_gate_checkers.rules.no_such_rule", triggers=(b"x",))
    with pytest.raises(PlugError, match="no_such_rule does not import"):
        inspect("shop/pay.py", b"x = 1\n", Settings(), Catalog([gone.rule()]))


NAMES = sorted(
    {
        name.removesuffix(".*") + ending
        for library in catalogue().libraries
        for table in (
            library.aliases,
            library.factories,
            library.exceptions,
            [name for call in library.calls for name in call.names],
        )
        for name in table
        for ending in ("", ".get")
    }
    | {"shop.Order.objects.filter", "shop.models", "", "builtins.open", "boto3.client"}
)


LIBRARIES = listed_libraries()


def test_listed_libraries_say_what_loaded_ones_say() -> None:
    listed, whole = Catalogue((), LIBRARIES), catalogue()
    for name in NAMES:
        assert listed.canonical(name) == whole.canonical(name)
    assert listed.libraries == whole.libraries


def test_each_name_loads_what_it_needs() -> None:
    """Of a catalogue that has loaded nothing for another name."""
    whole = catalogue()
    for name in NAMES:
        assert Catalogue((), LIBRARIES).fallible(name) == whole.fallible(name)
        assert Catalogue((), LIBRARIES).lineage(name) == whole.lineage(name)
        assert Catalogue((), LIBRARIES).made_by(name, None) == whole.made_by(name, None)


def test_libraries_that_nobody_asks_for_are_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = dependencies.plug_of
    monkeypatch.setattr(dependencies, "plug_of", lambda name, kind: asked.append(name) or real(name, kind))
    listed = Catalogue((), LIBRARIES)
    assert listed.fallible("shop.pay") is None
    assert asked == []
    assert listed.fallible("httpx.get") is not None
    assert listed.fallible("httpx.post") is not None
    assert asked == ["quality_gate_checkers.dependencies.httpx"]


def test_loading_that_was_interrupted_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = Catalogue((), LIBRARIES)
    with monkeypatch.context() as patched:
        patched.setattr(dependencies, "plug_of", lambda name, kind: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            listed.fallible("httpx.get")
    assert listed.fallible("httpx.get") == catalogue().fallible("httpx.get")
