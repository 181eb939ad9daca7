"""Stripe: 80 seconds by default; a call that failed after sending may have taken the money all the same."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_EIGHTY = Deadline(keyword="", default=80.0)
_RESOURCES = {
    "Account": "create retrieve modify delete list",
    "Balance": "retrieve",
    "BalanceTransaction": "retrieve list",
    "Charge": "create retrieve modify list search capture",
    "Coupon": "create retrieve modify delete list",
    "Customer": "create retrieve modify delete list search",
    "Dispute": "retrieve modify list close",
    "Event": "retrieve list",
    "Invoice": "create retrieve modify delete list search finalize_invoice pay send_invoice void_invoice",
    "InvoiceItem": "create retrieve modify delete list",
    "PaymentIntent": "create retrieve modify list search cancel capture confirm",
    "PaymentLink": "create retrieve modify list",
    "PaymentMethod": "create retrieve modify list attach detach",
    "Payout": "create retrieve modify list cancel reverse",
    "Price": "create retrieve modify list search",
    "Product": "create retrieve modify delete list search",
    "Refund": "create retrieve modify list cancel",
    "SetupIntent": "create retrieve modify list cancel confirm",
    "Subscription": "create retrieve modify list search cancel resume",
    "SubscriptionItem": "create retrieve modify delete list",
    "Token": "create retrieve",
    "Transfer": "create retrieve modify list",
    "WebhookEndpoint": "create retrieve modify delete list",
    "billing_portal.Session": "create",
    "checkout.Session": "create retrieve list expire",
}
_READING = frozenset({"retrieve", "list", "search"})


def _methods(reading: bool) -> tuple[str, ...]:
    return tuple(
        f"stripe.{resource}.{method}{suffix}"
        for resource, methods in _RESOURCES.items()
        for method in methods.split()
        for suffix in ("", "_async")
        if (method in _READING) is reading
    )


def _named(name: str) -> str:
    return f"stripe.{name}"


_BASE = _named("StripeError")
_PARAMETER = "stripe.StripeErrorWithParamCode"

LIBRARY = Library(
    name="stripe",
    kind="http",
    modules=("stripe",),
    source="https://docs.stripe.com/api/errors?lang=python",
    calls=(
        Call(names=_methods(reading=True), deadline=_EIGHTY),
        Call(names=_methods(reading=False), effect="write", deadline=_EIGHTY),
    ),
    aliases={"stripe.error": "stripe"},
    factories={
        f"stripe.{resource}.{method}": f"stripe.{resource}"
        for resource, methods in _RESOURCES.items()
        for method in methods.split()
        if method in ("create", "retrieve", "modify")
    },
    exceptions={
        _BASE: ("builtins.Exception",),
        _PARAMETER: (_BASE,),
        _named("APIError"): (_BASE,),
        _named("APIConnectionError"): (_BASE,),
        _named("AuthenticationError"): (_BASE,),
        _named("PermissionError"): (_BASE,),
        _named("IdempotencyError"): (_BASE,),
        _named("RateLimitError"): (_BASE,),
        _named("SignatureVerificationError"): (_BASE,),
        _named("CardError"): (_PARAMETER,),
        _named("InvalidRequestError"): (_PARAMETER,),
    },
    rejects=(
        _named("CardError"),
        _named("InvalidRequestError"),
        _named("AuthenticationError"),
        _named("IdempotencyError"),
    ),
    unavailable=(_named("APIConnectionError"), _named("APIError"), _named("RateLimitError")),
    idempotent=(
        "cancel",
        "cancel_async",
        "delete",
        "delete_async",
        "detach",
        "detach_async",
        "expire",
        "expire_async",
        "modify",
        "modify_async",
        "void_invoice",
        "void_invoice_async",
    ),
)
"""What the gate knows of Stripe."""
