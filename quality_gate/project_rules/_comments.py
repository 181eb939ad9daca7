"""Why a comment that was meant to silence a finding does not: it is faulty, or it names no rule that there is."""

from __future__ import annotations

import datetime
from functools import lru_cache

from quality_gate_checkers.model.inspection import Inspection, pylint_id
from quality_gate_checkers.model.violation import Violation
from quality_gate_checkers.settings import printable

_LONGEST = 60
"""Characters of a name that are shown, and that are compared with the names of rules."""


def not_silenced_because(inspection: Inspection, violation: Violation, today: datetime.date) -> str | None:
    """Why no comment silences a violation, as a clause; None where none stands there, or all speak of other rules."""
    failed = inspection.not_silenced_because(violation, today)
    if failed is not None:
        return failed
    for line, name in inspection.other_names(violation):
        if not name:
            return f"the comment on line {line} does not silence this: it names no rule"
        hint = _hint(name[:_LONGEST])
        if hint is not None:
            return f'"{printable(name, _LONGEST)}" in the comment on line {line} names no rule of ours: {hint}'
    return None


@lru_cache(maxsize=1000)
def _hint(name: str) -> str | None:
    """What to write instead of a name; None where it is a rule's."""
    known = _known(name)
    if known is None:
        return None
    import difflib

    # Of codes only the letters may be wrong: one that is alike is another rule's.
    near = (
        [name.upper()]
        if name.upper() in known
        else difflib.get_close_matches(name.lower(), filter(str.islower, known), 1)
    )
    return f"did you mean {near[0]}?" if near else "all rules: docs/rules.md"


def _known(name: str) -> list[str] | None:
    """Names and codes of all rules where it is none of them: what is dear to load is asked last."""
    from quality_gate_checkers.catalog import catalog

    if name in catalog().names:
        return None
    known = [key for rule in catalog().rules for key in (rule.name, rule.code)]
    for more in (_of_project_rules, _of_pylint_rules):
        for code, called in more():
            if name in (code, called, pylint_id(code)):
                return None
            known += (called, code)
    return known


def _of_project_rules() -> list[tuple[str, str]]:
    from quality_gate import project_rules
    from quality_gate.bench import ProjectRule
    from quality_gate_checkers.plug import collect

    return [(rule.code, rule.name) for rule in collect(project_rules, ProjectRule)]


def _of_pylint_rules() -> list[tuple[str, str]]:
    from quality_gate_checkers.inference import inference_rules

    return [(rule.code, rule.name) for rule in inference_rules()]
