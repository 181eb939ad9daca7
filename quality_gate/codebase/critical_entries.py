"""What a critical path declares, turned into definitions; what names nothing is an error with the nearest spelling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from quality_gate import config
from quality_gate.codebase.graph import Codebase, Definition
from quality_gate.errors import UsageError
from quality_gate_checkers.patterns import name_matches, path_matches

_CALLED = frozenset({"function", "lambda"})
_NAMED = frozenset({"function", "class"})
_MOST_COMPARED = 20_000
"""Names that are compared for likeness; that many take about a second, and only on the way to an error."""


class Entries(msgspec.Struct, frozen=True):
    """Where one critical path begins.

    Args:
        declared: the configuration's table, or defaults for a path that only comments name.
        definitions: functions and included modules, each with how it is declared: `entry`, `comment`, `include`.
        problems: what is declared and could not be looked at, a clause each.
    """

    name: str
    declared: config.CriticalPath
    definitions: tuple[tuple[Definition, str], ...]
    problems: tuple[str, ...] = ()


class Names:
    """Names of the production code of a codebase.

    Args:
        files: paths of production code, sorted.
        others: files of other languages, with their number of lines; nought: too large to be read.
    """

    def __init__(self, codebase: Codebase, files: Sequence[str], others: Mapping[str, int]) -> None:
        self._codebase = codebase
        self._files = frozenset(files)
        self._inside: dict[str, dict[str, list[Definition]]] = {}
        self._stops: dict[tuple[str, ...], dict[str, bool]] = {}
        self._others = others
        self.files = files

    @property
    def codebase(self) -> Codebase:
        """The whole."""
        return self._codebase

    def others(self, pattern: str) -> Iterator[Definition]:
        """Files of other languages, each as one module that is called by its path."""
        for path, lines in self._others.items():
            if path_matches(path, pattern):
                yield Definition(path, "module", path, 1, lines, 1)

    def unread(self, name: str) -> str | None:
        """The file that a dotted name leads to, where that file could not be analysed."""
        parts = name.split(".")
        ends = tuple(
            f"/{'/'.join(parts[:count])}{end}" for count in range(1, len(parts) + 1) for end in (".py", "/__init__.py")
        )
        return next((path for path in self._unread if f"/{path}".endswith(ends)), None)

    def like(self, pattern: str) -> Iterator[Definition]:
        """Functions and classes of production code that a pattern names, file by file."""
        held = (found for path in self.files for found in self._codebase.definitions_in(path))
        return (found for found in held if found.kind in _NAMED and name_matches(found.name, pattern))

    def known(self) -> list[str]:
        """Names of all functions and classes of production code, sorted."""
        held = (found for path in self.files for found in self._codebase.definitions_in(path))
        return sorted(found.name for found in held if found.kind in _NAMED)

    def unread_like(self, pattern: str) -> list[str]:
        """Files that could not be analysed and may hold what a pattern names."""
        parts = pattern.split(".")
        heads = [".".join(parts[:count]) for count in range(1, len(parts))]
        found = ((path, name) for path in self._unread for name in _ends(path))
        return sorted({path for path, name in found if any(name_matches(name, head) for head in heads)})

    @cached_property
    def _unread(self) -> list[str]:
        return [path for path in self.files if not self._codebase.definitions_in(path)]

    def find(self, name: str) -> Definition | None:
        """A definition of production code by its name."""
        found = self._codebase.definitions.get(name)
        return found if found is not None and found.path in self._files else None

    def production(self, name: str) -> Definition | None:
        """A function or lambda of production code by its name."""
        found = self.find(name)
        return found if found is not None and found.kind in _CALLED else None

    def inside(self, definition: Definition) -> Iterator[Definition]:
        """Functions and lambdas that stand in a function or class, at any depth, in source order."""
        children = self._children(definition.path)
        waiting = [definition]
        while waiting:
            for child in children.get(waiting.pop().name, ()):
                waiting.append(child)
                if child.kind in _CALLED:
                    yield child

    def scopes(self, definition: Definition) -> Iterator[str]:
        """The names under which code of a definition calls: its own, and those of classes whose bodies it runs."""
        children = self._children(definition.path)
        waiting = [definition.name]
        while waiting:
            name = waiting.pop()
            yield name
            waiting += [child.name for child in children.get(name, ()) if child.kind == "class"]

    def _children(self, path: str) -> dict[str, list[Definition]]:
        known = self._inside.get(path)
        if known is None:
            known = self._inside[path] = {}
            for found in self._codebase.definitions_in(path):
                known.setdefault(found.name.rpartition(".")[0], []).append(found)
        return known

    def stops(self, name: str, patterns: tuple[str, ...]) -> bool:
        """Whether a pattern names a definition, or the class or module that it stands in."""
        known = self._stops.setdefault(patterns, {})
        if name not in known:
            above = name.rpartition(".")[0]
            known[name] = any(name_matches(name, pattern) for pattern in patterns) or (
                bool(above) and self.stops(above, patterns)
            )
        return known[name]


def entries_of(
    names: Names, declared: Mapping[str, config.CriticalPath]
) -> tuple[tuple[Entries, ...], tuple[UsageError, ...]]:
    """The beginnings of every critical path, and everything that is wrong with what declares them."""
    marked = _marked(names)
    errors: list[UsageError] = []
    found: list[Entries] = []
    for name, table in declared.items():
        found.append(_declared(names, name, table, marked.pop(name, ()), errors))
    for name in sorted(marked):
        table = config.CriticalPath(entry=tuple(definition.name for definition in marked[name]))
        chosen = tuple(_called(names, marked[name], "comment"))
        found.append(Entries(name, table, chosen, () if chosen else ("the class with its comment holds no function",)))
    return tuple(found), tuple(errors)


def _marked(names: Names) -> dict[str, tuple[Definition, ...]]:
    """Definitions with a comment `# quality-gate: critical[...]`, by the name of the path."""
    marked: dict[str, list[Definition]] = {}
    for path in names.files:
        for definition in names.codebase.definitions_in(path):
            for name in definition.critical:
                marked.setdefault(name, []).append(definition)
    return {name: tuple(held) for name, held in marked.items()}


def _declared(
    names: Names, name: str, table: config.CriticalPath, marked: Iterable[Definition], errors: list[UsageError]
) -> Entries:
    where = f"pyproject.toml: tool.quality-gate.critical-paths.{name}"
    chosen: dict[tuple[str, str], tuple[Definition, str]] = {}
    problems: list[str] = []
    for number, entry in enumerate(table.entry):
        _take(chosen, _entry(names, entry, f"{where}.entry[{number}]", errors, problems))
    _take(chosen, _called(names, marked, "comment"))
    for number, pattern in enumerate(table.include):
        _take(chosen, _included(names, pattern, f"{where}.include[{number}]", errors, problems))
    for number, pattern in enumerate(table.stop):
        _check_stop(names, pattern, f"{where}.stop[{number}]", errors)
    return Entries(name, table, tuple(chosen.values()), tuple(problems))


def _take(chosen: dict[tuple[str, str], tuple[Definition, str]], found: Iterable[tuple[Definition, str]]) -> None:
    for definition, how in found:
        chosen.setdefault((definition.path, definition.name), (definition, how))


def _entry(
    names: Names, entry: str, where: str, errors: list[UsageError], problems: list[str]
) -> list[tuple[Definition, str]]:
    wanted = entry.replace(":", ".")
    if "*" in wanted:
        return _entries_like(names, entry, wanted, where, errors, problems)
    found = names.find(wanted)
    chosen = list(_called(names, [found], "entry")) if found is not None else []
    unread = names.unread(wanted) if found is None else None
    if unread is not None:
        problems.append(f"{unread}, where {entry} should be, could not be analysed")
    elif not chosen:
        errors.append(_no_function(names, entry, wanted, found, where))
    return chosen


def _entries_like(
    names: Names, entry: str, wanted: str, where: str, errors: list[UsageError], problems: list[str]
) -> list[tuple[Definition, str]]:
    """What a pattern names, and the files where more of it may be."""
    chosen = list(_called(names, names.like(wanted), "entry"))
    unread = names.unread_like(wanted)
    problems += [f"{path}, where {entry} may be, could not be analysed" for path in unread]
    if not chosen and not unread:
        near = nearest(wanted, names.known())
        errors.append(UsageError(where, f'"{entry}" matches no function of the project', remedy(near)))
    return chosen


def _called(names: Names, definitions: Iterable[Definition], how: str) -> Iterator[tuple[Definition, str]]:
    """A function itself; of a class, its methods."""
    for definition in definitions:
        if definition.kind == "class":
            yield from ((method, how) for method in names.inside(definition) if method.kind == "function")
        elif definition.kind in _CALLED:
            yield definition, how


def _no_function(names: Names, entry: str, wanted: str, found: Definition | None, where: str) -> UsageError:
    if found is not None and found.kind == "module":
        return UsageError(where, f'"{entry}" is a module', f'take the file whole: include = ["{found.path}"]')
    if found is not None:
        return UsageError(where, f'"{entry}" is a class that defines no method', "name the class that defines them")
    if wanted in names.codebase.definitions:
        return UsageError(where, f'"{entry}" is test code', "name the function that the test calls")
    near = nearest(wanted, names.known())
    return UsageError(where, f'"{entry}" names no function of the project', remedy(near))


def _included(
    names: Names, pattern: str, where: str, errors: list[UsageError], problems: list[str]
) -> Iterator[tuple[Definition, str]]:
    """Every function of the matching files, and their module code; where no Python file matches, files of others."""
    matching = [path for path in names.files if path_matches(path, pattern)]
    others = () if matching else tuple(names.others(pattern))
    yield from ((found, "include") for found in others)
    if not (matching or others):
        near = nearest(pattern, names.files)
        errors.append(UsageError(where, f'"{pattern}" matches no file of production code', remedy(near)))
    for path in matching:
        held = names.codebase.definitions_in(path)
        if not held:
            problems.append(f"{path} belongs to it and could not be analysed")
        yield from ((found, "include") for found in held if found.kind != "class")


def _check_stop(names: Names, pattern: str, where: str, errors: list[UsageError]) -> None:
    known = names.codebase.definitions
    if any(names.stops(name, (pattern,)) for name in known):
        return
    if names.unread(pattern.replace(":", ".")) is not None:  # what is called there is known by its name all the same
        return
    errors.append(UsageError(where, f'"{pattern}" matches nothing in the project', remedy(nearest(pattern, known))))


def _ends(path: str) -> Iterator[str]:
    """Every name that a file's module may have, whatever the folder is that names begin in."""
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    return (".".join(parts[place:]) for place in range(len(parts)))


def remedy(near: str | None) -> str:
    """What to write instead of a name that names nothing."""
    return f"did you mean {near}?" if near else "see the names with: quality-gate paths --calls"


def nearest(wanted: str, known: Iterable[str]) -> str | None:
    """The likest name: one with the same last part wherever it stands, else one that is spelled alike."""
    import difflib

    wanted = wanted.replace(":", ".")
    listed = list(known)
    last = wanted.rpartition(".")[2].lower()
    same = [name for name in listed if name.lower().rpartition(".")[2] == last]
    near = difflib.get_close_matches(wanted, same[:_MOST_COMPARED], n=1, cutoff=0.0)
    near = near or difflib.get_close_matches(wanted, listed[:_MOST_COMPARED], n=1)
    return near[0] if near else None
