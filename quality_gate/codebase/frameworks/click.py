"""click and typer: commands and groups are entry points, Flask's command line included.

A command is a function under `click.command`, `click.group`, a group's own `command` or `group`, or a typer
application's. Callbacks of options are entry points too.
"""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.frameworks import Called, Decorated, Entry, Fact, Framework, Site
from quality_gate.codebase.frameworks._reading import argument, functions, is_one, text
from quality_gate.codebase.tree import Attribute, Call, Expr

_FREE = frozenset(
    {
        "click.command",
        "click.group",
        "click.decorators.command",
        "click.decorators.group",
        "rich_click.command",
        "rich_click.group",
        "asyncclick.command",
        "asyncclick.group",
    }
)
_GROUPS = frozenset(
    {
        "click.Group",
        "click.core.Group",
        "typer.Typer",
        "typer.main.Typer",
        "flask.cli.AppGroup",
        "flask.cli.FlaskGroup",
    }
)
_FLASK = frozenset({"flask.Flask", "flask.Blueprint", "flask.app.Flask", "flask.blueprints.Blueprint"})
_OPTIONS = frozenset({"click.option", "click.argument", "typer.Option", "typer.Argument", "rich_click.option"})


def _command(found: Decorated) -> Iterator[Fact]:
    call = found.decorator if isinstance(found.decorator, Call) else None
    target = call.func if call is not None else found.decorator
    if not _makes_commands(found.site, target):
        return
    given = text(argument(call, 0, "name")) if call is not None else None
    name = given or found.definition.name.rpartition(".")[2].replace("_", "-")
    yield Entry(found.definition.name, "click", f"command {name}")


def _makes_commands(site: Site, target: Expr) -> bool:
    if _FREE.intersection(site.names(target)):
        return True
    if not isinstance(target, Attribute):
        return False
    group = target.value
    if is_one(site, group, _GROUPS) or any(_is_group(site, name) for name in site.names(group)):
        return True
    return isinstance(group, Attribute) and group.attr == "cli" and is_one(site, group.value, _FLASK)


def _is_group(site: Site, name: str) -> bool:
    """Whether a function of the project has been made a group: `@click.group()`, `@shop.group()`."""
    definition = site.definition(name)
    if definition is None or definition.kind != "function":
        return False
    return any(made.rpartition(".")[2] == "group" for made in definition.decorators)


def _callback(found: Called) -> Iterator[Fact]:
    if _OPTIONS.intersection(found.site.names(found.call.func)):
        for name in functions(found.site, argument(found.call, -1, "callback")):
            yield Entry(name, "click", "callback of an option")


def _run(found: Called) -> Iterator[Fact]:
    """`typer.run(pay)`."""
    if "typer.run" in found.site.names(found.call.func):
        for name in functions(found.site, argument(found.call, 0, "function")):
            yield Entry(name, "click", f"command {name.rpartition('.')[2].replace('_', '-')}")


CLICK = Framework(
    "click",
    __doc__,
    calls={**dict.fromkeys(("option", "argument", "Option", "Argument"), _callback), "run": _run},
    decorators=dict.fromkeys(("command", "group", "callback"), _command),
)
