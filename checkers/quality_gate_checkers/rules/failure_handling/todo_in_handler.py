"""QG105 todo-in-handler."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.model.comments import Comment
from quality_gate_checkers.model.violation import Location
from quality_gate_checkers.reading.answers import is_answer
from quality_gate_checkers.reading.carrying_on import carried_on
from quality_gate_checkers.reading.handlers import caught_types
from quality_gate_checkers.reading.masking import masked
from quality_gate_checkers.regexes import regex

_MARK = regex(
    r"^#[#\s:*!-]*(TODO|FIXME|XXX|HACK)\b(?![\w-])|(?:\s#\s*)(TODO|FIXME|XXX|HACK)\b|^#[#\s:*!-]*(todo|fixme)\s*[:(]",
    re.MULTILINE,
)
_REFERENCE = regex(r"\b[A-Z][A-Z0-9]+-\d+\b|#\d+\b|https?://|\bGH-?\d+\b|\bissues?/\d+", re.IGNORECASE)
_LINE = regex(r"#.*\b(?:TODO|FIXME|XXX|HACK)\b", re.IGNORECASE)

_NOT_ABOUT_IT = regex(
    r"^[\s:-]*(?:\([^)]*\)[\s:-]*)?[\s:()-]*(?:(?:can|should|could|do|need|we|to)[\s/]+)*"
    r"(?:remove|drop|delete|deprecat|after the|once|add\b.*\b(?:test|coverage)|test|rename|move|clean"
    r"|.*\b(?:once|when|after)\b.*\b(?:drop|dropped|remove[ds]?|released|upgraded?)\b)",
    re.IGNORECASE,
)
"""Left to do some day, but not about what happens on the failure."""

_LONG = 10
"""A handler of more lines is where ordinary work is done: what is left to do there is seldom about the failure."""


@rule("QG105", "todo-in-handler", severity="warning", triggers=(b"todo", b"fixme", b"xxx", b"hack", b"notimplemented"))
def todo_in_handler(module: Module) -> Iterator[Hit]:
    """A handler holds a TODO, FIXME, XXX or HACK: what to do when the call fails was never decided.

    ## In production
    The failure that was put off happens, and the code does whatever stood there as a placeholder.

    ## Bad
    ```python
    def refund(bank, payment):
        try:
            return bank.refund(payment)
        except TimeoutError:
            # TODO: ask the bank whether the money moved
            raise
    ```

    ## Good
    ```python
    def refund(bank, payment):
        try:
            return bank.refund(payment)
        except TimeoutError:
            # TODO(PAY-812): ask the bank whether the money moved
            raise
    ```

    ## When not to use it
    Name the issue on the comment's line or the next: `PAY-812`, `#123` or an address. Handlers of more than ten
    lines, handlers of exceptions that are answers (KeyError, NotFound ...) or that end by raising another exception
    (what happens is decided) and notes on what to remove or to test are left alone.

    ## What other linters see
    ruff TD and FIX and pylint W0511 report every such comment of a project, which is why they are switched off.

    ## Known missed alarms
    A note above the `try` or above `except`; one in words without a mark; `raise NotImplementedError("...")` with a
    message.

    ## Measured
    16 hits in 4.8 million lines of 35 public backend projects, all read, all true as defined here. 8 of them stood
    in code that the rule had not been mended on; 6 of these stood in one project and said the same. A warning: it
    is a note, not a fault.
    """
    handlers = module.nodes(ast.ExceptHandler)
    for handler in handlers:
        if _is_placeholder(module, handler):
            yield Hit(
                handler,
                f"what happens on {_caught(handler)} is left as a placeholder: {ast.unparse(handler.body[0])}",
                "decide it now, or say in the message what is not supported and why",
                also=(handler.body[0],),
                location=module.header(handler),
            )
    for handler in handlers if any(_LINE.search(line) for line in module.lines) else ():
        first, last = handler.lineno, _last_line(module, handler)
        if (
            last - first > _LONG
            or _becomes_another(handler)
            or not any(_LINE.search(line) for line in module.lines[first - 1 : last])
        ):
            continue
        if not all(is_answer(name) for name in caught_types(module, handler.type)):
            yield from _in_handler(module, handler, first, last)


def _in_handler(module: Module, handler: ast.ExceptHandler, first: int, last: int) -> Iterator[Hit]:
    comments = [comment for comment in module.all_comments if first <= comment.line <= last]
    head = _last_line_of_head(module, handler)
    if carried_on(module, handler) is not None or masked(module, handler) is not None:
        return
    for place, comment in enumerate(comments):
        mark = _MARK.search(comment.text) if not first <= comment.line < head else None
        if mark is None or _innermost(module, comment, handler) is not handler:
            continue
        said = " ".join([comment.text, *_continued(comment, comments[place + 1 :])])
        if not _REFERENCE.search(said) and not _NOT_ABOUT_IT.match(comment.text[mark.end() :]):
            word = next(group for group in mark.groups() if group).upper()
            yield Hit(
                handler,
                f"what happens on {_caught(handler)} is left as a {word}: {_shortened(comment.text[mark.end() :])}",
                "decide it now, or name the issue in which it is decided: TODO(PAY-812)",
                location=Location(comment.line, comment.column, comment.line, comment.column + len(comment.text)),
            )


def _becomes_another(handler: ast.ExceptHandler) -> bool:
    """Whether a handler ends by raising another exception: what comes of the failure is decided."""
    last = handler.body[-1]
    if not isinstance(last, ast.Raise) or last.exc is None:
        return False
    return not isinstance(last.exc, ast.Name) or last.exc.id != handler.name


def _is_placeholder(module: Module, handler: ast.ExceptHandler) -> bool:
    """`raise NotImplementedError` and no word: with a message it tells callers that something is not supported."""
    only = handler.body[0]
    if len(handler.body) != 1 or not isinstance(only, ast.Raise) or only.exc is None:
        return False
    made = only.exc.func if isinstance(only.exc, ast.Call) and not only.exc.args and not only.exc.keywords else only.exc
    if (
        module.names.resolve(made) != "builtins.NotImplementedError"
        and module.names.resolve(made) != "builtins.NotImplemented"
    ):
        return False
    return not all(is_answer(name) for name in caught_types(module, handler.type))


def _last_line(module: Module, handler: ast.ExceptHandler) -> int:
    """The last line of a handler with the comments that trail its last statement."""
    last = handler.end_lineno or handler.lineno
    for number in range(last + 1, len(module.lines) + 1):
        text = module.lines[number - 1]
        if text.strip() and (not text.lstrip().startswith("#") or len(text) - len(text.lstrip()) <= handler.col_offset):
            return last
        last = number if text.strip() else last
    return last


def _last_line_of_head(module: Module, handler: ast.ExceptHandler) -> int:
    """Where the colon stands: comments above it, between brackets, are about the types that are caught."""
    last = (handler.type.end_lineno if handler.type is not None else None) or handler.lineno
    lines = range(last, handler.body[0].lineno)
    return next((line for line in lines if ":" in module.lines[line - 1].partition("#")[0]), last)


def _innermost(module: Module, comment: Comment, handler: ast.ExceptHandler) -> ast.ExceptHandler:
    around = [
        found for found in module.nodes(ast.ExceptHandler) if found.lineno <= comment.line <= _last_line(module, found)
    ]
    return max(around, key=lambda found: found.lineno, default=handler)


def _continued(comment: Comment, later: list[Comment]) -> Iterator[str]:
    """The lines that a comment goes on with."""
    line = comment.line
    for found in later:
        if not found.alone or found.line != line + 1:
            return
        yield found.text
        line = found.line


def _caught(handler: ast.ExceptHandler) -> str:
    return "any exception" if handler.type is None else ast.unparse(handler.type)


def _shortened(text: str) -> str:
    words = text.lstrip(" :-(").strip()
    return f"{words[:57]}..." if len(words) > 60 else words or "no more is said"
