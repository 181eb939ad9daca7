"""What an exception that a test made happen means, where a failure path stands for several: by its bases too."""

from __future__ import annotations

import pytest

from failure_listing import listed
from quality_gate.codebase.path_failures import _families

(BOTH,) = (
    path
    for path in listed(
        {
            "shop/pay.py": "import httpx\ndef ask():\n    try:\n        httpx.get('x').raise_for_status()\n"
            "    except httpx.HTTPError:\n        return 'unknown'\n"
        }
    )
    if path.kind == "handler call" and "raise_for_status" in path.text
)
GET = [
    path
    for path in listed({"shop/pay.py": "import httpx\ndef ask():\n    return httpx.get('x').json()\n"})
    if path.text == "httpx.get('x')"
]


@pytest.mark.parametrize("name", ["ReadTimeout", "ConnectTimeout", "TimeoutException", "WriteTimeout", "PoolTimeout"])
def test_every_timeout_says_that_nothing_came(name):
    lineage = (f"httpx.{name}", "httpx.TimeoutException", "httpx.TransportError", "httpx.RequestError", "Exception")
    for path in GET:
        assert _families(path, lineage) == {("httpx", "unavailable")}


def test_a_base_of_both_kinds_says_nothing():
    assert BOTH.families >= {("httpx", "rejects")}
    assert _families(BOTH, ("shop.Odd", "Exception", "BaseException")) == frozenset()
    assert _families(BOTH, ("shop.Odd", "OSError", "Exception")) == frozenset()
