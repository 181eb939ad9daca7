"""QG355 module-state-left-changed: a module of the project is not what it was before a test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.bench import Bench, project_rule
from quality_gate.model import Finding
from quality_gate.project_rules.isolation._touches import grouped, told, touches_of, verb, who
from quality_gate.runs import Touch


@project_rule("QG355", "module-state-left-changed", severity="warning", practice="isolated-tests")
def module_state_left_changed(bench: Bench) -> Iterator[Finding]:
    """After a test and its tear-down a module of the project holds something else than before.

    Seen by the recorder: a name of a module that is bound to another value, or a list, set or dictionary in it that
    holds other entries. What a patch or a tear-down puts back is in order. One finding a file and name.

    ## In production
    The suite is green in one order and red in another, and the fault that it hides behind a leftover ships.

    ## Bad
    ```python
    from shop import limits


    def test_orders_are_not_limited(client):
        limits.enabled = False
        assert client.post("/orders").status_code == 201
    ```

    ## Good
    ```python
    from shop import limits


    def test_orders_are_not_limited(client, monkeypatch):
        monkeypatch.setattr(limits, "enabled", False)
        assert client.post("/orders").status_code == 201
    ```

    ## When not to use it
    For caches that change no outcome: silence it at the test with that reason.

    ## What it cannot see
    Attributes of classes and objects, `functools.cache`, what lies deeper than one level in a container, containers of
    more than 200 entries whose number stays the same, and modules beyond 20,000 names.

    ## Measured
    4 in 3,500 tests of five public libraries; those whose source was opened were true; three are values that are made
    on first use and hurt nobody.
    """
    groups = grouped(touches_of(bench, "module"), lambda touch: touch.what)
    yield from told(bench, module_state_left_changed, "warning", groups, _said)


def _said(group: Sequence[Touch]) -> tuple[str, str]:
    return (
        f"{who(group)} {verb(group, 'leaves', 'leave')} {group[0].what} changed for every test that runs after it",
        "set it with monkeypatch or mock.patch, or put it back in a fixture after the yield",
    )
