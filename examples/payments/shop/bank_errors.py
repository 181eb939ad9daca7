"""Everything that can go wrong with the bank, in our own words."""


class BankError(Exception):
    """The bank did not do what we asked."""


class CardDeclined(BankError):
    """The bank refused the card. Asking again with the same card is pointless."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"card declined: {reason}")
        self.reason = reason


class RequestRejected(BankError):
    """The bank did not accept the request itself: the fault is ours."""


class BankUnavailable(BankError):
    """The bank could not be reached, or could not serve us."""


class BankTimeout(BankError):
    """The bank did not answer in time. Whether money moved is not known."""
