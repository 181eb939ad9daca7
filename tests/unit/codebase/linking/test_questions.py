"""How many questions a link asks: the work must grow with the project, not with its square."""

from __future__ import annotations

from collections import Counter

import pytest

from calls import callees, linked
from quality_gate.codebase.linking.linker import Linker
from quality_gate.codebase.linking.questions import Asked
from quality_gate.codebase.linking.things import Value

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
