"""Calls that do something once more when they are made once more, as far as their text tells."""

from __future__ import annotations

import re

from quality_gate.codebase.graph import Codebase, ExternalCall, Mark
from quality_gate.project_rules.linked._chains import Chain, short
from quality_gate.project_rules.linked._outside import MAIL
from quality_gate_checkers.dependencies import Fallible, catalogue, lookup
from quality_gate_checkers.settings import Settings

_MONEY = ("Charge", "PaymentIntent", "Refund", "Transfer", "Payout", "Invoice", "InvoiceItem", "Subscription")
_NAMED = frozenset(
    {
        *MAIL,
        *(f"stripe.{resource}.create{suffix}" for resource in _MONEY for suffix in ("", "_async")),
        *(
            f"smtplib.{client}.{method}"
            for client in ("SMTP", "SMTP_SSL", "LMTP")
            for method in ("sendmail", "send_message")
        ),
    }
)
_CLOUD = (
    ".sqs.send_message",
    ".sns.publish",
    ".ses.send_email",
    ".ses.send_raw_email",
    ".sesv2.send_email",
    ".sns.Topic.publish",
    ".sqs.Queue.send_message",
)
_DOES = frozenset(
    {
        "charge", "charges", "pay", "payment", "payments", "payout", "payouts", "refund", "refunds", "transfer",
        "transfers", "capture", "debit", "withdraw", "order", "orders", "book", "booking", "bookings",
        "purchase", "invoice", "invoices", "buy", "checkout", "send", "sends", "sender", "sending", "sms",
        "mail", "email", "emails", "message", "messages", "notify", "notification", "notifications", "push",
        "publish", "create", "creates", "submit", "place", "register", "registration", "subscribe", "donate",
        "issue", "ticket", "tickets", "alert", "alerts", "comment", "comments",
    }
)  # fmt: skip
"""Words of calls after which something has been paid, ordered, said or made."""

_ASKS = frozenset(
    {
        "search", "query", "queries", "graphql", "token", "tokens", "auth", "login", "oauth", "session", "get",
        "fetch", "list", "find", "lookup", "check", "validate", "validation", "verify", "status", "read",
        "download", "embed", "embedding", "embeddings", "complete", "completion", "completions", "chat",
        "generate", "generation", "translate", "predict", "prediction", "infer", "inference", "classify",
        "convert", "render", "parse", "analyze", "analyse", "preview", "rpc", "refresh", "introspect", "count",
        "scan", "detect", "ocr", "rerank", "calculate", "quote", "quotes", "estimate", "rate", "rates",
        "export", "report", "reports", "update", "upsert", "set", "sync", "put", "webhook", "webhooks", "hook",
        "hooks", "event", "events", "metrics", "telemetry", "log", "logs", "ping", "health", "connect",
        "authenticate", "authorize", "resolve", "geocode", "prompt", "model", "models", "batch", "query_points",
        "load",
    }
)  # fmt: skip
"""Words of calls that may be made twice: they ask, they set, or the other side expects doubles."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_BEFORE_IT_WAS_SENT = frozenset(
    {"ConnectTimeout", "ConnectTimeoutError", "ConnectError", "PoolTimeout", "ConnectionRefusedError", "gaierror"}
)
"""Failures after which the other side has certainly heard nothing; so are those that say no."""


def is_mail(name: str, settings: Settings) -> bool:
    """Whether a call sends a mail: mail servers and services know no key for a second attempt."""
    known = lookup(name, settings)
    return name in MAIL or (known is not None and (known.kind == "mail" or ".ses" in known.name))


class Doubles:
    """What the modules of a codebase say of their requests.

    Args:
        settings: the project's.
    """

    def __init__(self, codebase: Codebase, settings: Settings) -> None:
        self._codebase = codebase
        self._settings = settings
        self._requests = codebase.marks("request")
        self._once_only = codebase.marks("once-only")

    def is_double(self, call: ExternalCall) -> bool:
        """Whether making a call a second time does its work a second time."""
        if call.name in _NAMED:
            return True
        known = lookup(call.name, self._settings)
        if known is None:
            return False
        if known.name in _NAMED or (known.kind == "cloud" and known.name.endswith(_CLOUD)):
            return True
        return known.kind == "http" and self._is_posted(call)

    def _is_posted(self, call: ExternalCall) -> bool:
        mark = self._request(call)
        if mark is None or mark.detail != "POST":
            return False
        said = {*mark.names, *_words(short(self._codebase, call.caller))}
        return bool(said & _DOES) and not said & _ASKS

    def _request(self, call: ExternalCall) -> Mark | None:
        held = self._requests.get(call.caller, ())
        return next((mark for mark in held if mark.first == call.line and mark.column == call.column), None)

    def known_once(self, chain: Chain) -> bool:
        """Whether a module on the way knows of keys that make doubles harmless."""
        return any(self._once_only.get(self._module(path)) for path in {link.path for link in chain})

    def _module(self, path: str) -> str:
        return next((found.name for found in self._codebase.definitions_in(path)), "")

    def unanswered(self, name: str) -> tuple[str, ...]:
        """The failures of a call after which nobody knows whether the other side has done it."""
        known = lookup(name, self._settings)
        if known is None:
            return ("builtins.OSError",)
        return tuple(found for found in _unavailable(known) if not before_it_was_sent(found))


def before_it_was_sent(exception: str) -> bool:
    """Whether an exception, by its dotted name, says that nothing has reached the other side."""
    return exception.rpartition(".")[2] in _BEFORE_IT_WAS_SENT


def _unavailable(known: Fallible) -> tuple[str, ...]:
    for library in catalogue().libraries:
        if library.name == known.dependency:
            return library.unavailable
    return known.raises


def _words(name: str) -> set[str]:
    """`BillingClient.sendInvoice_now` -> billing client send invoice now."""
    return {word.lower() for word in _WORD.findall(name)}
