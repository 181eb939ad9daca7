"""Pages of rules and practices, by name or code."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from quality_gate import engine, project_rules
from quality_gate.bench import ProjectRule
from quality_gate.cli._rule_texts import RuleText
from quality_gate.model import RuleHelp
from quality_gate_checkers.catalog import catalog
from quality_gate_checkers.model import Rule
from quality_gate_checkers.plug import Page, PlugError, collect

if TYPE_CHECKING:
    from quality_gate_checkers.inference import InferenceRule


def all_rules() -> list[Rule | ProjectRule]:
    """Every rule in code order, those that need more than one module among them.

    Raises:
        PlugError: two of them have one code or one name.
    """
    rules: list[Rule | ProjectRule] = [*catalog().rules, *collect(project_rules, ProjectRule)]
    taken: dict[str, Rule | ProjectRule] = {}
    for rule in rules:
        for key in (rule.code, rule.name):
            other = taken.setdefault(key, rule)
            if other is not rule:
                raise PlugError(f"two rules are called {key}: {other.code} {other.name} and {rule.code} {rule.name}")
    return sorted(rules, key=lambda rule: rule.code)


def rule_called(key: str) -> Rule | ProjectRule | None:
    """A rule by its code or name, in any case."""
    return next((rule for rule in all_rules() if key.lower() in (rule.code.lower(), rule.name)), None)


def pylint_rules() -> tuple[InferenceRule, ...]:
    """The rules that only pylint has; astroid is loaded for them, so that nothing on the way to a verdict asks."""
    from quality_gate_checkers.inference import inference_rules

    return inference_rules()


def _weight(rule: Rule | ProjectRule) -> str:
    """What its findings do; a page that has a section about severity says which of them weigh otherwise."""
    usual, other = ("blocks", "warns") if rule.severity == "error" else ("warns", "blocks")
    return f"{usual}; {other} in some cases, see Severity" if "Severity" in rule.page.sections else usual


def page_called(key: str) -> tuple[str, Page] | None:
    """Title and page of a rule or a practice."""
    rule = rule_called(key)
    if rule is not None:
        return f"{rule.code} {rule.name} ({_weight(rule)})", rule.page
    practice = next((found for found in engine.known_practices() if found.name == key), None)
    if practice is not None:
        return f"{practice.name} (practice)", practice.page
    inferring = next((found for found in pylint_rules() if key.lower() in (found.code.lower(), found.name)), None)
    return (f"{inferring.code} {inferring.name} (pylint only)", inferring.page) if inferring else None


def consequence_of(name: str) -> str:
    """What a breach of a rule does in production, one sentence; empty for an unknown name."""
    rule = rule_called(name)
    return rule.page.first_paragraph("In production") if rule else ""


def texts_of(names: Collection[str]) -> tuple[RuleText, ...]:
    """What the pages of some rules say, in code order; unknown names are left out."""
    return tuple(
        RuleText(rule.page.first_paragraph("In production"), _help_of(rule))
        for rule in all_rules()
        if rule.name in names
    )


def _help_of(rule: Rule | ProjectRule) -> RuleHelp:
    page = rule.page
    return RuleHelp(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        summary=page.summary,
        page="\n\n".join(f"## {title}\n\n{text}" if title else text for title, text in page.sections.items()),
    )


def known_names() -> list[str]:
    """Everything that `explain` has a page for."""
    rules = [*all_rules(), *pylint_rules()]
    return [*(rule.name for rule in rules), *(practice.name for practice in engine.known_practices())]
