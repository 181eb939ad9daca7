"""socket, ssl and asyncio's streams: no deadline unless one is set."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library, on_each

_SOCKETS = ("socket.socket", "ssl.SSLSocket")


LIBRARY = Library(
    name="sockets",
    kind="socket",
    modules=("socket", "ssl", "asyncio"),
    source="https://docs.python.org/3/library/socket.html",
    calls=(
        Call(names=("socket.create_connection",), deadline=Deadline(keyword="timeout", position=1)),
        Call(
            names=(
                "socket.getaddrinfo",
                "socket.gethostbyname",
                "socket.gethostbyaddr",
                "socket.gethostbyname_ex",
            )
        ),
        Call(names=on_each(_SOCKETS, "accept", "bind", "connect", "recv", "recv_into", "recvfrom", "recvmsg")),
        Call(names=on_each(_SOCKETS, "send", "sendall", "sendfile", "sendmsg", "sendto"), effect="write"),
        Call(names=("ssl.SSLSocket.do_handshake", "ssl.SSLSocket.read", "ssl.SSLContext.wrap_socket")),
        Call(names=("ssl.SSLSocket.write",), effect="write"),
        Call(names=("ssl.get_server_certificate",), deadline=Deadline(keyword="timeout", position=3)),
        Call(names=("asyncio.open_connection", "asyncio.open_unix_connection")),
        Call(names=on_each(("asyncio.StreamReader",), "read", "readexactly", "readline", "readuntil")),
        Call(names=on_each(("asyncio.StreamWriter",), "drain"), effect="write"),
    ),
    aliases={
        "socket.timeout": "builtins.TimeoutError",
        "socket.error": "builtins.OSError",
        "ssl.CertificateError": "ssl.SSLCertVerificationError",
        "ssl.socket_error": "builtins.OSError",
        "asyncio.TimeoutError": "builtins.TimeoutError",
        "asyncio.exceptions.TimeoutError": "builtins.TimeoutError",
        "asyncio.exceptions.IncompleteReadError": "asyncio.IncompleteReadError",
        "asyncio.exceptions.LimitOverrunError": "asyncio.LimitOverrunError",
        "asyncio.streams.open_connection": "asyncio.open_connection",
        "asyncio.streams.StreamReader": "asyncio.StreamReader",
        "asyncio.streams.StreamWriter": "asyncio.StreamWriter",
        "concurrent.futures.TimeoutError": "builtins.TimeoutError",
    },
    factories={
        "socket.socket": "socket.socket",
        "socket.create_connection": "socket.socket",
        "ssl.create_default_context": "ssl.SSLContext",
        "ssl.SSLContext.wrap_socket": "ssl.SSLSocket",
    },
    exceptions={
        "socket.gaierror": ("builtins.OSError",),
        "socket.herror": ("builtins.OSError",),
        "ssl.SSLError": ("builtins.OSError",),
        "ssl.SSLCertVerificationError": ("ssl.SSLError", "builtins.ValueError"),
        "ssl.SSLEOFError": ("ssl.SSLError",),
        "ssl.SSLSyscallError": ("ssl.SSLError",),
        "ssl.SSLWantReadError": ("ssl.SSLError",),
        "ssl.SSLWantWriteError": ("ssl.SSLError",),
        "ssl.SSLZeroReturnError": ("ssl.SSLError",),
        "asyncio.IncompleteReadError": ("builtins.EOFError",),
        "asyncio.LimitOverrunError": ("builtins.Exception",),
    },
    rejects=("ssl.SSLError",),
    unavailable=(
        "builtins.TimeoutError",
        "builtins.ConnectionRefusedError",
        "builtins.ConnectionResetError",
        "builtins.BrokenPipeError",
        "builtins.OSError",
        "socket.gaierror",
        "asyncio.IncompleteReadError",
    ),
)
"""What the gate knows of sockets."""
