"""Run the tests on every Python that we support and that is here; say which were not found.

The interpreter that runs this file runs all of them, in its own environment; the others get an environment each
(`.venv-3.12` ...) and run what may differ there. Shims that do not answer `-c pass` are passed over.

The work is one list of jobs, as many at a time as keep the processors busy, the longest first: environments are installed
beside the first tests, and no processor waits for the end of one Python's run. A job is a pytest of its own, which
collects its own files alone and makes what its modules share once; workers of xdist each do all of that.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from glob import glob
from pathlib import Path

SUPPORTED = ("3.11", "3.12", "3.13")
FIRST, NEWEST, MIDDLE = "first", "newest", "middle"
"""Whose a job is: of the Python that runs this file, and of the others."""
END_TO_END, UNIT = "tests/end_to_end/test_", "tests/unit/"
READING = (f"{UNIT}checkers", f"{UNIT}codebase", f"{UNIT}recorder")
"""What reads source, or runs inside other people's tests."""
JOBS = (
    (
        NEWEST,
        (
            f"{END_TO_END}recording*.py",
            f"{END_TO_END}proving.py",
            f"{END_TO_END}hosts.py",
            f"{END_TO_END}commands.py::TestExitCodes",
            f"{END_TO_END}commands.py::TestNothingOfTheProjectIsRun",
            f"{END_TO_END}critical_path_gate.py::TestCoverageOfAnotherSource",
            f"{END_TO_END}critical_path_gate.py::test_a_pragma_hides_nothing_and_is_told",
            f"{END_TO_END}failure_gate.py::test_an_assertion_that_no_run_reached_warns",
            f"{END_TO_END}failure_gate.py::test_the_json_holds_the_matrix_and_every_failure_path",
        ),
    ),
    (FIRST, ("tests/hostile",)),
    (FIRST, ("tests/end_to_end",)),
    (FIRST, ("tests",)),
    (FIRST, (f"{END_TO_END}recording*.py", f"{END_TO_END}proving.py")),
    (FIRST, (f"{END_TO_END}hosts.py", f"{END_TO_END}adopting.py")),
    (FIRST, (f"{END_TO_END}pre_commit.py", f"{END_TO_END}prek.py", f"{END_TO_END}ci_step.py")),
    (FIRST, (f"{END_TO_END}commands.py", f"{END_TO_END}critical_path_gate.py", f"{END_TO_END}failure_gate.py")),
    (NEWEST, (*READING, f"{UNIT}test_*.py")),
    (FIRST, READING),
    (
        MIDDLE,
        (f"{UNIT}checkers", f"{UNIT}recorder", f"{END_TO_END}recording.py", f"{END_TO_END}recording_failures.py"),
    ),
)
"""The longest first; a folder without what other jobs of the same Python name in it.

The newest Python runs what may differ between versions: what is shown, what is recorded, what Python loads by itself.
The one between runs what stands on Python's own parser and what records: from 3.12 on, that is done in another way.
"""
ONCE = (
    f"{END_TO_END}hosts.py::TestEditors",
    f"{END_TO_END}hosts.py::test_the_host_finds_what_our_engine_finds[pylint-j2",
    f"{END_TO_END}hosts.py::test_what_silences_everything_silences_its_own_host_only",
    f"{UNIT}checkers/test_standard_library.py",
    f"{UNIT}test_architecture.py::test_imports_keep_the_layers",
    f"{UNIT}test_architecture.py::test_our_own_gate_keeps_us",
    f"{UNIT}test_architecture.py::test_ruff_has_nothing_to_say",
    f"{UNIT}test_architecture.py::test_types_are_exact",
    f"{UNIT}test_intervals.py",
    f"{UNIT}test_platform_files.py",
)
"""The same on every Python and long, or said by a tool that is told of which Python to think."""
OPTIONS = ("-q", "--durations=10", "--durations-min=4", "-p", "no:cacheprovider")
ROOT = Path(__file__).resolve().parent.parent


