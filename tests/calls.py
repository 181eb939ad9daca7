"""Reading the calls of a small project that a test writes down."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

from linking import link
from quality_gate.codebase.graph import Codebase, Edge
from quality_gate_checkers.settings import Settings


def linked(source: str = "", *, settings: Settings | None = None, **files: str) -> Codebase:
    """A project of the file `m.py`, or of files by name: `shop__pay` is `shop/pay.py`."""
    named = {f"{name.replace('__', '/')}.py": dedent(text) for name, text in files.items()}
    if source:
        named["m.py"] = dedent(source)
    return link(_whole(named), settings or Settings())


def _whole(files: Mapping[str, str]) -> dict[str, str]:
    """Folders of files are packages."""
    packages = {path.rpartition("/")[0] for path in files if "/" in path}
    return {
        **{f"{package}/__init__.py": "" for package in packages},
        **{_init(path): text for path, text in files.items()},
    }


def _init(path: str) -> str:
    return path.replace("/init.py", "/__init__.py")


def edge(codebase: Codebase, caller: str, callee: str) -> Edge:
    """The one call of a function by another."""
    found = [one for one in codebase.calls_from(caller) if one.callee == callee]
    assert found, f"{caller} calls {sorted({one.callee for one in codebase.calls_from(caller)})}, not {callee}"
    return found[0]


def callees(codebase: Codebase, caller: str) -> dict[str, str]:
    """Confidence of every call of a function, by what it calls."""
    order = ("possible", "dispatch", "certain")
    found: dict[str, str] = {}
    for one in codebase.calls_from(caller):
        found[one.callee] = max(found.get(one.callee, order[0]), one.confidence.value, key=order.index)
    return found


def outside(codebase: Codebase, caller: str) -> list[str]:
    """Names of calls that leave the project."""
    return [one.name for one in codebase.external_calls(caller)]


def unknown(codebase: Codebase, caller: str) -> list[str]:
    """Calls that nothing tells, as written."""
    return [one.text for one in codebase.unresolved_calls(caller)]
