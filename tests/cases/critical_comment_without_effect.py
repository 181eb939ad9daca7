# --- no brackets, nothing in them, a name of several words
def charge(order):  # quality-gate: critical  # QG604
    order.pay()

def refund(order):  # quality-gate: critical[]  # QG604
    order.pay()

def capture(order):  # quality-gate: critical[the payments]  # QG604
    order.pay()

def cancel(order):  # quality-gate: critical(payments)  # QG604
    order.pay()

# --- inside the function
def charge(order):
    # quality-gate: critical[payments]  # QG604
    order.pay()

# --- on a line of the body
def charge(order):
    order.pay()  # quality-gate: critical[payments]  # QG604

# --- two lines above
# quality-gate: critical[payments]  # QG604

def charge(order):
    order.pay()

# --- on a constant
LIMIT = 3  # quality-gate: critical[payments]  # QG604

# --- in test code
# path: tests/test_pay.py
def test_charge():  # quality-gate: critical[payments]  # QG604
    assert charge(7)

# --- on the def
def charge(order):  # quality-gate: critical[payments]
    order.pay()

# --- on the line above, several paths, and on a class
# quality-gate: critical[payments, refunds]
class Bank:
    def refund(self, order):
        order.repay()

# --- on a decorator, and above it
import functools

@functools.cache  # quality-gate: critical[payments]
def charge(order):
    order.pay()

# quality-gate: critical[payments]
@functools.cache
def refund(order):
    order.pay()

# --- on an async method
class Bank:
    async def refund(self, order):  # quality-gate: critical[payments]
        await order.repay()

# --- a sentence about critical code
# quality-gate: critical paths are declared in pyproject.toml
LIMIT = 3

# --- another comment of ours, and other people's
def charge(order):
    order.pay()  # critical section
    # quality-gate: allow[silent-failure] reason="critical[payments]"

# --- in a string
TEXT = "# quality-gate: critical"

# --- misspelled: our name, what it says, or both a little
def one(order):  # quality-gate: critcal[payments]  # QG604
    order.pay()

def two(order):  # quality-gate: Critical[payments]  # QG604
    order.pay()

def three(order):  # quality-gate: crit[payments]  # QG604
    order.pay()

def four(order):  # quality-gate critical[payments]  # QG604
    order.pay()

def five(order):  # quality gate: critical[payments]  # QG604
    order.pay()

def six(order):  # qualitygate: critical[payments]  # QG604
    order.pay()

def seven(order):  # Quality-Gate: critical[payments]  # QG604
    order.pay()

def eight(order):  # noqa: E501  # quailty_gate: critical[payments, refunds]  # QG604
    order.pay()

def nine(order):  # quality-gate: critcal  # QG604
    order.pay()

def ten(order):  # quality-gate: crtical(payments)  # QG604
    order.pay()

# --- misspelled where it would silence something, and what nobody reads
import requests

def charge(order):
    requests.post("https://bank.example", timeout=3)  # quality-gate: alow[silent-failure] reason="x"  # QG604
    requests.post("https://bank.example", timeout=3)  # quality gate: allow[silent-failure] reason="x"  # QG604
    requests.post("https://bank.example", timeout=3)  # quality-gate: ignore[silent-failure]  # QG604

# --- prose that speaks of it
# quality gate: see docs
# quality gate: critical
# quality-gate: see [the docs](https://docs.example)
# quality gates: critical [see the docs]
# quality gate: critical (see docs)
# equal weights: critical[payments]
# image quality: critical[payments]
# the quality gate is critical[1]
# quality: allow[0]
LIMITS = "quality gate: critical[payments]"
