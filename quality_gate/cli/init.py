"""`quality-gate init`: looks at the project, proposes a table and the commit hook, writes on yes.

The core is text: `propose` returns what each file would become, `render_diff` shows it, `write` does it.
Nothing is ever printed from a parsed document: what is there keeps every byte, and ours is appended.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec

from quality_gate import REPOSITORY, __version__
from quality_gate.cli._options import shared
from quality_gate.config import FILE, Config, load, parse
from quality_gate.errors import UsageError, UsageErrors
from quality_gate.model import PRACTICES, Mode
from quality_gate.neutral import neutral
from quality_gate_checkers.model import Role, role_of
from quality_gate_checkers.settings import MAXIMUM_BYTES, Settings, printable

HOOKS = ".pre-commit-config.yaml"

MODES = {
    Mode.OBSERVE: "report only; never changes the exit code",
    Mode.NEW_CODE: "what this change adds or touches must be kept",
    Mode.ENFORCE: "all of it must be kept, less the baseline",
}

_PASSED_BY = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages"})
"""Folders of tools, unless they are packages; walking node_modules alone takes longer than all the rest."""


class FileChange(msgspec.Struct, frozen=True):
    """What one file would become.

    Args:
        path: absolute.
        before: its text, line ends as they are; None where there is no file.
        after: its text afterwards.
    """

    path: Path
    before: str | None
    after: str


@click.command("init")
@click.option("--yes", is_flag=True, help="Write without asking.")
@shared
def command(yes: bool, config: Path | None, format: str, color: str, quiet: bool, verbose: bool) -> None:
    """Propose a configuration and the commit hook; write them on yes."""
    if format != "text":
        raise UsageError(f"--format {format}", "init prints a diff", "leave --format out")
    start = Path.cwd()
    known = load(start, config)
    root = _project(start, known)
    changes = propose(root, known)
    by_hand = hook_to_paste(root)
    if by_hand is not None:
        click.echo(by_hand, err=True)
    if not changes:
        click.echo("Nothing to change.", err=True)
        return
    for line in render_diff(changes, root).splitlines():
        click.echo(neutral(line))
    if not yes and not sys.stdin.isatty():
        click.echo("Nothing written. To write it, type: quality-gate init --yes", err=True)
        sys.exit(1)
    if not yes and not click.confirm("Write this?", err=True):
        click.echo("Nothing written.", err=True)
        sys.exit(1)
    write(changes)
    names = " and ".join(change.path.name for change in changes)
    click.echo(f"Wrote {names}. Next: pre-commit install · quality-gate report", err=True)


def propose(root: Path, config: Config | None) -> list[FileChange]:
    """What `init` would change; nothing that is there already.

    Args:
        root: the project's folder, absolute.
        config: as loaded for it; one that comes from a file needs no table. None: not loaded.

    Raises:
        UsageError: a file is a symbolic link, unreadable, or of a shape that nothing can be appended to.
        UsageErrors: there is a table, and it is wrong.
    """
    table = None if config is not None and config.file is not None else _table_change(root)
    hook = _hook(root)
    return [change for change in (table, hook) if isinstance(change, FileChange)]


def hook_to_paste(root: Path) -> str | None:
    """What to tell the user where the hook cannot be placed; None where it is there or `propose` places it.

    Args:
        root: the project's folder, absolute.

    Raises:
        UsageError: the file is a symbolic link or unreadable.
    """
    hook = _hook(root)
    return hook if isinstance(hook, str) else None


def render_diff(changes: Sequence[FileChange], root: Path) -> str:
    """The changes as a unified diff for people: control characters escaped, long lines cut, CRs left out.

    Args:
        root: what paths are shown relative to.
    """
    import difflib

    lines: list[str] = []
    for change in changes:
        name = Path(os.path.relpath(change.path, root)).as_posix()
        before = "/dev/null" if change.before is None else name
        lines += difflib.unified_diff(_lines(change.before or ""), _lines(change.after), before, name, lineterm="")
    return "".join(f"{printable(line.expandtabs(), 200)}\n" for line in lines)


def write(changes: Sequence[FileChange]) -> None:
    """Write each file aside and rename it into place.

    Raises:
        UsageError: a file is not as the proposal saw it any more, is a symbolic link, or cannot be written.
    """
    for change in changes:
        if _text(change.path) != change.before:
            problem = "has changed since the proposal was made"
            raise UsageError(str(change.path), problem, "type quality-gate init again")
    for change in changes:
        try:
            _replace(change)
        except OSError as error:
            problem = error.strerror or type(error).__name__
            raise UsageError(str(change.path), problem, "make the folder writable and type it again") from error


def _replace(change: FileChange) -> None:
    aside = change.path.with_name(f".{change.path.name}.{os.getpid()}.new")
    try:
        with aside.open("xb") as file:  # x: never through a link that lies in wait
            file.write(change.after.encode())
        if change.before is not None:
            aside.chmod(stat.S_IMODE(change.path.stat().st_mode))
        aside.replace(change.path)
    except FileExistsError:
        raise  # what lies there is not ours to remove
    except OSError:
        aside.unlink(missing_ok=True)
        raise


def _project(start: Path, config: Config) -> Path:
    """The folder whose pyproject.toml is meant: the configuration's, else the nearest that has one."""
    root = Path(config.root)
    if config.file is None:
        for folder in (start, *start.parents):
            if folder == root or (folder / FILE).exists():
                return folder
    return root


