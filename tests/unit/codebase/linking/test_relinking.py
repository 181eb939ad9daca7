"""A link after a change is the link that a first one would have been, and does no more than it must."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext

import pytest

from quality_gate.codebase.facts import Facts, decode, encode
from quality_gate.codebase.facts_of import facts_of
from quality_gate.codebase.linked import LinkedCodebase
from quality_gate.codebase.linking import phases, relinking
from quality_gate.codebase.linking.outside import Library
from quality_gate.codebase.linking.record import Memory
from quality_gate.codebase.linking.relinking import Files
from quality_gate.codebase.modules import module_names
from quality_gate.store import digest
from quality_gate_checkers.settings import Settings

LIBRARY = Library(lambda name, call: None, lambda name: name, lambda name: False)
PROJECT = {
    "shop/__init__.py": "from .pay import charge\n",
    "shop/pay.py": """
from shop.bank import Bank, make
from shop.log import logged

BANKS = {}

class Checkout:
    def __init__(self, bank=None):
        self.bank = bank or make()
        self.steps = []

    @logged
    def place(self, order):
        self.bank.charge(order)
        for step in self.steps:
            step(order)
        return order.total

    @property
    def total(self):
        return self.bank.total

def charge(order):
    return Checkout(Bank()).place(order)

def register(name, bank):
    BANKS[name] = bank

def pay_by_name(name, order):
    BANKS[name].charge(order)
""",
    "shop/bank.py": """
from shop.base import Base, helper

class Bank(Base):
    def charge(self, order):
        helper(order)
        return self.send(order)

    @property
    def total(self):
        return 1

def make():
    return Bank()

class Other(Base):
    def charge(self, order):
        return helper(order)
""",
    "shop/base.py": """
class Base:
    def send(self, order):
        return self.transport().post(order)

    def transport(self):
        return Transport()

class Transport:
    def post(self, order):
        return order.pack()

def helper(order):
    return order.pack()
""",
    "shop/log.py": """
import functools

def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        note(function)
        return function(*args, **kwargs)
    return wrapper

def note(x): ...
""",
    "shop/orders.py": """
from shop import charge
from shop.pay import Checkout, pay_by_name, register
from shop.bank import Other

class Order:
    total = 3
    def pack(self):
        return self.lines()
    def lines(self):
        return []

def audit(order):
    order.pack()

def main():
    order = Order()
    charge(order)
    register("other", Other())
    checkout = Checkout(Other())
    checkout.steps.append(audit)
    checkout.place(order)
    pay_by_name("other", order)
    return checkout.total
""",
    "shop/sandbox.py": """
from shop import bank, base

class Post:
    def post(self, order): ...

def inject():
    base.Transport = Post
""",
}


class Runs:
    """Links one project again and again, with what is remembered of the last time."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}
        self.older: dict[bytes, bytes] = {}

    def link(self, sources: Mapping[str, str], *, remembering: bool = True) -> LinkedCodebase:
        """Link some sources."""
        facts = {path: facts_of(path, text.encode(), Settings()) for path, text in sorted(sources.items())}
        keys = {path: digest(encode(held)) for path, held in facts.items()}
        self.older |= {keys[path]: encode(held) for path, held in facts.items()}
        names = module_names(facts, (), {path: held.imports for path, held in facts.items()})
        files = Files(names, keys, facts.__getitem__, dict, self._older)
        return LinkedCodebase(files, LIBRARY, self._opened if remembering else nullcontext)

    @contextmanager
    def _opened(self) -> Iterator[Memory]:
        """The memory, which can be read only while it is open."""
        held = [self.kept]
        yield Memory(
            lambda names: {name: held[0][name] for name in names if name in held[0]},
            self.kept.__setitem__,
        )
        held[0] = {}

    def _older(self, key: bytes) -> Facts | None:
        content = self.older.get(key)
        return decode(content) if content is not None else None


