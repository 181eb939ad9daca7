"""Critical paths that a team may start with: a handful, each with concrete functions and what speaks for them.

A function speaks for itself by its name, by the request or job that it answers, by what stands behind it, by whom it
asks, by its branches, by its callers and by how often its file is changed. These are added up to tell which comes
first, and the sum is shown to nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from quality_gate.codebase.starting.candidates import MOST_REACHED, Candidate, History
from quality_gate.codebase.starting.themes import ACTS, Theme
from quality_gate.counting import counted

_MOST_PATHS = 5
_MOST_ENTRIES = 3
"""Of one path."""

_MOST_OF_ONE = 5
"""Of a path that is the only one: what the whole project is about."""

_MOST_HOT = 2
"""Paths that no word of the business speaks for."""

_LOOKED_INTO = 40
"""Of one theme: what stands behind a function takes time to find."""

_LEAST = 13
"""What has to speak for a function; below it stands whatever has a promising name and nothing else."""

_LEAST_HOT = 14

_LITTLE = 1
"""By so much a function may weigh less than what it leads to, and still be where a path begins."""

_FEWEST_COMMITS = 20
"""Of a history that is told: one change of one commit says nothing."""


class Entry(msgspec.Struct, frozen=True):
    """A function that a path begins at.

    Args:
        name: `shop.pay:Till.charge`. path: its file.
        reason: what speaks for it, a sentence without its end.
    """

    name: str
    path: str
    reason: str


class Proposal(msgspec.Struct, frozen=True):
    """A critical path.

    Args:
        name, why: as of the configuration's table.
        is_known: whether `why` is what such code is known for, and not only what was counted.
        entries: the one that most speaks for first.
    """

    name: str
    why: str
    is_known: bool
    entries: tuple[Entry, ...]


class _Judged(msgspec.Struct, frozen=True, eq=False):
    """A function and what speaks for it; the higher the weight, the more."""

    candidate: Candidate
    weight: int
    asks: tuple[str, ...]


def propose(
    found: Iterable[Candidate], history: History, dependency: Callable[[str], str | None]
) -> tuple[Proposal, ...]:
    """The critical paths to start with, the one that most speaks for first.

    Args:
        found: functions of production code.
        history: how often files were changed.
        dependency: see `Candidate.asks`.
    """
    every = list(found)
    by_theme = _by_theme(every)
    themed = [(theme, chosen) for theme, held in by_theme.items() if (chosen := _chosen(held, theme, dependency))]
    if len(themed) == 1:
        ((theme, _),) = themed
        themed = [(theme, _chosen(by_theme[theme], theme, dependency, _MOST_OF_ONE))]
    themed.sort(key=lambda pair: (-pair[1][0].weight, pair[0].name))
    kept = list(_apart(themed))[: _MOST_PATHS - 1]
    taken = frozenset().union(*(_members(chosen) for _, chosen in kept))
    hot = _hot([one for one in every if one.definition.name not in taken], dependency)
    new = [one for one in hot if 2 * len(_members([one]) & taken) < len(_members([one]))]
    proposals = [_proposal(theme.name, theme.why, chosen, history) for theme, chosen in kept]
    room = min(_MOST_HOT, _MOST_PATHS - len(proposals))
    names = {proposal.name for proposal in proposals}
    return (*proposals, *(_hot_proposal(one, names, history) for one in new[:room]))


def _apart(themed: Iterable[tuple[Theme, list[_Judged]]]) -> Iterator[tuple[Theme, list[_Judged]]]:
    """Each that is not, for the most part, what one before it is already."""
    seen: list[frozenset[str]] = []
    for theme, chosen in themed:
        members = _members(chosen)
        if all(2 * len(members & other) <= len(members | other) for other in seen):
            seen.append(members)
            yield theme, chosen


def _members(chosen: Sequence[_Judged]) -> frozenset[str]:
    """The functions that a path of these entries has."""
    return frozenset().union(*({one.candidate.definition.name, *one.candidate.reached} for one in chosen))


def _by_theme(every: Sequence[Candidate]) -> dict[Theme, list[Candidate]]:
    found: dict[Theme, list[Candidate]] = {}
    for candidate in every:
        for theme in candidate.themes:
            found.setdefault(theme, []).append(candidate)
    return found


def _chosen(
    held: Sequence[Candidate], theme: Theme, dependency: Callable[[str], str | None], most: int = _MOST_ENTRIES
) -> list[_Judged]:
    """The functions that most speaks for, none of which leads to another; none that looks, tells or prepares."""
    acting = (one for one in held if one.acts >= 0)
    near = sorted(acting, key=lambda one: (-_at_a_glance(one, theme), one.definition.name))[:_LOOKED_INTO]
    judged = [_judged(one, _at_a_glance(one, theme) + theme.weight, dependency) for one in near]
    enough = [one for one in judged if one.weight >= _LEAST + theme.weight]
    chosen: list[_Judged] = []
    for one in sorted((one for one in enough if not _stands_behind(one, enough)), key=_order):
        if len(chosen) < most and not _stands_behind(one, chosen) and not _stands_before(one, chosen):
            chosen.append(one)
    return chosen


def _stands_behind(one: _Judged, others: Iterable[_Judged]) -> bool:
    """Whether another one, for which as much speaks but for a little, leads to it: then that is where it begins."""
    name, least = one.candidate.definition.name, one.weight - _LITTLE
    return any(name in other.candidate.reached and other.weight >= least and other is not one for other in others)


def _stands_before(one: _Judged, others: Iterable[_Judged]) -> bool:
    return any(other.candidate.definition.name in one.candidate.reached for other in others)


def _order(one: _Judged) -> tuple[int, str]:
    return -one.weight, one.candidate.definition.name


def _at_a_glance(one: Candidate, theme: Theme | None) -> int:
    """What speaks for a function before anybody has looked what stands behind it."""
    own = theme is not None and _is_named_for(one, theme)
    around = theme is not None and not theme.words.isdisjoint(one.around)
    said = 5 * own + 3 * around + 3 * one.acts
    return said + 4 * bool(one.starts) + _steps(one.branches, 4) + _steps(one.changes, 4)


def _is_named_for(one: Candidate, theme: Theme) -> bool:
    """Whether at least half of its name is about the theme or about doing something: `reset_password`, not
    `payer_auth_validation_check`."""
    telling = sum(word in theme.words or word in ACTS for word in one.words)
    return not theme.words.isdisjoint(one.words) and 2 * telling >= len(one.words)


def _judged(one: Candidate, weight: int, dependency: Callable[[str], str | None]) -> _Judged:
    asks = one.asks(dependency)
    behind = len(one.reached)
    # What reaches everything says nothing of the business, and what reaches nothing can hardly be its centre.
    reach = -6 if behind >= MOST_REACHED else _steps(behind, 5) if behind else -3
    return _Judged(one, weight + reach + _steps(one.callers, 3) + 3 * bool(asks), asks)


def _steps(count: int, most: int) -> int:
    """How often a count doubles: the second ten tell less than the first."""
    return min(count.bit_length(), most)


def _hot(every: Sequence[Candidate], dependency: Callable[[str], str | None]) -> list[_Judged]:
    """Functions that are reached from outside, changed often and full of branches, whatever they are called."""
    starting = [one for one in every if one.starts and one.changes and one.acts >= 0]
    near = sorted(starting, key=lambda one: (-_heat(one), one.definition.name))[:_LOOKED_INTO]
    judged = [_judged(one, _at_a_glance(one, None), dependency) for one in near]
    apart: list[_Judged] = []
    for one in (one for one in judged if one.weight >= _LEAST_HOT):  # the hottest first
        # Two functions of one file are one part of the business.
        if all(one.candidate.definition.path != other.candidate.definition.path for other in apart):
            apart.append(one)
    return apart


def _heat(one: Candidate) -> float:
    """Changes times branches times callers; of its file's changes as many are its own as it has of the lines."""
    return one.changes * one.share * (1 + one.branches) * (1 + one.callers)


