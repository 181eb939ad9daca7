"""QG901 not-analysed: what the gate says of files that it could not look at."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.bench import Bench, project_rule
from quality_gate.fingerprints import fingerprint
from quality_gate.model import Finding

CODE, NAME = "QG901", "not-analysed"


@project_rule(CODE, NAME)
def not_analysed(bench: Bench) -> Iterator[Finding]:
    """A file that could not be analysed: it does not parse, is not UTF-8, is too large or cannot be read.

    In new-code mode it ends the gate with 3 when the change adds or touches the file, in enforce mode always: a file
    that nobody looked at is never counted as kept.

    ## In production
    Whatever is wrong in this file, the gate cannot tell.

    ## Bad
    ```text
    def charge(order)      <- does not parse
    ```

    ## Good
    ```python
    def charge(order): ...
    ```

    ## When not to use it
    List vendored or generated files under `[tool.quality-gate.roles] vendored = [...]`; they are then not judged.
    """
    for path, inspection in bench.inspections.items():
        fault = inspection.fault
        if fault is not None:
            yield Finding(
                code=CODE,
                name=NAME,
                severity="error",
                message=f"not analysed: {fault.reason}",
                remedy=fault.remedy,
                path=path,
                line=fault.line,
                column=1,
                end_line=fault.line,
                end_column=1,
                function=None,
                fingerprint=fingerprint(CODE, path, None, fault.reason, 0),
                new=bench.change.holds(path),
            )
