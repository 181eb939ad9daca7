"""Are there the calls, the exceptions that they raise, and the methods that are left out?"""

from __future__ import annotations

import inspect

from deadlines import check_deadline
from finding import exists
from tally import Tally

from quality_gate_checkers.dependencies import Call, Catalogue


def check_calls(tally: Tally, facts: Catalogue) -> None:
    for call in tally.library.calls:
        for name in call.names:
            found = tally.find(name.removesuffix(".*"))
            if found is None:
                continue
            if name.endswith(".*"):
                tally.judge(inspect.isclass(found), f"{name}: is not a class")
            else:
                tally.judge(callable(found), f"{name}: cannot be called")
            if call.deadline is not None:
                check_deadline(tally, name, found, call.deadline, facts)
        _check_excluding(tally, call)
        for name in (*(call.rejects or ()), *(call.unavailable or ())):
            found = tally.find(name)
            if found is not None:
                tally.judge(isinstance(found, type) and issubclass(found, BaseException), f"{name}: is no exception")
    for name in tally.library.idempotent:
        _check_idempotent(tally, name)


def _check_idempotent(tally: Tally, name: str) -> None:
    """That it is true cannot be seen from outside; that there is such a method can."""
    methods = [called for call in tally.library.calls for called in call.names if called.endswith(f".{name}")]
    tally.judge(any(exists(called) for called in methods) or exists(name), f"{name}: idempotent, but nowhere there")


def _check_excluding(tally: Tally, call: Call) -> None:
    holders = [name.removesuffix(".*") for name in call.names if name.endswith(".*")]
    if any(exists(holder) for holder in holders):
        for method in call.excluding:
            known = any(exists(f"{holder}.{method}") for holder in holders)
            tally.judge(known, f"{method}: excluded, but nowhere there")
