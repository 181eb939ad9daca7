"""Test modules in which something may stand in for the network."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module, Role

_WORDS = (
    "patch", "monkeypatch", "mock", "Mock", "responses", "respx", "vcr", "VCR", "httpretty", "moto", "localstack",
    "pook", "betamax", "cassette", "httpserver", "live_server", "LiveServer", "stub", "Stub", "fake", "Fake", "dummy",
    "Dummy", "disable_socket", "socket", "override_settings", "requests_mock", "aioresponses", "gock", "wiremock",
    "integration", "network", "skip", "external", "e2e", "docker", "testcontainers", "MockTransport", "setattr",
)  # fmt: skip


@marks("double", triggers=_WORDS, roles=frozenset({Role.TESTS}))
def double(module: Module) -> Iterator[Marked]:
    """One mark for a whole test module that speaks of mocks, fakes, servers of its own, or of wanting the network."""
    yield Marked(module.tree, next(word for word in _WORDS if word in module.text))
