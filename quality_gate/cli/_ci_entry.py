"""The CI step: which CI a project has, whether it calls the gate, and the step to add or to paste."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from quality_gate import __version__
from quality_gate.cli._edits import FileChange, lines_of, text_of
from quality_gate.config import FILE
from quality_gate.errors import UsageError

WORKFLOWS = ".github/workflows"
_NEW_WORKFLOW = f"{WORKFLOWS}/quality-gate.yml"
_MOST_WORKFLOWS = 200

_OTHERS = {
    ".gitlab-ci.yml": "GitLab CI",
    "Jenkinsfile": "Jenkins",
    ".circleci/config.yml": "CircleCI",
    "azure-pipelines.yml": "Azure Pipelines",
    "bitbucket-pipelines.yml": "Bitbucket Pipelines",
    ".travis.yml": "Travis CI",
    ".drone.yml": "Drone",
    ".woodpecker.yml": "Woodpecker",
    ".buildkite/pipeline.yml": "Buildkite",
    ".cirrus.yml": "Cirrus CI",
}
"""Files by which other CI systems are known."""

_CALL = re.compile(r"\bquality-gate\b")


def systems_of(top: Path) -> list[str]:
    """The CI systems that a repository has files of, as people call them.

    Args:
        top: the repository's top folder, absolute.
    """
    found = ["GitHub Actions"] if (top / WORKFLOWS).is_dir() else []
    return found + [name for file, name in _OTHERS.items() if (top / file).is_file()]


def ci_change(top: Path, root: Path, base: str) -> FileChange | str | None:
    """The change that adds the step, or what to paste where it cannot be added, or None where there is one, or no CI.

    Args:
        top: the repository's top folder. root: the project's.
        base: the branch that is merged into.

    Raises:
        UsageError: a workflow of our name is there and cannot be read.
    """
    systems = systems_of(top)
    if not systems or any(calls_the_gate(text) for _, text in ci_texts(top)):
        return None
    below = "" if top == root else root.relative_to(top).as_posix()
    if systems[0] != "GitHub Actions":
        return _paste(systems[0], below)
    file = top / _NEW_WORKFLOW
    if text_of(file) is not None or not re.fullmatch(r"[\w./ -]*", below) or not re.fullmatch(r"[\w./-]+", base):
        return _paste(systems[0], below)
    return FileChange(file, None, _workflow(below, base))


def ci_texts(top: Path) -> Iterator[tuple[str, str]]:
    """The files of a repository that tell its CI what to do, by their paths, less those that cannot be read."""
    folder = top / WORKFLOWS
    names = sorted(file.name for file in folder.iterdir()) if folder.is_dir() and not folder.is_symlink() else []
    workflows = [f"{WORKFLOWS}/{name}" for name in names if name.endswith((".yml", ".yaml"))][:_MOST_WORKFLOWS]
    for path in (*workflows, *_OTHERS):
        try:
            text = text_of(top / path)
        except UsageError:
            continue
        if text is not None:
            yield path, text


def calls_the_gate(text: str) -> bool:
    """Whether any line of a CI's file that is no comment names the gate."""
    return any(_CALL.search(line) for line in lines_of(text) if not line.lstrip().startswith("#"))


def _workflow(below: str, base: str) -> str:
    folder = f"        working-directory: {below}\n" if below else ""
    return f"""\
name: quality-gate
on:
  pull_request:
  push:
    branches: [{base}]
permissions:
  contents: read
jobs:
  quality-gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4 # better: a commit's SHA
        with:
          fetch-depth: 0 # the whole history tells what a pull request changes
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - run: pip install quality-gate=={__version__}
      # Once a practice asks for the tests: install the project here too, and type `quality-gate ci`, which runs them.
      - run: quality-gate check --stage ci
{folder}"""


def _paste(system: str, below: str) -> str:
    said = f"Add a step to {system}, after a checkout with its whole history:\n\n"
    change = f"    cd {below}  # where {FILE} lies\n" if below else ""
    return f"{said}{change}    pip install quality-gate=={__version__}\n    quality-gate check --stage ci\n"
