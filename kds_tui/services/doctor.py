"""The way of an order, step by step: what works, what does not, and what to do about it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Final

import msgspec

from kds_tui.config.sections import ServerSettings
from kds_tui.core.clock import parse_time
from kds_tui.core.limits import LIMITS, MB, Level
from kds_tui.core.text import clean
from kds_tui.services.backend_errors import (
    NO_ORDER_SERVER,
    BackendError,
    NotFound,
    TokenFileError,
    Unauthorized,
)
from kds_tui.services.credentials import Token, TokenFile, read_token, token_path
from kds_tui.services.pinning import trust_of
from kds_tui.services.rest import Rest, Timeouts
from voice_tui.check import Check

MAX_SKEW: Final = 2.0
"""Seconds by which this machine's clock may differ: ages go by the server's clock all the same."""

SOON: Final = 3600.0
"""Seconds before a token runs out in which it is worth a word."""

_LOGIN: Final = "Run: kds-tui login"

_NOT_REACHED: Final = "not checked: it needs what is said above"


class _Health(msgspec.Struct):
    timestamp: str = ""
    version: str = ""
    capabilities: list[str] = []


class _Memory(msgspec.Struct):
    uptime: float
    rss_bytes: int
    tasks: int
    timers: int
    threads: int
    fds: int
    connections: int
    queued_frames: int
    journal_pending: int


async def examine(
    server: ServerSettings, wall: Callable[[], float] = time.time
) -> AsyncIterator[Check]:
    """Check everything between this terminal and its order server.

    Args:
        server: which server, which token.
        wall: this machine's clock, in seconds since the epoch.

    Yields:
        Token, server, sign-in, clock and what the server holds, in this order.
    """
    source = TokenFile(token_path(server.token_file))
    trust = trust_of(server)
    async with Rest(
        server.url, source, server.restaurant_id, server.proxy, Timeouts(), trust
    ) as rest:
        began = time.monotonic()
        try:
            health = msgspec.json.decode(await rest.get("/health", signed_in=False), type=_Health)
        except (BackendError, msgspec.DecodeError) as error:
            yield _check_token(server, wall())
            yield Check("server", False, _why(error))
            for name in ("sign-in", "clock", "hub"):
                yield Check(name, False, _NOT_REACHED)
            return
        took = time.monotonic() - began
        told = parse_time(health.timestamp)
        # By the server's clock, which decides: this machine's may be wrong by days.
        token = _check_token(server, wall() if told is None else told)
        yield token
        offered = ", ".join(clean(name) for name in health.capabilities) or "nothing beyond orders"
        what = f"{server.url} answers in {took * 1000:.0f} ms; offers {offered}"
        yield Check("server", True, what)
        yield await _check_sign_in(rest) if token.good else Check("sign-in", False, _NOT_REACHED)
        yield _check_clock(told, wall() - took / 2)
        yield await _check_hub(rest, signed_in=token.good)


def _check_token(server: ServerSettings, now: float) -> Check:
    try:
        token = read_token(token_path(server.token_file))
    except TokenFileError as error:
        return Check("token", False, str(error))
    left = token.seconds_left(now)
    if left is not None and left <= 0:
        return Check("token", False, f"it has run out. {_LOGIN}")
    return Check("token", True, f"{_for_whom(token)}{_until(left)}")


def _for_whom(token: Token) -> str:
    return f"for the role {token.role}" if token.role else "is there"


def _until(left: float | None) -> str:
    if left is None:
        return ""
    soon = " (sign in again before it does: kds-tui login)" if left < SOON else ""
    return f", runs out in {left / 3600:.1f} hours{soon}"


async def _check_sign_in(rest: Rest) -> Check:
    try:
        await rest.get("/orders", {"limit": 1})
    except Unauthorized as error:
        return Check("sign-in", False, f"the server does not take the token ({error}). {_LOGIN}")
    except BackendError as error:
        return Check("sign-in", False, str(error))
    return Check("sign-in", True, "the server takes the token and lists orders")


def _check_clock(told: float | None, now: float) -> Check:
    if told is None:
        return Check("clock", True, "the server does not tell its time")
    skew = now - told
    if abs(skew) <= MAX_SKEW:
        return Check("clock", True, f"{abs(skew):.1f} s apart from the server's")
    side = "ahead of" if skew > 0 else "behind"
    return Check(
        "clock",
        False,
        f"this machine's clock is {abs(skew):.0f} s {side} the server's: ages on the screen go by"
        " the server's clock and are right, times in the log are not. Set up NTP on both.",
    )


async def _check_hub(rest: Rest, *, signed_in: bool) -> Check:
    try:
        held = msgspec.json.decode(
            await rest.get("/health/memory", signed_in=signed_in), type=_Memory
        )
    except (NotFound, msgspec.DecodeError):
        return Check("hub", True, "this server does not tell what it holds")
    except BackendError as error:
        return Check("hub", False, str(error))
    limit = LIMITS["memory"]
    return Check(
        "hub",
        limit.judge(float(held.rss_bytes)) is not Level.CRITICAL,
        f"RSS {held.rss_bytes / MB:.0f} MB (limit {limit.words}), {held.fds} files,"
        f" {held.tasks} tasks, {held.timers} timers, {held.threads} threads,"
        f" {held.connections} connections,"
        f" {held.queued_frames} frames waiting, {held.journal_pending} changes waiting,"
        f" up {held.uptime / 3600:.1f} h",
    )


def _why(error: Exception) -> str:
    answered_otherwise = isinstance(error, NotFound) or not isinstance(error, BackendError)
    return NO_ORDER_SERVER if answered_otherwise else str(error)
