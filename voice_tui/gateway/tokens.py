"""Ephemeral tokens: each opens one connection, soon."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from voice_tui.core.request_error import RequestError
from voice_tui.core.session_object import JsonObject

PREFIX: Final = "ek_"
"""What an ephemeral token begins with, as OpenAI's does."""

MAX_TOKENS: Final = 256
"""Tokens out at once; the oldest one falls out when there is one more."""


@dataclass(frozen=True, slots=True)
class _Issued:
    expires: float
    session: JsonObject


class TokenStore:
    """Tokens that are out. Only their hashes are kept.

    Args:
        lifetime: seconds for which a token is good.
        clock: seconds that never go back.
    """

    def __init__(self, lifetime: float, clock: Callable[[], float]) -> None:
        self._lifetime = lifetime
        self._clock = clock
        self._issued: dict[bytes, _Issued] = {}

    def __len__(self) -> int:
        return len(self._issued)

    def issue(self, session: JsonObject) -> str:
        """Give out a token.

        Args:
            session: what the connection that it opens begins with.

        Returns:
            The token, `ek_` and 32 hexadecimal digits.
        """
        self.forget_expired()
        while len(self._issued) >= MAX_TOKENS:
            del self._issued[next(iter(self._issued))]
        token = PREFIX + secrets.token_hex(16)
        self._issued[_hash(token)] = _Issued(self._clock() + self._lifetime, session)
        return token

    def redeem(self, token: str) -> JsonObject:
        """Take a token back: it is good for nothing from now on.

        Args:
            token: as the client sent it.

        Returns:
            The session that it was given out for.

        Raises:
            RequestError: it was never given out, was used, or is too old.
        """
        issued = self._issued.pop(_hash(token), None)
        if issued is None or issued.expires <= self._clock():
            raise RequestError(
                "invalid_api_key",
                "The token is unknown, used or expired: each opens one connection, within"
                f" {self._lifetime:g} seconds. Ask for a new one.",
            )
        return issued.session

    def forget_expired(self) -> None:
        """Drop the tokens that nobody can use any more."""
        now = self._clock()
        self._issued = {key: one for key, one in self._issued.items() if one.expires > now}


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
