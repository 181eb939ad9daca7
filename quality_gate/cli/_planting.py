"""A scratch copy of the project with one violation per practice planted in it; the work tree is never written to."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import msgspec

from quality_gate.cli._assemble import Run
from quality_gate.cli._options import Options
from quality_gate.cli._pages import rule_called
from quality_gate.errors import Missing, UsageError
from quality_gate.evidence.git.command import Git, GitError
from quality_gate.evidence.runs.recorded import EVIDENCE
from quality_gate.evidence.sources import read_regular
from quality_gate.model import PracticeName, Stage
from quality_gate.store import FOLDER
from quality_gate_checkers.model import Role, role_of
from quality_gate_recorder.keeping import MOST_KEPT, kept_at

_STEM = "quality_gate_planted"
_LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is copied; what is larger is neither source nor settings."""

_SETTINGS = (".toml", ".cfg", ".ini", ".txt", ".lock", ".tsv")
"""Ends of the names of files beside pyproject.toml that may have a say in a verdict."""

_BY_RULE: dict[PracticeName, str] = {"static-analysis": "silent-failure", "isolated-tests": "real-sleep-in-test"}
"""Practices that judge the source, and the rule whose bad example is planted for them."""

_EVIDENCE = (EVIDENCE, *(str(kept_at(Path(EVIDENCE), number)) for number in range(MOST_KEPT)))
"""Of the last run of tests, and of those that count together with it."""

_MOST_RAISES = 500
"""Of a planted function: enough to fall below any demand of a critical path that people read."""


class Planted(msgspec.Struct, frozen=True):
    """A violation.

    Args:
        path: the file that was added for it. critical_path: on which it lies; empty for none.
    """

    path: str
    critical_path: str = ""


class Scratch(msgspec.Struct, frozen=True):
    """The copy.

    Args:
        run: over it, at the ci stage, against the commit before anything was planted.
        planted: by practice; those that nothing could be planted for are not in it.
        without: why nothing could be planted for a practice, with what to type.
    """

    run: Run
    planted: dict[PracticeName, Planted]
    without: dict[PracticeName, tuple[str, str]]


def planted_in(folder: Path, run: Run, options: Options) -> Scratch:
    """Copy a project into a folder, commit it there, plant, and commit again.

    Args:
        folder: empty, absolute. run: of the project itself. options: of the call.

    Raises:
        UsageError: there is no git, or the copy cannot be made.
    """
    planted: dict[PracticeName, Planted] = {}
    without: dict[PracticeName, tuple[str, str]] = {}
    _copy(run.root, folder, _wanted(run))
    git = _repository(folder)
    base = _commit(git)
    for practice in _BY_RULE:
        _plant_example(folder, run, practice, planted, without)
    _plant_on_path(folder, run, planted, without)
    _commit(git)
    scratch = Run(options, Stage.CI, whole=False, own_policy=True)
    scratch.root = folder
    scratch.config = msgspec.structs.replace(run.config, root=str(folder), base=base)
    return Scratch(scratch, planted, without)


# -- the copy


def _wanted(run: Run) -> list[str]:
    settings = [
        name
        for name in sorted(os.listdir(run.root))
        if name.endswith(_SETTINGS) and not name.startswith(".") and (run.root / name).is_file()
    ]
    return [*run.everything, *run.other_files, *settings, f"{FOLDER}/cache.db", *_EVIDENCE]


def _copy(root: Path, folder: Path, paths: Iterable[str]) -> None:
    try:
        for path in dict.fromkeys(paths):
            content = read_regular(f"{root}/{path}", _LARGEST)
            if content is not None and len(content) <= _LARGEST:
                place = folder / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
                changed = os.lstat(root / path).st_mtime_ns  # by which tests that no run has seen are told
                os.utime(place, ns=(changed, changed))
    except OSError as error:
        problem = f"the scratch copy cannot be written: {error.strerror or error}"
        raise UsageError(str(folder), problem, "make room there, or name another folder in TMPDIR") from error


