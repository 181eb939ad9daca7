"""Keeps a lent recorder out of the team's own coverage, which measures whatever is not installed.

Code whose file name is no file name (`<...>`) is measured by no version of coverage.py.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType


@contextmanager
def hidden(package: str) -> Generator[None]:
    """While this lasts, modules of a package are compiled under names that are no file names.

    Only so long: what finds modules is called at each import, also while the team's coverage measures.
    """
    finder = _Finder(package)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder:
    def __init__(self, package: str) -> None:
        self._prefix = f"{package}."

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Found as usual, loaded in another way."""
        if not fullname.startswith(self._prefix):
            return None
        found = PathFinder.find_spec(fullname, path, target)
        if found is not None and isinstance(found.loader, SourceFileLoader):
            found.loader = _Loader(found.loader.name, found.loader.path)
        return found


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType | None:
        """What is cached has the file's name; to compile all of us anew would take a tenth of a second of each run."""
        code = super().get_code(fullname)
        return None if code is None else _renamed(code, f"<{fullname}>")


def _renamed(code: CodeType, name: str) -> CodeType:
    """Code, and all code inside it, under another file's name."""
    constants = tuple(_renamed(one, name) if isinstance(one, CodeType) else one for one in code.co_consts)
    return code.replace(co_filename=name, co_consts=constants)
