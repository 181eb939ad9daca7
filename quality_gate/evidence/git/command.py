"""The one way to call git: hardened, because a repository may come from whoever wrote the pull request.

Nothing of the caller's `GIT_*` environment and of the user's configuration gets through, and what stands in
`.git/config` cannot start a program (hostile-inputs.md, 3.4 and rows 10 to 12, 46, 47). Nothing is written,
and nothing is fetched.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from quality_gate.evidence.git.git_calls import Begun, Question

TIMEOUT = 60.0
"""Seconds that one call may take."""

_TAIL = 400
"""Bytes of what git says on stderr that an error keeps."""

_MOST_MERGED = 10_000
"""Bytes of what names the sides of a merge: some hundred of them."""

_NOT_STARTED = 127
_TIMED_OUT = 124
"""The codes that a shell and timeout(1) would give."""

_CONFIGURATION = (
    ("safe.bareRepository", "explicit"),
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.attributesFile", os.devnull),
    ("core.quotePath", "false"),
    # Without this `git diff` takes the index's lock and rewrites it, in spite of GIT_OPTIONAL_LOCKS.
    ("diff.autoRefreshIndex", "false"),
    ("diff.external", ""),
    ("diff.orderFile", os.devnull),
    ("log.showSignature", "false"),
    # Else the commits at which a shallow clone ends look like any other (ages.py).
    ("blame.showRoot", "false"),
)

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    # Older versions of git do not know the one above; without any protocol no partial clone can fetch either.
    "GIT_ALLOW_PROTOCOL": "none",
    "LC_ALL": "C",
}


_READ_NO_CONTENT = frozenset({"cat-file", "for-each-ref", "ls-files", "merge-base", "rev-parse"})
"""Commands that, as we call them, open no file of the work tree but `.gitignore`, and hence run no filter."""

_TOP = ("rev-parse", "--show-toplevel")
_FILTERS = ("config", "-z", "--name-only", "--get-regexp", r"^filter\.")

HEAD, MERGED = "HEAD", "MERGE_HEAD"

COMMITS = ("cat-file", "--batch-check")
"""Tells of each commit that it is told the name of, see `commits_told`."""

LISTED = ("ls-files", "-z", "-t", "--stage", "--cached", "--others", "--exclude-standard")
"""All files that git tracks or does not ignore."""

# The repository's and the user's `diff.*` settings are overruled one by one: they may change what is printed.
DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty")
NAMES = (*DIFF, "--no-renames", "--name-status", "-z")
STAGED = (*NAMES, "--cached", "--")

CUT_OFF = "the clone's history is cut off: check out with `fetch-depth: 0`"
"""What to tell people of a shallow clone."""


class GitError(Exception):
    """Git could not answer.

    Args:
        command: git's own command, e.g. `merge-base`.
        code: its exit code; 124 when it took too long, 127 when it could not be started.
        stderr_tail: the end of what it said.
    """

    def __init__(self, command: str, code: int, stderr_tail: str) -> None:
        super().__init__(f"git {command} ended with {code}: {stderr_tail}")
        self.command = command
        self.code = code
        self.stderr_tail = stderr_tail


class Git:
    """Git in one work tree.

    Args:
        top: the work tree's top folder; an absolute path without symbolic links.
        environment: the caller's variables, as values.
        cwd: the caller's working directory, against which a relative `GIT_INDEX_FILE` counts; default: `top`.
        begun: calls that are under way.

    Raises:
        GitError: no git on PATH, apart from what lies in the project itself.
    """

    def __init__(
        self, top: Path, environment: Mapping[str, str], cwd: Path | None = None, begun: Begun | None = None
    ) -> None:
        executable = _find_executable(environment.get("PATH", ""), top)
        if executable is None:
            raise GitError("--version", _NOT_STARTED, "there is no git on PATH")
        self.top = top
        self._command = (executable, "--no-pager", "-C", str(top))
        kept = {name: value for name, value in environment.items() if not name.upper().startswith("GIT_")}
        self._variables = kept | _ENVIRONMENT
        self._index = _index_file(environment.get("GIT_INDEX_FILE", ""), cwd or top, top)
        self._begun = begun or Begun()
        self._filters: tuple[tuple[str, str], ...] | None = None
        self._asking_filters = threading.Lock()

    def run(self, *args: str, index: bool = False, told: bytes | None = None, patterns: bool = False) -> bytes:
        """What git prints.

        Args:
            args: a command and its arguments; file names may hold surrogate escapes.
            index: the answer depends on the index, so the one that a running `git commit` has made is read.
            told: what it reads on its standard input.
            patterns: paths among the arguments are patterns: only such as are written in our code.

        Raises:
            GitError: it failed, could not be started, or took longer than `TIMEOUT`.
        """
        filters = () if _reads_no_content(args) else self._filters_off()
        return self._call(args, filters, index, told, patterns)

    def begin(self, *args: str, index: bool = False, told: bytes | None = None) -> None:
        """Let git begin with what somebody is going to ask `run`, in the same words.

        Args:
            args, index, told: as of `run`; `told` is short.
        """
        filters = () if _reads_no_content(args) else self._filters_off()
        self._begun.begin(self._question(args, filters, index, told))

    def begin_with_itself(self) -> None:
        """Let git begin with what is asked of every work tree: where it is, and which filters it has."""
        for args in (_TOP, _FILTERS):
            self._begun.begin(self._question(args, ()))

    def is_the_top(self) -> bool:
        """Whether git agrees on the top of the work tree; not so in a bare or a broken repository."""
        try:
            answer = self._call(_TOP, (), index=False)
            return self.top.samefile(os.fsdecode(answer.removesuffix(b"\n")))
        except (GitError, OSError):
            return False

    def is_shallow(self) -> bool:
        """Whether the clone's history is cut off.

        Raises:
            GitError: see `run`.
        """
        return self.run("rev-parse", "--is-shallow-repository") == b"true\n"

    def commit(self, name: str) -> str | None:
        """The hash of the commit that a name stands for, or None where it stands for none.

        Args:
            name: a branch, tag, hash or expression, from anybody; a dash in front does not make it an option.

        Raises:
            GitError: see `run`.
        """
        if "\0" in name:  # no argument of a process can hold it
            return None
        try:
            answer = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}")
        except GitError as error:
            # 1 is the quiet no; 128 is a name that cannot even be read as one, e.g. `a..b` or a wrong date.
            if error.code in (1, 128):
                return None
            raise
        found = answer.decode("ascii").strip()
        return found if found.isalnum() else None  # `^main` is answered with a `^` before the hash

    def commits(self, names: Sequence[str]) -> dict[str, str | None]:
        """What `commit` says of several names, by one call.

        Args:
            names: written in our code: white space in one would be taken for another question.

        Raises:
            GitError: see `run`.
        """
        answer = self.run(*COMMITS, told=commits_told(names))
        words = (line.split() for line in answer.decode("ascii", "replace").splitlines())
        found = [said[0] if said[1:2] == ["commit"] else None for said in words]
        return dict(zip(names, found, strict=True))

    def merging(self) -> list[str]:
        """Hashes of the commits that are being merged into HEAD; none outside a merge, and none that cannot be read.

        Raises:
            GitError: see `run`.
        """
        if self.commit("MERGE_HEAD") is None:
            return []
        place = os.fsdecode(self.run("rev-parse", "--git-path", "MERGE_HEAD").removesuffix(b"\n"))
        try:
            with open(self.top / place, "rb") as file:  # the name alone stands for the first of several
                names = file.read(_MOST_MERGED).decode("ascii", "replace").split()
        except OSError:
            return []
        return [found for name in names if name.isalnum() and (found := self.commit(name)) is not None]

    def _filters_off(self) -> tuple[tuple[str, str], ...]:
        """Configuration that empties every filter: git runs them when it reads files of the work tree."""
        with self._asking_filters:  # one thread may be comparing while another lists
            if self._filters is None:
                self._filters = self._ask_for_filters()
            return self._filters

    def _ask_for_filters(self) -> tuple[tuple[str, str], ...]:
        try:
            answer = self._call(_FILTERS, (), index=False)
        except GitError as error:
            if error.code == 1:  # no key matches
                return ()
            raise
        names = sorted({os.fsdecode(key).rpartition(".")[0] for key in answer.split(b"\0") if key})
        values = (("clean", ""), ("smudge", ""), ("process", ""), ("required", "false"))
        return tuple((f"{name}.{key}", value) for name in names for key, value in values)

    def _call(
        self,
        args: tuple[str, ...],
        more: tuple[tuple[str, str], ...],
        index: bool,
        told: bytes | None = None,
        patterns: bool = False,
    ) -> bytes:
        try:
            done = self._begun.answer(self._question(args, more, index, told, patterns), TIMEOUT)
        except subprocess.TimeoutExpired as error:
            raise GitError(args[0], _TIMED_OUT, f"no answer within {TIMEOUT:.0f} s") from error
        except OSError as error:
            raise GitError(args[0], _NOT_STARTED, str(error)) from error
        if done.returncode:
            tail = done.stderr[-_TAIL:].decode("utf-8", "replace").strip()
            raise GitError(args[0], done.returncode, tail)
        return done.stdout

    def _question(
        self,
        args: tuple[str, ...],
        more: tuple[tuple[str, str], ...],
        index: bool = False,
        told: bytes | None = None,
        patterns: bool = False,
    ) -> Question:
        configuration = (("safe.directory", str(self.top)), *_CONFIGURATION, *more)
        variables = self._variables | _as_variables(configuration)
        if index and self._index is not None:
            variables["GIT_INDEX_FILE"] = self._index
        if patterns:
            del variables["GIT_LITERAL_PATHSPECS"]
        return (*self._command, *args), frozenset(variables.items()), told


def find_top(start: Path, environment: Mapping[str, str], begun: Begun | None = None) -> Git | None:
    """Git in the work tree that a folder lies in; None without git, and where there is no work tree.

    The folders are looked through here and not by git, which would open an embedded bare repository (row 10),
    and which must know the top folder before it opens a repository of another user's (row 46).

    Args:
        start: the caller's working directory, or a folder of the project.
        environment: the caller's variables, as values.
        begun: calls that are under way.
    """
    return next((git for git in likely_tops(start, environment, begun) if git.is_the_top()), None)


def likely_tops(start: Path, environment: Mapping[str, str], begun: Begun | None = None) -> Iterator[Git]:
    """Git in each folder on the way up that looks like the top of a work tree; git has not been asked yet."""
    folder = Path(os.path.realpath(start))
    for top in (folder, *folder.parents):
        if os.path.lexists(top / ".git"):
            try:
                yield Git(top, environment, folder, begun)
            except GitError:
                return


def commits_told(names: Sequence[str]) -> bytes:
    """What git is told of commits that it is asked for."""
    return os.fsencode("".join(f"{name}^{{commit}}\n" for name in names))


def _reads_no_content(args: tuple[str, ...]) -> bool:
    """Whether git opens no file that a filter might apply to: what is staged it knows without."""
    return args[0] in _READ_NO_CONTENT or args[-2:] == ("--cached", "--")


def _find_executable(search: str, top: Path) -> str | None:
    """The first git on a search path that is neither the project's nor depends on the working directory.

    Not shutil.which: on Windows that looks into the working directory first, and its import costs 5 ms.
    """
    name = "git.exe" if os.name == "nt" else "git"
    for entry in filter(None, search.split(os.pathsep)):
        candidate = f"{entry}{os.sep}{name}"
        if os.access(candidate, os.X_OK) and _is_outside(Path(candidate), top):
            return candidate
    return None


def _is_outside(program: Path, top: Path) -> bool:
    """Whether a file with an absolute path has nothing to do with the project, not even through links."""
    if not program.is_absolute() or not program.is_file():
        return False
    places = (Path(os.path.realpath(place)) for place in (program.parent, program))
    return not any(place.is_relative_to(top) for place in places)


def _index_file(value: str, cwd: Path, top: Path) -> str | None:
    """The absolute path of the index that a hook's environment names, or None.

    One that is not there is not taken: git would read it as an empty one, and every file would seem deleted.
    """
    if not value:
        return None
    places = (folder / value for folder in (cwd, top))
    return next((str(place) for place in places if place.is_file()), None)


def _as_variables(configuration: tuple[tuple[str, str], ...]) -> dict[str, str]:
    variables = {"GIT_CONFIG_COUNT": str(len(configuration))}
    for number, (key, value) in enumerate(configuration):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables
