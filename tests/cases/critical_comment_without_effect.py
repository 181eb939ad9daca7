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
