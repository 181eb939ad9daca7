# --- a library function ends its caller's process
import sys


class Rates:
    def __init__(self, source):
        self._source = source

    def load(self):
        try:
            return dict(self._source.rows())
        except Exception:
            print("no rates")
            sys.exit(1)  # QG107

# --- SystemExit in a query, caught by nobody
def search(index, words):
    found = set()
    for word in words:
        try:
            found |= index.look_up(word)
        except BaseException:
            raise SystemExit(2)  # QG107
    return found

# --- the hard way, in a task
import logging
import os

from celery import shared_task

log = logging.getLogger(__name__)


@shared_task
def settle(order_id, bank):
    try:
        bank.settle(order_id)
    except Exception:
        log.exception("order %s not settled", order_id)
        os._exit(1)  # QG107

# --- a bare except around a request handler, exit imported by name
from sys import exit as leave

from fastapi import FastAPI

app = FastAPI()


@app.post("/pictures")
async def resize(picture, resizer):
    try:
        return {"size": resizer.fit(picture)}
    except:
        leave(0)  # QG107

# --- the interactive exit, in a tuple with Exception
def parse(lines):
    try:
        return [line.split(";") for line in lines]
    except (ValueError, Exception):
        quit()  # QG107

# --- trap: a program's own main
import sys


def main():
    try:
        work()
    except Exception as error:
        print(error)
        sys.exit(1)


def work():
    print("working")

# --- trap: what the main guard reaches
import sys


class Exporter:
    def export(self, rows):
        try:
            print(list(rows))
        except Exception:
            sys.exit(1)


def go():
    Exporter().export([1])


if __name__ == "__main__":
    go()

# --- trap: a command line
import argparse
import sys


def import_file(path):
    try:
        print(open(path).read())
    except Exception as error:
        print(error)
        sys.exit(2)


PARSER = argparse.ArgumentParser()

# --- trap: a file in the role of a command line
# path: shop/cli/importing.py
import sys


def import_file(path):
    try:
        print(open(path).read())
    except Exception as error:
        print(error)
        sys.exit(2)

# --- trap: a narrow handler knows what failed
import sys


def settings(path):
    try:
        return open(path).read()
    except FileNotFoundError:
        sys.exit(2)

# --- trap: the child of a fork
import os


def run_in_child(work):
    if os.fork() == 0:
        try:
            work()
        except BaseException:
            os._exit(1)

# --- trap: sys.exit ends a thread and no more
import sys
import threading


class Listener(threading.Thread):
    def run(self):
        try:
            self.receive()
        except Exception:
            sys.exit()

    def receive(self):
        print("receiving")

# --- trap: it was decided
import sys


class Loader:
    def __init__(self, strict):
        self._strict = strict

    def load(self, source):
        try:
            return source.read()
        except Exception:
            if self._strict:
                sys.exit(1)
            return ""

# --- trap: the port is taken
import sys


class Server:
    def start(self, app, port):
        try:
            app.listen(port)
        except Exception:
            sys.exit(1)

# --- trap: somebody sits at the keyboard
import sys


def drop(database):
    if input("Drop it? ") == "yes":
        try:
            database.drop()
        except Exception as error:
            print(error)
            sys.exit(2)

# --- trap: the handler says why
import os


def append(journal, entry):
    try:
        journal.append(entry)
    except Exception:
        # The journal is torn: going on would pay twice. The supervisor starts us anew.
        os._exit(70)

# --- one exit below two handlers is one finding
import sys


class Rates:
    def load(self, source, backup):
        try:
            return source.rows()
        except Exception:
            try:
                return backup.rows()
            except Exception:
                sys.exit(1)  # QG107

# --- os._exit in a thread ends all of them
import os
import threading


class Listener(threading.Thread):
    def run(self):
        try:
            self.receive()
        except BaseException:
            os._exit(1)  # QG107

    def receive(self):
        print("receiving")

# --- what another `if` of the module runs is not its main
import os
import sys


class Loader:
    def load(self, source):
        try:
            return source.read()
        except Exception:
            sys.exit(1)  # QG107


if os.name == "nt":
    Loader()

# --- trap: another exception is for the caller
class Unreadable(Exception):
    exit_code = 3


def load(source):
    try:
        return source.read()
    except Exception as error:
        raise Unreadable(source) from error


def again(source):
    try:
        return source.read()
    except Exception:
        raise

# --- trap: a script has no callers
import sys

try:
    print(open("prices.csv").read())
except Exception as error:
    print(error)
    sys.exit(1)

# --- trap: a management command in a place of its own
import sys

from django.core.management.base import BaseCommand


class Prices(BaseCommand):
    def handle(self, *args, **options):
        try:
            print(open("prices.csv").read())
        except Exception as error:
            print(error)
            sys.exit(1)

# --- trap: a command of a group that stands elsewhere
import sys

from shop.entry import group


@group.command("prices")
def prices():
    try:
        print(open("prices.csv").read())
    except Exception as error:
        print(error)
        sys.exit(1)

# --- trap: the loop that the process is there for
import asyncio
import sys


class Worker:
    def work(self, jobs):
        try:
            asyncio.run(jobs.take_all())
        except Exception:
            sys.exit(1)

# --- trap: a step of a program that ends well elsewhere
import sys


def change_password(users, name, password):
    try:
        users.set_password(name, password)
    except Exception as error:
        print(error)
        sys.exit(4)
    print("changed")
    sys.exit(0)
