"""Comments that silence a rule: which lines, which rules, until when, and why not."""

from __future__ import annotations

import datetime

import pytest

from quality_gate_checkers.catalog import catalog
from quality_gate_checkers.inspection import inspect, reported
from quality_gate_checkers.model import Module, parse
from quality_gate_checkers.model.inspection import Suppression, pylint_id
from quality_gate_checkers.settings import Settings

TODAY = datetime.date(2026, 11, 22)
REASON = 'reason="telemetry only, PAY-812"'


def suppressions(source: str) -> list[Suppression]:
    return Module("shop/pay.py", source, parse(source), Settings()).suppressions


def the_only(source: str) -> Suppression:
    (found,) = suppressions(source)
    return found


def silenced(source: str, code: str = "QG101", name: str = "silent-failure") -> set[int]:
    """Lines on which a finding of a rule would be silent today."""
    held = [found for found in suppressions(source) if found.fault(TODAY) is None]
    return {line for line in range(1, source.count("\n") + 2) if any(found.covers(line, code, name) for found in held)}


# -- allow: where


def test_allow_on_the_line() -> None:
    assert silenced(f"a = 1\nb = 2  # quality-gate: allow[silent-failure] {REASON}\nc = 3\n") == {2}


def test_allow_on_the_line_above() -> None:
    assert silenced(f"a = 1\n# quality-gate: allow[silent-failure] {REASON}\nb = 2\nc = 3\n") == {3}


def test_allow_above_with_blank_lines_and_other_comments_between() -> None:
    assert silenced(f"# quality-gate: allow[silent-failure] {REASON}\n\n# words\nb = 2\nc = 3\n") == {4}


def test_stacked_allows_speak_of_the_same_statement() -> None:
    both = ("silent-failure", "call-without-deadline")
    source = "".join(f"# quality-gate: allow[{name}] {REASON}\n" for name in both) + "b = 2\n"
    assert silenced(source) == {3}
    assert silenced(source, "QG201", "call-without-deadline") == {3}


@pytest.mark.parametrize("line", [2, 3, 4, 5])
def test_allow_on_any_line_of_a_statement_holds_for_all_of_it(line: int) -> None:
    lines = ["a = 1", "b = call(", "    1,", "    2,", ")", "c = 3", ""]
    lines[line - 1] += f"  # quality-gate: allow[silent-failure] {REASON}"
    assert silenced("\n".join(lines)) == {2, 3, 4, 5}


def test_allow_above_a_statement_of_several_lines() -> None:
    assert silenced(f"# quality-gate: allow[silent-failure] {REASON}\nb = call(\n    1,\n)\nc = 3\n") == {2, 3, 4}


def test_allow_at_the_head_of_a_block_holds_for_the_head_only() -> None:
    source = f"try:\n    a = 1\nexcept (  # quality-gate: allow[silent-failure] {REASON}\n    E,\n):\n    b = 2\n"
    assert silenced(source) == {3, 4, 5}


def test_allow_above_a_handler() -> None:
    source = f"try:\n    a = 1\n# quality-gate: allow[silent-failure] {REASON}\nexcept E:\n    b = 2\n"
    assert silenced(source) == {4}


def test_allow_above_a_decorated_function_stands_at_its_first_decorator() -> None:
    assert silenced(f"# quality-gate: allow[silent-failure] {REASON}\n@a\ndef f():\n    b = 2\n") == {2}


def test_the_head_of_a_class_ends_before_the_decorators_of_its_first_method() -> None:
    source = f"class C:  # quality-gate: allow[silent-failure] {REASON}\n    @a\n    def f(self):\n        b = 2\n"
    assert silenced(source) == {1}


def test_allow_at_the_end_of_a_file_silences_no_code() -> None:
    assert silenced(f"a = 1\n# quality-gate: allow[silent-failure] {REASON}") <= {2}


def test_form_feeds_and_windows_line_ends_do_not_move_lines() -> None:
    assert silenced(f"a = 1\r\n\x0cb = 2  # quality-gate: allow[silent-failure] {REASON}\r\nc = 3\r\n") == {2}


def test_words_in_a_string_silence_nothing() -> None:
    assert silenced(f"a = '# quality-gate: allow[silent-failure] {REASON}'\n# noqa\n") == set()
    assert silenced("a = '''\n# noqa: QG101\n'''\nb = f'{a} # noqa: QG101'\n") == set()


# -- allow: what


@pytest.mark.parametrize(
    "named", ["silent-failure", "QG101", "W9101", "call-without-deadline, silent-failure", " silent-failure "]
)
def test_a_rule_is_named_by_name_code_or_pylint_id(named: str) -> None:
    assert silenced(f"a = 1  # quality-gate: allow[{named}] {REASON}\n") == {1}


