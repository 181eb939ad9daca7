"""The settings that flake8 and pylint users have: found and read by the checkers alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from quality_gate_checkers import settings
from quality_gate_checkers.settings import Settings, UnreadableSettings, find_settings

FILE = Path("pyproject.toml")


def write(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


class TestFinding:
    def test_the_nearest_table_upwards(self, tmp_path):
        write(tmp_path, "[tool.quality-gate]\nsource = ['far']")
        near = write(tmp_path / "a", "[tool.quality-gate]\nsource = ['near']")
        start = write(near / "b", "[project]\nname = 'x'")
        root, found = find_settings(start)
        assert (root, found.source) == (near, ("near",))

    def test_the_search_stops_at_git(self, tmp_path):
        write(tmp_path, "[tool.quality-gate]\nsource = ['far']")
        start = tmp_path / "a" / "b"
        start.mkdir(parents=True)
        (tmp_path / "a" / ".git").write_text("gitdir: elsewhere")
        assert find_settings(start) == (tmp_path / "a", Settings())

    def test_neither(self, tmp_path):
        assert find_settings(tmp_path) == (tmp_path, Settings())

    def test_keys_that_rules_do_not_need_are_not_judged_here(self, tmp_path):
        write(tmp_path, "[tool.quality-gate]\nbase = 3\nsource = ['shop']")
        assert find_settings(tmp_path)[1] == Settings(source=("shop",))

    def test_every_part(self, tmp_path):
        write(
            tmp_path,
            "[tool.quality-gate]\ntests = ['t']\nroles.command-lines = ['x']\ndependencies.bank.calls = ['a.*']",
        )
        found = find_settings(tmp_path)[1]
        assert found.tests == ("t",)
        assert found.roles.command_lines == ("x",)
        assert found.roles.scripts == Settings().roles.scripts
        assert found.dependencies["bank"].calls == ("a.*",)

    @pytest.mark.parametrize(
        ("line", "part"),
        [
            ("source = 'shop'", "Expected `array`"),
            ("source = ['/abs']", "$.source[0]"),
            ("roles.command_lines = []", "unknown field `command_lines`"),
            ("dependencies.bank.calls = ['']", "calls[0]"),
        ],
    )
    def test_a_wrong_value_is_an_error_that_names_the_file(self, tmp_path, line, part):
        write(tmp_path, f"[tool.quality-gate]\n{line}")
        with pytest.raises(UnreadableSettings) as caught:
            find_settings(tmp_path)
        assert caught.value.path == tmp_path / "pyproject.toml"
        assert part in caught.value.problem

    @pytest.mark.parametrize("text", ["tool = 3", "[tool]\nquality-gate = 3", "[[tool.quality-gate]]"])
    def test_what_is_not_a_table_is_no_table(self, tmp_path, text):
        # quality-gate itself calls it an error; a host that only lints goes on with its defaults.
        write(tmp_path, text)
        assert find_settings(tmp_path) == (tmp_path, Settings())


class TestReading:
    def test_no_file_is_none(self, tmp_path):
        assert settings.read_toml(tmp_path / "no.toml") is None
        (tmp_path / "file").write_text("")
        assert settings.read_toml(tmp_path / "file" / "no.toml") is None

    def test_a_folder_is_none(self, tmp_path):
        assert settings.read_toml(tmp_path) is None

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
    def test_a_pipe_is_not_waited_for(self, tmp_path):
        os.mkfifo(tmp_path / "pyproject.toml")
        program = (
            "import sys, pathlib; from quality_gate_checkers.settings import find_settings as find; "
            "print(find(pathlib.Path(sys.argv[1]))[0])"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        assert done.stdout.strip() == str(tmp_path)

    def test_an_unreadable_file_is_an_error(self, tmp_path, monkeypatch):
        file = write(tmp_path, "") / "pyproject.toml"

        def refuse(*_args, **_kwargs):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(UnreadableSettings, match="Permission denied"):
            settings.read_toml(file)

    def test_a_loop_of_links_is_an_error(self, tmp_path):
        (tmp_path / "pyproject.toml").symlink_to(tmp_path / "pyproject.toml")
        with pytest.raises(UnreadableSettings):
            find_settings(tmp_path)

    def test_a_huge_file_is_not_read_whole(self, tmp_path):
        file = tmp_path / "pyproject.toml"
        with file.open("wb") as stream:
            stream.truncate(1 << 40)  # sparse: a terabyte that no memory holds
        with pytest.raises(UnreadableSettings, match="larger than 256 KiB"):
            settings.read_toml(file)

    def test_the_cap_itself_is_allowed(self):
        content = b"#" * (settings.MAXIMUM_BYTES - 1) + b"\n"
        assert settings.parse_toml(FILE, content) == {}
        with pytest.raises(UnreadableSettings, match="larger than 256 KiB"):
            settings.parse_toml(FILE, content + b"\n")

    @pytest.mark.parametrize("content", [b"\xff", b"[tool", b"a = 1\na = 2", b"\xef\xbb\xbf[tool]"])
    def test_what_is_not_toml(self, content):
        with pytest.raises(UnreadableSettings):
            settings.parse_toml(FILE, content)
