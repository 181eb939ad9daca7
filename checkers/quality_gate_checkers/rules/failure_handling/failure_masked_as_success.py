"""QG102 failure-masked-as-success."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.reading.handlers import written
from quality_gate_checkers.reading.masking import Masked, masked


@rule("QG102", "failure-masked-as-success", severity="warning", triggers=(b"except",))
def failure_masked_as_success(module: Module) -> Iterator[Hit]:
    """A remote call fails, and the handler hands back an empty value as if that were the answer.

    ## In production
    An outage looks like "nothing there": the empty answer is stored, shown or acted upon.

    ## Bad
    ```python
    import requests

    def rates(url):
        try:
            response = requests.get(url, timeout=5)
            response.raise_for_status()
        except requests.RequestException:
            return {}
        return response.json()
    ```

    ## Good
    ```python
    import requests

    class RatesUnavailable(Exception):
        pass

    def rates(url):
        try:
            response = requests.get(url, timeout=5)
            response.raise_for_status()
        except requests.RequestException as error:
            raise RatesUnavailable(url) from error
        return response.json()
    ```

    ## When not to use it
    Where an empty answer is right, tell the callers: `-> X | None`, or a docstring that says what is returned when
    the call fails. Both are accepted, and so is a log at warning or above. Not reported either: predicates and
    health checks (`is_*`, `has_*`, `check_*`, `ping` ...), exceptions that are answers (NoSuchKey, NotFound ...), a
    cache that does not answer. None of that helps where `lru_cache` or another cache keeps the failure for more
    than ten minutes.

    ## What other linters see
    Nothing. ruff TRY300 and pylint R1710 look at where `return` stands, not at what it hides; BLE001 sees broad
    handlers only.

    ## Known missed alarms
    A function without a return annotation that returns None: callers commonly look for None, and they may be in
    another module. A value that is set before the `try` and kept by an empty handler. A function that is handed to
    a cache by a call instead of a decorator. A cache whose time is a name that the module does not hold as a
    number.

    ## Measured
    3 hits in 4.8 million lines of 35 public backend projects, all read, all true after the rule was mended on most
    of that code. On code that it had not been mended on: 5 hits read, 3 true; then 3 hits in 3.6 million
    lines, 3 true. Hence a warning.
    """
    for handler in module.nodes(ast.ExceptHandler):
        found = masked(module, handler)
        if found is not None:
            yield Hit(
                handler,
                _message(found),
                _remedy(found),
                also=(found.call.node, found.place),
                location=module.header(handler),
            )


def _message(found: Masked) -> str:
    failed = f"{written(found.call.node.func)}() fails and "
    if found.name is None:
        told = f"{failed}{found.function.name}() returns {found.value} as if that were the answer"
    else:
        told = f"{failed}{found.name} = {found.value} goes on as if that were the answer"
    return told if found.memo is None else f"{told}, and @{found.memo} keeps it"


def _remedy(found: Masked) -> str:
    if found.memo is not None:
        return "let it rise, so that nothing is kept, and handle the failure outside the function that is cached"
    return "let it rise, or log it at warning or above and hand back something that callers can tell from a result"
