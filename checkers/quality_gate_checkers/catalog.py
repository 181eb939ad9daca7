"""Every rule in code order. Two rules with one code or one name are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, cached_property

import msgspec

from quality_gate_checkers import rules
from quality_gate_checkers.model import OWN_CALLS, Role, Rule
from quality_gate_checkers.model.inspection import Kind
from quality_gate_checkers.plug import PlugError, collect
from quality_gate_checkers.regexes import regex

_CODE = regex(r"QG[1-69]\d\d")
_NAME = regex(r"[a-z]+(-[a-z]+)*")
_TRIGGER = regex(rb"[a-z0-9_]+(-[a-z0-9_]+)*")
"""Neither spaces nor brackets: people put them as they like, and a rule's finding must not hang on that."""


class Applicable(msgspec.Struct, frozen=True):
    """Rules that a file may break.

    Args:
        alone: by what stands in it. told: also by what other modules tell.
        words: every word of the file, in lower case.
    """

    alone: list[Rule]
    told: list[Rule]
    words: set[bytes]


class Catalog:
    """Rules, made ready for looking up.

    Raises:
        PlugError: a double, or a code or name of the wrong form.
    """

    def __init__(self, found: Iterable[Rule]) -> None:
        self.rules = tuple(sorted(found, key=lambda rule: rule.code))
        self._by_key: dict[str, Rule] = {}
        for rule in self.rules:
            if not _CODE.fullmatch(rule.code) or not _NAME.fullmatch(rule.name):
                raise PlugError(f"{rule.code} {rule.name}: a code is QG and three digits, a name is kebab case")
            if not rule.triggers or not all(map(_is_trigger, (*rule.triggers, *rule.elsewhere))):
                raise PlugError(f"{rule.code} {rule.name}: without triggers of one lower-case word it is never asked")
            for key in (rule.code, rule.name):
                if key in self._by_key:
                    raise PlugError(
                        f"two rules are called {key}: {_described(self._by_key[key])} and {_described(rule)}"
                    )
                self._by_key[key] = rule

    def get(self, key: str) -> Rule | None:
        """A rule by its code or its name, in any case."""
        return self._by_key.get(key.upper()) or self._by_key.get(key.lower())

    def __getitem__(self, code: str) -> Rule:
        return self._by_key[code]

    @cached_property
    def names(self) -> frozenset[str]:
        """Everything that a comment may call a rule of ours: name, code, pylint id."""
        return frozenset(name for rule in self.rules for name in (rule.name, rule.code, rule.pylint_id))

    def is_named(self, kind: Kind, names: tuple[str, ...]) -> bool:
        """Whether one of some names that a suppression names is a rule's of ours.

        Rules that need the linked codebase are not in the catalogue: their codes are known by how ours begin.
        """
        if not self.names.isdisjoint(names) or any(name.startswith("QG") for name in names):
            return True
        return kind == "noqa" and any(rule.code.startswith(names) for rule in self.rules)

    @cached_property
    def _by_role(self) -> dict[Role, tuple[list[Rule], Triggers]]:
        """The rules of each role, and all their triggers; also those for what other modules tell."""
        found: dict[Role, tuple[list[Rule], Triggers]] = {}
        for role in Role:
            held = [rule for rule in self.rules if role in rule.roles]
            found[role] = held, Triggers(word for rule in held for word in (*rule.triggers, *rule.elsewhere))
        return found

    def applicable(self, content: bytes, role: Role, own: tuple[bytes, ...] = ()) -> Applicable:
        """The rules that a file may break, by the byte strings that stand in it; most files need no rule at all.

        Args:
            content: the file's bytes.
            role: the part that the file plays; tests can break few rules, and are searched for few words.
            own: lower-case words one of which stands in every file that calls a dependency of the project's own.
        """
        rules, triggers = self._by_role[role]
        lowered = _as_the_parser_sees_names(content)
        words = _words_of(lowered)
        hold = triggers.holding(lowered, words)
        calls_own = any(word in lowered for word in own)
        alone = [rule for rule in rules if hold(rule.triggers) or (calls_own and OWN_CALLS in rule.triggers)]
        told = [rule for rule in rules if rule in alone or hold(rule.elsewhere)]
        return Applicable(alone, told, words)


