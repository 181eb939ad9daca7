"""The ladder: what a name, an attribute or a call means, without the project's dependencies and without running it.

Rungs, in the order of rules.md: import-qualified name, annotation, `with` on a constructor, `self.x` assigned or
injected, parameter default, return annotation of a function of the project, factory table. Where no rung holds the
answer is None and the caller stays silent; a wrong guess would be a false alarm.

Two questions are kept apart: `resolve` (which object does this expression name?) and `type_of` (which class is this
expression an instance of?).
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeAlias

from quality_gate_checkers.model.annotations import Annotations, the_one
from quality_gate_checkers.model.index import Index
from quality_gate_checkers.model.literals import class_of_literal, is_none
from quality_gate_checkers.model.lookups import Lookups
from quality_gate_checkers.model.outside import Outside
from quality_gate_checkers.model.scopes import FUNCTIONS, Binding, FunctionNode, is_property

Factories: TypeAlias = Callable[[str, ast.Call | None], str | None]
"""What a library function returns: its dotted name, the call (None for `x[y]`, `x / y`) -> the class's dotted name."""

_BUILTINS = frozenset(dir(builtins))
_SELF = frozenset({"typing.Self", "typing_extensions.Self"})
_CONTEXT_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
_DEPTH = 24
"""How many steps a chain of names may have; longer ones are loops or not worth following."""

_MANY = 100
"""A name that is bound more often than this is not followed: the time for every use of it would grow with the file."""


