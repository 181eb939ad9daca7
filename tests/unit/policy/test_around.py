"""Hooks, CI steps and attributes, read as lines."""

from __future__ import annotations

import time

import pytest

from quality_gate import REPOSITORY
from quality_gate.policy.around import (
    approves,
    forgiven,
    has_hook,
    has_step,
    hiding_lines,
    hooks_in,
    lost_steps,
    systems_in,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("    hooks: [{id: quality-gate}]\n", ["quality-gate"]),
        ("      - id: quality-gate\n      - id: 'quality-gate-push'\n", ["quality-gate", "quality-gate-push"]),
        ("      - id: quality-gate # ours\n", ["quality-gate"]),
        ("      # - id: quality-gate\n", []),
        ("      - id: ruff  # - id: quality-gate\n", []),
        ("      - id: quality-gates\n", []),
        ("  - repo: https://example.org/quality-gate\n", []),
    ],
)
def test_hooks(text: str, expected: list[str]) -> None:
    assert hooks_in(text) == expected


@pytest.mark.parametrize(
    "line",
    [
        "- run: quality-gate ci",
        "  quality-gate check --stage ci",
        "- uses: team/quality-gate@v0.1.0",
        "    - uvx quality-gate ci -- -n 4",
        "  python -m quality_gate check --stage ci",
        "- run: quality-gate ci || exit 1",
        "- run: quality-gate ci || { cat log; exit $code; }",
        '- run: quality-gate ci --approved-by "$LABEL"',
        '- "$environment/bin/quality-gate" ci $ARGUMENTS',
        'args: ["quality-gate", "check", "--stage", "ci"]',
        "  extends: .quality-gate",
        "  extends: [.python, '.quality-gate']",
        "  extends:\n    - .python\n    - .quality-gate",
    ],
)
def test_a_step(line: str) -> None:
    assert has_step(f"jobs:\n{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "# - run: quality-gate ci",
        "- run: quality-gate ci || true",
        "- run: quality-gate ci; true",
        "- run: quality-gate ci ; exit 0",
        "- run: pip install quality-gate",
        "- run: quality-gate report",
        "// quality-gate ci",
        "    - uses: quality-gate/quality-gate/comment@v0.1.0",
        "  cache: {paths: [.quality-gate/]}",
        "  extends: .python\n  cache:\n    - .quality-gate",
        "  extends: .quality-gate-docs",
    ],
)
def test_no_step(line: str) -> None:
    assert not has_step(f"jobs:\n{line}\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("    hooks: [{id: quality-gate-push}]\n", True),
        (f"  - repo: '{REPOSITORY}.git'  # pinned\n", True),
        (f"  - repo: {REPOSITORY}-docs\n", False),
        (f"  # - repo: {REPOSITORY}\n  #   hooks: [{{id: quality-gate}}]\n", False),
        ("", False),
    ],
)
def test_whether_there_is_a_hook(text: str, expected: bool) -> None:
    assert has_hook(text) is expected


def test_systems_by_their_files() -> None:
    paths = [".github/workflows/a.yml", ".github/workflows/b.yml", ".gitlab/issue.yml", "Jenkinsfile"]
    assert systems_in(paths) == ["GitHub Actions", "Jenkins"]
    assert systems_in([".gitlab/issue.yml"]) == []


def test_a_step_may_move_to_another_file() -> None:
    step = "- run: quality-gate ci\n"
    assert lost_steps({"a.yml": step, "b.yml": ""}, {"b.yml": step}) == []
    assert lost_steps({"a.yml": step, "b.yml": ""}, {"b.yml": "", "a.yml": "- run: pytest\n"}) == ["a.yml"]
    assert lost_steps({"a.yml": ""}, {}) == []


def test_what_may_fail() -> None:
    assert forgiven("a:\n  continue-on-error: true\nb:\n  allow_failure: true\n") == 2
    assert forgiven("a:\n  # continue-on-error: true\n  continue-on-error: false\n") == 0


def test_who_approves() -> None:
    assert approves("  - run: quality-gate ci --approved-by $X\n")
    assert approves("env:\n  APPROVED_BY: ${{ github.event.label.name }}\n")
    assert not approves("# --approved-by\n- run: quality-gate ci\n")


@pytest.mark.parametrize(
    "line",
    ["*.py -diff", "*.py binary", "shop/** linguist-generated", "*.py linguist-generated=true", "[attr]hidden -diff"],
)
def test_lines_that_hide(line: str) -> None:
    assert list(hiding_lines("* text=auto\n", f"* text=auto\n{line}\n")) == [(2, line)]
    assert list(hiding_lines(f"{line}\n", f"* text=auto\n{line}\n")) == []


@pytest.mark.parametrize("line", ["*.py diff=python", "*.py text", "# *.py -diff", "*.py linguist-generated=false"])
def test_lines_that_hide_nothing(line: str) -> None:
    assert list(hiding_lines("", f"{line}\n")) == []


@pytest.mark.parametrize(
    ("command", "asks"),
    [
        ("quality-gate ci || true", False),
        ("quality-gate ci || exit 1", True),
        ("quality-gate ci || exit 1 || true", False),
        ("quality-gate ci || true || exit 1", True),
        ("quality-gate ci; exit 0", False),
        ("quality-gate ci;", True),
    ],
)
def test_a_step_of_which_nothing_follows_is_none(command, asks):
    assert has_step(f"      - run: {command}\n") is asks


def test_a_line_of_half_a_megabyte_takes_no_time():
    begun = time.process_time()
    assert has_step("quality-gate ci " + "|| exit 1 " * 50_000)
    assert time.process_time() - begun < 2
