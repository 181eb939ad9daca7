"""The project's own interpreter: the one that has the project's dependencies, in which its tests run.

Whoever wrote the pull request must not choose it: an environment that git tracks is refused, and programs are looked
up outside the project (hostile-inputs.md, row 14).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from quality_gate.errors import UsageError
from quality_gate.evidence.git.command import Git, GitError

OLDEST = (3, 11)
OLDEST_PACKAGES = {"pytest": (7, 4), "coverage": (7, 2)}
"""The recorder is tested with these."""

_TIMEOUT = 60.0
"""Seconds that an interpreter, or poetry or hatch, may take to answer."""

_PROBE = """
import json, os, sys, sysconfig
def files(folder):
    try: return os.listdir(folder or ".")
    except OSError: return []
def known(name):
    wanted = name.lower().replace("-", "_").replace(".", "_")
    for folder in sys.path:
        for file in files(folder):
            if file.endswith(".dist-info"):
                found, _, version = file[:-10].rpartition("-")
                whole = os.path.isfile(os.path.join(folder or ".", file, "METADATA"))
                if found.lower().replace("-", "_").replace(".", "_") == wanted and version and whole: return version
def v(name):
    version = known(name)
    if version: return version
    import importlib.metadata as m, importlib.util as u
    try: return m.version(name)
    except Exception: return "" if u.find_spec(name) is None else "?"
print(json.dumps({"executable": sys.executable, "version": list(sys.version_info[:3]),
    "implementation": sys.implementation.name, "abi": sysconfig.get_config_var("SOABI") or "",
    "pytest": v("pytest"), "coverage": v("coverage"), "pip": v("pip"), "packages": {n: v(n) for n in sys.argv[1:]}}))
