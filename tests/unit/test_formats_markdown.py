"""Markdown of comments and step summaries: text of a project says what it says and does nothing else."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from golden_reports import FEW, HOSTILE, HOSTILE_TEXT, OLD_ONLY, REPORTS, assert_golden, cell, finding, path, verdict
from golden_reports import report as report_of
from harmless import assert_harmless
from quality_gate.formats import markdown as module
from quality_gate.formats._markdown import code, prose
from quality_gate.formats.github_summary import github_summary
from quality_gate.formats.markdown import SIZE, markdown, marker
from quality_gate.model import CriticalPathFacts, DependencyFailures, Look, Mode, Outcome

NASTY = [
    "@shop/team look", "see #123", "GH-12", "http://evil.example", "www.evil.example", "[a](b)", "![a](b)", "<b>", "<!-- x -->",
    "`@team`", "```", "a|b", "</details>", "$x$", "\\@team", "&#64;team", "*a* _b_ ~~c~~", "- a", "1. a", "# a", "> a", "===", "---",
    "+ a", "    code", "\n\n# a", "<!-- quality-gate comment -->", HOSTILE_TEXT, " ", "", "`", "a\\", "[^1]", "~~~",
]  # fmt: skip
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
MARKS = {"paragraph_open", "paragraph_close", "text", "code_inline", "text_special", "softbreak"}


def tokens(text) -> set[str]:
    """The kinds of everything that a Markdown parser sees in a text."""
    found = PARSER.parse(text)
    return {token.type for token in found if token.type != "inline"} | {
        child.type for token in found for child in token.children or []
    }


def outside_code(text) -> str:
    """What GitHub looks at for mentions and references, after it has decoded entities: all text but code's."""
    return "\n".join(
        child.content
        for token in PARSER.parse(text)
        for child in token.children or []
        if child.type in ("text", "text_special")
    )


@pytest.mark.parametrize("name", ["few", "everything", "failures", "old-only", "hostile"])
def test_a_comment_as_it_was_read_and_approved(name):
    assert_golden(f"{name}.comment.md", markdown.render(REPORTS[name], Look()))


@pytest.mark.parametrize("name", ["few", "hostile"])
def test_a_summary_as_it_was_read_and_approved(name):
    assert_golden(f"{name}.summary.md", github_summary.render(REPORTS[name], Look()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("try `a_b = C` and check _it_", "try `a_b = C` and check &#95;it&#95;"),
        ("`@team` is quoted", "`@team` is quoted"),
        ("`a` and @team", "`` `a` and @team ``"),
        ("``a` b", "&#96;&#96;a&#96; b"),
        ("one ` alone", "one &#96; alone"),
    ],
)
def test_code_within_a_sentence_is_shown_as_code(text, shown):
    assert prose(text) == shown


def test_what_speaks_of_a_snippet_is_not_shown_without_it():
    following = ("quality-gate explain a.py:1", "add the hook: 3 lines, below")
    with_snippet = msgspec.structs.replace(FEW, next=following, snippet=("repos:",))
    assert markdown.render(with_snippet, Look()).endswith("\nNext: `quality-gate explain a.py:1`\n")


def test_verdicts_beyond_the_table_are_told_where_they_stand_in_the_way():
    last = verdict(outcome=Outcome.UNPROVEN, reason="nobody knows")
    many = report_of(*(verdict() for _ in range(40)), last, outcome=Outcome.UNPROVEN)
    text = markdown.render(many, Look())
    assert "verdicts truncated: 1 more" in text
    assert "**static-analysis: UNPROVEN** nobody knows" in text


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("shown", [prose, code])
def test_nothing_but_text_and_code_comes_of_it(text, shown):
    line = f"x {shown(text)} y"
    assert tokens(line) <= MARKS
    assert not re.search(r"[@#$]|://|www\.|GH-\d", outside_code(line))
    assert "<!--" not in line


@given(st.text(st.sampled_from("`@#|<>*_[]()!~\\&$ ax:/.w-1\n"), max_size=30))
def test_nothing_comes_of_any_text(text):
    for shown in (prose(text), code(text)):
        assert tokens(f"x {shown} y") <= MARKS
        assert not re.search(r"[@#$]|://|www\.", outside_code(f"x {shown} y"))


@pytest.mark.parametrize("text", NASTY)
def test_a_report_has_the_same_parts_whatever_stands_in_it(text):
    def parts(word):
        held = report_of(
            verdict(
                finding(message=word, remedy=word, path=word or "x"), reason=word, subject=word, not_looked_at=(word,)
            ),
            notes=(word,),
            next=(word,),
        )
        return [token.type for token in PARSER.parse(github_summary.render(held, Look()))]

    assert parts(text) == parts("word")


def test_a_pipe_ends_no_cell():
    text = github_summary.render(report_of(verdict(subject="a@b|c", reason="d | e")), Look())
    (row,) = [line for line in text.splitlines() if line.startswith("| static-analysis")]
    assert row.count("|") == 5
    assert "a@b¦c" in row


@pytest.mark.parametrize("name", REPORTS)
def test_no_runner_obeys_it(name):
    assert_harmless(markdown.render(REPORTS[name], Look()))
    assert_harmless(github_summary.render(REPORTS[name], Look()))


