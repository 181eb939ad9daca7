"""The baseline's file: what is written is what is read, and nothing else is."""

from __future__ import annotations

import pytest

from quality_gate.baseline_file import NAME, Baseline, Entry, parse, read_baseline, text_of
from quality_gate.errors import UsageErrors

ENTRY = Entry("static-analysis", "shop/pay.py", "shop.pay.charge", "QG101", "silent-failure", 1, "a" * 20, "b" * 16)


def entry(**changed) -> Entry:
    import msgspec

    return msgspec.structs.replace(ENTRY, **changed)


HELD = Baseline(("isolated-tests", "static-analysis"), (ENTRY, entry(path="shop/refund.py")))
TEXT = text_of(HELD)


def said(content: bytes) -> list[tuple[str, str, str]]:
    with pytest.raises(UsageErrors) as raised:
        parse(content)
    return [(one.where, one.problem, one.remedy) for one in raised.value.errors]


def edited(*pairs: tuple[str, str]) -> bytes:
    text = TEXT
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


def test_what_is_written_is_read():
    assert parse(TEXT.encode()) == HELD
    assert parse(text_of(Baseline()).encode()) == Baseline()


def test_lines_are_sorted_whatever_the_order():
    assert text_of(Baseline(HELD.adopted[::-1], HELD.entries[::-1])) == TEXT


def test_line_ends_that_git_made():
    assert parse(TEXT.replace("\n", "\r\n").encode()) == HELD


@pytest.mark.parametrize(
    "path",
    [
        "a\tb.py",
        "a\nb.py",
        "a\r.py",
        "a\\tb.py",
        "\x0b\x0c\x85\u2028.py",
        "\udcff.py",
        "\U000e0001.py",
        "é ü.py",
        "-.py",
        "#.py",
    ],
)
def test_any_name_of_a_file_survives(path):
    held = Baseline(("static-analysis",), (entry(path=path),))
    text = text_of(held)
    assert len(text.split("\n")) == len(text.splitlines()) + 1
    assert parse(text.encode()) == held


def test_a_later_format_asks_for_a_later_version():
    ((where, problem, remedy),) = said(edited(("format 1", "format 2")))
    assert where == f"{NAME}:1"
    assert "format 2" in problem
    assert "upgrade" in remedy


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", "=======", ">>>>>>> topic", "||||||| 1234567"])
def test_marks_of_a_merge(mark):
    lines = TEXT.split("\n")
    lines.insert(6, mark)
    ((where, problem, remedy),) = said("\n".join(lines).encode())
    assert (where, problem) == (f"{NAME}:7", "a merge has left its marks here")
    assert "git checkout --ours" in remedy
    assert "quality-gate baseline --prune" in remedy


@pytest.mark.parametrize(
    ("pairs", "line", "problem"),
    [
        ([("# quality-gate", "# Quality-gate")], 1, "should stand here"),
        ([("# It only", "# It never")], 2, "should stand here"),
        ([("# adopted isolated-tests", "# adopted everything")], 3, "a practice that is adopted"),
        ([("# adopted isolated-tests", "# adopted static-analysis")], 3, "not in order"),
        ([("practice\tpath", "path\tpractice")], 5, "names the columns"),
        ([("shop.pay.charge\t", "")], 6, "7 fields"),
        ([("QG101", "E501")], 6, "its code"),
        ([("silent-failure", "silent failure")], 6, "its rule"),
        ([("silent-failure\t1", "silent-failure\t0")], 6, "its version"),
        ([("silent-failure\t1", "silent-failure\t٣")], 6, "its version"),
        ([("a" * 20, "a" * 19)], 6, "its fingerprint"),
        ([("b" * 16, "B" * 16)], 6, "its essence"),
        ([("shop/pay.py", "../pay.py")], 6, "its path"),
        ([("shop/pay.py", "/shop/pay.py")], 6, "its path"),
        ([("shop/pay.py", "shop\\x2fpay.py")], 6, "its path"),
        ([("shop/pay.py", "shop/\\u0061.py")], 6, "its path"),
        ([("shop/pay.py", "\\U99999999.py")], 6, "its path"),
        ([("static-analysis\tshop/pay.py", "boundaries\tshop/pay.py")], 6, "boundaries was never adopted"),
        ([("static-analysis\tshop/pay.py", "x\tshop/pay.py")], 6, "its practice"),
        ([("shop/pay.py", "shop/zoo.py")], 7, "not in order"),
        ([("shop/refund.py", "shop/pay.py")], 7, "stands twice"),
    ],
)
def test_what_was_edited_by_hand_is_told_by_its_line(pairs, line, problem):
    errors = said(edited(*pairs))
    assert errors[0][0] == f"{NAME}:{line}"
    assert problem in errors[0][1]
    assert "git checkout HEAD" in errors[0][2]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"\xff\xfe", 1),
        (TEXT.encode("utf-16"), 1),
        (b"\xef\xbb\xbf" + TEXT.encode(), 1),
        (TEXT.encode().replace(b"shop.pay", b"shop\xff"), 6),
        (TEXT.encode() + b"\n", 8),
        (TEXT.encode()[:-1], 7),
        (TEXT.encode()[:-30] + b"\n", 7),
        (b"\x00" * 100, 1),
    ],
)
def test_what_is_no_baseline_at_all(content, line):
    assert said(content)[0][0] == f"{NAME}:{line}"


def test_all_that_is_wrong_is_told_at_once_and_no_more_than_a_screenful():
    broken = TEXT + "x\n" * 1000
    assert len(said(broken.encode())) == 10


def test_there_is_none(tmp_path):
    assert read_baseline(tmp_path) is None


def test_it_is_read(tmp_path):
    (tmp_path / NAME).write_text(TEXT)
    assert read_baseline(tmp_path) == HELD


@pytest.mark.parametrize("kind", ["link", "broken link", "folder", "empty", "huge"])
def test_what_is_no_file_of_ours_is_refused(tmp_path, kind):
    file = tmp_path / NAME
    if kind == "folder":
        file.mkdir()
    elif kind.endswith("link"):
        if kind == "link":
            (tmp_path / "elsewhere").write_text(TEXT)
        file.symlink_to("elsewhere")
    else:
        with file.open("wb") as stream:
            stream.truncate(0 if kind == "empty" else 33 * 1024 * 1024)
    with pytest.raises(UsageErrors) as raised:
        read_baseline(tmp_path)
    assert raised.value.errors[0].where == NAME
