"""What other tools say, as findings: new or old, each with an identity that survives moved lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from quality_gate.bench import Bench
from quality_gate.fingerprints import essence, fingerprint
from quality_gate.linting import ToolResult
from quality_gate.model import Change, Finding, Mode
from quality_gate_checkers.settings import printable

_LONGEST = 600
"""Characters of a message and of a remedy."""


def tool_findings(bench: Bench, mode: Mode) -> Iterator[Finding]:
    """Findings of the files that are judged: in new-code mode those of the change, in a report all.

    New is a finding whose first line is: a tool may mark a whole function for what stands in its `def`.
    """
    linted = bench.linted
    counts: Counter[tuple[str, str, str]] = Counter()
    for result in sorted(linted.results, key=lambda one: (one.path, one.line, one.column)):
        identity = (_code(result), result.path, result.text)
        ordinal = counts[identity]
        counts[identity] += 1
        is_python = result.path.endswith((".py", ".pyi"))
        change = bench.change if is_python or linted.elsewhere is None else linted.elsewhere
        if bench.whole or mode is not Mode.NEW_CODE or change.holds(result.path):
            yield _finding(result, change, ordinal)


def _code(result: ToolResult) -> str:
    return f"{result.tool}:{result.code}"


def _finding(result: ToolResult, change: Change, ordinal: int) -> Finding:
    code = _code(result)
    return Finding(
        tool=printable(result.tool, _LONGEST),
        code=printable(result.code, _LONGEST),
        name=printable(result.name, _LONGEST),
        severity=result.severity,
        message=printable(" ".join(result.message.split()), _LONGEST),
        remedy=printable(" ".join(result.remedy.split()), _LONGEST),
        path=result.path,
        line=result.line,
        column=result.column,
        end_line=result.end_line,
        end_column=result.end_column,
        function=None,
        fingerprint=fingerprint(code, result.path, None, result.text, ordinal),
        essence=essence(code, result.text, ordinal),
        new=change.touches(result.path, result.line, result.line),
    )
