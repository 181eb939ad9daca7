"""Where calls of a critical path end although the project goes on: files that nobody looks at, or that cannot be read.

A test, a vendored file or a link is on no critical path, and a module that the project has no file for cannot be. None
of it is ever dropped without a word: whoever calls there is told with the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from quality_gate.codebase.graph import Codebase, ExternalCall, UnresolvedCall

A_TEST = "counts as a test by its place or name"
_CALLED = ("function", "lambda")
_NO_FILE = "the project has no Python file for it that git knows: is it generated, compiled or ignored?"


class Outgoing(msgspec.Struct, frozen=True, array_like=True):
    """A call of a member that leads to something that is no member.

    Args:
        caller: a member's name. callee: what is called, dotted.
        path, line: where the call stands.
    """

    caller: str
    callee: str
    path: str
    line: int

    @property
    def place(self) -> str:
        """For people."""
        return f"{self.path}:{self.line}"


class LeftOut(msgspec.Struct, frozen=True):
    """A file of the project that is on no critical path, with the calls that lead there.

    Args:
        path: the file, or the link or folder that stands for it. why: as a clause: `counts as a test ...`.
        calls: sorted, at least one.
    """

    path: str
    why: str
    calls: tuple[Outgoing, ...]

    @property
    def sentence(self) -> str:
        """What is left out, why, and who calls it."""
        names = list(dict.fromkeys(call.callee for call in self.calls))
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        others = f" and {len(self.calls) - 1} more" if len(self.calls) > 1 else ""
        return f"{names[0]}{more}: {self.path} {self.why}; called at {self.calls[0].place}{others}"


class Unread(msgspec.Struct, frozen=True):
    """A file of production code that could not be analysed, with the calls that lead there."""

    path: str
    calls: tuple[Outgoing, ...]

    @property
    def clause(self) -> str:
        """Why the path is not known whole."""
        first = self.calls[0]
        others = len(self.calls) - 1
        more = f" (and {others} more {'call' if others == 1 else 'calls'})" if others else ""
        return f"{self.path} could not be analysed: {first.place} calls {first.callee} there{more}"


class Ends(msgspec.Struct, frozen=True):
    """All that calls of one critical path lead to and that is not on it.

    Args:
        left_out, unread: by file.
        unknown: calls of modules of the project's own packages for which it has no file.
    """

    left_out: tuple[LeftOut, ...] = ()
    unread: tuple[Unread, ...] = ()
    unknown: tuple[UnresolvedCall, ...] = ()


class Outskirts:
    """The files of a project that are on no critical path, by the names of their modules.

    Args:
        production: paths of the files that may be on one.
        left_out: further files, links and folders that nobody looks at, each with why, as a clause.
    """

    def __init__(self, codebase: Codebase, production: frozenset[str], left_out: Mapping[str, str]) -> None:
        self._codebase = codebase
        self._production = production
        self._modules = codebase.modules
        self._left_out = left_out
        self._named = dict(_named(self._modules, production, left_out)) if left_out else {}
        self._known: dict[str, tuple[str, str]] = {}
        self._imported: dict[str, frozenset[str]] = {}

    def ends(
        self, outside: Iterable[tuple[str, ExternalCall]], tests: Iterable[Outgoing], files: Iterable[str]
    ) -> Ends:
        """Where some calls end.

        Args:
            outside: calls that leave the project as far as the graph knows, each with the file that it stands in.
            tests: calls of functions in test code.
            files: those of the members. What none of them imports came as an argument from a test, and says nothing.
        """
        held: dict[tuple[str, str], set[Outgoing]] = {}
        unknown: list[UnresolvedCall] = []
        for path, call in outside:
            where, why = self._home(call.name)
            if where:
                held.setdefault((where, why), set()).add(Outgoing(call.caller, call.name, path, call.line))
            elif why:
                unknown.append(UnresolvedCall(call.caller, call.name, call.line, call.column, why))
        for called in self._of_production(tests, files):
            home = self._codebase.definitions[called.callee].path
            held.setdefault((home, A_TEST), set()).add(called)
        found = [(path, why, tuple(sorted(calls, key=_order))) for (path, why), calls in sorted(held.items())]
        return Ends(
            tuple(LeftOut(path, why, calls) for path, why, calls in found if why),
            tuple(Unread(path, calls) for path, why, calls in found if not why),
            tuple(unknown),
        )

    def _home(self, name: str) -> tuple[str, str]:
        """The file that a dotted name leads to and why it is left out, which is empty where it cannot be analysed; no
        file and a reason where the project should have one; twice nothing for what is from outside."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._found(name)
        return known

    def _found(self, name: str) -> tuple[str, str]:
        prefix, below = name, ""
        while prefix:
            path = self._named.get(prefix)
            if path is not None:
                return path, self._left_out[path]
            path = self._modules.get(prefix)
            if path is not None:
                return self._of_module(path, below)
            prefix, _, last = prefix.rpartition(".")
            below = f"{last}.{below}" if below else last
        return "", ""

    def _of_module(self, path: str, below: str) -> tuple[str, str]:
        """Args: below: what of the name is behind the module's."""
        is_read = bool(self._codebase.definitions_in(path))
        if path not in self._production:
            return ("", "") if is_read else (path, A_TEST)
        if not is_read:
            return path, ""
        return "", _NO_FILE if path.endswith("__init__.py") and "." in below else ""

    # --- test code that production code imports

    def holds(self, name: str) -> bool:
        """Whether a name is of a function of the project that is on no critical path."""
        found = self._codebase.definitions.get(name)
        return found is not None and found.kind in _CALLED and found.path not in self._production

    def _of_production(self, tests: Iterable[Outgoing], files: Iterable[str]) -> Iterator[Outgoing]:
        waiting = list(tests)
        if not waiting:
            return
        imported = frozenset().union(*(self._reached(path) for path in dict.fromkeys(files)))
        for call in waiting:
            home = self._codebase.definitions_in(self._codebase.definitions[call.callee].path)
            if home and home[0].name in imported:
                yield call

    def _reached(self, path: str) -> frozenset[str]:
        """What a file imports, itself or through `__init__.py` of packages."""
        found: set[str] = set()
        waiting = [path]
        while waiting:
            for name in self._imports(waiting.pop()) - found:
                found.add(name)
                package = self._modules.get(name, "")
                if package.endswith("__init__.py") and package in self._production:
                    waiting.append(package)
        return frozenset(found)

    def _imports(self, path: str) -> frozenset[str]:
        known = self._imported.get(path)
        if known is None:
            known = self._imported[path] = self._codebase.imported_in(path)
        return known


def _order(call: Outgoing) -> tuple[str, int, str]:
    return call.path, call.line, call.callee


def _named(
    modules: Mapping[str, str], production: frozenset[str], left_out: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Dotted names that left out files would have from the source roots of production code."""
    roots = {_root(name, path) for name, path in modules.items() if path in production}
    for path in sorted(left_out, reverse=True):  # of two with one name, the first
        for root in _above(path):
            if root in roots:
                parts = path[len(root) :].strip("/").removesuffix(".py").removesuffix("/__init__").split("/")
                yield ".".join(parts), path


def _root(name: str, path: str) -> str:
    """The folder from which a module is named; one that cannot be told is none."""
    own = f"{name.replace('.', '/')}{'/__init__.py' if path.endswith('__init__.py') else '.py'}"
    return path[: -len(own)].rstrip("/") if f"/{path}".endswith(f"/{own}") else "?"


def _above(path: str) -> Iterator[str]:
    while path:
        path = path.rpartition("/")[0]
        yield path
