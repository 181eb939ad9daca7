"""The ladder on small sources, rung by rung: what a name, an attribute or a call means.

Every source calls `.probe()` on something, and the expectation is the class (or module, or function) that it belongs to;
None where no rung holds and the ladder must stay silent.
"""

from __future__ import annotations

import ast
import time
import warnings

import pytest

from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.model import Module, parse
from quality_gate_checkers.settings import Settings


def module_of(source: str, path: str = "shop/pay.py") -> Module:
    return Module(path, source, parse(source), Settings(), made_by)


def made_by(name: str, call: ast.Call | None) -> str | None:
    """A factory table of one line, as the catalogue has them: `cloud.client("queue")` makes a `cloud.queue`."""
    if name == "cloud.client" and call is not None and isinstance(call.args[0], ast.Constant):
        return f"cloud.{call.args[0].value}"
    return None


def probes(source: str, path: str = "shop/pay.py") -> list[str | None]:
    """What stands before `.probe()` in every such call, in source order."""
    module = module_of(source, path)
    calls = [
        call for call in module.nodes(ast.Call) if isinstance(call.func, ast.Attribute) and call.func.attr == "probe"
    ]
    found = [module.names.callee(call) for call in sorted(calls, key=lambda call: call.lineno)]
    assert found, "the source must probe something"
    return [name.removesuffix(".probe") if name else None for name in found]


IMPORTS = {
    "module": ("import requests\nrequests.probe()", "requests"),
    "submodule": ("import os.path\nos.path.probe()", "os.path"),
    "alias": ("import requests as r\nr.probe()", "requests"),
    "alias of a submodule": ("import os.path as p\np.probe()", "os.path"),
    "from": ("from requests import Session\nSession.probe()", "requests.Session"),
    "from with alias": ("from requests import Session as S\nS.probe()", "requests.Session"),
    "relative": ("from . import bank\nbank.probe()", "shop.bank"),
    "relative with module": ("from .bank import Gateway\nGateway.probe()", "shop.bank.Gateway"),
    "two dots lead above the top": ("from ..other import thing\nthing.probe()", "other.thing"),
    "in a function": ("def f():\n    import requests\n    requests.probe()", "requests"),
    "in a method": (
        "class C:\n    def f(self):\n        from requests import Session\n        Session.probe()",
        "requests.Session",
    ),
    "of another function": ("def f():\n    import requests\ndef g():\n    requests.probe()", None),
    "try and except": ("try:\n    import ujson as json\nexcept ImportError:\n    import json\njson.probe()", "ujson"),
    "try and none": ("try:\n    import redis\nexcept ImportError:\n    redis = None\nredis.probe()", "redis"),
    "try and a stand-in": (
        "try:\n    from redis import Redis\nexcept ImportError:\n    Redis = dict\nRedis.probe()",
        "redis.Redis",
    ),
    "try and a class": (
        "try:\n    from redis import Redis\nexcept ImportError:\n    class Redis: pass\nRedis.probe()",
        "redis.Redis",
    ),
    "behind TYPE_CHECKING": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import requests\ndef f(s: 'requests.Session'): s.probe()",
        "requests.Session",
    ),
    "star import": ("from requests import *\nSession.probe()", None),
    "assigned again": ("import requests\nrequests = make()\nrequests.probe()", None),
    "assigned to another name": ("import requests\nr = requests\nr.probe()", "requests"),
    "attribute of an import": ("import requests\nrequests.sessions.Session.probe()", "requests.sessions.Session"),
    "full-width letters": ("import ｒｅｑｕｅｓｔｓ\nrequests.probe()", "requests"),
}

ANNOTATIONS = {
    "class": "requests.Session",
    "string": "'requests.Session'",
    "optional": "Optional[requests.Session]",
    "optional string": "Optional['requests.Session']",
    "or none": "requests.Session | None",
    "none or": "None | requests.Session",
    "string or none": "'requests.Session | None'",
    "union with none": "Union[requests.Session, None]",
    "union of one": "Union[requests.Session]",
    "annotated": "Annotated[requests.Session, Depends(make)]",
    "annotated optional": "Annotated[Optional[requests.Session], 1]",
    "of typing_extensions": "typing_extensions.Annotated[requests.Session, 1]",
    "through the module": "typing.Optional[requests.Session]",
    "final": "Final[requests.Session]",
    "generic": "requests.Session[int]",
}
ANNOTATIONS_UNKNOWN = {
    "union of two": "Union[requests.Session, httpx.Client]",
    "either": "requests.Session | httpx.Client",
    "not imported": "Session",
    "no Python": "'requests.Session ['",
    "empty string": "''",
    "bytes": "b'requests.Session'",
    "number": "3",
    "none": "None",
    "call": "make()",
}
HEAD = "import typing, typing_extensions, requests, httpx\nfrom typing import Optional, Union, Annotated, Final\n"

