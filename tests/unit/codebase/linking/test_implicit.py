"""Rungs `property` and `dunder`: code that runs without a call being written."""

from __future__ import annotations

import pytest

from calls import callees, edge, linked

THING = """
class Thing:
    def __enter__(self): return self
    def __exit__(self, *a): ...
    def __iter__(self): return self
    def __next__(self): return 1
    def __len__(self): return 1
    def __contains__(self, x): return True
    def __getitem__(self, x): return 1
    def __setitem__(self, x, y): ...
    def __delitem__(self, x): ...
    def __add__(self, x): return self
    def __radd__(self, x): return self
    def __iadd__(self, x): return self
    def __neg__(self): return self
    def __lt__(self, x): return True
    def __gt__(self, x): return True
    def __eq__(self, x): return True
    def __hash__(self): return 1
    def __str__(self): return ""
    def __repr__(self): return ""
    def __format__(self, x): return ""
    def __call__(self): ...
    def __int__(self): return 1
    def __bool__(self): return True
    def __await__(self): ...
    def __setattr__(self, x, y): ...
"""


@pytest.mark.parametrize(
    ("code", "called"),
    [
        ("with t: pass", {"enter", "exit"}),
        ("for x in t: pass", {"iter", "next"}),
        ("[x for x in t]", {"iter", "next"}),
        ("a, b = t", {"iter", "next"}),
        ("list(t)", {"iter", "next"}),
        ("','.join(t)", {"iter", "next"}),
        ("len(t)", {"len"}),
        ("1 in t", {"contains"}),
        ("t[1]", {"getitem"}),
        ("t[1] = 2", {"setitem"}),
        ("del t[1]", {"delitem"}),
        ("t + 1", {"add"}),
        ("1 + t", {"radd"}),
        ("t += 1", {"iadd", "add"}),
        ("-t", {"neg"}),
        ("t < 1", {"lt"}),
        ("1 < t", {"gt"}),
        ("t == 1", {"eq"}),
        ("t != 1", {"eq"}),
        ("{t: 1}", {"hash", "eq"}),
        ("str(t)", {"str"}),
        ("f'{t}'", {"format"}),
        ("f'{t!r}'", {"repr"}),
        ("f'{t!s}'", {"str"}),
        ("'%s' % t", {"str"}),
        ("'{}'.format(t)", {"format"}),
        ("t()", {"call"}),
        ("int(t)", {"int"}),
        ("if t: pass", {"bool"}),
        ("not t", {"bool"}),
        ("x = t and 1", {"bool"}),
        ("t.x = 1", {"setattr"}),
        ("sorted([t, t])", {"lt"}),
    ],
)
def test_special_methods(code: str, called: set[str]) -> None:
    codebase = linked(f"{THING}\ndef f(t: Thing):\n    {code}\n")
    assert callees(codebase, "m.f") == {f"m.Thing.__{name}__": "certain" for name in called}


def test_await_and_async_for_and_with() -> None:
    source = """
        class A:
            def __await__(self): ...
            async def __aenter__(self): return self
            async def __aexit__(self, *a): ...
            def __aiter__(self): return self
            async def __anext__(self): ...
        async def f(a: A):
            await a
            async with a: pass
            async for x in a: pass
        """
    names = ("await", "aenter", "aexit", "aiter", "anext")
    assert callees(linked(source), "m.f") == {f"m.A.__{name}__": "certain" for name in names}


def test_properties_of_all_kinds() -> None:
    source = """
        from functools import cached_property
        class Order:
            @property
            def total(self): return Money()
            @total.setter
            def total(self, value): check()
            @cached_property
            def lines(self): return [Money()]
            def get_tax(self): return Money()
            tax = property(get_tax)
        class Money:
            def show(self): ...
        def check(): ...
        def f(order: Order):
            order.total.show()
            order.lines[0].show()
            order.tax.show()
        def g(order: Order):
            order.total = 1
        """
    codebase = linked(source)
    found = callees(codebase, "m.f")
    assert set(found) == {"m.Order.total", "m.Order.lines", "m.Order.get_tax", "m.Money.show"}
    assert edge(codebase, "m.f", "m.Order.total").rung == "property"
    assert callees(codebase, "m.g") == {"m.Order.total": "certain"}
    assert "m.check" in callees(codebase, "m.Order.total")


def test_a_property_that_a_subclass_overrides() -> None:
    source = """
        class A:
            @property
            def x(self): return 1
            def f(self): return self.x
        class B(A):
            @property
            def x(self): return 2
        """
    assert callees(linked(source), "m.A.f") == {"m.A.x": "certain", "m.B.x": "dispatch"}


