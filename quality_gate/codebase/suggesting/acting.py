"""Where in a test the code is called: what stands before it is kept, what comes after it is left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from quality_gate.codebase.graph import Codebase
from quality_gate.codebase.suggesting.nouns import Known, Model
from quality_gate.codebase.suggesting.oracles import expects, holds_oracles, is_oracle, without_oracles
from quality_gate.codebase.suggesting.sources import FUNCTIONS, Source, chain_of, indented, last_name, outdented

_STEPS = 8
_MOST_CALLERS = 400
_CLIENT = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "request", "open", "invoke"})
_SESSIONS = frozenset({"websocket_connect"})
_STARTERS = frozenset({"call_command", "delay", "apply", "apply_async", "run", "as_view", "enqueue", "main"})
_TAKING = frozenset({"list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "next", "any", "all", "join"})
"""Who takes all that a generator gives."""
_HARMLESS = frozenset(
    {"len", "list", "dict", "set", "tuple", "sorted", "str", "int", "bool", "isinstance", "repr", "type", "any", "all"}
)


@dataclass
class Act:
    """A test, taken apart.

    Attributes:
        before: lines that come before the call, at the margin. width: blanks that the call stands behind.
        text: the statement with the call, at the margin. node: as parsed.
        is_value: it is an expression whose value somebody may look at. direct: it calls the function itself.
    """

    before: list[str] = field(default_factory=list)
    width: int = 0
    text: str = ""
    node: ast.AST | None = None
    is_value: bool = False
    direct: ast.Call | None = None


def callers_of(function: str, codebase: Codebase) -> dict[str, int]:
    """Functions through which one is called, with how many calls lie between; itself included."""
    found = {function: 0}
    waiting = [function]
    while waiting and len(found) < _MOST_CALLERS:
        name = waiting.pop(0)
        if found[name] < _STEPS:
            for edge in codebase.calls_to(name):
                if edge.caller not in found:
                    found[edge.caller] = found[name] + 1
                    waiting.append(edge.caller)
    return found


def shown_name(name: str) -> str:
    """The name by which a function is called: a class's for its `__init__`."""
    parts = name.split(".")
    return parts[-2] if parts[-1] in ("__init__", "__post_init__") and len(parts) > 1 else parts[-1]


