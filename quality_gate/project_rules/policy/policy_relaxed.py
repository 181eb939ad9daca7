"""QG610 policy-relaxed: a change that lowers the bar it is measured with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from quality_gate.bench import Bench, project_rule
from quality_gate.fingerprints import essence, fingerprint
from quality_gate.model import Finding
from quality_gate.policy.relaxations import Relaxation
from quality_gate.project_rules._findings import LONGEST
from quality_gate_checkers.settings import printable

CODE, NAME = "QG610", "policy-relaxed"

_REMEDY = "take it back, or have it approved from outside the change: --approved-by NAME"


@project_rule(CODE, NAME, linked=True, practice="policy")
def policy_relaxed(bench: Bench) -> Iterator[Finding]:
    """The change asks less of itself than the merge base did: a threshold, a mode, a critical path, an exclusion.

    At the ci stage the change is judged by the stricter of two policies, its own and the merge base's, key by key. What
    its own asks less is told here, with whom to ask: the owner that the merge base names.

    Compared are all of `[tool.quality-gate]`, entries of the baseline, the hook in `.pre-commit-config.yaml`, the step
    in CI files, critical files that were moved out of their pattern, comments on critical paths that silence rules or
    declared the path, and lines of `.gitattributes` that hide files from diffs. To ask more needs nobody's word, and
    neither does the first table, nor an entry or pattern that names a moved file's code where it lies now.

    ## In production
    The code that the business depends on ships less checked than the team agreed on, and nobody has decided that.

    ## Severity
    An error for what opens this gate. A warning, which never blocks, for what a person should look at: comments that
    silence other tools on a critical path, an entry whose function was renamed, sources that diffs no longer show.

    ## Approval
    It comes from outside the change: `quality-gate check --approved-by NAME`, or `ci --approved-by NAME`, filled by the
    CI from a label or a review that only maintainers can give. Then the change's own policy counts, and every
    relaxation is told as approved by NAME. Nothing in the tree approves anything, and no environment variable does:
    tests of the change could set it. Where the change edits the CI file that says who approves, nobody has.

    ## Bad
    ```diff
     [tool.quality-gate.critical-paths.payments]
    -line = 90
    +line = 50
    ```

    ## Good
    ```diff
     [tool.quality-gate.critical-paths.payments]
    -line = 90
    +line = 95
    ```

    ## When not to use it
    It cannot be switched off and no comment silences it. Where the base has no table of ours there is nothing to relax.

    ## What it cannot see
    CI that asks the gate through a script of the project's, a step that is skipped by a condition, branch protection.
    A critical file whose code was moved and rewritten at once.
    What a pull request does to its own CI file is for the platform to guard: let a code owner own that file.
    """
    change = bench.policy
    counts: Counter[str] = Counter()
    for relaxed in change.relaxations:
        text = f"{relaxed.what}: {relaxed.before} → {relaxed.after}"
        yield _finding(relaxed, text, counts[text], change.approved_by)
        counts[text] += 1


def _finding(relaxed: Relaxation, text: str, ordinal: int, approved_by: str) -> Finding:
    """Made here and not where others are: no comment of the change silences it."""
    asked = f"; ask {relaxed.owner}" if relaxed.owner else ""
    return Finding(
        code=CODE,
        name=NAME,
        severity=relaxed.severity,
        message=printable(f"{text}{asked}", LONGEST),
        remedy=_REMEDY,
        path=relaxed.file,
        line=relaxed.line,
        column=1,
        end_line=relaxed.line,
        end_column=1,
        function=None,
        fingerprint=fingerprint(CODE, relaxed.file, None, text, ordinal),
        essence=essence(CODE, text, ordinal),
        new=True,
        critical_path=relaxed.critical_path or None,
        suppressed=f"approved by {printable(approved_by, LONGEST)}" if approved_by else None,
    )
