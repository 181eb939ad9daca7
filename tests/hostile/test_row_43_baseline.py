"""Rows 34, 35, 43, 45 and 47: the baseline as somebody would like it to be, and where git tells little."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from gate_process import gate
from git_scratch import Scratch

NAME = "quality-gate-baseline.tsv"
ENFORCE = '[tool.quality-gate.practices]\nstatic-analysis = "enforce"\n'
GUILTY = 'import requests\n\n\ndef publish(event):\n    requests.post("https://events.example", json=event)\n'


@pytest.fixture
def shop(tmp_path: Path) -> Scratch:
    """One known finding on main; a topic is checked out."""
    return made(tmp_path / "shop", {"pay.py": GUILTY, "pyproject.toml": ENFORCE})


def made(folder: Path, files: dict[str, str | bytes], below: str = ".") -> Scratch:
    shop = Scratch(folder)
    shop.commit(files)
    done = gate(folder / below, "baseline", "--adopt", "static-analysis")
    assert done.returncode == 0, done.stderr.decode()
    shop.git("add", "--all")
    shop.commit()
    shop.git("checkout", "--quiet", "-b", "topic")
    return shop


def judge(folder: Path, stage: str = "ci") -> subprocess.CompletedProcess[bytes]:
    return gate(folder, "check", "--stage", stage)


@pytest.mark.parametrize(
    ("old", "new"),
    [("# adopted", "<<<<<<< HEAD\n# adopted"), ("format 1", "format 7"), ("QG201", "QG2"), ("\tpay.py", "\t../pay.py")],
)
def test_a_spoiled_baseline_ends_with_2_and_says_where_and_what_to_type(shop: Scratch, old: str, new: str) -> None:
    spoil(shop, old, new)
    done = judge(shop.folder)
    assert done.returncode == 2
    assert f"error: {NAME}:".encode() in done.stderr
    assert b"git checkout" in done.stderr or b"pip install --upgrade" in done.stderr


def test_no_command_makes_do_with_half_of_it(shop: Scratch) -> None:
    spoiled = spoil(shop, "QG201", "QG2")
    for command in (("check",), ("report",), ("baseline",), ("baseline", "--prune")):
        assert gate(shop.folder, *command).returncode == 2
    assert (shop.folder / NAME).read_text() == spoiled


def spoil(shop: Scratch, old: str, new: str) -> str:
    spoiled = (shop.folder / NAME).read_text().replace(old, new, 1)
    shop.write(NAME, spoiled)
    return spoiled


def test_a_link_is_neither_read_nor_written_through(shop: Scratch) -> None:
    file, elsewhere = shop.folder / NAME, shop.folder.parent / "elsewhere"
    file.rename(elsewhere)
    file.symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    for command in (("check",), ("baseline", "--prune"), ("baseline", "--adopt", "isolated-tests")):
        done = gate(shop.folder, *command)
        assert done.returncode == 2
        assert b"symbolic link" in done.stderr
    assert elsewhere.read_bytes() == before


def test_a_pipe_is_not_waited_for(shop: Scratch) -> None:
    (shop.folder / NAME).unlink()
    os.mkfifo(shop.folder / NAME)
    assert gate(shop.folder, "check", timeout=30).returncode == 2


def test_ten_million_lines_are_refused_at_once(shop: Scratch) -> None:
    with (shop.folder / NAME).open("wb") as stream:
        stream.truncate(1 << 33)
    done = gate(shop.folder, "check", timeout=30)
    assert done.returncode == 2
    assert b"no more than 32 MiB are read" in done.stderr


def test_what_stands_in_it_does_not_reach_the_terminal(shop: Scratch) -> None:
    file = shop.folder / NAME
    content = re.sub(rb"\t[0-9a-f]{20}\t", b"\t" + b"0" * 20 + b"\t", file.read_bytes())
    file.write_bytes(content.replace(b"\tpay.py", b"\tpay\\u001b[31m.py"))
    shop.write("pay.py", "")
    shop.git("checkout", "--quiet", "-B", "main")
    shop.git("add", "--all")
    shop.commit()
    done = judge(shop.folder)
    assert b"\x1b" not in done.stdout + done.stderr
    assert b"fixed and still in the baseline: call-without-deadline in pay" in done.stdout


def test_a_change_that_takes_it_away_cannot_be_kept(shop: Scratch) -> None:
    shop.write("pay.py", GUILTY.replace("json=event", "json=event, timeout=5"))
    shop.git("rm", "--quiet", NAME)
    shop.git("add", "--all")
    shop.commit()
    done = judge(shop.folder)
    assert done.returncode == 3
    assert b"was there at the merge base and is gone; type git checkout" in done.stdout
    assert judge(shop.folder, "push").returncode == 0


def test_nor_in_a_project_below_the_top(tmp_path: Path) -> None:
    shop = made(tmp_path / "all", {"shop/pay.py": GUILTY, "shop/pyproject.toml": ENFORCE}, below="shop")
    shop.write("shop/pay.py", "")
    shop.git("rm", "--quiet", f"shop/{NAME}")
    shop.git("add", "--all")
    shop.commit()
    assert judge(shop.folder / "shop").returncode == 3


def test_another_file_of_that_name_does_not_matter(tmp_path: Path) -> None:
    shop = Scratch(tmp_path / "all")
    shop.commit({NAME: "theirs\n", "shop/pay.py": "", "shop/pyproject.toml": ENFORCE})
    shop.git("checkout", "--quiet", "-b", "topic")
    shop.git("rm", "--quiet", NAME)
    shop.commit()
    assert judge(shop.folder / "shop").returncode == 0


@pytest.mark.parametrize("depth", [1, 2])
def test_a_shallow_clone_knows_what_is_known_and_nothing_more(shop: Scratch, depth: int) -> None:
    shop.commit({"more.py": GUILTY})
    clone = shop.folder.parent / "clone"
    shop.git("clone", "--quiet", f"--depth={depth}", "--branch=topic", f"file://{shop.folder}", str(clone))
    report = json.loads(gate(clone, "check", "--stage", "ci", "--format", "json").stdout)
    findings = [found for verdict in report["verdicts"] for found in verdict["findings"]]
    assert [(found["path"], found["known"]) for found in findings] == [("more.py", False), ("pay.py", True)]
    assert report["outcome"] == "BROKEN"


def test_a_worktree_and_a_detached_head(shop: Scratch) -> None:
    beside = shop.folder.parent / "beside"
    shop.git("worktree", "add", "--quiet", "--detach", str(beside))
    assert judge(beside).returncode == 0
    (beside / "pay.py").write_text("")
    assert b"1 taken out, 0 left" in gate(beside, "baseline", "--prune").stdout
    assert judge(shop.folder).returncode == 0


def test_line_ends_of_windows(shop: Scratch) -> None:
    file = shop.folder / NAME
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert judge(shop.folder).returncode == 0


@pytest.mark.parametrize("name", ["a\tb.py", "a\nb.py", "-.py", "é.py", "a\u2028b.py", "a\\b.py", b"\xff.py"])
def test_any_file_name(tmp_path: Path, name: str | bytes) -> None:
    folder = tmp_path / "shop"
    shop = Scratch(folder)
    (folder / os.fsdecode(name)).write_text(GUILTY)
    shop.write("pyproject.toml", ENFORCE)
    shop.git("add", "--all")
    shop.commit()
    assert gate(folder, "baseline", "--adopt", "static-analysis").returncode == 0
    shop.git("add", "--all")
    shop.commit()
    assert judge(folder).returncode == 0
    (folder / os.fsdecode(name)).write_text("")
    assert judge(folder).returncode == 1
    assert b"1 taken out, 0 left" in gate(folder, "baseline", "--prune").stdout
    assert judge(folder).returncode == 0


def test_lines_that_python_and_git_count_differently(tmp_path: Path) -> None:
    drifting = GUILTY.replace("\n\n\n", "\nA = '\x0b\x0c\x85\u2028'\n# \x0b\n\n\n")
    shop = made(tmp_path / "shop", {"pay.py": drifting, "pyproject.toml": ENFORCE})
    assert judge(shop.folder).returncode == 0
    shop.write("pay.py", drifting.replace("A =", "#\x0c\x85\nA ="))
    assert judge(shop.folder).returncode == 0


def test_a_folder_that_nobody_may_write_to_is_said(shop: Scratch) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    shop.write("pay.py", "")
    shop.folder.chmod(0o555)
    try:
        done = gate(shop.folder, "baseline", "--prune")
    finally:
        shop.folder.chmod(0o755)
    assert done.returncode == 2
    assert b"cannot be written" in done.stderr
