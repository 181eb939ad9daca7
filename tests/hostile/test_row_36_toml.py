"""Row 36 (and 32, 37): TOML made to hang, to recurse, to be too large, or to make the error message fail."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from quality_gate import config, config_errors
from quality_gate.errors import UsageErrors
from quality_gate_checkers.settings import MAXIMUM_BYTES, UnreadableSettings, find_settings

SECONDS = 5
"""Each takes under half a second; tomli 2.4.0 took 62 s for the first, and tomllib of 3.11.7 hours."""

HEAD = "[tool.quality-gate]\n"

REFUSED_BY_THE_PARSER = {
    "one long dotted key": "a" + ".a" * 120_000 + " = 1",
    "one long header": "[" + "a." * 120_000 + "a]",
    "deep arrays": "a = " + "[" * 100_000 + "]" * 100_000,
    "deep inline tables": "a = " + "{a = " * 40_000 + "1" + "}" * 40_000,
    "5,000 digits": "a = " + "9" * 5_000,
    "5,000 digits with underscores": "a = " + "9_" * 5_000 + "9",
    "larger than the cap": "# " + "x" * MAXIMUM_BYTES,
    "arrays never closed": "a = " + "[" * 1_000,
    "a control character": "a = '\x1b]0;title\x07'",
    "a long key declared twice": f"[{'k' * 100_000}]\n[{'k' * 100_000}]",
}

READ_AND_REFUSED = {
    "a hexadecimal number that cannot be printed": f"{HEAD}base = 0x{'f' * 200_000}",
    "one in a list": f"{HEAD}source = [0x{'f' * 200_000}]",
    "one as a threshold": f"{HEAD}critical-paths.p.line = 0x{'f' * 200_000}",
    "a float of many digits": f"{HEAD}base = 1.{'9' * 200_000}",
    "not a number": f"{HEAD}critical-paths.p.line = nan",
    "a long key": f"{HEAD}{'k' * 250_000} = 1",
    "a long key with quotes": f"{HEAD}'{'k ' * 120_000}' = 1",
    "a long value": f"{HEAD}base = '{' x' * 120_000}'",
    "a long path pattern": f"{HEAD}source = ['{'a/' * 120_000}..']",
    "a long name pattern": f"{HEAD}dependencies.b.calls = ['{'a.' * 120_000}']",
    "a long entry": f"{HEAD}critical-paths.p.entry = ['{'a' * 240_000}:']",
    "escape codes in a key": HEAD + r'"\u001b[2J\u202e" = 1',
    "escape codes in a value": HEAD + r'base = "\u001b]0;title\u0007 \u202e"',
    "tens of thousands of unknown keys": HEAD + "".join(f"sourc{n} = 1\n" for n in range(16_000)),
    "tens of thousands of wrong paths": HEAD + "".join(f"critical-paths.p{n} = 1\n" for n in range(9_000)),
    "arrays as deep as the parser takes": f"{HEAD}source = {'[' * 390}{']' * 390}",
}

READ_AND_TAKEN = {
    "many dotted keys": "".join(f"{'.'.join(['a'] * 20)}.k{n} = 1\n" for n in range(4_500)) + HEAD,
    "long shared prefixes": "".join(f"{'a.' * 200}k{n} = 1\n" for n in range(600)) + HEAD,
    "headers with long shared prefixes": "".join(f"[{'a.' * 200}k{n}]\n" for n in range(600)) + HEAD,
    "arrays of tables": "[[a]]\n" * 40_000 + HEAD,
    "nothing but line ends": "\n" * 250_000 + HEAD,
}


@pytest.fixture(autouse=True)
def clock():
    """Fail what takes too long, however it ends."""
    start = time.process_time()  # others may use the machine too
    yield
    assert time.process_time() - start < SECONDS


def errors_of(folder, text):
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageErrors) as caught:
        config.load(folder, None)
    assert caught.value.errors
    return caught.value.errors


@pytest.mark.parametrize("name", REFUSED_BY_THE_PARSER)
def test_the_parser_refuses_it_for_us_and_for_the_hosts(tmp_path, name):
    (error,) = errors_of(tmp_path, REFUSED_BY_THE_PARSER[name])
    assert error.where.startswith("pyproject.toml")
    assert error.remedy
    assert len(error.problem) < 300
    with pytest.raises(UnreadableSettings) as caught:
        find_settings(tmp_path)
    assert caught.value.problem == error.problem


def test_the_hosts_error_is_short_and_printable_too(tmp_path):
    (tmp_path / "pyproject.toml").write_text(f'[tool.quality-gate.roles]\n"\\u001b[2J{"k" * 200_000}" = 1')
    with pytest.raises(UnreadableSettings) as caught:
        find_settings(tmp_path)
    assert "unknown field" in caught.value.problem
    assert len(caught.value.problem) < 300
    assert caught.value.problem.isprintable()


@pytest.mark.parametrize("name", READ_AND_REFUSED)
def test_the_message_is_short_printable_and_no_error_of_its_own(tmp_path, name):
    errors = errors_of(tmp_path, READ_AND_REFUSED[name])
    assert len(errors) <= config_errors.MAXIMUM_ERRORS + 1
    for error in errors:
        for text in (error.where, error.problem, error.remedy):
            assert text
            assert len(text) < 400
            assert text.isprintable()


@pytest.mark.parametrize("name", READ_AND_TAKEN)
def test_what_is_only_large_is_read(tmp_path, name):
    text = READ_AND_TAKEN[name]
    assert len(text) < MAXIMUM_BYTES
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    assert config.load(tmp_path, Path("pyproject.toml")).file == str(tmp_path / "pyproject.toml")


def test_the_hundredth_error_is_followed_by_one_that_says_so(tmp_path):
    errors = errors_of(tmp_path, READ_AND_REFUSED["tens of thousands of unknown keys"])
    assert [error.problem for error in errors[-2:]] == ["unknown key", "more than 100 errors"]


def test_just_a_hundred_errors_are_shown_all(tmp_path):
    errors = errors_of(tmp_path, HEAD + "".join(f"x{n} = 1\n" for n in range(100)))
    assert [error.problem for error in errors] == ["unknown key"] * 100


LOCKS = {
    "a name that never ends its line": ("requirements.txt", "redis " * 650_000),
    "blanks before a name": ("requirements.txt", " " * 3_900_000 + "redis==1"),
    "brackets that stay open": ("requirements.txt", "redis[\n" * 500_000),
    "a long version": ("uv.lock", 'name = "redis"\nversion = "' + "1." * 1_900_000),
    "many packages of one name": ("uv.lock", 'name = "redis"\nversion = "1"\n' * 120_000),
    "a long specifier": ("requirements.txt", "redis" + ",<9" * 1_200_000),
    "numbers without end": ("requirements.txt", "redis<" + "9" * 3_900_000),
    "deep JSON": ("Pipfile.lock", "[" * 4_000_000),
}


@pytest.mark.parametrize("name", LOCKS)
def test_locks_and_requirements_are_read_in_time(tmp_path, name):
    file, text = LOCKS[name]
    (tmp_path / file).write_text(text)
    pins = config.load(tmp_path, None).settings.pins
    assert set(pins) <= {"redis"}
    assert all(len(pin.version) < 70 for pin in pins.values())
