"""What is wrong with a configuration: every error at once, each with the nearest right spelling.

Asked only when something is wrong: a right table is converted in one call, since the commit hook waits for it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Literal, get_args, get_origin

import msgspec

from quality_gate.errors import UsageError
from quality_gate_checkers.settings import printable

MAXIMUM_ERRORS = 100
"""Nobody reads more, and looking for the nearest spelling of 50,000 unknown keys would take minutes."""


def all_errors(
    value: object, wanted: type[msgspec.Struct], shown: str, path: tuple[str, ...], first: msgspec.ValidationError
) -> Sequence[UsageError]:
    """Every error in a table, at least one.

    Args:
        value: as the TOML parser returned it.
        wanted: the struct that it should fit.
        shown: the file's name.
        path: the table's keys from the top.
        first: what msgspec said of it.
    """
    found = list(islice(errors_in(value, wanted, shown, path), MAXIMUM_ERRORS + 1))
    if len(found) > MAXIMUM_ERRORS:
        found[-1] = UsageError(_where(shown, path), f"more than {MAXIMUM_ERRORS} errors", "mend these first")
    # The walk below knows all that msgspec knows; were it to miss something, the error must not be lost.
    return found or [UsageError(_where(shown, path), printable(str(first), 200), "mend the value")]


def errors_in(value: object, wanted: object, shown: str, path: tuple[str, ...]) -> Iterator[UsageError]:
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
        yield not_a_table(value, shown, path)
        return
    types = {field.encode_name: field.type for field in msgspec.structs.fields(wanted)}
    clean = True
    for key, item in value.items():
        if key in types:
            errors = errors_in(item, types[key], shown, (*path, key))
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
        yield not_a_table(value, shown, path)
        return
    for key, item in value.items():
        if not _fits(key, key_type):
            yield _leaf_error(key, key_type, _where(shown, (*path, key)))
        yield from errors_in(item, item_type, shown, (*path, key))


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
    allowed = allowed_values(wanted)
    if allowed:
        return UsageError(where, f"{_shown(value)} is not known here", _choose(value, allowed, '"'))
    meta = _meta(wanted)
    if meta is None:
        return UsageError(where, f"{_shown(value)} is not text", "write it in quotes")
    described = (meta.description or "").partition(";")[0].rstrip(".")
    example = _shown((meta.examples or [""])[0])
    remedy = f"write {described[:1].lower()}{described[1:]}, e.g. {example}"
    return UsageError(where, f"{_shown(value)} is not {meta.title}", remedy)


def allowed_values(wanted: object) -> list[str]:
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


def not_a_table(value: object, shown: str, path: tuple[str, ...]) -> UsageError:
    """The error of a value that should be a table."""
    remedy = f"write [{dotted(path)}] and its keys below"
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
    return f"{shown}: {dotted(path)}"


def dotted(path: Sequence[str]) -> str:
    """Keys from the top as TOML writes them."""
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
