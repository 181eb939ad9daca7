"""subprocess, os.system and asyncio's processes: a child is waited for without end unless told otherwise."""

from __future__ import annotations

from quality_gate_checkers.dependencies import Call, Deadline, Library

_RUN = ("run", "call", "check_call", "check_output")
_NOT_STARTED = ("builtins.FileNotFoundError", "builtins.PermissionError", "builtins.OSError")
_TOO_SLOW = ("subprocess.TimeoutExpired",)

LIBRARY = Library(
    name="subprocess",
    kind="process",
    modules=("subprocess", "os", "asyncio"),
    source="https://docs.python.org/3/library/subprocess.html",
    calls=(
        Call(
            names=tuple(f"subprocess.{name}" for name in _RUN),
            effect="depends",
            deadline=Deadline(keyword="timeout"),
        ),
        Call(names=("subprocess.Popen",), effect="depends", rejects=(), unavailable=_NOT_STARTED),
        Call(
            names=(
                "subprocess.getoutput",
                "subprocess.getstatusoutput",
                "os.system",
                "os.popen",
            ),
            effect="depends",
        ),
        Call(
            names=("subprocess.Popen.communicate",),
            deadline=Deadline(keyword="timeout", position=1),
            rejects=(),
            unavailable=_TOO_SLOW,
        ),
        Call(
            names=("subprocess.Popen.wait",),
            deadline=Deadline(keyword="timeout", position=0),
            rejects=(),
            unavailable=_TOO_SLOW,
        ),
        Call(
            names=("asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"),
            effect="depends",
            rejects=(),
            unavailable=_NOT_STARTED,
        ),
        Call(names=("asyncio.subprocess.Process.communicate", "asyncio.subprocess.Process.wait")),
    ),
    aliases={
        "asyncio.subprocess.create_subprocess_exec": "asyncio.create_subprocess_exec",
        "asyncio.subprocess.create_subprocess_shell": "asyncio.create_subprocess_shell",
    },
    factories={
        "subprocess.run": "subprocess.CompletedProcess",
        "asyncio.create_subprocess_exec": "asyncio.subprocess.Process",
        "asyncio.create_subprocess_shell": "asyncio.subprocess.Process",
    },
    exceptions={
        "subprocess.SubprocessError": ("builtins.Exception",),
        "subprocess.CalledProcessError": ("subprocess.SubprocessError",),
        "subprocess.TimeoutExpired": ("subprocess.SubprocessError",),
    },
    rejects=("subprocess.CalledProcessError",),
    unavailable=("subprocess.TimeoutExpired", *_NOT_STARTED),
)
"""What the gate knows of child processes."""
