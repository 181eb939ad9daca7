"""Suggested tests under the real pytest: they fail with their own words, and with the last line filled in they make the
failure happen."""

from __future__ import annotations

import ast
import re

import msgspec
import pytest

from cases import CASES, CONFTEST, INSTALLED, WITH_MONKEYPATCH
from quality_gate.codebase.suggesting.suggest import written
from suggesting import Tried, enters, id_of


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    files = {"tests/conftest.py": CONFTEST, "shop/__init__.py": "", "shop/pay.py": "", "tests/test_pay.py": ""}
    for name, (code, tests, _) in CASES.items():
        files |= {f"shop/{name}.py": code, f"tests/test_{name}.py": tests}
    project = Tried(tmp_path_factory.mktemp("suggested"), files, INSTALLED)
    assert re.search(r"^\d+ passed in", project.output, re.MULTILINE), project.output
    return project


@pytest.fixture(scope="module")
def skeletons(tried):
    """What is suggested for each case, with names that no other has."""
    return {name: tried.marked(f"shop/{name}.py") for name in CASES}


@pytest.fixture(scope="module")
def unfilled(tried, skeletons):
    return tried.tried([one for held in skeletons.values() for one in held], filled=False)[0]


@pytest.fixture(scope="module")
def filled(tried, skeletons):
    return tried.tried([one for held in skeletons.values() for one in held], filled=True)


@pytest.mark.parametrize("name", CASES)
def test_it_is_written_as_the_projects_own_tests_are(name, skeletons):
    text = "\n".join(one.text for one in skeletons[name])
    for part in CASES[name][2]:
        assert part in text, text


@pytest.mark.parametrize("name", CASES)
def test_it_is_python_and_needs_nothing_by_hand(name, skeletons):
    assert skeletons[name]
    for one in skeletons[name]:
        ast.parse("\n".join([*one.imports, one.text]))
        assert one.by_hand == ""


@pytest.mark.parametrize("name", CASES)
def test_it_fails_with_its_own_words_until_it_is_filled_in(name, skeletons, unfilled):
    for one in skeletons[name]:
        failure = rf"^FAILED {re.escape(id_of(one))}(?:\[.*\])? - (?:Failed|AssertionError): {re.escape(one.says)}$"
        assert re.search(failure, unfilled, re.MULTILINE), f"{one.text}\n{unfilled}"


@pytest.mark.parametrize("name", CASES)
def test_filled_in_it_passes_and_makes_the_failure_happen(name, skeletons, filled):
    output, runs = filled
    for one in skeletons[name]:
        assert f"FAILED {id_of(one)}" not in output, output
        assert enters(one, runs), f"{one.text}\n{output}"


WITH_MOCK = """

def test_with_mock():
    from unittest.mock import patch

    with patch("os.sep", ":"):
        pass
"""
FAILING = """\
from shop.pay import pay


class Down:
    def charge(self, order):
        raise KeyError


class Up:
    def charge(self, order):
        return order


def test_down():
    assert pay(Down(), 1) is None


def test_all_is_well():
    for order in (1, 2):
        if order:
            assert pay(Up(), order) == order
"""
BY_TWO = """\
def note(order):
    if not order:
        raise ValueError(order)


def pay(bank, order):
    note(order)  # here
    try:
        bank.charge(order)
    except KeyError:
        return None
    return order
"""


def test_the_model_is_a_test_in_which_nothing_else_fails_though_another_is_plainer(tmp_path):
    project = Tried(tmp_path, {"shop/__init__.py": "", "shop/pay.py": BY_TWO, "tests/test_pay.py": FAILING}, {})
    assert {one.model for one in project.marked("shop/pay.py")} == {"tests/test_pay.py::test_all_is_well"}