@pytest.mark.parametrize("named", ["silent", "QG10", "QG1011", "all", "*", "call-without-deadline"])
def test_other_names_silence_other_rules(named: str) -> None:
    assert silenced(f"a = 1  # quality-gate: allow[{named}] {REASON}\n") == set()


@pytest.mark.parametrize(
    "written",
    ["#quality-gate:allow[QG101]", "#  Quality-Gate:  allow[QG101]", "# noqa: X100  # quality-gate: allow[QG101]"],
)
def test_spellings(written: str) -> None:
    assert silenced(f"a = 1  {written} {REASON}\n") == {1}


def test_options_in_any_order_and_quotes() -> None:
    found = the_only("a = 1  # quality-gate: allow[QG101] until=2027-01-31 owner=@shop/pay reason='it is \"fine\"'\n")
    assert (found.reason, found.until, found.owner, found.line) == ('it is "fine"', "2027-01-31", "@shop/pay", 1)


# -- allow: why not


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ("", "it gives no reason"),
        ('reason=""', "it gives no reason"),
        ('reason="  "', "it gives no reason"),
        ("because I say so", "it gives no reason"),
        (f"{REASON} until=2026-11-21", "its date 2026-11-21 has passed"),
        (f"{REASON} until=2026-11-22", None),
        (f"{REASON} until=2026-11-23", None),
        (f"{REASON} until=tomorrow", "its date 'tomorrow' is not of the form 2027-01-31"),
        (f"{REASON} until=20270131", "its date '20270131' is not of the form 2027-01-31"),
        (f"{REASON} until=2027-W04-7", "its date '2027-W04-7' is not of the form 2027-01-31"),
        (f"{REASON} until=2027-02-30", "its date '2027-02-30' is not of the form 2027-01-31"),
        (f'{REASON} until=""', "its date '' is not of the form 2027-01-31"),
        (REASON, None),
    ],
)
def test_why_an_allow_does_not_hold(options: str, fault: str | None) -> None:
    assert the_only(f"a = 1  # quality-gate: allow[silent-failure] {options}\n").fault(TODAY) == fault


def test_an_allow_that_names_no_rule() -> None:
    assert the_only(f"a = 1  # quality-gate: allow[ , ] {REASON}\n").fault(TODAY) == "it names no rule"


def test_a_comment_that_does_not_hold_leaves_the_finding_and_says_why() -> None:
    source = (
        b"import requests\ntry:\n    requests.post('https://x', timeout=1)\n"
        b"except OSError:  # quality-gate: allow[silent-failure]\n    pass\n"
    )
    inspection = inspect("shop/pay.py", source, Settings())
    (violation,) = [found for found in inspection.violations if found.code == "QG101"]
    assert inspection.silenced_by(violation, TODAY) is None
    assert inspection.not_silenced_because(violation, TODAY) == (
        "the comment on line 4 does not silence this: it gives no reason"
    )
    (asked,) = [found for found in inspection.violations if found.code == "QG601"]
    assert asked.remedy == 'say why in it: `# quality-gate: allow[silent-failure] reason="..."`'


def test_of_two_that_hold_the_one_with_a_reason_counts() -> None:
    source = (
        b"import requests\ntry:\n    requests.post('https://x', timeout=1)\n"
        b'# quality-gate: allow[silent-failure] reason="telemetry only"\n'
        b"except OSError:  # noqa: QG101\n    pass\n"
    )
    inspection = inspect("shop/pay.py", source, Settings())
    (violation,) = [found for found in inspection.violations if found.code == "QG101"]
    held = inspection.silenced_by(violation, TODAY)
    assert held is not None
    assert held.reason == "telemetry only"


def test_hosts_show_what_nothing_silences_and_nothing_that_is_about_new_lines_only() -> None:
    source = (
        b"import requests\ntry:\n    requests.post('https://x', timeout=1)\nexcept OSError:  # noqa: X100\n    pass\n"
    )
    assert [found.code for found in reported("shop/pay.py", source, None, Settings(), TODAY)] == ["QG101"]
    silent = source.replace(b"X100", b"QG101")
    assert reported("shop/pay.py", silent, None, Settings(), TODAY) == []


# -- noqa


@pytest.mark.parametrize(
    "written",
    [
        "# noqa: QG101", "#noqa:QG101", "# NOQA: qg101", "# noqa : QG101", "# noqa:  QG101", "# noqa: E501,QG101",
        "# noqa: E501, QG101", "# noqa: E501 QG101", "# noqa: QG101 because", "# noqa: QG101 - because",
        "# type: ignore  # noqa: QG101",
    ],
)  # fmt: skip
def test_noqa_with_our_code(written: str) -> None:
    assert silenced(f"a = 1\nb = 2  {written}\nc = 3\n") == {2}


