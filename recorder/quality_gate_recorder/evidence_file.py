"""The evidence file: what a test run did, and the hashes of what it was measured on. One sqlite file, format 1.

The format, for whoever reads it. Paths are relative to the project's root with forward slashes, bytes that are no
UTF-8 as `os.fsdecode` gives them and then as UTF-8 with surrogates passed; lines are 1-based.

    PRAGMA user_version = 1
    meta(key, value)          as `Meta` has it; all text
    problem(text)             what went wrong while recording, a clause each: whatever is here makes the run unproven
    file(id, path, digest, statements, excluded, branches, arcs)
    function(file_id, name, first, last, digest, lines)
    test(id, nodeid, path, outcome, seconds, marks)   id 0 is no test: imports, collection, what runs between tests
    test_file(path, digest, kind, content)        digests of loaded test code, as parsed and of its bytes
    arc_set(id, data)
    executed(file_id, test_id, phase, arc_set_id)
    call(caller_path, caller, line, path, callee)
    test_code(id, path, lines)                    test code of which lines were seen; where its statements begin
    seen(id, test_id, phase, places)              what one process saw of a phase of a test: lines of functions of test
                                                  code, in the order in which they were last run
    failure_place(id, path, line, column, end_line, end_column)
    exception(id, name, bases)                    types by qualified name; JSON list of their bases' names
    failure(seen_id, place_id, exception_id, source, handled, called_from, reached, taken, moment, older_thread)
                                                  as `failure_tables.Failure` has it
    unseen(test_id, reason)                       why not all that failed in a test is known; id 0: in any test
    touch(test_id, phase, kind, what, seconds, path, line, test_path, test_line)
                                                  as `isolation_tables.Touch` has it
    not_watched(kind, reason)                     why not all touches of a kind are known

`statements`, `excluded` and `arc_set.data` are sets of small numbers as bits, the lowest first (`bits`): of lines, or
of positions in the file's `arcs`. `branches` and `arcs` are JSON: `[[line, [destination, ...]], ...]` and
`[[from, to], ...]`, multi-line statements told by their first line, negative numbers as coverage.py has them: entry to
(from) or exit of (to) the function or class that begins at that line. A line was run if it is in one of the arcs.
A place is a line of test code: the number of its `test_code` times 2 ** 24 plus the line; `seen.places` and
`failure.called_from` are packed by `packing.places_to_bytes`, `test_code.lines` by `fingerprints.lines_to_bytes`.
`marks` are the names of a test's pytest marks, sorted, with a space between.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import chain, compress
from operator import or_
from pathlib import Path
from typing import NamedTuple

from quality_gate_recorder.failure_tables import PHASES as PHASES
from quality_gate_recorder.failure_tables import TABLES, SeenFailures, fill, read_failures
from quality_gate_recorder.failure_tables import Phase as Phase
from quality_gate_recorder.isolation_tables import ISOLATION_TABLES, Touches, fill_touches, read_touches
from quality_gate_recorder.packing import bit, bytes_of
from quality_gate_recorder.packing import bits as bits
from quality_gate_recorder.packing import from_blob as from_blob
from quality_gate_recorder.packing import name_from_blob as _text
from quality_gate_recorder.packing import name_to_blob as _blob
from quality_gate_recorder.packing import numbers as numbers
from quality_gate_recorder.packing import to_blob as to_blob

FORMAT = 1
"""`PRAGMA user_version` of what is written here."""

NO_TEST = ""
"""The node id of what no test ran."""

Arc = tuple[int, int]

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE problem (text TEXT NOT NULL);
CREATE TABLE file (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, digest BLOB NOT NULL, statements BLOB NOT NULL,
    excluded BLOB NOT NULL, branches TEXT NOT NULL, arcs TEXT NOT NULL);
CREATE TABLE function (file_id INTEGER NOT NULL, name TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    digest BLOB NOT NULL, lines BLOB NOT NULL, PRIMARY KEY (file_id, name)) WITHOUT ROWID;
CREATE TABLE test (id INTEGER PRIMARY KEY, nodeid BLOB NOT NULL UNIQUE, path BLOB NOT NULL, outcome TEXT NOT NULL,
    seconds REAL NOT NULL, marks TEXT NOT NULL);
CREATE TABLE test_file (path BLOB PRIMARY KEY, digest BLOB NOT NULL, kind TEXT NOT NULL,
    content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE arc_set (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE executed (file_id INTEGER NOT NULL, test_id INTEGER NOT NULL, phase INTEGER NOT NULL,
    arc_set_id INTEGER NOT NULL, PRIMARY KEY (file_id, test_id, phase)) WITHOUT ROWID;
CREATE TABLE call (caller_path BLOB NOT NULL, caller TEXT NOT NULL, line INTEGER NOT NULL, path BLOB NOT NULL,
    callee TEXT NOT NULL);
"""


