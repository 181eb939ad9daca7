# --- a skip without a word
# path: tests/test_refund.py
import pytest

from shop.orders import refund


@pytest.mark.skip  # QG304
def test_refund(order):
    assert refund(order)

# --- unittest, with an empty reason
# path: tests/test_refund.py
from unittest import TestCase, skip

from shop.orders import refund


class RefundTest(TestCase):
    @skip("")  # QG304
    def test_refund(self):
        self.assertTrue(refund(7))

# --- expected to fail, nobody knows why
# path: tests/test_refund.py
import pytest

from shop.orders import refund


@pytest.mark.xfail  # QG304
def test_refund(order):
    assert refund(order)


@pytest.mark.xfail(strict=False)  # QG304
def test_refund_twice(order):
    assert refund(order)

# --- run again until it passes
# path: tests/test_mail.py
import pytest

from shop.mail import send


@pytest.mark.flaky(reruns=5)  # QG304
def test_send():
    assert send("a@b.example")

# --- a whole module
# path: tests/test_mail.py
import pytest

from shop.mail import send

pytestmark = [pytest.mark.skip]  # QG304


def test_send():
    assert send("a@b.example")

# --- rows of a table: told once
# path: tests/test_refund.py
import pytest

from shop.orders import refund


@pytest.mark.parametrize(
    "cents",
    [
        1,
        pytest.param(-1, marks=pytest.mark.skip),  # QG304
        pytest.param(0, marks=pytest.mark.skip),
    ],
)
def test_refund(cents):
    assert refund(cents)

# --- a TODO is no reason, and neither are two words
# path: tests/test_refund.py
import pytest

from shop.orders import refund


@pytest.mark.skip()  # QG304
def test_refund(order):
    assert refund(order)

# --- trap: a reason
# path: tests/test_refund.py
import pytest

from shop.orders import refund


@pytest.mark.skip(reason="the sandbox of the bank is down, PAY-812")
def test_refund(order):
    assert refund(order)


@pytest.mark.skip("the sandbox of the bank is down")
def test_refund_twice(order):
    assert refund(order)

# --- trap: a comment says why
# path: tests/test_mail.py
import pytest

from shop.mail import send


# the mail server of the runner drops every tenth letter
@pytest.mark.flaky(reruns=5)
def test_send():
    assert send("a@b.example")


@pytest.mark.flaky(reruns=2)  # OPS-77
def test_send_again():
    assert send("a@b.example")


@pytest.mark.skip
def test_send_late():
    # runs by hand only, it takes an hour
    assert send("a@b.example")

# --- trap: it must fail, and with what
# path: tests/test_refund.py
import pytest

from shop.orders import refund


@pytest.mark.xfail(strict=True)
def test_refund(order):
    assert refund(order)


@pytest.mark.xfail(raises=ZeroDivisionError)
def test_refund_of_nothing(order):
    assert refund(order)

# --- trap: only on some platforms
# path: tests/test_files.py
import sys
import unittest

import pytest

from shop.files import lock


@pytest.mark.skipif(sys.platform == "win32", reason="")
def test_lock():
    assert lock("a")


@unittest.skipUnless(sys.platform == "linux", "")
class TestLinux(unittest.TestCase):
    def test_lock(self):
        self.assertTrue(lock("a"))


def test_lock_on_a_share(share):
    if share is None:
        pytest.skip()
    assert lock(share)

# --- trap: another thing of that name
# path: tests/test_pages.py
from shop.pages import skip


def test_skip():
    pages = skip()
    assert pages == []