TYPES = {
    "constructor": ("s = requests.Session()\ns.probe()", "requests.Session"),
    "constructor at once": ("requests.Session().probe()", "requests.Session"),
    "constructor in another function": ("def f():\n    s = requests.Session()\ndef g():\n    s.probe()", None),
    "module variable in a function": ("s = requests.Session()\ndef g():\n    s.probe()", "requests.Session"),
    "annotated variable": ("s: requests.Session = make()\ns.probe()", "requests.Session"),
    "annotated without a value": ("s: requests.Session\ns.probe()", "requests.Session"),
    "walrus": ("if (s := requests.Session()):\n    s.probe()", "requests.Session"),
    "walrus in a comprehension": (
        "def f():\n    [s := 3 for _ in x]\n    s.probe()\ns = requests.Session()",
        "builtins.int",
    ),
    "conditional": ("s = requests.Session() if x else None\ns.probe()", "requests.Session"),
    "conditional of two": ("s = requests.Session() if x else httpx.Client()\ns.probe()", None),
    "or": ("def f(s=None):\n    t = s or requests.Session()\n    t.probe()", None),
    "or of one kind": (
        "def f(s: requests.Session):\n    t = s or requests.Session()\n    t.probe()",
        "requests.Session",
    ),
    "begun with none": ("s = None\nif x:\n    s = requests.Session()\ns.probe()", "requests.Session"),
    "conflict": ("s = requests.Session()\nif x:\n    s = httpx.Client()\ns.probe()", None),
    "conflict with the unknown": ("s = requests.Session()\nif x:\n    s = make()\ns.probe()", None),
    "the same twice": (
        "if x:\n    s = requests.Session()\nelse:\n    s = requests.Session()\ns.probe()",
        "requests.Session",
    ),
    "unpacked": ("s, t = requests.Session(), 1\ns.probe()", None),
    "loop": ("for s in [requests.Session()]:\n    s.probe()", None),
    "loop over a known name": ("s = requests.Session()\nfor s in x: pass\ns.probe()", None),
    "augmented": ("s = requests.Session()\ns += 1\ns.probe()", None),
    "deleted by a handler": ("try: pass\nexcept requests.Timeout as e:\n    e.probe()", "requests.Timeout"),
    "one of many exceptions": ("try: pass\nexcept (requests.Timeout, OSError) as e:\n    e.probe()", None),
    "chained names": ("a = requests.Session()\nb = a\nc = b\nc.probe()", "requests.Session"),
    "chained targets": ("a = b = requests.Session()\na.probe()", "requests.Session"),
    "with": ("with requests.Session() as s:\n    s.probe()", "requests.Session"),
    "async with": ("async def f():\n    async with httpx.AsyncClient() as s:\n        s.probe()", "httpx.AsyncClient"),
    "with two": ("with open(1) as f, requests.Session() as s:\n    s.probe()", "requests.Session"),
    "with what is known": ("s = requests.Session()\nwith s as t:\n    t.probe()", "requests.Session"),
    "with unpacking": ("with requests.Session() as (a, b):\n    a.probe()", None),
    "awaited constructor": ("async def f():\n    s = await httpx.AsyncClient()\n    s.probe()", "httpx.AsyncClient"),
    "lambda parameter": ("s = requests.Session()\nf = lambda s: s.probe()", None),
    "lambda default": ("f = lambda s=requests.Session(): s.probe()", "requests.Session"),
    "parameter": ("def f(s):\n    s.probe()", None),
    "parameter hides the module": ("s = requests.Session()\ndef f(s):\n    s.probe()", None),
    "parameter default": ("def f(s=requests.Session()):\n    s.probe()", "requests.Session"),
    "parameter default none": ("def f(s=None):\n    s.probe()", None),
    "keyword-only default": ("def f(*, s=requests.Session()):\n    s.probe()", "requests.Session"),
    "positional-only": ("def f(s: requests.Session, /):\n    s.probe()", "requests.Session"),
    "star": ("def f(*s: requests.Session):\n    s.probe()", None),
    "annotation before default": ("def f(s: requests.Session = make()):\n    s.probe()", "requests.Session"),
    "assigned parameter": ("def f(s: requests.Session):\n    s = make()\n    s.probe()", None),
    "nested function": ("def f():\n    s = requests.Session()\n    def g():\n        s.probe()", "requests.Session"),
    "nested function hides": ("def f():\n    s = requests.Session()\n    def g(s):\n        s.probe()", None),
    "comprehension": ("s = requests.Session()\n[s.probe() for _ in x]", "requests.Session"),
    "comprehension hides": ("s = requests.Session()\n[s.probe() for s in x]", None),
    "comprehension does not leak": ("s = requests.Session()\n[1 for s in x]\ns.probe()", "requests.Session"),
    "generator in a method": (
        "class C:\n    def f(self):\n        s = requests.Session()\n        return any(s.probe() for _ in x)",
        "requests.Session",
    ),
    "class body is not seen from a method": (
        "class C:\n    s = requests.Session()\n    def f(self):\n        s.probe()",
        None,
    ),
    "class body sees itself": ("class C:\n    s = requests.Session()\n    s.probe()", "requests.Session"),
    "class body in its own comprehension": (
        "class C:\n    s = requests.Session()\n    t = [1 for _ in s.probe()]",
        "requests.Session",
    ),
    "global": (
        "s = None\ndef f():\n    global s\n    s = requests.Session()\n    s.probe()",
        "requests.Session",
    ),
    "global seen elsewhere": (
        "s = None\ndef f():\n    global s\n    s = requests.Session()\ndef g():\n    s.probe()",
        "requests.Session",
    ),
    "global conflict": ("s = requests.Session()\ndef f():\n    global s\n    s = make()\ns.probe()", None),
    "global past a function": (
        "s = requests.Session()\ndef f():\n    s = 3\n    def g():\n        global s\n        s.probe()",
        "requests.Session",
    ),
    "global at the top": ("global s\ns = requests.Session()\ns.probe()", "requests.Session"),
    "nonlocal": (
        "def f():\n    s = None\n    def g():\n        nonlocal s\n        s = requests.Session()\n    s.probe()",
        "requests.Session",
    ),
    "nonlocal conflict": (
        "def f():\n    s = requests.Session()\n    def g():\n        nonlocal s\n        s = make()\n    s.probe()",
        None,
    ),
    "nonlocal does not reach the module": (
        "s = 3\ndef f():\n    s = None\n    def g():\n        nonlocal s\n        s = requests.Session()\ns.probe()",
        "builtins.int",
    ),
    "match": ("match x:\n    case {'a': s}: s.probe()", None),
    "builtin": ("open('x').probe()", None),
    "builtin class": ("d = dict()\nd.probe()", "builtins.dict"),
    "literals": ("{}.probe()", "builtins.dict"),
    "text": ("'x'.probe()", "builtins.str"),
    "f-string": ("f'{x}'.probe()", "builtins.str"),
    "shadowed builtin": ("def dict(): ...\nd = dict()\nd.probe()", None),
    "shadowed by an import": ("from x import dict\nd = dict()\nd.probe()", None),
}

