"""Do factories make what the catalogue says?"""

from __future__ import annotations

import inspect
import re
import sys
from typing import Any, TypeVar

from finding import Unseen, find
from making import SAMPLES
from tally import Tally


def check_factories(tally: Tally) -> None:
    for name, made in tally.library.factories.items():
        if "{0}" in made:
            _check_aws_factory(tally, name, made)
            continue
        factory, result = tally.find(name), tally.find(made)
        if factory is None or result is None:
            continue
        if not inspect.isclass(result):
            tally.wrong.append(f"{name}: makes {made}, which is not a class")
        else:
            _check_factory(tally, name, factory, result)


def _check_aws_factory(tally: Tally, name: str, made: str) -> None:
    try:
        tally.judge(callable(find(name)) and inspect.isclass(find(made.format("sqs"))), f"{name}: makes no {made}")
    except Unseen as error:
        tally.miss(name, str(error))


def _check_factory(tally: Tally, name: str, factory: Any, result: type) -> None:
    if factory is result:
        tally.checked += 1
        return
    sample = SAMPLES.get(name)
    if sample is not None:
        try:
            real = sample()
        except Exception as error:  # noqa: BLE001 - whatever a library raises here, the entry was not seen
            tally.miss(name, f"could not be made: {error!r}")
            return
        alike = isinstance(real, result) or set(_public(result)) <= set(dir(real))
        tally.judge(alike, f"{name}: makes {type(real)}, not {result}")
        return
    words = _returned(factory)
    if words & _names_of(result) or ("Self" in words and _is_method_of(name, result)):
        tally.checked += 1
    else:
        tally.miss(name, f"makes {result.__name__}; nothing to see it by")


def _public(kind: type) -> list[str]:
    return [name for name in dir(kind) if not name.startswith("_")]


def _returned(factory: Any) -> set[str]:
    """Words of the return annotation, and of what bounds its type variables."""
    try:
        annotation = inspect.signature(factory).return_annotation
    except (TypeError, ValueError):
        return set()
    if annotation is inspect.Signature.empty:
        return set()
    words = _words(annotation if isinstance(annotation, str) else inspect.formatannotation(annotation))
    module = sys.modules.get(inspect.unwrap(factory).__module__)
    variables = [found for word in words if isinstance(found := getattr(module, word, None), TypeVar)]
    return words.union(*(_words(str(variable.__bound__)) for variable in variables))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def _names_of(kind: type) -> set[str]:
    """What a class and its subclasses are called."""
    below: list[type] = type.__subclasses__(kind)
    return {kind.__name__}.union(*(_names_of(one) for one in below))


def _is_method_of(name: str, result: type) -> bool:
    holder = find(name.rpartition(".")[0])
    return holder is result or (inspect.isclass(holder) and issubclass(holder, result)) or inspect.ismodule(holder)
