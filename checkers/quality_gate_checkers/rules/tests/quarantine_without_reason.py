"""QG304 quarantine-without-reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TypeAlias

from quality_gate_checkers.model import Hit, Module, Role, rule
from quality_gate_checkers.model.comments import all_comments
from quality_gate_checkers.reading.quarantined import RERUNS, SKIPS, XFAIL
from quality_gate_checkers.reading.tests_in import last_name
from quality_gate_checkers.regexes import regex

_WORDS = regex(r"[^\W\d_]{2,}")
_ISSUE = regex(r"#\d+|\b[A-Z][A-Z0-9]+-\d+|https?://|\b(gh|issue|bug|ticket)[ -]?#?\d+", re.IGNORECASE)
_SAYS_WHY = regex(r"\b(skip|disabl|flak|until|because|broken)", re.IGNORECASE)
_Marked: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_SPEAKS_OF_ONE = regex(r"\b(skip|xfail|flaky|rerun|SkipTest)\b")
_NAMES = frozenset({"skip", "xfail", "flaky", "rerun", "SkipTest"})


@rule(
    "QG304",
    "quarantine-without-reason",
    severity="warning",
    triggers=(b"skip", b"xfail", b"flaky", b"rerun"),
    roles=frozenset({Role.TESTS}),
)
def quarantine_without_reason(module: Module) -> Iterator[Hit]:
    """A test that is skipped, expected to fail, or run again until it passes, and nobody says why.

    `skip` without a reason, `xfail` with neither a reason nor `strict=True` nor `raises=`, and `flaky` or `rerun`
    markers, of pytest, its plugins and unittest. A comment of three words or with an issue's number counts as a
    reason: on the marker, above it, or as the first line of the test. Of a test with many such rows one is reported.

    ## In production
    The test that would have caught the fault is switched off, and nobody can tell whether it may be switched on again.

    ## Bad
    ```python
    import pytest

    from shop.orders import refund

    @pytest.mark.skip
    def test_refund_of_a_paid_order(order):
        assert refund(order).state == "refunded"
    ```
    ```python
    import pytest

    from shop.orders import settle

    @pytest.mark.flaky(reruns=3)
    def test_settle(order):
        assert settle(order).paid
    ```

    ## Good
    ```python
    import pytest

    from shop.orders import refund, settle

    @pytest.mark.skip(reason="the sandbox of the bank is down until March, PAY-812")
    def test_refund_of_a_paid_order(order):
        assert refund(order).state == "refunded"

    @pytest.mark.xfail(strict=True, reason="rounding, PAY-640")
    def test_settle(order):
        assert settle(order).cents == 1999
    ```

    ## When not to use it
    In a suite whose reasons are kept in one list elsewhere: silence it with that list's name as the reason.
    Silent by design here: conditional skips (`skipif`, a `pytest.skip()` below an `if`), which say when they hold.

    ## What other linters see
    Sonar S1607 sees `skip` without a reason, S9001 some of the rest; ruff, pylint and flake8's plugins see none.

    ## Known missed alarms
    A reason that says nothing (`reason="broken"`), an `xfail` with a reason that is not strict, and a date that is
    long past. Markers of a project's own.

    ## Measured
    74 hits in 4.8 million lines of 35 public backend projects, 52 of them in one; 31 read, 31 true. A warning all the
    same: a test that is off breaks nothing that is new.
    """
    if not _SPEAKS_OF_ONE.search(module.text):
        return
    told: set[ast.AST | None] = set()
    for node in _named(module):
        marked = _marked(module, node)
        for hit in _judged(module, node, marked):
            if marked is None or marked not in told:
                told.add(marked)
                yield hit


def _named(module: Module) -> list[ast.expr]:
    """Calls and bare names that may be such a marker, in source order."""
    calls = [call for call in module.mentioning(ast.Call, _NAMES) if last_name(call) in _NAMES]
    called = {call.func for call in calls}
    bare: list[ast.expr] = [
        *(node for node in module.mentioning(ast.Attribute, _NAMES) if node.attr in _NAMES and node not in called),
        *(node for node in module.mentioning(ast.Name, _NAMES) if node.id in _NAMES and node not in called),
    ]
    return sorted([*calls, *bare], key=lambda node: (node.lineno, node.col_offset))


def _judged(module: Module, node: ast.expr, marked: _Marked | None) -> Iterator[Hit]:
    call = node if isinstance(node, ast.Call) else None
    if call is None and not _is_mark(module, node):
        return
    name = module.names.resolve(call.func if call is not None else node)
    said = _reason(module, call)
    if said or _comment_near(module, node) or (marked is not None and _comment_within(module, marked)):
        return
    if name in SKIPS and not _is_conditional(module, node):
        message = f"{_what(module, node, marked)} skipped and nobody says why"
        remedy = 'write the reason and its issue: skip(reason="..., PAY-812"), or delete the test'
    elif name == XFAIL and not _is_strict(call):
        message = f"{_what(module, node, marked)} expected to fail and nobody says why"
        remedy = 'write strict=True and the reason: xfail(strict=True, reason="..., PAY-812")'
    elif name in RERUNS:
        message = f"{_what(module, node, marked)} run again until it passes, and nobody says why"
        remedy = "mend the race, or name the issue in a comment beside the marker"
    else:
        return
    yield Hit(node, message, remedy)


def _is_mark(module: Module, node: ast.expr) -> bool:
    """A decorator without brackets, or a mark in `pytestmark` or `marks=`."""
    parent = module.parent(node)
    if node in getattr(parent, "decorator_list", ()):
        return True
    if isinstance(parent, ast.List | ast.Tuple):
        parent = module.parent(parent)
    if isinstance(parent, ast.Assign):
        return any(getattr(target, "id", "") == "pytestmark" for target in parent.targets)
    return isinstance(parent, ast.keyword) and parent.arg == "marks"


def _reason(module: Module, call: ast.Call | None) -> bool:
    """Whether a text is given that may be a reason; what is not written out is taken for one."""
    if call is None:
        return False
    given = [*call.args, *(word.value for word in call.keywords if word.arg in ("reason", "msg", "condition", None))]
    return any(
        not isinstance(value, ast.Constant) or (isinstance(value.value, str) and value.value.strip()) for value in given
    )


def _is_strict(call: ast.Call | None) -> bool:
    """`strict=True`, or an exception that must come: the marker itself then says what is wrong."""
    words = call.keywords if call is not None else []
    return any(word.arg in ("strict", "raises") and not _is_false(word.value) for word in words)


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value


def _comment_near(module: Module, node: ast.expr) -> bool:
    """A comment on the marker's lines or directly above them, of three words or with an issue."""
    last = node.end_lineno or node.lineno
    first = node.lineno
    while first > 1 and module.lines[first - 2].lstrip().startswith("#"):
        first -= 1
    held = module.lines[first - 1 : last]
    said = " ".join(comment.text for comment in all_comments("\n".join(held), held))
    return bool(_ISSUE.search(said)) or len(_WORDS.findall(said)) >= 3


