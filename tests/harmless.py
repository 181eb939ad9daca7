"""What holds for every output of ours: no runner and no terminal obeys anything in it."""

from __future__ import annotations

import re


def assert_harmless(text: str) -> None:
    """Every line prints, none begins a command of a runner, none holds one that is read anywhere in a line."""
    text.encode("utf-8")
    for line in text.split("\n"):
        assert line.isprintable(), ascii(line)
        assert not line.lstrip().startswith("::"), line
        assert not re.search(r"##(vso|teamcity)?\[", line), line
