"""Which version of a package a project runs: read as data from its lock, its requirements or its pyproject.toml.

Some libraries have learnt to give up waiting by themselves; the project's own pin decides whether the one it runs has.
Nothing is resolved, downloaded or executed, and what cannot be read is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from pathlib import Path

import msgspec

from quality_gate_checkers.regexes import regex

WANTED = frozenset({"psycopg", "redis"})
"""Packages whose pin decides something: those of which the catalogue of fallible calls says `since`. All others are
passed over, so that the cache outlives their updates. As packages are called in locks: lower case, dashes.
"""

LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock")

MAXIMUM_BYTES = 4 * 1024 * 1024
"""A larger file is not read: the pin is then unknown. The largest locks seen in public projects have 2 MB."""

MOST = 50
"""Requirements files that are looked at, and mentions of one package in each."""

_LONGEST = 200
"""Characters of a requirement; what a longer one says is not known."""

_INDENT = 20
"""Blanks before a name that are still an indentation."""

_REQUIREMENTS = regex(r"(?:requirements|constraints).*\.txt", re.IGNORECASE)
_NUMBERS = regex(r"\d{1,6}(?:\.\d{1,6}){0,5}(?![\d!])")
_VERSION_LINE = regex(r'\r?\nversion = "([0-9][^"\s]{0,60})"')
_SAID = regex(r"(?![\w.-])[ \t]*(?:\[[^\]\n]*\])?([^;#\\\n]{0,300})")
_CLAUSE = regex(r"\s*(===|==|~=|<=|>=|!=|<|>|\^|~)?\s*v?([0-9][^\s,;]*)\s*")


class Pin(msgspec.Struct, frozen=True):
    """The newest version of a package that a project lets in.

    Args:
        version: as written, e.g. `5.0.1`.
        below: the version itself is not let in, as in `<6`.
    """

    version: str
    below: bool = False

    def is_before(self, version: str) -> bool:
        """Whether every version that is let in is older than another."""
        mine, other = _numbers(self.version), _numbers(version)
        return mine <= other if self.below else mine < other


def _numbers(version: str) -> tuple[int, ...]:
    """A version's numbers without the zeros at its end: 5.0 is 5. A pre-release counts as its release."""
    found = _NUMBERS.match(version)
    numbers = [int(part) for part in found.group().split(".")] if found else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _age(pin: Pin) -> tuple[tuple[int, ...], bool]:
    return _numbers(pin.version), not pin.below


class Told(msgspec.Struct, frozen=True):
    """What the files of a project tell of one package.

    Args:
        locked: versions in locks. exact: versions that requirements name with `==`.
        bounds: what each other mention lets in at most, None for whatever there is.
    """

    locked: tuple[Pin, ...] = ()
    exact: tuple[Pin, ...] = ()
    bounds: tuple[Pin | None, ...] = ()

    def pin(self) -> Pin | None:
        """The newest version let in by what decides: a lock, else an exact version, else all the bounds there are."""
        bounds = [bound for bound in self.bounds if bound is not None]
        decisive = self.locked or self.exact or (bounds if len(bounds) == len(self.bounds) else ())
        return max(decisive, key=_age, default=None)


def pins_of(root: Path, pyproject: Mapping[str, object] | None) -> dict[str, Pin]:
    """The pins of the wanted packages, by name; one that is unknown is left out.

    Args:
        root: the project's folder.
        pyproject: its pyproject.toml as parsed, None where there is none.
    """
    written = [*_requirements_in(pyproject or {}), *_poetry_in(pyproject or {})]
    found: dict[str, Pin] = {}
    for name, told in _told_by_files(root).items():
        more = tuple(bound(said) for package, said in written if package == name)
        pin = msgspec.structs.replace(told, bounds=(*told.bounds, *more)).pin()
        if pin is not None:
            found[name] = pin
    return found


@lru_cache(maxsize=32)
def _told_by_files(root: Path) -> dict[str, Told]:
    """What locks and requirements tell; read once per process, as the hosts ask for every folder of a project."""
    locks = [(name, text) for name in LOCKS if (text := _text(root / name))]
    lists = [text for file in _requirement_files(root) if (text := _text(file))]
    return {name: _told(name, locks, lists) for name in sorted(WANTED)}


def _told(name: str, locks: list[tuple[str, str]], lists: list[str]) -> Told:
    locked = [version for lock, text in locks for version in islice(_locked(name, lock, text), MOST)]
    mentions = [mention for text in lists for mention in islice(_mentions(name, text), MOST)]
    exact = [version for mention in mentions if (version := _exact(mention))]
    rest = [mention for mention in mentions if not _exact(mention)]
    return Told(tuple(map(Pin, locked)), tuple(map(Pin, exact)), tuple(map(bound, rest)))


# -- files


