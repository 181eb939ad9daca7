"""Rows 29, 30 and 32, D8: sources made to exhaust the stack, the memory or the patience of a parser.

Each ends as a result or as a fault of its file, in bounded time, and the other files of the run are judged.
"""

from __future__ import annotations

import gc
import json
import signal
import time
import warnings

import pytest

from gate_process import gate
from quality_gate.evidence import inspections
from quality_gate.store import Store
from quality_gate_checkers.inspection import inspect
from quality_gate_checkers.settings import Settings

SECONDS = 5
"""Of the processor's time for each: most take a tenth of one; what grows with the square took a minute and more."""

HEAD = "import requests\n"
FAILING = "{}try:\n{}    requests.post('https://x.example', timeout=5)\n{}except Exception:\n{}    pass\n"
TAIL = FAILING.format("", "", "", "")
"""What every source ends with, so that rules look at it: a silent failure."""


def source_of(text: str) -> bytes:
    return f"{HEAD}{text}\n{TAIL}".encode()


DEEP = {
    "sum of 3,000": "x = " + "+".join(["1"] * 3_000),
    "sum of 100,000": "x = " + "+".join(["1"] * 100_000),
    "sum of calls": "x = " + "+".join(["requests.get(1)"] * 3_000),
    "5,000 elif": "if x: pass\n" + "elif x: pass\n" * 5_000,
    "chain of 100,000 attributes": "x" + ".a" * 100_000,
    "chain of 100,000 calls": "x" + "()" * 100_000,
    "chain of 2,000 attributes": "x" + ".a" * 2_000,
    "100,000 negations": "x = " + "not " * 100_000 + "1",
    "100,000 minuses": "x = " + "-" * 100_000 + "1",
    "5,000 lambdas": "x = " + "lambda: " * 5_000 + "1",
    "5,000 ternaries": "x = " + "1 if x else " * 5_000 + "1",
    "1,000 parentheses": "x = " + "(" * 1_000 + ")" * 1_000,
    "100 indents": "\n".join(" " * depth + "if x:" for depth in range(99)) + "\n" + " " * 99 + "pass",
    "200 indents": "\n".join(" " * depth + "if x:" for depth in range(200)) + "\n" + " " * 200 + "pass",
    "f-strings in f-strings": "x = f'{f\"{1}\"}'",
    "deep handler": "try: x\nexcept " + ".a".join(["E"] + [""] * 3_000) + ": pass",
    "deep annotation": "def f(x: " + "|".join(["int"] * 3_000) + "): x.get()",
    "deep annotation in quotes": "def f(x: '" + "|".join(["int"] * 3_000) + "'): x.get()",
    "deep decorator": "@" + ".a".join(["d"] + [""] * 3_000) + "\ndef f(): pass",
    "deep return annotation": "def f() -> "
    + "|".join(["int"] * 3_000)
    + ":\n"
    + FAILING.format(*[" "] * 4).replace("pass", "return None"),
    "deep match": "match x:\n case " + "[" * 150 + "]" * 150 + ": pass",
    "deep elif in a handler": "try: x\nexcept E:\n if x: return\n" + " elif x: return\n" * 3_000,
    "deep with a suppression": "x = "
    + "+".join(["1"] * 3_000)
    + "  # noqa: QG101\n# quality-gate: allow[silent-failure] reason='x'",
    "deep statement with a disable": "x = (\n" + "+\n".join(["1  # pylint: disable=silent-failure"] * 900) + ")",
    "many in one": "\n".join("x = " + "+".join(["f()"] * 450) for _ in range(100)),
}

LONG = {
    "2 MB list": "x = [" + "1," * 1_000_000 + "]",
    "list below the cap": "x = [" + "x," * 150_000 + "]",
    "comparison": "x = " + "<".join(["1"] * 30_000),
    "chained targets": "x = " * 50_000 + "1",
    "one long name": f"{'a' * 900_000} = 1",
    "one long string": f"x = '{'a' * 900_000}'",
    "one long comment": f"x = 1  # noqa: {'A1,' * 60_000}",
    "hashes": "x = 1  " + "#" * 900_000,
    "an option that never ends": "x = 1  # quality-gate: allow[x] " + "a" * 900_000,
    "quotes": "#" + "\"'" * 400_000,
    "escapes": "x = '''" + "\\\\" * 450_000 + "'''",
    "blank lines": "\n" * 900_000,
    "semicolons": "x=1;" * 40_000,
    "bindings": "def f():\n" + "  s=requests.Session()\n" * 6_000 + "  s.close()\n" * 6_000,
    "attributes of self": "class C:\n def f(self):\n"
    + "  self.s=requests.Session()\n" * 6_000
    + "  self.s.close()\n" * 6_000,
    "imports": "import requests as r\n" * 6_000 + "r.codes()\n" * 6_000,
    "arguments": "requests.get(1," + ",".join(f"a{number}=1" for number in range(20_000)) + ",timeout=1)",
    "decorators": "@x\n" * 20_000 + "def f(): pass",
    "caught": "try: x\nexcept (" + "E," * 40_000 + "): pass",
    "classes in classes": "".join(f"{' ' * depth}class {'A' * 9_000}:\n" for depth in range(90))
    + " " * 90
    + "def f():\n"
    + FAILING.format(*[" " * 91] * 4),
}

