"""One file that breaks a rule of severity error, and the same mended."""

from __future__ import annotations

BROKEN = """\
import requests


def publish(event):
    requests.post("https://events.example", json=event)
"""

FOUND = "5:5  QG201"
"""Place and code of its one finding, as the text format shows them."""

LINE, CODE, NAME = 5, "QG201", "call-without-deadline"

AGAIN = BROKEN.replace("publish", "again")
"""Put behind the first, its finding is five lines further down."""

FOUND_AGAIN = "10:5  QG201"

CLEAN = BROKEN.replace("json=event", "json=event, timeout=5")

UNPARSABLE = "def pay(:\n"
