"""What the rules of one module say, where more is known than one module: on a critical path no comment excuses."""

from __future__ import annotations

import pytest

from project_cases_of import bench_of
from quality_gate.bench import Bench
from quality_gate.bench_linked import Linked
from quality_gate.errors import Missing
from quality_gate.model import Finding
from quality_gate.practices._static_findings import findings_in

PUBLISH = """\
import requests


def publish(event):{mark}
    try:
        requests.post("https://events.example", json=event, timeout=5)
    except requests.RequestException:
        {said}
        pass
"""
WHY = "# telemetry must never fail an order"
CRITICAL = "  # quality-gate: critical[payments]"
ALLOWED = '# quality-gate: allow[silent-failure] reason="PAY-812"'


def found(mark: str, said: str) -> Finding:
    [only] = findings_in(bench_of({"shop/pay.py": PUBLISH.format(mark=mark, said=said)}), "shop/pay.py")
    return only


@pytest.mark.parametrize(("mark", "severity", "path"), [("", "warning", None), (CRITICAL, "error", "payments")])
def test_a_comment_excuses_outside_of_critical_paths_alone(mark: str, severity: str, path: str | None) -> None:
    one = found(mark, WHY)
    assert (one.severity, one.critical_path) == (severity, path)
    assert ("critical path payments" in one.message) == ("allow[silent-failure]" in one.remedy) == bool(path)


def test_what_is_said_in_our_own_words_excuses_there_too() -> None:
    source = PUBLISH.format(mark=CRITICAL, said=WHY).replace("    except", f"    {ALLOWED}\n    except")
    [one] = findings_in(bench_of({"shop/pay.py": source}), "shop/pay.py")
    assert one.suppressed == "PAY-812"


def test_where_nothing_was_ever_linked_a_comment_excuses() -> None:
    def never() -> None:
        raise Missing("nothing is linked", "run it at push")

    linked = bench_of({"shop/pay.py": PUBLISH.format(mark=CRITICAL, said=WHY)})
    bench = Bench(
        stage=linked.stage,
        whole=False,
        today=linked.today,
        critical_paths=(),
        change=lambda: linked.change,
        inspections=lambda: linked.inspections,
        linked=Linked(critical=never),
    )
    assert [one.severity for one in findings_in(bench, "shop/pay.py")] == ["warning"]
