"""pylint's comments hold on the same lines in every host: compared with the real pylint."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from pylint.checkers import BaseRawFileChecker
from pylint.lint import PyLinter
from pylint.reporters import CollectingReporter
from pylint_layouts import LAYOUTS

from quality_gate_checkers.model import Module, parse
from quality_gate_checkers.settings import Settings

_PARTS = re.split(r"^--- (.+): ([\d ]+|none)\n", LAYOUTS, flags=re.MULTILINE)
CASES = [
    pytest.param(source, {int(line) for line in lines.split() if line != "none"}, id=title)
    for title, lines, source in zip(_PARTS[1::3], _PARTS[2::3], _PARTS[3::3], strict=True)
]


DIFFERS_WITH_PYTHON = {"fstring multi"} if sys.version_info >= (3, 12) else set()
"""From 3.12 on, tokens stand inside f-strings, and pylint takes another line of one that spans several."""


def silenced(source: str) -> set[int]:
    """Lines on which a finding of QG101 would be silent."""
    module = Module("shop/pay.py", source, parse(source), Settings())
    lines = range(1, len(module.lines))
    return {line for line in lines if any(held.covers(line, "QG101", "silent-failure") for held in module.suppressions)}


class EveryLine(BaseRawFileChecker):
    """A finding on each line of a file."""

    name = "every-line"
    msgs = {"W9101": ("%s", "silent-failure", "a finding")}  # noqa: RUF012 - pylint wants it so

    def process_module(self, node) -> None:
        with node.stream() as stream:
            for number, _ in enumerate(stream.read().splitlines(), start=1):
                self.add_message("silent-failure", line=number, args=(number,))


@pytest.mark.parametrize(("source", "wanted"), CASES)
def test_a_comment_silences_the_lines_that_pylint_means(source: str, wanted: set[int]) -> None:
    assert silenced(source) == wanted


def test_the_real_pylint_means_these_lines(tmp_path: Path) -> None:
    for number, case in enumerate(CASES):
        (tmp_path / f"layout_{number}.py").write_text(case.values[0], encoding="utf-8")
    linter = PyLinter(reporter=CollectingReporter())
    linter.load_default_plugins()
    linter.register_checker(EveryLine(linter))
    linter.disable("all")
    linter.enable("silent-failure")
    linter.check([str(tmp_path / f"layout_{number}.py") for number in range(len(CASES))])
    shown = {(Path(message.path).stem, message.line) for message in linter.reporter.messages}
    differing = {}
    for number, case in enumerate(CASES):
        source, wanted = case.values
        lines = set(range(1, source.count("\n") + 1))
        meant = {line for line in lines if (f"layout_{number}", line) not in shown}
        if meant != wanted and case.id not in DIFFERS_WITH_PYTHON:
            differing[case.id] = (meant, wanted)
    assert differing == {}


@pytest.mark.parametrize("word", ["all", "W", "no-member", "SILENT-FAILURE"])
def test_other_names_do_not_silence(word: str) -> None:
    assert silenced(f"a = 1  # pylint: disable={word}\n") == set()


def test_skipping_a_file_does_not_silence_us() -> None:
    assert silenced("# pylint: skip-file\na = 1\n") == set()


@pytest.mark.parametrize(
    "written",
    [
        "W9101",
        "w9101",
        "no-member, silent-failure",
        "silent-failure ,no-member",
        "silent-failure; because",
        "silent-failure # because",
    ],
)
def test_spellings_that_pylint_reads(written: str) -> None:
    assert silenced(f"a = 1  # pylint: disable={written}\nb = 2\n") == {1}


def test_a_deep_tree_is_walked_without_recursion() -> None:
    depth = 90
    source = "a = 1  # pylint: disable=silent-failure\nb = " + "(\n" * depth + "1" + "\n+ 1)" * depth + "\n"
    assert silenced(source) == {1}


def test_beyond_a_thousand_comments_each_holds_on_its_own_line() -> None:
    source = "# pylint: disable=no-member\n" * 1000 + "# pylint: disable=silent-failure\na = 1\n"
    assert silenced(source) == {1001}
