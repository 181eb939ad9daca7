"""The skeleton as text."""

from __future__ import annotations

import ast
import keyword
import re
import textwrap

from quality_gate.codebase.suggesting.acting import Act, Acting
from quality_gate.codebase.suggesting.candidates import one_of
from quality_gate.codebase.suggesting.exceptions import made, short_name
from quality_gate.codebase.suggesting.guards import with_argument
from quality_gate.codebase.suggesting.http_tools import Prepared, is_read, prepared_failure
from quality_gate.codebase.suggesting.importing import Importing
from quality_gate.codebase.suggesting.injecting import (
    Injection,
    failure_name,
    free_name,
    injected,
    made_lines,
    noticing,
    style_of,
    unless,
)
from quality_gate.codebase.suggesting.nouns import Known, Model, Skeleton, Wanted
from quality_gate.codebase.suggesting.outcome import Outcome, outcome_of
from quality_gate.codebase.suggesting.sources import chain_of, indented, last_name, words
from quality_gate.codebase.suggesting.targets import held_already, is_called_before, targets_of
from quality_gate.failure_paths import UNKNOWN

_WIDTH = 96
_LEFT_OUT = ("xfail", "skip", "skipif", "expectedFailure")


class Writer:
    """Writes the skeleton for one failure after one test.

    Args:
        wanted: what has to happen. model: the test. known: the project.
    """

    def __init__(self, wanted: Wanted, model: Model, known: Known) -> None:
        self._wanted = wanted
        self._model = model
        self._known = known
        self._importing = Importing(model, known)
        self._imports = self._importing.lines
        self._apart, self._injected = "", False

    def skeleton(self) -> Skeleton:
        """The skeleton."""
        wanted = self._wanted
        act = Acting(self._model, wanted.function, self._known).act()
        injection = self._injection(act)
        name = self._name()
        done = injection is not None and (self._model.comes_to or self._model.enters or bool(wanted.argument))
        self._injected = injection is not None
        hears = injection is not None and bool(act.text)
        outcome = outcome_of(wanted, self._model, self._known) if hears else Outcome()
        done = done and not outcome.apart
        self._apart = outcome.apart
        says = self._says(done=done)
        body = self._body(act, injection or Injection(), says, outcome)
        text = "\n".join([*self._decorators(), self._head(name, injection or Injection()), indented(body, 4)])
        return Skeleton(
            path=wanted.path,
            file=self._model.source.path,
            holder=self._model.holder.name if self._model.holder is not None else "",
            name=name,
            model=self._model.test,
            imports=tuple(self._imports),
            text=text,
            says=says,
            by_hand="" if done else self._by_hand(),
        )

    # -- what fails

    def _injection(self, act: Act) -> Injection | None:
        wanted = self._wanted
        if self._model.enters:
            return Injection()
        if wanted.argument:
            return self._argument(act)
        if wanted.call is None:
            return None
        if wanted.returns:
            return self._returning(act)
        exception = self._exception(wanted.exception)
        name = failure_name(self._model)
        prepared = prepared_failure(act.before, wanted, name, made_lines(name, exception))
        if prepared is not None:
            return self._prepared(prepared, name, act)
        target = next(targets_of(wanted, self._model, act, self._known), None)
        if target is None or is_called_before(wanted, self._model, self._known):
            return None
        self._importing.need(wanted.exception)
        found = injected(target, wanted, self._model, exception, style_of(self._model, self._known))
        self._imports.update(dict.fromkeys(found.imports))
        return found

    def _prepared(self, prepared: Prepared, name: str, act: Act) -> Injection:
        """The test's own answer to a request, which is a failure now."""
        act.before = prepared.lines
        if self._wanted.family != "rejects" and not is_read(self._wanted):
            self._importing.need(self._wanted.exception)
            return Injection(failure=name)
        return Injection(notices=unless([prepared.asked] if prepared.asked else [], self._wanted))

    def _returning(self, act: Act) -> Injection | None:
        """A call of the guard that returns what makes it true."""
        target = next(targets_of(self._wanted, self._model, act, self._known), None)
        if target is None or is_called_before(self._wanted, self._model, self._known):
            return None
        style = style_of(self._model, self._known)
        found = injected(target, self._wanted, self._model, self._wanted.returns, style)
        self._imports.update(dict.fromkeys(found.imports))
        return found

    def _argument(self, act: Act) -> Injection | None:
        """The test's own call with an argument that makes the guard true."""
        wanted = self._wanted
        function = wanted.source.function(wanted.path.function)
        if act.direct is None or function is None:
            return None
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        names = names[1:] if names[:1] in (["self"], ["cls"]) else names
        place = names.index(wanted.argument) if wanted.argument in names else -1
        text = with_argument(act.text, last_name(act.direct.func), place, wanted.argument, wanted.returns)
        if text is None:
            return None
        act.text = text
        return Injection()

    def _exception(self, name: str) -> str:
        if name == UNKNOWN:
            return 'RuntimeError("injected")'
        return made(name, self._importing.shown(name), self._message(), self._known)

    def _message(self) -> str:
        wanted = self._wanted
        if wanted.family == "rejects":
            return f"{wanted.dependency} says no"
        return f"{wanted.dependency} does not answer" if wanted.family else "made to fail"

    # -- what it says

    def _name(self) -> str:
        wanted = self._wanted
        function = words(wanted.path.function.split(".")[-1]) or "it"
        if function == "init":
            function = words(wanted.path.function.split(".")[-2])
        if wanted.family:
            ending = "rejects" if wanted.family == "rejects" else "is_unavailable"
            stem = f"test_{function}_when_{words(wanted.dependency)}_{ending}"
        elif wanted.call is not None and not wanted.returns:
            raised = words(short_name(wanted.exception))
            stem = f"test_{function}_when_{words(_called(wanted.call)) or 'it'}_raises_{raised}"
        elif wanted.suspects:
            stem = f"test_{function}_when_{words(short_name(wanted.exception))}_is_raised"
        elif wanted.path.kind == "partial failure":
            stem = f"test_{function}_when_{words(_text_called(wanted)) or 'it'}_fails_in_part"
        elif wanted.path.leaves_by == "return" or wanted.path.kind == "error return":
            stem = f"test_{function}_returns_{words(wanted.path.value) or 'an_error'}"
        else:
            stem = f"test_{function}_raises_{words(short_name(wanted.exception))}"
        return self._free(stem[:100].rstrip("_"))

    def _free(self, stem: str) -> str:
        taken = {node.name for node in ast.walk(self._model.source.tree) if isinstance(node, ast.FunctionDef)}
        taken |= {node.name for node in ast.walk(self._model.source.tree) if isinstance(node, ast.AsyncFunctionDef)}
        number = 2
        name = stem
        while name in taken or keyword.iskeyword(name):
            name, number = f"{stem}_{number}", number + 1
        return name

    def _happens(self) -> str:
        wanted = self._wanted
        if wanted.family:
            return f"{wanted.dependency} {'rejects it' if wanted.family == 'rejects' else 'is unavailable'}"
        if wanted.call is not None and not wanted.returns:
            return f"{_called(wanted.call) or 'the call'}() raises {short_name(wanted.exception)}"
        called = wanted.path.function.split(".")[-1]
        if wanted.suspects:
            return f"{short_name(wanted.exception)} is raised in {called}()"
        if wanted.path.kind == "partial failure":
            return f"{_text_called(wanted)}() fails for a part of what it was given"
        if wanted.path.leaves_by == "return" or wanted.path.kind == "error return":
            return f"{called}() returns {' '.join(wanted.path.value.split())[:40] or 'an error'}"
        return f"{called}() raises {short_name(wanted.exception)}"

    def _says(self, *, done: bool) -> str:
        first = "" if done else f"{self._by_hand()}; then "
        call = self._wanted.call
        again = f", no second {last_name(call.func).strip('_')}" if call is not None and self._wanted.family else ""
        return f"{first}say what must hold when {self._happens()}: state, message{again}"

    def _by_hand(self) -> str:
        wanted = self._wanted
        if self._apart:
            return f"wait here for what {self._apart} starts, which the code does not wait for"
        if wanted.suspects:
            return _suspected(wanted)
        if wanted.guard and (wanted.call is None or not self._model.comes_to):
            return f"make this true: {wanted.guard[:120]}"
        if wanted.guard and wanted.returns:
            return f"make this true: {wanted.guard[:120]}"
        if wanted.call is not None and is_called_before(wanted, self._model, self._known):
            return f"make this fail, and not the same call before it: {ast.unparse(wanted.call)[:80]}"
        held = held_already(wanted, self._model, self._known)
        if held:
            return f"make {held}() itself raise {short_name(wanted.exception)}: its decorator has hold of it already"
        called = ast.unparse(wanted.call.func)[:80] if wanted.call is not None else wanted.path.text[:80]
        if self._injected:
            return f"bring the test to this call, which fails then: {called}"
        return f"make this fail: {called}"

    # -- the function

    def _decorators(self) -> list[str]:
        source = self._model.source
        kept = [
            node
            for node in self._model.function.decorator_list
            if not re.search(rf"\b(?:{'|'.join(_LEFT_OUT)})\b", ast.unparse(node).split("(")[0])
        ]
        return [f"@{source.segment(node) if node.lineno == node.end_lineno else ast.unparse(node)}" for node in kept]

    def _head(self, name: str, injection: Injection) -> str:
        function = self._model.function
        arguments = ast.unparse(function.args)
        missing = [one for one in injection.asks if one not in self._model.arguments]
        shown = ", ".join([*([arguments] if arguments else []), *missing])
        start = "async def" if isinstance(function, ast.AsyncFunctionDef) else "def"
        returns = f" -> {ast.unparse(function.returns)}" if function.returns is not None else ""
        return f"{start} {name}({shown}){returns}:"

    def _body(self, act: Act, injection: Injection, says: str, outcome: Outcome) -> str:
        raised = outcome.raised
        lines = list(act.before)
        caught = free_name("raised", self._model) if raised and injection.failure and self._model.is_unittest else ""
        if injection.lines or injection.around:
            lines += [""] if lines and not lines[-1].endswith(":") else []
        if injection.lines:
            lines += indented("\n".join(injection.lines), act.width).split("\n")
        if act.text:
            lines += [""] if injection.lines and not injection.around else []
            lines += indented(self._act(act, injection, raised, caught), act.width).split("\n")
        fail = "self.fail" if self._model.is_unittest else "pytest.fail"
        if fail == "pytest.fail":
            self._importing.need_module("pytest")
        notices = noticing(injection.failure, self._wanted, caught) if injection.failure else injection.notices
        noticed = ["", *"\n".join(notices).split("\n")] if notices else [""]
        asked = _failing(fail, says)
        lines += ["", *asked, *noticed] if outcome.apart else [*noticed, *asked]
        return "\n".join(lines).strip("\n")

    def _act(self, act: Act, injection: Injection, raised: str, caught: str) -> str:
        text = act.text
        if raised:
            if isinstance(act.node, ast.Assign) and all(isinstance(one, ast.Name) for one in act.node.targets):
                text = text.partition("=")[2].lstrip() if "\n" not in text else text
            as_name = f" as {caught}" if caught else ""
            text = f"with {self._expecting(raised)}{as_name}:\n{indented(text, 4)}"
        elif act.is_value and not isinstance(act.node, ast.Expr):
            text = f"result = {text}"
        return f"{injection.around}\n{indented(text, 4)}" if injection.around else text

    def _expecting(self, raised: str) -> str:
        shown = "Exception" if raised == UNKNOWN else self._importing.shown(raised)
        self._importing.need(raised)
        if self._model.is_unittest:
            return f"self.assertRaises({shown})"
        self._importing.need_module("pytest")
        return f"pytest.raises({shown})"


