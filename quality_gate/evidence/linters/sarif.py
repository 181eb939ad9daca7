"""SARIF 2.1.0 of any tool: results as data, from a file that somebody else has written.

The file is no tool of ours: rules may be missing, places may be URIs of other machines, levels may stand with the rule.
What says that it was cut off or that nothing was looked for is no clean bill.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from urllib.parse import unquote_to_bytes

import msgspec

from quality_gate.evidence.linters._tool_words import Garbled, Level, Raw, Said, expect_few

_MOST_RUNS = 100
_MOST_BASES = 10
"""Base URIs that lead to one another; more is a circle."""

_LONGEST = 1000
"""Characters of a message, and of an argument of it."""

_LEVELS: Mapping[str, Level] = {"error": "error", "warning": "warning", "note": "warning"}
"""A result without a level, or of the level `none`, is a remark."""


class _Camel(msgspec.Struct, frozen=True, rename="camel"):
    """Keys as SARIF spells them; all others are passed over."""


class _Message(_Camel, frozen=True):
    text: str | None = None
    markdown: str | None = None
    id: str | None = None
    arguments: list[str] | None = None


class _Configuration(_Camel, frozen=True):
    level: str | None = None


class _Rule(_Camel, frozen=True):
    id: str | None = None
    name: str | None = None
    default_configuration: _Configuration | None = None
    help_uri: str | None = None
    message_strings: dict[str, _Message] | None = None


class _Component(_Camel, frozen=True):
    name: str | None = None
    version: str | None = None
    semantic_version: str | None = None
    rules: list[_Rule] | None = None


class _Tool(_Camel, frozen=True):
    driver: _Component
    extensions: list[_Component] | None = None


class _Reference(_Camel, frozen=True):
    index: int | None = None
    id: str | None = None


class _RuleReference(_Camel, frozen=True):
    id: str | None = None
    index: int | None = None
    tool_component: _Reference | None = None


class _Place(_Camel, frozen=True):
    uri: str | None = None
    uri_base_id: str | None = None
    index: int | None = None


class _Region(_Camel, frozen=True):
    start_line: int | None = None
    start_column: int | None = None
    end_line: int | None = None
    end_column: int | None = None


class _Physical(_Camel, frozen=True):
    artifact_location: _Place | None = None
    region: _Region | None = None


class _Location(_Camel, frozen=True):
    physical_location: _Physical | None = None


class _Suppression(_Camel, frozen=True):
    status: str | None = None


class _Result(_Camel, frozen=True):
    message: _Message = _Message()
    rule_id: str | None = None
    rule_index: int | None = None
    rule: _RuleReference | None = None
    kind: str | None = None
    level: str | None = None
    baseline_state: str | None = None
    locations: list[_Location] | None = None
    suppressions: list[_Suppression] | None = None


class _Notification(_Camel, frozen=True):
    message: _Message = _Message()
    level: str | None = None


class _Invocation(_Camel, frozen=True):
    execution_successful: bool = True
    tool_execution_notifications: list[_Notification] | None = None
    tool_configuration_notifications: list[_Notification] | None = None


class _Artifact(_Camel, frozen=True):
    location: _Place | None = None


class _Run(_Camel, frozen=True):
    tool: _Tool
    results: list[_Result] | None = None
    invocations: list[_Invocation] | None = None
    artifacts: list[_Artifact] | None = None
    original_uri_base_ids: dict[str, _Place] | None = None
    column_kind: str | None = None


class _Log(msgspec.Struct, frozen=True):
    version: str
    runs: list[_Run]


def read_sarif(content: bytes) -> list[Said]:
    """What each run in a SARIF file says; at least one.

    Args:
        content: of the file; no longer than the caller lets it be.

    Raises:
        Garbled: it is no SARIF 2.1.0, or holds no run.
    """
    try:
        log = msgspec.json.decode(_text(content), type=_Log)
    except UnicodeDecodeError as error:
        raise Garbled("it is not UTF-8") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise Garbled(f"it is no SARIF 2.1.0: {error}") from error
    if not log.version.startswith("2.1."):
        raise Garbled(f"it is SARIF {log.version[:20]}, and 2.1.0 is read")
    if not log.runs:
        raise Garbled("it holds no run of a tool")
    if len(log.runs) > _MOST_RUNS:
        raise Garbled(f"it holds {len(log.runs):,} runs, and no more than {_MOST_RUNS} are read")
    expect_few(sum(len(run.results or ()) for run in log.runs))
    return [_RunReader(run).said() for run in log.runs]


def _text(content: bytes) -> str:
    """Shells of Windows write UTF-16 with a byte order mark."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    return content.decode("utf-8-sig")


