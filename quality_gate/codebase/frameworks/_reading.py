"""What readers of frameworks ask of expressions."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.frameworks import Site
from quality_gate.codebase.tree import (
    Attribute,
    Call,
    Choice,
    Constant,
    Expr,
    Formatted,
    Mapping,
    Name,
    Operation,
    Sequence,
    Starred,
)

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
"""HTTP methods as frameworks spell them in names."""


def argument(call: Call, position: int, *names: str) -> Expr | None:
    """An argument by its name, or else by its place; -1 for keywords alone."""
    for name, value in call.keywords:
        if name in names:
            return value
    if 0 <= position < len(call.args) and not any(isinstance(given, Starred) for given in call.args[: position + 1]):
        return call.args[position]
    return None


def text(node: Expr | None) -> str | None:
    """The text of a string that is written out, of one that is translated (`_("orders/")`), and of an f-string with
    `{...}` for what is put in; None for anything else.
    """
    if isinstance(node, Constant):
        return node.value if node.kind == "str" and isinstance(node.value, str) else None
    if isinstance(node, Call) and last(node.func) in {"_", "gettext_lazy", "ugettext_lazy", "gettext", "pgettext_lazy"}:
        return text(node.args[-1]) if node.args else None
    if isinstance(node, Formatted):
        return "".join(text(part) or "{...}" for _, part in node.parts)
    return None


def path_text(node: Expr | None) -> str:
    """A path to be shown: `...` where it is made of more than a string."""
    found = text(node)
    return "..." if found is None else found


def texts(node: Expr | None) -> list[str]:
    """The strings of a list that is written out, or one string."""
    if node is None:
        return []
    found = (text(element) for element in elements(node))
    return [value for value in found if value is not None]


def elements(node: Expr) -> Iterator[Expr]:
    """What lists written out hold, joined by `+` and unpacked by `*` too; anything else is its own only element."""
    waiting = [(node, True)]
    while waiting:
        current, is_list = waiting.pop()
        if isinstance(current, Starred):
            waiting.append((current.value, True))
        elif is_list and isinstance(current, Sequence):
            waiting += [(element, False) for element in reversed(current.elements)]
        elif is_list and isinstance(current, Operation) and current.op == "add" and current.right is not None:
            waiting += [(current.right, True), (current.left, True)]
        elif is_list and isinstance(current, Choice):
            waiting += [(option, True) for option in reversed(current.options)]
        else:
            yield current


def last(node: Expr) -> str:
    """The last part of a name: `route` of `shop.route`."""
    return node.attr if isinstance(node, Attribute) else node.id if isinstance(node, Name) else ""


def receiver(call: Call) -> Expr | None:
    """What stands before the last dot of what is called."""
    return call.func.value if isinstance(call.func, Attribute) else None


def is_one(site: Site, node: Expr, kinds: frozenset[str]) -> bool:
    """Whether a value may be an instance of one of these classes from outside the project, or of a subclass."""
    return any(is_kind(site, name, kinds) for name in site.types(node))


def is_kind(site: Site, name: str, kinds: frozenset[str]) -> bool:
    """Whether a class is one of these, or a subclass."""
    return name in kinds or not kinds.isdisjoint(site.ancestors(name))


def first_name(site: Site, node: Expr | None) -> str:
    """The one dotted name that an expression stands for, empty where there is none."""
    found = site.names(node) if node is not None else ()
    return found[0] if found else ""


def functions(site: Site, node: Expr | None) -> list[str]:
    """Definitions that run when a value is called: a function, a class's `__init__`, an instance's `__call__`."""
    if node is None:
        return []
    found = [run for name in site.names(node) if (run := _run(site, name))]
    if not found:
        calls = (site.member(name, "__call__") for name in site.types(node))
        found = [name for name in calls if name]
    return list(dict.fromkeys(found))


def _run(site: Site, name: str) -> str | None:
    definition = site.definition(name)
    if definition is None or definition.kind == "module":
        return None
    return site.member(name, "__init__") if definition.kind == "class" else name


def classes(site: Site, node: Expr | None) -> list[str]:
    """Classes of the project that an expression stands for."""
    names = site.names(node) if node is not None else ()
    return [name for name in names if (found := site.definition(name)) is not None and found.kind == "class"]


def named(site: Site, dotted: str) -> list[str]:
    """A definition of the project that a string names, as settings and Celery do."""
    return [dotted] if site.definition(dotted) is not None else []


def entry_of(mapping: Expr | None) -> Iterator[tuple[str, Expr]]:
    """The entries of a dictionary that is written out, as far as their keys are strings."""
    if isinstance(mapping, Mapping):
        for key, value in zip(mapping.keys, mapping.values, strict=True):
            word = text(key)
            if word is not None:
                yield word, value


def owner(name: str) -> str:
    """The class of a method by its name, the module of a function."""
    return name.rpartition(".")[0]
