"""What git is asked before our own code is loaded, which takes as long as all its answers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from quality_gate.cli._hook_call import HookCall, stage_name
from quality_gate.evidence.git.command import COMMITS, HEAD, LISTED, MERGED, STAGED, commits_told, likely_tops
from quality_gate.evidence.git.git_calls import Begun
from quality_gate_recorder.folder import FOLDER


def begun_for(call: HookCall, environment: Mapping[str, str]) -> Begun:
    """Let git begin with what every run of the gate asks; an answer that nobody asks for changes nothing.

    Args:
        environment: the caller's variables.
    """
    begun = Begun()
    cwd = os.path.realpath(os.curdir)
    git = next(likely_tops(Path(cwd), environment, begun), None)
    if git is None:
        return begun
    if git.top == Path(cwd) and not call.files:
        git.begin(*LISTED, index=True)
    git.begin_with_itself()
    if stage_name(call.stage, environment) == "commit":
        git.begin(*STAGED, index=True)
        git.begin(*COMMITS, told=commits_told((HEAD, MERGED)))
    if os.path.lexists(FOLDER):
        git.begin("ls-files", "-z", "--", FOLDER)
    return begun