def answers(command: str, version: str) -> bool:
    """Whether an interpreter starts and is of a version."""
    code = f"import sys; sys.exit('{version}' != '%d.%d' % sys.version_info[:2])"
    try:
        return subprocess.run([command, "-c", code], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def candidates(version: str) -> list[str]:
    """Interpreters that may be of a version: on the path, and installed by pyenv."""
    named = shutil.which(f"python{version}")
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    installed = sorted(pyenv.glob(f"{version}.*/bin/python")) if pyenv.is_dir() else []
    return [*([named] if named else []), *(str(file) for file in installed)]


def interpreter(version: str) -> str | None:
    """A Python of a version; None where there is none."""
    if is_first(version):
        return sys.executable
    return next((found for found in candidates(version) if answers(found, version)), None)


def is_first(version: str) -> bool:
    """Whether it is the Python that runs this file."""
    return sys.version_info[:2] == tuple(map(int, version.split(".")))


def environment(version: str, base: str) -> str:
    """The interpreter that runs the tests, with the project and its test tools; renewed when pyproject.toml changes."""
    folder = Path(sys.prefix).resolve() if is_first(version) else ROOT / f".venv-{version}"
    python = folder / "bin" / "python"
    stamp = folder / "tested"
    renewed = stamp.exists() and stamp.stat().st_mtime >= (ROOT / "pyproject.toml").stat().st_mtime
    if folder.parent == ROOT and not renewed:  # an environment that somebody made elsewhere is theirs
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-compile"]
        if not is_first(version):
            subprocess.run([base, "-m", "venv", "--without-pip", str(folder)], check=True)
        # Nothing is compiled before it is used: most of what is installed never is.
        group = "test" if is_first(version) else "test-again"
        subprocess.run([*pip, "pip", "-e", ".", "--group", group], check=True, cwd=ROOT)
        stamp.touch()
    return str(python)


def role(version: str) -> str:
    """Whose jobs a Python does."""
    if is_first(version):
        return FIRST
    return NEWEST if version == SUPPORTED[-1] else MIDDLE


def files(paths: Sequence[str]) -> list[str]:
    """Paths with those that match a pattern in its place; a name of a test in a file stays as it is."""
    return [path for own in paths for path in (sorted(glob(own, root_dir=ROOT)) if "*" in own else [own])]


def selections() -> Iterator[tuple[str, list[str]]]:
    """Of each job, in order: whose it is, and what it runs, as arguments of pytest."""
    for whose, paths in JOBS:
        again = () if whose == FIRST else ONCE
        chosen = [path for path in files(paths) if path not in again]
        inside = tuple(f"{path}{mark}" for path in chosen for mark in ("/", "::"))
        others = [path for owner, named in JOBS if owner == whose and named is not paths for path in files(named)]
        left_out = [path for path in (*others, *again) if path.startswith(inside)]
        yield whose, [*chosen, *(f"--{'deselect' if '::' in path else 'ignore'}={path}" for path in left_out)]


@dataclass(frozen=True)
class Done:
    """A job that has ended.

    Args:
        title: what was run. code: pytest's exit code. said: what it printed. seconds: how long it took.
    """

    title: str
    code: int
    said: str
    seconds: float


def tested(version: str, python: Future[str], selection: list[str], options: list[str]) -> Done:
    """Run one job as soon as its environment is ready."""
    shown = [word.removeprefix("tests/") for word in selection if not word.startswith("--")]
    title = f"Python {version}: {' '.join(shown[:4])}{' ...' if len(shown) > 4 else ''}"
    began = time.monotonic()
    done = subprocess.run(
        [python.result(), "-m", "pytest", *options, *selection],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    return Done(title, done.returncode, done.stdout.decode(errors="replace"), time.monotonic() - began)


def at_a_time() -> int:
    """One job more than processors that we may use: a tenth of their time they wait for disks and package indexes."""
    return 1 + (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def main() -> int:
    """Exit code of the worst run."""
    found = {version: base for version in SUPPORTED if (base := interpreter(version))}
    options = sys.argv[1:] or list(OPTIONS)
    failed = []
    with ThreadPoolExecutor(at_a_time()) as pool:
        ready = {version: pool.submit(environment, version, base) for version, base in found.items()}
        # UPDATE_GENERATED=1 writes files that other jobs would compare with meanwhile.
        several = os.environ.get("UPDATE_GENERATED") != "1"
        runs = [
            pool.submit(tested, version, ready[version], selection, options)
            for whose, selection in selections()
            for version in found
            if role(version) == whose and (several or whose == FIRST)
        ]
        try:
            for run in as_completed(runs):
                done = run.result()
                print(f"== {done.title} ({done.seconds:.0f} s)\n{done.said}", flush=True)
                failed += [done] if done.code else []
        finally:
            pool.shutdown(cancel_futures=True)  # an interruption, or an environment that cannot be made, ends it all
    for done in failed:
        print(f"failed with {done.code}: {done.title}")
    missing = [version for version in SUPPORTED if version not in found]
    if missing:
        print(f"not found, not tested: Python {', '.join(missing)}")
    return max((done.code for done in failed), default=0)


if __name__ == "__main__":
    sys.exit(main())
