"""The team's own linters, each run by the project's own Python as the project configures it, all at once.

What a project configures can run code of the project (hostile-inputs.md, rows 1 to 7). So nothing here is called unless
the caller was told on the command line that it may be (decision 0019).
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from quality_gate.config_linters import Linter
from quality_gate.errors import UsageError
from quality_gate.evidence._path_map import named
from quality_gate.evidence._untrusted import Unreadable, whole_of
from quality_gate.evidence.git.command import Git
from quality_gate.evidence.interpreters import Interpreter, own_interpreter, program_outside, text_of
from quality_gate.evidence.linters._child import MOST_BYTES, Ended, environment_of, run_child
from quality_gate.evidence.linters._linter_tools import TOOLS, Answer, Asked, Heard, Tool
from quality_gate.evidence.linters._tool_words import Garbled, Raw, Said
from quality_gate.evidence.linters.sarif import read_sarif
from quality_gate.linting import Unheard

_AT_ONCE = 4
"""Linters that run at the same time."""

_MOST_UNSEEN = 3
"""Files, of those that a linter could not look at, that are named."""

_LONGEST_COMMAND = 100_000
"""Bytes of file names; of more files the folders are named."""

_OWN_FILES = re.compile(r"^\s*(?:files|packages|modules)\s*=", re.MULTILINE)
_MYPY_FILES = ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg")


class Project(NamedTuple):
    """What linters are run on.

    Args:
        root: its folder, a real path. python: as the configuration names it, or None.
        environment: the caller's variables. git: knows what is tracked.
        changed: the files of the change, at the commit stage; None for the whole project.
        production: top folders and files of production code.
        clock: gives seconds.
    """

    root: Path
    python: str | None
    environment: Mapping[str, str]
    git: Git | None
    changed: Sequence[str] | None
    production: Sequence[str]
    clock: Callable[[], float]


class Outcome(NamedTuple):
    """What came of one linter.

    Args:
        name: as the configuration has it.
        said: what it said; None where it was not heard.
        unheard: why it was not heard, or what it could not look at.
        seconds: how long it ran. about: what it was asked about.
    """

    name: str
    said: Said | None
    unheard: tuple[Unheard, ...]
    seconds: float
    about: str


def run_linters(project: Project, linters: Mapping[str, Linter]) -> list[Outcome]:
    """Run linters side by side; what one does not do never keeps the others from being heard."""
    known = [name for name, linter in linters.items() if not linter.command]
    try:
        python = own_interpreter(project.root, project.python, project.environment, project.git, known)
    except UsageError as error:
        return [_without_python(name, error) for name in linters]
    return _side_by_side([_Job(project, python, name, linter).outcome for name, linter in linters.items()])


def _side_by_side(jobs: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
    """Outcomes in the order of the jobs.

    The threads are daemons, so that a gate that is interrupted ends at once and takes the linters with it: an executor
    would wait for them first.
    """
    free = threading.Semaphore(_AT_ONCE)
    found: dict[int, Outcome | BaseException] = {}

    def do(number: int, job: Callable[[], Outcome]) -> None:
        with free:
            try:
                found[number] = job()
            except BaseException as error:  # noqa: BLE001 - raised again below
                found[number] = error

    threads = [threading.Thread(target=do, args=item, daemon=True) for item in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcomes = []
    for number in range(len(jobs)):
        outcome = found[number]
        if isinstance(outcome, BaseException):
            raise outcome
        outcomes.append(outcome)
    return outcomes


def _without_python(name: str, error: UsageError) -> Outcome:
    what = f"{name} was not run: {error.where}: {error.problem}"
    return Outcome(name, None, (Unheard(tool=name, what=what, remedy=error.remedy),), 0.0, "")


class _Job:
    """One run of one linter.

    Args:
        python: the project's own.
    """

    def __init__(self, project: Project, python: Interpreter, name: str, linter: Linter) -> None:
        self._project = project
        self._python = python
        self._name = name
        self._linter = linter
        self._version = python.packages.get(name, "")
        # A command says itself what it looks at.
        self._changed = None if project.changed is None or linter.command else _below(linter.paths, project.changed)

    def outcome(self) -> Outcome:
        """Run it and read what it says."""
        if self._changed is not None and not self._changed:
            return Outcome(self._name, None, (), 0.0, "")
        missing = self._missing()
        if missing is not None:
            return Outcome(self._name, None, (missing,), 0.0, "")
        targets = self._targets()
        with tempfile.TemporaryDirectory(prefix="quality-gate-", ignore_cleanup_errors=True) as scratch:
            return self._run(Path(scratch), targets)

    def _missing(self) -> Unheard | None:
        """Why it cannot be started, if so."""
        if self._linter.command:
            if self._program() is None:
                where = "in the project's environment or on PATH"
                return self._unheard(f"is not there: no {self._linter.command[0]!r} {where}", "install it")
            return None
        if not self._version:
            return self._unheard(f"is not installed in {self._python.shown}", self._install(self._name))
        oldest = ".".join(map(str, self._tool.oldest))
        numbers = tuple(int(part) for part in re.findall(r"\d+", self._version)[:2])
        if numbers and numbers < self._tool.oldest:
            wanted = self._install(repr(f"{self._name}>={oldest}"))
            return self._unheard(f"{self._version} is too old: its answer can be read from {oldest} on", wanted)
        return None

    def _install(self, package: str) -> str:
        return f"type: {self._python.install(package)}"

    @property
    def _tool(self) -> Tool:
        return next(tool for name, tool in TOOLS.items() if name == self._name)

    def _unheard(self, what: str, remedy: str, said: str = "") -> Unheard:
        return Unheard(tool=self._name, what=f"{self._name} {what}", remedy=remedy, said=said)

    # --- what it is asked

    def _targets(self) -> list[str]:
        project, linter = self._project, self._linter
        if linter.command:
            return []
        if self._names_changed:
            return [_as_argument(path) for path in self._changed or ()]
        if linter.paths:
            return list(linter.paths)
        if self._name == "mypy" and self._says_its_files():
            return []
        return ["."] if self._tool.takes_all else [_as_argument(path) for path in project.production]

    @property
    def _names_changed(self) -> bool:
        """Whether it is asked about each changed file by name."""
        changed = self._changed or ()
        return 0 < sum(len(os.fsencode(path)) for path in changed) < _LONGEST_COMMAND

    def _says_its_files(self) -> bool:
        """Whether mypy's own configuration names the files; the first file that has a section of its counts."""
        for name in _MYPY_FILES:
            text = text_of(self._project.root / name)
            section = re.search(r"^\[(?:tool\.)?mypy\]\s*$(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
            if section is not None:
                return _OWN_FILES.search(section[1]) is not None
        return False

    def _command(self, asked: Asked) -> list[str]:
        if self._linter.command:
            return [self._program() or "", *self._linter.command[1:], *self._linter.arguments]
        # From 3.11 on a variable keeps the working directory off the module path; before, only isolation does.
        isolated = [] if self._python.version >= (3, 11) else ["-I"]
        return [self._python.executable, *isolated, "-m", self._name, *self._tool.arguments(asked)]

    def _program(self) -> str | None:
        """The file of a command: in the project's environment, else on PATH and outside the project."""
        name = self._linter.command[0]
        if "/" in name:
            return os.path.join(self._project.root, name)
        beside = Path(self._python.executable).parent / name
        if os.access(beside, os.X_OK):
            return str(beside)
        found = program_outside(name, self._project.root, self._project.environment)
        return None if found is None else str(found)

    # --- what it says

    def _run(self, scratch: Path, targets: list[str]) -> Outcome:
        written = scratch / "answer"
        asked = Asked(
            targets, str(written), secrets.token_hex(16), text_of(self._project.root / "pyproject.toml"),
            self._linter.arguments,
        )  # fmt: skip
        ended = run_child(
            self._command(asked), self._project.root, self._environment(), scratch, self._linter.seconds,
            self._project.clock,
        )  # fmt: skip
        about = _about(targets, are_changed=self._names_changed)
        said, unheard = self._heard(ended, written, asked)
        return Outcome(self._name, said, tuple(unheard), ended.seconds, about)

    def _environment(self) -> dict[str, str]:
        project = self._project
        folders = project.environment.get("PATH", os.defpath).split(os.pathsep)
        path = [str(Path(self._python.executable).parent), *filter(os.path.isabs, folders)]
        return environment_of(project.environment, self._linter.environment, path)

    def _heard(self, ended: Ended, written: Path, asked: Asked) -> tuple[Said | None, list[Unheard]]:
        if ended.fault:
            return None, [self._unheard(ended.fault, self._after(ended.fault), ended.said)]
        try:
            answer = Answer(ended.status, ended.out, _content(written), ended.said, asked.token)
            found = self._read(answer)
        except Garbled as error:
            return None, [self._unheard(f"was not heard: {error}", self._again(), ended.said)]
        about = "is not whole:" if self._linter.command else "could not look at"
        unseen = [self._unheard(f"{about} {one}", self._again()) for one in found.unseen[:_MOST_UNSEEN]]
        if found.looked_at_nothing and self._project.changed is None:
            unseen.append(self._unheard("looked at no file", f'name them: paths = ["..."] {self._where()}'))
        return Said(self._name, found.results, title=f"{self._name} {self._version}".strip()), unseen

    def _read(self, answer: Answer) -> Heard:
        if not self._linter.command:
            return self._tool.read(answer)
        if answer.status < 0:
            raise Garbled(f"it was killed by signal {-answer.status}")
        runs = read_sarif(answer.out)
        results: list[Raw] = [raw for said in runs for raw in said.results]
        return Heard(results, [clause for said in runs for clause in said.unseen])

    def _after(self, fault: str) -> str:
        if "within" in fault:
            return f"raise `seconds` {self._where()}, or leave it to a later stage"
        return self._again()

    def _again(self) -> str:
        return f"see what it says by itself: {self._by_hand()}"

    def _by_hand(self) -> str:
        if self._linter.command:
            return " ".join(self._linter.command)
        return f"{self._python.executable} -m {self._name}"

    def _where(self) -> str:
        return f"under [tool.quality-gate.linters.{self._name}]"


def _as_argument(path: str) -> str:
    """A path that no program takes for an option, nor for a file of arguments."""
    return f"./{path}" if path.startswith(("-", "@")) else path


def _below(paths: Sequence[str], files: Sequence[str]) -> list[str]:
    """Those files that are, or lie below, one of some paths; all of them where there are no paths."""
    return [file for file in files if not paths or any(PurePosixPath(file).is_relative_to(path) for path in paths)]


def _about(targets: Sequence[str], *, are_changed: bool) -> str:
    """What a linter was asked about, for people; empty where its own configuration says it."""
    if are_changed:
        return f"on {len(targets):,} changed {'file' if len(targets) == 1 else 'files'}"
    return "" if list(targets) in ([], ["."]) else f"on {named(targets)}"


def _content(file: Path) -> bytes:
    """What a linter has written; nothing where it has written nothing."""
    if not os.path.lexists(file):
        return b""
    try:
        return whole_of(file, MOST_BYTES, "ask it less")
    except Unreadable as error:
        if "empty" in str(error):
            return b""
        raise Garbled(str(error)) from error
