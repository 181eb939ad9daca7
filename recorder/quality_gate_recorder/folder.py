"""The project's own folder, `.quality-gate`: cache, evidence, history."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

FOLDER = ".quality-gate"
EVIDENCE = "evidence.db"
REMEMBERED = "test-run.cache"


def own_folder(root: Path) -> Path:
    """The folder, made when it is not there; a symlink, a file or another user's folder is refused.

    Raises:
        OSError: it is refused, or cannot be made.
    """
    folder = root / FOLDER
    with suppress(FileExistsError):
        folder.mkdir(mode=0o755)
    found = os.lstat(folder)
    if not stat.S_ISDIR(found.st_mode):
        raise PermissionError(f"{FOLDER} is not a folder")
    if hasattr(os, "getuid") and found.st_uid != os.getuid():
        raise PermissionError(f"{FOLDER} belongs to another user")
    with suppress(FileExistsError), open(folder / ".gitignore", "x", encoding="utf-8") as file:
        file.write("# made by quality-gate: everything here can be deleted\n*\n")
    return folder
