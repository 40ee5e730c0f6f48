"""The token that signs this terminal in: kept in a file for its owner only, never shown or logged.

A token is read, never verified: that is the server's business. What is read from it is when it runs
out, for which restaurant it is, and the role that it was given for.
"""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any, Final

import msgspec

from kds_tui.core.text import clean
from kds_tui.services.backend_errors import TokenFileError
from voice_tui.private_files import FileRefused, credential_file, read_private, store_private

MAX_TOKEN_BYTES: Final = 16 * 1024
"""A larger file is not a token: servers refuse headers of that size."""

TOKEN_CREDENTIAL: Final = "kds-token"
"""`LoadCredential=kds-token:FILE` of a systemd unit gives a display its token."""

_LOGIN: Final = "Run: kds-tui login"


class Token:
    """A JSON web token. Its text is given out by `reveal` only, so that no log line can hold it."""

    __slots__ = ("_claims", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._claims = _read_claims(text)

    def reveal(self) -> str:
        """Give the token itself, to be put into a request and nowhere else."""
        return self._text

    @property
    def expires_at(self) -> float | None:
        """When it runs out, in seconds since the epoch; None when it does not say."""
        return self._moment_claim("exp")

    @property
    def issued_at(self) -> float | None:
        """When it was given, by its server's clock; None when it does not say."""
        return self._moment_claim("iat")

    @property
    def restaurant_id(self) -> str:
        """The restaurant that it was given for; empty when it does not say."""
        return self._text_claim("restaurant_id")

    @property
    def role(self) -> str:
        """Such as `kitchen`; empty when it does not say."""
        return self._text_claim("role")

    def seconds_left(self, now: float) -> float | None:
        """Tell how long it is still good, to warn in time.

        Args:
            now: the server's time, in seconds since the epoch.

        Returns:
            Seconds, negative when it has run out; None when it does not say.
        """
        return None if self.expires_at is None else self.expires_at - now

    def _moment_claim(self, name: str) -> float | None:
        moment = self._claims.get(name)
        return float(moment) if isinstance(moment, int | float) else None

    def _text_claim(self, name: str) -> str:
        value = self._claims.get(name)
        return clean(value) if isinstance(value, str) else ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return f"Token(***, role={self.role!r}, restaurant_id={self.restaurant_id!r})"


def _read_claims(text: str) -> dict[str, Any]:
    """Read the middle part, as RFC 7519 has it: JSON in base64url without padding.

    PyJWT would do it, and load cryptography with it where that is installed, to check nothing:
    8 MB of a display's 70 and 24 ms of its start (measured).
    """
    _, _, rest = text.partition(".")
    claims, _, _ = rest.partition(".")
    try:
        padded = claims + "=" * (-len(claims) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=dict[str, Any])
    except (ValueError, RecursionError):  # an opaque token is as good: it only cannot warn
        return {}


class FixedToken:
    """A token in memory: the demo's, which lives as long as its hub.

    Args:
        text: the token.
    """

    def __init__(self, text: str) -> None:
        self._token = Token(text)

    async def token(self) -> str:
        """Give the token."""
        return self._token.reveal()

    async def refresh(self) -> str | None:
        """Tell that there is no other one."""
        return None


class TokenFile:
    """The token file: a source that follows it when a person signs in anew in another shell.

    There is no sign-in by a stored PIN: a wrong one tried again and again locks the terminal out
    for a day (the server's attempt limiter).

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._given: Token | None = None

    async def token(self) -> str:
        """Give the token, read at the first call and after a refresh.

        Raises:
            TokenFileError: there is none, or it is not safe to use.
        """
        if self._given is None:
            self._given = await asyncio.to_thread(read_token, self._path)
        return self._given.reveal()

    async def refresh(self) -> str | None:
        """Read the file again.

        Returns:
            The token if it is another one than before, else None.

        Raises:
            TokenFileError: there is none, or it is not safe to use.
        """
        known, self._given = self._given, await asyncio.to_thread(read_token, self._path)
        return None if self._given == known else self._given.reveal()


def read_token(path: Path) -> Token:
    """Read the token file.

    Args:
        path: the file.

    Returns:
        The token.

    Raises:
        TokenFileError: it is missing, empty, not a plain file, belongs to somebody else, or others
            can read it; the message says what to run.
    """
    try:
        content = read_private(path, "The token file", MAX_TOKEN_BYTES)
    except FileRefused as error:
        raise TokenFileError(str(error)) from error
    except FileNotFoundError:
        raise TokenFileError(f"This terminal is not signed in: no file {path}. {_LOGIN}") from None
    except OSError as error:
        raise TokenFileError(f"The token file {path} cannot be read: {error.strerror}.") from error
    text = content.decode("ascii", "replace").strip()
    if not text.isprintable() or not text.isascii() or not 0 < len(text) <= MAX_TOKEN_BYTES:
        raise TokenFileError(f"The token file {path} holds no token. {_LOGIN}")
    return Token(text)


def token_path(path: Path) -> Path:
    """Tell where this terminal's token is.

    Args:
        path: `server.token_file` of the settings.

    Returns:
        systemd's credential where the service has one, else the path.
    """
    return credential_file(TOKEN_CREDENTIAL) or path


def store_token(path: Path, token: Token) -> None:
    """Write the token file, for its owner only from its first moment on; all or nothing.

    Args:
        path: the file; its folder is made (0700) when missing.
        token: what to keep.

    Raises:
        TokenFileError: it cannot be written.
    """
    try:
        store_private(path, f"{token.reveal()}\n".encode("ascii"))
    except OSError as error:
        raise TokenFileError(
            f"The token file {path} cannot be written: {error.strerror}."
        ) from error
