"""QG501: a vendor's exceptions at declared boundaries."""

from __future__ import annotations

import pytest

NAME = "vendor-exception-leak"
BOUNDARIES = ("shop.gateways.**",)
INSIDE = "shop/gateways/bank.py"

GUARDED = "import requests\n\nclass Unreachable(Exception): ...\n\ndef charge(order):\n    {}\n"
LEAKS = {
    "unguarded": "return requests.post(u)",
    "only the other family": "try: requests.post(u)\n    except requests.HTTPError: raise Unreachable",
    "raised again": "try: requests.post(u)\n    except requests.RequestException:\n        log()\n        raise",
    "in a handler": "try: pass\n    except requests.RequestException: requests.post(u)",
}
HOLDS = {
    "translated": "try: requests.post(u)\n    except requests.RequestException as e: raise Unreachable from e",
    "a base": "try: requests.post(u)\n    except OSError: return None",
    "bare": "try: requests.post(u)\n    except: return None",
    "what does not resolve": "try: requests.post(u)\n    except ERRORS: return None",
    "a context of the project's own": "with translated(): requests.post(u)",
    "no vendor": "return open(u)",
}


@pytest.mark.parametrize("title", LEAKS)
def test_an_exception_leaves_the_boundary(hits, installed, title):
    ((_, message),) = hits(NAME, GUARDED.format(LEAKS[title]), INSIDE, BOUNDARIES)
    assert "which leaves the boundary through charge()" in message


@pytest.mark.parametrize("title", HOLDS)
def test_an_exception_is_kept(hits, installed, title):
    assert hits(NAME, GUARDED.format(HOLDS[title]), INSIDE, BOUNDARIES) == []


@pytest.mark.parametrize(
    "source",
    [
        GUARDED.format("return requests.post(u)").replace("def charge", "def _charge"),
        GUARDED.format("return requests.post(u)").replace("def charge", "@translating\ndef charge"),
    ],
)
def test_what_is_private_or_decorated_is_not_judged(hits, installed, source):
    assert hits(NAME, source, INSIDE, BOUNDARIES) == []


CAUGHT = "import celery.exceptions, django.core.exceptions, sqlalchemy.exc, requests\nfrom requests import Timeout\n\ndef f():\n    try: g()\n    except {}: pass\n"


@pytest.mark.parametrize(
    ("caught", "found"),
    [
        ("requests.RequestException", 1),
        ("Timeout", 1),
        ("(ValueError, requests.HTTPError, Timeout)", 2),
        ("OSError", 0),
        ("celery.exceptions.Retry", 0),
        ("django.core.exceptions.ObjectDoesNotExist", 0),
        ("sqlalchemy.exc.SQLAlchemyError", 0),
        ("Exception", 0),
        ("unknown.Error", 0),
    ],
)
def test_outside_a_boundary_nobody_catches_a_vendors_exception(hits, installed, caught, found):
    assert len(hits(NAME, CAUGHT.format(caught), "shop/views.py", BOUNDARIES)) == found


def test_inside_a_boundary_it_is_caught(hits, installed):
    assert hits(NAME, CAUGHT.format("Timeout"), INSIDE, BOUNDARIES) == []


def test_without_declared_boundaries_it_is_silent(hits, installed):
    assert hits(NAME, CAUGHT.format("Timeout"), "shop/views.py") == []
    assert hits(NAME, GUARDED.format("return requests.post(u)"), INSIDE) == []
