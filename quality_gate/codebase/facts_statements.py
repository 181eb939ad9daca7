"""From the parser's statements to the slim tree's."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from quality_gate.codebase import tree
from quality_gate.codebase.facts_expressions import NONE, expression

if TYPE_CHECKING:
    from quality_gate.codebase.facts_reader import Reader

_TryStar: type[ast.AST] = getattr(ast, "TryStar", ast.Try)
_TypeAlias: type[ast.AST] | None = getattr(ast, "TypeAlias", None)
_LEAVING = (ast.Return, ast.Raise)
_HELD = (ast.Subscript, ast.Attribute)


def block(reader: Reader, statements: Iterable[ast.stmt]) -> None:
    """Read statements that stand together."""
    for statement in statements:
        STATEMENTS.get(statement.__class__, _ignore)(reader, statement)


def _branch(reader: Reader, statements: list[ast.stmt], choice: int = 0, *, loops: bool = False) -> None:
    before = reader.scope.open(choice=choice, loops=loops)
    block(reader, statements)
    reader.scope.close(before, ends=_leaves(statements))


def _leaves(statements: list[ast.stmt]) -> bool:
    return bool(statements) and isinstance(statements[-1], _LEAVING)


def _ignore(reader: Reader, node: ast.stmt) -> None:
    """`pass`, `break`, `continue`, and what a newer Python may have."""


def _evaluate(reader: Reader, node: ast.expr, *, truth: bool = False) -> None:
    value = expression(reader, node)
    if type(value) is tree.Constant or (type(value) is tree.Several and not value.parts):
        return
    scope = reader.scope
    scope.statements.append(tree.Evaluate(value, truth, scope.block, node.lineno, reader.column(node)))


def _expr(reader: Reader, node: ast.Expr) -> None:
    _evaluate(reader, node.value)


def _assign(reader: Reader, node: ast.Assign) -> None:
    value = expression(reader, node.value)
    for target in node.targets:
        reader.bind(reader.target(target), "=", value, node)


def _annotated(reader: Reader, node: ast.AnnAssign) -> None:
    annotation = reader.annotation(node.annotation)
    value = expression(reader, node.value) if node.value is not None else None
    reader.bind(reader.target(node.target), "=", value, node, annotation)


def _augmented(reader: Reader, node: ast.AugAssign) -> None:
    read = ast.copy_location(_as_read(node.target), node.target)
    value = expression(reader, ast.copy_location(ast.BinOp(read, node.op, node.value), node))
    reader.bind(reader.target(node.target), "aug", value, node)


def _as_read(target: ast.Name | ast.Attribute | ast.Subscript) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(target.value, target.attr, ast.Load())
    return ast.Subscript(target.value, target.slice, ast.Load())


def _for(reader: Reader, node: ast.For | ast.AsyncFor) -> None:
    scope = reader.scope
    value = expression(reader, node.iter)
    before = scope.open(loops=True)
    way = "for" if isinstance(node, ast.For) else "async for"
    reader.bind(reader.target(node.target), way, value, node.iter)
    block(reader, node.body)
    scope.close(before)
    block(reader, node.orelse)


def _while(reader: Reader, node: ast.While) -> None:
    scope = reader.scope
    before = scope.open(loops=True)
    _evaluate(reader, node.test, truth=True)
    _narrow(reader, node.test, holds=True)
    block(reader, node.body)
    scope.close(before)
    block(reader, node.orelse)


def _if(reader: Reader, node: ast.If) -> None:
    """An `elif` is an `if` in the other branch; a long chain of them must not nest."""
    scope = reader.scope
    back = scope.block
    current = node
    while True:
        _evaluate(reader, current.test, truth=True)
        choice = reader.next_choice()
        before = scope.open(choice=choice)
        _narrow(reader, current.test, holds=True)
        block(reader, current.body)
        leaves = _leaves(current.body)
        scope.close(before, ends=leaves)
        following = current.orelse
        if not following:
            if leaves:
                _narrow(reader, current.test, holds=False)
            break
        before = scope.open(choice=choice)
        _narrow(reader, current.test, holds=False)
        if len(following) == 1 and isinstance(following[0], ast.If):
            current = following[0]
            continue
        block(reader, following)
        scope.close(before, ends=_leaves(following))
        break
    scope.block = back


def _narrow(reader: Reader, test: ast.expr, *, holds: bool) -> None:
    """What an isinstance test says where it holds, or where it does not."""
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, holds = test.operand, not holds
    if not holds:
        return
    tests = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    for one in tests:
        if not (isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "isinstance"):
            continue
        if len(one.args) == 2 and isinstance(one.args[0], ast.Name):
            reader.bind(expression(reader, one.args[0]), "is", expression(reader, one.args[1]), one)


def _with(reader: Reader, node: ast.With | ast.AsyncWith) -> None:
    way = "with" if isinstance(node, ast.With) else "async with"
    for item in node.items:
        value = expression(reader, item.context_expr)
        target = reader.target(item.optional_vars) if item.optional_vars is not None else None
        reader.bind(target, way, value, item.context_expr)
    block(reader, node.body)


def _try(reader: Reader, node: ast.Try) -> None:
    choice = reader.next_choice()
    _branch(reader, node.body)
    for handler in node.handlers:
        before = reader.scope.open(choice=choice)
        value = expression(reader, handler.type) if handler.type is not None else None
        target = tree.Name(handler.name, len(reader.scope.statements)) if handler.name else None
        reader.bind(target, "except", value, handler)
        block(reader, handler.body)
        reader.scope.close(before, ends=_leaves(handler.body))
    if node.orelse:
        block(reader, node.orelse)
    block(reader, node.finalbody)


def _return(reader: Reader, node: ast.Return) -> None:
    value = expression(reader, node.value) if node.value is not None else NONE
    scope = reader.scope
    scope.statements.append(tree.Return(value, scope.block, node.lineno))


def _raise(reader: Reader, node: ast.Raise) -> None:
    value = expression(reader, node.exc) if node.exc is not None else None
    cause = expression(reader, node.cause) if node.cause is not None else None
    scope = reader.scope
    scope.statements.append(tree.Raise(value, cause, scope.block, node.lineno))


def _assert(reader: Reader, node: ast.Assert) -> None:
    _evaluate(reader, node.test, truth=True)
    _narrow(reader, node.test, holds=True)
    if node.msg is not None:
        _evaluate(reader, node.msg)


def _delete(reader: Reader, node: ast.Delete) -> None:
    for target in node.targets:
        if isinstance(target, _HELD):
            reader.bind(expression(reader, target), "del", None, node)


def _import(reader: Reader, node: ast.Import) -> None:
    scope = reader.scope
    for alias in node.names:
        name = alias.asname or alias.name.split(".")[0]
        module = alias.name if alias.asname else name
        reader.imports.add(alias.name)
        reader.imported.add(name)
        scope.statements.append(tree.Import(name, module, "", 0, scope.block, node.lineno))


def _import_from(reader: Reader, node: ast.ImportFrom) -> None:
    scope = reader.scope
    if node.module and not node.level:
        reader.imports.add(node.module)
    for alias in node.names:
        module, level = node.module or "", node.level or 0
        name = alias.asname or alias.name
        reader.imported.add(name)
        scope.statements.append(tree.Import(name, module, alias.name, level, scope.block, node.lineno))


def _elsewhere(reader: Reader, node: ast.Global | ast.Nonlocal) -> None:
    scope = reader.scope
    of_module = isinstance(node, ast.Global)
    if scope.kind != "module":
        scope.changes.update(node.names)
        scope.statements.append(tree.Elsewhere(tuple(node.names), of_module, scope.block))


def _match(reader: Reader, node: ast.Match) -> None:
    subject = expression(reader, node.subject)
    scope = reader.scope
    scope.statements.append(tree.Evaluate(subject, False, scope.block, node.lineno, reader.column(node.subject)))
    choice = reader.next_choice()
    for case in node.cases:
        before = scope.open(choice=choice)
        reader.pattern(case.pattern, node.subject, subject)
        if case.guard is not None:
            _evaluate(reader, case.guard, truth=True)
        block(reader, case.body)
        scope.close(before, ends=_leaves(case.body))


def _define(reader: Reader, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
    reader.definition(node)


def _alias(reader: Reader, node: ast.stmt) -> None:
    """`type X = A | B`, which the oldest Python that runs this has no class for."""
    name, value = getattr(node, "name", None), getattr(node, "value", None)
    if isinstance(name, ast.Name) and isinstance(value, ast.expr):
        reader.bind(tree.Name(name.id, 0), "=", reader.annotation(value), node)


STATEMENTS: dict[type[ast.AST], Callable[[Any, Any], None]] = {
    ast.Expr: _expr,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.If: _if,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    _TryStar: _try,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Delete: _delete,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Global: _elsewhere,
    ast.Nonlocal: _elsewhere,
    ast.Match: _match,
    ast.FunctionDef: _define,
    ast.AsyncFunctionDef: _define,
    ast.ClassDef: _define,
    **({_TypeAlias: _alias} if _TypeAlias is not None else {}),
}
