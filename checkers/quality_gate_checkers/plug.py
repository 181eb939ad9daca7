"""The one shape of everything that can be added: a file that holds one plug whose docstring is its page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import ModuleType
from typing import TypeVar

import msgspec

_Plug = TypeVar("_Plug")


class PlugError(Exception):
    """A file in a folder of plugs does not import or does not hold exactly one plug. Never a warning: a rule that
    failed to load would be a silent green.
    """


class Fence(msgspec.Struct, frozen=True):
    """A fenced piece of code on a page.

    Args:
        heading: the section it stands in, e.g. `Bad`.
        language: what follows the opening fence.
        code: the text between the fences, with its last newline.
    """

    heading: str
    language: str
    code: str


class Page(msgspec.Struct, frozen=True):
    """A docstring as documentation: the same text is shown by `explain`, printed in docs/ and run by the tests.

    Args:
        summary: the first paragraph on one line.
        sections: text by heading, in order; the text before the first `## ` heading is under the empty string.
    """

    summary: str
    sections: dict[str, str]

    def first_paragraph(self, heading: str) -> str:
        """The first paragraph of a section on one line, empty where there is none."""
        return " ".join(self.sections.get(heading, "").strip().split("\n\n")[0].split())

    def fences(self) -> list[Fence]:
        """All fenced pieces of code in order."""
        return [fence for heading, text in self.sections.items() for fence in _fences(heading, text)]


def _fences(heading: str, text: str) -> Iterator[Fence]:
    language: str | None = None
    held: list[str] = []
    for line in text.splitlines():
        if not line.startswith("```"):
            if language is not None:
                held.append(line)
        elif language is None:
            language, held = line.removeprefix("```").strip(), []
        else:
            yield Fence(heading, language, "".join(f"{kept}\n" for kept in held))
            language = None
    if language is not None:
        raise PlugError(f"the fence under {heading!r} is never closed")


def page(docstring: str | None) -> Page:
    """Read a page from a docstring.

    Raises:
        PlugError: there is none, or a fence is left open.
    """
    if not docstring:
        raise PlugError("a plug's docstring is its page, and there is none")
    sections: dict[str, str] = {}
    heading, fenced, held = "", False, list[str]()
    for line in _undented(docstring):
        fenced ^= line.startswith("```")
        if line.startswith("## ") and not fenced:
            sections[heading] = "\n".join(held).strip()
            heading, held = line.removeprefix("## ").strip(), []
        else:
            held.append(line)
    sections[heading] = "\n".join(held).strip()
    summary = " ".join(sections[""].split("\n\n")[0].split())
    found = Page(summary, sections)
    found.fences()
    return found


def _undented(docstring: str) -> list[str]:
    """The lines of a docstring without the indentation of the code around it."""
    first, *rest = docstring.expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    return [first.strip(), *(line[margin:].rstrip() for line in rest)]


def collect(package: ModuleType, kind: type[_Plug], *, nested: bool = True) -> list[_Plug]:
    """Import every module below a package and gather its plugs, in the order of the file names.

    Args:
        package: e.g. `quality_gate_checkers.rules`.
        kind: the plug's class, e.g. `Rule`.
        nested: look into the folders below it too.

    Raises:
        PlugError: a module does not import, or does not hold exactly one plug of the kind.
    """
    return [plug_of(name, kind) for name in modules_of(package, nested=nested)]


def modules_of(package: ModuleType, *, nested: bool = True) -> Iterator[str]:
    """The dotted names of the modules below a package that hold plugs, in the order of the file names.

    Args:
        package, nested: as of `collect`.
    """
    for folder in package.__path__:
        yield from _modules(folder, package.__name__, nested=nested)


def _modules(folder: str, prefix: str, *, nested: bool) -> Iterator[str]:
    for entry in sorted(os.scandir(folder), key=lambda found: found.name):
        if entry.is_dir() and not entry.name.startswith(("_", ".")):
            if nested:
                yield from _modules(entry.path, f"{prefix}.{entry.name}", nested=True)
        elif entry.name.endswith(".py") and not entry.name.startswith("_"):
            yield f"{prefix}.{entry.name.removesuffix('.py')}"


def plug_of(name: str, kind: type[_Plug]) -> _Plug:
    """The one plug of a module.

    Args:
        name: the module's dotted name.
        kind: the plug's class.

    Raises:
        PlugError: it does not import, or does not hold exactly one.
    """
    from importlib import import_module

    try:
        module = import_module(name)
    except Exception as error:
        raise PlugError(f"{name} does not import: {type(error).__name__}: {error}") from error
    plugs = [value for value in vars(module).values() if isinstance(value, kind)]
    if len(plugs) != 1:
        raise PlugError(f"{name} holds {len(plugs)} plugs of kind {kind.__name__}; a file holds exactly one")
    return plugs[0]
