"""How a failure gets into a test: as the tests of the project do it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from quality_gate.codebase.suggesting.nouns import Known, Model, Wanted
from quality_gate.codebase.suggesting.sources import last_name, words
from quality_gate.codebase.suggesting.targets import Target

Style: TypeAlias = Literal["monkeypatch", "mocker", "mock"]

_MARKS: dict[Style, re.Pattern[str]] = {
    "monkeypatch": re.compile(r"\bmonkeypatch\.setattr\("),
    "mocker": re.compile(r"\bmocker\.patch"),
    "mock": re.compile(r"(?<!mocker\.)(?<!\w)patch(?:\.object)?\("),
}
_MOST_FILES = 200
_WIDTH = 72


@dataclass
class Injection:
    """What a failure needs.

    Attributes:
        lines: statements before the call, at the margin. around: a `with` around it, empty for none.
        asks: fixtures that the test has to ask for. imports: lines that have to stand at the top of the file.
    """

    lines: list[str] = field(default_factory=list)
    around: str = ""
    asks: tuple[str, ...] = ()
    imports: list[str] = field(default_factory=list)


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


def injected(target: Target, wanted: Wanted, model: Model, exception: str, style: Style) -> Injection:
    """How a target is made to fail.

    Args:
        exception: the expression that makes what is raised, or what is returned.
    """
    if target.is_mock:
        return Injection([f"{target.holder}.{target.name}.{_effect(wanted)} = {exception}"])
    if target.wraps:
        return _wrapping(target, wanted, model, exception, style)
    if style == "monkeypatch":
        return _by_monkeypatch(target, wanted, exception)
    where = f'"{target.name}"' if not target.holder else f'{target.holder}, "{target.name}"'
    called, imports = ("mocker.patch", list[str]()) if style == "mocker" else _patch(model)
    called = f"{called}.object" if target.holder else called
    before, shown = _named(exception, called, where)
    replaced = f"{called}({where}, {_effect(wanted)}={shown})"
    if style == "mocker":
        return Injection([*before, replaced], asks=("mocker",))
    return Injection(before, around=f"with {replaced}:", imports=imports)


def _named(exception: str, *beside: str) -> tuple[list[str], str]:
    """An exception that stands beside other text on a line: under a name of its own where it is long."""
    if sum(map(len, beside)) + len(exception) < _WIDTH:
        return [], exception
    return [f"failure = {exception}"], "failure"


def _by_monkeypatch(target: Target, wanted: Wanted, exception: str) -> Injection:
    name = failing_name(wanted)
    kind = "async def" if wanted.is_awaited else "def"
    where = f'{target.holder}, "{target.name}"' if target.holder else f'"{target.name}"'
    loose = ", raising=False" if not target.holder and target.name.count(".") and _is_builtin(wanted) else ""
    return Injection(
        [
            f"{kind} {name}(*args, **kwargs):",
            f"    {'return' if wanted.returns else 'raise'} {exception}",
            "",
            f"monkeypatch.setattr({where}, {name}{loose})",
        ],
        asks=("monkeypatch",),
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


def _wrapping(target: Target, wanted: Wanted, model: Model, exception: str, style: Style) -> Injection:
    """A stand-in that hands everything on but one call, for objects that take no other attributes."""
    owner, _, attribute = target.holder.rpartition(".")
    lines = [
        f"{attribute.strip('_')} = mock.MagicMock(wraps={target.holder})",
        f"{attribute.strip('_')}.{target.name}.{_effect(wanted)} = {exception}",
    ]
    imports = [] if model.source.imports.get("mock") == "unittest.mock" else ["from unittest import mock"]
    if style == "monkeypatch":
        lines.append(f'monkeypatch.setattr({owner}, "{attribute}", {attribute.strip("_")})')
        return Injection(lines, asks=("monkeypatch",), imports=imports)
    around = f'with mock.patch.object({owner}, "{attribute}", {attribute.strip("_")}):'
    return Injection(lines, around=around, imports=imports)


def _patch(model: Model) -> tuple[str, list[str]]:
    """`patch` as the file writes it, with the import where it has none."""
    for name, meant in model.source.imports.items():
        if meant in ("unittest.mock.patch", "mock.patch"):
            return name, []
        if meant in ("unittest.mock", "mock"):
            return f"{name}.patch", []
    return "mock.patch", ["from unittest import mock"]
