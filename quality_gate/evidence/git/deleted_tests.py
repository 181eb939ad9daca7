"""Tests that the change deletes or that expect less: test files as the commits had them, beside those of today."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from quality_gate.codebase.deleted_tests import WrittenTest, deleted, tests_in
from quality_gate.codebase.softened_tests import SoftenedTest, softened
from quality_gate.evidence.git._blobs import blobs
from quality_gate.evidence.git.command import Git, GitError
from quality_gate.evidence.git.not_tracked import batches
from quality_gate.evidence.sources import folder_prefix, read_regular
from quality_gate.model import Change
from quality_gate_checkers.model.roles import is_test
from quality_gate_checkers.model.text import MAXIMUM_BYTES
from quality_gate_checkers.settings import Settings

_TEST = re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]+(test\w*)", re.MULTILINE)

_EXPECTING = re.compile(rb"\b(?:raises|assertRaises\w*)\s*\(")

_MOST_FILES = 1_000
"""Test files that hold a test which is gone from them; of more nothing is said, for reading them would take long."""

_GREP = ("grep", "--no-color", "--no-line-number", "--no-column", "-h", "-o", "-w", "-I", "-F")


def deleted_tests(
    git: Git | None, root: Path, change: Change, files: Iterable[str], settings: Settings
) -> Sequence[WrittenTest]:
    """The tests that every commit has with which the change is compared, and that no file has now.

    Args:
        root: the project's root. files: all Python files of the project today, relative to it.
        settings: which say what a test is.
    """
    touched = sorted(path for path in change.files if path.endswith(".py"))
    if git is None or not change.since or not any(is_test(path, settings) for path in touched):
        return ()
    prefix = folder_prefix(git, Path(os.path.realpath(root)))
    then = [path for path in touched if is_test(path, settings)]
    was = [_as_committed(git, commit, prefix, then) for commit in change.since]
    now = dict(_as_they_are(root, touched))
    missing = {name for content in was[0].values() for name in _TEST.findall(content)} - _named(now)
    if not missing:
        return ()
    others = (path for path in files if path not in now and is_test(path, settings))
    missing -= _said(missing, (*now.values(), *_contents(root, others)))
    if missing and prefix:
        missing -= _said_beside(git, missing, prefix)
    return _told(missing, was, now) if missing else ()


def softened_tests(git: Git | None, root: Path, change: Change, settings: Settings) -> Sequence[SoftenedTest]:
    """The tests that expect fewer exceptions than in every commit with which the change is compared.

    Args:
        root: the project's root. settings: which say what a test is.
    """
    touched = sorted(path for path in change.files if path.endswith(".py") and is_test(path, settings))
    if git is None or not change.since or not touched:
        return ()
    now = dict(_as_they_are(root, touched))
    prefix = folder_prefix(git, Path(os.path.realpath(root)))
    present = [tests_in(content, path) for path, content in now.items()]
    if any(tests is None for tests in present):
        return ()
    told: list[list[SoftenedTest]] = []
    for commit in change.since:
        was = _as_committed(git, commit, prefix, touched)
        if not _expect_less(was, now):
            return ()
        before = [test for path, content in was.items() for test in tests_in(content, path) or ()]
        told.append(softened(before, (test for tests in present for test in tests or ())))
    everywhere = set.intersection(*({(one.test.id, one.types) for one in found} for found in told))
    return [one for one in told[0] if (one.test.id, one.types) in everywhere]


def _expect_less(was: Mapping[str, bytes], now: Mapping[str, bytes]) -> bool:
    """Whether any test file that is still there has fewer calls that expect an exception."""
    return any(
        len(_EXPECTING.findall(now[path])) < len(_EXPECTING.findall(content))
        for path, content in was.items()
        if path in now
    )


def _as_they_are(root: Path, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for path in paths:
        content = read_regular(f"{root}/{path}", MAXIMUM_BYTES)
        if content is not None:
            yield path, content


def _as_committed(git: Git, commit: str, prefix: str, paths: Sequence[str]) -> dict[str, bytes]:
    found = blobs(git, commit, [prefix + path for path in paths])
    return {path[len(prefix) :]: content for path, content in found}


def _named(contents: Mapping[str, bytes]) -> set[bytes]:
    return {name for content in contents.values() for name in _TEST.findall(content)}


def _contents(root: Path, paths: Iterable[str]) -> Iterable[bytes]:
    return (read_regular(f"{root}/{path}", MAXIMUM_BYTES) or b"" for path in paths)


def _said(names: Collection[bytes], contents: Iterable[bytes]) -> set[bytes]:
    """Names that stand anywhere but in a comment: a test can be imported, inherited or made without a `def`."""
    pattern = re.compile(rb"\b(?:" + b"|".join(sorted(names)) + rb")\b")
    found: set[bytes] = set()
    for content in contents:
        for match in pattern.finditer(content):
            if b"#" not in content[content.rfind(b"\n", 0, match.start()) + 1 : match.start()]:
                found.add(match.group())
    return found


def _said_beside(git: Git, names: Collection[bytes], prefix: str) -> set[bytes]:
    """Names that stand in files of the repository outside of the project: another one may have the test now."""
    outside = ("--", f":(top,exclude,literal){prefix}")
    found: set[bytes] = set()
    for some in batches(sorted(map(os.fsdecode, names))):
        asked = [word for name in some for word in ("-e", name)]
        try:
            answer = git.run(*_GREP, *asked, *outside, index=True, patterns=True)
        except GitError as error:
            if error.code != 1:  # that is how it says that there is none
                return set(names)
        else:
            found.update(answer.split())
    return found


def _told(
    missing: Collection[bytes], was: Sequence[Mapping[str, bytes]], now: Mapping[str, bytes]
) -> Sequence[WrittenTest]:
    names = {name.decode() for name in missing}
    holding = [path for path, content in was[0].items() if not names.isdisjoint(_names_in(content))]
    if len(holding) > _MOST_FILES:
        return ()
    present = [tests_in(content, path) for path, content in now.items() if _TEST.search(content)]
    if any(tests is None for tests in present):
        return ()  # what a test is called now may stand where nothing can be read
    before = {path: tests_in(content, path) or () for path, content in was[0].items() if path in holding or path in now}
    gone = [test for path in holding for test in before[path] if test.called in names]
    everywhere = [test for test in gone if all(_holds(files, test) for files in was[1:])]
    return deleted(everywhere, before, [test for tests in present for test in tests or ()])


def _names_in(content: bytes) -> set[str]:
    return {name.decode() for name in _TEST.findall(content)}


def _holds(files: Mapping[str, bytes], test: WrittenTest) -> bool:
    return test.called in _names_in(files.get(test.path, b""))
