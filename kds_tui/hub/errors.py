"""What the hub's own code raises.

HubError             the hub cannot start, in words for the person who started it
├── FolderInUse      another hub runs on the folder
└── MenuError        a menu file is wrong: names the file and the key
Refusal              a request is answered with an error, in envelope A of Restaurant OS
JournalUnavailable   the database did not take the work in time, or failed
"""

from __future__ import annotations

from pathlib import Path


class HubError(Exception):
    """The hub cannot start; `str()` says why and what to do."""


class FolderInUse(HubError):
    """Another hub runs on the folder; `str()` names it."""


class MenuError(HubError):
    """A menu file cannot be used; `str()` names the file and the key."""


class JournalUnavailable(Exception):
    """The journal is full of work, too slow, closed, or its disk failed. Trying again is safe."""


class Refusal(Exception):
    """A request that is answered with an error.

    Args:
        status: the HTTP status.
        message: for a person.
        code: for a program, such as `ILLEGAL_TRANSITION`.
        retry_after: seconds until another try makes sense; None leaves the header out.
    """

    def __init__(
        self, status: int, message: str, code: str, *, retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.retry_after = retry_after


def disk_trouble(error: OSError, folder: Path) -> str:
    """Say which file cannot be used, and why.

    Args:
        error: as the system raised it.
        folder: where it happened, when the system names no file.
    """
    told = f"{error.filename or folder}: {error.strerror or error}"
    mine = isinstance(error, PermissionError)
    return (
        f"{told}. The hub's folder and its files belong to the user that runs it" if mine else told
    )
