"""What stands around the configuration and decides whether the gate is asked at all: hooks, CI steps, attributes.

All of it is read as lines of text. Nothing of it is parsed, for nothing is decided that a parser would know better:
whether a hook or a step that was there is there still.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

HOOKS = ".pre-commit-config.yaml"

CI_FILES = (
    ".gitlab-ci.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", "Jenkinsfile", ".travis.yml",
    "appveyor.yml", "cloudbuild.yaml", ".drone.yml", ".woodpecker.yml",
)  # fmt: skip
"""From git's top folder; beside every file in `CI_FOLDERS`."""

CI_FOLDERS = (".github/workflows", ".circleci", ".gitlab", ".buildkite", ".woodpecker", ".forgejo/workflows")

_HOOK = re.compile(r"\bid\s*:\s*[\"']?(quality-gate(?:-push)?)[\"']?(?=[\s,}]|$)")
_STEP = re.compile(r"\bquality[-_]gate(?:@\S+|\s+(?:ci|check)\b)")
_NEVER_FAILS = re.compile(r"\|\|(?!.*(?:\bexit\s+[$1-9]|\bfalse\b))|;\s*(?:true|:|exit\s+0)\s*$")
_MAY_FAIL = re.compile(r"\b(?:continue-on-error|allow_failure)\s*:\s*[\"']?true\b")
_APPROVES = re.compile(r"approved[-_]by", re.IGNORECASE)
_HIDES = re.compile(r"(?:^|\s)(?:-diff|binary|linguist-generated(?:=true)?|\[attr\]\S+)(?=\s|$)")


def hooks_in(text: str) -> list[str]:
    """Ids of our hooks in a configuration of pre-commit."""
    return list(dict.fromkeys(found[1] for line in _lines(text) for found in _HOOK.finditer(line)))


def has_step(text: str) -> bool:
    """Whether a CI file has a step of ours that can fail."""
    return any(_STEP.search(line) and not _NEVER_FAILS.search(line) for line in _lines(text))


def forgiven(text: str) -> int:
    """How often a CI file says that something in it may fail."""
    return sum(len(_MAY_FAIL.findall(line)) for line in _lines(text))


def approves(text: str) -> bool:
    """Whether a CI file says who approves."""
    return any(_APPROVES.search(line) for line in _lines(text))


def hiding_lines(before: str, after: str) -> Iterator[tuple[int, str]]:
    """Lines that came to a `.gitattributes` and may hide files from diffs, each with its number."""
    known = set(before.split("\n"))
    for number, line in enumerate(after.split("\n"), start=1):
        if line not in known and not line.lstrip().startswith("#") and _HIDES.search(line):
            yield number, " ".join(line.split())


def _lines(text: str) -> Iterator[str]:
    """Lines less their comments."""
    for line in text.split("\n"):
        if not line.lstrip().startswith(("#", "//")):
            yield line.partition(" #")[0]


def lost_steps(before: Mapping[str, str], after: Mapping[str, str]) -> Sequence[str]:
    """CI files that asked the gate, where none does any more.

    Args:
        before, after: texts of CI files by path.
    """
    asked = [path for path, text in before.items() if has_step(text)]
    return [] if any(has_step(text) for text in after.values()) else asked
