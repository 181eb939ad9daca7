"""Failure paths that a coverage pragma hides."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from quality_gate_checkers.model import PRODUCTION, Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.directives import asking, block_of_comments
from quality_gate_checkers.reading.handlers import caught_types, written
from quality_gate_checkers.reading.walks import walk_now

_NOT_FAILURES = frozenset(
    {
        "builtins.ImportError", "builtins.ModuleNotFoundError", "importlib.metadata.PackageNotFoundError",
        "builtins.NotImplementedError", "builtins.KeyboardInterrupt", "builtins.SystemExit",
        "builtins.GeneratorExit", "asyncio.CancelledError",
    }
)  # fmt: skip
"""Handlers of these are about the installation or about leaving, not about a failure."""
_LEAVING = frozenset({"builtins.KeyboardInterrupt", "builtins.SystemExit", "builtins.GeneratorExit"})
"""A handler that names one of these is about leaving, whatever else it names."""
_OTHER_VERSIONS = _NOT_FAILURES | {"builtins.AttributeError", "builtins.NameError"}
"""The same for a `try` in module code, where these ask what this Python or this library has."""
_NEVER = frozenset(
    f"builtins.{name}" for name in ("NotImplementedError", "AssertionError", "ImportError", "ModuleNotFoundError")
)
_NARROWING = frozenset({"builtins.RuntimeError", "builtins.TypeError"})
_UNREACHABLE = re.compile(
    r"unreach|\bnever\b|impossible|should(?: no|n['’])t|must not happen|not reached|\bbug\b"
    r"|can(?:no|['’]|)t (?:happen|be reached)",
    re.IGNORECASE,
)
_WHY_NOT = re.compile(
    _UNREACHABLE.pattern + r"|\brare|\brace\b|\b(?:tough|hard|difficult|tricky) to\b|unlikely|defensive|invariant"
    r"|coverage|\bcover(?:ed)?\b|\btest",
    re.IGNORECASE,
)
"""What a comment beside a pragma says when it explains why no test can come here."""
_INSTALLED = re.compile(r"_?(?:HAS_|HAVE_)[A-Z0-9_]+|[A-Z0-9_]+_(?:AVAILABLE|INSTALLED)")
"""Constants that tell whether an optional dependency is there."""
_PLATFORM = (
    "sys.platform",
    "sys.version_info",
    "sys.implementation",
    "os.name",
    "typing.TYPE_CHECKING",
    "platform.",
)

Path: TypeAlias = ast.stmt | ast.ExceptHandler
Pragmas: TypeAlias = dict[int, tuple[int, int]]
"""First line of the excluded statement -> line and column of its pragma."""


class Hidden(NamedTuple):
    """One failure path that no coverage report will ever show.

    Args:
        lines: where its pragmas stand, the first of them first.
        column: of the first pragma.
        node: the handler, `raise` or guard that it hides.
        what: the path in words, for a message.
    """

    lines: tuple[int, ...]
    column: int
    node: ast.AST
    what: str


def hidden_paths(module: Module) -> Iterator[Hidden]:
    """Handlers, raises and raising guards under a `pragma: no cover` without a reason, less class U."""
    if module.role not in PRODUCTION:
        return
    pragmas = {
        module.statement_lines(found.comment.line)[0]: (found.comment.line, found.comment.column)
        for found in reversed(list(asking(module)))
        if not found.said
        and not found.comment.alone
        and any(directive.tool == "cover" for directive in found.directives)
    }
    places = _places(module) if pragmas else {}
    for first in sorted(pragmas.keys() & places.keys()):
        node, (line, column) = places[first], pragmas[first]
        what = None if says_why_not(module, line) else _what(module, node, pragmas)
        if what is not None:
            body = _wholly_excluded(module, node, pragmas)
            lines = tuple(pragmas[statement.lineno][0] for statement in body) or (line,)
            yield Hidden(lines, column, node, what)


def says_why_not(module: Module, line: int) -> bool:
    """The comment lines right above or right below say why no test comes here."""
    around = [*block_of_comments(module, line - 1, -1), *block_of_comments(module, line + 1, 1)]
    return any(_WHY_NOT.search(text) for text in around)


def _places(module: Module) -> dict[int, Path]:
    """What begins on a line and may be, or stand in, a failure path: the outermost where several do."""
    found: dict[int, Path] = {}
    for handler in module.nodes(ast.ExceptHandler):
        for statement in handler.body:
            found[statement.lineno] = statement
    for node in _paths(module):
        found[node.lineno] = node
    return found


def _paths(module: Module) -> list[Path]:
    """The outer ones last: an `if` stands before the `raise` on its own line."""
    found: list[Path] = [*module.nodes(ast.Raise)]
    found += module.nodes(ast.If)
    found += module.nodes(ast.ExceptHandler)
    return found


def _wholly_excluded(module: Module, node: Path, pragmas: Pragmas) -> list[ast.stmt]:
    """The body of the handler that a statement stands in, where every statement of it bears a pragma."""
    above = module.parent(node)
    if isinstance(above, ast.ExceptHandler) and all(statement.lineno in pragmas for statement in above.body):
        return above.body
    return []


def _what(module: Module, node: Path, pragmas: Pragmas) -> str | None:
    if _in_exempt_block(module, node):
        return None
    if isinstance(node, ast.ExceptHandler):
        return _handler(module, node)
    if isinstance(node, ast.If):
        last = node.body[-1]
        if not isinstance(last, ast.Raise) or _is_platform(module, node.test) or _is_unreachable(module, last):
            return None
        return f"the refusal `raise {_raised(last)}`" if last.exc is not None else "the re-raise"
    body = _wholly_excluded(module, node, pragmas)
    handler = module.parent(node)
    if body and isinstance(handler, ast.ExceptHandler):
        return _handler(module, handler) if node is body[0] else None
    if isinstance(node, ast.Raise) and not _is_unreachable(module, node):
        return f"`raise {_raised(node)}`" if node.exc is not None else "the re-raise"
    return None


def _handler(module: Module, handler: ast.ExceptHandler) -> str | None:
    types = caught_types(module, handler.type)
    harmless = _NOT_FAILURES if module.enclosing_function(handler) else _OTHER_VERSIONS
    if (
        all(name in harmless for name in types)
        or not _LEAVING.isdisjoint(types)
        or _is_optional_import(module, handler)
    ):
        return None
    last = handler.body[-1]
    if isinstance(last, ast.Raise) and last.exc is not None and _is_unreachable(module, last):
        return None
    return f"the handler of {_written_types(handler.type)}"


def _written_types(type_: ast.expr | None) -> str:
    if type_ is None:
        return "everything"
    return ", ".join(written(part) for part in (type_.elts if isinstance(type_, ast.Tuple) else [type_]))


def _is_optional_import(module: Module, handler: ast.ExceptHandler) -> bool:
    block = module.parent(handler)
    return isinstance(block, ast.Try | ast.TryStar) and all(
        isinstance(node, ast.Import | ast.ImportFrom) for node in block.body
    )


def _raised(node: ast.Raise) -> str:
    exception = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return written(exception) if exception is not None else ""


def _is_unreachable(module: Module, node: ast.Raise) -> bool:
    """Class U: by its type, by its own words, as the last branch of a choice, or as narrowing of None."""
    exception = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    name = module.names.resolve(exception) if exception is not None else None
    if name in _NEVER or (exception is not None and "Unreachable" in written(exception)):
        return True
    if any(_UNREACHABLE.search(text) for text in _texts([node])):
        return True
    above = module.parent(node)
    if isinstance(above, ast.match_case):
        return isinstance(above.pattern, ast.MatchAs) and above.pattern.pattern is None
    if not isinstance(above, ast.If):
        return False
    if node in above.orelse:
        return isinstance(module.parent(above), ast.If) or _is_elif_chain(above)
    return name in _NARROWING and (_asks_for_none(above.test) or _asks_for_type(module, above.test))


def _is_elif_chain(choice: ast.If) -> bool:
    """`if kind == A: ... else: raise` is a choice that is meant to be exhaustive."""
    return isinstance(choice.test, ast.Compare | ast.Call | ast.BoolOp)


def _asks_for_none(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], ast.Is)
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value is None
    )


def _asks_for_type(module: Module, test: ast.expr) -> bool:
    """`if not isinstance(...)`: what a type checker asks for."""
    asked = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else None
    return isinstance(asked, ast.Call) and module.names.callee(asked) == "builtins.isinstance"


def _texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    return (node.value for node in walk_now(nodes) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_platform(module: Module, test: ast.expr) -> bool:
    """It asks where the program runs, with what, or whether a type checker reads it."""
    return any(
        (module.names.resolve(node) or "").startswith(_PLATFORM) or _INSTALLED.fullmatch(getattr(node, "id", ""))
        for node in ast.walk(test)
        if isinstance(node, ast.Name | ast.Attribute)
    )


def _in_exempt_block(module: Module, node: ast.AST) -> bool:
    """Below `if __name__ == "__main__"`, `if TYPE_CHECKING`, a platform branch, or in an abstract method."""
    for above in module.ancestors(node):
        if isinstance(above, ast.If) and (_is_platform(module, above.test) or _is_main(above.test)):
            return True
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            "abstract" in written(decorator) for decorator in above.decorator_list
        ):
            return True
    return False


def _is_main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def never_run(module: Module) -> set[int]:
    """Lines of statements that, as everybody knows, no test can run (class U)."""
    return {node.lineno for node in _never_run(module)}


def spans_never_run(module: Module) -> Iterator[tuple[int, int]]:
    """First and last lines of what no test can run, a guard's without its `else`; functions of `...` besides."""
    for node in _never_run(module):
        end = node.body[-1] if isinstance(node, ast.If) else node
        yield node.lineno, end.end_lineno or node.lineno
    for function in _functions(module):
        if all(isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in function.body):
            yield function.lineno, function.end_lineno or function.lineno


def _never_run(module: Module) -> Iterator[Path | FunctionNode]:
    yield from (node for node in _paths(module) if not _hides(module, node))
    yield from (node for node in _functions(module) if _is_stub(module, node))


def _functions(module: Module) -> list[FunctionNode]:
    return [*module.nodes(ast.FunctionDef), *module.nodes(ast.AsyncFunctionDef)]


def _hides(module: Module, node: Path) -> bool:
    if isinstance(node, ast.If) and not isinstance(node.body[-1], ast.Raise):
        return not (_is_platform(module, node.test) or _is_main(node.test))
    return _what(module, node, {}) is not None


def _is_stub(module: Module, function: FunctionNode) -> bool:
    """`raise NotImplementedError`, a text for people, an abstract or overloaded function."""
    if any(
        written(decorator).rpartition(".")[2] in ("abstractmethod", "overload") for decorator in function.decorator_list
    ):
        return True
    if function.name in ("__repr__", "__str__"):
        return True
    last = function.body[-1]
    return isinstance(last, ast.Raise) and len(function.body) <= 2 and _is_unreachable(module, last)
