"""What of a change's baseline counts: it only ever shrinks."""

from __future__ import annotations

from itertools import permutations

import msgspec
import pytest

from quality_gate.baseline import ratcheted
from quality_gate.baseline_file import Baseline, Entry, parse, text_of
from quality_gate.fingerprints import fingerprint

STATIC = "static-analysis"


def entry(path: str = "shop/pay.py", function: str = "shop.pay.charge", **more: str | int) -> Entry:
    given = {"code": "QG201", "rule": "call-without-deadline", "version": 1, "essence": "e" * 16} | more
    return msgspec.convert(
        {
            "practice": STATIC,
            "path": path,
            "function": function,
            "fingerprint": fingerprint("QG201", path, function, "", 0),
        }
        | given,
        Entry,
    )


def told(before: list[Entry], after: list[Entry], enforced: tuple[str, ...] = (STATIC,)) -> tuple[Entry, ...]:
    counting, added = ratcheted(Baseline((STATIC,), tuple(before)), Baseline((STATIC,), tuple(after)), enforced)
    assert set(counting.entries) | set(added) == set(after)
    assert not set(counting.entries) & set(added)
    return added


def test_it_may_shrink() -> None:
    assert told([entry(), entry("shop/b.py", "shop.b.f")], [entry()]) == ()


def test_what_comes_to_it_does_not_count() -> None:
    assert told([entry()], [entry(), entry("shop/b.py", "shop.b.f")]) == (entry("shop/b.py", "shop.b.f"),)


def test_one_for_another_is_one_that_came() -> None:
    other = entry("shop/b.py", "shop.b.f")
    assert told([entry()], [other]) == (other,)


@pytest.mark.parametrize(
    ("path", "function"),
    [("shop/bank.py", "shop.bank.charge"), ("shop/pay.py", "shop.pay.take")],
    ids=["file", "function"],
)
def test_what_moved_is_the_same(path: str, function: str) -> None:
    assert told([entry()], [entry(path, function)]) == ()


def test_one_that_moved_answers_for_one() -> None:
    moved = [entry("shop/a.py", "shop.a.charge"), entry("shop/b.py", "shop.b.charge")]
    assert len(told([entry()], moved)) == 1


def test_one_that_moved_stays_what_it_is() -> None:
    assert told([entry()], [entry("shop/a.py", "shop.a.charge", essence="f" * 16)])
    assert told([entry()], [entry("shop/a.py", "shop.a.charge", code="QG101")])


def test_an_entry_of_a_newer_version_of_its_rule_is_the_same() -> None:
    assert told([entry()], [entry(version=2, essence="f" * 16)]) == ()
    assert told([entry(version=2)], [entry(essence="f" * 16)])


def test_to_adopt_a_practice_that_was_not_enforced_asks_more() -> None:
    adopted = Baseline((STATIC,), (entry(),))
    assert ratcheted(Baseline(), adopted, ()) == (adopted, ())
    assert ratcheted(Baseline(), adopted, (STATIC,)) == (Baseline((STATIC,), ()), (entry(),))
    assert ratcheted(Baseline((STATIC,)), adopted, ()) == (Baseline((STATIC,), ()), (entry(),))


def test_the_line_of_an_entry_is_where_it_stands() -> None:
    baseline = parse(
        text_of(Baseline((STATIC,), (entry(fingerprint="0" * 20), entry("z.py", "z.f", fingerprint="1" * 20)))).encode()
    )
    lines = text_of(baseline).split("\n")
    for one in baseline.entries:
        assert one.fingerprint in lines[baseline.line_of(one) - 1]


def test_an_entry_of_a_statement_that_is_formatted_anew_is_the_same() -> None:
    assert told([entry()], [entry(fingerprint="0" * 20)]) == ()


def test_an_entry_whose_essence_is_written_anew_is_the_same() -> None:
    assert told([entry()], [entry(essence="f" * 16)]) == ()
    assert told([entry()], [entry(essence="f" * 16, fingerprint="0" * 20)])


def test_each_follows_at_its_own_place_first() -> None:
    places = [(path, f"shop.{path[5]}.{name}") for path in ("shop/a.py", "shop/b.py") for name in ("first", "second")]
    before = [entry(*place, fingerprint=str(number) * 20) for number, place in enumerate(places)]
    after = [entry(*place, fingerprint=str(9 - number) * 20) for number, place in enumerate(places)]
    for order in permutations(after):
        assert told(before, list(order)) == ()
