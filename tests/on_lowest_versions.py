"""Run the tests with the lowest version of every dependency that pyproject.toml admits (`make test-lowest`).

A lower bound that nobody runs is a guess. The environment is `.venv-lowest`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import tomli

ROOT = Path(__file__).resolve().parent.parent


def lowest() -> list[str]:
    """Every dependency of the project pinned to its lower bound."""
    project = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = []
    for requirement in project["dependencies"]:
        name, bound = re.match(r"([\w-]+)>=([\d.]+)", requirement).groups()
        pins.append(f"{name}=={bound}")
    return pins


def main() -> int:
    """Exit code of the tests."""
    folder = ROOT / ".venv-lowest"
    python = str(folder / "bin" / "python")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    pip = [python, "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "--upgrade", "pip"], check=True)
    subprocess.run([*pip, "-e", ".", "--group", "test"], check=True, cwd=ROOT)
    subprocess.run([*pip, *lowest()], check=True)
    print("lowest:", " ".join(lowest()), flush=True)
    arguments = sys.argv[1:] or ["-q", "-n", "2", "--dist", "loadgroup"]
    return subprocess.run([python, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
