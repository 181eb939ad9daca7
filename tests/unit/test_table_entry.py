"""The table that `init` proposes."""

from __future__ import annotations

from pathlib import Path

import tomli

from quality_gate.cli._table_entry import Start, table_change


def test_what_it_proposes_as_the_next_step_changes_something(tmp_path: Path) -> None:
    text = table_change(tmp_path, Start(source=(), tests=())).after
    taken = text.replace("# critical-path-coverage", "critical-path-coverage")
    practices = tomli.loads(taken)["tool"]["quality-gate"]["practices"]
    assert practices == {"static-analysis": "new-code", "critical-path-coverage": "new-code"}
    assert '= "observe"' not in text
