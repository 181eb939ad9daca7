"""Which test ran which arcs, within one process; beside another measurement."""

from __future__ import annotations

import importlib
import sys

import pytest
from coverage import Coverage

from quality_gate_recorder.evidence_file import numbers
from quality_gate_recorder.tracing import Tracer

SOURCE = """\
def first():
    return 1


def second(value):
    if value:
        return 1
    return 2
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module of the project and one that is none of it."""
    for name in ("shop_traced", "other_traced"):
        (tmp_path / f"{name}.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield lambda name="shop_traced": importlib.import_module(name)
    for name in ("shop_traced", "other_traced"):
        sys.modules.pop(name, None)


@pytest.fixture
def problems():
    return []


@pytest.fixture
def tracer(tmp_path, problems):
    made = Tracer(str(tmp_path.resolve()), ["shop_traced.py"], [], problems.append)
    yield made
    made.stop()


def seen(tracer) -> dict[tuple[str, str], set[tuple[int, int]]]:
    """Arcs of the project's module by test and phase."""
    file = tracer.files["shop_traced.py"]
    arcs = list(file.arcs)
    return {key: {arcs[bit] for bit in numbers(found)} for key, found in file.executed.items()}


@pytest.fixture
def team(tmp_path):
    """A measurement of the team's, running: of the other module too, with neither branches nor contexts."""
    made = Coverage(data_file=None, config_file=False, include=[str(tmp_path / "*")])
    made.start()
    yield made
    made.stop()
    made.get_data().close(force=True)


def lines_of(team, name: str) -> list[int]:
    data = team.get_data()
    (file,) = [file for file in data.measured_files() if file.endswith(name)]
    return sorted(data.lines(file))


class TestAlone:
    def test_arcs_belong_to_the_test_that_runs(self, tracer, module):
        tracer.on_top()
        shop = module()
        tracer.switch("one", "call")
        shop.first()
        tracer.switch("two", "setup")
        shop.second(1)
        tracer.switch("two", "call")
        shop.second(0)
        tracer.stop()
        found = seen(tracer)
        assert found.pop(("", "none"))
        assert found == {
            ("one", "call"): {(-1, 2), (2, -1)},
            ("two", "setup"): {(-5, 6), (6, 7), (7, -5)},
            ("two", "call"): {(-5, 6), (6, 8), (8, -5)},
        }

    def test_other_files_are_not_the_projects(self, tracer, module):
        tracer.on_top()
        module("other_traced").first()
        tracer.stop()
        assert tracer.files == {}

    def test_on_top_twice_is_once(self, tracer):
        tracer.on_top()
        ours = Coverage.current()
        tracer.on_top()
        assert Coverage.current() is ours
        tracer.stop()
        assert Coverage.current() is not ours

    def test_what_coverage_warns_of_is_no_warning(self, tracer, problems):
        tracer.on_top()
        Coverage.current()._warn("nothing was collected", slug="no-data-collected")
        Coverage.current()._warn("the trace function was changed", slug="trace-changed")
        tracer.stop()
        assert problems == ["coverage.py says: the trace function was changed"]

    def test_a_measurement_that_a_test_leaves_running_is_told(self, tracer, problems):
        tracer.on_top()
        left = Coverage(data_file=None, config_file=False)
        left.start()
        tracer.step_down()
        left.stop()
        assert len(problems) == 1
        assert "left another measurement" in problems[0]


class TestBesideTheTeam:
    def test_both_see_what_they_would_see_alone(self, team, tracer, module):
        tracer.on_top()
        shop, other = module(), module("other_traced")
        tracer.switch("one", "call")
        shop.first()
        other.second(1)
        tracer.stop()
        assert Coverage.current() is team
        team.stop()
        assert seen(tracer)["one", "call"] == {(-1, 2), (2, -1)}
        assert list(tracer.files) == ["shop_traced.py"]
        assert lines_of(team, "shop_traced.py") == [1, 2, 5]
        assert lines_of(team, "other_traced.py") == [1, 5, 6, 7]

    def test_one_that_begins_later_is_gone_on_top_of(self, tracer, module, tmp_path):
        tracer.on_top()
        shop = module()
        tracer.switch("zero", "call")
        shop.second(1)
        later = Coverage(data_file=None, config_file=False, include=[str(tmp_path / "*")], branch=True)
        later.start()
        tracer.on_top()
        tracer.switch("one", "call")
        shop.first()
        tracer.step_down()
        later.stop()
        tracer.stop()
        assert seen(tracer)["zero", "call"] == {(-5, 6), (6, 7), (7, -5)}
        assert seen(tracer)["one", "call"] == {(-1, 2), (2, -1)}
        data = later.get_data()
        (file,) = data.measured_files()
        assert sorted(data.arcs(file)) == [(-1, 2), (2, -1)]
        data.close(force=True)

    def test_one_that_begins_and_ends_by_itself(self, tracer, module, tmp_path):
        tracer.begin()
        later = Coverage(data_file=None, config_file=False, include=[str(tmp_path / "*")])
        tracer.switch("one", "call")
        later.start()
        module().first()
        later.stop()
        module().second(0)
        tracer.stop()
        assert lines_of(later, "shop_traced.py") == [1, 2, 5]
        later.get_data().close(force=True)
        assert {(-1, 2), (2, -1), (-5, 6), (6, 8), (8, -5)} < seen(tracer)["one", "call"]
        assert Coverage.start.__qualname__ == "Coverage.start"

    def test_it_goes_on_afterwards(self, team, tracer, module):
        tracer.on_top()
        shop = module()
        tracer.step_down()
        shop.second(0)
        team.stop()
        assert lines_of(team, "shop_traced.py") == [1, 5, 6, 8]
        assert ("", "none") in seen(tracer)
        assert all(line < 6 for arcs in seen(tracer).values() for arc in arcs for line in arc)
