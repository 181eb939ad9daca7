"""Exceptions in the project's functions, as sys.monitoring sees them."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import sys
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from quality_gate_recorder import failures, monitoring
from quality_gate_recorder.watching import Watch

SHOP = """\
import contextlib
import json

class Declined(OSError):
    pass

def leaf(): raise Declined(1)

def handled():
    try:
        leaf()
    except KeyError:
        return 0
    except OSError as error:
        return 1

def wrapped():
    try:
        leaf()
    except OSError as error:
        raise ValueError("x") from error

def again():
    try:
        leaf()
    except OSError:
        raise

def unwound():
    with open(__file__):
        return leaf()

def suppressed():
    with contextlib.suppress(OSError):
        leaf()

def through(text):
    return json.loads(text)

def given(call):
    try:
        return call()
    except OSError:
        return None

def many():
    for _ in range(1000):
        with contextlib.suppress(OSError):
            leaf()

class Numbers:
    def __init__(self):
        self.left = 2
    def __iter__(self):
        return self
    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1

def iterated():
    for _ in Numbers():
        pass

def generated():
    try:
        yield 1
    finally:
        pass

def closed():
    found = generated()
    next(found)
    found.close()

def grouped():
    try:
        raise ExceptionGroup("x", [OSError()])
    except* OSError:
        one = 1

def retried(call):
    for attempt in range(3):
        try:
            return call()
        except OSError:
            if attempt == 2:
                raise

async def waited():
    await asleep()

async def asleep():
    raise TimeoutError

def naked():
    try:
        raise OSError
    except* KeyError:
        one = 1
    except* OSError:
        two = 2

def thrown(error):
    raise error

def plain(call):
    return call()

async def of_task():
    import asyncio
    await asyncio.create_task(asleep())
"""

TESTS = """\
def fake(error=ConnectionError):
    raise error

def test(call, *arguments):
    before = 1
    try:
        call(*arguments)
    except Exception:
        taken = 1
    after = 1

def test_loop(call):
    for number in range(3000):
        one = 1
    call()
    for number in range(2):
        one = 1

def test_in_loop(call):
    for number in range(3000):
        one = 1
        if number == 2000:
            call()
"""

pytestmark = pytest.mark.skipif(sys.version_info < (3, 12), reason="needs sys.monitoring")


class Watched:
    """A project that is watched: `shop` is its module, `tests` its tests'."""

    def __init__(self, root, problems):
        self.watch = Watch(str(root), ["shop_failing.py"], problems.append)
        assert self.watch.start()
        self.shop = importlib.import_module("shop_failing")
        self.tests = importlib.import_module("test_failing")
        self.watch.switch("t", "call")

    def seen(self):
        """What was seen of the test's call."""
        self.watch.switch("", "none")
        self.watch.stop()
        return next((one for one in self.watch.failures().seen if one.phase == "call"), None)

    def failures(self):
        """(line, type, source, line of the handler) of what failed."""
        return [(one.line, one.exception.rpartition(".")[2], one.source, one.handled) for one in self.seen().failures]


@pytest.fixture
def problems():
    """Told by the recorder; there are to be none."""
    told = []
    yield told
    assert told == []


@pytest.fixture
def watched(tmp_path, monkeypatch, problems):
    (tmp_path / "shop_failing.py").write_text(SHOP)
    (tmp_path / "test_failing.py").write_text(TESTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = Watched(tmp_path, problems)
    yield found
    found.watch.stop()
    del sys.modules["shop_failing"], sys.modules["test_failing"]


LEAF = (7, "Declined", "here", 0)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("handled", [LEAF, (11, "Declined", "project", 14)]),
        ("wrapped", [LEAF, (19, "Declined", "project", 20), (21, "ValueError", "here", 0)]),
        ("again", [LEAF, (25, "Declined", "project", 26), (27, "Declined", "here", 0)]),
        ("unwound", [LEAF, (31, "Declined", "project", 0)]),
        ("suppressed", [LEAF, (35, "Declined", "project", 34)]),
        ("iterated", [(58, "StopIteration", "here", 0)]),
        ("grouped", [(78, "ExceptionGroup", "here", 79)]),
        ("naked", [(98, "OSError", "here", 101)]),
    ],
)
def test_steps(watched, name, wanted):
    watched.tests.test(getattr(watched.shop, name))
    assert watched.failures() == wanted


