"""The nouns of a run, frozen. Everything between a command and its text is made of these."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, get_args

import msgspec

from quality_gate_checkers.model.violation import Severity

if TYPE_CHECKING:
    from quality_gate.account import Benefits, LedgerEntry, PageName

PracticeName = Literal[
    "static-analysis",
    "critical-path-coverage",
    "failure-scenarios",
    "isolated-tests",
    "boundaries",
    "decisions",
    "impact-review",
]
"""A type, so that the configuration and its schema need no list of their own."""

PRACTICES: tuple[PracticeName, ...] = get_args(PracticeName)
"""Every practice that a configuration may name, in the order in which reports show them."""


class Outcome(enum.StrEnum):
    """What a verdict says; the order of the members is from worst to best."""

    BROKEN = "BROKEN"
    UNPROVEN = "UNPROVEN"
    WAIVED = "WAIVED"
    KEPT = "KEPT"
    EMPTY = "EMPTY"


class Mode(enum.StrEnum):
    """How far a team has come with a practice."""

    OBSERVE = "observe"
    NEW_CODE = "new-code"
    ENFORCE = "enforce"


class Stage(enum.StrEnum):
    """Where the gate stands: before a commit, before a push, in CI."""

    COMMIT = "commit"
    PUSH = "push"
    CI = "ci"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to mend: where, what, why it hurts, what to do instead.

    Lines and columns are 1-based, columns in code points, ends exclusive as editors count them.
    """

    code: str
    name: str
    severity: Severity
    message: str
    remedy: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    function: str | None
    fingerprint: str
    new: bool
    critical_path: str | None = None
    tests: tuple[str, ...] = ()
    suppressed: str | None = None
    """Why it does not count, where a suppression with a reason covers it."""
    known: bool = False
    """The baseline holds it: it does not count either."""
    essence: str = ""
    """Its identity without path, function and layout: the same when either gets another name, or lines are broken
    elsewhere."""
    line_essence: str = ""
    """The same of its line as it is written, as baselines had it before; empty where that is no other."""
    tool: str = ""
    """Whose it is; empty for our own rules."""

    @property
    def is_open(self) -> bool:
        """Whether it counts: neither suppressed nor known."""
        return self.suppressed is None and not self.known


class LineRange(msgspec.Struct, frozen=True, array_like=True):
    """Lines first to last, 1-based, both included."""

    first: int
    last: int


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One count of a verdict that has several: lines and branches.

    Args:
        unit: what is counted, in the plural.
        measured, demanded, of: counts; nothing is demanded of nothing.
    """

    unit: str
    measured: int
    demanded: int
    of: int


class FunctionCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """A function that is below its critical path's demand.

    Args:
        function: its dotted name, of module code the module's.
        line: where its `def` stands.
        measures: lines, and branches where it has some.
        missing: its lines that no test ran.
    """

    function: str
    path: str
    line: int
    measures: tuple[Measure, ...]
    missing: tuple[LineRange, ...] = ()


Level = Literal["not run", "run", "validated", "proven", "unknown"]
"""How far tests show a failure path (failure-paths.md, 2.2)."""


class FailureFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A failure path of a critical path, for people.

    Args:
        id: unique within its file; it survives moved lines.
        kind, text: what it is, and as its author wrote it.
        line: where to look: of the call that fails, else of the place itself.
        level: how far tests show it. demanded: how far they have to. is_kept: whether they do.
        tests: ids of those that show it at that level.
        why: why it is no more, as a clause.
        only_proof: no more than *run* is demanded, as only `prove` is sure to tell more.
    """

    id: str
    kind: str
    text: str
    path: str
    line: int
    function: str
    level: Level
    demanded: Level
    is_kept: bool
    tests: tuple[str, ...] = ()
    why: str = ""
    only_proof: bool = False


class FailureCell(msgspec.Struct, frozen=True, kw_only=True):
    """One failure of one dependency: what the tests of a critical path say of it.

    Args:
        name: `rejects`, `unavailable`, `slow` or `partial`.
        level, is_kept, tests, only_proof: as of the best of its failure paths.
        is_demanded: whether it counts. waived: the reason of whoever waived it.
        is_new: whether the change adds or touches one of its failure paths.
    """

    name: str
    level: Level
    is_demanded: bool
    is_kept: bool
    tests: tuple[str, ...] = ()
    only_proof: bool = False
    waived: str | None = None
    is_new: bool = False


