"""A project whose main branch has a policy, and what the gate says of a change to it, in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from git_scratch import Scratch
from quality_gate.cli import run

POLICY = """\
[tool.quality-gate]

[tool.quality-gate.practices]
static-analysis = "enforce"

[tool.quality-gate.critical-paths.payments]
why = "Money."
owner = "@shop/payments"
entry = ["shop.pay:charge"]
include = ["shop/money/**"]
line = 90
"""
PAY = "from shop.money.sums import total\n\n\ndef charge(order):\n    return total(order)\n"
FILES: dict[str, str | bytes] = {
    "pyproject.toml": POLICY,
    "shop/__init__.py": "",
    "shop/pay.py": PAY,
    "shop/money/__init__.py": "",
    "shop/money/sums.py": "def total(order):\n    found = sum(order)\n    return found\n",
    ".gitignore": ".quality-gate/\n",
}


class Told(NamedTuple):
    """What the gate says.

    Args:
        policy: the outcome of the policy; empty where nothing is said of it. reason: its reason.
        relaxed: messages of `policy-relaxed`, those that only warn in round brackets.
        document: the whole report.
    """

    code: int
    policy: str
    reason: str
    relaxed: list[str]
    document: dict[str, object]


class Project(Scratch):
    """A repository; `told` is what the gate says of what is checked out."""

    def __init__(
        self, folder: Path, ask: Callable[[Path, tuple[str, ...]], tuple[int, str]], *, init: bool = True
    ) -> None:
        super().__init__(folder, init=init)
        self.ask = ask

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace text in a file, and commit it."""
        text = (self.folder / path).read_text()
        assert old in text
        self.commit({path: text.replace(old, new)})

    def told(self, *arguments: str, below: str = ".") -> Told:
        code, out = self.ask(self.folder / below, ("check", "--stage", "ci", "--format", "json", *arguments))
        document = json.loads(out)
        verdict = next((one for one in document["verdicts"] if one["practice"] == "policy"), None)
        if verdict is None:
            return Told(code, "", "", [], document)
        relaxed = [
            one["message"] if one["severity"] == "error" else f"({one['message']})" for one in verdict["findings"]
        ]
        return Told(code, verdict["outcome"], verdict["reason"], relaxed, document)


def asking(
    capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Path, tuple[str, ...]], tuple[int, str]]:
    """The command, in this process: quicker than in one of its own."""

    def ask(folder: Path, arguments: tuple[str, ...]) -> tuple[int, str]:
        monkeypatch.chdir(folder)
        capsysbinary.readouterr()
        code = run(list(arguments))
        captured = capsysbinary.readouterr()
        assert captured.out, captured.err.decode()
        return code, captured.out.decode()

    return ask
