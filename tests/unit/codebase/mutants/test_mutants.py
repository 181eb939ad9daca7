"""Mutants of failure paths: which there are, that they compile, keep lines and names, and do what they say."""

from __future__ import annotations

import builtins
from textwrap import dedent

import pytest

from failure_listing import listed
from quality_gate.codebase.mutants.edits import REACHED, Source
from quality_gate.codebase.mutants.finding import Place
from quality_gate.codebase.mutants.making import Mutants, why_none
from quality_gate_checkers.settings import Dependency, Settings


@pytest.fixture(autouse=True)
def reached():
    """What a process that tries a mutant puts there."""
    noted = []

    def note():
        noted.append(True)
        return True

    setattr(builtins, REACHED, note)
    yield noted
    delattr(builtins, REACHED)


def mutants(text, kind=None):
    """(what, the changed text, mutant) of every path of a source."""
    source = Source(dedent(text))
    maker = Mutants(source, Settings())
    return [
        (path, one.what, source.with_edit(one.edit), one)
        for path in listed({"shop/pay.py": dedent(text)})
        for one in maker.of(path)
        if kind in (None, path.kind)
    ]


def run(text, name, *arguments):
    """What a function of a source gives, or the exception that leaves it."""
    names: dict[str, object] = {}
    exec(compile(text, "pay.py", "exec"), names)
    try:
        return names[name](*arguments)
    except Exception as error:  # noqa: BLE001
        return type(error)


RAISES = """
    def charge(amount, order=None):
        if amount <= 0:
            raise ValueError(
                amount,
            )
        return amount
"""

HANDLED = """
    def ask(bank):
        found = "new"
        try:
            found = bank()
        except KeyError as error:
            found = error.args[0]
            found = f"{found}!"
        return found
"""

TABLE = [
    # source, arguments, each mutant with what the call gives then
    (RAISES, (0,), {("the check is left out", 0), ("the check is turned round", 0)}),
    (RAISES, (1,), {("the check is left out", 1), ("the check is turned round", ValueError)}),
    (
        HANDLED,
        (lambda: {}["x"],),
        {("the handler does nothing", "new"), ("the failure is let through", KeyError)},
    ),
    (
        "def ask(bank):\n    try:\n        return bank()\n    except (KeyError, ZeroDivisionError):\n        return 0\n",
        (lambda: 1 / 0,),
        {
            ("the handler does nothing", None),
            ("KeyError is not caught", 0),
            ("ZeroDivisionError is not caught", ZeroDivisionError),
        },
    ),
    (
        "def ask(bank):\n    try:\n        return bank()\n    except KeyError: return 1\n    except Exception:\n        raise\n",
        (lambda: {}["x"],),
        {
            ("the handler does nothing", None),
            ("nothing is caught", KeyError),
            ("the handler does nothing", 1),
            ("the exception is not raised", 1),
        },
    ),
    (
        "def send(r):\n    if r.status_code != 200: return {'error': r}\n    return 1\n",
        (type("R", (), {"status_code": 500}),),
        {("the check is left out", 1), ("the check is turned round", 1)},
    ),
    (
        "def check(x):\n    if x > 1:\n        return x\n    else:\n        raise ValueError(x)\n",
        (0,),
        {("the exception is not raised", None)},
    ),
    ("def boom(x):\n    x = x; raise ValueError(\n  x); x = 3\n", (0,), {("the exception is not raised", None)}),
]


@pytest.mark.parametrize(("source", "arguments", "expected"), TABLE)
def test_what_a_mutant_does(source, arguments, expected, reached):
    name = source.split("def ")[1].split("(")[0]
    found = {(what, run(text, name, *arguments)) for _, what, text, _ in mutants(source)}
    assert found == expected
    assert reached


ASKED = "try:\n        ask(x)\n        return True\n    except KeyError:\n        "


@pytest.mark.parametrize(
    ("body", "emptied"),
    [
        (f"{ASKED}return False", False),
        (f"if x:\n        x = 1\n    {ASKED}return False", False),
        ("with x:\n        try:\n            ask(x)\n        except KeyError:\n            return False", False),
        (f"{ASKED}return 0", True),
        (f"{ASKED}x = 1; return False", True),
        (f"{ASKED}return False\n    return True", True),
        (f"{ASKED}return False\n    finally:\n        x = 1", True),
        ("for y in x:\n        try:\n            ask(y)\n        except KeyError:\n            return False", True),
    ],
)
def test_who_answers_no_is_not_emptied_where_no_answer_follows(body, emptied):
    text = f"def can(x):\n    {body}\n"
    assert ("the handler does nothing" in [what for _, what, _, _ in mutants(text, "handler")]) is emptied


