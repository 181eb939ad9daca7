"""Regular expressions that are compiled when they are first used: a run needs few, and all take longer than git."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast

_METHODS = ("match", "search", "fullmatch", "finditer", "findall", "sub", "split")


class _Uncompiled:
    __slots__ = (*_METHODS, "_flags", "_text")

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - what a pattern has
        compiled = re.compile(self._text, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, made when it is first asked for something.

    Args:
        text, flags: as of `re.compile`; a mistake in them shows with the first use.
    """
    return cast("re.Pattern[AnyStr]", _Uncompiled(text, flags))