"""
"""Versions stand in the names of folders; what reads them in every other way takes longer to import than Python to
start."""


class Interpreter(msgspec.Struct, frozen=True, kw_only=True):
    """A Python, and what it has.

    Args:
        executable: absolute, as it is started; a link in an environment is not followed, for it leads out of it.
        why: how it was found, a clause.
        version: three numbers. implementation: `cpython`. abi: what compiled modules must have been made for.
        pytest, coverage, pip: their versions, "" where it has none.
        packages: the same of others that were asked for, by name.
    """

    executable: str
    version: tuple[int, int, int]
    implementation: str
    abi: str
    pytest: str
    coverage: str
    pip: str
    packages: dict[str, str] = {}
    why: str = ""

    @property
    def shown(self) -> str:
        """For people."""
        return f"{self.executable} (Python {'.'.join(map(str, self.version))}): {self.why}"

    def install(self, *packages: str) -> str:
        """What to type to install packages there."""
        pip = f"{self.executable} -m pip install" if self.pip else f"uv pip install --python {self.executable}"
        return f"{pip} {' '.join(packages)}"


class _Candidate(msgspec.Struct, frozen=True):
    """An interpreter's file, not looked at yet.

    Args:
        asked_for: the configuration names it.
        active: variables name it, which a hook sets to an environment of its own.
        ours: nothing tells that it is the project's.
    """

    place: Path
    why: str
    asked_for: bool = False
    active: bool = False
    ours: bool = False


def find(root: Path, configured: str | None, environment: Mapping[str, str], git: Git | None) -> Interpreter:
    """The interpreter that the project's tests run in: the first that there is and that has pytest.

    Args:
        root: the project's folder, absolute.
        configured: `python = ...` of the configuration; then no other is looked for.
        environment: the caller's variables.
        git: knows what is tracked.

    Raises:
        UsageError: there is none that can run the tests; says what to type.
    """
    seen: list[tuple[bool, Interpreter]] = []
    for candidate in _candidates(root, configured, environment):
        _refuse_tracked(candidate, git)
        found = _probe(candidate, environment)
        if found is None:
            if candidate.asked_for:
                raise UsageError(_where(candidate), "it is not a Python that starts", "name the environment's folder")
            continue
        if found.pytest:
            return _new_enough(found)
        seen.append((candidate.ours or _is_beside_us(candidate), found))
        if candidate.asked_for:
            break
    if not seen:
        remedy = 'make the project\'s environment in .venv, or name one: python = "..." in [tool.quality-gate]'
        raise UsageError("the project's Python", "none was found", remedy)
    _, nearest = min(seen, key=lambda one: one[0])  # an environment that was made for the gate is not to be changed
    first = _new_enough(nearest)
    remedy = f"type: {first.install('pytest', 'coverage')}"
    if not configured:
        remedy += ', or name another one: python = "..." in [tool.quality-gate]'
    raise UsageError(first.shown, "it has no pytest", remedy)


def own_interpreter(
    root: Path, configured: str | None, environment: Mapping[str, str], git: Git | None, packages: Sequence[str]
) -> Interpreter:
    """The interpreter that has the project's dependencies: the first one that has some packages too, else the first.

    pylint and mypy look into what a project imports, so an environment that was made for the gate alone does not do,
    though it has pylint: a hook's, or one without pytest that nobody has named. That one is the last resort.

    Args:
        packages: their versions are told too. root, configured, environment, git: as of `find`.

    Raises:
        UsageError: there is none.
    """
    first: Interpreter | None = None
    gates: Interpreter | None = None
    for candidate in _candidates(root, configured, environment):
        if _is_of_a_hook(candidate, environment) or (candidate.ours and first is not None):
            continue
        _refuse_tracked(candidate, git)
        found = _probe(candidate, environment, packages)
        if found is None and candidate.asked_for:
            raise UsageError(_where(candidate), "it is not a Python that starts", "name the environment's folder")
        if found is not None and candidate.ours and _is_beside_us(candidate) and not found.pytest:
            gates = gates or found
            continue
        if found is not None and all(found.packages.values()):
            return found
        first = first or found
    first = first or gates
    if first is None:
        remedy = 'make the project\'s environment in .venv, or name one: python = "..." in [tool.quality-gate]'
        raise UsageError("the project's Python", "none was found", remedy)
    return first


def _is_of_a_hook(candidate: _Candidate, environment: Mapping[str, str]) -> bool:
    """Whether it is the environment that pre-commit or prek has made for us and for nothing else."""
    if not environment.get("PRE_COMMIT") or not (candidate.active or candidate.ours):
        return False
    return _is_beside_us(candidate)


def _is_beside_us(candidate: _Candidate) -> bool:
    """Whether the gate runs in that environment."""
    return os.path.realpath(candidate.place.parent.parent) == os.path.realpath(sys.prefix)


def _new_enough(found: Interpreter) -> Interpreter:
    if found.version[:2] < OLDEST:
        needed = ".".join(map(str, OLDEST))
        raise UsageError(found.shown, f"recording needs Python {needed} or later", "run the tests with a later Python")
    for name, version in (("pytest", found.pytest), ("coverage", found.coverage)):
        numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
        if numbers and numbers < OLDEST_PACKAGES[name]:
            needed = f"{name}>={'.'.join(map(str, OLDEST_PACKAGES[name]))}"
            raise UsageError(found.shown, f"{name} {version} is too old", f"type: {found.install(repr(needed))}")
    return found


def _where(candidate: _Candidate) -> str:
    return f"{candidate.place}: {candidate.why}"


def _candidates(root: Path, configured: str | None, environment: Mapping[str, str]) -> Iterator[_Candidate]:
    if configured is not None:
        place = Path(os.path.normpath(root / configured))
        why = "`python` in the configuration"
        yield _Candidate(_python_of(place) if place.is_dir() else place, why, asked_for=True)
        return
    active = environment.get("VIRTUAL_ENV")
    if active:
        yield _Candidate(_python_of(Path(active)), "the active environment (VIRTUAL_ENV)", active=True)
    yield from _below(root, environment)
    yield from _of_tools(root, environment)
    conda = environment.get("CONDA_PREFIX")
    if conda:
        yield _Candidate(_python_of(Path(conda)), "the active conda environment (CONDA_PREFIX)")
    yield _Candidate(Path(sys.executable), "the Python that quality-gate runs in", ours=True)
    for name in ("python3", "python"):
        found = program_outside(name, root, environment)
        if found is not None:
            yield _Candidate(found, f"`{name}` on PATH", ours=True)


def _below(root: Path, environment: Mapping[str, str]) -> Iterator[_Candidate]:
    """Environments in the project's folder, or in one above it up to the repository's top: workspaces share one."""
    uv = environment.get("UV_PROJECT_ENVIRONMENT")
    for folder in (root, *root.parents):
        for name in filter(None, (uv, ".venv", "venv")):
            place = folder / name
            if (place / "pyvenv.cfg").is_file():
                yield _Candidate(_python_of(place), f"the environment in {os.path.relpath(place, root)}")
        if (folder / ".git").exists():
            return


def _of_tools(root: Path, environment: Mapping[str, str]) -> Iterator[_Candidate]:
    """Environments that poetry and hatch keep elsewhere; asked only where the project is theirs."""
    text = text_of(root / "pyproject.toml")
    poetry = (root / "poetry.lock").exists() or "[tool.poetry" in text
    hatch = (root / "hatch.toml").exists() or "[tool.hatch.envs" in text
    for wanted, name, *questions in (
        (poetry, "poetry", ("env", "info", "--path")),
        (hatch, "hatch", ("env", "find"), ("env", "find", "hatch-test")),
    ):
        program = program_outside(name, root, environment) if wanted else None
        for question in questions if program is not None else ():
            for line in _ask([str(program), *question], root, environment).splitlines():
                place = Path(line.strip())
                if place.is_absolute() and place.is_dir():
                    yield _Candidate(_python_of(place), f"the environment that {name} made")


def _python_of(folder: Path) -> Path:
    """Where an environment keeps its interpreter; conda on Windows keeps it on top."""
    if os.name == "nt":
        inside = folder / "Scripts" / "python.exe"
        return inside if inside.exists() else folder / "python.exe"
    return folder / "bin" / "python"


def text_of(file: Path) -> str:
    """The text of a file of configuration, its first 256 KiB; empty where it cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.read(256 * 1024).decode("utf-8", "replace")
    except OSError:
        return ""


