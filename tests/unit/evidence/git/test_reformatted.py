"""A line that is only broken elsewhere is not new; what is really changed among such lines is."""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.evidence.git import _blobs
from quality_gate.evidence.git._aligned import aligned
from quality_gate.evidence.git._patch import Hunk
from quality_gate.evidence.git._reformatted import _hold_on, without_layout
from quality_gate.evidence.git.changes import change_at
from quality_gate.evidence.git.command import Git, find_top
from quality_gate.model import Stage

BEFORE = """\
import os, sys

@decorated('charge', retries = 3)
def charge(gateway, order, *, amount, currency = 'EUR'):
    '''Take the money.
      Once.'''
    try:
        answer = gateway.capture(order.card, amount, currency, {'reference': order.number, 'shop': 'one'})  # noqa: S101
    except (gateway.Declined, gateway.Broken) as error:
        log.warning('the bank declined order %s: %s', order.number, error); raise
    else:
        return answer
    finally: order.release()

class Settlement(Base):
    limit = (12_000)
    def settle(self, orders): return [order.number for order in orders if order.is_paid and not order.is_settled]
    # what is left over
    def close(self):
        if self.open and not self.closed: self.closed = True
        elif self.open: pass
        else: raise ValueError('closed before it was ever opened')
"""

AFTER = """\
import os, sys


@decorated(
    "charge",
    retries=3,
)
def charge(
    gateway,
    order,
    *,
    amount,
    currency="EUR",
):
    \"\"\"Take the money.
    Once.\"\"\"
    try:
        answer = gateway.capture(
            order.card,
            amount,
            currency,
            {
                "reference": order.number,
                "shop": "one",
            },
        )  # noqa: S101
    except (
        gateway.Declined,
        gateway.Broken,
    ) as error:
        log.warning(
            "the bank declined order %s: %s",
            order.number,
            error,
        )
        raise
    else:
        return answer
    finally:
        order.release()


class Settlement(Base):
    limit = 12_000

    def settle(self, orders):
        return [
            order.number
            for order in orders
            if order.is_paid and not order.is_settled
        ]

    # what is left over
    def close(self):
        if self.open and not self.closed:
            self.closed = True
        elif self.open:
            pass
        else:
            raise ValueError(
                "closed before it was ever opened"
            )
"""


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path / "project")


def new_in(scratch: Scratch, before: str | bytes, after: str | bytes) -> list[str]:
    """The new lines of a file that is committed and then edited, stripped."""
    scratch.commit({"a.py": before})
    scratch.stage("a.py", after)
    found = change_at(find_top(scratch.folder, ENVIRONMENT), scratch.folder, Stage.COMMIT, None, False, None)
    assert not found.everything
    text = (after if isinstance(after, bytes) else after.encode()).split(b"\n")
    spans = found.lines.get("a.py", ())
    return [text[number - 1].strip().decode() for span in spans for number in range(span.first, span.last + 1)]


@pytest.mark.parametrize("pair", [(BEFORE, AFTER), (AFTER, BEFORE)], ids=["broken", "joined"])
def test_what_is_formatted_anew_is_not_new(scratch: Scratch, pair: tuple[str, str]) -> None:
    assert new_in(scratch, *pair) == []


def test_other_line_ends_make_no_difference(scratch: Scratch) -> None:
    assert new_in(scratch, BEFORE, AFTER.replace("\n", "\r\n").encode()) == []


