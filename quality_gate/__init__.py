"""quality-gate: a quality gate for Python backends.

The public names are loaded when they are asked for: importing this package costs next to nothing, which the
commit hook is grateful for. Not even `__future__` is imported here: see `__main__`.
"""

__version__ = "0.1.0"
"""Written here and in pyproject.toml (a test compares): asking importlib.metadata costs 17 ms at every start."""

REPOSITORY = "https://github.com/quality-gate/quality-gate"
"""Written here and in pyproject.toml (a test compares); snippets are made from it."""

__all__ = ["Finding", "Report", "Verdict", "__version__"]


def __getattr__(name: str) -> object:
    """Load a public noun from `quality_gate.model` on first use."""
    if name in __all__:
        from quality_gate import model

        return getattr(model, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
