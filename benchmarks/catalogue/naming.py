"""Are exceptions, their bases and aliases what the packages say?"""

from __future__ import annotations

import types
from collections.abc import Iterator

from finding import Missing, Unseen, django_model, exists, find, is_absent
from tally import Tally, listed

from quality_gate_checkers.dependencies import Catalogue, Library


def check_exceptions(tally: Tally, facts: Catalogue) -> None:
    known = {found: name for name, found in _known_exceptions(facts)}
    for name in tally.library.exceptions:
        found = tally.find(name)
        if found is None:
            continue
        if not (isinstance(found, type) and issubclass(found, BaseException)):
            tally.wrong.append(f"{name}: is not an exception")
            continue
        real = {base for kind in found.__mro__ if (base := _name_of(kind, known)) is not None}
        said = {base for base in facts.lineage(name) if exists(base)} - {name}
        tally.judge(said <= real, f"{name}: is no {listed(said - real)}")
        tally.judge(real <= said | {name}, f"{name}: is also {listed(real - said - {name})}")
    for name in (*tally.library.rejects, *tally.library.unavailable):
        tally.find(name)


def _known_exceptions(facts: Catalogue) -> Iterator[tuple[str, object]]:
    for library in facts.libraries:
        for name in library.exceptions:
            if exists(name):
                yield name, find(name)


def _name_of(base: type, known: dict[object, str]) -> str | None:
    if base in known:
        return known[base]
    return f"builtins.{base.__name__}" if base.__module__ == "builtins" and base is not object else None


def check_aliases(tally: Tally, facts: Catalogue) -> None:
    names = [name.removesuffix(".*") for library in facts.libraries for name in _all_names(library)]
    for alias, target in tally.library.aliases.items():
        below = [name.removeprefix(target) for name in names if name.startswith(f"{target}.")]
        try:
            one, other = find(alias), find(target)
        except Missing as error:
            tally.wrong.append(str(error))
            continue
        except Unseen as error:
            tally.miss(alias if is_absent(alias.partition(".")[0]) else target, str(error))
            continue
        if one is other:
            tally.checked += 1
        elif isinstance(one, types.ModuleType) or target.startswith(("botocore.client.", "boto3.resources.")):
            _check_prefix(tally, alias, target, below)
        else:
            tally.wrong.append(f"{alias}: is not {target}")


def _check_prefix(tally: Tally, alias: str, target: str, below: list[str]) -> None:
    """A module, or a class of a stub package, stands for another when what both have is the same."""
    if target.startswith(("botocore.client.", "boto3.resources.")):
        members = {rest.split(".")[1] for rest in below} - {"*"}
        missing = [member for member in members if not exists(f"{alias}.{member}")]
        tally.judge(bool(members) and not missing, f"{alias}: does not have {listed(missing)}")
        return
    common = [rest for rest in below if exists(alias + rest) and exists(target + rest)]
    tally.judge(bool(common), f"{alias}: has nothing of {target}")
    for rest in common:
        tally.judge(find(alias + rest) is find(target + rest), f"{alias}{rest}: is not {target}{rest}")


def _all_names(library: Library) -> Iterator[str]:
    for call in library.calls:
        yield from call.names
    yield from library.exceptions
    yield from library.factories


def check_attributes(tally: Tally) -> None:
    """Attributes that are one thing wherever they stand: asked of a model of our own."""
    for attribute, kind in tally.library.attributes.items():
        wanted = tally.find(kind)
        if wanted is not None:
            tally.judge(isinstance(getattr(django_model(), attribute), wanted), f"{attribute}: is no {kind}")
