"""How a failure gets into a test: as the tests of the project do it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from quality_gate.codebase.suggesting.exceptions import is_made_blindly
from quality_gate.codebase.suggesting.nouns import Known, Model, Wanted
from quality_gate.codebase.suggesting.sources import chain_of, last_name, words
from quality_gate.codebase.suggesting.targets import Target

Style: TypeAlias = Literal["monkeypatch", "mocker", "mock"]

_MARKS: dict[Style, re.Pattern[str]] = {
    "monkeypatch": re.compile(r"\bmonkeypatch\.setattr\("),
    "mocker": re.compile(r"\bmocker\.patch"),
    "mock": re.compile(r"(?<!mocker\.)(?<!\w)patch(?:\.object)?\("),
}
_MOST_FILES = 200


@dataclass
class Injection:
    """What a failure needs.

    Attributes:
        lines: statements before the call, at the margin. around: a `with` around it, empty for none.
        asks: fixtures that the test has to ask for. imports: lines that have to stand at the top of the file.
        failure: the name of what is raised, empty where something is returned.
        notices: statements after the call that fail where nothing was returned: without them the test could pass and
            show nothing. Of a failure see `noticing`.
    """

    lines: list[str] = field(default_factory=list)
    around: str = ""
    asks: tuple[str, ...] = ()
    imports: list[str] = field(default_factory=list)
    failure: str = ""
    notices: list[str] = field(default_factory=list)


def style_of(model: Model, known: Known) -> Style:
    """How the tests of the project replace things: those of the model's file, else those of all."""
    if model.is_unittest:
        return "mock"
    here = _most(_counted([model.source.text]))
    if here is not None:
        return here
    texts = [source.text for path in known.tests[:_MOST_FILES] if (source := known.source(path)) is not None]
    return _most(_counted(texts)) or "monkeypatch"


def _counted(texts: list[str]) -> Counter[Style]:
    found: Counter[Style] = Counter()
    for style, mark in _MARKS.items():
        found[style] = sum(len(mark.findall(text)) for text in texts)
    return found


def _most(counted: Counter[Style]) -> Style | None:
    style, count = counted.most_common(1)[0]
    return style if count else None


def injected(target: Target, wanted: Wanted, model: Model, value: str, style: Style) -> Injection:
    """How a target is made to fail.

    Args:
        value: the expression that makes what is raised, or what is returned.
    """
    name = failure_name(model)
    before = [] if wanted.returns else made_lines(name, value)
    shown = value if wanted.returns else name
    if target.is_mock:
        mock = f"{target.holder}.{target.name}"
        found = Injection([*before, f"{mock}.{_effect(wanted)} = {shown}"], notices=[f"{mock}.called"])
    elif target.wraps:
        found = _wrapping(target, wanted, model, shown, style)
        found.lines = [*before, *found.lines]
    elif style == "monkeypatch":
        found = _by_monkeypatch(target, wanted, shown, before)
    else:
        found = _by_patch(target, wanted, model, shown, style)
        found.lines = [*before, *found.lines]
    found.failure = "" if wanted.returns else name
    found.notices = unless(found.notices, wanted) if wanted.returns else []
    return found


def failure_name(model: Model) -> str:
    """The name under which a test makes its failure."""
    return free_name("failure", model)


def free_name(stem: str, model: Model) -> str:
    """A name that means nothing in the test."""
    while stem in model.bound:
        stem += "_"
    return stem


def made_lines(name: str, expression: str) -> list[str]:
    """The statement that makes a failure; with a word on one that is made without its constructor."""
    blindly = (
        ["# its constructor is not called: give it what the code reads of it"] if is_made_blindly(expression) else []
    )
    answered = [f"{name}.response.status_code = 402"] if "response=requests.Response()" in expression else []
    return [*blindly, f"{name} = {expression}", *answered]


def noticing(name: str, wanted: Wanted, caught: str = "") -> list[str]:
    """The statement that fails where a failure was never raised.

    Args:
        name: of the failure. caught: the name of what unittest expects, which takes the traceback away.
    """
    either = f"{name} is {caught}.exception or " if caught else ""
    return [f'assert {either}{name}.__traceback__, "{called_in(wanted)} has not failed"']


