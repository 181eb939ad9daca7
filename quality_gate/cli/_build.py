"""What a cached answer depends on besides the file: this build and its settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module

from quality_gate import __version__
from quality_gate.store import digest


def build_key(settings: bytes, packages: Sequence[str]) -> str:
    """Names this build and these settings: any edit of a file in the packages makes another build, in a checkout too.

    Args:
        packages: those of ours whose code decides the answers, under one Python; where there are none, all
            installations of this version count as one.
    """
    marks = [
        f"{__version__} {sys.version_info[:3] if packages else ''}",
        *(_marks_of(tuple(import_module(package).__path__)) for package in packages),
    ]
    return digest("\n".join(marks).encode() + settings).hex()


@cache
def _marks_of(places: tuple[str, ...]) -> str:
    """What tells one state of the files in some folders from another; looked at once per process."""
    marks: list[str] = []
    folders = list(places)
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in sorted(entries, key=lambda one: one.name):
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    marks.append(f"{entry.name} {status.st_size} {status.st_mtime_ns}")
                elif entry.is_dir() and entry.name != "__pycache__":
                    folders.append(entry.path)
    return "\n".join(marks)