def test_from_other_peoples_code_and_from_a_fake(watched):
    watched.tests.test(watched.shop.through, "{")
    watched.tests.test(watched.shop.given, watched.tests.fake)
    assert watched.failures() == [(38, "JSONDecodeError", "outside", 0), (42, "ConnectionError", "test", 43)]


def test_nothing_fails_where_a_generator_is_closed(watched):
    watched.tests.test(watched.shop.closed)
    assert watched.failures() == []


def test_one_exception_given_again_and_again(watched):
    error = ConnectionError()

    def call():
        raise error

    watched.tests.test(watched.shop.retried, call)
    assert watched.failures() == [(85, "ConnectionError", "outside", 86), (88, "ConnectionError", "here", 0)]


def test_one_exception_on_two_ways_is_two(watched):
    error = ConnectionError()

    def call():
        raise error

    with contextlib.suppress(OSError):  # other people's code takes it, of which we hear nothing
        watched.shop.plain(call)
    watched.tests.test(watched.shop.plain, call)
    assert [failure.reached for failure in watched.seen().failures] == [None, ("test_failing.py", 7)]


def test_an_old_exception_that_is_raised_is_raised_here(watched):
    error = ConnectionError()
    with contextlib.suppress(OSError):
        watched.tests.fake(error)
    watched.tests.test(watched.shop.thrown, error)
    assert watched.failures() == [(105, "ConnectionError", "here", 0)]


def test_a_coroutine(watched):
    watched.tests.test(asyncio.run, watched.shop.waited())
    assert watched.failures() == [(94, "TimeoutError", "here", 0), (91, "TimeoutError", "project", 0)]


def test_an_exception_goes_on_from_a_task_to_who_waits_for_it(watched):
    watched.tests.test(asyncio.run, watched.shop.of_task())
    assert [failure.reached for failure in watched.seen().failures] == [("test_failing.py", 7)] * 2


def test_places_are_exact(watched):
    watched.tests.test(watched.shop.unwound)
    leaf, unwound = watched.seen().failures
    assert leaf[1:5] == (7, 12, 7, 29)
    assert unwound[1:5] == (31, 15, 31, 21)


def test_types_know_their_bases(watched):
    watched.tests.test(watched.shop.leaf)
    watched.seen()
    assert watched.watch.failures().exceptions == {
        "shop_failing.Declined": ("OSError", "Exception", "BaseException"),
    }


class TestTheTest:
    def test_what_it_was_called_from_reached_and_ran_after_it(self, watched):
        watched.tests.test(watched.shop.unwound)
        seen = watched.seen()
        failure = seen.failures[-1]
        assert failure.called_from == (("test_failing.py", 7),)
        assert (failure.reached, failure.taken) == (("test_failing.py", 7), True)
        assert [line for _, line in seen.places] == [5, 6, 7, 8, 9, 10]
        assert [line for _, line in seen.places[failure.moment :]] == [8, 9, 10]

    def test_what_was_handled_did_not_reach_it(self, watched):
        watched.tests.test(watched.shop.handled)
        assert {(failure.reached, failure.taken) for failure in watched.seen().failures} == {(None, False)}

    def test_what_nobody_took_reached_it_and_was_not_taken(self, watched):
        with pytest.raises(OSError, match="1"):
            watched.tests.test_loop(watched.shop.leaf)
        (failure,) = watched.seen().failures
        assert (failure.reached.line, failure.taken) == (15, False)

    def test_a_line_that_ran_thousands_of_times_is_seen_again_after_a_failure(self, watched):
        watched.tests.test_loop(watched.shop.handled)
        seen = watched.seen()
        assert {line for _, line in seen.places[seen.failures[0].moment :]} == {16, 17}

    def test_so_is_one_in_the_same_loop(self, watched):
        watched.tests.test_in_loop(watched.shop.handled)
        seen = watched.seen()
        assert {line for _, line in seen.places[seen.failures[0].moment :]} == {20, 21, 22}

    def test_without_a_failure_such_lines_are_left_alone_until_the_next_test(self, watched, monkeypatch):
        told = []
        monkeypatch.setattr(failures.Failures, "_watch_again", lambda self: told.append(len(self._left_alone)))
        watched.tests.test_loop(int)
        watched.seen()
        assert 1 in told

    def test_what_runs_in_the_set_up_is_the_set_ups(self, watched):
        watched.watch.switch("t", "setup")
        watched.tests.test(watched.shop.leaf)
        watched.watch.switch("t", "call")
        assert watched.seen() is None
        assert [one.phase for one in watched.watch.failures().seen] == ["setup"]


