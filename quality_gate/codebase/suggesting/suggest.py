"""From a line to the tests that it lacks."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeAlias

from quality_gate.codebase.graph import functions_in
from quality_gate.codebase.suggesting.happy import nearest
from quality_gate.codebase.suggesting.nouns import Known, Skeleton, Wanted
from quality_gate.codebase.suggesting.sources import indented
from quality_gate.codebase.suggesting.wanted import wanted_of
from quality_gate.codebase.suggesting.writing import Writer
from quality_gate.failure_paths import FailurePath

MOST = 8
"""Skeletons for one line: who has more choices reads none of them."""


def paths_in(path: str, known: Known) -> tuple[tuple[str, FailurePath], ...]:
    """The failure paths of a file, each with the name of its function."""
    return tuple((one.name, held) for one in functions_in(known.codebase, path) for held in known.paths(one.name))


Tested: TypeAlias = Callable[[FailurePath, str, str], bool]
"""Whether tests already show a failure path, for one family of one dependency where it stands for several."""


def suggested(
    paths: Sequence[tuple[str, FailurePath]], known: Known, tested: Tested = lambda path, dependency, family: False
) -> tuple[tuple[Skeleton, ...], tuple[FailurePath, ...]]:
    """The tests for failure paths, and the paths for which no test could serve as a model.

    Args:
        paths: each with the name of its function in the codebase.
        tested: for what nobody needs another test.
    """
    found: list[Skeleton] = []
    without: list[FailurePath] = []
    seen: set[object] = set()
    for wanted in (one for function, path in paths for one in wanted_of(path, function, known)):
        same = _sameness(wanted)
        if same in seen or len(found) == MOST or tested(wanted.path, wanted.dependency, wanted.family):
            continue
        seen.add(same)
        model = nearest(wanted, known)
        skeleton = Writer(wanted, model, known).skeleton() if model is not None else None
        if skeleton is not None and _is_python(skeleton.text):
            found.append(skeleton)
        else:
            without.append(wanted.path)
    return tuple(_named_apart(found)), tuple(without)


def _is_python(text: str) -> bool:
    """Whether it is, however oddly the model is written."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _sameness(wanted: Wanted) -> object:
    """What makes two failures one test."""
    call = wanted.call
    if call is None or wanted.returns:
        return wanted.path.id
    return call.lineno, call.col_offset, call.end_col_offset, wanted.exception, wanted.family


def _named_apart(skeletons: Sequence[Skeleton]) -> Iterator[Skeleton]:
    import msgspec

    taken: set[str] = set()
    for one in skeletons:
        name, number = one.name, 2
        while name in taken:
            name, number = f"{one.name}_{number}", number + 1
        taken.add(name)
        text = one.text.replace(f"def {one.name}(", f"def {name}(", 1)
        yield one if name == one.name else msgspec.structs.replace(one, name=name, text=text)


def _joined(imports: Collection[str]) -> list[str]:
    """Imports in order, names from one module in one of them."""
    names: dict[str, list[str]] = {}
    for line in sorted(imports, key=lambda line: (line[0] != "i", line)):
        begins, _, name = line.rpartition(" import ")
        names.setdefault(f"{begins} import " if begins else "", []).append(name)
    whole = names.pop("", [])
    return [*whole, *(f"{begins}{', '.join(held)}" for begins, held in names.items())]


def written(skeletons: Sequence[Skeleton]) -> str:
    """Skeletons as Python: imports that are missing, then the tests, each below the place where it belongs."""
    imports = _joined({line for one in skeletons for line in one.imports})
    blocks = ["\n".join(imports)] if imports else []
    for one in skeletons:
        if one.holder:
            head = f"# {one.file}, into the class that is there:\nclass {one.holder}:\n"
            blocks.append(f"{head}{indented(one.text, 4)}")
        else:
            blocks.append(f"# {one.file}\n{one.text}")
    text = "\n\n\n".join(blocks) + "\n"
    ast.parse(text)
    return text
