"""What annotations name: `X`, `"X"`, `X | None`, `Optional[X]`, `Annotated[X, ...]`, `X[...]`."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable

from quality_gate_checkers.model.index import Parents
from quality_gate_checkers.model.literals import is_none
from quality_gate_checkers.model.scopes import FunctionNode

_TRANSPARENT = frozenset(
    {"typing.Optional", "typing.Annotated", "typing.Final", "typing.ClassVar", "typing.Required", "typing.NotRequired"}
)


class Annotations:
    """The annotations of one module.

    Args:
        resolve: which object an expression names.
        parents: of the module's nodes; what a string holds is added, so that its names are looked up where it stands.
    """

    def __init__(self, resolve: Callable[[ast.expr], str | None], parents: Parents) -> None:
        self._resolve = resolve
        self._parents = parents

    def class_of(self, annotation: ast.expr) -> str | None:
        """Dotted name of the class that an annotation names."""
        if isinstance(annotation, ast.Constant):
            return self._quoted(annotation) if isinstance(annotation.value, str) else None
        if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
            return the_one(self.class_of(side) for side in (annotation.left, annotation.right) if not is_none(side))
        if isinstance(annotation, ast.Subscript):
            return self._subscripted(annotation)
        return self._resolve(annotation)

    def yielded(self, function: FunctionNode) -> str | None:
        """`X` of `-> Iterator[X]`, for context managers written as generators."""
        return self.class_of(_first(function.returns.slice)) if isinstance(function.returns, ast.Subscript) else None

    def _subscripted(self, annotation: ast.Subscript) -> str | None:
        outer = (self._resolve(annotation.value) or "").replace("typing_extensions.", "typing.", 1) or None
        inner = annotation.slice
        if outer in _TRANSPARENT:
            return self.class_of(_first(inner))
        if outer == "typing.Union":
            choices = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return the_one(self.class_of(choice) for choice in choices if not is_none(choice))
        return outer

    def _quoted(self, annotation: ast.Constant) -> str | None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                parsed = ast.parse(str(annotation.value), mode="eval").body
        except (SyntaxError, ValueError, MemoryError):
            return None
        for node in ast.walk(parsed):
            self._parents[node] = annotation
        return self.class_of(parsed)


def _first(inner: ast.expr) -> ast.expr:
    return inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner


def the_one(types: Iterable[str | None]) -> str | None:
    """The single member of the types, None when they differ or one of them is not known."""
    found = set(types)
    return found.pop() if len(found) == 1 else None
