"""smtplib: the socket's default deadline, which is none."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_CLIENTS = ("smtplib.SMTP", "smtplib.SMTP_SSL", "smtplib.LMTP")
_TALK = ("connect", "ehlo", "helo", "starttls", "noop", "verify", "mail", "rcpt")
_SEND = ("sendmail", "send_message", "data")


def _on_clients(methods: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{client}.{method}" for client in _CLIENTS for method in methods)


LIBRARY = Library(
    name="smtplib",
    kind="mail",
    modules=("smtplib",),
    source="https://docs.python.org/3/library/smtplib.html",
    calls=(
        Call(names=("smtplib.SMTP",), deadline=Deadline(keyword="timeout", position=3)),
        Call(names=("smtplib.SMTP_SSL",), deadline=Deadline(keyword="timeout")),
        Call(names=("smtplib.LMTP",), deadline=Deadline(keyword="timeout", position=4)),
        Call(names=_on_clients(_TALK), rejects=("smtplib.SMTPResponseException",)),
        Call(
            names=_on_clients(("login",)),
            rejects=("smtplib.SMTPAuthenticationError", "smtplib.SMTPNotSupportedError"),
        ),
        Call(names=_on_clients(_SEND), effect="write"),
    ),
    factories={client: client for client in _CLIENTS},
    exceptions={
        "smtplib.SMTPException": ("builtins.OSError",),
        "smtplib.SMTPServerDisconnected": ("smtplib.SMTPException",),
        "smtplib.SMTPResponseException": ("smtplib.SMTPException",),
        "smtplib.SMTPSenderRefused": ("smtplib.SMTPResponseException",),
        "smtplib.SMTPRecipientsRefused": ("smtplib.SMTPException",),
        "smtplib.SMTPDataError": ("smtplib.SMTPResponseException",),
        "smtplib.SMTPConnectError": ("smtplib.SMTPResponseException",),
        "smtplib.SMTPHeloError": ("smtplib.SMTPResponseException",),
        "smtplib.SMTPAuthenticationError": ("smtplib.SMTPResponseException",),
        "smtplib.SMTPNotSupportedError": ("smtplib.SMTPException",),
    },
    rejects=(
        "smtplib.SMTPRecipientsRefused",
        "smtplib.SMTPSenderRefused",
        "smtplib.SMTPDataError",
    ),
    unavailable=(
        "smtplib.SMTPServerDisconnected",
        "smtplib.SMTPConnectError",
        "builtins.TimeoutError",
        "builtins.ConnectionRefusedError",
    ),
)
"""What the gate knows of smtplib."""
