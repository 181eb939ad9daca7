"""Shared by all tests: the source roots are on the path whether or not the project is installed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
for source_root in (ROOT / "checkers", ROOT / "recorder", ROOT, ROOT / "tests"):
    if str(source_root) not in sys.path:
        sys.path.insert(0, str(source_root))

THEIRS = ("PRE_COMMIT", "GIT_", "GITHUB_BASE_REF", "CI_MERGE_REQUEST")

# Who runs these tests, a CI or a hook, decides the stage and the files of a command: no test is to answer for that.
for variable in [name for name in os.environ if name == "CI" or name.startswith(THEIRS)]:
    del os.environ[variable]

# A machine that does other things beside is no reason to fail, and what fails once has to fail again.
settings.register_profile("ours", deadline=None, derandomize=True, database=None)
settings.load_profile("ours")