def _called(call: ast.Call) -> str:
    """What is called, with what it is asked of: `gateway.charge`."""
    chain = [part.strip("_") for part in chain_of(call.func) or [last_name(call.func)]]
    return ".".join(chain[1:] if chain[0] in ("self", "cls") else chain)


def _suspected(wanted: Wanted) -> str:
    if wanted.exception.endswith(".CancelledError"):
        return wanted.suspects[0]
    raised = short_name(wanted.exception) if wanted.exception != UNKNOWN else "what is caught"
    if len(wanted.suspects) == 1:
        return f"make this raise {raised}: {wanted.suspects[0]}"
    return f"nothing tells which call raises {raised}: {one_of(wanted.suspects)}"


def _text_called(wanted: Wanted) -> str:
    return wanted.path.text.partition("(")[0].rpartition(".")[2]


def _failing(fail: str, says: str) -> list[str]:
    """The last statement, on as many lines as it needs."""
    if len(says) < _WIDTH:
        return [f"{fail}({_quoted(says)})"]
    parts = textwrap.wrap(says, _WIDTH, drop_whitespace=False)
    return [f"{fail}(", *(f"    {_quoted(part)}" for part in parts), ")"]


def _quoted(text: str) -> str:
    """A text between double quotes where it can be."""
    shown = repr(text)
    return f'"{shown[1:-1]}"' if '"' not in text and shown.startswith("'") and "\\'" not in shown else shown
