"""What is to be recorded and where it goes: handed over by `quality-gate test`, or found by the recorder itself."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from quality_gate_recorder.folder import EVIDENCE, own_folder

VARIABLE = "QUALITY_GATE_RECORDER"
"""Environment variable that hands a job over: `run:` or `worker:` and the job's file."""

RECORDING = "QUALITY_GATE_RECORDING"
"""Set while a run is recorded, so that a pytest that a test starts does not record as well."""

_NOT_SOURCES = frozenset({"__pycache__", "node_modules", "build", "dist", "site-packages", "tests", "test", "testing"})


@dataclass(slots=True)
class Job:
    """One run to record.

    Args:
        root: the project's folder, a real absolute path.
        files: its source files, tests not among them; relative, with forward slashes.
        evidence: the file to write, absolute.
        scratch: a folder for what processes leave, absolute; it is there.
        commit, dirty, started: as `Meta` has them.
        problems: what is known to be wrong before the run begins.
    """

    root: str
    files: list[str]
    evidence: str
    scratch: str
    commit: str = ""
    dirty: str = ""
    started: str = ""
    problems: list[str] = field(default_factory=list)

    def save(self) -> str:
        """Write it into its scratch folder and return the file's name."""
        place = os.path.join(self.scratch, "job.json")
        with open(place, "w", encoding="ascii") as file:
            json.dump(asdict(self), file)
        return place


def load(place: str) -> Job:
    """Read a job that `save` has written."""
    with open(place, encoding="ascii") as file:
        return Job(**json.load(file))


def find(start: Path, scratch: str, started: str) -> Job:
    """The job where nobody hands one over: the nearest `[tool.quality-gate]`, else pytest's root folder.

    Args:
        start: pytest's root folder, absolute.

    Raises:
        OSError: the folder of the evidence cannot be used.
    """
    root = Path(os.path.realpath(start))
    source: list[str] = []
    for folder in (root, *root.parents):
        table = _table(folder / "pyproject.toml")
        if table is not None:
            root, source = folder, [entry for entry in _list(table.get("source")) if isinstance(entry, str)]
            break
        if (folder / ".git").exists():
            break
    files = sorted(_sources(root, source))
    return Job(str(root), files, str(own_folder(root) / EVIDENCE), scratch, started=started)


def _table(file: Path) -> dict[str, object] | None:
    """`[tool.quality-gate]`, or None where there is none; what cannot be read is for the gate to complain about."""
    import tomllib

    try:
        with file.open("rb") as stream:
            document: object = tomllib.load(stream)
    except (OSError, ValueError, RecursionError):
        return None
    for key in ("tool", "quality-gate"):
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _sources(root: Path, source: list[str]) -> Iterator[str]:
    """Source files below the root: those in `source`, or all that do not lie or sound like tests."""
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if not _is_passed_by(Path(folder, name))]
        inside = Path(folder).relative_to(root)
        for name in files:
            path = (inside / name).as_posix()
            if name.endswith(".py") and not _sounds_like_test(name) and (not source or _is_in(path, source)):
                yield path


def _is_passed_by(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in _NOT_SOURCES or (folder / "pyvenv.cfg").exists()


def _sounds_like_test(name: str) -> bool:
    return name.startswith("test_") or name.endswith("_test.py") or name in ("tests.py", "conftest.py")


def _is_in(path: str, source: list[str]) -> bool:
    """Whether a path is one of, or lies in one of, the entries; of patterns the part before a wildcard counts."""
    for entry in source:
        plain = entry.partition("*")[0].rstrip("/")
        if not plain or path == plain or path.startswith(plain + "/"):
            return True
    return False
