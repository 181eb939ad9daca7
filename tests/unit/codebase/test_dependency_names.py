"""Names in tables of dependencies that name nothing in the project, and the many that are nobody's business."""

from __future__ import annotations

import pytest

from linking import link
from quality_gate.codebase.dependency_names import misnamed
from quality_gate_checkers.settings import Dependency, Settings

BANK = """\
class BankDown(Exception):
    pass


class BankClient:
    limit = 3

    class Session:
        def send(self): ...

    def __init__(self):
        self.ledger = []

    def charge(self, amount):
        return amount


client = BankClient()


def transfer(amount):
    return amount
"""
SHOP = {
    "shop/__init__.py": "from shop.bank import BankDown as Down\n",
    "shop/bank.py": BANK,
    "shop/pay.py": "from shop.bank import client\n\n\ndef place(order):\n    client.charge(order)\n",
    "tests/fakes.py": "class FakeBank:\n    pass\n",
}


def told(pattern, files=SHOP, beside=lambda folder: ()) -> list[str]:
    """What is said of one pattern."""
    errors = misnamed(link(files, Settings()), {"bank": Dependency(calls=(pattern,))}, beside)
    return [f"{error.problem}; {error.remedy}" for error in errors]


@pytest.mark.parametrize(
    ("pattern", "right"),
    [
        ("shop.bank.BankClint.*", "shop.bank.BankClient.*"),
        ("shop.bank:BankClint.charge", "shop.bank.BankClient.charge"),
        ("shop.bank.bankclient.**", "shop.bank.BankClient.**"),
        ("shop.bank.BankDwn", "shop.bank.BankDown"),
        ("shop.bank.cliet.*", "shop.bank.client.*"),
        ("shop.bank.transfr", "shop.bank.transfer"),
        ("shop.bank.BankClie?t*x.*", "shop.bank.BankClient.*"),
        ("shop.bnk.BankClient.*", "shop.bank.BankClient.*"),
        ("shop.Dwn", "shop.Down"),
        ("shop.BankDown", "shop.bank.BankDown"),
        ("shop.pay.BankClient.*", "shop.bank.BankClient.*"),
        ("shop.bank.charge", "shop.bank.BankClient.charge"),
        ("shop.bank.BankClient.chagre", "shop.bank.BankClient.charge"),
        ("shop.bank.BankClient.Sesion.*", "shop.bank.BankClient.Session.*"),
        ("shop.bank.BankClient.Session.sendd", "shop.bank.BankClient.Session.send"),
        ("tests.fakes.FakeBnk.*", "tests.fakes.FakeBank.*"),
    ],
)
def test_a_name_that_names_nothing_is_told_with_the_nearest_right_one(pattern, right):
    assert told(pattern) == [f'"{pattern}" names nothing in the project; did you mean {right}?']


def test_without_a_like_name_the_command_that_shows_names_is_told():
    assert told("shop.bank.Quarry.*") == [
        '"shop.bank.Quarry.*" names nothing in the project; see the names with: quality-gate paths --calls'
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        "shop.bank.BankClient.*",
        "shop.bank:BankClient.charge",
        "shop.bank.BankDown",
        "shop.bank.transfer",
        "shop.bank.client.*",
        "shop.bank.client.chrge",
        "shop.bank.Bank*.charge",
        "shop.bank.*.chrge",
        "shop.bank.*",
        "shop.bank",
        "shop.*.BankClint",
        "shop.**.chrge",
        "**.BankClint.charge",
        "shop.Down",
        "shop.pay.client.charge",
        "shop.bank.BankClient.limit",
        "shop.bank.BankClient.ledger.append",
        "shop.bank.BankClient.refund_all_of_it",
        "shop.bank.transfer.inner",
    ],
)
def test_what_names_something_or_may_do_so_is_nobodys_business(pattern):
    assert told(pattern) == []


@pytest.mark.parametrize(
    "pattern", ["shp.bank.BankClient.*", "requests.Sesion.*", "TimeoutEror", "httpx.TimeoutExeption"]
)
def test_names_outside_the_project_are_not_judged(pattern):
    assert told(pattern) == []


@pytest.mark.parametrize("name", ["redis", "logging"])
def test_a_file_called_as_a_library_is_does_not_make_the_library_the_projects(name):
    assert told(f"{name}.Clients.*", {**SHOP, f"{name}.py": "class Client:\n    pass\n"}) == []
    assert told("ledgers.Clients.*", {**SHOP, "ledgers.py": "class Client:\n    pass\n"}) != []


