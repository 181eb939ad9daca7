"""Calls between functions of the project, as sys.monitoring sees them."""

from __future__ import annotations

import importlib
import sys

import pytest

from quality_gate_recorder import calls
from quality_gate_recorder.watching import Watch

SOURCE = """\
import functools

def leaf():
    return 1

def outer():
    def inner():
        return leaf()
    return inner()

class Shop:
    def pay(self):
        return [leaf() for _ in range(2)] + sorted([2, 1], key=lambda n: leaf())

    @property
    def total(self):
        return leaf()

def generated():
    yield leaf()

def through(function):
    return functools.reduce(lambda a, b: function(), [1, 2])

def several():
    for _ in range(100):
        leaf()

def late():
    return leaf()

class Body:
    value = leaf()
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Records a module of the project, `shop_called`; gives the module, and what was seen by (caller, callee)."""
    (tmp_path / "shop_called.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    recorder = Watch(str(tmp_path), ["shop_called.py"], pytest.fail)
    began = recorder.start()
    module = importlib.import_module("shop_called")

    def seen():
        recorder.stop()
        return {(call.caller, call.line, call.callee) for call in recorder.calls()}

    yield began, module, seen
    recorder.stop()
    del sys.modules["shop_called"]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="has sys.monitoring")
def test_python_3_11_cannot(shop):
    began, module, seen = shop
    module.outer()
    assert not began
    assert seen() == set()


@pytest.mark.skipif(sys.version_info < (3, 12), reason="needs sys.monitoring")
class TestSeen:
    @pytest.mark.parametrize(
        ("what", "wanted"),
        [
            (lambda shop: shop.outer(), {("outer", 9, "outer.inner"), ("outer.inner", 8, "leaf")}),
            (lambda shop: shop.Shop().pay(), {("Shop.pay", 13, "leaf")}),
            (lambda shop: shop.Shop().total, {("Shop.total", 17, "leaf")}),
            (lambda shop: list(shop.generated()), {("generated", 20, "leaf")}),
            (lambda shop: shop.through(shop.leaf), {("through", 23, "leaf")}),
            (lambda shop: shop.leaf(), set()),
        ],
        ids=["nested", "comprehension and lambda", "property", "generator", "through a library", "from outside"],
    )
    def test_calls_within_the_project(self, what, wanted, shop):
        began, module, seen = shop
        assert began
        what(module)
        of_the_import = {("", 33, "leaf")}
        assert seen() == wanted | of_the_import

    def test_a_function_that_is_called_often_is_looked_at_until_nothing_new_comes(self, shop):
        _, module, seen = shop
        module.several()
        module.late()
        assert ("several", 27, "leaf") in seen()

    def test_a_new_caller_renews_the_patience(self, shop, monkeypatch):
        monkeypatch.setattr(calls, "_ENOUGH", 3)
        _, module, seen = shop
        module.outer()
        module.Shop().pay()
        module.late()
        assert ("late", 30, "leaf") in seen()
