"""What a handler catches, whose failure that is, and what it does about it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

import msgspec

from quality_gate_checkers.dependencies import Fallible, catalogue, lookup
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.comments import all_comments
from quality_gate_checkers.model.text import NotAnalysable, parse
from quality_gate_checkers.reading.logs import log_level
from quality_gate_checkers.reading.remembering import remembered
from quality_gate_checkers.reading.walks import following, plain_calls, walk_now
from quality_gate_checkers.regexes import regex

BROAD = frozenset({"builtins.Exception", "builtins.BaseException"})

HARMLESS = frozenset(
    f"builtins.{name}"
    for name in (
        "FileNotFoundError", "FileExistsError", "ProcessLookupError", "ImportError", "ModuleNotFoundError", "KeyError",
        "IndexError", "StopIteration", "StopAsyncIteration", "AttributeError", "NotADirectoryError",
        "IsADirectoryError", "BrokenPipeError", "ChildProcessError", "KeyboardInterrupt", "GeneratorExit",
        "InterruptedError", "BlockingIOError",
    )
) | {
    "asyncio.CancelledError", "builtins.CancelledError", "queue.Empty", "queue.Full", "asyncio.QueueEmpty",
    "asyncio.QueueFull",
}  # fmt: skip
"""Exceptions that are answers rather than failures: that a thing is not there is what was asked."""

CLEANUP = frozenset(
    {
        "close", "aclose", "stop", "shutdown", "dispose", "disconnect", "terminate", "kill", "cleanup", "clean_up",
        "quit", "release", "teardown", "tear_down", "unsubscribe", "cancel", "rollback", "abort", "join", "detach",
        "logout", "exit", "finalize", "wait_closed", "__exit__", "__aexit__", "__del__", "unlink", "remove", "rmtree",
        "rmdir", "flush",
    }
)  # fmt: skip
"""Names of functions that let go of something: a failure there has nothing left to break."""

_DOUBTFUL = frozenset({"cancel", "abort", "remove", "detach", "unsubscribe"})
"""Those of them that may as well be what a customer asks for, when another service is told to do it."""


class FailingCall(msgspec.Struct, frozen=True):
    """A call that can fail, as the catalogue or the configuration knows it."""

    node: ast.Call
    known: Fallible


def fallible_calls(module: Module, body: list[ast.stmt]) -> Sequence[FailingCall]:
    """Calls in a block that can fail, without those that an inner `try` already answers for.

    Args:
        body: a whole block; several rules ask about each.
    """
    return remembered(module, _fallible_calls, body[0]) if body else ()


def _fallible_calls(module: Module, first: ast.stmt) -> list[FailingCall]:
    calls = plain_calls([first, *following(first, module.parent(first))])
    return [FailingCall(call, known) for call in calls if (known := fallible(module, call)) is not None]


def fallible(module: Module, call: ast.Call) -> Fallible | None:
    """What the catalogue or the configuration knows of a call that can fail; None of all others."""
    name = callee(module, call)
    return lookup(name, module.settings) if name else None


def callee(module: Module, call: ast.Call) -> str | None:
    """Dotted name of what a call calls; calls that no rung of the ladder holds are counted as not resolved."""
    name = module.names.callee(call)
    if name is None:
        module.not_resolved.add(call)
    return name


def caught_types(module: Module, type_: ast.expr | None) -> list[str | None]:
    """Dotted names of the exceptions that an `except` or a `suppress()` names; None for one that does not resolve."""
    if type_ is None:
        return ["builtins.BaseException"]
    return module.names.members(type_)


def suppressed_types(module: Module, item: ast.withitem) -> list[str | None] | None:
    """Dotted names of the exceptions that a `contextlib.suppress()` hides; None for any other context."""
    call = item.context_expr
    if not isinstance(call, ast.Call) or called_name(call) != "suppress":
        return None
    if module.names.callee(call) != "contextlib.suppress":
        return None
    return [module.names.resolve(argument) for argument in call.args]


def is_broad(types: list[str | None]) -> bool:
    """Whether `Exception` or `BaseException` is among the caught."""
    return any(name in BROAD for name in types)


def is_harmless(types: list[str | None]) -> bool:
    """Whether only answers are caught, no failures."""
    return all(name in HARMLESS for name in types)


def answers_for(types: list[str | None], known: Fallible) -> bool:
    """Whether the caught exceptions include a failure of a call.

    Nothing tells the bases of exceptions that the project declares; those that stand beside them in one module belong
    to the same family: `except BankError` answers for `CardDeclined`.
    """
    catalogued = catalogue()
    beside = {raised.rpartition(".")[0] for raised in known.raises} if known.kind == "own" else set()
    return any(
        name in BROAD
        or name.rpartition(".")[0] in beside - {"builtins"}
        or any(catalogued.catches(name, raised) or catalogued.catches(raised, name) for raised in known.raises)
        for name in types
        if name is not None and name not in HARMLESS
    )


class Reaction(msgspec.Struct, frozen=True):
    """What the body of a handler does.

    Args:
        raises: a `raise` stands in it.
        loud: it logs at warning or above, counts, calls something, or changes state: somebody can notice.
        quiet_logs: it logs below warning.
        returns: its return statements.
        assigns: names that it binds.
    """

    raises: bool
    loud: bool
    quiet_logs: bool
    returns: tuple[ast.Return, ...]
    assigns: frozenset[str]

    @property
    def silent(self) -> bool:
        """Nobody can notice: nothing is raised, said, counted, returned or remembered."""
        return not (self.raises or self.loud or self.assigns) and all(is_nothing(found.value) for found in self.returns)


PURE = frozenset(
    f"builtins.{name}"
    for name in (
        "str",
        "repr",
        "len",
        "int",
        "float",
        "bool",
        "dict",
        "list",
        "tuple",
        "set",
        "type",
        "isinstance",
        "getattr",
        "format",
    )
)
"""Built-in calls that change nothing and tell nobody."""


def reaction(module: Module, body: list[ast.stmt]) -> Reaction:
    """Read what a handler's body does."""
    raises = loud = quiet = False
    returns: list[ast.Return] = []
    assigns: set[str] = set()
    for node in walk_now(body):
        if isinstance(node, ast.Raise):
            raises = True
        elif isinstance(node, ast.Return):
            returns.append(node)
        elif isinstance(node, ast.Call):
            level = log_level(module, node)
            quiet = quiet or level == "quiet"
            loud = (
                loud
                or level == "loud"
                or (level is None and not _within_quiet_log(module, node) and _has_effect(module, node))
            )
        elif isinstance(node, ast.AugAssign | ast.Delete | ast.Yield | ast.YieldFrom | ast.Assert | ast.Global) or (
            isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store)
        ):
            loud = True
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            assigns.add(node.id)
    return Reaction(raises, loud, quiet, tuple(returns), frozenset(assigns))


