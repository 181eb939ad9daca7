"""Which files are judged as what: two ways of saying so are compared by what becomes of the files.

`source`, `tests` and `roles` say the same in many ways, so their texts tell little. What asks less is a file that was
judged as production code, or at all, and is not any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from quality_gate.policy.strictness import Less
from quality_gate_checkers.model import PRODUCTION, Role, role_of
from quality_gate_checkers.patterns import PathPatterns, path_matches
from quality_gate_checkers.settings import DEFAULT_TESTS, Roles, Settings

_MOST_NAMED = 3


def stricter_scope(
    before: Settings, after: Settings, named_before: Mapping[str, str]
) -> tuple[Settings, list[tuple[str, Less]]]:
    """The settings under which no file is judged less than before, and what asked less, each with its key.

    Args:
        named_before: every Python file of the project as it is now, vendored ones too, each with what it was called
            before, or "" for one that was not there.
    """
    files = tuple(named_before)
    found: list[tuple[str, Less]] = []
    tests = _tests(before, after, named_before, found)
    changed = {
        name: _role(name, before, after, files, found)
        for name in Roles.__struct_fields__
        if getattr(before.roles, name) != getattr(after.roles, name)
    }
    now = msgspec.structs.replace(after, tests=tests, roles=msgspec.structs.replace(after.roles, **changed))
    return msgspec.structs.replace(now, source=_source(before, now, files, found)), found


def _tests(
    before: Settings, after: Settings, files: Mapping[str, str], found: list[tuple[str, Less]]
) -> tuple[str, ...]:
    """What asks less is a pattern that makes tests of what is production code; what is called like a test is none.

    A file that the merge base does not have may come to a folder of tests. Where its pattern holds no test it may not:
    the pattern does not count, and whoever reviews is told of it.
    """
    held = before.tests or DEFAULT_TESTS
    kept: list[str] = []
    for pattern in after.tests:
        named = [] if pattern in held else [path for path in files if path_matches(path, pattern)]
        lost = [path for path in named if _was_production(files[path], before) and not _LIKE_TESTS.match(path)]
        added = [] if lost or any(map(_LIKE_TESTS.match, named)) else _added_production(named, files, before)
        if lost:
            found.append(("tests", Less(pattern, _judged_as(lost), "judged as tests")))
        elif added:
            found.append(("tests", Less(pattern, f"new {_judged_as(added)}", "judged as tests", warns=True)))
        else:
            kept.append(pattern)
    now = tuple(kept) or (before.tests if after.tests else ())
    dropped = [one for one in before.tests if one not in now and _holds_unjudged(one, after, tuple(files))]
    found += [("tests", Less(one, "judged as tests", "not judged")) for one in dropped]
    return (*(now or DEFAULT_TESTS), *dropped) if dropped else now


def _holds_unjudged(pattern: str, settings: Settings, files: Sequence[str]) -> bool:
    return any(path_matches(path, pattern) and not _is_judged(path, settings) for path in files)


def _role(
    name: str, before: Settings, after: Settings, files: Sequence[str], found: list[tuple[str, Less]]
) -> tuple[str, ...]:
    """A role silences rules: what is added to it asks less, even where no file is there yet; not so the defaults."""
    old, new = getattr(before.roles, name), getattr(after.roles, name)
    kept = []
    for pattern in new:
        named = [] if pattern in old else [path for path in files if path_matches(path, pattern)]
        lost = [path for path in named if is_production(path, before)]
        if pattern in old or (not lost and (named or pattern in getattr(Roles(), name))):
            kept.append(pattern)
        else:
            what = _judged_as(lost) if lost else "not listed"
            found.append((f"roles.{name.replace('_', '-')}", Less(pattern, what, name.replace("_", " "))))
    return tuple(kept)


def _source(before: Settings, now: Settings, files: Sequence[str], found: list[tuple[str, Less]]) -> tuple[str, ...]:
    """What was judged stays judged."""
    if before.source == now.source or not now.source:
        return now.source
    lost = [path for path in files if _is_judged(path, before) and not _is_judged(path, now)]
    if not lost:
        return now.source
    if not before.source:
        found.append(("source", Less("", _judged_as(lost), "not judged")))
        return ()
    dropped = [one for one in before.source if any(path_matches(path, one) for path in lost)]
    found += [("source", Less(one, "judged", "not judged")) for one in dropped]
    return (*now.source, *dropped)


_LIKE_TESTS = PathPatterns(DEFAULT_TESTS)


def is_production(path: str, settings: Settings) -> bool:
    """Whether a file is judged, and as production code."""
    return role_of(path, settings) in PRODUCTION and _is_judged(path, settings)


def _was_production(path: str, settings: Settings) -> bool:
    return path != "" and is_production(path, settings)


def _added_production(named: Sequence[str], files: Mapping[str, str], before: Settings) -> list[str]:
    """Files that the merge base has not, and would judge as production code."""
    return [path for path in named if not files[path] and is_production(path, before)]


def _is_judged(path: str, settings: Settings) -> bool:
    if role_of(path, settings) is Role.VENDORED:
        return False
    if not settings.source:
        return True
    return any(path_matches(path, pattern) for pattern in (*settings.source, *(settings.tests or DEFAULT_TESTS)))


def _judged_as(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _MOST_NAMED} more" if len(paths) > _MOST_NAMED else ""
    return f"production code ({', '.join(paths[:_MOST_NAMED])}{more})"
