"""The part of `[tool.quality-gate]` that rules need; quality_gate.config builds on it.

flake8 and pylint users have no other configuration of ours, so this module finds and reads the table itself.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import tomli

from quality_gate_checkers.pins import Pin, pins_of

MAXIMUM_BYTES = 256 * 1024
"""A larger file is refused: TOML parsers have been made to hang with less (hostile-inputs.md, row 36)."""

PathPattern = Annotated[
    str,
    msgspec.Meta(
        title="a path pattern",
        description="A path from the project's root with forward slashes and without `..`; "
        "`*` stands for anything within a segment, `**` for any number of segments.",
        pattern=r"^(?!/|[A-Za-z]:|[\s\S]*\\|(?:[\s\S]*/)?\.\.(?:/|$))(?=\s*\S)",
        examples=["shop/payments/**"],
    ),
]
"""As `patterns.path_matches` takes it. An absolute path or `..` would match nothing and so look clean."""

NamePattern = Annotated[
    str,
    msgspec.Meta(
        title="a name pattern",
        description="A dotted name, `pkg.module:Class.method` or all dots; "
        "`*` stands for one part, `**` for any number of parts.",
        pattern=r"^(?![\s\S]*\s)[^.:/\\]+(?:\.[^.:/\\]+)*(?::[^.:/\\]+(?:\.[^.:/\\]+)*)?$",
        examples=["shop.bank.Gateway.*"],
    ),
]
"""As `patterns.name_matches` takes it."""


Argument = Annotated[
    str,
    msgspec.Meta(
        title="the name of an argument",
        description="A Python name.",
        pattern=r"^[^\W\d]\w*$",
        examples=["timeout"],
    ),
]


class Dependency(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A fallible dependency of the team's own: `[tool.quality-gate.dependencies.NAME]`.

    Args:
        calls: patterns of the dotted names of its calls, e.g. `shop.bank.Gateway.*`.
        rejects: exceptions that say no: a declined card, a 4xx answer.
        unavailable: exceptions that say nothing: a timeout, a lost connection.
        effect: what its calls do: `read`, `write`, or it `depends` on the call.
        idempotent: patterns of the calls that may be made twice: the second time changes nothing more.
        deadline: the argument that limits how long a call waits; a call without it waits for ever. Left out where
            the calls end by themselves.
    """

    calls: tuple[NamePattern, ...] = ()
    rejects: tuple[NamePattern, ...] = ()
    unavailable: tuple[NamePattern, ...] = ()
    effect: Literal["read", "write", "depends"] = "depends"
    idempotent: tuple[NamePattern, ...] = ()
    deadline: Argument | msgspec.UnsetType = msgspec.UNSET


