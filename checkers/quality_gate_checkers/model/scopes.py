"""What a name may be bound to, scope by scope. Built on demand: most scopes of a module are never asked about."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from quality_gate_checkers.model.literals import is_none

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
ScopeNode: TypeAlias = ast.Module | FunctionNode | ast.Lambda | ast.ClassDef | Comprehension

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SCOPES = (ast.Module, *FUNCTIONS, ast.Lambda, ast.ClassDef, *COMPREHENSIONS)

Kind = Literal["import", "definition", "value", "parameter", "entered", "caught", "opaque"]


class Binding(msgspec.Struct, frozen=True):
    """One way in which a name gets its value.

    Args:
        kind: `import` (target holds the dotted name), `definition` (node is a def or class), `value` (value is
            assigned), `parameter` (value is the default), `entered` (value is the context manager), `caught` (value is
            the exception type), `opaque` (loops, unpacking: the ladder has no rung for it).
        node: where it is bound.
    """

    kind: Kind
    node: ast.AST
    value: ast.expr | None = None
    annotation: ast.expr | None = None
    target: str = ""

    @property
    def says_nothing(self) -> bool:
        """`x = None`: a beginning, or what stands in for an import that failed."""
        return self.kind == "value" and is_none(self.value) and self.annotation is None


class Scope:
    """The names that one scope binds itself.

    Args:
        node: the module, function, class, lambda or comprehension.
        package: dotted name that relative imports start from.
        binders: the nodes that bind names in it, in source order.
    """

    def __init__(self, node: ScopeNode, package: str, binders: list[ast.AST]) -> None:
        self.node = node
        self.names: dict[str, list[Binding]] = {}
        self.elsewhere: set[str] = set()
        """Names declared global or nonlocal here."""
        self.of_module: set[str] = set()
        """Those of them that are declared global."""
        self._package = package
        if isinstance(node, (*FUNCTIONS, ast.Lambda)):
            self._parameters(node.args)
        if isinstance(node, COMPREHENSIONS):
            for generator in node.generators:
                self._target(generator.target, Binding("opaque", generator))
        for binder in binders:
            BINDERS[type(binder)](self, binder)

    def _bind(self, name: str, binding: Binding) -> None:
        self.names.setdefault(name, []).append(binding)

    def _parameters(self, arguments: ast.arguments) -> None:
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
        for parameter, default in [
            *zip(positional, defaults, strict=True),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]:
            self._bind(parameter.arg, Binding("parameter", parameter, default, parameter.annotation))
        for rest in (arguments.vararg, arguments.kwarg):
            if rest is not None:
                self._bind(rest.arg, Binding("opaque", rest))

    def _target(self, target: ast.AST, binding: Binding) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, binding)
        elif isinstance(target, ast.Tuple | ast.List):
            for element in target.elts:
                self._target(element, Binding("opaque", binding.node))
        elif isinstance(target, ast.Starred):
            self._target(target.value, Binding("opaque", binding.node))

    def _read_import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.asname:
                self._bind(alias.asname, Binding("import", node, target=alias.name))
            else:
                top = alias.name.split(".")[0]
                self._bind(top, Binding("import", node, target=top))

    def _read_import_from(self, node: ast.ImportFrom) -> None:
        source = node.module or ""
        if node.level:
            parts = self._package.split(".") if self._package else []
            kept = parts[: len(parts) - (node.level - 1)] if node.level > 1 else parts
            source = ".".join([*kept, *([source] if source else [])])
        for alias in node.names:
            if alias.name != "*":
                self._bind(alias.asname or alias.name, Binding("import", node, target=f"{source}.{alias.name}"))

    def _read_definition(self, node: FunctionNode | ast.ClassDef) -> None:
        self._bind(node.name, Binding("definition", node))

    def _read_assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._target(target, Binding("value", node, node.value))

    def _read_annotated(self, node: ast.AnnAssign) -> None:
        self._target(node.target, Binding("value", node, node.value, node.annotation))

    def _read_walrus(self, node: ast.NamedExpr) -> None:
        self._target(node.target, Binding("value", node, node.value))

    def _read_augmented(self, node: ast.AugAssign) -> None:
        self._target(node.target, Binding("opaque", node))

    def _read_loop(self, node: ast.For | ast.AsyncFor) -> None:
        self._target(node.target, Binding("opaque", node))

    def _read_with(self, node: ast.withitem) -> None:
        if node.optional_vars is not None:
            self._target(node.optional_vars, Binding("entered", node, node.context_expr))

    def _read_handler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name, Binding("caught", node, node.type))

    def _read_elsewhere(self, node: ast.Global | ast.Nonlocal) -> None:
        if isinstance(self.node, ast.Module):  # allowed there, and means nothing
            return
        self.elsewhere.update(node.names)
        if isinstance(node, ast.Global):
            self.of_module.update(node.names)

    def _read_pattern(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self._bind(node.name, Binding("opaque", node))


BINDERS: dict[type[ast.AST], Callable[..., None]] = {
    ast.Import: Scope._read_import,
    ast.ImportFrom: Scope._read_import_from,
    ast.FunctionDef: Scope._read_definition,
    ast.AsyncFunctionDef: Scope._read_definition,
    ast.ClassDef: Scope._read_definition,
    ast.Assign: Scope._read_assign,
    ast.AnnAssign: Scope._read_annotated,
    ast.NamedExpr: Scope._read_walrus,
    ast.AugAssign: Scope._read_augmented,
    ast.For: Scope._read_loop,
    ast.AsyncFor: Scope._read_loop,
    ast.withitem: Scope._read_with,
    ast.ExceptHandler: Scope._read_handler,
    ast.Global: Scope._read_elsewhere,
    ast.Nonlocal: Scope._read_elsewhere,
    ast.MatchAs: Scope._read_pattern,
    ast.MatchStar: Scope._read_pattern,
}
"""Nodes that bind names, and how each is read."""


def is_property(function: ast.AST) -> bool:
    """Whether reading an attribute calls this function."""
    return isinstance(function, FUNCTIONS) and any(
        getattr(decorator, "attr", getattr(decorator, "id", "")) in ("property", "cached_property")
        for decorator in function.decorator_list
    )
