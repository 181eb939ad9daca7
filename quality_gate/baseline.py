"""The baseline: findings that were there when a practice was adopted. It is written once and then only shrinks.

Known is a finding, not a number of them: one mended and another one made shows. What is known has its fingerprint;
where that is not found any more, the same finding may have moved with its file or its function, or its statement may be
formatted anew, which is told from what is left over on both sides and never forgives a finding that the change makes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from quality_gate.baseline_file import PRUNE, Baseline, Entry, entries_in_order
from quality_gate.model import Finding, Mode, Outcome, PracticeName, Verdict

NEVER = frozenset({"not-analysed", "critical-path-below-demand", "changed-lines-unrun", "changed-critical-line-unrun"})
"""Rules whose findings no baseline holds: a sum, which could sink unseen, what a change does, and what nobody saw."""

_LEFT_OVER = 2_000_000
"""Pairs of entry and finding that are looked at; beyond it they are told by their fingerprints alone."""


class Surroundings(msgspec.Struct, frozen=True):
    """What else there is to know where fingerprints do not tell.

    Args:
        is_gone: whether the file or the function that an entry names is not there any more.
        versions: of the rules of this installation, by code; asked only when something is left over.
        is_touched: whether the change adds or touches a finding; not so where nobody can tell what is new.
    """

    is_gone: Callable[[Entry], bool]
    versions: Callable[[], Mapping[str, int]]
    is_touched: Callable[[Finding], bool] = lambda finding: finding.new


def found_of(
    entries: Sequence[Entry], findings: Iterable[Finding], around: Surroundings
) -> dict[Entry, tuple[Finding, ...]]:
    """The findings that a baseline knows, by entry; entries whose finding is gone are not in it.

    Args:
        entries: of one practice.
        findings: of the same practice; suppressed ones need no entry.
    """
    open_ones = [one for one in findings if one.suppressed is None and one.name not in NEVER]
    by_fingerprint: dict[str, list[Finding]] = {}
    for one in open_ones:
        by_fingerprint.setdefault(one.fingerprint, []).append(one)
    found = {
        entry: tuple(by_fingerprint[entry.fingerprint]) for entry in entries if entry.fingerprint in by_fingerprint
    }
    taken = {entry.fingerprint for entry in found}
    lost = [entry for entry in entries if entry not in found]
    others = [one for one in open_ones if one.fingerprint not in taken and not one.new]
    if lost and others and len(lost) * len(others) <= _LEFT_OVER:
        found |= _moved(lost, others, around)
    return found


def _moved(lost: Sequence[Entry], others: Sequence[Finding], around: Surroundings) -> dict[Entry, tuple[Finding, ...]]:
    """One finding for one entry, so that what is known never grows."""
    versions = around.versions()
    left = sorted(others, key=lambda one: (one.path, one.line, one.column))
    found: dict[Entry, tuple[Finding, ...]] = {}
    for entry in lost:
        near = next((one for one in left if _is_same(entry, one, versions, around)), None)
        if near is not None:
            found[entry] = tuple(one for one in left if one.fingerprint == near.fingerprint)
            left = [one for one in left if one.fingerprint != near.fingerprint]
    return found


def _is_same(entry: Entry, one: Finding, versions: Mapping[str, int], around: Surroundings) -> bool:
    if entry.code != code_of(one):
        return False
    if entry.version < versions.get(entry.code, entry.version):  # that version told its findings in another way
        return entry.path == one.path and entry.function == (one.function or "")
    if entry.essence not in (one.essence, one.line_essence):
        return False
    if (entry.path, entry.function) == (one.path, one.function or ""):
        return True  # it is formatted anew
    is_near = entry.path == one.path or local_name(entry.path, entry.function) == local_name(one.path, one.function)
    return is_near and around.is_gone(entry)


def local_name(path: str, function: str | None) -> str:
    """A function's name within its module; "" for module code.

    Args:
        path: the module's file. function: dotted from the source root, which may lie anywhere above the file.
    """
    parts = (function or "").split(".")
    module = path.rpartition(".")[0].removesuffix("/__init__").split("/")
    for length in range(min(len(module), len(parts)), 0, -1):
        if module[-length:] == parts[:length]:
            return ".".join(parts[length:])
    return ".".join(parts)


def marked(entries: Sequence[Entry], findings: Sequence[Finding], around: Surroundings) -> Sequence[Finding]:
    """Findings of one practice, those that the baseline holds marked as known.

    What the change adds or touches is not among them: enforce never lets through what new-code would block.
    """
    if not entries:
        return findings
    known = {one.fingerprint for held in found_of(entries, findings, around).values() for one in held}
    return [
        msgspec.structs.replace(one, known=True) if one.fingerprint in known and _may_be_known(one, around) else one
        for one in findings
    ]


def _may_be_known(one: Finding, around: Surroundings) -> bool:
    return one.suppressed is None and one.name not in NEVER and not around.is_touched(one)


class Standing(msgspec.Struct, frozen=True):
    """How the entries of one practice stand.

    Args:
        found: entries as they would be written today.
        gone: entries whose finding is not there any more.
        moved: how many of `found` stand elsewhere in the file than they would be written today.
        unsettled: entries of a rule that this installation does not have in that version.
        unseen: entries of which nobody can tell, since what they are about was not judged.
    """

    found: tuple[Entry, ...] = ()
    gone: tuple[Entry, ...] = ()
    moved: int = 0
    unsettled: tuple[Entry, ...] = ()
    unseen: tuple[Entry, ...] = ()


def standing(
    entries: Sequence[Entry],
    verdicts: Iterable[Verdict],
    around: Surroundings,
    is_judged: Callable[[Entry], bool],
    *,
    rewriting: bool = False,
) -> Standing:
    """How the entries of one practice stand after a run.

    Args:
        verdicts: of that practice.
        is_judged: whether the run would have seen an entry's finding.
        rewriting: entries that are found get their rule's version of today, for which all rules are loaded.
    """
    held = [finding for verdict in verdicts for finding in verdict.findings]
    found = found_of(entries, held, around)
    lost = [entry for entry in entries if entry not in found]
    judged = [entry for entry in lost if is_judged(entry)]
    versions = around.versions() if lost or rewriting else {}
    today = {entry: _today(entry, ones[0], versions.get(entry.code, entry.version)) for entry, ones in found.items()}
    edited = _edited(judged, (one for one in held if one.is_open), around)
    settled = [entry for entry in judged if tool_of(entry.code) or versions.get(entry.code) == entry.version]
    return Standing(
        found=entries_in_order(today.values()),
        gone=tuple(entry for entry in settled if entry not in edited),
        moved=sum(msgspec.structs.replace(entry, essence=now.essence) != now for entry, now in today.items()),
        unsettled=tuple(entry for entry in judged if entry not in set(settled)),
        unseen=tuple(entry for entry in lost if entry not in set(judged) or entry in edited),
    )


def _today(entry: Entry, finding: Finding, version: int) -> Entry:
    """An entry as it would be written now.

    One from before essences were of statements gets only one thing new at a time, its place or its essence, so that
    the merge base's entry and this one can be told to be the same.
    """
    now = entry_of(entry.practice, finding, version)
    if entry.essence == finding.line_essence and entry.fingerprint != now.fingerprint:
        return msgspec.structs.replace(now, essence=entry.essence)
    return now


def _edited(lost: Sequence[Entry], findings: Iterable[Finding], around: Surroundings) -> set[Entry]:
    """Entries that the change may only have edited: it touches a finding of the same rule in the same function.

    That one blocks as it is; to call the entry fixed beside it would be wrong as often as right.
    """
    touched = Counter((code_of(one), one.path, one.function or "") for one in findings if around.is_touched(one))
    found: set[Entry] = set()
    for entry in lost:
        place = entry.code, entry.path, entry.function
        if touched[place]:
            touched[place] -= 1
            found.add(entry)
    return found


def code_of(finding: Finding) -> str:
    """A rule's code as a baseline has it: another tool's codes are told apart by the tool."""
    return f"{finding.tool.replace(':', ' ')}:{finding.code}" if finding.tool else finding.code


def tool_of(code: str) -> str:
    """The tool whose rule a code of a baseline is; empty for ours."""
    return code.partition(":")[0] if ":" in code else ""


def entry_of(practice: str, finding: Finding, version: int) -> Entry:
    """What a baseline says of a finding."""
    return Entry(
        practice,
        finding.path,
        finding.function or "",
        code_of(finding),
        "-".join(finding.name.split()),
        version,
        finding.fingerprint,
        finding.essence,
    )


def is_adoptable(finding: Finding, around: Surroundings) -> bool:
    """Whether a finding is one that a practice's adoption may leave for later."""
    return finding.severity == "error" and _may_be_known(finding, around)