def _repository(folder: Path) -> Git:
    try:
        git = Git(Path(os.path.realpath(folder)), os.environ)
        git.run("init", "--quiet", "--initial-branch=main")
    except GitError as error:
        raise UsageError("git", str(error), "install git; the gate tells new code from old by it") from error
    (folder / ".git" / "info" / "exclude").write_text(f"{FOLDER}/\n", encoding="utf-8")
    return git


def _commit(git: Git) -> str:
    git.run(
        "add", "--all", "--force", "--", *sorted(name for name in os.listdir(git.top) if name not in (".git", FOLDER))
    )
    git.run(
        "-c", "user.name=doctor", "-c", "user.email=doctor@localhost", "-c", "commit.gpgSign=false",
        "commit", "--quiet", "--allow-empty", "--no-verify", "--message=scratch",
    )  # fmt: skip
    return git.run("rev-parse", "HEAD").decode("ascii").strip()


# -- what is planted


def _plant_example(
    folder: Path,
    run: Run,
    practice: PracticeName,
    planted: dict[PracticeName, Planted],
    without: dict[PracticeName, tuple[str, str]],
) -> None:
    """The bad example of a rule's page, as a file beside the first one of its kind."""
    is_test = practice == "isolated-tests"
    roles = (Role.TESTS,) if is_test else (Role.SOURCE,)
    beside = next((path for path in run.everything if role_of(path, run.config.settings) in roles), None)
    if beside is None:
        what = "test" if is_test else "production"
        without[practice] = (f"there is no file of {what} code", f"write {'a test' if is_test else 'some'} first")
        return
    rule = rule_called(_BY_RULE[practice])
    fences = rule.page.fences() if rule is not None else []
    path = f"{_folder_of(beside)}{'test_' if is_test else ''}{_STEM}.py"
    _write(folder, path, next(fence.code for fence in fences if fence.heading == "Bad"))
    planted[practice] = Planted(path)


def _plant_on_path(
    folder: Path,
    run: Run,
    planted: dict[PracticeName, Planted],
    without: dict[PracticeName, tuple[str, str]],
) -> None:
    """A function on the first critical path, of which the evidence says what it would say: that no test ran it."""
    practices: tuple[PracticeName, ...] = ("critical-path-coverage", "failure-scenarios")
    name = next(iter(run.config.critical_paths), None)
    beside = next((path for path in run.everything if role_of(path, run.config.settings) is Role.SOURCE), None)
    if name is None or beside is None:
        without |= dict.fromkeys(practices, ("no critical path is declared", "quality-gate init proposes some"))
        return
    try:
        _ = run.linking.recorded
        path = f"{_folder_of(beside)}{_STEM}_on_path.py"
        _write(folder, path, _unrun(name))
        _record_as_unrun(folder, path)
    except Missing as missing:
        without |= dict.fromkeys(practices, (missing.clause, missing.remedy))
    except (OSError, ValueError, sqlite3.Error) as error:
        without |= dict.fromkeys(practices, (f"the evidence cannot be copied: {error}", "type quality-gate test"))
    else:
        planted |= dict.fromkeys(practices, Planted(path, name))


def _unrun(critical_path: str) -> str:
    raises = [
        line
        for number in range(_MOST_RAISES)
        for line in (f"    if amount == {number}:", f'        raise ValueError("planted {number}")')
    ]
    lines = [f"# quality-gate: critical[{critical_path}]", f"def {_STEM}(amount):", *raises, "    return amount"]
    return "".join(f"{line}\n" for line in lines)


def _record_as_unrun(folder: Path, path: str) -> None:
    """What a test run writes down of a file that no test has run."""
    from quality_gate_recorder.evidence_file import read_file, write
    from quality_gate_recorder.exclusions import TeamSettings
    from quality_gate_recorder.structure import complete

    problems: list[str] = []
    for place in (folder / name for name in _EVIDENCE):
        if place.exists():
            evidence = read_file(place)
            complete(evidence.files, str(folder), [path], TeamSettings(False, None, problems.append), problems.append)
            write(evidence, place)


def _folder_of(path: str) -> str:
    folder, slash, _ = path.rpartition("/")
    return folder + slash


def _write(folder: Path, path: str, text: str) -> None:
    (folder / path).write_text(text, encoding="utf-8")
    os.utime(folder / path, (0, 0))  # a test that is younger than the evidence might run what is planted
