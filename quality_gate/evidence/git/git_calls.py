"""Calls of git as processes, some of them begun before anybody asks: git answers while our own code is being loaded."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from typing import TypeAlias

Question: TypeAlias = tuple[tuple[str, ...], frozenset[tuple[str, str]], bytes | None]
"""The program and its arguments; its environment, names and values; what it reads on its standard input."""


class Begun:
    """Calls that are under way, each for the first who asks the very same."""

    def __init__(self) -> None:
        self._held: dict[Question, subprocess.Popen[bytes]] = {}

    @property
    def left(self) -> tuple[subprocess.Popen[bytes], ...]:
        """The calls that nobody has asked for yet."""
        return tuple(self._held.values())

    def begin(self, question: Question) -> None:
        """Start a call; one that cannot be started is left to whoever asks.

        Args:
            question: tells little enough for a pipe to hold it.
        """
        with suppress(OSError):
            process = self._held[question] = _started(question)
            if process.stdin is not None:
                process.stdin.write(question[2] or b"")
                process.stdin.close()
                process.stdin = None

    def answer(self, question: Question, seconds: float) -> subprocess.CompletedProcess[bytes]:
        """What a call says, begun or not.

        Args:
            seconds: that may pass from now on.

        Raises:
            OSError: it cannot be started. TimeoutExpired: it took longer.
        """
        held = self._held.pop(question, None)
        with held or _started(question) as process:
            try:
                said, complained = process.communicate(question[2] if held is None else None, timeout=seconds)
            except BaseException:
                process.kill()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, said, complained)

    def stop(self) -> None:
        """End the calls that nobody has asked for."""
        while self._held:
            with self._held.popitem()[1] as process:
                process.kill()


def _started(question: Question) -> subprocess.Popen[bytes]:
    command, variables, told = question
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL if told is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=dict(variables),
    )