# -- what happens when a dependency fails


def scenarios(name, *cells, word="the bank"):
    row = DependencyFailures(dependency="bank", called=word, cells=cells)
    facts = CriticalPathFacts(why="", owner="", members=1, dependencies=(row,))
    return path(name, Outcome.KEPT, practice="failure-scenarios", facts=facts)


def asked(*verdicts) -> list[str]:
    """What stands between the verdicts and what follows them."""
    lines = github_summary.render(report_of(*verdicts, next=()), Look()).splitlines()
    begins = [number for number, line in enumerate(lines) if line.startswith(("| critical path", "- "))]
    return lines[begins[0] :] if begins else []


TESTED = cell("rejects", "validated", "tests/t.py::test_no", "tests/t.py::test_b")
UNTESTED = cell("unavailable", "not run")


def test_a_path_with_a_failure_that_no_test_shows_is_told_whole_and_the_others_counted():
    told = asked(scenarios("pay", TESTED, UNTESTED), scenarios("stock", TESTED, cell("slow", "not run")))
    assert told == [
        "| critical path | What if ... | Which test says so? |",
        "|---|---|---|",
        "| pay | the bank rejects | ✅ tested: `test_no and 1 more` |",
        "| pay | the bank is unavailable | ❌ NO TEST |",
        "",
        "- critical path stock: tests say what happens in 1 of 1 failures of its dependencies",
    ]


def test_what_the_change_touches_is_told_though_it_is_tested():
    (_, _, row) = asked(scenarios("pay", msgspec.structs.replace(TESTED, is_new=True)))
    assert row == "| pay | the bank rejects (new) | ✅ tested: `test_no and 1 more` |"


def test_what_is_not_known_is_no_missing_test():
    unknown = cell("unavailable", "unknown")
    spared = cell("rejects", "not run", waived="PAY-9")
    assert asked(scenarios("pay", unknown, spared)) == [
        "- critical path pay: tests say what happens in 0 of 1 failures of its dependencies; 1 not known, 1 waived"
    ]


def test_of_many_failures_the_missing_ones_come_first_and_the_rest_is_counted():
    told = asked(*(scenarios(f"p{number}", TESTED, UNTESTED) for number in range(30)))
    rows = [line for line in told if line.startswith("| p")]
    assert len(rows) == 20
    assert all("NO TEST" in row for row in rows)
    assert told[-1] == "- failures of dependencies truncated: 40 more"


@pytest.mark.parametrize("text", NASTY)
def test_a_matrix_has_the_same_parts_whatever_stands_in_it(text):
    def parts(word):
        cells = [cell("rejects", "run", f"t.py::{word}"), cell("unavailable", "not run", waived=word)]
        held = report_of(scenarios(word or "x", *cells, word=word), scenarios(f"{word}2", TESTED, word=word))
        return [token.type for token in PARSER.parse(github_summary.render(held, Look()))]

    assert parts(text) == parts("word")


def test_the_marker_is_the_first_line_and_nowhere_else():
    text = markdown.render(report_of(verdict(finding(message=marker(FEW)))), Look())
    assert text.startswith(f"{marker(FEW)}\n")
    assert text.count("<!--") == 1
    assert markdown.render(HOSTILE, Look()).count("<!--") == 1


def test_projects_of_one_repository_have_a_comment_each():
    markers = {marker(report_of(folder=folder)) for folder in ("", "a", "b", "a -->")}
    assert len(markers) == 4
    assert all(re.fullmatch(r"<!-- [\w -]+ -->", one) for one in markers)
    assert "in `backend`" in markdown.render(report_of(folder="backend"), Look())


@pytest.mark.parametrize("letter", ["x", "[", "`", "😀", "|"])
def test_it_fits_and_says_what_is_cut(letter):
    many = verdict(*(finding(number, message=letter * 5_000, remedy=letter * 5_000) for number in range(500)))
    text = markdown.render(report_of(many), Look())
    assert len(text.encode()) <= SIZE < 65_536
    shown = text.count("silent-failure")
    assert f"**truncated: {500 - shown} more**" in text
    assert 0 < shown <= module.MOST


def test_it_fits_even_where_verdicts_are_too_many():
    long = "[" * 5_000
    many = (verdict(subject=f"{number}{long}", reason=long, not_looked_at=(long,)) for number in range(200))
    text = markdown.render(report_of(*many), Look())
    assert len(text.encode()) <= SIZE
    assert re.search(r"\*\*truncated: \d+ more lines\*\*\n$", text)


def test_old_code_is_not_told_to_a_pull_request():
    assert "shop/old.py" not in markdown.render(OLD_ONLY, Look())


def test_of_old_code_that_blocks_some_is_told_and_of_the_change_all():
    old = [finding(number, new=False, path="shop/old.py") for number in range(30)]
    new = [finding(40 + number) for number in range(15)]
    text = markdown.render(report_of(verdict(*old, *new, mode=Mode.ENFORCE)), Look())
    assert (text.count("shop/old.py"), text.count("shop/events.py:")) == (10, 15 + 1)  # and what to type next
    assert "**truncated: 20 more**" in text
