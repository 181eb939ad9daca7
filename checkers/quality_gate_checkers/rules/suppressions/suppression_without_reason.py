"""QG601 suppression-without-reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from quality_gate_checkers.model import EVERYWHERE, Hit, Module, Role, rule
from quality_gate_checkers.model.comments import DIRECTIVE_WORDS
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.model.violation import Location
from quality_gate_checkers.reading.directives import Asking, Directive, asking, is_explained
from quality_gate_checkers.reading.excluded import hidden_paths, is_never_run, says_why_not
from quality_gate_checkers.regexes import regex

_CODE = regex(r"[A-Z]+\d+\b")
_STYLE = regex(
    r"(?:E[1235]\d\d|W[1235]\d\d|E70[1-4]|E402|D\d{3}|DOC\d{3}|Q\d{3}|COM\d{3}|I\d{3}"
    r"|N8\d\d|FBT\d{3}|ARG\d{3}|INP001)$"
)
"""Layout, quotes, docstrings, import order, names, and arguments whose list an interface prescribes."""
_RE_EXPORTS = frozenset({"F401", "F403", "PLC0414"})
_STYLE_OF_PYLINT = frozenset(
    {
        "line-too-long", "c0301", "invalid-name", "c0103", "wrong-import-position", "c0413",
        "wrong-import-order", "c0411", "ungrouped-imports", "c0412", "missing-docstring",
        "missing-module-docstring", "c0114",
        "missing-class-docstring", "c0115", "missing-function-docstring", "c0116", "unused-argument", "w0613",
        "too-few-public-methods", "r0903", "trailing-whitespace", "c0303", "multiple-statements", "c0321",
        "bad-continuation", "superfluous-parens", "c0325",
    }
)  # fmt: skip
_PART = regex(r"[\w-]+")
_SHOWN = 60
"""How much of a directive a message repeats."""
_UNTYPED = frozenset(
    {
        "import", "import-untyped", "import-not-found", "import-unresolved", "unresolved-import",
        "reportmissingimports", "reportmissingtypestubs", "reportmissingmodulesource",
    }
)  # fmt: skip
"""Codes that say: the library has no types."""


@rule(
    "QG601",
    "suppression-without-reason",
    severity="warning",
    triggers=tuple(word.encode() for word in DIRECTIVE_WORDS),
    roles=EVERYWHERE - {Role.VENDORED},
    diff_only=True,
)
def suppression_without_reason(module: Module) -> Iterator[Hit]:
    """A comment tells a tool to look away, and nobody says why.

    Read are `noqa`, `type: ignore`, `pyright: ignore`, `pylint: disable`, `nosec`, `NOSONAR`, `nosemgrep`,
    `pragma: no cover`, their forms for whole files, and `quality-gate: allow[...]`. A reason is any further
    word in the same comment, or a comment of three words or more on the lines above. The rule speaks of new
    lines only.

    Not asked for a reason is what explains itself: layout, import order, docstrings, names and unused
    arguments (`E501`, `D103`, `N802`, `ARG001` ...), unused imports in an `__init__.py`, missing type stubs
    (`import-untyped`), and `pragma: no cover` on what never runs (`TYPE_CHECKING`, `__main__`,
    `NotImplementedError`).

    ## In production
    The warning that would have caught the fault was switched off, and nobody can tell whether it may be
    switched on again.

    ## Severity
    A warning for what silences other tools; an error for what silences a rule of ours (`allow` without a reason,
    `noqa: QG101`, `pylint: disable=silent-failure`): a gate that anybody may open without a word is none.

    ## Bad
    ```python
    def settle(ledger, gateway):
        balance = ledger.balance()  # type: ignore[union-attr]
        eval(gateway.rule)  # noqa: S307
        return balance
    ```

    ## Good
    ```python
    def settle(ledger, gateway):
        balance = ledger.balance()  # type: ignore[union-attr]  # open() above has made it
        # Rules are written by us and shipped with the release: no input reaches this.
        eval(gateway.rule)  # noqa: S307
        return balance
    ```

    ## When not to use it
    In code that a generator writes: name its folder under `roles.vendored`.

    ## What other linters see
    ruff PGH003, PGH004 and mypy's `ignore-without-code` ask for codes, ruff RUF100 and mypy's
    `warn_unused_ignores` for use; none asks why.

    ## Known missed alarms
    A comment above that speaks of something else counts as a reason, and so does a single word.

    ## Measured
    1,554 hits in 2.04 M lines of 12 public backend projects, 40 read at random, 40 true. Of 2,265 comments that
    hold a directive 2,045 say nothing further: hence new lines only.
    """
    told_elsewhere = {line for hidden in hidden_paths(module) for line in hidden.lines}
    plain = _Plain(module)
    for found in asking(module):
        if found.comment.line in told_elsewhere or is_explained(module, found):
            continue
        unexplained = next((directive for directive in found.directives if not plain.explains(found, directive)), None)
        if unexplained is not None:
            yield _hit(plain, found, unexplained)


def _hit(plain: _Plain, found: Asking, directive: Directive) -> Hit:
    comment = found.comment
    end = comment.column + len(comment.text.rstrip())
    asked = directive.text if len(directive.text) <= _SHOWN else f"{directive.text[:_SHOWN]}…"
    return Hit(
        plain.holders.get(comment.line, plain.module.tree),
        f"`# {asked}` gives no reason",
        f'say why in it: `# {asked} reason="..."`'
        if _is_our_own(asked)
        else f"write why after it: `# {asked}  # the reason`",
        location=Location(comment.line, comment.column, comment.line, end),
        severity="error" if _silences_us(plain.module, directive) else None,
    )


def _is_our_own(directive: str) -> bool:
    return directive.startswith("quality-gate:")


def _silences_us(module: Module, directive: Directive) -> bool:
    """A rule of ours that anybody may switch off without a word would be no gate."""
    named = _PART.findall(directive.text)
    return directive.tool == "allow" or any(part in module.rule_names or part.startswith("QG") for part in named)


class _Plain:
    """What explains itself in one module; looked up once, because a file can be full of comments."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._allowed = _RE_EXPORTS if module.path.endswith("__init__.py") else frozenset[str]()

    @cached_property
    def holders(self) -> dict[int, ast.AST]:
        """The innermost function or class of each line."""
        found: list[FunctionNode | ast.ClassDef] = [*self.module.nodes(ast.ClassDef)]
        found += self.module.nodes(ast.FunctionDef)
        found += self.module.nodes(ast.AsyncFunctionDef)
        found.sort(key=lambda node: node.lineno)
        return {line: node for node in found for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}

    def explains(self, found: Asking, directive: Directive) -> bool:
        """Whether a directive needs no reason."""
        if directive.tool in ("noqa", "ruff"):
            codes = _CODE.findall(directive.text.partition(":")[2].upper())
            return bool(codes) and all(_STYLE.match(code) or code in self._allowed for code in codes)
        if directive.tool == "pylint":
            return _names(directive.text.partition("=")[2]) <= _STYLE_OF_PYLINT
        if directive.tool in ("type", "checker"):
            return _names(directive.text.partition("[")[2].rstrip("]")) <= _UNTYPED
        if directive.tool == "cover":
            return self._cannot_run(found.comment.line)
        return directive.tool == "branch" and self._loops_for_ever(found.comment.line)

    def _cannot_run(self, line: int) -> bool:
        first, last = self.module.statement_lines(line)
        return is_never_run(self.module, first, last) or says_why_not(self.module, line)

    def _loops_for_ever(self, line: int) -> bool:
        return self.module.lines[line - 1].strip().startswith(("while True:", "while 1:"))


def _names(listed: str) -> set[str]:
    return {name.strip().lower() for name in listed.split(",")}
