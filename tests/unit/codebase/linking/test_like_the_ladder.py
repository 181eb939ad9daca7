"""Where the checkers' ladder and the linker answer the same question, they say the same (decision record 0006)."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from calls import linked
from quality_gate_checkers.dependencies import catalogue
from quality_gate_checkers.model import Module, parse
from quality_gate_checkers.settings import Settings


@pytest.mark.parametrize(
    "source",
    [
        "import requests\ndef f():\n    requests.get('x')",
        "import requests as r\ndef f():\n    r.Session().post('x')",
        "from requests import Session\ndef f(s: Session):\n    s.get('x')",
        "from requests import Session\ndef f(s: 'Session | None'):\n    s.get('x')",
        "import typing, httpx\ndef f(c: typing.Optional[httpx.Client]):\n    c.get('x')",
        "import requests\ndef f():\n    with requests.Session() as s:\n        s.get('x')",
        "import redis\nclass C:\n    def __init__(self):\n        self.r = redis.Redis()\n    def f(self):\n        self.r.get('x')",
        "import redis\nclass C:\n    def __init__(self, r: redis.Redis):\n        self.r = r\n    def f(self):\n        self.r.get('x')",
        "import boto3\ndef f():\n    boto3.client('sqs').send_message()",
        "import boto3\ndef f():\n    s = boto3.session.Session()\n    s.client(service_name='s3').put_object()",
        "import smtplib\ndef f(s=smtplib.SMTP()):\n    s.sendmail(1, 2, 3)",
        "import psycopg\ndef f():\n    with psycopg.connect('x') as c:\n        c.execute('x')",
        "import requests\ndef make() -> requests.Session: ...\ndef f():\n    make().get('x')",
        "import time\ndef f():\n    open('x')\n    time.sleep(1)",
        "import httpx\nasync def f():\n    async with httpx.AsyncClient() as c:\n        await c.get('x')",
    ],
    ids=range(15),
)
def test_fallible_calls_have_one_name(source: str) -> None:
    text = dedent(source)
    known = catalogue()
    module = Module("m.py", text, parse(text), Settings(), known.made_by)
    said = {
        (call.lineno, known.canonical(name))
        for call in module.nodes(ast.Call)
        if (name := module.names.callee(call)) is not None and known.fallible(name) is not None
    }
    codebase = linked(text)
    found = {(one.line, one.name) for name in codebase.definitions for one in codebase.external_calls(name)}
    assert said
    assert said <= found
