"""Rungs `annotation`, `return`, `argument`, `container`, `decorator`: what a value may be, wherever it comes from."""

from __future__ import annotations

import pytest

from calls import callees, edge, linked, outside, unknown

BANK = """
class Bank:
    def charge(self): ...
class Other:
    def charge(self): ...
"""


def _project(source: str) -> dict[str, str]:
    codebase = linked(
        bank=BANK, m="from __future__ import annotations\nfrom typing import *\nfrom bank import *\n" + source
    )
    return callees(codebase, "m.f")


@pytest.mark.parametrize(
    ("annotation", "call"),
    [
        ("Bank", "x.charge()"),
        ("'Bank'", "x.charge()"),
        ("Bank | None", "x.charge()"),
        ("Optional[Bank]", "x.charge()"),
        ("Annotated[Bank, 'own']", "x.charge()"),
        ("list[Bank]", "x[0].charge()"),
        ("List['Bank']", "x[0].charge()"),
        ("dict[str, Bank]", "x['a'].charge()"),
        ("dict[str, Bank]", "x.get('a').charge()"),
        ("dict[str, list[Bank]]", "x['a'][0].charge()"),
        ("tuple[int, Bank]", "x[1].charge()"),
        ("tuple[Bank, ...]", "x[3].charge()"),
        ("type[Bank]", "x().charge()"),
        ("Callable[[], Bank]", "Bank().charge()"),
        ("Banks", "x[0].charge()"),
        ("B", "x.charge()"),
    ],
)
def test_annotations_of_parameters(annotation: str, call: str) -> None:
    source = f"Banks = list[Bank]\nB = TypeVar('B', bound=Bank)\ndef f(x: {annotation}):\n    {call}\n"
    assert _project(source) == {"bank.Bank.charge": "certain"}


@pytest.mark.parametrize(
    "loop",
    [
        "for y in x:\n        y.charge()",
        "for i, y in enumerate(x):\n        y.charge()",
        "for y, z in zip(x, x):\n        y.charge()",
        "for y in sorted(x):\n        y.charge()",
        "[y.charge() for y in x]",
        "first, *rest = x\n    first.charge()",
        "next(iter(x)).charge()",
        "max(x).charge()",
        "y = {1: b for b in x}\n    y[1].charge()",
        "for k, v in dict(a=x).items():\n        v[0].charge()",
        "x.pop().charge()",
        "y = []\n    y.extend(x)\n    y[0].charge()",
    ],
)
def test_elements_of_containers(loop: str) -> None:
    assert _project(f"def f(x: list[Bank]):\n    {loop}\n") == {"bank.Bank.charge": "certain"}


def test_an_external_class_keeps_its_own_methods() -> None:
    codebase = linked(bank=BANK, m="from redis import Redis\ndef f(x: Redis):\n    x.charge()\n")
    assert callees(codebase, "m.f") == {}
    assert outside(codebase, "m.f") == ["redis.Redis.charge"]


def test_a_protocol_means_whoever_has_its_methods() -> None:
    source = """
class Charges(Protocol):
    def charge(self) -> None: ...
def f(x: Charges):
    x.charge()
"""
    found = _project(source)
    assert found == {"m.Charges.charge": "dispatch", "bank.Bank.charge": "dispatch", "bank.Other.charge": "dispatch"}


def test_what_unannotated_functions_return() -> None:
    source = """
def make():
    return Bank()
def again():
    bank = make()
    return bank
def f():
    again().charge()
"""
    assert _project(source) == {"m.again": "certain", "bank.Bank.charge": "certain"}


def test_a_function_that_returns_its_argument_is_told_apart_by_call() -> None:
    source = """
def same(x):
    return x
def g():
    same(Other())
def f():
    same(Bank()).charge()
"""
    assert _project(source) == {"m.same": "certain", "bank.Bank.charge": "certain"}


def test_a_function_that_makes_what_it_is_given() -> None:
    source = """
def make(cls):
    return cls()
def f():
    make(Bank).charge()
    make(Other)
"""
    assert _project(source) == {"m.make": "certain", "bank.Bank.charge": "certain"}


