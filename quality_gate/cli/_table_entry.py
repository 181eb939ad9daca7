"""The table `[tool.quality-gate]` as a team starts with it: what was found, what is proposed, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import wrap

import msgspec

from quality_gate.cli._edits import FileChange, appended, text_of
from quality_gate.codebase.starting.proposing import Proposal
from quality_gate.config import FILE, parse
from quality_gate.engine import known_practices
from quality_gate.errors import UsageError, UsageErrors
from quality_gate.model import Mode
from quality_gate_checkers.settings import printable

MODES = {
    Mode.OBSERVE: "report only; never changes the exit code",
    Mode.NEW_CODE: "what this change adds or touches must be kept",
    Mode.ENFORCE: "all of it must be kept, less the baseline",
}

_LONGEST = 300
"""Characters of what is said of one function."""

_WIDTH = 110


class Measured(msgspec.Struct, frozen=True):
    """What tests show of a critical path today, in percent, rounded down; None where nothing tells."""

    line: int | None = None
    branch: int | None = None
    failure: int | None = None


class Start(msgspec.Struct, frozen=True):
    """What the table says.

    Args:
        source, tests: folders; empty where the defaults know better.
        mode: of static-analysis.
        paths: critical paths to start with. owners: whose each is, by name. measured: what tests show of each, by name.
        adopted: practices whose findings of today the baseline holds.
    """

    source: Sequence[str]
    tests: Sequence[str]
    mode: Mode = Mode.NEW_CODE
    paths: Sequence[Proposal] = ()
    owners: Mapping[str, str] = {}
    measured: Mapping[str, Measured] = {}
    adopted: Sequence[str] = ()


def has_table(root: Path) -> bool:
    """Whether the project's pyproject.toml has the table.

    Raises:
        UsageErrors: it has one, and it is wrong.
        UsageError: the file is a symbolic link or unreadable.
    """
    before = text_of(root / FILE)
    return before is not None and parse(before.encode(), FILE, root / FILE) is not None


def table_change(root: Path, start: Start) -> FileChange:
    """The change that appends the table.

    Raises:
        UsageError: the file is a symbolic link, unreadable, or of a shape that nothing can be appended to.
    """
    file = root / FILE
    before = text_of(file)
    gap = [""] if before else []
    after = appended(before or "", [*gap, *_table(start)])
    try:
        parse(after.encode(), FILE, file)
    except UsageErrors as error:  # e.g. `tool = {...}`, which nothing can be added to
        problem = f"the table cannot be appended: {error.errors[0].problem}"
        remedy = "put it into a file of its own and name that with --config"
        raise UsageError(FILE, problem, remedy) from error
    return FileChange(file, before, after)


def _table(start: Start) -> list[str]:
    first, *others = (practice.name for practice in known_practices())
    return [
        "[tool.quality-gate]",
        _setting("source", start.source, "found by itself when left out"),
        _setting("tests", start.tests, "found by their usual names when left out"),
        '# base = "origin/main"  # when left out: origin/HEAD, else main, else master',
        "",
        "[tool.quality-gate.practices]",
        *(f"# {mode}: {meaning}" for mode, meaning in MODES.items()),
        f'{first} = "{start.mode}"',
        "# Next, one at a time; until then each is only observed:",
        *(f'# {name} = "{Mode.ENFORCE if name in start.adopted else Mode.NEW_CODE}"' for name in others),
        "",
        *(_paths(start) if start.paths else _EXAMPLE),
    ]


_EXAMPLE = (
    "# What must not break, one table each:",
    "# [tool.quality-gate.critical-paths.payments]",
    '# why = "Money moves here: a wrong state is a refund and a lost customer."',
    '# entry = ["shop.api.checkout:create_order"]',
)


def _setting(key: str, folders: Sequence[str], otherwise: str) -> str:
    if folders:
        quoted = ", ".join(f'"{folder}"' for folder in folders)
        return f"{key} = [{quoted}]"
    return f'# {key} = ["..."]  # {otherwise}'


def _paths(start: Start) -> Iterator[str]:
    yield "# What must not break, proposed by names, routes, calls and history: keep what is true, take the rest out."
    yield "# Each function belongs to its path with everything that it calls: quality-gate paths shows what that is."
    if not start.measured:
        yield "# Each demands 80 percent of its lines, branches and failure paths: type quality-gate test, and"
        yield "# write what the report shows for it as line = 71, branch = 64, failure = 30."
    for proposal in start.paths:
        yield ""
        yield from _path(proposal, start.owners.get(proposal.name, ""), start.measured.get(proposal.name, Measured()))


def _path(proposal: Proposal, owner: str, measured: Measured) -> Iterator[str]:
    yield f"[tool.quality-gate.critical-paths.{_key(proposal.name)}]"
    if not proposal.is_known:
        yield "# Say what the business loses when it fails; so far this is only what was counted:"
    yield f"why = {_text(proposal.why)}"
    yield f"owner = {_text(owner)}" if owner else '# owner = "@..."  # whom to ask'
    yield "entry = ["
    for entry in proposal.entries:
        yield from (f"    # {line}" for line in wrap(printable(entry.reason, _LONGEST), _WIDTH))
        yield f"    {_text(entry.name)},"
    yield "]"
    yield from _demands(measured)


def _demands(measured: Measured) -> Iterator[str]:
    known = {key: value for key, value in msgspec.structs.asdict(measured).items() if value is not None}
    if not known:
        return
    yield "# What tests show today, rounded down; raise it, never lower it."
    for key, value in known.items():
        yield f"{key} = {value}"


def _key(name: str) -> str:
    return name if all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in name) else _text(name)


def _text(text: str) -> str:
    """A basic string of TOML: what JSON escapes, TOML escapes alike, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
