"""The rules of quality-gate, as a library that flake8, pylint and the gate itself share.

pylint users write `load-plugins = ["quality_gate_checkers"]`; flake8 finds the rules through its entry point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pylint.lint import PyLinter

__all__ = ["register"]


def register(linter: PyLinter) -> None:
    """Add one checker per topic to a pylint run, and one per rule that needs inference; pylint calls this by name.

    Args:
        linter: the run that loads the plugin.
    """
    from quality_gate_checkers.hosts.pylint_host import register as register_topics
    from quality_gate_checkers.hosts.pylint_inference import register as register_inferring

    register_topics(linter)
    register_inferring(linter)
