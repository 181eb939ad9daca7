"""`[tool.quality-gate]`: found, read, typed; every error at once, each with the nearest right spelling.

The structs below are the only list of keys there is: reading, error messages, the JSON schema and the tests
of the documentation are derived from their fields. A right table is converted in one call, since the commit
hook waits for it; only a wrong one is walked key by key.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Literal, NoReturn, get_args, get_origin

import msgspec

from quality_gate.errors import UsageError, UsageErrors
from quality_gate.model import PRACTICES, Mode, PracticeName
from quality_gate_checkers.settings import (
    NamePattern,
    PathPattern,
    Settings,
    UnreadableSettings,
    parse_toml,
    printable,
    read_toml,
)

FILE = "pyproject.toml"

TABLE = ("tool", "quality-gate")

MAXIMUM_ERRORS = 100
"""Nobody reads more, and looking for the nearest spelling of 50,000 unknown keys would take minutes."""

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
        description="A dotted name with at least two parts, `pkg.module:function` or all dots.",
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


class Table(Settings, frozen=True, forbid_unknown_fields=True, kw_only=True):
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
    """

    base: Revision | msgspec.UnsetType = msgspec.UNSET
    python: Interpreter | msgspec.UnsetType = msgspec.UNSET
    counted_tests: Literal["all", "unit"] = "all"
    integration_tests: IntegrationTests = IntegrationTests()
    practices: dict[PracticeName, Mode] = msgspec.field(default_factory=dict)
    critical_paths: dict[Name, CriticalPath] = msgspec.field(default_factory=dict)


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
        return _load_explicit(start, explicit)
    for folder in (start, *start.parents):
        file = folder / FILE
        shown = FILE if folder == start else os.path.relpath(file, start)
        document = _read(file, shown)
        config = None if document is None else _from_document(document, shown, file)
        if config is not None:
            return config
        if (folder / ".git").exists():
            return _config(Table(), str(folder), None)
    return _config(Table(), str(start), None)


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
        remedy = f"write the table [{_dotted(TABLE)}] into it, or leave out --config"
        raise UsageErrors([UsageError(shown, f"holds no [{_dotted(TABLE)}]", remedy)])
    return config


def _read(file: Path, shown: str) -> dict[str, object] | None:
    try:
        return read_toml(file)
    except UnreadableSettings as error:
        _refuse(error, shown)


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
            raise UsageErrors([_not_a_table(value, shown, TABLE[:depth])])
        if key not in value:
            return None
        value = value[key]
    try:
        table = msgspec.convert(value, Table)
    except msgspec.ValidationError as error:
        raise UsageErrors(_all_errors(value, shown, error)) from error
    return _config(table, str(file.parent), str(file))


def _config(table: Table, root: str, file: str | None) -> Config:
    modes: dict[str, Mode] = dict.fromkeys(PRACTICES, Mode.OBSERVE)
    modes["static-analysis"] = Mode.NEW_CODE
    return Config(
        root=root,
        file=file,
        settings=Settings(**{name: getattr(table, name) for name in Settings.__struct_fields__}),
        base=None if table.base is msgspec.UNSET else table.base,
        python=None if table.python is msgspec.UNSET else table.python,
        counted_tests=table.counted_tests,
        integration_tests=table.integration_tests,
        practices=modes | table.practices,
        critical_paths=table.critical_paths,
    )


# From here on: only when something is wrong.


def _all_errors(value: object, shown: str, first: msgspec.ValidationError) -> Sequence[UsageError]:
    found = list(islice(_errors(value, Table, shown, TABLE), MAXIMUM_ERRORS + 1))
    if len(found) > MAXIMUM_ERRORS:
        found[-1] = UsageError(_where(shown, TABLE), f"more than {MAXIMUM_ERRORS} errors", "mend these first")
    # The walk below knows all that msgspec knows; were it to miss something, the error must not be lost.
    return found or [UsageError(_where(shown, TABLE), printable(str(first), 200), "mend the value")]


