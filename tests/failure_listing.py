"""Listing the failure paths of sources that a test holds in its hands."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from linking import link
from quality_gate.codebase.failures.listing import FailurePaths
from quality_gate.codebase.failures.reading import failures_of
from quality_gate.codebase.failures.sites import FileFailures, decode, encode
from quality_gate.codebase.linked import LinkedCodebase
from quality_gate.failure_paths import FailurePath
from quality_gate_checkers.settings import Settings


def lister(
    files: Mapping[str, str], settings: Settings | None = None, codebase: LinkedCodebase | None = None
) -> FailurePaths:
    """The lister over some files by path; what it reads has been through the cache's encoding.

    Args:
        codebase: these files linked, where the test has them.
    """
    known = settings or Settings()

    @cache
    def read(path: str) -> FileFailures:
        found = decode(encode(failures_of(path, files[path].encode(), known)))
        assert found is not None
        return found

    return FailurePaths(codebase or link(files, known), read, known)


def listed(files: Mapping[str, str], settings: Settings | None = None) -> list[FailurePath]:
    """All failure paths of all functions, file by file."""
    known = settings or Settings()
    codebase = link(files, known)
    paths = lister(files, known, codebase)
    names = dict.fromkeys(
        found.name for path in files for found in codebase.definitions_in(path) if found.kind == "function"
    )
    return [path for name in names for path in paths.of(name)]