def test_every_line_stays_where_it_was():
    for source, *_ in TABLE:
        for _, _, text, _ in mutants(source):
            assert text.count("\n") == dedent(source).count("\n")


def test_a_diff_is_what_people_would_write():
    (_, _, _, one), _ = mutants(RAISES)
    assert one.diff == (
        "--- shop/pay.py\n+++ shop/pay.py (changed)\n@@ -1,6 +1,6 @@\n \n def charge(amount, order=None):\n"
        "-    if amount <= 0:\n+    if False:\n         raise ValueError(\n             amount,\n         )\n"
    )


def test_the_functions_around_are_named_by_their_first_line():
    text = "def outer():\n    @deco\n    async def inner():\n        raise KeyError\n"
    ((_, _, _, one),) = mutants(text)
    assert one.within == (Place("inner", 2), Place("outer", 1))


def code_of(text, name):
    found = [compile(text, "pay.py", "exec")]
    while found:
        code = found.pop()
        if code.co_name == name:
            return code
        found += [one for one in code.co_consts if hasattr(one, "co_name")]
    raise AssertionError(name)


@pytest.mark.parametrize(
    "body",
    [
        "raise KeyError(limit, extra)",
        "raise super().error",
        "str(limit); raise [limit for limit in limits][0]",
        "str(limit); raise (lambda limit: extra)(1)",
    ],
)
def test_what_is_taken_away_keeps_its_names(body):
    text = f"class A:\n    def outer(self, limit, extra, limits):\n        def inner():\n            {body}\n        return inner\n"
    ((_, _, changed, _),) = mutants(text)
    assert code_of(changed, "inner").co_freevars == code_of(text, "inner").co_freevars


def test_a_generator_stays_one_and_a_local_name_local():
    text = "def ask(x):\n    try:\n        x()\n    except KeyError:\n        import os\n        yield os\n        state = 1\n"
    for _, _, changed, _ in mutants(text, "handler"):
        before, after = code_of(text, "ask"), code_of(changed, "ask")
        assert after.co_flags == before.co_flags
        assert set(before.co_varnames) == set(after.co_varnames)


def test_a_handler_that_only_logs_is_only_let_through():
    text = "import logging\nlog = logging.getLogger()\ndef ask(x):\n    try:\n        x()\n    except KeyError:\n        log.info('x')\n"
    assert [what for _, what, _, _ in mutants(text, "handler")] == ["the failure is let through"]


ASKS = "def fail(x):\n    raise KeyError(x)\ndef ask(x):\n    {}\n    return found\n"


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("found = fail(x)", None),
        ("found = [x,\n      fail(x)]  # both", None),
        ("return fail(x)", None),
        ("found = 0; found = 1", None),
        ("found = 1\n    fail(x)", 1),
        ("found = {}\n    found['x'] = fail(x)", {}),
    ],
)
def test_a_failure_that_passes_is_swallowed_where_it_comes_up(statement, wanted, reached):
    text = ASKS.format(statement)
    found = mutants(text, "unwind")
    assert [(what, run(changed, "ask", 1)) for _, what, changed, _ in found] == (
        [("the failure is swallowed", wanted)] if "fail" in statement else []
    )
    assert bool(reached) is bool(found)


@pytest.mark.parametrize("indent", ["\t", "  "])
def test_what_swallows_it_stands_as_deep_as_it_does(indent):
    text = f"def fail():\n{indent}raise KeyError\ndef ask():\n{indent}if 1:\n{indent * 2}fail()\n{indent}return 2\n"
    ((_, _, changed, one),) = mutants(text, "unwind")
    assert run(changed, "ask") == 2
    assert (
        f"-{indent * 2}fail()\n+{indent * 2}try:\n+{indent * 2}    fail()\n"
        f"+{indent * 2}except Exception:\n+{indent * 2}    pass\n"
    ) in one.diff


def test_an_exit_that_passes_is_swallowed_and_nothing_else_is():
    text = "import sys\ndef leave():\n    sys.exit(3)\ndef ask(x):\n    leave()\n    return x\n"
    ((_, _, changed, _),) = mutants(text, "unwind")
    assert run(changed, "ask", 1) == 1


