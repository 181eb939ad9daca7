"""What is gathered of one piece of code while its syntax is read."""

from __future__ import annotations

from quality_gate.codebase.tree import Block, Statement

_OUTERMOST = Block(-1)


class Scope:
    """A piece of code under way.

    Args:
        kind: as of `Code`.
        index: its place among the file's pieces of code.
        own: the first parameter of the method that it is or stands in, else empty.
    """

    __slots__ = (
        "block",
        "blocks",
        "calls",
        "changes",
        "gives",
        "index",
        "kind",
        "lambdas",
        "own",
        "renamed",
        "statements",
        "stores",
    )

    def __init__(self, kind: str, index: int, own: str) -> None:
        self.kind = kind
        self.index = index
        self.own = own
        self.statements: list[Statement] = []
        self.blocks: list[Block] = [_OUTERMOST]
        self.block = 0
        self.calls: set[str] = set()
        self.stores: set[str] = set()
        self.changes: set[str] = set()
        self.renamed: dict[str, str] = {}
        self.lambdas = 0
        self.gives = False

    def open(self, *, choice: int = 0, loops: bool = False) -> int:
        """Begin a block within the current one; returns the one to go back to."""
        before = self.block
        self.blocks.append(Block(before, choice, loops))
        self.block = len(self.blocks) - 1
        return before

    def close(self, before: int, *, ends: bool = False) -> None:
        """End the current block."""
        if ends:
            found = self.blocks[self.block]
            self.blocks[self.block] = Block(found.parent, found.choice, found.loops, True)
        self.block = before
