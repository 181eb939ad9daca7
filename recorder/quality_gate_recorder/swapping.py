"""Puts changed code in the place of a function's own, in a process that is thrown away afterwards."""

from __future__ import annotations

import builtins
import gc
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from importlib.machinery import SourceFileLoader
from types import CodeType, FunctionType
from typing import TypeAlias

from quality_gate_recorder.leaving import Leaving
from quality_gate_recorder.proving_job import Change

REACHED = "__quality_gate_reached__"

_Key: TypeAlias = tuple[str, int]


class Functions:
    """The functions that are alive, of some files; looked up once, before processes are forked.

    Args:
        places: absolute paths, links resolved.
    """

    def __init__(self, places: Iterable[str]) -> None:
        wanted = set(places)
        known: dict[str, str] = {}
        self._by_place: dict[str, list[FunctionType]] = {}
        for found in gc.get_objects():
            if type(found) is FunctionType:
                name = found.__code__.co_filename
                if name not in known:
                    known[name] = os.path.realpath(name)
                if known[name] in wanted:
                    self._by_place.setdefault(known[name], []).append(found)

    def of(self, place: str) -> list[FunctionType]:
        """Those of a file."""
        return self._by_place.get(place, [])


class Swap:
    """One change in the process that it is tried in.

    Args:
        source: the file's text.
    """

    def __init__(self, change: Change, source: str) -> None:
        raw = source.encode("utf-8", "surrogatepass")
        changed = raw[: change.start] + change.text.encode("utf-8", "surrogatepass") + raw[change.end :]
        self._text = changed.decode("utf-8", "surrogatepass")
        self._change = change
        self._codes: dict[str, dict[_Key, CodeType]] = {}
        self.leaving = Leaving(change.taken)
        self.is_in_place = False
        """Whether any function, or a module that was imported since, has the change."""
        self.is_reached = False
        """Whether a test came to it."""

    def put(self, functions: Iterable[FunctionType]) -> None:
        """Put it into functions that are alive, and into the file whenever it is imported.

        Raises:
            ValueError: the changed code does not fit into the function.
            SyntaxError: it cannot be compiled.
        """
        setattr(builtins, REACHED, self._reach)
        for function in functions:
            old = function.__code__
            new = self._code_of(old)
            if new is not None:
                function.__code__ = new
                self.leaving.watch(function.__code__)
                self.is_in_place = True
        self._watch_imports()

    def _reach(self) -> bool:
        self.is_reached = True
        self.leaving.came()
        return True

    def _code_of(self, old: CodeType) -> CodeType | None:
        name = old.co_filename
        if name not in self._codes:
            self._codes[name] = dict(self._chain(self._compiled(name)))
        return self._codes[name].get((old.co_qualname, old.co_firstlineno))

    def _compiled(self, name: str) -> CodeType:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compile(self._text, name, "exec", dont_inherit=True)

    def _chain(self, module: CodeType) -> Iterator[tuple[_Key, CodeType]]:
        """The changed function's code and that of those around it, which make it anew when they are called."""
        within = {(name, line) for name, line in self._change.within}
        waiting = [module]
        while waiting:
            code = waiting.pop()
            if (code.co_name, code.co_firstlineno) in within:
                yield (code.co_qualname, code.co_firstlineno), code
            waiting += [inner for inner in code.co_consts if isinstance(inner, CodeType)]

    def _watch_imports(self) -> None:
        place = self._change.place
        get_code = SourceFileLoader.get_code

        def changed(loader: SourceFileLoader, fullname: str) -> CodeType | None:
            name = loader.get_filename(fullname)
            if os.path.realpath(name) != place:
                return get_code(loader, fullname)
            self.is_in_place = True
            return self._compiled(name)

        SourceFileLoader.get_code = changed  # type: ignore[method-assign, assignment]

    @property
    def is_loaded(self) -> bool:
        """Whether a module of the file has been imported."""
        place = self._change.place
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        return any(isinstance(file, str) and os.path.realpath(file) == place for file in files)
