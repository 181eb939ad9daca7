"""What was recorded before a run began, as long as it goes on: links to it in `.quality-gate/before`.

Whoever asks meanwhile is answered from there, and a run that turns out to have run no test leaves everything as it was.
The folder is locked while the run lives, so that of one that was killed no older evidence is left to count.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from quality_gate_recorder.keeping import drop, kept_in

FOLDER_BEFORE = "before"

NOT_BEGUN = "the run did not begin"
"""The problem of evidence that stands there before pytest has begun a session."""

NOT_ENDED = "the run did not end"
"""Likewise, from then on."""


class Before:
    """Keeps the evidence of before while a run goes on; of runs at the same time, for the first of them.

    Args:
        place: of the evidence, absolute.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._folder = place.with_name(FOLDER_BEFORE)
        self._lock: int | None = None

    def __enter__(self) -> Before:
        self.hold()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def hold(self) -> None:
        """Begin; where links or locks cannot be had, nothing is kept."""
        try:
            self._folder.mkdir(exist_ok=True)
            self._lock = _locked(self._folder, alone=True)
            if self._lock is not None:
                self._empty()
                for at in (self._place, *kept_in(self._place)):
                    with suppress(FileNotFoundError):
                        os.link(at, self._folder / at.name, follow_symlinks=False)
        except OSError:
            self.release()

    def put_back(self) -> None:
        """Leave everything as it was before the run."""
        if self._lock is None:
            return
        drop(self._place)
        self._place.unlink(missing_ok=True)
        for at in sorted(self._folder.iterdir()):
            os.replace(at, self._place.with_name(at.name))

    def release(self) -> None:
        """Keep nothing any more."""
        if self._lock is None:
            return
        with suppress(OSError):
            self._empty()
            self._folder.rmdir()
        os.close(self._lock)
        self._lock = None

    def _empty(self) -> None:
        for at in self._folder.iterdir():
            at.unlink()


def evidence_before(place: Path) -> Path | None:
    """Where the evidence lies that was there before a run which goes on; None where none goes on, or none was there.

    Args:
        place: where evidence lies otherwise, absolute.
    """
    folder = place.with_name(FOLDER_BEFORE)
    held = folder / place.name
    if not os.path.lexists(held):
        return None
    try:
        lock = _locked(folder, alone=False)
    except OSError:
        return None
    if lock is None:
        return held
    os.close(lock)
    return None


def _locked(folder: Path, *, alone: bool) -> int | None:
    """A lock on a folder, which ends with the process; None where another holds one that forbids it.

    Raises:
        OSError: the folder is none, or there are no locks here.
    """
    try:
        import fcntl
    except ImportError as error:  # Windows
        raise OSError("there are no such locks") from error
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
