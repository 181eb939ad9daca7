"""What others can see of a file without asking: its definitions' signatures, and how it binds each name.

A file that looks at another notes the names that it looked at, not the file: a function more in a module that 300 files
import changes nothing for any of them. Only the files that changed are read for what differs, before and now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TypeAlias

import msgspec

from quality_gate.codebase import tree
from quality_gate.codebase.linking.outlines import Outline, outlined
from quality_gate.codebase.linking.units import Binding, Module, Unit

Looked: TypeAlias = tuple[str, str]
"""Kind and name of something that a file looks at."""


def member(scope: str, name: str) -> Looked:
    """How the code of a module or a class binds a name."""
    return ("member", f"{scope}.{name}")


def differing(before: Module, now: Module) -> Iterator[Looked]:
    """What is seen differently of a file after a change."""
    older, newer = pieces(before), pieces(now)
    for looked in older.keys() | newer.keys():
        if older.get(looked) != newer.get(looked):
            yield looked


def alike(before: Module, now: Module) -> bool:
    """Whether nothing of a file has changed but where things stand."""
    return len(before.units) == len(now.units) and all(
        _same(old.code, new.code) and _same(old.body, new.body)
        for old, new in zip(before.units, now.units, strict=True)
    )


_PLACES = frozenset({"first", "last", "line", "column", "body"})


def _same(one: object, other: object) -> bool:
    kind = one.__class__
    if kind is not other.__class__:
        return False
    if isinstance(one, tuple):
        assert isinstance(other, tuple)
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, msgspec.Struct):
        return all(_same(getattr(one, field), getattr(other, field)) for field in _fields(type(one)))
    return one == other


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field for field in kind.__struct_fields__ if field not in _PLACES)


def pieces(module: Module) -> dict[Looked, Outline]:
    """What others can see of a file.

    Kinds: `unit`, a definition, of a class all that it holds; `member`; `stars`, what a module does with names that it
    does not bind, and whether it could be read; `decorated`, by the name of a decorator, what stands under it.
    """
    reader = _Reader(module)
    found: dict[Looked, Outline] = {}
    for name, unit in module.named.items():
        if unit.code.kind in ("module", "class"):
            held = reader.members(unit)
            found.update((member(name, bound), said) for bound, said in held.items())
            inner = tuple(reader.signature(child) for child in unit.children())
            found["unit", name] = (reader.signature(unit), tuple(held), tuple(held.values()), inner)
        else:
            found["unit", name] = reader.signature(unit)
    found["stars", module.name] = reader.stars
    for unit in module.units:
        for name, under in unit.decorated.items():
            names = tuple(child.code.name for child, _ in under)
            found["decorated", name] = (*found.get(("decorated", name), ()), (unit.key, unit.code.kind, names))
    return found


class _Reader:
    """Reads one module."""

    def __init__(self, module: Module) -> None:
        self._names = [unit.key for unit in module.units]
        top = module.units[0].ready() if module.units else None
        stars = (outlined(star, self._names) for star in top.stars) if top is not None else ()
        self.stars: Outline = (tuple(stars), top is not None and "__getattr__" in top.bindings, top is None)
        self._of_decorators = (bool(top is not None and top.stars), top is not None and "property" in top.bindings)

    def signature(self, unit: Unit) -> Outline:
        """A definition without its body; what its module makes of `property` decides what decorators are."""
        code = unit.code
        around: list[str] = []
        parent = unit.parent
        while parent is not None:
            around += (parent.code.kind, parent.key)
            parent = parent.parent
        return (
            (code.kind, unit.key, code.is_async, code.is_generator, code.is_stub, tuple(around)),
            tuple((word, outlined(value, self._names)) for word, value in code.keywords),
            self._all((*code.decorators, *code.bases, *code.parameters, code.returns)),
            self._of_decorators if code.decorators else (),
        )

    def _all(self, nodes: Iterable[tree.Expr | tree.Parameter | None]) -> Outline:
        return tuple(outlined(node, self._names) for node in nodes)

    def members(self, unit: Unit) -> dict[str, Outline]:
        """How the code of a module or a class binds its names, each by itself, wherever its statements stand."""
        unit.ready()
        names = sorted({*unit.bindings, *unit.elements, *unit.elsewhere})
        return {name: self._member(unit, name) for name in names}

    def _member(self, unit: Unit, name: str) -> Outline:
        bindings = unit.bindings.get(name, [])
        return (
            tuple(self._binding(unit, binding) for binding in bindings),
            _blocks(unit.body.blocks, [binding.block for binding in bindings]),
            name in unit.elements,
            unit.elsewhere.get(name),
        )

    def _binding(self, unit: Unit, binding: Binding) -> Outline:
        return (
            binding.way,
            self._all((binding.value, binding.annotation)),
            binding.path,
            self.signature(unit.module.units[binding.defines]) if binding.defines >= 0 else (),
            outlined(binding.module, self._names) if binding.module is not None else (),
        )


def _blocks(blocks: tuple[tree.Block, ...], standing: list[int]) -> Outline:
    """The blocks that some statements stand in, numbered by themselves."""
    if not any(standing):
        return ()
    numbers: dict[int, int] = {}
    choices: dict[int, int] = {0: 0}
    found: list[Outline] = []
    for block in standing:
        chain: list[Outline] = []
        while block >= 0:
            held = blocks[block]
            choice = choices.setdefault(held.choice, len(choices))
            chain.append((numbers.setdefault(block, len(numbers)), choice, held.loops, held.ends))
            block = held.parent
        found.append(tuple(chain))
    return tuple(found)
