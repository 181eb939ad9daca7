# --- which call fails, of the catalogue
import requests

def charge(card):
    try:
        token = requests.post("https://bank/auth", json=card, timeout=3)  #! handler call
        requests.post(  #! handler call
            "https://bank/capture",
            json=token.headers,
        )
        print(card)
    except requests.ConnectionError:
        return None

# --- the first handler that catches it, and nothing behind it
import requests

def charge(card):
    try:
        requests.get("https://bank")  #! handler call
    except OSError:
        return 1
    except Exception:
        return 2

# --- an inner handler answers first, and what it lets pass
import requests

def charge(card):
    try:
        try:
            requests.get("https://bank")  #! handler call
        except requests.RequestException:
            raise
        finally:
            card.close()
    except Exception:
        return 2

# --- not in else, in a handler, in a finally
import requests

def charge(card):
    try:
        card.check()
    except Exception:
        requests.get("https://bank/1")
    else:
        requests.get("https://bank/2")
    finally:
        requests.get("https://bank/3")

# --- functions of the project, through modules, classes and re-exports
# shop/__init__.py
from shop.errors import Declined
# shop/errors.py
class ShopError(Exception): ...
class Declined(ShopError): ...
class Other(Exception): ...
GONE = (Declined, Other)
# shop/bank.py
import shop
class Bank:
    def authorise(self, card):
        if card.bad():
            raise shop.Declined(card)
    def name(self):
        return "bank"
# shop/pay.py
from .bank import Bank
from shop import errors
from shop.errors import GONE, ShopError

def charge(card):
    bank = Bank()
    try:
        bank.name()
        bank.authorise(card)  #! handler call
    except errors.ShopError:
        return None

def retry(card, bank: Bank):
    try:
        bank.authorise(card)  #! handler call
    except GONE:
        return None

def other(card, bank: Bank):
    try:
        bank.authorise(card)
    except errors.Other:
        return None

# --- what escapes is what handlers leave
# shop/bank.py
def a(card):
    try:
        b(card)  #! handler call
    except KeyError:
        return None

def b(card):
    if card.old():
        raise KeyError(card)
    raise IndexError(card)
# shop/pay.py
from shop.bank import a

def first(card):
    try:
        a(card)  #! handler call
    except IndexError:
        return None

def second(card):
    try:
        a(card)
    except KeyError:
        return None

# --- circles
# shop/pay.py
def even(number):
    return odd(number - 1)

def odd(number):
    if number.bad():
        raise ValueError(number)
    return even(number - 1)

def ask(number):
    try:
        even(number)  #! handler call
    except ValueError:
        return None

# --- trap: what another time runs fails at another time
# shop/pay.py
import asyncio

async def pay(card):
    raise ValueError(card)

async def later(card):
    try:
        task = asyncio.create_task(pay(card))
    except ValueError:
        return None

async def now(card):
    try:
        await pay(card)  #! handler call
    except ValueError:
        return None

def bound(card):
    try:
        return lambda: refuse(card)
    except ValueError:
        return None

def refuse(card):
    raise ValueError(card)

# --- trap: class U and answers of assertions do not escape
# shop/pay.py
def capture(order):
    raise NotImplementedError

def ask(order):
    try:
        capture(order)
        assert order
    except Exception:
        return None

# --- suppress has no body
import contextlib
import requests

def charge(card):
    with contextlib.suppress(OSError):
        requests.get("https://bank")
