"""What stands around the configuration and decides whether the gate is asked at all: hooks, CI steps, attributes.

All of it is read as lines of text. Nothing of it is parsed, for nothing is decided that a parser would know better:
whether a hook or a step is there, and whether one that was there is there still.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from quality_gate import REPOSITORY

HOOKS = ".pre-commit-config.yaml"

WORKFLOWS = ".github/workflows"
GITLAB = ".gitlab-ci.yml"

CI_FOLDERS = {
    WORKFLOWS: "GitHub Actions",
    ".circleci": "CircleCI",
    ".gitlab": "GitLab CI",
    ".buildkite": "Buildkite",
    ".woodpecker": "Woodpecker",
    ".forgejo/workflows": "Forgejo Actions",
}
"""Folders of CI systems from git's top folder, with what people call the system."""

CI_SUFFIXES = (".yml", ".yaml", ".sh")
"""Of files directly in these folders that count: a README tells no CI what to do."""

CI_FILES = {
    GITLAB: "GitLab CI",
    "Jenkinsfile": "Jenkins",
    "azure-pipelines.yml": "Azure Pipelines",
    "bitbucket-pipelines.yml": "Bitbucket Pipelines",
    ".travis.yml": "Travis CI",
    "appveyor.yml": "AppVeyor",
    "cloudbuild.yaml": "Cloud Build",
    ".drone.yml": "Drone",
    ".woodpecker.yml": "Woodpecker",
    ".cirrus.yml": "Cirrus CI",
}
"""Files of CI systems, likewise."""

_NO_SIGN = (".gitlab/",)
"""Folders that hold other things too: a template of issues there is no CI."""

_HOOK = re.compile(r"\bid\s*:\s*[\"']?(quality-gate(?:-push)?)[\"']?(?=[\s,}]|$)")
_OURS = re.compile(re.escape(REPOSITORY) + r"(?:\.git)?/?['\"]?\s*$")
_STEP = re.compile(r"\bquality[-_]gate(?:@\S+|[\"']?\s+(?:ci|check)\b|[\"'],\s*[\"'](?:ci|check)\b)")
_EXTENDS = re.compile(r"\bextends\s*:")
_TEMPLATE_JOB = re.compile(r"(?<![\w./-])\.quality-gate(?![\w./-])")
"""The job of our template for GitLab."""

_WHOLE_ON_GITHUB = re.compile(r"\bfetch-depth['\"]?:\s*['\"]?0\b")
_WHOLE_ON_GITLAB = re.compile(r"\bGIT_DEPTH['\"]?:\s*['\"]?0\b")
_FAILS = re.compile(r"\bexit\s+[$1-9]|\bfalse\b")
_ENDS_WELL = re.compile(r";\s*(?:true|:|exit\s+0)\s*$")
_MAY_FAIL = re.compile(r"\b(?:continue-on-error|allow_failure)\s*:\s*[\"']?true\b")
_APPROVES = re.compile(r"approved[-_]by", re.IGNORECASE)
_HIDES = re.compile(r"(?:^|\s)(?:-diff|binary|linguist-generated(?:=true)?|\[attr\]\S+)(?=\s|$)")


def hooks_in(text: str) -> list[str]:
    """Ids of our hooks in a configuration of pre-commit."""
    return list(dict.fromkeys(found[1] for line in _lines(text) for found in _HOOK.finditer(line)))


def has_hook(text: str) -> bool:
    """Whether a configuration of pre-commit names a hook of ours or our repository."""
    return bool(hooks_in(text)) or any(_OURS.search(line) for line in _lines(text))


def systems_in(paths: Iterable[str]) -> list[str]:
    """The CI systems that some CI files are of, each once.

    Args:
        paths: as `CI_FILES` and `CI_FOLDERS` have them.
    """
    signs = (path for path in paths if not path.startswith(_NO_SIGN))
    return list(dict.fromkeys(CI_FILES.get(path) or CI_FOLDERS[path.rpartition("/")[0]] for path in signs))


def fetches_all(path: str, text: str) -> bool | None:
    """Whether a CI file asks for the whole history; None where it is not known how such a file would.

    The job of our GitLab template asks for it.
    """
    if path.startswith(f"{WORKFLOWS}/"):
        return _says(text, _WHOLE_ON_GITHUB)
    if path == GITLAB:
        return _says(text, _WHOLE_ON_GITLAB) or _extends_template(text)
    return None


def _says(text: str, wanted: re.Pattern[str]) -> bool:
    return any(wanted.search(line) for line in _lines(text))


def has_step(text: str) -> bool:
    """Whether a CI file has a step of ours that can fail."""
    asked = any(_STEP.search(line) and not _never_fails(line) for line in _lines(text))
    return asked or _extends_template(text)


def _never_fails(line: str) -> bool:
    """Whether a command's failure is none of the step's: something that succeeds is run after it."""
    _, either, after = line.rpartition("||")
    return bool(either and not _FAILS.search(after)) or _ENDS_WELL.search(line) is not None


def _extends_template(text: str) -> bool:
    """Whether a job extends the one of our template, by name or in a list."""
    within = False
    for line in _lines(text):
        within = bool(_EXTENDS.search(line)) or (within and line.lstrip().startswith("-"))
        if within and _TEMPLATE_JOB.search(line):
            return True
    return False


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
