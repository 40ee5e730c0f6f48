"""Cross-origin rules: which web pages may call the hub from a browser.

The Restaurant OS web client sends every request with credentials, so an allowed origin is named in
full, never `*`, and named on errors too: without it a page cannot even see the status.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Middleware

from kds_tui.hub.answers import Handler, envelope_a

_MAX_AGE: Final = 86_400
"""Seconds for which a browser may keep a preflight's answer (Chromium caps it at two hours)."""

_METHODS: Final = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_HEADERS: Final = (
    "authorization, content-type, idempotency-key, x-client-flow, x-csrf-token, x-request-id,"
    " x-restaurant-id"
)
_EXPOSED: Final = "Idempotency-Replayed, Retry-After"


def cors(allowed_origins: Iterable[str]) -> Middleware:
    """Make the middleware; it must be the outermost one.

    Args:
        allowed_origins: scheme, host and port each, as a browser sends them.

    Returns:
        A middleware that answers preflights and marks all other answers.
    """
    allowed = frozenset(allowed_origins)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        # A websocket proves itself by its first message, not by a cookie: its origin is no matter.
        if origin is None or request.headers.get("Upgrade", "").casefold() == "websocket":
            return await handler(request)
        if origin not in allowed and origin != f"{request.scheme}://{request.host}":
            return envelope_a(403, "Origin not allowed", "ORIGIN_NOT_ALLOWED")
        if request.method == "OPTIONS":
            answer: web.StreamResponse = web.Response(status=204)
            answer.headers["Access-Control-Allow-Methods"] = _METHODS
            answer.headers["Access-Control-Allow-Headers"] = _HEADERS
            answer.headers["Access-Control-Max-Age"] = str(_MAX_AGE)
        else:
            answer = await handler(request)
            answer.headers["Access-Control-Expose-Headers"] = _EXPOSED
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Allow-Credentials"] = "true"
        answer.headers["Vary"] = "Origin"
        return answer

    return guard