class Names(Lookups):
    """The ladder over one module.

    Args:
        module, package, tree, index: as `Lookups` takes them.
        factories: the catalogue's factory table.
        outside: what other modules tell of names that are imported.
    """

    def __init__(
        self, module: str, package: str, tree: ast.Module, index: Index, factories: Factories, outside: Outside
    ) -> None:
        super().__init__(module, package, tree, index)
        self._factories = factories
        self._outside = outside
        self._resolved: dict[ast.expr, str | None] = {}
        self._types: dict[ast.expr, str | None] = {}
        self._depth = 0

    @property
    def _annotations(self) -> Annotations:
        """Made anew each time: kept, it would close a circle, and no tree be freed while the collector is off."""
        return Annotations(self.resolve, self._parents)

    # -- which object

    def resolve(self, expression: ast.expr) -> str | None:
        """Dotted name of the object that an expression names: `requests.get`, `shop.pay.Gateway`, `builtins.open`."""
        if expression in self._resolved:
            return self._resolved[expression]
        self._resolved[expression] = None
        if self._depth >= _DEPTH:
            return None
        self._depth += 1
        try:
            found = self._resolve(expression)
        finally:
            self._depth -= 1
        self._resolved[expression] = found
        return found

    def _resolve(self, expression: ast.expr) -> str | None:
        if isinstance(expression, ast.Name):
            return self._resolve_name(expression)
        if isinstance(expression, ast.Attribute):
            return self._resolve_attribute(expression)
        if isinstance(expression, ast.Subscript):
            return self.resolve(expression.value)
        return None

    def _resolve_name(self, name: ast.Name) -> str | None:
        found = self.bindings(name)
        if not found:
            return f"builtins.{name.id}" if name.id in _BUILTINS else None
        return self._resolve_bound(found)

    def _resolve_bound(self, found: Sequence[Binding]) -> str | None:
        if len(found) > _MANY:
            return None
        kinds = {binding.kind for binding in found if not (binding.says_nothing or self._is_fallback(binding))}
        if "import" in kinds and kinds <= {"import", "definition"}:
            return self._outside.resolve(next(binding.target for binding in found if binding.kind == "import"))
        if kinds == {"definition"}:
            return self.qualified_name(found[-1].node)
        if len(found) == 1 and found[0].kind == "value" and isinstance(found[0].value, ast.Name | ast.Attribute):
            return self.resolve(found[0].value)
        return None

    def _is_fallback(self, binding: Binding) -> bool:
        """`JSONDecodeError = ValueError` in a handler: what stands in for an import that failed."""
        return binding.kind == "value" and isinstance(self._parents[binding.node], ast.ExceptHandler)

    def _resolve_attribute(self, attribute: ast.Attribute) -> str | None:
        if isinstance(attribute.value, ast.Name):
            owner = self.class_of_self(attribute.value)
            if owner is not None:
                return self._resolve_member(owner, attribute.attr)
        base = self.resolve(attribute.value)
        return self._elsewhere(f"{base}.{attribute.attr}") if base else None

    def _elsewhere(self, name: str) -> str:
        """Where a name leads that other modules may know; names of this one are told here."""
        return name if self._is_own(name) else self._outside.resolve(name)

    def _is_own(self, name: str) -> bool:
        return name.startswith((f"{self.module}.", "builtins."))

    def _resolve_member(self, owner: ast.ClassDef, attribute: str) -> str | None:
        found = self._attribute_bindings(owner, attribute)
        if not found:
            return None
        if found[-1].kind == "definition":
            return None if is_property(found[-1].node) else self.qualified_name(found[-1].node)
        only = found[0].value if len(found) == 1 else None
        return self.resolve(only) if isinstance(only, ast.Name | ast.Attribute) else None

    # -- which class

    def type_of(self, expression: ast.expr | None) -> str | None:
        """Dotted name of the class that an expression is an instance of, or None when no rung holds."""
        if expression is None:
            return None
        if expression in self._types:
            return self._types[expression]
        self._types[expression] = None
        if self._depth >= _DEPTH:
            return None
        self._depth += 1
        try:
            found = self._type_of(expression)
        finally:
            self._depth -= 1
        self._types[expression] = found
        return found

    def _type_of(self, expression: ast.expr) -> str | None:
        written_out = class_of_literal(expression)
        if written_out is not None:
            return written_out
        if isinstance(expression, ast.Await):
            return self.type_of(expression.value)
        if isinstance(expression, ast.Call):
            return self._type_of_call(expression)
        if isinstance(expression, ast.Name):
            owner = self.class_of_self(expression)
            return self.qualified_name(owner) if owner is not None else self._agreed(self.bindings(expression))
        if isinstance(expression, ast.Attribute):
            return self._type_of_attribute(expression)
        if isinstance(expression, ast.NamedExpr):
            return self.type_of(expression.value)
        if isinstance(expression, ast.Subscript):
            return self._made_by_operator(expression.value, "__getitem__")
        if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Div):
            return self._made_by_operator(expression.left, "__truediv__")
        if isinstance(expression, ast.BoolOp):
            return the_one(self.type_of(value) for value in expression.values if not is_none(value))
        if isinstance(expression, ast.IfExp):
            return the_one(self.type_of(value) for value in (expression.body, expression.orelse) if not is_none(value))
        return None

    def _made_by_operator(self, operand: ast.expr, operator: str) -> str | None:
        holder = self.type_of(operand)
        return self._factories(f"{holder}.{operator}", None) if holder else None

    def _agreed(self, bindings: Collection[Binding]) -> str | None:
        """The one type of all bindings; `x = None` at the start of a function says nothing against the others."""
        if len(bindings) > _MANY:
            return None
        return the_one(self._type_of_binding(binding) for binding in bindings if not binding.says_nothing)

    def _type_of_binding(self, binding: Binding) -> str | None:
        if binding.annotation is not None:
            annotated = self._annotations.class_of(binding.annotation)
            if annotated is not None:
                return annotated
        if binding.kind in ("value", "parameter"):
            return self.type_of(binding.value)
        if binding.kind == "import":
            return self._outside.type_of(binding.target)
        if binding.kind == "entered":
            return self._type_entered(binding.value)
        if binding.kind == "caught" and binding.value is not None:
            return self.resolve(binding.value)
        if binding.kind == "definition" and isinstance(binding.node, FUNCTIONS) and is_property(binding.node):
            return self._returned(binding.node)
        return None

    def _type_of_call(self, call: ast.Call) -> str | None:
        name = self.callee(call)
        if name is None:
            return None
        made = self._factories(name, call)
        if made is not None:
            return made
        definition = self.definition(name)
        if isinstance(definition, ast.ClassDef):
            return name
        if isinstance(definition, FUNCTIONS):
            return self._returned(definition)
        if name.startswith("builtins."):
            return name if isinstance(getattr(builtins, name.removeprefix("builtins."), None), type) else None
        return self._outside.returned(name) or (name if _looks_like_class(name) else None)

    def _type_entered(self, manager: ast.expr | None) -> str | None:
        if isinstance(manager, ast.Call):
            name = self.callee(manager)
            definition = self.definition(name) if name else None
            if isinstance(definition, FUNCTIONS) and self._is_context_manager(definition):
                return self._annotations.yielded(definition)
            entered = self._outside.entered(name) if name and not self._is_own(name) else None
            if entered is not None:
                return entered
        made = self.type_of(manager)
        own = self.definition(made) if made else None
        if isinstance(own, ast.ClassDef):
            for entering in ("__enter__", "__aenter__"):
                for binding in self._attribute_bindings(own, entering):
                    if isinstance(binding.node, FUNCTIONS) and binding.node.returns is not None:
                        return self._returned(binding.node)
        return made

    def _type_of_attribute(self, attribute: ast.Attribute) -> str | None:
        holder = self.type_of(attribute.value) or self.resolve(attribute.value)
        return self.attribute_type(holder, attribute.attr) if holder else None

    def attribute_type(self, holder: str, attribute: str) -> str | None:
        """Dotted name of the class of an attribute that instances of a class have, inherited ones included.

        Args:
            holder: dotted name of the class.
        """
        owner = self.definition(holder)
        if not isinstance(owner, ast.ClassDef):
            return None if self._is_own(holder) else self._outside.attribute(holder, attribute)
        found = self._attribute_bindings(owner, attribute)
        if found:
            return self._agreed(found)
        strangers = (base for base in self._ancestors(owner) if not self._is_own(base))
        return next((told for base in strangers if (told := self._outside.attribute(base, attribute))), None)

    def _is_context_manager(self, function: FunctionNode) -> bool:
        return any(self.resolve(decorator) in _CONTEXT_MANAGERS for decorator in function.decorator_list)

    def _returned(self, function: FunctionNode) -> str | None:
        """Class of what a function of this module returns, by its annotation."""
        if function.returns is None:
            return None
        found = self._annotations.class_of(function.returns)
        if found in _SELF:
            owner = self._parents[function]
            return self.qualified_name(owner) if isinstance(owner, ast.ClassDef) else None
        return found

    # -- which function

    def callee(self, call: ast.Call) -> str | None:
        """Dotted name of what a call calls: `requests.Session.get` for `self.http.get()` on a known attribute."""
        function = call.func
        direct = self.resolve(function)
        if isinstance(function, ast.Attribute):
            if _is_super(function.value):
                return self._inherited(call, function.attr)
            holder = self._decorated_class(function.value) if direct else self.type_of(function.value)
            return self.method(holder, function.attr) if holder else direct
        if direct is not None:
            return direct
        holder = self.type_of(function)
        return self.method(holder, "__call__") if holder else None

    def _decorated_class(self, expression: ast.expr) -> str | None:
        """What a decorator of the catalogue made of a function of this module: `@shared_task` makes a Task."""
        name = self.resolve(expression)
        function = self.definition(name) if name else None
        if not isinstance(function, FUNCTIONS):
            return None
        for decorator in function.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            if call is not None:
                made_by = self.callee(call)
            elif isinstance(decorator, ast.Attribute) and (holder := self.type_of(decorator.value)):
                made_by = self.method(holder, decorator.attr)
            else:
                made_by = self.resolve(decorator)
            made = self._factories(made_by, call) if made_by else None
            if made is not None:
                return made
        return None

    def _inherited(self, call: ast.Call, attribute: str) -> str | None:
        owner = self.enclosing_class(call)
        if owner is None:
            return None
        return next((name for base in self.bases(owner) if (name := self.method(base, attribute))), None)

    def method(self, holder: str, attribute: str, depth: int = 0) -> str:
        """Dotted name of a method as its defining class gives it; a class of another module is taken at its word."""
        own = self.definition(holder)
        if not isinstance(own, ast.ClassDef) or depth > _DEPTH:
            return self._elsewhere(f"{holder}.{attribute}")
        if attribute in self._members(own):
            return f"{holder}.{attribute}"
        bases = self.bases(own)
        return self.method(bases[0], attribute, depth + 1) if bases else f"{holder}.{attribute}"

    def bases(self, owner: ast.ClassDef) -> list[str]:
        """Dotted names of a class's bases, those that resolve."""
        return [name for base in owner.bases if (name := self.resolve(base)) is not None]

    # -- what other modules ask of this one

    def exported(self, name: str) -> str | None:
        """Dotted name of the object that a name of the module stands for; its own where it is defined here."""
        found = self._scope(self._tree).names.get(name)
        return self._resolve_bound(found) if found else None

    def exported_type(self, name: str) -> str | None:
        """Dotted name of the class that the object of a name of the module is an instance of."""
        return self._agreed(self._scope(self._tree).names.get(name, ()))

    def exported_members(self, name: str) -> list[str | None] | None:
        """What the members of a tuple resolve to that a name of the module stands for; None where it is no tuple's."""
        found = [binding for binding in self._scope(self._tree).names.get(name, ()) if not binding.says_nothing]
        only = found[0].value if len(found) == 1 else None
        return [self.resolve(member) for member in only.elts] if isinstance(only, ast.Tuple) else None

    def returned(self, name: str) -> str | None:
        """Dotted name of the class of what a class or function of this module gives when it is called."""
        definition = self.definition(name)
        if isinstance(definition, ast.ClassDef):
            return name
        return self._returned(definition) if definition is not None else None

    def entered(self, name: str) -> str | None:
        """Dotted name of the class that entering a context manager gives which a function of this module makes."""
        definition = self.definition(name)
        if isinstance(definition, FUNCTIONS) and self._is_context_manager(definition):
            return self._annotations.yielded(definition)
        return None

    def members(self, expression: ast.expr) -> list[str | None]:
        """What the members of a tuple resolve to, be it written out or named; of anything else, what it resolves to."""
        if isinstance(expression, ast.Tuple):
            return [self.resolve(member) for member in expression.elts]
        resolved = self.resolve(expression)
        if resolved is not None:
            told = None if self._is_own(resolved) else self._outside.members(resolved)
            return [resolved] if told is None else [*told]
        bound = self.bindings(expression) if isinstance(expression, ast.Name) else []
        found = [one for one in bound if not one.says_nothing]
        if len(found) == 1 and isinstance(found[0].value, ast.Tuple):
            return [self.resolve(member) for member in found[0].value.elts]
        return [None]

    # -- classes and self

    def _attribute_bindings(self, owner: ast.ClassDef, attribute: str) -> list[Binding]:
        """What a class binds itself, else what the first of its bases in this module that binds it does."""
        found = self._members(owner).get(attribute)
        if found:
            return found
        bases = (self.definition(name) for name in self._ancestors(owner))
        held = (self._members(base).get(attribute) for base in bases if isinstance(base, ast.ClassDef))
        return next((bindings for bindings in held if bindings), [])

    def _ancestors(self, owner: ast.ClassDef) -> Iterator[str]:
        """Dotted names of a class's bases, and of theirs where they stand in this module; none is told twice."""
        stack, told = [*reversed(self.bases(owner))], {self.qualified_name(owner)}
        while stack and len(told) <= _DEPTH:
            name = stack.pop()
            if name in told:
                continue
            told.add(name)
            yield name
            base = self.definition(name)
            if isinstance(base, ast.ClassDef):
                stack += reversed(self.bases(base))


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def _looks_like_class(name: str) -> bool:
    last = name.rpartition(".")[2].lstrip("_")
    return last[:1].isupper() and not last.isupper()
