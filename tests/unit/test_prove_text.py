"""What `prove` prints: for people, and for programs."""

from __future__ import annotations

import json

import msgspec
import pytest

from failure_listing import listed
from quality_gate.cli._proof_text import as_json, as_text
from quality_gate.cli._provable import _without_tests
from quality_gate.codebase.mutants.edits import Edit
from quality_gate.codebase.mutants.making import Mutant, Place
from quality_gate.codebase.mutants.planning import Answer, Asked, Trial, answered
from quality_gate.failure_levels import Proof

PATHS = listed({"shop/pay.py": "def charge(x):\n    if x < 0:\n        raise ValueError(x)\n    raise KeyError\n"})
DIFF = "--- a\n+++ a (changed)\n@@ -1 +1 @@\n-x\n+y\n"


def mutant(what):
    return Mutant(what=what, edit=Edit(0, 1, what, what), within=(Place("charge", 1),), diff=DIFF)


def answers(*found):
    mutants = tuple(mutant(str(n)) for n in range(len(found)))
    return [answered(Asked(path=PATHS[0], mutants=mutants, telling=frozenset({"t0", "t1"})), found)]


def test_every_change_has_to_be_noticed():
    killed = Trial("killed", by="t1", tests=("t1",))
    (one,) = answers(killed, Trial("killed", by="t0", tests=("t0", "t1")))
    assert (one.found, one.proof) == ("proven", Proof(killed_by=("t0", "t1"), tests=("t0", "t1")))
    (one,) = answers(killed, Trial("survived", tests=("t2", "t1")))
    assert (one.found, one.what, one.proof) == ("survived", "1", Proof(survived=DIFF, tests=("t1", "t2")))
    (one,) = answers(killed, Trial("unknown", why="it is odd"))
    assert (one.found, one.why) == ("no answer", "it is odd")
    (one,) = answers(killed, Trial("killed", by="t2", tests=("t0", "t2")))
    assert (one.found, one.proof) == ("no answer", Proof())
    assert "t2 fails with a change and checks nothing" in one.why
    (one,) = answers(Trial("unknown", why="it is odd"), Trial("survived", tests=("t1",)))
    assert one.found == "survived"


def test_a_change_that_nobody_can_notice_does_not_count():
    alike = Trial("alike", tests=("t1",))
    (one,) = answers(alike, Trial("killed", by="t0", tests=("t0",)))
    assert (one.found, one.proof) == ("proven", Proof(killed_by=("t0",), tests=("t0",)))
    (one,) = answers(alike, Trial("survived", tests=("t2",)))
    assert (one.found, one.what) == ("survived", "1")
    (one,) = answers(alike)
    assert (one.found, one.proof, "same exception" in one.why) == ("not provable", Proof(), True)


@pytest.mark.parametrize(
    ("unsure", "remedy"),
    [
        (
            "Python 3.11 does not tell which exceptions pass, 3.12 does",
            "run quality-gate test under Python 3.12 or later",
        ),
        ("its last call: Python 3.11 does not tell sleeps", "run quality-gate test under Python 3.12 or later"),
        (
            "4 tests were chosen: what the others run is not known",
            "type quality-gate test without arguments",
        ),
        ("it has changed since", "type quality-gate test"),
    ],
)
def test_what_is_not_known_says_what_would_help(unsure, remedy):
    found = _without_tests(PATHS[0], unsure)
    assert (found.found, found.remedy) == ("no answer", remedy)
    assert found.why.endswith(unsure)


def test_one_change_of_several_paths_is_shown_once():
    proof = Proof(survived=DIFF, tests=("a", "b"))
    both = [Answer(path=path, found="survived", proof=proof, what="it is left out") for path in PATHS]
    text = as_text(both, verbose=False, quiet=True)
    assert text.count("   | +y\n") == 1
    assert "shop/pay.py:3  raise ValueError(x)  in charge()\nshop/pay.py:4  raise KeyError  in charge()\n" in text
    assert "When it is left out, all 2 tests that make it happen still pass" in text


def test_counts_and_reasons():
    found = [
        Answer(path=PATHS[0], found="not run", why="no test makes it happen", remedy="write one"),
        Answer(path=PATHS[1], found="proven", proof=Proof(killed_by=("t",), tests=("t",)), kept=True),
    ]
    text = as_text(found, verbose=True, quiet=False)
    assert "no test makes it happen; write one (1)\n   shop/pay.py:3" in text
    assert "1 of 2 failure paths proven\n" in text
    assert "noticed by t\n" in text
    assert "1 of these were found before" in text


@pytest.mark.parametrize("evil", ["::error::x", "##[group]", "\x1b[31mred"])
def test_nothing_of_a_project_reaches_the_terminal_as_a_command(evil):
    path = msgspec.structs.replace(PATHS[0], text=evil, path=f"{evil}.py")
    proof = Proof(survived=f"-{evil}\n{evil}\n", tests=(evil,))
    found = [Answer(path=path, found="survived", proof=proof), Answer(path=path, found="no answer", why=evil)]
    text = as_text(found, verbose=True, quiet=False)
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert "##[" not in text
    assert "\x1b" not in text
    assert "##[" not in as_json(found)
    assert json.loads(as_json(found))["version"] == 1
