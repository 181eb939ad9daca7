"""Rungs `self`, `super`, `attribute` and `override`: methods and attributes through the whole line of classes."""

from __future__ import annotations

from calls import callees, edge, linked, outside, unknown


def test_a_method_of_the_same_object() -> None:
    found = edge(linked("class C:\n    def a(self):\n        self.b()\n    def b(self): ...\n"), "m.C.a", "m.C.b")
    assert (found.confidence, found.rung) == ("certain", "self")


def test_an_inherited_method_is_the_defining_class_s() -> None:
    codebase = linked(
        base="class Base:\n    def run(self): ...\n",
        m="from base import Base\nclass C(Base):\n    def f(self):\n        self.run()\n",
    )
    assert callees(codebase, "m.C.f") == {"base.Base.run": "certain"}


def test_the_order_of_bases_is_python_s_own() -> None:
    source = """
        class Top:
            def run(self): ...
        class Left(Top): ...
        class Right(Top):
            def run(self): ...
        class C(Left, Right): ...
        def f():
            C().run()
        """
    assert callees(linked(source), "m.f") == {"m.Right.run": "certain"}


def test_super_goes_to_the_next_in_line() -> None:
    source = """
        class A:
            def run(self): ...
        class B(A):
            def run(self):
                super().run()
        class C(B):
            def run(self):
                super(B, self).run()
        """
    codebase = linked(source)
    found = edge(codebase, "m.B.run", "m.A.run")
    assert (found.confidence, found.rung) == ("certain", "super")
    assert callees(codebase, "m.C.run") == {"m.A.run": "certain"}


def test_super_of_a_mixin_depends_on_who_mixes_it_in() -> None:
    source = """
        class Mixin:
            def run(self):
                super().run()
        class Base:
            def run(self): ...
        class C(Mixin, Base): ...
        """
    assert callees(linked(source), "m.Mixin.run") == {"m.Base.run": "dispatch"}


def test_making_an_object_calls_the_init_of_the_class_that_defines_it() -> None:
    source = """
        class A:
            def __init__(self): ...
        class B(A): ...
        def f():
            B()
        """
    assert callees(linked(source), "m.f") == {"m.A.__init__": "certain"}


def test_a_dataclass_runs_its_post_init() -> None:
    source = """
        from dataclasses import dataclass
        @dataclass
        class Order:
            total: int
            def __post_init__(self): ...
        def f():
            Order(1)
        """
    assert callees(linked(source), "m.f") == {"m.Order.__post_init__": "certain"}


def test_making_a_dataclass_may_run_what_makes_its_fields() -> None:
    source = """
        from dataclasses import dataclass, field
        def number(): ...
        class Lines:
            def __init__(self): ...
        @dataclass
        class Base:
            key: int = field(default_factory=number)
        @dataclass
        class Order(Base):
            lines: Lines = field(default_factory=Lines)
            tags: list = field(default_factory=list)
        class Own(Base):
            def __init__(self): ...
        def f():
            Order()
        def g():
            Own()
        """
    codebase = linked(source)
    assert callees(codebase, "m.f") == {"m.number": "dispatch", "m.Lines.__init__": "dispatch"}
    assert callees(codebase, "m.g") == {"m.Own.__init__": "certain"}


def test_new_metaclass_and_init_subclass() -> None:
    source = """
        class Meta(type):
            def __call__(cls, *args): ...
        class Base:
            def __new__(cls): ...
            def __init_subclass__(cls): ...
        class C(Base, metaclass=Meta): ...
        def f():
            C()
        """
    codebase = linked(source)
    assert set(callees(codebase, "m.f")) == {"m.Meta.__call__", "m.Base.__new__"}
    assert "m.Base.__init_subclass__" in callees(codebase, "m")


def test_an_override_may_be_meant_unless_the_making_was_seen() -> None:
    source = """
        class A:
            def run(self):
                return 1
        class B(A):
            def run(self):
                return 2
        def any_of(a: A):
            a.run()
        def this_one():
            A().run()
        """
    codebase = linked(source)
    assert callees(codebase, "m.any_of") == {"m.A.run": "certain", "m.B.run": "dispatch"}
    assert edge(codebase, "m.any_of", "m.B.run").rung == "override"
    assert callees(codebase, "m.this_one") == {"m.A.run": "certain"}
    assert codebase.overrides("m.A.run") == ("m.B.run",)


def test_a_method_that_only_raises_is_not_certain_where_others_override_it() -> None:
    source = """
        class A:
            def run(self):
                raise NotImplementedError
            def go(self):
                self.run()
        class B(A):
            def run(self):
                return 2
        """
    assert callees(linked(source), "m.A.go") == {"m.A.run": "dispatch", "m.B.run": "dispatch"}


def test_a_method_that_only_subclasses_have() -> None:
    source = """
        class View:
            def get(self):
                self.get_object()
        class Detail(View):
            def get_object(self): ...
        """
    assert callees(linked(source), "m.View.get") == {"m.Detail.get_object": "dispatch"}


