"""How a test's file writes a type: by what it imports already, and by no name that means something else in the test."""

from __future__ import annotations

import ast
from functools import cached_property

from quality_gate.codebase.suggesting.exceptions import extra_imports, module_of
from quality_gate.codebase.suggesting.nouns import Known, Model
from quality_gate.codebase.suggesting.sources import FUNCTIONS, Source
from quality_gate.failure_paths import UNKNOWN


class Importing:
    """Types as one test's file writes them, with the imports that it lacks for them.

    Args:
        model: the test. known: the project.

    Attributes:
        lines: imports that are lacking, in the order in which they were asked for.
    """

    def __init__(self, model: Model, known: Known) -> None:
        self._source = model.source
        self._known = known
        self._hidden = model.bound | _otherwise(model.source)
        self.lines: dict[str, None] = {}

    def shown(self, name: str) -> str:
        """A type by its dotted name."""
        return self._shown(name)[0]

    def need(self, name: str) -> None:
        """Import what a type and its making need, unless the file does."""
        if name == UNKNOWN:
            return
        line = self._shown(name)[1]
        if line:
            self.lines[line] = None
        for extra in extra_imports(name):
            self.need_module(extra)

    def need_module(self, module: str) -> None:
        """Import a module whole, unless the file does."""
        if module not in self._whole:
            self.lines[f"import {module}"] = None

    def _shown(self, name: str) -> tuple[str, str]:
        """A type as it is written, with the import that the file lacks for it; empty where it lacks none."""
        module, rest = module_of(name, self._known.codebase)
        first = rest.partition(".")[0]
        if module in ("builtins", self._own):
            return rest, ""
        bound = self._bound(module, rest)
        if bound:
            return bound, ""
        is_ours = module in self._known.codebase.modules and module not in self._whole
        if is_ours and first not in self._source.names | self._hidden:
            return rest, f"from {module} import {first}"
        if module.split(".")[0] not in self._hidden:
            return f"{module}.{rest}", "" if module in self._whole else f"import {module}"
        if first not in self._source.names | self._hidden:
            return rest, f"from {module} import {first}"
        other = self._free(module.replace(".", "_"))
        return f"{other}.{rest}", f"import {module} as {other}"

    def _bound(self, module: str, rest: str) -> str:
        """A type by what the file has imported; empty where that is not enough."""
        first = rest.partition(".")[0]
        for bound, meant in self._source.imports.items():
            if bound in self._hidden:
                continue
            if meant == f"{module}.{first}":
                return bound + rest[len(first) :]
            if meant == module and bound != module.split(".")[0]:
                return f"{bound}.{rest}"
        return ""

    def _free(self, stem: str) -> str:
        while stem in self._source.names | self._hidden:
            stem += "_"
        return stem

    @cached_property
    def _own(self) -> str:
        modules = self._known.codebase.modules.items()
        return next((name for name, path in modules if path == self._source.path), "")

    @cached_property
    def _whole(self) -> frozenset[str]:
        """Modules that the file imports under their own names."""
        return frozenset(
            alias.name
            for node in self._source.tree.body
            if isinstance(node, ast.Import)
            for alias in node.names
            if alias.asname is None
        )


def _otherwise(source: Source) -> frozenset[str]:
    """What a module binds by more than imports: a fixture that is called as the library that it stands for."""
    bound = {node.name for node in source.tree.body if isinstance(node, (*FUNCTIONS, ast.ClassDef))}
    for node in source.tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        bound.update(one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name))
    return frozenset(bound)
