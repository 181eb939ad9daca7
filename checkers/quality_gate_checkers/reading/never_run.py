"""What, as everybody knows, no test can run (class U of failure paths), each with its reason.

Two readers stand on this. Who counts failure paths wants to leave out only what is certain: a path that is left out by
mistake is never asked for again. Who reads a pragma already has somebody's word that no test comes here, and believes
what is merely likely too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

import msgspec

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.handlers import caught_types, written
from quality_gate_checkers.reading.walks import walk_now
from quality_gate_checkers.regexes import regex

_IMPORTS = frozenset(
    {"builtins.ImportError", "builtins.ModuleNotFoundError", "importlib.metadata.PackageNotFoundError"}
)
_NOT_FAILURES = _IMPORTS | {
    "builtins.NotImplementedError", "builtins.KeyboardInterrupt", "builtins.SystemExit",
    "builtins.GeneratorExit", "asyncio.CancelledError",
}  # fmt: skip
"""Handlers of these are about the installation or about leaving, not about a failure."""
_LEAVING = frozenset({"builtins.KeyboardInterrupt", "builtins.SystemExit", "builtins.GeneratorExit"})
"""A handler that names one of these is about leaving, whatever else it names."""
_OTHER_VERSIONS = _NOT_FAILURES | {"builtins.AttributeError", "builtins.NameError"}
"""The same for a `try` in module code, where these ask what this Python or this library has."""
_NEVER = frozenset({"builtins.NotImplementedError", "builtins.AssertionError"})
_NARROWING = frozenset({"builtins.RuntimeError", "builtins.TypeError"})
UNREACHABLE = regex(
    r"unreach|\bnever\b|impossible|should(?: no|n['’])t|must not happen|not reached|\bbug\b"
    r"|can(?:no|['’]|)t (?:happen|be reached)",
    re.IGNORECASE,
)
"""Words that say "unreachable" where somebody already left the line out; a bank can be unreachable too."""
_SAID = regex(
    r"(?:should|must|can|could)(?: never|n['’]?t| not|not) (?:ever )?(?:happen|occur|be reached|get here|reach this)"
    r"|unreachable (?:code|branch|state|line)|not reached|never (?:happens|reached)|impossible (?:state|case|branch)",
    re.IGNORECASE,
)
"""Words that say nothing else than that the line is never run."""
_INSTALLED = regex(r"_?(?:HAS_|HAVE_)[A-Z0-9_]+|[A-Z0-9_]+_(?:AVAILABLE|INSTALLED)")
"""Constants that tell whether an optional dependency is there."""
_PLATFORM = ("sys.platform", "sys.implementation", "os.name", "platform.")
_VERSION, _CHECKING = "sys.version_info", "typing.TYPE_CHECKING"


class Never(msgspec.Struct, frozen=True):
    """Why no test can run something.

    Args:
        reason: as a clause.
        certain: whether it holds without anybody's word.
    """

    reason: str
    certain: bool = True


# -- raise


def raise_never_run(module: Module, node: ast.Raise) -> Never | None:
    """Of a `raise`: by its type, by its own words, as the last branch of a choice, or as narrowing of None."""
    exception = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    name = module.names.resolve(exception) if exception is not None else None
    if name in _NEVER:
        return Never(f"{name.rpartition('.')[2]} says that no caller comes here")
    if name in _IMPORTS:
        handler = next((one for one in module.ancestors(node) if isinstance(one, ast.ExceptHandler)), None)
        return Never("an optional import", certain=handler is not None and is_optional_import(module, handler))
    said = list(_texts([node]))
    if any(_SAID.search(text) for text in said):
        return Never("its own words say that it never happens")
    return _by_its_place(module, node, name) or (
        Never("its own words say that it never happens", certain=False)
        if any(UNREACHABLE.search(text) for text in [*said, written(exception) if exception is not None else ""])
        else None
    )


def _by_its_place(module: Module, node: ast.Raise, name: str | None) -> Never | None:
    above = module.parent(node)
    if isinstance(above, ast.match_case):
        last = isinstance(above.pattern, ast.MatchAs) and above.pattern.pattern is None
        return Never("the last case of a choice", certain=_closes_match(module, above)) if last else None
    if not isinstance(above, ast.If):
        return None
    if node in above.orelse:
        if isinstance(module.parent(above), ast.If) or _is_choice(above):
            return Never("the last branch of a choice", certain=_closes_chain(module, above))
        return None
    if name in _NARROWING and _asks_for_none(above.test):
        return Never("None is narrowed away", certain=_asks_of_no_argument(module, above))
    return Never("a type is narrowed", certain=False) if name in _NARROWING and _asks_type(module, above.test) else None


def _is_choice(choice: ast.If) -> bool:
    """`if kind == A: ... else: raise` may be a choice that is meant to be exhaustive."""
    return isinstance(choice.test, ast.Compare | ast.Call | ast.BoolOp)


def _asks_for_none(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], ast.Is)
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value is None
    )


def _asks_of_no_argument(module: Module, guard: ast.If) -> bool:
    """Any caller can leave an argument out; of all else the type checker alone may think that it can be None."""
    asked = guard.test.left if isinstance(guard.test, ast.Compare) else guard.test
    function = module.enclosing_function(guard)
    if function is None or not isinstance(asked, ast.Name):
        return isinstance(asked, ast.Attribute)
    return all(one.arg != asked.id for one in parameters(function))


def parameters(function: FunctionNode) -> list[ast.arg]:
    """All parameters of a function, `*args` and `**kwargs` included."""
    arguments = function.args
    more = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *more]


def _asks_type(module: Module, test: ast.expr) -> bool:
    """`if not isinstance(...)`: what a type checker asks for."""
    asked = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else None
    return isinstance(asked, ast.Call) and module.names.callee(asked) == "builtins.isinstance"


def _texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    return (node.value for node in walk_now(nodes) if isinstance(node, ast.Constant) and isinstance(node.value, str))


# -- choices that are exhaustive: the annotation of what is asked says that there is nothing else


def _closes_chain(module: Module, last: ast.If) -> bool:
    tests: list[ast.expr] = [last.test]
    current: ast.AST = last
    above = module.parent(last)
    while isinstance(above, ast.If) and current in above.orelse:
        tests.append(above.test)
        current, above = above, module.parent(above)
    asked = [_asked(module, test) for test in tests]
    subjects = {one[0] for one in asked if one is not None}
    if len(subjects) != 1 or None in asked:
        return False
    return _covers(module, subjects.pop(), last, {name for one in asked if one for name in one[1]})


def _closes_match(module: Module, last: ast.match_case) -> bool:
    block = module.parent(last)
    if not isinstance(block, ast.Match) or not isinstance(block.subject, ast.Name):
        return False
    found: set[str] = set()
    for case in block.cases:
        if case is not last:
            found |= {name for pattern in _alternatives(case.pattern) for name in _pattern_names(module, pattern)}
    return _covers(module, block.subject.id, block, found)


def _alternatives(pattern: ast.pattern) -> list[ast.pattern]:
    return pattern.patterns if isinstance(pattern, ast.MatchOr) else [pattern]


def _pattern_names(module: Module, pattern: ast.pattern) -> Iterator[str]:
    if isinstance(pattern, ast.MatchValue):
        yield _option(module, pattern.value)
    elif isinstance(pattern, ast.MatchClass):
        yield module.names.resolve(pattern.cls) or "?"


def _asked(module: Module, test: ast.expr) -> tuple[str, set[str]] | None:
    """The name that a test asks about, and what it asks for."""
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and len(test.ops) == 1:
        asked_for = test.comparators[0]
        if isinstance(test.ops[0], ast.Eq | ast.Is):
            return test.left.id, {_option(module, asked_for)}
        if isinstance(test.ops[0], ast.In) and isinstance(asked_for, ast.Tuple | ast.List | ast.Set):
            return test.left.id, {_option(module, one) for one in asked_for.elts}
    if isinstance(test, ast.Call) and module.names.callee(test) == "builtins.isinstance" and len(test.args) == 2:
        subject = test.args[0]
        types = {name or "?" for name in module.names.members(test.args[1])}
        return (subject.id, types) if isinstance(subject, ast.Name) else None
    return None


def _option(module: Module, value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return repr(value.value)
    return module.names.resolve(value) or "?"


def _covers(module: Module, subject: str, place: ast.AST, options: set[str]) -> bool:
    """Whether the annotation of a parameter allows nothing but these options."""
    function = module.enclosing_function(place)
    annotation = _annotation(function, subject) if function is not None else None
    if annotation is None or "?" in options or len(options) < 2:
        return False
    allowed = set(_allowed(module, annotation))
    if allowed and "?" not in allowed and allowed <= options:
        return True
    # Members of an enumeration: how many there are its own module tells, so their being members has to do.
    return len(allowed) == 1 and all(option.startswith(f"{next(iter(allowed))}.") for option in options)


def _annotation(function: FunctionNode, parameter: str) -> ast.expr | None:
    return next((one.annotation for one in parameters(function) if one.arg == parameter), None)


def _allowed(module: Module, annotation: ast.expr) -> Iterator[str]:
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        yield from _allowed(module, annotation.left)
        yield from _allowed(module, annotation.right)
    elif isinstance(annotation, ast.Subscript):
        inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        outer = (module.names.resolve(annotation.value) or "").rpartition(".")[2]
        if outer == "Literal":
            yield from (_option(module, one) for one in inner)
        elif outer == "Union":
            for one in inner:
                yield from _allowed(module, one)
        else:
            yield module.names.resolve(annotation.value) or "?"
    else:
        yield module.names.resolve(annotation) or "?"


# -- handlers


def handler_never_run(module: Module, handler: ast.ExceptHandler) -> Never | None:
    """Of a handler: it answers for what is installed, or for being told to leave."""
    types = caught_types(module, handler.type)
    if is_optional_import(module, handler) and all(name in _OTHER_VERSIONS or name in _BROAD for name in types):
        return Never("an optional import")
    harmless = _NOT_FAILURES if module.enclosing_function(handler) else _OTHER_VERSIONS
    if all(name in harmless for name in types) or not _LEAVING.isdisjoint(types):
        return Never("about the installation or about leaving", certain=False)
    if is_optional_import(module, handler):
        return Never("an optional import", certain=False)
    last = handler.body[-1]
    said = raise_never_run(module, last) if isinstance(last, ast.Raise) and last.exc is not None else None
    return Never(said.reason, certain=False) if said is not None else None


_BROAD = frozenset({"builtins.Exception", "builtins.BaseException"})


def is_optional_import(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether nothing but imports is tried."""
    block = module.parent(handler)
    return isinstance(block, ast.Try | ast.TryStar) and all(
        isinstance(node, ast.Import | ast.ImportFrom) for node in block.body
    )


