"""QG351 network-in-test: a test was seen to leave the process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.bench import Bench, project_rule
from quality_gate.model import Finding
from quality_gate.project_rules.isolation._touches import grouped, told, touches_of, verb, who
from quality_gate.runs import Touch


@project_rule("QG351", "network-in-test", severity="warning", practice="isolated-tests")
def network_in_test(bench: Bench) -> Iterator[Finding]:
    """A test that is no integration test really asked for another host, or for a service of this machine.

    Seen by the recorder while the test ran: a name that was looked up, a connection, a datagram, whatever library asked
    for it. What is mocked or patched away is never seen. A server that the test run itself serves is in order; so is
    what a fixture does before the test is called. One finding a file and address.

    ## In production
    The suite fails when somebody else's service is down, is slow for everybody, and one day sends a real message.

    ## Bad
    ```python
    import httpx


    def test_rate():
        assert httpx.get("https://rates.example/eur").status_code == 200
    ```

    ## Good
    ```python
    import httpx


    def test_rate():
        answer = httpx.MockTransport(lambda request: httpx.Response(200))
        assert httpx.Client(transport=answer).get("https://rates.example/eur").status_code == 200
    ```

    ## When not to use it
    In suites that mean to ask the real service: name them, and they are left out:
    `[tool.quality-gate.integration-tests]` with `paths` or `marks`.

    ## What it cannot see
    Clients that are written in C (libpq, librdkafka): they ask the system without Python. What a process that the
    test started asks for. Whether anybody answered.

    ## Measured
    6 in 3,500 tests of five public libraries; those whose source was opened were true; of five of them the authors
    themselves had marked the tests `network`. 148 connections to servers of the run itself were told apart.
    """
    away = grouped(touches_of(bench, "network"), lambda touch: touch.what)
    yield from told(bench, network_in_test, "warning", away, _away)
    machine = grouped(touches_of(bench, "machine"), lambda touch: touch.what)
    yield from told(bench, network_in_test, "warning", machine, _machine)


def _away(group: Sequence[Touch]) -> tuple[str, str]:
    return (
        f"{who(group)} really {verb(group, 'asks', 'ask')} {group[0].what}, which is another machine",
        "hand in a fake or patch the client, and forbid sockets in unit tests (pytest-socket)",
    )


def _machine(group: Sequence[Touch]) -> tuple[str, str]:
    return (
        f"{who(group)} {verb(group, 'connects', 'connect')} to {group[0].what}, which the test run does not serve",
        "start the service in a fixture, hand in a fake, or name these tests as integration tests",
    )
