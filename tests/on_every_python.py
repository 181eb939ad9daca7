"""Run the tests on every Python that we support and that is here; say which were not found.

The interpreter that runs this file runs the tests in its own environment. The others get an environment each
(`.venv-3.12` ...). Shims that do not answer `-c pass` are passed over.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SUPPORTED = ("3.11", "3.12", "3.13")
END_TO_END = Path("tests/end_to_end")
ON_NEWEST = (
    "commands",
    "critical_path_gate",
    "failure_gate",
    "hosts",
    "proving",
    "recording",
    "recording_beside",
    "recording_failures",
    "recording_isolation",
)
"""The end-to-end tests that the newest Python runs too, with the tests of what is shown: what differs between versions
shows there."""
ON_MIDDLE = ("recording", "recording_failures")
"""Those of a Python between: from 3.12 on, calls are recorded in another way."""
BESIDE = (Path("tests/unit/checkers"), Path("tests/unit/codebase"), Path("tests/unit/recorder"))
"""What every Python beside the first runs: what reads source, or runs inside other people's tests."""
ONCE = (Path("tests/hostile/test_row_30_rules_in_time.py"), Path("tests/unit/checkers/test_standard_library.py"))
"""Long, and the same on every Python."""
ROOT = Path(__file__).resolve().parent.parent


def answers(command: str, version: str) -> bool:
    """Whether an interpreter starts and is of a version."""
    code = f"import sys; sys.exit('{version}' != '%d.%d' % sys.version_info[:2])"
    try:
        return subprocess.run([command, "-c", code], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def candidates(version: str) -> list[str]:
    """Interpreters that may be of a version: on the path, and installed by pyenv."""
    named = shutil.which(f"python{version}")
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    installed = sorted(pyenv.glob(f"{version}.*/bin/python")) if pyenv.is_dir() else []
    return [*([named] if named else []), *(str(file) for file in installed)]


def interpreter(version: str) -> str | None:
    """A Python of a version, ready to run the tests; None where there is none."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return sys.executable
    base = next((found for found in candidates(version) if answers(found, version)), None)
    return environment(version, base) if base else None


def environment(version: str, base: str) -> str:
    """An environment with the project and its test tools, renewed when pyproject.toml changes."""
    folder = ROOT / f".venv-{version}"
    python = folder / "bin" / "python"
    stamp = folder / "tested"
    if not stamp.exists() or stamp.stat().st_mtime < (ROOT / "pyproject.toml").stat().st_mtime:
        subprocess.run([base, "-m", "venv", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--upgrade", "pip"], check=True)
        subprocess.run([*pip, "-e", ".", "--group", "test"], check=True, cwd=ROOT)
        stamp.touch()
    return str(python)


def chosen(version: str) -> list[str]:
    """What a Python beside the first runs, as arguments: the whole suite thrice is more than CI's time."""
    newest = version == SUPPORTED[-1]
    named = [f"{END_TO_END}/test_{name}.py" for name in (ON_NEWEST if newest else ON_MIDDLE)]
    shown = (
        sorted(str(file.relative_to(ROOT)) for file in (ROOT / "tests" / "unit").glob("test_*.py")) if newest else []
    )
    return [*map(str, BESIDE), *shown, *named, *(f"--ignore={file}" for file in ONCE)]


def main() -> int:
    """Exit code of the worst run."""
    worst = 0
    missing = []
    for version in SUPPORTED:
        python = interpreter(version)
        if python is None:
            missing.append(version)
            continue
        print(f"== Python {version}", flush=True)
        arguments = sys.argv[1:] or ["-q", "-n", "2", "--dist", "worksteal", "--durations=25", "--durations-min=4"]
        if python != sys.executable:
            arguments = [*arguments, *chosen(version)]
        worst = max(worst, subprocess.run([python, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode)
    if missing:
        print(f"not found, not tested: Python {', '.join(missing)}")
    return worst


if __name__ == "__main__":
    sys.exit(main())
