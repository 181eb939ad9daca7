"""Counters for our dashboards."""

from __future__ import annotations

import httpx


class Telemetry:
    """Counts what happens, on the collector that runs beside the service."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(base_url=url, transport=transport, timeout=None)

    def count(self, name: str, amount: int = 1) -> None:
        """Add to a counter. A payment never fails because it could not be counted."""
        try:
            self._http.post("/count", json={"name": name, "amount": amount})
        # quality-gate: allow[silent-failure] reason="telemetry only, PAY-812" until=2027-06-30
        except httpx.HTTPError:
            pass

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()
