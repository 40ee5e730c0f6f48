"""`kds-tui login`: a PIN becomes a token in a file."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import datetime

from kds_tui.config.sections import ServerSettings
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import TokenFileError
from kds_tui.services.credentials import (
    Token,
    TokenFile,
    read_token,
    store_token,
)
from kds_tui.services.pinning import trust_of

_log = logging.getLogger("kds_tui.login")


def login_with_pin(settings: ServerSettings, pin: str, *, anew: bool = False) -> str:
    """Sign this terminal in and store the token: what `kds-tui login` does.

    Args:
        settings: the server, the restaurant and the token's file.
        pin: as typed.
        anew: whether the server may be another restaurant's than the one signed in at so far.

    Returns:
        A sentence for the person.

    Raises:
        BackendError: with a sentence for the person.
    """
    restaurant_id = settings.restaurant_id
    if not restaurant_id and not anew:
        restaurant_id = _restaurant_of_stored_token(settings)
    source = TokenFile(settings.token_file)

    async def sign_in() -> Token:
        async with Backend(
            settings.url, source, proxy=settings.proxy, trust=trust_of(settings)
        ) as backend:
            return await backend.login(pin, restaurant_id)

    token = asyncio.run(sign_in())
    store_token(settings.token_file, token)
    return _signed_in(token, settings, time.time())


def _restaurant_of_stored_token(settings: ServerSettings) -> str:
    try:
        return read_token(settings.token_file).restaurant_id
    except TokenFileError as error:
        _log.info("no stored token", extra={"reason": str(error)})
        return ""


def _signed_in(token: Token, settings: ServerSettings, now: float) -> str:
    until = ""
    # It was given just now: its own word is better than a clock that may be hours wrong.
    left = token.seconds_left(now if token.issued_at is None else token.issued_at)
    if left is not None:
        ends = datetime.fromtimestamp(now + left).astimezone()
        until = f" until {ends:%H:%M} ({left / 3600:.0f} hours)"
    role = f" as {token.role}" if token.role else ""
    return f"Signed in{role}{until}. The token is in {settings.token_file}."
