"""Modules that put somebody else on watch: error trackers and tracing that see every request by themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module

_WATCHERS = (
    "sentry_sdk", "raven", "opentelemetry", "ddtrace", "newrelic", "elasticapm", "rollbar", "bugsnag", "honeybadger",
    "logfire", "scout_apm", "airbrake", "appsignal", "instana", "prometheus_client",
    "prometheus_fastapi_instrumentator",
    "django_prometheus", "starlette_prometheus", "skywalking", "aws_xray_sdk", "applicationinsights", "glitchtip",
)  # fmt: skip


@marks("instrumented", triggers=_WATCHERS)
def instrumented(module: Module) -> Iterator[Marked]:
    """An import of, or a setting that names, a library that watches a whole service; `detail` is the library."""
    for node in module.nodes(ast.Import):
        yield from (Marked(node, found) for alias in node.names if (found := _watcher(alias.name)))
    for imported in module.nodes(ast.ImportFrom):
        found = _watcher(imported.module or "") if not imported.level else None
        if found:
            yield Marked(imported, found)
    for text in module.mentioning(ast.Constant, _WATCHERS):
        if isinstance(text.value, str) and len(text.value) < 200 and (named := _watcher(text.value)):
            yield Marked(text, named)


def _watcher(name: str) -> str | None:
    top = name.partition(".")[0]
    return top if top in _WATCHERS else None
