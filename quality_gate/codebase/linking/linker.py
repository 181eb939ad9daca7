"""The core of the linker: questions, asked when an answer is needed, answered once.

An answer may need other answers, which may need the first again. So that an answer depends on the facts and not on who
asked first, every step from one piece of code into another costs a level, and at level 0 nothing is known. An answer
that never met level 0 is complete, and serves every level that is not lower than what it needed.

What a file's answers stand on is written into its log: that is how a later run knows which of them still hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from typing import TypeVar

from quality_gate.codebase import tree
from quality_gate.codebase.linking import names, results
from quality_gate.codebase.linking.answers import ANSWERS
from quality_gate.codebase.linking.circles import FAR, Circles, Known
from quality_gate.codebase.linking.classes import read_class
from quality_gate.codebase.linking.expressions import EVALUATE, constant
from quality_gate.codebase.linking.levels import APART, ENOUGH
from quality_gate.codebase.linking.logs import Log, Question
from quality_gate.codebase.linking.outside import Aliases, Library
from quality_gate.codebase.linking.project import IndexKind, Project
from quality_gate.codebase.linking.questions import FREE, ROOM, Asked
from quality_gate.codebase.linking.shape import EMPTY_SHAPE, ClassInfo, Shape
from quality_gate.codebase.linking.things import EMPTY, Parameter, Value, union
from quality_gate.codebase.linking.units import Module, Unit

_About = TypeVar("_About", bound=Hashable)

_DEEPEST = 400
"""Questions within questions."""


class Linker:
    """Answers questions about a project.

    Args:
        project: its files.
        library: what is known of code from outside.
        shape: its classes; None while they are being found.
        aliases: where functions are called under other names.
    """

    def __init__(
        self, project: Project, library: Library, shape: Shape | None = None, aliases: Aliases | None = None
    ) -> None:
        self.project = project
        self.factories = library.factories
        self.canonical = library.canonical
        self.noted = library.noted
        self.shape = shape or EMPTY_SHAPE
        self.aliases: Aliases = aliases or {}
        self.need = 0
        self.circles = Circles()
        self.deep = 0
        self.here: Module | None = None
        self.logs: defaultdict[str, Log] = defaultdict(Log)
        self.log = Log()
        self.served: Callable[[Question], tuple[Value, int] | None] | None = None
        """Answers of the last link that still hold."""
        self.finds_shape = shape is None
        self.owners: dict[tuple[str, str], tuple[Unit | None, tuple[tuple[str, str], ...]]] = {}
        """By class and attribute: the class of its line that binds it, and what was looked at for that."""
        self.outside: dict[str, tuple[str, ...]] = {}
        """By class: those from outside that it stands on; the attribute "" has what was looked at for that."""
        self._infos: dict[str, ClassInfo | None] = {}
        self.questions: list[Asked] = []
        self._asked: dict[tuple[str, str, str], Asked] = {}
        self._stars: dict[tuple[str, str], tuple[str | None, tuple[str, ...]]] = {}
        self._setters_in: dict[str, dict[str, list[Unit]]] = {}
        self._values: dict[Unit, Known] = {}
        self._idle: list[Circles] = []

    # -- what a file's answers stand on

    def enter(self, module: Module) -> tuple[Module | None, Log]:
        """From here on, what is asked is asked for this file; returns where to go back to."""
        before = (self.here, self.log)
        if module is not self.here:
            self.here = module
            self.log = self.logs[module.path]
        return before

    def leave(self, before: tuple[Module | None, Log]) -> None:
        """Go back to the file of before."""
        self.here, self.log = before

    def recover(self, module: Module | None) -> None:
        """Go on with a file after an answer has led deeper than the interpreter can go."""
        self.need = self.deep = 0
        self.circles = Circles()
        self.here = None
        if module is not None:
            self.enter(module)

    def look(self, kind: str, name: str) -> None:
        """Note that something is looked up among all files."""
        self.log.looked.add((kind, name))

    def unit(self, name: str) -> Unit | None:
        """A definition by its dotted name, of a class all that it holds."""
        found = self.project.unit(name)
        if found is None or found.module is not self.here:
            self.log.units.add(name)
        return found

    def ready(self, name: str) -> Unit:
        """The same for one that is there, with its bindings read."""
        found = self.unit(name)
        assert found is not None, name
        return found.ready()

    def module(self, name: str, member: str) -> Module | None:
        """A module by its dotted name, of which one name is looked at."""
        found = self.project.module(name)
        if found is not None and found is not self.here:
            self.log.members.add((name, member))
        return found

    def indexed(self, kind: IndexKind, name: str) -> tuple[Unit, ...]:
        """Pieces of code by what they do with a name, in the order of the files."""
        self.log.looked.add((kind, name))
        return self.project.indexed(kind, name)

    def known(self, kind: IndexKind, name: str) -> int:
        """How many they are."""
        self.log.looked.add((kind, name))
        return self.project.known(kind, name)

    def aliases_of(self, function: str) -> list[tuple[Unit, str]]:
        """Pieces of code that call a function under another name, each with that name."""
        self.log.looked.add(("aliases", function))
        return [(self.unit_at(place), name) for place, name in self.aliases.get(function, ())]

    def is_alias(self, function: str, place: str, name: str) -> bool:
        """Whether a piece of code calls a function under a name that is not its own."""
        self.log.looked.add(("aliases", function))
        return (place, name) in self.aliases.get(function, ())

    def info(self, name: str) -> ClassInfo | None:
        """A class of the project."""
        if not self.finds_shape:
            self.log.looked.add(("class", name))
            return self.shape.infos.get(name)
        unit = self.unit(name)
        if unit is None or unit.code.kind != "class":
            return None
        key = ("info", name, "")
        self.log.asked.add((self._asked.get(key) or self._question(key)).number)
        if name not in self._infos:
            self._infos[name] = ClassInfo(name, lineage=(name,))  # what a class in a loop of bases sees of itself
            before = self.enter(unit.module)
            self._infos[name] = read_class(self, unit)
            self.leave(before)
        return self._infos[name]

    def unit_at(self, place: str) -> Unit:
        """A piece of code by `path|key`."""
        path, _, key = place.partition("|")
        return self.project.at(path).keyed[key]

    def star_source(self, module: Module, name: str) -> str | None:
        """The module that brings a name to another through star imports."""
        key = (module.path, name)
        known = self._stars.get(key)
        if known is None:
            seen: set[str] = set()
            source = names.find_star(self.project, module, name, seen)
            known = self._stars[key] = (source, tuple(self.project.at(path).name for path in seen))
        for home in known[1]:
            self.log.members.add((home, name))
            self.look("stars", home)
        return known[0]

    def setters_in(self, cls: str, name: str) -> list[Unit]:
        """Methods of a class, and functions within them, that set an attribute or change its content."""
        self.log.looked.add(("setters", name))
        known = self._setters_in.get(cls)
        if known is None:
            known = self._setters_in[cls] = {}
            unit = self.project.unit(cls)
            stack = list(reversed(unit.children())) if unit is not None else []
            while stack:
                unit = stack.pop()
                if unit.code.kind == "class":
                    continue
                for stored in unit.code.stores:
                    known.setdefault(stored, []).append(unit)
                stack += reversed(unit.children())
        return known.get(name, [])

    # -- what an expression may stand for

    def value(self, unit: Unit, node: tree.Expr, level: int) -> Value:
        """What an expression of a piece of code may stand for."""
        kind = node.__class__
        if kind is tree.Constant:
            return constant(node)  # type: ignore[arg-type]
        if unit.module is not self.here:
            return self._value_elsewhere(unit, node, level)
        memory = self._values.get(unit)
        if memory is None:
            memory = self._values[unit] = ({}, {})
        known = memory[0].get(node)
        if known is not None and known[1] <= level:
            if known[1] > self.need:
                self.need = known[1]
            return known[0]
        cut = memory[1].get((node, level))
        if cut is not None:
            self.need = FAR
            return cut
        circles = self.circles
        if circles.tentative:
            held = circles.tentative.get((node, level))
            if held is not None:
                self.need, circles.low = max(self.need, held[1]), min(circles.low, held[2])
                return held[0]
        if self.deep > _DEEPEST:
            self.need = FAR
            return EMPTY
        need, low = self.need, circles.low
        self.need, circles.low = 0, FAR
        self.deep += 1
        found = EVALUATE[kind](self, unit, node, level)
        self.deep -= 1
        if circles.low != FAR:
            circles.keep((node, level), found, self.need, memory)
        elif self.need >= FAR:
            memory[1][node, level] = found
        else:
            memory[0][node] = (found, self.need)
        if need > self.need:
            self.need = need
        if low < circles.low:
            circles.low = low
        return found

    def _value_elsewhere(self, unit: Unit, node: tree.Expr, level: int) -> Value:
        """An expression of another file, without a question: all that this file stands on counts for the asker too."""
        if self.here is not None:
            self.log.broad.add(unit.module.path)
        before = self.enter(unit.module)
        try:
            return self.value(unit, node, level)
        finally:
            self.leave(before)

    def exhausted(self) -> None:
        """Note that an answer would need more steps."""
        self.need = FAR

    def once(self, key: tuple[_About, str], level: int, find: Callable[[Linker, _About, str, int], Value]) -> Value:
        """What is found out about a name of something, once for each file that asks: then the file's log has it all."""
        made, cuts = self.log.made, self.log.cut
        known = made.get(key)
        if known is not None and known[1] <= level:
            if known[1] > self.need:
                self.need = known[1]
            return known[0]
        cut = cuts.get((key, level))
        if cut is not None:
            self.need = FAR
            return cut
        need, low = self.need, self.circles.low
        self.need, self.circles.low = 0, FAR
        found = find(self, *key, level)
        if self.circles.low == FAR and self.need >= FAR:
            cuts[key, level] = found
        elif self.circles.low == FAR:
            made[key] = (found, self.need)
        self.need, self.circles.low = max(need, self.need), min(low, self.circles.low)
        return found

    def expanded(self, value: Value, level: int) -> Value:
        """The same with what callers give instead of the parameters."""
        for thing in value:
            if thing.__class__ is Parameter:
                break
        else:
            return value
        parts = [frozenset([thing for thing in value if thing.__class__ is not Parameter])] if len(value) > 1 else []
        for thing in value:
            if type(thing) is Parameter:
                given = self.ask("parameter", thing.function, thing.name, level)
                parts.append(results.outcomes(self, given, level) if thing.made else given)
        return union(parts)

    def full(self, unit: Unit, node: tree.Expr, level: int) -> Value:
        """What an expression may stand for, parameters expanded."""
        found = self.value(unit, node, level)
        for thing in found:
            if thing.__class__ is Parameter:
                return self.expanded(found, level)
        return found

    def apart(self, unit: Unit, node: tree.Expr) -> Value:
        """The same for the shape of the project: it neither costs nor depends on the level of who asks."""
        need = self.need
        try:
            return self.value(unit, node, APART)
        finally:
            self.need = need

    def decorator(self, unit: Unit, number: int) -> Value:
        """What a decorator of a definition stands for, apart from the levels of who asks."""
        need = self.need
        try:
            return self.ask("decorator", unit.place, str(number), APART)
        finally:
            self.need = need

    # -- questions between pieces of code

    def ask(self, kind: str, subject: str, about: str, level: int) -> Value:
        """The answer to a question about a piece of code, one level down.

        Args:
            kind: one of `ANSWERS`.
            subject: the definition, module or `path|key` that it is about.
            about: a name or the like, as the kind has it.
        """
        key = (kind, subject, about)
        asked = self._asked.get(key) or self._question(key)
        self.log.asked.add(asked.number + level)
        if asked.need <= level:
            if asked.need > self.need:
                self.need = asked.need
            return asked.value
        cut = asked.cut.get(level)
        if cut is not None:
            self.need = FAR
            return cut
        cost = 0 if kind in FREE else 1
        if level < cost or self.deep > _DEEPEST:
            self.need = FAR
            return EMPTY
        served = self.served(asked.at(level)) if self.served is not None else None
        if served is not None:
            self.need = max(self.need, served[1])
            asked.keep(level, *served)
            return served[0]
        return self._answered(asked, level, cost)

    def _question(self, key: tuple[str, str, str]) -> Asked:
        """A question that nobody has asked."""
        asked = self._asked[key] = Asked(*key, len(self.questions) * ROOM, self.owner(key[0], key[1]))
        self.questions.append(asked)
        return asked

    def settled(self, kind: str, subject: str, about: str, level: int) -> Value:
        """The answer to a question that is given a few steps at most, because what takes more is seldom told.

        With more steps the answer is the same by definition, so that it need not be found again for each level.
        """
        if level < ENOUGH:
            return self.ask(kind, subject, about, level)
        need, self.need = self.need, 0
        found = self.ask(kind, subject, about, ENOUGH)
        self.need = max(need, min(self.need, ENOUGH))
        return found

    def known_answer(self, question: Question) -> tuple[Value, int] | None:
        """The answer to a question that was asked, and the levels that it needed: FAR where it met level 0."""
        known = self._asked.get(question[:3])
        if known is None:
            return None
        if known.need <= question[3]:
            return known.value, known.need
        cut = known.cut.get(question[3])
        return (cut, FAR) if cut is not None else None

    def _answered(self, asked: Asked, level: int, cost: int) -> Value:
        if asked.owner is None:
            self.log.units.add(asked.subject)
            return EMPTY
        need, circles = self.need, self.circles
        self.need, self.circles = 0, self._idle.pop() if self._idle else Circles()
        before = self.enter(asked.owner)
        found = ANSWERS[asked.kind](self, asked.subject, asked.about, level - cost)
        self.leave(before)
        needed = min(self.need + cost, FAR)
        asked.keep(level, found, needed)
        self._idle.append(self.circles)  # nothing is under way in it any more
        self.need, self.circles = max(need, needed), circles
        return found

    def owner(self, kind: str, subject: str) -> Module | None:
        """The file that a question is about."""
        if "|" in subject:
            path = subject.partition("|")[0]
            return self.project.at(path)
        if kind in ("name", "alias"):
            return self.project.module(subject)
        found = self.project.unit(subject)
        return found.module if found is not None else None
