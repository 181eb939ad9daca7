"""What the project's own coverage settings say: read as data, for what they hide and for its kinds of concurrency.

Nothing of them decides what is measured, and no plugin that they name is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from coverage import Coverage
from coverage.exceptions import ConfigError, CoverageException

_CONCURRENCIES = frozenset({"thread", "greenlet", "gevent", "eventlet"})


class TeamSettings:
    """The settings that the team's own coverage runs with.

    Args:
        config_file: as the team names it, e.g. with `--cov-config`; True for the usual places in the working directory.
        running: the team's measurement, where one runs: what its command line says counts.
        problem: is told what cannot be read.
    """

    def __init__(self, config_file: str | bool, running: Coverage | None, problem: Callable[[str], None]) -> None:
        self._folder = os.getcwd()
        self.pattern = ""
        self._omit: list[str] = []
        self._include: list[str] = []
        self._source: list[str] = []
        self.concurrency: list[str] = []
        self.measures_forks = False
        try:
            self._take(running if running is not None else Coverage(data_file=None, config_file=config_file))
        except (ConfigError, CoverageException) as error:
            problem(f"the project's settings of coverage cannot be read: {error}")

    def _take(self, settings: Coverage) -> None:
        excluding = {*_texts(settings, "report:exclude_lines"), *_texts(settings, "report:exclude_also")}
        self.pattern = "|".join(f"(?:{pattern})" for pattern in sorted(excluding))
        self._omit = _texts(settings, "run:omit") + _texts(settings, "report:omit")
        self._include = _texts(settings, "run:include") + _texts(settings, "report:include")
        self._source = [
            entry for key in ("source", "source_pkgs", "source_dirs") for entry in _texts(settings, f"run:{key}")
        ]
        self.measures_forks = not {"fork", "_exit"}.isdisjoint(_texts(settings, "run:patch"))
        self.concurrency = sorted(_CONCURRENCIES & set(_texts(settings, "run:concurrency")))

    def files_left_out(self, places: Iterable[str]) -> set[str]:
        """Of absolute file names those that the settings leave out whole.

        Raises:
            ConfigError: a pattern is wrong.
        """
        from coverage.files import GlobMatcher

        omitted = GlobMatcher(self._prepared(self._omit))
        included = GlobMatcher(self._prepared(self._include))
        left_out = set()
        for place in places:
            if self._source:
                inside = any(self._is_in(place, entry) for entry in self._source)
            else:
                inside = not self._include or included.match(place)
            if not inside or (self._omit and omitted.match(place)):
                left_out.add(place)
        return left_out

    def _prepared(self, patterns: Iterable[str]) -> list[str]:
        """As coverage.py prepares them, but counted from where the run began, wherever tests have gone since."""
        prepared = []
        for pattern in patterns:
            prepared.append(pattern)
            if not pattern.startswith(("*", "?")):
                prepared.append(os.path.normpath(os.path.join(self._folder, pattern)))
        return prepared

    def _is_in(self, place: str, source: str) -> bool:
        """Whether a file lies in an entry of `source`: a folder, or the dotted name of a package or module."""
        folder = os.path.realpath(os.path.join(self._folder, source))
        if os.path.isdir(folder):
            return place.startswith(folder.rstrip(os.sep) + os.sep)
        named = os.sep + source.replace(".", os.sep)
        return f"{named}{os.sep}" in place or place.endswith(f"{named}.py")


def _texts(settings: Coverage, key: str) -> list[str]:
    """A list of the settings; empty where it is not set, or not known to this version."""
    try:
        value = settings.get_option(key)
    except (ConfigError, CoverageException):
        return []
    if isinstance(value, str):
        return [value]
    return [str(entry) for entry in value] if isinstance(value, (list, tuple)) else []
