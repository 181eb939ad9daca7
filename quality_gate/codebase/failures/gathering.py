"""What is gathered of one function while it is read."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

from quality_gate.codebase.failures.sharing import Shared
from quality_gate.codebase.failures.sites import NOWHERE, CallSite, FunctionSites, Guard, RaiseSite
from quality_gate.codebase.failures.texts import cut, head
from quality_gate.failure_paths import FailureKind, FailurePath, Handler, Waiver
from quality_gate_checkers.model import Module
from quality_gate_checkers.reading.never_run import Never

Waivers: TypeAlias = Callable[[int, int], Waiver | None]

_ALONE = Shared()


class Around(NamedTuple):
    """What stands around a node.

    Args:
        guard: place of the innermost guard.
        handler: the `except` in whose body it stands.
        never: why no test can run it.
        awaited: something waits for it right here.
        ends: it ends the function.
    """

    guard: int = NOWHERE
    handler: ast.ExceptHandler | None = None
    never: str | None = None
    awaited: bool = False
    ends: bool = False


class Gathering:
    """The sites of one function.

    Args:
        name: the function's, qualified within the module.
        waivers: first and last line -> the waiver that stands there.
    """

    def __init__(self, module: Module, name: str, waivers: Waivers) -> None:
        self._module = module
        self._name = name
        self.waiver_at = waivers
        self.paths: list[FailurePath] = []
        self.digests: list[str] = []
        self.guards: list[Guard] = []
        self.raises: list[RaiseSite] = []
        self.calls: list[CallSite] = []

    def sites(self) -> FunctionSites:
        """All that was gathered."""
        return FunctionSites(
            self._name,
            self._module.path,
            tuple(self.paths),
            tuple(self.digests),
            tuple(self.guards),
            tuple(self.raises),
            tuple(self.calls),
        )

    def guard(self, guard: Guard) -> int:
        """Note a guard; returns its place."""
        self.guards.append(guard)
        return len(self.guards) - 1

    def add(
        self,
        kind: FailureKind,
        node: ast.AST,
        digest: str,
        text: str,
        around: Around,
        *,
        shown_by: ast.stmt | None = None,
        types: tuple[str, ...] = (),
        leaves_by: Literal["raise", "return", "call", ""] = "",
        value: str = "",
        handler: Handler | None = None,
        never: Never | None = None,
        body: tuple[int, int] | None = None,
        loop: tuple[int, int] | None = None,
        shared: Shared = _ALONE,
    ) -> int:
        """Note a path; returns its place.

        Args:
            node: where it stands. shown_by: the statement whose lines show it, where that is another one.
        """
        place = self._module.location(node)
        shown = shown_by if shown_by is not None else node
        first, last = head(shown) if isinstance(shown, ast.stmt) else (place.line, place.end_line)
        certain = never.reason if never is not None and never.certain else None
        self.paths.append(
            FailurePath(
                id="",
                kind=kind,
                path=self._module.path,
                function=self._name,
                line=first,
                last=last,
                column=place.column + 1,
                text=cut(text),
                types=types,
                leaves_by=leaves_by,
                value=value,
                handler=handler,
                never=around.never or certain,
                waiver=self.waiver_at(min(first, place.line), last),
                body=body,
                loop=loop,
                shared_from=shared.line,
                jumps_tell=shared.jumps_tell,
            )
        )
        self.digests.append(digest)
        return len(self.paths) - 1
