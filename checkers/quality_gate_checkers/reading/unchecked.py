"""Tests that check nothing, as far as one module tells: what they reach, and what they leave open."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping

import msgspec

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FUNCTIONS, Binding, FunctionNode
from quality_gate_checkers.reading.demanded import ends_in_a_demanded_call
from quality_gate_checkers.reading.given import origins_of, root_of, source_of
from quality_gate_checkers.reading.imported_by_tests import imported_by_a_test
from quality_gate_checkers.reading.oracles import (
    ORACLE_FIXTURES,
    decorated_oracle,
    echoes,
    is_checking,
    is_own,
    oracle_at,
)
from quality_gate_checkers.reading.plain_words import only_runs, shows_an_oracle
from quality_gate_checkers.reading.remembering import remembered
from quality_gate_checkers.reading.tests_in import (
    AROUND,
    PLAIN_FIXTURES,
    WrittenTest,
    fixture_name,
    functions_of,
    is_autouse,
    is_fixture,
    is_patch,
    is_plain_base,
    is_switched_off,
    last_name,
    parameters_of,
    tests_of,
)
from quality_gate_checkers.reading.walks import walk


class Unchecked(msgspec.Struct, frozen=True):
    """A test in which nothing that this module shows is an oracle.

    Args:
        test: the test.
        open: what only other modules can tell, in order: `fixture NAME`, `given NAME` (a fixture of which something is
            called), `import DOTTED`, `base DOTTED` (of the test's class) and `self NAME` (of one of these bases).
        echo: the assertion that only compares a mock with what the test itself put into it, where there is one.
    """

    test: WrittenTest
    open: tuple[str, ...]
    echo: ast.Assert | None = None


_STEPS = 40
"""How far a value is followed to where it came from."""


def unchecked_tests(module: Module) -> Iterator[Unchecked]:
    """The tests of a module in which it shows no oracle; what it leaves open other modules may tell."""
    fixtures = {fixture_name(function): function for function in functions_of(module) if is_fixture(function)}
    for test in tests_of(module):
        text = "\n".join(module.lines[test.node.lineno - 1 : test.node.end_lineno])
        body = text.partition("\n")[2] or text.partition(":")[2]
        echo = echoes(test.node) if "return_value" in body and "assert" in body else []
        if (shows_an_oracle(body) and not echo) or only_runs(module, test.node, text) or is_switched_off(module, test):
            continue
        found = _Look(module, test, fixtures, frozenset(echo)).outcome()
        if found is not None and not ends_in_a_demanded_call(module, test.node):
            yield Unchecked(test, found, echo[0] if echo else None)


class _Unseen(Exception):
    """Something was met that nothing in the module tells, or an oracle: the test is not spoken of."""


class _Look:
    """One test, what runs with it and what it calls in its module.

    Args:
        fixtures: those of the module, by the name that tests ask for them by.
        echo: assertions that do not count.
    """

    def __init__(
        self,
        module: Module,
        test: WrittenTest,
        fixtures: Mapping[str, FunctionNode],
        echo: frozenset[ast.Assert],
    ) -> None:
        self._module = module
        self._names = module.names
        self._test = test
        self._fixtures = fixtures
        self._echo = echo
        self._open: dict[str, None] = {}
        self._waiting: list[ast.AST] = []
        self._seen: set[ast.AST] = set()

    def outcome(self) -> tuple[str, ...] | None:
        """What is left open; None where there is an oracle, or a call that nothing tells."""
        try:
            self._begin()
            while self._waiting:
                self._read(self._waiting.pop())
        except _Unseen:
            return None
        return tuple(self._open)

    # -- what runs with the test

    def _begin(self) -> None:
        test = self._test
        owners = self._lineage(test.owner) if test.owner is not None else []
        for base in self._bases_elsewhere(owners):
            if not is_plain_base(base):
                self._leave_open("base", base)
        for decorators in (test.node.decorator_list, *(owner.decorator_list for owner in owners)):
            if decorated_oracle(decorators) is not None:
                raise _Unseen
        self._enter(test.node)
        for owner in owners:
            for method in owner.body:
                if isinstance(method, FUNCTIONS) and (method.name in AROUND or is_autouse(method)):
                    self._enter(method)
        for name, fixture in self._fixtures.items():
            if is_autouse(fixture) or name in self._used(test, owners):
                self._enter(fixture)

    def _used(self, test: WrittenTest, owners: list[ast.ClassDef]) -> set[str]:
        """Fixtures that `usefixtures` names."""
        marks = [*test.node.decorator_list, *(mark for owner in owners for mark in owner.decorator_list)]
        names = {
            str(given.value)
            for mark in marks
            if isinstance(mark, ast.Call) and last_name(mark) == "usefixtures"
            for given in mark.args
            if isinstance(given, ast.Constant)
        }
        for name in names - self._fixtures.keys():
            self._fixture(name)
        return names

    def _lineage(self, owner: ast.ClassDef) -> list[ast.ClassDef]:
        """A class and its bases in the module."""
        found: list[ast.ClassDef] = []
        waiting = [owner]
        while waiting and len(found) < _STEPS:
            current = waiting.pop()
            if current not in found:
                found.append(current)
                own = (self._names.definition(name) for name in self._names.bases(current))
                waiting += [base for base in own if isinstance(base, ast.ClassDef)]
        return found

    def _bases_elsewhere(self, owners: list[ast.ClassDef]) -> Iterator[str]:
        """The bases of classes that other modules hold."""
        for base in (base for owner in owners for base in owner.bases):
            name = self._names.resolve(base)
            if name is None:
                raise _Unseen
            if self._names.definition(name) is None:
                yield name

    def _enter(self, node: ast.AST) -> None:
        if node not in self._seen:
            self._seen.add(node)
            self._waiting.append(node)

    def _leave_open(self, kind: str, name: str) -> None:
        if is_own(name, self._module.settings.oracles):
            raise _Unseen
        self._open[f"{kind} {name}"] = None

    # -- what a function does

    def _read(self, function: ast.AST) -> None:
        if isinstance(function, FUNCTIONS):
            self._read_parameters(function)
        for part in getattr(function, "body", ()):
            for node in walk(part):
                if node not in self._echo and oracle_at(node) is not None and not self._in_echo(node):
                    raise _Unseen
                if isinstance(node, ast.Call):
                    self._follow(node.func, node)

    def _in_echo(self, node: ast.AST) -> bool:
        return bool(self._echo) and any(above in self._echo for above in self._module.ancestors(node))

    def _read_parameters(self, function: FunctionNode) -> None:
        """Every fixture that is asked for may check something when it ends, whether it is used or not."""
        for parameter in self._asked(function):
            self._fixture(parameter.arg)

    def _asked(self, function: FunctionNode) -> list[ast.arg]:
        """The parameters of a test or a fixture that fixtures fill."""
        if function is not self._test.node and not is_fixture(function):
            return []
        method = function is self._test.node and self._test.owner is not None
        owned = method or isinstance(self._module.parent(function), ast.ClassDef)
        parameters = parameters_of(function)[1 if owned else 0 :]
        handed = self._handed(function)
        filled = parameters[sum(map(is_patch, function.decorator_list)) :]
        return [parameter for parameter in filled if parameter.arg not in handed]

    def _handed(self, function: FunctionNode) -> set[str]:
        """Parameters that `parametrize` fills."""
        found: set[str] = set()
        owner = self._test.owner
        for mark in [*function.decorator_list, *(owner.decorator_list if owner is not None else ())]:
            if isinstance(mark, ast.Call) and last_name(mark) == "parametrize" and mark.args:
                named = mark.args[0]
                texts = named.elts if isinstance(named, ast.Tuple | ast.List) else [named]
                for text in texts:
                    if isinstance(text, ast.Constant):
                        found.update(part.strip() for part in str(text.value).split(","))
            elif isinstance(mark, ast.Call) and last_name(mark) in (
                "expand",
                "data",
                "parameterized",
                "params",
                "unpack",
            ):
                found.update(parameter.arg for parameter in parameters_of(function))
        if any(is_checking(name) and not name.startswith("should") for name in found):
            raise _Unseen
        return found

    def _fixture(self, name: str) -> None:
        own = self._fixtures.get(name)
        if own is not None:
            self._enter(own)
        elif ORACLE_FIXTURES.search(name) or is_checking(name):
            raise _Unseen
        elif name not in PLAIN_FIXTURES:
            self._leave_open("fixture", name)

    # -- where a called thing comes from

    def _follow(self, expression: ast.expr, call: ast.Call | None = None, steps: int = 0) -> None:
        """Look into what is called, leave it open, or give up."""
        if steps > _STEPS:
            raise _Unseen
        root, path = root_of(expression)
        if isinstance(root, ast.Name):
            self._follow_name(root, path, call, steps)
        elif isinstance(root, ast.Call):
            self._follow(root.func, root, steps + 1)

    def _follow_name(self, name: ast.Name, path: list[str], call: ast.Call | None, steps: int) -> None:
        owner = self._names.class_of_self(name)
        if owner is not None:
            self._follow_self(owner, path, steps)
            return
        if name.id == "super":
            return
        bindings = self._names.bindings(name)
        if not bindings:
            if hasattr(builtins, name.id) and name.id not in ("getattr", "eval", "exec", "globals", "locals"):
                return
            self._give_up(call)
        for binding in bindings[:_STEPS]:
            self._follow_binding(binding, path, call, steps)

    def _give_up(self, call: ast.Call | None) -> None:
        if call is not None:
            self._module.not_resolved.add(call)
        raise _Unseen

    def _follow_binding(self, binding: Binding, path: list[str], call: ast.Call | None, steps: int) -> None:
        if binding.kind == "import":
            self._imported(".".join([binding.target, *path]), len(path))
        elif binding.kind == "definition":
            self._defined(binding.node, path)
        elif binding.kind in ("value", "entered"):
            if binding.value is not None:
                self._follow(binding.value, call, steps + 1)
        elif binding.kind == "parameter":
            self._follow_given(binding.node, path, call, steps)
        elif binding.kind == "opaque":
            source = source_of(binding.node)
            if source is not None:
                self._follow(source, call, steps + 1)

    def _follow_given(self, parameter: ast.AST, path: list[str], call: ast.Call | None, steps: int) -> None:
        """Something of what a fixture gives is called: where nothing tells what that is, it may be a check."""
        function = self._module.enclosing_function(parameter)
        if function is None or parameter not in self._asked(function):
            return
        if any(map(is_checking, path)):
            raise _Unseen
        annotation = getattr(parameter, "annotation", None)
        if annotation is not None:
            self._follow(annotation, call, steps + 1)
        else:
            self._given(getattr(parameter, "arg", ""), call, steps)

    def _given(self, name: str, call: ast.Call | None, steps: int) -> None:
        own = self._fixtures.get(name)
        if own is None:
            if name not in PLAIN_FIXTURES:
                self._leave_open("given", name)
            return
        origins = origins_of(self._module, own) if steps < _STEPS else None
        if origins is None:
            self._give_up(call)
        for origin in origins or ():
            self._given(origin, call, steps + 1)

    def _defined(self, node: ast.AST, path: list[str]) -> None:
        if isinstance(node, ast.ClassDef):
            owners = self._lineage(node)
            for method in (method for owner in owners for method in owner.body):
                if isinstance(method, FUNCTIONS):
                    self._enter(method)
            for base in self._bases_elsewhere(owners):
                self._imported(base, 0)
        else:
            self._enter(node)

    def _imported(self, name: str, own: int) -> None:
        """A name from elsewhere; see `imported_by_a_test`."""
        found = "unseen" if is_own(name, self._module.settings.oracles) else imported_by_a_test(name, own)
        if found == "unseen":
            raise _Unseen
        if found == "open":
            self._leave_open("import", name)

    def _follow_self(self, owner: ast.ClassDef, path: list[str], steps: int) -> None:
        """`self.x()`: a method of the class, what `self.x` was set to, or something of a base elsewhere."""
        if not path:
            return
        held = False
        for cls in self._lineage(owner):
            for node in cls.body:
                if isinstance(node, FUNCTIONS) and node.name == path[0]:
                    self._enter(node)
                    held = True
                elif isinstance(node, ast.ClassDef) and node.name == path[0]:
                    self._defined(node, path[1:])
                    held = True
            for value in remembered(self._module, _set_in, cls).get(path[0], ()):
                held = True
                self._follow(value, None, steps + 1)
        if not held:
            self._inherited(owner, path[0])

    def _inherited(self, owner: ast.ClassDef, name: str) -> None:
        """Something that a base elsewhere gives, a framework's or the project's."""
        if is_checking(name):
            raise _Unseen
        if any(not is_plain_base(base) for base in self._bases_elsewhere(self._lineage(owner))):
            self._leave_open("self", name)


def _set_in(module: Module, owner: ast.ClassDef) -> dict[str, list[ast.expr]]:
    """What stands behind `x = ` and `self.x = ` anywhere in a class, by the name that it is given."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(owner):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                named = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", None)
                if named is not None:
                    found.setdefault(named, []).append(node.value)
    return found
