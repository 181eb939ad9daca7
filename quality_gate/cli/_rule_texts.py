"""What a report says of the rules that it names: kept by the cache, as loading all rules takes 0.1 s."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from quality_gate.model import RuleHelp
from quality_gate.store import Store, digest


class RuleText(msgspec.Struct, frozen=True, array_like=True):
    """What a rule's page says.

    Args:
        consequence: what a breach does in production, one sentence.
        help: the whole page.
    """

    consequence: str
    help: RuleHelp


def rule_texts(names: Collection[str], store: Store) -> list[RuleText]:
    """What the pages of some rules say, in code order; names of no rule are left out.

    Args:
        store: the cache, keyed by the build of everything that holds rules.
    """
    keys = {name: digest(b"page\0" + name.encode("utf-8", "backslashreplace")) for name in names}
    known = store.results(keys.values())
    held = {name: text for name, key in keys.items() if (text := _decoded(known.get(key), name)) is not None}
    missing = keys.keys() - held
    if missing:
        from quality_gate.cli._pages import texts_of

        for text in texts_of(missing):
            held[text.help.name] = text
            store.remember_result(keys[text.help.name], msgspec.msgpack.encode(text))
    return sorted(held.values(), key=lambda text: text.help.code)


def _decoded(value: bytes | None, name: str) -> RuleText | None:
    if value is None:
        return None
    try:
        found = msgspec.msgpack.decode(value, type=RuleText)
    except (msgspec.DecodeError, ValueError):
        return None
    return found if found.help.name == name else None
