"""Environments with programs in the place of linters: real processes that crash, hang or print what they like."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


class Environment:
    """A virtual environment without anything in it.

    Args:
        folder: where it is made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        (self._packages,) = folder.glob("lib/python*/site-packages")

    def lay(self, name: str, code: str, version: str = "99.0") -> None:
        """Install a linter that runs some code."""
        shutil.rmtree(self._packages / name, ignore_errors=True)  # bytecode of one that is as long and as old
        (self._packages / name).mkdir()
        (self._packages / name / "__init__.py").touch()
        (self._packages / name / "__main__.py").write_text(code, encoding="utf-8")
        for old in self._packages.glob(f"{name}-*.dist-info"):
            (old / "METADATA").unlink()
            old.rmdir()
        about = self._packages / f"{name}-{version}.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")

    def lay_program(self, name: str, code: str) -> None:
        """Put a program beside its Python."""
        place = self.folder / "bin" / name
        place.write_text(f"#!{self.folder}/bin/python\n{code}", encoding="utf-8")
        place.chmod(0o755)
