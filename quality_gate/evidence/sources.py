"""Which files are judged: Python files of the project, regular ones only, nothing followed out of it.

Git knows them where there is a git, else the folders are walked. The paths come from whoever wrote the pull
request: they may be links, devices, submodules, or bytes of no encoding (hostile-inputs.md, rows 12, 27, 35).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from quality_gate.errors import UsageError, UsageErrors
from quality_gate.evidence._listing import Disk, Found
from quality_gate.evidence.git.command import LISTED, Git, GitError
from quality_gate_checkers.patterns import PathPatterns, path_matches
from quality_gate_checkers.settings import DEFAULT_TESTS, Settings

_SYMLINK = "120000"
_SUBMODULE = "160000"

_NOT_SOURCES = frozenset({"__pycache__", "node_modules", "build", "dist", "site-packages"})
"""Folders that a walk without git, hence without .gitignore, leaves out, as it does hidden ones (.tox)."""

_MOST_SENTENCES = 20
"""Of one kind; the rest is counted."""

_SHEBANG_BYTES = 256

_REMEDY_FOR_FILES = "FILES count from the working directory; without any the whole project is judged"


class Sources(msgspec.Struct, frozen=True):
    """The files of one run.

    Args:
        files: what is judged, sorted; relative to the project's root, with forward slashes; bytes that are no
            UTF-8 as os.fsdecode gives them.
        left_out: what was found and is not judged, a sentence each or a count, for -v.
        notes: sentences for everybody: what could not be looked at, or should have held something.
        untracked: all files below the root that git neither tracks nor ignores, of whatever language; None where they
            were not listed.
        elsewhere: paths of Python files, and of links and repositories that may hold some, that are not judged, each
            with why, as a clause; only where the whole project is judged.
        on_disk: what the system said of judged files when they were listed; others it was not asked about.
    """

    files: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    untracked: frozenset[str] | None = None
    on_disk: Mapping[str, os.stat_result] = {}
    elsewhere: Mapping[str, str] = {}


def discover(git: Git | None, root: Path, settings: Settings, files: Sequence[str] | None, cwd: Path) -> Sources:
    """The files to judge; with FILES only those, and nothing else is listed.

    Args:
        git: as `find_top` gives it.
        root: the project's root, absolute.
        settings: `source`, `tests` and `roles.vendored` decide.
        files: the command line's FILES, files and folders, relative to `cwd`; none: the whole project.
        cwd: the working directory, absolute.

    Raises:
        UsageError: a FILE is not there or outside the project; a pattern in `source` or `tests` matches none.
        UsageErrors: several of these.
    """
    root = Path(os.path.realpath(root))
    if files:
        found = _named(git, root, files, cwd)
        return _judged(found, settings, named=True)
    found = _all(git, root)
    _check_patterns(settings, found.python)
    if not found.python:
        found.notes.append(f"no Python file was found in {root.name or root}")
    return _judged(found, settings, named=False)


def read_regular(path: str, most: int) -> bytes | None:
    """The content of a regular file, or None: a link, a folder, a device, not there, or unreadable.

    Args:
        path: its last part is not followed where it is a link.
        most: bytes; of a larger file the first `most + 1` are read, which tells the caller.
    """
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):  # opening a FIFO or a device would have effects
            return None
        with open(path, "rb", opener=_open_without_following) as file:
            return file.read(most + 1)
    except OSError:
        return None


def _open_without_following(path: str, flags: int) -> int:
    # Windows knows neither flag; there the lstat before has to do.
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


# --- all of the project ---


def _all(git: Git | None, root: Path) -> Found:
    found = Found()
    if git is None or not root.is_relative_to(git.top):
        _walk(root, found)
        return found
    try:
        _listed(git, root, found)
    except GitError as error:
        found = Found()
        _walk(root, found)
        found.notes.append(f"git could not list the files, so ignored ones may be judged too: {error}")
    return found


def _listed(git: Git, root: Path, found: Found) -> None:
    """Tracked files, and untracked ones that git does not ignore."""
    prefix = folder_prefix(git, root)
    below = ("--", prefix) if prefix else ()
    # -t puts `? ` before an untracked file, and a letter, the mode and the hash before a tracked one.
    answer = os.fsdecode(git.run(*LISTED, *below, index=True))
    disk = Disk(root)
    untracked: set[str] = set()
    for record in answer.split("\0"):
        tracked = not record.startswith("?")
        name = (record.partition("\t")[2] if tracked else record[2:])[len(prefix) :]
        mode = record[2:8] if tracked else ""
        if not tracked:
            untracked.add(name)
        if mode == _SYMLINK:
            found.links.add(name)
        elif mode == _SUBMODULE or name.endswith("/"):  # git lists an untracked repository as a folder
            found.repositories.add(name.rstrip("/"))
        elif name.endswith(".py"):
            disk.sort_in(name, found)
    found.untracked = frozenset(untracked)


def folder_prefix(git: Git, root: Path) -> str:
    """The project's root as git's paths begin: empty at the top, else `sub/folder/`.

    Args:
        root: a real path at or below git's top.
    """
    inner = root.relative_to(git.top).as_posix()
    return "" if inner == "." else inner + "/"


def _walk(root: Path, found: Found) -> None:
    """Every Python file below a folder; no link is followed."""
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with os.scandir(root / folder) as entries:
                listed = list(entries)
        except OSError:
            found.unreadable.add(folder or ".")
            continue
        if folder and any(entry.name == "pyvenv.cfg" for entry in listed):
            found.folders.add(folder)
            continue
        folders.extend(_sorted_in(listed, f"{folder}/" if folder else "", found))


def _sorted_in(entries: Iterable[os.DirEntry[str]], prefix: str, found: Found) -> Iterator[str]:
    """Put a folder's entries where they belong; yields the folders to walk next."""
    for entry in entries:
        path = prefix + entry.name
        if entry.is_symlink():
            found.links.add(path)
        elif entry.is_dir(follow_symlinks=False):
            if entry.name in _NOT_SOURCES:
                found.folders.add(path)
            elif not entry.name.startswith("."):
                yield path
        elif entry.name.endswith(".py"):
            if entry.is_file(follow_symlinks=False):
                found.python.add(path)
            else:
                found.special.add(path)