class TestBounds:
    def test_alike_ones_are_told_once(self, watched):
        watched.tests.test(watched.shop.many)
        assert watched.failures() == [LEAF, (49, "Declined", "project", 48)]

    def test_of_many_alike_ones_few_are_looked_at(self, watched, monkeypatch):
        monkeypatch.setattr(failures, "_MOST_FLIGHTS", 50)
        watched.tests.test(watched.shop.many)
        assert len(watched.seen().failures) == 2
        assert watched.watch.failures().unseen == {}

    def test_and_are_told_again_in_the_next_test(self, watched):
        watched.tests.test(watched.shop.many)
        watched.watch.switch("u", "call")
        watched.tests.test(watched.shop.many)
        watched.seen()
        assert [(one.nodeid, len(one.failures)) for one in watched.watch.failures().seen] == [("t", 2), ("u", 2)]

    def test_what_is_too_much_is_unseen_and_told(self, watched, monkeypatch):
        monkeypatch.setattr(failures, "_MOST_FLIGHTS", 1)
        watched.tests.test(watched.shop.handled)
        watched.tests.test(watched.shop.through, "{")
        assert watched.failures() == [LEAF, (11, "Declined", "project", 14)]
        assert list(watched.watch.failures().unseen) == ["t"]


def in_a_thread(watched, wait):
    """Called from where a failure in a thread was, while the main one came to `wait(future)`."""
    begin = threading.Event()

    def work():
        begin.wait(5)
        main = threading.main_thread().ident
        while (frame := sys._current_frames()[main]) and frame.f_code.co_name not in ("wait", "join"):
            time.sleep(0.001)
        watched.shop.handled()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work)
        begin.set()
        watched.tests.test(wait, future)
        future.result()
    return [one.called_from for one in watched.seen().failures]


def test_who_waits_for_a_future_has_called_what_fails_in_its_thread(watched):
    assert in_a_thread(watched, lambda future: future.result()) == [(("test_failing.py", 7),)] * 2


def test_who_waits_that_a_thread_ends_does_not_hear_what_fails_in_it(watched):
    assert in_a_thread(watched, lambda future: wait([future])) == [(), ()]


def test_a_thread_that_was_there_before_the_test_is_told(watched):
    begin, over = threading.Event(), threading.Event()

    def work():
        begin.wait(10)
        watched.tests.test(watched.shop.leaf)
        over.set()

    thread = threading.Thread(target=work)
    thread.start()
    watched.watch.switch("u", "call")
    young = threading.Thread(target=watched.tests.test, args=[watched.shop.through, "{"])
    young.start()
    young.join()
    begin.set()
    over.wait(10)
    thread.join()
    assert [(one.line, one.older_thread) for one in watched.seen().failures] == [(38, False), (7, True)]


def test_no_exception_is_kept_alive(watched):
    kept = []

    def call():
        error = watched.shop.Declined()
        kept.append(weakref.ref(error))
        raise error

    watched.tests.test(watched.shop.given, call)
    gc.collect()
    assert kept[0]() is None
    assert watched.failures() == [(42, "Declined", "outside", 43)]


def test_a_fault_of_ours_ends_the_watching_and_nothing_else(watched, problems, monkeypatch):
    monkeypatch.setattr(failures, "called_from", lambda *_: 1 / 0)
    watched.tests.test(watched.shop.handled)
    assert watched.shop.handled() == 1
    assert problems == ["watching the tests failed: ZeroDivisionError: division by zero"]
    assert "quality-gate" not in [sys.monitoring.get_tool(number) for number in range(6)]
    problems.clear()


def test_where_no_id_is_free_nothing_is_known_and_that_is_told(monkeypatch):
    monkeypatch.setattr(monitoring, "_FREE_IDS", ())
    watch = Watch("/", [], pytest.fail)
    assert not watch.start()
    assert "other tools hold" in " ".join(watch.failures().unseen[""])
