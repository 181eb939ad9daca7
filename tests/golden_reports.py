"""Fixed reports, and the comparison of what formats make of them with `tests/golden/*`.

`UPDATE_GENERATED=1 pytest` writes the files instead; read the difference before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from quality_gate.model import (
    CriticalPathFacts,
    DependencyFailures,
    FailureCell,
    FailureFacts,
    Finding,
    FunctionCoverage,
    Ledger,
    LineRange,
    Measure,
    Mode,
    NotAnalysed,
    Outcome,
    Report,
    Stage,
    Verdict,
)

GOLDEN = Path(__file__).resolve().parent / "golden"

CONSEQUENCES = {
    "silent-failure": "The call fails, nobody is told, and the first report comes from a customer.",
    "call-without-deadline": "One worker after the other hangs, until none is left.",
    "not-analysed": "Whatever is wrong in this file, the gate cannot tell.",
    "dependency-failure-untested": "The dependency fails for the first time while a customer waits.",
    "critical-function-unrun": "The business depends on it, and it runs for the first time when a customer needs it.",
}


def assert_golden(name: str, text: str) -> None:
    """Compare a text with a file of `tests/golden`, byte by byte."""
    file = GOLDEN / name
    if os.environ.get("UPDATE_GENERATED") == "1":
        file.write_bytes(text.encode())
    assert file.read_bytes().decode() == text, "UPDATE_GENERATED=1 pytest writes it"


def finding(number: int = 1, **changed: object) -> Finding:
    """A finding; equal numbers, equal findings."""
    made = Finding(
        code="QG101",
        name="silent-failure",
        severity="error",
        message="requests.post() fails and it goes unnoticed",
        remedy="log it at warning or above with what was lost, count it, or let it rise",
        path="shop/events.py",
        line=10 + number,
        column=5,
        end_line=10 + number,
        end_column=34,
        function="shop.events.publish",
        fingerprint=f"{number:020x}",
        new=True,
    )
    return msgspec.structs.replace(made, **changed)


def verdict(*findings: Finding, **changed: object) -> Verdict:
    """A verdict of static-analysis; broken unless something else is said."""
    made = Verdict(
        practice="static-analysis",
        subject=None,
        mode=Mode.NEW_CODE,
        outcome=Outcome.BROKEN,
        measured=211,
        demanded=214,
        of=214,
        unit="files",
        reason="new code: the index against HEAD",
        findings=findings,
    )
    return msgspec.structs.replace(made, **changed)


NO_PATH = Verdict(
    practice="critical-path-coverage",
    subject=None,
    mode=Mode.OBSERVE,
    outcome=Outcome.EMPTY,
    measured=0,
    demanded=0,
    of=0,
    unit="critical paths",
    reason="nothing to measure: no critical path declared",
    decides=False,
)


def report(*verdicts: Verdict, **changed: object) -> Report:
    """A report over a shop of 214 files."""
    made = Report(
        tool="quality-gate 0.1.0",
        project="shop",
        stage=Stage.COMMIT,
        outcome=Outcome.BROKEN,
        verdicts=verdicts,
        ledger=Ledger(),
        not_analysed=NotAnalysed(),
        files=214,
        lines=43_210,
        consequences=CONSEQUENCES,
        notes=(),
        details=(),
        seconds=1.14,
        next=("quality-gate explain shop/events.py:11",),
    )
    return msgspec.structs.replace(made, **changed)


DEADLINE = finding(
    2,
    code="QG201",
    name="call-without-deadline",
    message="session.get() has no deadline: requests waits for ever unless told otherwise",
    remedy="pass timeout=(3.05, 10)",
    path="shop/bank.py",
    function="shop.bank.Gateway.charge",
)
WARNING = finding(
    3,
    code="QG105",
    name="todo-in-handler",
    severity="warning",
    message="the handler says TODO",
    remedy="decide it now, or open a ticket",
    path="shop/rates.py",
)
SUPPRESSED = finding(4, suppressed="telemetry only, PAY-812", path="shop/telemetry.py")
OLD = finding(5, new=False, path="shop/old.py")
NOT_ANALYSED = finding(
    6,
    code="QG901",
    name="not-analysed",
    message="not analysed: it is not UTF-8",
    remedy="convert the file to UTF-8",
    path="shop/legacy.py",
    function=None,
)

FEW = report(verdict(finding(), DEADLINE, WARNING), NO_PATH)
MANY = report(
    verdict(
        *(finding(number, path=f"shop/m{number:02}.py") for number in range(23)),
        DEADLINE,
        msgspec.structs.replace(DEADLINE, line=40),
        WARNING,
    ),
    NO_PATH,
)
EVERYTHING = report(
    verdict(
        finding(tests=("tests/test_pay.py::test_ok",), critical_path="payments"),
        SUPPRESSED,
        OLD,
        NOT_ANALYSED,
        reason="new code: the index against HEAD; 1 older finding does not block",
        not_looked_at=("12 calls not resolved: nothing in the module tells what is called", "1 file not analysed"),
    ),
    verdict(
        practice="critical-path-coverage",
        subject="payments",
        mode=Mode.ENFORCE,
        outcome=Outcome.UNPROVEN,
        measured=0,
        demanded=0,
        of=0,
        unit="",
        reason="the coverage of payments cannot be had; type quality-gate test",
        not_looked_at=("the coverage of payments cannot be had",),
        decides=False,
    ),
    stage=Stage.CI,
    ledger=Ledger(entries=3, expired=1, without_reason=1),
    not_analysed=NotAnalysed(files=1, calls=12),
    notes=("running without a cache: database is locked",),
    details=("symbolic link, not followed: shop/link.py",),
    snippet=("", "  - repo: https://example.org/quality-gate"),
)
KEPT = report(
    verdict(measured=3, demanded=3, of=3, outcome=Outcome.KEPT),
    NO_PATH,
    outcome=Outcome.KEPT,
    next=("quality-gate report",),
)
WAIVED = report(
    verdict(SUPPRESSED, measured=214, outcome=Outcome.WAIVED),
    NO_PATH,
    outcome=Outcome.WAIVED,
    next=("quality-gate report",),
)
EMPTY = report(
    verdict(measured=0, demanded=0, of=0, outcome=Outcome.EMPTY, reason="nothing to measure: no Python file"),
    NO_PATH,
    outcome=Outcome.EMPTY,
    files=0,
    lines=0,
    next=("quality-gate report",),
)
UNPROVEN = report(
    verdict(NOT_ANALYSED, measured=0, demanded=1, of=1, outcome=Outcome.UNPROVEN),
    NO_PATH,
    outcome=Outcome.UNPROVEN,
    files=1,
    next=("quality-gate explain shop/legacy.py:16",),
)
OLD_ONLY = report(
    verdict(OLD, measured=1, demanded=1, of=1, outcome=Outcome.KEPT),
    NO_PATH,
    outcome=Outcome.KEPT,
    next=("quality-gate report",),
)


def counts(lines: tuple[int, int, int], branches: tuple[int, int, int]) -> tuple[Measure, ...]:
    """Lines and branches: measured, demanded, of."""
    return tuple(
        Measure(unit=unit, measured=measured, demanded=demanded, of=of)
        for unit, (measured, demanded, of) in (("lines", lines), ("branches", branches))
        if of
    )


def below(name: str, lines: tuple[int, int], branches: tuple[int, int], *missing: tuple[int, int]) -> FunctionCoverage:
    """A function below the demand of 80 percent."""
    measures = counts((lines[0], 0, lines[1]), (branches[0], 0, branches[1]))
    spans = tuple(LineRange(*span) for span in missing)
    return FunctionCoverage(function=f"shop.{name}", path="shop/pay.py", line=40, measures=measures, missing=spans)


def path(name: str, outcome: Outcome, *findings: Finding, facts: CriticalPathFacts, **changed: object) -> Verdict:
    """A verdict on a critical path."""
    measures = changed.pop("measures", ())
    found = {} if not measures else {key: getattr(measures[0], key) for key in ("measured", "demanded", "of")}
    return verdict(
        *findings,
        subject=name,
        mode=Mode.ENFORCE,
        outcome=outcome,
        measures=measures,
        critical_path=facts,
        **(
            {"practice": "critical-path-coverage", "unit": "lines", "measured": 0, "demanded": 0, "of": 0}
            | found
            | changed
        ),
    )


UNRUN = finding(
    7,
    code="QG320",
    name="critical-function-unrun",
    message="Gateway.refund() is on the critical path payments and no test runs it: 0 of 4 lines, 0 of 2 branches; "
    "reached by Refunds.refund (refunds.py:40) -> Gateway.refund",
    remedy="write a test that comes here, or end the path before it with `stop`",
    path="shop/bank.py",
    function="shop.bank.Gateway.refund",
    critical_path="payments",
    new=False,
)
PATHS = report(
    verdict(measured=3, demanded=3, of=3, outcome=Outcome.KEPT),
    path(
        "payments",
        Outcome.BROKEN,
        UNRUN,
        measures=counts((84, 90, 112), (20, 24, 30)),
        reason="1 function with branches run by no test",
        facts=CriticalPathFacts(
            why="Money moves here: a wrong state is a refund and a lost customer.",
            owner="@shop/payments",
            members=31,
            entries=("shop.checkout.Checkout.place", "shop.pay.StoredCardPayments.charge", "shop.a.b", "shop.c.d"),
            unresolved=1,
            functions=(
                below("bank.Gateway.refund", (0, 4), (0, 2), (44, 47)),
                below("pay.charge", (9, 20), (1, 2), (12, 12), (14, 19), (30, 31), (40, 40), (50, 50), (60, 61)),
                below("pay.g", (9, 10), (1, 4)),
                *(below(f"pay.f{number}", (1, 2), (0, 0), (9, 9)) for number in range(3)),
            ),
            otherwise=counts((61, 90, 112), (9, 24, 30)),
        ),
    ),
    path(
        "stock",
        Outcome.KEPT,
        measures=counts((2_345, 1_900, 2_375), (0, 0, 0)),
        reason="2 functions",
        facts=CriticalPathFacts(why="", owner="", members=2, entries=("shop.stock.reserve",)),
    ),
    path(
        "receipts",
        Outcome.UNPROVEN,
        reason="no tests recorded yet; type quality-gate test",
        not_looked_at=("critical path receipts: the coverage of 1 of 1 function, whose evidence is missing or stale",),
        facts=CriticalPathFacts(why="The tax office wants it.", owner="", members=1, entries=("shop.receipts.send",)),
    ),
    verdict(
        practice="critical-path-coverage",
        mode=Mode.ENFORCE,
        outcome=Outcome.EMPTY,
        measured=0,
        demanded=0,
        of=0,
        reason="nothing to measure: fewer than 20 changed lines, none on a critical path",
    ),
)


def cell(name: str, level: str, *tests: str, kept: bool | None = None, **more: object) -> FailureCell:
    """A cell of the failure matrix; shown as far as is demanded where its level says so."""
    is_kept = level in ("validated", "proven") if kept is None else kept
    demanded = name in ("rejects", "unavailable")
    return FailureCell(name=name, level=level, is_demanded=demanded, is_kept=is_kept, tests=tests, **more)


def failure(number: int, level: str, *, kept: bool = False, **changed: object) -> FailureFacts:
    """A failure path; equal numbers, equal paths."""
    made = FailureFacts(
        id=f"f:raise:{number:04x}",
        kind="raise",
        text="raise Declined(order)",
        path="shop/pay.py",
        line=10 + number,
        function="Gateway.charge",
        level=level,
        demanded="validated",
        is_kept=kept,
        tests=("tests/test_pay.py::TestPay::test_declined[card]",) if level not in ("not run", "unknown") else (),
        why="no check of the outcome ran after it" if level == "run" else "",
    )
    return msgspec.structs.replace(made, **changed)


BANK = DependencyFailures(
    dependency="bank",
    called="the bank",
    cells=(
        cell("rejects", "validated", "tests/test_pay.py::test_declined_card_leaves_no_paid_order"),
        cell("unavailable", "not run"),
        cell("slow", "not run"),
    ),
)
DATABASE = DependencyFailures(
    dependency="psycopg",
    called="the database (psycopg)",
    cells=(
        cell("rejects", "run", "tests/test_pay.py::test_twice"),
        cell("unavailable", "unknown"),
        cell("partial", "run", "tests/test_pay.py::TestPay::test_half", kept=True),
    ),
)
CACHE = DependencyFailures(
    dependency="redis",
    called="the cache (redis)",
    cells=(
        cell("rejects", "not run", kept=False, waived="the cache never says no, PAY-9"),
        cell("unavailable", "run", "tests/test_pay.py::test_down", kept=True, only_proof=True),
        cell("slow", "proven", "tests/test_pay.py::test_slow"),
    ),
)
BANK_SILENT = finding(
    8,
    code="QG301",
    name="dependency-failure-untested",
    message="What if the bank does not answer? No test says: gw.capture() in Gateway.charge() can raise BankTimeout, "
    "handled at line 11; 0 of the 4 tests that run Gateway.charge() make it fail so. Nearest happy test: test_ok.",
    remedy="try `gw.capture.side_effect = BankTimeout` and check what must hold then",
    critical_path="payments",
    path="shop/pay.py",
    function="shop.pay.Gateway.charge",
    tests=("tests/test_pay.py::test_ok",),
    new=False,
)
FAILURES = report(
    verdict(measured=3, demanded=3, of=3, outcome=Outcome.KEPT),
    path(
        "payments",
        Outcome.KEPT,
        measures=counts((96, 90, 112), (26, 24, 30)),
        reason="31 functions",
        facts=CriticalPathFacts(
            why="Money moves here.",
            owner="@shop/payments",
            members=31,
            entries=("shop.checkout.Checkout.place",),
        ),
    ),
    path(
        "payments",
        Outcome.BROKEN,
        BANK_SILENT,
        practice="failure-scenarios",
        unit="failure paths",
        measures=(
            Measure(unit="failure paths", measured=5, demanded=10, of=12),
            Measure(unit="dependency failures", measured=2, demanded=5, of=5),
        ),
        reason="no test says what happens when the bank does not answer, or the database (psycopg) says no",
        facts=CriticalPathFacts(
            why="Money moves here.",
            owner="@shop/payments",
            members=31,
            dependencies=(BANK, DATABASE, CACHE),
            failures=(
                *(failure(number, "not run", text=f"raise Declined(order, {number})") for number in range(3)),
                failure(3, "unknown", text="return self._client.post(url, json=body, headers=headers_of(order))"),
                failure(4, "run"),
                failure(5, "run", function="charge", path="shop/card.py"),
                failure(6, "run", function="charge"),
                *(failure(number, "validated", kept=True) for number in range(7, 11)),
                failure(11, "proven", kept=True),
            ),
            waived=1,
        ),
    ),
    path(
        "stock",
        Outcome.KEPT,
        practice="failure-scenarios",
        unit="failure paths",
        measures=(Measure(unit="failure paths", measured=1, demanded=1, of=1),),
        reason="2 functions",
        facts=CriticalPathFacts(why="", owner="", members=2, failures=(failure(1, "proven", kept=True),)),
    ),
    path(
        "receipts",
        Outcome.EMPTY,
        practice="failure-scenarios",
        unit="failure paths",
        reason="nothing to measure: nothing on it can fail",
        facts=CriticalPathFacts(why="The tax office wants it.", owner="", members=1),
    ),
)

HOSTILE_TEXT = "::error::x ##[error]y ###[z] ##vso[task] \x1b]8;;http://e\x07\x9b31m\r\n\u202e\ufe0f\ud800\udce9`|<"
HOSTILE = report(
    verdict(
        finding(
            message=HOSTILE_TEXT,
            remedy=HOSTILE_TEXT,
            path=HOSTILE_TEXT,
            function=HOSTILE_TEXT,
            critical_path=HOSTILE_TEXT,
            tests=(HOSTILE_TEXT,),
        ),
        finding(2, path=":"),
        finding(3, suppressed=HOSTILE_TEXT),
        reason=HOSTILE_TEXT,
        subject=HOSTILE_TEXT,
        not_looked_at=(HOSTILE_TEXT,),
    ),
    path(
        HOSTILE_TEXT,
        Outcome.BROKEN,
        finding(4, name="critical-function-unrun", critical_path=HOSTILE_TEXT),
        reason=HOSTILE_TEXT,
        measures=counts((0, 1, 1), (0, 0, 0)),
        facts=CriticalPathFacts(
            why=HOSTILE_TEXT,
            owner=HOSTILE_TEXT,
            members=1,
            entries=(HOSTILE_TEXT,),
            unresolved=2,
            functions=(below(HOSTILE_TEXT, (0, 1), (0, 0), (1, 1)),),
        ),
    ),
    path(
        HOSTILE_TEXT,
        Outcome.BROKEN,
        practice="failure-scenarios",
        reason=HOSTILE_TEXT,
        facts=CriticalPathFacts(
            why=HOSTILE_TEXT,
            owner=HOSTILE_TEXT,
            members=1,
            dependencies=(
                DependencyFailures(
                    dependency=HOSTILE_TEXT,
                    called=f"the {HOSTILE_TEXT}",
                    cells=(cell("rejects", "run", HOSTILE_TEXT), cell("slow", "not run", waived=HOSTILE_TEXT)),
                ),
            ),
            failures=(
                failure(
                    1,
                    "run",
                    text=HOSTILE_TEXT,
                    path=HOSTILE_TEXT,
                    function=HOSTILE_TEXT,
                    id=HOSTILE_TEXT,
                    why=HOSTILE_TEXT,
                    tests=(HOSTILE_TEXT,),
                ),
            ),
        ),
    ),
    project=HOSTILE_TEXT,
    notes=(HOSTILE_TEXT,),
    details=(HOSTILE_TEXT,),
    next=(HOSTILE_TEXT,),
)
REPORTS = {
    "few": FEW,
    "many": MANY,
    "everything": EVERYTHING,
    "kept": KEPT,
    "waived": WAIVED,
    "empty": EMPTY,
    "unproven": UNPROVEN,
    "old-only": OLD_ONLY,
    "paths": PATHS,
    "failures": FAILURES,
    "hostile": HOSTILE,
}