# --- FILES ---


def _named(git: Git | None, root: Path, files: Sequence[str], cwd: Path) -> Found:
    found = Found()
    folders: set[str] = set()
    errors: dict[str, UsageError] = {}
    real: dict[str, str] = {}
    for file in files:
        try:
            _sort_in_named(file, _placed(file, cwd, root, real), root, found, folders)
        except UsageError as error:
            errors[file] = error
    _raise([errors[file] for file in sorted(errors)])
    if folders:
        _add_folders(git, root, folders, found)
    return found


def _placed(file: str, cwd: Path, root: Path, real: dict[str, str]) -> str:
    """A FILE's path from the root, through no link but perhaps the last part; empty for the root itself.

    Args:
        real: real paths of folders, so that each is asked for once.

    Raises:
        UsageError: it lies outside the root.
    """
    if not file:
        raise UsageError("FILES", "a name is empty", _REMEDY_FOR_FILES)
    # Strings and not Path objects, which would take 0.1 s for the thousand files of one call by pre-commit.
    absolute = os.path.join(cwd, file).rstrip(os.sep)
    folder, name = os.path.split(absolute)
    if name in ("", ".", ".."):  # a folder for certain, and no name to keep
        folder, name = absolute or os.sep, ""
    if folder not in real:
        real[folder] = os.path.realpath(folder).rstrip(os.sep) + os.sep
    place = real[folder] + name
    inside = str(root).rstrip(os.sep) + os.sep
    if not place.startswith(inside):
        raise UsageError(file, f"it lies outside the project {root}", "start another run in its own project")
    return place[len(inside) :].rstrip(os.sep).replace(os.sep, "/")


def _sort_in_named(file: str, path: str, root: Path, found: Found, folders: set[str]) -> None:
    place = f"{root}{os.sep}{path}"
    try:
        mode = os.lstat(place).st_mode
    except OSError as error:
        raise UsageError(file, f"it cannot be judged: {error.strerror}", _REMEDY_FOR_FILES) from error
    if stat.S_ISLNK(mode):
        found.links.add(path)
    elif stat.S_ISDIR(mode):
        folders.add(path)
    elif not stat.S_ISREG(mode):
        found.special.add(path)
    elif path.endswith(".py") or _has_python_shebang(place):
        found.python.add(path)
    else:
        found.not_python.add(path)


def _has_python_shebang(place: str) -> bool:
    """Whether a file's first line has Python run it: `#!/usr/bin/env python3`, `#!/usr/bin/python3.11 -u`."""
    try:
        with open(place, "rb", opener=_open_without_following) as file:
            first = file.read(_SHEBANG_BYTES).split(b"\n", 1)[0]
    except OSError:
        return False
    words = first[2:].split() if first.startswith(b"#!") else []
    return any(word.rpartition(b"/")[2].startswith((b"python", b"pypy")) for word in words)


