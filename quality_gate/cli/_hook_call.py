"""The calls of `quality-gate check` that hooks make at every commit, read without click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

STAGES = ("commit", "push", "ci")


class HookCall:
    """What such a call says; a plain class, because it is read before anything is loaded.

    Args:
        files: as they were typed. stage: None where it is not named.
    """

    __slots__ = ("files", "quiet", "stage")

    def __init__(self, files: Sequence[str], stage: str | None, quiet: bool) -> None:
        self.files = tuple(files)
        self.stage = stage
        self.quiet = quiet


def stage_name(given: str | None, environment: Mapping[str, str]) -> str:
    """The stage: what `--stage` says, else ci where CI is set and PRE_COMMIT is not, else commit."""
    if given is not None:
        return given
    return "ci" if environment.get("CI") and not environment.get("PRE_COMMIT") else "commit"


def hook_call(arguments: Sequence[str]) -> HookCall | None:
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
    return HookCall(files, stage, quiet)