# -- in words


def _proposal(name: str, why: str, chosen: Sequence[_Judged], history: History) -> Proposal:
    entries = tuple(Entry(one.candidate.name, one.candidate.definition.path, _reason(one, history)) for one in chosen)
    return Proposal(name, why, True, entries)


def _hot_proposal(one: _Judged, taken: set[str], history: History) -> Proposal:
    words = one.candidate.definition.name.split(".")
    name = next((said for said in (words[-1], ".".join(words[-2:])) if said not in taken), ".".join(words))
    taken.add(name)
    changes = f"{one.candidate.changes:,} of the last {history.commits:,} commits"
    why = f"It answers {one.candidate.starts[0]}, and what is here was changed in {changes}."
    entry = Entry(one.candidate.name, one.candidate.definition.path, _reason(one, history))
    return Proposal(name, why, False, (entry,))


def _reason(one: _Judged, history: History) -> str:
    found = one.candidate
    behind = len(found.reached)
    said = [f"answers {found.starts[0]}" if found.starts else ""]
    said.append(f"asks {' and '.join(one.asks[:2])}" if one.asks else "")
    said.append(f"{counted(behind, 'function')} behind it" if behind else "")
    said.append(counted(found.branches, "branch", "branches") if found.branches else "")
    said.append(f"called from {counted(found.callers, 'place')}" if found.callers > 1 else "")
    if found.changes and history.commits >= _FEWEST_COMMITS:
        said.append(f"its file changed in {found.changes:,} of the last {history.commits:,} commits")
    return "; ".join(part for part in said if part)
