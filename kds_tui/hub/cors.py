"""Cross-origin rules: which web pages may call the hub from a browser, and by which name.

The Restaurant OS web client sends every request with credentials, so an allowed origin is named in
full, never `*`, and named on errors too: without it a page cannot even see the status.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Middleware

from kds_tui.hub.answers import Handler, envelope_a
from kds_tui.hub.names import OwnNames

_MAX_AGE: Final = 86_400
"""Seconds for which a browser may keep a preflight's answer (Chromium caps it at two hours)."""

_METHODS: Final = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_HEADERS: Final = (
    "authorization, content-type, idempotency-key, x-client-flow, x-csrf-token, x-request-id,"
    " x-restaurant-id"
)
_UNKNOWN_NAME: Final = (
    "This hub is not known by that name. It listens on its own machine only: use 127.0.0.1, or name"
    " it in allowed_hosts of [hub]"
)
_EXPOSED: Final = "Idempotency-Replayed, Retry-After"


def cors(allowed_origins: Iterable[str], names: OwnNames) -> Middleware:
    """Make the middleware; it must be the outermost one.

    Args:
        allowed_origins: scheme, host and port each, as a browser sends them.
        names: the hub's own; a page of its own origin is let in by these only.

    Returns:
        A middleware that answers preflights and marks all other answers.
    """
    allowed = frozenset(allowed_origins)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        if not names.admits(host):
            return envelope_a(421, _UNKNOWN_NAME, "HOST_NOT_ALLOWED")
        origin = request.headers.get("Origin")
        if origin is None:
            return await handler(request)
        same = origin == f"{request.scheme}://{host}" and names.knows(host)
        if origin not in allowed and not same:
            return envelope_a(403, "Origin not allowed", "ORIGIN_NOT_ALLOWED")
        if request.headers.get("Upgrade", "").casefold() == "websocket":
            return await handler(request)  # its answer is sent already when it comes back
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
