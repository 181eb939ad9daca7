"""Whether git tracks a place: what it tracks is the author's word and no measurement, whatever way leads there."""

from __future__ import annotations

import os
from pathlib import Path

from quality_gate.evidence.git.command import Git, GitError


def is_tracked(git: Git | None, place: Path) -> bool:
    """Whether git tracks a file, anything in a folder, or a link or submodule on the way there.

    Args:
        git: as `find_top` gives it. place: absolute.
    """
    if git is None or not os.path.lexists(place):
        return False
    name = os.path.normpath(place)
    there, reached = (
        Path(os.path.realpath(place)),
        Path(os.path.realpath(os.path.dirname(name)), os.path.basename(name)),
    )
    try:
        return any(_is_tracked(git, one) for one in dict.fromkeys((reached, there, Path(name))))
    except GitError:
        return True  # an index that git cannot read; what it holds is nobody's word to take


def _is_tracked(git: Git, place: Path) -> bool:
    if not place.is_relative_to(git.top) or place == git.top:
        return False
    inner = place.relative_to(git.top)
    if git.run("ls-files", "-z", "--", inner.as_posix()):
        return True
    # Of what lies behind a link or in a submodule the index says nothing; it says that these are there.
    return any(_is_listed(git, above) for above in inner.parents if above.name and _leads_away(git.top / above))


def _leads_away(folder: Path) -> bool:
    return folder.is_symlink() or os.path.lexists(folder / ".git")


def _is_listed(git: Git, folder: Path) -> bool:
    return bool(git.run("ls-files", "-z", "--", folder.as_posix()))
