"""Which mutants a failure path has."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial

import msgspec

from quality_gate.codebase.mutants.edits import REACHED, Edit, Source
from quality_gate.codebase.mutants.finding import Finder, Found, Place
from quality_gate.codebase.mutants.passing import cleaned, expired, unwound
from quality_gate.failure_paths import UNKNOWN, FailureKind, FailurePath
from quality_gate_checkers.settings import Settings

_NONE: dict[FailureKind, str] = {
    "unwind": "the call shares its statement or its line with more than can be swallowed alone",
    "deadline": "its time limit does not stand at the call",
    "cleanup": "a context manager cleans up: there is no code here to change",
    "retry exhaustion": "its attempts are counted outside of its code; what follows the last one is a path of its own",
    "partial failure": "what the answer lists comes from outside; where it is read is a path of its own",
}
_FLIPPED: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: ">=",
    ast.LtE: ">",
    ast.Gt: "<=",
    ast.GtE: "<",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """One change.

    Args:
        what: in a few words, for people.
        edit: the change.
        within: the function that is changed, and those around it, the innermost first.
        diff: as people see it.
        taken: last names of the exceptions that are not raised with it.
    """

    what: str
    edit: Edit
    within: tuple[Place, ...]
    diff: str
    taken: tuple[str, ...] = ()


def why_none(path: FailurePath) -> str:
    """Why a path has no mutant, as a clause."""
    return _NONE.get(path.kind, "its place in the file was not found")


class Mutants:
    """Makes the mutants of failure paths of one file.

    Args:
        source: as it was when the paths were listed.
        settings: the project's, for the time limits of its own dependencies.
    """

    def __init__(self, source: Source, settings: Settings) -> None:
        self._makers = _MAKERS | {"deadline": partial(expired, settings)}
        self._source = source
        self._finder = Finder(source.tree)

    def of(self, path: FailurePath) -> tuple[Mutant, ...]:
        """The mutants of a path; none where no change of the code stands for its failure."""
        maker = self._makers.get(path.kind)
        if maker is None:
            return ()
        return tuple(
            Mutant(
                what=what,
                edit=edit,
                within=self._finder.around(node),
                diff=self._source.diff(path.path, edit),
                taken=_taken(path, node, what),
            )
            for what, node, edit in maker(self._source, self._finder, path)
        )


# -- raise and return

_ANYTHING = frozenset({UNKNOWN, "builtins.Exception", "builtins.BaseException"})
_NOT_RAISED, _LEFT_OUT, _TURNED = "the exception is not raised", "the check is left out", "the check is turned round"
_EMPTIED = "the handler does nothing"


def _taken(path: FailurePath, node: ast.AST, what: str) -> tuple[str, ...]:
    """Last names of exceptions that tell something, and are not raised any more where they were."""
    if what == _EMPTIED and isinstance(node, ast.ExceptHandler):
        return _raised_last(node)
    if what not in (_NOT_RAISED, _LEFT_OUT, _TURNED) or path.leaves_by == "return":
        return ()
    return tuple(name.rpartition(".")[2] for name in path.types if name not in _ANYTHING)


def _raised_last(node: ast.ExceptHandler) -> tuple[str, ...]:
    """The class that a handler makes of what it took, where its name says that it is one."""
    last = node.body[-1]
    made = last.exc if isinstance(last, ast.Raise) else None
    made = made.func if isinstance(made, ast.Call) else made
    name = made.attr if isinstance(made, ast.Attribute) else made.id if isinstance(made, ast.Name) else ""
    is_class = name.lstrip("_")[:1].isupper() and f"builtins.{name}" not in _ANYTHING
    return (name,) if is_class else ()


def _leaving(source: Source, finder: Finder, path: FailurePath) -> Found:
    """What leaves the function, left out; of a guard, its condition made false."""
    statement = _statement(source, finder, path)
    if statement is None:
        return
    guard = finder.guard(statement) if path.kind in ("validation", "error return") else None
    if guard is None:
        what = _NOT_RAISED if path.leaves_by != "return" else "the error is not returned"
        yield what, statement, source.statements([statement], "pass")
        return
    node, in_else = guard
    test = source.piece(node.test)
    forced = f"{{}} or ({REACHED}(), True)[1]" if in_else else f"{{}} and ({REACHED}(), False)[1]"
    shown = "True" if in_else else "False"
    yield _LEFT_OUT, node, source.expression(node.test, forced, shown, reached=True)
    yield _TURNED, node, source.expression(node.test, "not {}", _flipped(source, node.test, test))


def _statement(source: Source, finder: Finder, path: FailurePath) -> ast.stmt | None:
    """The statement of a raise, return or call that begins where the path says."""
    kind = {"raise": ast.Raise, "return": ast.Return}.get(path.leaves_by, ast.Call)
    for node in finder.on(path.line):
        if isinstance(node, ast.stmt | ast.expr) and isinstance(node, kind) and source.column(node) == path.column:
            if isinstance(node, ast.stmt):
                return node
            around = next(finder.parents(node))
            around = next(finder.parents(around)) if isinstance(around, ast.Await) else around
            return around if isinstance(around, ast.Expr | ast.Return) else None
    return None


def _flipped(source: Source, test: ast.expr, text: str) -> str:
    """A condition turned round, as people would write it."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return f"{source.piece(test.left)} {_FLIPPED[type(test.ops[0])]} {source.piece(test.comparators[0])}"
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return source.piece(test.operand)
    plain = isinstance(test, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
    return f"not {text}" if plain else f"not ({text})"


# -- handlers


def _handler(source: Source, finder: Finder, path: FailurePath) -> Found:
    """The handler emptied, and the failure let through: it, or the one type of it that the path is about."""
    line = path.handler.line if path.handler is not None else 0
    node = next((one for one in finder.on(line) if _is_handler(source, one, path)), None)
    if not isinstance(node, ast.ExceptHandler) or path.handler is None:
        return
    if not path.handler.log_only and not _says_no(finder, node):
        yield _EMPTIED, node, source.statements(node.body, "pass")
    kept = _without(node.type, path)
    if kept is not None and node.type is not None:
        dropped = path.text.removeprefix("except ")
        yield f"{dropped} is not caught", node, source.expression(node.type, f"({{}}, {kept})[1]", kept)
    elif node.type is not None and _is_followed(finder, node):
        yield "nothing is caught", node, source.expression(node.type, "({}, ())[1]", "()")
    elif not _is_plain_raise(node.body):
        yield "the failure is let through", node, source.statements(node.body, "raise")


def _is_handler(source: Source, node: ast.AST, path: FailurePath) -> bool:
    return isinstance(node, ast.ExceptHandler) and (path.kind == "handler call" or source.column(node) == path.column)


def _without(caught: ast.expr | None, path: FailurePath) -> str | None:
    """A tuple of types without the path's own, None where the path is about all of it."""
    if path.kind == "handler call" or not isinstance(caught, ast.Tuple) or len(caught.elts) < 2:
        return None
    others = [one for one in caught.elts if f"except {ast.unparse(one)}" != path.text]
    if len(others) == len(caught.elts):
        return None
    return f"({', '.join(map(ast.unparse, others))},)"


def _is_followed(finder: Finder, node: ast.ExceptHandler) -> bool:
    """Whether another handler of the same `try` comes after it."""
    around = next(finder.parents(node))
    return isinstance(around, ast.Try | ast.TryStar) and around.handlers[-1] is not node


def _says_no(finder: Finder, node: ast.ExceptHandler) -> bool:
    """Whether a handler only answers False where its function would end without an answer: who asks hears the same."""
    only = node.body[0] if len(node.body) == 1 else None
    if not (isinstance(only, ast.Return) and isinstance(only.value, ast.Constant) and only.value.value is False):
        return False
    inner: ast.AST = node
    for around in finder.parents(node):
        if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef):
            return around.body[-1] is inner
        blocks = [getattr(around, name, None) for name in ("body", "orelse", "finalbody")]
        is_last = inner is node or any(block and block[-1] is inner for block in blocks)
        if isinstance(around, ast.For | ast.AsyncFor | ast.While) or not is_last or getattr(around, "finalbody", None):
            return False
        inner = around
    return False


def _is_plain_raise(body: list[ast.stmt]) -> bool:
    return isinstance(body[0], ast.Raise) and body[0].exc is None


_MAKERS: dict[FailureKind, Callable[[Source, Finder, FailurePath], Found]] = {
    "raise": _leaving,
    "re-raise": _leaving,
    "validation": _leaving,
    "error return": _leaving,
    "handler": _handler,
    "handler call": _handler,
    "cancellation": _handler,
    "unwind": unwound,
    "cleanup": cleaned,
}