class Meta(NamedTuple):
    """The keys of `meta`; every value is text, "" where it is not known.

    Args:
        recorder: version of the recorder's format of `meta`.
        python, implementation: `3.11.7`, `cpython`. coverage, pytest: their versions.
        commit: hash of HEAD when the run began. dirty: "1" when the work tree differed from it, "0" when not.
        started, finished: seconds since the epoch, UTC, decimal; `finished` is "" of a run that did not end.
        exit_status: pytest's, decimal; "" of a run that did not end.
        arguments: pytest's, JSON list.
        collected: how many tests pytest was about to run, decimal.
        branches, phases, calls, failures, touches: "1" when recorded, "0" when not.
        subprocesses: "1" when Python processes that tests start were recorded, "0" when not.
        root: where the project lay, for messages only.
        chosen: "1" when whoever started the run chose a part of the tests, "0" when not.
        deselected: how many tests were collected and left out, decimal.
        beside: when the runs began that count together with this one, oldest first, JSON list (`keeping`).
        differing: files that are left out as joined runs measured different versions of them, JSON list.
        untraced: tests that took the tracer away, so that not all that they ran is known, JSON list.
        settings_choose: "1" when the project's own settings may be why tests were left out, "0" when not.
        ended_by: who ended the run with 1 though no test failed, as a clause.
    """

    recorder: str = "1"
    python: str = ""
    implementation: str = ""
    coverage: str = ""
    pytest: str = ""
    commit: str = ""
    dirty: str = ""
    started: str = ""
    finished: str = ""
    exit_status: str = ""
    arguments: str = "[]"
    collected: str = ""
    branches: str = "1"
    phases: str = "1"
    calls: str = "0"
    failures: str = "0"
    touches: str = "0"
    subprocesses: str = "0"
    root: str = ""
    chosen: str = ""
    deselected: str = ""
    beside: str = ""
    ended_by: str = ""
    differing: str = ""
    settings_choose: str = ""
    untraced: str = ""


class Function(NamedTuple):
    """A function's fingerprint, as `fingerprints` makes it; `lines` packed by `lines_to_bytes`."""

    first: int
    last: int
    digest: bytes
    lines: bytes


class Test(NamedTuple):
    """A test and how it ended.

    Args:
        path: of its file. outcome: a word of `quality_gate.runs.TestOutcome`. seconds: of all phases together.
        marks: names of its pytest marks, sorted.
    """

    path: str
    outcome: str
    seconds: float
    marks: tuple[str, ...] = ()


class TestFile(NamedTuple):
    """A file of test code.

    Args:
        digest: `fingerprints.digest_of` it. kind: `test`, `conftest` or `other` (what tests import).
        content: blake2b of its bytes, 16 bytes long: where they are the same, nobody need parse them.
    """

    digest: bytes
    kind: str
    content: bytes = b""


class Call(NamedTuple):
    """A call between functions of the project; as `quality_gate.runs.ObservedCall` has it."""

    caller_path: str
    caller: str
    line: int
    path: str
    callee: str


