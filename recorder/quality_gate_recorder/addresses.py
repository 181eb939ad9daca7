"""Whose an address is: another host's, this machine's, or this very process's."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TypeGuard
from weakref import WeakSet

from quality_gate_recorder.isolation_tables import Kind

_HERE = ("127.", "::1", "localhost", "::ffff:127.", "0.0.0.0")
_PASSING = 32768
"""The first port of those that systems give to whoever asks for any: no service is expected to be there."""


class Addresses:
    """Tells addresses apart."""

    def __init__(self) -> None:
        self._served: WeakSet[object] = WeakSet()
        self._ports: set[int] = set()
        self._looked_up: set[object] = set()
        self._own = os.uname().nodename.lower() if hasattr(os, "uname") else ""

    def bound(self, socket: object, address: object) -> None:
        """A socket is about to be given an address."""
        if _is_internet(address):
            self._ports.add(address[1])
            with suppress(TypeError):  # the bare sockets of the C module know no weak references
                self._served.add(socket)

    def connected(self, socket: object, address: object) -> tuple[Kind, str] | None:
        """What kind of touch it is to send something to an address, and the address; None: none at all."""
        if not _is_internet(address) or getattr(socket, "family", 0) == 0:
            return None
        host, port = address[0], address[1]
        if not self._is_here(host):
            return None if port in self._looked_up else ("network", f"{host}:{port}")
        return ("itself" if self._is_served(port) else "machine"), f"{host}:{port}"

    def looked_up(self, host: object, port: object) -> str | None:
        """What to say where a name is looked up; None where nobody has to be asked for it."""
        name = os.fsdecode(host) if isinstance(host, (str, bytes)) else ""
        if not name or self._is_here(name) or _is_number(name):
            return None
        self._looked_up.add(int(port) if isinstance(port, str) and port.isdecimal() else port)
        return f"{name}:{port}" if port else name

    def forget_lookups(self) -> None:
        """From now on connections are no longer to hosts that have been told of by their names."""
        self._looked_up.clear()

    def _is_here(self, host: str) -> bool:
        return host.lower().startswith(_HERE) or host in ("", "::") or host.lower() == self._own

    def _is_served(self, port: int) -> bool:
        if port >= _PASSING or port in self._ports:
            return True
        for socket in list(self._served):
            with suppress(OSError, AttributeError, IndexError, TypeError):  # closed since, or none of ours
                if socket.getsockname()[1] == port:  # type: ignore[attr-defined]  # a socket, of whatever class
                    return True
        return False


def _is_internet(address: object) -> TypeGuard[tuple[str, int]]:
    """Whether an address has a host and a port; those of other families are files, devices and the kernel."""
    return (
        isinstance(address, tuple)
        and len(address) in (2, 4)
        and isinstance(address[0], str)
        and isinstance(address[1], int)
    )


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdecimal()
