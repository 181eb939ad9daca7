"""urllib.request and http.client of the standard library: the socket's default deadline, which is none."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_CONNECTIONS = ("http.client.HTTPConnection", "http.client.HTTPSConnection")
_THIRD = Deadline(keyword="timeout", position=2)


def _on_connections(*methods: str) -> tuple[str, ...]:
    return tuple(f"{connection}.{method}" for connection in _CONNECTIONS for method in methods)


LIBRARY = Library(
    name="urllib.request",
    kind="http",
    modules=("urllib", "http"),
    source="https://docs.python.org/3/library/urllib.request.html",
    calls=(
        Call(
            names=("urllib.request.urlopen", "urllib.request.OpenerDirector.open"),
            effect="depends",
            deadline=_THIRD,
        ),
        Call(names=("urllib.request.urlretrieve",)),
        Call(names=("http.client.HTTPConnection",), deadline=_THIRD),
        Call(names=("http.client.HTTPSConnection",), deadline=Deadline(keyword="timeout")),
        Call(names=_on_connections("connect")),
        Call(names=_on_connections("request", "getresponse"), effect="depends"),
        Call(names=("http.client.HTTPResponse.read", "http.client.HTTPResponse.readinto")),
    ),
    factories={
        "urllib.request.build_opener": "urllib.request.OpenerDirector",
        "urllib.request.urlopen": "http.client.HTTPResponse",
        "urllib.request.OpenerDirector.open": "http.client.HTTPResponse",
        **dict.fromkeys(_on_connections("getresponse"), "http.client.HTTPResponse"),
    },
    exceptions={
        "urllib.error.URLError": ("builtins.OSError",),
        "urllib.error.HTTPError": ("urllib.error.URLError",),
        "urllib.error.ContentTooShortError": ("urllib.error.URLError",),
        "http.client.HTTPException": ("builtins.Exception",),
        "http.client.InvalidURL": ("http.client.HTTPException",),
        "http.client.IncompleteRead": ("http.client.HTTPException",),
        "http.client.BadStatusLine": ("http.client.HTTPException",),
        "http.client.RemoteDisconnected": ("builtins.ConnectionResetError", "http.client.BadStatusLine"),
        "json.JSONDecodeError": ("builtins.ValueError",),
    },
    aliases={
        "json.decoder.JSONDecodeError": "json.JSONDecodeError",
        "urllib.request.HTTPError": "urllib.error.HTTPError",
        "urllib.request.URLError": "urllib.error.URLError",
    },
    rejects=("urllib.error.HTTPError",),
    unavailable=("urllib.error.URLError", "http.client.RemoteDisconnected", "builtins.TimeoutError"),
)
"""What the gate knows of the standard library's HTTP clients."""
