"""Rows 29 to 33: source that is deep, long, odd or goes in circles ends the call graph neither wrongly nor never."""

from __future__ import annotations

import time

import pytest

from linking import link
from quality_gate.codebase.linking.linker import Linker
from quality_gate.codebase.linking.things import Value
from quality_gate.codebase.linking.units import Unit
from quality_gate.codebase.tree import Expr
from quality_gate_checkers.settings import Settings

SECONDS = 20
"""Of the processor's time, on the slowest machine that runs this."""


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "+".join(["1"] * 3000),
        "x = " + "(" * 90 + "1" + ")" * 90,
        "x = " + "[" * 80 + "]" * 80,
        "x = a" + ".b" * 400 + "()",
        "x = f" + "()" * 400,
        "x = " + "not " * 400 + "1",
        "if a: pass\n" + "elif b: f()\n" * 3000,
        "def f():\n" + "".join(f"{' ' * n}if x:\n" for n in range(1, 60)) + " " * 60 + "g()",
        "x = 0x" + "f" * 5000,
        "x = lambda: " * 60 + "1",
        "ｅｖａｌ('1')\n",
        "def f(x):\n    return " + "f(" * 80 + "x" + ")" * 80,
        "class " + "C:\n class ".join(" " * n for n in range(1, 2)) + "D: pass",
    ],
    ids=range(13),
)
def test_one_file_is_read_or_told(source: str) -> None:
    codebase = link({"m.py": source, "n.py": "def f():\n    g()\ndef g(): ...\n"}, Settings())
    assert [edge.callee for edge in codebase.calls_from("n.f")] == ["n.g"]
    told = codebase.problems  # type: ignore[attr-defined]
    assert told or codebase.definitions_in("m.py")


@pytest.mark.parametrize(
    "source",
    [
        "\n".join(f"def f{n}(x):\n    return f{(n + 1) % 300}(x) or f{(n + 7) % 300}(x)" for n in range(300)),
        "\n".join(f"class C{n}(C{(n + 1) % 200}):\n    def m(self):\n        return self.m()" for n in range(200)),
        "def f():\n"
        + "\n".join(f"    x{n} = x{(n + 1) % 60} or x{(n * 7) % 60}.a or x{(n * 3) % 60}()" for n in range(60)),
        "def f():\n" + "    x = f(x, x.y)\n" * 2000 + "    x.z()\n",
        "class A:\n" + "".join(f"    def m{n}(self):\n        self.x = self.x.m{n}()\n" for n in range(150)),
        "def f(x):\n    return f\n" + "f" + "(1)" * 150,
        "def d(f):\n    return d\n" + "@d\n" * 150 + "def g(): ...\ng()\n",
        "\n".join(f"from b import n{n}" for n in range(300)),
        "x = {}\n" + "".join(f"x['{n}'] = lambda: x['{n}']()\n" for n in range(300)) + "def f(k):\n    x[k]()\n",
        "class N:\n    def __new__(cls, *a):\n        return cls()\nclass M(N): pass\ndef f():\n    M().x()\n",
        "class A:\n    __call__ = B()\nclass B:\n    __call__ = A()\ndef f():\n    A()()\n    for x in A(): x()\n",
        "class P:\n    x = property(lambda self: self.x.x)\n    __getattr__ = x\ndef f(p: P):\n    p.x.y.z()\n",
        "def f(g):\n    return g(f)(g)(f(g))\nf(f)(f)(f(f))\n",
    ],
    ids=range(13),
)
def test_circles_and_crowds_end(source: str) -> None:
    start = time.process_time()
    codebase = link({"a.py": source, "b.py": "from a import *\n" + source}, Settings())
    for name in codebase.definitions:
        codebase.calls_from(name)
    assert time.process_time() - start < SECONDS


def test_a_file_that_leads_too_deep_is_told_and_ends_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    value = Linker.value

    def exhausted(self: Linker, unit: Unit, node: Expr, level: int) -> Value:
        if unit.module.name == "deep":
            raise RecursionError
        return value(self, unit, node, level)

    monkeypatch.setattr(Linker, "value", exhausted)
    deep = "class Deep(Base): ...\n@made\ndef f(g):\n    g()\n    x = [f]\n    x[0]()\n"
    files = {
        "a.py": "def f():\n    g()\ndef g(): ...\n",
        "deep.py": deep,
        "z.py": "from a import g\ndef f():\n    g()\n",
    }
    codebase = link(files, Settings())
    for name in ("a.f", "z.f"):
        assert [edge.callee for edge in codebase.calls_from(name)] == ["a.g"]
    told = [call.reason for call in codebase.unresolved_calls("deep.f")]
    assert told == ["its calls lead deeper than can be followed"]