def _comment_within(module: Module, marked: _Marked) -> bool:
    """A comment or docstring at the beginning of what is marked that says why it does not run."""
    first = marked.body[0]
    doc = ast.get_docstring(marked) or ""
    held = module.lines[marked.lineno : first.lineno - 1]
    said = " ".join(comment.text for comment in all_comments("\n".join(held), held))
    return len(_WORDS.findall(said)) >= 3 or _SAYS_WHY.search(doc) is not None


def _marked(module: Module, node: ast.expr) -> _Marked | None:
    """The test or class that a marker stands on or in."""
    for above in module.ancestors(node):
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return above
    return None


def _is_conditional(module: Module, node: ast.expr) -> bool:
    """A call in the test itself, below an `if` or in a handler: the condition is the reason."""
    for above in module.ancestors(node):
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return False
        if isinstance(above, ast.If | ast.ExceptHandler):
            return True
    return False


def _what(module: Module, node: ast.expr, marked: _Marked | None) -> str:
    """What does not run, and the verb: `test_a() is`, `2 of 4 parameters of test_a() are`."""
    whole = "this module" if marked is None else marked.name if isinstance(marked, ast.ClassDef) else f"{marked.name}()"
    row = next((above for above in module.ancestors(node) if last_name(above) == "param"), None)
    rows = module.parent(row) if row is not None else None
    if not isinstance(rows, ast.List | ast.Tuple):
        return f"{whole} is" if row is None else f"a parameter of {whole} is"
    off = sum(any(last_name(part) == last_name(node) for part in ast.walk(one)) for one in rows.elts)
    return f"{off} of {len(rows.elts)} parameters of {whole} {'is' if off == 1 else 'are'}"
