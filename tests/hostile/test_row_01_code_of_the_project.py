"""Rows 1 to 9 and 13 to 16, D3: nothing of the project that is judged is ever executed, however the gate is started.

The scratch project is full of traps: configuration that other tools execute, modules in the place of the standard
library's and of our dependencies', entry points, pickles, bytecode, programs. Each leaves a mark when it runs.
"""

from __future__ import annotations

import importlib.util
import marshal
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from gate_process import SCRIPT, WAYS, gate
from git_scratch import Scratch

SOURCE = "import requests\n\n\ndef charge():\n    try:\n        requests.post('https://x.example', timeout=5)\n    except Exception:\n        pass\n"

DEPENDENCIES = {
    "click",
    "msgspec",
    "tomli",
    "isort",
    "colorama",
    "pylint",
    "astroid",
    "flake8",
    "quality_gate_checkers",
    "coverage",
}
SHADOWED = sorted(
    (set(sys.stdlib_module_names) | DEPENDENCIES | {"evil", "usercustomize", "sitecustomize"}) - {"antigravity", "this"}
)

COMMANDS = [
    ("check",),
    ("check", "--all-files"),
    ("check", "--stage", "ci"),
    ("check", "shop/pay.py"),
    ("report",),
    ("report", "--format", "json"),
    ("explain", "shop/pay.py:7"),
]


class Traps:
    """The project.

    Args:
        folder: where it is made.
    """

    def __init__(self, folder: Path) -> None:
        self.repository = Scratch(folder / "project")
        self.folder = self.repository.folder
        self.marks = folder / "marks"
        self.marks.mkdir()

    def code(self, name: str) -> str:
        """Python that leaves a mark: a folder, made without importing anything that is not built in."""
        return f"import posix\ntry:\n    posix.mkdir({str(self.marks / name)!r})\nexcept OSError:\n    pass\n"

    def lay(self, path: str, content: str | bytes) -> None:
        self.repository.write(path, content)

    def sprung(self) -> list[str]:
        """Names of the traps that were executed."""
        return sorted(mark.name for mark in self.marks.iterdir())


def lay_configuration(traps: Traps) -> None:
    """Rows 1, 2, 3, 5, 8, 9 and 13: what pylint, flake8, coverage, pytest, pip and uv execute."""
    hook = f"import os; os.mkdir('{traps.marks}/row 1 init-hook')"
    pylint = f"init-hook={hook}\nload-plugins=evil\nunsafe-load-any-extension=yes\nextension-pkg-allow-list=evil\n"
    traps.lay(".pylintrc", f"[MASTER]\n{pylint}")
    flake8 = "[flake8:local-plugins]\nextension =\n    X = evil:Plugin\npaths = .\n"
    for file in (".flake8", "tox.ini", "setup.cfg"):
        traps.lay(file, f"{flake8}\n[pylint.MASTER]\n{pylint}\n[coverage:run]\nplugins = evil\n")
    traps.lay(".coveragerc", "[run]\nplugins = evil\n")
    traps.lay("pytest.ini", "[pytest]\naddopts = -p evil\n")
    traps.lay("conftest.py", traps.code("row 9 conftest"))
    traps.lay("setup.py", traps.code("row 13 setup.py"))
    traps.lay(
        "pyproject.toml",
        '[build-system]\nrequires = []\nbuild-backend = "evil"\nbackend-path = ["."]\n'
        f"[tool.pylint.main]\ninit-hook = \"{hook}\"\nload-plugins = ['evil']\n"
        "[tool.coverage.run]\nplugins = ['evil']\n[tool.pytest.ini_options]\naddopts = '-p evil'\n"
        "[tool.mypy]\nplugins = ['evil.py']\n"
        "[tool.quality-gate]\nsource = ['shop']\n"
        "linters = { pylint = { stage = 'commit' }, flake8 = { stage = 'commit' }, mypy = { stage = 'commit' }, "
        "own = { stage = 'commit', command = ['./bin/pylint'] } }\n",
    )