def _within_quiet_log(module: Module, call: ast.Call) -> bool:
    return any(isinstance(above, ast.Call) and log_level(module, above) == "quiet" for above in module.ancestors(call))


def _has_effect(module: Module, call: ast.Call) -> bool:
    return module.names.callee(call) not in PURE


def is_nothing(value: ast.expr | None) -> bool:
    """`return`, `return None`."""
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def is_cleanup(module: Module, within: ast.AST) -> bool:
    """Whether a statement's body only lets go of something, or it stands where things are let go of.

    Names do not say so of what asks a dependency that the project declares, nor `cancel` and its like of what tells
    another service to do something: `cancel()` that refunds a customer.
    """
    return remembered(module, _is_cleanup, within)


def _is_cleanup(module: Module, within: ast.AST) -> bool:
    body: list[ast.stmt] = getattr(within, "body", [])
    calls = [node for node in walk_now(body) if isinstance(node, ast.Call)]
    failing = fallible_calls(module, body)
    is_business = any(found.known.kind == "own" for found in failing)
    told = any(found.known.kind in ("http", "cloud") and found.known.effect != "read" for found in failing)
    tidy = CLEANUP - _DOUBTFUL if told else CLEANUP
    if calls and not is_business and all(called_name(call) in tidy for call in calls if not _is_part(module, call)):
        return True
    child: ast.AST = within
    for above in module.ancestors(within):
        if isinstance(above, ast.ExceptHandler) or (isinstance(above, ast.Try) and child in above.finalbody):
            return True
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
            name = above.name.strip("_")
            return not is_business and lets_go(name) and not (told and name in _DOUBTFUL)
        child = above
    return False


