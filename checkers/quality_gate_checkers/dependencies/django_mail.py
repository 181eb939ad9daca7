"""Django's mail: smtplib behind it; without the setting EMAIL_TIMEOUT it waits for ever."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Library

_MAIL = "django.core.mail"

LIBRARY = Library(
    name="Django mail",
    kind="mail",
    modules=("django",),
    source="https://docs.djangoproject.com/en/stable/topics/email/",
    calls=(
        Call(
            names=tuple(
                f"{_MAIL}.{name}"
                for name in (
                    "EmailMessage.send",
                    "EmailMultiAlternatives.send",
                    "mail_admins",
                    "mail_managers",
                    "send_mail",
                    "send_mass_mail",
                )
            ),
            effect="write",
        ),
    ),
    aliases={
        f"{_MAIL}.message.EmailMessage": f"{_MAIL}.EmailMessage",
        f"{_MAIL}.message.EmailMultiAlternatives": f"{_MAIL}.EmailMultiAlternatives",
    },
    exceptions={f"{_MAIL}.BadHeaderError": ("builtins.ValueError",)},
    rejects=("smtplib.SMTPRecipientsRefused", "smtplib.SMTPSenderRefused", "smtplib.SMTPDataError"),
    unavailable=(
        "smtplib.SMTPServerDisconnected",
        "smtplib.SMTPConnectError",
        "builtins.TimeoutError",
        "builtins.ConnectionRefusedError",
    ),
)
"""What the gate knows of Django's mail."""
