"""What is to be tried of failure paths, and what the trials of its mutants say of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from quality_gate.codebase.levels.sightings import Sighted
from quality_gate.codebase.mutants.making import Mutant
from quality_gate.failure_levels import Proof
from quality_gate.failure_paths import FailurePath

Found = Literal["proven", "survived", "not run", "no answer", "not provable"]
FOUND: tuple[Found, ...] = ("survived", "not run", "no answer", "proven", "not provable")
"""Worst first."""


_ALIKE = "without it the function fails with the same exception, so nobody can notice that it is not there"


class Trial(msgspec.Struct, frozen=True):
    """What became of a mutant; `alike`: it survived, and fails as the code does without it.

    Args:
        by: the test that noticed it. tests: those that were run with it.
        why: of an unknown end, as a clause.
    """

    end: Literal["killed", "survived", "alike", "unknown"]
    by: str = ""
    tests: tuple[str, ...] = ()
    why: str = ""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A failure path that is to be proven.

    Args:
        mutants: to be tried; empty where the answer is known already.
        tests: ids of those that make it happen, in the order in which they are tried.
        telling: those of them whose failing tells something of the outcome; the others check nothing.
        answer: what is known without a trial.
    """

    path: FailurePath
    mutants: tuple[Mutant, ...] = ()
    tests: tuple[str, ...] = ()
    telling: frozenset[str] = frozenset()
    answer: Answer | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is found of a failure path.

    Args:
        proof: of one that is proven, or of which a mutant survived.
        what: the change that no test noticed, in a few words.
        why: of the others, as a clause. remedy: what to do about it.
        kept: it was found before, and still holds.
    """

    path: FailurePath
    found: Found
    proof: Proof = Proof()
    what: str = ""
    why: str = ""
    remedy: str = ""
    kept: bool = False


def to_try(path: FailurePath, sighted: Sighted) -> tuple[str, ...]:
    """The tests that can notice the mutants of a path, sorted.

    Those that may have made it happen are tried too, but not for a call: whoever makes another call fail notices the
    mutants of its handler as well.
    """
    perhaps = sighted.perhaps if path.kind != "handler call" else frozenset()
    return tuple(sorted(sighted.tests | perhaps))


def answered(asked: Asked, trials: Sequence[Trial]) -> Answer:
    """The answer that the trials of a path's mutants give, in their order: one that lived says more than all others."""
    path = asked.path
    asked, trials = _that_differ(asked, trials)
    if not trials:
        return Answer(path=path, found="not provable", why=_ALIKE)
    for mutant, trial in zip(asked.mutants, trials, strict=True):
        if trial.end == "survived":
            proof = Proof(survived=mutant.diff, tests=tuple(sorted(trial.tests)))
            return Answer(path=path, found="survived", proof=proof, what=mutant.what)
    for trial in trials:
        if trial.end == "unknown":
            return Answer(path=path, found="no answer", why=trial.why, remedy="type quality-gate test")
    killed = {trial.by for trial in trials}
    silent = sorted(killed - asked.telling)
    if silent:
        why = f"{silent[0]} fails with a change and checks nothing of what comes of it: a crash would do as well"
        remedy = "check in a test that makes it happen what must hold then, and type quality-gate test"
        return Answer(path=path, found="no answer", why=why, remedy=remedy)
    tests = {test for trial in trials for test in trial.tests}
    return Answer(path=path, found="proven", proof=Proof(killed_by=tuple(sorted(killed)), tests=tuple(sorted(tests))))


def _that_differ(asked: Asked, trials: Sequence[Trial]) -> tuple[Asked, Sequence[Trial]]:
    """Without the mutants that nobody can notice."""
    differing = [place for place, trial in enumerate(trials) if trial.end != "alike"]
    mutants = tuple(asked.mutants[place] for place in differing)
    return msgspec.structs.replace(asked, mutants=mutants), [trials[place] for place in differing]


def counts(answers: Iterable[Answer]) -> Mapping[Found, int]:
    """How many there are of each, worst first."""
    found = dict.fromkeys(FOUND, 0)
    for answer in answers:
        found[answer.found] += 1
    return found
