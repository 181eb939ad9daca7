"""What a recorded run has not looked at is unknown: neither shown by a line that something else runs too, nor not run."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import pytest

from levels_shown import recorded
from quality_gate.failure_levels import ShownPath
from recorded_project import Project

TELLS = sys.version_info >= (3, 12)
"""Whether this Python tells which exceptions pass."""

SOURCES = {
    "shop/one_line.py": """\
        def pay(answer):
            if answer.amount <= 0: return {"error": "amount"}, 400
            if not answer.ok: return {"error": "bank"}, 502
            return True

        def over_lines(answer):
            if (not answer.ok
                and answer.amount): return {
                    "error": "bank"}, 502
            return True

        def within(answer, lock):
            with lock:
                if not answer.ok: return {"error": "bank"}, 502
            return True

        def at_the_end(answer):
            if not answer.ok: return {"error": "bank"}, 502

        def asks(answer):
            if answer(): return {"error": "bank"}, 502
            return True

        def check(amount):
            if amount <= 0: raise ValueError(amount)
            return amount

        def good(amount):
            if amount <= 0: raise LookupError(amount)
            return amount
        """,
    "shop/later.py": """\
        class Late(Exception):
            pass

        def fails():
            raise Late

        def handles():
            try:
                fails()
            except Late:
                return 1

        def asks(answer):
            if not answer.ok:
                return {"error": "bank"}, 502
            return True

        def own(n):
            if n < 1:
                raise ValueError(n)
            return n
        """,
    "shop/retry.py": """\
        def after(ask):
            for _ in range(3):
                try:
                    return ask()
                except TimeoutError:
                    continue
            raise LookupError

        def at_once(ask):
            for _ in range(3):
                try:
                    return ask()
                except TimeoutError:
                    continue
            raise LookupError

        def within(ask):
            for attempt in range(3):
                try:
                    return ask()
                except TimeoutError as error:
                    if attempt == 2:
                        raise LookupError from error
                    print("again")

        def by_answer(ask):
            for attempt in range(3):
                try:
                    return ask()
                except TimeoutError:
                    if attempt == 2:
                        return None
                    print("again")
        """,
}
TESTS = {
    "tests/test_one_line.py": """\
        import contextlib
        from types import SimpleNamespace
        import pytest
        from shop.one_line import asks, at_the_end, check, good, over_lines, pay, within

        BAD = SimpleNamespace(ok=False, amount=1)

        def test_pay():
            assert pay(BAD) == ({"error": "bank"}, 502)

        def test_the_others():
            assert over_lines(BAD) == within(BAD, contextlib.nullcontext()) == at_the_end(BAD)

        def test_the_question_fails():
            with pytest.raises(ZeroDivisionError):
                asks(lambda: 1 / 0)

        def test_check():
            with pytest.raises(ValueError):
                check(0)
            assert good(1) == 1
        """,
    "tests/test_later.py": """\
        import threading
        from types import SimpleNamespace
        import pytest
        from shop.later import asks, handles, own

        THREADS, BEGIN = [], threading.Event()

        def work():
            BEGIN.wait(10)
            handles()
            asks(SimpleNamespace(ok=False))

        def test_begins_a_thread():
            THREADS.append(threading.Thread(target=work, daemon=True))
            THREADS[0].start()

        def test_something_else():
            BEGIN.set()
            THREADS[0].join(10)
            with pytest.raises(ValueError):
                own(0)
            assert own(3) == 3

        def test_after_it():
            with pytest.raises(ValueError):
                own(-1)
        """,
    "tests/test_retry.py": """\
        from unittest.mock import Mock
        import pytest
        from shop.retry import after, at_once, by_answer, within

        def test_it_gives_up():
            for function in (after, within):
                with pytest.raises(LookupError):
                    function(Mock(side_effect=TimeoutError))
            assert by_answer(Mock(side_effect=TimeoutError)) is None

        def test_what_is_not_tried_again():
            with pytest.raises(ValueError):
                at_once(Mock(side_effect=ValueError))
            assert at_once(Mock(side_effect=[TimeoutError, 3])) == 3
        """,
}

UNKNOWN = "unknown"
ONLY_SINCE_3_12 = "validated" if TELLS else UNKNOWN
EXPECTED = {
    'pay validation: if answer.amount <= 0: return {"error": "amount"}, 400': "not run",
    'pay validation: if not answer.ok: return {"error": "bank"}, 502': ONLY_SINCE_3_12,
    'over_lines validation: if not answer.ok and answer.amount: return {"error": "bank"}, 502': ONLY_SINCE_3_12,
    'within validation: if not answer.ok: return {"error": "bank"}, 502': UNKNOWN,
    'at_the_end validation: if not answer.ok: return {"error": "bank"}, 502': UNKNOWN,
    'asks error return: if answer(): return {"error": "bank"}, 502': UNKNOWN,
    "check validation: raise ValueError(amount)": ONLY_SINCE_3_12,
    "good validation: raise LookupError(amount)": "not run",
    "fails raise: raise Late": UNKNOWN,
    "handles handler: except Late": UNKNOWN,
    "handles handler call: fails() @ Late": UNKNOWN,
    'asks validation: if not answer.ok: return {"error": "bank"}, 502': UNKNOWN,
    "own validation: raise ValueError(n)": "validated",
    "after retry exhaustion: the loop": "run",
    "at_once retry exhaustion: the loop": "not run",
    "within retry exhaustion: the loop": "run" if TELLS else UNKNOWN,
    "by_answer retry exhaustion: the loop": UNKNOWN,
}


@pytest.fixture(scope="module")
def levels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ShownPath]:
    files = {path: textwrap.dedent(text) for path, text in {**SOURCES, **TESTS}.items()}
    project = Project(tmp_path_factory.mktemp("doubtful") / "p", files)
    done = project.pytest("-q", "-p", "no:cacheprovider", "tests")
    assert done.returncode == 0, done.stdout.decode()
    return recorded(Path(project.folder))


@pytest.mark.parametrize("key", EXPECTED)
def test_the_level(key: str, levels: dict[str, ShownPath]) -> None:
    assert levels[key].level == EXPECTED[key], levels[key]