def test_a_coroutine_and_a_generator_stay_what_they_are():
    text = (
        "async def fail():\n    raise KeyError\nasync def ask(x):\n    found = await fail()\n    return found\n"
        "def bad(x):\n    raise KeyError(x)\ndef items(x):\n    one = yield bad(x)\n    return one\n"
    )
    for (_, _, changed, _), name in zip(mutants(text, "unwind"), ("ask", "items"), strict=True):
        before, after = code_of(text, name), code_of(changed, name)
        assert (after.co_flags, after.co_freevars) == (before.co_flags, before.co_freevars)


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ("httpx.get('x', timeout=3)", "httpx.get('x', timeout=None)"),
        ("httpx.get('x', timeout=limit(1, 2))", "httpx.get('x', timeout=None)"),
        ("asyncio.wait_for(job(), 3)", "asyncio.wait_for(job(), None)"),
        ("asyncio.wait_for(job(), timeout=3)", "asyncio.wait_for(job(), timeout=None)"),
        ("subprocess.run('x', timeout=3)", "subprocess.run('x', timeout=None)"),
        ("asyncio.wait_for(*given, 3)", None),
        ("httpx.get('x', **given)", None),
    ],
)
def test_a_time_limit_is_taken_from_the_call(call, what):
    text = f"import asyncio, httpx, subprocess\nasync def ask(given, limit, job):\n    {call}\n"
    assert [one.diff.split("\n+    ")[1].split("\n")[0] for _, _, _, one in mutants(text, "deadline")] == (
        [what] if what else []
    )
    for _, _, changed, _ in mutants(text, "deadline"):
        assert code_of(changed, "ask").co_varnames == code_of(text, "ask").co_varnames


def test_a_limit_of_the_projects_own_dependency_too():
    bank = Dependency(calls=("bank.pay",), unavailable=("bank.Down",), deadline="timeout_s")
    text = "import bank\ndef ask():\n    bank.pay(1, timeout_s=3)\n"
    settings = Settings(dependencies={"bank": bank})
    paths = [one for one in listed({"shop/pay.py": text}, settings) if one.kind == "deadline"]
    assert [one.what for path in paths for one in Mutants(Source(text), settings).of(path)] == [
        "nothing ends the waiting"
    ]


def test_it_is_known_which_exceptions_are_not_raised_any_more():
    text = """
        def charge(order, amount):
            if amount < 0:
                raise ValueError(amount)
            order.check()
            raise Exception("lost")

        def pay(order):
            try:
                order.pay()
            except OSError as error:
                raise LookupError from error
        """
    assert {(path.text, what): one.taken for path, what, _, one in mutants(text)} == {
        ("raise ValueError(amount)", "the check is left out"): ("ValueError",),
        ("raise ValueError(amount)", "the check is turned round"): ("ValueError",),
        ('raise Exception("lost")', "the exception is not raised"): (),
        ("except OSError", "the handler does nothing"): ("LookupError",),
        ("except OSError", "the failure is let through"): (),
        ("raise LookupError from error", "the exception is not raised"): ("LookupError",),
    }


def test_nothing_is_cleaned_up():
    text = "def ask(log):\n    try:\n        raise KeyError(log)\n    finally:\n        log.append(1)\n        log.append(2)\n"
    ((_, what, changed, _),) = mutants(text, "cleanup")
    log = []
    assert (what, run(changed, "ask", log), log) == ("nothing is cleaned up", KeyError, [])


WITHOUT = [
    ("import httpx\ndef ask(x):\n    return x if httpx.get('x') else 1; x = 1\n", "unwind", "shares its statement"),
    ("import httpx\ndef ask():\n    for one in httpx.get('x'):\n        return 1\n", "unwind", "shares its statement"),
    ("import asyncio\nasync def ask():\n    async with asyncio.timeout(3):\n        pass\n", "deadline", "time limit"),
    (
        "from django.db import transaction\ndef ask():\n    with transaction.atomic():\n        raise KeyError\n",
        "cleanup",
        "context manager",
    ),
    ("from tenacity import retry, stop_after_attempt\n@retry(stop=stop_after_attempt(3))\ndef ask(x):\n    x()\n",
     "retry exhaustion", "attempts"),
    ("import boto3\ndef ask(x):\n    boto3.client('sqs').send_message_batch(QueueUrl='x', Entries=x)\n",
     "partial failure", "comes from outside"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "why"), WITHOUT)
def test_what_has_no_mutant_says_why(text, kind, why):
    paths = [path for path in listed({"shop/pay.py": text}) if path.kind == kind]
    assert paths
    assert all(Mutants(Source(text), Settings()).of(path) == () and why in why_none(path) for path in paths)


def test_line_ends_and_letters_of_all_kinds():
    text = "def ask(ü):\r\n    'äö'; assert ü; raise ValueError('é', ü)\r\n"
    ((_, _, changed, one),) = mutants(text)
    assert run(changed, "ask", 1) is None
    assert "+    'äö'; assert ü; pass" in one.diff
