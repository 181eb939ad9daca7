"""The rules as pylint checkers, one per hundred codes: pylint refuses a checker whose ids differ in digits 2 and 3.

They are raw checkers: the module's own bytes are parsed with `ast`, so that they find what the other hosts find; no
astroid node is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pylint.checkers import BaseRawFileChecker

from quality_gate_checkers.catalog import catalog
from quality_gate_checkers.hosts.context import place, sentence, today
from quality_gate_checkers.inspection import reported
from quality_gate_checkers.model import NotAnalysable, Rule
from quality_gate_checkers.model.violation import Violation
from quality_gate_checkers.settings import UnreadableSettings

if TYPE_CHECKING:
    from astroid import nodes
    from pylint.lint import PyLinter

_TOPICS = {
    "1": "failure-handling",
    "2": "resilience",
    "3": "scenario-tests",
    "4": "observability",
    "5": "boundaries",
    "6": "suppressions",
}


class TopicChecker(BaseRawFileChecker):
    """All rules of one hundred.

    Args:
        linter: the run.
        topic: the hundred, `1` to `6`.
        rules: the rules whose codes start with it.
    """

    def __init__(self, linter: PyLinter, topic: str, rules: list[Rule]) -> None:
        self.name = f"quality-gate-{_TOPICS[topic]}"
        self.msgs = {rule.pylint_id: ("%s", rule.name, rule.page.summary.replace("%", "%%")) for rule in rules}
        self._codes = frozenset(rule.code for rule in rules)
        super().__init__(linter)

    def process_module(self, node: nodes.Module) -> None:
        """Report what no comment of ours silences; pylint's own comments are pylint's business."""
        try:
            found = _violations(node)
        except UnreadableSettings as error:
            # pylint's own message for such a case: an exception would end in a page that asks for a bug report.
            self.linter.add_message("config-parse-error", line=0, args=(str(error),))
            return
        for violation in found:
            if violation.code in self._codes:
                location = violation.location
                self.add_message(
                    violation.name,
                    args=(sentence(violation),),
                    line=location.line,
                    col_offset=location.column,
                    end_lineno=location.end_line,
                    end_col_offset=location.end_column,
                )


_last: tuple[nodes.Module, list[Violation]] | None = None
"""The module looked at last: pylint asks every checker about one module before it goes on to the next.

The module itself is kept: in an editor's process, which lints for days, its id would be another module's some time.
"""


def _violations(node: nodes.Module) -> list[Violation]:
    """What is wrong with a module.

    Raises:
        UnreadableSettings: said to the first checker that asks, so that it is reported once.
    """
    global _last
    if _last is not None and _last[0] is node:
        return _last[1]
    _last = (node, [])
    with node.stream() as stream:
        content = stream.read()
    path, settings = place(node.file)
    try:
        found = reported(path, content, None, settings, today())
    except NotAnalysable:
        found = []  # pylint itself reports what it cannot read
    _last = (node, found)
    return found


def register(linter: PyLinter) -> None:
    """Add one checker per hundred that has rules."""
    for topic in sorted({rule.code[2] for rule in catalog().rules}):
        rules = [rule for rule in catalog().rules if rule.code[2] == topic]
        linter.register_checker(TopicChecker(linter, topic, rules))
