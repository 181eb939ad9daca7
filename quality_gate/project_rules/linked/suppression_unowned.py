"""QG606 suppression-unowned: on a critical path somebody answers for a suppression, until a day."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from quality_gate.bench import Bench, project_rule
from quality_gate.codebase.critical_paths import Member, ResolvedPath
from quality_gate.model import Finding
from quality_gate.project_rules._findings import Found, findings_of
from quality_gate_checkers.model.inspection import Noted

CODE, NAME = "QG606", "suppression-unowned"


@project_rule(CODE, NAME, linked=True)
def suppression_unowned(bench: Bench) -> Iterator[Finding]:
    """On a critical path a rule of ours is silenced, and nobody answers for it or it never ends.

    There the comment names an owner and a last day: `owner=@shop/payments until=2027-03-31`. Where the critical path
    itself has an `owner`, that one answers for it and the comment need not repeat it. A `noqa` and a
    `pylint: disable` of our rules can say neither: write `quality-gate: allow[...]`.

    ## In production
    A fault in the code that the business depends on was let through for a week, and is still there years later.

    ## Bad
    ```python
    # shop/pay.py
    import requests

    # quality-gate: critical[payments]
    def charge(order, log):
        # quality-gate: allow[call-without-deadline] reason="PAY-812"
        answer = requests.post("https://bank.example/charges")
        log.warning("charged %s", order)
        return answer
    ```

    ## Good
    ```python
    # shop/pay.py
    import requests

    # quality-gate: critical[payments]
    def charge(order, log):
        # quality-gate: allow[call-without-deadline] reason="PAY-812" owner=@shop/payments until=2099-03-31
        answer = requests.post("https://bank.example/charges")
        log.warning("charged %s", order)
        return answer
    ```

    ## When not to use it
    Where the code is not critical after all: take it off the critical path (`stop`), and let its owner agree.

    ## What it cannot see
    Who the owner is: any name will do. It is told at push and in CI, where it is known what belongs to the critical
    paths, and not by the commit hook. Comments for other tools (`type: ignore`) stand in the ledger alone.

    ## Measured
    Not on other people's code: projects that do not know our comments and critical paths have none to own.
    """
    silenced = {
        path: [one for one in held.noted if one.rules and not one.is_expired(bench.today)]
        for path, held in bench.inspections.items()
    }
    if not any(silenced.values()) or not bench.has_critical_paths:
        return
    told: set[tuple[str, int]] = set()
    for path in bench.critical.paths:
        breaches = [
            _breach(path, member, one)
            for member in path.members
            for one in silenced.get(member.path, ())
            if member.holds(one.first, one.last) and _lacks(path, one)
        ]
        for finding in findings_of(bench, suppression_unowned, _first_of_each(breaches, told)):
            yield msgspec.structs.replace(finding, critical_path=path.name)


def _first_of_each(breaches: list[Found], told: set[tuple[str, int]]) -> Iterator[Found]:
    """One comment can cover several members of several paths."""
    for one in breaches:
        if (one.path, one.line) not in told:
            told.add((one.path, one.line))
            yield one


def _lacks(path: ResolvedPath, one: Noted) -> list[str]:
    owner = one.owner or path.declared.owner
    return [what for what, is_there in (("owner", owner), ("last day", one.until)) if not is_there]


def _breach(path: ResolvedPath, member: Member, one: Noted) -> Found:
    lacks = _lacks(path, one)
    rules = ", ".join(one.rules)
    options = {"owner": "owner=@team", "last day": "until=2027-03-31"}
    wanted = " ".join(options[what] for what in lacks)
    return Found(
        path=member.path,
        line=one.line,
        column=1,
        message=f"`{one.text}` silences {rules} on the critical path {path.name} and has no {' and no '.join(lacks)}",
        remedy=f"write into the comment: {wanted}, with whoever answers for it and the day of its end"
        if one.kind == "allow"
        else f'write instead: # quality-gate: allow[{rules}] reason="..." {wanted}',
        function=member.name,
        text=one.text,
    )
