# --- pass around a request
import requests

try:
    requests.post("https://events.example", timeout=5)
except requests.RequestException:  # QG101
    pass

# --- suppress around a request
import contextlib

import requests


def publish(event):
    with contextlib.suppress(requests.RequestException):  # QG101
        requests.post("https://events.example", json=event, timeout=5)

# --- continue on an annotated session
from requests import Session


def publish_all(http: Session, events):
    for event in events:
        try:
            http.post("https://events.example", json=event, timeout=5)
        except Exception:  # QG101
            continue

# --- a debug log is as silent as pass
import logging

import httpx

log = logging.getLogger(__name__)


class Publisher:
    def __init__(self):
        self._http = httpx.Client()

    def publish(self, event):
        try:
            self._http.post("/events", json=event)
        except httpx.HTTPError as error:  # QG101
            log.debug("not published: %s", error)

# --- return None from a procedure
import httpx


async def publish(client: httpx.AsyncClient, event):
    try:
        await client.post("/events", json=event)
    except httpx.TransportError:  # QG101
        return None

# --- trap: a warning is heard
import logging

import requests


def publish(event):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException:
        logging.getLogger("shop").warning("not published", exc_info=True)

# --- trap: a counter is heard
import requests


def publish(event, metrics):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException:
        metrics.incr("events.lost")

# --- trap: another call's exception
import requests


def read(prices, key):
    try:
        return requests.post("https://events.example", json=prices[key], timeout=5)
    except KeyError:
        pass

# --- trap: closing
import smtplib


def stop(mail: smtplib.SMTP):
    try:
        mail.login("a", "b")
    except smtplib.SMTPException:
        pass

# --- trap: a fallback follows
import requests


def address(primary, secondary):
    try:
        return requests.get(primary, timeout=2).text
    except requests.RequestException:
        pass
    return requests.get(secondary, timeout=2).text

# --- trap: nothing tells what the object is
def publish(client, event):
    try:
        client.post(event)
    except Exception:
        pass

# --- trap: tests are not production
# path: tests/test_publish.py
import requests

try:
    requests.post("https://events.example", timeout=5)
except requests.RequestException:
    pass

# --- a file that should have been written
def keep(path, report):
    try:
        with open(path, "w") as file:
            file.write(report)
    except OSError:  # QG101
        pass

# --- trap: a folder that is there already, a file that is only read
import os


def prepare(path):
    try:
        os.makedirs(path)
    except OSError:
        pass
    try:
        with open("/proc/self/status") as file:
            print(file.read())
    except OSError:
        pass

# --- trap: the failure is spoken of after the try
import asyncio
import logging

import httpx

log = logging.getLogger(__name__)


async def follow(client: httpx.AsyncClient):
    while True:
        try:
            await client.get("/stream", timeout=90)
        except httpx.HTTPError:
            pass
        log.error("the stream broke, again in 5 seconds")
        await asyncio.sleep(5)

# --- trap: a function that asks whether something works
import requests


def is_reachable(url):
    up = False
    try:
        requests.get(url, timeout=1)
        up = True
    except requests.RequestException:
        pass
    return up

# --- trap: a fallback follows what suppress() hides
import contextlib

import requests


def motto():
    with contextlib.suppress(requests.RequestException):
        return requests.get("https://motto.example", timeout=1).text
    return "carry on"

# --- trap: a name without an address is an answer
import socket


def names(addresses):
    for address in addresses:
        try:
            yield socket.gethostbyaddr(address)[0]
        except socket.herror:
            continue

# --- a procedure that is annotated to return None says nothing by it
import requests


def publish(event: dict) -> None:
    """Publish an event; fails when the event has no id."""
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException:  # QG101
        pass

# --- trap: the docstring says that there may be no result, and another source is asked
import requests


def clock(first, second):
    """Seconds of a public clock; best effort, None when offline."""
    try:
        answer = requests.get(first, timeout=1)
        return float(answer.text)
    except requests.RequestException:
        pass
    answer = requests.get(second, timeout=1)
    return float(answer.text)

# --- a script that is run for its effect
import logging
import subprocess

log = logging.getLogger(__name__)


def after_import(script):
    try:
        subprocess.run([script], check=True, timeout=60)
    except subprocess.SubprocessError as error:  # QG101
        log.info("hook did not run: %s", error)