# -- branches and functions


def is_platform(module: Module, test: ast.expr) -> bool:
    """It asks where the program runs, with what, or whether a type checker reads it."""
    return any(
        name.startswith((*_PLATFORM, _VERSION, _CHECKING)) or _INSTALLED.fullmatch(said)
        for name, said in _named(module, test)
    )


def _named(module: Module, test: ast.expr) -> list[tuple[str, str]]:
    return [
        (module.names.resolve(node) or "", getattr(node, "id", ""))
        for node in ast.walk(test)
        if isinstance(node, ast.Name | ast.Attribute)
    ]


def is_main(test: ast.expr) -> bool:
    """`__name__ == "__main__"`."""
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def branch_never_run(module: Module, test: ast.expr, *, taken: bool) -> str | None:
    """Why no test can run a branch of an `if`, as a clause; None where nothing says so.

    Args:
        taken: the branch where the test holds, or its `else`.
    """
    if not isinstance(test, ast.Compare | ast.Name | ast.Attribute | ast.UnaryOp | ast.Call | ast.BoolOp):
        return None
    named = _named(module, test)
    if any(name.startswith(_PLATFORM) for name, _ in named):
        return "only on another platform"
    negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    if any(name.startswith(_CHECKING) for name, _ in named):
        return "only a type checker reads it" if taken is not negated else None
    if any(_INSTALLED.fullmatch(said) for _, said in named) and not isinstance(test, ast.BoolOp):
        return "an optional import" if taken is negated else None
    if any(name.startswith(_VERSION) for name, _ in named) and isinstance(test, ast.Compare):
        older = isinstance(test.ops[0], ast.Lt | ast.LtE)
        return "only on an older Python" if taken is older else None
    return None


