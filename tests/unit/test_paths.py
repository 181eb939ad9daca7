"""`quality-gate paths`: trees and documents of what belongs to a critical path, and the call graph as it is scored."""

from __future__ import annotations

import json

import pytest

from graphs import SmallCodebase, SmallRuns
from quality_gate.cli import paths as command
from quality_gate.cli import run
from quality_gate.cli._assemble import Run
from quality_gate.cli._paths import as_json, as_text
from quality_gate.codebase.critical_paths import resolve
from quality_gate.codebase.graph import Confidence, Edge, ExternalCall, UnresolvedCall
from quality_gate.config import CriticalPath
from quality_gate.runs import ObservedCall

FILES = {
    "shop/pay.py": (
        "def pay(bank):\n    take(bank)\n    count()\n\n\ndef take(bank):\n    def again():\n        pass\n"
        "    bank.charge()\n    seen()\n    self.x()\n\n\ndef count():\n    pass\n\n\ndef seen():\n    pass\n"
    ),
    "shop/bank.py": "class Bank:\n    def charge(self):\n        pass\n\n\nclass Other:\n    def charge(self):\n        pass\n",
}
EDGES = [
    ("shop.pay.pay", "shop.pay.take"),
    Edge("shop.pay.pay", "shop.pay.count", 3, 5, Confidence.CERTAIN, "import"),
    Edge("shop.pay.take", "shop.bank.Bank.charge", 9, 5, Confidence.DISPATCH, "override"),
    Edge("shop.pay.take", "shop.bank.Other.charge", 9, 5, Confidence.POSSIBLE, "unique-name"),
]
UNRESOLVED = [UnresolvedCall("shop.pay.take", "self.x", 11, 5, "nothing tells the class of self")]
RUNS = SmallRuns(observed=[ObservedCall("shop/pay.py", "take", 10, "shop/pay.py", "seen")])
TABLE = {
    "payments": CriticalPath(
        why="Money moves here.", owner="@shop/payments", entry=("shop.pay:pay",), stop=("shop.pay.count",), line=90
    )
}
CODEBASE = SmallCodebase(FILES, EDGES, unresolved=UNRESOLVED)


def resolved(codebase=CODEBASE, table=TABLE, runs=RUNS):
    return resolve(codebase, table, list(FILES), lambda path: False, runs).paths


TEXT = """\
payments   @shop/payments
   Money moves here.
   demanded: 90 % of the lines, 80 % of the branches

   5 functions
     shop.pay.pay              shop/pay.py:1    entry
       shop.pay.take           shop/pay.py:6    called on line 2
         shop.bank.Bank.charge   shop/bank.py:2   called on line 9, an override may be meant
         shop.pay.take.again     shop/pay.py:7    stands in it
         shop.pay.seen           shop/pay.py:18   called on line 10, seen by a test only

   seen by tests only, and followed (1)
     shop/pay.py:10   shop.pay.take -> shop.pay.seen

   not followed: only a name fits (1)
     shop/pay.py:9   shop.pay.take -> shop.bank.Other.charge

   not followed: `stop` says so (1)
     shop.pay.count

   not resolved: nothing tells what is called (1)
     shop/pay.py:11   self.x   nothing tells the class of self
"""


def test_each_function_stands_below_the_one_that_calls_it():
    shown = as_text(CODEBASE, resolved(), verbose=False)
    assert [line.split() for line in shown.splitlines()] == [line.split() for line in TEXT.splitlines()]
    members = [line for line in shown.splitlines() if ".py:" in line][:5]
    assert len({line.index(".py:") - len(line.split()[1].partition(".py")[0]) for line in members}) == 1, (
        "places stand below one another"
    )


def test_long_lists_are_cut_and_shown_with_v():
    many = [UnresolvedCall("shop.pay.take", f"self.x{number}", 11, 5, "why") for number in range(30)]
    codebase = SmallCodebase(FILES, EDGES, unresolved=many)
    short = as_text(codebase, resolved(codebase), verbose=False)
    assert "self.x19" in short
    assert "self.x20" not in short
    assert "and 10 more, shown with -v" in short
    assert "self.x29" in as_text(codebase, resolved(codebase), verbose=True)


def test_a_chain_of_three_hundred_calls_is_shown():
    source = "".join(f"def f{number}():\n    pass\n" for number in range(300))
    edges = [(f"m.f{number}", f"m.f{number + 1}") for number in range(299)]
    codebase = SmallCodebase({"m.py": source}, edges)
    found = resolve(codebase, {"long": CriticalPath(entry=("m:f0",))}, ["m.py"], lambda path: False).paths
    assert "m.f299" in as_text(codebase, found, verbose=False)
    document = json.loads(as_json(codebase, found))
    assert len(document["paths"][0]["members"][-1]["chain"]) == 299