# --- trap: a program that is asked what it knows
import subprocess


def machine():
    found = {}
    try:
        found["name"] = subprocess.run(["hostnamectl"], capture_output=True, check=True, timeout=5).stdout
    except Exception:
        pass
    return found

# --- trap: the next one is tried, success leaves
import requests


def send(event, servers):
    for server in servers:
        try:
            requests.post(server, json=event, timeout=5)
        except requests.RequestException:
            continue
        else:
            return True
    return False

# --- trap: polling until it answers
import time

import httpx


def wait_for_bank(url, limit):
    with httpx.Client() as client:
        while limit > 0:
            try:
                answer = client.get(url)
            except httpx.ConnectError:
                pass
            else:
                if answer.status_code == 200:
                    break
            time.sleep(1)
            limit -= 1
    return limit > 0

# --- trap: a socket that is waited on for a while
import socket


def serve(listener: socket.socket, stopped, handle):
    while not stopped.is_set():
        try:
            connection, _ = listener.accept()
            handle(connection)
        except TimeoutError:
            pass

# --- trap: the failure is what is waited for
import socket
import time


def wait_until_closed(host, port, tries):
    while tries:
        try:
            socket.create_connection((host, port), 2).close()
            time.sleep(1)
        except Exception:
            break
        tries -= 1

# --- trap: what is raised next says what failed
import requests


class Refused(Exception):
    pass


def register(http: requests.Session, user):
    reply = http.post("https://accounts.example", json=user, timeout=5)
    if reply.status_code != 200:
        reason = ""
        try:
            reason = http.get(reply.headers["location"], timeout=5).text
        except Exception:
            pass
        raise Refused(reply.status_code, reason)

# --- trap: the program ends with an error in any case
import sys

import requests


def fail(code):
    try:
        requests.post("https://metrics.example", json={"code": code}, timeout=5)
    except requests.RequestException:
        pass
    sys.exit(1)

# --- it ends well all the same
import sys

import requests


def finish(result):
    try:
        requests.post("https://results.example", json=result, timeout=5)
    except requests.RequestException:  # QG101
        pass
    sys.exit(0)

# --- trap: only where the code is being written
from django.conf import settings
from django.core.cache import cache


def start():
    if settings.DEBUG:
        try:
            cache.clear()
        except Exception:
            pass

# --- everywhere but where the code is being written
from django.conf import settings
from django.core.cache import cache


def start():
    if settings.DEBUG:
        return
    else:
        try:
            cache.clear()
        except Exception:  # QG101
            pass

# --- a failure of a function of the same module
import requests


def charge(order):
    requests.post("https://bank.example/charges", json={"order": order}, timeout=5)


def place(order, ship):
    try:
        charge(order)
    except requests.RequestException:  # QG101
        pass
    ship(order)

# --- any failure of a function of the same module, two calls away
import requests


class Gateway:
    def __init__(self):
        self._http = requests.Session()

    def _post(self, order):
        return self._http.post("https://bank.example/charges", json={"order": order}, timeout=5)

    def charge(self, order):
        self._post(order)

    def place(self, order, ship):
        try:
            self.charge(order)
        except Exception:  # QG101
            pass
        ship(order)

# --- a failure that is turned into one of the project's own
import requests


class PaymentError(Exception):
    pass


class BankIsDown(PaymentError):
    pass


def charge(order):
    try:
        requests.post("https://bank.example/charges", json={"order": order}, timeout=5)
    except requests.RequestException as error:
        raise BankIsDown from error


def place(order, ship):
    try:
        charge(order)
    except PaymentError:  # QG101
        pass
    ship(order)

# --- a comment that says nothing, and one that says why (a warning)
import requests


def publish(event):
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException:  # QG101
        # do not care
        pass
    try:
        requests.post("https://telemetry.example", json=event, timeout=5)
    except requests.RequestException:  # QG101
        # telemetry must never fail an order
        pass

# --- trap: what the function keeps to itself does not come out of it
import logging

import requests


def charge(order):
    try:
        requests.post("https://bank.example/charges", json={"order": order}, timeout=5)
    except requests.RequestException:
        logging.exception("not charged: %s", order)


def place(order, prices, ship):
    try:
        charge(order)
    except Exception:
        pass
    ship(order)

# --- trap: a coroutine that is not awaited, a generator, a function that says that it only asks
import requests


