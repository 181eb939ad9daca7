"""What counts as an oracle: something in a test that can fail and tells whether the outcome is right.

This is the one list. Rules about tests ask whether there is any; who judges failure scenarios asks which, and where.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from quality_gate_checkers.patterns import name_matches
from quality_gate_checkers.reading.vacuous import is_vacuous
from quality_gate_checkers.reading.walks import walk
from quality_gate_checkers.regexes import regex

OracleKind = Literal[
    "assert",  # the statement
    "method",  # a call or function that has `assert` in its name: unittest, numpy, Django, DRF, mock, hamcrest
    "raises",  # pytest.raises, warns, deprecated_call
    "harmless",  # says that not raising is what is checked: does_not_raise(), nullcontext(), warnings as errors
    "status",  # fails when the answer or the exit code is wrong: raise_for_status, check_call, expected_status=
    "there",  # fails when what is asked for is not there: refresh_from_db, a SELECT written out
    "deadline",  # fails when something takes too long: wait_for, fail_after
    "raise",  # the test itself raises, pytest.fail, self.fail
    "library",  # a library's own: snapshots, doctest, pytester, recorded calls that must all have been made
    "property",  # a property-based test: its examples must not break it
    "named",  # a helper that nobody has seen and that is called so: check_order, verify_mail
    "own",  # the configuration names it
]


class Oracle(msgspec.Struct, frozen=True):
    """One oracle.

    Args:
        node: where it stands.
        kind: what makes it one; see `OracleKind`.
    """

    node: ast.AST
    kind: OracleKind


_BY_NAME: dict[str, OracleKind] = {
    **dict.fromkeys(("raises", "warns", "deprecated_call", "expect_raises", "assertRaises"), "raises"),
    **dict.fromkeys(("does_not_raise", "not_raises", "nullcontext", "raises_nothing"), "harmless"),
    **dict.fromkeys(("raise_for_status", "check_call", "check_output", "check_returncode"), "status"),
    "refresh_from_db": "there",
    **dict.fromkeys(("wait_for", "wait_until", "wait_for_selector", "fail_after", "until", "wait_for_url"), "deadline"),
    **dict.fromkeys(("fail", "failTest", "skipTest", "skip", "xfail", "importorskip"), "raise"),
    **dict.fromkeys(
        ("has_calls", "match_snapshot", "testmod", "testfile", "run_docstring_examples", "fnmatch_lines",
         "re_match_lines", "no_fnmatch_line", "compare", "mustcontain", "check", "check_present", "verify_all",
         "should", "should_not", "runpytest",
         "TextTestRunner"),
        "library",
    ),
}  # fmt: skip
"""What a called name means whatever it is called on."""

_PATIENT = frozenset({"timeout", "wait"})
"""Deadlines only where they are asyncio's or anyio's."""

_NAMED = regex(
    r"(^|_)(expects?|expected|verif(y|ies)|checks?|ensures?|should|must|match(es)?|"
    r"mustcontain|contains?|validate|confirm|approve)(_|$)"
)

_KEYWORDS = regex(r"^_?(expect|assert|should|must_|check$|raises?(_|$)|want)")
"""Keywords of calls that tell what must come out."""

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "submit", "post_json", "put_json",
                    "patch_json", "delete_json", "request", "click", "follow"})  # fmt: skip
"""Requests of test clients that take the status that they demand."""

ORACLE_FIXTURES = regex(
    r"assert|snapshot|regression|(^|_)(check|verify|expect|benchmark)|^(httpx_mock|respx_mock|recording)$|queries$"
)
"""Fixtures that check by themselves, or hand out something that does."""

_ORACLE_DECORATORS = frozenset(
    {"given", "expectedFailure", "xfail", "raises", "mpl_image_compare", "run_in_pyodide", "benchmark", "skip",
     "skipif", "skipIf", "skipUnless", "example", "rule", "timeout", "limit_memory", "max_queries"}
)  # fmt: skip
"""Decorators whose function is checked by others, or is not meant to pass."""


def words(name: str) -> str:
    """An identifier in lower case with an underscore between its words: `verifyMail` is `verify_mail`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def is_asserting(name: str) -> bool:
    """Whether an identifier says that it asserts."""
    return "assert" in name.lower()


def is_checking(name: str) -> bool:
    """Whether an identifier sounds as if it checked something; a helper that nobody sees may well do so."""
    return is_asserting(name) or name in _BY_NAME or _NAMED.search(words(name)) is not None


