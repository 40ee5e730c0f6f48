"""What can go wrong between this terminal and the order server, as one family.

    BackendError
    |-- Unreachable      no answer, or "not now" (429, 503): wait `retry_after`, try again
    |   `-- Untrusted        the server's certificate is not the one to trust; needs a person
    |-- BadAnswer        an answer that is not the order server's: try again
    |-- Unauthorized     401: the token is missing, not good or has run out; needs a person
    |   `-- TokenFileError   there is no token file, or it is not safe to use
    |-- Forbidden        403: signed in, but not allowed to do this
    |-- NotFound         404: no such order, or no such route
    |-- Conflict         409, or the order went another way: what is asked for makes no sense
    |-- Refused          any other 4xx: for good; 5xx: try again
    `-- NotOffered       the server has no such feature

`str()` of each is one clean sentence for a person. `retryable` says whether the same request may
succeed later without anybody doing anything.
"""

from __future__ import annotations

from typing import Final

from kds_tui.core import conflicts

NO_ORDER_SERVER: Final = "something answers there, but not an order server: check [server] url"
"""Of an address that is not, or not only, the order server's; continues a sentence."""


class BackendError(Exception):
    """Something went wrong between this terminal and the order server."""

    retryable = False


class Unreachable(BackendError):
    """The server did not answer, or asked to wait."""

    retryable = True

    def __init__(
        self, message: str, retry_after: float | None = None, *, answered: bool = False
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds that the server asks to wait; None when it did not say."""

        self.answered = answered
        """Whether there was an answer, with a status that says "not now"."""


class Untrusted(Unreachable):
    """What answers is not known to be the server: nothing was asked of it."""


class BadAnswer(BackendError):
    """Something answered, but not as an order server does: a proxy's page, a cut or huge body."""

    retryable = True


class Unauthorized(BackendError):
    """The server does not take the token, or there is none."""


class TokenFileError(Unauthorized):
    """The token file is missing, unreadable or readable by others."""


class Forbidden(BackendError):
    """The token is good, but does not allow this."""


class NotFound(BackendError):
    """The order or the route is not there."""


class Conflict(BackendError):
    """The order went another way meanwhile; `str()` continues a sentence about the ticket.

    Args:
        message: those words.
        conflict: which row of the table of conflicts it is; None when the server does not say.
    """

    def __init__(self, message: str, conflict: conflicts.Conflict | None = None) -> None:
        super().__init__(message)
        self.conflict = conflict


class Refused(BackendError):
    """The server understood and says no, or failed on its own."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.retryable = status >= 500


class NotOffered(BackendError):
    """The server has no such feature."""
