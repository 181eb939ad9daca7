"""`quality-gate` and `python -m quality_gate`.

Nothing of the project that is judged is imported, not even by accident: before anything else is loaded, the working
directory is taken off the path on which Python looks for modules. `python -m` puts it first, and `PYTHONPATH=.` is
common; either way an `ast.py` or a `click.py` in the project would run instead of the real one.

What remains: what Python itself loads before it comes to this line. With `python -m quality_gate` that is a
`quality_gate` in the working directory and what `runpy` needs; with PYTHONPATH also a `sitecustomize` that lies there.
The console script has neither as long as PYTHONPATH does not name the project; `python -P -m quality_gate` is as good.
"""

# No import may stand above `_forget_the_project()` but of what is built in or loaded at every start: not even
# `__future__`, which is a module like any other.
import io
import os
import sys


class _Stream(io.FileIO):
    """An output that never fails in the middle: what became of it is looked at when all is done.

    A reader who has left (`check | head`) changes nothing. Anything else (a full disk) is kept in `failed`.
    """

    failed = ""

    def write(self, text, /):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - bytes of whatever kind
        try:
            return super().write(text)
        except BrokenPipeError:
            pass
        except OSError as error:
            self.failed = error.strerror or str(error)
        return len(text)


def _outputs() -> list[_Stream]:
    """Put such streams in the place of standard output and standard error, closed ones included.

    The number of a closed one would be given to the next file that is opened, and what is printed written into it.
    """
    if sys.stdin is None:
        sys.stdin = open(_reopened(0), encoding="utf-8")  # noqa: SIM115 - as long as we live
    made = []
    for number, name in ((1, "stdout"), (2, "stderr")):
        given = getattr(sys, name)
        raw = _Stream(number if given is not None else _reopened(number), "w", closefd=False)
        text = io.TextIOWrapper(
            io.BufferedWriter(raw),
            encoding=getattr(given, "encoding", "utf-8"),
            errors=getattr(given, "errors", "backslashreplace"),
            line_buffering=number == 2 or raw.isatty(),
        )
        setattr(sys, name, text)
        made.append(raw)
    return made


def _reopened(number: int) -> int:
    place = os.open(os.devnull, os.O_RDWR)
    if place != number:
        os.dup2(place, number)
        os.close(place)
    return number


def _forget_the_project() -> None:
    """Take the working directory, and what PYTHONPATH names below it, off the module path; never where we are."""
    try:
        here = os.path.realpath(os.getcwd())
    except OSError:  # it has been deleted: nothing can be loaded from it
        return
    named = [os.path.realpath(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    below = {place for place in named if place.startswith(here.rstrip(os.sep) + os.sep)}
    ours = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    dropped = {here, *below} - {ours}
    sys.path[:] = [entry for entry in sys.path if os.path.realpath(entry) not in dropped]


def _leave(code: int) -> None:
    """End without taking apart what is in memory, which takes a tenth of a run.

    Whoever has asked to be told of the end is told.
    """
    import atexit

    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Run the command line and exit with its code."""
    _forget_the_project()
    output, _ = _outputs()
    import gc

    # Trees are freed by reference counts; with the collector on, 850,000 lines take 22 s instead of 4.5 s.
    gc.disable()
    try:
        from quality_gate.later import FewerModules, load_msgspec

        with FewerModules():
            from quality_gate.cli import begun, run

            asked = begun(sys.argv[1:])
            load_msgspec()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - a broken installation must not look like a broken rule, exit code 1
        sys.stderr.write(f"quality-gate cannot start: {type(error).__name__}: {error}; install it anew\n")
        sys.exit(70)
    code = run(sys.argv[1:], asked)
    sys.stdout.flush()
    if output.failed:
        sys.stderr.write(
            f"error: standard output: cannot be written: {output.failed}\n       make room, or name -o FILE\n"
        )
        code = code if code in (70, 130) else 2
    _leave(code)


if __name__ == "__main__":
    main()