def _errors(value: object, wanted: object, shown: str, path: tuple[str, ...]) -> Iterator[UsageError]:
    """Every error in a value, depth first, in the order of the file.

    Args:
        value: as the TOML parser returned it.
        wanted: the type annotation that it should fit.
        shown: the file's name.
        path: the value's keys from the top.
    """
    origin, arguments = get_origin(wanted), get_args(wanted)
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        yield from _struct_errors(value, wanted, shown, path)
    elif origin is dict:
        yield from _mapping_errors(value, arguments[0], arguments[1], shown, path)
    elif origin is tuple:
        yield from _list_errors(value, arguments[0], shown, path)
    elif not _fits(value, wanted):
        yield _leaf_error(value, wanted, _where(shown, path))


def _struct_errors(
    value: object, wanted: type[msgspec.Struct], shown: str, path: tuple[str, ...]
) -> Iterator[UsageError]:
    if not isinstance(value, dict):
        yield _not_a_table(value, shown, path)
        return
    types = {field.encode_name: field.type for field in msgspec.structs.fields(wanted)}
    clean = True
    for key, item in value.items():
        if key in types:
            errors = _errors(item, types[key], shown, (*path, key))
        else:
            remedy = _choose(key, list(types), "`")
            errors = iter([UsageError(_where(shown, (*path, key)), "unknown key", remedy)])
        for error in errors:
            clean = False
            yield error
    if clean:
        yield from _whole_errors(value, wanted, _where(shown, path))


def _whole_errors(value: object, wanted: type[msgspec.Struct], where: str) -> Iterator[UsageError]:
    """What a struct says of keys that are right one by one and wrong together."""
    try:
        msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        problem, _, remedy = str(error).partition(": ")
        yield UsageError(where, problem, remedy)


def _mapping_errors(
    value: object, key_type: object, item_type: object, shown: str, path: tuple[str, ...]
) -> Iterator[UsageError]:
    if not isinstance(value, dict):
        yield _not_a_table(value, shown, path)
        return
    for key, item in value.items():
        if not _fits(key, key_type):
            yield _leaf_error(key, key_type, _where(shown, (*path, key)))
        yield from _errors(item, item_type, shown, (*path, key))


def _list_errors(value: object, item_type: object, shown: str, path: tuple[str, ...]) -> Iterator[UsageError]:
    if not isinstance(value, list):
        example = f"[{_shown(value)}]" if isinstance(value, str) else "a list in square brackets"
        yield UsageError(_where(shown, path), f"{_shown(value)} is not a list", f"write {example}")
        return
    for index, item in enumerate(value):
        if not _fits(item, item_type):
            yield _leaf_error(item, item_type, f"{_where(shown, path)}[{index}]")


def _fits(value: object, wanted: object) -> bool:
    try:
        msgspec.convert(value, wanted)
    except msgspec.ValidationError:
        return False
    return True


def _leaf_error(value: object, wanted: object, where: str) -> UsageError:
    allowed = _allowed(wanted)
    if allowed:
        return UsageError(where, f"{_shown(value)} is not known here", _choose(value, allowed, '"'))
    meta = _meta(wanted)
    if meta is None:
        return UsageError(where, f"{_shown(value)} is not text", "write it in quotes")
    described = (meta.description or "").partition(";")[0].rstrip(".")
    example = _shown((meta.examples or [""])[0])
    remedy = f"write {described[:1].lower()}{described[1:]}, e.g. {example}"
    return UsageError(where, f"{_shown(value)} is not {meta.title}", remedy)


def _allowed(wanted: object) -> list[str]:
    """The values of an enumeration or a literal; empty for any other type."""
    if isinstance(wanted, type) and issubclass(wanted, enum.Enum):
        return [str(member.value) for member in wanted]
    return [str(value) for value in get_args(wanted)] if get_origin(wanted) is Literal else []


def _meta(wanted: object) -> msgspec.Meta | None:
    """The description that an annotation carries, its own or that of a member of a union."""
    for argument in get_args(wanted):
        found = argument if isinstance(argument, msgspec.Meta) else _meta(argument)
        if found is not None:
            return found
    return None


def _not_a_table(value: object, shown: str, path: tuple[str, ...]) -> UsageError:
    remedy = f"write [{_dotted(path)}] and its keys below"
    return UsageError(_where(shown, path), f"{_shown(value)} is not a table", remedy)


