"""Peers of other ecosystems, installed with npm: `make test-peers`. One that cannot be had is never passed: it ends with 3."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / ".venv-peers"
NOT_RUN = 3


class Peers:
    """What npm has installed.

    Args:
        modules: its folder.
    """

    def __init__(self, modules):
        self.modules = modules

    def run(self, folder, *command):
        """Run a program of it, or node; gives exit code and what it printed."""
        environment = {**os.environ, "PATH": f"{self.modules / '.bin'}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    @property
    def multitool(self) -> Path:
        """The program itself: npm runs no script that would make it executable."""
        found = (self.modules.glob(f"@microsoft/sarif-multitool-*/Sarif.Multitool{end}") for end in ("", ".exe"))
        program = next(file for files in found for file in files)
        program.chmod(0o755)
        return program


@pytest.fixture(scope="session")
def peers():
    """The packages of package.json."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("there is no Node here: install node and npm")
    FOLDER.mkdir(exist_ok=True)
    shutil.copy(HERE / "package.json", FOLDER)
    command = [npm, "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(
            f"npm cannot install: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'no reason'}"
        )
    return Peers(FOLDER / "node_modules")


def pytest_sessionfinish(session, exitstatus):
    """What was skipped has shown nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if exitstatus == 0 and reporter.stats.get("skipped"):
        session.exitstatus = NOT_RUN


def pytest_terminal_summary(terminalreporter):
    """Say what was not run, last."""
    for report in terminalreporter.stats.get("skipped", []):
        terminalreporter.line(f"NOT RUN: {report.nodeid}: {report.longrepr[2].removeprefix('Skipped: ')}")
