"""Receipts by e-mail."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

from shop.orders import Order


class ReceiptNotSent(Exception):
    """The mail server did not take the receipt: send it again later."""


class Receipts:
    """Sends the customer what the tax office wants the customer to have."""

    def __init__(self, host: str, port: int, sender: str) -> None:
        self._host = host
        self._port = port
        self._sender = sender

    def send(self, order: Order) -> None:
        """Hand the receipt of an order to our mail server."""
        message = self.compose(order)
        try:
            with smtplib.SMTP(self._host, self._port) as server:
                server.send_message(message)
        except (smtplib.SMTPException, OSError) as exc:
            raise ReceiptNotSent(f"order {order.id} to {order.email}") from exc

    def compose(self, order: Order) -> EmailMessage:
        """The receipt of an order."""
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = order.email
        message["Subject"] = f"Your receipt for order {order.id}"
        message.set_content(
            f"Thank you for your order.\n\n"
            f"Order      {order.id}\n"
            f"Paid       {order.total}\n"
            f"Reference  {order.bank_reference}\n"
        )
        return message
