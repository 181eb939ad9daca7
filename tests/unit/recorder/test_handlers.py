"""What took an exception, told by the lines that ran then."""

from __future__ import annotations

import pytest

from quality_gate_recorder.handlers import Handlers

SOURCE = """\
try:
    call()
except OSError:
    one = 1
except KeyError as error:
    two = 2
finally:
    three = 3
try:
    call()
except OSError: pass
except KeyError: pass
try:
    with first(), \\
         second():
        call()
except KeyError:
    four = 4
def function():
    try:
        call()
    finally:
        return 5
try:
    try:
        call()
    except OSError:
        call()
except KeyError:
    six = 6
match one:
    case 1:
        for two in ():
            try:
                call()
            except OSError:
                seven = 7
else_ = 1
try:
    pass
except OSError:
    eight = 8
else:
    call()
"""


@pytest.fixture
def handlers(tmp_path):
    (tmp_path / "a.py").write_text(SOURCE)
    return Handlers(str(tmp_path))


@pytest.mark.parametrize(
    ("raised", "ran", "wanted"),
    [
        (2, [3, 4, 2], 3),
        (2, [3, 5, 6, 2], 5),
        (2, [3, 4, 8, 2], 3),
        (10, [11, 10], 11),
        (10, [11, 12, 10], 12),
        (16, [14], 14),
        (16, [15], 14),
        (16, [17, 18, 16], 17),
        (21, [23, 21], 23),
        (26, [27, 28], 27),
        (28, [29, 30], 29),
        (35, [36, 37], 36),
        (44, [41], 41),
        (2, [], 0),
    ],
    ids=[
        "the first handler",
        "the second",
        "and the finally after it",
        "on one line",
        "on one line, the second",
        "a with",
        "a with of several lines",
        "a handler around a with",
        "a finally that returns",
        "the inner one",
        "the outer one for what a handler raises",
        "in a match and a loop",
        "none, for an else is not guarded",
        "nothing ran",
    ],
)
def test_line(handlers, raised, ran, wanted):
    assert handlers.line("a.py", raised, ran) == wanted


@pytest.mark.parametrize("content", [b"try:\n", b"\0", b"\xff\xfe", None], ids=["broken", "nul", "encoding", "gone"])
def test_where_the_source_cannot_be_read_the_interpreters_own_line_is_the_answer(tmp_path, content):
    if content is not None:
        (tmp_path / "a.py").write_bytes(content)
    assert Handlers(str(tmp_path)).line("a.py", 2, [7, 8]) == 7


def test_groups(tmp_path):
    (tmp_path / "a.py").write_text("try:\n    call()\nexcept* OSError:\n    pass\nexcept* KeyError:\n    one = 1\n")
    assert Handlers(str(tmp_path)).line("a.py", 2, [3, 5, 6]) == 5
