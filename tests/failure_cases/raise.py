# --- raises
# kinds: raise, re-raise, validation
def charge(card):
    token = bank.authorise(card)
    if token.declined:
        raise Declined(card)  #! raise
    for entry in token.entries:
        if entry.bad:
            raise Declined  #! raise
    raise HostUnreachable("bank unreachable")  #! raise

# --- over several lines and in a match
# kinds: raise
def state(order):
    match bank.state(order):
        case "open":
            return 1
        case _:
            raise UnknownState(  #! raise
                order,  # the one
                bank,
            )

# --- re-raises
# kinds: raise, re-raise
def charge(card):
    try:
        bank.authorise(card)
    except Timeout:
        raise  #! re-raise
    except Declined as error:
        raise Refused(card) from error  #! re-raise
    except KeyError:
        raise Refused(card) from None  #! re-raise
    except IndexError as error:
        raise error  #! re-raise
    except ValueError:
        raise Refused(card)  #! raise

# --- calls that raise
# kinds: raise
import sys
from flask import abort
from django.shortcuts import get_object_or_404

def show(number, shop):
    order = get_object_or_404(Order, number=number)  #! raise
    if order.owner != shop.owner:
        abort(403)  #! raise

def main():
    if not shop.open():
        sys.exit("the shop is closed")  #! raise
    sys.exit(shop.run())
    sys.exit(0)

# --- not in a nested function, and in it
# kinds: raise
def outer(card):
    def inner():
        raise Declined(card)  #! raise
    return lambda: inner()

# --- class U
# kinds: raise, validation
import sys
from abc import abstractmethod
from typing import TYPE_CHECKING

class Gateway:
    def capture(self, order):
        raise NotImplementedError  #! U raise

    @abstractmethod
    def refund(self, order):
        raise Missing(order)  #! U raise

    def check(self, order):
        if order.state not in STATES:
            raise AssertionError(order.state)  #! U validation
        if self._session is None:
            raise RuntimeError("not connected")  #! U raise
        raise ValueError("this should never happen")  #! U raise

def connect(shop):
    if not HAS_LZ4:
        raise Missing("lz4")  #! U raise
    if TYPE_CHECKING:
        raise Missing("typing")  #! U raise
    if sys.platform == "win32":
        raise Missing("windows")  #! U raise
    if sys.version_info < (3, 9):
        raise Missing("old")  #! U raise

# --- class U: choices that are exhaustive
# kinds: raise, validation
from typing import Literal
from shop.kinds import Kind

def fee(kind: Literal["debit", "credit"]):
    if kind == "debit":
        return 1
    elif kind == "credit":
        return 2
    else:
        raise ValueError(kind)  #! U raise

def rate(kind: Kind):
    match kind:
        case Kind.DEBIT:
            return 1
        case Kind.CREDIT:
            return 2
        case _:
            raise ValueError(kind)  #! U raise

def size(value: int | str):
    if isinstance(value, int):
        return value
    elif isinstance(value, str):
        return len(value)
    else:
        raise TypeError(value)  #! U raise

# --- class U: optional imports
# kinds: raise, re-raise
def load(name):
    try:
        import lz4
    except ImportError as error:
        raise ImportError("pip install lz4") from error  #! U re-raise
    try:
        return find(name)
    except ImportError as error:
        raise ImportError(name) from error  #! re-raise

# --- trap: choices that are not, and words that only sound like class U
# kinds: raise, validation
def fee(kind):
    if kind == "debit":
        return 1
    elif kind == "credit":
        return 2
    else:
        raise ValueError(kind)  #! raise

def show(response):
    if response.ok:
        return response
    else:
        raise BankError(response)  #! raise

def rate(amount, state):
    if amount is None:
        raise TypeError("an amount is needed")  #! validation
    if amount < 0:
        raise ValueError("the amount should not be negative")  #! validation
    if bank.down():
        raise BankError("the bank is unreachable, this is never good")  #! raise
    if REDIS_AVAILABLE and bank.down():
        raise BankError("down")  #! raise
