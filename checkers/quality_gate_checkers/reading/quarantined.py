"""Markers and calls by which a test does not run, need not pass, or runs until it passes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.inspection import NotedKind
from quality_gate_checkers.reading.tests_in import last_name

SKIPS = frozenset(
    {
        "pytest.mark.skip",
        "unittest.skip",
        "unittest.case.skip",
        "pytest.skip",
        "unittest.SkipTest",
        "pytest.skip.Exception",
    }
)
XFAIL = "pytest.mark.xfail"
RERUNS = frozenset({"pytest.mark.flaky", "flaky.flaky", "pytest.mark.rerun", "flaky.decorator.flaky"})
_CONDITIONAL = frozenset({"pytest.mark.skipif", "unittest.skipIf", "unittest.skipUnless"})
_FAILING = frozenset({XFAIL, "pytest.xfail", "unittest.expectedFailure"})
_WORDS = frozenset(name.rpartition(".")[2] for name in SKIPS | RERUNS | _CONDITIONAL | _FAILING) | {"skipTest"}


def quarantines(module: Module) -> Iterator[tuple[NotedKind, ast.expr]]:
    """Every such marker or call of a module, conditional ones too, with its kind."""
    if not any(word in module.text for word in _WORDS):
        return
    calls = [call for call in module.mentioning(ast.Call, _WORDS) if last_name(call) in _WORDS]
    called = {call.func for call in calls}
    bare: list[ast.expr] = [
        *(node for node in module.mentioning(ast.Attribute, _WORDS) if node.attr in _WORDS and node not in called),
        *(node for node in module.mentioning(ast.Name, _WORDS) if node.id in _WORDS and node not in called),
    ]
    for node in (*calls, *bare):
        kind = _kind(module, node)
        if kind is not None:
            yield kind, node


def _kind(module: Module, node: ast.expr) -> NotedKind | None:
    if not (isinstance(node, ast.Call) or _is_marker(module, node)):
        return None
    if last_name(node) == "skipTest":
        return "skip"
    full = module.names.resolve(node.func if isinstance(node, ast.Call) else node)
    if full in SKIPS or full in _CONDITIONAL:
        return "skip"
    if full in _FAILING:
        return "xfail"
    return "flaky" if full in RERUNS else None


def _is_marker(module: Module, node: ast.expr) -> bool:
    """Not a name in passing, as in `except unittest.SkipTest`: a decorator, a mark in a list, or what is raised."""
    parent = module.parent(node)
    if isinstance(parent, ast.List | ast.Tuple):
        parent = module.parent(parent)
    is_mark = isinstance(parent, ast.Assign | ast.keyword | ast.Raise)
    return is_mark or node in getattr(parent, "decorator_list", ())


def reason_of(node: ast.expr) -> str | None:
    """The reason that a marker is given, where it is written out."""
    if not isinstance(node, ast.Call):
        return None
    named = [word.value for word in node.keywords if word.arg in ("reason", "msg")]
    said = (value.value for value in (*named, *node.args) if isinstance(value, ast.Constant))
    return next((text.strip() for text in said if isinstance(text, str) and text.strip()), None)
