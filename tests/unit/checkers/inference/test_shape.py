"""The rules that only pylint has: their pages, their ids, and pylint that loads them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from quality_gate.cli._pages import all_rules, page_called
from quality_gate_checkers.inference import inference_rules

HEADINGS = (
    "In production",
    "Bad",
    "Good",
    "When not to use it",
    "What other linters see",
    "Known missed alarms",
    "Measured",
)
RULES = pytest.mark.parametrize("rule", inference_rules(), ids=lambda rule: rule.name)
PLACES = {"mock-signature-drift": "tests/test_title.py", "vendor-exception-leak": "shop/gateways/bank.py"}


@RULES
def test_page_has_every_heading_in_order(rule):
    assert [heading for heading in rule.page.sections if heading in HEADINGS] == list(HEADINGS)
    assert 0 < len(rule.page.first_paragraph("In production")) < 200


@RULES
def test_bad_fences_break_the_rule_and_good_ones_do_not(rule, hits, installed):
    for fence in rule.page.fences():
        found = hits(rule.name, fence.code, PLACES.get(rule.name, "shop/rates.py"), ("shop.gateways.**",))
        assert bool(found) is (fence.heading == "Bad")


@RULES
def test_explain_knows_it(rule):
    for key in (rule.name, rule.code, rule.code.lower()):
        title, page = page_called(key)
        assert title == f"{rule.code} {rule.name} (pylint only)"
        assert page == rule.page


def test_no_two_rules_have_one_code_or_name():
    rules = [*all_rules(), *inference_rules()]
    keys = [key for rule in rules for key in (rule.code, rule.name)]
    assert len(keys) == len(set(keys))


def test_nothing_on_the_way_to_a_verdict_loads_astroid():
    code = "import sys, quality_gate.cli._pages as p; p.all_rules(); p.consequence_of('silent-failure'); sys.exit('astroid' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_pylint_loads_them_with_the_others(tmp_path):
    test = tmp_path / "test_title.py"
    bad = next(rule for rule in inference_rules() if rule.name == "mock-signature-drift").page.fences()[0]
    test.write_text(bad.code)
    options = [
        "--rcfile=/dev/null",
        "--load-plugins=quality_gate_checkers",
        "--disable=all",
        "--enable=W9305,W9108,W9501",
    ]
    command = [sys.executable, "-m", "pylint", *options, "--quality-gate-boundaries=shop.**", str(test)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "test_title.py:6:4: W9305: assert_called_with() demands a call that textwrap.shorten refuses" in done.stdout
    assert done.returncode == 4
