"""Whoever silences a rule of ours without a word is stopped; whoever silences another tool is told."""

from __future__ import annotations

import pytest

from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.settings import Settings


def severities(comment: str) -> list[tuple[str, str]]:
    source = f"import eggs\n\nspam = eggs.fry()  {comment}\n"
    inspection = inspect("shop/case.py", source.encode(), Settings())
    return [(violation.code, violation.severity) for violation in inspection.violations]


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: QG101",
        "# noqa: QG1",
        "# pylint: disable=silent-failure",
        "# pylint: disable=W9101",
        "# quality-gate: allow[silent-failure]",
    ],
)
def test_silencing_our_rules_without_a_reason_is_an_error(comment: str) -> None:
    assert severities(comment) == [("QG601", "error")]


@pytest.mark.parametrize("comment", ["# noqa: S307", "# type: ignore[attr-defined]", "# pylint: disable=eval-used"])
def test_silencing_other_tools_without_a_reason_is_a_warning(comment: str) -> None:
    assert severities(comment) == [("QG601", "warning")]


def test_suppressions_of_other_tools_are_not_kept() -> None:
    source = b"import eggs\n\nspam = eggs.fry()  # noqa: S307\nham = eggs.fry()  # noqa: QG101 eggs never fail\n"
    kept = inspect("shop/case.py", source, Settings()).suppressions
    assert [found.names for found in kept] == [("QG101",)]


SILENT = """\
import requests

def publish(event):
    try:
        requests.post("https://telemetry.example", json=event, timeout=5)
    except requests.RequestException:
        {within}
    {after}
"""


def of_silent(within: str, after: str = "") -> list[tuple[str, str]]:
    inspection = inspect("shop/case.py", SILENT.format(within=within, after=after).encode(), Settings())
    return [(found.code, found.severity) for found in inspection.violations if found.code == "QG101"]


@pytest.mark.parametrize(
    "within",
    [
        "pass  # telemetry must never fail an order",
        "pass\n        # the nightly job sends whatever is missing again",
        "pass\n\n        # the nightly job\n        # sends it again",
        "pass  # telemetry (best-effort)",
    ],
)
def test_a_silence_with_a_reason_is_a_warning(within: str) -> None:
    assert of_silent(within) == [("QG101", "warning")]


@pytest.mark.parametrize(
    ("path", "spoken_of"),
    [
        ("shop/telemetry.py", False),
        ("shop/analytics/send.py", False),
        ("analytics/pay.py", True),
        ("shop/pay.py", True),
    ],
)
def test_where_a_module_says_that_it_reports_how_the_product_is_used(path: str, spoken_of: bool) -> None:
    source = SILENT.format(within="pass", after="").encode()
    assert bool(inspect(path, source, Settings()).violations) is spoken_of


READ = """\
import requests

def rate(currency, known=1):
    {before}
    try:
        {tried}
    except requests.RequestException:
        pass
    return {result}
"""


@pytest.mark.parametrize(
    ("before", "tried", "result", "severity"),
    [
        ("found = None", "found = requests.get('https://rates.example', timeout=5)", "{'rate': found}", "warning"),
        ("found = []", "found = requests.get('https://rates.example', timeout=5)", "{'rate': found}", "warning"),
        ("", "known = requests.get('https://rates.example', timeout=5)", "{'rate': known}", "warning"),
        ("found = None", "found = requests.post('https://rates.example', timeout=5)", "{'rate': found}", "error"),
        ("found = 1", "requests.get('https://rates.example', timeout=5)", "{'rate': found}", "error"),
    ],
    ids=["none", "empty", "a parameter", "not read", "nothing is found out"],
)
def test_what_a_default_stands_in_for_is_a_warning(before: str, tried: str, result: str, severity: str) -> None:
    source = READ.format(before=before, tried=tried, result=result).encode()
    found = [one.severity for one in inspect("shop/case.py", source, Settings()).violations if one.code == "QG101"]
    assert found == [severity]


@pytest.mark.parametrize(
    ("above", "severity"),
    [
        ("# it fails where the event is known already", "warning"),
        ("# the shop on the other side raises for\n    # events of yesterday", "warning"),
        ("# publish to the shop on the other side", "error"),
        ("# do not care if it fails", "error"),
        ("# it fails where the event is known already\n", "error"),
    ],
)
def test_a_reason_may_stand_above_the_try(above: str, severity: str) -> None:
    source = SILENT.format(within="pass", after="").replace("    try:", f"    {above}\n    try:")
    assert [found.severity for found in inspect("shop/case.py", source.encode(), Settings()).violations] == [severity]


@pytest.mark.parametrize(
    ("within", "after"),
    [
        ("pass", "# the nightly job sends whatever is missing again"),
        ("# logger.warning('event not published', event)\n        pass", ""),
        ("# published_events[event.number] = False\n        pass", ""),
        (r"# found = re.match('\d+', event.number)" + "\n        pass", ""),
        ("pass  # pyright: ignore[reportUnusedExcept, reportUnknownVariableType]", ""),
        ("pass  # lgtm [py/empty-except]", ""),
        ("pass  # pyrefly: ignore unbound telemetry name", ""),
    ],
)
def test_code_and_directives_are_no_reasons(within: str, after: str) -> None:
    assert of_silent(within, after) == [("QG101", "error")]


HIDDEN = """\
import logging

log = logging.getLogger(__name__)

def capture(gateway, orders):
    for order in orders:
        try:
            gateway.capture(order)
        except GatewayError:  # pragma: no cover
            {within}
"""


@pytest.mark.parametrize(
    ("within", "severity"),
    [
        ("pass", "warning"),
        ("continue", "warning"),
        ('log.exception("not captured")', "warning"),
        ('log.exception("not captured")\n            continue', "warning"),
        ("order.state = 'unknown'", "error"),
        ("raise NotCaptured(order)", "error"),
        ("return", "error"),
        ("gateway.reset()", "error"),
    ],
)
def test_a_hidden_handler_that_decides_nothing_is_a_warning(within: str, severity: str) -> None:
    inspection = inspect("shop/case.py", HIDDEN.format(within=within).encode(), Settings())
    assert [found.severity for found in inspection.violations if found.code == "QG602"] == [severity]
