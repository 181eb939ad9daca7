"""Whether a database session is used again after a failed commit or flush and before a rollback."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import msgspec

from quality_gate_checkers.dependencies import Fallible, catalogue
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.index import children
from quality_gate_checkers.reading.handlers import answers_for, called_name, caught_types, written
from quality_gate_checkers.reading.logs import log_level
from quality_gate_checkers.reading.walks import DEFERRED, after_block, leaves, names_bound, walk_now
from quality_gate_checkers.regexes import regex

_SESSIONS = frozenset(
    {
        "sqlalchemy.orm.Session",
        "sqlalchemy.orm.scoped_session",
        "sqlalchemy.ext.asyncio.AsyncSession",
        "sqlalchemy.ext.asyncio.async_scoped_session",
        "sqlmodel.Session",
        "sqlmodel.ext.asyncio.session.AsyncSession",
    }
)
_FLASK = regex(r"(?:^|\.)db\.session$")
"""`db.session`, as Flask-SQLAlchemy has it everywhere; `db` commonly comes from a module of the project."""
_FAILS = frozenset({"commit", "flush"})
_USES = _FAILS | {
    "add", "add_all", "execute", "exec", "scalar", "scalars", "query", "get", "get_one", "merge", "delete", "refresh",
    "bulk_insert_mappings", "bulk_save_objects", "bulk_update_mappings", "stream", "stream_scalars", "begin_nested",
}  # fmt: skip
_RELEASES = regex(r"roll_?back|close|remove|reset|invalidate|abort|recover|dispose|reconnect|clean|clear")
_SAVEPOINTS = frozenset({"begin_nested", "begin", "savepoint"})
_NEVER_RETURNS = frozenset({"exit", "_exit", "fail", "skip", "redirect"})
_NO_COMMIT = frozenset({"sqlalchemy.exc.NoResultFound", "sqlalchemy.exc.MultipleResultsFound"})
"""What looking up raises; neither a commit nor a flush does."""


class Reused(msgspec.Struct, frozen=True):
    """A session that is used although its transaction is broken.

    Args:
        failing: the commit or flush that fails.
        use: the next call on the session.
    """

    failing: ast.Call
    use: ast.Call


def reused(module: Module, handler: ast.ExceptHandler) -> Reused | None:
    """The use of a broken session that a handler lets happen, or None."""
    block = module.parent(handler)
    if not isinstance(block, ast.Try | ast.TryStar):
        return None
    types = caught_types(module, handler.type)
    failing = next(_broken_by(module, block.body, types), None) if _answered(types) else None
    if failing is None:
        return None
    session = _receiver(failing)
    first = next(_events(module, handler, block, session), None)
    return Reused(failing, first) if first is not None and _is_use(first, session) else None


def _is_use(call: ast.Call, session: str) -> bool:
    return called_name(call) in _USES and _receiver(call) == session


def is_commit(module: Module, call: ast.Call) -> bool:
    """Whether a call commits a session, one that only its name tells included: `db.session.commit()`."""
    on_session = isinstance(call.func, ast.Attribute) and _is_session(module, call.func.value, typed=False)
    return called_name(call) == "commit" and on_session


# -- what fails


def _answered(types: list[str | None]) -> bool:
    known: Fallible | None = catalogue().fallible("sqlalchemy.orm.Session.commit")
    caught = [name for name in types if name is not None and catalogue().canonical(name) not in _NO_COMMIT]
    return known is not None and answers_for(list(caught), known)


def _broken_by(module: Module, body: list[ast.stmt], types: list[str | None]) -> Iterator[ast.Call]:
    """Commits and flushes in a `try` whose failure reaches its handlers with the transaction still broken."""
    typed = any((name or "").startswith("sqlalchemy.") for name in types)
    for call in _unanswered(body):
        receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
        if called_name(call) not in _FAILS or call.args or receiver is None:
            continue
        if _is_session(module, receiver, typed) and not _is_undone(module, call, body):
            yield call


def _unanswered(body: list[ast.stmt]) -> Iterator[ast.Call]:
    """Calls in a block without those that an inner `try` answers for."""
    stack: list[ast.AST] = [*reversed(body)]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Call):
            yield node
        if isinstance(node, ast.Try | ast.TryStar) and node.handlers:
            stack.extend([*node.orelse, *node.finalbody][::-1])
        elif not isinstance(node, DEFERRED):
            stack.extend(reversed(children(node)))


def _is_session(module: Module, receiver: ast.expr, typed: bool) -> bool:
    """By its class, as Flask-SQLAlchemy's, or because the handler waits for an exception of SQLAlchemy."""
    kind = module.names.type_of(receiver)
    if kind is not None:
        return catalogue().canonical(kind) in _SESSIONS
    return typed or _FLASK.search(module.names.resolve(receiver) or "") is not None


def _is_undone(module: Module, call: ast.Call, body: list[ast.stmt]) -> bool:
    """Whether the session is the `try`'s own, or a savepoint within it rolls back by itself."""
    for above in module.ancestors(call):
        if isinstance(above, ast.With | ast.AsyncWith) and any(_is_savepoint(item) for item in above.items):
            return True
        if above in body:
            break
    return _receiver(call).partition(".")[0] in names_bound(body)


def _is_savepoint(item: ast.withitem) -> bool:
    return isinstance(item.context_expr, ast.Call) and called_name(item.context_expr) in _SAVEPOINTS


def _receiver(call: ast.Call) -> str:
    return written(call.func.value) if isinstance(call.func, ast.Attribute) else ""


# -- what happens next


def _events(
    module: Module, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar, session: str
) -> Iterator[ast.Call]:
    """Calls that have to do with a session, in the order in which they run once the handler is entered."""
    yield from _calls(handler.body, session)
    last = handler.body[-1]
    if _never_returns(module, last):
        return
    yield from _calls(block.finalbody, session)
    if leaves(handler.body) and not isinstance(last, ast.Continue | ast.Break):
        return
    marks = names_bound(handler.body)
    if not isinstance(last, ast.Continue | ast.Break):
        after = after_block(module, block)
        if _asks(after, marks):
            return
        yield from _calls(after, session)
        if leaves(after):
            return
    loop = _loop(module, block)
    if loop is not None and not isinstance(last, ast.Break) and session.partition(".")[0] not in names_bound([loop]):
        yield from _calls(loop.body, session)


def _never_returns(module: Module, last: ast.stmt) -> bool:
    if not isinstance(last, ast.Expr) or not isinstance(last.value, ast.Call):
        return False
    return called_name(last.value) in _NEVER_RETURNS and log_level(module, last.value) is None


def _asks(after: list[ast.stmt], marks: set[str]) -> bool:
    """Whether what follows looks at something that the handler has set."""
    tests = (node.test for node in walk_now(after) if isinstance(node, ast.If | ast.While | ast.IfExp))
    return any(isinstance(part, ast.Name) and part.id in marks for test in tests for part in ast.walk(test))


def _calls(nodes: Iterable[ast.AST], session: str) -> Iterator[ast.Call]:
    """Uses of a session, releases of whatever it is called there, and calls that are handed the session."""
    for node in walk_now(nodes):
        if isinstance(node, ast.Call):
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            if (
                _is_use(node, session)
                or _RELEASES.search(called_name(node))
                or any(written(part) == session for part in given)
            ):
                yield node


def _loop(module: Module, block: ast.AST) -> ast.For | ast.AsyncFor | ast.While | None:
    """The innermost loop around a statement within its function."""
    for above in module.ancestors(block):
        if isinstance(above, DEFERRED):
            return None
        if isinstance(above, ast.For | ast.AsyncFor | ast.While):
            return above
    return None
