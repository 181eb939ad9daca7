"""`quality-gate prove` with the real pytest: what notices a change, what does not, and what stays as it was."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from gate_process import WAYS
from quality_gate.evidence.runs.proofs import read_proofs
from recorded_project import Project

BANK = """\
import asyncio
import functools
import os
from dataclasses import dataclass, field


class Declined(Exception):
    pass


def checked(amount):
    if amount < 0:
        raise ValueError(amount)
    return amount


def unchecked(gw, order):
    try:
        gw.auth(order)
    except ConnectionError:
        order["state"] = "unknown"
        return None
    return order


def two(gw, order):
    try:
        gw.auth(order)
        gw.capture(order)
    except (ConnectionError,
            KeyError) as error:
        order["state"] = type(error).__name__
    return order


def endless(gw):
    while True:
        try:
            return gw.auth(None)
        except ConnectionError:
            return "gone"


def deadly(gw):
    try:
        gw.auth(None)
    except ConnectionError:
        return "gone"
    os._exit(0)


async def later(gw):
    await asyncio.sleep(0)
    if gw is None:
        raise Declined
    return gw


def logged(function):
    @functools.wraps(function)
    def wrapper(*args):
        try:
            return function(*args)
        except Declined as error:
            return error
    return wrapper


@logged
def decorated(card):
    if not card:
        raise Declined("no card")
    return card


def outer(limit):
    def inner(amount):
        if amount > limit:
            raise Declined(limit)
        return amount
    return inner


def steps(cards):
    for card in cards:
        try:
            yield card.ask()
        except Declined:
            yield "declined"


def made():
    raise Declined


def read(gw):
    try:
        found = gw.auth(None)
    except ConnectionError:
        return "gone"
    return found.upper()


def opened(place, log):
    try:
        file = open(place)
    finally:
        log.append("closed")
    return file


@dataclass
class Order:
    total: int = field(default_factory=lambda: 1)

    @property
    def due(self):
        if self.total < 0:
            raise Declined(self.total)
        return self.total

    @classmethod
    def of(cls, total):
        if total is None:
            raise Declined(cls)
        return cls(total)

    def __post_init__(self):
        if self.total == 13:
            raise super().__getattribute__("unlucky")

    @property
    def unlucky(self):
        return Declined(__class__)


def never(amount):
    if amount is None:
        raise Declined


CARDS = {}


def forgotten(card):
    if card not in CARDS:
        raise KeyError(card)
    del CARDS[card]


class Gateway:
    def ping(self):
        return True


class Lost(Gateway):
    def ping(self):
        raise Declined("lost")


def asked(gateway: Gateway):
    return [gateway.ping()]
"""

LAZY = """\
def late(amount):
    if amount < 0:
        return {"error": amount}
    return {"paid": amount}
"""

TEST_BANK = """\
import asyncio
from unittest import mock
import pytest
from shop import bank

@pytest.fixture
def gw():
    return mock.Mock()

@pytest.fixture
def down(gw):
    gw.auth.side_effect = ConnectionError
    return gw

def test_opened():
    log = []
    with pytest.raises(FileNotFoundError):
        bank.opened("nowhere at all", log)
    assert log == ["closed"]

def test_checked():
    with pytest.raises(ValueError):
        bank.checked(-1)

def test_checked_ok():
    assert bank.checked(1) == 1

def test_unchecked(down):
    bank.unchecked(down, {})

def test_two_lost(down):
    assert bank.two(down, {})["state"] == "ConnectionError"

def test_two_key(gw):
    gw.capture.side_effect = KeyError
    bank.two(gw, {})

def test_endless(down):
    assert bank.endless(down) == "gone"

def test_read(down):
    bank.read(down)

def test_deadly(down):
    assert bank.deadly(down) == "gone"

def test_later():
    with pytest.raises(bank.Declined):
        asyncio.run(bank.later(None))

def test_decorated():
    assert str(bank.decorated("")) == "no card"

def test_outer():
    with pytest.raises(bank.Declined):
        bank.outer(3)(4)

def test_steps():
    card = mock.Mock()
    card.ask.side_effect = bank.Declined
    assert list(bank.steps([card])) == ["declined"]

