"""The project's files as they are now, for comparing them with what evidence was measured on."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from quality_gate.evidence._untrusted import is_plain
from quality_gate.evidence.sources import read_regular
from quality_gate.store import digest
from quality_gate_checkers.model.text import MAXIMUM_BYTES
from quality_gate_recorder.fingerprints import Fingerprint, fingerprints_of, outline_of

_MOST_BYTES = 64 * 1024 * 1024
"""A larger file is not even compared."""


class Present:
    """Files below a project's root; each is read once.

    Args:
        root: absolute.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.content_digest = lru_cache(maxsize=None)(self._content_digest)
        self.fingerprints = lru_cache(maxsize=None)(self._fingerprints)
        self.outline = lru_cache(maxsize=None)(self._outline)

    def content(self, path: str) -> bytes | None:
        """The bytes of a file; None where there is none, it is too large to compare, or the path leads elsewhere."""
        if not is_plain(path):
            return None
        content = read_regular(f"{self._root}/{path}", _MOST_BYTES)
        return None if content is None or len(content) > _MOST_BYTES else content

    def _content_digest(self, path: str) -> bytes | None:
        """Identity of a file's bytes; None where there is none."""
        content = self.content(path)
        return None if content is None else digest(content)

    def _fingerprints(self, path: str) -> dict[str, Fingerprint] | None:
        """Fingerprints of a file's functions; None where it cannot be parsed."""
        content = self.content(path)
        if content is None or len(content) > MAXIMUM_BYTES:
            return None
        try:
            return fingerprints_of(content)
        except ValueError:
            return None

    def parsed_digest(self, path: str) -> bytes | None:
        """Digest of a file as it is parsed; None where there is none."""
        outline = self.outline(path)
        return None if outline is None else outline[0]

    def _outline(self, path: str) -> tuple[bytes, tuple[int, ...]] | None:
        """Digest of a file as it is parsed, and the lines on which anything begins; None where there is none."""
        content = self.content(path)
        return None if content is None else outline_of(content)
