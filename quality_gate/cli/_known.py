"""What a run knows of the baseline: read once, asked by the bench, compared with what was found."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from quality_gate.baseline import Standing, Surroundings, local_name, marked, standing, told, tool_of, with_gone
from quality_gate.baseline_file import NAME, Baseline, Entry, read_baseline
from quality_gate.evidence.git.command import GitError
from quality_gate.ledger import counts
from quality_gate.model import Finding, Ledger, Mode, Outcome, PracticeName, Stage, Verdict

if TYPE_CHECKING:
    from quality_gate.cli._assemble import Run
    from quality_gate.evidence.coverage.exclusions import Exclusion

_SEEN_BY_RULES = "static-analysis"
"""The practice whose findings need no test run."""


class KnownFindings:
    """The baseline of one run.

    Args:
        run: whose project it is.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._defined: dict[str, frozenset[str]] = {}

    def read(self) -> None:
        """Read it before anything is judged.

        Raises:
            UsageErrors: it cannot be read.
        """
        _ = self._read

    @cached_property
    def _read(self) -> Baseline | None:
        return self._run.ratcheted(read_baseline(self._run.root))

    @property
    def baseline(self) -> Baseline:
        """What is known; nothing where there is no baseline."""
        return self._read or Baseline()

    @property
    def ledger(self) -> Ledger:
        """How much the ledger lists; the configuration of coverage aside at the commit hook, which does not read it."""
        bench = self._run.bench
        excluded = () if bench.stage is Stage.COMMIT and not bench.whole else self.exclusions
        return counts(bench.inspections.values(), excluded, self.baseline.entries, bench.today)

    @cached_property
    def exclusions(self) -> Sequence[Exclusion]:
        """What the configuration of coverage leaves out."""
        from quality_gate.evidence.coverage.exclusions import exclusions_in

        return exclusions_in(self._run.root)

    @cached_property
    def around(self) -> Surroundings:
        """What tells where fingerprints do not."""
        return Surroundings(self._is_gone, _versions, self._is_touched)

    def marked(self, practice: PracticeName, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Findings of a practice, known ones marked."""
        return marked(self.baseline.of(practice), findings, self.around)

    def compared(self, verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
        """Verdicts against the baseline: what is fixed must leave it, and it must not be gone."""
        if self._read is None:
            return tuple(map(self._after_loss, verdicts)) if self._is_lost(verdicts) else verdicts
        standings = self.standings(verdicts)
        for practice, held in standings.items():
            self._run.notes.extend(told(practice, held))
            if held.gone and all(one.mode is not Mode.ENFORCE for one in verdicts if one.practice == practice):
                self._run.notes.append(
                    f"baseline: {len(held.gone)} of {len(self.baseline.of(practice))} findings of {practice} that it "
                    "lists are fixed: quality-gate baseline --prune"
                )
        return with_gone(verdicts, standings)

    def standings(self, verdicts: Sequence[Verdict], *, rewriting: bool = False) -> dict[str, Standing]:
        """How the entries of each adopted practice stand."""
        found = {}
        for practice in self.baseline.adopted:
            own = [verdict for verdict in verdicts if verdict.practice == practice]
            entries = self.baseline.of(practice)
            found[practice] = standing(entries, own, self.around, self._judging(own), rewriting=rewriting)
        return found

    def _judging(self, verdicts: Sequence[Verdict]) -> Callable[[Entry], bool]:
        """Whether the run has looked where an entry's finding was.

        Before the code is linked, in new-code mode and where FILES are named, what is not found may be there. So it may
        where a verdict is not proven, or could not see everything that test runs tell.
        """
        bench = self._run.bench
        linked = bench.whole or (bench.stage is not Stage.COMMIT and all(one.mode is Mode.ENFORCE for one in verdicts))
        is_proven = bool(verdicts) and all(
            one.outcome is not Outcome.UNPROVEN and (one.practice == _SEEN_BY_RULES or not one.not_looked_at)
            for one in verdicts
        )
        readable = all(held.fault is None for held in bench.inspections.values())
        if not linked or not is_proven or not readable or self._run.names_files:
            return lambda entry: False
        heard = {"", *(tool.replace(":", " ") for tool in bench.linted.heard)}
        return lambda entry: tool_of(entry.code) in heard and self._is_there(entry)

    def _is_there(self, entry: Entry) -> bool:
        """Whether the run has looked at the file that an entry names, or the file is not there any more."""
        bench = self._run.bench
        return entry.path in bench.inspections or not self._is_left_out_of_checkout(entry.path)

    def _is_left_out_of_checkout(self, path: str) -> bool:
        """Whether git tracks a file that a sparse checkout has not laid down."""
        git, place = self._run.git, self._run.root / path
        if git is None or os.path.lexists(place):
            return False
        change = self._run.bench.change
        if not change.everything and change.holds(path):
            return False
        inner = os.path.relpath(place, git.top)
        try:
            return bool(git.run("ls-files", "-z", "--", inner))
        except GitError:
            return True

    def _is_touched(self, finding: Finding) -> bool:
        return finding.new and not self._run.bench.change.everything

    @cached_property
    def _files(self) -> frozenset[str]:
        return frozenset(self._run.everything)

    def _is_gone(self, entry: Entry) -> bool:
        """Whether the file that an entry names is not there, or does not define its function any more."""
        if entry.path not in self._files:
            return not os.path.lexists(self._run.root / entry.path)
        if not entry.function:
            return False
        if entry.path not in self._defined:
            named = self._run.bench.definitions_in(entry.path)
            self._defined[entry.path] = frozenset(local_name(entry.path, one.name) for one in named)
        defined = self._defined[entry.path]
        return bool(defined) and local_name(entry.path, entry.function) not in defined

    def _is_lost(self, verdicts: Sequence[Verdict]) -> bool:
        """Whether the change takes the baseline away; only CI has to prove that it does not."""
        if self._run.stage is not Stage.CI or all(one.mode is not Mode.ENFORCE for one in verdicts):
            return False
        change = self._run.bench.change
        return not change.everything and change.holds(NAME)

    def _after_loss(self, verdict: Verdict) -> Verdict:
        if verdict.mode is not Mode.ENFORCE or verdict.outcome in (Outcome.BROKEN, Outcome.UNPROVEN, Outcome.EMPTY):
            return verdict
        what = f"{NAME} was there at the merge base and is gone"
        base = self._run.bench.change.description.rpartition("(")[2].removesuffix(")")
        return msgspec.structs.replace(
            verdict,
            outcome=Outcome.UNPROVEN,
            reason=f"{what}; type git checkout {base} -- {NAME}",
            not_looked_at=(*verdict.not_looked_at, what),
        )


def _versions() -> Mapping[str, int]:
    from quality_gate.cli._pages import all_rules

    return {rule.code: rule.version for rule in all_rules()}
