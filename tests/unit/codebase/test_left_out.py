"""Calls of a critical path into files that nobody looks at, or that cannot be analysed: told, and never dropped."""

from __future__ import annotations

import pytest

from calls import linked
from quality_gate.codebase.critical_paths import ResolvedPath, resolve, unresolved
from quality_gate.codebase.graph import Codebase
from quality_gate.config import CriticalPath
from quality_gate.errors import UsageErrors
from quality_gate_checkers.model.roles import is_test
from quality_gate_checkers.settings import Settings

UNREAD = "# -*- coding: latin-1 -*-\n"


def path_of(codebase: Codebase, left_out: dict[str, str] | None = None, **keys: tuple[str, ...]) -> ResolvedPath:
    """The critical path from `shop.pay.place`, of a codebase that was just linked."""
    named = [module.path for module in codebase.all_modules()]  # type: ignore[attr-defined]
    table = {"payments": CriticalPath(entry=("shop.pay:place",), **keys)}
    (found,) = resolve(
        codebase, table, named, lambda path: is_test(path, Settings()), None, left_out=left_out or {}
    ).paths
    return found


def clauses(found: ResolvedPath) -> list[str]:
    return [one.clause for one in found.unread]


# -- files that could not be analysed


@pytest.mark.parametrize(
    "source",
    [
        "from shop.bank import charge\ndef place():\n    charge()\n",
        "from .bank import charge\ndef place():\n    charge()\n",
        "import shop.bank\ndef place():\n    shop.bank.charge()\n",
        "import shop.bank as b\ndef place():\n    b.charge()\n",
        "from shop import bank\ndef place():\n    bank.charge()\n",
        "from shop.bank import *\ndef place():\n    charge()\n",
        "from shop.api import charge\ndef place():\n    charge()\n",
        "from shop.stars import charge\ndef place():\n    charge()\n",
        "def place():\n    from shop.bank import charge\n    charge()\n",
    ],
)
def test_a_call_into_a_file_that_could_not_be_analysed(source: str) -> None:
    codebase = linked(
        shop__bank=UNREAD,
        shop__api="from shop.bank import charge\n",
        shop__stars="from .bank import *\n",
        shop__pay=source,
    )
    line = source.count("\n")
    assert clauses(path_of(codebase)) == [
        f"shop/bank.py could not be analysed: shop/pay.py:{line} calls shop.bank.charge there"
    ]


@pytest.mark.parametrize(
    "source",
    [
        "def place(gateway: Gateway):\n    gateway.charge()\n",
        "def place(gateway: 'Gateway | None' = None):\n    gateway.charge()\n",
        "def place():\n    gateway = Gateway()\n    gateway.charge()\n",
        "class Till:\n    def __init__(self, bank: Gateway):\n        self.bank = bank\n    def pay(self):\n"
        "        self.bank.charge()\ndef place(till: Till):\n    till.pay()\n",
        "class Till(Gateway):\n    def pay(self):\n        self.charge()\ndef place(till: Till):\n    till.pay()\n",
        "class Till(Gateway):\n    def pay(self):\n        super().charge()\ndef place(till: Till):\n    till.pay()\n",
    ],
)
def test_a_method_of_a_class_that_could_not_be_analysed(source: str) -> None:
    codebase = linked(shop__bank=UNREAD, shop__pay=f"from shop.bank import Gateway\n{source}")
    (clause,) = clauses(path_of(codebase))
    assert clause.startswith("shop/bank.py could not be analysed: shop/pay.py:")


def test_one_clause_for_each_file_with_how_many_calls() -> None:
    codebase = linked(
        shop__bank=UNREAD,
        shop__log=UNREAD,
        shop__pay="from shop import bank, log\ndef place():\n    bank.a()\n    bank.b()\n    log.c()\n",
    )
    assert clauses(path_of(codebase)) == [
        "shop/bank.py could not be analysed: shop/pay.py:3 calls shop.bank.a there (and 1 more call)",
        "shop/log.py could not be analysed: shop/pay.py:5 calls shop.log.c there",
    ]