async def charge(order):
    requests.post("https://bank.example/charges", json={"order": order}, timeout=5)


def pages():
    yield requests.get("https://bank.example/pages", timeout=5)


def check_bank():
    requests.get("https://bank.example/", timeout=5)


def place(order, ship):
    try:
        charge(order)
        pages()
        check_bank()
    except Exception:
        pass
    ship(order)

# --- trap: the project's own decorator may keep the failure
import requests

from shop.tools import never_fails


@never_fails
def charge(order):
    requests.post("https://bank.example/charges", json={"order": order}, timeout=5)


def place(order, ship):
    try:
        charge(order)
    except Exception:
        pass
    ship(order)

# --- trap: what is caught belongs to a library, and nothing that is called shows that it fails that way
import psycopg2
import redis
import requests
from redis.exceptions import LockError


def change_password(client, log):
    try:
        client.change_password()
    except LockError:
        log.info("another task is at it")


def details(out, url, error):
    try:
        out.append(url.strip())
        out.append(error.response.json())
    except requests.RequestException:
        pass


def rows(cur, out):
    try:
        out["rows"] = cur.fetchall()
    except psycopg2.ProgrammingError:
        pass


def tell(mailer, job):
    try:
        mailer.send_it(fail_silently=True)
        job.refresh()
    except redis.exceptions.ConnectionError:
        pass

# --- trap: a function that tells of it itself, one that tells and lets it rise, one that only asks
import logging

import requests

log = logging.getLogger(__name__)


def kept(order):
    try:
        requests.post("https://bank.example/charges", json=order, timeout=5)
    except requests.RequestException:
        log.warning("not charged: %s", order, exc_info=True)


def told(order):
    try:
        requests.post("https://bank.example/charges", json=order, timeout=5)
    except requests.RequestException:
        log.exception("not charged: %s", order)
        raise


def check_bank():
    requests.get("https://bank.example/", timeout=5).raise_for_status()


def place(order):
    try:
        kept(order)
    except requests.RequestException:
        pass
    try:
        told(order)
    except requests.RequestException:
        pass
    try:
        check_bank()
    except requests.RequestException:
        pass

# --- trap: an answer of a library, and another exception than the one that comes out
import requests
from sqlalchemy.exc import NoResultFound


class PaymentError(Exception):
    pass


class OtherError(Exception):
    pass


def charge(order):
    try:
        requests.post("https://bank.example/charges", json={"order": order}, timeout=5)
    except requests.RequestException as error:
        raise PaymentError from error


def place(order, query, ship):
    try:
        query(order)
    except NoResultFound:
        pass
    try:
        charge(order)
    except OtherError:
        pass
    ship(order)

# --- a cancel that tells another service to do it
import requests
import stripe


class Orders:
    def cancel(self, order):
        try:
            requests.post("https://bank.example/refunds", json={"order": order}, timeout=5)
        except requests.RequestException:  # QG101
            pass


def end(subscription, log):
    try:
        stripe.Subscription.cancel(subscription)
    except stripe.StripeError:  # QG101
        pass
    log.info("ended %s", subscription)

# --- trap: a cancel that lets go of something
import redis


class Worker:
    def __init__(self):
        self._redis = redis.Redis()

    def cancel(self, job):
        try:
            self._redis.delete(job)
        except redis.RedisError:
            pass

    def stop(self, pubsub):
        try:
            pubsub.unsubscribe()
        except redis.RedisError:
            pass

# --- a loud log of what fails later does not speak of it
import logging

import requests

log = logging.getLogger(__name__)


def pay(order, ship):
    try:
        requests.post("https://bank.example/charges", json={"order": order}, timeout=5)
    except requests.RequestException as error:  # QG101
        log.info("payment error: %s", error)
    try:
        ship(order)
    except ValueError:
        log.exception("not shipped: %s", order)

# --- trap: the call is told to be silent, and a function that has told of it already
import logging

import requests

log = logging.getLogger(__name__)


class BankError(Exception):
    pass


def rates(fail_silently):
    return requests.get("https://bank.example/rates", timeout=5)


def charge(order):
    try:
        requests.post("https://bank.example/charges", json={"order": order}, timeout=5)
    except requests.RequestException as error:
        log.exception("not charged: %s", order)
        raise BankError from error