def _requirement_files(root: Path) -> list[Path]:
    try:
        here = [file for file in root.iterdir() if _REQUIREMENTS.fullmatch(file.name)]
        below = list((root / "requirements").glob("*.txt"))
    except OSError:
        return []
    return sorted([*here, *below])[:MOST]


def _text(file: Path) -> str:
    """A file's text; empty when it is not there, no regular file or too large."""
    try:
        if not file.is_file():  # a pipe of this name would be waited on for ever
            return ""
        with file.open("rb") as opened:
            content = opened.read(MAXIMUM_BYTES + 1)
    except OSError:
        return ""
    return content.decode("utf-8", "replace") if len(content) <= MAXIMUM_BYTES else ""


# -- locks


def _locked(name: str, lock: str, text: str) -> Iterator[str]:
    """Versions of a package in a lock: the same package may stand there once per Python or platform."""
    if lock == "Pipfile.lock":
        yield from _in_pipfile(name, text)
        return
    head = f'name = "{name}"'
    for place in _line_starts(head, text):
        found = _VERSION_LINE.match(text, place + len(head))
        if found:
            yield found.group(1)


def _line_starts(word: str, text: str) -> Iterator[int]:
    """Where a word begins a line. Plain searches: an expression for the start of a line took ten times as long."""
    place = text.find(word)
    while place >= 0:
        before = text[max(0, place - _INDENT) : place]  # never the whole line, which can be as long as the file
        if not before.rpartition("\n")[2].strip(" \t") and ("\n" in before or place < _INDENT):
            yield place
        place = text.find(word, place + len(word))


def _in_pipfile(name: str, text: str) -> Iterator[str]:
    try:
        held = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return
    packages = held.get("default") if isinstance(held, dict) else None
    package = packages.get(name) if isinstance(packages, dict) else None
    version = package.get("version") if isinstance(package, dict) else None
    exact = _exact(version) if isinstance(version, str) else None
    if exact is not None:
        yield exact


# -- requirements


def _mentions(name: str, text: str) -> Iterator[str]:
    """What a requirements file says behind a package's name, without extras, markers, hashes and comments."""
    lowered = text.lower() if text.isascii() else text
    for place in _line_starts(name, lowered):
        found = _SAID.match(text, place + len(name))
        if found:
            yield found.group(1).strip() if found.end() < place + _LONGEST else ""


def _exact(mention: str) -> str | None:
    found = re.fullmatch(r"={2,3}\s*([0-9][^\s,*]{0,60})", mention.strip())
    return found.group(1) if found else None


def _requirements_in(document: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Name and specifiers of what `[project]` asks for, extras included."""
    project = document.get("project")
    if not isinstance(project, dict):
        return
    extras = project.get("optional-dependencies")
    lists = [project.get("dependencies"), *(extras.values() if isinstance(extras, dict) else ())]
    texts = [text for held in lists if isinstance(held, list) for text in held if isinstance(text, str)]
    for name in WANTED:
        yield from ((name, mention) for mention in _mentions(name, "\n".join(texts)))


def _poetry_in(document: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Name and constraint of what `[tool.poetry.dependencies]` asks for."""
    value: object = document
    for key in ("tool", "poetry", "dependencies"):
        value = value.get(key) if isinstance(value, dict) else None
    for name, said in value.items() if isinstance(value, dict) else ():
        version = said.get("version") if isinstance(said, dict) else said
        text = version if isinstance(version, str) else ""
        yield re.sub(r"[-_.]+", "-", str(name)).lower(), f"=={text}" if text[:1].isdigit() else text


# -- specifiers


def bound(specifiers: str) -> Pin | None:
    """The newest version that specifiers such as `>=4,<6`, `~=5.0` or poetry's `^5.0` let in; None for any."""
    clauses: Iterable[str] = specifiers.strip().strip("()").split(",")
    found = [pin for clause in clauses if (pin := _of_clause(clause)) is not None]
    return min(found, key=_age, default=None)


def _of_clause(clause: str) -> Pin | None:
    found = _CLAUSE.fullmatch(clause)
    numbers = _NUMBERS.match(found.group(2)) if found else None
    if found is None or numbers is None:
        return None
    operator, version = found.group(1), numbers.group()
    parts = [int(part) for part in version.split(".")]
    if found.group(2).endswith("*"):
        return _below(parts) if operator == "==" else None
    if operator == "^":
        first = next((place for place, part in enumerate(parts) if part), len(parts) - 1)
        return _below(parts[: first + 1])
    if operator == "~":
        return _below(parts[:2])
    if operator == "~=":
        return _below(parts[:-1]) if len(parts) > 1 else None
    return Pin(version, operator == "<") if operator in ("==", "===", "<=", "<") else None


def _below(parts: list[int]) -> Pin:
    """The version before which a series ends: of 5.0 that is 5.1."""
    return Pin(".".join(map(str, [*parts[:-1], parts[-1] + 1])), below=True)
