"""Which version a project runs: read from what lies at its root, as data."""

from __future__ import annotations

import os

import pytest

from quality_gate_checkers import pins
from quality_gate_checkers.hosts.context import place
from quality_gate_checkers.pins import Pin, bound, pins_of
from quality_gate_checkers.settings import find_settings


@pytest.mark.parametrize(
    ("specifiers", "pin"),
    [
        ("==5.0.1", Pin("5.0.1")),
        ("===5.0.1", Pin("5.0.1")),
        ("<=7", Pin("7")),
        (">=4,<6", Pin("6", below=True)),
        ("<6,>=4, <5.1", Pin("5.1", below=True)),
        ("~=5.0.3", Pin("5.1", below=True)),
        ("~=5.0", Pin("6", below=True)),
        ("==5.*", Pin("6", below=True)),
        ("==5.2.*", Pin("5.3", below=True)),
        ("^5.0", Pin("6", below=True)),
        ("^0.3.1", Pin("0.4", below=True)),
        ("~5.2.1", Pin("5.3", below=True)),
        ("~5", Pin("6", below=True)),
        ("(>=4,<6)", Pin("6", below=True)),
        ("< 6.0b1", Pin("6.0", below=True)),
        (">=4", None),
        ("!=5.0", None),
        (">4,!=6.*", None),
        ("*", None),
        ("", None),
        ("~=5", None),
        ("@ https://files.example/redis-5.0.whl", None),
        ("<1!2.0", None),
        ("<9999999999", None),
    ],
)
def test_bound(specifiers, pin):
    assert bound(specifiers) == pin


@pytest.mark.parametrize(
    ("pin", "version", "before"),
    [
        (Pin("7.4.1"), "8.0", True),
        (Pin("8.0.0"), "8.0", False),
        (Pin("8"), "8.0", False),
        (Pin("8.0.0rc1"), "8.0", False),
        (Pin("10.0"), "8.0", False),
        (Pin("8", below=True), "8.0", True),
        (Pin("8.0.0", below=True), "8.0", True),
        (Pin("8.0.1", below=True), "8.0", False),
        (Pin("7.9.9.9"), "8.0", True),
    ],
)
def test_is_before(pin, version, before):
    assert pin.is_before(version) is before


UV = '[[package]]\nname = "redis"\nversion = "{}"\nsource = {{ registry = "x" }}\n'
POETRY = '[[package]]\r\nname = "redis"\r\nversion = "{}"\r\n'
PIPFILE = '{{"default": {{"redis": {{"version": "=={}"}}}}, "develop": {{"redis": {{"version": "==9"}}}}}}'

FILES = {
    "uv.lock": (UV.format("5.0.1"), Pin("5.0.1")),
    "poetry.lock": (POETRY.format("5.0.1"), Pin("5.0.1")),
    "pdm.lock": (UV.format("5.0.1"), Pin("5.0.1")),
    "pylock.toml": ('[[packages]]\nname = "redis"\nversion = "5.0.1"\n', Pin("5.0.1")),
    "Pipfile.lock": (PIPFILE.format("5.0.1"), Pin("5.0.1")),
    "requirements.txt": (
        "# redis==9\nRedis[hiredis]==5.0.1 ; python_version > '3' \\\n  --hash=sha256:00\n",
        Pin("5.0.1"),
    ),
    "requirements-base.txt": ("    redis == 5.0.1  # redis==9\n", Pin("5.0.1")),
    "requirements/base.txt": ("redis>=4,<6\r\nrq\r\n", Pin("6", below=True)),
    "constraints.txt": ("redis~=5.0.1", Pin("5.1", below=True)),
}


def lay(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="")


@pytest.mark.parametrize("name", FILES)
def test_where_a_pin_is_found(tmp_path, name):
    text, pin = FILES[name]
    lay(tmp_path, {name: text})
    assert pins_of(tmp_path, None) == {"redis": pin}


PYPROJECTS = {
    "project": (
        {"project": {"dependencies": ["rq", "redis[hiredis]>=4,<6; sys_platform != 'x'"]}},
        Pin("6", below=True),
    ),
    "extras": ({"project": {"optional-dependencies": {"cache": ["redis==5.0"]}}}, Pin("5.0")),
    "poetry": ({"tool": {"poetry": {"dependencies": {"redis": "^5.0"}}}}, Pin("6", below=True)),
    "poetry, a table": ({"tool": {"poetry": {"dependencies": {"Redis": {"version": "5.0.1"}}}}}, Pin("5.0.1")),
    "one of two without a bound": (
        {"project": {"dependencies": ["redis"], "optional-dependencies": {"x": ["redis<6"]}}},
        None,
    ),
    "poetry, several": ({"tool": {"poetry": {"dependencies": {"redis": [{"version": "^5"}]}}}}, None),
    "no list": ({"project": {"dependencies": "redis==5", "optional-dependencies": ["redis==5"]}}, None),
    "no strings": ({"project": {"dependencies": [5, {"redis": 5}]}, "tool": []}, None),
    "another package": ({"project": {"dependencies": ["redis-py-cluster<3", "redis2<3", "aioredis<2"]}}, None),
}


