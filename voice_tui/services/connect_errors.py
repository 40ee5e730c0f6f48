"""Why there is no connection: one kind of error for each step of connecting."""

from __future__ import annotations

from typing import ClassVar


class ConnectError(Exception):
    """A step of connecting failed. The text is one sentence for a person, printable.

    Args:
        text: what went wrong and, where it is known, what to do.
        can_retry: whether it may go better without anybody doing anything.
    """

    step: ClassVar = "connecting"
    """What was being done."""

    def __init__(self, text: str, *, can_retry: bool = True) -> None:
        super().__init__(text)
        self.can_retry = can_retry


class TokenError(ConnectError):
    """No token, or one that is of no use."""

    step = "asking for a token"


class PeerError(ConnectError):
    """The peer connection with its track and channel could not be made."""

    step = "preparing the connection"


class OfferError(ConnectError):
    """The offer could not be made: no address to be reached at."""

    step = "making the offer"


class ExchangeError(ConnectError):
    """The server did not take the offer."""

    step = "sending the offer"


class AnswerError(ConnectError):
    """The server's answer could not be used."""

    step = "taking the answer"


class ChannelError(ConnectError):
    """The data channel did not open: no packets get through."""

    step = "opening the channel"


class SessionError(ConnectError):
    """The server did not take the session that was asked for."""

    step = "setting up the session"
