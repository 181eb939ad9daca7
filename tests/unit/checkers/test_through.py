"""Failures that come out of functions of the project: what cannot be decided is counted, not guessed."""

from __future__ import annotations

import time

import pytest

from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.settings import Settings

PAY = """\
import requests
{head}

{charge}


def pay(order, ship):
    try:
        charge(order)
    except requests.Timeout:
        pass
    except Exception:
        {silent}
    ship(order)
"""
OF_ANOTHER_MODULE = "from shop.bank import charge"
DECORATED = "from shop.tools import kept\n\n\n@kept\ndef charge(order):\n    requests.post('/charges', timeout=5)"


@pytest.mark.parametrize(
    ("head", "silent", "counted"),
    [(OF_ANOTHER_MODULE, "pass", 1), (DECORATED, "pass", 1), (OF_ANOTHER_MODULE, "order.state = 'unknown'", 0)],
    ids=["of another module", "behind a decorator of the project", "not dropped"],
)
def test_what_cannot_be_decided_is_counted(head: str, silent: str, counted: int) -> None:
    source = PAY.format(head=head, charge="", silent=silent).replace("    except requests.Timeout:\n        pass\n", "")
    inspection = inspect("shop/pay.py", source.encode(), Settings())
    assert (len(inspection.violations), inspection.not_resolved) == (0, counted)


def test_functions_that_call_each_other_end() -> None:
    charge = "def charge(order):\n    again(order)\n\n\ndef again(order):\n    charge(order)"
    source = PAY.format(head="", charge=charge, silent="pass").replace("requests.Timeout", "ValueError")
    assert inspect("shop/pay.py", source.encode(), Settings()).violations == ()


def handlers_around_one_function(count: int, *, decided: bool = False) -> float:
    head, before = ("dry=False", "if x: ") if decided else ("*_", "")
    rows = [f"import requests\ndef big(x, {head}):\n", "    if dry:\n        return\n" if decided else ""]
    rows += (f"    {before}g{i}(x)\n" for i in range(count))
    rows += (f"def g{i}(x):\n    x.a()\n" for i in range(count))
    rows += (f"def h{i}(x):\n    try:\n        big(x)\n    except Exception:\n        pass\n" for i in range(count))
    start = time.process_time()
    assert inspect("shop/pay.py", "".join(rows).encode(), Settings()).fault is None
    return time.process_time() - start


@pytest.mark.parametrize("decided", [False, True])
def test_many_handlers_around_one_function_read_it_once(decided: bool) -> None:
    assert handlers_around_one_function(1_000, decided=decided) < 5
