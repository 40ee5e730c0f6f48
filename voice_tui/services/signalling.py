"""Gets the token and exchanges the session descriptions, in the dialect that is set."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Final, Self

from aiohttp import ClientSession
from pydantic import SecretStr

from voice_tui.config import VoiceSettings
from voice_tui.core.client_requests import SessionConfig
from voice_tui.pinning import ServerTrust
from voice_tui.services.connect_errors import ExchangeError, TokenError
from voice_tui.services.dialects import DIALECTS, Credential, sdp_of
from voice_tui.services.http import NoAnswer, Request, TokenGiver, ask, new_session

_log = logging.getLogger("voice_tui.client")

REQUEST_DEADLINE: Final = 10.0
"""Seconds for one request: less than connecting may take, so that a server that hangs is named."""


class Signalling:
    """The way to one voice server before there is a peer connection; to be used in `async with`.

    Args:
        settings: which server, and the keys.
        config: the session to ask for.
        token: gives the token to ask the server with that gives ephemeral ones; that of the
            settings if not given.
    """

    def __init__(
        self, settings: VoiceSettings, config: SessionConfig, token: TokenGiver | None = None
    ) -> None:
        self._settings = settings
        self._token = token
        self.dialect = DIALECTS[settings.dialect]()
        """The kind of server."""
        self.session = self.dialect.session(config)
        """The session object to ask for, as this kind of server wants it."""
        self._trust = ServerTrust(settings.backend_url, settings.backend_certificate)
        self._http: ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._http = new_session()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        http, self._http = self._http, None
        if http is not None:
            await http.close()

    async def credential(self) -> Credential:
        """Get what opens one session, always a fresh one: it may be good for a single use.

        Raises:
            TokenError: there is none to be had.
        """
        try:
            request = self.dialect.token_request(await self._with_token(), self.session)
            if request is None:
                return self.dialect.credential(self._settings, None)
            answer = await ask(self._pool(), request, REQUEST_DEADLINE, self._trust)
        except NoAnswer as error:
            raise TokenError(str(error)) from error
        if not answer.ok:
            _log.warning("no token", extra={"status": answer.status, "url": request.url})
            raise TokenError(
                answer.sentence("The server that gives the token"), can_retry=answer.can_retry
            )
        return self.dialect.credential(self._settings, answer.json())

    async def _with_token(self) -> VoiceSettings:
        """Give the settings with the token as it is now: it is renewed while the terminal runs."""
        if self._token is None:
            return self._settings
        return self._settings.model_copy(update={"token": SecretStr(await self._token())})

    async def exchange(self, offer: str, credential: Credential) -> str:
        """Send the offer.

        Args:
            offer: our session description, with all candidates.
            credential: from `credential`.

        Returns:
            The server's session description, as it came.

        Raises:
            ExchangeError: the server does not take it.
            AnswerError: what it answers is no session description.
        """
        request: Request = self.dialect.offer_request(
            self._settings, credential, self.session, offer
        )
        try:
            answer = await ask(self._pool(), request, REQUEST_DEADLINE, self._trust)
        except NoAnswer as error:
            raise ExchangeError(str(error)) from error
        # Looked at first: an error text taken for a session description hides why it came.
        if not answer.ok:
            _log.warning("offer refused", extra={"status": answer.status, "url": request.url})
            raise ExchangeError(answer.sentence("The voice server"), can_retry=answer.can_retry)
        call_id = answer.location.rstrip("/").rpartition("/")[2]
        _log.info("offer taken", extra={"status": answer.status, "call_id": call_id})
        return sdp_of(answer)

    def _pool(self) -> ClientSession:
        if self._http is None:
            raise RuntimeError("used outside of its `async with`")
        return self._http
