"""The CI step: which CI a project has, whether it calls the gate, and the step to add or to paste."""

from __future__ import annotations

import re
from pathlib import Path

from quality_gate import __version__
from quality_gate.cli._edits import FileChange, text_of
from quality_gate.config import FILE
from quality_gate.evidence.policy.policy_around import ci_texts
from quality_gate.policy.around import CI_FOLDERS, WORKFLOWS, has_step, systems_in

_NEW_WORKFLOW = f"{WORKFLOWS}/quality-gate.yml"


def ci_change(top: Path, root: Path, base: str) -> FileChange | str | None:
    """The change that adds the step, or what to paste where it cannot be added, or None where there is one, or no CI.

    Args:
        top: the repository's top folder. root: the project's.
        base: the branch that is merged into.

    Raises:
        UsageError: a workflow of our name is there and cannot be read.
    """
    texts = ci_texts(top)
    systems = systems_in(texts)
    if not systems or any(map(has_step, texts.values())):
        return None
    below = "" if top == root else root.relative_to(top).as_posix()
    if systems[0] != CI_FOLDERS[WORKFLOWS]:
        return _paste(systems[0], below)
    file = top / _NEW_WORKFLOW
    if text_of(file) is not None or not re.fullmatch(r"[\w./ -]*", below) or not re.fullmatch(r"[\w./-]+", base):
        return _paste(systems[0], below)
    return FileChange(file, None, _workflow(below, base))


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