@dataclass(slots=True)
class File:
    """What is known of a file of the project; all but the arcs is empty in the part of a worker.

    Args:
        digest: blake2b of its bytes, 16 bytes long.
        statements, excluded: lines, as bits.
        branches: possible destinations by line, where there is more than one.
        functions: by qualified name.
        arcs: position by arc.
        executed: the arcs that were run, as bits, by (node id, phase).
    """

    digest: bytes = b""
    statements: int = 0
    excluded: int = 0
    branches: dict[int, list[int]] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    arcs: dict[Arc, int] = field(default_factory=dict)
    executed: dict[tuple[str, Phase], int] = field(default_factory=dict)

    def add(self, nodeid: str, phase: Phase, arcs: Collection[Arc]) -> None:
        """Add arcs that were run."""
        position = self.arcs
        try:  # hundreds of arcs in each phase of each test, and hardly ever a new one
            found = reduce(or_, map(bit, map(position.__getitem__, arcs)), 0)
        except KeyError:
            found = bits(position.setdefault(arc, len(position)) for arc in arcs)
        key = (nodeid, phase)
        self.executed[key] = self.executed.get(key, 0) | found

    def map_arcs(self, change: Mapping[Arc, Arc | None]) -> None:
        """Replace arcs by others, None for none; those that are not named stay."""
        if change.keys().isdisjoint(self.arcs):
            return
        position: dict[Arc, int] = {}
        others = [change.get(arc, arc) for arc in self.arcs]
        instead = [0 if arc is None else bit(position.setdefault(arc, len(position))) for arc in others]
        self.arcs = position
        for key, found in self.executed.items():
            self.executed[key] = reduce(or_, compress(instead, bytes_of(found)), 0)


@dataclass(slots=True)
class Evidence:
    """Everything that an evidence file holds."""

    meta: Meta = Meta()  # noqa: RUF009 - frozen
    problems: list[str] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    tests: dict[str, Test] = field(default_factory=dict)
    test_files: dict[str, TestFile] = field(default_factory=dict)
    calls: set[Call] = field(default_factory=set)
    failures: SeenFailures = field(default_factory=SeenFailures)
    touches: Touches = field(default_factory=Touches)


