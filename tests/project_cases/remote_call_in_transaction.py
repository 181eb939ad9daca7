"""Cases of remote-call-in-transaction; see tests/project_cases_of.py for how they are read."""

# --- a call through two modules from a decorated function
# shop/plans.py
from django.db import transaction

from shop.billing import stop_billing


@transaction.atomic
def archive(plan):
    plan.save()
    stop_billing(plan)  # QG206

# shop/billing.py
import requests


def stop_billing(plan):
    end(plan)


def end(plan):
    requests.delete(f"https://bank.example/plans/{plan.pk}", timeout=5)

# --- the call stands in the block itself
# shop/plans.py
import requests
from django.db import transaction


def archive(plan):
    with transaction.atomic():
        plan.save()
        requests.delete(f"https://bank.example/plans/{plan.pk}", timeout=5)  # QG206
    plan.tell()

# --- a client by annotation, held in self, in a session's transaction
# shop/orders.py
import httpx
from sqlalchemy.orm import Session


class Orders:
    def __init__(self, http: httpx.Client, session: Session):
        self.http = http
        self.session = session

    def place(self, order):
        with self.session.begin():
            self.session.add(order)
            self._reserve(order)  # QG206

    def _reserve(self, order):
        self.http.post("/reservations", json={"order": order.id})

# --- a mail is sent while rows are locked
# shop/orders.py
from django.core.mail import send_mail
from django.db import transaction


def close(order):
    with transaction.atomic():
        order.close()
        send_mail("Closed", "Your order is closed.", "shop@example.com", [order.mail])  # QG206

# --- an inner transaction tells it, not the outer one
# shop/plans.py
import requests
from django.db import transaction


@transaction.atomic
def archive_all(plans):
    for plan in plans:
        archive(plan)


@transaction.atomic
def archive(plan):
    requests.delete(f"https://bank.example/plans/{plan.pk}", timeout=5)  # QG206

# --- after the block
# shop/plans.py
import requests
from django.db import transaction


def archive(plan):
    with transaction.atomic():
        plan.save()
    requests.delete(f"https://bank.example/plans/{plan.pk}", timeout=5)

# --- handed to the commit
# shop/plans.py
import requests
from django.db import transaction


def archive(plan):
    with transaction.atomic():
        plan.save()
        transaction.on_commit(lambda: tell(plan))
        transaction.on_commit(plan.tell)


def tell(plan):
    requests.delete(f"https://bank.example/plans/{plan.pk}", timeout=5)

# --- a function that is only defined in the block
# shop/plans.py
import requests
from django.db import transaction


def archive(plan):
    with transaction.atomic():

        def tell():
            requests.delete(f"https://bank.example/plans/{plan.pk}", timeout=5)

        plan.save()
    tell()

# --- databases and caches are asked inside transactions as a matter of course
# shop/plans.py
import redis
from django.db import connection, transaction


def archive(plan, cache: redis.Redis):
    with transaction.atomic():
        cache.delete(f"plan:{plan.pk}")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

# --- a client that is made the first time only
# shop/plans.py
import requests
from django.db import transaction

_rates = None


def rates():
    global _rates
    if _rates is not None:
        return _rates
    _rates = requests.get("https://rates.example", timeout=5).json()
    return _rates


def archive(plan):
    with transaction.atomic():
        plan.price = rates()[plan.currency]
        plan.save()

# --- a generator that is made in the block runs when it is read
# shop/plans.py
import requests
from django.db import transaction


def pages(plan):
    yield requests.get(f"https://bank.example/plans/{plan.pk}", timeout=5)


def archive(plan):
    with transaction.atomic():
        plan.save()
        found = pages(plan)
    return list(found)

# --- in a test
# tests/test_plans.py
import requests
from django.db import transaction


def test_archive(plan, responses):
    with transaction.atomic():
        requests.delete(f"https://bank.example/plans/{plan.pk}", timeout=5)

# --- with a reason, at the call of the chain that it speaks of
# shop/plans.py
from django.db import transaction

from shop.billing import stop_billing


@transaction.atomic
def archive(plan):
    plan.save()
    stop_billing(plan)

# shop/billing.py
import requests


def stop_billing(plan):
    # quality-gate: allow[remote-call-in-transaction] reason="the stub beside us answers in a millisecond"
    requests.delete(f"https://bank.example/plans/{plan.pk}", timeout=5)

# --- an override in a subclass may be meant, or not
# shop/plans.py
import requests
from django.db import transaction


class Plan:
    def end(self):
        return None


class PaidPlan(Plan):
    def end(self):
        requests.delete("https://bank.example/plans", timeout=5)


def archive(plan: Plan):
    with transaction.atomic():
        plan.end()

# --- in a command that somebody runs by hand
# shop/management/commands/archive.py
import requests
from django.db import transaction


def handle(plan):
    with transaction.atomic():
        plan.save()
        requests.delete(f"https://bank.example/plans/{plan.pk}", timeout=5)

# --- Flask-SQLAlchemy's session, and a savepoint
# shop/db.py
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()

# shop/pay.py
import requests

from shop.db import db


def pay(order):
    with db.session.begin():
        requests.post("https://bank.example/charges", json={"order": order}, timeout=5)  # QG206


def pay_again(order):
    with db.session.begin_nested():
        requests.post("https://bank.example/charges", json={"order": order}, timeout=5)  # QG206

# --- a session of SQLAlchemy that another module makes
# shop/db.py
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

Session = sessionmaker(create_engine("postgresql://"))

# shop/pay.py
import requests

from shop.db import Session


def pay(order):
    with Session.begin():
        requests.post("https://bank.example/charges", json={"order": order}, timeout=5)  # QG206

# --- trap: what another module begins is no transaction
# shop/work.py
from shop.clock import Clock

clock = Clock()

# shop/clock.py
from contextlib import contextmanager


class Clock:
    @contextmanager
    def begin(self):
        yield

# shop/pay.py
import requests

from shop.work import clock


def pay(order):
    with clock.begin():
        requests.post("https://bank.example/charges", json={"order": order}, timeout=5)

# --- ok: the task runs after the answer
# shop/orders.py
from django.db import transaction
from fastapi import BackgroundTasks
from shop.rates import fetch_rate


def place(order, tasks: BackgroundTasks):
    with transaction.atomic():
        order.save()
        tasks.add_task(fetch_rate, "EUR")

# shop/rates.py
import requests


def fetch_rate(currency):
    return requests.get(f"https://rates.example/{currency}", timeout=5).json()
