"""Names of modules: source roots by configuration, by `__init__.py`, and by what the files import."""

from __future__ import annotations

import pytest

from linking import link
from quality_gate.codebase.modules import module_names
from quality_gate_checkers.settings import Settings


@pytest.mark.parametrize(
    ("paths", "source", "imports", "expected"),
    [
        (["shop/__init__.py", "shop/pay.py"], (), {}, ["shop", "shop.pay"]),
        (["src/shop/__init__.py", "src/shop/pay.py"], (), {}, ["shop", "shop.pay"]),
        (["src/pay.py"], (), {}, ["pay"]),
        (["server/shop/__init__.py", "server/shop/a/__init__.py"], (), {}, ["shop", "shop.a"]),
        (["server/shop/__init__.py", "m.py"], (), {"m.py": ("server.shop",)}, ["m", "server.shop"]),
        (["checkers/rules/a.py"], ("checkers",), {}, ["rules.a"]),
        (["lib/py/shop/__init__.py"], ("lib/py",), {}, ["shop"]),
        (["tools/run.py", "tools/help.py"], (), {}, ["tools.help", "tools.run"]),
        (["tools/run.py", "tools/help.py"], (), {"tools/run.py": ("help",)}, ["help", "run"]),
        (["a/b/c/__init__.py", "a/b/c/d/__init__.py", "a/b/c/d/e.py"], (), {}, ["c", "c.d", "c.d.e"]),
        (["setup.py", "__init__.py"], (), {}, ["__init__", "setup"]),
    ],
)
def test_names(
    paths: list[str], source: tuple[str, ...], imports: dict[str, tuple[str, ...]], expected: list[str]
) -> None:
    assert sorted(module_names(paths, source, imports).values()) == expected


def test_two_files_of_one_name_are_told_and_both_kept() -> None:
    settings = Settings(source=("one", "two"))
    codebase = link(
        {"one/pay.py": "def a():\n    b()\ndef b(): ...\n", "two/pay.py": "def c():\n    d()\ndef d(): ...\n"}, settings
    )
    assert [found.name for found in codebase.definitions_in("one/pay.py")] == ["pay", "pay.a", "pay.b"]
    assert [found.name for found in codebase.definitions_in("two/pay.py")] == ["pay", "pay.c", "pay.d"]
    assert [edge.callee for edge in codebase.calls_from("pay.a")] == ["pay.b"]
    assert [edge.callee for edge in codebase.calls_from("pay.c")] == ["pay.d"]
    (problem,) = codebase.problems  # type: ignore[attr-defined]
    assert problem == "one/pay.py and two/pay.py are both the module pay: imports of it are taken as the first"


def test_a_file_that_cannot_be_read_is_told() -> None:
    codebase = link({"broken.py": "def f(:\n", "m.py": "import broken\ndef f():\n    broken.g()\n"}, Settings())
    (problem,) = codebase.problems  # type: ignore[attr-defined]
    assert problem.startswith("broken.py:1 is not in the call graph: it does not parse")
    assert codebase.definitions_in("broken.py") == ()
    assert [found.name for found in codebase.external_calls("m.f")] == ["broken.g"]


def test_of_a_module_and_a_package_of_one_name_python_takes_the_package() -> None:
    sources = {
        "shop/__init__.py": "",
        "shop/pay.py": "def charge(): ...\ndef old(): ...\n",
        "shop/pay/__init__.py": "def charge(): ...\n",
        "m.py": "from shop.pay import charge\ndef f():\n    charge()\n",
    }
    codebase = link(sources, Settings())
    assert codebase.definitions["shop.pay.charge"].path == "shop/pay/__init__.py"
    assert "shop.pay.old" not in codebase.definitions
    assert [found.callee for found in codebase.calls_from("m.f")] == ["shop.pay.charge"]
    assert len(codebase.definitions_in("shop/pay.py")) == 3
    (problem,) = codebase.problems  # type: ignore[attr-defined]
    assert problem == "shop/pay.py is dead: Python imports shop/pay/__init__.py as shop.pay"
