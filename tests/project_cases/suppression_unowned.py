"""Cases of suppression-unowned; see tests/project_cases_of.py for how they are read."""

# --- neither owner nor last day
# shop/pay.py
# quality-gate: critical[payments]
def charge(order, log):
    log.warning("charging")
    # quality-gate: allow[silent-failure] reason="PAY-812"  # QG606
    return order.pay()

# --- an owner and no last day
# shop/pay.py
# quality-gate: critical[payments]
def charge(order, log):
    log.warning("charging")
    return order.pay()  # quality-gate: allow[silent-failure] reason="PAY-812" owner=@shop/payments  # QG606

# --- a last day and no owner, in a function that the critical one calls
# shop/pay.py
# quality-gate: critical[payments]
def charge(order, log):
    log.warning("charging")
    return send(order)


def send(order):
    return order.pay()  # quality-gate: allow[silent-failure] reason="PAY-812" until=2099-01-31  # QG606

# --- a noqa and a pylint comment of rules of ours can say neither
# shop/pay.py
# quality-gate: critical[payments]
def charge(order, log):
    log.warning("charging")
    order.begin()  # noqa: QG101 # QG606
    return order.pay()  # pylint: disable=silent-failure # QG606

# --- a comment for the whole file
# shop/pay.py
# flake8: noqa: QG101 # QG606


# quality-gate: critical[payments]
def charge(order, log):
    log.warning("charging")
    return order.pay()

# --- a comment on the head of a critical function
# shop/pay.py
# quality-gate: critical[payments]
def charge(order, log):  # quality-gate: allow[silent-failure] reason="PAY-812"  # QG606
    log.warning("charging")
    return order.pay()

# --- owner and last day
# shop/pay.py
# quality-gate: critical[payments]
def charge(order, log):
    log.warning("charging")
    # quality-gate: allow[silent-failure] reason="PAY-812" owner="the payments team" until=2099-01-31
    return order.pay()

# --- code that is not critical
# shop/pay.py
# quality-gate: critical[payments]
def charge(order, log):
    log.warning("charging")
    return order.pay()


def tidy(order):
    return order.tidy()  # quality-gate: allow[silent-failure] reason="PAY-812"

# --- a comment for another tool
# shop/pay.py
# quality-gate: critical[payments]
def charge(order, log):
    log.warning("charging")
    return order.pay()  # noqa: S307  # type: ignore[attr-defined]

# --- what does not hold any more is told by the finding that it no longer hides
# shop/pay.py
# quality-gate: critical[payments]
def charge(order, log):
    log.warning("charging")
    return order.pay()  # quality-gate: allow[silent-failure] reason="PAY-812" until=2026-11-21

# --- nor does one without a reason hold
# shop/pay.py
# quality-gate: critical[payments]
def charge(order, log):
    log.warning("charging")
    return order.pay()  # quality-gate: allow[silent-failure]
