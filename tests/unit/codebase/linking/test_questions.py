"""How many questions a link asks: the work must grow with the project, not with its square."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from calls import callees, linked
from quality_gate.codebase import linking, tree
from quality_gate.codebase.linking import names as linking_names
from quality_gate.codebase.linking import things
from quality_gate.codebase.linking.linker import Linker
from quality_gate.codebase.linking.questions import Asked
from quality_gate.codebase.linking.scopes import Scope
from quality_gate.codebase.linking.things import Value
from quality_gate.codebase.linking.units import Unit

PART = """
from bells import Bell
class Part{n}:
    def render(self, tone, size):
        tone.ring()
        size.ring()
def call{n}():
    Part{n}().render(Bell(), Bell())
"""


def _asked(monkeypatch: pytest.MonkeyPatch, parts: int) -> Counter[str]:
    """Questions that a link of many methods of one name has to answer, by kind."""
    counted: Counter[str] = Counter()
    answered = Linker._answered

    def counting(self: Linker, asked: Asked, level: int, cost: int) -> Value:
        counted[asked.kind] += 1
        return answered(self, asked, level, cost)

    monkeypatch.setattr(Linker, "_answered", counting)
    files = {f"part{n}": PART.format(n=n) for n in range(parts)}
    codebase = linked(bells="class Bell:\n    def ring(self): ...\n", **files)
    assert callees(codebase, "part0.Part0.render") == {"bells.Bell.ring": "certain"}
    monkeypatch.undo()
    return counted


def test_methods_of_one_name_do_not_ask_each_others_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = _asked(monkeypatch, 10), _asked(monkeypatch, 40)
    assert few["site"]
    assert few["callees"]
    for kind in ("site", "callees", "callers", "parameter"):
        assert many[kind] <= 4 * few[kind] + 8, (kind, few, many)


def _looked_up(monkeypatch: pytest.MonkeyPatch, names: int) -> int:
    """How often a name is looked up in a loop where each of many names stands for the ones beside it."""
    counted = 0
    looked_up = linking_names._looked_up

    def counting(linker: Linker, unit: Unit, scope: Scope, node: tree.Name, level: int) -> Value:
        nonlocal counted
        counted += 1
        return looked_up(linker, unit, scope, node, level)

    monkeypatch.setattr(linking_names, "_looked_up", counting)
    steps = "".join(
        f"        n{name}.ring()\n        n{name} = n{(name + 1) % names} or n{name - 1}\n" for name in range(1, names)
    )
    source = f"class Bell:\n    def ring(self): ...\ndef f(go):\n    n0 = Bell()\n    while go():\n{steps}"
    assert callees(linked(m=source), "m.f")["m.Bell.ring"] == "certain"
    monkeypatch.undo()
    return counted


def test_names_that_stand_for_each_other_are_found_out_together(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = _looked_up(monkeypatch, 5), _looked_up(monkeypatch, 15)
    assert many <= 5 * few, (few, many)  # asked one by one: with the square of their number


OWNED = """
class Owned{n}:
    def __init__(self):
        self.state = None
    def ring(self):
        self.state.ring()
def set{n}(owned: Owned{n}, bell: Bell):
    owned.state = bell
"""


def test_a_class_asks_only_those_who_set_an_attribute_of_its_own_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: Counter[tuple[str, int]] = Counter()
    answered = Linker._answered

    def counting(self: Linker, asked: Asked, level: int, cost: int) -> Value:
        counted[asked.kind, level] += 1
        return answered(self, asked, level, cost)

    monkeypatch.setattr(Linker, "_answered", counting)
    source = "class Bell:\n    def ring(self): ...\n" + "".join(OWNED.format(n=n) for n in range(20))
    codebase = linked(owned=source)
    assert callees(codebase, "owned.Owned7.ring") == {"owned.Bell.ring": "certain"}
    top = max(level for kind, level in counted if kind == "set_by")
    assert counted["set_by", top] == 20
    assert counted["having", top] == 40  # each function and each `__init__` once, not once for every class


def test_things_and_nodes_are_told_apart_by_their_type() -> None:
    """`isinstance` takes seven times as long for classes that msgspec makes, and linking asks ten million times."""
    slow = {kind.__name__ for kind in get_args(things.Thing)} | {
        f"tree.{kind.__name__}" for kind in get_args(tree.Expr)
    }
    found = [
        f"{path.name}:{node.lineno}"
        for path in sorted(Path(linking.__path__[0]).glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"
        if slow.intersection(ast.unparse(node.args[1]).split(" | "))
    ]
    assert found == []
