"""One phase of a link: some work over every file, done again only where something that it stood on has changed.

Red and green: a file is red when its content, something that it looked up or looked at in another file (`pieces`), or
an answer that it was given differs from last time. What a red file had answered to others is found out again; where the
answer differs, those who had asked are red too, and where it is as it was, the change stops there. What is found out
again is found out as if nothing were known, so that the result is the one of a first link.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import msgspec

from quality_gate.codebase.linking.circles import FAR
from quality_gate.codebase.linking.digests import number_of_question, value_from
from quality_gate.codebase.linking.linker import Linker
from quality_gate.codebase.linking.logs import Log, Question
from quality_gate.codebase.linking.questions import ROOM
from quality_gate.codebase.linking.record import Answer, Answers, Changed, Stood, answer_of, both, stood_on
from quality_gate.codebase.linking.things import Value
from quality_gate.codebase.linking.units import Module

_Made = TypeVar("_Made")
_ENCODE = msgspec.msgpack.Encoder().encode
_GONE = Answer(0, b"")
_NONE: Answers = {}
_NOBODY = -1


class Phase(Generic[_Made]):
    """One phase over all files.

    Args:
        make: a linker as this phase needs it, which knows nothing yet.
        work: what is done with each file.
        paths: of all files, in order.
    """

    def __init__(
        self, make: Callable[[], Linker], work: Callable[[Linker, Module], _Made], paths: tuple[str, ...]
    ) -> None:
        self._make = make
        self._linker = make()
        self._work = work
        self._paths = paths
        self._numbers = {path: number for number, path in enumerate(paths)}
        self._found: dict[Question, Answer] = {}
        self.red: set[int] = set()

    def redden(
        self, stood: list[Stood], changed: Changed, first: Iterable[int], answers: Callable[[int], Answers]
    ) -> None:
        """Find the files whose work must be done again.

        In a round, files that are not red answer as they did last time; a round that finds more red files is thrown
        away, because what was found in it may stand on answers of theirs.

        Args:
            stood: what each file stood on.
            changed: what is known to have changed.
            first: numbers of files whose content has changed.
            answers: what a file had answered.
        """
        self.red = set(first) | {number for number, held in enumerate(stood) if held.stands_on(changed)}
        while True:
            self._begin(answers)
            told = Changed(files=self.red)
            for number in sorted(self.red):
                for question, before in answers(number).items():
                    if self.answer(question, answers).identity != before.identity:
                        told.answers.add(number_of_question(question))
            more = {number for number, held in enumerate(stood) if number not in self.red and held.stands_on(told)}
            if not more:
                return
            self.red |= more

    def _begin(self, answers: Callable[[int], Answers]) -> None:
        """A round: a linker that knows what the files that are not red have answered."""
        self._linker = self._make()
        self._found.clear()
        self._linker.served = lambda question: self._served(question, answers)

    def _served(self, question: Question, answers: Callable[[int], Answers]) -> tuple[Value, int] | None:
        number = self._owner(question)
        held = answers(number).get(question) if number is not None and number not in self.red else None
        return (value_from(held.value), held.need) if held is not None else None

    def _owner(self, question: Question) -> int | None:
        """The file that a question is about, without reading it."""
        kind, subject = question[0], question[1]
        path = subject.partition("|")[0] if "|" in subject else self._linker.project.home_path(subject)
        return self._numbers.get(path) if path is not None and kind != "info" else None

    def answer(self, question: Question, answers: Callable[[int], Answers]) -> Answer:
        """The answer to a question."""
        known = self._found.get(question)
        if known is None:
            number = self._owner(question)
            held = answers(number).get(question) if number is not None and number not in self.red else None
            known = self._found[question] = held if held is not None else self._asked(question)
        return known

    def _asked(self, question: Question) -> Answer:
        linker = self._linker
        kind, subject, about, level = question
        known = linker.known_answer(question)
        if known is not None:
            return answer_of(*known)
        before, linker.here, linker.log = (linker.here, linker.log), None, Log()
        try:
            if kind == "info":
                return Answer(0, _ENCODE(linker.info(subject)))
            value = linker.ask(kind, subject, about, level)
            return answer_of(*(linker.known_answer(question) or (value, FAR)))
        except (KeyError, RecursionError):  # a piece of code that is gone, or one that leads too deep
            linker.recover(None)
            return _GONE
        finally:
            linker.leave(before)

    def made(self, path: str) -> _Made:
        """Do the work of one file."""
        linker = self._linker
        module = linker.project.at(path)
        before = linker.enter(module)
        try:
            return self._work(linker, module)
        finally:
            linker.leave(before)

    def record(self, stood: list[Stood], answers: Callable[[int], Answers]) -> dict[int, Answers]:
        """Write down what every file stood on now; returns all that files have answered, where that is not as it was.

        Args:
            stood: of the last link; changed here.
            answers: what a file had answered then.
        """
        given: dict[int, Answers] = {}
        for number in self.red:
            given[number] = {question: self.answer(question, answers) for question in answers(number)}
        foreign = _Foreign(self._linker, self._numbers)
        for path, log in list(self._linker.logs.items()):
            number = self._numbers[path]
            log.looked.update(*(self._linker.owners[key][1] for key in log.owners))
            identities: list[int] = []
            for question, owner, identity in foreign.of(number, log):
                identities.append(identity)
                if question not in given.get(owner, _NONE) and (owner in self.red or question not in answers(owner)):
                    given.setdefault(owner, {})[question] = self.answer(question, answers)
            held = stood_on(log, self._numbers, path, identities)
            stood[number] = held if number in self.red else both(stood[number], held)
        return {owner: {**answers(owner), **held} for owner, held in given.items()}


class _Foreign:
    """Questions about other files than the one that asks.

    Args:
        numbers: of files, by path.
    """

    def __init__(self, linker: Linker, numbers: dict[str, int]) -> None:
        self._linker = linker
        self._numbers = numbers
        self._known: dict[int, tuple[Question, int, int]] = {}

    def of(self, file: int, log: Log) -> Iterator[tuple[Question, int, int]]:
        """The questions of one file's log, each with the file that it is about and its identity."""
        for number in list(log.asked):
            known = self._known.get(number)
            if known is None:
                known = self._known[number] = self._read(number)
            if known[1] not in (file, _NOBODY):
                yield known

    def _read(self, number: int) -> tuple[Question, int, int]:
        asked = self._linker.questions[number // ROOM]
        question = asked.at(number % ROOM)
        owner = asked.owner
        return question, self._numbers[owner.path] if owner is not None else _NOBODY, number_of_question(question)
