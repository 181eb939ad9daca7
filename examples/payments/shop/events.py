"""Order events for the warehouse and for accounting, over SQS."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shop.orders import Order

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

log = logging.getLogger(__name__)

BATCH = 10
"""SQS takes no more than ten messages at a time."""


def connect(region: str) -> SQSClient:
    """An SQS client. boto3 is imported here: only the deployed service has it."""
    import boto3

    return boto3.client("sqs", region_name=region)


class OrderEvents:
    """Tells everybody else what happened to an order."""

    def __init__(self, sqs: SQSClient, queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url

    def publish(self, orders: Sequence[Order]) -> None:
        """Publish the current state of orders, ten at a time."""
        for start in range(0, len(orders), BATCH):
            entries = [_entry(order) for order in orders[start : start + BATCH]]
            self._sqs.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        log.info("published the state of %d orders", len(orders))


def _entry(order: Order) -> SendMessageBatchRequestEntryTypeDef:
    body = {"order": order.id, "state": order.state.value, "reference": order.bank_reference}
    return {"Id": order.id, "MessageBody": json.dumps(body)}