def is_own(name: str, oracles: Iterable[str]) -> bool:
    """Whether the configuration names it.

    Args:
        name: a dotted name, or a fixture's.
        oracles: `oracles` of the settings.
    """
    return any(name_matches(name, pattern) for pattern in oracles)


_NAMES = (ast.Attribute, ast.Name)


def oracle_at(node: ast.AST) -> Oracle | None:
    """The oracle that a node is by itself, without a look at what it calls."""
    if isinstance(node, ast.Assert):
        return None if is_vacuous(node.test) or _asks_only_whether_raised(node.test) else Oracle(node, "assert")
    if isinstance(node, ast.Raise):
        return Oracle(node, "raise")
    if isinstance(node, ast.Call):
        return _call(node)
    if isinstance(node, _NAMES) and is_asserting(_last(node)):
        return Oracle(node, "method")
    return None


def _call(call: ast.Call) -> Oracle | None:
    name = _last(call.func)
    if is_asserting(name):
        return Oracle(call, "method")
    known = _BY_NAME.get(name)
    if known is not None:
        return Oracle(call, known)
    if name in _PATIENT and _last(getattr(call.func, "value", None)) in ("asyncio", "anyio"):
        return Oracle(call, "deadline")
    if name in ("simplefilter", "filterwarnings") and _first_is(call, "error"):
        return Oracle(call, "harmless")
    if name == "execute" and call.args and _is_query(call.args[0]):
        return Oracle(call, "there")
    return Oracle(call, "status") if any(_demands(name, word) for word in call.keywords) else None


def _is_query(statement: ast.expr) -> bool:
    """`SELECT ...` written out: it fails where the table or the column is missing."""
    return isinstance(statement, ast.Constant) and str(statement.value).lstrip()[:6].upper() == "SELECT"


def _demands(called: str, word: ast.keyword) -> bool:
    if word.arg is None or (isinstance(word.value, ast.Constant) and word.value.value in (False, None)):
        return False
    return (word.arg == "status" and called in _VERBS) or _KEYWORDS.search(word.arg) is not None


def oracles_in(nodes: Iterable[ast.AST]) -> Iterator[Oracle]:
    """Every oracle in or below nodes; functions inside them count, since tests hand them to others to be called."""
    for root in nodes:
        for node in walk(root):
            found = oracle_at(node)
            if found is not None:
                yield found


def decorated_oracle(decorators: Iterable[ast.expr]) -> Oracle | None:
    """The oracle that a decorator is; the marks of tests that do not run, or need not pass, count as one."""
    for decorator in decorators:
        name = _last(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if name in _ORACLE_DECORATORS or is_asserting(name) or "skip" in name.lower():
            return Oracle(decorator, "property" if name in ("given", "example", "rule") else "library")
        if isinstance(decorator, ast.Call) and any(is_asserting(word.arg or "") for word in decorator.keywords):
            return Oracle(decorator, "library")
    return None


_ASKING = (ast.Name, ast.Call)


def _asks_only_whether_raised(test: ast.expr) -> bool:
    """Whether an assertion reads nothing but `failure.__traceback__`: that something failed tells nothing of what came
    of it."""
    held = [node.value for node in walk(test) if isinstance(node, ast.Attribute) and node.attr == "__traceback__"]
    return bool(held) and all(node in held for node in walk(test) if isinstance(node, _ASKING))


def echoes(function: ast.AST) -> list[ast.Assert]:
    """Assertions that compare what a mock returned with the return value that the same function gave it.

    `bank.pay.return_value = 5` and then `assert bank.pay() == 5`: the code under test is not asked.
    """
    given = {
        (ast.dump(target.value), ast.dump(node.value))
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr == "return_value"
    }
    if not given:
        return []
    found = (node for node in ast.walk(function) if isinstance(node, ast.Assert))
    return [node for node in found if _compared(node.test) & given]


def _compared(test: ast.expr) -> set[tuple[str, str]]:
    """(what is called, what it is compared with) of `assert mock() == value`."""
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq | ast.Is)):
        return set()
    sides = (test.left, test.comparators[0])
    pairs = (sides, sides[::-1])
    return {(ast.dump(call.func), ast.dump(other)) for call, other in pairs if isinstance(call, ast.Call)}


def _last(node: ast.AST | None) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _first_is(call: ast.Call, text: str) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == text
