"""Tests that a change deletes, against the real git: never one that has another name, place or body."""

from __future__ import annotations

from pathlib import Path

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.evidence.git.changes import change_at
from quality_gate.evidence.git.command import find_top
from quality_gate.evidence.git.deleted_tests import deleted_tests, softened_tests
from quality_gate.model import Stage
from quality_gate_checkers.settings import Settings

PAID = """\
def test_paid():
    order = Order(5)
    place(order, Bank())
    assert order.state == "paid"
"""
DECLINED = """\
def test_declined():
    order = Order(7)
    with pytest.raises(Declined):
        place(order, Failing())
    assert order.state == "declined"
"""
IN_CLASS = """\
class TestRefund:
    def test_refunded(self):
        assert refund(Order(5)).amount == -5
        assert refund(Order(6)).amount == -6
"""
IMPORTS = "import pytest\n\nfrom shop.pay import place, refund\n\n\n"
ALL = {"tests/test_pay.py": f"{IMPORTS}{PAID}\n\n{DECLINED}\n\n{IN_CLASS}"}


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    made = Scratch(tmp_path / "project")
    made.commit({"app/" + path: text for path, text in ALL.items()})
    made.git("checkout", "--quiet", "-b", "change")
    return made


def changed(scratch: Scratch, files: dict[str, str], stage: Stage = Stage.CI, pushed=None):
    """A change to these files; an empty one is removed."""
    root = scratch.folder / "app"
    for path, text in files.items():
        if text:
            scratch.stage(f"app/{path}", text)
        else:
            scratch.git("rm", "--quiet", f"app/{path}")
    scratch.git("commit", "--quiet", "--allow-empty", "--message=change")
    git = find_top(scratch.folder, ENVIRONMENT)
    return git, root, change_at(git, root, stage, None, False, pushed)


def gone(scratch: Scratch, files: dict[str, str], stage: Stage = Stage.CI, pushed=None) -> list[str]:
    """The deleted tests that are told of a change to these files."""
    git, root, change = changed(scratch, files, stage, pushed)
    everything = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.py"))
    return [test.id for test in deleted_tests(git, root, change, everything, Settings())]


def test_a_deleted_function_and_a_deleted_method_are_told_as_pytest_calls_them(scratch):
    assert gone(scratch, {"tests/test_pay.py": f"{IMPORTS}{PAID}"}) == [
        "tests/test_pay.py::test_declined",
        "tests/test_pay.py::TestRefund::test_refunded",
    ]


def test_all_tests_of_a_deleted_file_are_told(scratch):
    assert len(gone(scratch, {"tests/test_pay.py": ""})) == 3


def test_a_test_in_a_comment_is_a_deleted_one(scratch):
    commented = "".join(f"# {line}\n" for line in DECLINED.splitlines())
    files = {"tests/test_pay.py": f"{IMPORTS}{PAID}\n\n{commented}\n\n{IN_CLASS}"}
    assert gone(scratch, files) == ["tests/test_pay.py::test_declined"]


RENAMED = DECLINED.replace("test_declined", "test_a_card_that_is_declined")
KEEPING = f"{IMPORTS}{PAID}\n\n{IN_CLASS}"


