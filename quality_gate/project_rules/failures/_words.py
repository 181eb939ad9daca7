"""How failures are called for people: dependencies, what they do, functions, tests, and what a test could inject."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence

from quality_gate.codebase.path_failures import CellName
from quality_gate.failure_levels import ShownPath
from quality_gate.failure_paths import UNKNOWN, FailurePath, most_telling
from quality_gate_checkers.dependencies import Kind, catalogue

DOES: dict[CellName, str] = {
    "rejects": "says no",
    "unavailable": "does not answer",
    "slow": "answers too late",
    "partial": "does only a part of it",
}
"""What a dependency does when it fails so."""

_BEHIND: dict[Kind, str] = {
    "http": "the service behind {}",
    "database": "the database ({})",
    "cache": "the cache ({})",
    "queue": "the queue ({})",
    "mail": "the mail server ({})",
    "cloud": "the cloud service ({})",
    "socket": "the other end of the connection ({})",
    "process": "the program that is started ({})",
}
_SPOKEN = {"files": "the file system", "sqlite3": "the database (sqlite3)"}
_MOST_TYPES = 3
_LONGEST = 60
"""Characters of what another test comes to."""

_LEFT_OUT = re.compile(r"^(?:self|cls)\.")


def called(dependency: str) -> str:
    """A dependency as people speak of it: `the bank`, `the service behind httpx`."""
    if dependency in _SPOKEN:
        return _SPOKEN[dependency]
    kind = next((one.kind for one in catalogue().libraries if one.name == dependency), None)
    if kind is None:
        return f"the {dependency}"
    return _BEHIND.get(kind, "{}").format(dependency)


def what_if(dependency: str, name: CellName) -> str:
    """The question: `What if the bank does not answer?`"""
    return f"What if {called(dependency)} {DOES[name]}?"


def function_of(path: FailurePath) -> str:
    """A failure path's function as people call it: `Checkout.place()`."""
    return f"{'.'.join(path.function.split('.')[-2:])}()"


def types_of(path: FailurePath, dependency: str = "", name: str = "") -> str:
    """The exceptions of a failure path, or of one of its cells: `BankTimeout or BankUnavailable`; empty for none."""
    meant = [one.type for one in path.failures if (one.dependency, one.family) == (dependency, name)]
    own = _taken(path, meant if dependency and meant else path.types)
    short = list(dict.fromkeys(one.rpartition(".")[2] for one in own if one != UNKNOWN))
    more = len(short) - _MOST_TYPES
    shown = [*short[:_MOST_TYPES], f"{more} more"] if more > 0 else short
    return " or ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def _taken(path: FailurePath, types: Sequence[str]) -> Sequence[str]:
    """Without the bases of what a handler names: of RequestException it takes a ConnectionError, and not the rest."""
    caught = path.handler.caught if path.handler is not None and path.call is not None else ()
    known = catalogue()
    whole = [
        one
        for one in types
        if any(known.catches(name, one) for name in caught) or not any(known.catches(one, name) for name in caught)
    ]
    return whole or types


def can_fail(path: FailurePath, types: str = "") -> str:
    """What can fail and where it is handled, as a clause.

    Args:
        types: the exceptions that are meant; left out, all of the path.
    """
    function = function_of(path)
    if path.call is not None:
        return f"{path.call.text} in {function} {_fails(path, types or types_of(path))}"
    match path.kind:
        case "handler" | "cancellation":
            return f"`{path.text}` in {function} answers a failure"
        case "error return":
            return f"{function} says that it failed: `{path.text}`"
        case "validation":
            return f"{function} refuses what it is given: `{path.text}`"
        case "cleanup":
            return f"`{path.text}` in {function} cleans up after a failure"
        case "retry exhaustion":
            return f"{function} gives up after the last attempt: `{path.text}`"
        case "partial failure":
            return f"{path.text} in {function} can succeed in part"
        case _:
            return f"{function} can end in `{path.text}`"


def _fails(path: FailurePath, types: str) -> str:
    if path.kind == "deadline":
        return "can run out of time"
    raising = f"can raise {types}" if types else "can fail"
    if path.handler is not None:
        return f"{raising}, handled at line {path.handler.line}"
    return f"{raising}, which leaves the function"


def happening(shown: ShownPath) -> str:
    """What a test that shows a path does, after its name: `makes CardDeclined happen`, `comes to` its text."""
    path = shown.path
    types = ", ".join(one.rpartition(".")[2] for one in shown.types) or types_of(path) if path.call is not None else ""
    return f"makes {types} happen" if types else f"comes to `{_cut(path.text)}`"


def test_name(test: str) -> str:
    """A test's id without its file: `test_pay`, `TestPay.test_ok[card]`."""
    return ".".join(test.split("::")[1:]) or test


def named_tests(tests: Sequence[str], most: int = 1) -> str:
    """The first of some tests by name, and how many more there are."""
    more = len(tests) - most
    shown = ", ".join(map(test_name, tests[:most]))
    return f"{shown} and {more} more" if more > 0 else shown


def injection(path: FailurePath, types: str) -> str:
    """A line that makes a call fail: `gateway.capture.side_effect = BankTimeout`; empty where no call fails, and where
    it is one of the project's own functions: its failure begins elsewhere."""
    if path.call is None or (path.call.callees and not path.call.remote):
        return ""
    target = _LEFT_OUT.sub("", path.call.text.partition("(")[0].strip()).lstrip("_")
    names = [one for one in re.split(", | or ", types) if one.isidentifier()]  # the others are only counted
    if not names or not re.fullmatch(r"\w+(\.\w+)*", target):
        return ""
    return f"{target}.side_effect = {most_telling(names)}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def places(paths: Iterable[FailurePath], most: int = 3) -> str:
    """Where failure paths stand: `shop/pay.py:40, shop/refunds.py:36`."""
    found = list(dict.fromkeys(f"{one.path}:{line_of(one)}" for one in paths))
    more = len(found) - most
    return ", ".join(found[:most]) + (f" and {more} more" if more > 0 else "")


def typed(path: FailurePath) -> str:
    """The place of a failure path as it is typed into a shell; others chose the name of the file."""
    place = f"{path.path}:{line_of(path)}"
    return shlex.quote(f"./{place}" if place.startswith("-") else place)


def line_of(path: FailurePath) -> int:
    """The line at which a person would look: of the call where one fails, of the `except` of a handler."""
    if path.call is not None:
        return path.call.line
    return path.handler.line if path.kind == "handler" and path.handler is not None else path.line
