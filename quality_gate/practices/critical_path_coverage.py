"""critical-path-coverage: lines and branches of what must not break, and of what changes."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench, ProjectRule, practice
from quality_gate.model import Finding, Mode, PracticeName, Verdict
from quality_gate.practices._verdicts import named_and_not_found, nothing_declared

NAME: PracticeName = "critical-path-coverage"


@practice(NAME)
def critical_path_coverage(bench: Bench, mode: Mode) -> Iterator[Verdict]:
    """Is the code that the business depends on tested?

    Line and branch coverage of every critical path, and of the lines that a change adds or touches. A critical path is
    declared in `[tool.quality-gate.critical-paths.NAME]` or by a comment `# quality-gate: critical[NAME]` on a function
    or class; everything that it calls in the project belongs to it (`quality-gate paths` shows by which chain).

    A path is KEPT when its lines and its branches, summed over its functions, reach the demand (80 percent each when
    left out) and no function with a branch is wholly unrun. Functions below the demand are listed, worst first, and do
    not block by themselves. Lines that are excluded from the team's own coverage report count all the same.

    Of changed lines 80 percent have to be run. With fewer than twenty of them no ratio is judged; instead every changed
    line on a critical path has to be run.

    At a push and in CI the tests that the change deletes are named, with the critical paths whose functions they named;
    that blocks nothing. A test that was renamed, moved or merged into another one is not deleted.

    ## Evidence
    `quality-gate test` runs the tests and records it; `--coverage FILE` names coverage of another source. A function
    whose source, module or tests have changed since is UNPROVEN; its neighbours keep their evidence. At the ci stage
    that ends with 3, before it is mentioned.

    ## Modes
    `observe`, the default, reports. `new-code` blocks what the change touches: changed lines, and changed functions
    that are wholly unrun. `enforce` blocks on the whole path too. At the commit stage nothing is linked: what belongs
    to a path is what belonged to it when it was last linked, and only what the commit touches is judged.

    ## What it cannot see
    Whether the tests check what they run. Calls that nothing in the source tells: `quality-gate paths` lists them.
    A lambda counts with the function that it stands in.

    ## Configuration
    ```toml
    [tool.quality-gate.practices]
    critical-path-coverage = "new-code"

    [tool.quality-gate.critical-paths.payments]
    why = "Money moves here: a wrong state is a refund and a lost customer."
    owner = "@shop/payments"
    entry = ["shop.api.checkout:create_order"]
    ```
    """
    if not bench.has_critical_paths:
        yield nothing_declared(NAME, mode)
        return
    # Loaded here: the commit hook of a project without critical paths needs none of it.
    from quality_gate.practices._change_verdict import change_verdict
    from quality_gate.practices._path_verdict import path_verdict, touched_verdict

    findings = bench.marked(NAME, mode, list(_findings(bench)))
    narrow = not bench.whole and (mode is Mode.NEW_CODE or bench.critical.remembered is not None)
    for coverage in bench.coverage:
        if narrow:
            yield from touched_verdict(bench, mode, coverage, findings)
        else:
            yield path_verdict(bench, mode, coverage, findings)
    yield from named_and_not_found(bench, NAME, mode, "lines")
    yield from change_verdict(bench, mode, findings)


def _findings(bench: Bench) -> Iterator[Finding]:
    from quality_gate.project_rules import coverage
    from quality_gate_checkers.plug import collect

    for rule in collect(coverage, ProjectRule):
        yield from rule.check(bench)
