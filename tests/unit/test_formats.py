"""What holds for every format."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from golden_reports import REPORTS
from harmless import assert_harmless
from quality_gate import formats
from quality_gate.cli._options import format_names, format_of
from quality_gate.errors import UsageError
from quality_gate.model import Format, Look
from quality_gate_checkers.plug import collect


def test_a_format_is_called_as_its_file():
    assert sorted(found.name for found in collect(formats, Format)) == format_names()
    for name in format_names():
        assert format_of(name).name == name


@pytest.mark.parametrize("name", ["_findings", "", "..", "json.", "text\n", "Json"])
def test_others_are_a_usage_error(name):
    with pytest.raises(UsageError) as raised:
        format_of(name)
    assert raised.value.remedy.startswith("one of: ")
    assert "json" in raised.value.remedy


@pytest.mark.parametrize("name", format_names())
@pytest.mark.parametrize("report", REPORTS)
def test_every_report_can_be_shown(name, report):
    text = format_of(name).render(REPORTS[report], Look())
    assert text.endswith("\n") or text == ""
    if name != "github":  # whose commands are meant; its own tests look at them
        assert_harmless(text)


def test_the_documentation_has_every_format():
    page = (Path(__file__).parents[2] / "docs" / "ci.md").read_text(encoding="utf-8").partition("\n## Formats\n")[2]
    assert sorted(re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE)) == format_names()


def test_only_the_format_that_is_asked_for_is_loaded():
    code = (
        "import sys; from quality_gate.cli._options import format_of; format_of('text');"
        "print([name for name in sys.modules if name.startswith('quality_gate.formats.') and '._' not in name])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['quality_gate.formats.text']"
