"""What `quality-gate check` does, however it was called."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from quality_gate.cli._assemble import Run, exit_code
from quality_gate.cli._call import Call
from quality_gate.cli._linters import Tools
from quality_gate.cli._next import with_next
from quality_gate.cli._options import Options, stage_of
from quality_gate.cli._output import emit_all, paired
from quality_gate.evidence.git.git_calls import Begun
from quality_gate.model import Report, Stage


def gate(call: Call, begun: Begun | None = None) -> int:
    """Judge, print and give the exit code.

    Args:
        begun: what git has begun with.

    Raises:
        UsageError, UsageErrors: what was asked for cannot be done.
    """
    options = Options(config=call.config, color=call.color, quiet=call.quiet, verbose=call.verbose)
    _refuse_absent(call.coverage)
    pairs = paired(call.formats, call.outputs)
    run = Run(
        options,
        stage_of(call.stage, os.environ),
        call.files,
        whole=False,
        all_files=call.all_files,
        coverage=call.coverage,
        approved_by=call.approved_by,
        tools=Tools(call.linters, call.sarif),
        begun=begun,
    )
    report = run.report(_following)
    emit_all(pairs, report, options.look(overview=False))
    return exit_code(report.outcome)


def _following(report: Report, run: Run) -> Report:
    told = with_next(report)
    if run.stage is Stage.COMMIT:
        return told
    from quality_gate.cli._deleted import with_deleted  # nothing for the commit hook

    return with_deleted(told, run.bench)


def _refuse_absent(coverage: Sequence[Path]) -> None:
    """The commit stage reads a coverage file only where a critical path is touched, and a misspelt one never."""
    if coverage:
        from quality_gate.evidence.coverage.foreign_coverage import refuse_absent

        for file in coverage:
            refuse_absent(file, str(file))
