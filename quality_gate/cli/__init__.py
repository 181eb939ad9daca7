"""Commands: one file a command, loaded when it is asked for; one error handler; the exit codes of product.md.

A module of this package whose name does not start with `_` is a command, and its `command` is the click command.
What a hook calls at every commit is read without click, whose loading takes as long as all the rest of such a run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from quality_gate import __version__
from quality_gate.cli._hook_call import hook_call

if TYPE_CHECKING:
    from quality_gate.errors import UsageError
    from quality_gate.evidence.git.git_calls import Begun


def begun(arguments: Sequence[str]) -> Begun | None:
    """Let git begin with what a hook's call is going to ask; None for other commands.

    Args:
        arguments: without the program's name.
    """
    call = hook_call(arguments)
    if call is None:
        return None
    from quality_gate.cli._begun import begun_for

    return begun_for(call, os.environ)


def run(arguments: Sequence[str], begun: Begun | None = None) -> int:
    """Run one command and give its exit code; the one place where errors become text.

    Args:
        arguments: without the program's name. begun: what git has begun with.
    """
    try:
        code = _called(arguments, begun)
        sys.stdout.flush()
    except KeyboardInterrupt:
        _say("interrupted")
        return 130
    except Exception as error:  # noqa: BLE001 - whatever we did wrong is told with a report to paste, as exit code 70
        return _told(error, arguments)
    finally:
        if begun is not None:
            begun.stop()
    return code


def _called(arguments: Sequence[str], begun: Begun | None) -> int:
    call = hook_call(arguments)
    if call is None:
        from quality_gate.cli._group import main

        return main(arguments)
    from quality_gate.cli._call import Call
    from quality_gate.cli._gate import gate

    return gate(Call(files=call.files, stage=call.stage, quiet=call.quiet), begun)


def _told(error: Exception, arguments: Sequence[str]) -> int:
    """Say what went wrong; the exit code."""
    from quality_gate.errors import UsageError, UsageErrors
    from quality_gate_checkers.plug import PlugError

    if isinstance(error, UsageErrors):
        _say_errors(error.errors)
    elif isinstance(error, UsageError):
        _say_errors([error])
    elif isinstance(error, PlugError):
        remedy = "install quality-gate anew, or mend the file that was added"
        _say_errors([UsageError("this installation", str(error), remedy)])
    else:
        _say_our_fault(error, arguments)
        return 70
    return 2


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _say_errors(errors: Sequence[UsageError]) -> None:
    from quality_gate.neutral import neutral

    for error in errors:
        _say(f"error: {neutral(error.where)}: {neutral(error.problem)}")
        _say(f"       {neutral(error.remedy)}")
    if len(errors) > 1:
        _say(f"{len(errors)} errors; nothing was judged")


def _say_our_fault(error: Exception, arguments: Sequence[str]) -> None:
    import platform
    import traceback

    from quality_gate.neutral import neutral

    _say("quality-gate itself failed; nothing was judged. Please report this:")
    _say(f"  quality-gate {__version__}, Python {platform.python_version()}, {platform.platform()}")
    _say(f"  arguments: {neutral(' '.join(arguments))}")
    for line in "".join(traceback.format_exception(error)).splitlines():
        _say(f"  {neutral(line)}")