def pay(order, ship):
    try:
        rates(fail_silently=True)
    except Exception:
        pass
    try:
        charge(order)
    except BankError:
        pass
    ship(order)

# --- trap: a function that keeps failures out of a group to itself
import logging

import requests


def charge(order):
    try:
        requests.post("https://bank.example/charges", json=order, timeout=5)
    except* requests.RequestException:
        logging.exception("not charged: %s", order)


def pay(order, ship):
    try:
        charge(order)
    except Exception:
        pass
    ship(order)

# --- trap: an outer handler, or a suppress, of the function itself keeps what an inner one raises
import contextlib
import logging

import requests


class PaymentError(Exception):
    pass


def charge(order):
    try:
        try:
            requests.post("https://bank.example/charges", json=order, timeout=5)
        except requests.RequestException as error:
            raise PaymentError from error
    except PaymentError:
        logging.exception("not charged: %s", order)


def remind(order):
    with contextlib.suppress(PaymentError):
        try:
            requests.post("https://mail.example/reminders", json=order, timeout=5)
        except requests.RequestException as error:
            raise PaymentError from error


def pay(order, ship):
    try:
        charge(order)
        remind(order)
    except PaymentError:
        pass
    ship(order)

# --- an outer handler that raises again, and one that makes another exception of it
import requests


class BankError(Exception):
    pass


class PaymentError(Exception):
    pass


def charge(order):
    try:
        try:
            requests.post("https://bank.example/charges", json=order, timeout=5)
        except requests.RequestException as error:
            raise BankError from error
    except BankError as error:
        raise PaymentError from error


def refund(order):
    try:
        try:
            requests.post("https://bank.example/refunds", json=order, timeout=5)
        except requests.RequestException as error:
            raise BankError from error
    except BankError:
        order.refunded = False
        raise


def pay(order, ship):
    try:
        charge(order)
    except BankError:
        pass
    try:
        charge(order)
    except PaymentError:  # QG101
        pass
    try:
        refund(order)
    except BankError:  # QG101
        pass
    ship(order)

# --- trap: what a function suppresses does not come out of it, nor what its own functions let out there
from contextlib import suppress

import requests

LOST = (requests.RequestException, OSError)


def charge(order):
    with suppress(requests.RequestException):  # QG101
        requests.post("https://telemetry.example", json=order, timeout=5)


def remind(order):
    with suppress(*LOST):
        requests.post("https://mail.example/reminders", json=order, timeout=5)


def post(order):
    requests.post("https://telemetry.example", json=order, timeout=5)


def count(order):
    with suppress(*LOST):
        post(order)


def pay(order, ship):
    try:
        charge(order)
        remind(order)
        count(order)
    except Exception:
        pass
    ship(order)

# --- a function that suppresses something else
from contextlib import suppress

import requests


def charge(order):
    with suppress(KeyError):
        requests.post("https://bank.example/charges", json=order["total"], timeout=5)


def pay(order, ship):
    try:
        charge(order)
    except Exception:  # QG101
        pass
    ship(order)

# --- trap: the makers of a product hear nothing of how it is used
import requests


class UsageStats:
    def send(self, counts):
        try:
            requests.post("https://makers.example/counts", json=counts, timeout=5)
        except requests.RequestException:
            pass


def _send_telemetry(event):
    try:
        requests.post("https://makers.example/events", json=event, timeout=5)
    except requests.RequestException:
        pass

# --- trap: a function that looks whether there is something new
import requests


def version_check(show):
    try:
        show(requests.get("https://makers.example/newest", timeout=5).json())
    except requests.RequestException:
        pass

# --- trap: the next address is tried, and nobody answering is an error
import requests


def leader(addresses):
    for address in addresses:
        try:
            answer = requests.get(f"https://{address}/state", timeout=5).json()
            if answer["leads"]:
                return address
        except requests.RequestException:
            pass
    raise ConnectionError("no address leads")


def first(addresses):
    for address in addresses:
        try:
            return requests.get(f"https://{address}/state", timeout=5).json()
        except requests.RequestException:
            pass
    else:
        raise ConnectionError("no address answers")

# --- every address is told, and an error that stands after the loop speaks of something else
import requests


def tell(addresses, event):
    for address in addresses:
        try:
            requests.post(f"https://{address}/events", json=event, timeout=5)
        except requests.RequestException:  # QG101
            pass
    raise StopIteration

