"""Mutants of failure paths: which there are, that they compile, keep lines and names, and do what they say."""

from __future__ import annotations

import builtins
from textwrap import dedent

import pytest

from failure_listing import listed
from quality_gate.codebase.mutants.edits import REACHED, Source
from quality_gate.codebase.mutants.making import Mutants, Place, why_none


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
    maker = Mutants(source)
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


def test_what_has_no_mutant_says_why():
    paths = listed({"shop/pay.py": "import httpx\ndef ask():\n    httpx.get('x')\n    return 1\n"})
    source = Source("import httpx\ndef ask():\n    httpx.get('x')\n    return 1\n")
    unwinds = [path for path in paths if path.kind == "unwind"]
    assert unwinds
    assert all(Mutants(source).of(path) == () and "passes through" in why_none(path) for path in unwinds)


def test_line_ends_and_letters_of_all_kinds():
    text = "def ask(ü):\r\n    'äö'; assert ü; raise ValueError('é', ü)\r\n"
    ((_, _, changed, one),) = mutants(text)
    assert run(changed, "ask", 1) is None
    assert "+    'äö'; assert ü; pass" in one.diff
