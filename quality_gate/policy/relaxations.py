"""What a change relaxes, as the rule `policy-relaxed` tells it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from quality_gate_checkers.model.violation import Severity


class Relaxation(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a change asks less of than the merge base did.

    Args:
        file: where a person would look, from the project's root. line: 1-based.
        what: what is relaxed, as a noun phrase. before, after: what it was and what it is now, a word or a value.
        critical_path: whose. owner: whom to ask, as the merge base has it; both empty where nobody is named.
        severity: an error blocks. A warning is for the eyes of whoever reviews.
    """

    file: str
    line: int = 1
    what: str
    before: str
    after: str
    critical_path: str = ""
    owner: str = ""
    severity: Severity = "error"


class PolicyChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a change does to the policy that it is judged by.

    Args:
        against: what the policy was compared with, as a noun phrase; empty where there was none to compare with.
        relaxations: in the order in which they were found.
        unproven: why nobody can tell, as a clause. remedy: what to type then.
        approved_by: who let the relaxations through, from outside the change; empty where nobody did.
    """

    against: str = ""
    relaxations: tuple[Relaxation, ...] = ()
    unproven: str = ""
    remedy: str = ""
    approved_by: str = ""


_TABLES = {"critical-paths": "critical path", "dependencies": "dependency"}


def noun_of(keys: Sequence[str], part: str) -> str:
    """What a key of our table is to people: `line of the critical path payments`.

    Args:
        keys: below `[tool.quality-gate]`. part: of a list, what of it; else empty.
    """
    entry = f' "{part}"' if part else ""
    if keys[0] in _TABLES:
        owner = f"the {_TABLES[keys[0]]} {keys[1]}"
        return f"{keys[2]}{entry} of {owner}" if len(keys) > 2 else owner
    if keys[0] == "practices":
        return f"the practice {keys[1]}"
    return ".".join(keys) + entry