PLANTED = {
    "an argument": ("            currency,\n", "            None,\n", ["None,"]),
    "a value": ("limit = 12_000", "limit = 12_001", ["limit = 12_001"]),
    "a default": ('currency="EUR"', 'currency="USD"', ['currency="USD",']),
    "a decorator": ("    retries=3", "    retries=4", ["retries=4,"]),
    "an exception": ("gateway.Broken", "OSError", ["OSError,"]),
    "a condition": ("and not order.is_settled", "or order.is_settled", ["if order.is_paid or order.is_settled"]),
    "a type": ("12_000", '"12_000"', ['limit = "12_000"']),
    "a statement": ("        return answer\n", "        order.pay()\n        return answer\n", ["order.pay()"]),
    "a small one": ("            pass\n", "            pass\n            pass\n", ["pass"]),
    "a comment": ("    # what is left over\n", "    # type: ignore\n", ["# type: ignore"]),
    "a comment at a line": ("    limit = 12_000", "    limit = 12_000  # noqa", ["limit = 12_000  # noqa"]),
    "a comment within": ('"shop": "one",', '"shop": "one",  # noqa', ['"shop": "one",  # noqa']),
    "a comment that is gone": ("        )  # noqa: S101\n", "        )\n", [")"]),
    "a statement that is gone": ("        raise\n", "", [")"]),
    "a body that is gone": ("        order.release()\n", "        pass\n", ["pass"]),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_changed_among_it_is_new(scratch: Scratch, name: str) -> None:
    old, new, lines = PLANTED[name]
    assert AFTER.count(old) == 1
    found = new_in(scratch, BEFORE, AFTER.replace(old, new))
    assert set(lines) <= set(found)
    assert len(found) <= 14, "the rest of the statement at most"


def test_a_copied_statement_is_new_beside_the_one_that_is_formatted(scratch: Scratch) -> None:
    before = "def f():\n    publish('an event that somebody waits for')\n"
    after = "def f():\n    publish(\n        'an event that somebody waits for'\n    )\n"
    copied = after + "    publish(\n        'an event that somebody waits for'\n    )\n"
    assert new_in(scratch, before, copied) == ["publish(", "'an event that somebody waits for'", ")"]


def test_a_small_statement_from_elsewhere_does_not_make_another_one_old(scratch: Scratch) -> None:
    before = "def f(a):\n    pass\n\n\ndef g(a):\n    call(a, 'one')\n    return 1\n"
    after = "def f(a):\n    return a\n\n\ndef g(a):\n    call(\n        a, 'one'\n    )\n    pass\n    return 1\n"
    assert new_in(scratch, before, after) == ["return a", "pass"]


def test_of_equal_statements_the_added_one_is_new_and_none_that_stood_there(scratch: Scratch) -> None:
    before = "def f(a):\n    call(a, 'one')\n    if a:\n        raise E\n"
    after = "def f(a):\n    call(\n        a, 'one'\n    )\n    if b:\n        raise E\n    if a:\n        raise E\n"
    assert new_in(scratch, before, after) == ["if b:", "raise E"]


def test_a_formatted_line_between_two_edits_keeps_them_apart(scratch: Scratch) -> None:
    before = "a = 1\nb = call(one, two)\nc = 3\n"
    assert new_in(scratch, before, "a = 2\nb = call(\n    one, two\n)\nc = 4\n") == ["a = 2", "c = 4"]


def test_a_raise_that_is_taken_out_touches_its_handler_though_all_is_formatted(scratch: Scratch) -> None:
    before = "try:\n    call(a, 'one')\nexcept E:\n    log('it failed', a)\n    raise\n"
    after = 'try:\n    call(\n        a, "one"\n    )\nexcept E:\n    log(\n        "it failed", a\n    )\n'
    assert new_in(scratch, before, after) == [")"], "the statement that it stood behind"
    assert new_in(scratch, before, after.replace('    log(\n        "it failed", a\n    )\n', "    raise\n")) == [
        "except E:"
    ]


REACHES = {
    "a call": (
        'requests.post("a")\nlog()  # noqa: QG201\n',
        'requests.post("a"); log()  # noqa: QG201\n',
        'requests.post("a"); log()  # noqa: QG201',
    ),
    "a header": (
        "def charge(a):\n    a.pay()\n    a.log()  # pragma: no cover\n",
        "def charge(a): a.pay(); a.log()  # pragma: no cover\n",
        "def charge(a): a.pay(); a.log()  # pragma: no cover",
    ),
    "an end": ("f(\n    a\n)\ng()  # noqa\n", "f(\n    a\n); g()  # noqa\n", "); g()  # noqa"),
}


@pytest.mark.parametrize("name", REACHES)
def test_a_comment_that_comes_to_stand_behind_more_makes_its_line_new(scratch: Scratch, name: str) -> None:
    before, after, line = REACHES[name]
    assert new_in(scratch, before, after) == [line]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("call(a, 'one')  # noqa\n", "call(\n    a, 'one'\n)  # noqa\n"),
        ("f(); call(a, 'one')  # noqa\n", 'f()  ; call(a, "one") # noqa\n'),
        ("f(); call(a, 'one')  # noqa\n", "f(\n); call(a, 'one')  # noqa\n"),
        ("if a: call(a)  # why\n", "if a:\n    call(a)  # why\n"),
        ("f(); call(a)  # noqa\n", "f()\ncall(a)  # noqa\n"),
    ],
)
def test_a_comment_that_stays_behind_the_same_or_less_is_not_new(scratch: Scratch, before: str, after: str) -> None:
    assert new_in(scratch, before, after) == []


