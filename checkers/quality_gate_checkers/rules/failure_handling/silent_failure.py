"""QG101 silent-failure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from quality_gate_checkers.dependencies import Fallible
from quality_gate_checkers.model import Hit, Module, rule
from quality_gate_checkers.reading.answers import are_answers, is_answer, is_asking
from quality_gate_checkers.reading.defaults import is_stood_in_for
from quality_gate_checkers.reading.development import is_for_development
from quality_gate_checkers.reading.handlers import (
    FailingCall,
    answers_for,
    called_name,
    caught_types,
    fallible_calls,
    is_cleanup,
    says_why,
    says_why_above,
    suppressed_types,
    written,
)
from quality_gate_checkers.reading.silence import dropped, is_told_elsewhere
from quality_gate_checkers.reading.through import failing_below
from quality_gate_checkers.reading.usage_reports import reports_usage
from quality_gate_checkers.reading.walks import walk_now
from quality_gate_checkers.regexes import regex

_NEVER_MIND = frozenset(
    {
        "mkdir",
        "makedirs",
        "rmdir",
        "removedirs",
        "remove",
        "unlink",
        "rmtree",
        "touch",
        "utime",
        "chmod",
        "chown",
        "copystat",
        "copymode",
        "symlink",
        "link",
        "symlink_to",
        "gethostbyaddr",
        "gethostbyname",
        "gethostbyname_ex",
        "getaddrinfo",
        "getnameinfo",
        "getfqdn",
    }
)
"""Calls whose failure shows in what comes next (a folder that is not there), or is an answer (no such host)."""
_SHAPES = regex(r"\s*(?:alter|create|drop)\s", re.IGNORECASE)
_WAITED = frozenset({"builtins.TimeoutError", "socket.timeout", "builtins.BlockingIOError"})
"""What a socket says that was waited on for a while: nothing has come yet."""


@rule("QG101", "silent-failure", triggers=(b"except", b"suppress"))
def silent_failure(module: Module) -> Iterator[Hit]:
    """A call that can fail, and a handler in which nobody can notice that it did.

    `pass`, `continue`, a log below warning and `contextlib.suppress` are equally silent, and so is `return None` in a
    function that returns nothing else. The handler is reported when it stands around a call that the catalogue or
    `[tool.quality-gate.dependencies]` knows (HTTP, database, cache, queue, mail, cloud, subprocess, a file that is
    written) and catches a failure of that call; and when such a call stands in a function of the module that is called,
    up to three functions away (of other modules too, where files are linked: at push, in CI and in `report`), and its
    failure comes out as it is or as an exception of the project.

    ## In production
    The call fails, nobody is told, and the first report comes from a customer.

    ## Bad
    ```python
    import requests

    def publish(event):
        try:
            requests.post("https://events.example/v1", json=event, timeout=5)
        except requests.RequestException:
            pass
    ```

    ## Good
    ```python
    import logging
    import requests

    log = logging.getLogger(__name__)

    def publish(event):
        try:
            requests.post("https://events.example/v1", json=event, timeout=5)
        except requests.RequestException:
            log.warning("event %s not published", event["id"], exc_info=True)
    ```

    ## Severity
    An error; a warning where a comment in the handler says why, or one right above the `try` that speaks of failing,
    and where what could not be read has a default that was set before. "Do not care", "ignore" and "nothing to do" say
    nothing, nor does code that is commented out, and on a declared critical path no comment is enough: there it takes
    `allow[silent-failure]`.

    ## When not to use it
    Where the failure really is of no interest, say why:
    `# quality-gate: allow[silent-failure] reason="the nightly job sends it again, PAY-812"`.
    Silent by design here: closing and cleaning up, loops that poll, handlers inside handlers and in `finally`, a
    fallback or another attempt that follows, a loud log after the `try`, exceptions that are answers
    (FileNotFoundError, KeyError, NotFound ...), functions that ask whether something works (`is_*`, `has_*`),
    programs that are asked what they know, files that are only read, statements that make or drop columns and tables,
    functions, classes and modules that by their names report how a product is used (`telemetry`, `analytics`,
    `usage_stats`), and what stands under `if settings.DEBUG:`.

    ## What other linters see
    ruff S110, S112 and pylint W0702, W0718 see a bare or broad `except: pass`; typed handlers, `return None`,
    `continue`, `contextlib.suppress` and a debug log pass all of them; ruff SIM105 asks for `contextlib.suppress`
    instead.

    ## Known missed alarms
    Calls on objects whose class nothing in the module tells, functions that only other modules show (at commit, in
    flake8 and pylint) and functions around which a decorator of the project stands: counted as calls not resolved.
    `return None` where the function returns something else, too: `failure-masked-as-success` speaks of some of these.
    By their names exempt are functions called `close`, `stop`, `shutdown`, `cleanup`, `disconnect`, `release`,
    `rollback`, `flush`, `join`, `exit` and the like; `cancel`, `abort`, `remove`, `detach` and `unsubscribe` as long as
    they tell no other service to do anything; functions that ask (`is_`, `check_`, `validate_`, `try_`, `maybe_`,
    `ping`, `..._check` ...); and calls of any of these. A `while` that goes on until it has worked is a poll, not a
    silence: `unbounded-retry` speaks of it, save in functions whose names say that they wait for ever (`wait_...`,
    `poll`, `run_forever`, `listen`, `consume`, `serve` ...).

    ## Measured
    On 11 million lines of 82 public projects 71 hits, all read, by the strict question whether somebody who runs the
    product would want to know and nobody tells: of 44 direct ones 24 were true, of 27 that come out of the project's
    own functions 18. Most of the false ones told a product's makers how it is used, made a column that may be there
    already, tried the next address or fell back on a default set before; they are silent or warnings since. After
    mending, measured on the same projects: of 33 errors 31 are true (direct 18 of 20, out of the project's own
    functions 13 of 13), of 17 warnings 11. As defined here, nobody can notice, all of them are true.
    `python benchmarks/ecosystem.py DIR... --rule silent-failure --sheet FILE` prints the sheet that was read.
    """
    for handler in module.nodes(ast.ExceptHandler):
        block = module.parent(handler)
        if isinstance(block, ast.Try | ast.TryStar):
            yield from _in_handler(module, handler, block)
    for statement in module.nodes(ast.With):
        yield from _in_suppress(module, statement)
    for waiting in module.nodes(ast.AsyncWith):
        yield from _in_suppress(module, waiting)


def _in_handler(module: Module, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar) -> Iterator[Hit]:
    done = dropped(module, handler, block)
    failing = _failing(module, block, caught_types(module, handler.type)) if done is not None else None
    if done is None or failing is None or is_told_elsewhere(module, handler, block):
        return
    how = "is logged below warning and nothing else" if done.quiet_logs else "goes unnoticed"
    yield Hit(
        handler,
        f"{written(failing.node.func)}() fails and it {how}",
        "log it at warning or above with what was lost, count it, or let it rise",
        also=(failing.node, handler),
        location=module.header(handler),
        severity="warning" if _is_thought_of(module, handler, block, failing) else None,
    )


def _is_thought_of(
    module: Module, handler: ast.ExceptHandler, block: ast.Try | ast.TryStar, failing: FailingCall
) -> bool:
    """Whether the code says what the failure means: in words, or by a default for what could not be read."""
    if says_why(module, handler) or says_why_above(module, block):
        return True
    return failing.known.effect != "write" and is_stood_in_for(module, block)


def _failing(
    module: Module, block: ast.Try | ast.TryStar | ast.With | ast.AsyncWith, types: list[str | None]
) -> FailingCall | None:
    """The call of a block that fails unnoticed; None where none does, or where nobody needs to notice."""
    function = module.enclosing_function(block)
    if are_answers(module, types) or is_cleanup(module, block) or (function and is_asking(function.name)):
        return None
    if reports_usage(module, block) or ("DEBUG" in module.text and is_for_development(module, block)):
        return None
    calls = [call for call in fallible_calls(module, block.body) if answers_for(types, call.known)]
    told = next((call for call in calls if _matters(call.node, call.known) and not _only_asks(types, call)), None)
    if told is not None or calls:
        return told
    return next((call for call in failing_below(module, block.body, types) if not _shapes_tables(call.node)), None)


def _only_asks(types: list[str | None], call: FailingCall) -> bool:
    """A socket waited on for a while, a child process asked what it knows, an `except OSError` asking for a program."""
    if call.known.kind == "socket":
        return all(name in _WAITED for name in types)
    if call.known.kind != "process":
        return False
    captured = any(word.arg == "capture_output" for word in call.node.keywords)
    asked = captured or called_name(call.node) in ("check_output", "getoutput", "getstatusoutput")
    return asked or all(is_answer(name) or name in ("builtins.OSError", "builtins.PermissionError") for name in types)


def _matters(call: ast.Call, known: Fallible) -> bool:
    """Whether somebody should hear of a failure: of files only where something is written that is then missing."""
    if known.name.rpartition(".")[2] in _NEVER_MIND or _shapes_tables(call):
        return False
    return known.kind != "file" or known.effect == "write" or (known.effect == "depends" and _opens_to_write(call))


def _shapes_tables(call: ast.Call) -> bool:
    """Whether a call makes a column or a table, or takes one away: mostly it fails because that was done before."""
    given = call.args[0] if call.args else None
    text = given.values[0] if isinstance(given, ast.JoinedStr) and given.values else given
    return isinstance(text, ast.Constant) and isinstance(text.value, str) and _SHAPES.match(text.value) is not None


def _opens_to_write(call: ast.Call) -> bool:
    given = [*call.args[:2], *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    modes = [value.value for value in given[-1:] if isinstance(value, ast.Constant) and isinstance(value.value, str)]
    return any(len(mode) <= 3 and set(mode) & set("wax+") for mode in modes)


def _in_suppress(module: Module, statement: ast.With | ast.AsyncWith) -> Iterator[Hit]:
    for item in statement.items:
        types = suppressed_types(module, item)
        failing = _failing(module, statement, types) if types and not _has_fallback(statement) else None
        if failing is not None:
            yield Hit(
                item.context_expr,
                f"{written(failing.node.func)}() fails and suppress() hides it",
                "catch it and log at warning or above what was lost, or let it rise",
                also=(failing.node,),
            )


def _has_fallback(statement: ast.With | ast.AsyncWith) -> bool:
    """The block returns what it found; what follows is for when it found nothing."""
    return any(isinstance(node, ast.Return | ast.Break | ast.Continue) for node in walk_now(statement.body))
