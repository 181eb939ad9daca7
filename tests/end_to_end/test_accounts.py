"""`report --ledger` and `report --benefit` as a user types them, on a repository with a history."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gate_process import gate
from histories import Dated, with_adoption

PAY = """import requests


def charge(order):
    try:
        return requests.post("https://bank.example/charges", timeout=5)
    except requests.ConnectionError:  # quality-gate: allow[silent-failure] reason="telemetry only, PAY-812"
        pass


def old(order):
    return order.pay()  # noqa: S307 until=2026-01-31
"""
TESTS = "import pytest\n\n\n@pytest.mark.skip\ndef test_charge():\n    assert 1 + 1 == 2\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Dated:
    made = with_adoption(tmp_path_factory.mktemp("accounts").resolve() / "shop")
    made.on("2026-11-01", "Waive", {"shop/pay.py": PAY, "tests/test_pay.py": TESTS})
    return made


def test_the_ledger_lists_everything_with_its_age(shop: Dated) -> None:
    done = gate(shop.folder, "report", "--ledger", "--format", "json")
    assert done.returncode == 0, done.stderr
    ledger = json.loads(done.stdout)["ledger"]
    assert [(one["kind"], one["critical_path"], one["owner"], one["since"]) for one in ledger["listed"]] == [
        ("noqa", "payments", "@shop/payments", "2026-11-01"),
        ("allow", "payments", "@shop/payments", "2026-11-01"),
        ("skip", None, None, "2026-11-01"),
    ]
    assert (ledger["entries"], ledger["expired"], ledger["without_reason"]) == (3, 1, 2)
    assert b"EXPIRED 2026-01-31" in gate(shop.folder, "report", "--ledger").stdout


def test_in_a_shallow_clone_an_age_is_unknown_and_a_note_says_why(shop: Dated, tmp_path: Path) -> None:
    clone = tmp_path.resolve() / "clone"
    shop.git("clone", "--quiet", "--depth=1", f"file://{shop.folder}", str(clone))
    done = json.loads(gate(clone, "report", "--ledger", "--format", "json").stdout)
    assert {one["since"] for one in done["ledger"]["listed"]} == {None}
    assert "the clone's history is cut off: check out with `fetch-depth: 0`" in done["notes"]


def test_the_benefit_in_a_line_and_on_its_page(shop: Dated) -> None:
    line = next(row for row in gate(shop.folder, "report").stdout.decode().splitlines() if "adopted" in row)
    assert line.startswith("static-analysis, adopted 2026-01-01: "), line
    assert "; 2 bug fixes in 43 weeks, 15 in 52 weeks before" in line
    held = json.loads(gate(shop.folder, "report", "--benefit", "--format", "json").stdout)["benefit"]
    assert [one["critical_path"] for one in held["practices"]] == [None, "payments"]
    assert len(held["bug_fixes"]) == 17
    project, payments = (one["since"] for one in held["practices"])
    assert project == payments, "the tests that one commit adds are no lines of the product"
    assert held["bug_fixes"][0]["critical_paths"] == ["payments"]


def test_the_window_is_set_by_since(shop: Dated) -> None:
    done = gate(shop.folder, "report", "--benefit", "--since", "2025-12-01", "--format", "json")
    before = json.loads(done.stdout)["benefit"]["practices"][0]["before"]
    assert (before["first"], before["bug_fixes"]) == ("2025-12-01", 1)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--ledger", "--benefit"), "each is a page of its own"),
        (("--ledger", "--format", "sarif"), "the format sarif does not show it"),
        (("--since", "yesterday"), "does not match"),
    ],
)
def test_what_cannot_be_shown_is_a_usage_error(shop: Dated, options: tuple[str, ...], said: str) -> None:
    done = gate(shop.folder, "report", *options)
    assert done.returncode == 2
    assert said in done.stderr.decode()


def test_a_suppression_on_a_critical_path_needs_a_last_day(shop: Dated) -> None:
    done = gate(shop.folder, "check", "--stage", "push", "--all-files")
    assert done.returncode == 1
    assert b"QG606 suppression-unowned" in done.stdout
    assert b"on the critical path payments and has no last day" in done.stdout
    commit = gate(shop.folder, "check", "--stage", "commit", "--all-files")
    assert b"QG606" not in commit.stdout, "the commit hook links nothing"


def test_without_git_or_configuration_there_is_a_ledger_and_no_benefit(tmp_path: Path) -> None:
    (tmp_path / "pay.py").write_text(PAY, encoding="utf-8")
    assert b"age unknown" in gate(tmp_path, "report", "--ledger").stdout
    done = gate(tmp_path, "report", "--benefit")
    assert (done.returncode, b"Nothing to compare" in done.stdout) == (0, True)


def test_a_history_that_git_cannot_read_is_told(shop: Dated, tmp_path: Path) -> None:
    clone = tmp_path.resolve() / "clone"
    shop.git("config", "uploadpack.allowFilter", "true")
    shop.git("clone", "--quiet", "--filter=blob:none", f"file://{shop.folder}", str(clone))
    for options in ((), ("--benefit",)):
        done = gate(clone, "report", *options)
        assert done.returncode == 0
        assert done.stdout.count(b"note: bug fixes are not counted: git ") == 1
