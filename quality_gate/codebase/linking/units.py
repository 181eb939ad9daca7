"""A piece of code made ready for questions: what its names are bound to, what it returns, what it puts where."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from quality_gate.codebase import tree
from quality_gate.codebase.facts import Code, Facts, decode_body
from quality_gate.codebase.facts_expressions import CHANGERS

if TYPE_CHECKING:
    from quality_gate.codebase.linking.scopes import Scope

LAST = 1 << 30
"""A place behind every statement: what holds when the code has run."""


class Binding(NamedTuple):
    """One way in which a name gets its value.

    Args:
        order: place of the statement; -1 for a parameter.
        way: as of `tree.Bind`; `parameter`, `define`, `import` besides.
        path: places in nested unpackings, from the outside in; -1 for a starred target.
        defines: the piece of code that a `define` binds.
    """

    order: int
    block: int
    way: str
    value: tree.Expr | None = None
    annotation: tree.Expr | None = None
    path: tuple[int, ...] = ()
    defines: int = -1
    module: tree.Import | None = None


class Element(NamedTuple):
    """Something put into a container: `x[key] = value`, `x.append(value)`, `x.extend(values)`."""

    order: int
    block: int
    key: tree.Expr | None
    value: tree.Expr
    whole: bool


class Unit:
    """A piece of code of a module.

    Args:
        module: the file that it stands in.
        index: its place there.
        name: its dotted name.
        parent: the code around it.
        key: the name, with a number behind it where the file has several of that name.

    Attributes:
        place: `path|key`.
    """

    __slots__ = (
        "_body",
        "_calls",
        "_decorated",
        "_ready",
        "bindings",
        "code",
        "elements",
        "elsewhere",
        "gives",
        "index",
        "key",
        "module",
        "name",
        "parent",
        "place",
        "puts",
        "reached",
        "returns",
        "scopes",
        "sets",
        "stars",
    )

    def __init__(self, module: Module, index: int, code: Code, name: str, parent: Unit | None) -> None:
        self.module = module
        self.index = index
        self.code = code
        self.name = name
        self.parent = parent
        self.key = name
        self.place = ""
        self._body: tree.Body | None = None
        self._calls: dict[str, list[tree.Call]] | None = None
        self._decorated: dict[str, list[tuple[Unit, tree.Expr]]] | None = None
        self._ready = False
        self.reached: dict[tuple[str, int], list[Binding]] = {}
        self.scopes: dict[str, Scope] = {}

    @property
    def body(self) -> tree.Body:
        """Its statements."""
        if self._body is None:
            self._body = decode_body(self.code.body)
        return self._body

    def ready(self) -> Unit:
        """Read what it binds and returns, once."""
        if not self._ready:
            self._ready = True
            self.bindings: dict[str, list[Binding]] = {}
            self.elements: dict[str, list[Element]] = {}
            self.sets: dict[str, list[tuple[tree.Expr, tree.Bind]]] = {}
            self.puts: dict[str, list[tuple[tree.Expr, Element]]] = {}
            self.returns: list[tree.Expr] = []
            self.gives: list[tree.Give] = []
            self.elsewhere: dict[str, bool] = {}
            self.stars: list[tree.Import] = []
            _read(self)
        return self

    @property
    def calls(self) -> dict[str, list[tree.Call]]:
        """Its calls by the last part of what is called, in source order."""
        if self._calls is None:
            self._calls = {}
            for statement in self.body.statements:
                for root in expressions_of(statement):
                    for node in tree.inner(root):
                        if node.__class__ is tree.Call:
                            self._calls.setdefault(last_name(node.func), []).append(node)
        return self._calls

    @property
    def decorated(self) -> dict[str, list[tuple[Unit, tree.Expr]]]:
        """What it defines under decorators, each with the decorator, by the last part of what decorates."""
        if self._decorated is None:
            self._decorated = {}
            for child in self.children():
                for decorator in child.code.decorators:
                    name = last_name(decorator.func if type(decorator) is tree.Call else decorator)
                    self._decorated.setdefault(name, []).append((child, decorator))
        return self._decorated

    def children(self) -> list[Unit]:
        """Functions and classes that it defines, in source order."""
        units = self.module.units
        return [units[place] for place in self.module.children.get(self.index, ())]


class Module:
    """A file of the project.

    Args:
        name: dotted, from its source root.
        path: relative to the project's root.
    """

    __slots__ = ("children", "doubles", "facts", "is_package", "keyed", "name", "named", "package", "path", "units")

    def __init__(self, name: str, path: str, facts: Facts) -> None:
        self.name = name
        self.path = path
        self.facts = facts
        self.is_package = path.endswith("__init__.py")
        self.package = name if self.is_package else name.rpartition(".")[0]
        self.units: list[Unit] = []
        self.children: dict[int, list[int]] = {}
        self.named: dict[str, Unit] = {}
        self.doubles: dict[str, list[Unit]] = {}
        self.keyed: dict[str, Unit] = {}
        for index, code in enumerate(facts.codes):
            parent = self.units[code.parent] if code.parent >= 0 else None
            whole = f"{parent.name}.{code.name}" if parent is not None else name
            self._add(Unit(self, index, code, whole, parent))

    def _add(self, unit: Unit) -> None:
        self.units.append(unit)
        self.children.setdefault(unit.code.parent, []).append(unit.index)
        known = self.named.get(unit.name)
        if known is not None:
            self.doubles.setdefault(unit.name, [known]).append(unit)
        if known is None or (known.code.kind == unit.code.kind and not _second_accessor(unit.code)):
            self.named[unit.name] = unit
        count = 1
        while unit.key in self.keyed:
            count += 1
            unit.key = f"{unit.name}#{count}"
        self.keyed[unit.key] = unit
        unit.place = f"{self.path}|{unit.key}"

    def all_named(self, name: str) -> list[Unit]:
        """Its pieces of code of one name; more than one where it says a definition twice."""
        known = self.named.get(name)
        if known is None:
            return []
        return [known, *(unit for unit in self.doubles.get(name, ()) if unit is not known)]

    def absolute(self, found: tree.Import) -> str:
        """The dotted name of the module that an import names."""
        if not found.level:
            return found.module
        parts = self.package.split(".") if self.package else []
        kept = parts[: len(parts) - (found.level - 1)] if found.level > 1 else parts
        return ".".join([*kept, *([found.module] if found.module else [])])


def _second_accessor(code: Code) -> bool:
    """Whether a definition is the setter or deleter of a property that stands before it."""
    return any(last_name(decorator) in ("setter", "deleter") for decorator in code.decorators)


def last_name(node: tree.Expr) -> str:
    """`charge` of `self.bank.charge`; empty for what has no name."""
    if type(node) is tree.Attribute:
        return node.attr
    return node.id if type(node) is tree.Name else ""


def expressions_of(statement: tree.Statement) -> list[tree.Expr]:
    """The expressions of a statement, in the order in which they are evaluated."""
    if type(statement) is tree.Bind:
        parts = (statement.value, statement.target)
        return [part for part in parts if part is not None]
    if type(statement) is tree.Evaluate or type(statement) is tree.Give:
        return [statement.value]
    if type(statement) is tree.Return:
        return [statement.value] if statement.value is not None else []
    if type(statement) is tree.Raise:
        return [part for part in (statement.value, statement.cause) if part is not None]
    return []


def _read(unit: Unit) -> None:
    for parameter in unit.code.parameters:
        binding = Binding(-1, 0, "parameter", parameter.default, parameter.annotation)
        unit.bindings[parameter.name] = [binding]
    for order, statement in enumerate(unit.body.statements):
        kind = statement.__class__
        if kind is tree.Bind:
            _read_bind(unit, order, statement)  # type: ignore[arg-type]
        elif kind is tree.Evaluate:
            _read_change(unit, order, statement)  # type: ignore[arg-type]
        elif type(statement) is tree.Return:
            if statement.value is not None:
                unit.returns.append(statement.value)
        elif type(statement) is tree.Define:
            name = unit.module.units[statement.index].code.name
            _bind(unit, name, Binding(order, statement.block, "define", defines=statement.index))
        elif type(statement) is tree.Import:
            if statement.name == "*":
                unit.stars.append(statement)
            else:
                _bind(unit, statement.name, Binding(order, statement.block, "import", module=statement))
        elif type(statement) is tree.Give:
            unit.gives.append(statement)
        elif type(statement) is tree.Elsewhere:
            unit.elsewhere.update(dict.fromkeys(statement.names, statement.of_module))


def _bind(unit: Unit, name: str, binding: Binding) -> None:
    unit.bindings.setdefault(name, []).append(binding)


def _read_bind(unit: Unit, order: int, statement: tree.Bind) -> None:
    if statement.target is not None and statement.way != "del":
        _read_target(unit, order, statement, statement.target, ())
    if type(statement.value) is tree.Call:
        _read_call(unit, order, statement.block, statement.value)


def _read_target(unit: Unit, order: int, statement: tree.Bind, target: tree.Expr, path: tuple[int, ...]) -> None:
    if type(target) is tree.Name:
        found = Binding(order, statement.block, statement.way, statement.value, statement.annotation, path)
        _bind(unit, target.id, found)
    elif type(target) is tree.Attribute:
        unit.sets.setdefault(target.attr, []).append((target.value, _unpacked(statement, path)))
    elif type(target) is tree.Subscript:
        if statement.value is not None and not path and statement.way == "=":
            element = Element(order, statement.block, target.index, statement.value, False)
            _put(unit, target.value, element)
    elif type(target) is tree.Sequence:
        for place, item in enumerate(target.elements):
            _read_target(unit, order, statement, item, (*path, place))
    elif type(target) is tree.Starred:
        _read_target(unit, order, statement, target.value, (*path[:-1], -1))


def _unpacked(statement: tree.Bind, path: tuple[int, ...]) -> tree.Bind:
    """The same for one part of an unpacked value: the path stands in its target as constants."""
    if not path:
        return statement
    places = tree.Sequence("tuple", tuple(tree.Constant("int", place) for place in path))
    return tree.Bind(places, statement.way, statement.value, None, statement.block, statement.line, statement.column)


def path_of(statement: tree.Bind) -> tuple[int, ...]:
    """The path that `_unpacked` left."""
    target = statement.target
    if type(target) is not tree.Sequence:
        return ()
    return tuple(int(one.value or 0) for one in target.elements if type(one) is tree.Constant)


def _put(unit: Unit, container: tree.Expr, element: Element) -> None:
    if type(container) is tree.Name:
        unit.elements.setdefault(container.id, []).append(element)
    elif type(container) is tree.Attribute:
        unit.puts.setdefault(container.attr, []).append((container.value, element))
    elif type(container) is tree.Subscript:
        inner = tree.Mapping((element.key,), (element.value,)) if element.key is not None else element.value
        if element.key is None:
            inner = tree.Sequence("list", (element.value,)) if not element.whole else element.value
        _put(unit, container.value, Element(element.order, element.block, container.index, inner, False))
    else:
        _put_into_default(unit, container, element)


def _put_into_default(unit: Unit, container: tree.Expr, element: Element) -> None:
    """`x.setdefault(key, []).append(y)`."""
    call = container if type(container) is tree.Call else None
    if call is not None and call.args and type(call.func) is tree.Attribute and call.func.attr == "setdefault":
        _put(unit, tree.Subscript(call.func.value, call.args[0], call.line, call.column), element)


def _read_change(unit: Unit, order: int, statement: tree.Evaluate) -> None:
    if type(statement.value) is tree.Call:
        _read_call(unit, order, statement.block, statement.value)


def _read_call(unit: Unit, order: int, block: int, call: tree.Call) -> None:
    function = call.func
    if type(function) is not tree.Attribute or function.attr not in CHANGERS or not call.args:
        return
    method, arguments = function.attr, call.args
    if method in ("extend", "update"):
        _put(unit, function.value, Element(order, block, None, arguments[0], True))
    elif method == "setdefault":
        if len(arguments) == 2:
            _put(unit, function.value, Element(order, block, arguments[0], arguments[1], False))
    else:
        _put(unit, function.value, Element(order, block, None, arguments[-1], False))
