"""What counts where a dependency that the project declares is called through a wrapper of the project's own."""

from __future__ import annotations

import datetime

import pytest

from failure_listing import lister
from linking import link
from quality_gate.codebase.critical_paths import ResolvedPath, resolve
from quality_gate.codebase.path_coverage import PathCoverage
from quality_gate.codebase.path_failures import PathFailures, measure_failures
from quality_gate.config import CriticalPath
from quality_gate.failure_levels import Level, SeenType, ShownPath, ShownPaths
from quality_gate.failure_paths import FailurePath, counted, only_in_rows
from quality_gate_checkers.settings import Dependency, Settings

ERRORS = (
    "class BankError(Exception): ...\nclass CardDeclined(BankError): ...\nclass BankTimeout(BankError): ...\n"
    "class Order: ...\n"
)
STUB = "class Gateway:\n    def charge(self, amount): ...\n"
FORWARDING = "import banksdk\nclass Gateway:\n    def charge(self, amount):\n        return self.sdk.charge(amount)\n"
PROTOCOL = "from typing import Protocol\nclass Gateway(Protocol):\n    def charge(self, amount): ...\n"
TELLING = (
    "class Gateway:\n    def charge(self, amount):\n        if ask(amount):\n            raise CardDeclined(amount)\n"
)
BY_HTTP = "import httpx\nclass Gateway:\n    def charge(self, amount):\n        return httpx.post(amount)\n"
ANY = "class Gateway:\n    def charge(self, amount):\n        raise made_of(amount)\n"
BASE = "class Gateway:\n    def charge(self, amount):\n        raise BankError(amount)\n"
INSIDE = "class Gateway:\n    def charge(self, amount):\n        self._ask(amount)\n    def _ask(self, amount): ...\n"

CALLING = "from shop.bank import Gateway\ndef pay(g: Gateway):\n    x = g.charge(1)\n    return x\n"
ROWS = [("bank", "rejects"), ("bank", "unavailable")]


def settings_of(*calls: str) -> Settings:
    table = Dependency(calls=calls, rejects=("shop.bank.CardDeclined",), unavailable=("shop.bank:BankTimeout",))
    return Settings(dependencies={"bank": table})


def found_in(source: str, wrapper: str, *calls: str) -> tuple[ResolvedPath, list[FailurePath], list[FailurePath]]:
    """A critical path, what counts of it, and what counts in rows alone."""
    files = {"shop/pay.py": source, "shop/bank.py": ERRORS + wrapper}
    settings = settings_of(*(calls or ("shop.bank.Gateway.*",)))
    codebase = link(files, settings)
    declared = {"pay": CriticalPath(include=("shop/pay.py",))}
    (path,) = resolve(codebase, declared, list(files), lambda file: False).paths
    every = lister(files, settings, codebase).of_members(path)
    members = frozenset(member.name for member in path.members)
    return path, counted(every, members), only_in_rows(every, members)


def measured(source: str, wrapper: str, levels: dict[str, Level]) -> PathFailures:
    """The same with levels by text, `not run` for all others."""
    path, held, beside = found_in(source, wrapper)

    def shown(one: FailurePath) -> ShownPath:
        level: Level = levels.get(one.text, "not run")
        seen = [SeenType(name=name, level=level) for name in one.types if level != "not run"]
        return ShownPath(path=one, level=level, seen=tuple(seen))

    found = ShownPaths(shown=tuple(map(shown, held)), only_in_rows=tuple(map(shown, beside)))
    return measure_failures(PathCoverage(path, ()), found, datetime.date(2026, 11, 23), lambda file: {})


@pytest.mark.parametrize("wrapper", [STUB, FORWARDING, PROTOCOL])
@pytest.mark.parametrize("call", ["    x = g.charge(1)\n    return x\n", "    return g.charge(1)\n"])
def test_a_failure_that_nobody_catches_begins_where_the_dependency_is_called(wrapper: str, call: str) -> None:
    _, held, beside = found_in("from shop.bank import Gateway\ndef pay(g: Gateway):\n" + call, wrapper)
    assert [(path.kind, path.function, sorted(path.families)) for path in held] == [("unwind", "pay", ROWS)]
    assert beside == []


