"""The login routes: a PIN for a token, who am I, and goodbye."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from typing import Final

from aiohttp import web

from kds_tui.hub.answers import json, read_bytes
from kds_tui.hub.auth import Caller, Role, TokenMint, pin_matches
from kds_tui.hub.errors import Refusal
from kds_tui.hub.gate import Gate
from kds_tui.hub.identity import Restaurant
from kds_tui.hub.limiter import FAILURES, WINDOW, AttemptLimiter, TurnedAway
from kds_tui.hub.order_request import PinAsked, read_body

logger = logging.getLogger("kds_tui.hub.auth")

CHECK_DEADLINE: Final = 5.0
"""Seconds for a PIN's turn to be checked: about a hundred checks."""

PIN_ROLE: Final[Role] = "manager"
"""Whom the hub's one PIN speaks for: a display that bumps and a till that orders."""


class AuthRoutes:
    """Serves `/api/v1/auth`.

    Args:
        restaurant: holds the PIN's hash.
        mint: issues tokens.
        gate: lets requests in.
        limiter: counts failures; a client is an address, whatever headers it sends.
    """

    def __init__(
        self, restaurant: Restaurant, mint: TokenMint, gate: Gate, limiter: AttemptLimiter
    ) -> None:
        self._restaurant = restaurant
        self._mint = mint
        self._gate = gate
        self._limiter = limiter
        # One check at a time: a burst of guesses cannot all be looked at before one is counted,
        # and cannot take more than one core.
        self._checking = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        """Tell which path is served by which method."""
        return [
            web.post("/api/v1/auth/pin-login", self._pin_login),
            web.get("/api/v1/auth/me", self._me),
            web.post("/api/v1/auth/logout", self._logout),
        ]

    async def _pin_login(self, request: web.Request) -> web.Response:
        asked = read_body(await read_bytes(request), PinAsked)
        if not asked.pin:
            raise Refusal(400, "A PIN is required", "BAD_REQUEST")
        client = request.remote or "unknown"
        try:
            async with asyncio.timeout(CHECK_DEADLINE), self._checking:
                return await self._check(client, asked)
        except TimeoutError as error:
            raise Refusal(503, "Too many logins at once", "BUSY", retry_after=5) from error

    async def _check(self, client: str, asked: PinAsked) -> web.Response:
        turned_away = self._limiter.turn_away(client, time.monotonic())
        if turned_away is not None:
            logger.warning("login from %s turned away, blocked=%s", client, turned_away.blocked)
            return _turned_away(turned_away)
        right = await asyncio.to_thread(pin_matches, asked.pin, self._restaurant.pin_hash)
        # Restaurant OS demands the restaurant; here there is one, and a terminal need not know it.
        meant = not asked.restaurantId or self._restaurant.answers_to(asked.restaurantId)
        if not (right and meant):
            self._limiter.failed(client, time.monotonic())
            logger.warning("wrong PIN from %s", client)
            raise Refusal(401, "Invalid PIN", "UNAUTHORIZED")
        self._limiter.succeeded(client)
        token, caller = self._mint.issue(PIN_ROLE, time.time())
        answer = json(
            {
                "user": _user(caller),
                "token": token,
                "expiresIn": self._mint.lifetime,
                "restaurantId": self._restaurant.id,
            }
        )
        for name, value, hidden in (
            ("auth_token", token, True),
            ("csrf_token", secrets.token_hex(16), False),
        ):
            answer.set_cookie(
                name,
                value,
                max_age=self._mint.lifetime,
                path="/",
                samesite="Strict",
                httponly=hidden,
            )
        return answer

    async def _me(self, request: web.Request) -> web.Response:
        caller = self._gate.require(request)
        return json({"user": _user(caller), "restaurantId": self._restaurant.id})

    async def _logout(self, request: web.Request) -> web.Response:
        answer = json({"success": True, "message": "Logged out successfully"})
        for name in ("auth_token", "csrf_token"):
            answer.del_cookie(name, path="/", samesite="Strict")
        return answer


def _user(caller: Caller) -> dict[str, object]:
    return {
        "id": caller.id,
        "email": caller.email,
        "role": caller.role,
        "scopes": list(caller.scopes),
    }


def _turned_away(reason: TurnedAway) -> web.Response:
    if reason.blocked:
        answer = json(
            {
                "error": "Access denied",
                "message": "Your access has been suspended after too many failed attempts.",
            },
            403,
        )
    else:
        answer = json(
            {
                "error": "Too many PIN attempts",
                "message": f"{FAILURES} failed attempts. Wait before the next one.",
                "retryAfter": reason.retry_after,
            },
            429,
        )
    answer.headers["Retry-After"] = str(reason.retry_after)
    answer.headers["RateLimit-Policy"] = f"{FAILURES};w={WINDOW:.0f}"
    answer.headers["RateLimit-Limit"] = str(FAILURES)
    answer.headers["RateLimit-Remaining"] = "0"
    answer.headers["RateLimit-Reset"] = str(reason.retry_after)
    return answer
