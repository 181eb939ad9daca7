"""Rungs `import` and `local`: names through scopes, imports, re-exports and star imports."""

from __future__ import annotations

import pytest

from calls import callees, edge, linked, outside, unknown


def test_a_function_of_the_same_module() -> None:
    found = edge(linked("def a():\n    b()\ndef b(): ...\n"), "m.a", "m.b")
    assert (found.confidence, found.rung, found.line, found.column) == ("certain", "local", 2, 5)


def test_columns_are_code_points() -> None:
    found = edge(linked("def a():\n    x = 'äöü', b()\ndef b(): ...\n"), "m.a", "m.b")
    assert found.column == 16


@pytest.mark.parametrize(
    ("statement", "call"),
    [
        ("import shop.pay", "shop.pay.charge()"),
        ("import shop.pay as p", "p.charge()"),
        ("from shop import pay", "pay.charge()"),
        ("from shop.pay import charge", "charge()"),
        ("from shop.pay import charge as c", "c()"),
        ("from shop.pay import *", "charge()"),
        ("from shop import *", "pay.charge()"),
        ("from shop.api import charge", "charge()"),
        ("from shop.stars import charge", "charge()"),
    ],
)
def test_every_kind_of_import(statement: str, call: str) -> None:
    codebase = linked(
        shop__init="from . import pay\n",
        shop__pay="def charge(): ...\n",
        shop__api="from .pay import charge\n",
        shop__stars="from .api import *\n",
        m=f"{statement}\ndef f():\n    {call}\n",
    )
    assert edge(codebase, "m.f", "shop.pay.charge").rung in ("import", "local")


def test_relative_imports_start_from_the_package() -> None:
    codebase = linked(
        shop__a__b="from ..c import f\nfrom . import d\ndef g():\n    f()\n    d.h()\n",
        shop__c="def f(): ...\n",
        shop__a__d="def h(): ...\n",
    )
    assert callees(codebase, "shop.a.b.g") == {"shop.c.f": "certain", "shop.a.d.h": "certain"}


def test_an_import_within_a_function() -> None:
    codebase = linked(pay="def charge(): ...\n", m="def f():\n    from pay import charge\n    charge()\n")
    assert callees(codebase, "m.f") == {"pay.charge": "certain"}


def test_a_local_name_hides_the_imported_one() -> None:
    codebase = linked(pay="def charge(): ...\n", m="from pay import charge\ndef f(charge):\n    charge()\n")
    assert callees(codebase, "m.f") == {}


def test_imports_that_go_in_a_circle_end() -> None:
    codebase = linked(a="from b import x\ndef f():\n    x()\n", b="from a import x\n")
    assert callees(codebase, "a.f") == {}


def test_a_later_assignment_hides_an_earlier_one() -> None:
    source = """
        def old(): ...
        def new(): ...
        def f():
            g = old
            g = new
            g()
        """
    assert callees(linked(source), "m.f") == {"m.new": "certain"}


def test_both_branches_are_seen_behind_them_and_neither_sees_the_other() -> None:
    source = """
        def a(): ...
        def b(): ...
        def f(x):
            if x:
                g = a
            else:
                g = b
                g()
            g()
        """
    codebase = linked(source)
    assert [(one.callee, one.line) for one in codebase.calls_from("m.f")] == [("m.b", 9), ("m.a", 10), ("m.b", 10)]


def test_what_a_loop_assigns_is_seen_at_its_beginning() -> None:
    source = """
        def a(): ...
        def b(): ...
        def f(xs):
            g = a
            for x in xs:
                g()
                g = b
        """
    assert set(callees(linked(source), "m.f")) == {"m.a", "m.b"}


def test_what_returns_is_not_seen_after() -> None:
    source = """
        def a(): ...
        def b(): ...
        def f(x):
            g = a
            if x:
                g = b
                return
            g()
        """
    assert callees(linked(source), "m.f") == {"m.a": "certain"}


def test_global_and_nonlocal() -> None:
    source = """
        def a(): ...
        def b(): ...
        handler = None
        def set_it():
            global handler
            handler = a
        def call_it():
            handler()
        def outer():
            inner = None
            def change():
                nonlocal inner
                inner = b
            change()
            inner()
        """
    codebase = linked(source)
    assert callees(codebase, "m.call_it") == {"m.a": "certain"}
    assert "m.outer.change" in callees(codebase, "m.outer")


def test_the_variable_of_a_comprehension_is_its_own() -> None:
    source = """
        def x(): ...
        def f(ys):
            zs = [x for x in ys]
            x()
        """
    assert callees(linked(source), "m.f") == {"m.x": "certain"}


def test_calls_of_nested_functions_and_lambdas_are_their_own() -> None:
    source = """
        def a(): ...
        def f():
            def g():
                a()
            h = lambda: a()
            g()
            h()
        """
    codebase = linked(source)
    assert set(callees(codebase, "m.f")) == {"m.f.g", "m.f.<lambda1>"}
    assert callees(codebase, "m.f.g") == {"m.a": "certain"}
    assert callees(codebase, "m.f.<lambda1>") == {"m.a": "certain"}


def test_what_is_from_outside_is_told_as_the_catalogue_spells_it() -> None:
    source = """
        import requests
        from requests import Session
        def f():
            s = Session()
            s.post("x")
            requests.sessions.Session().get("y")
            len("x")
        """
    assert set(outside(linked(source), "m.f")) == {"requests.Session", "requests.Session.post", "requests.Session.get"}


def test_a_builtin_that_the_catalogue_knows_is_told() -> None:
    assert outside(linked("def f():\n    open('x')\n    len('x')\n"), "m.f") == ["builtins.open"]


def test_an_awaited_call_is_marked() -> None:
    codebase = linked("import httpx\nasync def f():\n    await httpx.AsyncClient().get('x')\n    httpx.get('y')\n")
    awaited = {one.name: one.awaited for one in codebase.external_calls("m.f")}
    assert awaited == {"httpx.AsyncClient": False, "httpx.AsyncClient.get": True, "httpx.get": False}


def test_what_nothing_tells_says_why() -> None:
    codebase = linked("def f(plugins, name):\n    plugins[name].run()\n")
    (found,) = codebase.unresolved_calls("m.f")
    assert (found.text, found.line, found.column) == ("plugins[name].run", 2, 5)
    assert found.reason == "nothing tells the class of plugins[name]"
    assert unknown(linked("def f():\n    print(len('x'))\n"), "m.f") == []


GETTING = "def __getattr__(name):\n    return 1\nheld = 1\n"


@pytest.mark.parametrize(
    "source", ["from lazy import held", "from lazy import other", "def f():\n    from lazy import held"]
)
def test_a_from_import_asks_a_module_that_answers_for_its_names(source: str) -> None:
    caller = "m.f" if "def f" in source else "m"
    assert callees(linked(lazy=GETTING, m=source), caller) == {"lazy.__getattr__": "certain"}


@pytest.mark.parametrize("source", ["import lazy", "from lazy import held"])
def test_a_package_is_not_asked_for_its_path(source: str) -> None:
    assert callees(linked(lazy__init=GETTING, m=source), "m") == {}
    assert callees(linked(lazy="held = 1\n", m=source), "m") == {}
