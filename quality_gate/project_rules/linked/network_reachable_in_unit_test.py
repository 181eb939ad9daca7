"""QG340 network-reachable-in-unit-test."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.graph import Codebase, Definition, Edge, ExternalCall
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found, findings_of
from quality_gate.project_rules.linked._chains import Chain, Reach, short, shown
from quality_gate_checkers.model.roles import Role, role_of

_WANTS_THE_NETWORK = re.compile(
    r"integration|e2e|end_to_end|functional|acceptance|live|smoke|network|external|contract|system"
)
_NEAR = 2
"""Calls from a test to the network; what is further away mostly depends on something that no call shows."""


@project_rule("QG340", "network-reachable-in-unit-test", severity="warning", linked=True, practice="isolated-tests")
def network_reachable_in_unit_test(bench: Bench) -> Iterator[Finding]:
    """A unit test ends in a real call to the network, and nothing in sight stands in for it.

    Looked for are `requests.get`, `httpx.post`, `urlopen` ... by the module's own name, made whenever their function is
    called, in a function that the test calls itself. A test module, or a `conftest.py` beside or above
    it, that speaks of mocks, patches, fakes, recorded answers or servers of its own is left alone, and so are folders
    and files that say that they want the network (`integration`, `e2e`, `live` ...). It is new when the change touches
    a call on the way.

    ## In production
    The suite fails when somebody else's service is down, is slow for everybody, and one day sends a real message.

    ## Bad
    ```python
    # tests/test_rates.py
    from shop.rates import euro


    def test_euro():
        assert euro(100) > 0

    # shop/rates.py
    import requests


    def euro(cents):
        answer = requests.get("https://rates.example/eur", timeout=5)
        return cents * answer.json()["rate"]
    ```

    ## Good
    ```python
    # tests/test_rates.py
    import requests

    from shop.rates import euro


    def test_euro(monkeypatch):
        monkeypatch.setattr(requests, "get", answer_of(rate=2))
        assert euro(100) == 200

    # shop/rates.py
    import requests


    def euro(cents):
        answer = requests.get("https://rates.example/eur", timeout=5)
        return cents * answer.json()["rate"]
    ```

    ## When not to use it
    In suites that mean to ask the real service: put them into a folder called `integration`, or silence the rule with
    a reason.

    ## What it cannot see
    Calls that are further away, or behind a condition, clients that may have been handed in, and what a plugin of
    pytest does. A guard
    on sockets (pytest-socket) proves at run time what this rule only finds in the text.

    ## Measured
    1 hit in 32,000 files of 43 public backend projects, and 15 in 856 files of 12 libraries that ask services; 16 read,
    16 true, all but one in a single library.
    """
    yield from _with_tests(bench, findings_of(bench, network_reachable_in_unit_test, _found(bench)))


def _with_tests(bench: Bench, found: Iterator[Finding]) -> Iterator[Finding]:
    for finding in found:
        name = short(bench.codebase, finding.function or "").replace(".", "::")
        yield msgspec.structs.replace(finding, tests=(f"{finding.path}::{name}",))


def _found(bench: Bench) -> Iterator[Found]:
    codebase = bench.codebase
    always = codebase.marks("network")
    if not any(always.values()):
        return

    def is_sink(name: str, call: ExternalCall | Edge) -> bool:
        place = call.line, call.column, name
        return any((mark.first, mark.column, mark.detail) == place for mark in always.get(call.caller, ()))

    reach = Reach(codebase, bench.settings, is_sink)
    doubled = _Doubled(codebase)
    for test in codebase.definitions.values():
        if _is_unit_test(bench, test) and not doubled.covers(test.path):
            chains = reach.chains(test.name, test.first, test.last)
            yield from (_breach(bench, test, chain) for chain in chains if len(chain) <= _NEAR)


def _is_unit_test(bench: Bench, test: Definition) -> bool:
    last = test.name.rpartition(".")[2]
    if test.kind != "function" or not last.startswith("test") or role_of(test.path, bench.settings) is not Role.TESTS:
        return False
    return _WANTS_THE_NETWORK.search(f"{test.path} {last}".lower()) is None and not test.decorators


class _Doubled:
    """Test modules in which something may stand in for the network, and the folders below such a `conftest.py`."""

    def __init__(self, codebase: Codebase) -> None:
        modules = (codebase.definitions.get(name) for name in codebase.marks("double"))
        self._files = {module.path for module in modules if module is not None}
        self._folders = tuple(
            path.removesuffix("conftest.py") for path in self._files if path.rpartition("/")[2] == "conftest.py"
        )

    def covers(self, path: str) -> bool:
        return path in self._files or path.startswith(self._folders)


def _breach(bench: Bench, test: Definition, chain: Chain) -> Found:
    first = chain[0]
    return Found(
        path=first.path,
        line=first.line,
        column=first.column,
        message=f"{chain[-1].callee}() is really called by this test: {shown(bench.codebase, chain)}",
        remedy="hand in a fake or patch the client, and forbid sockets in unit tests (pytest-socket)",
        function=test.name,
        text=" -> ".join(link.callee for link in chain),
        touching=tuple((link.path, link.line) for link in chain),
    )
