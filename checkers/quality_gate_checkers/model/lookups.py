"""Where a node stands, what the names of its scope are bound to, and what its class binds: Python's own rules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from typing import cast

from quality_gate_checkers.model.index import PLACE, Index
from quality_gate_checkers.model.scopes import (
    BINDERS,
    COMPREHENSIONS,
    FUNCTIONS,
    SCOPES,
    Binding,
    FunctionNode,
    Scope,
    ScopeNode,
)

_SCOPES = frozenset(SCOPES)


class Lookups:
    """Scopes and bindings of one module.

    Args:
        module: the module's dotted name, e.g. `shop.pay`.
        package: where relative imports start: the module's package.
        tree, index: the module's tree and its index.
    """

    def __init__(self, module: str, package: str, tree: ast.Module, index: Index) -> None:
        self.module = module
        self._package = package
        self._tree = tree
        self._parents = index.parents
        self._index = index
        self._scopes: dict[ScopeNode, Scope] = {}
        self._outer: dict[ScopeNode, ScopeNode] = {}
        self._attributes: dict[ast.ClassDef, dict[str, list[Binding]]] = {}
        self._definitions: dict[str, ast.ClassDef | FunctionNode] | None = None

    def scope_node(self, node: ast.AST) -> ScopeNode:
        """The scope in which a node's names are looked up (decorators, defaults and annotations belong outside)."""
        parents = self._parents
        child, parent = node, parents[node]
        while parent is not None:
            if parent.__class__ in _SCOPES and not _stands_outside(child, parent):
                return cast("ScopeNode", parent)
            child, parent = parent, parents[parent]
        return self._tree

    def _around(self, scope: ScopeNode) -> ScopeNode:
        """The scope that a scope stands in."""
        found = self._outer.get(scope)
        if found is None:
            found = self._outer[scope] = self.scope_node(scope)
        return found

    def qualified_name(self, node: ast.AST) -> str:
        """Dotted name of a definition, or of the scope that a node stands in: `shop.pay.Gateway.charge`."""
        parts = []
        current: ast.AST | None = node
        while current is not None:
            if isinstance(current, (*FUNCTIONS, ast.ClassDef)):
                parts.append(current.name)
            current = self._parents[current]
        return ".".join([self.module, *reversed(parts)])

    def _scope(self, node: ScopeNode) -> Scope:
        found = self._scopes.get(node)
        if found is None:
            found = self._scopes[node] = Scope(node, self._package, self._binders.get(node, []))
        return found

    @cached_property
    def _binders(self) -> dict[ScopeNode, list[ast.AST]]:
        """The nodes that bind names, by scope: one pass over these few instead of a walk per scope."""
        found: dict[ScopeNode, list[ast.AST]] = {}
        for node in self._parents.statements:
            if node.__class__ in BINDERS:
                found.setdefault(self.scope_node(node), []).append(node)
            elif isinstance(node, ast.With | ast.AsyncWith):
                found.setdefault(self.scope_node(node), []).extend(node.items)
        for node in [*self._index.of(ast.NamedExpr), *self._index.of(ast.MatchAs), *self._index.of(ast.MatchStar)]:
            scope = self.scope_node(node)
            while isinstance(scope, COMPREHENSIONS):
                scope = self.scope_node(scope)
            found[scope] = sorted([node, *found.get(scope, ())], key=_line)
        return found

    def _visible(self, node: ast.AST) -> Iterator[Scope]:
        """Scopes from the inside out, as Python looks names up: a class body is not seen from its methods."""
        current = self.scope_node(node)
        first = True
        while True:
            if first or not isinstance(current, ast.ClassDef):
                yield self._scope(current)
            if isinstance(current, ast.Module):
                return
            first = first and isinstance(current, COMPREHENSIONS)
            current = self._around(current)

    def bindings(self, name: ast.Name) -> list[Binding]:
        """All that a name may be bound to where it stands; empty when nothing in this module binds it."""
        of_module = False
        for scope in self._visible(name):
            if name.id in scope.elsewhere or (of_module and scope.node is not self._tree):
                of_module = of_module or name.id in scope.of_module
                continue
            found = scope.names.get(name.id, [])
            lent = self._lent.get((scope.node, name.id))
            if found or lent:
                return [*found, *lent] if lent else found
        return []

    @cached_property
    def _lent(self) -> dict[tuple[ScopeNode, str], list[Binding]]:
        """What functions bind through `global` and `nonlocal`, by the scope that has the name."""
        found: dict[tuple[ScopeNode, str], list[Binding]] = {}
        declarations: list[ast.Global | ast.Nonlocal] = [*self._index.of(ast.Global), *self._index.of(ast.Nonlocal)]
        for node in declarations:
            inner = self._scope(self.scope_node(node))
            for name in set(node.names) & inner.elsewhere:
                owner = self._tree if isinstance(node, ast.Global) else self._owner_outside(inner.node, name)
                found.setdefault((owner, name), []).extend(inner.names.get(name, ()))
        return found

    def _owner_outside(self, function: ScopeNode, name: str) -> ScopeNode:
        """The scope around a function that `nonlocal` means."""
        return next((scope.node for scope in self._visible(function) if name in scope.names), self._tree)

    def definition(self, name: str) -> ast.ClassDef | FunctionNode | None:
        """The class or function of this module that has a dotted name."""
        if not name.startswith(f"{self.module}."):
            return None
        if self._definitions is None:
            kinds = (ast.ClassDef, *FUNCTIONS)
            self._definitions = {
                self.qualified_name(node): node
                for kind in kinds
                for node in self._index.of(kind)
                if isinstance(node, kinds)
            }
        return self._definitions.get(name)

    def own(self, name: str) -> str:
        """The name that the module itself has for an object of its own: others may know it by more parts or fewer."""
        if name.startswith(f"{self.module}."):
            return name
        rest = name.split(".")
        return next(
            (found for at in range(len(rest)) if self.definition(found := ".".join([self.module, *rest[at:]]))), name
        )

    # -- classes and self

    @cached_property
    def _set_through_self(self) -> dict[FunctionNode, list[tuple[str, Binding]]]:
        """What each method assigns to attributes of its first parameter."""
        found: dict[FunctionNode, list[tuple[str, Binding]]] = {}
        for owner, attribute, binding in self._attribute_assignments():
            method = self._method_around(binding.node)
            if method is not None and _first_parameter(method) == owner:
                found.setdefault(method, []).append((attribute, binding))
        return found

    def _attribute_assignments(self) -> Iterator[tuple[str, str, Binding]]:
        """Every `owner.attribute = ...` of the module."""
        assigned = [
            *(
                (target, Binding("value", node, node.value))
                for node in self._index.of(ast.Assign)
                for target in node.targets
            ),
            *(
                (node.target, Binding("value", node, node.value, node.annotation))
                for node in self._index.of(ast.AnnAssign)
            ),
        ]
        for target, binding in assigned:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                yield target.value.id, target.attr, binding

    def _method_around(self, node: ast.AST) -> FunctionNode | None:
        """The method that a node stands in, whatever functions lie between."""
        current = self._parents[node]
        while current is not None:
            above = self._parents[current]
            if isinstance(current, FUNCTIONS) and isinstance(above, ast.ClassDef):
                return current
            current = above
        return None

    def enclosing_class(self, node: ast.AST) -> ast.ClassDef | None:
        """The class whose method a node stands in."""
        current = self._parents[node]
        while current is not None:
            if isinstance(current, ast.ClassDef):
                return current
            current = self._parents[current]
        return None

    @cached_property
    def _first_parameters(self) -> frozenset[str | None]:
        """`self`, `cls` and what else a function of the module calls its first parameter."""
        functions: list[FunctionNode] = [*self._index.of(ast.FunctionDef), *self._index.of(ast.AsyncFunctionDef)]
        return frozenset(map(_first_parameter, functions))

    def class_of_self(self, name: ast.Name) -> ast.ClassDef | None:
        """The class, when a name is the first parameter (`self`, `cls`) of one of its methods."""
        if name.id not in self._first_parameters:
            return None
        scope = next(
            (found for found in self._visible(name) if name.id in found.names and name.id not in found.elsewhere), None
        )
        if scope is None or not isinstance(scope.node, FUNCTIONS) or len(scope.names[name.id]) != 1:
            return None
        function = scope.node
        owner = self._parents[function]
        first = [*function.args.posonlyargs, *function.args.args][:1]
        if not first or first[0].arg != name.id or not isinstance(owner, ast.ClassDef):
            return None
        static = any(
            isinstance(decorator, ast.Name) and decorator.id == "staticmethod" for decorator in function.decorator_list
        )
        return None if static else owner

    def _members(self, owner: ast.ClassDef) -> dict[str, list[Binding]]:
        """What a class binds in its body and through `self` in its methods."""
        found = self._attributes.get(owner)
        if found is None:
            found = self._attributes[owner] = {name: list(held) for name, held in self._scope(owner).names.items()}
            for method in owner.body:
                if isinstance(method, FUNCTIONS):
                    for name, binding in self._set_through_self.get(method, ()):
                        found.setdefault(name, []).append(binding)
        return found


def _stands_outside(child: ast.AST, scope: ast.AST) -> bool:
    if isinstance(child, ast.stmt):
        return False
    if isinstance(scope, FUNCTIONS):
        return child is scope.args or child is scope.returns or child in scope.decorator_list
    if isinstance(scope, ast.Lambda):
        return child is scope.args
    if isinstance(scope, ast.ClassDef):
        return child in scope.decorator_list or child in scope.bases or child in scope.keywords
    return False


def _line(node: ast.AST) -> tuple[int, int]:
    return PLACE(node.context_expr if isinstance(node, ast.withitem) else node)


def _first_parameter(method: FunctionNode) -> str | None:
    parameters = [*method.args.posonlyargs, *method.args.args]
    return parameters[0].arg if parameters else None
