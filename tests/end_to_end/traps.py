"""Code of a project that tells when it is run: analysing a project must never do that (hostile-inputs.md, 3.1)."""

from __future__ import annotations

import sys

_DEPENDENCIES = (
    "astroid click colorama coverage dill flake8 isort mccabe msgspec platformdirs pycodestyle pyflakes pylint"
    " quality_gate quality_gate_checkers rich setuptools tomli tomlkit typing_extensions"
)
_RUN_BY_OTHER_TOOLS = "conftest noxfile setup sitecustomize usercustomize"

NAMES = sorted({*sys.stdlib_module_names, *_DEPENDENCIES.split(), *_RUN_BY_OTHER_TOOLS.split()})

_TRAP = "import os\nos.close(os.open({place!r}, os.O_CREAT | os.O_WRONLY))\n"
_PYPROJECT = """\
[tool.quality-gate]
[tool.pylint.main]
init-hook = "import conftest"
load-plugins = ["conftest"]
[tool.coverage.run]
plugins = ["conftest"]
[tool.pytest.ini_options]
addopts = "-p conftest"
"""


def lay_traps(folder, *packages) -> None:
    """Put a module of every name that somebody may import into a project and its packages, and name it in every
    configuration that loads code.

    Args:
        folder: the project's top folder.
        packages: folders below it.
    """
    for package in (".", *packages):
        for name in NAMES:
            (folder / package / f"{name}.py").write_text(_TRAP.format(place=str(folder / f"ran-{name}")))
    (folder / "pyproject.toml").write_text(_PYPROJECT)
    (folder / "tox.ini").write_text("[flake8:local-plugins]\nextension = EVL = conftest:x\npaths = .\n")
    (folder / ".pylintrc").write_text("[MAIN]\ninit-hook=import conftest\nload-plugins=conftest\n")
    distribution = folder / "evil-1.0.dist-info"
    distribution.mkdir()
    (distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (distribution / "entry_points.txt").write_text(
        "[flake8.extension]\nEVL = conftest:x\n[pytest11]\nevil = conftest\n"
    )


def sprung(folder) -> list[str]:
    """Names of the modules that were run."""
    return sorted(file.name.removeprefix("ran-") for file in folder.glob("ran-*"))
