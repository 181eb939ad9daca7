"""The linters that are known here: how each is asked so that its answer can be read, and how it is read.

Each runs as the project configures it; what is asked on top decides only where and in which form it answers, and that
it changes no file. An answer is data: it is typed, and what does not fit is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from quality_gate.config_linters import LinterName
from quality_gate.evidence.linters._tool_words import Garbled, Level, Raw, expect_few


class Asked(NamedTuple):
    """What a linter is asked.

    Args:
        targets: files and folders; none where the linter's own configuration says them.
        output: the file to answer in.
        token: nobody can have foreseen it; marks lines of an answer that are no file's and no message's.
        configuration: the text of `pyproject.toml`.
        arguments: the team's own.
    """

    targets: Sequence[str]
    output: str
    token: str
    configuration: str
    arguments: Sequence[str]


class Answer(NamedTuple):
    """What a linter answered.

    Args:
        status: its exit status. out: what it printed. written: what it wrote into the output file.
        said: its last words. token: as it was asked.
    """

    status: int
    out: bytes
    written: bytes
    said: str
    token: str


class Heard(NamedTuple):
    """An answer that was read.

    Args:
        results: everything that it found. unseen: clauses about what it could not look at.
        looked_at_nothing: the linter itself says so.
    """

    results: list[Raw]
    unseen: list[str] = []  # noqa: RUF012 - never changed
    looked_at_nothing: bool = False


class Tool(NamedTuple):
    """A linter.

    Args:
        oldest: the first version whose answer can be read.
        arguments: what it is asked with. read: its answer, or Garbled.
        takes_all: it finds the files of a folder by itself; else it gets the folders of production code.
    """

    oldest: tuple[int, int]
    arguments: Callable[[Asked], list[str]]
    read: Callable[[Answer], Heard]
    takes_all: bool = False


def _expect(answer: Answer, *statuses: int) -> None:
    if answer.status not in statuses:
        raise Garbled(f"it ended with {answer.status}")


# --- pylint


class _PylintMessage(msgspec.Struct, rename="camel"):
    type: str
    symbol: str
    message: str
    message_id: str
    line: int
    column: int
    path: str
    end_line: int | None = None
    end_column: int | None = None


class _PylintStatistics(msgspec.Struct, rename="camel"):
    modules_linted: int


class _PylintLog(msgspec.Struct):
    messages: list[_PylintMessage]
    statistics: _PylintStatistics


_PYLINT_USAGE = 32


def _pylint_arguments(asked: Asked) -> list[str]:
    form = f"--output-format=json2:{asked.output}"
    return [form, "--recursive=y", *asked.arguments, "--", *asked.targets]


def _pylint(answer: Answer) -> Heard:
    if answer.status < 0 or answer.status & _PYLINT_USAGE:
        raise Garbled(f"it ended with {answer.status}")
    log = _decoded(answer.written, _PylintLog)
    expect_few(len(log.messages))
    fatal = [f"{one.path}: {one.message}" for one in log.messages if one.type == "fatal"]
    results = [
        Raw(
            code=one.message_id,
            name=one.symbol,
            level="error" if one.type == "error" else "warning",
            message=one.message,
            remedy=f"mend it, or say why not: # pylint: disable={one.symbol}",
            place=one.path,
            line=one.line,
            column=one.column + 1,
            end_line=one.end_line or 0,
            end_column=0 if one.end_column is None else one.end_column + 1,
            columns="bytes",
        )
        for one in log.messages
        if one.type != "fatal"
    ]
    return Heard(results, fatal, looked_at_nothing=not log.statistics.modules_linted)


# --- ruff


class _RuffPlace(msgspec.Struct):
    row: int
    column: int


class _RuffFix(msgspec.Struct):
    message: str | None = None


class _RuffResult(msgspec.Struct):
    filename: str
    message: str
    location: _RuffPlace
    end_location: _RuffPlace
    code: str | None = None
    name: str | None = None
    url: str | None = None
    severity: str | None = None
    fix: _RuffFix | None = None


def _ruff_arguments(asked: Asked) -> list[str]:
    shape = ["--output-format", "json", "--output-file", asked.output, "--no-fix", "--force-exclude"]
    return ["check", *shape, *asked.arguments, "--", *asked.targets]


def _ruff(answer: Answer) -> Heard:
    _expect(answer, 0, 1)
    found = _decoded(answer.written, list[_RuffResult])
    expect_few(len(found))
    return Heard([_ruff_result(one) for one in found], looked_at_nothing="No Python files found" in answer.said)


def _ruff_result(one: _RuffResult) -> Raw:
    code = one.code or "invalid-syntax"
    fix = one.fix.message if one.fix is not None else None
    return Raw(
        code=code,
        name=one.name or (one.url or "").rstrip("/").rpartition("/")[2] or code,
        level="warning" if one.severity == "warning" else "error",
        message=one.message,
        remedy=fix or f"mend it, or say why not: # noqa: {code}",
        place=one.filename,
        line=one.location.row,
        column=one.location.column,
        end_line=one.end_location.row,
        end_column=one.end_location.column,
    )


# --- flake8


def _flake8_arguments(asked: Asked) -> list[str]:
    form = f"--format={asked.token}:%(row)d:%(col)d:%(code)s:%(path)s:{asked.token}:%(text)s"
    # No `--` before the targets: flake8 reads its arguments twice, and the second time all behind it are files.
    # The benchmark is what tells how many files it looked at.
    return [form, f"--output-file={asked.output}", "--no-show-source", "--benchmark", *asked.arguments, *asked.targets]


_FLAKE8_FILES = re.compile(r"^(\d+) +total files processed\r?$", re.MULTILINE)


def _flake8(answer: Answer) -> Heard:
    """Lines that do not bear the token are its benchmark, statistics that the configuration asks for, or no answer."""
    _expect(answer, 0, 1)
    token = re.escape(answer.token)
    line = re.compile(rf"{token}:(\d{{1,9}}):(-?\d{{1,9}}):(\S{{1,20}}):(.+?):{token}:(.*)")
    written = answer.written.decode("utf-8", "surrogateescape")
    ours = [one for one in written.split("\n") if answer.token in one]
    expect_few(len(ours))
    found = [line.fullmatch(one) for one in ours]
    if None in found:
        raise Garbled("it has a line that is not as it was asked for")
    if answer.status == 1 and not found:
        raise Garbled("it ended with 1 and names no finding")
    files = _FLAKE8_FILES.findall(written)
    if not files:
        raise Garbled("it does not say how many files it looked at")
    results = [_flake8_result(*one.groups()) for one in found if one is not None]
    return Heard(results, looked_at_nothing=not int(files[-1]))


def _flake8_result(row: str, column: str, code: str, path: str, text: str) -> Raw:
    return Raw(
        code=code,
        name=code,
        level="error",
        message=text,
        remedy=f"mend it, or say why not: # noqa: {code}",
        place=path,
        line=int(row),
        column=int(column),
    )


# --- mypy


class _MypyResult(msgspec.Struct):
    file: str
    line: int
    column: int
    message: str
    severity: str
    code: str | None = None
    hint: str | None = None
    end_line: int | None = None
    end_column: int | None = None


_MYPY_ITSELF = re.compile(rb"Success: |Found \d+ error")


def _mypy_arguments(asked: Asked) -> list[str]:
    shape = ["--output", "json", "--no-error-summary", "--show-error-end", "--no-pretty"]
    return [*shape, *asked.arguments, "--", *asked.targets]


def _mypy(answer: Answer) -> Heard:
    _expect(answer, 0, 1)
    lines = [line for line in answer.out.splitlines() if line.strip() and not _MYPY_ITSELF.match(line)]
    expect_few(len(lines))
    found = [_decoded(line, _MypyResult) for line in lines]
    errors = [one for one in found if one.severity == "error"]
    if answer.status == 1 and not errors:
        raise Garbled("it ended with 1 and names no finding")
    return Heard([_mypy_result(one) for one in errors])


def _mypy_result(one: _MypyResult) -> Raw:
    code = one.code or "error"
    return Raw(
        code=code,
        name=code,
        level="error",
        message=one.message,
        remedy=one.hint or f"mend it, or say why not: # type: ignore[{code}]",
        place=one.file,
        line=one.line,
        column=one.column + 1,
        end_line=one.end_line or 0,
        end_column=0 if one.end_column is None else one.end_column + 1,
    )


# --- bandit


class _BanditResult(msgspec.Struct):
    filename: str
    line_number: int
    issue_severity: str
    issue_text: str
    test_id: str
    test_name: str
    more_info: str = ""
    col_offset: int = -1


class _BanditError(msgspec.Struct):
    filename: str
    reason: str


class _BanditTotals(msgspec.Struct):
    loc: int


class _BanditLog(msgspec.Struct):
    results: list[_BanditResult]
    errors: list[_BanditError]
    metrics: dict[str, _BanditTotals]


def _bandit_arguments(asked: Asked) -> list[str]:
    names_one = any(one.startswith(("-c", "--configfile", "--ini")) for one in asked.arguments)
    own = ["-c", "pyproject.toml"] if "[tool.bandit" in asked.configuration and not names_one else []
    return ["-q", "-f", "json", "-o", asked.output, "-r", *own, *asked.arguments, "--", *asked.targets]


def _bandit(answer: Answer) -> Heard:
    _expect(answer, 0, 1)
    log = _decoded(answer.written, _BanditLog)
    expect_few(len(log.results))
    files = [name for name in log.metrics if name != "_totals"]
    unseen = [f"{one.filename}: {one.reason}" for one in log.errors]
    return Heard([_bandit_result(one) for one in log.results], unseen, looked_at_nothing=not files)


def _bandit_result(one: _BanditResult) -> Raw:
    level: Level = "warning" if one.issue_severity == "LOW" else "error"
    return Raw(
        code=one.test_id,
        name=one.test_name,
        level=level,
        message=one.issue_text,
        remedy=f"mend it, or say why not: # nosec {one.test_id}",
        place=one.filename,
        line=one.line_number,
        column=one.col_offset + 1,
        columns="bytes",
    )


_Kind = TypeVar("_Kind")


def _decoded(content: bytes, kind: type[_Kind]) -> _Kind:
    """JSON as it should be; a linter that crashed has often written nothing, or half of it."""
    if not content.strip():
        raise Garbled("it wrote no answer")
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Garbled(f"its answer cannot be read: {error}") from error


TOOLS: dict[LinterName, Tool] = {
    "bandit": Tool((1, 7), _bandit_arguments, _bandit),
    "flake8": Tool((6, 0), _flake8_arguments, _flake8, takes_all=True),
    "mypy": Tool((1, 11), _mypy_arguments, _mypy),
    "pylint": Tool((3, 0), _pylint_arguments, _pylint),
    "ruff": Tool((0, 1), _ruff_arguments, _ruff, takes_all=True),
}
"""By the name that the configuration and `python -m` use; a test holds it against `LinterName`."""
