"""Which code of a module is a program's own, where ending the process is in order: entry points and what they call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import Module
from quality_gate_checkers.model.scopes import FUNCTIONS, FunctionNode
from quality_gate_checkers.reading.handlers import called_name, written
from quality_gate_checkers.reading.walks import names_read, walk_now
from quality_gate_checkers.regexes import regex

_COMMAND_LINE_LIBRARIES = frozenset(
    {"argparse", "optparse", "getopt", "click", "typer", "docopt", "fire", "cyclopts", "plac", "cleo", "cliff", "absl"}
)
_ENTRY = regex(
    r"^_*(?:main|cli|entry|start_?up|boot|die|fatal|exit|quit|shutdown|terminate|panic|abort|usage|daemoni[sz]e)(?:_|$)"
    r"|(?:_main|_cli|_entry_?point|_exit|_or_exit|_or_die)$|sig(?:nal|term|int|hup)"
)
"""Names of functions that begin or end a process."""
_COMMANDS = frozenset({"command", "group", "callback", "subcommand"})


def is_of_a_program(module: Module, node: ast.AST) -> bool:
    """Whether a node belongs to a command line, a script, or what these call within the module."""
    function = module.enclosing_function(node)
    if function is None or _reads_command_lines(module):
        return True
    around = [found for found in module.ancestors(node) if isinstance(found, FUNCTIONS)]
    if any(_ENTRY.search(found.name.lower()) or _is_command(found) for found in around) or _speaks(module, function):
        return True
    owner = module.names.enclosing_class(function)
    if owner is not None and any(base.rpartition(".")[2].endswith("Command") for base in module.names.bases(owner)):
        return True
    outermost = {found.name for found in [*around, *_classes_around(module, node)]}
    return not outermost.isdisjoint(_run_by_main(module))


def _speaks(module: Module, function: FunctionNode) -> bool:
    """Whether a function speaks with somebody at a keyboard, or ends the process when all has gone well."""
    calls = [node for node in walk_now(function.body) if isinstance(node, ast.Call)]
    return any(
        module.names.resolve(call.func) in ("builtins.input", "getpass.getpass") or _ends_well(module, call)
        for call in calls
    )


def _ends_well(module: Module, call: ast.Call) -> bool:
    """`sys.exit(0)` outside of any handler."""
    code = call.args[0] if call.args else None
    if module.names.resolve(call.func) != "sys.exit" or not (isinstance(code, ast.Constant) and code.value == 0):
        return False
    return not any(isinstance(above, ast.ExceptHandler) for above in module.ancestors(call))


def _classes_around(module: Module, node: ast.AST) -> Iterator[ast.ClassDef]:
    return (found for found in module.ancestors(node) if isinstance(found, ast.ClassDef))


def _reads_command_lines(module: Module) -> bool:
    imported = {alias.name.partition(".")[0] for node in module.nodes(ast.Import) for alias in node.names}
    imported |= {(node.module or "").partition(".")[0] for node in module.nodes(ast.ImportFrom) if not node.level}
    return not imported.isdisjoint(_COMMAND_LINE_LIBRARIES)


def _is_command(function: FunctionNode) -> bool:
    decorators = (found.func if isinstance(found, ast.Call) else found for found in function.decorator_list)
    return any(written(decorator).rpartition(".")[2] in _COMMANDS for decorator in decorators)


def _run_by_main(module: Module) -> set[str]:
    """Names of the module's functions and classes that `if __name__ == "__main__":` reaches."""
    guards = [statement for statement in module.tree.body if isinstance(statement, ast.If) and _asks_main(statement)]
    defined = {found.name: found for found in module.tree.body if isinstance(found, (*FUNCTIONS, ast.ClassDef))}
    reached, new = set[str](), names_read(guards) & defined.keys()
    while new:
        reached |= new
        new = (names_read(defined[name] for name in new) & defined.keys()) - reached
    return reached


def _asks_main(statement: ast.If) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test))


_SERVING = frozenset({"listen", "bind", "serve", "serve_forever", "run_forever", "start_server", "create_server"})


def begins_to_serve(module: Module, block: ast.Try | ast.TryStar) -> bool:
    """Whether a `try` opens the port that the process is there for: without it there is nothing to go on with."""
    calls = (node for statement in block.body for node in ast.walk(statement) if isinstance(node, ast.Call))
    return any(called_name(call) in _SERVING or module.names.resolve(call.func) == "asyncio.run" for call in calls)
