"""requests: no deadline unless one is given."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_READS = ("get", "head", "options")
_WRITES = ("post", "put", "patch", "delete")
_BASE = "requests.exceptions.RequestException"
_WAITS = Deadline(keyword="timeout")


def _both(methods: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{holder}.{method}" for holder in ("requests", "requests.Session") for method in methods)


def _named(name: str) -> str:
    return f"requests.exceptions.{name}"


LIBRARY = Library(
    name="requests",
    kind="http",
    modules=("requests",),
    source="https://requests.readthedocs.io/en/latest/api/",
    calls=(
        # An answer of 402 is an answer: who asks it with `raise_for_status` is told.
        Call(names=_both(_READS), deadline=_WAITS, rejects=()),
        Call(names=_both(_WRITES), effect="write", deadline=_WAITS, rejects=()),
        Call(names=("requests.request", "requests.Session.send"), effect="depends", deadline=_WAITS, rejects=()),
        Call(names=("requests.Session.request",), effect="depends", deadline=Deadline(position=8), rejects=()),
        Call(names=("requests.Response.raise_for_status",), rejects=(_named("HTTPError"),), unavailable=()),
        # An answer that nobody can read is no answer: the other side did not say no.
        Call(names=("requests.Response.json",), rejects=(), unavailable=(_named("JSONDecodeError"),)),
    ),
    aliases={
        "requests.api": "requests",
        "requests.sessions.Session": "requests.Session",
        "requests.models.Response": "requests.Response",
        **{
            f"requests.{name}": _named(name)
            for name in (
                "RequestException",
                "ConnectionError",
                "HTTPError",
                "Timeout",
                "ConnectTimeout",
                "ReadTimeout",
                "TooManyRedirects",
                "JSONDecodeError",
                "URLRequired",
            )
        },
    },
    factories={
        "requests.session": "requests.Session",
        **dict.fromkeys(_both((*_READS, *_WRITES, "request")), "requests.Response"),
        "requests.Session.send": "requests.Response",
    },
    exceptions={
        _BASE: ("builtins.OSError",),
        _named("HTTPError"): (_BASE,),
        _named("ConnectionError"): (_BASE,),
        _named("SSLError"): (_named("ConnectionError"),),
        _named("ProxyError"): (_named("ConnectionError"),),
        _named("Timeout"): (_BASE,),
        _named("ConnectTimeout"): (_named("ConnectionError"), _named("Timeout")),
        _named("ReadTimeout"): (_named("Timeout"),),
        _named("URLRequired"): (_BASE,),
        _named("TooManyRedirects"): (_BASE,),
        _named("MissingSchema"): (_BASE, "builtins.ValueError"),
        _named("InvalidSchema"): (_BASE, "builtins.ValueError"),
        _named("InvalidURL"): (_BASE, "builtins.ValueError"),
        _named("InvalidProxyURL"): (_named("InvalidURL"),),
        _named("InvalidHeader"): (_BASE, "builtins.ValueError"),
        _named("InvalidJSONError"): (_BASE,),
        _named("JSONDecodeError"): (_named("InvalidJSONError"), "json.JSONDecodeError"),
        _named("ChunkedEncodingError"): (_BASE,),
        _named("ContentDecodingError"): (_BASE, "urllib3.exceptions.HTTPError"),
        _named("StreamConsumedError"): (_BASE, "builtins.TypeError"),
        _named("RetryError"): (_BASE,),
        _named("UnrewindableBodyError"): (_BASE,),
    },
    rejects=(_named("HTTPError"),),
    unavailable=(
        _named("ConnectionError"),
        _named("ConnectTimeout"),
        _named("ReadTimeout"),
        _named("Timeout"),
        _named("ChunkedEncodingError"),
        _BASE,
    ),
    idempotent=("put", "delete"),
)
"""What the gate knows of requests."""
