"""One file, all rules: the one function behind flake8, pylint and our own engine."""

from __future__ import annotations

import ast
import datetime
import re
import sys
from collections.abc import Callable

from quality_gate_checkers.catalog import Catalog, catalog
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model import Module, decode, parse, role_of
from quality_gate_checkers.model.critical import critical_names
from quality_gate_checkers.model.faults import UNREADABLE, fault_of
from quality_gate_checkers.model.inspection import Inspection
from quality_gate_checkers.model.outside import Alone, Outside
from quality_gate_checkers.model.statements import statement_digests
from quality_gate_checkers.model.violation import Violation
from quality_gate_checkers.reading.noted import noted_in
from quality_gate_checkers.settings import Settings


def inspect(
    path: str,
    content: bytes,
    settings: Settings,
    rules: Catalog | None = None,
    also: Callable[[str, ast.Module], None] | None = None,
    outside: Outside | None = None,
) -> Inspection:
    """Run all rules over one file.

    Args:
        path: relative to the project's root, with forward slashes.
        content: the file's bytes.
        settings: the project's.
        rules: other rules than all, for tests.
        also: is handed the text and the tree, so that one parse serves others too.
        outside: what other modules tell of names that are imported; left out, nobody else is there.
    """
    try:
        text = decode(content)
        tree = parse(text)
        if also is not None:
            also(text, tree)
        return inspect_tree(path, content, text, tree, settings, rules, outside)
    except UNREADABLE as error:
        return Inspection(content.count(b"\n") + 1, fault=fault_of(error, "the rules"))


def inspect_tree(
    path: str,
    content: bytes,
    text: str,
    tree: ast.Module,
    settings: Settings,
    rules: Catalog | None = None,
    outside: Outside | None = None,
) -> Inspection:
    """The same for a host that has the tree already."""
    known = rules or catalog()
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    applicable = known.applicable(content, role_of(path, settings), _words_of_own_calls(settings))
    chosen = applicable.alone if outside is None else applicable.told
    marked = b"critical" in content and b"quality-gate" in content
    more = _imported(tree) if outside is None and len(applicable.told) > len(chosen) else frozenset()
    if not chosen and not marked:
        return Inspection(lines, asked=_not_of_python(more))
    module = Module(path, text, tree, settings, catalogue().made_by, known.names, outside, applicable.words)
    ours = tuple(module.suppressions_of(known.is_named))
    broken = sorted({violation for rule in chosen for violation in rule.violations(module)}, key=_place)
    return Inspection(
        lines,
        tuple(broken),
        tuple(_beginning(module.lines[violation.location.line - 1]) for violation in broken),
        ours,
        len(module.not_resolved),
        critical=_critical_paths(module) if marked else (),
        asked=_not_of_python(more | _asked(module)),
        noted=noted_in(module, ours),
        statements=statement_digests(tree, [violation.location for violation in broken]),
    )


def _asked(module: Module) -> frozenset[str]:
    asked = module.outside.asked if isinstance(module.outside, Alone) else ()
    return frozenset(name.partition(".")[0] for name in asked)


def _imported(tree: ast.Module) -> frozenset[str]:
    """First parts of what a module imports on top; "" for its own package."""
    found = {alias.name.partition(".")[0] for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    sources = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return frozenset(found | {"" if node.level else (node.module or "").partition(".")[0] for node in sources})


def _not_of_python(names: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(names - sys.stdlib_module_names))


def _words_of_own_calls(settings: Settings) -> tuple[bytes, ...]:
    """For each pattern of the project's own calls the last part that is a word: `Gateway` of `shop.bank.Gateway.*`."""
    patterns = (pattern for dependency in settings.dependencies.values() for pattern in dependency.calls)
    words = ([part for part in re.split("[.:]", pattern) if "*" not in part] for pattern in patterns)
    return tuple((parts[-1] if parts else "").lower().encode() for parts in words)


def _critical_paths(module: Module) -> tuple[str, ...]:
    """Names in the module's comments; whether a definition stands below them is for those who know definitions."""
    found = (critical_names(comment.text) or () for comment in module.comments)
    return tuple(sorted({name for names in found for name in names}))


def _beginning(line: str) -> str:
    """As much of a line as tells findings apart; one line can be as long as a file and hold thousands of them."""
    return line[:1000].strip()[:200]


def _place(violation: Violation) -> tuple[int, int, str]:
    return violation.location.line, violation.location.column, violation.code


def reported(
    path: str, content: bytes, tree: ast.Module | None, settings: Settings, today: datetime.date
) -> list[Violation]:
    """What a host that knows no change shows for one file: violations that no suppression holds.

    Args:
        tree: the module, where the host has parsed it; None to parse here.
        today: suppressions end.
    """
    inspection = (
        inspect(path, content, settings)
        if tree is None
        else inspect_tree(path, content, decode(content), tree, settings)
    )
    return [
        violation
        for violation in inspection.violations
        if not violation.diff_only and inspection.silenced_by(violation, today) is None
    ]
