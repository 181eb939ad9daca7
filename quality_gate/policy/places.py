"""Where a key stands in a TOML file, for the eye of whoever reviews; nothing is decided by it."""

from __future__ import annotations

from collections.abc import Sequence


def line_of(text: str, keys: Sequence[str]) -> int:
    """The line on which a key stands, or else the table nearest above it; 1 where neither is there.

    Args:
        text: of a TOML file. keys: from the top, e.g. `tool`, `quality-gate`, `base`.
    """
    best, line, table = 0, 1, tuple[str, ...]()
    for number, written in enumerate(text.split("\n"), start=1):
        stripped = written.strip()
        if stripped.startswith("["):
            table = here = _parts(stripped.strip("[]").partition("]")[0])
        else:
            name, equals, _ = stripped.partition("=")
            if not equals or stripped.startswith("#"):
                continue
            here = (*table, *_parts(name))
        if len(here) > best and here == tuple(keys[: len(here)]):
            best, line = len(here), number
    return line


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
