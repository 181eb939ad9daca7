"""The arrows of the house, and the hygiene that other tools keep for us."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from git_scratch import Scratch

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=cwd, capture_output=True, text=True, check=False)


def test_imports_keep_the_layers() -> None:
    done = run(
        "-c",
        "import sys; sys.path.insert(0, 'checkers');"
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_are_exact() -> None:
    done = run("-m", "mypy")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("arguments", [("check", "."), ("format", "--check", ".")], ids=" ".join)
def test_ruff_has_nothing_to_say(arguments: tuple[str, ...]) -> None:
    done = run("-m", "ruff", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_our_own_gate_keeps_us() -> None:
    done = run("-m", "quality_gate", "check", "--stage", "ci")
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_heavy_is_imported_on_the_way_to_a_verdict(tmp_path: Path) -> None:
    """In a project of its own: beside other tests, the cache of ours may be locked, and every file is read anew."""
    scratch = Scratch(tmp_path / "shop")
    scratch.write("pyproject.toml", '[tool.quality-gate]\nsource = ["."]\n')
    scratch.write("pay.py", "def pay():\n    try:\n        import httpx\n    except Exception:\n        pass\n")
    code = (
        f"import sys; sys.path[:0] = {[str(ROOT), str(ROOT / 'checkers')]};"
        "from quality_gate.later import FewerModules\nwith FewerModules(): import subprocess, pathlib, msgspec\n"
        "from quality_gate.cli import run; run(['check', 'pay.py']);"
        "heavy = {'rich', 'jinja2', 'pylint', 'astroid', 'flake8', 'coverage', 'difflib', 'tempfile',"
        "'importlib.metadata', 'click', 'inspect', 'ast', 'hashlib', 'gettext', 'platform', 'uuid', 'decimal', 'textwrap',"
        "'ipaddress', 'locale', 'signal', 'urllib.parse', 'copy',"
        "'quality_gate_checkers.catalog', 'quality_gate_checkers.dependencies', 'quality_gate_checkers.model.names'};"
        "heavy -= {'signal'} if sys.version_info >= (3, 13) else set();"  # there starting a program asks for it
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    first, second = (run("-c", code, cwd=scratch.folder) for _ in range(2))
    assert "quality_gate_checkers.catalog" in first.stderr, "a file that no cache knows is inspected"
    assert second.returncode == 0, second.stdout + second.stderr


def test_a_changed_file_loads_what_its_own_words_ask_for(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "shop")
    scratch.write("pyproject.toml", '[tool.quality-gate]\nsource = ["."]\n')
    code = (
        f"import sys; sys.path[:0] = {[str(ROOT), str(ROOT / 'checkers')]};"
        "from quality_gate.cli import run; run(['check', '-q', 'pay.py']);"
        "sys.exit(' '.join(sorted(name.rpartition('.')[2] for name in sys.modules if name.startswith("
        "('quality_gate_checkers.rules.', 'quality_gate_checkers.dependencies.')))))"
    )
    loaded = []
    for word in ("first", "second"):
        pay = f"def {word}():\n    try:\n        import httpx\n        httpx.get('x')\n    except Exception:\n        pass\n"
        scratch.write("pay.py", pay)
        loaded.append(set(run("-c", code, cwd=scratch.folder).stderr.split()))
    needless = {"unbounded_fanout", "test_without_oracle", "boto3", "redis"}
    assert loaded[0] >= needless, "nothing is known of rules by then"
    assert loaded[1] >= {"silent_failure", "httpx"}
    assert not loaded[1] & needless
