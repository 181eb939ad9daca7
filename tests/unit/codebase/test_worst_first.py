"""In which order missing failure paths are told: what a person would test first comes first."""

from __future__ import annotations

from types import SimpleNamespace

from failure_listing import listed
from quality_gate.codebase.path_failures import PathFailures, _cells, _Shown
from quality_gate.failure_levels import ShownPath

PAY = """\
import requests
from django.contrib.auth.models import User
from django.db import transaction


@transaction.atomic
def pay(order, name):
    user = User.objects.get(name=name)
    answer = requests.post("https://x.test", json=order, timeout=5)
    if answer.status_code == 402:
        raise LookupError(user)
    return answer.json()
"""


def shown() -> list[ShownPath]:
    return [ShownPath(path=one, level="not run") for one in listed({"shop/pay.py": PAY})]


def test_own_exceptions_and_services_before_databases_and_before_what_shows_of_neither() -> None:
    run = [ShownPath(path=one.path, level="run") for one in shown() if one.path.kind == "raise"]
    missing = [*run, *shown()]
    found = PathFailures(SimpleNamespace(), tuple(missing)).worst  # type: ignore[arg-type]  # nobody asks for its path
    texts = [one.path.text.partition("(")[0] for one in found if one.path.kind != "deadline"]
    assert texts.index("requests.post") < texts.index("raise LookupError") < texts.index("User.objects.get")
    assert texts.index("User.objects.get") < texts.index("@transaction.atomic")
    assert found[-1].level == "run"


def test_a_databases_row_stands_below_those_of_services() -> None:
    cells = _cells(_Shown(tuple(shown()), ()), _Shown((), ()), lambda path: {})
    assert list(dict.fromkeys(cell.dependency for cell in cells)) == ["requests", "Django ORM"]