def _outside(model: Model, codebase: Codebase) -> frozenset[str]:
    """Names in a test that stand for modules of other libraries, or for what these made."""
    own = {name.split(".")[0] for name in codebase.modules}
    imports = model.source.imports
    found = {name for name, meant in imports.items() if meant.split(".")[0] not in own and not meant.startswith(".")}
    for node in ast.walk(model.function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            chain = chain_of(node.value.func)
            if chain is not None and chain[0] in found:
                found.update(one.id for one in node.targets if isinstance(one, ast.Name))
    return frozenset(found)


def _read_in(statement: ast.stmt) -> ast.AST:
    """What an assertion without a call reads: `cart.total` of `assert cart.total == 2`."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        read = [one for one in statement.value.args if isinstance(one, ast.Attribute | ast.Subscript)]
        return read[0] if read else statement
    if not isinstance(statement, ast.Assert):
        return statement
    return statement.test.left if isinstance(statement.test, ast.Compare) else statement.test


def _asks_for_a_page(within: ast.AST) -> bool:
    """Whether something sends a request by itself: `client.get("/orders")`."""
    return any(
        isinstance(node, ast.Call)
        and last_name(node.func) in _CLIENT | _SESSIONS
        and any(isinstance(one, ast.Constant) and str(one.value).startswith(("/", "http")) for one in node.args[:2])
        for node in ast.walk(within)
    )


def _holds_a_session(statement: ast.stmt) -> bool:
    """Whether the application runs as long as a `with`: what fails there comes out of all of it."""
    return isinstance(statement, ast.With | ast.AsyncWith) and any(
        isinstance(item.context_expr, ast.Call) and last_name(item.context_expr.func) in _SESSIONS
        for item in statement.items
    )


def _made_in(function: ast.AST) -> frozenset[str]:
    """Names of a test that stand for what a call has given: `app = make_app()`."""
    return frozenset(
        target.id
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    )


def _is_generator(function: str, known: Known) -> bool:
    """Whether nothing of a function runs before somebody takes what it gives."""
    definition = known.codebase.definitions.get(function)
    source = known.source(definition.path) if definition is not None else None
    module = known.codebase.definitions_in(definition.path)[0].name if definition is not None else ""
    held = source.function(function.removeprefix(f"{module}.")) if source is not None else None
    waiting: list[ast.AST] = list(held.body) if held is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)
    return False


class Acting:
    """Takes a test apart.

    Args:
        model: the test. function: name of the function that has to be called. known: the project.
    """

    def __init__(self, model: Model, function: str, known: Known) -> None:
        self._source: Source = model.source
        self._model = model
        callers = callers_of(function, known.codebase)
        self._names: dict[str, int] = {}
        for name, steps in callers.items():
            self._names.setdefault(shown_name(name), steps)
        self._target = shown_name(function)
        self._outside = _outside(model, known.codebase)
        self._lines = self._leading(callers, known)
        self._made = _made_in(model.function)
        self._is_generator = _is_generator(function, known)

    def _leading(self, callers: Mapping[str, int], known: Known) -> dict[int, int]:
        """Lines of the test whose calls lead to the function, with how many calls lie between."""
        name = self._model.function.name
        found: dict[int, int] = {}
        for one in known.codebase.definitions_in(self._source.path):
            if one.line == self._model.function.lineno and one.name.rpartition(".")[2] == name:
                for edge in known.codebase.calls_from(one.name):
                    if edge.callee in callers:
                        found[edge.line] = min(callers[edge.callee], found.get(edge.line, _STEPS))
        return found

    def act(self) -> Act:
        """The test up to the call."""
        body = self._model.function.body
        has_docstring = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
        act = Act()
        self._take(body[1:] if has_docstring else body, act)
        return act

    def _take(self, body: Sequence[ast.stmt], act: Act) -> None:
        place = self._place(body)
        for before in body[: place if place is not None else len(body)]:
            self._keep(before, act)
        if place is None:
            return
        found = body[place]
        if _holds_a_session(found):
            self._do(found, act)
            act.direct = None
            return
        if isinstance(found, ast.With | ast.AsyncWith) and not self._is_in_head(found):
            items = [item for item in found.items if not expects(item)]
            if items:
                head = "async with" if isinstance(found, ast.AsyncWith) else "with"
                self._write(f"{head} {', '.join(map(ast.unparse, items))}:", found, act)
                act.width += 4
            self._take(found.body, act)
            return
        if isinstance(found, ast.Try | ast.TryStar) and not found.finalbody and self._is_tried(found):
            self._take(found.body, act)  # its handlers are the test's own checks of how it fails
            return
        self._do(found, act)

    def _is_tried(self, found: ast.Try | ast.TryStar) -> bool:
        return min(map(self._distance, found.body)) == self._distance(found)

    def _place(self, body: Sequence[ast.stmt]) -> int | None:
        """Which statement calls the function: the one that does so most directly, of equals the first."""
        ranked = [(*self._distance(one), place) for place, one in enumerate(body)]
        sure = [rank for rank in ranked if rank[0] < 2]
        driving = [place for kind, _, place in ranked if kind == 2]
        if sure:
            *_, first = min(sure)
            asking = [place for place in range(first + 1, len(body)) if _asks_for_a_page(body[place])]
            is_made = isinstance(body[first], ast.Assign | ast.AnnAssign)  # `client = Client(app)`
            return asking[-1] if is_made and asking and not self._is_named_in(body[first]) else first
        calling = [place for kind, _, place in ranked if kind == 3]
        others = driving or calling
        return others[-1] if others else None

    def _is_named_in(self, statement: ast.stmt) -> bool:
        """Whether a statement calls the function by its name."""
        return any(isinstance(node, ast.Call) and last_name(node.func) == self._target for node in ast.walk(statement))

    def _distance(self, statement: ast.stmt) -> tuple[int, int]:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return 4, 0
        lines = range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
        return self._nearness(statement, [self._lines[line] for line in lines if line in self._lines])

    def _nearness(self, part: ast.AST, steps: Sequence[int]) -> tuple[int, int]:
        calls = [node for node in ast.walk(part) if isinstance(node, ast.Call) and not self._is_outside(node)]
        names = [last_name(node.func) for node in calls]
        named = [self._names[name] for name in names if name in self._names]
        if self._target in names:
            return 0, 0
        if steps:
            return 0, min(steps)
        if named and not any(name in _CLIENT for name in names):
            return 1, min(named)
        if any(map(self._drives, calls)):
            return 2, 0
        return (3, 0) if any(name not in _HARMLESS for name in names) else (4, 0)

    def _drives(self, call: ast.Call) -> bool:
        """Whether a call sets the application going: a request, a command, the application itself."""
        name = last_name(call.func)
        if name == "open":  # files are opened, too
            return _asks_for_a_page(call) or "client" in ast.unparse(call.func).lower()
        return name in _CLIENT | _STARTERS or (isinstance(call.func, ast.Name) and name in self._made)

    def _is_outside(self, call: ast.Call) -> bool:
        """Whether a method is another library's, whatever its name."""
        chain = chain_of(call.func)
        return chain is not None and len(chain) > 1 and chain[0] in self._outside

    def _is_in_head(self, found: ast.With | ast.AsyncWith) -> bool:
        """Whether a `with` itself calls the function, rather than what stands in it."""
        within = min((self._distance(one) for one in found.body), default=(4, 0))
        heads = [self._nearness(item, self._on(item.context_expr.lineno)) for item in found.items]
        return min(heads, default=(4, 0)) < min(within, (3, 0))

    def _on(self, line: int) -> list[int]:
        return [self._lines[line]] if line in self._lines else []

    # -- writing

    def _keep(self, statement: ast.stmt, act: Act) -> None:
        cut = without_oracles(statement)
        if cut is not None:
            self._write(self._text(statement, cut), statement, act)

    def _write(self, text: str, statement: ast.stmt, act: Act) -> None:
        above = self._source.lines[statement.lineno - 2] if statement.lineno > 1 else ""
        if act.before and not above.strip():
            act.before.append("")
        act.before += indented(text, act.width).split("\n")

    def _text(self, statement: ast.stmt, cut: ast.stmt) -> str:
        if holds_oracles(statement):
            return ast.unparse(cut)
        decorators = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(one.lineno for one in decorators)])
        last = statement.end_lineno or statement.lineno
        alone = not self._source.lines[first - 1].encode()[: statement.col_offset].strip()
        after = self._source.lines[last - 1].encode()[statement.end_col_offset or 0 :].strip()
        if not decorators and (not alone or (after and not after.startswith(b"#"))):
            return ast.unparse(statement)
        return "\n".join(outdented(self._source.lines[first - 1 : last], first, self._source))

    def _do(self, statement: ast.stmt, act: Act) -> None:
        act.node = statement
        act.direct = next(
            (
                node
                for node in ast.walk(statement)
                if isinstance(node, ast.Call) and last_name(node.func) == self._target and not self._is_outside(node)
            ),
            None,
        )
        if is_oracle(statement):
            found = self._taken_out(statement)
            act.node, act.text, act.is_value = found, self._expression(found), True
        elif isinstance(statement, ast.Expr):
            act.text, act.is_value = self._text(statement, statement), True
        else:
            cut = without_oracles(statement, lambda check: self._called_in(check, self._distance(statement)))
            act.text = self._text(statement, cut if cut is not None else statement)

    def _called_in(self, check: ast.stmt, nearest: tuple[int, int]) -> ast.stmt | None:
        """What is called in a check, where that is what a statement is there for."""
        found = self._taken_out(check) if self._distance(check) == nearest else None
        return ast.copy_location(ast.Expr(found), check) if isinstance(found, ast.expr) else None

    def _expression(self, node: ast.AST) -> str:
        text = self._source.segment(node)
        return ast.unparse(node) if "\n" in text else text

    def _taken_out(self, statement: ast.stmt) -> ast.AST:
        """The call in an assertion, with all that it cannot be without."""
        parents = {child: node for node in ast.walk(statement) for child in ast.iter_child_nodes(node)}
        calls = list(self._calls(statement))
        chosen = min(calls, key=self._rank, default=None)
        if chosen is None:
            return _read_in(statement)
        found: ast.AST = chosen
        node: ast.AST | None = chosen
        while node is not None and not isinstance(node, ast.stmt):
            parent = parents.get(node)
            if isinstance(parent, ast.Await) and found is node:
                found = parent
            if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
                found = node
                while not isinstance(found, ast.Call) and isinstance(parents.get(found), ast.expr | ast.keyword):
                    found = parents[found]
            node = parent
        around = parents.get(found)
        if self._is_generator and isinstance(around, ast.Call) and last_name(around.func) in _TAKING:
            return around
        return found

    def _calls(self, statement: ast.stmt) -> Iterator[ast.Call]:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and not is_oracle(ast.Expr(node)) and last_name(node.func) not in _HARMLESS:
                yield node

    def _rank(self, call: ast.Call) -> tuple[int, int]:
        name = last_name(call.func)
        steps = self._names.get(name, _STEPS + 1)
        return steps, self._lines.get(call.lineno, _STEPS + 1)
