"""Another program, started for what it prints: its time, its output and its environment are limited (row 30).

It gets no variable but those that programs need to find their way: no token of a CI, nothing of git's or of Python's.
"""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

MOST_BYTES = 64 * 1024 * 1024
"""Of output, and of a file that a tool has written."""

_TAIL = 16 * 1024
_LAST_LINES = 3
_LONGEST = 300
_TICK = 0.05
"""Seconds between two looks at a child."""

_KEPT = frozenset(
    {
        "HOME",
        "USER",
        "LOGNAME",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TMPDIR",
        "TEMP",
        "TMP",
        "SYSTEMROOT",
        "WINDIR",
        "COMSPEC",
        "PATHEXT",
        "APPDATA",
        "LOCALAPPDATA",
        "USERPROFILE",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
    }
)

_SET = {"NO_COLOR": "1", "TERM": "dumb", "PYTHONSAFEPATH": "1", "PYTHONIOENCODING": "utf-8"}
"""A program of Python's never takes a module for its own that lies in the working directory (rows 4 and 7)."""

_running: set[subprocess.Popen[bytes]] = set()


class Ended(NamedTuple):
    """How a child ended.

    Args:
        status: its exit status; below nought the signal that killed it.
        out: what it printed. said: the last that it said, on one line.
        seconds: how long it ran.
        fault: why it was stopped or could not be started, a clause; empty where it ended by itself.
    """

    status: int
    out: bytes
    said: str
    seconds: float
    fault: str = ""


def environment_of(caller: Mapping[str, str], also: Sequence[str], path: Sequence[str]) -> dict[str, str]:
    """The variables that a child gets.

    Args:
        caller: ours. also: names of further ones that the configuration hands on.
        path: folders in which programs are looked for.
    """
    kept = {
        name: value
        for name, value in caller.items()
        if name.upper() in _KEPT or name.upper().startswith("LC_") or name in also
    }
    return kept | _SET | {"PATH": os.pathsep.join(path)}


def run_child(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    scratch: Path,
    seconds: float,
    clock: Callable[[], float],
) -> Ended:
    """Run a program to its end, or stop it and all that it has started.

    Args:
        command: its first part is a file. folder: the working directory.
        scratch: an empty folder of the caller's, for what it prints and may write there; all of it counts.
        seconds: that it may take. clock: gives seconds.
    """
    begun = clock()
    out, err = scratch / "out", scratch / "err"
    with out.open("wb") as printed, err.open("wb") as told:
        try:
            child = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=told,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            return Ended(127, b"", "", 0.0, f"could not be started: {reason}")
        fault = _watched(child, scratch, begun + seconds, seconds, clock)
    found = b"" if fault else out.read_bytes()
    return Ended(child.returncode, found, _last(err, out), clock() - begun, fault)


def _watched(
    child: subprocess.Popen[bytes], scratch: Path, until: float, seconds: float, clock: Callable[[], float]
) -> str:
    """Wait for a child; why it was stopped, or nothing."""
    if not _running:
        atexit.register(_stop_all)  # a gate that is interrupted leaves nothing running
    _running.add(child)
    fault = ""
    try:
        while child.poll() is None and not fault:
            try:
                child.wait(_TICK)
            except subprocess.TimeoutExpired:
                fault = f"did not end within {seconds:.0f} s" if clock() > until else _too_much(scratch)
    finally:
        _stop(child)
        _running.discard(child)
    return fault or _too_much(scratch)


def _too_much(scratch: Path) -> str:
    return f"wrote more than {MOST_BYTES >> 20} MiB" if _written(scratch) > MOST_BYTES else ""


def _written(scratch: Path) -> int:
    total = 0
    for entry in os.scandir(scratch):
        with suppress(OSError):  # a file that was there a moment ago
            total += entry.stat(follow_symlinks=False).st_size
    return total


def _stop(child: subprocess.Popen[bytes]) -> None:
    """End a child and whatever it has left running in its session."""
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
    elif child.poll() is None:
        child.kill()
    child.wait()


def _stop_all() -> None:
    for child in list(_running):
        _stop(child)


def _last(err: Path, out: Path) -> str:
    """The last lines that a child said, on one."""
    for file in (err, out):
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - _TAIL))
            lines = stream.read(_TAIL).decode("utf-8", "replace").split("\n")
        kept = [line.strip() for line in lines if line.strip()][-_LAST_LINES:]
        if kept:
            return " | ".join(kept)[-_LONGEST:]
    return ""
