"""What a failure path tells beside its place: dependencies, handlers, waivers, boundaries, and what counts."""

from __future__ import annotations

import pytest

from failure_listing import listed, lister
from linking import link
from quality_gate.codebase.critical_paths import resolve
from quality_gate.config import CriticalPath
from quality_gate.failure_paths import FailurePath, counted
from quality_gate_checkers.settings import Dependency, Settings

BANK = Settings(
    dependencies={
        "bank": Dependency(
            calls=("shop.bank.Gateway.*",),
            rejects=("shop.bank:CardDeclined", "shop.bank.LimitReached"),
            unavailable=("shop.bank.BankTimeout",),
        )
    }
)
GATEWAY = """
class CardDeclined(Exception): ...
class LimitReached(Exception): ...
class BankTimeout(Exception): ...
class Gateway:
    def capture(self, order): ...
"""


def paths_of(source: str, settings: Settings | None = None, **files: str) -> list[FailurePath]:
    others = {f"{name.replace('__', '/')}.py": text for name, text in files.items()}
    return [path for path in listed({"shop/pay.py": source, **others}, settings) if path.path == "shop/pay.py"]


def one(found: list[FailurePath], kind: str) -> FailurePath:
    (path,) = [path for path in found if path.kind == kind]
    return path


def families(path: FailurePath) -> set[tuple[str, str]]:
    return set(path.families)


def test_a_call_of_a_library_rejects_and_is_unavailable() -> None:
    source = "import stripe\ndef charge(o):\n    stripe.Charge.create(amount=o)\n"
    assert families(one(paths_of(source), "unwind")) == {("stripe", "rejects"), ("stripe", "unavailable")}


def test_an_http_client_says_no_when_it_is_asked() -> None:
    source = "import requests\ndef charge(o):\n    r = requests.get(o)\n    r.raise_for_status()\n"
    call, asking = [path for path in paths_of(source) if path.kind == "unwind"]
    assert families(call) == {("requests", "unavailable")}
    assert families(asking) == {("requests", "rejects")}


def test_of_a_dependency_of_the_teams_own_every_exception_is_told_apart() -> None:
    source = (
        "from shop.bank import BankTimeout, CardDeclined, Gateway\n"
        "def charge(order, gateway: Gateway):\n"
        "    try:\n        gateway.capture(order)\n"
        "    except CardDeclined:\n        return None\n"
        "    except BankTimeout:\n        return 0\n"
    )
    found = paths_of(source, BANK, shop__bank=GATEWAY)
    declined, silent = [path for path in found if path.kind == "handler call"]
    assert declined.types == ("shop.bank.CardDeclined",)
    assert families(declined) == {("bank", "rejects")}
    assert families(silent) == {("bank", "unavailable")}
    assert one(found, "unwind").types == ("shop.bank.LimitReached",)


def test_whose_failure_it_is_is_known_three_calls_above() -> None:
    source = (
        "from shop.middle import settle\n"
        "def charge(order):\n    try:\n        settle(order)\n    except Exception:\n        return None\n"
    )
    middle = (
        "from shop.bank import Gateway\ndef settle(order):\n    _settle(order)\n"
        "def _settle(order):\n    Gateway().capture(order)\n"
    )
    found = one(paths_of(source, BANK, shop__middle=middle, shop__bank=GATEWAY), "handler call")
    assert families(found) == {("bank", "rejects"), ("bank", "unavailable")}
    assert found.call is not None
    assert found.call.callees == ("shop.middle.settle",)


@pytest.mark.parametrize(
    ("handler", "told"),
    [
        ("except ValueError:\n        return 1", (False, False, False)),
        ("except Exception:\n        return 1", (True, False, False)),
        ("except:\n        return 1", (True, False, False)),
        ("except ValueError:\n        logger.warning('no')", (False, True, False)),
        ("except ValueError:\n        pass", (False, True, False)),
        ("except ValueError:\n        logger.warning('no')\n        raise", (False, False, True)),
        ("except ValueError as error:\n        order.close()\n        raise error", (False, False, True)),
        ("except ValueError:\n        order.state = 1\n        raise", (False, False, False)),
        (
            "except ValueError as error:\n        if order:\n            error.order = order\n        raise",
            (False, False, True),
        ),
        ("except ValueError as error:\n        error.add_note('in f')\n        raise error", (False, False, True)),
        ("except ValueError as error:\n        order.cause = error\n        raise", (False, False, False)),
        ("except ValueError:\n        if order:\n            return 1\n        raise", (False, False, False)),
        ("except ValueError:\n        if order:\n            return\n        raise", (False, False, False)),
        ("except ValueError as error:\n        raise KeyError from error", (False, False, False)),
    ],
)
def test_handlers_that_evidence_alone_cannot_validate(handler: str, told: tuple[bool, bool, bool]) -> None:
    source = (
        f"import logging\nlogger = logging.getLogger()\ndef f(order):\n    try:\n        order.a()\n    {handler}\n"
    )
    shape = one(paths_of(source), "handler").handler
    assert shape is not None
    assert (shape.broad, shape.log_only, shape.raises_again) == told
    assert shape.is_narrow is not any(told)
    assert shape.line == 6


