"""What a finding is known by when its lines move: in the baseline, in SARIF and in every other format."""

from __future__ import annotations

from _blake2 import blake2b  # not through hashlib: see store.py


def fingerprint(code: str, path: str, function: str | None, text: str, ordinal: int) -> str:
    """An identity that survives moved and re-indented lines.

    Args:
        code: the rule's code.
        path: relative to the project's root.
        function: qualified name of the enclosing function or class, None for module code.
        text: the source of the finding's first line; white space is folded here.
        ordinal: counts findings that are otherwise equal, from 0, in source order.
    """
    return _digest(10, code, path, function or "", " ".join(text.split()), str(ordinal))


def essence(code: str, text: str, ordinal: int) -> str:
    """A fingerprint without path and function; see `fingerprint` for the arguments."""
    return _digest(8, code, " ".join(text.split()), str(ordinal))


def _digest(size: int, *parts: str) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "backslashreplace"), digest_size=size).hexdigest()
