"""What tests touched of the world around them, as it stands in an evidence file, which tells of the tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from quality_gate_recorder.failure_tables import PHASES, Phase
from quality_gate_recorder.packing import name_from_blob, name_to_blob

Kind = Literal["network", "machine", "itself", "process", "sleep", "environment", "module"]
KINDS: tuple[Kind, ...] = ("network", "machine", "itself", "process", "sleep", "environment", "module")
"""As they are numbered in the table."""

ISOLATION_TABLES = """
CREATE TABLE touch (test_id INTEGER NOT NULL, phase INTEGER NOT NULL, kind INTEGER NOT NULL, what BLOB NOT NULL,
    seconds REAL NOT NULL, path BLOB NOT NULL, line INTEGER NOT NULL, test_path BLOB NOT NULL,
    test_line INTEGER NOT NULL);
CREATE TABLE not_watched (kind INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (kind, reason)) WITHOUT ROWID;
"""


class Touch(NamedTuple):
    """Something of the world around it that a test touched, or left changed.

    Args:
        kind: `network`: another host was asked for or connected to; `machine`: a port of this one that nobody of this
            process serves; `itself`: one that this process serves; `process`: one was started; `sleep`: the test
            waited; `environment`, `module`: left changed when the test and its tear-down were over.
        what: `host:port`, the program, the function that slept, the variable, `module.attribute`.
        seconds: slept there in all, else 0.
        path, line: the innermost place in code of the project or its tests, of `module` the module; "" and 0 where
            there is none.
        test_path, test_line: the innermost place in code of tests, else where the test begins; likewise.
    """

    nodeid: str
    phase: Phase
    kind: Kind
    what: str
    seconds: float
    path: str
    line: int
    test_path: str
    test_line: int


@dataclass(slots=True)
class Touches:
    """All that was seen of what tests touched.

    Args:
        found: in any order. not_watched: why not all of a kind was seen, by kind, a clause each.
    """

    found: set[Touch] = field(default_factory=set)
    not_watched: dict[Kind, set[str]] = field(default_factory=dict)

    def add(self, other: Touches) -> None:
        """Add what another process saw."""
        self.found |= other.found
        for kind, reasons in other.not_watched.items():
            self.not_watched[kind] = self.not_watched.get(kind, set()) | reasons

    def not_all(self, kind: Kind, reason: str) -> None:
        """Note why not all of a kind is seen, as a clause."""
        self.not_watched.setdefault(kind, set()).add(reason)


def fill_touches(connection: sqlite3.Connection, touches: Touches, tests: Mapping[str, int]) -> None:
    """Write the tables.

    Args:
        tests: their numbers.
    """
    rows = [_row(touch, tests[touch.nodeid]) for touch in sorted(touches.found)]
    connection.executemany("INSERT INTO touch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    reasons = [(KINDS.index(kind), text) for kind, texts in touches.not_watched.items() for text in texts]
    connection.executemany("INSERT INTO not_watched VALUES (?, ?)", sorted(reasons))


def _row(touch: Touch, test: int) -> tuple[object, ...]:
    return (
        test,
        PHASES.index(touch.phase),
        KINDS.index(touch.kind),
        name_to_blob(touch.what),
        touch.seconds,
        name_to_blob(touch.path),
        touch.line,
        name_to_blob(touch.test_path),
        touch.test_line,
    )


def read_touches(connection: sqlite3.Connection, tests: Mapping[int, str]) -> Touches:
    """The opposite of `fill_touches`.

    Args:
        tests: node ids by number.
    """
    touches = Touches()
    for test, phase, kind, what, seconds, path, line, test_path, test_line in connection.execute("SELECT * FROM touch"):
        texts = name_from_blob(what), name_from_blob(path), name_from_blob(test_path)
        touches.found.add(
            Touch(tests[test], PHASES[phase], KINDS[kind], texts[0], seconds, texts[1], line, texts[2], test_line)
        )
    for kind, reason in connection.execute("SELECT kind, reason FROM not_watched"):
        touches.not_all(KINDS[kind], reason)
    return touches
