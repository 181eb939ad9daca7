"""What the project's own Python is lent while it runs the tests for us."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from quality_gate.errors import UsageError
from quality_gate.evidence.git.command import Git
from quality_gate.evidence.interpreters import Interpreter
from quality_gate_recorder import job as jobs
from quality_gate_recorder.folder import FOLDER, own_folder


def own_place(root: Path, git: Git | None) -> Path:
    """The project's own folder, where what was found is kept.

    Raises:
        UsageError: it cannot be used, or git tracks it.
    """
    try:
        folder = own_folder(root)
    except OSError as error:
        remedy = f"remove {FOLDER}, or make the project's folder writable"
        raise UsageError(FOLDER, f"it cannot be used: {error}", remedy) from error
    if git is not None and git.run("ls-files", "-z", "--", folder.relative_to(git.top).as_posix()):
        raise UsageError(FOLDER, "it is tracked by git", f"type: git rm -r --cached {FOLDER}")
    return folder


def environment_with(folder: Path, caller: Mapping[str, str]) -> dict[str, str]:
    """The caller's, with the recorder's folder to be found by Python and without what a pytest around us has set."""
    kept = {
        name: value
        for name, value in caller.items()
        if name not in (jobs.RECORDING, "PYTEST_CURRENT_TEST", "PYTEST_VERSION")
        and not name.startswith("PYTEST_XDIST_")
    }
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, (str(folder), caller.get("PYTHONPATH", ""))))
    return kept


def lay_out(scratch: Path, interpreter: Interpreter) -> Path:
    """A folder that holds the recorder and nothing else: beside the installed one lie all our dependencies."""
    import quality_gate_recorder

    folder = scratch / "path"
    folder.mkdir()
    _lay(Path(quality_gate_recorder.__path__[0]), folder)
    if not interpreter.coverage:
        _lend_coverage(folder, interpreter)
    return folder


def _lend_coverage(folder: Path, interpreter: Interpreter) -> None:
    """Our own coverage.py for a Python that has none, where its compiled part fits."""
    import sysconfig

    ours = (sys.implementation.name, sys.version_info[:2], sysconfig.get_config_var("SOABI") or "")
    if (interpreter.implementation, interpreter.version[:2], interpreter.abi) != ours:
        raise UsageError(interpreter.shown, "it has no coverage.py", f"type: {interpreter.install('coverage')}")
    import coverage

    _lay(Path(coverage.__file__).parent, folder)


def _lay(package: Path, folder: Path) -> None:
    """A link, so that Python finds what it has compiled before, for each of its versions; a copy where links may not
    be made."""
    try:
        (folder / package.name).symlink_to(package, target_is_directory=True)
    except OSError:
        half_written = "*.pyc.*"
        shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns(half_written, "htmlfiles"))
