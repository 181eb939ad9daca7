"""What the team's configuration of coverage leaves out, pattern by pattern, with the line where it stands.

Read as text: coverage itself, asked to read it, would start the plugins that it names (hostile-inputs.md, row 8).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from quality_gate.evidence.sources import read_regular
from quality_gate_checkers.model.text import MAXIMUM_BYTES, split_lines
from quality_gate_checkers.settings import UnreadableSettings, parse_toml

_TABLES: Mapping[str, tuple[str, ...]] = {
    "run": ("omit",),
    "report": ("omit", "exclude_lines", "exclude_also", "exclude", "partial_branches", "partial_also"),
}
"""Options that leave something out, by table."""

_INI = {".coveragerc": "", "setup.cfg": "coverage:", "tox.ini": "coverage:"}
"""Files and what stands before a table's name there."""

_HEAD = re.compile(r"\[(?P<table>[^\]]+)\]")
_OPTION = re.compile(r"(?P<option>\w+)\s*[=:]\s*(?P<value>.*)")
_COMMENT = 10
"""Lines of a comment that are read."""
_MOST = 500
"""Patterns of one file; a configuration of people has dozens."""


class Exclusion(NamedTuple):
    """Something that a configuration of coverage leaves out.

    Args:
        path, line: where it stands. option: `omit`, `exclude_also` ... text: the pattern.
        reason: the comment behind it or on the line above.
    """

    path: str
    line: int
    option: str
    text: str
    reason: str | None = None


def exclusions_in(root: Path) -> list[Exclusion]:
    """Everything that the configuration of coverage at a project's root leaves out; nothing where it cannot be read.

    Args:
        root: the project's.
    """
    found: list[Exclusion] = []
    for name, prefix in _INI.items():
        lines = _lines(root, name)
        found += list(_of_ini(name, lines, prefix))[:_MOST]
    for name, table in (("pyproject.toml", ("tool", "coverage")), (".coveragerc.toml", ())):
        lines = _lines(root, name)
        found += list(_of_toml(name, lines, table))[:_MOST]
    return found


def _lines(root: Path, name: str) -> list[str]:
    content = read_regular(f"{root}{os.sep}{name}", MAXIMUM_BYTES) or b""
    return split_lines(content.decode("utf-8", "replace")) if len(content) <= MAXIMUM_BYTES else []


def _of_ini(name: str, lines: list[str], prefix: str) -> Iterator[Exclusion]:
    options: tuple[str, ...] = ()
    option = ""
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith(("#", ";")):
            continue
        head, named = _HEAD.match(line), _OPTION.match(line)
        if head:
            table = head.group("table").strip()
            options = _TABLES.get(table.removeprefix(prefix), ()) if table.startswith(prefix) else ()
            option = ""
        elif named:
            option, text = named.group("option").lower(), named.group("value").strip()
        if option in options and not head:
            yield from (Exclusion(name, number, option, one, _above(lines, number)) for one in _parts(option, text))


def _parts(option: str, text: str) -> list[str]:
    """Paths may share a line, regular expressions do not."""
    parts = text.split(",") if option == "omit" else [text]
    return [part.strip() for part in parts if part.strip()]


def _of_toml(name: str, lines: list[str], tables: tuple[str, ...]) -> Iterator[Exclusion]:
    if not any("omit" in line or "exclude" in line or "partial" in line for line in lines):
        return
    try:
        held: object = parse_toml(Path(name), "\n".join(lines).encode("utf-8", "replace"))
    except UnreadableSettings:
        return
    for table in tables:
        held = held.get(table) if isinstance(held, dict) else None
    for table, options in _TABLES.items():
        inner = held.get(table) if isinstance(held, dict) else None
        for option in options:
            values = inner.get(option) if isinstance(inner, dict) else None
            for value in values if isinstance(values, list) else [values]:
                if isinstance(value, str) and value.strip():
                    yield _found_in(name, lines, ".".join((*tables, table)), option, value)


def _found_in(name: str, lines: list[str], table: str, option: str, value: str) -> Exclusion:
    """TOML tells no lines: the first line behind the option that holds the pattern, else the option's own."""
    head = next((at for at, line in enumerate(lines) if line.strip().startswith(f"[{table}]")), 0)
    options = (at for at in range(head, len(lines)) if re.match(rf"\s*[\w.]*{option}\s*=", lines[at]))
    begins = next(options, head)
    written = {value, value.replace("\\", "\\\\")}
    at = next((at for at in range(begins, len(lines)) if any(one in lines[at] for one in written)), begins)
    behind = re.search(r"[\"'\],]\s*#\s*([^\"']+)$", lines[at]) if lines else None
    return Exclusion(name, at + 1, option, value, behind.group(1).strip() if behind else _above(lines, at + 1))


def _above(lines: list[str], number: int) -> str | None:
    """What the comment on the lines above says."""
    said: list[str] = []
    for at in range(number - 2, max(number - 2 - _COMMENT, -1), -1):
        text = lines[at].strip()
        if not text.startswith(("#", ";")):
            break
        said.insert(0, text.lstrip("#; "))
    return " ".join(said).strip() or None
