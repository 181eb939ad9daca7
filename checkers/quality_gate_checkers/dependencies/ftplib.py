"""ftplib: the socket's default deadline, which is none."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_CLIENTS = ("ftplib.FTP", "ftplib.FTP_TLS")


def _on_clients(*methods: str) -> tuple[str, ...]:
    return tuple(f"{client}.{method}" for client in _CLIENTS for method in methods)


LIBRARY = Library(
    name="ftplib",
    kind="socket",
    modules=("ftplib",),
    source="https://docs.python.org/3/library/ftplib.html",
    calls=(
        Call(names=("ftplib.FTP",), deadline=Deadline(keyword="timeout", position=4)),
        Call(names=("ftplib.FTP_TLS",), deadline=Deadline(keyword="timeout")),
        Call(
            names=_on_clients("connect"),
            deadline=Deadline(keyword="timeout", position=2, on_client="timeout"),
        ),
        Call(
            names=_on_clients("cwd", "dir", "login", "mlsd", "nlst", "pwd", "quit", "retrbinary", "retrlines", "size")
        ),
        Call(names=_on_clients("delete", "mkd", "rename", "rmd", "storbinary", "storlines"), effect="write"),
        Call(names=_on_clients("sendcmd", "transfercmd", "voidcmd"), effect="depends"),
        Call(names=("ftplib.FTP_TLS.auth", "ftplib.FTP_TLS.prot_p")),
    ),
    factories={client: client for client in _CLIENTS},
    exceptions={
        "ftplib.Error": ("builtins.Exception",),
        "ftplib.error_reply": ("ftplib.Error",),
        "ftplib.error_temp": ("ftplib.Error",),
        "ftplib.error_perm": ("ftplib.Error",),
        "ftplib.error_proto": ("ftplib.Error",),
    },
    rejects=("ftplib.error_perm", "ftplib.error_temp"),
    unavailable=(
        "ftplib.error_reply",
        "ftplib.error_proto",
        "builtins.EOFError",
        "builtins.TimeoutError",
        "builtins.ConnectionRefusedError",
        "builtins.OSError",
    ),
    idempotent=("delete", "mkd", "rename", "rmd"),
)
"""What the gate knows of ftplib."""
