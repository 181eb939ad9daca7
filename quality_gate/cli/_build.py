"""What a cached answer depends on besides the file: this build and its settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from quality_gate import __version__
from quality_gate.store import digest


def folders_of(package: str) -> Sequence[str]:
    """Where a package of ours lies."""
    return tuple(import_module(package).__path__)


def build_key(settings: bytes, folders: Sequence[str]) -> str:
    """Names this build and these settings: any edit of a file in the folders makes another build, in a checkout too."""
    marks = [f"{__version__} {sys.version_info[:3]}"]
    for folder in folders:
        for place, _, files in sorted(os.walk(folder)):
            for name in sorted(files):
                if name.endswith(".py"):
                    status = os.stat(os.path.join(place, name))
                    marks.append(f"{name} {status.st_size} {status.st_mtime_ns}")
    return digest("\n".join(marks).encode() + settings).hex()