def test_what_one_function_catches_leaves_the_rest_in_all_of_them() -> None:
    catching = (
        "def h(g: Gateway):\n    try:\n        g.charge(2)\n    except CardDeclined:\n        return 'no'\n"
        "from shop.bank import CardDeclined\n"
    )
    _, held, _ = found_in(CALLING + catching, STUB)
    rows = [(path.kind, path.function, sorted(path.families)) for path in held if path.call is not None]
    assert rows == [("unwind", "pay", ROWS), ("handler call", "h", ROWS[:1]), ("unwind", "h", ROWS[1:])]


def test_what_passes_through_a_caller_is_not_counted_again() -> None:
    above = "def order(g: Gateway):\n    pay(g)\n"
    _, held, beside = found_in(CALLING + above, STUB)
    assert [path.function for path in held] == ["pay"]
    assert beside == []


@pytest.mark.parametrize("wrapper", [TELLING, BASE, ANY])
def test_what_the_wrapper_itself_raises_is_counted_there_once(wrapper: str) -> None:
    _, held, beside = found_in(CALLING, wrapper)
    begun = [path for path in held if path.kind == "unwind" and path.function == "pay"]
    if wrapper is TELLING:  # it tells nothing of a bank that does not answer
        assert [path.begins for path in begun] == ["here"]
    else:
        assert begun == []
        assert [(path.function, sorted(path.families)) for path in beside] == [("pay", ROWS)]


def test_a_failure_of_the_same_sort_that_begins_in_the_wrapper_is_counted_there() -> None:
    """What httpx cannot reach is what the bank does not answer."""
    _, held, _ = found_in(CALLING, BY_HTTP)
    (below,) = [path for path in held if path.function == "Gateway.charge"]
    assert below.families == {("httpx", "unavailable")}
    assert [path.begins for path in held if path.function == "pay"] == ["here"], "that it says no is shown nowhere"


@pytest.mark.parametrize(
    ("calls", "source"),
    [
        ("shop.bank.Gateway.*", "from shop.bank import Gateway\ndef pay():\n    return Gateway()\n"),
        ("shop.bank.*", "from shop.bank import Order\ndef pay():\n    return Order()\n"),
        ("shop.bank.**", "from shop.bank import CardDeclined\ndef pay():\n    return CardDeclined(1)\n"),
    ],
)
def test_making_an_object_asks_nothing_of_the_dependency(calls: str, source: str) -> None:
    wrapper = "class Gateway:\n    def __init__(self): ...\n    def charge(self, amount): ...\n"
    assert found_in(source, wrapper, calls)[1:] == ([], [])


def test_a_class_that_the_table_names_is_a_call_of_it() -> None:
    source = "from shop.bank import Gateway\ndef pay():\n    return Gateway()\n"
    for named in ("shop.bank.Gateway", "shop.bank:Gateway.__init__"):
        _, held, _ = found_in(source, "class Gateway:\n    def __init__(self): ...\n", named)
        assert [path.kind for path in held] == ["unwind"], named


def test_the_dependency_does_not_call_itself() -> None:
    _, held, beside = found_in(CALLING, INSIDE)
    assert [path.function for path in held] == ["pay"]
    assert beside == []


# -- rows


def test_both_rows_are_demanded_where_the_failures_are_counted_in_the_wrapper() -> None:
    found = measured(CALLING, BASE, {})
    assert [(cell.dependency, cell.name, cell.level) for cell in found.demanded_cells] == [
        ("bank", "rejects", "not run"),
        ("bank", "unavailable", "not run"),
    ]
    assert [one.path.kind for one in found.shown] == ["raise"], "rows are counted beside failure paths"


def test_a_test_of_a_caller_shows_them() -> None:
    found = measured(CALLING, BASE, {"g.charge(1)": "validated"})
    assert [cell.is_kept for cell in found.demanded_cells] == [True, True]


def test_a_test_of_the_wrapper_shows_what_it_raises() -> None:
    raising = TELLING + "        raise BankTimeout(amount)\n"
    found = measured(CALLING, raising, {"raise CardDeclined(amount)": "validated"})
    assert [(cell.name, cell.is_kept) for cell in found.demanded_cells] == [("rejects", True), ("unavailable", False)]


def test_where_somebody_handles_it_the_wrappers_own_test_is_not_enough() -> None:
    handling = (
        "from shop.bank import Gateway, CardDeclined\ndef pay(g: Gateway):\n    try:\n        return g.charge(1)\n"
        "    except CardDeclined:\n        return None\n"
    )
    raising = TELLING + "        raise BankTimeout(amount)\n"
    found = measured(handling, raising, {"raise CardDeclined(amount)": "validated"})
    assert next(cell for cell in found.cells if cell.name == "rejects").level == "not run"