def test_the_document_holds_everything_and_its_version():
    document = json.loads(as_json(CODEBASE, resolved()))
    assert document["version"] == 1
    (path,) = document["paths"]
    assert {key: path[key] for key in ("name", "why", "owner", "line", "branch", "failure")} == {
        "name": "payments", "why": "Money moves here.", "owner": "@shop/payments", "line": 90, "branch": 80,
        "failure": 80,
    }  # fmt: skip
    charge = next(member for member in path["members"] if member["function"] == "shop.bank.Bank.charge")
    assert charge == {
        "function": "shop.bank.Bank.charge",
        "path": "shop/bank.py",
        "line": 2,
        "declared": None,
        "chain": [
            {
                "caller": "shop.pay.pay", "callee": "shop.pay.take", "path": "shop/pay.py", "line": 2, "how": "import",
                "confidence": "certain",
            },
            {
                "caller": "shop.pay.take", "callee": "shop.bank.Bank.charge", "path": "shop/pay.py", "line": 9,
                "how": "override", "confidence": "dispatch",
            },
        ],
    }  # fmt: skip
    assert path["members"][0]["declared"] == "entry"
    assert [call["text"] for call in path["unresolved_calls"]] == ["self.x"]
    assert [call["callee"] for call in path["possible_calls"]] == ["shop.bank.Other.charge"]
    assert [step["how"] for step in path["seen_calls"]] == ["seen by a test"]
    assert path["stopped_at"] == ["shop.pay.count"]


def test_a_call_is_listed_once():
    fits = UnresolvedCall("shop.pay.take", "bank.charge", 9, 5, "nothing tells the class of bank")
    seen = UnresolvedCall("shop.pay.take", "hook", 10, 5, "nothing tells what hook is")
    codebase = SmallCodebase(FILES, EDGES, unresolved=[*UNRESOLVED, fits, seen])
    (path,) = json.loads(as_json(codebase, resolved(codebase)))["paths"]
    assert [call["text"] for call in path["unresolved_calls"]] == ["self.x"]
    other = UnresolvedCall("shop.pay.take", "hooks", 10, 9, "nothing tells what hooks is")
    codebase = SmallCodebase(FILES, EDGES, unresolved=[seen, other])
    (path,) = json.loads(as_json(codebase, resolved(codebase)))["paths"]
    assert [call["text"] for call in path["unresolved_calls"]] == ["hook", "hooks"], (
        "which of them was seen is not known"
    )


def test_without_a_path_the_document_is_empty_and_versioned():
    empty = {"version": 1, "tool": "", "paths": [], "comments_without_effect": []}
    assert json.loads(as_json(None, ())) | {"tool": ""} == empty


HOSTILE = "\x1b]8;;x\x07##[error]::x"


def test_names_from_a_pull_request_are_neutral():
    table = {HOSTILE: CriticalPath(why=HOSTILE, owner=HOSTILE, entry=("shop.pay:pay",))}
    calls = [UnresolvedCall("shop.pay.take", HOSTILE, 11, 5, HOSTILE)]
    codebase = SmallCodebase(FILES, EDGES, unresolved=calls)
    found = resolved(codebase, table)
    for text in (as_text(codebase, found, verbose=True), as_json(codebase, found)):
        assert "\x1b" not in text
        assert "##[" not in text
    assert all(line.isprintable() for line in as_text(codebase, found, verbose=True).splitlines())


# -- the command, over a codebase that is handed in


@pytest.fixture
def paths(tmp_path, monkeypatch, capfd):
    """Run the command in a small project; gives exit code, standard output and errors."""
    for name, source in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.quality-gate.critical-paths.payments]\nentry = ["shop.pay:pay"]\n'
        '[tool.quality-gate.critical-paths.stock]\ninclude = ["shop/bank.py"]\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Run, "_link", lambda run, files: CODEBASE)

    def run(*arguments):
        from quality_gate.cli import run as cli

        code = cli(["paths", *arguments])
        told = capfd.readouterr()
        return code, told.out, told.err

    return run


def test_all_paths_or_the_named_ones(paths):
    code, out, _ = paths()
    assert (code, [line.split()[0] for line in out.splitlines() if line and line[0] != " "]) == (
        0,
        ["payments", "stock"],
    )
    assert [path["name"] for path in json.loads(paths("stock", "--format=json")[1])["paths"]] == ["stock"]


def test_an_unknown_name_is_an_error_with_the_nearest(paths):
    assert paths("payment") == (2, "", "error: payment: no critical path is called so\n       did you mean payments?\n")
    assert "one of: payments, stock" in paths("qqq")[2]
    assert paths("--format", "haiku")[0] == 2


