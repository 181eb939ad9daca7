"""The JSON Schema of `[tool.quality-gate]`, for editors, validate-pyproject and SchemaStore."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args, get_origin

import msgspec

from quality_gate.config import TABLE, Table
from quality_gate.config_errors import allowed_values, dotted


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
        "title": dotted(TABLE),
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
        if get_origin(field.type) is dict and (names := allowed_values(get_args(field.type)[0])):
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
