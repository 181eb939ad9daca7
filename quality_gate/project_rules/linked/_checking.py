"""Whether test code elsewhere checks anything on a test's behalf: helpers, fixtures, bases."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.graph import Codebase, Definition, Mark
from quality_gate_checkers.model.roles import Role, role_of
from quality_gate_checkers.reading.oracles import ORACLE_FIXTURES, is_asserting, is_checking, is_own
from quality_gate_checkers.reading.tests_in import AROUND, PLAIN_FIXTURES, is_plain_base
from quality_gate_checkers.settings import Settings

_MOST = 300
"""Functions that one question looks at; who calls more is not judged."""


class Checking:
    """Answers, for the ends that a module leaves open, whether nothing behind them checks.

    Args:
        codebase: the linked one, with its marks `oracle`, `fixture`, `untold`, `case-class` and `made`.
        settings: whose roles say what is test code, and whose `oracles` count.
    """

    def __init__(self, codebase: Codebase, settings: Settings) -> None:
        self._codebase = codebase
        self._settings = settings
        self._oracles = codebase.marks("oracle")
        self._classes = codebase.marks("case-class")
        self._made = codebase.marks("made")
        self._untold = codebase.marks("untold")
        self._fixtures: dict[str, list[tuple[str, Mark]]] = {}
        for function, marks in codebase.marks("fixture").items():
            for mark in marks:
                self._fixtures.setdefault(mark.detail, []).append((function, mark))

    def is_idle(self, test: Definition, ends: tuple[str, ...]) -> bool:
        """Whether everything that a test leaves open is seen, and none of it checks anything."""
        seen: set[str] = set()
        bases = [end.removeprefix("base ") for end in ends if end.startswith("base ")]
        return all(self._is_idle_end(test, end, bases, seen) for end in ends)

    def _is_idle_end(self, test: Definition, end: str, bases: list[str], seen: set[str]) -> bool:
        kind, _, name = end.partition(" ")
        if kind == "fixture":
            return self._fixture_is_idle(name, test.path, seen)
        if kind == "given":
            return self._is_told(name, test.path, set())
        if kind == "base":
            return self._base_is_idle(name, seen)
        if kind == "self":
            return self._member_is_idle(name, bases, seen)
        return self._import_is_idle(test, name, seen)

    # -- fixtures

    def _fixture_is_idle(self, name: str, path: str, seen: set[str]) -> bool:
        known = self._near(name, path)
        if not known:
            return name in PLAIN_FIXTURES
        if ORACLE_FIXTURES.search(name) or is_checking(name):
            return False
        for function, mark in known:
            if not self._function_is_idle(function, seen):
                return False
            asked = (wanted for wanted in mark.names if wanted not in ("self", "request", name))
            if any(not self._fixture_seen(wanted, path, seen) for wanted in asked):
                return False
        return True

    def _fixture_seen(self, name: str, path: str, seen: set[str]) -> bool:
        key = f"fixture {name}"
        if key in seen:
            return True
        seen.add(key)
        return self._fixture_is_idle(name, path, seen)

    def _is_told(self, name: str, path: str, asked: set[str]) -> bool:
        """Whether it is known what a fixture gives, so that what a test calls of it is no check."""
        asked.add(name)
        marks = (mark for function, _ in self._near(name, path) for mark in self._untold.get(function, ()))
        return all(
            bool(mark.names) and all(self._is_told(origin, path, asked) for origin in mark.names if origin not in asked)
            for mark in marks
        )

    def _near(self, name: str, path: str) -> list[tuple[str, Mark]]:
        """The fixtures that a name may mean in a file: those of a `conftest.py` above it, else all of that name."""
        known = self._fixtures.get(name, [])
        above = [
            (function, mark)
            for function, mark in known
            if (home := self._codebase.definitions[function].path).endswith("conftest.py")
            and path.startswith(home.removesuffix("conftest.py"))
        ]
        return above or known

    # -- bases

    def _base_is_idle(self, name: str, seen: set[str]) -> bool:
        around = [f"{cls}.{method}" for cls in self._lineage(name) for method in AROUND]
        return self._is_known(name) and all(
            self._function_is_idle(method, seen) for method in around if method in self._codebase.definitions
        )

    def _member_is_idle(self, name: str, bases: list[str], seen: set[str]) -> bool:
        """A method or an attribute of a base; what no class sets in its body is set by a set-up or a framework."""
        for base in bases:
            for cls in self._lineage(base):
                if f"{cls}.{name}" in self._codebase.definitions:
                    return self._function_is_idle(f"{cls}.{name}", seen)
        return True

    def _is_known(self, name: str) -> bool:
        """Whether a class and all its bases are seen, or are a framework's."""
        found = self._find(name)
        if found is None:
            return is_plain_base(name)
        if not self._is_test_code(found):
            return True
        bases = [base for mark in self._classes.get(found.name, ()) for base in mark.names]
        return all(self._is_known(base) for base in bases if base != name)

    def _lineage(self, name: str) -> Iterator[str]:
        waiting, told = [name], set[str]()
        while waiting and len(told) < _MOST:
            found = self._find(waiting.pop(0))
            if found is not None and found.name not in told:
                told.add(found.name)
                yield found.name
                waiting += [base for mark in self._classes.get(found.name, ()) for base in mark.names]

    # -- what is imported

    def _import_is_idle(self, test: Definition, name: str, seen: set[str]) -> bool:
        found = self._find(name)
        if found is not None:
            return self._definition_is_idle(found, seen)
        last = name.rpartition(".")[2]
        called = [
            edge.callee
            for edge in self._codebase.calls_from(test.name)
            if last in edge.callee.split(".")[-2:] or edge.callee.startswith(f"{name}.")
        ]
        return bool(called) and all(self._function_is_idle(callee, seen) for callee in called)

    def _find(self, name: str) -> Definition | None:
        """A definition by the name that one module has for it, which may begin above the source root."""
        while name:
            found = self._codebase.definitions.get(name)
            if found is not None:
                return found if found.kind != "module" else None
            name = name.partition(".")[2]
        return None

    # -- functions

    def _definition_is_idle(self, definition: Definition, seen: set[str]) -> bool:
        if definition.kind != "class":
            return self._function_is_idle(definition.name, seen)
        if not self._is_test_code(definition):
            return True
        inside = (
            found.name
            for found in self._codebase.definitions_in(definition.path)
            if found.kind == "function" and found.name.startswith(f"{definition.name}.")
        )
        bases = [base for mark in self._classes.get(definition.name, ()) for base in mark.names]
        return all(self._function_is_idle(method, seen) for method in inside) and all(
            base == "?" or (found := self._find(base)) is None or self._once(found, seen) for base in bases
        )

    def _once(self, definition: Definition, seen: set[str]) -> bool:
        if definition.name in seen:
            return True
        seen.add(definition.name)
        return self._definition_is_idle(definition, seen)

    def _function_is_idle(self, name: str, seen: set[str]) -> bool:
        """Whether neither a function nor what it calls in test code checks anything."""
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current in seen:
                continue
            seen.add(current)
            definition = self._codebase.definitions.get(current)
            if is_own(current, self._settings.oracles) or len(seen) > _MOST:
                return False
            if definition is None or not self._is_test_code(definition):
                if is_asserting(current.rpartition(".")[2]):
                    return False
                continue
            if definition.kind == "class" or current.endswith(".__init__"):
                owner = self._codebase.definitions.get(current.removesuffix(".__init__"))
                if owner is not None and owner.kind == "class" and not self._once(owner, seen):
                    return False
                if definition.kind == "class":
                    continue
            if current in self._oracles or self._sounds_checking(current):
                return False
            if not self._makes_idle_things(current, seen):
                return False
            waiting += [edge.callee for edge in self._codebase.calls_from(current)]
        return True

    def _makes_idle_things(self, function: str, seen: set[str]) -> bool:
        """Whether no object of test code that a function makes, and may hand out, can check anything."""
        found = (self._find(name) for mark in self._made.get(function, ()) for name in mark.names)
        return all(cls is None or cls.kind != "class" or self._once(cls, seen) for cls in found)

    def _sounds_checking(self, function: str) -> bool:
        """Whether a call that nothing resolves sounds as if it checked something."""
        unresolved = self._codebase.unresolved_calls(function)
        return any(is_checking(call.text.rpartition(".")[2]) for call in unresolved)

    def _is_test_code(self, definition: Definition) -> bool:
        return role_of(definition.path, self._settings) is Role.TESTS
