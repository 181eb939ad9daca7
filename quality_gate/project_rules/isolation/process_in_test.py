"""QG352 process-in-test: a test was seen to start a program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quality_gate.bench import Bench, project_rule
from quality_gate.model import Finding
from quality_gate.project_rules.isolation._touches import grouped, told, touches_of, verb, who
from quality_gate.runs import Touch


@project_rule("QG352", "process-in-test", severity="warning", practice="isolated-tests")
def process_in_test(bench: Bench) -> Iterator[Finding]:
    """A test that is no integration test really started a program, or forked the test run.

    Seen by the recorder while the test ran. A program that a fixture starts before the test is called is in order. One
    finding a file and program.

    ## In production
    The test is red on machines that have another version of the program or none, and slow on all of them.

    ## Bad
    ```python
    import subprocess


    def test_version():
        assert subprocess.run(["git", "--version"]).returncode == 0
    ```

    ## Good
    ```python
    from shop.versions import parse


    def test_version():
        assert parse("git version 2.39.5") == (2, 39, 5)
    ```

    ## When not to use it
    In tests of a command line, which is a program: name them, and they are left out:
    `[tool.quality-gate.integration-tests]` with `paths` or `marks`.

    ## What it cannot see
    `multiprocessing` with the start method `spawn`, and processes that code written in C starts.

    ## Measured
    None in 3,500 tests of five public libraries: too few to let it block.
    """
    groups = grouped(touches_of(bench, "process"), lambda touch: touch.what)
    yield from told(bench, process_in_test, "warning", groups, _said)


def _said(group: Sequence[Touch]) -> tuple[str, str]:
    if group[0].what == "fork":
        return (
            f"{who(group)} {verb(group, 'forks', 'fork')} the process that the tests run in",
            "test the function that the new process runs, or name these tests as integration tests",
        )
    return (
        f"{who(group)} {verb(group, 'starts', 'start')} the program {group[0].what}",
        "test what is done with its answer, hand in a fake of the call, or name these tests as integration tests",
    )
