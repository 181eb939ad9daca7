"""What one module may ask of the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from quality_gate_checkers.model.module import Module


class Outside(Protocol):
    """The other modules of the project, by the dotted names that imports give.

    What a module does not know is taken at its word: the name stays as it is, and no class is told.
    """

    def resolve(self, name: str) -> str:
        """The object that a name leads to: through re-exports, aliases, instances of classes, and inheritance."""

    def type_of(self, name: str) -> str | None:
        """Dotted name of the class that the object of a name is an instance of."""

    def returned(self, name: str) -> str | None:
        """Dotted name of the class of what calling it gives."""

    def entered(self, name: str) -> str | None:
        """Dotted name of the class that `with name() as x` gives, where it is a context manager made of a function."""

    def attribute(self, holder: str, attribute: str) -> str | None:
        """Dotted name of the class of an attribute that instances of a class have."""

    def members(self, name: str) -> Sequence[str | None] | None:
        """What the members of a tuple resolve to, None where one does not; None where the name is no tuple's."""

    def module_of(self, name: str) -> Module | None:
        """The module that an object is defined in; None where nobody shows it."""

    def behind(self) -> Iterable[Module]:
        """The modules that answers stand on so far: what is set up there holds here."""


class Alone:
    """Nobody else is there. What would have been asked is kept: who knows the others can tell whether to ask again.

    Attributes:
        asked: names of imported objects to which questions led.
    """

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def resolve(self, name: str) -> str:
        """See `Outside`."""
        self.asked.add(name)
        return name

    def type_of(self, name: str) -> str | None:
        """See `Outside`."""
        self.asked.add(name)
        return None

    def returned(self, name: str) -> str | None:
        """See `Outside`; the name has been resolved before."""
        return None

    def entered(self, name: str) -> str | None:
        """See `Outside`; the name has been resolved before."""
        return None

    def attribute(self, holder: str, attribute: str) -> str | None:
        """See `Outside`; the holder has been resolved before."""
        return None

    def members(self, name: str) -> Sequence[str | None] | None:
        """See `Outside`."""
        self.asked.add(name)
        return None

    def module_of(self, name: str) -> Module | None:
        """See `Outside`."""
        self.asked.add(name)
        return None

    def behind(self) -> Iterable[Module]:
        """See `Outside`."""
        return ()
