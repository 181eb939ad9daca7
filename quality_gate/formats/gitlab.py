"""gitlab: the Code Quality report that GitLab shows in merge requests.

GitLab compares it with the target branch's, so that old findings belong in it too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

import msgspec

from quality_gate.formats._findings import Told, more, place, ranked, shortened, titled, untold, word_for
from quality_gate.model import Finding, Look, Report, Verdict, format_
from quality_gate.neutral import printable

MOST = 25_000
"""Entries; a widget shows some hundred."""

_LONGEST = 2_000

Severity = Literal["info", "minor", "major", "critical", "blocker"]


class GitlabLines(msgspec.Struct, frozen=True):
    """Where an entry begins, 1-based."""

    begin: int


class GitlabLocation(msgspec.Struct, frozen=True):
    """A path from the repository's top, without `./`."""

    path: str
    lines: GitlabLines


class GitlabEntry(msgspec.Struct, frozen=True):
    """One entry; of two with one fingerprint GitLab shows one."""

    description: str
    check_name: str
    fingerprint: str
    severity: Severity
    location: GitlabLocation


@format_("gitlab")
def gitlab(report: Report, look: Look) -> str:
    """What blocks is major, what is only observed is for information, the rest is minor."""
    verdicts = [_of_verdict(verdict, report) for verdict in untold(report)]
    found = [told for told in ranked(report) if told.finding.is_open]
    taken: set[str] = set()
    entries = [*verdicts, *(_of_finding(told, report, taken) for told in found[:MOST])]
    if len(found) > MOST:
        entries.append(_cut(found, report))
    text = msgspec.json.format(msgspec.json.encode(entries), indent=1).decode()
    return text.replace("##", r"\u0023\u0023") + "\n"


def _of_finding(told: Told, report: Report, taken: set[str]) -> GitlabEntry:
    finding = told.finding
    return _entry(
        f"{finding.message}. Do: {finding.remedy}.",
        word_for(finding),
        _unique(finding, report.folder, taken),
        _severity(told),
        place(report, finding.path),
        max(1, finding.line),
    )


def _severity(told: Told) -> Severity:
    if told.blocks:
        return "major"
    return "info" if told.observed else "minor"


def _of_verdict(verdict: Verdict, report: Report) -> GitlabEntry:
    """A verdict that stands in the way without a finding, at the file where its demand stands."""
    title = titled(verdict)
    demand = place(report, "pyproject.toml")
    return _entry(f"{title}: {verdict.reason}", verdict.practice, _digest(report.folder, title), "major", demand, 1)


def _cut(found: Sequence[Told], report: Report) -> GitlabEntry:
    first = found[MOST].finding
    said = more(found, MOST)
    return _entry(
        said, "truncated", _digest(report.folder, said), "info", place(report, first.path), max(1, first.line)
    )


def _entry(said: str, name: str, fingerprint: str, severity: Severity, path: str, line: int) -> GitlabEntry:
    location = GitlabLocation(printable(path), GitlabLines(line))
    return GitlabEntry(printable(shortened(said, _LONGEST)), name, fingerprint, severity, location)


def _unique(finding: Finding, folder: str, taken: set[str]) -> str:
    """A finding's fingerprint; one that is taken (two critical paths, one function) gets another that is as stable.

    GitLab joins the reports of a repository's projects, in each of which a path may be the same.
    """
    found = _digest(folder, finding.fingerprint) if folder else finding.fingerprint
    while found in taken:
        found = _digest(found, finding.critical_path or "")
    taken.add(found)
    return found


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "backslashreplace"), digest_size=10).hexdigest()
