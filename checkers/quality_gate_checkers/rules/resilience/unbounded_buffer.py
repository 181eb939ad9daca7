"""QG214 unbounded-buffer."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.model.roles import Role
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.reading.arguments import argument, is_none, options_of
from quality_gate_checkers.reading.pauses import number
from quality_gate_checkers.reading.remembering import of_module
from quality_gate_checkers.reading.serving import calls_of, served_by, serves

_QUEUES = frozenset(
    {"queue.Queue", "queue.LifoQueue", "queue.PriorityQueue", "queue.SimpleQueue", "asyncio.Queue",
     "asyncio.LifoQueue", "asyncio.PriorityQueue", "multiprocessing.Queue"}
)  # fmt: skip
_HEAPS = frozenset(
    {"builtins.list", "builtins.dict", "builtins.set", "collections.deque", "collections.defaultdict",
     "collections.OrderedDict", "collections.Counter"}
)  # fmt: skip

_GROWS = frozenset({"append", "appendleft", "add", "extend", "setdefault", "put", "put_nowait", "insert"})
_SHRINKS = frozenset({"pop", "popleft", "popitem", "clear", "remove", "discard", "difference_update", "truncate"})


_READS = frozenset(
    f"builtins.{name}" for name in ("len", "list", "sorted", "sum", "any", "all", "set", "dict", "min", "max", "bool")
)
"""Functions that look at what is there and keep nothing of it."""


class _Growth(msgspec.Struct, frozen=True):
    """Where something grows.

    Args:
        node: the call or assignment that adds to it.
        when: as a reader says it.
    """

    node: ast.AST
    when: str


@rule(
    "QG214",
    "unbounded-buffer",
    severity="warning",
    triggers=(b"def",),
    roles=frozenset({Role.SOURCE}),
)
def unbounded_buffer(module: Module) -> Iterator[Hit]:
    """What lives as long as the process, grows with every request, and has no bound.

    A queue of the module without `maxsize` into which a function of the module puts; a list, dict, set or deque of the
    module that a route, a view or a task fills and from which nothing in the module ever takes anything;
    `functools.cache` and `lru_cache(maxsize=None)` on a function that one of these calls with what it was given.

    ## In production
    The process grows until the kernel kills it, with all that was waiting in it, and just when there is most to do.

    ## Bad
    ```python
    import queue

    from fastapi import FastAPI

    app = FastAPI()
    jobs = queue.Queue()

    @app.post("/orders")
    def order(body: dict):
        jobs.put(body)
        return {"queued": True}
    ```
    ```python
    from flask import Flask, request

    app = Flask(__name__)
    seen = {}

    @app.post("/orders/<key>")
    def order(key):
        seen[key] = request.json
        return {"known": len(seen)}
    ```

    ## Good
    ```python
    import queue

    from fastapi import FastAPI, HTTPException

    app = FastAPI()
    jobs = queue.Queue(maxsize=1000)

    @app.post("/orders")
    def order(body: dict):
        try:
            jobs.put_nowait(body)
        except queue.Full:
            raise HTTPException(503, headers={"Retry-After": "5"})
        return {"queued": True}
    ```

    ## When not to use it
    Where the keys are few by nature, say so:
    `# quality-gate: allow[unbounded-buffer] reason="one entry for each of our 30 currencies"`.
    Silent by design here: what lives only as long as a request or an object, keys that are literals, and anything that
    the module empties, shortens or binds anew somewhere.

    ## What other linters see
    ruff B019 and pylint W1518 see `lru_cache` on methods, because it keeps the object alive; none asks for a bound.

    ## Known missed alarms
    Buffers in attributes of long-lived objects; those that are filled from another module or two calls away.

    ## Measured
    2 hits in 8.0 M lines of 54 public projects, both queues of one of them, 2 read, 2 true; so few must not block. None
    in the 3.1 M lines of 19 projects that were not looked at while the rule was made. Dicts called caches that any
    function fills were listed too (29, most of them keyed by files, topics or types: few by nature) and are left out.
    Small services have it often: of ten places that a search of public code gave for a job's state kept by its id, six
    write it in a view and nothing in sight takes it out; four of these, written anew, are all found.
    """
    for statement in module.tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            yield from _of_variable(module, statement)
    functions: list[FunctionNode] = [*module.nodes(ast.FunctionDef), *module.nodes(ast.AsyncFunctionDef)]
    for function in functions if "cache" in module.text else ():
        yield from _of_cache(module, function)


# -- queues and heaps


def _of_variable(module: Module, statement: ast.Assign | ast.AnnAssign) -> Iterator[Hit]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    if len(targets) != 1 or not isinstance(targets[0], ast.Name) or statement.value is None:
        return
    made = statement.value
    name, kind = targets[0], module.names.callee(made) if isinstance(made, ast.Call) else module.names.type_of(made)
    if kind in _QUEUES and _has_no_bound(module, statement.value, "maxsize"):
        remedy = "pass maxsize=, and answer 503 or wait a moment when it is full"
    elif kind in _HEAPS and _has_no_bound(module, statement.value, "maxlen") and not _shrinks(module, name.id):
        remedy = "bound it: deque(maxlen=...), cachetools.TTLCache(maxsize=..., ttl=...), or take out what is old"
    else:
        return
    growth = _growth(module, name.id, heap=kind in _HEAPS)
    if growth is not None:
        yield Hit(statement, f"{name.id} grows with every {growth.when}, and nothing bounds it", remedy, (growth.node,))


def _has_no_bound(module: Module, made: ast.expr, keyword: str) -> bool:
    if not isinstance(made, ast.Call):
        return True
    options = options_of(module, made)
    given = argument(made, options, keyword, 0 if keyword == "maxsize" else 1)
    return not options.open and (given is None or is_none(given) or number(module, given) == 0)


def _uses(module: Module, name: str) -> Iterator[ast.Name]:
    """Where the module means its own variable of a name."""
    for node in of_module(module, _uses_of_variables).get(name, ()):
        if all(isinstance(module.names.scope_node(found.node), ast.Module) for found in module.names.bindings(node)):
            yield node


def _uses_of_variables(module: Module) -> dict[str, list[ast.Name]]:
    """Every name that is one of the module's variables, by what it says."""
    set_ = (one for one in module.tree.body if isinstance(one, ast.Assign) and not isinstance(one.value, ast.Constant))
    targets = [target for one in set_ for target in one.targets]
    targets += [one.target for one in module.tree.body if isinstance(one, ast.AnnAssign)]
    found: dict[str, list[ast.Name]] = {target.id: [] for target in targets if isinstance(target, ast.Name)}
    for node in module.mentioning(ast.Name, found):
        if node.id in found:
            found[node.id].append(node)
    return found


