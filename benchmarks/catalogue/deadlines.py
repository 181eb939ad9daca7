"""Are arguments and seconds of deadlines what the signatures say, or what a client has that was given nothing?"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from finding import Missing, Unseen, aws_client, find
from signatures import parameters_of
from tally import Tally

from quality_gate_checkers.dependencies import Catalogue, Deadline

KEYWORD_ONLY_SINCE_3_12 = frozenset({"ftplib.FTP_TLS", "smtplib.SMTP_SSL", "http.client.HTTPSConnection"})
"""Deadlines that Python 3.11 also takes as the sixth argument or later."""


def check_deadline(tally: Tally, name: str, found: Any, deadline: Deadline, facts: Catalogue) -> None:
    if deadline.keyword and not name.endswith(".*"):
        _check_argument(tally, name, found, deadline)
    if deadline.on_client is not None:
        _check_client(tally, name, deadline, facts)
    special = DEFAULTS.get(tally.library.name)
    if special is not None and deadline.default is not None and name not in special.elsewhere:
        _check_special(tally, name, special, deadline)


def _check_special(tally: Tally, name: str, special: Special, deadline: Deadline) -> None:
    try:
        real = special.seconds()
    except (Missing, Unseen) as error:
        tally.miss(name, f"its {deadline.default} s are not to be seen: {error}")
    else:
        tally.judge(real == deadline.default, f"{name}: waits {real} s by default, not {deadline.default}")


def _check_argument(tally: Tally, name: str, found: Any, deadline: Deadline) -> None:
    parameters = parameters_of(name, found)
    if parameters is None:
        tally.miss(name, "has no signature to look at")
        return
    parameter = parameters.get(deadline.keyword)
    if parameter is None:
        _check_hidden(tally, name, parameters, deadline.keyword)
        return
    tally.checked += 1
    by_place = [one for one, held in parameters.items() if held.kind is not held.KEYWORD_ONLY]
    place = by_place.index(deadline.keyword) if deadline.keyword in by_place else None
    if name not in KEYWORD_ONLY_SINCE_3_12 and parameter.kind is not parameter.VAR_KEYWORD:
        before = [held for held in parameters.values() if held.kind is held.VAR_POSITIONAL]
        place = None if before else place
        tally.judge(place == deadline.position, f"{name}: `{deadline.keyword}` is at {place}, not {deadline.position}")
    _check_seconds(tally, name, parameter.default, deadline)


def _check_hidden(tally: Tally, name: str, parameters: dict[str, inspect.Parameter], keyword: str) -> None:
    """What goes through `**kwargs` is looked for in the function that they are handed to."""
    if not any(one.kind is one.VAR_KEYWORD for one in parameters.values()):
        tally.wrong.append(f"{name}: has no argument `{keyword}`")
    elif any(keyword in (parameters_of(to, find(to)) or ()) for to in HANDED_ON.get(tally.library.name, ())):
        tally.checked += 1
    else:
        tally.miss(name, f"`{keyword}` goes through **kwargs")


HANDED_ON = {
    "asyncpg": ("asyncpg.connect",),
    "aiohttp": ("aiohttp.ClientSession._request",),
    "redis": ("redis.Redis",),
    "requests": ("requests.Session.request", "requests.adapters.HTTPAdapter.send"),
    "urllib3": ("urllib3.HTTPConnectionPool", "urllib3.HTTPConnectionPool.urlopen"),
    "subprocess": ("subprocess.call",),
}
"""Library -> the functions that get what its other functions take as `**kwargs`."""


def _check_client(tally: Tally, name: str, deadline: Deadline, facts: Catalogue) -> None:
    """The argument must be one of the class's constructor or of a function that makes the class."""
    holder = name.rpartition(".")[0]
    makers = [factory for factory, made in tally.library.factories.items() if _makes(made, holder)]
    hidden: dict[str, inspect.Parameter] = {}
    for maker in (holder, *makers):
        try:
            parameters = parameters_of(maker, find(maker))
        except (Missing, Unseen):
            continue
        if parameters is None:
            continue
        parameter = parameters.get(str(deadline.on_client))
        if parameter is not None:
            tally.checked += 1
            _check_seconds(tally, maker, parameter.default, deadline)
            return
        hidden |= parameters
    _check_hidden(tally, holder, hidden, str(deadline.on_client))


def _makes(made: str, holder: str) -> bool:
    return made == holder or ("{0}" in made and holder.startswith(made.partition("{0}")[0]))


def _check_seconds(tally: Tally, name: str, default: object, deadline: Deadline) -> None:
    """A number in the signature must be ours; negative ones, None and sentinels mean something else."""
    if isinstance(default, int | float) and not isinstance(default, bool) and default > 0:
        tally.judge(default == deadline.default, f"{name}: waits {default} s by default, not {deadline.default}")


@dataclass(frozen=True)
class Special:
    """Where a library keeps the seconds that no signature shows.

    Args:
        seconds: reads them.
        elsewhere: calls with a default of their own, which their signature shows.
    """

    seconds: Callable[[], float | None]
    elsewhere: frozenset[str] = frozenset()


def _elastic() -> float | None:
    seconds: float | None = find("elastic_transport.NodeConfig")("http", "localhost", 9200).request_timeout
    return seconds


DEFAULTS = {
    "aiohttp": Special(lambda: find("aiohttp.client.DEFAULT_TIMEOUT").total),
    "boto3": Special(lambda: aws_client("sqs").meta.config.read_timeout),
    "elasticsearch": Special(_elastic, frozenset({"elasticsearch.helpers.scan"})),
    "httpx": Special(lambda: find("httpx.Client")().timeout.read),
    "stripe": Special(lambda: find("stripe.RequestsClient")()._timeout),
}
