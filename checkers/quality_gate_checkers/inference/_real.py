"""What is really there: classes, functions and what a call calls, as astroid infers them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from astroid import bases, nodes, util
from astroid.exceptions import AstroidError
from astroid.manager import AstroidManager

from quality_gate_checkers.dependencies import Library

_MANY = 16
"""Inferred values after which nobody knows any more what a name means."""


def values_of(node: nodes.NodeNG) -> list[object]:
    """All that an expression may be; empty where astroid does not know all of it."""
    found: list[object] = []
    try:
        for value in node.infer():
            if isinstance(value, util.UninferableBase) or len(found) >= _MANY:
                return []
            found.append(value)
    except (AstroidError, RecursionError, AttributeError):
        return []
    return found


def classes_of(node: nodes.NodeNG) -> list[nodes.ClassDef]:
    """The classes that an expression names; empty where one of its values is no class."""
    found = values_of(node)
    classes = [value for value in found if isinstance(value, nodes.ClassDef)]
    return classes if len(classes) == len(found) else []


def called(call: nodes.Call) -> list[str]:
    """Dotted names of all that a call may call, methods by the class that they are called on; empty where unknown."""
    names = [name_of(value) for value in values_of(call.func)]
    return [name for name in names if name] if all(names) else []


def name_of(value: object) -> str | None:
    """Dotted name of a function, a class or a method; the class of a method is that of its object."""
    if isinstance(value, bases.BoundMethod | bases.UnboundMethod):
        holder = getattr(value, "bound", None)
        owner = holder if isinstance(holder, nodes.ClassDef) else getattr(holder, "_proxied", None)
        if isinstance(owner, nodes.ClassDef):
            return f"{owner.qname()}.{value.name}"
        return str(value.qname())
    if isinstance(value, nodes.FunctionDef | nodes.ClassDef):
        return str(value.qname())
    return None


def lineage(kind: nodes.ClassDef) -> frozenset[str]:
    """A class and all its bases by dotted name, as the installed packages have them."""
    try:
        above = list(kind.ancestors())
    except (AstroidError, RecursionError):
        above = []
    return frozenset({str(kind.qname()), *(str(one.qname()) for one in above)})


@lru_cache(maxsize=2048)
def found(dotted: str) -> nodes.NodeNG | None:
    """The class or function of a dotted name in what is installed, None where it is not."""
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            module = AstroidManager().ast_from_module_name(".".join(parts[:cut]))
        except (AstroidError, RecursionError, SyntaxError, ValueError):
            continue
        return _walked(module, parts[cut:])
    return None


def _walked(module: nodes.Module, parts: list[str]) -> nodes.NodeNG | None:
    current: object = module
    for part in parts:
        try:
            held = [*current.igetattr(part)]  # type: ignore[attr-defined]
        except (AstroidError, RecursionError, AttributeError):
            return None
        current = held[0] if len(held) == 1 else None
        if isinstance(current, bases.UnboundMethod | bases.BoundMethod):
            current = current._proxied
        if not isinstance(current, nodes.Module | nodes.ClassDef | nodes.FunctionDef):
            return None
    return current if isinstance(current, nodes.ClassDef | nodes.FunctionDef) else None


_families: dict[str, frozenset[frozenset[str]]] = {}


def families(library: Library) -> frozenset[frozenset[str]]:
    """The lineage of every exception that a library raises and that is installed; kept by its name."""
    if library.name not in _families:
        _families[library.name] = _families_of(library)
    return _families[library.name]


def _families_of(library: Library) -> frozenset[frozenset[str]]:
    told = {name for call in library.calls for name in (*(call.rejects or ()), *(call.unavailable or ()))}
    names = {*library.exceptions, *library.rejects, *library.unavailable, *told}
    classes = (found(name) for name in names)
    return frozenset(lineage(kind) for kind in classes if isinstance(kind, nodes.ClassDef))


def raises_any(library: Library, kind: nodes.ClassDef) -> bool:
    """Whether `except kind` catches anything that a library raises, or names a thing that it may raise."""
    name, above = str(kind.qname()), lineage(kind)
    return any(name in family or not above.isdisjoint(family - _EVERYTHING) for family in families(library))


_EVERYTHING = frozenset({"builtins.object", "builtins.BaseException", "builtins.Exception", "builtins.OSError"})
"""What exceptions of different families share."""


def calls_in(body: list[nodes.NodeNG]) -> Iterator[nodes.Call]:
    """All calls in a block, those of functions inside it too."""
    for statement in body:
        yield from statement.nodes_of_class(nodes.Call)
