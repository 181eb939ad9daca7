"""The rules that stand on astroid's inference, as real pylint checkers: one checker per rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pylint.checkers import BaseChecker

from quality_gate_checkers.hosts.context import place, today
from quality_gate_checkers.inference import InferenceRule, Sight, inference_rules
from quality_gate_checkers.inference._written import Written
from quality_gate_checkers.model import role_of
from quality_gate_checkers.settings import UnreadableSettings

if TYPE_CHECKING:
    from astroid import nodes
    from pylint.lint import PyLinter

OPTION = "quality-gate-boundaries"


class InferenceChecker(BaseChecker):
    """One rule.

    Args:
        linter: the run.
        rule: what it checks.
    """

    def __init__(self, linter: PyLinter, rule: InferenceRule) -> None:
        self.name = f"quality-gate-{rule.name}"
        self.msgs = {rule.pylint_id: ("%s", rule.name, rule.page.summary.replace("%", "%%"))}
        if rule.name == "vendor-exception-leak":
            self.options = (
                (
                    OPTION,
                    {
                        "default": (),
                        "type": "csv",
                        "metavar": "<name patterns>",
                        "help": "Modules that may know vendors' libraries and their exceptions, e.g. shop.gateways.**",
                    },
                ),
            )
        self._rule = rule
        self._sight: Sight | None = None
        for kind in rule.visits:
            setattr(self, f"visit_{kind}", self._visitor())
        super().__init__(linter)

    def _visitor(self) -> Callable[[nodes.NodeNG], None]:
        def visit(node: nodes.NodeNG) -> None:
            self._judge(node)

        return visit

    def visit_module(self, node: nodes.Module) -> None:
        """Find out what part the file plays; one that plays none of the rule's is not looked at."""
        self._sight = None
        try:
            path, settings = place(node.file)
        except (UnreadableSettings, TypeError, ValueError):
            return  # the raw checkers have said so
        role = role_of(path, settings)
        if role in self._rule.roles:
            with node.stream() as stream:
                written = Written(path, stream.read(), settings)
            boundaries = tuple(getattr(self.linter.config, OPTION.replace("-", "_"), ()))
            self._sight = Sight(role, written, boundaries)

    def _judge(self, node: nodes.NodeNG) -> None:
        if self._sight is None:
            return
        for hit in self._rule.check(node, self._sight):
            if not self._is_silenced(hit.node, self._sight.written):
                self.add_message(self._rule.name, node=hit.node, args=(f"{hit.message}; {hit.remedy}",))

    def _is_silenced(self, node: nodes.NodeNG, written: Written) -> bool:
        """Whether a comment of ours holds there; pylint's own comments are pylint's business."""
        found = written.module.suppressions if written.module is not None else ()
        line, rule = node.lineno or 1, self._rule
        return any(
            one.kind != "pylint" and one.covers(line, rule.code, rule.name) and one.fault(today()) is None
            for one in found
        )


def register(linter: PyLinter) -> None:
    """Add one checker per rule."""
    for rule in inference_rules():
        linter.register_checker(InferenceChecker(linter, rule))
