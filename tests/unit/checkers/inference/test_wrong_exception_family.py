"""QG108: what a handler catches against what installed libraries raise."""

from __future__ import annotations

import pytest

NAME = "wrong-exception-family"
HEAD = "import asyncio, json, logging, requests, redis, aiohttp\nfrom shop.cart import total\n"

GUILTY = {
    "a builtin around a function": ("r = requests.get(u)", "ConnectionError"),
    "around a session": ("requests.Session().post(u)", "TimeoutError"),
    "what inherits it": ("requests.get(u)", "ConnectionRefusedError"),
    "all of a tuple": ("requests.get(u)", "(TimeoutError, ConnectionError)"),
    "of another library": ("redis.Redis().get(u)", "requests.Timeout"),
    "beside quiet calls": ("logging.info('x'); x = json.loads(u); requests.get(str(u))", "ConnectionError"),
    "through a response": ("r = requests.get(u); r.raise_for_status(); x = r.json()", "TimeoutError"),
    "an annotated client": ("client.set('a', u)", "TimeoutError"),
}

SILENT = {
    "its own family": ("requests.get(u)", "requests.ConnectionError"),
    "a base of its family": ("requests.get(u)", "OSError"),
    "everything": ("requests.get(u)", "Exception"),
    "a tuple that holds the right one": ("requests.get(u)", "(ConnectionError, requests.ConnectionError)"),
    "no lost connection": ("requests.get(u)", "ValueError"),
    "the project's own code": ("requests.get(u); total()", "ConnectionError"),
    "what does not resolve": ("requests.get(u); u.send()", "ConnectionError"),
    "a file": ("open(u); requests.get(u)", "TimeoutError"),
    "a time limit": ("asyncio.run(asyncio.wait_for(requests.get(u), 3))", "TimeoutError"),
    "a library that lets it through": ("aiohttp.ClientSession().get(u)", "TimeoutError"),
    "raised on the spot": ("requests.get(u)\n        raise TimeoutError", "TimeoutError"),
    "one of two libraries": ("requests.get(u); redis.Redis().get(u)", "requests.Timeout"),
    "nothing called": ("x = u", "TimeoutError"),
    "a silenced one": (
        "requests.get(u)",
        'TimeoutError:  # quality-gate: allow[wrong-exception-family] reason="a b c"\n       ',
    ),
}


def tried(body: str, caught: str) -> str:
    end = "" if ":" in caught else ":"
    return f"{HEAD}\ndef f(u, client: redis.Redis):\n    try:\n        {body}\n    except {caught}{end} return None\n"


@pytest.mark.parametrize("title", GUILTY)
def test_a_handler_that_is_never_entered(hits, installed, title):
    ((line, message),) = hits(NAME, tried(*GUILTY[title]))
    assert line == 7
    assert "is never entered" in message


@pytest.mark.parametrize("title", SILENT)
def test_a_handler_that_may_be_entered(hits, installed, title):
    assert hits(NAME, tried(*SILENT[title])) == []


def test_it_says_what_to_catch_instead(hits, installed):
    ((_, message),) = hits(NAME, tried("redis.Redis().get(u)", "TimeoutError"))
    assert message == (
        "except TimeoutError is never entered: redis raises no such exception here; catch redis.exceptions.TimeoutError"
    )


def test_without_the_library_it_is_silent(hits):
    assert hits(NAME, tried("pika.BlockingConnection(u)", "TimeoutError").replace("json,", "json, pika,")) == []


PATCHED = "from unittest import mock\nfrom unittest.mock import patch\nimport requests\n\ndef test_f():\n    {}\n"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("patch('shop.pay.requests.get', side_effect=ConnectionError)", 1),
        ("mock.patch('requests.Session.post', side_effect=TimeoutError('slow'))", 1),
        ("patch('shop.pay.requests.get', side_effect=requests.ConnectionError)", 0),
        ("patch('shop.pay.requests.get', side_effect=[ConnectionError])", 0),
        ("patch('shop.pay.requests.get', side_effect=ValueError)", 0),
        ("patch('shop.bank.charge', side_effect=ConnectionError)", 0),
        ("patch('shop.pay.requests.get')", 0),
        ("patch(target, side_effect=ConnectionError)", 0),
    ],
)
def test_a_mock_that_fails_as_the_real_thing_never_does(hits, installed, line, found):
    assert len(hits(NAME, PATCHED.format(line), "tests/test_pay.py")) == found


def test_mocks_are_judged_in_tests_and_handlers_elsewhere(hits, installed):
    assert hits(NAME, PATCHED.format("patch('requests.get', side_effect=ConnectionError)"), "shop/fake.py") == []
    assert hits(NAME, tried("requests.get(u)", "ConnectionError"), "tests/test_pay.py") == []
