"""QG341 test-without-oracle-in-reach."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.graph import Codebase, Definition
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found, findings_of
from quality_gate.project_rules.linked._checking import Checking


@project_rule("QG341", "test-without-oracle-in-reach", severity="warning", linked=True)
def test_without_oracle_in_reach(bench: Bench) -> Iterator[Finding]:
    """A test that checks nothing, and whose helpers, fixtures and bases in other modules check nothing either.

    The part of `test-without-oracle` that needs more than one module: where a test uses a fixture of a `conftest.py`, a
    helper of another file or a base class of the project, these are looked into, through everything that they call in
    test code. One that asserts, that sounds as if it did and calls something that nobody can resolve, or that is named
    under `oracles` in the configuration makes the rule silent, and so does one that cannot be found. No test is told of
    by both rules. It is new when the change touches a line of the test.

    ## In production
    The build is green and the coverage is high, whatever the code does.

    ## Bad
    ```python
    # tests/conftest.py
    import pytest

    from shop.orders import Order


    @pytest.fixture
    def order():
        return Order(7)

    # tests/test_pay.py
    from shop.pay import pay


    def test_pay_by_card(order):
        pay(order)
    ```

    ## Good
    ```python
    # tests/helpers.py
    def settled(order):
        assert order["state"] == "settled"

    # tests/test_pay.py
    from shop.pay import pay
    from tests.helpers import settled


    def test_pay_by_card():
        order = {"id": 7}
        pay(order)
        settled(order)
    ```

    ## When not to use it
    Where not raising is all that counts, say so: `with does_not_raise():`, a docstring, or the test's name. Helpers
    that check and do not look like it are named once: `oracles = ["tests.robots.*"]` under `[tool.quality-gate]`.

    ## What it cannot see
    Fixtures of plugins other than the well-known ones: a test that asks for one is not judged. A check in a helper that
    is never reached; an assertion of a fixture about what it prepares.

    ## Measured
    18 hits in 2.8 million lines of 21 public backend projects, 18 read, 15 true; the other three show in words that are
    not known here that not raising is the point. Drawn anew from 2.6 M lines of 18 projects: 11 hits, all in 5 of the
    12 that were known, 11 read, 7 true. Two of the others end in a call that a sibling demands to raise, and are silent
    since, as is one that was true; of the 8 left 6 are true.
    `python benchmarks/ecosystem.py DIR... --rule test-without-oracle-in-reach --sheet FILE` prints the sheet.
    """
    yield from findings_of(bench, test_without_oracle_in_reach, _found(bench))


def _found(bench: Bench) -> Iterator[Found]:
    codebase = bench.codebase
    checking = Checking(codebase, bench.settings)
    for name, marks in codebase.marks("open-test").items():
        test = codebase.definitions[name]
        for mark in marks:
            if checking.is_idle(test, mark.names) and not _is_inherited_no_more(codebase, test, mark.names):
                yield Found(
                    path=test.path,
                    line=test.line,
                    column=mark.column,
                    message=f"{mark.detail}() checks nothing, and neither does {_asked(mark.names)}",
                    remedy="assert the outcome; where not raising is all that counts, say so: `with does_not_raise():`",
                    function=name,
                    text=mark.detail,
                    also_new=tuple((test.path, line) for line in range(test.first, test.last + 1)),
                )


def _is_inherited_no_more(codebase: Codebase, test: Definition, ends: tuple[str, ...]) -> bool:
    """Whether an empty test stands in the place of one that its class would inherit: it is off on purpose."""
    bases = (end.partition(" ")[2] for end in ends if end.startswith("base "))
    name = test.name.rpartition(".")[2]
    return test.is_stub and any(f"{base}.{name}" in codebase.definitions for base in bases)


def _asked(ends: tuple[str, ...]) -> str:
    """What was looked at, for people: the first two and how many more."""
    names = list(dict.fromkeys(end.partition(" ")[2].rpartition(".")[2] for end in ends))
    more = f" or {len(names) - 2} more that it uses" if len(names) > 2 else ""
    return f"{', '.join(names[:2])}{more}"