# --- trap: the column may be there already
import psycopg2

base = psycopg2.connect("postgresql://orders")


def add_expiry(table):
    cursor = base.cursor()
    try:
        cursor.execute("ALTER TABLE orders ADD COLUMN expiry TIMESTAMP")
        cursor.execute(f"CREATE INDEX expiries ON {table} (expiry)")
    except psycopg2.Error:
        pass

# --- what was in the tables is changed
from sqlalchemy import create_engine, exc

engine = create_engine("postgresql://orders")


def run(statement):
    with engine.begin() as connection:
        connection.execute(statement)


def add_expiry():
    try:
        run("ALTER TABLE orders ADD COLUMN expiry TIMESTAMP")
    except exc.OperationalError:
        pass
    try:
        run("UPDATE orders SET expiry = placed + 30")
    except exc.OperationalError:  # QG101
        pass

# --- trap: a `finally` that returns lets nothing out
import requests


def charge(order):
    answer = None
    try:
        answer = requests.post("https://bank.example/charges", json=order, timeout=5)
    finally:
        return answer


def post(order):
    requests.post("https://bank.example/charges", json=order, timeout=5)


def remind(order):
    for address in order.addresses:
        try:
            post(address)
        finally:
            continue


def pay(order, ship):
    try:
        charge(order)
        remind(order)
    except Exception:
        pass
    ship(order)

# --- a `finally` that only lets go
import requests


def charge(order, lock):
    try:
        requests.post("https://bank.example/charges", json=order, timeout=5)
    finally:
        lock.release()


def pay(order, lock, ship):
    try:
        charge(order, lock)
    except Exception:  # QG101
        pass
    ship(order)

# --- trap: a function that reports the failure itself and lets it rise
import requests

from shop.watch import notify_owner, report


def charge(order):
    try:
        requests.post("https://bank.example/charges", json=order, timeout=5)
    except requests.RequestException as error:
        report(error)
        raise


def remind(order):
    try:
        requests.post("https://mail.example/reminders", json=order, timeout=5)
    except requests.RequestException:
        notify_owner(order)
        raise


def pay(order, ship):
    try:
        charge(order)
        remind(order)
    except Exception:
        pass
    ship(order)

# --- a function that only tidies up before it lets the failure rise
import requests


def charge(order):
    try:
        requests.post("https://bank.example/charges", json=order, timeout=5)
    except requests.RequestException:
        order.unlock()
        raise


def pay(order, ship):
    try:
        charge(order)
    except Exception:  # QG101
        pass
    ship(order)

# --- trap: what the call gives leads around the remote call
import requests


def charge(order, dry_run=False, *, live=True):
    if dry_run or not live:
        return
    requests.post("https://bank.example/charges", json=order, timeout=5)


def refund(order, how=None):
    if how is not None:
        requests.post("https://bank.example/refunds", json=order, timeout=5)
    else:
        order.state = "open"


def remind(order, mode):
    return requests.post("https://mail.example", json=order, timeout=5) if mode == "mail" else None


class Bank:
    def book(self, order, dry_run):
        if not dry_run:
            self._post(order)

    def _post(self, order):
        requests.post("https://bank.example/bookings", json=order, timeout=5)

    def close_day(self, order):
        try:
            self.book(order, True)
        except Exception:
            pass
        order.state = "closed"


def pay(order, ship):
    try:
        charge(order, True)
        charge(order, live=False)
        refund(order)
        remind(order, "letter")
    except Exception:
        pass
    ship(order)

# --- what the call gives leads to the remote call, or tells nothing
import requests


def charge(order, dry_run=False):
    if dry_run:
        return
    requests.post("https://bank.example/charges", json=order, timeout=5)


def settle(order, dry_run=False):
    dry_run = dry_run or order.is_test
    if not dry_run:
        charge(order)


def refund(order, how):
    if how:
        requests.post("https://bank.example/refunds", json=order, timeout=5)


def pay(order, how, more, ship):
    try:
        charge(order)
    except Exception:  # QG101
        pass
    try:
        settle(order, True)
    except Exception:  # QG101
        pass
    try:
        refund(order, how)
    except Exception:  # QG101
        pass
    try:
        charge(order, **more)
    except Exception:  # QG101
        pass
    ship(order)
