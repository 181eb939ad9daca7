"""Steps of actions and pipelines, taken out of their files and run as a runner runs them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import yaml

BASH = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")
"""How GitHub's runner starts `shell: bash`, and what GitLab's sets."""

_EXPRESSION = re.compile(r"\$\{\{ (.*?) \}\}")


class Said:
    """How a script ended.

    Args:
        code: its exit code. out, err: what it printed. outputs: what it wrote to GITHUB_OUTPUT. summary: likewise.
    """

    def __init__(self, code, out, err, outputs=None, summary=""):
        self.code, self.out, self.err = code, out, err
        self.outputs = outputs or {}
        self.summary = summary


def script(text, folder, environment) -> Said:
    """Run a script in a folder."""
    done = subprocess.run(
        [*BASH, "-c", text], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return Said(done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr))


def load(file) -> dict:
    """A YAML file; `on` stays a word."""
    loaded = yaml.load(Path(file).read_text(encoding="utf-8"), yaml.BaseLoader)
    assert isinstance(loaded, dict)
    return loaded


class Action:
    """A composite action whose own steps are run; those that use other actions are not.

    Args:
        file: action.yml.
        known: what expressions stand for: `github.…`, `runner.…`, and outputs of steps that are not run.
        beside: what GITHUB_ACTION_PATH is; otherwise the action's folder.
        inputs: what a workflow gives; the rest has its default.
    """

    def __init__(self, file, known, *, beside=None, **inputs):
        self.action = load(file)
        self._beside = beside or Path(file).parent
        self._known = dict(known)
        for name, held in self.action["inputs"].items():
            default = str(held["default"])
            self._known[f"inputs.{name}"] = inputs.get(name.replace("-", "_"), self.text(default))

    def text(self, text) -> str:
        """A text with its expressions resolved; one that nobody knows is an error."""
        return _EXPRESSION.sub(lambda found: self._known[found[1]], text)

    def outputs(self) -> dict[str, str]:
        """What the workflow is given; empty where no step said anything."""
        named = {name: _EXPRESSION.fullmatch(held["value"]) for name, held in self.action["outputs"].items()}
        return {name: self._known.get(found[1], "") for name, found in named.items()}

    def run(self, name, workspace, scratch, environment) -> Said:
        """Run the step of a name."""
        (step,) = [step for step in self.action["runs"]["steps"] if step.get("name") == name]
        assert step["shell"] == "bash"
        files = {kind: scratch / kind for kind in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_PATH")}
        for file in files.values():
            file.write_text("")
        variables = {
            **environment,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_ACTION_PATH": str(self._beside),
            "RUNNER_TEMP": str(scratch),
            **{kind: str(file) for kind, file in files.items()},
            **{key: self.text(value) for key, value in step.get("env", {}).items()},
        }
        folder = workspace / self.text(step.get("working-directory", "."))
        said = script(step["run"], folder, variables)
        said.outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        said.summary = files["GITHUB_STEP_SUMMARY"].read_text()
        for key, value in said.outputs.items():
            self._known[f"steps.{step.get('id')}.outputs.{key}"] = value
        return said
