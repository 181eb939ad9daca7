"""Row 8: configuration of coverage.py in the project that names plugins, which are programs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from foreign_files import ARCS, data_file, json_file, lcov_file, project, xml_file
from quality_gate.evidence.coverage.foreign_coverage import read_coverage

CONFIGURATIONS = {
    "pyproject.toml": '[tool.coverage.run]\nplugins = ["evil"]\n',
    ".coveragerc": "[run]\nplugins = evil\n",
    "setup.cfg": "[coverage:run]\nplugins = evil\n",
    "tox.ini": "[coverage:run]\nplugins = evil\n",
}

PLACES = (
    lambda root: data_file(root / ".coverage", {"shop/pay.py": ARCS}),
    lambda root: json_file(root / "coverage.json"),
    lambda root: xml_file(root / "coverage.xml"),
    lambda root: lcov_file(root / "coverage.lcov"),
)


@pytest.fixture(params=CONFIGURATIONS)
def armed(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A project whose coverage configuration names a program beside it."""
    (tmp_path / request.param).write_text(CONFIGURATIONS[request.param])
    (tmp_path / "evil.py").write_text(
        "import pathlib\npathlib.Path(__file__).with_name('executed').touch()\ndef coverage_init(*_): pass\n"
    )
    return tmp_path


def test_the_trap_is_armed(armed: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "coverage", "json"], cwd=armed, capture_output=True, check=False, env={"PYTHONPATH": "."}
    )
    assert (armed / "executed").exists()


def test_no_plugin_is_loaded(armed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(armed)
    monkeypatch.syspath_prepend(str(armed))
    monkeypatch.setenv("COVERAGE_RCFILE", str(armed / ".coveragerc"))
    files = project(armed)
    for place in PLACES:
        found = read_coverage(place(armed), armed, files, tracked=False)
        assert found.file("shop/pay.py") is not None
        found.tests_of("shop/pay.py", 9)
    assert not (armed / "executed").exists()