def in_exempt_block(module: Module, node: ast.AST) -> bool:
    """Below `if __name__ == "__main__"`, `if TYPE_CHECKING`, a platform branch, or in an abstract method."""
    for above in module.ancestors(node):
        if isinstance(above, ast.If) and (is_platform(module, above.test) or is_main(above.test)):
            return True
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            "abstract" in written(decorator) for decorator in above.decorator_list
        ):
            return True
    return False


def is_bodiless(function: FunctionNode) -> bool:
    """An abstract or overloaded function: what stands in it is for readers."""
    return any(
        written(decorator).rpartition(".")[2] in ("abstractmethod", "abstractproperty", "overload")
        for decorator in function.decorator_list
    )


def is_stub(module: Module, function: FunctionNode) -> bool:
    """`raise NotImplementedError`, a text for people, an abstract or overloaded function."""
    if is_bodiless(function) or function.name in ("__repr__", "__str__"):
        return True
    last = function.body[-1]
    return isinstance(last, ast.Raise) and len(function.body) <= 2 and raise_never_run(module, last) is not None


__all__ = [
    "UNREACHABLE",
    "Never",
    "branch_never_run",
    "handler_never_run",
    "in_exempt_block",
    "is_bodiless",
    "is_main",
    "is_optional_import",
    "is_platform",
    "is_stub",
    "parameters",
    "raise_never_run",
]
