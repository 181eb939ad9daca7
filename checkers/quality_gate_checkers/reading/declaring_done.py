"""Statements that declare something done: an order is marked paid, a mail's state set to sent."""

from __future__ import annotations

import ast

import msgspec

from quality_gate_checkers.reading.handlers import called_name, written
from quality_gate_checkers.regexes import regex

_DONE = regex(
    r"paid|sent|complete|success|succe|deliver|confirm|sync|process|publish|approv|captur|settl|fulfil|ship|accept|charged|refund|"
    r"uploaded|created|registered|subscribed|granted|issued|notified|activ|exported|imported|transferred|finali[sz]"
)
_NOT_DONE = regex(
    r"fail|error|unknown|declin|reject|pending|retr|cancel|invalid|abort|skip|dead|broken|unsent|unpaid|undeliver|lost|timeout|timed|expire|"
    r"inactiv|deactiv|disab|dirty|stale|attempt|unavail|incomplete|queue|void|refus|delet|partial|start|processing|progress|unsync|unconfirm|not_|todo|needs"
)
_DONE_METHODS = frozenset(
    {
        "complete",
        "confirm",
        "approve",
        "finalize",
        "finalise",
        "fulfil",
        "fulfill",
        "settle",
        "activate",
        "ship",
        "mark_done",
    }
)
_WHEN = regex(
    r"^(?:sent|paid|delivered|published|synced|charged|captured|refunded|shipped|confirmed|uploaded|notified|approved|settled)_(?:at|on|date|time)$"
)
_STATE = regex(r"(?:^|_)(?:status|state)$")


class Done(msgspec.Struct, frozen=True):
    """A statement that declares something done.

    Args:
        step: the statement.
        subject: what it speaks of: `order`, `self.order`.
        word: what it declares, as one word: `mark_paid`, `statussent`.
        told: the statement as a clause: `order.mark_paid() runs`.
    """

    step: ast.stmt
    subject: str
    word: str
    told: str


def declared_done(statement: ast.stmt) -> Done | None:
    """What a statement declares done, None for any other."""
    if isinstance(statement, ast.Expr):
        call = statement.value.value if isinstance(statement.value, ast.Await) else statement.value
        return _done_by_call(statement, call) if isinstance(call, ast.Call) else None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Attribute) and _says_done(target.attr, statement.value):
            word = target.attr + _words(statement.value)
            return Done(statement, subject_of(target.value), word, f"{written(target)} is set")
    return None


def _done_by_call(statement: ast.stmt, call: ast.Call) -> Done | None:
    name = called_name(call).lower().lstrip("_")
    if not isinstance(call.func, ast.Attribute) or _NOT_DONE.search(name):
        return None
    told = f"{written(call.func)}() runs"
    if name in _DONE_METHODS or (name.startswith(("mark_", "set_")) and _DONE.search(name)):
        subject = subject_of(call.func.value)
        if name.startswith("mark_") and call.args and subject.partition(".")[0] in ("self", "cls"):
            subject = subject_of(call.args[0])
        return Done(statement, subject, name, told)
    if name in ("set_status", "set_state", "transition_to", "move_to") and call.args and _is_done_value(call.args[0]):
        return Done(statement, subject_of(call.func.value), name + _words(call.args[0]), told)
    return None


def _says_done(attribute: str, value: ast.expr) -> bool:
    name = attribute.lower()
    if _STATE.search(name):
        return _is_done_value(value)
    if _WHEN.match(name):
        return not (isinstance(value, ast.Constant) and value.value is None)
    return (
        bool(_DONE.search(name))
        and not _NOT_DONE.search(name)
        and isinstance(value, ast.Constant)
        and value.value is True
    )


def _is_done_value(value: ast.expr) -> bool:
    """`OrderState.PAID`, `"paid"`: a literal or a constant, never something computed."""
    words = _words(value)
    return bool(_DONE.search(words)) and not _NOT_DONE.search(words)


def _words(value: ast.expr) -> str:
    if isinstance(value, ast.Attribute):
        return value.attr.lower() if value.attr.isupper() else ""
    if isinstance(value, ast.Name):
        return value.id.lower() if value.id.isupper() else ""
    return value.value.lower() if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def subject_of(expression: ast.expr) -> str:
    """What an expression is about: `order` for `order.total`, `self.order` for `self.order.id`; empty for nothing."""
    parts: list[str] = []
    while isinstance(expression, ast.Attribute):
        parts.append(expression.attr)
        expression = expression.value
    if not isinstance(expression, ast.Name):
        return ""
    if expression.id in ("self", "cls"):
        return f"{expression.id}.{parts[-1]}" if parts else expression.id
    return expression.id