CLASSES = {
    "assigned in init": (
        "def __init__(self):\n  self.s = requests.Session()\n def f(self): self.s.probe()",
        "requests.Session",
    ),
    "injected": (
        "def __init__(self, s: requests.Session):\n  self.s = s\n def f(self): self.s.probe()",
        "requests.Session",
    ),
    "injected optional": (
        "def __init__(self, s: requests.Session | None = None):\n  self.s = s\n def f(self): self.s.probe()",
        "requests.Session",
    ),
    "injected or made": (
        "def __init__(self, s: requests.Session | None = None):\n  self.s = s or requests.Session()\n def f(self): self.s.probe()",
        "requests.Session",
    ),
    "injected without annotation": ("def __init__(self, s):\n  self.s = s\n def f(self): self.s.probe()", None),
    "annotated attribute": (
        "def __init__(self):\n  self.s: requests.Session = make()\n def f(self): self.s.probe()",
        "requests.Session",
    ),
    "set in another method": (
        "def open(self):\n  self.s = requests.Session()\n def f(self): self.s.probe()",
        "requests.Session",
    ),
    "begun with none": (
        "s = None\n def open(self):\n  self.s = requests.Session()\n def f(self): self.s.probe()",
        "requests.Session",
    ),
    "conflict": (
        "def a(self):\n  self.s = requests.Session()\n def b(self): self.s = make()\n def f(self): self.s.probe()",
        None,
    ),
    "attribute of the class": ("s = requests.Session()\n def f(self): self.s.probe()", "requests.Session"),
    "through cls": ("s = requests.Session()\n @classmethod\n def f(cls): cls.s.probe()", "requests.Session"),
    "static method": ("s = requests.Session()\n @staticmethod\n def f(self): self.s.probe()", None),
    "field of a dataclass": ("s: requests.Session\n def f(self): self.s.probe()", "requests.Session"),
    "property": ("@property\n def s(self) -> requests.Session: ...\n def f(self): self.s.probe()", "requests.Session"),
    "cached property": (
        "@functools.cached_property\n def s(self) -> requests.Session: ...\n def f(self): self.s.probe()",
        "requests.Session",
    ),
    "returned by a method": (
        "def s(self) -> requests.Session: ...\n def f(self): self.s().probe()",
        "requests.Session",
    ),
    "Self": ("def s(self) -> typing.Self: ...\n def f(self): self.s().probe()", "shop.pay.C"),
    "own method": ("def f(self): self.probe()", "shop.pay.C"),
    "another name for self": (
        "def __init__(this):\n  this.s = requests.Session()\n def f(me): me.s.probe()",
        "requests.Session",
    ),
    "self assigned again": ("s = requests.Session()\n def f(self):\n  self = make()\n  self.s.probe()", None),
    "in a nested function": (
        "s = requests.Session()\n def f(self):\n  def g():\n   self.s.probe()",
        "requests.Session",
    ),
    "stored through an alias": (
        "def __init__(self):\n  s = requests.Session()\n  self.s = s\n def f(self):\n  t = self.s\n  t.probe()",
        "requests.Session",
    ),
    "module function kept": ("get = requests.get\n def f(self): self.get.probe()", "requests.get"),
    "itself": ("def __init__(self):\n  self.s = self.s\n def f(self): self.s.probe()", None),
    "each other": ("def __init__(self):\n  self.a = self.b\n  self.b = self.a\n def f(self): self.a.probe()", None),
}

