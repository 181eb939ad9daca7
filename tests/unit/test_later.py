"""What is not loaded at the start is there when it is asked for, and is the real thing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
START = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'checkers')!r}]\nfrom quality_gate.later import FewerModules\n"
LOAD = "with FewerModules():\n    import subprocess, pathlib, msgspec\n"

USES = {
    "JSON Schemas": "class A(msgspec.Struct):\n    'A doc.'\n    x: int\nprint(msgspec.json.schema(A)['$defs']['A']['description'])",
    "what a type is": "print(msgspec.inspect.type_info(int).gt)",
    "URIs": "print(pathlib.Path('/a b').as_uri())",
    "killing": "p = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=-1)\np.kill()\nprint(p.wait())",
    "how a killed one is told of": "print(subprocess.CalledProcessError(-9, 'x'))",
    "text": "print(subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True, text=True).stdout)",
    "other modules": "import uuid, decimal, textwrap, ipaddress, locale, signal, urllib.parse\n"
    "print(uuid.UUID(int=1), decimal.Decimal(1), textwrap.dedent(' x'), ipaddress.ip_address('::1'), signal.SIGINT.name,"
    "urllib.parse.quote('a b'), locale.__name__)",
    "hosts in addresses": "from urllib.parse import urlsplit\nprint(urlsplit('http://[::1]/x').hostname)",
}


def printed(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", START + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", USES)
def test_what_was_left_out_works(name: str) -> None:
    assert printed(LOAD + USES[name]) == printed("import subprocess, pathlib, msgspec\n" + USES[name])


def test_nothing_is_left_behind() -> None:
    code = (
        LOAD
        + "print(*(name for name in FewerModules._NAMES if name in sys.modules), 'typing_extensions' in sys.modules)"
    )
    assert printed(code) == "False\n"


def test_what_is_loaded_already_stays() -> None:
    code = "import uuid, signal, decimal\n" + LOAD + "print(sys.modules['uuid'] is uuid, subprocess.signal is signal)"
    assert printed(code) == "True True\n"


def test_what_fails_leaves_nothing_behind() -> None:
    code = "try:\n    with FewerModules():\n        1 / 0\nexcept ZeroDivisionError:\n    print('uuid' in sys.modules)"
    assert printed(code) == "False\n"
