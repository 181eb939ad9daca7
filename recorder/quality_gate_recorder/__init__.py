"""The pytest plugin that runs inside other people's tests and writes down what each test did.

`pytest -p quality_gate_recorder` does what `quality-gate test` does. It stands on the standard library, and on the
pytest and the coverage of the project that it runs in. Readers of the evidence import this module too and need neither.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Called by pytest as soon as the plugin is loaded; there are no options."""
    try:
        if "QUALITY_GATE_RECORDER" in os.environ:  # not installed in the project's environment, but lent to it
            from quality_gate_recorder.hidden import hidden

            with hidden(__name__):
                from quality_gate_recorder.plugin import register
        else:
            from quality_gate_recorder.plugin import register
    except ModuleNotFoundError as error:
        if error.name != "coverage":
            raise
        import pytest

        remedy = f"type: {sys.executable} -m pip install coverage"
        raise pytest.UsageError(f"quality_gate_recorder needs coverage.py; {remedy}") from error
    register(pluginmanager)