def test_a_handler_call_leads_from_the_call_to_the_body() -> None:
    source = (
        "import requests\ndef f(url):\n    try:\n        x = (1, requests.get(\n            url))\n"
        "    except OSError:\n        # nothing\n        x = (\n            1)\n"
    )
    path = one(paths_of(source), "handler call")
    assert (path.line, path.last) == (8, 9)
    assert path.handler is not None
    assert path.handler.line == 6
    assert path.call is not None
    assert (path.call.line, path.call.column, path.call.end_line, path.call.end_column) == (4, 17, 5, 17)
    assert path.call.text == "requests.get(url)"
    assert path.call.remote


def test_columns_are_code_points() -> None:
    source = "import requests\ndef f(url):\n    x = 'äöü€😀', requests.get(url)\n"
    path = one(paths_of(source), "unwind")
    assert path.call is not None
    assert source.split("\n")[2][path.call.column - 1 :].startswith("requests.get(url)")


def test_calls_that_end_their_function_are_told() -> None:
    source = (
        "import requests\nasync def f(url):\n    requests.get(1)\n    if url:\n        return requests.get(2)\n"
        "    with url:\n        requests.get(3)\n"
    )
    tails = {path.text: path.call.tail for path in paths_of(source) if path.call is not None}
    assert tails == {"requests.get(1)": False, "requests.get(2)": True, "requests.get(3)": True}


def test_waivers_are_told_with_their_reasons() -> None:
    note = '# quality-gate: allow[untested-failure-path] reason="seen in production daily" until=2027-01-31'
    other = '# quality-gate: allow[silent-failure] reason="another matter"'
    bare = "# quality-gate: allow[untested-failure-path]"
    source = (
        f"def f(o):\n    if o.a():\n        raise ValueError  {note}\n    if o.b():\n        raise KeyError  {other}\n"
        f"    try:\n        o.c()\n    except OSError:  {note}\n        return 1\n    raise IndexError  {bare}\n"
    )
    waived = {path.text: path.waiver for path in paths_of(source)}
    held = waived["raise ValueError"]
    assert held is not None
    assert (held.line, held.reason, held.until) == (3, "seen in production daily", "2027-01-31")
    assert waived["except OSError"] is not None
    assert waived["raise KeyError"] is None
    assert waived["raise IndexError"] is None


def test_what_a_file_alone_does_not_tell_other_files_do() -> None:
    source = "from shop.http import session\ndef charge(o):\n    session.get('https://bank')\n"
    http = "import requests\nsession = requests.Session()\n"
    assert families(one(paths_of(source, shop__http=http), "unwind")) == {("requests", "unavailable")}


def test_doubles_in_tests_are_no_part_of_what_runs() -> None:
    source = "class Gateway:\n    def capture(self): ...\ndef charge(g: Gateway):\n    g.capture()\n"
    double = "from shop.pay import Gateway\nclass Fake(Gateway):\n    def capture(self):\n        raise OSError\n"
    assert paths_of(source, tests__test_pay=double) == []
    assert len(paths_of(source, shop__real=double)) == 1


# -- critical paths

APP = """
from flask import Flask
import requests
app = Flask(__name__)

@app.errorhandler(OSError)
def broken(error):
    return "sorry", 503

@app.route("/pay")
def pay():
    check(1)
    return requests.get("https://bank/1")

def check(order):
    requests.get("https://bank/2")
    if order.old():
        raise KeyError(order)
"""


def members_paths(source: str) -> tuple[list[FailurePath], frozenset[str]]:
    files = {"shop/app.py": source}
    codebase = link(files, Settings())
    declared = {"payments": CriticalPath(entry=("shop.app.pay",))}
    (path,) = resolve(codebase, declared, list(files), lambda file: False).paths
    return list(lister(files).of_members(path)), frozenset(member.name for member in path.members)


def test_unwinding_that_ends_at_one_boundary_counts_once() -> None:
    found, members = members_paths(APP)
    ends = {path.text: path.ends_at for path in found if path.kind == "unwind"}
    assert ends == {
        "check(1)": "",
        'requests.get("https://bank/1")': "shop.app.broken",
        'requests.get("https://bank/2")': "shop.app.broken",
    }
    kept = [(path.kind, path.text) for path in counted(found, members)]
    assert kept == [("unwind", 'requests.get("https://bank/1")'), ("raise", "raise KeyError(order)")]


def test_without_a_boundary_each_counts_where_it_begins() -> None:
    found, members = members_paths(APP.replace("@app.errorhandler(OSError)", "@app.errorhandler(ValueError)"))
    kept = [(path.kind, path.text) for path in counted(found, members)]
    assert kept == [
        ("unwind", 'requests.get("https://bank/1")'),
        ("unwind", 'requests.get("https://bank/2")'),
        ("raise", "raise KeyError(order)"),
    ]


def test_class_u_is_listed_and_does_not_count() -> None:
    found = paths_of("def f(o):\n    raise NotImplementedError\n")
    assert [path.never for path in found] == ["NotImplementedError says that no caller comes here"]
    assert counted(found, frozenset()) == []


def test_a_call_on_a_thing_that_is_made_there_is_one_path() -> None:
    """Both calls begin at one place, and only one of them can fail."""
    bank = "class Declined(Exception):\n    pass\nclass Bank:\n    def charge(self, o):\n        raise Declined\n"
    source = "from shop.bank import Bank\ndef pay(o):\n    Bank().charge(o)\n"
    found = [path for path in paths_of(source, shop__bank=bank) if path.kind == "unwind"]
    assert [path.call.name for path in found if path.call] == ["shop.bank.Bank.charge"]
