"""Annotations: commands that the runner understands as they are meant, and no others."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from golden_reports import (
    EVERYTHING,
    HOSTILE,
    HOSTILE_TEXT,
    OLD_ONLY,
    REPORTS,
    SUPPRESSED,
    UNPROVEN,
    assert_golden,
    verdict,
)
from golden_reports import finding as made
from golden_reports import report as report_of
from quality_gate.formats.github import MOST, github
from quality_gate.model import Look, Mode, Outcome

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")
"""What the runner reads: properties end at the first `::`, and each of them has its colons escaped."""


def lines_of(report) -> list[str]:
    return github.render(report, Look()).splitlines()


def read(line) -> tuple[str, dict[str, str], str]:
    """A command as the runner decodes it."""
    kind, properties, data = COMMAND.fullmatch(line).groups()
    named = dict(one.split("=", 1) for one in properties.split(","))
    return kind, {name: unquote(value) for name, value in named.items()}, unquote(data)


@pytest.mark.parametrize("name", ["few", "everything", "unproven", "failures", "old-only", "hostile"])
def test_as_it_was_read_and_approved(name):
    assert_golden(f"{name}.github.txt", github.render(REPORTS[name], Look()))


@pytest.mark.parametrize("name", REPORTS)
def test_every_line_is_one_command_of_ours(name):
    for line in lines_of(REPORTS[name]):
        assert line.isprintable()
        assert not re.search(r"##(vso|teamcity)?\[", line)
        if not line.startswith("truncated: "):
            _, properties, _ = read(line)
            assert set(properties) <= {"file", "line", "col", "endColumn", "endLine", "title"}


def test_escapes():
    odd = made(path="a,b:c%.py", message="100% :: a,b\nc", remedy="x")
    (line, *_) = lines_of(report_of(verdict(odd)))
    assert "file=a%2Cb%3Ac%25.py," in line
    assert "::100%25 :: a,b\\x0ac%0A" in line
    assert read(line)[1]["file"] == "a,b:c%.py"


def test_hostile_text_stays_where_it_is_put():
    found = [read(line) for line in lines_of(HOSTILE)]
    assert len(found) == len(lines_of(HOSTILE)) == 4
    assert {kind for kind, _, _ in found} == {"error"}
    assert HOSTILE_TEXT not in github.render(HOSTILE, Look())


def test_kinds():
    observed = verdict(made(7), mode=Mode.OBSERVE, decides=False)
    both = report_of(verdict(made(1), made(2, severity="warning")), observed)
    assert [read(line)[0] for line in lines_of(both)] == ["error", "warning", "notice"]
    assert lines_of(OLD_ONLY) == []
    assert SUPPRESSED.path not in github.render(EVERYTHING, Look())


def test_what_has_no_place_is_told_too():
    (unproven, *_) = [read(line) for line in lines_of(UNPROVEN)]
    assert unproven[0] == "error"
    assert unproven[1]["title"].endswith(": UNPROVEN")
    (broken,) = [read(line) for line in lines_of(report_of(verdict(reason="below its demand")))]
    assert broken == ("error", {"title": "static-analysis: BROKEN"}, "below its demand")


def test_ten_of_a_kind_the_most_important_first_and_the_rest_counted():
    many = [made(number, severity="warning" if number > 11 else "error") for number in range(12 + 11)]
    lines = lines_of(report_of(verdict(*reversed(many))))
    kinds = [read(line)[0] for line in lines[:-1]]
    assert kinds == ["error"] * MOST + ["warning"] * MOST
    assert lines[-1] == "truncated: 2 more errors, 1 more warning"
    exactly = report_of(verdict(*(made(number) for number in range(MOST))))
    assert len(lines_of(exactly)) == MOST


def test_columns_only_within_a_line_and_paths_from_the_top():
    over = made(1, end_line=20, end_column=3)
    (line,) = lines_of(report_of(verdict(over), folder="backend"))
    assert read(line)[1] == {
        "file": "backend/shop/events.py", "line": "11", "endLine": "20", "title": "QG101 silent-failure",
    }  # fmt: skip


def test_nothing_where_nothing_is():
    assert github.render(report_of(verdict(outcome=Outcome.KEPT), outcome=Outcome.KEPT), Look()) == ""


def test_no_annotation_is_longer_than_github_takes():
    (line,) = lines_of(report_of(verdict(made(message="x" * 9_000, remedy="y" * 9_000))))
    assert len(line) < 4_096