def everything(codebase: LinkedCodebase) -> dict[str, tuple[object, ...]]:
    """All that a codebase tells of calls."""
    return {
        name: (codebase.calls_from(name), codebase.external_calls(name), codebase.unresolved_calls(name))
        for name in codebase.names()
    }


def test_nothing_changed_nothing_is_linked(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs()
    first = everything(runs.link(PROJECT))
    again = runs.link(PROJECT)
    monkeypatch.setattr(relinking, "link_module", lambda linker, module: pytest.fail(f"{module.path} was linked"))
    assert everything(again) == first
    assert again.link.red == 0


@pytest.mark.parametrize(
    ("path", "old", "new", "most"),
    [
        ("shop/log.py", "        note(function)\n", "        note(function)\n        note(args)\n", 1),
        ("shop/orders.py", "return []", "return [1]", 1),
        ("shop/base.py", "return Transport()", "return None", 4),
    ],
)
def test_a_change_within_a_function_is_linked_where_it_matters(path: str, old: str, new: str, most: int) -> None:
    runs = Runs()
    runs.link(PROJECT).link  # noqa: B018 - links
    changed = {**PROJECT, path: PROJECT[path].replace(old, new)}
    again = runs.link(changed)
    assert everything(again) == everything(runs.link(changed, remembering=False))
    assert 1 <= again.link.red <= most


def test_lines_that_move_change_only_their_own_file() -> None:
    runs = Runs()
    runs.link(PROJECT).link  # noqa: B018 - links
    changed = {**PROJECT, "shop/base.py": "# a comment\n\n" + PROJECT["shop/base.py"]}
    again = runs.link(changed)
    assert everything(again) == everything(runs.link(changed, remembering=False))
    assert again.link.red == 1


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("shop/base.py", "def helper", "def another(order):\n    return 1\n\ndef helper"),
        ("shop/base.py", "class Transport:", "import functools\n\nclass Transport:"),
        (
            "shop/base.py",
            "    def transport",
            "    def other(self):\n        return [x for x in ()]\n\n    def transport",
        ),
        ("shop/base.py", "def helper(order):\n", "def helper(order):\n    if order:\n        return order.pack()\n"),
        ("shop/log.py", "def note(x): ...", "def note(x, *rest): ..."),
        ("shop/pay.py", "BANKS = {}", "BANKS = {}\nNAMES = []"),
    ],
)
def test_what_nobody_looks_at_changes_only_its_own_file(path: str, old: str, new: str) -> None:
    runs = Runs()
    runs.link(PROJECT).link  # noqa: B018 - links
    assert old in PROJECT[path]
    changed = {**PROJECT, path: PROJECT[path].replace(old, new)}
    again = runs.link(changed)
    assert everything(again) == everything(runs.link(changed, remembering=False))
    assert again.link.red == 1


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("shop/bank.py", "class Bank(Base):", "class Bank:"),
        ("shop/pay.py", "    @logged\n", ""),
        ("shop/pay.py", "    @property\n", ""),
        ("shop/__init__.py", "from .pay import charge", "from .orders import audit as charge"),
        ("shop/orders.py", "Checkout(Other())", "Checkout()"),
        ("shop/orders.py", "checkout.steps.append(audit)", "pass"),
        ("shop/sandbox.py", "base.Transport = Post", "pass"),
        ("shop/sandbox.py", "base.Transport = Post", "bank.make = Post"),
        ("shop/orders.py", "def pack", "def wrap"),
        ("shop/log.py", "return wrapper", "return function"),
    ],
)
def test_changes_that_reach_other_files(path: str, old: str, new: str) -> None:
    runs = Runs()
    before = everything(runs.link(PROJECT))
    assert old in PROJECT[path]
    changed = {**PROJECT, path: PROJECT[path].replace(old, new)}
    found = everything(runs.link(changed))
    assert found == everything(runs.link(changed, remembering=False))
    assert found != before
    assert everything(runs.link(PROJECT)) == before


def test_files_that_come_and_go() -> None:
    runs = Runs()
    without = {path: text for path, text in PROJECT.items() if path != "shop/bank.py"}
    for sources in (PROJECT, without, PROJECT):
        assert everything(runs.link(sources)) == everything(runs.link(sources, remembering=False))


