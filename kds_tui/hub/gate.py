"""Who may come in by REST: tokens, scopes, the restaurant named, and the CSRF pair."""

from __future__ import annotations

import hmac
import time
from typing import Final

from aiohttp import web

from kds_tui.hub.auth import BadToken, Caller
from kds_tui.hub.errors import Refusal
from kds_tui.hub.identity import Restaurant
from kds_tui.hub.tokens import TokenRegister

_CSRF_FREE: Final = (
    "/api/v1/auth/pin-login",
    # These change nothing, and the web client sends them without the pair.
    "/api/v1/analytics/performance",
    "/api/v1/metrics",
)

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Gate:
    """Checks requests.

    Args:
        restaurant: the only one that there is.
        tokens: reads them.
    """

    def __init__(self, restaurant: Restaurant, tokens: TokenRegister) -> None:
        self._restaurant = restaurant
        self._tokens = tokens

    def recognise(self, request: web.Request) -> Caller | None:
        """Tell whose token a request carries; None when it carries no good one."""
        try:
            return self.require(request)
        except Refusal:
            return None

    def require(self, request: web.Request, scope: str | None = None) -> Caller:
        """Let a request in, or not.

        Args:
            request: whose `Authorization` header counts, and its cookie only without one. (In
                Restaurant OS a stale cookie beats a good header.)
            scope: what its token must allow; None lets every token in.

        Returns:
            Whom it speaks for.

        Raises:
            Refusal: no token or a bad one (401), another restaurant or a missing scope (403).
        """
        header = request.headers.get("Authorization", "")
        scheme, _, token = header.partition(" ")
        if not header:
            token = request.cookies.get("auth_token", "")
        elif scheme.casefold() != "bearer":
            token = ""
        if not token:
            raise Refusal(401, "No token provided", "UNAUTHORIZED")
        try:
            caller = self._tokens.read(token.strip(), time.time())
        except BadToken as error:
            raise Refusal(401, str(error), "UNAUTHORIZED") from error
        self.check_restaurant(request)
        if scope is not None and scope not in caller.scopes:
            raise Refusal(403, f"Missing required scope: {scope}", "FORBIDDEN")
        return caller

    def check_restaurant(self, request: web.Request) -> None:
        """Refuse a request that names another restaurant in `X-Restaurant-ID`.

        Raises:
            Refusal: it does (403).
        """
        named = request.headers.get("X-Restaurant-ID")
        if named and not self._restaurant.answers_to(named):
            raise Refusal(403, "Another restaurant's id", "RESTAURANT_ACCESS_DENIED")


_OPENAI_PATHS: Final = "/v1/realtime/"
"""Of a mounted voice gateway, whose clients speak OpenAI's protocol and send no such pair."""


def csrf_problem(request: web.Request) -> str | None:
    """Check the double-submit pair: a page of another site can send the cookie, but not read it.

    Args:
        request: any.

    Returns:
        Restaurant OS's words for what is missing, or None.
    """
    if request.method in _SAFE_METHODS or request.path in _CSRF_FREE:
        return None
    if request.path.startswith(_OPENAI_PATHS):
        return None
    cookie = request.cookies.get("csrf_token", "")
    header = request.headers.get("X-CSRF-Token", "")
    if not cookie or not header:
        return "CSRF token required"
    if not hmac.compare_digest(cookie.encode(), header.encode()):
        return "CSRF token invalid"
    return None