def test_arguments_of_all_kinds_reach_the_parameters() -> None:
    source = """
def f(first, *rest, named=None, **others):
    first.charge()
    rest[0].pay()
    named.sell()
    others["x"].buy()
class A:
    def charge(self): ...
class B:
    def pay(self): ...
class C:
    def sell(self): ...
class D:
    def buy(self): ...
def g():
    f(A(), B(), named=C(), x=D())
"""
    assert set(_project(source)) == {"m.A.charge", "m.B.pay", "m.C.sell", "m.D.buy"}


def test_a_default_counts() -> None:
    assert _project("def f(bank=Bank()):\n    bank.charge()\n") == {"bank.Bank.charge": "certain"}


def test_functions_given_to_functions() -> None:
    source = """
def f(action):
    action()
def a(): ...
def g():
    f(a)
    f(lambda: a())
"""
    assert _project(source) == {"m.a": "certain", "m.g.<lambda1>": "certain"}


def test_parameters_of_functions_called_under_other_names() -> None:
    source = """
def f(bank):
    bank.charge()
def run(action):
    action(Bank())
HANDLERS = {"f": f}
def g(name):
    run(f)
    HANDLERS[name](Other())
"""
    assert set(_project(source)) == {"bank.Bank.charge", "bank.Other.charge"}


def test_recursion_ends() -> None:
    source = """
def even(x, bank):
    return odd(x, bank) or bank
def odd(x, bank):
    return even(x, bank)
def f():
    even(1, Bank()).charge()
"""
    assert "bank.Bank.charge" in _project(source)


def test_a_registry_of_functions() -> None:
    source = """
REGISTRY = {}
def register(name):
    def decorate(function):
        REGISTRY[name] = function
        return function
    return decorate
@register("a")
def a(): ...
@register("b")
def b(): ...
def f(name):
    REGISTRY[name]()
    a()
"""
    assert set(_project(source)) == {"m.a", "m.b"}


def test_a_key_that_is_known_takes_one() -> None:
    source = "def a(): ...\ndef b(): ...\nD = {'a': a, 'b': b}\ndef f():\n    D['a']()\n"
    assert _project(source) == {"m.a": "certain"}


def test_a_wrapper_is_called_and_calls_what_it_wraps() -> None:
    source = """
import functools
def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper
@logged
def work(bank):
    bank.charge()
    return Bank()
def f():
    work(Other()).charge()
"""
    codebase = linked(bank=BANK, m="from bank import *\n" + source)
    assert callees(codebase, "m.f") == {"m.logged.wrapper": "certain", "bank.Bank.charge": "certain"}
    assert edge(codebase, "m.f", "m.logged.wrapper").rung == "decorator"
    assert callees(codebase, "m.logged.wrapper") == {"m.work": "certain"}
    assert callees(codebase, "m.work") == {"bank.Other.charge": "certain"}
    assert callees(codebase, "m")["m.logged"] == "certain"


def test_a_decorator_from_outside_changes_nothing() -> None:
    source = "import celery\n@celery.shared_task(bind=True)\ndef work(): ...\ndef f():\n    work()\n"
    assert _project(source) == {"m.work": "certain"}


def test_partial() -> None:
    source = "from functools import partial\ndef a(x, y): ...\ndef f():\n    g = partial(a, 1)\n    g(2)\n"
    assert _project(source)["m.a"] == "certain"


def test_isinstance_tells() -> None:
    source = """
def f(x):
    if isinstance(x, Bank):
        x.charge()
    elif not isinstance(x, Other):
        x.charge()
"""
    codebase = linked(bank=BANK, m="from bank import *\n" + source)
    assert [(one.callee, one.line) for one in codebase.calls_from("m.f")] == [("bank.Bank.charge", 5)]


def test_a_method_named_by_a_built_string() -> None:
    source = """
class Machine:
    def run(self, event):
        getattr(self, f"_on_{event}")()
        name = "_on_" + event
        getattr(self, name)()
    def _on_start(self): ...
    def _on_stop(self): ...
    def _off(self): ...
"""
    codebase = linked(source)
    assert callees(codebase, "m.Machine.run") == {"m.Machine._on_start": "dispatch", "m.Machine._on_stop": "dispatch"}


def test_getattr_with_a_name_that_is_known() -> None:
    assert _project("def f():\n    getattr(Bank(), 'charge')()\n") == {"bank.Bank.charge": "certain"}


