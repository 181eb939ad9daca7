"""The real gate in a process of its own, with nothing of the caller's environment but PATH."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(sys.executable).with_name("quality-gate")

WITHOUT_HYPOTHESIS = "-p no:hypothesispytest"
"""For PYTEST_ADDOPTS: it is in our environment and in no project's, and takes a third of the time of a small run."""

WAYS = {
    "console script": (str(SCRIPT),),
    "python -m": (sys.executable, "-m", "quality_gate"),
    "python -P -m": (sys.executable, "-P", "-m", "quality_gate"),
}
"""How a user starts the gate."""


def gate(
    folder: Path, *arguments: str | bytes, way: str = "python -P -m", timeout: float = 120, **variables: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the gate in a folder.

    Args:
        way: one of `WAYS`.
        variables: of the environment, beside PATH.
    """
    return subprocess.run(
        [*WAYS[way], *arguments],
        cwd=folder,
        env={"PATH": os.environ.get("PATH", os.defpath), "PYTEST_ADDOPTS": WITHOUT_HYPOTHESIS, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
