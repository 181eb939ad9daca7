"""Where a team may start: which functions are proposed, in which order, and what is said of them."""

from __future__ import annotations

import pytest

from linking import link
from quality_gate.codebase.starting.candidates import History, candidates
from quality_gate.codebase.starting.proposing import Proposal, propose
from quality_gate.codebase.starting.themes import THEMES, pattern, words_of
from quality_gate.config import CriticalPath
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.settings import Settings

BRANCHES = "".join(f"    if amount == {number}:\n        return step_{number}(amount)\n" for number in range(6))
STEPS = "".join(f"def step_{number}(amount):\n    return amount\n" for number in range(6))
SHOP = {
    "shop/__init__.py": "",
    "shop/pay.py": f"import requests\ndef charge(amount):\n{BRANCHES}    return requests.post('x', timeout=1)\n{STEPS}"
    "def show_payment(amount):\n    return charge(amount)\n",
    "shop/web.py": "from flask import Flask\nfrom shop.pay import charge\nfrom shop.sort import ordered\napp = Flask('x')\n"
    f"@app.post('/sync')\ndef sync(amount):\n{BRANCHES}    return ordered(amount)\n{STEPS}"
    "@app.get('/health')\ndef health():\n    return 'ok'\n",
    "shop/sort.py": "def order_by(rows):\n    return sorted(rows)\ndef ordered(rows):\n    return order_by(rows)\n",
    "shop/admin.py": f"def refund(amount):\n{BRANCHES}    return amount\n{STEPS}",
    "tests/test_pay.py": "from shop.pay import charge\ndef test_pay():\n    charge(1)\n",
}
OFTEN = History(1_000, {"shop/web.py": 60, "shop/pay.py": 3})


def asked(name: str) -> str | None:
    found = catalogue().fallible(name)
    return found.dependency if found is not None and found.remote else None


def proposed(files: dict[str, str], history: History = OFTEN) -> tuple[Proposal, ...]:
    found = candidates(link(files, Settings()), lambda path: not path.startswith("tests/"), history)
    return propose(found, history, asked)


def test_concrete_functions_each_with_what_speaks_for_it() -> None:
    payments, hot = proposed(SHOP)
    assert payments.name == "payments"
    (charge,) = payments.entries
    assert (charge.name, charge.path) == ("shop.pay:charge", "shop/pay.py")
    assert charge.reason == (
        "asks requests; 6 functions behind it; 6 branches; called from 2 places; "
        "its file changed in 3 of the last 1,000 commits"
    )
    assert (hot.name, hot.is_known) == ("sync", False)
    assert hot.why == "It answers POST /sync, and what is here was changed in 60 of the last 1,000 commits."


def test_what_is_proposed_can_be_declared() -> None:
    for proposal in proposed(SHOP):
        CriticalPath(why=proposal.why, entry=tuple(entry.name for entry in proposal.entries))


def test_nothing_speaks_for_looking_administering_sorting_and_testing() -> None:
    named = {entry.name for proposal in proposed(SHOP) for entry in proposal.entries}
    assert named.isdisjoint({"shop.pay:show_payment", "shop.admin:refund", "shop.sort:order_by", "shop.web:health"})


def test_without_changes_nothing_is_hot_and_no_history_is_told() -> None:
    (payments,) = proposed(SHOP, History())
    assert "commits" not in payments.entries[0].reason


def test_a_young_history_is_not_told() -> None:
    assert "commits" not in proposed(SHOP, History(3, {"shop/pay.py": 3}))[0].entries[0].reason


def test_of_functions_that_call_each_other_the_first_is_named() -> None:
    files = {
        **SHOP,
        "shop/orders.py": f"from shop.pay import charge\ndef place_order(amount):\n{BRANCHES}    return create_order(amount)\n"
        f"def create_order(amount):\n{BRANCHES}    return charge(amount)\n{STEPS}",
    }
    orders = next(one for one in proposed(files) if one.name == "orders")
    assert [entry.name for entry in orders.entries] == ["shop.orders:place_order"]


def test_no_more_than_a_handful() -> None:
    files = {}
    for theme in THEMES:
        for word in sorted(theme.words):
            files[f"shop/{word}.py"] = f"def send_{word}(amount):\n{BRANCHES}    return amount\n{STEPS}"
    found = proposed(files)
    assert 3 <= len(found) <= 5
    assert all(1 <= len(one.entries) <= 3 for one in found)


def doing(*names: str, calling: str = "") -> str:
    """Functions of much weight, which call each other's steps."""
    return (
        "".join(f"def {name}(amount):\n{BRANCHES}    return {calling or 'step_0'}(amount)\n" for name in names) + STEPS
    )


def entries(files: dict[str, str]) -> dict[str, list[str]]:
    return {one.name: [entry.name for entry in one.entries] for one in proposed(files)}


@pytest.mark.parametrize(
    "name",
    [
        "_refund",
        "prepare_payment",
        "payer_auth_validation_check",
        "notify_interrupted_tasks",
    ],
)
def test_a_private_function_and_one_of_whose_name_the_word_is_a_small_part_are_no_beginning(name: str) -> None:
    asking = f"import requests\ndef {name}(amount):\n{BRANCHES}    return requests.post('x', timeout=1)\n{STEPS}"
    assert entries({"shop/__init__.py": "", "shop/core.py": asking}) == {}


def test_an_application_for_tests_is_no_business() -> None:
    assert entries({"testapp/__init__.py": "", "testapp/core.py": doing("refund")}) == {}


def test_where_all_is_about_one_thing_more_of_it_is_named() -> None:
    names = ("authenticate", "login", "reset_password", "send_password", "verify_password")
    files = {"users/__init__.py": "", "users/core.py": doing(*names)}
    assert {name: len(found) for name, found in entries(files).items()} == {"sign-in": 5}


def test_two_paths_of_which_most_is_the_same_are_one() -> None:
    shared = "def settle(amount):\n" + BRANCHES + "    return amount\n" + STEPS
    files = {"shop/__init__.py": "", "shop/core.py": shared}
    for name in ("place_order", "refund"):
        files[f"shop/{name}.py"] = f"from shop.core import settle\ndef {name}(amount):\n    return settle(amount)\n"
    assert list(entries(files)) == ["payments"]
    files["shop/place_order.py"] = doing("place_order")
    assert set(entries(files)) == {"payments", "orders"}


def test_a_hot_function_whose_most_is_on_a_path_already_is_none() -> None:
    sync = SHOP["shop/web.py"].replace("return ordered(amount)", "return charge(amount)")
    assert list(entries({**SHOP, "shop/web.py": sync.replace(STEPS, "")})) == ["payments"]


def test_an_empty_project_gets_nothing() -> None:
    assert proposed({}) == ()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("refund_orders", ("refund", "order")),
        ("RefundOrders", ("refund", "order")),
        ("chargeVAT", ("charge", "vat")),
        ("HTTPAuth", ("http", "auth")),
        ("order_by_date", ("date",)),
        ("get_sort_order", ("get",)),
        ("status", ("status",)),
        ("login2fa", ("login", "fa")),
        ("größe", ("größe",)),
    ],
)
def test_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("line", "hits"),
    [
        (b"    async def pay_now(self):", 1),
        (b"class OrderView:", 1),
        (b"@router.post('/x')", 1),
        (b"    path('x', view),", 1),
        (b"order = 1", 0),
        (b"def other():", 0),
    ],
)
def test_pattern(line: bytes, hits: int) -> None:
    assert len(pattern().findall(line)) == hits
