"""From where to where a push goes: what pre-commit and the platforms say of it."""

from __future__ import annotations

import json

import pytest

from quality_gate.cli._pushes import is_first, pushed_range
from quality_gate.model import Stage

GITHUB = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "push"}
GITLAB = {"GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BEFORE_SHA": "abc"}
PRE_COMMIT = {"PRE_COMMIT_FROM_REF": "abc", "PRE_COMMIT_TO_REF": "def", "PRE_COMMIT_REMOTE_NAME": "origin"}


@pytest.fixture
def event(tmp_path):
    file = tmp_path / "event.json"
    file.write_text(json.dumps({"before": "abc", "after": "def", "commits": [{"id": "def"}]}))
    return file


def test_github_says_it_in_the_event(event):
    assert pushed_range(Stage.CI, GITHUB | {"GITHUB_EVENT_PATH": str(event)}) == ("abc", "HEAD")


@pytest.mark.parametrize("said", ["", "{", "[]", '{"before": 5}', '{"before": null}', '{"after": "def"}', "\ud800"])
def test_an_event_that_does_not_say_it_says_nothing(event, said):
    event.write_text(said, errors="surrogatepass")
    assert pushed_range(Stage.CI, GITHUB | {"GITHUB_EVENT_PATH": str(event)}) is None


@pytest.mark.parametrize("place", ["", "/nowhere/event.json"])
def test_no_event_says_nothing(place):
    assert pushed_range(Stage.CI, GITHUB | {"GITHUB_EVENT_PATH": place}) is None


def test_gitlab_says_it_in_a_variable():
    assert pushed_range(Stage.CI, GITLAB) == ("abc", "HEAD")


@pytest.mark.parametrize("other", [{"CI_PIPELINE_SOURCE": "merge_request_event"}, {"GITLAB_CI": ""}])
def test_what_is_no_push_has_no_range(other, event):
    assert pushed_range(Stage.CI, GITLAB | other) is None
    of_request = GITHUB | {"GITHUB_EVENT_PATH": str(event), "GITHUB_EVENT_NAME": "pull_request"}
    assert pushed_range(Stage.CI, of_request) is None


def test_each_stage_asks_whom_it_concerns(event):
    everybody = GITHUB | {"GITHUB_EVENT_PATH": str(event)} | PRE_COMMIT
    assert pushed_range(Stage.PUSH, everybody) == ("abc", "def")
    assert pushed_range(Stage.CI, everybody) == ("abc", "HEAD")
    assert pushed_range(Stage.CI, PRE_COMMIT) is None


def test_a_first_push_is_one_for_which_pre_commit_names_no_range():
    unnamed = PRE_COMMIT | {"PRE_COMMIT_FROM_REF": ""}
    assert is_first(Stage.PUSH, unnamed)
    assert not is_first(Stage.PUSH, PRE_COMMIT)
    assert not is_first(Stage.CI, unnamed)
    assert not is_first(Stage.PUSH, {})
