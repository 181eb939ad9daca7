"""Words that name what a business depends on: money, orders, who may come in. Data, and how a name is read for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec


class Theme(msgspec.Struct, frozen=True):
    """One thing that businesses depend on.

    Args:
        name: of the critical path that is proposed for it.
        why: what a failure costs, as the path's `why`.
        words: parts of names that speak of it, in the singular.
        weight: how much more it matters than another theme whose code looks alike.
        acts: where a word alone may mean anything: what a function has to do besides, as its own name says.
    """

    name: str
    why: str
    words: frozenset[str]
    weight: int
    acts: frozenset[str] = frozenset()

    def speaks_of(self, own: Sequence[str], around: Sequence[str]) -> bool:
        """Whether a function may be about it.

        Args:
            own: words of its name. around: words of what it stands in and of what it answers.
        """
        said = not self.words.isdisjoint(own) or not self.words.isdisjoint(around)
        return said and (not self.acts or not self.acts.isdisjoint(own))


THEMES = (
    Theme(
        "payments",
        "Money moves here: a wrong state is a refund and a lost customer.",
        frozenset({"pay", "payment", "charge", "refund", "payout", "settlement", "chargeback", "wallet", "withdrawal"}),
        4,
    ),
    Theme(
        "orders",
        "Customers buy here: an order that is lost, or placed twice, is paid for by us.",
        frozenset({"order", "checkout", "basket", "cart", "purchase", "booking", "reservation"}),
        3,
    ),
    Theme(
        "billing",
        "What a customer owes is made here: a wrong amount goes out under our name.",
        frozenset({"invoice", "billing", "bill", "subscription", "vat", "pricing"}),
        3,
    ),
    Theme(
        "sign-in",
        "Who may come in is decided here: a mistake locks customers out or lets strangers in.",
        frozenset(
            {"login", "signin", "authenticate", "auth", "password", "oauth", "sso", "saml", "mfa", "otp", "totp"}
        ),
        2,
    ),
    Theme(
        "stock",
        "What can be sold and sent is decided here: a wrong number is an order that nobody can fill.",
        frozenset({"stock", "inventory", "shipment", "shipping", "fulfilment", "fulfillment"}),
        2,
    ),
    Theme(
        "messages",
        "People are told here: a message that is lost, or sent twice, is noticed by those who waited for it.",
        frozenset({"notification", "notify", "sms", "email", "letter", "webhook", "alert"}),
        0,
        frozenset({"send", "notify", "deliver", "receive", "dispatch"}),
    ),
)

ACTS = frozenset(
    {
        "accept", "activate", "approve", "authenticate", "authorize", "book", "buy", "calculate", "cancel", "capture",
        "change", "charge", "checkout", "complete", "confirm", "create", "credit", "debit", "deliver", "dispatch",
        "execute", "finish", "handle", "issue", "login", "notify", "pay", "ping", "place", "post", "process",
        "purchase", "receive", "refund", "renew", "reserve", "reset", "run", "save", "send", "settle", "ship", "sign",
        "start", "submit", "transfer", "update", "upgrade", "verify", "withdraw",
    }
)  # fmt: skip
"""First words of functions that do something."""

SHOWS = frozenset(
    {
        "as", "can", "check", "count", "describe", "export", "fetch", "filter", "find", "format", "get", "has", "help",
        "is", "iter", "list", "load", "make", "parse", "prepare", "print", "read", "render", "repr", "search",
        "serialize", "show", "test", "to", "view",
    }
)  # fmt: skip
"""First words of functions that look, tell or prepare: a failure in them is seen and tried again."""

_OTHERWISE = re.compile(
    r"order_?by|order_of|(?:any|byte|call|column|display|field|first|higher|in|key|list|nth|second|sort|total|z)_?order"
    r"|reorder|email_?field"
)
"""Names in which a word of a theme means something else."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN = re.compile(r"[\W\d_]+")


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in the singular: `refundOrders`, `refund_orders` -> refund, order."""
    plain = _OTHERWISE.sub("_", _HUMP.sub("_", name).lower())
    return tuple(_singular(word) for word in _BETWEEN.split(plain) if word)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def pattern() -> re.Pattern[bytes]:
    """Finds lines of source that name something by a word of a theme, or hang it on a route or queue."""
    words = "|".join(sorted({word for theme in THEMES for word in theme.words})).encode()
    return re.compile(
        rb"^[ \t]*(?:(?:async def|def|class)[ \t]+\w*(?:" + words + rb")"
        rb"|@[\w.]+\.(?:route|get|post|put|patch|delete|task)\b|(?:re_)?path\()",
        re.MULTILINE | re.IGNORECASE,
    )
