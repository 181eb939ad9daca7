"""Row 30: sources made to keep the rules busy. What a rule asks about one call must not walk the file again.

Ratios to the parser in the same run: machines are noisy, and a rule that grows with the square of the file shows up in
the hundreds.
"""

from __future__ import annotations

import ast
import time

import pytest

from quality_gate_checkers.catalog import catalog
from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.settings import Settings

MANY = 2_000
MOST = 100
"""Times the parser's own time."""


def lines(*texts: str, times: int = MANY) -> str:
    """Lines repeated; `§` in them is a number."""
    return "\n".join(text.replace("§", str(number)) for number in range(times) for text in texts) + "\n"


LOOP = (
    "    for retry in range(9):",
    "        try:",
    "            return c.get('/')",
    "        except httpx.HTTPError:",
    "            pass",
)
CALLS = "".join(
    f"async def f{number}(x):\n" + "".join(f"    await f{(number + step) % 60}(x)\n" for step in range(60))
    for number in range(60)
)

SOURCES = {
    "handlers": "import requests\ndef f():\n"
    + lines("    try:", "        requests.get('/')", "    except OSError:", "        log.debug(§)"),
    "buffers": lines("x§ = []") + "def f(request, k):\n" + lines("    x§.append(k)"),
    "one buffer": "x = []\ndef f(k):\n" + lines("    x.append(k)"),
    "clients": "import boto3\ndef f():\n" + lines("    c§ = boto3.client('s3')") + lines("    f()"),
    "functions of one name": "import boto3\n" + lines("def f():", "    return boto3.client('s3')", "f()"),
    "locks": "def f(l):\n" + lines("    l§.acquire()") + "    g()\n" + lines("    l§.release()"),
    "one lock": "def f(l):\n" + lines("    l.acquire()", "    g()", "    l.release()"),
    "gathered": "import asyncio\nasync def f(xs):\n    t = []\n"
    + lines("    for x in xs:", "        t.append(g(x))", "    await asyncio.gather(*t)"),
    "calls in circles": f"import asyncio\n{CALLS}async def m(xs):\n    await asyncio.gather(*(f1(x) for x in xs))\n",
    "retries": "import httpx\ndef f(c: httpx.Client):\n" + lines(*LOOP, times=MANY // 3),
    "waits": "import subprocess\ndef f():\n" + lines("    subprocess.run(x)") + "def g(request):\n" + lines("    f()"),
    "names": "import requests\n" + lines("s = requests.Session()", "s.get('/')"),
    "comments": lines("x = §  # noqa: QG101", "y = §  # type: ignore"),
    "tests": "import time\n" + lines("def test_§():", "    time.sleep(§)", "    assert x"),
    "helpers of tests": lines("def check_§(x):", "    check_0(x)") + lines("def test_§():", "    check_§(1)"),
    "state of tests": "import shop\n" + lines("def test_§():", "    shop.limit = §", "    assert shop.limit"),
}


@pytest.mark.parametrize("path", ["shop/views/pay.py", "tests/test_pay.py"])
@pytest.mark.parametrize("name", SOURCES)
def test_rules_take_no_more_than_many_times_what_the_parser_does(name: str, path: str) -> None:
    content = SOURCES[name].encode()
    catalog()
    began = time.process_time()
    ast.parse(content)
    parsed = time.process_time()
    found = inspect(path, content, Settings())
    took = time.process_time() - parsed
    assert found.fault is None
    assert took < MOST * (parsed - began) + 0.5