def unless(asked: Sequence[str], wanted: Wanted) -> list[str]:
    """The same where something has to be returned; no assertion, for it checks nothing of what comes of it."""
    return [f'if not {one}:\n    raise AssertionError("{called_in(wanted)} was not called")' for one in asked]


def called_in(wanted: Wanted) -> str:
    """What is called, as people say it: `gateway.charge()`."""
    func = wanted.call.func if wanted.call is not None else ast.Name("it")
    chain = chain_of(func) or [last_name(func)]
    return f"{'.'.join(chain[1:] if chain[0] in ('self', 'cls') else chain)}()"


def _by_patch(target: Target, wanted: Wanted, model: Model, value: str, style: Style) -> Injection:
    where = f'"{target.name}"' if not target.holder else f'{target.holder}, "{target.name}"'
    called, imports = ("mocker.patch", list[str]()) if style == "mocker" else _patch(model)
    called = f"{called}.object" if target.holder else called
    replaced = f"{called}({where}, {_effect(wanted)}={value})"
    name = failing_name(wanted)
    if style == "mocker":
        begins = f"{name} = " if wanted.returns else ""
        return Injection([f"{begins}{replaced}"], asks=("mocker",), notices=[f"{name}.called"])
    as_name = f" as {name}" if wanted.returns else ""
    return Injection(around=f"with {replaced}{as_name}:", imports=imports, notices=[f"{name}.called"])


def _by_monkeypatch(target: Target, wanted: Wanted, value: str, before: list[str]) -> Injection:
    name = failing_name(wanted)
    kind = "async def" if wanted.is_awaited else "def"
    where = f'{target.holder}, "{target.name}"' if target.holder else f'"{target.name}"'
    loose = ", raising=False" if not target.holder and target.name.count(".") and _is_builtin(wanted) else ""
    body = ["    asked.append(args)", f"    return {value}"] if wanted.returns else [f"    raise {value}"]
    return Injection(
        [
            f"{kind} {name}(*args, **kwargs):",
            *body,
            "",
            *(["asked = []"] if wanted.returns else before),
            f"monkeypatch.setattr({where}, {name}{loose})",
        ],
        asks=("monkeypatch",),
        notices=["asked"],
    )


def _is_builtin(wanted: Wanted) -> bool:
    import builtins

    call = wanted.call
    return call is not None and isinstance(call.func, ast.Name) and hasattr(builtins, call.func.id)


def failing_name(wanted: Wanted) -> str:
    """Of the function that fails in place of the real one."""
    called = words(last_name(wanted.call.func)) if wanted.call is not None else ""
    stem = "other" if wanted.returns else "failing"
    return f"{stem}_{called}" if called else stem


def _effect(wanted: Wanted) -> str:
    return "return_value" if wanted.returns else "side_effect"


def _wrapping(target: Target, wanted: Wanted, model: Model, value: str, style: Style) -> Injection:
    """A stand-in that hands everything on but one call, for objects that take no other attributes."""
    owner, _, attribute = target.holder.rpartition(".")
    lines = [
        f"{attribute.strip('_')} = mock.MagicMock(wraps={target.holder})",
        f"{attribute.strip('_')}.{target.name}.{_effect(wanted)} = {value}",
    ]
    notices = [f"{attribute.strip('_')}.{target.name}.called"]
    imports = [] if model.source.imports.get("mock") == "unittest.mock" else ["from unittest import mock"]
    if style == "monkeypatch":
        lines.append(f'monkeypatch.setattr({owner}, "{attribute}", {attribute.strip("_")})')
        return Injection(lines, asks=("monkeypatch",), imports=imports, notices=notices)
    around = f'with mock.patch.object({owner}, "{attribute}", {attribute.strip("_")}):'
    return Injection(lines, around=around, imports=imports, notices=notices)


def _patch(model: Model) -> tuple[str, list[str]]:
    """`patch` as the file writes it, with the import where it has none that the test can use."""
    for name, meant in model.source.imports.items():
        if name in model.bound:
            continue
        if meant in ("unittest.mock.patch", "mock.patch"):
            return name, []
        if meant in ("unittest.mock", "mock"):
            return f"{name}.patch", []
    if "mock" in model.bound | model.source.names:
        return "patch", ["from unittest.mock import patch"]
    return "mock.patch", ["from unittest import mock"]
