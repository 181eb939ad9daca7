"""Whether a part of the tests was chosen: on the command line, and not by the project's own settings."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from quality_gate_recorder.choosing import is_part, settings_may_choose


@pytest.fixture
def chosen(tmp_path, monkeypatch):
    for path in ("tests/unit/test_a.py", "tests/test_b.py", "more/test_c.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    def asked(*given, named=(), deselected=0, testpaths=(), plugin=None):
        config = SimpleNamespace(
            invocation_params=SimpleNamespace(args=given, dir=tmp_path),
            option=SimpleNamespace(file_or_dir=list(named)),
            rootpath=tmp_path,
            getini=lambda name: list(testpaths),
            pluginmanager=SimpleNamespace(get_plugin=lambda name: plugin),
        )
        return is_part(config, deselected)

    return asked


@pytest.mark.parametrize(
    "given",
    [["-k", "declined"], ["-m", "not slow"], ["--lf"], ["--deselect=a"], ["-qk", "a"], ["--splits", "2"], ["-mslow"]],
)
def test_an_option_that_leaves_tests_out_chooses(chosen, given):
    assert chosen("-q", *given, deselected=9)
    assert not chosen("-q", *given), "where it left none out, all were run"


@pytest.mark.parametrize("given", [[], ["-q"], ["-n", "4", "-ra", "--tb=short", "--cov=shop", "-p", "xdist", "-x"]])
def test_what_the_projects_settings_leave_out_is_no_choice(chosen, given):
    assert not chosen(*given, deselected=9)
    assert not chosen(*given, named=["tests/test_b.py"]), "named in addopts"


def test_files_that_failed_last_alone_are_a_part(chosen):
    assert chosen("--lf", plugin=SimpleNamespace(_skipped_files=3))
    assert not chosen("--lf", plugin=SimpleNamespace(_skipped_files=0))
    assert not chosen("-q", plugin=SimpleNamespace(_skipped_files=3)), "the project's own choice"


@pytest.mark.parametrize(
    ("named", "testpaths", "wanted"),
    [
        (["tests/test_b.py"], [], True),
        (["tests/test_b.py::test_x"], [], True),
        (["tests/test_b.py", "tests"], [], False),
        (["tests"], [], False),
        (["."], [], False),
        (["tests/unit"], [], True),
        (["tests"], ["tests"], False),
        (["."], ["tests", "more"], False),
        (["tests"], ["tests", "more"], True),
        (["tests", "more"], ["tests", "more"], False),
        (["tests/unit"], ["tests"], True),
        (["tests/unit"], ["tests/un*"], False),
        (["nowhere"], [], False),
    ],
)
def test_places_that_do_not_hold_all_tests_are_a_part(chosen, named, testpaths, wanted):
    assert chosen(*named, named=named, testpaths=testpaths) is wanted


def test_what_is_ignored_is_left_out(chosen):
    assert chosen("--ignore=tests/unit")


def test_the_environment_chooses_too(chosen, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k 'not slow'")
    assert chosen(deselected=1)


@pytest.mark.parametrize(
    ("addopts", "place", "wanted"),
    [
        ([], "tests/conftest.py", True),
        ([], "pytest_split.py", False),
        (["-m", "not slow"], "", True),
        (["--ignore=tests/slow"], "", True),
        (["-q", "--cov=shop", "-n", "4"], "", False),
    ],
)
def test_whether_the_settings_may_leave_tests_out(addopts, place, wanted):
    plugin = SimpleNamespace(__file__=place, pytest_collection_modifyitems=None)
    manager = SimpleNamespace(get_plugins=lambda: [SimpleNamespace(__file__="conftest.py"), plugin])
    assert settings_may_choose(SimpleNamespace(getini=lambda name: addopts, pluginmanager=manager)) is wanted
