"""Files of tests that have gained tests, and others that have changed otherwise."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from quality_gate.evidence._present import Present
from quality_gate.evidence.runs._gained import Gained
from quality_gate_recorder.fingerprints import digest_of, fingerprints_of

PATH = "tests/test_pay.py"
THEN = """\
import os
from shop import pay

class TestPay:
    def test_ok(self):
        assert pay.pay(1)

@pay.parametrized("a", "b")
def test_all(order):
    assert pay.pay(order), os.sep
"""
NEW = """
@pytest.mark.slow
def test_refused(mocker):
    with pytest.raises(pay.Refused), mock.patch("os.sep"):
        pay.pay(0)
"""
IMPORTS = "import pytest\nfrom unittest import mock\n"
HELD = THEN.replace(
    "        assert pay.pay(1)\n", "        assert pay.pay(1)\n\n    def test_none(self):\n        pay.pay(0)\n"
)
CLASS = "\nclass TestMore:\n    def test_one(self):\n        assert pay.pay(7)\n"
GAINED = {
    "a function with imports": IMPORTS + THEN + NEW,
    "a method": HELD,
    "a class": THEN + CLASS,
    "all of them, with comments": "# more\n" + IMPORTS + HELD + NEW + CLASS,
    "one that uses what was imported": THEN + "\ndef test_sep():\n    assert os.sep\n",
    "one name of an import more": THEN.replace("shop import pay", "shop import pay, bank")
    + "\ndef test_b():\n    bank\n",
}
CHANGED = {
    "nothing gained": THEN.replace("pay.pay(1)", "pay.pay(2)"),
    "another test": THEN.replace("pay.pay(1)", "pay.pay(2)") + CLASS,
    "a helper": THEN + CLASS + "\ndef helper():\n    return 1\n",
    "a fixture that all have": THEN
    + CLASS
    + "\n@pytest.fixture(autouse=True)\ndef test_data():\n    return 1\nx = 1\n",
    "a test less": THEN.replace("def test_all", "def test_every"),
    "module code": THEN.replace("import os\n", "import os\nos.sep = '/'\n") + CLASS,
    "no Python": THEN + "def test_(:\n",
}


def only_gained(root, text: str, *, measured: bool) -> bool:
    (root / "tests").mkdir()
    (root / PATH).write_text(text, encoding="utf-8")
    tests = [SimpleNamespace(nodeid=f"{PATH}::{one}") for one in ("TestPay::test_ok", "test_all[a]", "test_all[b]")]
    run = SimpleNamespace(
        tests=dict(enumerate(tests)),
        files={PATH: None} if measured else {},
        test_code={} if measured else {PATH: SimpleNamespace(digest=digest_of(THEN))},
    )
    recorded = SimpleNamespace(functions=fingerprints_of(THEN))
    return Gained(Present(root), run, lambda path: recorded).only_tests(PATH)  # type: ignore[arg-type]  # all that is asked of a run


@pytest.mark.parametrize("measured", [False, True])
@pytest.mark.parametrize("text", GAINED.values(), ids=GAINED)
def test_what_has_only_gained_tests(text, measured, tmp_path):
    assert only_gained(tmp_path, text, measured=measured)


@pytest.mark.parametrize("measured", [False, True])
@pytest.mark.parametrize("text", CHANGED.values(), ids=CHANGED)
def test_what_has_changed_otherwise(text, measured, tmp_path):
    assert not only_gained(tmp_path, text, measured=measured)