def _shrinks(module: Module, name: str) -> bool:
    """Whether the module takes something out, binds the name anew, or hands it to somebody who may."""
    bound = 0
    for node in _uses(module, name):
        parent = module.parent(node)
        if isinstance(node.ctx, ast.Store):
            bound += 1
        elif _may_shrink(module, parent):
            return True
    return bound > 1


def _may_shrink(module: Module, use: ast.AST | None) -> bool:
    if isinstance(use, ast.Attribute):
        return use.attr in _SHRINKS
    if isinstance(use, ast.Subscript):
        return isinstance(use.ctx, ast.Del) or isinstance(use.slice, ast.Slice)
    if isinstance(use, ast.Call):
        return module.names.callee(use) not in _READS
    return isinstance(use, ast.keyword | ast.Assign | ast.Delete)


def _growth(module: Module, name: str, *, heap: bool) -> _Growth | None:
    for node in _uses(module, name):
        added = _added(module, node)
        function = module.enclosing_function(node)
        if added is None or function is None or (heap and not _depends(module, added, function)):
            continue
        serving = served_by(module, function)
        if serving is not None:
            return _Growth(added, f"{serving.what} that {serving.function}() serves")
        if not heap:
            return _Growth(added, f"call of {function.name}()")
    return None


def _added(module: Module, node: ast.Name) -> ast.AST | None:
    """The call or assignment that adds to a variable."""
    parent = module.parent(node)
    above = module.parent(parent) if parent is not None else None
    if isinstance(parent, ast.Attribute) and parent.attr in _GROWS and isinstance(above, ast.Call):
        return above
    if isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store) and isinstance(above, ast.Assign):
        return parent
    return None


def _depends(module: Module, added: ast.AST, function: FunctionNode) -> bool:
    """Whether what is added, or its key, is another one each time: it reads a name of the function."""
    key = added.slice if isinstance(added, ast.Subscript) else added
    return any(
        isinstance(node, ast.Name)
        and any(module.names.scope_node(binding.node) is not module.tree or binding.kind == "parameter"
                for binding in module.names.bindings(node))
        for node in ast.walk(key)
    )  # fmt: skip


# -- caches


def _of_cache(module: Module, function: FunctionNode) -> Iterator[Hit]:
    decorator = next((found for found in function.decorator_list if _is_endless(module, found)), None)
    parameters = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    if decorator is None or not parameters or isinstance(module.parent(function), ast.ClassDef):
        return
    for use in calls_of(module, function):
        caller = module.enclosing_function(use)
        what = serves(module, caller) if caller is not None else None
        if caller is None or what is None or not any(_depends(module, given, caller) for given in use.args):
            continue
        yield Hit(
            decorator,
            f"{function.name}() keeps an answer for every argument that {caller.name}() is given, and none is dropped",
            "give it a bound: lru_cache(maxsize=1024)",
            also=(use,),
        )
        return


def _is_endless(module: Module, decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = module.names.resolve(called)
    if name == "functools.cache":
        return True
    if name != "functools.lru_cache" or not isinstance(decorator, ast.Call):
        return False
    size = argument(decorator, options_of(module, decorator), "maxsize", 0)
    return size is not None and is_none(size)