def lets_go(function: str) -> bool:
    """Whether a function is there to let go of something: `close`, `stop_gateway`, `_shutdown_pool`."""
    return function in _CLEANUP_FUNCTIONS or function.split("_")[0] in (
        "close",
        "aclose",
        "stop",
        "shutdown",
        "teardown",
        "cleanup",
        "disconnect",
    )


_CLEANUP_FUNCTIONS = frozenset(name.strip("_") for name in CLEANUP)


def _is_part(module: Module, call: ast.Call) -> bool:
    """Whether a call only makes an argument or the receiver of another one: `Path(name)` in `Path(name).unlink()`."""
    return isinstance(module.parent(call), ast.Call | ast.keyword | ast.Attribute)


def called_name(call: ast.Call) -> str:
    """The last part of what is called, as written."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def written(node: ast.AST) -> str:
    """A dotted expression as its author wrote it, for messages: `self.http.get`; `…` for what is no name."""
    if isinstance(node, ast.Attribute):
        return f"{written(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return f"{written(node.func)}()"
    return getattr(node, "id", "…")


_WORDS = regex(r"[^\W\d_]{2,}")
_NO_REASON = regex(
    r"todo|fixme|xxx|hack|noqa|pragma|pylint:|type:|nosec|quality-gate:|lgtm ?\[|^#\s*[\w-]+:\s*ignore\b", re.IGNORECASE
)


_OF_FAILING = regex(r"fail|error|exception|\braises?\b|best.?effort|optional|unavailable|unreachable", re.IGNORECASE)
_CODE = regex(r"[\w\])]\(|=")
"""A space before the parenthesis is prose: `telemetry (best-effort)`."""
_DOES = (ast.Call, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.NamedExpr)

_EMPTY_WORDS = frozenset(
    _WORDS.findall(
        "a all an and any anyway at away be but by can care continue continues could did do does doesn don "
        "error errors exception exceptions expected fail failed fails failure failures fine go here if "
        "ignore ignored ignores ignoring in is isn it its just let matter mind move moving need never no "
        "noop not nothing of off ok okay on or our out pass passed passing please problem really safe safely "
        "should silence silenced silent silently simply skip skipped so still suppress swallow that the then "
        "there these they thing things this those to us want we well whatever when who will with won would you"
        " know knows man"
    )
)
"""Words that only repeat what the handler does: `do not care`, `just ignore it`, `nothing to do here`."""


def says_why(module: Module, handler: ast.ExceptHandler) -> bool:
    """Whether a comment in a handler gives a reason: three words or more, two of which say more than "ignore it".

    Neither a TODO nor a directive is one, nor code that is commented out.
    """
    return _gives_a_reason(module.lines[handler.lineno - 1 : _last_line(module, handler)])


def says_why_above(module: Module, block: ast.Try | ast.TryStar) -> bool:
    """Whether the comment right above a `try` gives a reason and speaks of failing: `# fails where it is there`."""
    first = last = block.lineno - 1
    while first and module.lines[first - 1].lstrip().startswith("#"):
        first -= 1
    above = module.lines[first:last]
    return _OF_FAILING.search("\n".join(above)) is not None and _gives_a_reason(above)


def _gives_a_reason(held: list[str]) -> bool:
    comments = (comment.text for comment in all_comments("\n".join(held), held)) if held else ()
    said = [text for text in comments if not _NO_REASON.search(text) and not _is_code(text)]
    words = [word.lower() for text in said for word in _WORDS.findall(text)]
    return len(words) >= 3 and sum(word not in _EMPTY_WORDS for word in words) >= 2


def _last_line(module: Module, handler: ast.ExceptHandler) -> int:
    """The last line of a handler, comments after its last statement included that are indented deeper than it is."""
    last = handler.body[-1].end_lineno or handler.body[-1].lineno
    for number in range(last, len(module.lines)):
        text = module.lines[number].strip()
        if text and not (text[0] == "#" and _indent(module.lines[number]) > _indent(module.lines[handler.lineno - 1])):
            break
        last = number + 1 if text else last
    return last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_code(comment: str) -> bool:
    """Whether a comment is code that is commented out: it parses, and something is called or bound in it."""
    text = comment.lstrip("# \t")
    if not _CODE.search(text):
        return False
    try:
        tree = parse(text)
    except NotAnalysable:
        return False
    return any(isinstance(node, _DOES) for node in ast.walk(tree))