@pytest.mark.parametrize(
    "written", ["# noqa", "# noqa: E501", "# noqa: QG2", "# noqa: QG102", "# noqa E501", "# no qa: QG101"]
)
def test_other_noqa_do_not_silence_us(written: str) -> None:
    assert silenced(f"a = 1  {written}\n") == set()


@pytest.mark.parametrize("written", ["# noqa: QG", "# noqa: QG1", "# noqa: QG10"])
def test_noqa_with_the_beginning_of_our_code_as_flake8_reads_it(written: str) -> None:
    assert silenced(f"a = 1  {written}\n") == {1}


def test_noqa_has_no_reason_of_ours() -> None:
    assert the_only("a = 1  # noqa: QG101 - because\n").reason is None


def test_noqa_holds_for_the_whole_statement() -> None:
    assert silenced("a = call(\n    1,\n)  # noqa: QG101\nb = 2\n") == {1, 2, 3}
    assert silenced('a = """\nx\n"""  # noqa: QG101\nb = 2\n') == {1, 2, 3}


def test_noqa_on_a_line_of_its_own_silences_no_code() -> None:
    assert silenced("try:\n    a = 1\nexcept E:\n    # noqa: QG101\n    b = 2\n") == {4}


@pytest.mark.parametrize("written", ["# flake8: noqa: QG101", "# ruff: noqa: QG101", "# flake8:noqa:E501,QG101"])
def test_noqa_of_a_file(written: str) -> None:
    assert silenced(f"a = 1\n{written}\nb = 2\n") == {1, 2, 3, 4}


def test_noqa_of_a_file_for_all_rules_does_not_silence_us() -> None:
    assert silenced("# flake8: noqa\na = 1\n") == set()


# -- pylint (which lines: test_pylint_blocks.py)


def test_pylint_ids_are_derived() -> None:
    assert (pylint_id("QG101"), pylint_id("QG214"), pylint_id("QG602")) == ("W9101", "W9214", "W9602")


def test_pylint_comments_hold_elsewhere_too() -> None:
    source = (
        b"import requests\ntry:\n    requests.post('https://x', timeout=1)\n"
        b"except OSError:  # pylint: disable=silent-failure\n    pass\n"
    )
    assert reported("shop/pay.py", source, None, Settings(), TODAY) == []


def test_enable_ends_only_what_it_names() -> None:
    source = "# pylint: disable=silent-failure,call-without-deadline\na = 1\n# pylint: enable=silent-failure\nb = 2\n"
    assert silenced(source) == {1, 2}
    assert silenced(source, "QG201", "call-without-deadline") == {1, 2, 3, 4}


def test_enable_does_not_end_an_allow() -> None:
    source = f"a = 1  # quality-gate: allow[silent-failure] {REASON}\n# pylint: enable=silent-failure\n"
    assert silenced(source) == {1}


@pytest.mark.parametrize("owner", ["owner=@shop/payments", 'owner="the payments team"'])
def test_an_owner_changes_nothing_of_what_is_silenced_in_any_host(owner: str) -> None:
    source = (
        "import requests\n\n\ndef charge():\n    try:\n        requests.get('x', timeout=1)\n"
        f"    except requests.ConnectionError:  # quality-gate: allow[silent-failure] {REASON} {owner} until=2027-01-01\n"
        "        pass\n"
    )
    assert reported("shop/pay.py", source.encode(), None, Settings(), TODAY) == []
    assert reported("shop/pay.py", source.replace("allow", "all").encode(), None, Settings(), TODAY) != []
    assert the_only(source).owner == owner.partition("=")[2].strip('"')


# -- of others


@pytest.mark.parametrize(
    "comments",
    [
        ["# noqa: E501", "# noqa: QG101,E501", "# noqa: Q", "# noqa: F"],
        ["# pylint: disable=unused-import", "# pylint: enable=unused-import"],
        ["# pylint: disable=silent-failure,unused-import", "# pylint: enable=unused-import"],
        ["# pylint: disable=W9101", "# pylint: enable=W9101", "# pylint: disable-next=QG399"],
        ["# pylint: disable=W0611", "# noqa: F401", f"# quality-gate: allow[gone] {REASON}"],
    ],
)
def test_those_that_name_no_rule_of_ours_change_nothing(comments: list[str]) -> None:
    source = "".join(f"def f_{number}(\n    a,\n):  {comment}\n    b()\n" for number, comment in enumerate(comments))
    source = f"{comments[0]}\n{source}"
    module = Module("shop/pay.py", source, parse(source), Settings())
    ours = [
        found for found in module.suppressions if found.kind == "allow" or catalog().is_named(found.kind, found.names)
    ]
    assert module.suppressions_of(catalog().is_named) == ours
