"""QG107 overcatch-exit."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Hit, Module, Role, rule
from quality_gate_checkers.reading.handlers import caught_types, is_broad, says_why, written
from quality_gate_checkers.reading.programs import begins_to_serve, is_of_a_program
from quality_gate_checkers.reading.walks import walk_now

_HARD = frozenset({"os._exit", "os.abort"})
_EXITS = _HARD | {"sys.exit", "builtins.exit", "builtins.quit", "builtins.SystemExit"}
_THREADS = frozenset({"threading.Thread", "threading.Timer", "multiprocessing.Process"})


@rule(
    "QG107",
    "overcatch-exit",
    severity="warning",
    triggers=(b"exit", b"abort", b"quit"),
    roles=frozenset({Role.SOURCE}),
)
def overcatch_exit(module: Module) -> Iterator[Hit]:
    """A handler that catches everything ends the process, in code that other code calls.

    `sys.exit()`, `raise SystemExit`, `exit()`, `os._exit()` or `os.abort()` stands under `except Exception`, `except
    BaseException` or a bare `except`, and the function belongs to no command line or script.

    ## In production
    One input that nobody thought of takes the worker down, with all the requests that it was serving.

    ## Bad
    ```python
    import logging
    import sys

    log = logging.getLogger(__name__)

    def load_prices(source):
        try:
            return dict(source.rows())
        except Exception:
            log.exception("no prices from %s", source)
            sys.exit(1)
    ```

    ## Good
    ```python
    class PricesUnavailable(Exception):
        pass

    def load_prices(source):
        try:
            return dict(source.rows())
        except Exception as error:
            raise PricesUnavailable(source) from error
    ```

    ## When not to use it
    Where a process must die rather than go on with what it has, say why in the handler, in a comment of three words
    or more, or with `# quality-gate: allow[overcatch-exit] reason="state is lost, the supervisor restarts"`.
    Silent by design: files whose role is not source (`cli.py`, `commands/`, `scripts/`), modules that read a
    command line (argparse, click, typer ...), functions that ask for `input()` or end with `sys.exit(0)`, what `if
    __name__ == "__main__":` reaches, `main()` and the like, functions that are there to end the process,
    `os._exit()` in a child after a fork, `sys.exit()` at the end of a thread, the port that cannot be opened, an
    exit under an `if`.

    ## What other linters see
    pylint W0718 and ruff BLE001 see the broad handler, PLR1722 asks for `sys.exit` instead of `exit`; that the
    process of somebody else ends is seen by none.

    ## Known missed alarms
    An exit in a helper that the handler calls. A service whose module also reads a command line. Handlers that catch
    less than everything.

    ## Measured
    15 hits in 4.8 million lines of 35 public backend projects, all read, 2 true; the others were scripts, a command
    line, a forked child, a thread and ports that could not be opened, all silent now. The 2 that are left are true. In
    1.5 million lines of eight others that the rule had not seen: 1 hit, false, mended since. A warning, therefore.
    """
    for handler in module.nodes(ast.ExceptHandler):
        if not is_broad(caught_types(module, handler.type)):
            continue
        ending = next((found for found in walk_now(handler.body) if _ends_process(module, found)), None)
        if ending is None or not _is_surprising(module, handler, ending):
            continue
        function = module.enclosing_function(handler)
        name = function.name if function is not None else module.name
        shown = f"`except {ast.unparse(handler.type)}`" if handler.type is not None else "a bare `except`"
        yield Hit(
            ending,
            f"{name}() ends the whole process, whatever failed: {_shown(ending)} under {shown}",
            "raise an exception of your own, and let the program's entry point decide to exit",
            also=(handler,),
        )


def _ends_process(module: Module, node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return module.names.resolve(node.func) in _EXITS - {"builtins.SystemExit"}
    if isinstance(node, ast.Raise) and node.exc is not None:
        return module.names.resolve(_raised(node.exc)) == "builtins.SystemExit"
    return False


def _raised(raised: ast.expr) -> ast.expr:
    return raised.func if isinstance(raised, ast.Call) else raised


def _shown(ending: ast.AST) -> str:
    return f"{written(ending.func)}()" if isinstance(ending, ast.Call) else "raise SystemExit"


def _is_surprising(module: Module, handler: ast.ExceptHandler, ending: ast.AST) -> bool:
    """Whether the callers of a function cannot expect it to end their process."""
    block = module.parent(handler)
    if not isinstance(block, ast.Try | ast.TryStar) or _is_asked_for(module, handler, ending):
        return False
    hard = isinstance(ending, ast.Call) and module.names.resolve(ending.func) in _HARD
    if (hard and "fork" in module.text) or (not hard and _ends_a_thread(module, handler)):
        return False
    return not (is_of_a_program(module, handler) or begins_to_serve(module, block) or says_why(module, handler))


def _is_asked_for(module: Module, handler: ast.ExceptHandler, ending: ast.AST) -> bool:
    """Whether something in the handler decides to exit or not, be it a handler within it."""
    for above in module.ancestors(ending):
        if above is handler:
            return False
        if isinstance(above, ast.If | ast.IfExp | ast.While | ast.Match | ast.ExceptHandler):
            return True
    return False


def _ends_a_thread(module: Module, handler: ast.ExceptHandler) -> bool:
    """`sys.exit()` in a thread or child process of its own ends no more than that."""
    owner = module.names.enclosing_class(handler)
    return owner is not None and not _THREADS.isdisjoint(module.names.bases(owner))
