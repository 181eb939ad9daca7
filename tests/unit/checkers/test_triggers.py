"""Triggers spare work and decide nothing: a rule that is not asked would have found nothing."""

from __future__ import annotations

import pytest

from cases_of import CASES, read_cases
from disguising import disguised, pieces
from quality_gate_checkers.catalog import catalog
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.model import Module, Role, Rule, parse
from quality_gate_checkers.model.neighbours import Neighbours
from quality_gate_checkers.model.outside import Outside
from quality_gate_checkers.settings import Settings

ABOUT_COMMENTS = {"QG601", "QG602", "QG604"}


def sources(rule: Rule) -> list[tuple[str, str]]:
    """(path, source) of a rule's cases and of the examples of its page."""
    path = "shop/example.py" if Role.SOURCE in rule.roles else "tests/test_example.py"
    cases = read_cases(CASES / f"{rule.name.replace('-', '_')}.py")
    return [*((case.path, case.source) for case in cases), *((path, fence.code) for fence in rule.page.fences())]


def asked_anyway(path: str, source: str, outside: Outside | None = None) -> list[tuple[int, str]]:
    """What all rules find that look at a file of this role, whatever stands in it."""
    module = Module(path, source, parse(source), Settings(), catalogue().made_by, catalog().names, outside)
    rules = [rule for rule in catalog().rules if module.role in rule.roles]
    return sorted((found.location.line, found.code) for rule in rules for found in rule.violations(module))


def found(path: str, source: str, outside: Outside | None = None) -> list[tuple[int, str]]:
    inspection = inspect(path, source.encode(), Settings(), outside=outside)
    return sorted((violation.location.line, violation.code) for violation in inspection.violations)


INFRASTRUCTURE = """\
import queue
from concurrent.futures import ThreadPoolExecutor

import redis
import requests
from sqlalchemy.orm import Session

cache = redis.Redis(socket_timeout=3)
pool = ThreadPoolExecutor(4)
http = requests.Session()
jobs = queue.Queue()
"""

TOLD_BY_OTHERS = {
    "QG201": "def rates():\n    return http.head('https://bank.example/rates')",
    "QG204": "def tell(orders):\n    pool.map(mail, orders)",
    "QG213": "def total(order):\n    found = Session()\n    send(found, order)\n    found.close()",
    "QG217": "def total(order):\n    with cache.lock('total'):\n        return order",
}


@pytest.mark.parametrize("code", TOLD_BY_OTHERS)
def test_no_word_decides_what_other_modules_tell(code):
    source = f"from shop.things import Session, cache, http, pool\n\n{TOLD_BY_OTHERS[code]}\n"

    def outside() -> Outside:
        return Neighbours({"shop.things": "shop/things.py"}, read).seen_from("shop/pay.py")

    def read(path: str, seen: Outside) -> Module:
        return Module(path, INFRASTRUCTURE, parse(INFRASTRUCTURE), Settings(), catalogue().made_by, outside=seen)

    wanted = asked_anyway("shop/pay.py", source, outside())
    assert code in [told for _, told in wanted]
    assert found("shop/pay.py", source, outside()) == wanted


@pytest.mark.parametrize("rule", catalog().rules, ids=lambda rule: rule.name)
def test_no_word_decides_what_a_rule_finds(rule):
    shown = [(path, text) for path, source in sources(rule) for text in (source, *pieces(source))]
    others = [(path, disguised(text)) for path, text in shown]

    for path, text in (*shown, *others):
        assert found(path, text) == asked_anyway(path, text), text

    told = {code for path, text in others for _, code in found(path, text)}
    assert rule.code in told | ABOUT_COMMENTS, "no disguise is seen through: nothing is asked here"
