from __future__ import annotations

import pytest

from quality_gate.evidence._path_map import PathMap, map_paths

FLAT = ["shop/__init__.py", "shop/pay.py", "shop/api/__init__.py", "shop/api/pay.py", "tests/test_pay.py", "manage.py"]
SRC = ["src/shop/__init__.py", "src/shop/pay.py", "setup.py"]
MANY = ["one/shop/__init__.py", "one/shop/pay.py", "two/shop/__init__.py", "two/shop/pay.py"]


def mapped(files: list[str], *names: str) -> PathMap:
    return map_paths({name: [name] for name in names}, "/home/me/shop", files)


@pytest.mark.parametrize(
    ("files", "name", "path"),
    [
        (FLAT, "shop/pay.py", "shop/pay.py"),
        (FLAT, "./shop/pay.py", "shop/pay.py"),
        (FLAT, "/home/me/shop/shop/pay.py", "shop/pay.py"),
        (FLAT, "/app/shop/pay.py", "shop/pay.py"),
        (FLAT, "/app/shop/api/pay.py", "shop/api/pay.py"),  # the longest
        (FLAT, r"C:\work\shop\pay.py", "shop/pay.py"),
        (FLAT, r"shop\pay.py", "shop/pay.py"),
        (FLAT, "C:/work/shop/api/pay.py", "shop/api/pay.py"),
        (FLAT, "/tox/lib/python3.11/site-packages/shop/pay.py", "shop/pay.py"),
        (FLAT, "/home/me/shop/.tox/py311/lib/python3.11/site-packages/shop/pay.py", "shop/pay.py"),
        (FLAT, "/usr/lib/python3/dist-packages/shop/pay.py", "shop/pay.py"),
        (FLAT, "/app/manage.py", "manage.py"),
        (SRC, "/app/src/shop/pay.py", "src/shop/pay.py"),
        (SRC, "/venv/lib/site-packages/shop/pay.py", "src/shop/pay.py"),
        (SRC, "shop/pay.py", "src/shop/pay.py"),
        (SRC, "/build/shop/pay.py", "src/shop/pay.py"),
        (["src/shop/pay.py"], "/venv/site-packages/shop/pay.py", "src/shop/pay.py"),  # a namespace package
        (["backend/shop/__init__.py", "backend/shop/pay.py"], "/app/shop/pay.py", "backend/shop/pay.py"),
        (MANY, "/app/two/shop/pay.py", "two/shop/pay.py"),
        (MANY, "one/shop/pay.py", "one/shop/pay.py"),
    ],
)
def test_a_path_of_elsewhere_finds_its_file(files: list[str], name: str, path: str) -> None:
    found = mapped(files, name)
    assert found.names == {path: name}
    assert not found.ambiguous
    assert not found.outside


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (FLAT, "/app/other/pay.py"),
        (FLAT, "/home/me/shop/.venv/lib/python3.11/site-packages/bank/shop/pay.py"),
        (FLAT, "/home/me/shop/.venv/lib/python3.11/site-packages/requests/api.py"),
        (FLAT, "/home/me/shop/build/lib/shop/pay.py"),  # of the project, and not judged
        (FLAT, "/home/me/shop/shop/gone.py"),
        (FLAT, "../../../etc/passwd"),
        (FLAT, "/app/../shop/pay.py"),
        (FLAT, "shop/pay.py\nSF:shop/pay.py"),
        (FLAT, "/app/shop/\x1b[2Jpay.py"),
        (FLAT, "/app\x1b[2J/shop/pay.py"),
        (FLAT, "<frozen importlib._bootstrap>"),
        (FLAT, ""),
        (FLAT, "/"),
        (FLAT, "/app/pay.pyc"),
        (SRC, "/app/other/pay.py"),
        ([], "/app/shop/pay.py"),
    ],
)
def test_what_is_not_a_file_of_the_project_is_outside(files: list[str], name: str) -> None:
    assert mapped(files, name) == PathMap({}, {}, (name,))


def test_one_name_for_several_files_is_never_guessed() -> None:
    found = mapped(MANY, "/app/shop/pay.py")
    assert found.names == {}
    assert found.ambiguous == {"one/shop/pay.py": ("/app/shop/pay.py",), "two/shop/pay.py": ("/app/shop/pay.py",)}


def test_several_names_for_one_file_are_never_guessed() -> None:
    names = ["/tox/py311/site-packages/shop/pay.py", "/tox/py312/site-packages/shop/pay.py"]
    found = mapped(FLAT, *names)
    assert found.names == {}
    assert found.ambiguous == {"shop/pay.py": tuple(names)}


def test_the_very_path_wins_over_likely_ones() -> None:
    found = mapped(FLAT, "/app/shop/pay.py", "shop/pay.py")
    assert found.names == {"shop/pay.py": "shop/pay.py"}
    found = mapped(MANY, "/app/shop/pay.py", "one/shop/pay.py")
    assert found.names == {"one/shop/pay.py": "one/shop/pay.py"}
    assert found.ambiguous.keys() == {"two/shop/pay.py"}


def test_a_lone_name_needs_a_folder_that_the_root_was() -> None:
    found = mapped(FLAT, "/app/manage.py", "/app/shop/pay.py", "/lib/other/manage.py")
    assert found.names == {"manage.py": "/app/manage.py", "shop/pay.py": "/app/shop/pay.py"}
    assert found.outside == ("/lib/other/manage.py",)
    assert mapped(["a.py", "b.py"], "/app/a.py", "/app/b.py").names == {"a.py": "/app/a.py", "b.py": "/app/b.py"}
    assert mapped(["a.py", "b.py"], "/app/a.py", "/lib/b.py").names == {}


def test_folders_of_the_names_decide_before_the_bare_names() -> None:
    files = ["shop/pay.py", "backend/shop/pay.py"]
    found = map_paths({"shop/pay.py": ["/ci/backend/shop/pay.py"]}, "/home/me", files)
    assert found.names == {"backend/shop/pay.py": "shop/pay.py"}
    found = map_paths({"shop/pay.py": ["/nowhere/else.py"]}, "/home/me", files)
    assert found.names == {"shop/pay.py": "shop/pay.py"}
    found = map_paths({"pay.py": ["/ci/backend/shop/pay.py", "/ci/frontend/pay.py"]}, "/home/me", files)
    assert found.names == {"backend/shop/pay.py": "pay.py"}
    found = map_paths({"pay.py": ["/ci/backend/shop/pay.py", "shop/pay.py"]}, "/home/me", files)
    assert found.names == {}
    assert found.ambiguous.keys() == set(files)
