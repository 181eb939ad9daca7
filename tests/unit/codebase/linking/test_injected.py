"""Names of a module that another module sets: `pay.Gateway = Sandbox`."""

from __future__ import annotations

from textwrap import dedent

import pytest

from calls import callees
from linking import link
from quality_gate_checkers.settings import Settings

_PAY = """
    from ssl import SSLContext
    import ssl

    class Gateway:
        def charge(self): ...
    def notify(): ...
    def pay():
        Gateway().charge()
        notify()
    def secure():
        return SSLContext()
    def wrap(context: ssl.SSLContext):
        context.wrap_socket()
"""
_CHEAP = """
    from shop.pay import Gateway

    class Cheap(Gateway):
        def charge(self):
            super().charge()
            super().refund()
"""
_SANDBOX = """
    from shop import pay

    class Sandbox:
        def charge(self): ...
        def refund(self): ...
    class Context:
        def __init__(self): ...
        def wrap_socket(self): ...
    def quiet(): ...
    def inject():
        pay.Gateway = Sandbox
        pay.notify = quiet
        pay.SSLContext = Context
"""


def _callees(name: str, path: str = "shop/sandbox.py") -> dict[str, str]:
    sources = {"shop/__init__.py": "", "shop/cheap.py": _CHEAP, "shop/pay.py": _PAY, path: _SANDBOX}
    return callees(link({place: dedent(source) for place, source in sources.items()}, Settings()), name)


def test_what_another_module_sets_may_be_meant() -> None:
    assert _callees("shop.pay.pay") == {
        "shop.pay.Gateway.charge": "dispatch",
        "shop.pay.notify": "certain",
        "shop.sandbox.Sandbox.charge": "dispatch",
        "shop.sandbox.quiet": "dispatch",
    }


def test_a_class_in_the_place_of_one_from_outside_is_meant_by_annotations_too() -> None:
    assert _callees("shop.pay.secure") == {"shop.sandbox.Context.__init__": "dispatch"}
    assert _callees("shop.pay.wrap") == {"shop.sandbox.Context.wrap_socket": "dispatch"}


def test_a_base_is_named_before_anybody_sets_it() -> None:
    assert _callees("shop.cheap.Cheap.charge") == {"shop.pay.Gateway.charge": "certain"}


@pytest.mark.parametrize("path", ["tests/test_pay.py", "tests/conftest.py"])
def test_what_a_test_sets_holds_for_the_test_alone(path: str) -> None:
    assert _callees("shop.pay.wrap", path) == {}
    assert "certain" in _callees("shop.pay.pay", path).values()
    assert not any(name.startswith("tests") for name in _callees("shop.pay.pay", path))
