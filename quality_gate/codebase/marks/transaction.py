"""Lines that run inside a database transaction."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.handlers import written

_ASYNC = "sqlalchemy.ext.asyncio"
_ATOMIC = frozenset(
    {
        "django.db.transaction.atomic",
        "tortoise.transactions.in_transaction",
        "tortoise.transactions.atomic",
        "pony.orm.db_session",
    }
)
_BEGIN = frozenset(
    {
        *(
            f"{holder}.{word}"
            for holder in (
                *(f"sqlalchemy.orm.{found}" for found in ("Session", "scoped_session")),
                *(f"{_ASYNC}.{found}" for found in ("AsyncSession", "async_scoped_session", "AsyncConnection")),
                "sqlalchemy.Connection",
                "flask_sqlalchemy.SQLAlchemy.session",
            )
            for word in ("begin", "begin_nested")
        ),
        "sqlalchemy.orm.sessionmaker.begin",
        f"{_ASYNC}.async_sessionmaker.begin",
        f"{_ASYNC}.AsyncEngine.begin",
        "sqlalchemy.Engine.begin",
        "asyncpg.Connection.transaction",
        "psycopg.Connection.transaction",
        "psycopg.AsyncConnection.transaction",
        "peewee.Database.atomic",
        *(
            f"peewee.{kind}Database.{word}"
            for kind in ("Postgresql", "MySQL", "Sqlite")
            for word in ("atomic", "transaction")
        ),
    }
)


@marks("transaction", triggers=("atomic", ".begin(", ".begin_nested(", ".transaction(", "in_transaction", "db_session"))
def transaction(module: Module) -> Iterator[Marked]:
    """A `with` on a transaction, or of a decorated function; `detail` is how it is begun."""
    blocks: list[ast.With | ast.AsyncWith] = [*module.nodes(ast.With), *module.nodes(ast.AsyncWith)]
    for block in blocks:
        begun = next((item.context_expr for item in block.items if begins(module, item.context_expr)), None)
        if begun is not None:
            yield Marked(block, _as_written(begun))
    functions: list[FunctionNode] = [*module.nodes(ast.FunctionDef), *module.nodes(ast.AsyncFunctionDef)]
    for function in functions:
        begun = next((found for found in function.decorator_list if decorates(module, found)), None)
        if begun is not None:
            yield Marked(function, f"@{_as_written(begun)}")


def begins(module: Module, expression: ast.expr) -> bool:
    """Whether a context manager begins a transaction."""
    if not isinstance(expression, ast.Call):
        return module.names.resolve(expression) in _ATOMIC
    name = module.names.callee(expression)
    return name is not None and is_beginning(name)


def is_beginning(name: str) -> bool:
    """Whether what has a dotted name begins a transaction when it is entered."""
    return name in _ATOMIC or catalogue().canonical(name) in _BEGIN


def decorates(module: Module, decorator: ast.expr) -> bool:
    """`@transaction.atomic`, with and without a call, and Django's `method_decorator` around it."""
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(decorator, ast.Call) and module.names.resolve(named) == "django.utils.decorators.method_decorator":
        return bool(decorator.args) and decorates(module, decorator.args[0])
    return module.names.resolve(named) in _ATOMIC


def _as_written(expression: ast.expr) -> str:
    return written(expression)[:80]