def _choose(given: object, known: list[str], quote: str) -> str:
    """The nearest right spelling, where there is one, and all of them.

    Args:
        given: what was written.
        known: what may be written.
        quote: what to put around each.
    """
    import difflib

    near = difflib.get_close_matches(given, known, n=1) if isinstance(given, str) else []
    listed = ", ".join(f"{quote}{name}{quote}" for name in known)
    return f"did you mean {quote}{near[0]}{quote}? Known: {listed}" if near else f"write one of {listed}"


def _where(shown: str, path: tuple[str, ...]) -> str:
    return f"{shown}: {_dotted(path)}"


def _dotted(path: Sequence[str]) -> str:
    return ".".join(key if _is_bare(key) else _shown(key) for key in path)


def _is_bare(key: str) -> bool:
    """Whether a key needs no quotes in TOML and is short enough to be shown whole."""
    return len(key) <= 60 and key.isascii() and key.replace("-", "").replace("_", "").isalnum()


def _shown(value: object) -> str:
    """A value as its author wrote it, or what it is; never long, and never an error of its own.

    Printing an integer of more than 4,300 digits raises ValueError (hostile-inputs.md, row 32).
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{printable(value, 60)}"'
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 64 else "a number of more than 64 bits"
    if isinstance(value, float):
        return str(value)
    if isinstance(value, list):
        return "a list"
    return "a table" if isinstance(value, dict) else "a date or time"


# The schema, for editors, validate-pyproject and SchemaStore.


def schema() -> dict[str, object]:
    """The JSON Schema (2020-12) of `[tool.quality-gate]`, derived from `Table` and its docstrings."""
    (_,), components = msgspec.json.schema_components((Table,), ref_template="#/$defs/{name}")
    for struct in _structs(Table):
        _describe(components[struct.__name__], struct)
    top = components.pop(Table.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://json.schemastore.org/partial-quality-gate.json",
        **top,
        "title": _dotted(TABLE),
        "$defs": components,
    }


def schema_text() -> str:
    """The content of docs/configuration.schema.json."""
    return msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode() + "\n"


def validate_pyproject_schema(tool_name: str) -> dict[str, object]:
    """The schema as validate-pyproject's entry point group `validate_pyproject.tool_schema` wants it.

    Args:
        tool_name: the name under which it is registered.

    Raises:
        ValueError: it is registered under a name that is not ours.
    """
    if tool_name != TABLE[-1]:
        raise ValueError(f"there is no schema for [tool.{tool_name}] here")
    # That tool refuses any other draft; nothing in the schema is newer than draft 7 (a test asks it).
    return schema() | {"$schema": "http://json-schema.org/draft-07/schema#"}


def _structs(annotation: object) -> Iterator[type[msgspec.Struct]]:
    """Every struct that an annotation leads to, itself first."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        yield annotation
        for field in msgspec.structs.fields(annotation):
            yield from _structs(field.type)
    for argument in get_args(annotation):
        yield from _structs(argument)


def _describe(component: dict[str, object], struct: type[msgspec.Struct]) -> None:
    """Add the sentences of a struct's docstring, and the names that a literal allows as keys.

    msgspec takes the docstring whole and knows no limits of keys.
    """
    component["description"] = " ".join((struct.__doc__ or "").partition("\n\n")[0].split())
    properties = component["properties"]
    assert isinstance(properties, dict)
    sentences = _argument_sentences(struct)
    for field in msgspec.structs.fields(struct):
        properties[field.encode_name]["description"] = sentences[field.name]
        if get_origin(field.type) is dict and (names := _allowed(get_args(field.type)[0])):
            properties[field.encode_name]["propertyNames"] = {"enum": names}


def _argument_sentences(struct: type[msgspec.Struct]) -> Mapping[str, str]:
    """The `Args:` of a struct's docstring and its bases', by field."""
    from inspect import cleandoc

    sentences: dict[str, str] = {}
    for each in reversed(struct.__mro__):
        name = ""
        # From Python 3.13 on the compiler takes the indentation off, before it does not.
        for line in cleandoc(each.__doc__ or "").partition("Args:\n")[2].splitlines():
            if line.startswith(" " * 8):
                sentences[name] += f" {line.strip()}"
            elif line.startswith(" " * 4):
                name, _, sentence = line.strip().partition(": ")
                sentences[name] = sentence
            else:
                break
    return sentences