def test_due():
    with pytest.raises(bank.Declined):
        bank.Order(-1).due

def test_of():
    with pytest.raises(bank.Declined):
        bank.Order.of(None)

def test_unlucky():
    with pytest.raises(bank.Declined):
        bank.Order(13)

def test_late():
    from shop import lazy
    assert "error" in lazy.late(-1)

def test_forgotten():
    with pytest.raises(KeyError):
        bank.forgotten(1)

@pytest.mark.xfail(strict=True)
def test_fails():
    bank.made()
"""

PYPROJECT = """\
[tool.pytest.ini_options]
addopts = "-n 2 -p xdist -p pytest_cov --cov=shop --cov-fail-under=100 -x --lf -m 'not nothing' -p no:hypothesispytest -p quality_gate_recorder"
markers = ["nothing"]
"""


def proofs(project, *arguments, code=None, **variables):
    """What `prove --format json` says, by function and text."""
    done = prove(project, *arguments, "--format", "json", **variables)
    assert code is None or done.returncode == code, done.stderr.decode()
    return {(one["function"], one["text"]): one for one in json.loads(done.stdout)["proofs"]}


def prove(project, *arguments, **variables):
    """`quality-gate prove`."""
    return subprocess.run(
        [*WAYS["python -P -m"], "prove", *arguments],
        cwd=project.folder,
        env={"PATH": os.environ["PATH"], "VIRTUAL_ENV": sys.prefix, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=240,
        check=False,
    )


def state_of(folder):
    """Every file of a project with its content and the time of its last change; the evidence is one of them."""
    return {
        place.relative_to(folder): (place.read_bytes(), place.stat().st_mtime_ns)
        for place in sorted(folder.rglob("*"))
        if place.is_file() and (place.parent.name != ".quality-gate" or place.name == "evidence.db")
    }


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    project = Project(
        tmp_path_factory.mktemp("bank") / "project",
        {
            "shop/bank.py": BANK,
            "shop/lazy.py": LAZY,
            "shop/test_inside.py": "def helper():\n    raise KeyError\n",
            "tests/test_bank.py": TEST_BANK,
            "pyproject.toml": PYPROJECT,
        },
    )
    done = project.test("--", "-o", "addopts=-p no:hypothesispytest", "-p", "no:cacheprovider", "-p", "no:xdist")
    assert b"Recorded" in done.stderr, done.stderr.decode()
    return project


@pytest.fixture(scope="module")
def before(bank):
    for place in list(bank.folder.rglob("__pycache__")):
        shutil.rmtree(place)
    return state_of(bank.folder)


@pytest.fixture(scope="module")
def found(bank, before):
    return proofs(bank, "shop", code=1)


PROVEN = [
    ("checked", "raise ValueError(amount)", "test_checked"),
    ("endless", "except ConnectionError", "test_endless"),
    ("deadly", "except ConnectionError", "test_deadly"),
    ("later", "raise Declined", "test_later"),
    ("logged.wrapper", "except Declined", "test_decorated"),
    ("decorated", 'raise Declined("no card")', "test_decorated"),
    ("outer.inner", "raise Declined(limit)", "test_outer"),
    ("steps", "except Declined", "test_steps"),
    ("Order.due", "raise Declined(self.total)", "test_due"),
    ("Order.of", "raise Declined(cls)", "test_of"),
    ("Order.__post_init__", 'raise super().__getattribute__("unlucky")', "test_unlucky"),
    ("two", "except ConnectionError", "test_two_lost"),
    ("late", 'if amount < 0: return {"error": amount}', "test_late"),
]


class TestWhatIsFound:
    @pytest.mark.parametrize(("function", "text", "test"), PROVEN)
    def test_changes_that_a_test_notices(self, found, function, text, test):
        one = found[function, text]
        assert (one["found"], one["reason"]) == ("proven", "")
        assert [name.partition("::")[2] for name in one["killed_by"]] == [test]

    def test_a_change_that_none_notices_is_shown_with_the_tests(self, found):
        one = found["unchecked", "except ConnectionError"]
        assert one["found"] == "survived"
        assert one["tests"] == ["tests/test_bank.py::test_unchecked"]
        assert one["change"] == "the handler does nothing"
        assert '-        order["state"] = "unknown"\n-        return None\n+        pass\n' in one["diff"]

    def test_a_change_that_crashes_by_itself_proves_nothing_to_a_test_that_checks_nothing(self, found):
        one = found["read", "except ConnectionError"]
        assert (one["found"], one["killed_by"]) == ("no answer", [])
        assert "test_read fails with a change and checks nothing" in one["reason"]

    @pytest.mark.skipif(sys.version_info < (3, 12), reason="which type a handler took is not recorded")
    def test_a_type_of_which_no_test_reads_what_comes_of_it(self, found):
        one = found["two", "except KeyError"]
        assert (one["found"], one["tests"]) == ("survived", ["tests/test_bank.py::test_two_key"])

    @pytest.mark.skipif(sys.version_info < (3, 12), reason="how calls end is not told")
    def test_a_change_that_nobody_can_notice_does_not_count(self, found):
        one = found["forgotten", "raise KeyError(card)"]
        assert (one["found"], "same exception" in one["reason"]) == ("not provable", True)

    def test_what_passes_on_the_failure_of_another_one_is_proven_there(self, found):
        assert ("Lost.ping", 'raise Declined("lost")') in found
        assert ("asked", "gateway.ping()") not in found

    def test_test_code_in_the_folder_is_not_asked_about(self, found):
        assert ("helper", "raise KeyError") not in found

    def test_what_only_a_test_that_does_not_pass_runs_is_not_run(self, found):
        assert found["made", "raise Declined"]["found"] == "not run"
        assert found["never", "raise Declined"]["found"] == "not run"

    @pytest.mark.skipif(sys.version_info < (3, 12), reason="that an exception is under way is not recorded")
    @pytest.mark.parametrize(
        ("kind", "text"), [("unwind", "open(place)"), ("cleanup", 'finally: log.append("closed")')]
    )
    def test_a_failure_that_passes_is_swallowed_and_not_cleaned_up_after(self, found, kind, text):
        one = found["opened", text]
        assert (one["kind"], one["found"]) == (kind, "proven")
        assert [name.partition("::")[2] for name in one["killed_by"]] == ["test_opened"]


class TestWhatStays:
    def test_the_files_are_as_they_were(self, bank, before, found):
        assert state_of(bank.folder) == before

    def test_it_is_kept_until_code_or_tests_change(self, bank, found):
        again = proofs(bank, "shop/bank.py", code=1)
        assert all(one["remembered"] for one in again.values() if one["found"] in ("proven", "survived"))
        kept = read_proofs(bank.folder, tracked=False)
        assert b"test_checked" in kept.content()
        text = (bank.folder / "tests/test_bank.py").read_text()
        try:
            bank.write("tests/test_bank.py", text.replace("bank.checked(-1)", "bank.checked(-2)"))
            changed = proofs(bank, "shop/bank.py:13", code=3)
            assert [one["found"] for one in changed.values()] == ["no answer"]
            assert b"test_checked" not in read_proofs(bank.folder, tracked=False).content()
        finally:
            bank.write("tests/test_bank.py", text)


SLOW = """\
import os, pathlib, time
import pytest
from shop import pay