LAID_OUT = "x = call(a, 'one')\n", "x = call(\n    a, 'one'\n)\n"
"""Something to format elsewhere, without which the files are not compared as parsed."""


@pytest.mark.parametrize(
    ("word", "other", "name", "source"),
    [
        ("except", "except*", "E", "try:\n    pay()\n{} E:\n    ship()\n"),
        ("if", "elif", "b", "if a:\n    pay()\n{} b:\n    ship()\n"),
        ("if", "elif", "b", "if a: pay()\n{} b: ship()\n"),
    ],
)
def test_another_word_is_new_though_all_is_formatted(
    scratch: Scratch, word: str, other: str, name: str, source: str
) -> None:
    for one, now in ((word, other), (other, word)):
        found = new_in(scratch, LAID_OUT[0] + source.format(one), LAID_OUT[1] + source.format(now))
        assert found == [line for line in source.format(now).split("\n") if line.startswith(f"{now} {name}")]


@pytest.mark.parametrize("pair", [("x = f(a, b\n", "x = f(\n    a, b)\n"), ("x = f(a, b)\n", "x = f(\n    a, b\n")])
def test_what_cannot_be_parsed_is_compared_by_lines(scratch: Scratch, pair: tuple[str, str]) -> None:
    assert new_in(scratch, *pair)


