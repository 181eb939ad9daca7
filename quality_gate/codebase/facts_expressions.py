"""From the parser's expressions to the slim tree."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from quality_gate.codebase import tree

if TYPE_CHECKING:
    from quality_gate.codebase.facts_reader import Reader

_LONGEST = 100
"""Characters of a string that is kept: longer ones are no names."""

_LARGEST = 1 << 31
_MANY = 100
"""A literal with more constants than this is data: nobody calls what is in it."""

_KINDS: dict[type, tree.Constant] = {
    kind: tree.Constant(name)
    for kind, name in (
        (bool, "bool"), (float, "float"), (complex, "complex"), (bytes, "bytes"), (str, "str"), (int, "int"),
        (type(None), "None"), (type(Ellipsis), "ellipsis"),
    )
}  # fmt: skip
NONE = _KINDS[type(None)]
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.MatMult: "matmul", ast.Div: "truediv", ast.Mod: "mod",
    ast.Pow: "pow", ast.LShift: "lshift", ast.RShift: "rshift", ast.BitOr: "or", ast.BitXor: "xor",
    ast.BitAnd: "and", ast.FloorDiv: "floordiv", ast.UAdd: "pos", ast.USub: "neg", ast.Invert: "invert",
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.In: "contains",
    ast.NotIn: "contains", ast.Is: "is", ast.IsNot: "is",
}  # fmt: skip
_CONTAINING = (ast.In, ast.NotIn)
_COLLECTIONS: dict[type[ast.AST], str] = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}
_COMPREHENSIONS: dict[type[ast.AST], str] = {
    ast.ListComp: "list", ast.SetComp: "set", ast.GeneratorExp: "generator", ast.DictComp: "dict",
}  # fmt: skip
_FORMATS = {-1: "format", 115: "str", 114: "repr", 97: "repr"}


def expression(reader: Reader, node: ast.expr) -> tree.Expr:
    """An expression in the slim tree."""
    return EXPRESSIONS[node.__class__](reader, node)


def _name(reader: Reader, node: ast.Name) -> tree.Expr:
    scope = reader.scope
    name = node.id
    if scope.renamed:
        name = scope.renamed.get(name, name)
    return tree.Name(name, len(scope.statements))


def _attribute(reader: Reader, node: ast.Attribute) -> tree.Expr:
    value = EXPRESSIONS[node.value.__class__](reader, node.value)
    return tree.Attribute(value, node.attr, node.end_lineno or node.lineno, reader.column(node))


def _call(reader: Reader, node: ast.Call) -> tree.Expr:
    function = node.func
    if isinstance(function, ast.Attribute):
        reader.scope.calls.add(function.attr)
        if function.attr in _CHANGERS:  # `x.append(y)` and its like change the content of x
            reader.changed(function.value)
    elif isinstance(function, ast.Name):
        reader.scope.calls.add(function.id)
    called = EXPRESSIONS[function.__class__](reader, function)
    given, words = node.args, node.keywords
    arguments = tuple([EXPRESSIONS[arg.__class__](reader, arg) for arg in given]) if given else ()
    named = [(word.arg or "", EXPRESSIONS[word.value.__class__](reader, word.value)) for word in words] if words else ()
    return tree.Call(called, arguments, tuple(named), node.lineno, reader.column(node))


_CHANGERS = frozenset({"append", "add", "insert", "appendleft", "extend", "update", "setdefault", "put", "put_nowait"})
CHANGERS = _CHANGERS
"""Methods that put their argument into a container."""


def _constant(reader: Reader, node: ast.Constant) -> tree.Expr:
    value = node.value
    if value.__class__ is str:
        if reader.in_annotation:
            return reader.quoted(str(value))
        return tree.Constant("str", value) if len(value) <= _LONGEST and _is_text(value) else _KINDS[str]
    if value.__class__ is int and -_LARGEST < value < _LARGEST:
        return tree.Constant("int", value)
    return _KINDS.get(value.__class__, NONE)


def _is_text(value: str) -> bool:
    """Whether a string can be kept: half of a surrogate pair cannot."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def _sequence(reader: Reader, node: ast.List | ast.Tuple | ast.Set) -> tree.Expr:
    kind = _COLLECTIONS[node.__class__]
    if len(node.elts) > _MANY and all(item.__class__ is ast.Constant for item in node.elts):
        return tree.Sequence(kind, ())
    return tree.Sequence(kind, tuple([EXPRESSIONS[item.__class__](reader, item) for item in node.elts]))


