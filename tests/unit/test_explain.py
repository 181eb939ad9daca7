"""`quality-gate explain`: pages by name and code, and everything that is known of a file or a line."""

from __future__ import annotations

import pytest

from quality_gate.cli import run
from quality_gate.cli._next import explaining
from quality_gate.cli._pages import all_rules, known_names, page_called
from quality_gate_checkers import plug
from quality_gate_checkers.catalog import catalog

SOURCE = """\
import requests


def publish(event):
    try:
        requests.post("https://x.example", json=event, timeout=5)
    except requests.RequestException:
        pass


def again(event):
    try:
        requests.post("https://x.example", json=event, timeout=5)
    except requests.RequestException:  # quality-gate: allow[silent-failure] reason="telemetry only"
        pass
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A project without git, as working directory."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "events.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.quality-gate]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def explain(capsys):
    """Runs the command and gives its exit code, standard output and standard error."""

    def explained(*arguments: str) -> tuple[int, str, str]:
        code = run(["explain", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return explained


@pytest.mark.parametrize("name", ["silent-failure", "QG101", "qg101", "Silent-Failure"])
def test_a_rule_by_name_and_code_in_any_case(explain, name):
    code, out, _ = explain(name)
    assert code == 0
    assert out.startswith("QG101 silent-failure (blocks; warns in some cases, see Severity)\n=====")
    assert "\nIn production\n-------------\n" in out
    assert "```" not in out
    assert "\n        try:\n" in out
    assert out.endswith("Next: quality-gate report\n")


@pytest.mark.parametrize("name", known_names())
def test_every_name_has_a_page_without_a_project(explain, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = explain(name)
    assert (code, err) == (0, "")
    assert len(out) > 200


def test_a_practice(explain):
    code, out, _ = explain("static-analysis")
    assert code == 0
    assert out.startswith("static-analysis (practice)\n")


def test_a_rule_that_warns_says_so():
    warning = next(rule for rule in all_rules() if rule.severity == "warning")
    assert page_called(warning.code)[0].endswith("(warns)")


def test_the_line_of_a_finding(shop, explain):
    code, out, _ = explain("shop/events.py:7")
    assert code == 0
    assert out.startswith("shop/events.py:7\n================\n\nline 7, column 5: QG101 silent-failure (error)\n")
    for part in (
        "requests.post() fails and it goes unnoticed",
        "In production: The call fails",
        "Do: log it",
        "Function: shop.events.publish",
        "New: this change adds or touches it.",
        '# quality-gate: allow[silent-failure] reason="..." until=YYYY-MM-DD',
        "The rule's page: quality-gate explain silent-failure",
        "note: ",
    ):
        assert part in out


def test_a_line_without_a_finding_names_those_elsewhere(shop, explain):
    code, out, _ = explain("shop/events.py:1")
    assert code == 0
    assert "No finding on line 1." in out
    assert "line 7 silent-failure" in out


def test_a_line_that_the_file_has_not_is_an_error(shop, explain):
    count = len((shop / "shop/events.py").read_text().splitlines())
    code, _, error = explain(f"shop/events.py:{count + 1}")
    assert (code, f"the file has {count} lines" in error) == (2, True)
    assert explain(f"shop/events.py:{count}")[0] == 0


def test_a_rule_whose_findings_weigh_differently_says_both(explain):
    assert "QG601 suppression-without-reason (warns; blocks in some cases, see Severity)" in explain("QG601")[1]
    assert "QG105 todo-in-handler (warns)" in explain("QG105")[1]


def test_a_suppressed_finding_shows_its_reason(shop, explain):
    code, out, _ = explain("shop/events.py:14")
    assert code == 0
    assert "Silenced by a comment, reason: telemetry only" in out
    assert "To silence it" not in out


def test_a_whole_file(shop, explain):
    code, out, _ = explain("shop/events.py")
    assert code == 0
    assert out.index("line 7,") < out.index("line 14,")


def test_a_file_with_nothing_to_say(shop, explain):
    (shop / "empty.py").touch()
    code, out, _ = explain("empty.py")
    assert code == 0
    assert "No finding here." in out


def test_a_file_that_is_not_judged(shop, explain):
    (shop / "notes.txt").write_text("x")
    code, out, err = explain("notes.txt")
    assert (code, out) == (2, "")
    assert "it is not judged: not Python: notes.txt" in err


@pytest.mark.parametrize(
    ("subject", "near"),
    [
        ("silent-failur", "silent-failure"),
        ("QG1O1", ""),
        ("static-analysi", "static-analysis"),
        ("shop/nowhere.py:3", ""),
        ("", ""),
    ],
)
def test_what_nobody_knows_is_an_error_with_the_nearest_name(shop, explain, subject, near):
    code, out, err = explain(subject)
    assert (code, out) == (2, "")
    assert "no rule, practice or file is called so" in err
    assert f"did you mean {near}?" in err if near else "all rules: docs/rules.md" in err


@pytest.mark.parametrize(
    "subject",
    [
        "shop/events.py:²",
        "shop/events.py:٣",
        "shop/events.py:" + "9" * 5_000,
        "a" * 5_000,
        "shop/events.py:-1",
        ":",
        "::",
        "shop/events.py:",
    ],
)
def test_odd_subjects_are_usage_errors_and_never_ours(shop, explain, subject):
    code, out, err = explain("--", subject)
    assert (code, out) == (2, "")
    assert "no rule, practice or file is called so" in err


def test_a_file_whose_name_ends_like_a_line(shop, explain):
    (shop / "a.py:3").write_text("#!/usr/bin/env python\n")
    code, out, _ = explain("a.py:3")
    assert code == 0
    assert out.startswith("a.py:3\n======\n")
    assert "No finding here." in out


def test_only_text(shop, explain):
    code, _, err = explain("QG101", "--format", "json")
    assert code == 2
    assert "explain prints text" in err


def test_the_command_to_type_next_is_safe_to_paste():
    from golden_reports import finding

    assert explaining(finding(path="shop/pay.py", line=3)) == "quality-gate explain shop/pay.py:3"
    assert explaining(finding(path="$(id).py", line=3)) == "quality-gate explain '$(id).py:3'"
    assert explaining(finding(path="a b'c.py", line=3)) == "quality-gate explain 'a b'\"'\"'c.py:3'"
    assert explaining(finding(path="-x.py", line=3)) == "quality-gate explain ./-x.py:3"


# -- an installation that is broken


def test_two_rules_with_one_code_end_with_2_and_name_both(shop, capsys, monkeypatch):
    rules = catalog().rules
    double = type(rules[0])("QG101", "another-name", "error", (b"x",), rules[0].roles, rules[0].check)
    catalog.cache_clear()
    monkeypatch.setattr("quality_gate_checkers.catalog.collect", lambda package, kind: [*rules, double])
    try:
        assert run(["check"]) == 2
    finally:
        catalog.cache_clear()
    said = capsys.readouterr()
    assert said.out == ""
    assert "two rules are called QG101: QG101 silent-failure in " in said.err
    assert "QG101 another-name" in said.err
    assert "Traceback" not in said.err


def test_a_project_rule_with_the_code_of_another_rule_ends_with_2(capsys, monkeypatch):
    import quality_gate.cli._pages as pages

    (rule, *_) = plug.collect(pages.project_rules, pages.ProjectRule)
    double = pages.ProjectRule("QG101", "another-name", "error", rule.check)
    monkeypatch.setattr(pages, "collect", lambda package, kind: [rule, double])
    assert run(["explain", "QG101"]) == 2
    assert "two rules are called QG101: QG101 silent-failure and QG101 another-name" in capsys.readouterr().err


def test_a_rule_that_does_not_import_ends_with_2(shop, capsys, monkeypatch):
    def fail(package, kind):
        raise plug.PlugError("quality_gate_checkers.rules.x does not import: SyntaxError: invalid syntax")

    catalog.cache_clear()
    monkeypatch.setattr("quality_gate_checkers.catalog.collect", fail)
    try:
        assert run(["check"]) == 2
    finally:
        catalog.cache_clear()
    assert "rules.x does not import" in capsys.readouterr().err
