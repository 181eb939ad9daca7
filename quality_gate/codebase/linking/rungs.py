"""Names for what made a call known, told by the shape of what is called; and how an expression was written."""

from __future__ import annotations

from quality_gate.codebase import tree
from quality_gate.codebase.linking.scopes import reaching
from quality_gate.codebase.linking.units import Unit

_DEEPEST = 6


def rung_of(unit: Unit, node: tree.Expr, depth: int = 0) -> str:
    """The rung that a callee stands on: `import`, `self`, `annotation`, `local` ..."""
    if depth > _DEEPEST:
        return "local"
    if type(node) is tree.Name:
        return _of_name(unit, node, depth)
    if type(node) is tree.Attribute:
        inner = rung_of(unit, node.value, depth + 1)
        return "attribute" if inner == "self" and type(node.value) is tree.Attribute else inner
    if type(node) is tree.Call:
        if type(node.func) is tree.Name and node.func.id == "super":
            return "super"
        return "return"
    if type(node) is tree.Subscript:
        return "container"
    return "local"


def _of_name(unit: Unit, node: tree.Name, depth: int) -> str:
    current: Unit | None = unit
    at = node.at
    while current is not None:
        found = current.ready().bindings.get(node.id)
        if found and (current is unit or current.code.kind != "class"):
            seen = reaching(current, node.id, at) if current is unit else found
            return _of_binding(current, node, seen[-1] if seen else found[-1], depth)
        current = current.parent
    return "import"


def _of_binding(unit: Unit, node: tree.Name, binding: object, depth: int) -> str:
    way = getattr(binding, "way", "")
    if way == "import":
        return "import"
    if way == "define":
        return "local"
    if way == "parameter":
        return _of_parameter(unit, node.id)
    if getattr(binding, "annotation", None) is not None:
        return "annotation"
    if way in ("for", "async for"):
        return "container"
    value = getattr(binding, "value", None)
    return rung_of(unit, value, depth + 1) if (type(value) is tree.Subscript or type(value) is tree.Call) else "local"


def _of_parameter(unit: Unit, name: str) -> str:
    owner = unit.parent
    first = unit.code.parameters[0]
    if first.name == name and owner is not None and owner.code.kind == "class":
        return "self"
    annotated = any(one.name == name and one.annotation is not None for one in unit.code.parameters)
    return "annotation" if annotated else "argument"


def text_of(node: tree.Expr, depth: int = 0) -> str:
    """An expression as it was written, as far as it was kept."""
    if depth > _DEEPEST:
        return "..."
    if type(node) is tree.Name:
        return node.id.partition("'")[0]
    if type(node) is tree.Attribute:
        return f"{text_of(node.value, depth + 1)}.{node.attr}"
    if type(node) is tree.Call:
        return f"{text_of(node.func, depth + 1)}({'...' if node.args or node.keywords else ''})"
    if type(node) is tree.Subscript:
        return f"{text_of(node.value, depth + 1)}[{text_of(node.index, depth + 1)}]"
    if type(node) is tree.Constant:
        return ascii(node.value)[:20] if node.value is not None else "..."
    return "..."