def write(evidence: Evidence, place: Path) -> None:
    """Write a file aside and rename it into place; what lies there is replaced, a link is never followed.

    Raises:
        OSError: it cannot be written.
        sqlite3.Error: likewise.
    """
    aside = place.with_name(f".{place.name}.{os.getpid()}.new")
    aside.unlink(missing_ok=True)
    try:
        connection = sqlite3.connect(aside, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.executescript(f"{_TABLES}{TABLES}{ISOLATION_TABLES}PRAGMA user_version = {FORMAT}; BEGIN;")
            _fill(connection, evidence)
            connection.execute("COMMIT")
        finally:
            connection.close()
        os.replace(aside, place)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def read(connection: sqlite3.Connection) -> Evidence:
    """Everything that an open evidence file holds.

    Args:
        connection: of a file that has been checked; a hostile one raises something, or costs memory.

    Raises:
        ValueError: the file is of another format.
        sqlite3.Error: it is no such file.
    """
    evidence = Evidence(*read_head(connection))
    tests = {0: NO_TEST}
    for number, nodeid, path, outcome, seconds, marks in connection.execute("SELECT * FROM test"):
        tests[number] = _text(nodeid)
        evidence.tests[tests[number]] = Test(_text(path), outcome, seconds, tuple(marks.split()))
    for path, *test_file in connection.execute("SELECT path, digest, kind, content FROM test_file"):
        evidence.test_files[_text(path)] = TestFile(*test_file)
    for caller_path, caller, line, path, callee in connection.execute("SELECT * FROM call"):
        evidence.calls.add(Call(_text(caller_path), caller, line, _text(path), callee))
    evidence.failures = read_failures(connection, tests)
    evidence.touches = read_touches(connection, tests)
    _read_files(connection, evidence, tests)
    return evidence


def read_head(connection: sqlite3.Connection) -> tuple[Meta, list[str]]:
    """What is known of the run as a whole, and what went wrong with it; see `read`."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != FORMAT:
        raise ValueError(f"format {version}, where {FORMAT} is known")
    known = dict(connection.execute("SELECT key, value FROM meta"))
    meta = Meta(**{key: known[key] for key in Meta._fields if key in known})
    return meta, [text for (text,) in connection.execute("SELECT text FROM problem ORDER BY rowid")]


def read_file(place: Path) -> Evidence:
    """Everything that an evidence file of one's own holds, e.g. the part that a worker has just written."""
    connection = sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        return read(connection)
    finally:
        connection.close()


def _fill(connection: sqlite3.Connection, evidence: Evidence) -> None:
    connection.executemany("INSERT INTO meta VALUES (?, ?)", evidence.meta._asdict().items())
    connection.executemany("INSERT INTO problem VALUES (?)", [(text,) for text in evidence.problems])
    # What ran in a test whose outcome nobody has reported stays that test's.
    ran = {nodeid for file in evidence.files.values() for nodeid, _ in file.executed}
    ran.update(evidence.failures.unseen, (seen.nodeid for seen in evidence.failures.seen))
    ran.update(touch.nodeid for touch in evidence.touches.found)
    names = sorted(chain(evidence.tests, ran - evidence.tests.keys() - {NO_TEST}))
    ids = {nodeid: number for number, nodeid in enumerate(names, 1)} | {NO_TEST: 0}
    unknown = Test("", "unknown", 0.0)
    connection.executemany("INSERT INTO test VALUES (?, ?, ?, ?, ?, ?)", _test_rows(names, evidence.tests, unknown))
    connection.executemany(
        "INSERT INTO test_file VALUES (?, ?, ?, ?)",
        [(_blob(path), *test_file) for path, test_file in evidence.test_files.items()],
    )
    connection.executemany(
        "INSERT INTO call VALUES (?, ?, ?, ?, ?)",
        [(_blob(one[0]), one[1], one[2], _blob(one[3]), one[4]) for one in sorted(evidence.calls)],
    )
    fill(connection, evidence.failures, ids)
    fill_touches(connection, evidence.touches, ids)
    _fill_files(connection, evidence.files, ids)


def _test_rows(
    names: Iterable[str], tests: Mapping[str, Test], unknown: Test
) -> Iterator[tuple[int, bytes, bytes, str, float, str]]:
    for number, nodeid in enumerate(names, 1):
        test = tests.get(nodeid, unknown)
        yield number, _blob(nodeid), _blob(test.path), test.outcome, test.seconds, " ".join(test.marks)


def _fill_files(connection: sqlite3.Connection, files: Mapping[str, File], tests: Mapping[str, int]) -> None:
    sets: dict[bytes, int] = {}
    for number, (path, file) in enumerate(sorted(files.items()), 1):
        connection.execute(
            "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                _blob(path),
                file.digest,
                to_blob(file.statements),
                to_blob(file.excluded),
                json.dumps(sorted(file.branches.items()), separators=(",", ":")),
                json.dumps(list(file.arcs), separators=(",", ":")),
            ),
        )
        connection.executemany(
            "INSERT INTO function VALUES (?, ?, ?, ?, ?, ?)",
            [(number, name, *function) for name, function in file.functions.items()],
        )
        rows = []
        for (nodeid, phase), found in file.executed.items():
            same = sets.setdefault(to_blob(found), len(sets) + 1)
            rows.append((number, tests[nodeid], PHASES.index(phase), same))
        connection.executemany("INSERT INTO executed VALUES (?, ?, ?, ?)", rows)
    connection.executemany("INSERT INTO arc_set VALUES (?, ?)", [(number, data) for data, number in sets.items()])


def _read_files(connection: sqlite3.Connection, evidence: Evidence, tests: Mapping[int, str]) -> None:
    files: dict[int, File] = {}
    for number, path, digest, statements, excluded, branches, arcs in connection.execute("SELECT * FROM file"):
        files[number] = evidence.files[_text(path)] = File(
            digest,
            from_blob(statements),
            from_blob(excluded),
            dict(json.loads(branches)),
            arcs={(start, end): position for position, (start, end) in enumerate(json.loads(arcs))},
        )
    for number, name, first, last, digest, lines in connection.execute("SELECT * FROM function"):
        files[number].functions[name] = Function(first, last, digest, lines)
    sets = {number: from_blob(data) for number, data in connection.execute("SELECT * FROM arc_set")}
    for number, test, phase, same in connection.execute("SELECT * FROM executed"):
        files[number].executed[tests[test], PHASES[phase]] = sets[same]
