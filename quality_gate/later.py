"""Modules that others load and we need little of, or nothing: a run over one file takes a tenth longer with them.

Nothing is imported here but what is loaded at every start: see `__main__`.
"""

import sys


class _Later(type(sys)):  # type: ignore[misc] # the class of modules, which nobody has imported yet
    """A module that is loaded when it is asked for something."""

    def __getattr__(self, name):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN204 - whatever the module holds
        if name.startswith("__"):
            raise AttributeError(name)
        from importlib import import_module

        self.take_away()
        return getattr(import_module(self.__name__), name)

    def take_away(self) -> None:
        """Let the next import load the module itself."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


class FewerModules:
    """While it is entered, subprocess, pathlib and msgspec are loaded without what they seldom need.

    subprocess takes signals for ending programs, and locale for text. pathlib takes urllib for URIs, and that ipaddress
    for hosts. msgspec wants classes of uuid and decimal, of which no object comes to us, and the others for drawing up
    JSON Schemas; what it takes from typing_extensions, the standard library's `typing` has as well since Python 3.11.
    """

    _NAMES = (
        "signal", "locale", "urllib.parse", "ipaddress", "uuid", "decimal", "textwrap", "msgspec.inspect"
    )  # fmt: skip

    def __enter__(self) -> None:
        self._later = [_Later(name) for name in self._NAMES if name not in sys.modules]
        for module in self._later:
            sys.modules[module.__name__] = module
            if module.__name__ in ("uuid", "decimal"):
                module.UUID = module.SafeUUID = module.Decimal = type("Unused", (), {"unknown": None})
            if module.__name__ == "urllib.parse":
                module.quote_from_bytes = _quoted
        sys.modules.setdefault("typing_extensions", None)  # type: ignore[arg-type] # so that the import fails

    def __exit__(self, *error: object) -> None:
        if sys.modules.get("typing_extensions", self) is None:
            del sys.modules["typing_extensions"]
        for module in self._later:
            module.take_away()


def load_msgspec() -> None:
    """Import it; an interruption comes when it is there, for one in the middle makes it crash."""
    import _signal  # type: ignore[import-not-found] # what signal is made of, without its enumerations

    masking = hasattr(_signal, "pthread_sigmask")  # not on Windows
    before = _signal.pthread_sigmask(_signal.SIG_BLOCK, (_signal.SIGINT,)) if masking else ()
    try:
        import msgspec  # noqa: F401 - loaded here so that it is not loaded otherwise
    finally:
        if masking:
            _signal.pthread_sigmask(_signal.SIG_SETMASK, before)


def _quoted(string, safe="/"):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - as the real one
    from urllib.parse import quote_from_bytes

    return quote_from_bytes(string, safe)
