"""How an exception is made: those that cannot be made of a message alone, and the project's own."""

from __future__ import annotations

import ast
import builtins
import sys

from quality_gate.codebase.graph import Codebase
from quality_gate.codebase.suggesting.made import MADE, UNMADE
from quality_gate.codebase.suggesting.nouns import Known
from quality_gate.codebase.suggesting.sources import Function, Source
from quality_gate.failure_paths import UNKNOWN
from quality_gate_checkers.dependencies import catalogue

_OF_A_KIND = {"str": '"{says}"', "int": "1", "float": "1.0", "bool": "True", "bytes": 'b"{says}"', "dict": "{{}}"}


def made(name: str, shown: str, says: str, known: Known) -> str:
    """An expression that makes an exception.

    Args:
        name: dotted, of its type. shown: the type as the test's file writes it. says: its message.
    """
    function, last = _constructor(name, known)
    if function is not None:
        return f"{shown}({', '.join(_values(function)).format(says=says)})"
    if last in MADE:
        return MADE[last].format(type=shown, says=says)
    return f'{shown}("{says}")' if _takes_a_message(last, known) else f'{shown}.__new__({shown}, "{says}")'


def is_made_blindly(expression: str) -> bool:
    """Whether an expression of `made` passes by a constructor of which nothing is known."""
    return ".__new__(" in expression


def _takes_a_message(name: str, known: Known) -> bool:
    """Whether an exception is known to be made of a message alone: Python's own, those of libraries that the catalogue
    knows, as far as `MADE` does not say otherwise, and the project's."""
    root = name.split(".")[0]
    if name in UNMADE:
        return False
    if root in sys.stdlib_module_names or "." not in name or len(catalogue().lineage(name)) > 1:
        return True
    return any(module.split(".")[0] == root for module in known.codebase.modules)


def extra_imports(name: str) -> tuple[str, ...]:
    """Modules that the expression of `made` needs besides the type's own."""
    root = name.split(".")[0]
    return (root,) if f"{root}." in MADE.get(name, "") else ()


def module_of(name: str, codebase: Codebase) -> tuple[str, str]:
    """A dotted name as its module and what stands in it."""
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        if ".".join(parts[:length]) in codebase.modules:
            return ".".join(parts[:length]), ".".join(parts[length:])
    length = next((place for place, part in enumerate(parts[:-1]) if part[:1].isupper()), len(parts) - 1)
    return ".".join(parts[:length]), ".".join(parts[length:])


def _constructor(name: str, known: Known) -> tuple[Function | None, str]:
    """The `__init__` of an exception of the project, its own or that of a base, with the class where the search ended:
    without an `__init__`, one of others."""
    for _ in range(8):
        definition = known.codebase.definitions.get(name)
        source = known.source(definition.path) if definition is not None else None
        if source is None or definition is None:
            return None, name
        qualified = module_of(name, known.codebase)[1]
        function = source.function(f"{qualified}.__init__")
        held = source.within(qualified)
        if function is not None or not isinstance(held, ast.ClassDef) or not held.bases:
            return function, name
        name = _base(held.bases[0], name, source, known)
    return None, name


def _base(base: ast.expr, name: str, source: Source, known: Known) -> str:
    written = ast.unparse(base)
    first, _, rest = written.partition(".")
    module = module_of(name, known.codebase)[0]
    if first not in source.names and hasattr(builtins, first):
        return f"builtins.{written}"
    meant = source.imports.get(first, f"{module}.{first}")
    if meant.startswith("."):
        level = len(meant) - len(meant.lstrip("."))
        above = module.split(".")[: -level if not source.path.endswith("__init__.py") else None]
        meant = ".".join([*above, meant.lstrip(".")])
    return f"{meant}.{rest}" if rest else meant


def _values(function: Function) -> list[str]:
    """A value for each argument that has to be given."""
    held = function.args
    plain = [*held.posonlyargs, *held.args][1:]
    needed = plain[: len(plain) - len(held.defaults)] if held.defaults else plain
    named = [one for one, value in zip(held.kwonlyargs, held.kw_defaults, strict=True) if value is None]
    values = [_value(one) for one in needed] + [f"{one.arg}={_value(one)}" for one in named]
    return values or (['"{says}"'] if held.vararg is not None or plain else [])


def _value(argument: ast.arg) -> str:
    if argument.annotation is None:
        return '"{says}"'
    return _OF_A_KIND.get(ast.unparse(argument.annotation).split("[")[0].split(" |")[0].strip("'\""), "None")


def short_name(name: str) -> str:
    """An exception as a person says it."""
    return "an error" if name == UNKNOWN else name.rpartition(".")[2]
