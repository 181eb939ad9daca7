"""Modules that know of keys by which the other side tells a second attempt from a second order."""

from __future__ import annotations

from collections.abc import Iterator

from quality_gate.codebase.marks import Marked, marks
from quality_gate_checkers.model import Module

_KEYS = (
    "idempot", "Idempot", "IDEMPOT", "dedup", "Dedup", "DEDUP", "clientToken", "ClientToken", "client_token",
    "ClientRequestToken", "client_request_token", "nonce", "exactly_once", "already_sent", "already_charged",
    "already_paid", "already_processed", "transaction_ref", "request_id", "RequestId", "requestId",
)  # fmt: skip


@marks("once-only", triggers=_KEYS)
def once_only(module: Module) -> Iterator[Marked]:
    """One mark for the whole module, in its module code: somewhere it speaks of idempotency or deduplication."""
    yield Marked(module.tree, next(key for key in _KEYS if key in module.text))