def test_what_is_not_called_or_where_the_path_stops_says_nothing() -> None:
    source = "from shop import bank\nLIMIT = bank.LIMIT\ndef place():\n    return bank.LIMIT\ndef other():\n    bank.charge()\n"
    assert not path_of(linked(shop__bank=UNREAD, shop__pay=source)).unread
    called = linked(shop__bank=UNREAD, shop__pay="from shop import bank\ndef place():\n    bank.charge()\n")
    for stop in ("shop.bank", "shop.bank:charge"):
        assert not path_of(called, stop=(stop,)).unread
    with pytest.raises(UsageErrors):
        path_of(called, stop=("shop.bnak",))


# -- tests


TESTING = "def rate(): ...\nclass Fake:\n    def charge(self): ...\n"


@pytest.mark.parametrize("name", ["shop__ab_test", "shop__testing__rates", "shop__tests", "shop__conftest"])
def test_a_call_into_a_file_that_counts_as_a_test(name: str) -> None:
    module = name.replace("__", ".")
    codebase = linked(
        **{name: TESTING, "shop__pay": f"from {module} import rate\ndef place():\n    rate()\n    rate()\n"}
    )
    (found,) = path_of(codebase).left_out
    path = f"{name.replace('__', '/')}.py"
    assert found.path == path
    assert found.sentence == (
        f"{module}.rate: {path} counts as a test by its place or name; called at shop/pay.py:3 and 1 more"
    )


def test_a_test_that_a_package_hands_on_counts_too() -> None:
    codebase = linked(
        shop__testing__rates=TESTING,
        shop__init="from shop.testing.rates import rate\n",
        shop__pay="from shop import rate\ndef place():\n    rate()\n",
    )
    assert [one.path for one in path_of(codebase).left_out] == ["shop/testing/rates.py"]


def test_what_only_tests_hand_in_is_no_code_that_was_left_out() -> None:
    codebase = linked(
        shop__pay="class Bank:\n    def charge(self): ...\ndef place(bank: Bank, then):\n    bank.charge()\n    then.charge()\n",
        tests__test_pay=(
            "from shop.pay import Bank, place\nclass Fake(Bank):\n    def charge(self): ...\n"
            "class Other:\n    def charge(self): ...\ndef test_it():\n    place(Fake(), Other())\n"
        ),
    )
    assert path_of(codebase).left_out == ()


def test_a_test_file_that_could_not_be_analysed_is_left_out_and_no_more() -> None:
    codebase = linked(
        shop__testing__rates=UNREAD, shop__pay="from shop.testing import rates\ndef place():\n    rates.rate()\n"
    )
    found = path_of(codebase)
    assert (found.unread, [one.path for one in found.left_out]) == ((), ["shop/testing/rates.py"])


# -- what is not linked at all


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("shop/vendor/rates.py", "shop.vendor.rates.rate"),
        ("shop/vendor/__init__.py", "shop.vendor.rate"),
        ("shop/rates.py", "shop.rates.rate"),
        ("shop/linked", "shop.linked.rates.rate"),
    ],
)
def test_a_call_into_a_file_that_nobody_looks_at(path: str, call: str) -> None:
    module = call.rpartition(".")[0]
    codebase = linked(shop__pay=f"from {module} import rate\ndef place():\n    rate()\n")
    (found,) = path_of(codebase, {path: "is vendored"}).left_out
    assert found.sentence == f"{call}: {path} is vendored; called at shop/pay.py:3"
    assert path_of(codebase, {"docs/rates.py": "is vendored"}).left_out == ()
    assert path_of(codebase, {path: "is vendored"}, stop=("shop.pay",)).members


def test_a_module_of_ones_own_package_that_is_no_file_is_an_unresolved_call() -> None:
    codebase = linked(
        shop__pay="from shop.rates import rate\nimport requests\ndef place():\n    rate()\n    requests.get('x')\n"
    )
    found = path_of(codebase)
    (held,) = [(member.name, call.text, call.line) for member, call in unresolved(codebase, found)]
    assert held == ("shop.pay.place", "shop.rates.rate", 4)
    assert (found.left_out, found.unread) == ((), ())


def test_a_folder_without_init_may_share_its_name_with_a_library() -> None:
    codebase = linked(shop__pay="from docker.errors import wrap\ndef place():\n    wrap()\n")
    assert not list(unresolved(codebase, path_of(codebase)))
