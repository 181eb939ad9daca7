"""aiohttp: five minutes in all by default; `total=None` or `timeout=None` waits for ever."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_READS = ("get", "head", "options")
_WRITES = ("post", "put", "patch", "delete")
_FIVE_MINUTES = Deadline(keyword="timeout", default=300.0, on_client="timeout")
_BODY = ("json", "text", "read")


def _of_session(methods: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"aiohttp.ClientSession.{method}" for method in methods)


LIBRARY = Library(
    name="aiohttp",
    kind="http",
    modules=("aiohttp",),
    source="https://docs.aiohttp.org/en/stable/client_reference.html",
    calls=(
        # An answer of 402 is an answer: who asks it with `raise_for_status` is told.
        Call(names=_of_session(_READS), deadline=_FIVE_MINUTES, rejects=()),
        Call(names=_of_session(_WRITES), effect="write", deadline=_FIVE_MINUTES, rejects=()),
        Call(names=_of_session(("request",)), effect="depends", deadline=_FIVE_MINUTES, rejects=()),
        Call(
            names=("aiohttp.request",),
            effect="depends",
            deadline=Deadline(keyword="timeout", default=300.0),
            rejects=(),
        ),
        # the handshake has the session's deadline; `timeout` here is about closing
        Call(
            names=_of_session(("ws_connect",)),
            effect="depends",
            deadline=Deadline(keyword="", default=300.0, on_client="timeout"),
        ),
        Call(names=tuple(f"aiohttp.ClientResponse.{method}" for method in _BODY), rejects=()),
        Call(names=("aiohttp.ClientResponse.raise_for_status",), unavailable=()),
    ),
    aliases={
        "aiohttp.client.ClientSession": "aiohttp.ClientSession",
        "aiohttp.client.ClientResponse": "aiohttp.ClientResponse",
        "aiohttp.client_exceptions": "aiohttp",
        "aiohttp.client_reqrep.ClientResponse": "aiohttp.ClientResponse",
    },
    factories=dict.fromkeys(
        (*_of_session((*_READS, *_WRITES, "request")), "aiohttp.request"), "aiohttp.ClientResponse"
    ),
    exceptions={
        "aiohttp.ClientError": ("builtins.Exception",),
        "aiohttp.ClientResponseError": ("aiohttp.ClientError",),
        "aiohttp.ContentTypeError": ("aiohttp.ClientResponseError",),
        "aiohttp.TooManyRedirects": ("aiohttp.ClientResponseError",),
        "aiohttp.WSServerHandshakeError": ("aiohttp.ClientResponseError",),
        "aiohttp.ClientHttpProxyError": ("aiohttp.ClientResponseError",),
        "aiohttp.ClientPayloadError": ("aiohttp.ClientError",),
        "aiohttp.InvalidURL": ("aiohttp.ClientError", "builtins.ValueError"),
        "aiohttp.ClientConnectionError": ("aiohttp.ClientError",),
        "aiohttp.ClientConnectionResetError": (
            "aiohttp.ClientConnectionError",
            "builtins.ConnectionResetError",
        ),
        "aiohttp.ClientOSError": ("aiohttp.ClientConnectionError", "builtins.OSError"),
        "aiohttp.ClientConnectorError": ("aiohttp.ClientOSError",),
        "aiohttp.ClientConnectorDNSError": ("aiohttp.ClientConnectorError",),
        "aiohttp.ClientProxyConnectionError": ("aiohttp.ClientConnectorError",),
        "aiohttp.ClientSSLError": ("aiohttp.ClientConnectorError",),
        "aiohttp.ClientConnectorSSLError": ("aiohttp.ClientSSLError", "ssl.SSLError"),
        "aiohttp.ClientConnectorCertificateError": ("aiohttp.ClientSSLError", "ssl.SSLCertVerificationError"),
        "aiohttp.ServerConnectionError": ("aiohttp.ClientConnectionError",),
        "aiohttp.ServerDisconnectedError": ("aiohttp.ServerConnectionError",),
        "aiohttp.ServerFingerprintMismatch": ("aiohttp.ServerConnectionError",),
        "aiohttp.ServerTimeoutError": ("aiohttp.ServerConnectionError", "builtins.TimeoutError"),
        "aiohttp.ConnectionTimeoutError": ("aiohttp.ServerTimeoutError",),
        "aiohttp.SocketTimeoutError": ("aiohttp.ServerTimeoutError",),
    },
    rejects=("aiohttp.ClientResponseError",),
    unavailable=(
        "aiohttp.ClientConnectorError",
        "aiohttp.ServerDisconnectedError",
        "aiohttp.ServerTimeoutError",
        "aiohttp.ClientPayloadError",
        "builtins.TimeoutError",
    ),
    idempotent=("put", "delete"),
)
"""What the gate knows of aiohttp."""
