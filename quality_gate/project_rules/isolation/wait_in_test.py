"""QG353 wait-in-test: a test was seen to sleep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.bench import Bench, project_rule
from quality_gate.model import Finding
from quality_gate.project_rules.isolation._touches import grouped, told, touches_of, verb, who
from quality_gate.runs import Touch


@project_rule("QG353", "wait-in-test", severity="warning", practice="isolated-tests")
def wait_in_test(bench: Bench) -> Iterator[Finding]:
    """A test that is no integration test really slept for more than 50 ms.

    Seen by the recorder while the test ran, wherever the sleep stands: in the test, a helper or the code under test,
    with a length that is computed, too. `time.sleep` in the thread of the test and `asyncio.sleep` count; a sleep that
    is patched, cancelled, or passed by a clock of the test's own does not. One finding a file and place.

    ## In production
    The suite waits on every run, still fails on a busy runner, and a red build is answered by running it again.

    ## Bad
    ```python
    from shop.retry import with_retries


    def test_gives_up(bank):
        assert with_retries(bank.pay, pause=0.5) is None
    ```

    ## Good
    ```python
    from shop.retry import with_retries


    def test_gives_up(bank, monkeypatch):
        monkeypatch.setattr("time.sleep", lambda seconds: None)
        assert with_retries(bank.pay, pause=0.5) is None
    ```

    ## When not to use it
    In tests of timing itself: silence it with a reason.

    ## What it cannot see
    On Python 3.11 nothing. Waiting that is no sleep: events, queues, sockets, `Thread.join`.

    ## Measured
    18 places in 3,500 tests of five public libraries; those whose source was opened were true: polls and retries that
    nobody had patched.
    """
    groups = grouped(touches_of(bench, "sleep"), lambda touch: (touch.what, touch.place))
    yield from told(bench, wait_in_test, "warning", groups, _said)


def _said(group: Sequence[Touch]) -> tuple[str, str]:
    first, seconds = group[0], sum(touch.seconds for touch in group)
    where = f", called at {first.place.path}:{first.place.line}" if first.place is not None and first.place.line else ""
    return (
        f"{who(group)} really {verb(group, 'waits', 'wait')} {seconds:g} s in {first.what}(){where}",
        "patch the sleep, hand in a clock, or wait for what happens (an event, a join, a poll with a deadline)",
    )
