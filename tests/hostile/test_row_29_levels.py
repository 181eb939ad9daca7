"""Row 29 and issue "Failure scenarios": 20,000 failure paths, and test code made to exhaust whoever reads it.

Levels are found in time that grows with what the evidence holds and not with its square.
"""

from __future__ import annotations

import time

import pytest

from levels_shown import Told, levels
from quality_gate.codebase.levels.reading import checks_of
from quality_gate.failure_paths import FailureKind, FailurePath, FallibleCall, Handler
from quality_gate.runs import LineOfTests, SeenFailure
from quality_gate_checkers.settings import Settings

SECONDS = 20
"""Of the processor's time for each, which take five at most; a loop in a loop over the paths takes longer."""

FILES = {f"shop/m{number}.py": "def f():\n    raise OSError\n" for number in range(50)}
TESTS = [f"tests/test_all.py::test_{number}" for number in range(1_500)]
A_FILE = 400


def path(file: str, number: int) -> FailurePath:
    line = number * 4 + 2
    kinds: list[FailureKind] = ["raise", "handler", "handler call", "unwind"]
    kind = kinds[number % 4]
    call = FallibleCall("requests.get", "requests.get(url)", line, 5, line, 22) if number % 4 > 1 else None
    handler = Handler(line + 1, ("builtins.OSError",)) if number % 4 in (1, 2) else None
    shown = line + 2 if handler is not None else line
    return FailurePath(
        id=f"f:{number}", kind=kind, path=file, function="f", line=shown, last=shown, column=5, text="x",
        types=("builtins.OSError",), call=call, handler=handler,
    )  # fmt: skip


def failure(test: str, one: FailurePath) -> SeenFailure:
    line = one.call.line if one.call is not None else one.line - (2 if one.handler is not None else 0)
    return SeenFailure(
        test, "call", line, 5, line, 22, "ConnectionError", ("OSError", "Exception"), "outside" if one.call else "here",
        one.handler.line if one.handler is not None else None, (LineOfTests("tests/test_all.py", 2),), None, False, (),
    )  # fmt: skip


@pytest.mark.parametrize("unseen", [None, "Python 3.11 does not tell which exceptions pass"])
def test_twenty_thousand_paths_and_fifteen_hundred_tests(unseen) -> None:
    paths = [path(file, number) for file in FILES for number in range(A_FILE)]
    last = max(one.line for one in paths) + 1
    ran = {file: tuple(TESTS[number % 10 :: 10]) for number, file in enumerate(FILES)}  # every test, five files
    runs = Told(
        tests=dict.fromkeys(TESTS, "passed"),
        lines={(file, line): tests for file, tests in ran.items() for line in range(1, last)},
        failures={
            file: tuple(failure(tests[0], one) for one in paths if one.path == file) for file, tests in ran.items()
        },
        ran={test: (LineOfTests("tests/test_all.py", 2),) for test in TESTS},
        unknown={"": unseen} if unseen else {},
    )
    started = time.process_time()
    shown, problems = levels(FILES, {"tests/test_all.py": "def test_0():\n    assert 1 < len('x')\n"}, runs).shown(
        paths
    )
    assert time.process_time() - started < SECONDS
    assert len(shown) == len(paths)
    assert problems == ()


TEST_CODE = {
    "20,000 assertions in one test": "def test_pay():\n" + "    assert pay()\n" * 20_000,
    "2,000 fixtures that ask for each other": "import pytest\n"
    + "".join(f"@pytest.fixture\ndef f{n}(f{(n + 1) % 2_000}):\n    yield 1\n    assert pay()\n" for n in range(2_000)),
    "a parameter with 20,000 values": "import pytest\n@pytest.mark.parametrize('e', ["
    + "KeyError, " * 20_000
    + "])\ndef test_pay(e):\n    with pytest.raises(e):\n        pay()\n",
    "2,000 names set to each other": "import pytest\ndef test_pay():\n    e0 = pytest.raises(KeyError)\n"
    + "".join(f"    e{n + 1} = e{n}\n" for n in range(2_000))
    + "    with e2000:\n        pay()\n",
    "5,000 functions that call mocks": "".join(
        f"def test_{n}():\n    m = Mock()\n    m()\n    m.assert_called()\n" for n in range(5_000)
    ),
}


@pytest.mark.parametrize("name", TEST_CODE)
def test_test_code_made_to_exhaust_its_reader(name) -> None:
    started = time.process_time()
    found = checks_of("tests/test_pay.py", TEST_CODE[name].encode(), Settings())
    assert time.process_time() - started < SECONDS
    assert found.fault is None
