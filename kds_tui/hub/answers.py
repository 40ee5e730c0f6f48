"""Answers in Restaurant OS's shapes, and the middleware that turns every failure into one.

envelope A   {"error": {"message", "code", "statusCode", "timestamp"}}    most routes
envelope B   {"error": "<text>", "message"?, "details"?, "retryAfter"?}   CSRF, limits, bodies
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from kds_tui.core.clock import format_time
from kds_tui.hub.errors import JournalUnavailable, Refusal
from kds_tui.hub.gate import Gate, csrf_problem
from kds_tui.hub.order_request import InvalidBody
from voice_tui.serving.clients import address_of, client_of
from voice_tui.serving.request_limiter import RequestLimiter

logger = logging.getLogger("kds_tui.hub.rest")

BODY_DEADLINE: Final = 10.0
"""Seconds for a request's body to arrive."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def raw_json(body: bytes, status: int = 200) -> web.Response:
    """Answer with JSON that is encoded already."""
    return web.Response(body=body, status=status, content_type="application/json")


def json(value: object, status: int = 200) -> web.Response:
    """Answer with a value as JSON."""
    return raw_json(msgspec.json.encode(value), status)


def error_body(status: int, message: str, code: str) -> bytes:
    """Write an error as most routes answer it."""
    error = {
        "message": message,
        "code": code,
        "statusCode": status,
        "timestamp": format_time(time.time()),
    }
    return msgspec.json.encode({"error": error})


def envelope_a(status: int, message: str, code: str) -> web.Response:
    """Answer with an error as most routes do."""
    return raw_json(error_body(status, message, code), status)


async def read_bytes(request: web.Request) -> bytes:
    """Read a request's body.

    Raises:
        Refusal: it did not arrive in time (408).
    """
    try:
        async with asyncio.timeout(BODY_DEADLINE):
            return await request.read()
    except TimeoutError as error:
        raise Refusal(408, "The body did not arrive in time", "REQUEST_TIMEOUT") from error


def guard(gate: Gate, limiter: RequestLimiter) -> Middleware:
    """Make the middleware that stands before every route.

    Args:
        gate: lets requests in.
        limiter: counts them.

    Returns:
        A middleware inside `failures`.
    """

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        wait = limiter.wait(client_of(address_of(request)), time.monotonic())
        if wait:
            return _too_many(wait)
        gate.check_route(request)
        return await handler(request)

    return guarded


def _too_many(wait: float) -> web.Response:
    seconds = math.ceil(wait)
    answer = json({"error": "Too many requests", "retryAfter": seconds}, 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


@web.middleware
async def failures(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Check the CSRF pair, and answer whatever a handler raises."""
    problem = csrf_problem(request)
    if problem is not None:
        return json({"error": problem}, 403)
    try:
        return await handler(request)
    except Refusal as refusal:
        answer = envelope_a(refusal.status, refusal.message, refusal.code)
        if refusal.retry_after is not None:
            answer.headers["Retry-After"] = str(refusal.retry_after)
        return answer
    except InvalidBody as invalid:
        details: dict[str, object] = {
            "formErrors": [] if invalid.field else [invalid.reason],
            "fieldErrors": {invalid.field: [invalid.reason]} if invalid.field else {},
        }
        return json({"error": "INVALID_REQUEST", "details": details}, 400)
    except JournalUnavailable as error:
        logger.error("%s %s: journal unavailable: %s", request.method, request.path, error)
        answer = envelope_a(503, "The order journal is unavailable", "JOURNAL_UNAVAILABLE")
        answer.headers["Retry-After"] = "1"
        return answer
    except web.HTTPException as error:  # not found, wrong method, body too large, redirect
        if error.status < 400:
            raise
        reason = error.reason.upper().replace(" ", "_")
        return envelope_a(error.status, error.reason, reason)
    except Exception:
        logger.exception("%s %s failed", request.method, request.path)
        return envelope_a(500, "Internal server error", "INTERNAL_ERROR")
