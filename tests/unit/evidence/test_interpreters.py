"""Which Python the project's tests run in; the interpreters here are scripts that answer as one would."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version

import pytest

from git_scratch import ENVIRONMENT, Scratch
from quality_gate.errors import UsageError
from quality_gate.evidence import interpreters
from quality_gate.evidence.git.command import Git
from quality_gate.evidence.interpreters import find, own_interpreter


def python(place, **answers):
    """A script in the place of an interpreter."""
    known = {
        "executable": "x",
        "version": [3, 12, 1],
        "implementation": "cpython",
        "abi": "cpython-312",
        "pytest": "8.4.0",
        "coverage": "7.10.0",
        "pip": "25.0",
    }
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\necho noise\necho '{json.dumps(known | answers)}'\n")
    place.chmod(0o755)
    return place


def environment(folder, **answers):
    """A virtual environment."""
    found = python(folder / "bin" / "python", **answers)
    (folder / "pyvenv.cfg").touch()
    return found


@pytest.fixture
def root(tmp_path):
    """A project's folder, the end of any search."""
    (tmp_path / "project" / ".git").mkdir(parents=True)
    return tmp_path / "project"


@pytest.fixture
def nothing(tmp_path, monkeypatch):
    """No Python anywhere but where a test puts one."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    return {"PATH": str(tmp_path / "bin")}


class TestOrder:
    def test_each_place_gives_way_to_the_one_before(self, root, tmp_path, nothing, monkeypatch):
        """From the last resort to the first choice."""
        monkeypatch.setattr(sys, "executable", str(tmp_path / "own"))
        python(tmp_path / "bin" / "poetry").write_text(f"#!/bin/sh\necho {tmp_path / 'poetry'}\n")
        (root / "poetry.lock").touch()
        steps = [
            (tmp_path / "bin" / "python", {}, "`python` on PATH"),
            (tmp_path / "bin" / "python3", {}, "`python3` on PATH"),
            (tmp_path / "own", {}, "the Python that quality-gate runs in"),
            (tmp_path / "conda" / "bin" / "python", {"CONDA_PREFIX": str(tmp_path / "conda")}, "(CONDA_PREFIX)"),
            (tmp_path / "poetry" / "bin" / "python", {}, "the environment that poetry made"),
            (root / "venv" / "bin" / "python", {}, "the environment in venv"),
            (root / ".venv" / "bin" / "python", {}, "the environment in .venv"),
            (root / "env-of-uv" / "bin" / "python", {"UV_PROJECT_ENVIRONMENT": "env-of-uv"}, "in env-of-uv"),
            (tmp_path / "active" / "bin" / "python", {"VIRTUAL_ENV": str(tmp_path / "active")}, "(VIRTUAL_ENV)"),
        ]
        variables = dict(nothing)
        for place, more, why in steps:
            python(place)
            (place.parent.parent / "pyvenv.cfg").touch()
            variables |= more
            found = find(root, None, variables, None)
            assert (found.executable, why in found.why) == (str(place), True), found.shown

    def test_hatch_is_asked_for_its_default_environment_and_for_that_of_its_tests(self, root, tmp_path, nothing):
        """`hatch env find hatch-test` names one a Python, and few of them have been made."""
        (root / "hatch.toml").touch()
        script = (
            "#!/bin/sh\necho warning: x >&2\nfor name in ${3:-default} ${3:-default}.py3.11; do echo %s/$name; done\n"
        )
        python(tmp_path / "bin" / "hatch").write_text(script % (tmp_path / "envs"))
        python(tmp_path / "envs" / "hatch-test.py3.11" / "bin" / "python")
        assert "hatch-test.py3.11" in find(root, None, nothing, None).executable
        python(tmp_path / "envs" / "default" / "bin" / "python")
        assert find(root, None, nothing, None).executable == str(tmp_path / "envs" / "default" / "bin" / "python")

    def test_what_the_configuration_says_is_not_looked_past(self, root, nothing):
        environment(root / ".venv")
        environment(root / "other", pytest="")
        with pytest.raises(UsageError, match="it has no pytest") as caught:
            find(root, "other", nothing, None)
        assert caught.value.remedy == f"type: {root}/other/bin/python -m pip install pytest coverage"

    @pytest.mark.parametrize("configured", ["other", "other/bin/python", "{root}/other"])
    def test_the_configuration_names_an_environment_or_its_python(self, configured, root, nothing):
        place = environment(root / "other")
        assert find(root, configured.format(root=root), nothing, None).executable == str(place)

    def test_one_without_pytest_gives_way_to_one_that_has_it(self, root, tmp_path, nothing):
        environment(tmp_path / "hook", pytest="")
        place = environment(root / ".venv")
        assert find(root, None, nothing | {"VIRTUAL_ENV": str(tmp_path / "hook")}, None).executable == str(place)

    def test_a_workspace_shares_the_one_above(self, root, nothing):
        (root / "packages" / "shop").mkdir(parents=True)
        place = environment(root / ".venv")
        found = find(root / "packages" / "shop", None, nothing, None)
        assert (found.executable, found.why) == (str(place), "the environment in ../../.venv")

    def test_beyond_the_repository_nothing_is_looked_for(self, root, tmp_path, nothing):
        environment(tmp_path / ".venv")
        with pytest.raises(UsageError, match="none was found"):
            find(root, None, nothing, None)


class TestRefused:
    def test_none_at_all(self, root, nothing):
        with pytest.raises(UsageError, match="none was found"):
            find(root, None, nothing, None)

    def test_no_pytest_anywhere_names_the_first_and_what_to_type(self, root, nothing):
        place = environment(root / ".venv", pytest="", pip="")
        with pytest.raises(UsageError, match="no pytest") as caught:
            find(root, None, nothing, None)
        assert caught.value.remedy.startswith(f"type: uv pip install --python {place} pytest coverage")

    def test_the_environment_of_the_gate_is_not_the_one_to_install_into(self, root, tmp_path, nothing, monkeypatch):
        environment(tmp_path / "gate", pytest="")
        place = environment(root / ".venv", pytest="")
        monkeypatch.setattr("sys.prefix", str(tmp_path / "gate"))
        with pytest.raises(UsageError, match="no pytest") as caught:
            find(root, None, nothing | {"VIRTUAL_ENV": str(tmp_path / "gate")}, None)
        assert caught.value.remedy.startswith(f"type: {place} -m pip install pytest coverage")

    @pytest.mark.parametrize(
        ("answers", "said"),
        [
            ({"version": [3, 10, 1]}, "recording needs Python 3.11 or later"),
            ({"pytest": "6.2.5"}, "pytest 6.2.5 is too old"),
            ({"coverage": "6.5.0"}, "coverage 6.5.0 is too old"),
        ],
    )
    def test_too_old(self, answers, said, root, nothing):
        environment(root / ".venv", **answers)
        with pytest.raises(UsageError, match=said):
            find(root, None, nothing, None)

    @pytest.mark.parametrize(
        "text", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho '{}'\n", "#!/bin/sh\necho no\n", "no program"]
    )
    def test_what_does_not_answer_is_no_python(self, text, root, nothing):
        environment(root / ".venv").write_text(text)
        with pytest.raises(UsageError, match="none was found"):
            find(root, None, nothing, None)
        with pytest.raises(UsageError, match="not a Python that starts"):
            find(root, ".venv", nothing, None)

    @pytest.mark.parametrize("configured", [None, ".venv", ".venv/bin/python"])
    @pytest.mark.parametrize("tracked", [".venv/bin/python", ".venv/lib/evil.pth"])
    def test_an_environment_that_git_tracks(self, tracked, configured, root, nothing):
        """Row 14 of hostile-inputs.md: who wrote the commit would choose what runs."""
        (root / ".git").rmdir()
        scratch = Scratch(root)
        place = environment(root / ".venv")
        ran = root / "ran"
        place.write_text(f"#!/bin/sh\ntouch {ran}\n")
        scratch.commit({tracked: place.read_text()})
        place.chmod(0o755)
        with pytest.raises(UsageError, match="it is tracked by git"):
            find(root, configured, nothing, Git(root.resolve(), ENVIRONMENT))
        assert not ran.exists()

    def test_a_tracked_link_to_an_environment_elsewhere(self, root, tmp_path, nothing):
        (root / ".git").rmdir()
        scratch = Scratch(root)
        environment(tmp_path / "elsewhere")
        (root / ".venv").symlink_to(tmp_path / "elsewhere")
        scratch.git("add", "-f", ".venv")
        scratch.commit()
        with pytest.raises(UsageError, match="it is tracked by git"):
            find(root, None, nothing, Git(root.resolve(), ENVIRONMENT))

    def test_an_untracked_one_in_a_repository_is_fine(self, root, nothing):
        (root / ".git").rmdir()
        Scratch(root).commit({"a.py": ""})
        place = environment(root / ".venv")
        assert find(root, None, nothing, Git(root.resolve(), ENVIRONMENT)).executable == str(place)

    def test_programs_in_the_project_are_not_on_path(self, root, nothing):
        python(root / "bin" / "python3")
        for entry in (str(root / "bin"), "bin", "."):
            with pytest.raises(UsageError, match="none was found"):
                find(root, None, {"PATH": entry}, None)

    def test_where_path_leads_does_not_depend_on_the_working_directory(self, root, tmp_path, nothing, monkeypatch):
        python(tmp_path / "bin" / "python3")
        monkeypatch.chdir(tmp_path)
        with pytest.raises(UsageError, match="none was found"):
            find(root, None, {"PATH": "bin"}, None)


class TestOwnInterpreter:
    """The project's Python for tools that look into what the project imports."""

    def own(self, root, wanted=("ruff",), configured=None, git=None, **variables):
        return own_interpreter(root, configured, {"PATH": "", **variables}, git, wanted)

    def test_it_needs_no_pytest(self, root, nothing):
        place = environment(root / ".venv", pytest="", packages={"ruff": "0.17.6"})
        assert self.own(root).executable == str(place)

    def test_the_first_that_has_all_packages_is_taken(self, root, nothing, tmp_path):
        environment(tmp_path / "active", packages={"ruff": "", "mypy": "2.4.1"})
        place = environment(root / ".venv", packages={"ruff": "0.17.6", "mypy": "2.4.1"})
        assert self.own(root, VIRTUAL_ENV=str(tmp_path / "active")).executable == str(place)

    def test_where_none_has_all_the_first_is_the_projects(self, root, nothing, tmp_path):
        place = environment(tmp_path / "active", packages={"ruff": ""})
        environment(root / ".venv", packages={"ruff": ""})
        found = self.own(root, VIRTUAL_ENV=str(tmp_path / "active"))
        assert (found.executable, found.packages) == (str(place), {"ruff": ""})

    def test_ours_does_not_stand_in_for_the_projects(self, root, nothing, monkeypatch, tmp_path):
        place = environment(root / ".venv", packages={"pylint": ""})
        ours = environment(tmp_path / "ours", packages={"pylint": "4.1.4"})
        monkeypatch.setattr(sys, "executable", str(ours))
        assert self.own(root, ("pylint",)).executable == str(place), "ours has none of the project's packages"

    def test_a_hooks_environment_is_nobodys(self, root, nothing, monkeypatch, tmp_path):
        hook = environment(tmp_path / "py_env", packages={"pylint": "4.1.4"})
        monkeypatch.setattr(sys, "executable", str(hook))
        monkeypatch.setattr(sys, "prefix", str(tmp_path / "py_env"))
        variables = {"VIRTUAL_ENV": str(tmp_path / "py_env"), "PATH": str(hook.parent)}
        assert self.own(root, ("pylint",), **variables).executable == str(hook), (
            "outside a hook it may be the project's"
        )
        with pytest.raises(UsageError, match="none was found"):
            self.own(root, ("pylint",), PRE_COMMIT="1", **variables)
        place = environment(root / ".venv", packages={"pylint": "3.3.0"})
        assert self.own(root, ("pylint",), PRE_COMMIT="1", **variables).executable == str(place)

    @pytest.fixture
    def gates(self, monkeypatch, tmp_path):
        """An environment made for the gate, as the action and the GitLab template make it; it is not active."""

        def made(**answers):
            place = environment(tmp_path / "gates", **answers)
            monkeypatch.setattr(sys, "executable", str(place))
            monkeypatch.setattr(sys, "prefix", str(tmp_path / "gates"))
            return place

        return made

    @pytest.mark.parametrize("linter", ["ruff", "pylint"])
    def test_beside_a_gate_of_its_own_the_python_on_path_is_the_projects(self, linter, root, nothing, gates, tmp_path):
        """pylint and flake8 come with the gate, and there they would find none of what the project imports."""
        gates(pytest="", packages={linter: "4.0" if linter == "pylint" else ""})
        place = python(tmp_path / "bin" / "python3", packages={linter: "4.1.4"})
        found = self.own(root, (linter,), PATH=str(place.parent))
        assert (found.executable, found.packages) == (str(place), {linter: "4.1.4"})

    @pytest.mark.parametrize("linter", ["ruff", "pylint"])
    def test_what_is_missing_is_never_to_be_installed_beside_the_gate(self, linter, root, nothing, gates, tmp_path):
        gates(pytest="", packages={linter: "4.0" if linter == "pylint" else ""})
        place = python(tmp_path / "bin" / "python3", packages={linter: ""})
        found = self.own(root, (linter,), PATH=str(place.parent))
        assert (found.executable, found.packages) == (str(place), {linter: ""})

    def test_a_gate_that_lives_with_pytest_lives_in_the_projects_environment(self, root, nothing, gates, tmp_path):
        """Called by its path: no variable names the environment, and the system's Python may have linters as well."""
        place = gates(packages={"pylint": "4.1.4"})
        python(tmp_path / "bin" / "python3", packages={"pylint": "2.0"})
        assert self.own(root, ("pylint",), PATH=str(tmp_path / "bin")).executable == str(place)

    def test_where_there_is_no_other_it_is_the_gates(self, root, nothing, gates):
        place = gates(pytest="", packages={"ruff": "0.17.6"})
        assert self.own(root, PATH=str(place.parent)).executable == str(place)

    def test_an_environment_that_git_tracks_is_refused(self, root, nothing, tmp_path):
        scratch = Scratch(tmp_path / "tracked")
        environment(scratch.folder / ".venv", packages={"ruff": "0.17.6"})
        scratch.git("add", "--force", ".")
        with pytest.raises(UsageError, match="tracked by git"):
            self.own(scratch.folder, git=Git(scratch.folder, ENVIRONMENT))

    def test_what_is_configured_and_does_not_start_is_an_error(self, root, nothing):
        with pytest.raises(UsageError, match="not a Python that starts"):
            self.own(root, configured="none")


class TestVersions:
    """Of this very interpreter, asked as it is asked in earnest."""

    def test_what_is_installed_is_told_with_its_version(self, root):
        found = own_interpreter(root, sys.executable, {}, None, ["pytest-xdist", "no-such-package"])
        assert (found.pytest, found.coverage) == (version("pytest"), version("coverage"))
        assert found.packages == {"pytest-xdist": version("pytest-xdist"), "no-such-package": ""}


def test_an_empty_folder_that_an_installation_left_is_no_pytest(tmp_path):
    (tmp_path / "pytest-0.0.1.dist-info").mkdir()
    found = subprocess.run(
        [sys.executable, "-c", interpreters._PROBE], env={"PYTHONPATH": str(tmp_path)}, capture_output=True, check=True
    )
    assert json.loads(found.stdout)["pytest"] == pytest.__version__