def program_outside(name: str, root: Path, environment: Mapping[str, str]) -> Path | None:
    """A program on PATH that does not lie in the project."""
    entries = environment.get("PATH", os.defpath).split(os.pathsep)
    absolute = os.pathsep.join(entry for entry in entries if os.path.isabs(entry))
    found = shutil.which(name, path=absolute)
    if found is None or Path(os.path.realpath(found)).is_relative_to(os.path.realpath(root)):
        return None
    return Path(found)


def _refuse_tracked(candidate: _Candidate, git: Git | None) -> None:
    """An environment in the tree that git tracks came with the commit, and so did what would be run."""
    if git is None:
        return
    environment = candidate.place.parent.parent
    looked_at = [candidate.place, candidate.place.parent]
    looked_at += [environment] if (environment / "pyvenv.cfg").exists() else []
    places = [Path(os.path.realpath(place.parent)) / place.name for place in looked_at]
    inside = [place.relative_to(git.top).as_posix() for place in places if git.top in place.parents]
    if not inside:
        return
    try:
        tracked = os.fsdecode(git.run("ls-files", "-z", "--", *inside, index=True)).split("\0")
    except GitError as error:
        raise UsageError(_where(candidate), f"git cannot say whether it is tracked: {error}", "mend it") from error
    for place in inside:
        if any(name == place or name.startswith(f"{place}/") for name in tracked):
            raise UsageError(
                _where(candidate),
                "it is tracked by git, so whoever wrote the commit chose what would be run",
                f"type: git rm -r --cached {place}, and make the environment anew",
            )


def _probe(candidate: _Candidate, environment: Mapping[str, str], packages: Sequence[str] = ()) -> Interpreter | None:
    if not os.access(candidate.place, os.X_OK) or candidate.place.is_dir():
        return None
    answer = _ask([str(candidate.place), "-c", _PROBE, *packages], Path(os.path.abspath(os.sep)), environment)
    try:
        found = msgspec.json.decode(answer.strip().rpartition("\n")[2], type=Interpreter)
    except (msgspec.DecodeError, ValueError):
        return None
    return msgspec.structs.replace(found, executable=str(candidate.place), why=candidate.why)


def _ask(command: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