def _is_trigger(trigger: bytes) -> bool:
    return trigger == OWN_CALLS or _TRIGGER.fullmatch(trigger) is not None


_WORD = regex(rb"[a-z0-9_]+")
_ONLY_WORDS = bytes(code if _WORD.match(bytes([code])) else ord(" ") for code in range(256))
"""For `bytes.translate`: what is no part of a word becomes a space."""


_MOST_WORDS = 100_000
"""That are remembered, some 10 MB."""


class Triggers:
    """Byte strings to look for, all of them at once.

    A file repeats its words ten times, and the files of a project repeat each other's: what a word holds is looked up
    once in a run. One alternation that ignores case took seven times as long as a plain search for each trigger, and
    such a search in each file's different words half as long again as this.

    Args:
        triggers: in lower case.
    """

    def __init__(self, triggers: Iterable[bytes]) -> None:
        self._all = {trigger: telling_word(trigger) for trigger in triggers}
        self._words = frozenset(self._all.values()) - {b""}
        self._known: set[bytes] = set()
        self._holding: dict[bytes, set[bytes]] = {}

    def holding(self, lowered: bytes, words: set[bytes]) -> Callable[[tuple[bytes, ...]], bool]:
        """What tells whether any of some triggers stands in some content, which is in lower case.

        Args:
            words: its words.
        """
        met = self.met(words)

        def hold(triggers: tuple[bytes, ...]) -> bool:
            """Those that are a word are known already; of the others each takes a search."""
            if not met.isdisjoint(triggers):
                return True
            return any(trigger in lowered for trigger in triggers if self._all[trigger] in met)

        return hold

    def met(self, words: set[bytes]) -> set[bytes]:
        """The triggers' words that stand in some words."""
        if len(self._known) > _MOST_WORDS:
            self._known.clear()
            self._holding.clear()
        self._learn(words - self._known)
        return {b""}.union(*(self._holding[word] for word in self._holding.keys() & words))

    def _learn(self, new: set[bytes]) -> None:
        """Look into words that no file has had so far."""
        self._known |= new
        joined = b" %b " % b" ".join(new)
        for wanted in self._words:
            at = joined.find(wanted)
            while at >= 0:
                end = joined.index(b" ", at)
                self._holding.setdefault(joined[joined.rindex(b" ", 0, at) + 1 : end], set()).add(wanted)
                at = joined.find(wanted, end)


def telling_word(trigger: bytes) -> bytes:
    """The word of a trigger that the fewest files hold: the longest that is not in all of them."""
    return max(_WORD.findall(trigger), key=lambda word: (word not in (b"from", b"import"), len(word)), default=b"")


def _described(rule: Rule) -> str:
    return f"{rule.code} {rule.name} in {rule.check.__module__}"


def _as_the_parser_sees_names(content: bytes) -> bytes:
    """In lower case, with full-width and other compatible letters folded, as in the parser's identifiers (row 33)."""
    if content.isascii():
        return content.lower()
    from unicodedata import normalize

    return normalize("NFKC", content.decode("utf-8", "replace")).lower().encode("utf-8", "replace")


def words_in(text: str) -> set[bytes]:
    """Every word of a source, in lower case."""
    return _words_of(_as_the_parser_sees_names(text.encode("utf-8", "surrogatepass")))


def _words_of(lowered: bytes) -> set[bytes]:
    return set(lowered.translate(_ONLY_WORDS).split())


@cache
def catalog() -> Catalog:
    """The rules of this installation, loaded once per process."""
    return Catalog(collect(rules, Rule))
