"""What one file of test code calls or enters and other files tell: whether it checks, and which exceptions it expects.

A call that is a check by its name alone is none where production code of the project is called: that is what is under
test. It is one all the same where that code asserts by itself, as helpers do that a project ships (decision 0026).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Literal, TypeAlias

from quality_gate.codebase.graph import Codebase, Confidence, Definition
from quality_gate.codebase.levels.checks import Entering, Expectation, NamedCheck, ReadChecks, Span, Taking
from quality_gate.failure_paths import UNKNOWN
from quality_gate.runs import LineOfTests

Told: TypeAlias = Literal["yes", "no", "perhaps"]

_MADE = (".__init__", ".__enter__", ".__aenter__", ".__new__")


class Elsewhere:
    """Looks up what stands behind names.

    Args:
        codebase: who calls whom. read: what each file checks.
    """

    def __init__(self, codebase: Codebase, read: ReadChecks) -> None:
        self._codebase = codebase
        self._read = read
        self._calls = lru_cache(maxsize=None)(self._calls_in)
        self._judged = lru_cache(maxsize=None)(self._judge)
        self._entered = lru_cache(maxsize=None)(self._resolve)

    # -- checks by name

    def certain(self, path: str) -> frozenset[int]:
        """Lines of a file with calls that check by their names, and do."""
        return lines_of(one.span for one, told in self._judged(path) if told == "yes")

    def perhaps(self, path: str) -> frozenset[int]:
        """Those of which nothing tells."""
        return lines_of(one.span for one, told in self._judged(path) if told == "perhaps")

    def _judge(self, path: str) -> tuple[tuple[NamedCheck, Told], ...]:
        return tuple((one, self._checks(path, one)) for one in self._read(path).named)

    def _checks(self, path: str, check: NamedCheck) -> Told:
        called = [one for one in self._called(path, check.line, check.column) if check.alone or _is(one[0], check.name)]
        sure = [definition for definition, confidence in called if confidence is not Confidence.POSSIBLE]
        if not all(
            self._read(one.path).is_production for one in sure
        ):  # its own lines tell, where its name says too little
            return "no" if check.weak else "yes"
        if sure:
            return "yes" if check.asserts and any(map(self._asserts, sure)) else "no"
        if any(self._read(one.path).is_production for one, _ in called):
            return "perhaps"
        return "yes" if not check.weak or check.known else "perhaps"

    def _asserts(self, definition: Definition) -> bool:
        """Whether a function of production code checks something by itself."""
        lines = range(definition.first, definition.last + 1)
        return any(span.first in lines for span in self._read(definition.path).checks)

    # -- what is entered

    def takings(self, path: str) -> Iterator[Taking]:
        """Where a file expects exceptions by entering what others hand to it."""
        for entering, expected in self._entered(path):
            for one in expected or ():
                types = tuple(dict.fromkeys(_types(one, entering))) or (UNKNOWN,)
                yield Taking("block", entering.head, entering.body, types)

    def is_untold(self, line: LineOfTests) -> bool:
        """Whether something is entered around a line that nothing tells."""
        entered = self._entered(line.path) if line.path else ()
        return any(expected is None and entering.body.holds(line.line) for entering, expected in entered)

    def _resolve(self, path: str) -> tuple[tuple[Entering, tuple[Expectation, ...] | None], ...]:
        return tuple((one, self._expected(path, one)) for one in self._read(path).enterings)

    def _expected(self, path: str, entering: Entering) -> tuple[Expectation, ...] | None:
        """What is expected by what is entered, nothing perhaps; None where nobody knows what that is."""
        if entering.fixture:
            return self._of_fixture(path, entering)
        held = list(dict.fromkeys(self._places(path, entering)))
        if not held:
            return None
        return tuple(
            one
            for file, name in held
            for one in self._read(file).expectations
            if one.name == name and not (one.fixture or (one.hands_out and not entering.line))
        )

    def _of_fixture(self, path: str, entering: Entering) -> tuple[Expectation, ...] | None:
        for place in near(path):
            held = self._read(place)
            found = tuple(one for one in held.expectations if one.fixture == entering.fixture)
            if found or any(one.fixture == entering.fixture for one in held.functions):
                return tuple(one for one in found if one.hands_out is bool(entering.line)) if found else None
        return None

    def _places(self, path: str, entering: Entering) -> Iterator[tuple[str, str]]:
        """Files and qualified names of what may be entered, in test code or not."""
        if entering.name.startswith("."):
            yield path, entering.name[1:]
            return
        called = self._called(path, entering.line, entering.column) if entering.line else ()
        found = {one.name: one for one, confidence in called if confidence is not Confidence.POSSIBLE}
        for definition in found.values():
            module = self._codebase.definitions_in(definition.path)[0].name
            yield definition.path, _made(definition.name)[len(module) + 1 :]
        if entering.name:
            yield from self._named(entering.name)

    def _named(self, dotted: str) -> Iterator[tuple[str, str]]:
        """A dotted name as the module has it that uses it, which may begin above the source root."""
        while dotted:
            module, _, name = dotted.rpartition(".")
            while module:
                if module in self._codebase.modules:
                    yield self._codebase.modules[module], name
                    return
                module, _, more = module.rpartition(".")
                name = f"{more}.{name}"
            dotted = dotted.partition(".")[2]

    # -- calls

    def _called(self, path: str, line: int, column: int) -> Collection[tuple[Definition, Confidence]]:
        return self._calls(path).get((line, column), ())

    def _calls_in(self, path: str) -> dict[tuple[int, int], list[tuple[Definition, Confidence]]]:
        found: dict[tuple[int, int], list[tuple[Definition, Confidence]]] = defaultdict(list)
        definitions = self._codebase.definitions
        for caller in self._codebase.definitions_in(path):
            for edge in self._codebase.calls_from(caller.name):
                if edge.callee in definitions:
                    found[edge.line, edge.column].append((definitions[edge.callee], edge.confidence))
        return found


def near(path: str) -> Iterator[str]:
    """Where a file's fixtures are looked for: in itself, else in a `conftest.py` above it, the nearest first."""
    yield path
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        yield f"{folder}/conftest.py" if folder else "conftest.py"


def lines_of(spans: Iterable[Span]) -> frozenset[int]:
    """All lines of some spans."""
    return frozenset(line for span in spans for line in range(span.first, span.last + 1))


def _is(definition: Definition, called: str) -> bool:
    return _made(definition.name).rpartition(".")[2] == called


def _made(name: str) -> str:
    """The class that a call makes one of, where it is a class that is called."""
    return next((name.removesuffix(end) for end in _MADE if name.endswith(end)), name)


def _types(expectation: Expectation, entering: Entering) -> Iterator[str]:
    """The types that something expects, those included that whoever enters it names."""
    yield from expectation.types
    given = dict(entering.types)
    for name, place, default in expectation.parameters:
        if name.startswith("*"):
            rest = (types for at, types in entering.types if at.isdecimal() and int(at) >= place)
            yield from (one for types in rest for one in types)
        else:
            yield from given.get(name) or given.get(str(place)) or default or (UNKNOWN,)
