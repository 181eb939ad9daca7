"""Levels of a project whose tests are run and recorded: on 3.12 and later by exceptions, on 3.11 by lines and jumps.

What 3.11 cannot tell is unknown there, and nothing else differs; on newer Pythons the same evidence is read a second
time without its exceptions.
"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import pytest

from levels_shown import recorded
from quality_gate.failure_levels import ShownPath
from recorded_project import Project

SOURCES = {
    "shop/bank.py": """\
        class Declined(Exception):
            pass

        class Down(ConnectionError):
            pass

        def auth(gw):
            if gw.state == "declined":
                raise Declined("no")
            if gw.state == "down":
                raise Down("gone")
            if gw.state == "busy":
                raise TimeoutError("busy")
            return gw.token

        def capture(gw):
            if gw.broken:
                raise Down("gone")
            return "captured"
        """,
    "shop/pay.py": """\
        from shop.bank import Declined, Down, auth, capture

        def pay(gw, log):
            state = "new"
            try:
                token = auth(gw)
                record = capture(gw)
            except Down:
                state = "unknown"
                log.append(state)
            except Declined:
                state = "declined"
            finally:
                gw.closed()
            return state

        def unguarded(gw):
            token = auth(gw)
            token = token.strip()
            return token

        def at_the_end(gw):
            return auth(gw)
        """,
    "shop/more.py": """\
        import contextlib
        import functools
        from shop.bank import Declined, Down, auth

        def logged(function):
            @functools.wraps(function)
            def inner(*args):
                return function(*args)
            return inner

        @logged
        def wrapped(n):
            if n == "bad":
                raise ValueError(n)
            return n

        def items(n):
            for one in range(n):
                if one == 2:
                    raise Declined(one)
                yield one

        def stock(n):
            if n == 1:
                raise LookupError(n)
            return n

        def total(n):
            if n == 3:
                raise ArithmeticError(n)
            return n

        async def later(gw):
            try:
                return await soon(gw)
            except Down:
                return "later"

        async def soon(gw):
            return auth(gw)

        def mocked(gw):
            if gw.odd:
                raise Down("odd")

        def in_thread(gw, found):
            try:
                auth(gw)
                found.append("ok")
            except Down:
                found.append("down")

        def broad(gw):
            try:
                auth(gw)
                return "ok"
            except Exception:
                return "failed"

        def many(gw):
            try:
                auth(gw)
                return "ok"
            except (Declined, Down):
                return "failed"

        def maybe(n):
            if n == 9:
                raise RuntimeError(n)
            return n

        @contextlib.contextmanager
        def opened(n):
            if n == 2:
                raise Down("closed")
            yield n

        def within(n):
            found = "ok"
            try:
                with opened(1):
                    with opened(
                        n,
                    ) as one:
                        found = one
            except Down:
                found = "down"
            return found

        def together(n):
            found = "ok"
            try:
                with opened(1) as first, opened(n) as one:
                    found = one
            except Down:
                found = "down"
            return found

        def given(error):
            print("given")
            raise error

        def wanted(n):
            try:
                return {}[n]
            except KeyError:
                raise Missing(n) from None

        class Missing(KeyError):
            pass

        def named(n):
            try:
                return {}[n]
            except KeyError:
                raise Missing(n) from None
        """,
}
TESTS = {
    "tests/helpers.py": """\
        class Gateway:
            def __init__(self, state="ok", broken=False):
                self.state, self.broken, self.token, self.calls = state, broken, " t ", 0
                self.odd = False
            def closed(self):
                self.calls += 1

        def is_declined(answer):
            assert answer == "declined"
        """,
    "tests/test_pay.py": """\
        import pytest
        from helpers import Gateway, is_declined
        from shop.bank import Declined, Down
        from shop.pay import at_the_end, pay, unguarded

        def test_ok():
            assert pay(Gateway(), []) == "new"
            assert unguarded(Gateway()) == "t"
            assert at_the_end(Gateway()) == " t "

        def test_auth_fails():
            assert pay(Gateway("down"), []) == "unknown"

        def test_declined():
            is_declined(pay(Gateway("declined"), []))

        def test_busy():
            with pytest.raises(TimeoutError):
                pay(Gateway("busy"), [])

        def test_capture_fails_and_nobody_looks():
            pay(Gateway(broken=True), [])

        def test_unguarded():
            with pytest.raises(Down):
                unguarded(Gateway("down"))

        def test_at_the_end():
            with pytest.raises(Declined, match="no"):
                at_the_end(Gateway("declined"))
        """,
    "tests/test_more.py": """\
        import asyncio, threading, unittest
        from unittest.mock import Mock, patch
        import pytest
        from helpers import Gateway
        import shop.more
        from shop.bank import Declined, Down
        from shop.more import broad, in_thread, items, later, many, maybe, mocked, stock, total, wrapped
        from shop.more import Missing, given, named, together, wanted, within

        def test_wrapped():
            with pytest.raises(ValueError):
                wrapped("bad")

        def test_items():
            with pytest.raises(Declined):
                list(items(5))

        @pytest.mark.parametrize("n, error", [(1, LookupError), (2, None)])
        def test_stock(n, error):
            if error is None:
                assert stock(n) == n
            else:
                with pytest.raises(error):
                    stock(n)

        class Totals(unittest.TestCase):
            def test_totals(self):
                for n in (3, 4):
                    with self.subTest(n):
                        if n == 3:
                            self.assertRaises(ArithmeticError, total, n)
                        else:
                            self.assertEqual(total(n), 4)

        def test_later():
            assert asyncio.run(later(Gateway("down"))) == "later"

        def test_mocked():
            with patch("shop.more.mocked", side_effect=Down("odd")):
                with pytest.raises(Down):
                    shop.more.mocked(Gateway())

        def test_in_thread():
            found = []
            thread = threading.Thread(target=in_thread, args=(Gateway("down"), found))
            thread.start()
            thread.join()
            assert found == ["down"]

        def test_broad():
            assert broad(Gateway("down")) == "failed"

        def test_many():
            assert many(Gateway("declined")) == "failed"

        def test_any():
            with pytest.raises(Exception):
                maybe(9)

        def test_entering():
            assert within(2) == "down"
            assert together(2) == "down"

        def test_entered():
            assert within(1) == 1
            assert together(1) == 1

        def test_given():
            with pytest.raises(OSError):
                given(OSError("no"))

        def test_what_it_takes_would_do_as_well():
            with pytest.raises(KeyError):
                wanted(1)

        def test_what_it_makes_of_it():
            with pytest.raises(Missing):
                named(1)

        @pytest.mark.xfail
        def test_xfail():
            mocked(Mock(odd=True))
        """,
}

UNKNOWN = "unknown"
EXPECTED = {
    # the worked example of the definition
    "pay handler: except Down": ("validated", "validated"),
    "pay handler: except Declined": ("validated", UNKNOWN),  # a helper checks at the end
    "pay handler call: auth(gw) @ Down": ("validated", "validated"),
    "pay handler call: auth(gw) @ Declined": ("validated", UNKNOWN),
    "pay handler call: capture(gw) @ Down": ("run", "run"),
    "pay unwind: auth(gw)": ("validated", UNKNOWN),
    "pay cleanup: finally: gw.closed()": ("run", UNKNOWN),
    "unguarded unwind: auth(gw)": ("validated", "validated"),
    "at_the_end unwind: auth(gw)": ("validated", UNKNOWN),
    'auth validation: raise Declined("no")': ("validated", "validated"),
    'auth validation: raise Down("gone")': ("validated", "validated"),
    'capture validation: raise Down("gone")': ("run", "run"),
    # what stands around functions, and who calls them
    "wrapped validation: raise ValueError(n)": ("validated", "validated"),
    "items validation: raise Declined(one)": ("validated", "validated"),
    "stock validation: raise LookupError(n)": ("validated", "validated"),
    "total validation: raise ArithmeticError(n)": ("validated", "validated"),
    "later handler: except Down": ("validated", "validated"),
    "later handler call: soon(gw) @ Down": ("validated", "validated"),
    "soon unwind: auth(gw)": ("validated", UNKNOWN),
    'mocked validation: raise Down("odd")': ("not run", "not run"),
    "in_thread handler: except Down": ("validated", "validated"),
    "broad handler: except Exception": ("validated", "run"),  # lines do not tell what it took
    "many handler: except Declined": ("validated", UNKNOWN),
    "many handler: except Down": ("not run", UNKNOWN),
    "maybe validation: raise RuntimeError(n)": ("run", "run"),
    # what is entered, of which Python tells the place from 3.13 on
    "within handler call: opened(1) @ Down": ("not run", UNKNOWN),
    "within handler call: opened(n) @ Down": ("validated", UNKNOWN),
    "together handler call: opened(1) @ Down": ("not run" if sys.version_info >= (3, 13) else UNKNOWN, UNKNOWN),
    "together handler call: opened(n) @ Down": ("validated" if sys.version_info >= (3, 13) else UNKNOWN, UNKNOWN),
    "given raise: raise error": ("validated", UNKNOWN),
    # an exception made of another one, where the test would take either
    "wanted handler: except KeyError": ("run", "run"),
    "named handler: except KeyError": ("validated", "validated"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {path: textwrap.dedent(text) for path, text in {**SOURCES, **TESTS}.items()}
    project = Project(tmp_path_factory.mktemp("levels") / "p", files)
    done = project.pytest("-q", "-p", "no:cacheprovider", "tests")
    assert done.returncode == 0, done.stdout.decode()
    return project.folder


@pytest.fixture(scope="module")
def by_lines(folder: Path) -> dict[str, ShownPath]:
    return recorded(folder, with_exceptions=False)


@pytest.fixture(scope="module")
def by_exceptions(folder: Path) -> dict[str, ShownPath]:
    if sys.version_info < (3, 12):
        pytest.skip("Python 3.11 does not tell which exceptions pass")
    return recorded(folder)


@pytest.mark.parametrize("key", EXPECTED)
def test_the_level_by_lines_and_jumps(key, by_lines) -> None:
    assert by_lines[key].level == EXPECTED[key][1], by_lines[key]


@pytest.mark.parametrize("key", EXPECTED)
def test_the_level_by_exceptions(key, by_exceptions) -> None:
    assert by_exceptions[key].level == EXPECTED[key][0], by_exceptions[key]


def test_what_lines_cannot_tell_is_unknown_and_the_rest_is_the_same(by_lines, by_exceptions) -> None:
    differing = {key for key, one in by_exceptions.items() if one.level != by_lines[key].level}
    assert all(key.startswith("broad ") for key in differing if by_lines[key].level != UNKNOWN)
    assert by_lines["broad handler: except Exception"].is_kept