def test_a_former_file_that_is_too_large_or_has_other_lines_is_compared_by_lines(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert new_in(scratch, "x = f(a, b)\ry = 1\n", "x = f(\n    a, b)\ny = 1\n")
    monkeypatch.setattr(_blobs, "MAXIMUM_BYTES", 10)
    assert new_in(scratch, "x = f(a, b)\n", "x = f(\n    a, b)\n")


@pytest.mark.parametrize(
    ("before", "after", "is_read"),
    [
        ("x = f(a, b)\ny = 1\n", "x = f(a, c)\ny = 1\n", False),
        ("x = f(a, b)\n", "x = f(a, b)\ny = 1\n", False),
        ("x = f(a, b)\ny = 1\n", "x = f(a)\ny = 1\nz = 2\n", False),
        ("x = f(a, b)\ny = 1\n", "x = f(\n    a, b\n)\ny = 2\n", True),
        ("x = f(\n    a, b\n)\n", "x = f(\n    a, b\n).c\n", False),
        ("x = 0XA, [\n    a\n]\n", "x = 0xa, [\n    a\n]\n", True),
    ],
)
def test_files_are_read_only_where_something_can_be_formatted(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch, before: str, after: str, is_read: bool
) -> None:
    asked: list[bytes] = []

    def run(git: Git, *args: str, told: bytes | None = None, **more: bool) -> bytes:
        asked.extend([told or b""] * (args[:2] == ("cat-file", "--batch")))
        return real(git, *args, told=told, **more)

    real = Git.run
    monkeypatch.setattr(Git, "run", run)
    new_in(scratch, before, after)
    assert bool(asked) is is_read


def test_many_files_are_read_in_several_calls(scratch: Scratch, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch.commit({f"{name}.py": f"{name} = call({name}, 'one')\n" for name in "abcdefg"})
    for name in "abcdefg":
        scratch.stage(f"{name}.py", f'{name} = call(\n    {name}, "one"\n)\n')
    git = find_top(scratch.folder, ENVIRONMENT)
    monkeypatch.setattr(_blobs, "_AT_ONCE", 40)
    assert change_at(git, scratch.folder, Stage.COMMIT, None, False, None).lines == {}
    monkeypatch.setattr(_blobs, "_IN_ALL", 40)
    assert sorted(change_at(git, scratch.folder, Stage.COMMIT, None, False, None).lines) == [
        "d.py",
        "e.py",
        "f.py",
        "g.py",
    ]


def test_a_merge_that_is_formatted_has_nothing_new(scratch: Scratch) -> None:
    scratch.commit({"a.py": BEFORE, "b.py": "one = 1\n"})
    scratch.git("checkout", "--quiet", "-b", "topic")
    scratch.commit({"b.py": "one = 2\n"})
    scratch.git("checkout", "--quiet", "main")
    scratch.commit({"a.py": AFTER})
    scratch.git("merge", "--quiet", "--no-edit", "topic")
    start = scratch.git("rev-parse", "HEAD~1~1")
    found = change_at(find_top(scratch.folder, ENVIRONMENT), scratch.folder, Stage.CI, start, False, None)
    assert list(found.lines) == ["b.py"]


# --- aligning ---


@pytest.mark.parametrize("seed", range(20))
def test_what_is_aligned_is_equal_and_ascends(seed: int) -> None:
    chance = random.Random(seed)
    old = [chance.choice("abcdefgh") * chance.randint(1, 3) for _ in range(60)]
    new = [one for one in old if chance.random() < 0.8]
    new[20:20] = [chance.choice("xyz") for _ in range(5)]
    found = aligned(old, new)
    assert all(old[one] == new[other] for one, other in found)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(found))
    assert len(found) >= len(new) - 8


@pytest.mark.parametrize(
    ("aligned_as", "git_says", "held"),
    [
        ({0: 0, 1: 1}, [(1, 3)], {0: 0, 1: 3}),
        ({0: 0, 1: 1, 2: 2}, [(0, 1), (1, 3)], {0: 1, 1: 3, 2: 2}),
        ({1: 1}, [(0, 1)], {0: 1}),
        ({1: 1, 2: 2}, [(0, 1), (1, 2)], {0: 1, 1: 2}),
        ({}, [(0, 1)], {0: 1}),
        ({0: 1, 1: 2}, [(0, 2)], {0: 1, 1: 2}),
    ],
)
def test_what_git_holds_for_the_same_is_never_left_over(
    aligned_as: dict[int, int], git_says: list[tuple[int, int]], held: dict[int, int]
) -> None:
    found = dict(aligned_as)
    _hold_on(found, git_says)
    assert found == held


def test_a_file_that_is_not_what_git_has_compared_stays_as_it_is() -> None:
    hunks = [Hunk("a.py", 9, [b"x = f(a)"], [b"x = f(", b"a)"], was=9)]
    assert without_layout(hunks, lambda paths: [(path, b"x = f(a)\n", b"x = f(\na)\n") for path in paths]) == hunks


def test_long_lines_are_compared_as_parsed_at_once_for_their_runs_would_take_all_memory() -> None:
    def sides(paths: Sequence[str]) -> list[tuple[str, bytes, bytes]]:
        asked.extend(paths)
        return []

    asked: list[str] = []
    hunk = Hunk("a.py", 1, [b"x = '" + b"a" * 50_000 + b"'"] * 30, [b"y = '" + b"b" * 50_000 + b"'"] * 29, was=1)
    tracemalloc.start()
    try:
        assert without_layout([hunk], sides) == [hunk]
        assert tracemalloc.get_traced_memory()[1] < 1_000_000, "three megabytes of lines, and a gigabyte with runs"
    finally:
        tracemalloc.stop()
    assert asked == ["a.py"]


def test_time_of_aligning_grows_with_the_length_only() -> None:
    begin = time.process_time()
    aligned(["a", "b"] * 50_000, ["b", "c", "a"] * 50_000)
    aligned([str(number) for number in range(100_000)], [str(number) for number in range(100_000, 0, -1)])
    assert time.process_time() - begin < 4
