"""Handlers that catch everything or only log: validated where a test would have noticed that they let go on."""

from __future__ import annotations

import textwrap

import pytest

from levels_shown import Told, shown
from levels_told import T, at, failure
from quality_gate.failure_levels import ShownPath
from quality_gate.runs import SeenFailure

SEND = textwrap.dedent("""\
    import logging
    from contextlib import suppress
    from shop.mail import post
    log = logging.getLogger(__name__)

    def send(order):
        try:
            post(order)
        except OSError:
            log.exception("not sent")

    def is_sent(order):
        try:
            return post(order)
        except Exception:
            return False

    def close(order):
        try:
            return post(order)
        except Exception:
            order.close()
            raise
    """)
MAIL = "def post(order):\n    raise ConnectionError\n"
CHECKED = textwrap.dedent("""\
    import pytest
    from contextlib import suppress
    from shop.send import is_sent, place, send
    def test_place():
        place(1)
        assert order == "placed"
    def test_raises():
        with pytest.raises(OSError):
            place(1)
        assert order == "placed"
    def test_try():
        try:
            place(1)
        except Exception:
            pass
        assert order == "placed"
    def test_suppress():
        with suppress(OSError):
            place(1)
        assert order == "placed"
    """)
SENT, IS_SENT, CLOSED = "send handler: except OSError", "is_sent handler: except Exception", (
    "close handler: except Exception"
)  # fmt: skip
PLACES = {SENT: (8, 9, 10), IS_SENT: (14, 15, 16), CLOSED: (20, 21, 22)}
"""Lines of the call, the handler and its body."""


def taken(key: str, test: str = "test_place", called: int = 5, after: int = 6, **more: object) -> SeenFailure:
    call, handler, _ = PLACES[key]
    given: dict[str, object] = {
        "exception": "ConnectionError",
        "bases": ("OSError", "Exception", "BaseException"),
        "source": "project",
        "handled": handler,
        "called_from": (at(called),),
        "after": (at(after),),
    }
    return failure(test, call, 9, 20, **(given | more))


def told(key: str, seen: SeenFailure, ran: tuple[int, ...] = (), files: str = SEND) -> ShownPath:
    """The level of a handler; `ran` are lines of its callers that the test came to."""
    call, _, body = PLACES[key]
    lines = {("shop/send.py", line): [seen.test] for line in (call, body, *ran)}
    runs = Told({seen.test: "passed"}, lines=lines, failures={"shop/send.py": (seen,)})
    return shown({"shop/send.py": files, "shop/mail.py": MAIL}, {"tests/test_pay.py": CHECKED}, runs)[key]


@pytest.mark.parametrize("key", [SENT, IS_SENT])
def test_a_check_after_what_it_took(key) -> None:
    found = told(key, taken(key))
    assert (found.level, found.why, found.tests) == ("validated", "", (T + "test_place",))
    assert (found.demanded, found.is_kept) == ("run", True)


@pytest.mark.parametrize(
    "more",
    [
        {"after": (), "called_from": (at(6),), "reached": at(6)},
        {"called_from": ()},
        {"test": "test_raises", "called": 9, "after": 10},
        {"test": "test_try", "called": 13, "after": 16},
        {"test": "test_suppress", "called": 19, "after": 20},
    ],
    ids=["nothing is checked", "nobody waits", "it is expected", "the test takes it", "the test suppresses it"],
)
@pytest.mark.parametrize("key", [SENT, IS_SENT])
def test_what_the_test_would_not_notice(key, more) -> None:
    found = told(key, taken(key, **more))
    assert (found.level, found.is_kept, found.tests != ()) == ("run", True, True)
    assert "only proof tells more" in found.why


def test_what_cleans_up_and_goes_on_stays_with_proof() -> None:
    assert told(CLOSED, taken(CLOSED)).level == "run"