class _RunReader:
    """Reads one run."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._driver = run.tool.driver

    def said(self) -> Said:
        """Everything that the run says."""
        name = self._driver.name or "a tool without a name"
        version = self._driver.semantic_version or self._driver.version or ""
        results = [found for result in self._run.results or () if (found := self._raw(result)) is not None]
        return Said(name, results, list(self._unseen()), f"{name} {version}".strip())

    def _unseen(self) -> Iterator[str]:
        if self._run.results is None:
            yield "it says nothing of results, so nothing was looked for"
        for invocation in self._run.invocations or ():
            told = [
                *(invocation.tool_execution_notifications or ()),
                *(invocation.tool_configuration_notifications or ()),
            ]
            faults = [one.message.text or "" for one in told if one.level == "error"]
            if not invocation.execution_successful:
                yield f"it did not succeed, as it says itself{': ' if faults else ''}{' | '.join(faults[:3])}"

    def _raw(self, result: _Result) -> Raw | None:
        """A result as a finding may be made of it; None for what passed, is suppressed or is gone."""
        rule = self._rule(result)
        level = self._level(result, rule)
        if level is None or result.baseline_state == "absent" or _is_suppressed(result):
            return None
        reference = result.rule or _RuleReference()
        code = result.rule_id or reference.id or rule.id or "no-rule"
        physical = next((one.physical_location for one in result.locations or () if one.physical_location), None)
        region = (physical.region if physical is not None else None) or _Region()
        return Raw(
            code=code,
            name=rule.name or code,
            level=level,
            message=_worded(result.message, rule),
            remedy=f"mend it; the rule: {rule.help_uri}" if rule.help_uri else "mend it",
            place=self._place(physical.artifact_location if physical is not None else None),
            line=region.start_line or 0,
            column=region.start_column or 0,
            end_line=region.end_line or region.start_line or 0,
            end_column=region.end_column or 0,
            columns="characters" if self._run.column_kind == "unicodeCodePoints" else "utf-16",
        )

    # --- rules

    def _rule(self, result: _Result) -> _Rule:
        reference = result.rule or _RuleReference()
        component = self._component(reference)
        rules = component.rules or []
        index = result.rule_index if result.rule_index is not None else reference.index
        if index is not None and 0 <= index < len(rules):
            return rules[index]
        wanted = result.rule_id or reference.id
        return self._by_id.get(wanted, _Rule()) if wanted is not None else _Rule()

    def _component(self, reference: _RuleReference) -> _Component:
        index = reference.tool_component.index if reference.tool_component is not None else None
        extensions = self._run.tool.extensions or []
        return extensions[index] if index is not None and 0 <= index < len(extensions) else self._driver

    @cached_property
    def _by_id(self) -> dict[str, _Rule]:
        components = (*(self._run.tool.extensions or ()), self._driver)
        return {rule.id: rule for component in components for rule in component.rules or () if rule.id is not None}

    @staticmethod
    def _level(result: _Result, rule: _Rule) -> Level | None:
        if result.kind not in (None, "fail"):
            return None
        own = rule.default_configuration.level if rule.default_configuration is not None else None
        return _LEVELS.get(result.level or own or "warning")

    # --- places

    def _place(self, place: _Place | None) -> str:
        """A place's URI, resolved as far as the run tells; empty for none."""
        artifacts = self._run.artifacts or []
        if place is not None and place.uri is None and place.index is not None and 0 <= place.index < len(artifacts):
            place = artifacts[place.index].location
        bases = self._run.original_uri_base_ids or {}
        uri = ""
        for _ in range(_MOST_BASES):
            if place is None:
                break
            uri = f"{place.uri or ''}{uri}"
            if ":" in uri.partition("/")[0] or place.uri_base_id is None:
                break
            place = bases.get(place.uri_base_id)
        return path_of(uri)


def path_of(uri: str) -> str:
    """The path that a URI names: absolute, or relative to where the tool ran; empty for one that names no file here."""
    scheme, colon, rest = uri.partition(":")
    if colon and scheme.lower() == "file":
        host, _, path = rest.removeprefix("//").partition("/") if rest.startswith("//") else ("", "", rest.lstrip("/"))
        if host not in ("", "localhost"):
            return ""
        uri = f"/{path}"
    elif colon and "/" not in scheme and len(scheme) > 1:
        return ""
    bare = uri.partition("#")[0].partition("?")[0]
    return unquote_to_bytes(bare).decode("utf-8", "surrogateescape")


def _is_suppressed(result: _Result) -> bool:
    """Any suppression that nobody has refused, or still has to look at."""
    return any(one.status in (None, "accepted") for one in result.suppressions or ())


def _worded(message: _Message, rule: _Rule) -> str:
    text = message.text or message.markdown
    if text is None and message.id is not None:
        told = (rule.message_strings or {}).get(message.id, _Message())
        text = told.text or told.markdown
    return _filled(text or "(the tool gives no message)", message.arguments or [])


def _filled(text: str, arguments: Sequence[str]) -> str:
    """A text with its arguments; both are cut first, or a few kilobytes would make gigabytes."""
    text = text[:_LONGEST]
    for number, argument in enumerate(arguments[:10]):
        text = text.replace(f"{{{number}}}", argument[:_LONGEST])[: 2 * _LONGEST]
    return text