NUMBERS = {
    "5,000 digits": "x = " + "9" * 5_000,
    "4,300 digits": "x = " + "9" * 4_300,
    "hexadecimal": "x = 0x" + "f" * 100_000,
    "binary": "x = 0b" + "1" * 100_000,
    "as a deadline": "requests.get('x', timeout=0x" + "f" * 100_000 + ")",
    "as a deadline of a long sum": "requests.get('x', timeout=1 + 0x" + "f" * 20_000 + ")",
    "as an attempt": "import tenacity\n@tenacity.retry(stop=tenacity.stop_after_attempt(0x"
    + "f" * 20_000
    + "))\ndef f(): requests.get('x', timeout=1)",
    "as what is returned": "def f():\n    try:\n        return requests.get('x', timeout=1)\n    except Exception:\n        return 0x"
    + "f" * 20_000,
    "as an annotation": "def f() -> '0x"
    + "f" * 20_000
    + "':\n    try:\n        return requests.get('x', timeout=1)\n    except Exception:\n        return None",
    "as an annotation of a number": "def f() -> 0x"
    + "f" * 20_000
    + ":\n    try:\n        return requests.get('x', timeout=1)\n    except Exception:\n        return None",
    "as what is caught": "try:\n    requests.get('x', timeout=1)\nexcept 0x" + "f" * 20_000 + ":\n    pass",
    "a float": "x = 1e999999999",
    "an imaginary one": "x = " + "9" * 5_000 + "j",
}


@pytest.fixture(autouse=True)
def clock():
    """Fail what takes too long, however it ends."""
    start = time.process_time()
    yield
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("text", [*DEEP.values(), *LONG.values(), *NUMBERS.values()], ids=[*DEEP, *LONG, *NUMBERS])
def test_a_result_or_a_fault_and_nothing_else(text):
    content = source_of(text)
    inspection = inspect("shop/pay.py", content, Settings())
    if inspection.fault is None:
        assert "silent-failure" in {violation.name for violation in inspection.violations}
    else:
        assert inspection.violations == ()
        assert any(
            reason in inspection.fault.reason
            for reason in ("too deep", "larger than", "does not parse", "cannot read it: Exceeds the limit")
        )
        assert inspection.fault.remedy
    assert inspection.lines >= content.count(b"\n")
    for violation in inspection.violations:
        assert len(violation.message) < 1_000
        assert len(violation.function or "") < 1_000
    assert all(len(line) < 1_000 for line in inspection.texts)


@pytest.mark.parametrize(
    "name",
    [
        "sum of 100,000",
        "chain of 100,000 attributes",
        "100,000 negations",
        "1,000 parentheses",
        "200 indents",
        "sum of 3,000",
        "5,000 elif",
        "deep with a suppression",
        "many in one",
    ],
)
def test_these_are_faults_on_every_python(name):
    fault = inspect("shop/pay.py", source_of(DEEP[name]), Settings()).fault
    assert fault is not None
    assert "too deep" in fault.reason


@pytest.mark.parametrize("name", ["100 indents", "f-strings in f-strings", "deep match"])
def test_these_are_none(name):
    assert inspect("shop/pay.py", source_of(DEEP[name]), Settings()).fault is None


def test_the_other_files_of_the_run_are_judged(tmp_path):
    for number, text in enumerate(DEEP.values()):
        (tmp_path / f"deep{number}.py").write_bytes(source_of(text))
    (tmp_path / "good.py").write_text("x = 1\n")
    (tmp_path / "bad.py").write_text(HEAD + TAIL)
    done = gate(tmp_path, "check", "--format", "json")
    assert done.returncode == 1, done.stderr.decode()
    assert done.stderr == b""
    findings = json.loads(done.stdout)["verdicts"][0]["findings"]
    assert ("bad.py", "silent-failure") in {(finding["path"], finding["name"]) for finding in findings}
    assert "good.py" not in {finding["path"] for finding in findings}
    assert {finding["path"] for finding in findings} == {"bad.py", *(f"deep{number}.py" for number in range(len(DEEP)))}


