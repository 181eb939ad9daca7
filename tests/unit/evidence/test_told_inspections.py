"""Files that other modules tell more about: what is found then, what is kept, and when that does not hold any more."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from quality_gate.evidence.inspections import inspect_files
from quality_gate.evidence.told_inspections import inspections_told
from quality_gate.store import Store
from quality_gate_checkers.model.module import dotted_name
from quality_gate_checkers.settings import Settings

HTTP = "import requests\n\nsession = requests.Session()\n"
PAY = "from shop.http import session\n\n\ndef pay():\n    return session.post('/charges', json={})\n"
NO_CLIENT = "session = object()\n"


class Shop:
    """A project whose files are older than the cache."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.paths: set[str] = set()
        self.parsed: list[int] = []

    def write(self, **sources: str) -> Shop:
        self.paths |= {f"shop/{name}.py" for name in sources}
        for name, source in sources.items():
            place = self.root / f"shop/{name}.py"
            place.parent.mkdir(exist_ok=True)
            place.write_text(source)
            old = time.time() - 60
            os.utime(place, (old, old))
        return self

    def rules(self, of: str = "pay") -> list[str]:
        """Names of the rules that a file breaks; `parsed` grows by the files that were asked again."""
        paths = sorted(self.paths)
        modules = {dotted_name(path): path for path in paths}
        with Store(self.root, "key") as store:
            alone = inspect_files(
                self.root, paths, Settings(), store, always_read=True, now_ns=time.time_ns(), progress=self._alone
            )
            told = inspections_told(
                self.root,
                alone,
                modules,
                Settings(),
                store,
                always_read=True,
                now_ns=time.time_ns(),
                progress=lambda at, of: self.parsed.append(at),
            )
        assert set(told) == set(alone)
        return [violation.name for violation in told[f"shop/{of}.py"].violations]

    def _alone(self, at: int, of: int) -> None:
        """Who reads a file alone is not counted."""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_a_client_that_another_module_makes(shop: Shop) -> None:
    assert shop.write(pay=PAY, http=HTTP).rules() == ["call-without-deadline"]
    assert shop.write(http=NO_CLIENT).rules() == []


@pytest.mark.parametrize(
    "more",
    ["session.mount('https://', WithTimeout())\n", "session.request = partial(session.request, timeout=5)\n"],
    ids=["adapter", "wrapped"],
)
def test_what_is_set_up_where_it_is_made_holds(shop: Shop, more: str) -> None:
    assert shop.write(pay=PAY, http=HTTP + more).rules() == []


def test_a_session_class_with_a_limit_of_its_own(shop: Shop) -> None:
    limited = "class Limited(requests.Session):\n    def request(self, *args, **more): ...\n\n\nsession = Limited()\n"
    assert shop.write(pay=PAY, http=f"import requests\n\n\n{limited}").rules() == []


def test_nothing_is_asked_again_while_nothing_has_changed(shop: Shop) -> None:
    shop.write(pay=PAY, http=HTTP, other="x = 1\n").rules()
    assert shop.parsed == [1]
    assert shop.rules() == shop.write(other="x = 2\n").rules() == ["call-without-deadline"]
    assert shop.parsed == [1]


def test_an_answer_holds_until_what_it_stands_on_changes(shop: Shop) -> None:
    """Through a module between, which stays as it is."""
    shop.write(pay=PAY.replace("shop.http", "shop.web"), web="from shop.http import session\n", http=HTTP)
    assert shop.rules() == ["call-without-deadline"]
    assert shop.write(http=NO_CLIENT).rules() == []
    assert shop.write(http=HTTP).rules() == ["call-without-deadline"]


def test_an_answer_holds_until_a_name_leads_elsewhere(shop: Shop) -> None:
    shop.write(pay=PAY, other="").rules()
    assert shop.write(http=HTTP).rules() == ["call-without-deadline"]
    shop.paths.discard("shop/http.py")
    assert shop.rules() == []


def test_a_stranger_that_becomes_the_projects_own(shop: Shop) -> None:
    """`requests` lies in the tree now: what it is, its own source tells."""
    shop.write(pay=PAY, http=HTTP.replace("requests.Session", "requests.sessions.Session"))
    assert shop.rules() == ["call-without-deadline"]
    (shop.root / "requests.py").write_text("class sessions:\n    class Session:\n        def post(self): ...\n")
    shop.paths.add("requests.py")
    shop.rules()
    assert len(shop.parsed) > 1