def test_where_the_model_makes_it_happen_already_nothing_is_left_to_be_arranged(tmp_path):
    code = "def check(lines):\n    if sum(lines) % 7 == 3:\n        raise ValueError(lines)  # here\n    return lines\n"
    fails = "import pytest\nfrom shop.pay import check\n\n\ndef test_odd():\n    with pytest.raises(ValueError):\n        check([1, 2])\n"
    for name, test, by_hand in (
        ("entered", fails, False),
        ("not", fails.replace("[1, 2]", "[3, 'x']").replace("Value", "Type"), True),
    ):
        project = Tried(tmp_path / name, {"shop/__init__.py": "", "shop/pay.py": code, "tests/test_pay.py": test}, {})
        (one,) = project.marked("shop/pay.py")
        assert bool(one.by_hand) is by_hand


TWICE = """\
def part(text):
    if not text:
        raise ValueError(text)
    return int(text)


def pay(bank, order):
    first = part(order[0])
    return first + part(order[1])  # here
"""
WELL = "from shop.pay import pay\n\n\ndef test_pay():\n    assert pay(None, '12') == 3\n"


@pytest.mark.parametrize(
    ("line", "by_hand"), [("", "make this fail, and not the same call before it: part(order[1])"), ("first", "")]
)
def test_what_would_fail_before_is_not_replaced(line, by_hand, tmp_path):
    code = TWICE.replace("  # here", "").replace("(order[0])", "(order[0])  # here") if line else TWICE
    project = Tried(tmp_path, {"shop/__init__.py": "", "shop/pay.py": code, "tests/test_pay.py": WELL}, {})
    (one,) = project.marked("shop/pay.py")
    assert (one.by_hand, "failing_part" in one.text) == (by_hand, not by_hand)


ASKING = """\
import requests


def find(order):
    return order


def tell(order):
    found = find(order)
    if found is None:
        return False  # here
    return True


def pay(order):
    try:
        requests.post("https://x.test", json=order, timeout=5)  # there
    except requests.RequestException:
        return 502
    return 200
"""
ASKED = """\
from shop.pay import pay, tell


def test_tell():
    assert tell(1)


def test_pay():
    assert pay(1) == 200
"""


def test_no_test_passes_once_the_code_does_not_come_to_the_failure_any_more(tmp_path):
    files = {"shop/__init__.py": ""}
    for name, style in (("plain", ""), ("patched", WITH_MONKEYPATCH), ("mocked", WITH_MOCK)):
        files |= {f"shop/{name}.py": ASKING, f"tests/test_{name}.py": ASKED.replace("shop.pay", f"shop.{name}") + style}
    project = Tried(tmp_path, files, INSTALLED)
    code = [path for path in files if path.startswith("shop/") and files[path]]
    found = [one for path in code for one in (*project.marked(path), *project.at(path, 18))]
    other = ASKING.replace("find(order)\n", "order\n").replace("requests.post(", "dict(url=")
    project.files |= dict.fromkeys(code, other)
    output = project.tried(found, filled=True)[0]
    assert "6 failed" in output
    assert output.count("- AssertionError: requests.post() has not failed") == 3, output
    assert output.count("- AssertionError: find() was not called") == 3, output


BY_OTHERS = """\
def part(text):
    if not text:
        raise ValueError(text)
    return int(text)


def first(order):
    return part(order[0])


def second(order):
    return part(order[1])  # here


def pay(bank, order):
    return first(order) + second(order)
"""


def test_nor_is_what_another_function_calls_as_well(tmp_path):
    project = Tried(tmp_path, {"shop/__init__.py": "", "shop/pay.py": BY_OTHERS, "tests/test_pay.py": WELL}, {})
    (one,) = project.marked("shop/pay.py")
    assert one.by_hand == "make this fail, and not the same call before it: part(order[1])"
    assert "failing" not in one.text


