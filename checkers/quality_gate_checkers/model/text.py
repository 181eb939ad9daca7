"""Bytes to text to lines, once and alike for every reader, or a reason why not."""

from __future__ import annotations

import re
import sys
import warnings
from typing import TYPE_CHECKING

from quality_gate_checkers.regexes import regex

if TYPE_CHECKING:
    import ast

MAXIMUM_BYTES = 1024 * 1024
"""A larger file is not analysed: the time that a parser needs is the attacker's choice (hostile-inputs.md, row 30)."""

_COOKIE = regex(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_LINE = regex(rb"[^\r\n]*")
_HOLDS_NO_CODE = regex(rb"[ \t\f]*(?:#|$)")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF8 = frozenset({"utf-8", "utf8", "u8", "utf", "utf8-sig", "ascii", "us-ascii", "646"})
_LINE_END = regex("\r\n|\r|\n")


class NotAnalysable(Exception):
    """A file that cannot be judged; it is reported as `not-analysed`, never as clean.

    Args:
        line: 1-based, where the trouble is as far as it is known.
        reason: why, as a clause.
        remedy: what to do about it.
    """

    def __init__(self, line: int, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason
        self.remedy = remedy


def decode(content: bytes) -> str:
    """The text of a Python file: UTF-8 with or without a byte order mark, nothing else.

    Other codings are refused because a coding cookie can make a comment into code (hostile-inputs.md, row 31).

    Raises:
        NotAnalysable: too large, NUL bytes, another coding, or not UTF-8.
    """
    if len(content) > MAXIMUM_BYTES:
        raise NotAnalysable(
            1, f"it is larger than {MAXIMUM_BYTES // 1024} KiB", "split it, or list it under `roles.vendored`"
        )
    if b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise NotAnalysable(line, "it holds a NUL byte", "remove the byte: Python cannot import this file")
    _refuse_other_codings(content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise NotAnalysable(line, "it is not UTF-8", "convert the file to UTF-8") from error


def _refuse_other_codings(content: bytes) -> None:
    """A cookie counts where Python looks for it: on line 1, and on line 2 when line 1 holds no code."""
    start = len(_BYTE_ORDER_MARK) if content.startswith(_BYTE_ORDER_MARK) else 0
    for number in (1, 2):
        line = _line_at(content, start)
        cookie = _COOKIE.match(line)
        if cookie:
            coding = cookie.group(1).decode("ascii").lower().replace("_", "-")
            if coding not in _UTF8 and not coding.startswith("utf-8-"):
                raise NotAnalysable(
                    number, f"its coding is declared as {coding[:40]}", "convert the file to UTF-8 and drop the cookie"
                )
            return
        if not _HOLDS_NO_CODE.match(line):
            return
        start += len(line)
        start += 2 if content.startswith(b"\r\n", start) else 1


def _line_at(content: bytes, start: int) -> bytes:
    """A line without its end, which may be a lone CR, as the parser has it."""
    found = _LINE.match(content, start)
    return found.group() if found else b""


def split_lines(text: str) -> list[str]:
    """Lines as the parser and git count them: VT, FF, NEL and U+2028 do not end a line (hostile-inputs.md, D7)."""
    return text.split("\n") if "\r" not in text else _LINE_END.split(text)


def parse(text: str) -> ast.Module:
    """The tree of a module.

    Raises:
        NotAnalysable: it is not Python as this interpreter knows it, or nests deeper than the parser can go.
    """
    import ast  # 3 ms; a run whose files are all known parses nothing

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise _explained(error) from error
    except (RecursionError, MemoryError) as error:
        raise NotAnalysable(1, "it nests too deep for the parser", "break the deepest expression into parts") from error
    except (ValueError, OverflowError, LookupError) as error:
        raise NotAnalysable(
            1, f"the parser refuses it: {error}", "mend the file so that Python can import it"
        ) from error


def _explained(error: SyntaxError) -> NotAnalysable:
    line = max(1, error.lineno or 1)
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    newer = _newer_python(error.msg or "", error.text or "")
    if newer and tuple(map(int, newer.split("."))) > sys.version_info[:2]:
        remedy = f"run quality-gate on Python {newer} or later: in the hook, `language_version: python{newer}`"
        return NotAnalysable(line, f"it needs Python {newer} and this is {running}", remedy)
    if "too many" in (error.msg or "") or "too deep" in (error.msg or ""):
        return NotAnalysable(line, f"it nests too deep: {error.msg}", "break the deepest expression into parts")
    remedy = f"mend the syntax; if it is right in a newer Python than {running}, set `language_version` in the hook"
    return NotAnalysable(line, f"it does not parse: {error.msg}", remedy)


_TYPE_PARAMETERS = regex(r"\s*(?:type\s+\w+\b.*=|class\s+\w+\s*\[|(?:async\s+)?def\s+\w+\s*\[)")


def _newer_python(message: str, line: str) -> str | None:
    """The Python that a syntax error asks for, as far as the parser's message and the line tell."""
    if _TYPE_PARAMETERS.match(line):
        return "3.12"
    named = re.search(r"Python (3\.\d+) and greater", message)
    if named:
        return named.group(1)
    return "3.14" if "multiple exception types must be parenthesized" in message else None
