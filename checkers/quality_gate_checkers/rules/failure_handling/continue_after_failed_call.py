"""QG103 continue-after-failed-call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.reading.carrying_on import carried_on
from quality_gate_checkers.reading.handlers import written


@rule("QG103", "continue-after-failed-call", triggers=(b"except",))
def continue_after_failed_call(module: Module) -> Iterator[Hit]:
    """A call fails, the handler lets it pass, and the code goes on as if it had worked.

    ## In production
    The code goes on as if the call had worked: what it then stores, sends or answers is wrong.

    ## Bad
    ```python
    import logging
    from shop.bank import BankError

    log = logging.getLogger(__name__)

    class Payments:
        def __init__(self, gateway):
            self._gateway = gateway

        def charge(self, order):
            try:
                self._gateway.charge(order.total, order.card)
            except BankError:
                log.exception("order %s: charge failed", order.id)
            order.mark_paid()
    ```

    ## Good
    ```python
    import logging
    from shop.bank import BankError

    log = logging.getLogger(__name__)

    class Payments:
        def __init__(self, gateway):
            self._gateway = gateway

        def charge(self, order):
            try:
                self._gateway.charge(order.total, order.card)
            except BankError:
                log.exception("order %s: charge failed", order.id)
                raise
            order.mark_paid()
    ```

    ## When not to use it
    Where the state does not depend on the call, say so:
    `# quality-gate: allow[continue-after-failed-call] reason="the receipt is sent again at night, PAY-812"`.
    Silent by design: calls that tell somebody (mail, metric, webhook) unless "sent" is what is set, calls that only
    ask, states that tell of the failure, a flag that the handler sets, whatever stands under an `if`, plain
    `save()` and `commit()`.

    ## What other linters see
    pylint possibly-used-before-assignment sees the name that only the `try` binds, in any `try`. The state that is
    changed all the same is seen by none.

    ## Known missed alarms
    A success that is returned instead of written down. `contextlib.suppress`. A state changed in a helper, or on an
    object that the failing call was not given. Handlers that do more than log and count, or wait for the next attempt.

    ## Measured
    2 hits in 4.8 million lines of 35 public backend projects, both read, both true, both of a name that only the
    `try` binds; the rule was widened so as to find one of them. The changed state was found in constructed code
    only. On 3.6 million lines that the rule had not seen, 2 hits, both read: a name that only the `try` binds, true;
    a changed state after an exception that was a message and no failure, false and mended since.
    """
    for handler in module.nodes(ast.ExceptHandler):
        found = carried_on(module, handler)
        if found is not None:
            line = int(getattr(found.step, "lineno", 0))
            told = "fails each time" if found.given_up else "fails"
            remedy = "give the loop an `else` that raises" if found.given_up else "return or raise in the handler"
            yield Hit(
                handler,
                f"{written(found.call.func)}() {told} and {found.told} all the same",
                f"{remedy}, or move line {line} into {'the `try`' if found.given_up else '`else`'}",
                also=(found.call, found.step),
                location=module.header(handler),
            )