def test_a_file_that_asks_nobody_is_read_once(shop: Shop) -> None:
    shop.write(pay="import requests\nrequests.post('/')\n", http=HTTP)
    assert shop.rules() == ["call-without-deadline"]
    assert shop.parsed == []


def test_tests_are_not_read_again(shop: Shop) -> None:
    """Whether a helper checks on their behalf is the call graph's to tell; both would speak of the same test."""
    shop.write(pay="", http="from checks import paid\n")
    place = shop.root / "tests" / "test_pay.py"
    place.parent.mkdir()
    changed = "http.limit = 3\n    assert http.limit\n    del http.limit\n"
    place.write_text(f"from shop import http\n\n\ndef test_pay():\n    {changed}")
    shop.paths.add("tests/test_pay.py")
    shop.rules()
    assert shop.parsed == []


@pytest.mark.parametrize("http", ["def (", "x = " + "(" * 300 + ")" * 300, "\0"], ids=["syntax", "deep", "null"])
def test_a_neighbour_that_cannot_be_read_tells_nothing(shop: Shop, http: str) -> None:
    assert shop.write(pay=PAY, http=http).rules() == []


def test_what_the_cache_holds_wrongly_is_not_believed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write(pay=PAY, http=HTTP).rules()
    monkeypatch.setattr(Store, "results", lambda self, keys: dict.fromkeys(keys, b"\x93\x80\x90"))
    assert shop.rules() == ["call-without-deadline"]


def test_a_failure_that_comes_out_of_another_module(shop: Shop) -> None:
    pay = "from shop.bank import charge\n\n\ndef pay():\n    try:\n        charge()\n    except Exception:\n        pass\n"
    bank = "import requests\n\n\ndef charge():\n    requests.post('/charges', timeout=5)\n"
    assert shop.write(pay=pay, bank=bank).rules() == ["silent-failure"]
    assert shop.write(bank="def charge():\n    return 5\n").rules() == []


LEAK = """\
from shop.limits import limiter

eighth = eval("1")  # noqa: S307


def test_pay():
    limiter.enabled = False
    assert limiter.pay()
"""
LIMITS = "class Limiter:\n    enabled = True\n\n    def pay(self):\n        return 1\n\n\nlimiter = Limiter()\n"
PUTS_BACK = """\
import pytest

from shop.limits import limiter


@pytest.fixture({autouse})
def anew():
    {begin}
    {end}
"""


@pytest.mark.parametrize(
    ("autouse", "begin", "end", "left"),
    [
        ("autouse=True", "yield", "limiter.enabled = True", []),
        ("autouse=True, scope='function'", "before = limiter.enabled", "yield before", []),
        ("", "yield", "limiter.enabled = True", ["shared-state-leak"]),
        ("autouse=True", "yield", "limiter.reset()", ["shared-state-leak"]),
        ("autouse=True", "limiter.enabled = True", "return None", ["shared-state-leak"]),
    ],
    ids=["put back", "kept before", "not for every test", "something else", "only set before"],
)
def test_what_every_test_has_put_back_is_no_leak(
    shop: Shop, autouse: str, begin: str, end: str, left: list[str]
) -> None:
    shop.write(test_pay=LEAK, limits=LIMITS)
    others = shop.rules(of="test_pay")
    assert others == ["suppression-without-reason", "shared-state-leak"]
    shop.write(conftest=PUTS_BACK.format(autouse=autouse, begin=begin, end=end))
    assert shop.rules(of="test_pay") == [others[0], *left]
    shop.write(conftest="")
    assert shop.rules(of="test_pay") == others


def test_a_conftest_of_another_folder_puts_nothing_back(shop: Shop) -> None:
    shop.write(test_pay=LEAK, limits=LIMITS)
    fixture = PUTS_BACK.format(autouse="autouse=True", begin="yield", end="limiter.enabled = True")
    (shop.root / "shop/other").mkdir()
    shop.write(**{"other/conftest": fixture})
    assert shop.rules(of="test_pay")[1:] == ["shared-state-leak"]