def test_negative():
    try:
        pay.charge(-1)
    except ValueError:
        return
    place = pathlib.Path(os.environ["PLACE"])
    place.with_suffix(".new").write_text(str(os.getpid()))
    place.with_suffix(".new").rename(place)
    time.sleep(600)
"""


def is_there(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_an_interrupted_run(tmp_path, number):
    project = Project(tmp_path / "project", {"tests/test_pay.py": SLOW})
    project.test("--", "-p", "no:hypothesispytest")
    place = tmp_path / "pid"
    gate = subprocess.Popen(
        [*WAYS["python -P -m"], "prove", "shop"],
        cwd=project.folder,
        env={"PATH": os.environ["PATH"], "VIRTUAL_ENV": sys.prefix, "PLACE": str(place)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not place.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    child = int(place.read_text())
    assert is_there(child)
    gate.send_signal(number)
    assert gate.wait(30) == (130 if number == signal.SIGINT else -number)
    while is_there(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_there(child)


HOSTILE = """\
import os
import pytest
from shop import pay

def test_writes_to_whatever_is_open():
    for number in range(3, 400):
        try:
            os.write(number, b'{"ended": true, "failed": false, "reached": true}\\n' * 9)
        except OSError:
            pass
    with pytest.raises(ValueError):
        pay.charge(-1)