def test_a_descriptor_and_a_property_of_the_project_s_own() -> None:
    source = """
        class field:
            def __get__(self, obj, cls): ...
            def __set__(self, obj, value): ...
        class lazy(property):
            def __get__(self, obj, cls):
                return self.fget(obj)
        class Order:
            name = field()
            @lazy
            def total(self): return Money()
        class Money:
            def show(self): ...
        def f(order: Order):
            order.name
            order.total.show()
        def g(order: Order):
            order.name = 1
        """
    codebase = linked(source)
    assert set(callees(codebase, "m.f")) == {"m.field.__get__", "m.lazy.__get__", "m.Money.show"}
    assert callees(codebase, "m.g") == {"m.field.__set__": "certain"}
    assert callees(codebase, "m.lazy.__get__") == {"m.Order.total": "certain"}


def test_getattr_is_asked_only_for_what_is_not_there() -> None:
    source = """
        class Proxy:
            def __init__(self):
                self.known = 1
            def __getattr__(self, name): ...
            def method(self): ...
        def f(p: Proxy):
            p.known
            p.method()
        def g(p: Proxy):
            p.unknown
            p.other()
        """
    codebase = linked(source)
    assert callees(codebase, "m.f") == {"m.Proxy.method": "certain"}
    assert [one.callee for one in codebase.calls_from("m.g")] == ["m.Proxy.__getattr__"] * 2
    assert codebase.unresolved_calls("m.g") == ()


def test_generators_as_context_managers() -> None:
    source = """
        from contextlib import contextmanager
        class Bank:
            def charge(self): ...
        @contextmanager
        def opened():
            yield Bank()
        def f():
            with opened() as bank:
                bank.charge()
        """
    assert callees(linked(source), "m.f") == {"m.opened": "certain", "m.Bank.charge": "certain"}


def test_looping_over_an_object_gives_what_its_iterator_yields() -> None:
    source = """
        class Bank:
            def charge(self): ...
        class Banks:
            def __iter__(self):
                yield Bank()
        def f():
            for bank in Banks():
                bank.charge()
        """
    assert callees(linked(source), "m.f") == {"m.Banks.__iter__": "certain", "m.Bank.charge": "certain"}


def test_raising_a_class_makes_an_object_of_it() -> None:
    source = """
        class Declined(Exception):
            def __init__(self): ...
            def tell(self): ...
        def f():
            raise Declined
        def g():
            try: ...
            except (Declined, ValueError) as e:
                e.tell()
        """
    codebase = linked(source)
    assert callees(codebase, "m.f") == {"m.Declined.__init__": "certain"}
    assert callees(codebase, "m.g") == {"m.Declined.tell": "certain"}


def test_things_from_outside_run_nothing_of_the_project() -> None:
    source = THING + "\nimport requests\ndef f():\n    s = requests.Session()\n    with s: pass\n    s[1]\n    len(s)\n"
    assert callees(linked(source), "m.f") == {}


def test_looping_over_a_list_of_the_project_s_own_is_python_s() -> None:
    source = """
        class Orders(list):
            def __getitem__(self, place): ...
        def f(orders: Orders):
            for order in orders: ...
            orders[0]
        """
    codebase = linked(source)
    assert [(one.callee, one.line) for one in codebase.calls_from("m.f")] == [("m.Orders.__getitem__", 6)]


def test_getattr_is_not_certain_where_a_subclass_has_the_attribute() -> None:
    source = """
        class Proxy:
            def __getattr__(self, name): ...
        class Known(Proxy):
            total = 1
        def f(p: Proxy):
            p.total
        """
    assert callees(linked(source), "m.f") == {"m.Proxy.__getattr__": "dispatch"}


def test_one_of_several_that_is_looped_over_is_no_certain_call() -> None:
    source = """
        class Bytes:
            def __iter__(self): ...
        class Lines:
            def __iter__(self): ...
        def f(x):
            body = Bytes() if x else Lines()
            list(body)
        """
    assert callees(linked(source), "m.f") == {"m.Bytes.__iter__": "dispatch", "m.Lines.__iter__": "dispatch"}


def test_a_generator_that_is_there_to_be_overridden() -> None:
    source = """
        class Stream:
            def __iter__(self):
                raise NotImplementedError
                yield b""
        class Bytes(Stream):
            def __iter__(self):
                yield b""
        def f(stream: Stream):
            list(stream)
        """
    assert callees(linked(source), "m.f") == {"m.Stream.__iter__": "dispatch", "m.Bytes.__iter__": "dispatch"}
