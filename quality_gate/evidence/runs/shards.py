"""The evidence of sharded test runs, joined into one: what several machines measured of the same sources."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence, Set
from pathlib import Path

import msgspec

from quality_gate.evidence._path_map import named
from quality_gate.evidence._untrusted import Database, Unreadable, beginning_of, looks_like_database
from quality_gate.evidence.runs._recorded_failures import read_recorded_failures
from quality_gate.evidence.runs._recorded_file import read_recorded_file
from quality_gate.evidence.runs._recorded_run import read_recorded_run
from quality_gate_recorder.evidence_file import Evidence, Meta, TestFile, read
from quality_gate_recorder.merging import merge

_BEGINNING = 64

_NO_TESTS = "5"
"""pytest's exit code of a shard that none of the tests fell to."""

_WORST_FIRST = ("", "3", "4", "2", "1", _NO_TESTS, "0")


class Joined(msgspec.Struct, frozen=True):
    """Evidence joined.

    Args:
        notes: what differed between the parts, a sentence each.
    """

    evidence: Evidence
    notes: tuple[str, ...]


def read_shard(file: Path) -> Evidence:
    """The evidence of one run, every value of it looked at.

    Raises:
        Unreadable: it is none.
    """
    if not looks_like_database(beginning_of(file, _BEGINNING)):
        raise Unreadable("it is no evidence of quality-gate test")
    with Database(file).opened() as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'coverage_schema'").fetchone():
            raise Unreadable("it is coverage.py's data")
        run = read_recorded_run(connection)
        for measured in run.files.values():
            read_recorded_file(connection, measured.number)
        read_recorded_failures(connection, run.tests)
        try:
            return read(connection)
        except (TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
            raise Unreadable(f"it holds what cannot be: {error}") from error


def join(parts: Sequence[Evidence]) -> Joined:
    """One evidence of several.

    A file of the project that was measured in different versions is left out, so it is unproven; so is a test's file
    of different versions, which makes stale what its tests ran.

    Args:
        parts: at least one; changed where they have files that are left out.
    """
    differing = _of_several([{path: file.digest for path, file in part.files.items()} for part in parts])
    notes = [*_leave_out(differing, parts), *_about_pythons(parts)]
    collected = _collected(parts)
    for part in parts:
        _own_what_was_unseen(part)
    whole = merge(parts)
    whole.test_files = _test_files(parts)
    whole.meta = _meta([part.meta for part in parts], len(whole.tests) + collected)
    if differing:
        whole.meta = whole.meta._replace(differing=json.dumps(sorted(differing)))
    missing = _in_no_part(parts, len(whole.tests))
    if missing and all(part.meta.chosen == "1" and not _may_choose(part.meta) for part in parts):
        whole.meta = whole.meta._replace(chosen="1", deselected=str(missing))
    return Joined(whole, (*notes, *_about_tests_in_no_part(missing)))


def _own_what_was_unseen(part: Evidence) -> None:
    """What one run could not see, another one may have: it is not known of this one's tests, and not of all."""
    for reason in part.failures.unseen.pop("", ()):
        for nodeid in part.tests:
            part.failures.not_all(nodeid, reason)


def _leave_out(differing: Set[str], parts: Sequence[Evidence]) -> Iterable[str]:
    for part in parts:
        for path in differing & part.files.keys():
            del part.files[path]
    if differing:
        yield f"measured in different versions and left out: {named(sorted(differing))}"
    tests = _differing_tests(parts)
    if tests:
        yield f"test code of different versions, so what its tests ran is stale: {named(sorted(tests))}"
    commits = sorted({part.meta.commit[:7] for part in parts if part.meta.commit})
    if len(commits) > 1:
        yield f"made at different commits: {named(commits)}; files that are the same in all of them count"


def _about_pythons(parts: Sequence[Evidence]) -> Iterable[str]:
    versions = sorted({part.meta.python.rpartition(".")[0] for part in parts if part.meta.python})
    if len(versions) > 1:
        first = parts[0].meta.python
        yield (
            f"made by different Pythons: {named(versions)}; they differ a little in what counts as a line or a branch, "
            f"and {first} decides"
        )


def _of_several(digests: Sequence[dict[str, bytes]]) -> set[str]:
    """Paths that have several digests."""
    known: dict[str, set[bytes]] = {}
    for part in digests:
        for path, digest in part.items():
            known.setdefault(path, set()).add(digest)
    return {path for path, found in known.items() if len(found) > 1}


def _differing_tests(parts: Sequence[Evidence]) -> set[str]:
    return _of_several([{path: code.digest for path, code in part.test_files.items()} for part in parts])


def _test_files(parts: Sequence[Evidence]) -> dict[str, TestFile]:
    """Files of test code that are the same in all parts. One that has tests in any part is no mere helper."""
    differing = _differing_tests(parts)
    found: dict[str, TestFile] = {}
    for part in parts:
        for path, code in part.test_files.items():
            if path not in differing and (path not in found or code.kind == "test"):
                found[path] = code
    return found


def _collected(parts: Iterable[Evidence]) -> int:
    """How many tests the parts collected and did not come to."""
    return sum(max(0, _number(part.meta.collected) - len(part.tests)) for part in parts)


def _in_no_part(parts: Sequence[Evidence], joined: int) -> int:
    """How many tests are known that none of the parts ran; 0 where one of them ran all that the project runs."""
    most = max(len(part.tests) + _number(part.meta.deselected) for part in parts)
    return most - joined if most > joined and len(parts) > 1 and any(part.meta.chosen == "1" for part in parts) else 0


def _may_choose(meta: Meta) -> bool:
    """Whether the project's own settings may be why tests were left out, so that nobody misses them."""
    return meta.settings_choose != "0"


def _about_tests_in_no_part(missing: int) -> Iterable[str]:
    if missing:
        yield f"{missing:,} {'test was' if missing == 1 else 'tests were'} deselected in every one of them"


def _meta(parts: Sequence[Meta], collected: int) -> Meta:
    ends = {part.exit_status for part in parts}
    if "0" in ends:
        ends.discard(_NO_TESTS)
    return parts[0]._replace(
        commit=_same(part.commit for part in parts),
        dirty="1" if any(part.dirty == "1" for part in parts) else _same(part.dirty for part in parts),
        started=min((part.started for part in parts), key=_seconds),
        finished=max((part.finished for part in parts), key=_seconds) if all(part.finished for part in parts) else "",
        exit_status=min(ends, key=lambda end: _WORST_FIRST.index(end) if end in _WORST_FIRST else 1),
        collected=str(collected),
        branches=_flag(all, (part.branches for part in parts)),
        phases=_flag(all, (part.phases for part in parts)),
        calls=_flag(any, (part.calls for part in parts)),
        failures=_flag(any, (part.failures for part in parts)),
        subprocesses=_flag(all, (part.subprocesses for part in parts)),
        chosen=parts[0].chosen if len(parts) == 1 else "",
        deselected=parts[0].deselected if len(parts) == 1 else "",
        beside="",
        settings_choose=_flag(any, (part.settings_choose for part in parts)),
        untraced=_all_of(part.untraced for part in parts),
        differing="",
        ended_by=next(filter(None, (part.ended_by for part in parts)), ""),
    )


def _all_of(lists: Iterable[str]) -> str:
    """JSON lists of names as one."""
    names = {str(name) for text in lists if text for name in json.loads(text)}
    return json.dumps(sorted(names)) if names else ""


def _same(values: Iterable[str]) -> str:
    known = set(values)
    return known.pop() if len(known) == 1 else ""


def _flag(rule: Callable[[Iterable[bool]], bool], values: Iterable[str]) -> str:
    return "1" if rule(value == "1" for value in values) else "0"


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
