"""What the command line of `check` says."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Call(msgspec.Struct, frozen=True):
    """What the command line of `check` says; the names are those of its options."""

    files: tuple[str, ...] = ()
    stage: str | None = None
    all_files: bool = False
    coverage: tuple[Path, ...] = ()
    approved_by: str = ""
    sarif: tuple[Path, ...] = ()
    linters: bool = False
    config: Path | None = None
    formats: tuple[str, ...] = ()
    outputs: tuple[Path, ...] = ()
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
