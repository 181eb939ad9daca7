"""One evidence of several: of workers, of the processes that tests start, of sharded runs."""

from __future__ import annotations

from collections.abc import Iterable

from quality_gate_recorder.evidence_file import Evidence, File, Test, numbers


def merge(parts: Iterable[Evidence]) -> Evidence:
    """One evidence of several, e.g. of workers or of sharded runs.

    What the first part says of a file, a test file and the run counts. A file that was measured on other bytes in a
    later part is left out altogether, with a problem that names it.
    """
    whole: Evidence | None = None
    differing: set[str] = set()
    for part in parts:
        if whole is None:
            whole = Evidence(part.meta)
        whole.problems += [problem for problem in part.problems if problem not in whole.problems]
        whole.calls |= part.calls
        whole.failures.add(part.failures)
        whole.touches.add(part.touches)
        for nodeid, test in part.tests.items():
            known = whole.tests.get(nodeid)
            whole.tests[nodeid] = test if known is None else _worse(known, test)
        for path, test_file in part.test_files.items():
            whole.test_files.setdefault(path, test_file)
        for path, file in part.files.items():
            if not _take(whole.files.setdefault(path, File()), file):
                differing.add(path)
    whole = whole or Evidence()
    for path in sorted(differing):
        del whole.files[path]
        whole.problems.append(f"{path} was measured in different versions, so what was run of it is not known")
    return whole


_WORSE = ("unknown", "skipped", "xfailed", "xpassed", "passed", "rerun", "error", "failed")


def _worse(one: Test, other: Test) -> Test:
    """A test that ran in two parts counts by its worse outcome; one that was skipped in one of them by the other."""
    outcome = max(one.outcome, other.outcome, key=lambda word: _WORSE.index(word) if word in _WORSE else 0)
    return Test(one.path or other.path, outcome, one.seconds + other.seconds, one.marks or other.marks)


def _take(whole: File, part: File) -> bool:
    """Add a part's file to the whole's; False where both know its bytes and they differ."""
    if part.digest and whole.digest and part.digest != whole.digest:
        return False
    if part.digest and not whole.digest:
        whole.digest, whole.statements, whole.excluded = part.digest, part.statements, part.excluded
        whole.branches, whole.functions = part.branches, part.functions
    if not whole.executed:
        whole.arcs, whole.executed = dict(part.arcs), dict(part.executed)
        return True
    arcs = list(part.arcs)
    for (nodeid, phase), found in part.executed.items():
        whole.add(nodeid, phase, [arcs[number] for number in numbers(found)])
    return True