def lay_entry_points(traps: Traps) -> None:
    """Row 6: a distribution in the project's root."""
    groups = (
        "flake8.extension",
        "flake8.report",
        "pytest11",
        "console_scripts",
        "quality_gate",
        "quality_gate.rules",
        "click.plugins",
    )
    for folder in ("evil-1.0.dist-info", "evil.egg-info"):
        traps.lay(f"{folder}/METADATA", "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
        traps.lay(f"{folder}/PKG-INFO", "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
        traps.lay(f"{folder}/entry_points.txt", "".join(f"[{group}]\nQG = evil:Plugin\n" for group in groups))
    traps.lay("evil.pth", f"import os; exec({traps.code('row 16 pth')!r})\n")


def lay_bytecode(traps: Traps) -> None:
    """Row 16: bytecode that claims to need no check, beside its source and in its place."""
    for module in ("shop.pay", "shop", "click", "quality_gate"):
        code = compile(traps.code(f"row 16 bytecode of {module}"), module, "exec")
        content = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8) + marshal.dumps(code)
        name = module.replace(".", "/")
        traps.lay(f"{name}.pyc", content)
        folder, _, base = (f"{name}/__init__" if module == "shop" else name).rpartition("/")
        traps.lay(f"{folder or '.'}/__pycache__/{base}.{sys.implementation.cache_tag}.pyc", content)


class _Bomb:
    def __init__(self, code: str) -> None:
        self._code = code

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, (self._code,)


def lay_pickles(traps: Traps) -> None:
    """Row 15."""
    bomb = pickle.dumps(_Bomb(traps.code("row 15 pickle")))
    for file in (
        "cache.pkl",
        "model.pickle",
        "shop/x.pkl",
        ".quality-gate/cache.db",
        ".quality-gate/cache.pkl",
        ".cache/a",
    ):
        traps.lay(file, bomb)


def lay_programs(traps: Traps) -> None:
    """Row 14: programs of the names that a gate may start, and environments that look like ours."""
    for folder in (".", "bin", ".venv/bin", "venv/bin"):
        for name in ("git", "python", "python3", "pylint", "flake8", "ruff", "quality-gate", "git.exe"):
            traps.lay(f"{folder}/{name}", f"#!/bin/sh\nmkdir -p '{traps.marks}/row 14 {name}'\nexit 0\n")
            (traps.folder / folder / name).chmod(0o755)
    traps.lay(".venv/pyvenv.cfg", "home = .\n")


def lay_shadows(traps: Traps, but: set[str]) -> None:
    """Rows 4 and 7, D3: a module for every name that anybody may import."""
    for name in SHADOWED:
        if name not in but:
            traps.lay(f"{name}.py", f"{traps.code(f'row 4 {name}.py')}raise ImportError('shadow')\n")


@pytest.fixture
def traps(tmp_path):
    """A project with every trap but the shadows."""
    made = Traps(tmp_path)
    made.repository.stage("shop/pay.py", SOURCE)
    made.repository.stage("shop/__init__.py")
    for lay in (lay_configuration, lay_entry_points, lay_bytecode, lay_pickles, lay_programs):
        lay(made)
    return made


def loaded_by_python_itself(tmp_path: Path) -> set[str]:
    """What `python -m` imports before it comes to the first line of the module: nothing of ours can prevent that."""
    (tmp_path / "listing.py").write_text("import sys; print(*{name.partition('.')[0] for name in sys.modules})")
    command = [sys.executable, "-P", "-m", "listing"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_springs_a_trap(traps, arguments):
    lay_shadows(traps, but=set())
    done = gate(traps.folder, *arguments, PATH=f".:./bin:{traps.folder}:{traps.folder}/bin::{os.environ['PATH']}")
    assert traps.sprung() == []
    assert done.returncode == (1 if arguments[0] == "check" else 0), done.stderr.decode()
    assert b"silent-failure" in done.stdout, "and the gate has done its work"


@pytest.mark.skipif(not SCRIPT.exists(), reason="the project is not installed")
def test_nor_does_the_console_script(traps):
    lay_shadows(traps, but=set())
    done = gate(traps.folder, "check", "--all-files", way="console script")
    assert traps.sprung() == []
    assert done.returncode == 1, done.stderr.decode()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", [None, ".", "shop:.:"])
def test_a_working_directory_on_the_module_path_is_not_imported_from(traps, tmp_path, way, path):
    """`python -m` puts it there, and PYTHONPATH=. does; only what Python loads before our first line is out of reach."""
    if way == "console script" and not SCRIPT.exists():
        pytest.skip("the project is not installed")
    lay_shadows(traps, but={"re", "sitecustomize", "usercustomize", *loaded_by_python_itself(tmp_path)})
    (traps.folder / "quality_gate.pyc").unlink()
    (traps.folder / "shop" / "msgspec.py").write_text(traps.code("row 7 shop/msgspec.py"))
    done = gate(traps.folder, "check", "--all-files", way=way, **({} if path is None else {"PYTHONPATH": path}))
    assert traps.sprung() == []
    assert done.returncode == 1, done.stderr.decode()


def test_the_traps_work(traps):
    """This test can fail only if the others cannot."""
    lay_shadows(traps, but=set(SHADOWED) - {"click", "colorama", "evil"})
    load = "import importlib.machinery as m; m.SourcelessFileLoader('shop.pay', 'shop/pay.pyc').load_module()"
    unpickle = "import pickle; pickle.load(open('cache.pkl', 'rb'))"
    for command, mark in {
        (sys.executable, "-c", "import colorama"): "row 4 colorama.py",
        (sys.executable, "-c", "import click"): "row 16 bytecode of click",
        (sys.executable, "-c", "import evil"): "row 4 evil.py",
        (sys.executable, "-c", "import conftest"): "row 9 conftest",
        (sys.executable, "-P", "-c", "import site; site.addsitedir('.')"): "row 16 pth",
        (sys.executable, "-P", "-c", load): "row 16 bytecode of shop.pay",
        (sys.executable, "-P", "-c", unpickle): "row 15 pickle",
        ("./git",): "row 14 git",
    }.items():
        assert mark not in traps.sprung()
        subprocess.run(command, cwd=traps.folder, capture_output=True, check=False)
        assert mark in traps.sprung()


def test_no_pickle_and_no_yaml_is_even_loaded(tmp_path):
    """Rows 15 and 17."""
    (tmp_path / "pay.py").write_text(SOURCE)
    code = (
        "import sys; from quality_gate.cli import run; run(['report']); run(['check', '--format', 'json']);"
        "print(sorted({'pickle', '_pickle', 'yaml', 'ruamel', 'dill', 'joblib', 'shelve', 'pylint', 'flake8', 'astroid'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
