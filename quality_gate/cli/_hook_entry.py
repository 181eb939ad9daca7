"""The entry of the commit hook in `.pre-commit-config.yaml`, read and added line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from quality_gate import REPOSITORY, __version__
from quality_gate.cli._edits import FileChange, appended, lines_of, text_of
from quality_gate.config import FILE
from quality_gate.policy.around import HOOKS, has_hook


def top_of(root: Path) -> Path:
    """The repository's top folder, for a project in it; the project's own where there is no repository."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)


def hook_change(root: Path) -> FileChange | str | None:
    """The change that adds the hook, or what to say where it cannot be added, or None where it is there.

    Raises:
        UsageError: the file is a symbolic link or unreadable.
    """
    top = top_of(root)
    file = top / HOOKS
    before = text_of(file)
    if before is not None and has_hook(before):
        return None
    if top != root:
        # pre-commit runs in the repository's top folder, for all projects in it.
        return _paste(f"The hook of a project below {top} is yours to place.", _hook_lines("  ", top, root))
    after = _with_hook("repos:\n" if before is None else before)
    if after is None:
        return _paste(f"{HOOKS} does not end with a plain list of repos.", _hook_lines("  ", top, root))
    return FileChange(file, before, after)


def _paste(reason: str, lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    return f"{reason} Paste these lines under `repos:` of {HOOKS}:\n\n{text}\n"


def _hook_lines(indent: str, top: Path, root: Path) -> list[str]:
    """The entry, for a project at the repository's top or, with paths, below it."""
    hook = "id: quality-gate"
    if top != root:
        below = root.relative_to(top).as_posix().replace("'", "''")
        hook += f", files: '^{re.escape(below)}/', args: [--config, '{below}/{FILE}']"
    return [
        f"{indent}- repo: {REPOSITORY}",
        f"{indent}  rev: v{__version__}",
        f"{indent}  hooks: [{{{hook}}}]",
    ]


def _with_hook(text: str) -> str | None:
    """The file with the hook at its end, or None where its shape is not plain: `repos:`, a list, the end.

    Whoever reads YAML by the line must not guess: a wrong guess breaks every commit of the team.
    """
    lines = lines_of(text)
    key = next((index for index, line in enumerate(lines) if re.fullmatch(r"repos:\s*(?:#.*)?", line)), None)
    if key is None:
        return None
    indent: int | None = None
    for line in lines[key + 1 :]:
        content = line.lstrip(" ")
        if not content.strip() or content.startswith("#"):
            continue
        depth, is_item = len(line) - len(content), content.startswith("- ")
        if indent is None and is_item:
            indent = depth
        elif indent is None or depth < indent or (depth == indent and not is_item):
            return None
    folder = Path()
    return appended(text, _hook_lines(" " * (2 if indent is None else indent), folder, folder))
