"""Which lines pylint means by a `disable` comment, on a plain tree.

pylint spreads the comment of a raw checker from its line to the last line of the first node, in depth-first
order, that holds the line. Its nodes are astroid's, whose ranges differ from those of `ast` in a few places;
these are rebuilt here, so that flake8 and our own engine hold silent what pylint does. Compared with pylint
4.1.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator
from typing import TypeAlias

from quality_gate_checkers.model.scopes import FUNCTIONS, FunctionNode

_Range: TypeAlias = tuple[int, int]
_Item: TypeAlias = ast.AST | _Range
"""A node, or the range of something that is a node to astroid only."""


def last_line_of_block(tree: ast.Module, line: int) -> int:
    """The last line that pylint's `disable` on a line holds for; iterative, because trees can be deep.

    Args:
        tree: the whole module.
        line: where the comment stands.
    """
    stack: list[tuple[_Item, Iterator[_Item]]] = [(tree, _children(tree, line))]
    while stack:
        item, rest = stack[-1]
        child = next((found for found in rest if _holds(_extent(found), line)), None)
        if child is not None:
            stack.append((child, _children(child, line)))
            continue
        if _holds(_range(item), line):
            return _range(item)[1]
        stack.pop()
    return line


def _holds(lines: _Range, line: int) -> bool:
    return lines[0] <= line <= lines[1]


def _range(item: _Item) -> _Range:
    """astroid's `fromlineno` and `tolineno`."""
    if isinstance(item, tuple):
        return item
    if isinstance(item, ast.Module):
        return 0, max((_end(statement) for statement in item.body), default=0)
    if isinstance(item, ast.arguments):
        return min(map(_start, _parameters(item))), max(map(_end, _parameters(item)))
    if isinstance(item, ast.match_case):
        return item.pattern.lineno, _end(item.body[-1])
    if isinstance(item, ast.comprehension):
        return item.target.lineno, _end(item.ifs[-1] if item.ifs else item.iter)
    if isinstance(item, FUNCTIONS) and item.decorator_list:
        heights = sum(_end(decorator) - decorator.lineno + 1 for decorator in item.decorator_list)
        return item.decorator_list[0].lineno + heights, _end(item)
    return _start(item), _end(item)


def _extent(item: _Item) -> _Range:
    """The lines that an item or anything below it may hold."""
    first, last = _range(item)
    if isinstance(item, (*FUNCTIONS, ast.ClassDef)) and item.decorator_list:
        first = min(first, item.decorator_list[0].lineno)
    return first, last


def _start(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))


def _end(node: ast.AST) -> int:
    return int(getattr(node, "end_lineno", None) or _start(node))


def _children(item: _Item, line: int) -> Iterator[_Item]:
    """What pylint looks at below an item: nothing below what stands on one line or has no lines of its own."""
    if isinstance(item, tuple | ast.match_case | ast.comprehension | ast.Import | ast.ImportFrom):
        return
    if isinstance(item, FUNCTIONS):
        yield from _parts_of_function(item, line)
    elif isinstance(item, ast.arguments):
        yield from _parts_of_parameters(item) if len(set(_range(item))) > 1 else ()
    elif not isinstance(item, ast.Module) and _start(item) == _end(item):
        return
    elif isinstance(item, ast.ClassDef):
        yield from _decorators(item)
        yield from (*item.bases, *item.keywords, *_type_parameters(item), *_near(item.body, line))
    elif isinstance(item, ast.Module):
        yield from _near(item.body, line)
    elif isinstance(item, ast.Lambda):
        yield item.args if _parameters(item.args) else (item.lineno, item.lineno)
        yield item.body
    elif isinstance(item, ast.Dict):
        for key, value in zip(item.keys, item.values, strict=True):
            yield from (value,) if key is None else (key, value)
    elif isinstance(item, ast.ExceptHandler):
        yield from (item.type,) if item.type is not None else ()
        yield from (_range(item),) if item.name else ()
        yield from item.body
    else:
        for child in ast.iter_child_nodes(item):
            yield from ast.iter_child_nodes(child) if isinstance(child, ast.withitem) else (child,)


def _parts_of_function(function: FunctionNode, line: int) -> Iterator[_Item]:
    outer = function.decorator_list[0].lineno if function.decorator_list else function.lineno
    if outer == _end(function):
        return
    yield from _decorators(function)
    head = _range(function)[0]
    yield function.args if _parameters(function.args) else (head, head)
    yield from (function.returns,) if function.returns is not None else ()
    yield from (*_type_parameters(function), *_near(function.body, line))


def _decorators(holder: FunctionNode | ast.ClassDef) -> Iterator[_Item]:
    """astroid has a node around all decorators; it is looked at after each of them."""
    if holder.decorator_list:
        first, last = holder.decorator_list[0].lineno, _end(holder.decorator_list[-1])
        yield from holder.decorator_list if first != last else ()
        yield first, last


def _parameters(arguments: ast.arguments) -> list[ast.arg]:
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [*named, *(star for star in (arguments.vararg, arguments.kwarg) if star is not None)]


def _parts_of_parameters(arguments: ast.arguments) -> Iterator[_Item]:
    """In astroid's order; stars are no nodes to it, only their annotations are."""
    for several in (arguments.posonlyargs, arguments.args):
        yield from several
    yield from (*arguments.defaults, *arguments.kwonlyargs)
    yield from (default for default in arguments.kw_defaults if default is not None)
    stars = [star for star in (arguments.vararg, arguments.kwarg) if star is not None]
    yield from (star.annotation for star in stars if star.annotation is not None)


def _type_parameters(holder: FunctionNode | ast.ClassDef) -> list[ast.AST]:
    return list(getattr(holder, "type_params", ()))


def _near(body: list[ast.stmt], line: int) -> list[ast.stmt]:
    """The statements of a block that may hold a line: a module can have a hundred thousand."""
    first = last = bisect_right(body, line, key=lambda statement: _extent(statement)[0])
    while first > 0 and _end(body[first - 1]) >= line:
        first -= 1
    return [statement for statement in body[first:last] if statement is not body[0] or not _is_docstring(statement)]


def _is_docstring(first: ast.stmt) -> bool:
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