@pytest.mark.parametrize("name", PYPROJECTS)
def test_pyproject(tmp_path, name):
    document, pin = PYPROJECTS[name]
    assert pins_of(tmp_path, document).get("redis") == pin


@pytest.mark.parametrize(
    ("files", "pin"),
    [
        ({"uv.lock": UV.format("5.0.1"), "requirements.txt": "redis==8.1"}, Pin("5.0.1")),
        ({"uv.lock": UV.format("5.0.1") + UV.format("8.1.0")}, Pin("8.1.0")),
        ({"uv.lock": UV.format("5.0.1"), "poetry.lock": POETRY.format("10.0")}, Pin("10.0")),
        ({"requirements.txt": "redis==5.0.1", "requirements-dev.txt": "redis==8.1"}, Pin("8.1")),
        ({"requirements.txt": "redis==5.0.1", "constraints.txt": "redis<9"}, Pin("5.0.1")),
        ({"requirements.txt": "redis>=5", "constraints.txt": "redis<6"}, None),
        ({"requirements.txt": "redis<6", "requirements-dev.txt": "redis<9"}, Pin("9", below=True)),
        ({"uv.lock": UV.replace("redis", "rq").format("1"), "requirements.txt": "redis<6"}, Pin("6", below=True)),
        ({"notes.txt": "redis==5", "requirements.in": "redis==5"}, None),
    ],
)
def test_a_lock_decides_before_requirements_and_the_newest_of_several(tmp_path, files, pin):
    lay(tmp_path, files)
    assert pins_of(tmp_path, {"project": {"dependencies": []}}).get("redis") == pin


def test_an_exact_pin_decides_before_what_pyproject_lets_in(tmp_path):
    lay(tmp_path, {"requirements.txt": "redis==5.0.1"})
    assert pins_of(tmp_path, {"project": {"dependencies": ["redis>=4"]}}) == {"redis": Pin("5.0.1")}


@pytest.mark.parametrize(
    "content", ["", "[", '{"default": []}', '{"default": {"redis": 5}}', "[" * 100_000, '"\\ud800']
)
def test_a_lock_that_cannot_be_read_tells_nothing(tmp_path, content):
    lay(tmp_path, {"Pipfile.lock": content, "uv.lock": content})
    assert pins_of(tmp_path, None) == {}


def test_too_large_a_file_tells_nothing(tmp_path, monkeypatch):
    text = UV.format("5.0.1")
    monkeypatch.setattr(pins, "MAXIMUM_BYTES", len(text) - 1)
    lay(tmp_path, {"uv.lock": text})
    assert pins_of(tmp_path, None) == {}


def test_a_pipe_and_a_folder_are_no_lock(tmp_path):
    os.mkfifo(tmp_path / "uv.lock")
    (tmp_path / "poetry.lock").mkdir()
    (tmp_path / "requirements.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "requirements").write_text("redis==5")
    assert pins_of(tmp_path, None) == {}


def test_settings_hold_the_pins_of_their_root(tmp_path):
    lay(tmp_path, {"pyproject.toml": "[tool.quality-gate]\n", "uv.lock": UV.format("5.0.1")})
    lay(tmp_path, {"shop/uv.lock": UV.format("8.1.0")})
    assert find_settings(tmp_path / "shop")[1].pins == {"redis": Pin("5.0.1")}
    assert place(str(tmp_path / "shop" / "pay.py"))[1].pins == {"redis": Pin("5.0.1")}


def test_without_a_table_the_folder_with_git_or_the_first_one_counts(tmp_path):
    lay(tmp_path, {"a/pyproject.toml": '[project]\ndependencies = ["redis<6"]\n'})
    assert find_settings(tmp_path / "a")[1].pins == {"redis": Pin("6", below=True)}
    (tmp_path / "a" / ".git").mkdir()
    (tmp_path / "a" / "b").mkdir()
    assert find_settings(tmp_path / "a" / "b")[1].pins == {"redis": Pin("6", below=True)}