def test_attributes_assigned_through_self_in_any_method() -> None:
    source = """
        class Bank:
            def charge(self): ...
        class Shop:
            def __init__(self):
                self.bank = Bank()
            def pay(self):
                self.bank.charge()
        """
    found = edge(linked(source), "m.Shop.pay", "m.Bank.charge")
    assert (found.confidence, found.rung) == ("certain", "attribute")


def test_an_attribute_from_a_parameter_whose_callers_are_known() -> None:
    codebase = linked(
        bank="class Bank:\n    def charge(self): ...\n",
        shop="class Shop:\n    def __init__(self, bank):\n        self.bank = bank\n    def pay(self):\n        self.bank.charge()\n",
        main="from bank import Bank\nfrom shop import Shop\ndef start():\n    Shop(Bank()).pay()\n",
    )
    assert callees(codebase, "shop.Shop.pay") == {"bank.Bank.charge": "certain"}


def test_an_attribute_that_others_set() -> None:
    source = """
        class Bank:
            def charge(self): ...
        class Shop:
            bank = None
            def pay(self):
                self.bank.charge()
        def wire(shop: Shop):
            shop.bank = Bank()
        """
    assert callees(linked(source), "m.Shop.pay") == {"m.Bank.charge": "certain"}


def test_an_attribute_that_subclasses_set_in_their_bodies() -> None:
    source = """
        class Serializer:
            def __init__(self): ...
        class View:
            serializer_class = None
            def get(self):
                self.serializer_class()
        class OrderView(View):
            serializer_class = Serializer
        """
    assert callees(linked(source), "m.View.get") == {"m.Serializer.__init__": "dispatch"}


def test_class_methods_and_static_methods() -> None:
    source = """
        class C:
            @classmethod
            def make(cls):
                return cls()
            @staticmethod
            def help(): ...
            def run(self): ...
        class D(C):
            def run(self): ...
        def f():
            D.make().run()
            C.help()
        """
    codebase = linked(source)
    assert callees(codebase, "m.f") == {"m.C.make": "certain", "m.D.run": "certain", "m.C.help": "certain"}


def test_objects_of_several_classes_are_not_certain() -> None:
    source = """
        class A:
            def run(self): ...
        class B:
            def run(self): ...
        def f(x: A | B):
            x.run()
        """
    assert callees(linked(source), "m.f") == {"m.A.run": "dispatch", "m.B.run": "dispatch"}


def test_a_method_of_a_base_from_outside_leaves_the_project() -> None:
    source = """
        from django.db.models import Model
        class Order(Model):
            def pay(self):
                self.save()
        class Other:
            def save(self): ...
        """
    codebase = linked(source)
    assert callees(codebase, "m.Order.pay") == {}
    assert outside(codebase, "m.Order.pay") == ["django.db.models.Model.save"]


def test_a_known_class_without_the_method_is_told() -> None:
    codebase = linked("class C:\n    def f(self):\n        self.nothing()\n")
    assert unknown(codebase, "m.C.f") == ["self.nothing"]


def test_the_only_method_of_a_name_is_possible_on_an_unknown_object_only() -> None:
    source = """
        import requests
        class PayPal:
            def settle_everything(self): ...
            def post(self): ...
        def f(x):
            x.settle_everything()
            requests.post("x")
            x.post()
        """
    codebase = linked(source)
    assert callees(codebase, "m.f") == {"m.PayPal.settle_everything": "possible", "m.PayPal.post": "possible"}
    assert [one.line for one in codebase.calls_from("m.f")] == [7, 9]


def test_bases_that_go_in_a_circle_end() -> None:
    codebase = linked("class A(B):\n    def f(self):\n        self.g()\nclass B(A):\n    def g(self): ...\n")
    assert "m.A.f" in codebase.definitions
    assert codebase.calls_from("m.A.f") is not None


def test_an_attribute_that_only_subclasses_set() -> None:
    source = """
        def told(): ...
        class Base:
            on_update = None
            def changed(self):
                self.on_update()
        class Dict(Base):
            def __init__(self):
                self.on_update = told
        """
    assert callees(linked(source), "m.Base.changed") == {"m.told": "dispatch"}


def test_an_interface_of_python_s_own_may_be_an_object_of_the_project() -> None:
    source = """
        from typing import IO, Iterable, Optional
        class Stream:
            def read(self): ...
        class Parts:
            def __iter__(self): ...
        class Response:
            body: Iterable[bytes] = ()
            def cut(self):
                self.body = Parts()
            def send(self):
                for part in self.body: ...
        def parse(stream: Optional[IO[bytes]], size: int):
            stream.read()
            size.read()
        def f():
            parse(Stream(), Stream())
        """
    codebase = linked(source)
    assert callees(codebase, "m.parse") == {"m.Stream.read": "dispatch"}
    assert callees(codebase, "m.Response.send") == {"m.Parts.__iter__": "dispatch"}
