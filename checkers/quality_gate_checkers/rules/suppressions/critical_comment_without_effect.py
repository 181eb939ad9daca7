"""QG604 critical-comment-without-effect."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from quality_gate_checkers.model import EVERYWHERE, Hit, Module, Role, rule
from quality_gate_checkers.model.comments import Comment
from quality_gate_checkers.model.critical import WITHOUT_EFFECT, critical_names
from quality_gate_checkers.model.misspelled import Misspelled, misspelled_in
from quality_gate_checkers.model.scopes import FunctionNode
from quality_gate_checkers.model.violation import Location


@rule(
    "QG604",
    WITHOUT_EFFECT,
    triggers=(b"critical", b"quality"),
    roles=EVERYWHERE - {Role.VENDORED},
)
def critical_comment_without_effect(module: Module) -> Iterator[Hit]:
    """A comment `# quality-gate: critical[...]` that declares nothing: misspelled, on no definition, or in test code.
    So does one that silences nothing because `allow[...]` is misspelled.

    It declares a critical path when it names one or more in square brackets, each of one word, and stands on the line
    of a `def` or `class`, of one of its decorators, or alone on the line above. Test code is on no critical path.

    ## In production
    Everybody believes that the code is guarded, and nobody measures it.

    ## Bad
    ```python
    def charge(order):  # quality-gate: critical
        order.pay()
    ```
    ```python
    def charge(order):
        # quality-gate: critical[payments]
        order.pay()
    ```
    ```python
    def charge(order):  # quality gate: critcal[payments]
        order.pay()
    ```

    ## Good
    ```python
    def charge(order):  # quality-gate: critical[payments]
        order.pay()
    ```
    ```python
    # quality-gate: critical[payments, refunds]
    class Bank:
        def refund(self, order):
            order.repay()
    ```

    ## When not to use it
    There is nothing to switch off: where a comment only speaks of critical code, say so in a sentence.

    ## What other linters see
    Nothing: the comment is ours.

    ## Known missed alarms
    More than two letters that are wrong, or both names misspelled in a file that says neither elsewhere. A name that
    nobody meant is a critical path of its own: `quality-gate paths` lists them all.

    ## Measured
    0 hits in 12 public backend projects, which do not know the comment yet: there it is never a false alarm.
    """
    heads = _heads(module)
    for comment in module.comments:
        names = critical_names(comment.text)
        if names is None:
            continue
        if not names:
            yield _hit(module, comment, "names no critical path", "name one in brackets: critical[payments]")
        elif module.role is Role.TESTS:
            yield _hit(module, comment, "stands in test code, which is on no critical path", "take it out")
        elif comment.line not in heads:
            remedy = "write it on the line of the `def` or `class`, or alone on the line above"
            yield _hit(module, comment, "stands on no function or class", remedy)
    for missed in misspelled_in(module.text, module.lines):
        yield _told(module, missed)


def _told(module: Module, missed: Misspelled) -> Hit:
    if missed.meant == "critical":
        names = missed.names or "payments"
        return _hit(module, missed.comment, "is misspelled", f"write it as `# quality-gate: critical[{names}]`")
    if missed.meant == "allow":
        remedy = f'write it as `# quality-gate: allow[{missed.names}] reason="..."`'
        return _hit(module, missed.comment, "is misspelled", remedy, "silences")
    remedy = "the gate knows `critical[...]` and `allow[...]`"
    return _hit(module, missed.comment, "says what nobody reads", remedy, "does")


def _heads(module: Module) -> set[int]:
    """Lines on which the comment declares something."""
    definitions: list[FunctionNode | ast.ClassDef] = [*module.nodes(ast.FunctionDef), *module.nodes(ast.ClassDef)]
    definitions += module.nodes(ast.AsyncFunctionDef)
    found: set[int] = set()
    for node in definitions:
        first = min((decorator.lineno for decorator in node.decorator_list), default=node.lineno)
        found.update(range(first - 1, node.lineno + 1))
    return found


def _hit(module: Module, comment: Comment, problem: str, remedy: str, does: str = "declares") -> Hit:
    end = comment.column + len(comment.text)
    place = Location(comment.line, comment.column, comment.line, end)
    return Hit(module.tree, f"the comment {problem}: it {does} nothing", remedy, location=place)
