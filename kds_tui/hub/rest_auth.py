"""The login routes: a PIN for a token, who am I, goodbye, which tokens are out, and a new PIN."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from typing import Final

from aiohttp import web

from kds_tui.core.clock import format_time
from kds_tui.core.text import clean
from kds_tui.hub.answers import json, read_bytes
from kds_tui.hub.auth import CONSOLE_SCOPE, Caller, Role, hash_pin, pin_matches, weak_pin
from kds_tui.hub.errors import Refusal
from kds_tui.hub.gate import Gate
from kds_tui.hub.identity import Restaurant, keep_pin
from kds_tui.hub.journal import Journal
from kds_tui.hub.ledger import TokenKept
from kds_tui.hub.limiter import FAILURES, WINDOW, AttemptLimiter, TurnedAway
from kds_tui.hub.order_request import NewPin, PinAsked, read_body
from kds_tui.hub.tokens import TokenRegister
from voice_tui.serving.clients import address_of, client_of

logger = logging.getLogger("kds_tui.hub.auth")

CHECK_DEADLINE: Final = 5.0
"""Seconds for a PIN's turn to be checked: about a hundred checks."""

PIN_ROLE: Final[Role] = "manager"
"""Whom the hub's one PIN speaks for: a display that bumps and a till that orders."""

LABEL_LIMIT: Final = 60
"""Characters kept of what a terminal calls itself."""


class AuthRoutes:
    """Serves `/api/v1/auth`.

    Args:
        restaurant: holds the PIN's hash.
        journal: keeps a new PIN's hash.
        tokens: issues, lists and revokes.
        gate: lets requests in.
        limiter: counts failures; a client is an address, whatever headers it sends.
        connected: tells which tokens hold a websocket open.
    """

    def __init__(
        self,
        restaurant: Restaurant,
        journal: Journal,
        tokens: TokenRegister,
        gate: Gate,
        limiter: AttemptLimiter,
        connected: Callable[[], set[str]],
    ) -> None:
        self._restaurant = restaurant
        self._pin_hash = restaurant.pin_hash
        self._journal = journal
        self._tokens = tokens
        self._gate = gate
        self._limiter = limiter
        self._connected = connected
        # One check at a time: a burst of guesses cannot all be looked at before one is counted,
        # and cannot take more than one core.
        self._checking = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        """Tell which path is served by which method."""
        return [
            web.post("/api/v1/auth/pin-login", self._pin_login),
            web.get("/api/v1/auth/me", self._me),
            web.post("/api/v1/auth/logout", self._logout),
            web.put("/api/v1/auth/pin", self._set_pin),
            web.get("/api/v1/auth/tokens", self._list),
            web.delete("/api/v1/auth/tokens", self._revoke_all),
            web.delete("/api/v1/auth/tokens/{id}", self._revoke),
        ]

    async def _pin_login(self, request: web.Request) -> web.Response:
        asked = read_body(await read_bytes(request), PinAsked)
        client = client_of(address_of(request))
        try:
            async with asyncio.timeout(CHECK_DEADLINE), self._checking:
                return await self._check(request, client, asked)
        except TimeoutError as error:
            raise Refusal(503, "Too many logins at once", "BUSY", retry_after=5) from error

    async def _check(self, request: web.Request, client: str, asked: PinAsked) -> web.Response:
        turned_away = self._limiter.turn_away(client, time.monotonic())
        if turned_away is not None:
            logger.warning("login from %s turned away, blocked=%s", client, turned_away.blocked)
            return _turned_away(turned_away)
        right = await asyncio.to_thread(pin_matches, asked.pin, self._pin_hash)
        # Restaurant OS demands the restaurant; here there is one, and a terminal need not know it.
        meant = not asked.restaurantId or self._restaurant.answers_to(asked.restaurantId)
        if not (right and meant):
            self._limiter.failed(client, time.monotonic())
            logger.warning("wrong PIN from %s", client)
            raise Refusal(401, "Invalid PIN", "UNAUTHORIZED")
        self._limiter.succeeded(client)
        label, address = _label(request), address_of(request) or "unknown"
        token, caller = await self._tokens.issue(PIN_ROLE, label, address, time.time())
        logger.info("token %s issued to %s (%s)", caller.token_id, client, label)
        answer = json(
            {
                "user": _user(caller),
                "token": token,
                "expiresIn": self._tokens.lifetime,
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
                max_age=self._tokens.lifetime,
                path="/",
                samesite="Strict",
                httponly=hidden,
                secure=request.secure,
            )
        return answer

    async def _me(self, request: web.Request) -> web.Response:
        caller = self._gate.require(request)
        return json({"user": _user(caller), "restaurantId": self._restaurant.id})

    async def _logout(self, request: web.Request) -> web.Response:
        caller = self._gate.recognise(request)
        if caller is not None:
            await self._tokens.revoke([caller.token_id])
        answer = json({"success": True, "message": "Logged out successfully"})
        for name in ("auth_token", "csrf_token"):
            answer.del_cookie(name, path="/", samesite="Strict")
        return answer

    async def _list(self, request: web.Request) -> web.Response:
        caller = self._gate.require(request, "staff:manage")
        connected = self._connected()
        tokens = self._tokens.listed(time.time())
        told = [_told(one, one.id in connected, one.id == caller.token_id) for one in tokens]
        return json({"tokens": told})

    async def _revoke(self, request: web.Request) -> web.Response:
        self._gate.require(request, "staff:manage")
        revoked = await self._tokens.revoke([request.match_info["id"]])
        if not revoked:
            raise Refusal(404, "No such token", "NOT_FOUND")
        return json({"revoked": len(revoked)})

    async def _revoke_all(self, request: web.Request) -> web.Response:
        self._gate.require(request, "staff:manage")
        listed = [token.id for token in self._tokens.listed(time.time())]
        return json({"revoked": len(await self._tokens.revoke(listed))})

    async def _set_pin(self, request: web.Request) -> web.Response:
        self._gate.require(request, CONSOLE_SCOPE)
        asked = read_body(await read_bytes(request), NewPin)
        wrong = weak_pin(asked.pin)
        if wrong:
            raise Refusal(400, f"A PIN {wrong}", "WEAK_PIN")
        pin_hash = await asyncio.to_thread(hash_pin, asked.pin)
        await self._journal.run(lambda ledger: keep_pin(ledger, pin_hash))
        self._pin_hash = pin_hash
        logger.warning("the PIN was changed")
        return json({"success": True})


def _label(request: web.Request) -> str:
    """Tell what a terminal calls itself; a browser only says what kind it is."""
    headers = request.headers
    named = headers.get("X-Terminal-Name") or headers.get("User-Agent", "")
    return clean(named, LABEL_LIMIT) or "unnamed"


def _told(token: TokenKept, connected: bool, current: bool) -> dict[str, object]:
    return {
        "id": token.id,
        "role": token.role,
        "label": token.label,
        "address": token.address,
        "issued_at": format_time(token.issued_at),
        "last_used_at": format_time(token.used_at),
        "expires_at": format_time(token.expires_at),
        "connected": connected,
        "current": current,
    }


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
                "message": "Too many failed attempts. Wait before the next one.",
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