def test_functions_handed_to_others() -> None:
    source = """
        from threading import Thread
        def key(x): ...
        def work(bank):
            bank.charge()
        class Bank:
            def charge(self): ...
        def f(xs):
            sorted(xs, key=key)
            Thread(target=work, args=(Bank(),)).start()
        """
    codebase = linked(source)
    found = {(one.callee, one.confidence.value, one.rung) for one in codebase.calls_from("m.f")}
    assert {("m.key", "certain", "callback"), ("m.work", "dispatch", "handed-over")} <= found
    assert callees(codebase, "m.work") == {"m.Bank.charge": "certain"}


def test_an_unknown_callee_is_told() -> None:
    assert unknown(linked("def f(action):\n    action()\n"), "m.f") == ["action"]


def test_a_name_that_is_built_of_itself() -> None:
    source = """
        class Machine:
            def run(self, name):
                name = name + "_x"
                name = f"{name}_y"
                getattr(self, name)()
        """
    assert unknown(linked(source), "m.Machine.run") == ["getattr(...)"]


def test_what_the_standard_library_returns_of_its_own_leaves_the_project():
    codebase = linked(m="import logging\nlog = logging.getLogger(__name__)\ndef f():\n    log.warning('x')\n")
    assert outside(codebase, "m.f") == ["logging.getLogger().warning"]
    assert unknown(codebase, "m.f") == []


def test_what_the_standard_library_may_have_been_handed_stays_unresolved():
    codebase = linked(m="import copy\ndef f(x):\n    y = copy.copy(x)\n    y.pay()\n")
    assert "y.pay" in unknown(codebase, "m.f")


@pytest.mark.parametrize("module", ["_typeshed.wsgi", "wsgiref.types"])
def test_an_annotation_by_a_protocol_of_the_library_leaves_it_to_the_callers(module: str) -> None:
    source = (
        f"from {module} import WSGIApplication\ndef app(environ, start): ...\n"
        "def f(app: WSGIApplication):\n    app({}, print)\ndef g():\n    f(app)\n"
    )
    assert _project(source) == {"m.app": "certain"}


def test_properties_of_the_projects_own_kind_may_be_many() -> None:
    kind = "class kept(property):\n    def __get__(self, obj, type=None):\n        return self.fget(obj)\n"
    read = "".join(f"    @kept\n    def p{n}(self): ...\n" for n in range(60))
    codebase = linked(kind=kind, m=f"from kind import kept\nclass A:\n{read}")
    found = callees(codebase, "kind.kept.__get__")
    assert set(found) == {f"m.A.p{n}" for n in range(60)}
    assert set(found.values()) == {"dispatch"}


def test_a_single_property_of_the_projects_own_kind_is_certain() -> None:
    kind = "class kept(property):\n    def __get__(self, obj, type=None):\n        return self.fget(obj)\n"
    codebase = linked(kind=kind, m="from kind import kept\nclass A:\n    @kept\n    def p(self): ...\n")
    assert callees(codebase, "kind.kept.__get__") == {"m.A.p": "certain"}


def test_a_keyword_behind_a_star() -> None:
    source = """
        class Bank:
            def charge(self): ...
        class Base:
            def __init__(self, data=None, bank=None):
                self.bank = bank
            def clean(self):
                self.bank.charge()
        class Form(Base):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
        def f():
            Form({}, bank=Bank())
        """
    assert callees(linked(source), "m.Base.clean") == {"m.Bank.charge": "certain"}


def test_what_a_stub_is_given_goes_to_the_method_that_runs_instead() -> None:
    source = """
        class Heap:
            def push(self): ...
        class Queue:
            def put(self, backend, other=None): ...
            def add(self):
                self.put(Heap())
        class Sorted(Queue):
            def put(self, backend, other=None):
                backend.push()
        class Plain:
            def put(self, backend):
                backend.push()
        """
    codebase = linked(source)
    assert callees(codebase, "m.Sorted.put") == {"m.Heap.push": "dispatch"}
    assert "m.Heap.push" not in callees(codebase, "m.Plain.put") or callees(codebase, "m.Plain.put") == {
        "m.Heap.push": "possible"
    }
