# --- noqa with codes
import os

os.system("ls")  # noqa: S605  # QG601

# --- a bare noqa, in any case and spacing
value = eval("1")  # noqa  # QG601
other = eval("1")  #NOQA  # QG601
third = eval("1")  # noqa:S307,B009  # QG601
fourth = eval("1")  # noqa : S307 B009  # QG601

# --- types
def settle(ledger):
    total = ledger.total()  # type: ignore  # QG601
    rest = ledger.rest()  # type:ignore[union-attr, arg-type]  # QG601
    more = ledger.more()  # pyright: ignore[reportOptionalMemberAccess]  # QG601
    last = ledger.last()  # ty: ignore[possibly-unbound-attribute]  # QG601
    return total + rest + more + last

# --- pylint: on the line, alone, for the next line
# pylint: disable=broad-except  # QG601
def settle(ledger):
    ledger.total()  # pylint: disable=no-member, protected-access  # QG601
    # pylint: disable-next=W0212 # QG601
    return ledger._rest

# --- security
import subprocess

subprocess.run("ls", shell=True)  # nosec  # QG601
subprocess.run("ls", shell=True)  # nosec B602, B607  # QG601
subprocess.run("ls", shell=True)  # NOSONAR  # QG601
subprocess.run("ls", shell=True)  # nosemgrep: python.lang.security.audit  # QG601

# --- whole files
# flake8: noqa  # QG601
# ruff: noqa: BLE001  # QG601
# mypy: ignore-errors  # QG601
# pyright: reportPrivateUsage=false  # QG601
# pylint: skip-file # QG601
value = 1

# --- coverage
def rates(pages):
    for page in pages:  # pragma: no branch  # QG601
        if page.old:  # pragma: no cover  # QG601
            return page.rates

# --- our own, without a reason or with an empty one
def publish(event):
    value = eval(event)  # quality-gate: allow[silent-failure]  # QG601
    return value  # quality-gate: allow[silent-failure] reason="" until=2027-01-31  # QG601

# --- two directives and still no reason
value = eval("1")  # type: ignore[no-any-return]  # noqa: S307  # pylint: disable=eval-used  # QG601

# --- style does not excuse the rest of the list
value = eval("1")  # noqa: E501, S307  # QG601

# --- trap: a reason after it
value = eval("1")  # noqa: S307 - the rule is ours
other = eval("1")  # noqa: S307 trusted
third = eval("1")  # type: ignore[no-any-return]  # the stub is wrong
fourth = eval("1")  # pylint: disable=eval-used  # see PAY-812
fifth = eval("1")  # nosec B307 reviewed
sixth = eval("1")  # noqa: S307  https://example.com/17
seventh = eval("1")  # noqa: S307  信頼できる入力
eighth = eval("1")  # quality-gate: allow[silent-failure] reason="telemetry only" until=2027-01-31

# --- trap: a reason before it
value = eval("1")  # the rule is ours  # noqa: S307

# --- trap: a reason on the line above
# Rules ship with the release: no input reaches this.
value = eval("1")  # noqa: S307
# pylint: disable=eval-used
# Rules ship with the release: no input reaches this.

# --- two words above, or another directive above, are no reason
# the rule
value = eval("1")  # noqa: S307  # QG601
# pylint: disable=eval-used,exec-used,bad-builtin  # QG601
value = eval("1")  # noqa: S307  # QG601

# --- trap: layout, import order, names and arguments explain themselves
import sys

sys.path.insert(0, ".")

import os  # noqa: E402


def Publish(event, unused):  # noqa: N802, ARG001, D103
    return os.path.join("a very long line", "a very long line", "a very long line", "a very long line")  # noqa: E501


def receive(unused):  # pylint: disable=unused-argument,invalid-name
    return None

# --- trap: re-exports
# path: shop/__init__.py
from shop.pay import *  # noqa: F401,F403
from shop.pay import charge  # noqa: F401

# --- outside a package's face they are none
from shop.pay import charge  # noqa: F401  # QG601

# --- trap: stubs that nobody has written
import zstd  # type: ignore[import-untyped]
import brotli  # pyright: ignore[reportMissingImports]

# --- trap: what never runs
import abc
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pragma: no cover
    from shop.pay import charge


class Gateway(abc.ABC):
    @abc.abstractmethod
    def capture(self):  # pragma: no cover
        ...

    def refund(self):  # pragma: no cover
        raise NotImplementedError

    def __repr__(self):  # pragma: no cover
        return "gateway"


if __name__ == "__main__":  # pragma: no cover
    charge()

# --- trap: no directives
import typing

kind = 1  # type: int
text = "# noqa"
words = f"{kind} # type: ignore"
# This module is free of every noqa, and so it shall remain.
# mypy: strict
# pylint: enable=no-member
# fmt: off

# --- trap: other people's code
# path: shop/vendor/rules.py
value = eval("1")  # noqa: S307

# --- migrations and tests are asked too
# path: tests/test_rules.py

value = eval("1")  # noqa: S307  # QG601