def _mapping(reader: Reader, node: ast.Dict) -> tree.Expr:
    if len(node.values) > _MANY and all(item.__class__ is ast.Constant for item in (*node.keys, *node.values)):
        return tree.Mapping((), ())
    keys = tuple([EXPRESSIONS[key.__class__](reader, key) if key is not None else None for key in node.keys])
    return tree.Mapping(keys, tuple([EXPRESSIONS[value.__class__](reader, value) for value in node.values]))


def _comprehension(reader: Reader, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> tree.Expr:
    scope = reader.scope
    before = scope.renamed
    scope.renamed = dict(before)
    key: tree.Expr | None = None
    try:
        for loop in node.generators:
            reader.loop(loop)
        if isinstance(node, ast.DictComp):
            key = EXPRESSIONS[node.key.__class__](reader, node.key)
            element = EXPRESSIONS[node.value.__class__](reader, node.value)
        else:
            element = EXPRESSIONS[node.elt.__class__](reader, node.elt)
    finally:
        scope.renamed = before
    return tree.Comprehension(_COMPREHENSIONS[node.__class__], element, key)


def _subscript(reader: Reader, node: ast.Subscript) -> tree.Expr:
    value = EXPRESSIONS[node.value.__class__](reader, node.value)
    if reader.in_annotation and _last(value) == "Literal":
        return value
    index = EXPRESSIONS[node.slice.__class__](reader, node.slice)
    return tree.Subscript(value, index, node.lineno, reader.column(node))


def _last(node: tree.Expr) -> str:
    if type(node) is tree.Name:
        return node.id
    return node.attr if type(node) is tree.Attribute else ""


def _binary(reader: Reader, node: ast.BinOp) -> tree.Expr:
    left = EXPRESSIONS[node.left.__class__](reader, node.left)
    right = EXPRESSIONS[node.right.__class__](reader, node.right)
    return tree.Operation(_OPERATORS[node.op.__class__], left, right, node.lineno, reader.column(node))


def _unary(reader: Reader, node: ast.UnaryOp) -> tree.Expr:
    operand = EXPRESSIONS[node.operand.__class__](reader, node.operand)
    if isinstance(node.op, ast.Not):
        return tree.Truth(operand, node.lineno, reader.column(node))
    if type(operand) is tree.Constant:
        negative = isinstance(node.op, ast.USub) and isinstance(operand.value, int)
        return tree.Constant(operand.kind, -operand.value) if negative else operand  # type: ignore[operator]
    return tree.Operation(_OPERATORS[node.op.__class__], operand, None, node.lineno, reader.column(node))


def _compare(reader: Reader, node: ast.Compare) -> tree.Expr:
    operands = [EXPRESSIONS[part.__class__](reader, part) for part in (node.left, *node.comparators)]
    found: list[tree.Expr] = []
    for place, operator in enumerate(node.ops):
        left, right = operands[place], operands[place + 1]
        if isinstance(operator, _CONTAINING):
            left, right = right, left
        op = _OPERATORS[operator.__class__]
        found.append(tree.Operation(op, left, right, node.lineno, reader.column(node)))
    return found[0] if len(found) == 1 else tree.Several(tuple(found), "bool")


def _boolean(reader: Reader, node: ast.BoolOp) -> tree.Expr:
    options = tuple([EXPRESSIONS[value.__class__](reader, value) for value in node.values])
    return tree.Choice(options, options[:-1], node.lineno, reader.column(node))


def _conditional(reader: Reader, node: ast.IfExp) -> tree.Expr:
    test = EXPRESSIONS[node.test.__class__](reader, node.test)
    body = EXPRESSIONS[node.body.__class__](reader, node.body)
    other = EXPRESSIONS[node.orelse.__class__](reader, node.orelse)
    return tree.Choice((body, other), (test,), node.lineno, reader.column(node))


def _formatted(reader: Reader, node: ast.JoinedStr) -> tree.Expr:
    parts: list[tuple[str, tree.Expr]] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            parts.append((_FORMATS.get(part.conversion, "str"), expression(reader, part.value)))
            if isinstance(part.format_spec, ast.JoinedStr):
                inner = _formatted(reader, part.format_spec)
                parts += inner.parts if type(inner) is tree.Formatted else ()
        elif isinstance(part, ast.Constant):
            parts.append(("", _constant(reader, part)))
    if all(type(value) is tree.Constant for _, value in parts):
        return _KINDS[str]
    return tree.Formatted(tuple(parts), node.lineno, reader.column(node))


def _lambda(reader: Reader, node: ast.Lambda) -> tree.Expr:
    return tree.Lambda(reader.lambda_(node))


def _starred(reader: Reader, node: ast.Starred) -> tree.Expr:
    return tree.Starred(EXPRESSIONS[node.value.__class__](reader, node.value))


def _await(reader: Reader, node: ast.Await) -> tree.Expr:
    value = EXPRESSIONS[node.value.__class__](reader, node.value)
    if type(value) is tree.Call:
        return tree.Call(value.func, value.args, value.keywords, value.line, value.column, True)
    return tree.Await(value)


def _walrus(reader: Reader, node: ast.NamedExpr) -> tree.Expr:
    value = EXPRESSIONS[node.value.__class__](reader, node.value)
    target = EXPRESSIONS[ast.Name](reader, node.target)
    reader.bind(target, "=", value, node)
    return EXPRESSIONS[ast.Name](reader, node.target)


def _yield(reader: Reader, node: ast.Yield) -> tree.Expr:
    value = EXPRESSIONS[node.value.__class__](reader, node.value) if node.value is not None else NONE
    reader.give(value, node, whole=False)
    return tree.Several((), "sent")


def _yield_from(reader: Reader, node: ast.YieldFrom) -> tree.Expr:
    value = EXPRESSIONS[node.value.__class__](reader, node.value)
    reader.give(value, node, whole=True)
    return tree.Several((), "sent")


def _slice(reader: Reader, node: ast.Slice) -> tree.Expr:
    parts = [EXPRESSIONS[part.__class__](reader, part) for part in (node.lower, node.upper, node.step) if part]
    return tree.Several(tuple([part for part in parts if type(part) is not tree.Constant]), "slice")


def _unknown(reader: Reader, node: ast.expr) -> tree.Expr:
    """Syntax of a newer Python: its parts are looked at, and nothing is known of its value."""
    parts = [child for child in ast.iter_child_nodes(node) if child.__class__ in EXPRESSIONS]
    return tree.Several(tuple(EXPRESSIONS[part.__class__](reader, part) for part in parts), "unknown")


class _Table(dict[type[ast.AST], Callable[..., tree.Expr]]):
    """How each kind of expression is read."""

    def __missing__(self, kind: type[ast.AST]) -> Callable[..., tree.Expr]:
        return _unknown


_READERS: dict[type[ast.AST], Callable[[Any, Any], tree.Expr]] = {
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Constant: _constant,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _mapping,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.Subscript: _subscript,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.IfExp: _conditional,
    ast.JoinedStr: _formatted,
    ast.Lambda: _lambda,
    ast.Starred: _starred,
    ast.Await: _await,
    ast.NamedExpr: _walrus,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.Slice: _slice,
}
EXPRESSIONS = _Table(_READERS)