INHERITED = {
    "base of a library": ("class C(requests.Session):\n def f(self): super().probe()", "requests.Session"),
    "self of a subclass": ("class C(requests.Session):\n def f(self): self.probe()", "requests.Session"),
    "attribute of a base": (
        "class B:\n s = requests.Session()\nclass C(B):\n def f(self): self.s.probe()",
        "requests.Session",
    ),
    "over two": (
        "class A:\n s = requests.Session()\nclass B(A): ...\nclass C(B):\n def f(self): self.s.probe()",
        "requests.Session",
    ),
    "second base": (
        "class A: ...\nclass B:\n s = requests.Session()\nclass C(A, B):\n def f(self): self.s.probe()",
        "requests.Session",
    ),
    "first base wins": (
        "class A:\n s = requests.Session()\nclass B:\n s = httpx.Client()\nclass C(A, B):\n def f(self): self.s.probe()",
        "requests.Session",
    ),
    "own wins": (
        "class B:\n s = requests.Session()\nclass C(B):\n s = httpx.Client()\n def f(self): self.s.probe()",
        "httpx.Client",
    ),
    "super of an own base": (
        "class B:\n def probe(self): ...\nclass C(B):\n def f(self): super().probe()",
        "shop.pay.B",
    ),
    "own instance": ("class C(requests.Session): ...\nC().probe()", "requests.Session"),
    "its own base": ("class C(C):\n def f(self): self.s.probe()", None),
    "each other's base": ("class A(B): ...\nclass B(A): ...\nA().s.probe()", None),
}

