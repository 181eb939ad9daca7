"""Coverage files of every kind for tests, written by hand: what other tools write, and what forgers do."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

PAY = """import bank


def charge(order):
    if order > 3:
        raise ValueError(
            order,
        )
    return bank.take(order)


def refund(order):  # pragma: no cover
    return bank.give(order)
"""
"""Lines 1, 4, 5, 6, 9, 12, 13 are statements; 5 leads to 6 and 9."""

Arc = tuple[int, int]

OK = "tests/test_pay.py::test_ok|run"
ARCS: Mapping[str, list[Arc]] = {
    "": [(-1, 1), (1, 4), (4, 12), (12, -1)],
    OK: [(-4, 5), (5, 9), (9, -4)],
    "tests/test_pay.py::test_other|setup": [(-4, 5), (5, 9), (9, -4)],
}
"""What ran of it, by context: the import, and a test that was charged."""


def project(root: Path, files: Mapping[str, str] | None = None) -> list[str]:
    """Write a project's files and return their paths."""
    files = files if files is not None else {"shop/__init__.py": "", "shop/pay.py": PAY}
    for path, source in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(source.encode())
    return sorted(files)


def data_file(place: Path, files: Mapping[str, Mapping[str, Iterable[Arc]]], *, schema: int = 7) -> Path:
    """A data file of coverage.py.

    Args:
        files: the arcs that were run, by context, by file.
    """
    connection = sqlite3.connect(place)
    connection.executescript(
        """
        CREATE TABLE coverage_schema (version integer);
        CREATE TABLE meta (key text, value text, unique (key));
        CREATE TABLE file (id integer primary key, path text, unique (path));
        CREATE TABLE context (id integer primary key, context text, unique (context));
        CREATE TABLE line_bits (file_id integer, context_id integer, numbits blob, unique (file_id, context_id));
        CREATE TABLE arc (file_id integer, context_id integer, fromno integer, tono integer,
            unique (file_id, context_id, fromno, tono));
        CREATE TABLE tracer (file_id integer primary key, tracer text);
        INSERT INTO meta VALUES ('has_arcs', '1');
        """
    )
    connection.execute("INSERT INTO coverage_schema VALUES (?)", (schema,))
    contexts = {name: number for number, name in enumerate(dict.fromkeys(c for f in files.values() for c in f), 1)}
    connection.executemany("INSERT INTO context VALUES (?, ?)", [(number, name) for name, number in contexts.items()])
    for number, (path, ran) in enumerate(files.items(), 1):
        connection.execute("INSERT INTO file VALUES (?, ?)", (number, path))
        for context, arcs in ran.items():
            connection.executemany(
                "INSERT INTO arc VALUES (?, ?, ?, ?)", [(number, contexts[context], *a) for a in arcs]
            )
    connection.commit()
    connection.close()
    return place


def json_file(place: Path, files: Mapping[str, object] | None = None, **meta: object) -> Path:
    """A report of `coverage json`."""
    pay = {
        "executed_lines": [1, 4, 5, 9],
        "missing_lines": [6],
        "excluded_lines": [12, 13],
        "executed_branches": [[5, 9]],
        "missing_branches": [[5, 6]],
        "contexts": {"1": [""], "9": [OK]},
    }
    about = {"format": 3, "version": "7.17.3", "branch_coverage": True, "show_contexts": True, **meta}
    place.write_text(json.dumps({"meta": about, "files": {"shop/pay.py": pay} if files is None else files}))
    return place


LINES = """
<line number="1" hits="1"/><line number="4" hits="1"/>
<line number="5" hits="1" branch="true" condition-coverage="50% (1/2)" missing-branches="6"/>
<line number="6" hits="0"/><line number="9" hits="2"/>
"""


def xml_file(place: Path, lines: str = LINES, *, name: str = "pay.py", source: str = "/app/shop") -> Path:
    """A report of `coverage xml`."""
    place.write_text(
        f"""<?xml version="1.0" ?>
        <!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
        <coverage line-rate="0.8" branch-rate="0.5" branches-valid="2" branches-covered="1" version="7.17.3">
        <sources><source>{source}</source></sources>
        <packages><package name="shop"><classes>
        <class name="pay.py" filename="{name}"><methods/><lines>{lines}</lines></class>
        </classes></package></packages></coverage>"""
    )
    return place


RECORD = """SF:shop/pay.py
DA:1,1
DA:4,1
DA:5,1
DA:6,0
DA:9,2
LF:5
LH:4
FN:4,9,charge
FNDA:1,charge
BRDA:5,0,jump to line 6,0
BRDA:5,0,jump to line 9,1
BRF:2
BRH:1
end_of_record
"""


def lcov_file(place: Path, records: str = RECORD) -> Path:
    """A report of `coverage lcov`."""
    place.write_bytes(records.encode())
    return place
