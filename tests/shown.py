"""Hand-made failure paths with how far tests show them, and a bench that holds them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import msgspec

from graphs import SmallCodebase, SmallRuns, file_runs
from quality_gate.bench import Bench
from quality_gate.bench_linked import Linked
from quality_gate.codebase.critical_paths import CriticalPaths, resolve
from quality_gate.config import CriticalPath
from quality_gate.errors import Missing
from quality_gate.failure_levels import NearTest, SeenType, ShownPath, ShownPaths
from quality_gate.failure_paths import Failure, FailurePath, FallibleCall, Handler, Waiver
from quality_gate.model import Change, LineRange, Stage
from quality_gate_checkers.model.inspection import Inspection, Suppression
from quality_gate_checkers.settings import Settings

TODAY = datetime.date(2026, 11, 22)
PATH = "shop/pay.py"
NO_CHANGE = Change(description="the index against HEAD")
SOURCE = "def pay(order):\n" + "".join(f"    x{number} = {number}\n" for number in range(2, 41))
"""`pay` has the lines 2 to 40."""

TESTS = ("tests/test_pay.py::test_pay_is_paid", "tests/test_shop.py::test_all", "tests/test_x.py::TestPay::test_b")

REJECTS = Failure("shop.bank.CardDeclined", "bank", "rejects")
UNAVAILABLE = Failure("shop.bank.BankTimeout", "bank", "unavailable")


def place(line: int, kind: str = "raise", **more: object) -> FailurePath:
    """A failure path of `pay`; equal lines and kinds, equal paths."""
    made = FailurePath(
        id=f"pay:{kind}:{line}",
        kind=kind,  # type: ignore[arg-type]
        path=PATH,
        function="pay",
        line=line,
        last=line,
        column=9,
        text="raise Declined(order)",
        types=("shop.pay.Declined",),
    )
    return msgspec.structs.replace(made, **more)


def call_at(line: int, text: str = "gw.capture(order)") -> FallibleCall:
    """A call that fits on one line."""
    return FallibleCall("shop.bank.Gateway.capture", text, line, 9, line, 9 + len(text), remote=True)


def handled(line: int, *failures: Failure, at: int | None = None, **handler: object) -> FailurePath:
    """A call whose failures a handler two lines below catches."""
    where = at or line + 2
    caught = tuple(one.type for one in failures)
    return place(
        where + 1,
        "handler call",
        id=f"pay:handler-call:{line}:{where}",
        text="gw.capture(order)",
        types=caught,
        call=call_at(line),
        failures=failures,
        handler=Handler(where, caught, **handler),  # type: ignore[arg-type]
    )


def unwinding(line: int, *failures: Failure, kind: str = "unwind", text: str = "gw.capture(order)") -> FailurePath:
    """A call whose failures leave the function."""
    types = tuple(one.type for one in failures)
    return place(line, kind, text=text, types=types, call=call_at(line, text), failures=failures)


def entering(line: int, name: str = "shop.bank.BankTimeout", **handler: object) -> FailurePath:
    """The entry of a handler, whose `except` stands one line above."""
    short = name.rpartition(".")[2]
    held = Handler(line - 1, (name,), **handler)  # type: ignore[arg-type]
    return place(line, "handler", text=f"except {short}", types=(name,), handler=held)


def shown(path: FailurePath, level: str = "not run", *tests: str, **more: object) -> ShownPath:
    """How far tests show a path; three tests ran the function unless something else is said."""
    found = tests or (("tests/test_pay.py::test_fails",) if level in ("run", "validated", "proven") else ())
    given: dict[str, object] = {"running": (*TESTS, *found)} | more
    if "types" in given:
        given["seen"] = tuple(seen_as(name, level, *found) for name in given.pop("types"))  # type: ignore[attr-defined]
    return ShownPath(path=path, level=level, tests=found, **given)  # type: ignore[arg-type]


def seen_as(name: str, level: str, *tests: str) -> SeenType:
    """An exception that tests made happen, and how far they show it."""
    return SeenType(name=name, level=level, tests=tests)  # type: ignore[arg-type]


def unknown(line: int, **more: object) -> ShownPath:
    """A path of which the evidence cannot tell."""
    return shown(place(line), "unknown", **({"why": "the evidence cannot tell"} | more))


def waived(path: FailurePath, until: str | None = None) -> FailurePath:
    """The same path with somebody's word that it need not be tested."""
    return msgspec.structs.replace(path, waiver=Waiver(path.line, "PAY-1", until))


def changed(*spans: tuple[int, int]) -> Change:
    """A change of some lines of the one file."""
    lines = {PATH: tuple(LineRange(*span) for span in spans)}
    return Change(description="the index against HEAD", lines=lines, files=frozenset({PATH}))


def bench_of(
    found: Sequence[ShownPath],
    *,
    failure: int = 80,
    change: Change = NO_CHANGE,
    whole: bool = False,
    stage: Stage = Stage.CI,
    problems: tuple[str, ...] = (),
    runs: SmallRuns | Missing | None = None,
    remembered: str | None = None,
    suppressions: tuple[Suppression, ...] = (),
    never: tuple[FailurePath, ...] = (),
    declared: bool = True,
    nearest: NearTest | None = None,
    later: str = "",
    edges: Sequence[tuple[str, str]] = (),
    settings: Settings = Settings(),  # noqa: B008 - frozen
) -> Bench:
    """A bench over a project of one file whose `pay` is the critical path `payments`.

    Args:
        found: its failure paths. problems: of their listing. runs: the evidence, else that of a whole run.
        edges: calls, by name. settings: the project's.
        later: why tests that nobody has recorded may show more of `pay`.
        nearest: the test nearest to all of them, else the first that runs their function.
    """
    codebase = SmallCodebase({PATH: SOURCE}, edges)
    table = {"payments": CriticalPath(entry=("shop.pay:pay",), failure=failure)} if declared else {}
    resolved = resolve(codebase, table, [PATH], lambda path: False)
    evidence = runs or SmallRuns(file_runs(PATH, SOURCE, unrun=()))

    def recorded() -> SmallRuns:
        if isinstance(evidence, Missing):
            raise evidence
        return evidence

    def near(path: FailurePath) -> NearTest | None:
        running = (test for one in found if one.path == path for test in one.running)
        return nearest or next((NearTest(test, is_happy=True) for test in running), None)

    return Bench(
        stage=stage,
        whole=whole,
        today=TODAY,
        critical_paths=tuple(table),
        settings=settings,
        change=lambda: change,
        inspections=lambda: {PATH: Inspection(40, suppressions=suppressions)},
        linked=Linked(
            codebase=lambda: codebase,
            critical=lambda: CriticalPaths(resolved.paths, remembered),
            definitions_in=codebase.definitions_in,
            runs=recorded,
            failures=lambda path: ShownPaths(shown=tuple(found), never=never, problems=problems),
            nearest=near,
            tests_since=lambda path, function: later,
        ),
    )
