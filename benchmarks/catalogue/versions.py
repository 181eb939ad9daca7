"""Deadlines that a version has brought: does what is installed wait as long as the catalogue says of its version?"""

from __future__ import annotations

import importlib.metadata
import inspect
from collections.abc import Callable

from finding import exists, find

from quality_gate_checkers.dependencies import Catalogue, Since
from quality_gate_checkers.pins import Pin


def versions(facts: Catalogue) -> dict[Since, float]:
    """Every version that brought a deadline, and its seconds."""
    deadlines = (call.deadline for library in facts.libraries for call in library.calls)
    return {one.since: one.default for one in deadlines if one and one.since and one.default is not None}


def _asked_of_psycopg() -> float | None:
    for holder in ("psycopg.conninfo", "psycopg.Connection"):
        if exists(f"{holder}._DEFAULT_CONNECT_TIMEOUT"):
            return float(find(f"{holder}._DEFAULT_CONNECT_TIMEOUT"))
    return None


def _asked_of_redis() -> float | None:
    """What its clients have when nothing is given; all of them must agree."""
    made = [find(f"redis{kind}.{one}") for kind in ("", ".asyncio") for one in ("Redis", "from_url")]
    clients = [one("redis://localhost") if inspect.isroutine(one) else one() for one in made]
    seconds = {client.connection_pool.make_connection().socket_timeout for client in clients}
    return seconds.pop() if len(seconds) == 1 else -1


BY_ITSELF: dict[str, Callable[[], float | None]] = {"psycopg": _asked_of_psycopg, "redis": _asked_of_redis}
"""Package -> the seconds that the installed version waits without being told."""

INSTALLED_AS = {"psycopg": "psycopg[binary]"}


def check_versions(facts: Catalogue) -> bool:
    """Whether what is installed waits as long as the catalogue says of its version; prints what it saw."""
    right = True
    for since, seconds in versions(facts).items():
        installed = importlib.metadata.version(since.package)
        said = None if Pin(installed).is_before(since.version) else seconds
        real = BY_ITSELF[since.package]()
        right = right and real == said
        verdict = "right" if real == said else "wrong"
        print(
            f"{verdict}: {since.package} {installed} waits {real} s, the catalogue says {said} (since {since.version})"
        )
    return right
