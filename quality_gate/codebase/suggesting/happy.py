"""The test that a suggestion is made after, as its author wrote it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from quality_gate.codebase.suggesting.nouns import Known, Model, Wanted
from quality_gate.codebase.suggesting.sources import Source

_BY_THEMSELVES = ("raise", "validation", "error return")


def nearest(wanted: Wanted, known: Known) -> Model | None:
    """The nearest test that can be read."""
    models = (model_of(one.test, known) for one in known.levels.nearest(wanted.path))
    found = next((one for one in models if one is not None), None)
    if found is None:
        return None
    by_itself = wanted.path.kind in _BY_THEMSELVES and (wanted.call is None or bool(wanted.returns))
    enters = by_itself and _makes_it_happen(found.test, wanted, known)
    return replace(found, enters=enters, comes_to=_comes_to(found.test, wanted, known))


def _makes_it_happen(test: str, wanted: Wanted, known: Known) -> bool:
    (sighted,) = known.levels.sighted([wanted.path], known.paths(wanted.function))
    return test in sighted.tests


def _comes_to(test: str, wanted: Wanted, known: Known) -> bool:
    call = wanted.call
    if call is None:
        return False
    lines = range(call.lineno, (call.end_lineno or call.lineno) + 1)
    return any(test in known.runs.tests_of(wanted.path.path, line) for line in lines)


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
