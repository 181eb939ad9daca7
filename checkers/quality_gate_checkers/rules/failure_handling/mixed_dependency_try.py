"""QG106 mixed-dependency-try."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.reading.carrying_on import carried_on
from quality_gate_checkers.reading.handlers import written
from quality_gate_checkers.reading.masking import masked
from quality_gate_checkers.reading.mixing import mixed


@rule("QG106", "mixed-dependency-try", severity="warning", triggers=(b"except",))
def mixed_dependency_try(module: Module) -> Iterator[Hit]:
    """One handler answers for two dependencies, and cannot tell whether the first was changed when the second failed.

    In one `try` something is written to one dependency, and then another one is called; the handler that catches the
    failures of both answers, sets a state or calls something, the same whichever it was.

    ## In production
    One call has done its work, another fails, and the whole counts as failed: a second try does the first one twice.

    ## Bad
    ```python
    import requests
    import smtplib

    def pay(order, mail: smtplib.SMTP):
        try:
            requests.post("https://bank.example/charges", json=order.bill, timeout=5).raise_for_status()
            mail.send_message(order.receipt)
        except Exception:
            order.mark_failed()
    ```

    ## Good
    ```python
    import logging
    import requests
    import smtplib

    log = logging.getLogger(__name__)

    def pay(order, mail: smtplib.SMTP):
        try:
            requests.post("https://bank.example/charges", json=order.bill, timeout=5).raise_for_status()
        except requests.RequestException:
            order.mark_failed()
            return
        try:
            mail.send_message(order.receipt)
        except (smtplib.SMTPException, OSError):
            log.exception("order %s is paid, its receipt not sent", order.id)
    ```

    ## When not to use it
    Where both steps may be taken again without harm, say so:
    `# quality-gate: allow[mixed-dependency-try] reason="both steps are idempotent, the job runs again"`. Silent by
    design: a handler that raises or only logs (its traceback tells), that asks for a name which the `try` sets or for
    the kind of the exception, that rolls back what was written; an earlier handler that answers for one of the two;
    reads before a write; steps in different branches; cleaning up.

    ## What other linters see
    ruff PLW0717 and wemake WPS229 count the statements of a `try`; what they do is seen by none.

    ## Known missed alarms
    Steps in helpers, calls on objects whose class nothing in the module tells, two calls of the same dependency.

    ## Measured
    No hit in 6.3 million lines of 43 public backend projects, so that nothing could be read; found in constructed code
    only, hence a warning. Three handlers there answer for two catalogued dependencies at all, and all three read the
    first before they write to the second. A search of public code for places that charge a card gave nine, in small
    shops: six answer for the bank alone, by its own exceptions, and three for nobody. None is mixed as defined here;
    one of them, written anew with a single `except Exception`, is found. The pattern is as rare as it looks.
    """
    for handler in module.nodes(ast.ExceptHandler):
        found = mixed(module, handler)
        if found is None or masked(module, handler) is not None or carried_on(module, handler) is not None:
            continue
        first, second = written(found.write.func), written(found.next.func)
        yield Hit(
            handler,
            f"{second}() can fail when {first}() has been done, and the handler cannot tell",
            f"give {found.dependencies[0]} and {found.dependencies[1]} a `try` each",
            also=(found.write, found.next),
            location=module.header(handler),
        )
