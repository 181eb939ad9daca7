"""Names of modules: dotted from the source root, which is found by what the files import where nobody says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from quality_gate.codebase import tree
from quality_gate.codebase.facts import Facts
from quality_gate.codebase.graph import Definition, Mark
from quality_gate.codebase.linking.units import Module, Unit

DEAD = "#dead"
"""Behind the name of a module beside which a package has the same name."""


def module_names(paths: Iterable[str], source: Iterable[str], imports: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The dotted name of the module in each file.

    Of `pay.py` and `pay/__init__.py` Python takes the package: the other one gets a name that nobody can import.

    Args:
        paths: relative to the project's root, with forward slashes.
        source: the configuration's `source`.
        imports: dotted names of modules that each file imports, relative imports left out.
    """
    wanted = sorted(paths)
    packages = {path.rpartition("/")[0] for path in wanted if path.endswith("/__init__.py")}
    said = Counter(name for names in imports.values() for name in names)
    roots = _Roots(packages, _declared(source, packages), said, _script_folders(wanted, packages, imports))
    named = {path: _dotted(path, roots.of(path.rpartition("/")[0])) for path in wanted}
    for package in packages:
        if f"{package}.py" in named:
            named[f"{package}.py"] += DEAD
    return named


def _declared(source: Iterable[str], packages: set[str]) -> tuple[str, ...]:
    """Folders of `source` that are roots: those that are no packages themselves."""
    found = {entry.strip("/") for entry in source if not any(mark in entry for mark in "*?[")}
    roots = {entry for entry in found if entry not in packages and not entry.endswith(".py") and entry not in ("", ".")}
    return tuple(sorted(roots | {"src"}, key=len, reverse=True))


def _script_folders(paths: list[str], packages: set[str], imports: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Folders without `__init__.py` whose files import each other by their bare names."""
    stems: dict[str, set[str]] = {}
    said: dict[str, set[str]] = {}
    for path in paths:
        folder, _, file = path.rpartition("/")
        if folder and folder not in packages:
            stems.setdefault(folder, set()).add(file.removesuffix(".py"))
            said.setdefault(folder, set()).update(name.partition(".")[0] for name in imports.get(path, ()))
    return {folder for folder, names in stems.items() if names & said[folder]}


class _Roots:
    """The source root of every folder.

    Args:
        packages: folders with an `__init__.py`.
        declared: folders that are roots by configuration or custom.
        said: how often each dotted name is imported.
        scripts: folders whose files import each other by their bare names.
    """

    def __init__(self, packages: set[str], declared: tuple[str, ...], said: Counter[str], scripts: set[str]) -> None:
        self._packages = packages
        self._scripts = scripts
        self._declared = declared
        self._known: dict[str, str] = {}
        self._prefixes: Counter[str] = Counter()
        for name, count in said.items():
            parts = name.split(".")
            for length in range(1, len(parts) + 1):
                self._prefixes[".".join(parts[:length])] += count

    def of(self, folder: str) -> str:
        """The source root of the files in a folder."""
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = self._found(folder)
        return known

    def _found(self, folder: str) -> str:
        top = folder
        while "/" in top and top in self._packages and top.rpartition("/")[0] in self._packages:
            top = top.rpartition("/")[0]
        above = top.rpartition("/")[0] if top in self._packages else top
        for root in self._declared:
            if above == root or above.startswith(f"{root}/"):
                return self._voted(top, above, root) if above != root else root
        return self._voted(top, above, "")

    def _voted(self, top: str, above: str, lowest: str) -> str:
        """Among the folders above, the one from which the project itself imports."""
        usual = above if top in self._packages or top in self._scripts else lowest
        best, votes = usual, self._votes(top, usual)
        current = above
        while True:
            count = self._votes(top, current)
            if count > votes:
                best, votes = current, count
            if current in (lowest, ""):
                return best
            current = current.rpartition("/")[0]

    def _votes(self, top: str, root: str) -> int:
        relative = top.removeprefix(root).strip("/") if root else top
        return self._prefixes[relative.replace("/", ".")] if relative else 0


def _dotted(path: str, root: str) -> str:
    relative = path.removeprefix(f"{root}/") if root else path
    parts = relative.removesuffix(".py").split("/")
    if parts[-1] == "__init__" and len(parts) > 1:
        parts = parts[:-1]
    return ".".join(parts)


def definition_of(unit: Unit) -> Definition:
    """A piece of code as the graph shows it."""
    code = unit.code
    return Definition(
        name=unit.name,
        kind=code.kind,
        path=unit.module.path,
        first=code.first,
        last=code.last,
        line=code.line,
        is_async=code.is_async,
        decorators=tuple(name for decorator in code.decorators if (name := written(decorator))),
        critical=code.critical,
        is_stub=code.is_stub,
    )


def written(node: tree.Expr) -> str:
    """A dotted name as it stands in the source; empty for what is none."""
    if isinstance(node, tree.Call):
        return written(node.func)
    if isinstance(node, tree.Attribute):
        holder = written(node.value)
        return f"{holder}.{node.attr}" if holder else ""
    return node.id if isinstance(node, tree.Name) else ""


def definitions_of(facts: Facts, path: str, name: str) -> tuple[Definition, ...]:
    """What one file defines, in source order, the module first.

    Args:
        name: the module's dotted name.
    """
    return tuple(definition_of(unit) for unit in Module(name, path, facts).units)


def marks_by_kind(marked: Iterable[tuple[str, Iterable[Mark]]]) -> dict[str, dict[str, tuple[Mark, ...]]]:
    """All marks by kind and by the whole name of their function.

    Args:
        marked: names of modules, each with its marks.
    """
    found: dict[str, dict[str, list[Mark]]] = {}
    for module, marks in marked:
        for mark in marks:
            name = f"{module}.{mark.function}" if mark.function else module
            whole = msgspec.structs.replace(mark, function=name)
            found.setdefault(mark.kind, {}).setdefault(name, []).append(whole)
    return {kind: {name: tuple(marks) for name, marks in held.items()} for kind, held in found.items()}