ORDERS = {
    "shop/orders.py": "from dataclasses import dataclass\n\n@dataclass\nclass Order:\n    def pay(self): ...\n",
    "shop/use.py": "from shop.orders import Order\n\ndef place():\n    Order().pay()\n",
}


GONE = {
    "shop/rates.py": "other = 1\n",
    "shop/named.py": "from shop.rates import fee\n\ndef place():\n    fee()\n",
    "shop/whole.py": "from shop import rates\n\ndef place():\n    rates.fee()\n",
    "shop/starred.py": "from shop.rates import *\n\ndef place():\n    fee()\n",
}
"""Names that the file never had, and may have where it cannot be read."""


@pytest.mark.parametrize("project", [PROJECT, ORDERS, GONE], ids=["shop", "orders", "gone"])
def test_a_file_that_does_not_parse_any_more(project: dict[str, str]) -> None:
    for path in project:
        runs = Runs()
        runs.link(project).link  # noqa: B018 - links
        for sources in ({**project, path: project[path] + "\ndef (\n"}, project):
            assert everything(runs.link(sources)) == everything(runs.link(sources, remembering=False))


def _edited(chance: random.Random, sources: dict[str, str]) -> dict[str, str]:
    """One random edit after which the file still parses."""
    words = re.findall(r"[A-Za-z_]\w+", "\n".join(sources.values()))
    while True:
        path = chance.choice(sorted(sources))
        lines = sources[path].split("\n")
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        kind = chance.choice(["delete", "double", "move", "word"])
        if kind == "delete":
            del lines[at]
        elif kind == "double":
            lines.insert(at, lines[at])
        elif kind == "move":
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines[at] = re.sub(
                r"[A-Za-z_]\w+", lambda found: chance.choice([found.group(), chance.choice(words)]), lines[at]
            )
        text = "\n".join(lines)
        try:
            ast.parse(text)
        except SyntaxError:
            continue
        if text != sources[path]:
            return {**sources, path: text}


@pytest.mark.parametrize("seed", range(4))
def test_many_random_edits(seed: int) -> None:
    chance = random.Random(seed)
    runs, sources = Runs(), dict(PROJECT)
    runs.link(sources).link  # noqa: B018 - links
    for _ in range(12):
        sources = _edited(chance, sources)
        assert everything(runs.link(sources)) == everything(runs.link(sources, remembering=False)), sources


def test_lines_that_move_ask_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs()
    runs.link(PROJECT).link  # noqa: B018 - links
    changed = {**PROJECT, "shop/base.py": '"""Orders."""\n\n' + PROJECT["shop/base.py"].replace("Base:", "Base:  # b")}
    with monkeypatch.context() as patched:
        patched.setattr(phases.Phase, "_asked", lambda self, question: pytest.fail(f"{question} was asked again"))
        again = everything(runs.link(changed))
    assert again == everything(runs.link(changed, remembering=False))
    runs.link({**changed, "shop/bank.py": PROJECT["shop/bank.py"].replace("return 1", "return 2")}).link  # noqa: B018 - links
    assert everything(runs.link(PROJECT)) == everything(runs.link(PROJECT, remembering=False))


@pytest.mark.parametrize("lost", ["record", "stood", "answers", "links", "older facts", "everything garbled"])
def test_a_memory_that_is_lost_costs_time_only(lost: str) -> None:
    runs = Runs()
    runs.link(PROJECT).link  # noqa: B018 - links
    for name in list(runs.kept):
        if name.startswith(lost.encode()):
            del runs.kept[name]
        elif lost == "everything garbled":
            runs.kept[name] = b"\x93garbled"
    if lost == "older facts":
        runs.older.clear()
    changed = {**PROJECT, "shop/bank.py": PROJECT["shop/bank.py"].replace("return Bank()", "return Other()")}
    assert everything(runs.link(changed)) == everything(runs.link(changed, remembering=False))
