"""Whether whoever started the run chose a part of the tests, so that what the others run is not known.

What the project's own settings leave out (`addopts`, `testpaths`, a conftest.py) is no part: it is all that is run.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Sequence
from glob import glob
from pathlib import Path

import pytest

_HOW = re.compile(
    r"-[qvsxl]+|-[nprW].*|--("
    r"quiet|verbose|verbosity|capture|exitfirst|maxfail|showlocals|tb|color|code-highlight|durations|durations-min"
    r"|no-header|no-summary|show-capture|disable-warnings|disable-pytest-warnings|pythonwarnings|full-trace|pdb"
    r"|junit-?xml|junit-?prefix|html|self-contained-html|alluredir|report-log|log-.*|basetemp|cache-clear|import-mode"
    r"|strict.*|numprocesses|maxprocesses|dist|tx|cov.*|no-cov.*|timeout.*|reruns.*|random.*|benchmark-.*|ds|reuse-db"
    r"|create-db|nomigrations|no-migrations|asyncio-mode|failed-first|ff|new-first|nf"
    r")(=.*)?"
)
"""Options that say how tests are run and reported, and never which."""


def is_part(config: pytest.Config, deselected: int) -> bool:
    """Whether a part of the tests was chosen on the command line, or in PYTEST_ADDOPTS.

    Args:
        deselected: how many tests the run has left out after it had collected them.
    """
    given = [*map(str, config.invocation_params.args), *shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))]
    if any(option.startswith("--ignore") for option in given) or _chooses_places(config, given):
        return True
    passed_over = getattr(config.pluginmanager.get_plugin("lfplugin"), "_skipped_files", 0)  # by --last-failed
    chooses = any(option.startswith("-") and not _HOW.fullmatch(option) for option in given)
    return chooses and bool(deselected or passed_over)


def settings_may_choose(config: pytest.Config) -> bool:
    """Whether the project's own settings, or a conftest.py, may leave out tests that are collected."""
    if any(option.startswith("-") and not _HOW.fullmatch(option) for option in map(str, config.getini("addopts"))):
        return True
    hooked = (one for one in config.pluginmanager.get_plugins() if hasattr(one, "pytest_collection_modifyitems"))
    return any(str(getattr(plugin, "__file__", "")).endswith("conftest.py") for plugin in hooked)


def _chooses_places(config: pytest.Config, given: Sequence[str]) -> bool:
    """Whether files, folders or tests are named and none of them holds all tests, as far as that can be known."""
    named = [place for place in config.option.file_or_dir or () if place in given]
    if any("::" in place for place in named):
        return True
    places = [path for path in (Path(config.invocation_params.dir, place) for place in named) if path.exists()]
    folders = [Path(os.path.realpath(path)) for path in places if path.is_dir()]
    root = Path(os.path.realpath(config.rootpath))
    every = list(_test_folders(config, root))
    if every:
        return bool(places) and not all(any(one.is_relative_to(folder) for folder in folders) for one in every)
    return bool(places) and not any(_may_hold_all(folder, root) for folder in folders)


def _may_hold_all(folder: Path, root: Path) -> bool:
    """Whether all tests may lie in a folder where no setting says where they lie: in the root's or one right in it."""
    return not folder.is_relative_to(root) or len(folder.relative_to(root).parts) < 2


def _test_folders(config: pytest.Config, root: Path) -> Iterator[Path]:
    """Where the project says that its tests lie."""
    for pattern in config.getini("testpaths"):
        yield from (Path(os.path.realpath(place)) for place in glob(os.path.join(root, pattern), recursive=True))


__all__ = ["is_part", "settings_may_choose"]