def test_calls_are_a_plain_graph_of_lists(paths):
    code, out, _ = paths("--calls", "--format", "json")
    assert code == 0
    graph = {
        "shop.pay.pay": ["shop.pay.take", "shop.pay.count"],
        "shop.pay.take": ["shop.bank.Bank.charge"],
    }
    assert json.loads(out) == graph
    graph["shop.pay.take"].append("shop.bank.Other.charge")
    assert json.loads(paths("--calls", "--possible", "--format", "json")[1]) == graph


def test_calls_as_text_and_of_one_path(paths):
    _, out, _ = paths("--calls")
    assert out.splitlines()[0] == "shop.pay.pay -> shop.pay.take   shop/pay.py:2   certain import"
    assert paths("--calls", "stock")[1] == ""


def test_an_entry_that_names_nothing_ends_with_2(paths, tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        '[tool.quality-gate.critical-paths.payments]\nentry = ["shop.pay:payy"]\nstop = ["shop.nowhere"]\n'
    )
    code, out, err = paths()
    assert (code, out) == (2, "")
    assert 'critical-paths.payments.entry[0]: "shop.pay:payy" names no function of the project' in err
    assert "did you mean shop.pay.pay?" in err
    assert 'critical-paths.payments.stop[0]: "shop.nowhere" matches nothing in the project' in err


def test_no_critical_path_says_so_and_links_nothing(paths, tmp_path, monkeypatch):
    def forbidden(run, files):
        raise AssertionError("nothing is to be linked")

    monkeypatch.setattr(Run, "_link", forbidden)
    (tmp_path / "pyproject.toml").write_text("[tool.quality-gate]\n")
    code, out, _ = paths()
    assert (code, out.splitlines()[0]) == (0, "no critical path declared")
    assert json.loads(paths("--format=json")[1])["paths"] == []
    assert command.command.name == "paths"


def test_files_that_calls_lead_to_and_that_are_on_no_path_are_listed():
    calls = [ExternalCall("shop.pay.pay", f"shop.{name}.call", 2, 5) for name in ("broken", "vendor", "gone")]
    files = {**FILES, "shop/__init__.py": "\n"}
    codebase = SmallCodebase(files, EDGES, external=calls, unread=["shop/broken.py"])
    codebase.modules["shop.broken"] = "shop/broken.py"
    aside = {"shop/vendor.py": "is vendored"}
    named = [*files, "shop/broken.py"]
    found = resolve(codebase, TABLE, named, lambda path: False, RUNS, left_out=aside).paths
    shown = as_text(codebase, found, verbose=False)
    assert "left out: on no critical path (1)\n     shop.vendor.call: shop/vendor.py is vendored; called at" in shown
    assert "could not be looked at (1)\n     shop/broken.py could not be analysed: shop/pay.py:2 calls" in shown
    assert (
        "not resolved: nothing tells what is called (1)\n     shop/pay.py:2   shop.gone.call   the project has" in shown
    )
    (path,) = json.loads(as_json(codebase, found))["paths"]
    call = {"caller": "shop.pay.pay", "callee": "shop.vendor.call", "path": "shop/pay.py", "line": 2}
    assert path["left_out"] == [{"path": "shop/vendor.py", "why": "is vendored", "calls": [call]}]
    assert [one["text"] for one in path["unresolved_calls"]] == ["shop.gone.call"]
    assert len(path["problems"]) == 1


def test_comments_without_effect_are_told_with_the_paths_and_where_there_is_none(tmp_path, monkeypatch, capsysbinary):
    (tmp_path / "pyproject.toml").write_text('[tool.quality-gate]\nsource = ["m.py"]\n')
    (tmp_path / "m.py").write_text("def pay():  # quality-gate: critcal[payments]\n    return 1\n")

    def told(*arguments):
        monkeypatch.chdir(tmp_path)
        assert run(["paths", *arguments]) == 0
        return capsysbinary.readouterr().out.decode()

    idle = "comments without effect (1)\n  m.py:1   the comment is misspelled: it declares nothing\n"
    assert told() == f"no critical path declared\n{idle}Next: quality-gate explain critical-path-coverage\n"
    (comment,) = json.loads(told("--format", "json"))["comments_without_effect"]
    assert comment == {"path": "m.py", "line": 1, "message": "the comment is misspelled: it declares nothing"}
    (tmp_path / "m.py").write_text(
        "def pay():  # quality-gate: critical[payments]\n    return 1\ndef b():  # quality gate: critical[b]\n    return 1\n"
    )
    assert told().startswith("payments\n")
    assert "\n\ncomments without effect (1)\n  m.py:3   " in told()
