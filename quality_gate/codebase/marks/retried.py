"""Lines that are run again when they fail."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.arguments import argument, options_of, origin
from quality_gate_checkers.reading.attempts import is_another
from quality_gate_checkers.reading.handlers import called_name, caught_types, written
from quality_gate_checkers.reading.retries import Policy, policies
from quality_gate_checkers.reading.walks import names_bound, names_read, walk_now

_UNKNOWN = "?"


@marks("retried", triggers=("retry", "Retry", "backoff", "stamina", "range(", "while "))
def retried(module: Module) -> Iterator[Marked]:
    """A function whose decorator retries it, the block of `for attempt in Retrying(...)`, a task's `try` whose handler
    asks for `self.retry`, or the `try` of a loop that is left when it worked.

    `detail` is the policy as written, `names` are the library, the number of attempts (empty where nothing tells),
    `reraise` or nothing, and then the exceptions that are retried, `?` for what nothing tells.
    """
    stated = list(policies(module))
    for policy in stated:
        yield from under(module, policy)
    yield from tasks_that_ask_again(module)
    yield from loops(module)
    yield from _endless_loops(module)


def under(module: Module, policy: Policy) -> Iterator[Marked]:
    """What a policy retries; see `retried`."""
    names = (policy.library, _attempts(module, policy), _reraises(module, policy), *_retried_types(module, policy))
    for function in _functions(module):
        if any(found is policy.node or origin(module, found) is policy.node for found in function.decorator_list):
            yield Marked(function, f"@{policy.written}", names)
    loop = module.parent(policy.node)
    if isinstance(loop, ast.For | ast.AsyncFor) and loop.iter is policy.node:
        yield Marked(loop, policy.written, names)


def _functions(module: Module) -> list[FunctionNode]:
    return [*module.nodes(ast.FunctionDef), *module.nodes(ast.AsyncFunctionDef)]


# -- what a policy says


def _retried_types(module: Module, policy: Policy) -> tuple[str, ...]:
    if policy.any_exception:
        return ("builtins.Exception",)
    if policy.choice is None:
        return (_UNKNOWN,)
    return tuple(dict.fromkeys(_types(module, policy.choice))) or (_UNKNOWN,)


def _types(module: Module, choice: ast.expr) -> Iterator[str]:
    made = origin(module, choice)
    if isinstance(made, ast.BinOp) and isinstance(made.op, ast.BitOr):
        yield from _types(module, made.left)
        yield from _types(module, made.right)
    elif isinstance(made, ast.Tuple | ast.List):
        for part in made.elts:
            yield from _types(module, part)
    elif isinstance(made, ast.Call):
        types = argument(made, options_of(module, made), "exception_types", 0)
        by_type = (module.names.resolve(made.func) or "").rpartition(".")[2] == "retry_if_exception_type"
        yield from _types(module, types) if by_type and types is not None else (_UNKNOWN,)
    else:
        yield module.names.resolve(made) or _UNKNOWN


def _attempts(module: Module, policy: Policy) -> str:
    if not isinstance(policy.node, ast.Call):
        return ""
    values = options_of(module, policy.node).values
    stop = values.get("stop")
    made = origin(module, stop) if stop is not None else None
    if isinstance(made, ast.Call) and (module.names.resolve(made.func) or "").endswith(".stop_after_attempt"):
        return _number(made.args[0] if made.args else None)
    for keyword in ("max_tries", "attempts", "tries", "stop_max_attempt_number"):
        if keyword in values:
            return _number(values[keyword])
    if policy.library == "celery":
        given = _number(values.get("max_retries"))
        return str(int(given) + 1) if given else ""
    return ""


def _number(node: ast.expr | None) -> str:
    value = node.value if isinstance(node, ast.Constant) else None
    return str(value) if isinstance(value, int) and 0 <= value < 10_000 and not isinstance(value, bool) else ""


def _reraises(module: Module, policy: Policy) -> str:
    """tenacity alone raises an exception of its own when it gives up, unless it is told to `reraise`."""
    if policy.library != "tenacity":
        return "reraise"
    if not isinstance(policy.node, ast.Call):
        return ""
    options = options_of(module, policy.node)
    given = options.values.get("reraise")
    told = isinstance(given, ast.Constant) and given.value is True
    return "reraise" if told or (given is None and options.open) else ""


# -- celery: `self.retry` in a handler


def tasks_that_ask_again(module: Module) -> Iterator[Marked]:
    """What celery tasks ask to be run again for; see `retried`."""
    if ".retry(" not in module.text:
        return
    for block in module.nodes(ast.Try):
        asking = [handler for handler in block.handlers if _asks_again(module, handler)]
        if asking:
            names = tuple(name or _UNKNOWN for handler in asking for name in caught_types(module, handler.type))
            yield Marked(block.body[0], "self.retry", ("celery", "", "reraise", *names), until=block.body[-1])


def _asks_again(module: Module, handler: ast.ExceptHandler) -> bool:
    """`self.retry(...)`, where self is a bound task's first parameter or the task itself is named."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "retry"
        and _is_task(module, node.func.value)
        for node in walk_now(handler.body)
    )


