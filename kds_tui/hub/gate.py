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
from voice_tui.serving.clients import THIS_MACHINE, client_of

_CSRF_FREE: Final = (
    "/api/v1/auth/pin-login",
    # These change nothing, and the web client sends them without the pair.
    "/api/v1/analytics/performance",
    "/api/v1/metrics",
)

OPEN_ROUTES: Final = frozenset(
    {
        # Health, for whoever watches the hub: that it is up, its version, what it can do.
        ("GET", "/health"),
        ("GET", "/api/health"),
        ("GET", "/api/v1/"),
        ("GET", "/api/v1/status"),
        ("GET", "/api/v1/ready"),
        ("GET", "/api/v1/live"),
        ("GET", "/api/v1/healthz"),
        ("GET", "/api/v1/health"),
        # The way in, and out: who has no good token any more may still drop his cookies.
        ("POST", "/api/v1/auth/pin-login"),
        ("POST", "/api/v1/auth/logout"),
        # Which restaurant this is, before signing in: its name, id, tax and currency.
        ("GET", "/api/v1/restaurants/{id}/public"),
        # Websockets: their first message is the token. Anything else is not found.
        ("GET", "/{anything}"),
    }
)
"""The routes that need no token, as (method, path of the route). All others do, also those that are
added later and do not think of it."""

HERE_OPEN_ROUTES: Final = frozenset(
    {
        ("GET", "/api/v1/health/detailed"),
        ("GET", "/api/v1/health/memory"),
        ("GET", "/metrics"),
    }
)
"""Likewise, for programs on the hub's own machine only: they tell how busy the kitchen is."""

_PROXY_HEADERS: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP")

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
        self.guarded_elsewhere: frozenset[str] = frozenset()
        """Paths of what is mounted on the hub's port and looks at tokens by itself."""

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

    def check_route(self, request: web.Request) -> None:
        """Refuse a request to a route that is not open when it carries no good token.

        Raises:
            Refusal: as `require`.
        """
        resource = request.match_info.route.resource
        if resource is None:  # no such route
            return
        method = "GET" if request.method == "HEAD" else request.method
        route = (method, resource.canonical)
        if route in OPEN_ROUTES or resource.canonical in self.guarded_elsewhere:
            return
        if route in HERE_OPEN_ROUTES and from_this_machine(request):
            return
        self.require(request)


def from_this_machine(request: web.Request) -> bool:
    """Tell whether a program beside the hub asks, and no proxy for somebody else."""
    if any(name in request.headers for name in _PROXY_HEADERS):
        return False
    return client_of(request.remote) == THIS_MACHINE


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
    # This is looked at before anything else: the headers may be no text.
    if not hmac.compare_digest(*(one.encode(errors="surrogateescape") for one in (cookie, header))):
        return "CSRF token invalid"
    return None