def test_closes_whatever_is_open():
    os.closerange(150, 400)
    with pytest.raises(ValueError):
        pay.refund(2)
"""


def test_tests_that_write_to_or_close_what_is_open(tmp_path):
    pay = "def charge(x):\n    if x < 0:\n        raise ValueError\n\n\ndef refund(x):\n    if x > 1:\n        raise ValueError\n"
    project = Project(tmp_path / "project", {"tests/test_pay.py": HOSTILE, "shop/pay.py": pay})
    project.test("--", "-p", "no:hypothesispytest")
    found = {function: one for (function, _), one in proofs(project, "shop").items()}
    assert found["charge"]["found"] == "proven"
    assert found["refund"]["found"] == "no answer"
    assert "do not pass by themselves" in found["refund"]["reason"]


def test_without_evidence_nothing_is_proven(tmp_path):
    done = prove(Project(tmp_path / "project"), "shop")
    assert done.returncode == 3
    assert b"type quality-gate test" in done.stderr


@pytest.mark.parametrize(("subject", "code"), [("shop", 3), ("shop/pay.py", 3), ("shop/__init__.py", 0)])
def test_what_cannot_be_read_is_never_proven(tmp_path, subject, code):
    project = Project(tmp_path / "project", {"shop/pay.py": "def (\n", "shop/__init__.py": ""})
    done = prove(project, subject)
    assert done.returncode == code, done.stderr
    assert (b"not looked at: shop/pay.py:1: it does not parse" in done.stderr) is (code == 3)


def test_a_name_that_is_none(tmp_path):
    done = prove(Project(tmp_path / "project"), "shop.pay:charg")
    assert done.returncode == 2
    assert b"did you mean shop.pay.charge?" in done.stderr


def test_people_see_the_change_and_the_tests(tmp_path):
    test = "from shop import pay\n\ndef test_negative():\n    try:\n        pay.charge(-1)\n    except ValueError:\n        pass\n"
    project = Project(tmp_path / "project", {"tests/test_pay.py": test})
    project.test("--", "-p", "no:hypothesispytest")
    done = prove(project, "shop.pay:charge")
    text = done.stdout.decode()
    assert done.returncode == 1
    assert "shop/pay.py:3  raise ValueError(amount)  in charge()" in text
    assert "tests/test_pay.py::test_negative" in text
    assert "   | -    if amount < 0:\n   | +    if False:\n" in text
    assert "0 of 1 failure paths proven" in text


def test_only_what_a_change_touches(tmp_path):
    project = Project(tmp_path / "project", {"shop/pay.py": BANK})
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "all"]):
        name = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *name, *arguments], cwd=project.folder, check=True, capture_output=True)
    project.write(
        "shop/pay.py",
        BANK.replace("if amount < 0:\n        raise ValueError(amount)", "if amount < 1:\n        raise ValueError(0)"),
    )
    project.test("--", "-p", "no:hypothesispytest")
    assert proofs(project, "shop", "--new", code=1).keys() == {("checked", "raise ValueError(0)")}
    assert len(proofs(project, "shop", code=1)) > 10


@pytest.mark.parametrize("body", ["assert False", "os._exit(0)"])
def test_a_run_that_was_cut_short_says_nothing_of_what_no_test_runs(tmp_path, body):
    test = f"import os\nfrom shop import pay\n\ndef test_ends():\n    {body}\n\ndef test_other():\n    pay.charge(1)\n"
    project = Project(tmp_path / "project", {"tests/test_pay.py": test})
    project.test("--", "-x", "-p", "no:hypothesispytest")
    (found,) = proofs(project, "shop.pay:charge", code=3).values()
    assert found["found"] == "no answer"
