"""`[tool.quality-gate]`: found, read, typed; every error at once, each with the nearest right spelling.

The structs below are the only list of keys there is: reading, error messages (config_errors), the JSON schema
(config_schema) and the tests of the documentation are derived from their fields.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, NoReturn, get_args

import msgspec

from quality_gate.config_linters import File, Linter, LinterName
from quality_gate.errors import UsageError, UsageErrors
from quality_gate.model import PRACTICES, Mode, PracticeName
from quality_gate_checkers.settings import (
    Keys,
    NamePattern,
    PathPattern,
    Settings,
    UnreadableSettings,
    parse_toml,
    pinned,
    printable,
    read_toml,
)

FILE = "pyproject.toml"

TABLE = ("tool", "quality-gate")

Percentage = Annotated[
    int,
    msgspec.Meta(
        title="a percentage",
        description="A whole number from 0 to 100.",
        ge=0,
        le=100,
        examples=[80],
    ),
]

EntryPoint = Annotated[
    str,
    msgspec.Meta(
        title="the dotted name of a function or class",
        description="A dotted name with at least two parts, `pkg.module:function` or all dots; `*` is one part.",
        pattern=r"^(?![\s\S]*\s)(?=[^.:]+[.:])[^.:/\\]+(?:\.[^.:/\\]+)*(?::[^.:/\\]+(?:\.[^.:/\\]+)*)?$",
        examples=["shop.api.checkout:create_order"],
    ),
]

Revision = Annotated[
    str,
    msgspec.Meta(
        title="a branch, tag or commit",
        description="The name of a branch, tag or commit, as git takes it; no white space, no dash in front.",
        pattern=r"^(?!-|[\s\S]*[\s\x00-\x1f\x7f])[\s\S]",
        examples=["origin/main"],
    ),
]
"""A leading dash would be an option of git's."""

Interpreter = Annotated[
    str,
    msgspec.Meta(
        title="a Python interpreter or its environment's folder",
        description="A path from the project's root, or an absolute one.",
        pattern=r"^(?![\s\S]*[\x00-\x1f\x7f])(?=[\s\S]*\S)",
        examples=[".venv"],
    ),
]

Name = Annotated[
    str,
    msgspec.Meta(
        title="a name",
        description="One word, no dash in front.",
        pattern=r"^(?!-|[\s\S]*[\s\x00-\x1f\x7f-\x9f])[\s\S]",
        examples=["payments"],
    ),
]
"""It is typed on the command line and stands in line-based files."""


