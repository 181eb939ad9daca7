"""What the gate stands in: the installed hook, the CI's checkout, ruff. Read only; one check a line of `doctor`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from quality_gate.cli._edits import text_or_empty
from quality_gate.cli._hook_entry import top_of
from quality_gate.config import FILE
from quality_gate.evidence.git.command import Git, GitError
from quality_gate.evidence.linters.linter_configurations import configured_linters
from quality_gate.evidence.policy.policy_around import ci_texts
from quality_gate.policy.around import GITLAB, HOOKS, fetches_all, has_hook, has_step, hooks_in, systems_in
from quality_gate_checkers.settings import UnreadableSettings, read_toml

State = Literal["ok", "note", "problem"]

_MANAGERS = re.compile(r"pre-commit|pre_commit|prek|quality-gate")
"""What a git hook that runs ours names."""


class Check(msgspec.Struct, frozen=True):
    """One line of `doctor`.

    Args:
        subject: what was looked at. text: what was found. remedy: what to type or write; empty where all is well.
    """

    subject: str
    state: State
    text: str
    remedy: str = ""


def surroundings(root: Path, git: Git | None, environment: Mapping[str, str]) -> Iterator[Check]:
    """Hook (on machines where people commit), CI, history and ruff.

    Args:
        root: the project's folder. environment: the caller's variables.
    """
    top = git.top if git is not None else top_of(root)
    if git is None:
        yield Check("git", "problem", "there is no repository: all code counts as new", "git init, then commit")
    else:
        if not environment.get("CI"):  # nobody commits there
            yield from _hooks(top, git, environment)
        yield _history(git)
    yield from _ci(top)
    yield from _ruff(root)


# -- hook


def _hooks(top: Path, git: Git, environment: Mapping[str, str]) -> Iterator[Check]:
    text = text_or_empty(top / HOOKS)
    if not has_hook(text):
        yield Check("hook", "problem", f"{HOOKS} does not name quality-gate", "quality-gate init")
        return
    folder = _hooks_folder(top, git, environment)
    names = ["pre-commit", *(["pre-push"] if "quality-gate-push" in hooks_in(text) else [])]
    for name in names:
        yield _installed(folder, name, git)


def _installed(folder: Path, name: str, git: Git) -> Check:
    shown = os.path.relpath(folder / name, git.top) if (folder / name).is_relative_to(git.top) else folder / name
    remedy = "pre-commit install" if name == "pre-commit" else f"pre-commit install --hook-type {name}"
    try:
        content = (folder / name).read_bytes()[:100_000].decode("utf-8", "replace")
    except OSError:
        return Check("hook", "problem", f"{shown} is not there, so no commit is judged", remedy)
    if not _MANAGERS.search(content):
        return Check("hook", "problem", f"{shown} is of another tool and runs neither pre-commit nor prek", remedy)
    if os.name == "posix" and not os.access(folder / name, os.X_OK):
        return Check("hook", "problem", f"{shown} cannot be executed, so git passes it by", f"chmod +x {shown}")
    return Check("hook", "ok", f"{shown} is installed")


def _hooks_folder(top: Path, git: Git, environment: Mapping[str, str]) -> Path:
    """Where git looks for hooks: the repository's `core.hooksPath`, else the user's, else its own folder."""
    home = environment.get("HOME") or environment.get("USERPROFILE", "")
    users = [f"{home}/.gitconfig", f"{environment.get('XDG_CONFIG_HOME') or f'{home}/.config'}/git/config"]
    for place in (("--local",), *(("--file", file) for file in users if home and os.path.isfile(file))):
        said = _asked(git, "config", *place, "--get", "core.hooksPath")
        if said:
            folder = f"{home}{said[1:]}" if said.startswith("~/") else said
            return top / folder
    common = _asked(git, "rev-parse", "--git-common-dir") or ".git"
    return top / common / "hooks"


def _asked(git: Git, *question: str) -> str:
    try:
        return os.fsdecode(git.run(*question)).strip()
    except GitError:
        return ""


# -- history and CI


def _history(git: Git) -> Check:
    try:
        shallow = git.is_shallow()
    except GitError as error:
        return Check("history", "problem", " ".join(str(error).split()), "git fsck")
    if shallow:
        return Check("history", "problem", "this clone is shallow: all code counts as new", "git fetch --unshallow")
    return Check("history", "ok", "whole")


def _ci(top: Path) -> Iterator[Check]:
    texts = ci_texts(top)
    asking = {path: text for path, text in texts.items() if has_step(text)}
    if not asking and systems_in(texts):
        found = " and ".join(systems_in(texts))
        said = f"{found} has no step of quality-gate that can fail: a hook can be passed by"
        yield Check("CI", "problem", said, "quality-gate init")
    elif not asking:
        yield Check("CI", "note", "no CI that is known is configured here; its step is: quality-gate ci")
    for path, text in asking.items():
        yield _depth(path, text)


def _depth(path: str, text: str) -> Check:
    whole = fetches_all(path, text)
    if whole is None:
        return Check("CI", "note", f"{path} calls quality-gate; let it fetch the whole history")
    if whole:
        return Check("CI", "ok", f"{path} calls quality-gate and fetches the whole history")
    remedy = "fetch-depth: 0 under `with:` of actions/checkout"
    if path == GITLAB:
        remedy = "GIT_DEPTH: 0 under `variables:` of the job"
    said = f"{path} calls quality-gate and fetches a part of the history: what is new cannot be told"
    return Check("CI", "problem", said, f"write {remedy}")


# -- ruff


def _ruff(root: Path) -> Iterator[Check]:
    if "ruff" not in configured_linters(root):
        return
    file, external = _external(root)
    if any("QG".startswith(prefix) for prefix in external):
        yield Check("ruff", "ok", f"{file} leaves # noqa: QG... alone")
        return
    table = "[tool.ruff.lint]" if file == FILE else "[lint]"
    text = "takes # noqa: QG101 for a mistake and removes it"
    yield Check("ruff", "problem", text, f'write external = ["QG"] under {table} of {file}')


def _external(root: Path) -> tuple[str, list[str]]:
    """The file that configures ruff, and the codes that it leaves alone."""
    for name in (".ruff.toml", "ruff.toml", FILE):  # in the order in which ruff looks
        try:
            document: object = read_toml(root / name)
        except UnreadableSettings:
            continue
        table = document if name != FILE else _below(_below(document, "tool"), "ruff")
        if isinstance(table, dict):
            said = _below(_below(table, "lint"), "external") or _below(table, "external")
            return name, [code for code in said if isinstance(code, str) and code] if isinstance(said, list) else []
    return FILE, []


def _below(table: object, key: str) -> object:
    return table.get(key) if isinstance(table, dict) else None
