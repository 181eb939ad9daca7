"""A file of tests with a suggested test in it: what pasting it does."""

from __future__ import annotations

import ast

from quality_gate.codebase.suggesting.nouns import Skeleton
from quality_gate.codebase.suggesting.sources import indented


def placed(text: str, skeleton: Skeleton, filled_in: str | None = None) -> str:
    """A test file with the test at its end, or at the end of its class.

    Args:
        text: of the file. filled_in: a statement instead of the test's last one.
    """
    function = skeleton.text
    if filled_in is not None:
        last = ast.parse(function).body[-1].body[-1]  # type: ignore[attr-defined]  # a function by construction
        lines = function.split("\n")
        function = "\n".join([*lines[: last.lineno - 1], f"    {filled_in}"])
    lines = text.rstrip("\n").split("\n")
    tree = ast.parse(text)
    held = next((one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == skeleton.holder), None)
    if held is None or held.end_lineno is None:
        lines += ["", "", *function.split("\n")]
    else:
        width = held.body[0].col_offset
        lines[held.end_lineno : held.end_lineno] = ["", *indented(function, width).split("\n")]
    first = next((one.lineno - 1 for one in tree.body if isinstance(one, ast.Import | ast.ImportFrom)), 0)
    future = [
        one.end_lineno or 0 for one in tree.body if isinstance(one, ast.ImportFrom) and one.module == "__future__"
    ]
    first = max([first, *future])
    return "\n".join([*lines[:first], *skeleton.imports, *lines[first:], ""])
