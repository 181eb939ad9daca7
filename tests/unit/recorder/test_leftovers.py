"""Threads that outlive the call which began them."""

from __future__ import annotations

import functools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from quality_gate_recorder.leftovers import Leftovers
from quality_gate_recorder.territory import Territory


@pytest.fixture
def leftovers(request):
    """Of a project to which this file belongs."""
    path = request.path
    return Leftovers(Territory(str(path.parent), []))


@pytest.fixture
def over():
    event = threading.Event()
    yield event
    event.set()


def begin(over: threading.Event, target=None) -> threading.Thread:
    thread = threading.Thread(target=target or (lambda: over.wait(10)), daemon=True)
    thread.start()
    return thread


def test_tests_beside_it_are_told_until_it_ends(leftovers, over):
    leftovers.switch("one", "call")
    thread = begin(over)
    assert not leftovers.switch("one", "teardown")
    assert leftovers.switch("two", "setup")
    assert not leftovers.switch("two", "call")
    over.set()
    thread.join()
    assert not leftovers.switch("three", "setup")


def test_one_of_a_set_up_works_for_the_tests(leftovers, over):
    leftovers.switch("one", "setup")
    begin(over)
    leftovers.switch("one", "call")
    leftovers.switch("one", "teardown")
    assert not leftovers.switch("two", "setup")


def test_one_of_the_test_before_that_ended_with_it_is_none(leftovers, over):
    leftovers.switch("one", "call")
    thread = begin(over)
    over.set()
    thread.join()
    leftovers.switch("one", "teardown")
    assert not leftovers.switch("two", "setup")


def test_workers_of_a_pool_and_other_peoples_threads_wait(leftovers, over):
    leftovers.switch("one", "call")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        begin(over, over.wait)
        leftovers.switch("one", "teardown")
        assert not leftovers.switch("two", "setup")


def wait(over: threading.Event) -> None:
    over.wait(10)


class Own(threading.Thread):
    def __init__(self, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.over = over

    def run(self) -> None:
        wait(self.over)


@pytest.mark.parametrize(
    "made",
    [
        lambda over: threading.Thread(target=functools.partial(wait, over), daemon=True),
        lambda over: threading.Timer(10, wait, [over]),
        Own,
    ],
)
def test_whose_code_it_runs_is_found_out(leftovers, over, made):
    leftovers.switch("one", "call")
    thread = made(over)
    thread.start()
    leftovers.switch("one", "teardown")
    assert leftovers.switch("two", "setup")
    getattr(thread, "cancel", over.set)()
    over.set()
    thread.join()