def _add_folders(git: Git | None, root: Path, folders: set[str], found: Found) -> None:
    everything = _all(git, root)
    for folder in sorted(folders):
        prefix = f"{folder}/" if folder else ""
        found.take_below(prefix, everything)
        if not any(path.startswith(prefix) for path in everything.python):
            found.notes.append(f"no Python file was found in {folder or root.name or root}")
    found.notes.extend(everything.notes)
    found.unreadable |= everything.unreadable


# --- what of it is judged ---


def _judged(found: Found, settings: Settings, *, named: bool) -> Sources:
    # Vendored is the first role to be looked for, so its patterns alone decide; `role_of` is 30 times slower.
    vendored = PathPatterns(settings.roles.vendored)
    own = {path for path in found.python if not vendored.match(path)}
    judged = _in_scope(own, settings)
    left_out = [
        *_sentences("symbolic link, not followed", found.links),
        *_sentences("another repository, not judged", found.repositories),
        *_sentences("not a regular file, not read", found.special),
        *_sentences("folder not looked into", found.folders),
        *_sentences("not Python", found.not_python),
    ]
    if named:
        left_out += _sentences("outside `source` and `tests`, not judged", own - judged)
    if len(own) < len(found.python):
        left_out.append(f"vendored files, not judged: {len(found.python) - len(own)}")
    unreadable = _sentences("folder that could not be listed", found.unreadable)
    notes = (*found.notes, *unreadable)
    elsewhere = {} if named else _elsewhere(found, own, judged)
    return Sources(tuple(sorted(judged)), tuple(left_out), notes, found.untracked, found.on_disk, elsewhere)


def _elsewhere(found: Found, own: set[str], judged: set[str]) -> dict[str, str]:
    """Why what may hold Python is not judged."""
    return {
        **dict.fromkeys(found.python - own, "is vendored by its place or name"),
        **dict.fromkeys(own - judged, "lies outside `source`"),
        **dict.fromkeys(filter(_may_hold_python, found.links), "is a symbolic link, which is not followed"),
        **dict.fromkeys(found.special, "is no regular file"),
        **dict.fromkeys(found.repositories, "is another repository"),
    }


def _may_hold_python(link: str) -> bool:
    return link.endswith(".py") or "." not in link.rpartition("/")[2]


def _in_scope(paths: set[str], settings: Settings) -> set[str]:
    """What lies in `source` or `tests`; without `tests` in their usual places, without `source` all."""
    if not settings.source:
        return paths
    scope = PathPatterns((*settings.source, *(settings.tests or DEFAULT_TESTS)))
    return {path for path in paths if scope.match(path)}


def _check_patterns(settings: Settings, paths: set[str]) -> None:
    """Refuse a pattern that matches no file: it is spelled wrong, and nothing judged looks like success."""
    errors = [
        _unmatched(key, pattern, paths)
        for key, patterns in (("source", settings.source), ("tests", settings.tests))
        for pattern in patterns
        if not _matches_any(pattern, paths)
    ]
    _raise(errors)


def _matches_any(pattern: str, paths: set[str]) -> bool:
    return any(path_matches(path, pattern) for path in paths)


def _unmatched(key: str, pattern: str, paths: set[str]) -> UsageError:
    import difflib  # 5 ms, and only on the way to an error

    folders = {folder for path in paths for folder in _folders_of(path)}
    near = difflib.get_close_matches(pattern.strip("/"), sorted(folders), n=1, cutoff=0.0)
    remedy = f"the nearest folder with Python files is {near[0]!r}" if near else f"leave `{key}` out"
    where = f"pyproject.toml: tool.quality-gate.{key}"
    return UsageError(where, f"{pattern!r} matches no Python file", remedy)


def _folders_of(path: str) -> Iterator[str]:
    parts = path.split("/")[:-1]
    for count in range(1, len(parts) + 1):
        yield "/".join(parts[:count])


def _sentences(kind: str, paths: Iterable[str]) -> list[str]:
    ordered = sorted(paths)
    shown = [f"{kind}: {path}" for path in ordered[:_MOST_SENTENCES]]
    more = len(ordered) - len(shown)
    return [*shown, f"{kind}: {more} more"] if more else shown


def _raise(errors: list[UsageError]) -> None:
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise UsageErrors(errors)
