"""Finding the objects that the catalogue's names mean, in the packages that are installed."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import re
import sys
import types
from collections.abc import Callable
from functools import cache
from typing import Any

OTHER_VERSIONS: dict[str, tuple[str, tuple[int, ...], str]] = {
    "kafka.errors.NoBrokersAvailable": ("kafka-python", (3,), "<"),
}
"""Names of other versions than today's -> distribution, version, `<` or `>=`; not checked outside of those."""


class Missing(Exception):
    """The package is installed and has no such name."""


class Unseen(Exception):
    """It cannot be looked at: a package is not installed, does not import, or is of another version."""


@cache
def is_absent(top: str) -> bool:
    return top not in sys.modules and importlib.util.find_spec(top) is None


@cache
def find(name: str) -> Any:
    """The object that a dotted name means, walked as Python walks it.

    Raises:
        Missing: its package has no such name.
        Unseen: its package cannot be asked.
    """
    top, *parts = name.split(".")
    if is_absent(top):
        raise Unseen("not installed")
    if name.startswith(("botocore.client.", "boto3.resources.")) and len(parts) > 1:
        return _find_in_aws(name)
    try:
        found: Any = importlib.import_module(top)
        if top == "django":
            django_model()
        for part in parts:
            found = _step(found, part)
    except AttributeError:
        if _is_of_other_version(name):
            raise Unseen("of another version") from None
        raise Missing(f"{name}: there is no such name") from None
    except ImportError as error:
        raise Unseen(f"does not import: {error}") from error
    return found


def _step(holder: Any, part: str) -> Any:
    try:
        return getattr(holder, part)
    except AttributeError:
        if not isinstance(holder, types.ModuleType):
            raise
    try:
        return importlib.import_module(f"{holder.__name__}.{part}")
    except ModuleNotFoundError as error:
        raise AttributeError(part) from error


def _is_of_other_version(name: str) -> bool:
    for prefix, (distribution, version, relation) in OTHER_VERSIONS.items():
        if name == prefix or name.startswith(f"{prefix}."):
            installed = importlib.metadata.version(distribution)
            numbers = tuple(int(number) for number in re.findall(r"\d+", installed)[: len(version)])
            return numbers >= version if relation == "<" else numbers < version
    return False


def _find_in_aws(name: str) -> Any:
    """Clients and resources are classes that boto3 makes from descriptions when they are asked for."""
    kind, service, *parts = name.removeprefix("botocore.").removeprefix("boto3.").split(".")
    if service not in _aws_session().get_available_services():
        raise Missing(f"{name}: AWS has no such service")
    made: Any = aws_client(service) if kind == "client" else aws_resource(service)
    for part in parts:
        try:
            found = getattr(made, part)
        except AttributeError:
            raise Missing(f"{name}: there is no such name") from None
        made = _aws_child(found) if part[:1].isupper() else found
    return made if callable(made) else type(made)


def _aws_child(factory: Callable[..., object]) -> object:
    for identifiers in (("x",), ("x", "x"), ("x", "x", "x")):
        try:
            return factory(*identifiers)
        except ValueError:
            continue
    raise Missing(f"{factory}: makes nothing")


@cache
def django_model() -> Any:
    """A model of our own; without settings most of Django cannot be asked anything."""
    from django import setup
    from django.conf import settings
    from django.db import models

    settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
    setup()
    meta = type("Meta", (), {"app_label": "things"})
    return type("Thing", (models.Model,), {"__module__": __name__, "Meta": meta, "at": models.DateTimeField()})


_AWS = {"region_name": "us-east-1", "aws_access_key_id": "x", "aws_secret_access_key": "x"}


@cache
def _aws_session() -> Any:
    return importlib.import_module("boto3").Session(**_AWS)


@cache
def aws_client(service: str) -> Any:
    return _aws_session().client(service)


@cache
def aws_resource(service: str) -> Any:
    return _aws_session().resource(service)


def exists(name: str) -> bool:
    """Whether a name means anything here."""
    try:
        find(name)
    except (Missing, Unseen):
        return False
    return True
