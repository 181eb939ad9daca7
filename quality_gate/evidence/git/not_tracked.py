"""Files that git neither tracks nor ignores: to list them it walks the whole work tree, so nobody lists them twice."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator

import msgspec

from quality_gate.evidence.git.command import Git

_ARGUMENT_BYTES = 24_000
"""Of paths in one call: Windows allows 32,767 characters."""


class Untracked(msgspec.Struct, frozen=True):
    """What is known of them, and whether it matters.

    Args:
        listed: all of them; None where nobody has listed them yet.
        matter: files, tracked ones too, one of which must differ for anything else to matter; None where all of the
            change does. Both relative to the project's root.
    """

    listed: Collection[str] | None = None
    matter: Collection[str] | None = None


NOTHING_KNOWN = Untracked()


def not_tracked(git: Git, prefix: str, known: Untracked) -> Collection[str]:
    """All of them below the project's root, from git's top folder.

    Args:
        prefix: the project's root as git's paths begin. known: of the project.

    Raises:
        GitError: git cannot say.
    """
    if known.listed is not None:
        return [prefix + path for path in known.listed]
    below = (prefix,) if prefix else ()
    answer = git.run("ls-files", "-z", "--others", "--exclude-standard", "--", *below, index=True)
    return [path for path in os.fsdecode(answer).split("\0") if path]


def batches(paths: Iterable[str]) -> Iterator[list[str]]:
    """The paths in lists that fit on a command line."""
    some: list[str] = []
    size = 0
    for path in paths:
        size += len(os.fsencode(path)) + 3  # on Windows: a space, and perhaps quotes
        if some and size > _ARGUMENT_BYTES:
            yield some
            some, size = [], 0
        some.append(path)
    if some:
        yield some
