"""Linking sources that a test holds in its hands."""

from __future__ import annotations

from collections.abc import Mapping

from quality_gate.codebase.facts_of import facts_of, marks_of_file
from quality_gate.codebase.linked import LinkedCodebase
from quality_gate.evidence.codebase import codebase_of
from quality_gate_checkers.settings import Settings


def link(files: Mapping[str, str], settings: Settings) -> LinkedCodebase:
    """The codebase of some files, by path."""
    contents = {path: source.encode() for path, source in files.items()}
    return codebase_of(
        {path: facts_of(path, content, settings) for path, content in contents.items()},
        settings,
        lambda: {path: marks_of_file(path, content, settings) for path, content in contents.items()},
    )