RETURNS = {
    "annotated": ("def make() -> requests.Session: ...\nmake().probe()", "requests.Session"),
    "in quotes": ("def make() -> 'requests.Session': ...\nmake().probe()", "requests.Session"),
    "not annotated": ("def make(): return requests.Session()\nmake().probe()", None),
    "coroutine": (
        "async def make() -> httpx.AsyncClient: ...\nasync def f():\n    (await make()).probe()",
        "httpx.AsyncClient",
    ),
    "own class": ("class C:\n def probe(self): ...\ndef make() -> C: ...\nmake().probe()", "shop.pay.C"),
    "context manager": (
        "import contextlib\n@contextlib.contextmanager\ndef make() -> typing.Iterator[requests.Session]: ...\n"
        "with make() as s:\n    s.probe()",
        "requests.Session",
    ),
    "async context manager": (
        "from contextlib import asynccontextmanager\n@asynccontextmanager\n"
        "async def make() -> typing.AsyncGenerator[httpx.AsyncClient, None]: ...\n"
        "async def f():\n    async with make() as s:\n        s.probe()",
        "httpx.AsyncClient",
    ),
    "an iterator is no context manager": (
        "def make() -> typing.Iterator[requests.Session]: ...\nwith make() as s:\n    s.probe()",
        "typing.Iterator",
    ),
    "enter of an own class": (
        "class C:\n def __enter__(self) -> requests.Session: ...\nwith C() as s:\n    s.probe()",
        "requests.Session",
    ),
    "enter that returns Self": (
        "class C:\n def __enter__(self) -> typing.Self: ...\nwith C() as s:\n    s.probe()",
        "shop.pay.C",
    ),
    "factory of the catalogue": ("import cloud\ncloud.client('queue').probe()", "cloud.queue"),
    "factory with a variable name": ("import cloud\ncloud.client(name).probe()", None),
    "lower-case function of a library": ("s = requests.session_maker()\ns.probe()", None),
    "constant of a library": ("s = requests.SESSION()\ns.probe()", None),
    "defined in both branches": (
        "if x:\n    def make() -> requests.Session: ...\nelse:\n    def make() -> requests.Session: ...\nmake().probe()",
        "requests.Session",
    ),
}


def cases(table: dict[str, tuple[str, str | None]]):
    return pytest.mark.parametrize(("source", "wanted"), table.values(), ids=table.keys())


@cases(IMPORTS)
def test_imports(source, wanted):
    assert probes(source) == [wanted]


def test_relative_imports_start_at_the_package():
    source = "from .bank import Gateway\nfrom ..core import x\nGateway.probe()\nx.probe()"
    assert probes(source, "src/shop/api/pay.py") == ["shop.api.bank.Gateway", "shop.core.x"]
    assert probes(source, "shop/api/__init__.py") == ["shop.api.bank.Gateway", "shop.core.x"]


@pytest.mark.parametrize("annotation", ANNOTATIONS.values(), ids=ANNOTATIONS.keys())
def test_annotations(annotation):
    assert probes(f"{HEAD}def f(s: {annotation}):\n    s.probe()") == ["requests.Session"]


@pytest.mark.parametrize("annotation", ANNOTATIONS_UNKNOWN.values(), ids=ANNOTATIONS_UNKNOWN.keys())
def test_annotations_that_tell_no_single_class(annotation):
    assert probes(f"{HEAD}def f(s: {annotation}):\n    s.probe()") == [None]


def test_an_annotation_is_read_without_a_warning_whatever_stands_in_it(recwarn):
    warnings.simplefilter("always")
    source = r"""
from requests import Session
def f(s: "Session['\\d', 1if 2else 3]"): s.probe()
"""
    assert probes(source) == ["requests.Session"]
    assert not recwarn.list


@cases(TYPES)
def test_types_of_names(source, wanted):
    assert probes(HEAD + source) == [wanted]


@cases(CLASSES)
def test_attributes_of_self(source, wanted):
    assert probes(f"{HEAD}import functools\nclass C:\n {source}") == [wanted]


@cases(INHERITED)
def test_inheritance_within_the_module(source, wanted):
    assert probes(HEAD + source) == [wanted]


@cases(RETURNS)
def test_what_functions_return(source, wanted):
    assert probes(HEAD + source) == [wanted]


def test_a_shadowed_builtin_is_not_the_builtin():
    module = module_of("open('a')\ndef f(open):\n    open('b')\n")
    outer, inner = sorted(module.nodes(ast.Call), key=lambda call: call.lineno)
    assert module.names.callee(outer) == "builtins.open"
    assert module.names.callee(inner) is None


def test_qualified_names_of_definitions_and_of_what_stands_in_them():
    module = module_of("class A:\n    class B:\n        def f(self):\n            def g():\n                x()\n")
    (call,) = module.nodes(ast.Call)
    assert module.names.qualified_name(call) == "shop.pay.A.B.f.g"
    assert module.function_name(call) == "shop.pay.A.B.f.g"
    assert module.function_name(module.tree.body[0]) == "shop.pay.A"
    assert module_of("x()").function_name(module_of("x()").tree.body[0]) is None


