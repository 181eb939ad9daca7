import smtplib

import pytest

from shop.receipts import ReceiptNotSent, Receipts


@pytest.fixture
def receipts():
    return Receipts("mail.test", 25, "shop@example.org")


@pytest.fixture
def outbox(monkeypatch):
    """What the mail server was handed; it refuses nobody@example.org."""
    messages = []

    class MailServer:
        def __init__(self, host, port, **options):
            self.address = (host, port)

        def __enter__(self):
            return self

        def __exit__(self, *exc_info):
            return None

        def send_message(self, message):
            if message["To"] == "nobody@example.org":
                raise smtplib.SMTPRecipientsRefused({message["To"]: (550, b"no such user")})
            messages.append((self.address, message))

    monkeypatch.setattr(smtplib, "SMTP", MailServer)
    return messages


def test_receipt_is_sent_to_the_customer(receipts, outbox, new_order):
    receipts.send(new_order())

    ((address, message),) = outbox
    assert address == ("mail.test", 25)
    assert message["To"] == "ada@example.org"
    assert message["Subject"] == "Your receipt for order A-1"
    assert "12.50 EUR" in message.get_content()


def test_refused_recipient(receipts, outbox, new_order):
    order = new_order()
    order.email = "nobody@example.org"

    with pytest.raises(ReceiptNotSent, match="order A-1 to nobody"):
        receipts.send(order)

    assert outbox == []
