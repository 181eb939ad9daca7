"""Shared by the end-to-end tests; xdist's workers share one home, one hook repository and their caches."""

from __future__ import annotations

import os

import pytest
from environments import PROJECT, environment, lay_working_tree, made_once, make_home

from git_scratch import Scratch
from quality_gate import __version__


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A folder of this test run that all workers share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def home(shared):
    """A home of nobody."""
    return made_once(shared / "home", lambda folder: (folder.rmdir(), make_home(folder)))


@pytest.fixture
def shell(home):
    """The environment of a developer's shell; the tests' own `CI` is not in it."""
    return environment(home)


@pytest.fixture(scope="session")
def hook_repository(shared):
    """This repository as pre-commit meets it: the files as they are now, one commit, the version's tag."""

    def make(folder):
        lay_working_tree(folder)
        scratch = Scratch(folder)
        scratch.git("add", "--all", "--force")
        scratch.commit()
        scratch.git("tag", f"v{__version__}")

    assert (PROJECT / ".pre-commit-hooks.yaml").is_file()
    return made_once(shared / "hook-repository", make)
