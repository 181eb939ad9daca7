"""Row 29 and issue "Failure scenarios": sources made to exhaust whoever lists their failure paths.

Each ends as a list, or as a list that says where it ended, in bounded time.
"""

from __future__ import annotations

import time
import warnings

import pytest

from failure_listing import lister
from linking import link
from quality_gate.codebase.failures import listing
from quality_gate.codebase.failures.listing import FailurePaths
from quality_gate.codebase.failures.reading import failures_of
from quality_gate.failure_paths import FailurePath
from quality_gate_checkers.settings import Settings

SECONDS = 20
"""Of the processor's time for each, which take five at most; a loop in a loop over `MANY` takes longer."""

HEAD = "import requests\n"
MANY = 20_000


def body(*lines: str) -> str:
    """A function of these lines, whose last one fails whatever the others do."""
    return HEAD + "def f(x):\n" + "".join(f" {line}\n" for line in [*lines, "raise Last"])


def handlers(count: int) -> list[str]:
    return [f"except E{number}: pass" for number in range(count)]


SOURCES = {
    "2,000 functions with one": HEAD + "".join(f"def f{number}(x): raise E\n" for number in range(2_000)),
    "2,000 guards": body(*["if x: raise E"] * 2_000),
    "10,000 guards on names that follow each other": body(
        "a0 = x", *[f"a{number + 1} = a{number}\n if a{number}: raise E" for number in range(2_000)]
    ),
    "2,000 handlers": body("try:", "  requests.get(1)", *handlers(2_000)),
    "a tuple of 20,000 types": body("try:", "  requests.get(1)", f"except ({'E, ' * MANY}): pass"),
    "1,000 calls under 500 handlers": body(
        "try:", *["  requests.get(1)"] * 1_000, *["except requests.Timeout: pass"] * 500, "except Exception: pass"
    ),
    "1,000 calls of a function that fails under 100 handlers": body(
        "try:", *["  g(1)"] * 1_000, *handlers(100), "except Exception: pass"
    )
    + "def g(x):\n"
    + "".join(f" if x: raise E{number}\n" for number in range(100))
    + "".join(f"class E{number}(Exception): pass\n" for number in range(100)),
    "functions that call each other in a ring of 1,000": HEAD
    + "".join(f"def f{number}(x): f{(number + 1) % 1_000}(x)\n" for number in range(1_000))
    + "def f(x): f0(x); raise E\n",
    "a chain of 1,000 functions": HEAD
    + "".join(f"def f{number}(x): f{number + 1}(x)\n" for number in range(1_000))
    + "def f1000(x): raise ValueError\ndef f(x): f0(x)\n",
    "classes that inherit from each other": body("raise A", "raise B")
    + "class A(B): pass\nclass B(A): pass\ndef g(x):\n try: f(x)\n except B: pass\n",
    "names that lead to each other": "from shop.case import a as b, b as a\ndef f(x):\n try: g()\n except a: pass\n"
    "def g(): raise b\n",
    "calls within calls": body("return " + "f(" * 150 + "x" + ")" * 150),
    "a call of 20,000 arguments in others": body("return " + "f(" * 80 + "[" + "1," * 20_000 + "]" + ")" * 80),
    "a name bound 1,000 times": body(*["a = x"] * 1_000, *["if a: raise E"] * 1_000),
    "15 tries in each other": body(
        *[f"{' ' * depth}try:" for depth in range(15)],
        " " * 15 + "requests.get(1)",
        *[f"{' ' * depth}except E{depth}: raise" for depth in reversed(range(15))],
    ),
    "a chain of 400 calls": body("return x" + ".get()" * 150),
    "2,000 waivers": body(*['raise E  # quality-gate: allow[untested-failure-path] reason="said often"'] * 2_000),
}


def listed(text: str) -> tuple[list[FailurePath], FailurePaths]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        files = {"shop/case.py": text}
        codebase = link(files, Settings())
        paths = lister(files, codebase=codebase)
        names = [found.name for found in codebase.definitions_in("shop/case.py") if found.kind == "function"]
        return [path for name in dict.fromkeys(names) for path in paths.of(name)], paths


@pytest.mark.parametrize("name", SOURCES)
def test_listing_ends_in_time(name: str) -> None:
    before = time.process_time()
    found, paths = listed(SOURCES[name])
    assert time.process_time() - before < SECONDS
    assert any(path.text in ("raise Last", "raise E", "raise b", "raise ValueError") for path in found)
    assert not paths.problems or "under" in name


def test_twenty_thousand_paths_are_all_listed_and_told_apart() -> None:
    before = time.process_time()
    found, paths = listed(body(*["raise E(1)"] * (MANY - 1)))
    assert time.process_time() - before < SECONDS
    assert len({path.id for path in found}) == MANY
    assert not paths.problems


def test_a_function_with_too_many_failing_calls_says_that_its_list_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    assert listing.MOST_IN_A_FUNCTION <= 20_000
    monkeypatch.setattr(listing, "MOST_IN_A_FUNCTION", 100)
    found, paths = listed(body(*["requests.get(1)"] * 110))
    assert len(found) == 100 + 1
    assert "not all are listed" in next(iter(paths.problems))


@pytest.mark.parametrize("text", ["def f(:\n", "x = 1\0", "x = " + "-" * 100_000 + "1"])
def test_a_file_that_cannot_be_read_is_said_to_be_unknown(text: str) -> None:
    assert failures_of("shop/case.py", text.encode(), Settings()).fault is not None


def test_what_a_member_of_a_critical_path_does_not_tell_is_a_problem() -> None:
    files = {"shop/case.py": "def f(x):\n    raise ValueError\n"}

    def broken(path: str):
        return failures_of(path, b"def f(:", Settings())

    paths = FailurePaths(link(files, Settings()), broken, Settings())
    assert paths.of("shop.case.f") == ()
    assert "shop/case.py" in next(iter(paths.problems))
