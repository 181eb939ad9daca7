"""One parse of one file into its facts."""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_left
from collections.abc import Callable
from itertools import accumulate

from quality_gate.codebase import tree
from quality_gate.codebase.facts import Code, CodeKind, Facts, encode_body
from quality_gate.codebase.facts_expressions import NONE, expression
from quality_gate.codebase.facts_scope import Scope
from quality_gate.codebase.facts_statements import block
from quality_gate_checkers.model.critical import critical_names
from quality_gate_checkers.model.text import split_lines

_FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_CRITICAL = re.compile(r"#\s*quality-gate\s*:\s*critical")
_UNPACKED = (ast.Tuple, ast.List)
_Placed = ast.expr | ast.stmt | ast.pattern | ast.excepthandler
_LONGEST_QUOTED = 500
"""Characters of a quoted annotation that is parsed."""


class Reader:
    """Reads one module.

    Args:
        text: the source as `decode` returned it.
        node: the source as `parse` returned it.
        is_test: whether it is a test: what it sets in other modules holds for the test alone.
    """

    def __init__(self, text: str, node: ast.Module, *, is_test: bool = False) -> None:
        self._text = text
        is_plain = text.isascii()
        self.column: Callable[[_Placed], int] = _column if is_plain else self._column
        """1-based, in code points; of an attribute, where its name begins."""
        self._lines: list[str] | None = None if is_plain else split_lines(text)
        self._columns: dict[int, list[int]] = {}
        self._critical_lines = self._lines_of_critical_comments()
        self._codes: list[Code | None] = []
        self._choices = 0
        self._variables = 0
        self._is_test = is_test
        self.in_annotation = False
        self.imports: set[str] = set()
        self.imported: set[str] = set()
        self.scope = Scope("module", 0, "")
        self._module(node)

    def codes(self) -> tuple[Code, ...]:
        """The pieces of code, the module first."""
        return tuple(code for code in self._codes if code is not None)

    # -- what expressions and statements ask for

    def _column(self, node: _Placed) -> int:
        if isinstance(node, ast.Attribute):
            begins = (node.end_col_offset or 0) - len(node.attr.encode())
            return self._code_points(node.end_lineno or node.lineno, begins) + 1
        return self._code_points(node.lineno, node.col_offset) + 1

    def _code_points(self, line: int, offset: int) -> int:
        lines = self._lines or []
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        if text.isascii():
            return offset
        found = self._columns.get(line)
        if found is None:
            sizes = (len(character.encode("utf-8", "surrogatepass")) for character in text)
            found = self._columns[line] = list(accumulate(sizes, initial=0))[:-1]
        return bisect_left(found, offset)

    def next_choice(self) -> int:
        """A number for the branches of one statement."""
        self._choices += 1
        return self._choices

    def bind(
        self,
        target: tree.Expr | None,
        way: str,
        value: tree.Expr | None,
        node: _Placed,
        annotation: tree.Expr | None = None,
    ) -> None:
        """Note that a target gets a value."""
        scope = self.scope
        scope.statements.append(tree.Bind(target, way, value, annotation, scope.block, node.lineno, self.column(node)))

    def give(self, value: tree.Expr, node: ast.expr, *, whole: bool) -> None:
        """Note a `yield`."""
        scope = self.scope
        scope.gives = True
        scope.statements.append(tree.Give(value, whole, scope.block, node.lineno, self.column(node)))

    def target(self, node: ast.expr) -> tree.Expr:
        """What is assigned to; attributes and contents that change are noted."""
        if isinstance(node, ast.Name):
            return expression(self, node)
        if isinstance(node, ast.Attribute):
            self.scope.stores.add(node.attr)
            if not self._is_test and self._is_imported(node.value):
                self.scope.changes.add(node.attr)
        elif isinstance(node, ast.Subscript):
            self.changed(node.value)
        elif isinstance(node, _UNPACKED):
            return tree.Sequence("tuple", tuple([self.target(item) for item in node.elts]))
        elif isinstance(node, ast.Starred):
            return tree.Starred(self.target(node.value))
        return expression(self, node)

    def changed(self, node: ast.expr) -> None:
        """Note that the content of a container changes."""
        if isinstance(node, ast.Name):
            self.scope.changes.add(node.id)
        elif isinstance(node, ast.Attribute):
            self.scope.stores.add(node.attr)
        elif isinstance(node, ast.Subscript):
            self.changed(node.value)

    def _is_imported(self, node: ast.expr) -> bool:
        """Whether an expression begins with a name that an import binds."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.imported

    def annotation(self, node: ast.expr) -> tree.Expr:
        """An annotation; quoted ones are read too."""
        before, self.in_annotation = self.in_annotation, True
        try:
            return expression(self, node)
        finally:
            self.in_annotation = before

    def quoted(self, text: str) -> tree.Expr:
        """A quoted annotation."""
        if len(text) > _LONGEST_QUOTED:
            return NONE
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                parsed = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return NONE
        for node in ast.walk(parsed):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                return NONE
        return expression(self, parsed)

    def loop(self, node: ast.comprehension) -> None:
        """One `for` of a comprehension, whose variables are nobody else's."""
        value = expression(self, node.iter)
        self._variables += 1
        for found in ast.walk(node.target):
            if isinstance(found, ast.Name):
                self.scope.renamed[found.id] = f"{found.id}'{self._variables}"
        self.bind(self.target(node.target), "async for" if node.is_async else "for", value, node.iter)
        scope = self.scope
        for test in node.ifs:
            found_test = expression(self, test)
            scope.statements.append(tree.Evaluate(found_test, True, scope.block, test.lineno, self.column(test)))
            self._narrow(test)

    def _narrow(self, test: ast.expr) -> None:
        if not (isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "isinstance"):
            return
        if len(test.args) == 2 and isinstance(test.args[0], ast.Name):
            self.bind(expression(self, test.args[0]), "is", expression(self, test.args[1]), test)

    def pattern(self, node: ast.pattern, subject: ast.expr, value: tree.Expr) -> None:
        """What a `case` says of its subject, and the names that it binds."""
        if isinstance(node, ast.MatchAs):
            if node.pattern is not None:
                self.pattern(node.pattern, subject, value)
            if node.name is not None:
                inner = node.pattern
                way, found = ("is", expression(self, inner.cls)) if isinstance(inner, ast.MatchClass) else ("=", value)
                self.bind(tree.Name(node.name, len(self.scope.statements)), way, found, node)
        elif isinstance(node, ast.MatchClass):
            if isinstance(subject, ast.Name):
                self.bind(expression(self, subject), "is", expression(self, node.cls), node)
            for inner_pattern in (*node.patterns, *node.kwd_patterns):
                self.pattern(inner_pattern, ast.Constant(None), NONE)
        elif isinstance(node, ast.MatchOr):
            kinds = [one.cls for one in node.patterns if isinstance(one, ast.MatchClass)]
            if isinstance(subject, ast.Name) and kinds:
                classes = tree.Sequence("tuple", tuple(expression(self, kind) for kind in kinds))
                self.bind(expression(self, subject), "is", classes, node)
        elif isinstance(node, ast.MatchSequence | ast.MatchMapping):
            for inner_pattern in node.patterns:
                self.pattern(inner_pattern, ast.Constant(None), NONE)

    # -- pieces of code

    def definition(self, node: _FunctionNode | ast.ClassDef) -> None:
        """A `def` or `class`."""
        outer = self.scope
        decorators = tuple([expression(self, decorator) for decorator in node.decorator_list])
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            outer.calls.add(getattr(called, "attr", getattr(called, "id", "")))
        index = self._reserved()
        first = min([node.lineno, *[decorator.lineno for decorator in node.decorator_list]])
        if isinstance(node, ast.ClassDef):
            bases = tuple([expression(self, base) for base in node.bases])
            keywords = tuple([(word.arg or "", expression(self, word.value)) for word in node.keywords])
            inner = Scope("class", index, "")
            self._finish(inner, node, "class", first, node.body, decorators, bases, keywords, (), None)
        else:
            parameters = self._parameters(node.args)
            returns = self.annotation(node.returns) if node.returns is not None else None
            inner = Scope("function", index, self._own(parameters))
            self._finish(inner, node, "function", first, node.body, decorators, (), (), parameters, returns)
        outer.statements.append(tree.Define(index, outer.block))

    def _own(self, parameters: tuple[tree.Parameter, ...]) -> str:
        if self.scope.kind == "class":
            return parameters[0].name if parameters and parameters[0].kind in ("positional", "both") else ""
        return self.scope.own

    def lambda_(self, node: ast.Lambda) -> int:
        """A lambda; returns its place."""
        outer = self.scope
        outer.lambdas += 1
        name = f"<lambda{outer.lambdas}>"
        index = self._reserved()
        parameters = self._parameters(node.args)
        inner = self.scope = Scope("lambda", index, outer.own)
        inner.renamed = _seen_within(outer, parameters)
        inner.statements.append(tree.Return(expression(self, node.body), 0, node.body.lineno))
        self.scope = outer
        last = node.end_lineno or node.lineno
        self._put(inner, "lambda", name, (node.lineno, last, node.lineno), False, (), (), (), parameters, None)
        return index

    def _reserved(self) -> int:
        self._codes.append(None)
        return len(self._codes) - 1

    def _module(self, node: ast.Module) -> None:
        self._reserved()
        block(self, node.body)
        last = self._text.count("\n") + (0 if self._text.endswith("\n") else 1)
        self._put(self.scope, "module", "", (1, max(1, last), 1), False, (), (), (), (), None)

    def _finish(
        self,
        inner: Scope,
        node: _FunctionNode | ast.ClassDef,
        kind: CodeKind,
        first: int,
        body: list[ast.stmt],
        decorators: tuple[tree.Expr, ...],
        bases: tuple[tree.Expr, ...],
        keywords: tuple[tuple[str, tree.Expr], ...],
        parameters: tuple[tree.Parameter, ...],
        returns: tree.Expr | None,
    ) -> None:
        outer, self.scope = self.scope, inner
        inner.renamed = _seen_within(outer, parameters)
        block(self, body)
        self.scope = outer
        spans = (first, node.end_lineno or node.lineno, node.lineno)
        is_async = isinstance(node, ast.AsyncFunctionDef)
        self._put(inner, kind, node.name, spans, is_async, decorators, bases, keywords, parameters, returns)

    def _put(
        self,
        scope: Scope,
        kind: CodeKind,
        name: str,
        spans: tuple[int, int, int],
        is_async: bool,
        decorators: tuple[tree.Expr, ...],
        bases: tuple[tree.Expr, ...],
        keywords: tuple[tuple[str, tree.Expr], ...],
        parameters: tuple[tree.Parameter, ...],
        returns: tree.Expr | None,
    ) -> None:
        first, last, line = spans
        body = tree.Body(tuple(scope.statements), tuple(scope.blocks))
        self._codes[scope.index] = Code(
            kind=kind,
            name=name,
            parent=self.scope.index if scope.index else -1,
            first=first,
            last=last,
            line=line,
            is_async=is_async,
            is_generator=scope.gives,
            is_stub=kind == "function" and _is_stub(scope.statements),
            decorators=decorators,
            bases=bases,
            keywords=keywords,
            parameters=parameters,
            returns=returns,
            critical=self._critical(first, line) if self._critical_lines and kind != "lambda" and scope.index else (),
            calls=_in_order(scope.calls),
            stores=_in_order(scope.stores),
            changes=_in_order(scope.changes),
            body=encode_body(body),
        )

    def _parameters(self, arguments: ast.arguments) -> tuple[tree.Parameter, ...]:
        alone = len(arguments.posonlyargs)
        without = alone + len(arguments.args) - len(arguments.defaults)
        found: list[tree.Parameter] = []
        for place, one in enumerate([*arguments.posonlyargs, *arguments.args] if alone else arguments.args):
            default = arguments.defaults[place - without] if place >= without else None
            found.append(self._parameter(one, "positional" if place < alone else "both", default))
        if arguments.vararg is not None:
            found.append(self._parameter(arguments.vararg, "*", None))
        for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            found.append(self._parameter(one, "keyword", default))
        if arguments.kwarg is not None:
            found.append(self._parameter(arguments.kwarg, "**", None))
        return tuple(found)

    def _parameter(self, node: ast.arg, kind: str, default: ast.expr | None) -> tree.Parameter:
        annotation = self.annotation(node.annotation) if node.annotation is not None else None
        return tree.Parameter(node.arg, kind, annotation, expression(self, default) if default is not None else None)

    # -- comments

    def _lines_of_critical_comments(self) -> dict[int, tuple[tuple[str, ...], bool]]:
        """Names by line, and whether the comment stands alone there."""
        found: dict[int, tuple[tuple[str, ...], bool]] = {}
        if "quality-gate" not in self._text or not _CRITICAL.search(self._text):
            return {}
        from quality_gate_checkers.model.comments import comments_in

        lines = self._lines or split_lines(self._text)
        for comment in comments_in(self._text, lines):
            names = critical_names(comment.text)
            if names:
                found[comment.line] = (names, comment.alone)
        return found

    def _critical(self, first: int, line: int) -> tuple[str, ...]:
        """Names said on the definition's own lines, its decorators' or the line above, where nothing else stands."""
        held = [self._critical_lines[at] for at in range(first, line + 1) if at in self._critical_lines]
        above = self._critical_lines.get(first - 1)
        if above is not None and above[1]:
            held.insert(0, above)
        return tuple(dict.fromkeys(name for names, _ in held for name in names))


