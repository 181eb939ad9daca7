"""QG211 session-not-rolled-back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.reading.carrying_on import carried_on
from quality_gate_checkers.reading.handlers import written
from quality_gate_checkers.reading.sessions import reused


@rule("QG211", "session-not-rolled-back", severity="warning", triggers=(b"commit", b"flush"))
def session_not_rolled_back(module: Module) -> Iterator[Hit]:
    """A commit or a flush fails, and the same session is used again before anybody has rolled back.

    The session is SQLAlchemy's, sync or async: known by its class, as Flask-SQLAlchemy's `db.session`, or by the
    exception of SQLAlchemy that the handler waits for. After the failure the handler, the code below it or the next
    round of the loop calls it as if nothing had been.

    ## In production
    One row that is refused makes every later statement of the session fail with PendingRollbackError, far from the row.

    ## Bad
    ```python
    import logging
    from sqlalchemy.exc import IntegrityError
    from sqlalchemy.orm import Session

    log = logging.getLogger(__name__)

    def import_rows(session: Session, rows):
        for row in rows:
            try:
                session.add(row)
                session.commit()
            except IntegrityError:
                log.warning("row %s is refused", row.key, exc_info=True)
    ```

    ## Good
    ```python
    import logging
    from sqlalchemy.exc import IntegrityError
    from sqlalchemy.orm import Session

    log = logging.getLogger(__name__)

    def import_rows(session: Session, rows):
        for row in rows:
            try:
                session.add(row)
                session.commit()
            except IntegrityError:
                session.rollback()
                log.warning("row %s is refused", row.key, exc_info=True)
    ```

    ## When not to use it
    Where a helper rolls back by another name, say so:
    `# quality-gate: allow[session-not-rolled-back] reason="give_up() rolls back"`. Silent by design: a call that
    is handed the session, or whose name says that it rolls back, closes, resets or cleans up; a commit inside `with
    session.begin_nested():`; a session that is made within the `try` or the loop; a handler that returns or raises
    without touching the session; an `if` that looks at what the handler has set.

    ## What other linters see
    Nothing.

    ## Known missed alarms
    Helpers that commit or use the session; a session that lives on in an object or a registry after the function has
    returned; objects of the session that load an attribute; sessions whose class nothing in the module tells, under a
    broad handler. The failed `execute()` after which PostgreSQL refuses everything but a rollback.

    ## Measured
    1 hit in 4.8 million lines of 35 public backend projects, 1 more in 1.5 million lines of eight others that the
    rule had not seen; both read, both true: handlers that write "failed" through the session whose commit may be
    what failed. Too few to block on.
    """
    for handler in module.nodes(ast.ExceptHandler):
        found = reused(module, handler)
        if found is not None and carried_on(module, handler) is None:
            session = written(found.failing.func).rpartition(".")[0]
            yield Hit(
                handler,
                f"{written(found.failing.func)}() fails, and {written(found.use.func)}() goes on without a rollback",
                f"call {session}.rollback() first, or write inside `with {session}.begin_nested():`",
                also=(found.failing, found.use),
                location=module.header(handler),
            )