class Roles(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Which files play which part, as path patterns: `[tool.quality-gate.roles]`.

    A file's first match in this order decides; tests come from `tests`. Rules about production code are
    silent in the others, and vendored files are not judged at all.

    Args:
        vendored: other people's code kept in the tree; not judged.
        migrations: database migrations.
        scripts: what people run by hand: tools, examples, benchmarks, build files.
        command_lines: the program's command lines, where printing and exiting are in order.
    """

    vendored: tuple[PathPattern, ...] = (
        "**/vendor/**",
        "**/_vendor/**",
        "**/vendored/**",
        "**/third_party/**",
        "**/site-packages/**",
        "**/node_modules/**",
    )
    migrations: tuple[PathPattern, ...] = ("**/migrations/**", "**/alembic/**")
    scripts: tuple[PathPattern, ...] = (
        "**/scripts/**",
        "**/benchmarks/**",
        "**/examples/**",
        "**/docs/**",
        "bin/**",
        "tools/**",
        "**/setup.py",
        "noxfile.py",
        "tasks.py",
        "fabfile.py",
    )
    command_lines: tuple[PathPattern, ...] = (
        "**/cli/**",
        "**/commands/**",
        "**/__main__.py",
        "**/cli.py",
        "**/manage.py",
    )


DEFAULT_TESTS = (
    "**/tests/**",
    "**/test/**",
    "**/testing/**",
    "**/unit_tests/**",
    "**/*_tests/**",
    "**/test_*.py",
    "**/*_test.py",
    "**/tests.py",
    "**/conftest.py",
    "**/pytest_plugin.py",
)
"""Where tests are when `tests` does not say."""


class Keys(msgspec.Struct, frozen=True, rename="kebab"):
    """The keys of `[tool.quality-gate]` that rules need.

    Args:
        source: folders or patterns of production code; empty: all that is not something else.
        tests: folders or patterns of tests; empty: found by their usual names.
        roles: which files play which part.
        dependencies: fallible dependencies of the team's own, by name.
        oracles: what checks on a test's behalf and does not look like it: functions and classes by dotted name,
            fixtures by their name.
    """

    source: tuple[PathPattern, ...] = ()
    tests: tuple[PathPattern, ...] = ()
    roles: Roles = Roles()
    dependencies: dict[str, Dependency] = {}
    oracles: tuple[NamePattern, ...] = ()


class Settings(Keys, frozen=True, kw_only=True):
    """What rules know of the project.

    Args:
        pins: the newest version of a package that the project lets in, as its own files say; unknown ones are left out.
    """

    pins: dict[str, Pin] = {}


def printable(text: str, most: int) -> str:
    """A text of the project's as a message may hold it: cut, and its control characters escaped.

    Args:
        most: characters kept before escaping.
    """
    kept = text if len(text) <= most else f"{text[: most - 1]}…"
    if kept.isprintable():
        return kept
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in kept)


class UnreadableSettings(Exception):
    """pyproject.toml is there and cannot be used.

    Args:
        path: the file.
        problem: why; parsers quote keys of any length here, which is why it is cut.
    """

    def __init__(self, path: Path, problem: str) -> None:
        problem = printable(problem, 200)
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


def parse_toml(path: Path, content: bytes) -> dict[str, object]:
    """Read TOML with the limits that untrusted files need.

    Raises:
        UnreadableSettings: too large, not UTF-8, not TOML, or nested too deep.
    """
    if len(content) > MAXIMUM_BYTES:
        raise UnreadableSettings(path, f"larger than {MAXIMUM_BYTES // 1024} KiB")
    try:
        return tomli.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise UnreadableSettings(path, str(error) or type(error).__name__) from error


def read_toml(path: Path) -> dict[str, object] | None:
    """Read a TOML file within the limits of `parse_toml`, or None where there is no such file.

    Raises:
        UnreadableSettings: it is there and cannot be read or parsed.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe of this name would be waited on for ever
            return None
        with path.open("rb") as file:
            content = file.read(MAXIMUM_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UnreadableSettings(path, error.strerror or type(error).__name__) from error
    return parse_toml(path, content)


def our_table(document: dict[str, object]) -> dict[str, object] | None:
    """`[tool.quality-gate]` of a parsed pyproject.toml, or None where there is none."""
    tool = document.get("tool")
    table = tool.get("quality-gate") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else None


def find_settings(start: Path) -> tuple[Path, Settings]:
    """The project's root and settings, for hosts that only know a file.

    Args:
        start: an absolute folder; the nearest `[tool.quality-gate]` upwards decides, else the nearest `.git`,
            else the folder.

    Raises:
        UnreadableSettings: a pyproject.toml on the way cannot be read, or its table has a wrong value in
            a key that rules need.
    """
    first: dict[str, object] | None = None
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        document = read_toml(file)
        first = document if folder == start else first
        table = our_table(document) if document is not None else None
        if table is not None:
            return folder, pinned(_convert(file, table), folder, document)
        if (folder / ".git").exists():
            return folder, pinned(Settings(), folder, document)
    return start, pinned(Settings(), start, first)


def pinned(settings: Settings, root: Path, pyproject: dict[str, object] | None) -> Settings:
    """The same settings with the versions that the project pins.

    Args:
        root: the project's folder.
        pyproject: its pyproject.toml as parsed, None where there is none.
    """
    return msgspec.structs.replace(settings, pins=pins_of(root, pyproject))


def _convert(file: Path, table: dict[str, object]) -> Settings:
    wanted = {key: table[key] for key in ("source", "tests", "roles", "dependencies", "oracles") if key in table}
    try:
        return msgspec.convert(wanted, Settings)
    except msgspec.ValidationError as error:
        raise UnreadableSettings(file, f"[tool.quality-gate] {error}") from error
