"""Proofs as they are kept: how long they hold, and how far a file from anybody is believed."""

from __future__ import annotations

import json
import os

import pytest

from failure_listing import listed
from quality_gate.errors import Missing
from quality_gate.evidence.runs.proofs import PROOFS, KeptProofs, read_proofs
from quality_gate.failure_levels import Proof
from recorded_evidence import write_files

PAY = "LIMIT = 1\n\n\ndef charge(x):\n    if x > LIMIT:\n        raise ValueError(x)\n\n\ndef refund(x):\n    raise KeyError\n"
TEST = "def test_charge():\n    pass\n"
CODE = ("conftest.py", "tests/conftest.py", "tests/test_pay.py")
PROOF = Proof(killed_by=("tests/test_pay.py::test_charge",), tests=("tests/test_pay.py::test_charge",))


@pytest.fixture
def project(tmp_path):
    write_files(tmp_path, {"shop/pay.py": PAY, "tests/test_pay.py": TEST})
    (tmp_path / ".quality-gate").mkdir()
    return tmp_path


@pytest.fixture
def path():
    return next(one for one in listed({"shop/pay.py": PAY}) if one.function == "charge")


@pytest.fixture
def kept(project, path):
    proofs = KeptProofs(project)
    proofs.add(path, PROOF, CODE)
    (project / PROOFS).write_bytes(proofs.content())
    return project


def test_none_yet(project, path):
    assert read_proofs(project, tracked=False).of(path) is None


def test_it_holds_while_nothing_changes(kept, path):
    assert read_proofs(kept, tracked=False).of(path) == PROOF


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("shop/pay.py", PAY.replace("x > LIMIT", "x >= LIMIT")),
        ("shop/pay.py", PAY.replace("LIMIT = 1", "LIMIT = 2")),
        ("shop/pay.py", "def ("),
        ("tests/test_pay.py", TEST + "# changed\n"),
        ("tests/conftest.py", "import shop\n"),
        ("conftest.py", ""),
    ],
)
def test_it_does_not_hold_after_a_change(kept, path, file, text):
    write_files(kept, {file: text})
    proofs = read_proofs(kept, tracked=False)
    assert proofs.of(path) is None
    assert json.loads(proofs.content())["proofs"] == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("shop/pay.py", "# moved\n" + PAY.replace("raise KeyError", "raise OSError")),
        ("tests/test_other.py", "def test_other():\n    pass\n"),
    ],
)
def test_changes_elsewhere_do_not_matter(kept, path, file, text):
    write_files(kept, {file: text})
    assert read_proofs(kept, tracked=False).of(path) == PROOF


def test_what_was_found_when_a_crash_still_proved_is_not_believed(kept, path):
    content = (kept / PROOFS).read_bytes()
    assert KeptProofs(kept, content).of(path) == PROOF
    assert KeptProofs(kept, content.replace(b'"version":2', b'"version":1')).of(path) is None


def test_a_new_answer_replaces_the_old_one(kept, path):
    proofs = read_proofs(kept, tracked=False)
    proofs.add(path, Proof(survived="-a\n+b\n", tests=("x",)), CODE[:1])
    again = KeptProofs(kept, proofs.content())
    found = again.of(path)
    assert found is not None
    assert found.survived == "-a\n+b\n"
    assert json.loads(again.content())["code"] == [["conftest.py"]]


FORGED = {
    "no JSON": b"{",
    "another version": b'{"version": 3, "code": [], "proofs": []}',
    "a list": b"[]",
    "wrong types": b'{"version": 1, "proofs": [{"path": 1}]}',
    "deep": b'{"version": 1, "code": ' + b"[" * 100_000,
    "code that is not there": json.dumps(
        {
            "version": 2,
            "code": [],
            "proofs": [{"path": "a", "id": "b", "function": "c", "proof": {}, "code": 7, "basis": ""}],
        }
    ).encode(),
    "bytes": b"\xff\xfe\0",
}


@pytest.mark.parametrize("content", FORGED.values(), ids=FORGED)
def test_a_forged_file_is_refused(project, content):
    (project / PROOFS).write_bytes(content)
    with pytest.raises(Missing, match="readable proofs") as refused:
        read_proofs(project, tracked=False)
    assert "delete it" in refused.value.remedy


def test_paths_that_lead_elsewhere_are_not_read(project, path):
    proofs = KeptProofs(project)
    proofs.add(path, PROOF, ("../secret.py",))
    before = KeptProofs(project, proofs.content()).of(path)
    (project.parent / "secret.py").write_text("x = 1")
    assert KeptProofs(project, proofs.content()).of(path) == before == PROOF


def test_a_link_or_what_git_tracks_is_refused(kept, path):
    with pytest.raises(Missing, match="git tracks"):
        read_proofs(kept, tracked=True)
    os.rename(kept / PROOFS, kept / "elsewhere.json")
    os.symlink(kept / "elsewhere.json", kept / PROOFS)
    with pytest.raises(Missing, match="symbolic link"):
        read_proofs(kept, tracked=False)
