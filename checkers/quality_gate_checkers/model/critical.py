"""`# quality-gate: critical[payments]` on a definition: the one grammar for everybody who reads it."""

from __future__ import annotations

from quality_gate_checkers.regexes import regex

_COMMENT = regex(r"#\s*quality-gate\s*:\s*critical\b(?!\s+\w+\s+\w)\s*(?P<names>\[[^\]\[#]*\])?")
"""Two words behind it make a sentence of it, which speaks of critical code and declares none."""
WITHOUT_EFFECT = "critical-comment-without-effect"
"""The rule that finds what declares nothing: others ask for what it found by its name."""
_NAME = regex(r"(?!-)[^\s,\x00-\x1f\x7f-\x9f]+")
"""As the configuration takes names of critical paths."""


def critical_names(comment: str) -> tuple[str, ...] | None:
    """The critical paths that a comment names.

    Args:
        comment: from its `#` on.

    Returns:
        None where the comment speaks of no critical path; empty where it does and is malformed: no brackets, nothing
        in them, or a name of several words.
    """
    match = _COMMENT.search(comment)
    if match is None:
        return None
    parts = [part.strip() for part in (match["names"] or "[]")[1:-1].split(",")]
    return tuple(dict.fromkeys(parts)) if all(_NAME.fullmatch(part) for part in parts) else ()
