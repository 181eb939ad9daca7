"""httpx: five seconds by default; only an explicit `timeout=None` waits for ever."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_READS = ("get", "head", "options")
_WRITES = ("post", "put", "patch", "delete")
_EITHER = ("request", "stream")
_FIVE = Deadline(keyword="timeout", default=5.0)
_FIVE_OR_CLIENTS = Deadline(keyword="timeout", default=5.0, on_client="timeout")
_CLIENTS_ALONE = Deadline(keyword="", default=5.0, on_client="timeout")


def _of_module(methods: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"httpx.{method}" for method in methods)


def _of_clients(methods: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{client}.{method}" for client in ("httpx.Client", "httpx.AsyncClient") for method in methods)


LIBRARY = Library(
    name="httpx",
    kind="http",
    modules=("httpx",),
    source="https://www.python-httpx.org/api/",
    calls=(
        # An answer of 402 is an answer: who asks it with `raise_for_status` is told.
        Call(names=_of_module(_READS), deadline=_FIVE, rejects=()),
        Call(names=_of_module(_WRITES), effect="write", deadline=_FIVE, rejects=()),
        Call(names=_of_module(_EITHER), effect="depends", deadline=_FIVE, rejects=()),
        Call(names=_of_clients(_READS), deadline=_FIVE_OR_CLIENTS, rejects=()),
        Call(names=_of_clients(_WRITES), effect="write", deadline=_FIVE_OR_CLIENTS, rejects=()),
        Call(names=_of_clients(_EITHER), effect="depends", deadline=_FIVE_OR_CLIENTS, rejects=()),
        Call(names=_of_clients(("send",)), effect="depends", deadline=_CLIENTS_ALONE, rejects=()),
        Call(names=("httpx.Response.raise_for_status",), unavailable=()),
        # An answer that nobody can read is no answer: the other side did not say no.
        Call(names=("httpx.Response.json",), rejects=(), unavailable=("json.JSONDecodeError",)),
        Call(names=_of_module(("Response.read", "Response.aread")), rejects=("httpx.DecodingError",)),
    ),
    factories={
        **dict.fromkeys(_of_module((*_READS, *_WRITES, *_EITHER)), "httpx.Response"),
        **dict.fromkeys(_of_clients((*_READS, *_WRITES, *_EITHER, "send")), "httpx.Response"),
    },
    exceptions={
        "httpx.HTTPError": ("builtins.Exception",),
        "httpx.InvalidURL": ("builtins.Exception",),
        "httpx.CookieConflict": ("builtins.Exception",),
        "httpx.HTTPStatusError": ("httpx.HTTPError",),
        "httpx.RequestError": ("httpx.HTTPError",),
        "httpx.TransportError": ("httpx.RequestError",),
        "httpx.DecodingError": ("httpx.RequestError",),
        "httpx.TooManyRedirects": ("httpx.RequestError",),
        "httpx.TimeoutException": ("httpx.TransportError",),
        "httpx.ConnectTimeout": ("httpx.TimeoutException",),
        "httpx.ReadTimeout": ("httpx.TimeoutException",),
        "httpx.WriteTimeout": ("httpx.TimeoutException",),
        "httpx.PoolTimeout": ("httpx.TimeoutException",),
        "httpx.NetworkError": ("httpx.TransportError",),
        "httpx.ConnectError": ("httpx.NetworkError",),
        "httpx.ReadError": ("httpx.NetworkError",),
        "httpx.WriteError": ("httpx.NetworkError",),
        "httpx.CloseError": ("httpx.NetworkError",),
        "httpx.ProtocolError": ("httpx.TransportError",),
        "httpx.RemoteProtocolError": ("httpx.ProtocolError",),
        "httpx.LocalProtocolError": ("httpx.ProtocolError",),
        "httpx.ProxyError": ("httpx.TransportError",),
        "httpx.UnsupportedProtocol": ("httpx.TransportError",),
        "httpx.StreamError": ("builtins.RuntimeError",),
        "httpx.StreamConsumed": ("httpx.StreamError",),
        "httpx.StreamClosed": ("httpx.StreamError",),
        "httpx.ResponseNotRead": ("httpx.StreamError",),
        "httpx.RequestNotRead": ("httpx.StreamError",),
    },
    rejects=("httpx.HTTPStatusError",),
    unavailable=(
        "httpx.ConnectTimeout",
        "httpx.ReadTimeout",
        "httpx.ConnectError",
        "httpx.ReadError",
        "httpx.RemoteProtocolError",
    ),
    idempotent=("put", "delete"),
)
"""What the gate knows of httpx."""
