"""What the team's other tools say: linters that the configuration names, and SARIF files of any tool."""

from __future__ import annotations

import msgspec

from quality_gate.model import Change
from quality_gate_checkers.model.violation import Severity


class ToolResult(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a tool says of one place in the project.

    Lines and columns are 1-based, columns in code points, ends exclusive.

    Args:
        tool: whose it is, as the configuration or the SARIF file calls it.
        code, name: the rule, as the tool calls it; the same where it has one word for both.
        path: relative to the project's root, with forward slashes.
        text: the line it stands in, for its fingerprint.
    """

    tool: str
    code: str
    name: str
    severity: Severity
    message: str
    remedy: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class Unheard(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that should have been heard and was not.

    Args:
        tool: which.
        what: what went wrong, as a clause that begins with the tool.
        remedy: what to type next.
        said: the last that it said, on one line; may be empty.
    """

    tool: str
    what: str
    remedy: str
    said: str = ""

    @property
    def whole(self) -> str:
        """Everything, in one sentence."""
        return f"{self.what}; {self.remedy}" + (f"; it said: {self.said}" if self.said else "")


class Linted(msgspec.Struct, frozen=True, kw_only=True):
    """What all tools together say.

    Args:
        results: of every tool that could be heard.
        heard: the tools whose word is whole.
        unheard: those that this stage demands and that were not heard.
        waiting: sentences about those that were not asked, and that this stage does not demand.
        told: one sentence for each that was asked: what it looked at, what it found, how long it took.
        elsewhere: what is new in files that are not Python; None where no result is in one.
    """

    results: tuple[ToolResult, ...] = ()
    heard: tuple[str, ...] = ()
    unheard: tuple[Unheard, ...] = ()
    waiting: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    elsewhere: Change | None = None


NOTHING_LINTED = Linted()
"""Where no tool is named."""
