"""The calls of `quality-gate check` that hooks make at every commit, read without click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

STAGES = ("commit", "push", "ci")


class Call(NamedTuple):
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


def stage_name(given: str | None, environment: Mapping[str, str]) -> str:
    """The stage: what `--stage` says, else ci where CI is set and PRE_COMMIT is not, else commit."""
    if given is not None:
        return given
    return "ci" if environment.get("CI") and not environment.get("PRE_COMMIT") else "commit"


def hook_call(arguments: Sequence[str]) -> Call | None:
    """`check [--stage STAGE] [-q] [--] [FILES]` as a call; None for anything else, which click reads.

    Args:
        arguments: without the program's name.
    """
    if not arguments or arguments[0] != "check":
        return None
    files: list[str] = []
    stage, quiet = None, False
    left = iter(arguments[1:])
    for argument in left:
        if argument == "--stage":
            stage = next(left, "")
            if stage not in STAGES:
                return None
        elif argument in ("-q", "--quiet"):
            quiet = True
        elif argument == "--":
            files += left
        elif not argument or argument.startswith("-"):
            return None
        else:
            files.append(argument)
    return Call(files=tuple(files), stage=stage, quiet=quiet)