def test_decorators_defaults_and_annotations_belong_to_the_scope_outside():
    source = (
        HEAD
        + "s = requests.Session()\n@s.probe()\ndef f(s=s.probe()) -> s.probe():\n    s = 3\nclass C(s.probe(), m=s.probe()):\n    s = 3\n"
    )
    assert probes(source) == ["requests.Session"] * 5


# -- what was made to hang or to crash

LOOPS = {
    "two names": "a = b\nb = a\na.probe()",
    "itself": "a = a\na.probe()",
    "call of itself": "def f() -> 'f': ...\nf().probe()\nf = f()",
    "default of itself": "def f(s=f): s.probe()",
    "annotation of itself": "s: 's' = s\ns.probe()",
    "quoted in quotes": "def f(s: '\"requests.Session\"'): s.probe()",
    "walrus of itself": "(s := s).probe()",
    "with itself": "with s as s: s.probe()",
    "class of its attribute": "class C(C.d):\n d = C\n def f(self): self.d.d.probe()",
    "property of itself": "class C:\n @property\n def s(self) -> 'C.s': ...\n def f(self): self.s.s.probe()",
    "context manager of itself": "class C:\n def __enter__(self) -> 'C': ...\nwith C() as C: C.probe()",
}


@pytest.mark.parametrize("source", LOOPS.values(), ids=LOOPS.keys())
def test_loops_end(source):
    assert len(probes(source)) == 1


def test_chains_of_names_are_followed_for_a_while_and_no_further():
    def chain(length: int) -> str:
        return "".join(f"s{n + 1} = s{n}\n" for n in range(length))

    assert probes(f"{HEAD}s0 = requests.Session()\n{chain(10)}s10.probe()") == ["requests.Session"]
    assert probes(f"{HEAD}s0 = requests.Session()\n{chain(5_000)}s5000.probe()") == [None]


LONG = {
    "attributes": lambda n: f"{HEAD}a{'.b' * n}.probe()",
    "attributes of self": lambda n: (
        f"class C:\n def __init__(self): self.b = self\n def f(self): self{'.b' * n}.probe()"
    ),
    "calls": lambda n: f"{HEAD}requests{'.get()' * n}.probe()",
    "subscripts": lambda n: f"a{'[0]' * n}.probe()",
    "union": lambda n: f"{HEAD}def f(s: {'|'.join(['requests.Session'] * n)}): s.probe()",
    "union in quotes": lambda n: f"{HEAD}def f(s: '{'|'.join(['requests.Session'] * n)}'): s.probe()",
    "ternaries": lambda n: f"({'a if b else ' * n}c).probe()",
    "negations": lambda n: f"({'not ' * n}c).probe()",
    "bases": lambda n: (
        "class C0: ...\n" + "".join(f"class C{i + 1}(C{i}): ...\n" for i in range(n)) + f"C{n}().s.probe()"
    ),
}


@pytest.mark.parametrize("length", [900, 5_000, 20_000])
@pytest.mark.parametrize("shape", LONG.values(), ids=LONG.keys())
def test_long_chains_end_as_a_result_or_as_a_fault_of_the_file(shape, length):
    source = "try:\n    pass\nexcept Exception:\n    pass\n" + shape(length)
    start = time.process_time()
    inspection = inspect("shop/pay.py", source.encode(), Settings())
    assert time.process_time() - start < 5
    if inspection.fault is not None:
        assert "too deep" in inspection.fault.reason
        assert inspection.violations == ()


def test_a_lattice_of_bases_is_walked_once():
    rows = "class A0: ...\nclass B0: ...\n"
    rows += "".join(f"class A{n + 1}(A{n}, B{n}): ...\nclass B{n + 1}(A{n}, B{n}): ...\n" for n in range(60))
    start = time.process_time()
    assert probes(f"{rows}A60().s.probe()") == [None]
    assert time.process_time() - start < 2


def test_a_name_that_is_bound_again_and_again_is_not_followed():
    once = "s = requests.Session()\n"
    assert probes(f"{HEAD}{once * 100}s.probe()") == ["requests.Session"]
    start = time.process_time()
    assert set(probes(f"{HEAD}{once * 3_000}" + "s.probe()\n" * 3_000)) == {None}
    assert time.process_time() - start < 5