ANSWERED = """\
from werkzeug.exceptions import HTTPException


class Gone(HTTPException):
    pass


def find(order):
    if sum(order) == 3:
        raise Gone(order)  # here
    return order
"""
DRIVEN = """\
import operator

import shop.pay


def test_a_client():
    assert operator.methodcaller("find", [4])(shop.pay) == [4]


def test_itself():
    assert True
"""
WERKZEUG = {"werkzeug/__init__.py": "", "werkzeug/exceptions.py": "class HTTPException(Exception): pass\n"}


@pytest.mark.parametrize("by_itself", [True, False])
def test_what_a_framework_answers_is_expected_where_the_test_calls_the_function_alone(by_itself, tmp_path):
    by_name = "import pytest\nfrom shop.pay import find\n\ndef test_find():\n    with pytest.raises(Exception):\n        find([3])\n"
    by_client = DRIVEN.replace("[4])(shop.pay) == [4]", "[3])(shop.pay) == [4]").replace(
        "    assert operator", "    import pytest\n    with pytest.raises(Exception):\n        operator"
    )
    test = by_name if by_itself else by_client.replace(" == [4]", "")
    files = {"shop/__init__.py": "", "shop/pay.py": ANSWERED, "tests/test_pay.py": test}
    (one,) = Tried(tmp_path, files, WERKZEUG).marked("shop/pay.py")
    assert ("with pytest.raises(" in one.text) is by_itself, one.text


UNSURE = """\
import asyncio


class Gone(Exception):
    pass


def of_two(order, first, second):
    try:
        first(order.get("id"))
        second(order)
    except Gone:  # of two
        return None


def looked_up(order, ask):
    try:
        return ask(order["id"])
    except KeyError:  # looked up
        return None


def cancelled(order, ask):
    try:
        return ask(ask(order))
    except asyncio.CancelledError:  # cancelled
        return None


def forgiving(ask):
    def wrapper(order):
        try:
            return ask(order)
        except KeyError:  # wrapped
            return None

    return wrapper


@forgiving
def find(order):
    if order > 7:
        raise KeyError(order)
    return order


def post(order):
    if order > 7:
        raise Gone(order)


async def tell(order):
    post(order)  # apart


tasks = set()


async def pay(order):
    tasks.add(asyncio.create_task(tell(order)))
    return order
"""
UNSURELY = """\
import asyncio

from shop.pay import cancelled, find, looked_up, of_two, pay


def test_all():
    of_two({}, print, print)
    assert looked_up({"id": 7}, abs) == 7
    assert cancelled(-7, abs) == 7


def test_find():
    assert find(7) == 7


def test_pay():
    async def both():
        assert await pay(7) == 7
        await asyncio.sleep(0)

    asyncio.run(both())
"""


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        ("of two", "nothing tells which call raises Gone: first() or second()"),
        ("looked up", "make this raise KeyError: order['id']"),
        ("cancelled", "cancel what waits for it, in the middle"),
        ("wrapped", "make find() itself raise KeyError: its decorator has hold of it already"),
        ("apart", "wait here for what asyncio.create_task() starts, which the code does not wait for"),
    ],
)
def test_what_no_test_can_honestly_make_fail_is_said(mark, says, unsure):
    line = next(number for number, one in enumerate(UNSURE.split("\n"), 1) if one.endswith(f"# {mark}"))
    (one,) = unsure.at("shop/pay.py", line)
    assert one.by_hand == says
    assert "pytest.raises" not in one.text
    ast.parse(one.text)


@pytest.fixture(scope="module")
def unsure(tmp_path_factory):
    files = {"shop/__init__.py": "", "shop/pay.py": UNSURE, "tests/test_pay.py": UNSURELY}
    return Tried(tmp_path_factory.mktemp("unsure"), files, {})


def test_names_from_one_module_are_imported_together(skeletons):
    one = msgspec.structs.replace(
        skeletons["plain"][0], imports=("from shop import b", "from shop import a", "import os", "import pytest")
    )
    assert written([one]).startswith("import os\nimport pytest\nfrom shop import a, b\n\n\n# tests/test_plain.py\ndef ")