class DependencyFailures(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the failure matrix.

    Args:
        dependency: as the catalogue or the configuration names it. called: as people speak of it: `the bank`.
        cells: those that it can have.
    """

    dependency: str
    called: str
    cells: tuple[FailureCell, ...]


class CriticalPathFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What people want to know of a critical path beside its numbers.

    Args:
        why, owner: as declared.
        members: how many functions belong to it. entries: the names of those that are declared.
        unresolved: calls of its members whose target nothing tells.
        left_out: files of the project that its calls lead to and that are on no critical path, a sentence each.
        functions: those below the demand, worst first.
        counted_tests: whose coverage was measured: `all` tests, or `unit` tests alone.
        otherwise: the measures with the other choice of tests; empty where there are no integration tests.
        dependencies: what its tests say of the failures of each dependency.
        failures: its failure paths, the least shown first. waived: how many more somebody waived with a reason.
    """

    why: str
    owner: str
    members: int
    entries: tuple[str, ...] = ()
    unresolved: int = 0
    left_out: tuple[str, ...] = ()
    functions: tuple[FunctionCoverage, ...] = ()
    counted_tests: Literal["all", "unit"] = "all"
    otherwise: tuple[Measure, ...] = ()
    dependencies: tuple[DependencyFailures, ...] = ()
    failures: tuple[FailureFacts, ...] = ()
    waived: int = 0


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a practice says of one subject.

    Args:
        subject: a critical path, or None for a practice that judges the whole project.
        measured: e.g. files without a blocking finding; with `demanded` and `of` always shown as counts.
        not_looked_at: every thing that this verdict could not see, one sentence each.
        measures: every count where there is more than one; the first is the one above.
        critical_path: more of the critical path that this verdict is about.
    """

    practice: str
    subject: str | None
    mode: Mode
    outcome: Outcome
    measured: int
    demanded: int
    of: int
    unit: str
    reason: str
    findings: tuple[Finding, ...] = ()
    not_looked_at: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    critical_path: CriticalPathFacts | None = None
    decides: bool = True
    """Whether it decides the exit code at this stage: a practice in observe does not."""


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """Everything silenced, excluded or skipped in the judged files, counted; listed where that is asked for."""

    entries: int = 0
    expired: int = 0
    without_reason: int = 0
    baseline: int = 0
    listed: tuple[LedgerEntry, ...] = ()


class NotAnalysed(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be looked at: files that are not Python to us, calls whose target no rung of the ladder knows."""

    files: int = 0
    calls: int = 0


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is new.

    Args:
        description: what was compared with what, for the report (`the index against HEAD`).
        everything: no git or no base: every line counts as new, and `description` says why.
        lines: new or touched lines by path, relative to the project's root; moved and re-indented lines are not in it.
        files: paths that the change adds or touches at all (a file whose change is only a deletion is here and not in
            `lines`).
        since: hashes of the commits with which the work tree was compared; what is gone was in each of them.
    """

    description: str
    everything: bool = False
    lines: dict[str, tuple[LineRange, ...]] = {}
    files: frozenset[str] = frozenset()
    since: tuple[str, ...] = ()

    def touches(self, path: str, first: int, last: int) -> bool:
        """Whether any line from first to last (both included) of a file is new."""
        if self.everything:
            return True
        return any(span.first <= last and first <= span.last for span in self.lines.get(path, ()))

    def holds(self, path: str) -> bool:
        """Whether a file is part of the change."""
        return self.everything or path in self.files


class RuleHelp(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule is about, for formats that carry it to where nobody can type `explain`.

    Args:
        summary: the first paragraph of its page. page: all of it, as Markdown.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    page: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a format may show.

    Args:
        project: the root folder's name.
        folder: where the project lies in its repository, with forward slashes; empty at its top. Findings name paths
            from the project's root, and platforms want them from the repository's.
        files: Python files judged.
        lines: their lines.
        notes: sentences about the run as a whole (no git, cache not usable, files left out).
        benefits: what the practices have brought, where one is adopted.
        seconds: wall time of the run, for people only.
        next: commands to type next, best first.
    """

    tool: str
    project: str
    stage: Stage
    outcome: Outcome
    verdicts: tuple[Verdict, ...]
    ledger: Ledger
    not_analysed: NotAnalysed
    files: int
    lines: int
    consequences: dict[str, str]
    """What a breach does in production, one sentence by rule name, for every rule with a finding here."""
    notes: tuple[str, ...]
    details: tuple[str, ...]
    """Shown with -v only: symlinks not followed, submodules, timings."""
    seconds: float
    next: tuple[str, ...]
    snippet: tuple[str, ...] = ()
    """Lines to paste, shown under `next` (the hook, where it is not installed)."""
    folder: str = ""
    rules: tuple[RuleHelp, ...] = ()
    """Every rule with a finding here, suppressed ones too, in code order."""
    benefits: Benefits | None = None


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """How a person wants to see a report; machine formats do not care.

    Args:
        overview: the state of a project (`report`) rather than what stands in the way (`check`).
        colour: ANSI colours. verbose: details too. quiet: only what is wrong.
    """

    overview: bool = True
    page: PageName = "overview"
    colour: bool = False
    verbose: bool = False
    quiet: bool = False


class Format:
    """A report as text of some kind: one file, one decorated pure function.

    Args:
        name: as `--format` takes it.
        render: the function; what it returns ends with a newline, or is empty where there is nothing to say.
    """

    __slots__ = ("name", "render")

    def __init__(self, name: str, render: Callable[[Report, Look], str]) -> None:
        self.name = name
        self.render = render


def format_(name: str) -> Callable[[Callable[[Report, Look], str]], Format]:
    """Make a format of a function."""

    def made(render: Callable[[Report, Look], str]) -> Format:
        return Format(name, render)

    return made