def test_an_unprovable_file_alone_ends_with_3(tmp_path):
    (tmp_path / "deep.py").write_bytes(source_of(DEEP["sum of 100,000"]))
    assert gate(tmp_path, "check").returncode == 3


def test_a_large_file_is_not_read_whole(tmp_path):
    with open(tmp_path / "large.py", "wb") as file:
        file.truncate(3 << 30)
    done = gate(tmp_path, "check", "--format", "json")
    assert done.returncode == 3
    (finding,) = json.loads(done.stdout)["verdicts"][0]["findings"]
    assert finding["message"] == "not analysed: it is larger than 1024 KiB"


# -- a file that takes too long


def inspected(tmp_path, content: bytes):
    """One file through the engine, with the garbage collector off as in `__main__`: its callbacks swallow exceptions."""
    (tmp_path / "a.py").write_bytes(content)
    gc.disable()
    try:
        with Store(tmp_path, "build") as store:
            found = inspections.inspect_files(
                tmp_path, ["a.py"], Settings(), store, always_read=False, now_ns=0, progress=lambda *_: None
            )
    finally:
        gc.enable()
    return found["a.py"]


def test_what_takes_too_long_is_a_fault_of_its_file_and_not_remembered(tmp_path, monkeypatch):
    content = source_of("\n".join(f"def f{number}():\n{FAILING.format(*['    '] * 4)}" for number in range(600)))
    monkeypatch.setattr(inspections, "SECONDS", 0.05)
    fault = inspected(tmp_path, content).fault
    assert fault is not None
    assert "the rules need more than 0.05 s" in fault.reason
    monkeypatch.undo()
    again = inspected(tmp_path, content)
    assert again.fault is None
    assert len(again.violations) == 601


def test_nobody_on_the_way_takes_the_interruption_for_one_of_its_own_errors(tmp_path, monkeypatch):
    def stubborn(*arguments):
        while True:
            try:
                sum(range(10_000))
            except Exception:  # noqa: BLE001 - this is the point
                continue

    monkeypatch.setattr("quality_gate_checkers.inspection.inspect", stubborn)
    monkeypatch.setattr(inspections, "SECONDS", 0.05)
    assert "the rules need more than" in inspected(tmp_path, b"x = 1").fault.reason


def test_an_interruption_that_a_destructor_swallows_comes_again(tmp_path, monkeypatch, recwarn):
    warnings.simplefilter("ignore")

    class Swallows:
        def __del__(self) -> None:
            end = time.process_time() + 0.2
            while time.process_time() < end:
                pass

    def slow(*arguments):
        Swallows()
        end = time.process_time() + 4
        while time.process_time() < end:
            pass
        raise AssertionError("it was never interrupted again")

    monkeypatch.setattr("quality_gate_checkers.inspection.inspect", slow)
    monkeypatch.setattr(inspections, "SECONDS", 0.05)
    monkeypatch.setattr("sys.unraisablehook", lambda unraisable: None)
    assert "the rules need more than" in inspected(tmp_path, b"x = 1").fault.reason


def test_an_error_of_the_parser_that_no_interruption_has_made_is_ours(tmp_path, monkeypatch):
    def fail(*arguments):
        raise SystemError("something else")

    monkeypatch.setattr("quality_gate_checkers.inspection.inspect", fail)
    with pytest.raises(SystemError, match="something else"):
        inspected(tmp_path, b"x = 1")


def test_the_alarm_is_off_afterwards(tmp_path):
    before = signal.getsignal(signal.SIGVTALRM)
    inspected(tmp_path, source_of(""))
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    assert signal.getsignal(signal.SIGVTALRM) is before


# -- errors within the rules


@pytest.mark.parametrize("error", [RecursionError, MemoryError])
@pytest.mark.parametrize(
    "place", ["Module.suppressions_of", "Module.statement_lines", "Module.index", "Module.names", "Module.location"]
)
def test_wherever_the_stack_ends_it_is_a_fault_of_the_file(monkeypatch, error, place):
    def fail(*arguments):
        raise error

    attribute = place.partition(".")[2]
    is_method = attribute in ("statement_lines", "suppressions_of", "location")
    monkeypatch.setattr(f"quality_gate_checkers.model.module.{place}", fail if is_method else property(fail))
    content = source_of("x = 1  # quality-gate: allow[silent-failure] reason='x'")
    inspection = inspect("shop/pay.py", content, Settings())
    assert inspection.fault is not None
    assert "too deep" in inspection.fault.reason
    assert inspection.violations == ()
