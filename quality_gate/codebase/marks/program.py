"""Modules that are programs of their own, started by hand."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module

_ARGUMENTS = ("argparse", "sys.argv", "import click", "import typer", "import fire")


@marks("program", triggers=('if __name__ == "__main__"', "if __name__ == '__main__'"))
def program(module: Module) -> Iterator[Marked]:
    """One mark for the whole module: it may be started, and reads the arguments that it is started with."""
    if any(word in module.text for word in _ARGUMENTS):
        yield Marked(module.tree)