@pytest.mark.parametrize("name", ["AttributeError", "TypeError", "NameError", "AssertionError", "StopIteration"])
def test_what_a_mistake_in_the_test_raises_shows_nothing_of_who_catches_everything(name) -> None:
    slip = {"exception": name, "bases": ("Exception", "BaseException")}
    assert told(IS_SENT, taken(IS_SENT, **slip)).level == "run"


CALLER = "\ndef place(order):\n{}\n    order.placed()\n"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("    send(order)", "validated"),
        ("    try:\n        send(order)\n    except OSError:\n        order.lost = 1", "run"),
        ("    try:\n        send(order)\n    except Exception:\n        order.lost = 1", "run"),
        ("    try:\n        send(order)\n    except name():\n        order.lost = 1", "run"),
        ("    with suppress(OSError):\n        send(order)", "run"),
        ("    try:\n        send(order)\n    finally:\n        return 1", "run"),
        ("    try:\n        send(order)\n    except KeyError:\n        order.lost = 1", "validated"),
        ("    try:\n        send(order)\n    except OSError:\n        log.info('lost')\n        raise", "validated"),
        ("    try:\n        order.ready()\n    except OSError:\n        send(order)", "validated"),
    ],
)
def test_who_stands_around_on_the_way_to_the_test(body, wanted) -> None:
    files = SEND + CALLER.format(body)
    assert told(SENT, taken(SENT), tuple(range(25, 32)), files).level == wanted
    assert told(SENT, taken(SENT), (), files).level == "validated", "a caller that the test did not run takes nothing"


def test_who_stands_further_away() -> None:
    files = SEND + (
        "\ndef place(order):\n    step(order)\n"
        "\ndef step(order):\n    send(order)\n"
        "\ndef order(one):\n    try:\n        place(one)\n    except OSError:\n        pass\n"
    )
    assert told(SENT, taken(SENT), (26, 29, 33), files).level == "run"
    assert told(SENT, taken(SENT), (26, 29), files).level == "validated"


def test_another_handler_of_the_same_function() -> None:
    nested = SEND.replace(
        'def send(order):\n    try:\n        post(order)\n    except OSError:\n        log.exception("not sent")\n',
        "def send(order):\n"
        "    try:\n"
        "        try: post(order)\n"
        "        except OSError: pass\n"
        "    except Exception: order.lost = 1\n",
    )
    assert nested.count("\n") == SEND.count("\n")
    call = "send handler: except OSError"
    seen = taken(SENT, handled=9)
    assert told(call, seen, (), nested).level == "run"
    outer = nested.replace("except Exception: order", "except KeyError: order")
    assert told(call, seen, (), outer).level == "validated"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [("    await send(order)", "validated"), ("    asyncio.create_task(send(order))", "run")],
)
def test_a_task_that_nobody_waits_for_fails_unheard(body, wanted) -> None:
    files = SEND.replace("def send", "async def send").replace("import logging", "import asyncio, logging")
    files += CALLER.format(body).replace("def place", "async def place")
    assert told(SENT, taken(SENT), tuple(range(25, 30)), files).level == wanted


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("    await asyncio.to_thread(send, order)", "validated"),
        ("    asyncio.to_thread(send, order)", "run"),
        ("    try:\n        await asyncio.to_thread(send, order)\n    except OSError:\n        pass", "run"),
    ],
)
def test_who_waits_for_a_thread_hears_of_it(body, wanted) -> None:
    files = SEND.replace("import logging", "import asyncio, logging")
    files += CALLER.format(body).replace("def place", "async def place")
    assert told(SENT, taken(SENT), tuple(range(25, 32)), files).level == wanted


def test_lines_alone_do_not_tell_what_it_took() -> None:
    test = T + "test_place"
    runs = Told(
        {test: "passed"},
        lines={("shop/send.py", line): [test] for line in (8, 10)},
        ran={test: (at(5), at(6))},
        unknown={"": "3.11"},
    )
    files = {"shop/send.py": SEND, "shop/mail.py": MAIL}
    assert shown(files, {"tests/test_pay.py": CHECKED}, runs)[SENT].level == "run"