def _column(node: _Placed) -> int:
    """The same where the text is ASCII alone."""
    if isinstance(node, ast.Attribute):
        return (node.end_col_offset or 0) - len(node.attr) + 1
    return node.col_offset + 1


def _in_order(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names)) if names else ()


def _seen_within(outer: Scope, parameters: tuple[tree.Parameter, ...]) -> dict[str, str]:
    """Variables of comprehensions that are seen within a function that stands in one."""
    if not outer.renamed:
        return {}
    hidden = {parameter.name for parameter in parameters}
    return {name: new for name, new in outer.renamed.items() if name not in hidden}


def _is_stub(statements: list[tree.Statement]) -> bool:
    """Whether a function is there to be overridden."""
    if not statements:
        return True
    first = statements[0]  # a `yield` behind it makes a generator of it, and never runs
    raised = first.value if type(first) is tree.Raise and first.block == 0 else None
    if isinstance(raised, tree.Call):
        raised = raised.func
    return isinstance(raised, tree.Name) and raised.id == "NotImplementedError"


def facts_of_tree(text: str, node: ast.Module, *, is_test: bool = False) -> Facts:
    """Facts of a parsed module, without its marks. See `Reader` for the arguments."""
    reader = Reader(text, node, is_test=is_test)
    return Facts(imports=tuple(sorted(reader.imports)), codes=reader.codes())
