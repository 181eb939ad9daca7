"""Which `except` catches what: classes of the project across its files, and those that the catalogue knows."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias

from quality_gate.codebase.failures.sites import FileFailures
from quality_gate.codebase.graph import Codebase
from quality_gate.failure_paths import UNKNOWN
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model.module import dotted_name
from quality_gate_checkers.patterns import name_matches

Caught: TypeAlias = Literal["all", "some", "perhaps", "none"]
"""Whether a handler catches an exception: always, where it is of a subclass, as nobody knows, or never."""
ReadFile: TypeAlias = Callable[[str], FileFailures]
"""A file's path -> what it tells of failures."""

_STEPS = 12
"""How many names may lead one to the other, and how deep classes may inherit."""
_SAME = {
    "builtins.IOError": "builtins.OSError",
    "builtins.EnvironmentError": "builtins.OSError",
    "socket.error": "builtins.OSError",
    "select.error": "builtins.OSError",
    "os.error": "builtins.OSError",
    "socket.timeout": "builtins.TimeoutError",
    "asyncio.TimeoutError": "builtins.TimeoutError",
    "asyncio.exceptions.TimeoutError": "builtins.TimeoutError",
    "concurrent.futures.TimeoutError": "builtins.TimeoutError",
}
"""Other names of Python's own exceptions, as of Python 3.11."""
_NOT_EXCEPTIONS = frozenset(
    {"builtins.BaseException", "builtins.KeyboardInterrupt", "builtins.SystemExit", "builtins.GeneratorExit"}
) | {"asyncio.CancelledError", "asyncio.exceptions.CancelledError"}
"""What `except Exception` lets pass."""


class Lineage:
    """Knows the exceptions of a project.

    Args:
        codebase: whose modules. read: what each file tells.
    """

    def __init__(self, codebase: Codebase, read: ReadFile) -> None:
        self._read = read
        modules = codebase.modules
        self._named = {path: name for name, path in modules.items()}
        # Relative imports lead to names by the path, others to those by the source root.
        self._paths = {**{dotted_name(path): path for path in modules.values()}, **modules}
        self._meanings: dict[str, tuple[str, ...]] = {}
        self._lineages: dict[str, frozenset[str]] = {}
        self._verdicts: dict[tuple[str, str], Caught] = {}

    def meanings(self, name: str) -> tuple[str, ...]:
        """What a dotted name leads to, through imports and aliases: one class, or the members of a tuple."""
        found = self._meanings.get(name)
        if found is None:
            found = self._meanings[name] = tuple(dict.fromkeys(self._leads_to(name, _STEPS)))
        return found

    def _leads_to(self, name: str, steps: int) -> Iterator[str]:
        path, rest = self._split(name)
        if not path or not rest or steps == 0:
            yield _SAME.get(name, name) if path else _SAME.get(catalogue().canonical(name), catalogue().canonical(name))
            return
        file = self._read(path)
        own = f"{self._named[path]}.{'.'.join(rest)}"
        targets = file.names.get(rest[0], ())
        if ".".join(rest) in file.classes or (not targets and "*" not in file.names):
            yield own
        elif targets:
            for target in targets:
                yield from self._leads_to(".".join([target, *rest[1:]]), steps - 1)
        else:
            yield from self._through_stars(file.names["*"], rest, own, steps)

    def _through_stars(self, modules: tuple[str, ...], rest: list[str], own: str, steps: int) -> Iterator[str]:
        for module in modules:
            path, more = self._split(module)
            if path and not more:
                file = self._read(path)
                if ".".join(rest) in file.classes or rest[0] in file.names or "*" in file.names:
                    yield from self._leads_to(".".join([module, *rest]), steps - 1)
                    return
        yield own

    def _split(self, name: str) -> tuple[str, list[str]]:
        """The file of the module that a dotted name begins with, and the rest of the name."""
        parts = name.split(".")
        for length in range(len(parts), 0, -1):
            path = self._paths.get(".".join(parts[:length]))
            if path is not None:
                return path, parts[length:]
        return "", parts

    def own_name(self, name: str) -> str:
        """A name as the codebase has it, whatever the file that says it takes its module for."""
        path, rest = self._split(name)
        return ".".join([self._named[path], *rest]) if path else name

    def lineage(self, name: str) -> frozenset[str]:
        """An exception, by the name that `meanings` gives it, and all its bases as far as they are known."""
        found = self._lineages.get(name)
        if found is None:
            self._lineages[name] = frozenset({name})  # classes that inherit from themselves
            found = self._lineages[name] = self._inherited(name)
        return found

    def _inherited(self, name: str) -> frozenset[str]:
        path, rest = self._split(name)
        if not path:
            return frozenset(_SAME.get(one, one) for one in catalogue().lineage(name)) | {name}
        bases = self._read(path).classes.get(".".join(rest), ())
        return frozenset({name}).union(
            *(self.lineage(meaning) for base in bases[:_STEPS] for meaning in self.meanings(base))
        )

    def catches(self, caught: str, raised: str) -> Caught:
        """Whether `except caught` catches `raised`; both as their files name them."""
        known = self._verdicts.get((caught, raised))
        if known is None:
            known = self._verdicts[caught, raised] = self._verdict(caught, raised)
        return known

    def _verdict(self, caught: str, raised: str) -> Caught:
        if caught == UNKNOWN:
            return "perhaps"
        if "builtins.BaseException" in self.meanings(caught):
            return "all"
        if raised == UNKNOWN:
            return "all" if "builtins.Exception" in self.meanings(caught) else "none"
        if "*" in raised:
            return "some" if any(name_matches(one, raised) for one in self.meanings(caught)) else "none"
        verdicts = [
            self._one(one, other) for one in self.meanings(caught) for other in (self.meanings(raised) or (raised,))
        ]
        return next((one for one in ("all", "some", "perhaps") if one in verdicts), "none")

    def _one(self, caught: str, raised: str) -> Caught:
        if caught == UNKNOWN:
            return "perhaps"
        if caught == "builtins.Exception":
            return "none" if _is_beside(raised) else "all"
        if caught in self.lineage(raised):
            return "all"
        return "some" if raised in self.lineage(caught) else "none"


def _is_beside(name: str) -> bool:
    """Whether an exception of Python's is no `Exception`."""
    kind = getattr(builtins, name.removeprefix("builtins."), None) if name.startswith("builtins.") else None
    return name in _NOT_EXCEPTIONS or (isinstance(kind, type) and not issubclass(kind, Exception))