@pytest.mark.parametrize(
    "files",
    [
        {"tests/test_pay.py": f"{KEEPING}\n\n{RENAMED}"},
        {"tests/test_pay.py": f"{KEEPING}\n\n{RENAMED.replace('Order(7)', 'Order(8)').replace('Failing', 'Refusing')}"},
        {"tests/test_pay.py": KEEPING, "tests/test_cards.py": DECLINED},
        {"tests/test_pay.py": KEEPING, "tests/test_cards.py": RENAMED},
        {"tests/test_pay.py": KEEPING, "tests/unit/cards.py": f"class Cards:\n    {DECLINED}".replace("\n", "\n    ")},
        {"tests/test_pay.py": "", "tests/pay_test.py": ALL["tests/test_pay.py"]},
        {"tests/test_pay.py": f"{KEEPING}\n\ntest_declined = made_of('declined')\n"},
        {"tests/test_pay.py": f"{IMPORTS}{PAID}{DECLINED.partition(chr(10))[2]}\n\n{IN_CLASS}"},
        {"tests/test_pay.py": f"{IMPORTS}{IN_CLASS}\n\n{DECLINED}\n\n\n\n{PAID}"},
        {"tests/test_pay.py": f"{KEEPING}\n\n{DECLINED.replace('order.state', 'pass; order.state')}"},
        {"tests/test_pay.py": KEEPING, "shop/testing.py": DECLINED},
        {"tests/test_pay.py": KEEPING, "tests/test_cards.py": "def test_unreadable(:\n"},
    ],
    ids=[
        "renamed",
        "renamed and edited",
        "moved",
        "moved and renamed",
        "moved into a class",
        "its file renamed",
        "made by a call",
        "merged into its neighbour",
        "in another order",
        "edited",
        "moved to production code",
        "nobody can read where it may be",
    ],
)
def test_whatever_may_still_be_there_is_not_called_deleted(scratch, files):
    assert gone(scratch, files) == []


def test_a_name_in_a_file_that_the_change_does_not_touch_keeps_a_test(scratch):
    scratch.git("checkout", "--quiet", "main")
    scratch.commit({"app/tests/base.py": DECLINED})
    scratch.git("checkout", "--quiet", "-B", "change")
    assert gone(scratch, {"tests/test_pay.py": KEEPING}) == []


def test_a_test_that_another_project_of_the_repository_has_now_is_not_deleted(scratch):
    scratch.commit({"other/tests/test_cards.py": DECLINED})
    assert gone(scratch, {"tests/test_pay.py": f"{IMPORTS}{PAID}"}) == ["tests/test_pay.py::TestRefund::test_refunded"]


def test_what_the_base_has_deleted_meanwhile_the_change_has_not(scratch):
    scratch.git("checkout", "--quiet", "main")
    scratch.commit({"app/tests/test_pay.py": KEEPING})
    scratch.git("checkout", "--quiet", "change")
    assert gone(scratch, {"shop/pay.py": "x = 1\n"}) == []
    before = scratch.git("rev-parse", "HEAD")
    scratch.git("merge", "--quiet", "--no-edit", "main")
    assert gone(scratch, {"shop/pay.py": "x = 2\n"}, Stage.PUSH, (before, "HEAD")) == []
    assert gone(scratch, {"tests/test_pay.py": f"{IMPORTS}{IN_CLASS}"}, Stage.PUSH, (before, "HEAD")) == [
        "tests/test_pay.py::test_paid"
    ]


def test_where_no_commit_can_be_compared_nothing_is_told(scratch):
    assert gone(scratch, {"tests/test_pay.py": ""}, Stage.PUSH, ("0123456789" * 4, "HEAD")) == []


def softer(scratch: Scratch, files: dict[str, str]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.test.id, one.types) for one in softened_tests(*changed(scratch, files), Settings())]


def test_a_test_that_expects_no_exception_any_more_is_told(scratch: Scratch) -> None:
    taken = DECLINED.replace("with pytest.raises(Declined):", "if order:")
    text = f"{IMPORTS}{PAID}\n\n{taken}\n\n{IN_CLASS}"
    assert softer(scratch, {"tests/test_pay.py": text}) == [("tests/test_pay.py::test_declined", ("Declined",))]


def test_one_that_moved_to_another_file_expects_as_much(scratch: Scratch) -> None:
    files = {"tests/test_pay.py": f"{IMPORTS}{PAID}\n\n{IN_CLASS}", "tests/test_bank.py": f"{IMPORTS}{DECLINED}"}
    assert softer(scratch, files) == []
    assert softer(scratch, {"shop.py": "x = 1\n"}) == []
