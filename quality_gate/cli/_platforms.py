"""What a CI platform reads of us: which files, which commands, and what of a run's output it must not obey."""

from __future__ import annotations

import enum
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from quality_gate.cli._options import format_of
from quality_gate.cli._output import emit, write_aside
from quality_gate.errors import UsageError
from quality_gate.model import Finding, Look, Report, Verdict

SARIF = "quality-gate.sarif"
CODE_QUALITY = "gl-code-quality-report.json"
JUNIT = "quality-gate.junit.xml"


class Platform(enum.Enum):
    """Where a CI step runs."""

    GITHUB = "GitHub Actions"
    GITLAB = "GitLab CI"
    PLAIN = "plain CI"


def platform_of(environment: Mapping[str, str]) -> Platform:
    """The platform, by the variables that it sets for every step."""
    if environment.get("GITHUB_ACTIONS") == "true":
        return Platform.GITHUB
    return Platform.GITLAB if environment.get("GITLAB_CI") == "true" else Platform.PLAIN


@contextmanager
def unobeyed(platform: Platform) -> Iterator[None]:
    """While tests print, GitHub's runner obeys nothing of it: what they print is a pull request's (row 18)."""
    if platform is not Platform.GITHUB:
        yield
        return
    token = secrets.token_hex(16)
    emit(f"::group::quality-gate test\n::stop-commands::{token}\n", None)
    try:
        yield
    finally:
        emit(f"\n::{token}::\n::endgroup::\n", None)  # tests may have left a line open


def deliver(platform: Platform, report: Report, folder: Path, environment: Mapping[str, str]) -> list[str]:
    """Write what the platform reads; gives the names of the files.

    Args:
        folder: where its files go.

    Raises:
        UsageError: a file cannot be written.
    """
    if platform is Platform.GITHUB:
        emit(_made("github", report), None)
        _append(environment.get("GITHUB_STEP_SUMMARY", ""), _made("github-summary", report))
        return _written(folder, {SARIF: _made("sarif", _unsuppressed(report))})
    if platform is Platform.GITLAB:
        return _written(folder, {CODE_QUALITY: _made("gitlab", report), JUNIT: _made("junit", report)})
    return []


def _made(name: str, report: Report) -> str:
    return format_of(name).render(report, Look(overview=False))


def _written(folder: Path, texts: Mapping[str, str]) -> list[str]:
    for name, text in texts.items():
        try:
            write_aside(folder / name, text)
        except OSError as error:
            raise UsageError(name, f"cannot be written: {error.strerror}", "make the folder writable") from error
    return list(texts)


def _append(place: str, text: str) -> None:
    """Add to a file that the platform has made; tests have run before, and a link in its place is not followed."""
    if not place:
        return
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
        with open(descriptor, "ab") as stream:
            stream.write(b"\n" + text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(
            "GITHUB_STEP_SUMMARY", f"cannot be written: {error.strerror}", "leave it as the runner sets it"
        ) from error


def _unsuppressed(report: Report) -> Report:
    """GitHub does not read suppressions: what is suppressed would be an open alert there."""

    def open_(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(finding for finding in findings if finding.suppressed is None)

    def less(verdict: Verdict) -> Verdict:
        return msgspec.structs.replace(verdict, findings=open_(verdict.findings))

    return msgspec.structs.replace(report, verdicts=tuple(less(verdict) for verdict in report.verdicts))
