"""What is seen differently of a file after a change."""

from __future__ import annotations

import pytest

from quality_gate.codebase.facts_of import facts_of
from quality_gate.codebase.linking.pieces import Looked, differing
from quality_gate.codebase.linking.units import Module
from quality_gate_checkers.settings import Settings

SOURCE = """
import os
from shop.base import *

class Bank(Base):
    limit = 3

    @property
    def total(self):
        return [x for x in self.items]

    def charge(self, order, times=1):
        return order

if os.name == "nt":
    LIMIT = 1
else:
    LIMIT = 2

def make():
    return Bank()
"""


def _module(source: str) -> Module:
    return Module("shop.bank", "shop/bank.py", facts_of("shop/bank.py", source.encode(), Settings()))


def _seen(old: str, new: str) -> set[Looked]:
    assert old in SOURCE
    return set(differing(_module(SOURCE), _module(SOURCE.replace(old, new))))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("        return order\n", "        if order:\n            return [y for y in order]\n        return order\n"),
        ("\nif os", "\n# a comment\n\nif os"),
        ("    return Bank()", "    return None"),
    ],
)
def test_bodies_and_lines_are_not_seen(old: str, new: str) -> None:
    assert _seen(old, new) == set()


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("def make():", "def other():\n    ...\n\ndef make():", {("member", "other"), ("unit", "other")}),
        ("import os\n", "import os\nimport sys\n", {("member", "sys")}),
        ("LIMIT = 2", "LIMIT = None", {("member", "LIMIT")}),
        ("else:\n", "if os.sep:\n", {("member", "LIMIT")}),
        ("def make():", "def make(order):", {("member", "make"), ("unit", "make")}),
        ("limit = 3", "limit = 4", {("member", "Bank.limit"), ("unit", "Bank")}),
        ("times=1", "times", {("member", "Bank.charge"), ("unit", "Bank"), ("unit", "Bank.charge")}),
        ("import *", "import Base", {("member", "Base"), ("stars", "")}),
    ],
)
def test_a_change_is_seen_by_name(old: str, new: str, seen: set[Looked]) -> None:
    whole = {(kind, f"shop.bank.{name}".rstrip(".")) for kind, name in seen}
    found = {looked for looked in _seen(old, new) if looked != ("unit", "shop.bank")}  # who sees a module sees it whole
    if ("stars", "shop.bank") in whole:  # what a module does not bind itself decides what its decorators are
        whole |= {("member", "shop.bank.Bank.total"), ("unit", "shop.bank.Bank"), ("unit", "shop.bank.Bank.total")}
    assert found == whole


def test_what_stands_under_a_decorator_is_seen_by_the_decorators_name() -> None:
    assert ("decorated", "retry") in _seen("    def charge", "    @retry\n    def charge")


def test_a_file_that_does_not_parse_any_more_has_nothing_that_it_had() -> None:
    seen = set(differing(_module(SOURCE), _module("def (")))
    assert {("unit", "shop.bank.make"), ("member", "shop.bank.Bank.limit"), ("stars", "shop.bank")} <= seen
