"""The assertions of a file as it stands on disk; what cannot be read asserts nothing."""

from __future__ import annotations

import pytest

from quality_gate.evidence.assertions import assertions_in
from quality_gate_checkers.settings import Settings


def test_a_file_is_read(tmp_path):
    (tmp_path / "test_x.py").write_text("def test_x():\n    assert x\n")
    (held,) = assertions_in(tmp_path, "test_x.py", Settings())
    assert (held.test, [span.first for span in held.assertions]) == ("test_x", [2])


@pytest.mark.parametrize(
    "content",
    [
        b"def test_x(:\n    assert x\n",
        b"\xff\xfeassert",
        b"def test_x():\n    assert x == " + b"(" * 300 + b")" * 300,
        b"def test_x():\n    assert x == " + b"9" * 6000 + b"\n    assert \x00",
        b"",
    ],
    ids=["no Python", "no text", "too deep", "a null byte", "nothing"],
)
def test_what_cannot_be_read_asserts_nothing(tmp_path, content):
    (tmp_path / "test_x.py").write_bytes(content)
    assert assertions_in(tmp_path, "test_x.py", Settings()) == ()


def test_neither_does_a_file_that_is_gone_or_is_none(tmp_path):
    (tmp_path / "test_d.py").mkdir()
    assert assertions_in(tmp_path, "test_x.py", Settings()) == ()
    assert assertions_in(tmp_path, "test_d.py", Settings()) == ()
