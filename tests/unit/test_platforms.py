"""What a CI platform reads, and what of a run's output it must not obey."""

from __future__ import annotations

import json
import re

import pytest

from golden_reports import EVERYTHING, SUPPRESSED
from quality_gate.cli._platforms import CODE_QUALITY, JUNIT, SARIF, Platform, deliver, platform_of, unobeyed


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"GITHUB_ACTIONS": "true", "CI": "true"}, Platform.GITHUB),
        ({"GITLAB_CI": "true", "CI": "true"}, Platform.GITLAB),
        ({"CI": "true"}, Platform.PLAIN),
        ({"GITHUB_ACTIONS": ""}, Platform.PLAIN),
        ({}, Platform.PLAIN),
    ],
)
def test_platforms(environment, expected):
    assert platform_of(environment) is expected


def test_nobody_can_know_the_word_that_lets_commands_in_again(capsys):
    tokens = set()
    for _ in range(3):
        with unobeyed(Platform.GITHUB):
            tokens.add(re.search(r"^::stop-commands::(\w{32})$", capsys.readouterr().out, re.MULTILINE)[1])
        ended = capsys.readouterr().out
        assert any(f"\n::{token}::\n" in ended for token in tokens)
    assert len(tokens) == 3


def test_commands_are_obeyed_again_whatever_happens(capsys):
    with pytest.raises(RuntimeError), unobeyed(Platform.GITHUB):
        raise RuntimeError
    assert capsys.readouterr().out.endswith("::\n::endgroup::\n")


@pytest.mark.parametrize("platform", [Platform.GITLAB, Platform.PLAIN])
def test_elsewhere_there_are_no_commands(platform, capsys):
    with unobeyed(platform):
        pass
    assert capsys.readouterr().out == ""


def test_files(tmp_path, capsys):
    assert deliver(Platform.GITHUB, EVERYTHING, tmp_path, {}) == [SARIF]
    assert deliver(Platform.GITLAB, EVERYTHING, tmp_path, {}) == [CODE_QUALITY, JUNIT]
    assert deliver(Platform.PLAIN, EVERYTHING, tmp_path, {}) == []
    assert {file.name for file in tmp_path.iterdir()} == {SARIF, CODE_QUALITY, JUNIT}
    assert capsys.readouterr().out.startswith("::error file=")


def test_what_is_suppressed_would_be_an_open_alert(tmp_path):
    deliver(Platform.GITHUB, EVERYTHING, tmp_path, {})
    text = (tmp_path / SARIF).read_text()
    assert SUPPRESSED.path not in text
    assert len(json.loads(text)["runs"][0]["results"]) == 3


def test_a_link_in_place_of_a_file_is_replaced(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / SARIF).symlink_to(victim)
    deliver(Platform.GITHUB, EVERYTHING, tmp_path, {})
    assert victim.read_text() == "precious"
    assert not (tmp_path / SARIF).is_symlink()
