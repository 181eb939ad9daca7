"""Sets of strings have another order in every process; the link must not: else a warm link is not the cold one."""

from __future__ import annotations

import json
import os
import subprocess
import sys

_PROJECT = {
    "kinds.py": "class A:\n    def run(self): ...\nclass B:\n    def run(self): ...\n"
    "class C(A):\n    def run(self): ...\nclass D(B):\n    def run(self): ...\n",
    "wrap.py": "def wrap(f):\n    def inner(*a):\n        return f(*a)\n    return inner\n",
    "m.py": "from importlib import import_module\nimport one, two, three\nfrom kinds import *\nfrom wrap import wrap\n"
    "mod = import_module('x')\n"
    "@wrap\ndef app(r):\n    return mod.app(r)\n"
    "kept = getattr(mod, 'kept', {})\nkept.update(host='h', app=app)\n"
    "either = one.a() or two.b() or three.c()\neither.register(app)\neither.go()\n"
    "def make(x):\n    held = {'a': A(), 'b': B()} if x else {'a': C(), 'b': D()}\n"
    "    held.update({'a': B()} if x else {'a': A()})\n    held['a'].run()\n    {**held}['b'].run()\n"
    "    for y in (held or [C()]):\n        y.run()\n"
    "def go(x: A, y: C):\n    for z in (x, y):\n        z.run()\n"
    "def one_(r): ...\ndef two_(r): ...\ndef pick(f):\n    return one_ if f else two_\n"
    "@wrap\n@pick\ndef three_(r): ...\nthree_(A())\n",
}
_SCRIPT = """
import json, sys
from quality_gate.codebase.facts_of import facts_of
from quality_gate.evidence.codebase import codebase_of
from quality_gate_checkers.settings import Settings
files = json.loads(sys.argv[1])
shop = codebase_of({path: facts_of(path, text.encode(), Settings()) for path, text in files.items()}, Settings())
for name in shop.definitions:
    print(shop.calls_from(name), shop.external_calls(name), shop.unresolved_calls(name))
"""


def _linked(seed: int) -> str:
    command = [sys.executable, "-c", _SCRIPT, json.dumps(_PROJECT)]
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def test_a_link_is_the_same_whatever_the_order_of_sets() -> None:
    first = _linked(0)
    assert "kinds.A.run" in first
    assert [seed for seed in range(1, 6) if _linked(seed) != first] == []