@pytest.mark.parametrize(
    "added",
    [
        "from shop.other import *\n",
        "def __getattr__(name):\n    return name\n",
        "__getattr__, __dir__ = attach(__name__)\n",
        "globals()['BankClint'] = 1\n",
        "import sys\nsys.modules[__name__] = object()\n",
        "def start():\n    global BankClint\n    BankClint = 1\n",
        "try:\n    from _bank import BankClint\nexcept ImportError:\n    pass\n",
        "for BankClint in ():\n    pass\n",
        "BankClint: object\n",
        "print(BankClint := 1)\n",
        "def broken(:\n",
    ],
)
def test_a_module_that_may_have_the_name_all_the_same_is_silent(added):
    assert told("shop.bank.BankClint.*", {**SHOP, "shop/bank.py": BANK + added}) == []


def test_a_name_that_another_module_puts_there_is_silent():
    start = "from shop import bank\n\nbank.BankClint = 1\n"
    assert told("shop.bank.BankClint.*", {**SHOP, "shop/start.py": start}) == []


@pytest.mark.parametrize("rest", ["*", "**"])
def test_a_pattern_for_all_of_an_empty_module_is_silent(rest):
    assert told(f"shop.empty.{rest}", {**SHOP, "shop/empty.py": ""}) == []


@pytest.mark.parametrize(
    "head",
    [
        "class BankClient(Base):",
        "class BankClient(metaclass=Made):",
        "@made\nclass BankClient:",
        "class BankClient:\n    def __getattr__(self, name): ...",
        "if now:\n    class BankClient: ...\n\n\nclass BankClient:",
        "BankClient = 1\n\n\nclass BankClient:",
    ],
)
def test_members_of_a_class_that_has_more_than_its_source_shows_are_not_judged(head):
    files = {**SHOP, "shop/bank.py": BANK.replace("class BankClient:", head)}
    assert told("shop.bank.BankClient.chagre", files) == []


def test_a_member_that_another_class_has_is_not_judged():
    files = {**SHOP, "shop/more.py": "class More:\n    def chagre(self): ...\n"}
    assert told("shop.bank.BankClient.chagre", files) == []


@pytest.mark.parametrize("entry", ["bnk", "bnk.pyx", "bnk.cpython-311-x86_64-linux-gnu.so"])
def test_a_module_that_lies_there_and_is_not_linked_is_silent(entry):
    assert told("shop.bnk.BankClient.*", beside=lambda folder: [entry] if folder == "shop" else []) == []
    assert told("shop.bnk.BankClient.*", beside=lambda folder: [] if folder == "shop" else [entry]) != []


@pytest.mark.parametrize(
    "importing",
    ["import shop.bnk\n", "from shop import bnk\n", "from . import bnk\n", "from .bnk.deep import Client\n"],
)
def test_a_module_that_the_project_imports_is_silent_even_where_it_does_not_lie_there(importing):
    assert told("shop.bnk.BankClient.*", {**SHOP, "shop/start.py": importing}) == []


def test_a_package_that_has_something_else_under_a_modules_name_is_silent():
    assert told("shop.bank.chrge", {**SHOP, "shop/__init__.py": "from shop.bank import client as bank\n"}) == []
    assert told("shop.bank.trnsfer", {**SHOP, "shop/__init__.py": "from . import bank\n"}) != []


def test_a_folder_that_others_may_share_holds_what_is_spelled_alike_or_nothing_is_said():
    files = {"acme/billing/bank.py": BANK}
    assert told("acme.billing.bnk.BankClient.*", files)[0].endswith("did you mean acme.billing.bank.BankClient.*?")
    assert told("acme.biling.bank.BankClient.*", files)[0].endswith("did you mean acme.billing.bank.BankClient.*?")
    assert told("acme.auth.BankClient.*", files) == []
    assert told("acme.transfer.BankClient.*", files) == []
    seen = []
    told("acme.billing.bnk.BankClient.*", files, beside=lambda folder: seen.append(folder) or ())
    told("acme.biling.bank.BankClient.*", files, beside=lambda folder: seen.append(folder) or ())
    assert seen == ["acme/billing", "acme"]


def test_every_key_is_judged_and_all_errors_are_told_at_once():
    table = Dependency(
        calls=("shop.bank.BankClient.*", "shop.bank.BankClint.*"),
        rejects=("shop.bank.BankDwn",),
        unavailable=("ValueError", "shop.bank.BankDon"),
        idempotent=("shop.bank.BankClient.chrge",),
    )
    errors = misnamed(link(SHOP, Settings()), {"bank": table}, lambda folder: ())
    assert [error.where for error in errors] == [
        f"pyproject.toml: tool.quality-gate.dependencies.bank.{key}"
        for key in ("calls[1]", "rejects[0]", "unavailable[1]", "idempotent[0]")
    ]
