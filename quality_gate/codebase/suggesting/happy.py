"""The nearest test in which all is well."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from quality_gate.codebase.suggesting.nouns import Known, Model, Wanted
from quality_gate.codebase.suggesting.sources import Source

_MOST_LOOKED_AT = 60
_BY_THEMSELVES = ("raise", "validation", "error return")


def nearest(wanted: Wanted, known: Known) -> Model | None:
    """The passing test that runs the code, in which nothing fails there, and that runs least besides.

    One that does not come as far as the call is better than none.
    """
    happy = known.levels.happy(wanted.function)
    definition = known.codebase.definitions[wanted.function]
    lines = [wanted.call.lineno] if wanted.call is not None else []
    for line in (*lines, wanted.path.line, *range(definition.line, definition.last + 1)):
        running = [test for test in known.runs.tests_of(wanted.path.path, line) if _passed(test, known)]
        calm = [test for test in running if test in happy]
        found = _best(calm or running, wanted, known)
        if found is not None:
            by_itself = wanted.path.kind in _BY_THEMSELVES and (wanted.call is None or bool(wanted.returns))
            enters = by_itself and _makes_it_happen(found.test, wanted, known)
            return replace(found, enters=enters, comes_to=_comes_to(found.test, wanted, known))
    return None


def _makes_it_happen(test: str, wanted: Wanted, known: Known) -> bool:
    (sighted,) = known.levels.sighted([wanted.path], known.paths(wanted.function))
    return test in sighted.tests


def _comes_to(test: str, wanted: Wanted, known: Known) -> bool:
    call = wanted.call
    if call is None:
        return False
    lines = range(call.lineno, (call.end_lineno or call.lineno) + 1)
    return any(test in known.runs.tests_of(wanted.path.path, line) for line in lines)


def _passed(test: str, known: Known) -> bool:
    return known.runs.tests.get(test, "passed") == "passed"


def _best(tests: Sequence[str], wanted: Wanted, known: Known) -> Model | None:
    arcs = known.runs.arcs_of(wanted.path.path)
    called = re.compile(rf"\b{re.escape(_called(wanted))}\b")
    ranked = []
    for test in sorted(tests, key=lambda one: (len(arcs.get(one, ())), one))[:_MOST_LOOKED_AT]:
        found = model_of(test, known)
        if found is not None:
            text = found.source.segment(found.function)
            names = (not called.search(text), not _is_named_after(test, wanted))
            length = (len(arcs.get(test, ())), len(text))
            ranked.append((names, "[" in test, _expects(found), _branches(found), length, test, found))
    return min(ranked, key=lambda one: one[:-1])[-1] if ranked else None


def _is_named_after(test: str, wanted: Wanted) -> bool:
    """Whether a test's file has the name of the code's."""
    own = wanted.path.path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2].strip("_")
    return own in re.split(r"[/_.]", test.partition("::")[0].removesuffix(".py")) or f"test_{own}" in test


def _branches(model: Model) -> int:
    """Loops and conditions: a test without is easier to follow."""
    return sum(isinstance(node, ast.For | ast.While | ast.If | ast.Try) for node in ast.walk(model.function))


def _called(wanted: Wanted) -> str:
    parts = wanted.path.function.split(".")
    return parts[-2] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1]


def _expects(model: Model) -> bool:
    """Whether it looks for an exception itself."""
    return any(
        isinstance(node, ast.Attribute) and node.attr in ("raises", "assertRaises", "assertRaisesRegex")
        for node in ast.walk(model.function)
    )


def model_of(test: str, known: Known) -> Model | None:
    """A test by its id (`tests/test_pay.py::TestPay::test_ok[1]`)."""
    path, _, rest = test.partition("::")
    names = re.sub(r"\[.*", "", rest, flags=re.DOTALL).split("::")
    source = known.source(path)
    if source is None or not rest:
        return None
    function = source.function(".".join(names))
    if function is not None:
        holder = source.within(".".join(names[:-1])) if len(names) > 1 else None
        return Model(test, source, function, holder if isinstance(holder, ast.ClassDef) else None)
    return next(_inherited(test, names, source), None)


def _inherited(test: str, names: Sequence[str], source: Source) -> Iterator[Model]:
    """A test that its class has from a base in the same file."""
    holder = source.within(".".join(names[:-1])) if len(names) > 1 else None
    for base in holder.bases if isinstance(holder, ast.ClassDef) else ():
        held = source.within(base.id) if isinstance(base, ast.Name) else None
        function = source.function(f"{base.id}.{names[-1]}") if isinstance(base, ast.Name) else None
        if function is not None and isinstance(held, ast.ClassDef):
            yield Model(test, source, function, held)