def _is_task(module: Module, receiver: ast.expr) -> bool:
    function = module.enclosing_function(receiver)
    if function is None or not isinstance(receiver, ast.Name):
        return False
    decorated = any("task" in written(_called(found)).lower() for found in function.decorator_list)
    first = [*function.args.posonlyargs, *function.args.args][:1]
    return decorated and (receiver.id == function.name or (bool(first) and receiver.id == first[0].arg))


def _called(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


# -- loops


def loops(module: Module) -> Iterator[Marked]:
    """What loops try again; see `retried`."""
    for loop in module.nodes(ast.For):
        blocks = [block for block in loop.body if isinstance(block, ast.Try)]
        attempts = _range(module, loop.iter) if blocks and len(loop.body) <= _STATEMENTS else None
        if attempts is not None:
            for block in blocks:
                if _is_left_when_it_worked(loop, block) and not _counts_in(loop, block):
                    yield from _tried_again(module, block, attempts)


def _tried_again(module: Module, block: ast.Try, attempts: str) -> Iterator[Marked]:
    again = [handler for handler in block.handlers if _goes_round(handler)]
    names = tuple(name or _UNKNOWN for found in again for name in caught_types(module, found.type))
    if again:
        yield Marked(block.body[0], "the loop", ("loop", attempts, "reraise", *names), until=block.body[-1])


def _endless_loops(module: Module) -> Iterator[Marked]:
    """What a `while` tries again until it has worked: the same thing each time, and nothing that it fetches first."""
    for loop in module.nodes(ast.While):
        blocks = [statement for statement in loop.body if isinstance(statement, ast.Try)]
        if len(blocks) != 1 or len(loop.body) > _STATEMENTS:
            continue
        ends = _is_left_when_it_worked(loop, blocks[0]) or _says_that_it_worked(loop, blocks[0])
        if ends and not is_another(loop, blocks[0]) and not _fetches(blocks[0]):
            yield from _tried_again(module, blocks[0], "")


_STATEMENTS = 6
"""A loop that tries one thing again has few; a longer one goes through a list."""


def _range(module: Module, iterated: ast.expr) -> str | None:
    if isinstance(iterated, ast.Call) and module.names.resolve(iterated.func) == "builtins.range":
        return _number(iterated.args[-1]) if len(iterated.args) <= 2 and iterated.args else ""
    return None


def _is_left_when_it_worked(loop: ast.For | ast.While, block: ast.Try) -> bool:
    """`return` or `break` after the attempt."""
    last = (block.orelse or block.body)[-1]
    after = loop.body[loop.body.index(block) + 1 :]
    return isinstance(last, ast.Return | ast.Break) or (
        len(after) == 1 and isinstance(after[0], ast.Return | ast.Break)
    )


def _counts_in(loop: ast.For, block: ast.Try) -> bool:
    """The loop's own variable stands in what is tried: it is another thing each time."""
    used = {node.id for node in walk_now(block.body) if isinstance(node, ast.Name)}
    return not isinstance(loop.target, ast.Name) or loop.target.id in used


def _says_that_it_worked(loop: ast.While, block: ast.Try) -> bool:
    """`done = True` at the end of the attempt, where the loop asks for `done`."""
    last = (block.orelse or block.body)[-1]
    said = names_bound([last]) if isinstance(last, ast.Assign) and isinstance(last.value, ast.Constant) else set()
    return bool(said & names_read([loop.test]))


_FETCHING = frozenset(
    {
        "get_nowait", "pop", "popleft", "lpop", "rpop", "blpop", "brpop", "dequeue", "reserve", "receive", "recv",
        "receive_message", "receive_messages", "readline", "input", "getpass", "prompt", "ask", "confirm", "next",
        "anext", "__next__", "poll", "consume",
    }
)  # fmt: skip
"""Calls that give another thing each time."""


def _fetches(block: ast.Try) -> bool:
    return any(isinstance(node, ast.Call) and _gives_another(node) for node in walk_now(block.body))


def _gives_another(call: ast.Call) -> bool:
    name = called_name(call)
    return name in _FETCHING or (name == "get" and "queue" in written(call.func).lower())


def _goes_round(handler: ast.ExceptHandler) -> bool:
    """Whether the handler may lead to another attempt."""
    last = handler.body[-1]
    return not isinstance(last, ast.Return | ast.Break | ast.Raise)
