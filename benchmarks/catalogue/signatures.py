"""The arguments that a call takes."""

from __future__ import annotations

import inspect
import re
from typing import Any


def parameters_of(name: str, found: Any) -> dict[str, inspect.Parameter] | None:
    """Arguments as a caller gives them, without `self`; for functions in C, as their docstring has them."""
    try:
        parameters = list(inspect.signature(found).parameters.values())
    except (TypeError, ValueError):
        return _documented_parameters(name, found)
    if parameters and parameters[0].name == "self":
        parameters = parameters[1:]
    return {parameter.name: parameter for parameter in parameters}


def _documented_parameters(name: str, found: Any) -> dict[str, inspect.Parameter] | None:
    """What C functions carry as text, or write on top: `.. py:function:: flush([timeout])` (confluent_kafka)."""
    wanted = re.escape(name.rpartition(".")[2])
    on_top = re.search(rf"^(?:\.\. py:function::? )?{wanted}\(([^()]*)\)", inspect.getdoc(found) or "", re.MULTILINE)
    text = getattr(found, "__text_signature__", None) or (on_top.group(1) if on_top else None)
    if text is None:
        return None
    kind: Any = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters: dict[str, inspect.Parameter] = {}
    for part in text.strip("()").split(","):
        one, _, default = re.sub(r"[\[\]\s]", "", part).partition("=")
        kind = inspect.Parameter.KEYWORD_ONLY if one == "*" else kind
        if one.isidentifier():
            parameters[one] = inspect.Parameter(one, kind, default=_seconds(default))
    return parameters


def _seconds(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text