class CriticalPath(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """A part of the code that the business depends on: `[tool.quality-gate.critical-paths.NAME]`.

    Args:
        why: what happens to the business when it fails; shown with every finding on the path.
        owner: who to ask, e.g. a team's handle.
        entry: functions or classes; each belongs to the path with everything it calls in the project.
        stop: names at which following the calls ends.
        include: files that belong to the path whole.
        line: demanded line coverage of the path's functions together, in percent.
        branch: demanded branch coverage of the path's functions together, in percent.
        failure: demanded share of failure paths that a test makes happen, in percent.
    """

    why: str = ""
    owner: str = ""
    entry: tuple[EntryPoint, ...] = ()
    stop: tuple[NamePattern, ...] = ()
    include: tuple[PathPattern, ...] = ()
    line: Percentage = 80
    branch: Percentage = 80
    failure: Percentage = 80

    def __post_init__(self) -> None:
        """Refuse a path that names no code: it would look guarded.

        Raises:
            ValueError: problem and remedy, separated by a colon.
        """
        if not (self.entry or self.include):
            raise ValueError("names no code: write `entry` or `include`")


class IntegrationTests(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """Which tests are integration tests: `[tool.quality-gate.integration-tests]`.

    Args:
        paths: where they lie.
        marks: names of pytest marks; a test that bears one of them is one, wherever it lies.
    """

    paths: tuple[PathPattern, ...] = (
        "**/integration/**",
        "**/integration_tests/**",
        "**/e2e/**",
        "**/end_to_end/**",
    )
    marks: tuple[Name, ...] = ("integration", "e2e", "end_to_end")


class Table(Keys, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Quality gate: failure handling, resilience and critical paths, judged on every commit.

    Args:
        base: the revision that new code is compared with; left out: origin/HEAD, else main, else master.
        python: the interpreter that the tests run in, or its environment's folder, from the project's root; left out:
            the active environment, else `.venv` or `venv`, else what poetry, hatch or conda made.
        practices: how far the team has come with each practice; left out, `static-analysis` judges new code
            and the others observe.
        counted_tests: whose coverage counts: `all` tests, or `unit` tests alone.
        integration_tests: which tests are no unit tests.
        critical_paths: what must not break, by name.
        linters: the team's own linters, by name; `--linters` and `quality-gate ci` run them.
        sarif: SARIF files that other tools have written before the gate runs.
    """

    base: Revision | msgspec.UnsetType = msgspec.UNSET
    python: Interpreter | msgspec.UnsetType = msgspec.UNSET
    counted_tests: Literal["all", "unit"] = "all"
    integration_tests: IntegrationTests = IntegrationTests()
    practices: dict[PracticeName, Mode] = msgspec.field(default_factory=dict)
    critical_paths: dict[Name, CriticalPath] = msgspec.field(default_factory=dict)
    linters: dict[Name, Linter] = msgspec.field(default_factory=dict)
    sarif: tuple[File, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a linter that nobody knows how to start: nothing would ever run it.

        Raises:
            ValueError: problem and remedy, separated by a colon.
        """
        known = get_args(LinterName)
        for name, linter in self.linters.items():
            if name not in known and not linter.command:
                raise ValueError(f"linters.{name} is not known here: write `command`, or one of {', '.join(known)}")


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What a run stands on.

    Args:
        root: the project's folder, absolute; all paths of the run are relative to it.
        file: where the table was found, absolute; None when everything is a default.
        settings: the part that rules need.
        base, python: as `Table` has them, None when left out.
        counted_tests, integration_tests: as `Table` has them.
        practices: the mode of every practice, in the order of `PRACTICES`.
        critical_paths: by name, in the order of the file.
        linters, sarif: as `Table` has them.
    """

    root: str
    file: str | None
    settings: Settings
    base: str | None
    python: str | None
    counted_tests: Literal["all", "unit"]
    integration_tests: IntegrationTests
    practices: dict[str, Mode]
    critical_paths: dict[str, CriticalPath]
    linters: dict[str, Linter] = {}
    sarif: tuple[str, ...] = ()

    def mode(self, practice: str) -> Mode:
        """How far the team has come with a practice.

        Raises:
            KeyError: there is no such practice; never taken for one that only observes.
        """
        return self.practices[practice]


def load(start: Path, explicit: Path | None) -> Config:
    """Find and read the configuration of the project that a folder belongs to.

    Args:
        start: an absolute folder. The nearest `[tool.quality-gate]` upwards decides, up to the folder that
            holds `.git`; without one that folder is the root, and without that, `start`.
        explicit: what `--config` says, relative to `start`: a TOML file with the same table; its folder is
            the root.

    Raises:
        UsageErrors: everything that is wrong with it.
    """
    start = Path(os.path.normpath(start))
    if explicit is not None:
        named = _load_explicit(start, explicit)
        return _pinned(named, _read_for_pins(Path(named.root) / FILE))
    first: dict[str, object] | None = None
    for folder in (start, *start.parents):
        file = folder / FILE
        shown = FILE if folder == start else os.path.relpath(file, start)
        document = _read(file, shown)
        first = document if folder == start else first
        config = None if document is None else _from_document(document, shown, file)
        if config is not None:
            return _pinned(config, document)
        if (folder / ".git").exists():
            return _pinned(_config(Table(), str(folder), None), document)
    return _pinned(_config(Table(), str(start), None), first)


def _read_for_pins(file: Path) -> dict[str, object] | None:
    """The project's own file beside one that `--config` names, which is there because this one may be unreadable."""
    try:
        return read_toml(file)
    except UnreadableSettings:
        return None


def _pinned(config: Config, pyproject: dict[str, object] | None) -> Config:
    """The same with the versions that the project's own files pin."""
    return msgspec.structs.replace(config, settings=pinned(config.settings, Path(config.root), pyproject))


def parse(content: bytes, shown: str, file: Path) -> Config | None:
    """Read the configuration from bytes, e.g. those of an older revision.

    Args:
        content: of a TOML file.
        shown: the file's name in messages.
        file: where it lies, absolute; its folder is the root.

    Returns:
        None when the file holds no `[tool.quality-gate]`.

    Raises:
        UsageErrors: everything that is wrong with it.
    """
    try:
        document = parse_toml(file, content)
    except UnreadableSettings as error:
        _refuse(error, shown)
    return _from_document(document, shown, file)


def _load_explicit(start: Path, explicit: Path) -> Config:
    file, shown = Path(os.path.normpath(start / explicit)), str(explicit)
    document = _read(file, shown)
    if document is None:
        raise UsageErrors([UsageError(shown, "there is no such file", "name a TOML file with --config")])
    config = _from_document(document, shown, file)
    if config is None:
        table = f"[{'.'.join(TABLE)}]"
        remedy = f"write the table {table} into it, or leave out --config"
        raise UsageErrors([UsageError(shown, f"holds no {table}", remedy)])
    return config


def _read(file: Path, shown: str) -> dict[str, object] | None:
    try:
        document = read_toml(file)
    except UnreadableSettings as error:
        _refuse(error, shown)
    for key in () if document is None else _other_spellings(document):
        remedy = f"call the table [{'.'.join(TABLE)}]"
        raise UsageErrors([UsageError(f"{shown}: {printable(key, 60)}", "is a table that nobody reads", remedy)])
    return document


def _other_spellings(document: dict[str, object]) -> Iterator[str]:
    """Keys of tables that can only be meant for ours: passed by, they would leave the defaults without a word."""
    tool = document.get(TABLE[0])
    for key in tool if isinstance(tool, dict) else ():
        if key != TABLE[1] and _letters(key) in ("qualitygate", "qualitygates"):
            yield f"{TABLE[0]}.{key}"
    yield from (key for key in document if _letters(key) in ("qualitygate", "toolqualitygate"))


def _letters(key: str) -> str:
    return "".join(letter for letter in key.lower() if letter.isalpha())


def _refuse(error: UnreadableSettings, shown: str) -> NoReturn:
    cause = error.__cause__
    line = getattr(cause, "lineno", None)  # tomli's errors have one
    if cause is None:
        remedy = "write the table into a smaller file of its own and name it with --config"
    elif isinstance(cause, UnicodeDecodeError):
        remedy = "save the file as UTF-8"
    elif isinstance(cause, OSError):
        remedy = "make the file readable for the user that runs quality-gate"
    else:
        remedy = "mend the TOML; nothing was read from this file"
    where = shown if line is None else f"{shown}:{line}"
    raise UsageErrors([UsageError(where, error.problem, remedy)]) from error


def _from_document(document: dict[str, object], shown: str, file: Path) -> Config | None:
    value: object = document
    for depth, key in enumerate(TABLE):
        if not isinstance(value, dict):
            from quality_gate.config_errors import not_a_table

            raise UsageErrors([not_a_table(value, shown, TABLE[:depth])])
        if key not in value:
            return None
        value = value[key]
    try:
        table = msgspec.convert(value, Table)
    except msgspec.ValidationError as error:
        from quality_gate.config_errors import all_errors  # the commit hook of a right table needs none of it

        raise UsageErrors(all_errors(value, Table, shown, TABLE, error)) from error
    return _config(table, str(file.parent), str(file))


def modes_of(chosen: Mapping[PracticeName, Mode]) -> dict[str, Mode]:
    """The mode of every practice, of which a team has chosen some."""
    modes: dict[str, Mode] = dict.fromkeys(PRACTICES, Mode.OBSERVE)
    modes["static-analysis"] = Mode.NEW_CODE
    return modes | dict(chosen)


def _config(table: Table, root: str, file: str | None) -> Config:
    return Config(
        root=root,
        file=file,
        settings=Settings(**{name: getattr(table, name) for name in Keys.__struct_fields__}),
        base=None if table.base is msgspec.UNSET else table.base,
        python=None if table.python is msgspec.UNSET else table.python,
        counted_tests=table.counted_tests,
        integration_tests=table.integration_tests,
        practices=modes_of(table.practices),
        critical_paths=table.critical_paths,
        linters=table.linters,
        sarif=table.sarif,
    )
