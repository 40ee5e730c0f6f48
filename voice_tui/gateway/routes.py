"""The gateway over HTTP: tokens, connections, health."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from voice_tui.core.request_error import RequestError
from voice_tui.core.session_object import DEFAULT_MODEL, JsonObject, new_session, start_session
from voice_tui.gateway.access import (
    Authorise,
    CsrfRefused,
    ephemeral,
    require_csrf_pair,
    require_trust,
)
from voice_tui.gateway.kitchen import Kitchen
from voice_tui.gateway.menu_context import menu_context
from voice_tui.gateway.requests import optional_object, read_object, read_offer
from voice_tui.gateway.sessions import Sessions
from voice_tui.gateway.settings import GatewaySettings
from voice_tui.gateway.tokens import TokenStore

logger = logging.getLogger("voice_tui.gateway.rest")

CALLS: Final = "/v1/realtime/calls"

WARM_UP: Final = 10.0
"""Seconds for which a request waits for the first menu and the recogniser to be there."""

_STATUS: Final = {
    "invalid_api_key": 401,
    "request_timeout": 408,
    "request_too_large": 413,
    "too_many_sessions": 503,
}

Handler = Callable[[web.Request], Awaitable[web.Response]]


class VoiceRoutes:
    """Handlers.

    Args:
        settings: the restaurant's id, limits.
        kitchen: menu and recogniser.
        tokens: ephemeral tokens.
        sessions: conversations.
        authorise: knows tokens of clients on other machines.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        kitchen: Kitchen,
        tokens: TokenStore,
        sessions: Sessions,
        authorise: Authorise | None,
    ) -> None:
        self._settings = settings
        self._kitchen = kitchen
        self._tokens = tokens
        self._sessions = sessions
        self._authorise = authorise

    def routes(self) -> list[web.RouteDef]:
        """Return what to add to an application."""
        return [
            web.post(CALLS, _answering_errors(self._call)),
            web.post("/v1/realtime/client_secrets", _answering_errors(self._client_secret)),
            web.post("/api/v1/realtime/session", _answering_errors(self._restaurant_session)),
            web.get("/v1/realtime/health", self._health),
            web.get("/api/v1/realtime/health", self._health),
        ]

    async def _call(self, request: web.Request) -> web.Response:
        token = ephemeral(request)
        if token is None:
            require_trust(request, self._authorise)
        offer = await read_offer(request)
        await self._kitchen.ready(WARM_UP)
        if token is not None:
            session = self._tokens.redeem(token)
        else:
            session = new_session() if offer.session is None else start_session(offer.session)
        call_id, answer = await self._sessions.open(session, offer.sdp)
        return web.Response(
            status=201,
            text=answer,
            content_type="application/sdp",
            headers={"Location": f"{CALLS}/{call_id}"},
        )

    async def _client_secret(self, request: web.Request) -> web.Response:
        require_trust(request, self._authorise)
        body = await read_object(request)
        asked = optional_object(body, "session")
        session = new_session() if asked is None else start_session(asked)
        token, expires_at = self._issue(session)
        return _json({"value": token, "expires_at": expires_at, "session": session})

    async def _restaurant_session(self, request: web.Request) -> web.Response:
        require_csrf_pair(request)
        require_trust(request, self._authorise)
        await read_object(request)  # Its `context` makes no difference: one dialogue does both.
        await self._kitchen.ready(WARM_UP)
        menu = self._kitchen.menu
        if not menu.items:
            reason = self._kitchen.problem or "the menu is empty"
            problem = {"error": "Menu temporarily unavailable", "code": "MENU_LOAD_FAILED"}
            return _json({**problem, "details": reason}, 503)
        token, expires_at = self._issue(new_session())
        return _json(
            {
                "object": "realtime.session",
                "model": DEFAULT_MODEL,
                "modalities": ["text"],
                "turn_detection": None,
                "client_secret": {"value": token, "expires_at": expires_at},
                "restaurant_id": self._settings.restaurant_id,
                "menu_context": menu_context(menu),
                "expires_at": expires_at,
            }
        )

    async def _health(self, _: web.Request) -> web.Response:
        problem = self._kitchen.problem
        return _json(
            {
                "status": "ok" if problem is None else "degraded",
                "problem": problem,
                "recogniser": self._kitchen.recogniser_name,
                "menu_items": len(self._kitchen.menu.items),
                "sessions": len(self._sessions),
                "max_sessions": self._settings.max_sessions,
            }
        )

    def _issue(self, session: JsonObject) -> tuple[str, int]:
        expires_at = int(time.time() + self._settings.token_lifetime)
        return self._tokens.issue(session), expires_at


def _answering_errors(handler: Handler) -> Handler:
    async def guarded(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except RequestError as error:
            logger.info("%s refused: %s", request.path, error.code)
            answer = _json({"error": error.as_json()}, _STATUS.get(error.code, 400))
            if answer.status == 503:
                answer.headers["Retry-After"] = "5"
            return answer
        except CsrfRefused as error:
            return _json({"error": str(error)}, 403)

    return guarded


def _json(body: object, status: int = 200) -> web.Response:
    # A token must not lie in a cache.
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})
