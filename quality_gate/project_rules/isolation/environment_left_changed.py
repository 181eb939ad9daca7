"""QG354 environment-left-changed: a variable, or the working directory, is another one after a test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.bench import Bench, project_rule
from quality_gate.model import Finding
from quality_gate.project_rules.isolation._touches import grouped, told, touches_of, verb, who
from quality_gate.runs import Touch


@project_rule("QG354", "environment-left-changed", severity="warning", practice="isolated-tests")
def environment_left_changed(bench: Bench) -> Iterator[Finding]:
    """After a test and its tear-down an environment variable, or the working directory, is not what it was.

    Seen by the recorder, by content: what `monkeypatch`, `mock.patch.dict` or a tear-down puts back is in order. What
    a fixture sets before the test is called is the fixture's. One finding a file and variable.

    ## In production
    The suite is green in one order and red in another, and the fault that it hides behind a leftover ships.

    ## Bad
    ```python
    import os

    from shop.rates import region


    def test_region():
        os.environ["REGION"] = "eu"
        assert region() == "eu"
    ```

    ## Good
    ```python
    from shop.rates import region


    def test_region(monkeypatch):
        monkeypatch.setenv("REGION", "eu")
        assert region() == "eu"
    ```

    ## When not to use it
    Where every test runs in a process of its own.

    ## What it cannot see
    Variables that code written in C sets, and variables of the test runner, of coverage and of quality-gate.

    ## Measured
    None in 3,500 tests of five public libraries (one in a tear-down, which is not told): too few to let it block.
    """
    groups = grouped(touches_of(bench, "environment"), lambda touch: touch.what)
    yield from told(bench, environment_left_changed, "warning", groups, _said)


def _said(group: Sequence[Touch]) -> tuple[str, str]:
    return (
        f"{who(group)} {verb(group, 'leaves', 'leave')} {group[0].what} changed for every test that runs after it",
        "set it with monkeypatch (setenv, delenv, chdir) or mock.patch.dict: they put back what was there",
    )
