"""Calls of a declared dependency that are no failure path are said not to be looked at."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import cast

import pytest

from failure_listing import lister
from linking import link
from quality_gate.bench import Bench
from quality_gate.codebase.critical_paths import resolve
from quality_gate.codebase.path_coverage import PathCoverage
from quality_gate.codebase.path_failures import measure_failures
from quality_gate.config import CriticalPath
from quality_gate.failure_levels import ShownPath, ShownPaths
from quality_gate.failure_paths import counted
from quality_gate.practices._unseen_calls import as_reason, as_sentences, unseen_calls
from quality_gate_checkers.settings import Dependency, Settings

BANK = (
    "class CardDeclined(Exception): ...\nclass Gateway:\n    def __init__(self): ...\n"
    "    def charge(self, amount):\n        return self._ask(amount)\n    def _ask(self, amount): ...\n"
)
HEAD = "from concurrent.futures import ThreadPoolExecutor\nfrom contextlib import suppress\nfrom shop.bank import CardDeclined, Gateway\n"
SAID = "its call is handed over, or its failure suppressed"


def unseen(source: str, rejects: tuple[str, ...] = ("shop.bank.CardDeclined",)) -> dict[str, str]:
    files = {"shop/pay.py": HEAD + source, "shop/bank.py": BANK}
    settings = Settings(dependencies={"bank": Dependency(calls=("shop.bank.Gateway.*",), rejects=rejects)})
    codebase = link(files, settings)
    table = {"pay": CriticalPath(include=("shop/pay.py",))}
    (path,) = resolve(codebase, table, list(files), lambda file: False).paths
    every = lister(files, settings, codebase).of_members(path)
    found = counted(every, frozenset(member.name for member in path.members))
    shown = ShownPaths(
        shown=tuple(ShownPath(path=one, level="not run") for one in found),
        never=tuple(one for one in every if one.never is not None),
    )
    failures = measure_failures(PathCoverage(path, ()), shown, datetime.date(2026, 11, 23), lambda file: {})
    return unseen_calls(cast("Bench", SimpleNamespace(codebase=codebase, settings=settings)), failures)


@pytest.mark.parametrize(
    "body",
    [
        "    return pool.submit(lambda: g.charge(1))\n",
        "    return pool.submit(g.charge, 1)\n",
        "    with suppress(CardDeclined):\n        g.charge(1)\n",
    ],
)
def test_a_dependency_that_is_called_so_that_nobody_sees_it_fail_is_told(body: str) -> None:
    found = unseen(f"def pay(g: Gateway, pool: ThreadPoolExecutor):\n{body}")
    assert set(found) == {"the bank"}
    assert as_reason(found).startswith(
        f"how the bank fails at shop/pay.py:{5 if 'return' in body else 6} is not looked"
    )
    assert as_sentences("pay", found)[0].endswith(SAID)


@pytest.mark.parametrize(
    "source",
    [
        "def pay(g: Gateway):\n    return g.charge(1)\n",
        "def pay(g: Gateway, pool: ThreadPoolExecutor):\n    pool.submit(g.charge, 1)\n    return g.charge(1)\n",
        "def pay():\n    return Gateway()\n",
        "def pay(order):\n    return order\n",
        "def pay(g: Gateway):\n    if False:\n        g.charge(1)\n",
    ],
)
def test_nothing_is_said_where_it_has_rows_or_nobody_calls_it(source: str) -> None:
    assert unseen(source) == {}
    assert as_reason({}) == ""


def test_a_table_that_tells_of_no_failure_demands_nothing() -> None:
    assert unseen("def pay(g: Gateway, pool: ThreadPoolExecutor):\n    pool.submit(g.charge, 1)\n", rejects=()) == {}
