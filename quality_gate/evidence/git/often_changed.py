"""How often files were changed lately, as the history says: no dates are asked, for clocks can be wrong."""

from __future__ import annotations

import os
from collections import Counter

from quality_gate.codebase.starting.candidates import History
from quality_gate.evidence.git.command import Git, GitError

_COMMITS = 1_000
_MOST_FILES = 200
"""Of one commit that tells something of its files; a larger one has reformatted or moved them all."""


def often_changed(git: Git | None, prefix: str) -> History:
    """The last commits' changes to Python files; nothing where there is no history that can be read.

    Args:
        prefix: the project's folder in its repository, with a slash at its end; empty at the top.
    """
    if git is None:
        return History()
    try:
        answer = git.run(
            "log", f"--max-count={_COMMITS}", "--no-merges", "--no-renames", "--name-only", "-z", "--format=%x01%H",
            "--end-of-options", "HEAD", "--",
        )  # fmt: skip
    except GitError:
        return History()
    return _counted(os.fsdecode(answer), prefix)


def _counted(answer: str, prefix: str) -> History:
    changes: Counter[str] = Counter()
    commits = answer.split("\x01")[1:]
    for commit in commits:
        names = {name.lstrip("\n") for name in commit.split("\0")[1:]}
        if len(names) <= _MOST_FILES:
            changes.update(
                name.removeprefix(prefix) for name in names if name.startswith(prefix) and name.endswith(".py")
            )
    return History(len(commits), dict(changes))