def _text(file: Path) -> str | None:
    """A file's text, line ends as they are, or None where there is none.

    Raises:
        UsageError: it is not a plain file, too large, unreadable, or not UTF-8.
    """
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            problem = "is a symbolic link or no plain file; it is neither read nor replaced"
            raise UsageError(str(file), problem, "put a plain file there, or write the lines by hand")
        with file.open("rb") as stream:
            content = stream.read(MAXIMUM_BYTES + 1)
        if len(content) > MAXIMUM_BYTES:
            raise UsageError(str(file), f"larger than {MAXIMUM_BYTES // 1024} KiB", "write the lines by hand")
        return content.decode("utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise UsageError(str(file), problem, "make the file readable") from error
    except UnicodeDecodeError as error:
        raise UsageError(str(file), "is not UTF-8", "save the file as UTF-8") from error


def _newline(text: str) -> str:
    """The line end in use, judged by the first."""
    end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def _lines(text: str) -> list[str]:
    """Without line ends. `str.splitlines` would also split at form feeds and at U+2028."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _appended(text: str, lines: Sequence[str]) -> str:
    newline = _newline(text)
    gap = newline if text and not text.endswith("\n") else ""
    return text + gap + "".join(line + newline for line in lines)


# The table


def _table_change(root: Path) -> FileChange | None:
    file = root / FILE
    before = _text(file)
    if before is not None and parse(before.encode(), FILE, file) is not None:
        return None
    gap = [""] if before else []
    after = _appended(before or "", [*gap, *_table(*_layout(root))])
    try:
        parse(after.encode(), FILE, file)
    except UsageErrors as error:  # e.g. `tool = {...}`, which nothing can be added to
        problem = f"the table cannot be appended: {error.errors[0].problem}"
        remedy = "put it into a file of its own and name that with --config"
        raise UsageError(FILE, problem, remedy) from error
    return FileChange(file, before, after)


def _table(source: Sequence[str], tests: Sequence[str]) -> list[str]:
    """The lines of the table, as a team starts with it.

    Args:
        source, tests: as `_layout` found them; what was not found is left to the defaults.
    """
    first, *others = PRACTICES
    return [
        "[tool.quality-gate]",
        _setting("source", source, "found by itself when left out"),
        _setting("tests", tests, "found by their usual names when left out"),
        '# base = "origin/main"  # when left out: origin/HEAD, else main, else master',
        "",
        "[tool.quality-gate.practices]",
        *(f"# {mode}: {meaning}" for mode, meaning in MODES.items()),
        f'{first} = "{Mode.NEW_CODE}"',
        "# Next, one at a time:",
        *(f'# {practice} = "{Mode.OBSERVE}"' for practice in others),
        "",
        "# What must not break, one table each:",
        "# [tool.quality-gate.critical-paths.payments]",
        '# why = "Money moves here: a wrong state is a refund and a lost customer."',
        '# entry = ["shop.api.checkout:create_order"]',
    ]


def _setting(key: str, folders: Sequence[str], otherwise: str) -> str:
    if folders:
        quoted = ", ".join(f'"{folder}"' for folder in folders)
        return f"{key} = [{quoted}]"
    return f'# {key} = ["..."]  # {otherwise}'


def _layout(root: Path) -> tuple[list[str], list[str]]:
    """Folders of production code and of tests below the root; empty where the defaults know better.

    Naming the tests' folders ends the search by usual names: they are named only if no test lies elsewhere.
    """
    source: set[str] = set()
    tests: set[str] = set()
    everywhere = True
    for path in _python_files(root):
        folder, slash, _ = path.partition("/")
        role = role_of(path, Settings())
        if role in (Role.SOURCE, Role.COMMAND_LINE):
            source.add(folder if slash else "*.py")
        elif role is Role.TESTS and slash and role_of(f"{folder}/module.py", Settings()) is Role.TESTS:
            tests.add(folder)
        elif role is Role.TESTS:
            everywhere = False
    return _if_plain(source), _if_plain(tests) if everywhere else []


def _if_plain(folders: set[str]) -> list[str]:
    """Sorted, or empty when a name would have to be quoted, in TOML or as a pattern."""
    plain = all(re.fullmatch(r"[\w.-]+|\*\.py", folder) for folder in folders)
    return sorted(folders) if plain else []


def _python_files(root: Path) -> Iterator[str]:
    """Paths of the project's Python files, from its root, with forward slashes; links are not followed."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not _is_passed_by(Path(folder, name)))
        relative = Path(folder).relative_to(root)
        yield from ((relative / name).as_posix() for name in files if name.endswith(".py"))


def _is_passed_by(folder: Path) -> bool:
    """Whether a folder is not the project's: hidden, a tool's, an environment or another repository."""
    if folder.name.startswith(".") or (folder / "pyvenv.cfg").exists() or (folder / ".git").exists():
        return True
    return folder.name in _PASSED_BY and not (folder / "__init__.py").exists()


# The hook


def _hook(root: Path) -> FileChange | str | None:
    """The change that adds the hook, or what to say where it cannot be added, or None where it is there."""
    top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
    file = top / HOOKS
    before = _text(file)
    if before is not None and _has_hook(before):
        return None
    if top != root:
        # pre-commit runs in the repository's top folder, for all projects in it.
        return _paste(f"The hook of a project below {top} is yours to place.", _hook_lines("  ", top, root))
    after = _with_hook("repos:\n" if before is None else before)
    if after is None:
        return _paste(f"{HOOKS} does not end with a plain list of repos.", _hook_lines("  ", top, root))
    return FileChange(file, before, after)


def _paste(reason: str, lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    return f"{reason} Paste these lines under `repos:` of {HOOKS}:\n\n{text}\n"


def _hook_lines(indent: str, top: Path, root: Path) -> list[str]:
    """The entry, for a project at the repository's top or, with paths, below it."""
    hook = "id: quality-gate"
    if top != root:
        below = root.relative_to(top).as_posix().replace("'", "''")
        hook += f", files: '^{re.escape(below)}/', args: [--config, '{below}/{FILE}']"
    return [
        f"{indent}- repo: {REPOSITORY}",
        f"{indent}  rev: v{__version__}",
        f"{indent}  hooks: [{{{hook}}}]",
    ]


def _has_hook(text: str) -> bool:
    """Whether any line that is no comment names our repository or a hook of ours."""
    repository = re.escape(REPOSITORY) + r"(?:\.git)?/?['\"]?\s*(?:#|$)"
    hook = r"\bid:\s*['\"]?quality-gate(?:-push)?['\"]?\s*(?:[,}#]|$)"
    ours = re.compile(f"{repository}|{hook}")
    return any(ours.search(line) for line in _lines(text) if not line.lstrip().startswith("#"))


def _with_hook(text: str) -> str | None:
    """The file with the hook at its end, or None where its shape is not plain: `repos:`, a list, the end.

    Whoever reads YAML by the line must not guess: a wrong guess breaks every commit of the team.
    """
    lines = _lines(text)
    key = next((index for index, line in enumerate(lines) if re.fullmatch(r"repos:\s*(?:#.*)?", line)), None)
    if key is None:
        return None
    indent: int | None = None
    for line in lines[key + 1 :]:
        content = line.lstrip(" ")
        if not content.strip() or content.startswith("#"):
            continue
        depth, is_item = len(line) - len(content), content.startswith("- ")
        if indent is None and is_item:
            indent = depth
        elif indent is None or depth < indent or (depth == indent and not is_item):
            return None
    folder = Path()
    return _appended(text, _hook_lines(" " * (2 if indent is None else indent), folder, folder))
