"""What one file says on its own: definitions for the commit stage, and lines that no test can run."""

from __future__ import annotations

import pytest

from quality_gate.evidence.one_module import definitions_in, never_run_in
from quality_gate_checkers.settings import Settings

SOURCE = """\
from abc import abstractmethod
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import shop


class Bank(Protocol):
    def charge(self, order):
        ...

    @abstractmethod
    def refund(self, order):
        return None

    def capture(self, order):
        if order is None:
            raise TypeError("order")
        if order.bad:
            raise ValueError(order)
        return [one for one in order]


def later():
    raise NotImplementedError
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "shop.py").write_text(SOURCE)
    return tmp_path


def test_definitions_have_the_name_under_which_the_file_was_linked(file):
    found = definitions_in(file, "shop.py", "app.shop")
    assert [(one.name, one.kind, one.line) for one in found] == [
        ("app.shop", "module", 1),
        ("app.shop.Bank", "class", 8),
        ("app.shop.Bank.charge", "function", 9),
        ("app.shop.Bank.refund", "function", 13),
        ("app.shop.Bank.capture", "function", 16),
        ("app.shop.later", "function", 24),
    ]
    assert definitions_in(file, "shop.py", None)[1].name == "shop.Bank"


def test_lines_that_no_test_can_run_are_the_whole_of_their_statements(file):
    spans = {(span.first, span.last) for span in never_run_in(file, "shop.py", Settings())}
    lines = {line for first, last in spans for line in range(first, last + 1)}
    assert {4, 5, 9, 10, 13, 14, 17, 18, 24, 25} <= lines
    assert lines.isdisjoint({8, 16, 19, 20, 21})


@pytest.mark.parametrize("content", [b"def (", b"\xff", b"x = 1\0", b"x = " + b"(" * 5_000, b"x = 0x" + b"f" * 9_000])
def test_what_cannot_be_read_says_nothing_and_fails_nobody(tmp_path, content):
    (tmp_path / "bad.py").write_bytes(content)
    assert len(definitions_in(tmp_path, "bad.py", None)) <= 1
    assert never_run_in(tmp_path, "bad.py", Settings()) == ()


def test_what_is_no_regular_file_is_not_read(tmp_path):
    (tmp_path / "link.py").symlink_to("/dev/zero")
    assert definitions_in(tmp_path, "link.py", None) == definitions_in(tmp_path, "gone.py", None) == ()
    assert never_run_in(tmp_path, "link.py", Settings()) == ()