def with_gone(verdicts: Sequence[Verdict], standings: Mapping[str, Standing]) -> tuple[Verdict, ...]:
    """Verdicts, and behind those of each practice in enforce one on its baseline where that lists what is fixed."""
    found: list[Verdict] = []
    last = {verdict.practice: verdict for verdict in verdicts}
    for verdict in verdicts:
        found.append(verdict)
        held = standings.get(verdict.practice)
        if held is not None and held.gone and verdict is last[verdict.practice] and verdict.mode is Mode.ENFORCE:
            found.append(_fixed(verdict.practice, held))
    return tuple(found)


def _fixed(practice: str, held: Standing) -> Verdict:
    of, gone = len(held.found) + len(held.gone), len(held.gone)
    first = f"{held.gone[0].rule} in {held.gone[0].path}"
    more = f" and {gone - 1} more" if gone > 1 else ""
    return Verdict(
        practice=practice,
        subject=None,
        mode=Mode.ENFORCE,
        outcome=Outcome.BROKEN,
        measured=of - gone,
        demanded=of,
        of=of,
        unit="baseline entries",
        reason=f"fixed and still in the baseline: {first}{more}; type {PRUNE}",
    )


def told(practice: PracticeName | str, held: Standing) -> list[str]:
    """What a report mentions of a practice's baseline, beside its verdicts."""
    said = []
    if held.moved:
        said.append(f"{_entries(held.moved)} of {practice} moved with file, function, layout or rule: {PRUNE} follows")
    if held.unsettled:
        what = "of a rule that this version of quality-gate does not have, or has in another version"
        said.append(f"{_entries(len(held.unsettled))} of {practice} {what}: {PRUNE} takes them out")
    return [f"baseline: {one}" for one in said]


def ratcheted(before: Baseline, after: Baseline, enforced: Collection[str]) -> tuple[Baseline, tuple[Entry, ...]]:
    """What of a change's baseline counts, and which entries came to it: it only ever shrinks.

    Args:
        before: as the merge base has it. after: as the change has it.
        enforced: practices that the merge base enforces. To adopt another one asks more, whatever is known of it.
    """
    adopting = set(after.adopted) - set(before.adopted) - set(enforced)
    left: dict[tuple[str, ...], list[Entry]] = {}
    for entry in sorted(set(before.entries).difference(after.entries)):
        left.setdefault(_kind(entry), []).append(entry)
    held = set(before.entries)
    added = [entry for entry in after.entries if entry not in held and entry.practice not in adopting]
    for asks in (_is_there_too, _follows):  # else the first could take what another one is the only match of
        rest, added = added, []
        for entry in rest:
            lost = left.get(_kind(entry), [])
            old = next((one for one in lost if asks(entry, one)), None)
            if old is None:
                added.append(entry)
            else:
                lost.remove(old)
    counting = set(after.entries).difference(added)
    return Baseline(after.adopted, entries_in_order(counting)), tuple(added)


def _kind(entry: Entry) -> tuple[str, ...]:
    return entry.practice, entry.code


def _is_there_too(now: Entry, old: Entry) -> bool:
    """Whether it follows at its own place."""
    return (old.path, old.function) == (now.path, now.function) and _follows(now, old)


def _follows(now: Entry, old: Entry) -> bool:
    """Whether an entry is another one, written anew after its finding moved or its rule changed."""
    if old.version != now.version:
        return old.version < now.version and (old.path, old.function) == (now.path, now.function)
    if old.fingerprint == now.fingerprint:
        return True  # written before essences were of statements
    is_near = old.path == now.path or local_name(old.path, old.function) == local_name(now.path, now.function)
    return old.essence == now.essence and is_near


def _entries(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"


def without(baseline: Baseline, standings: Mapping[str, Standing]) -> Baseline:
    """A baseline less what is fixed; entries of which nobody can tell stay, and nothing is ever added."""
    kept: list[Entry] = []
    for practice in baseline.adopted:
        held = standings.get(practice)
        kept += baseline.of(practice) if held is None else (*held.found, *held.unseen)
    return Baseline(baseline.adopted, entries_in_order(kept))
