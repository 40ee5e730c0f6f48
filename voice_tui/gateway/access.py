"""Who may ask for a token or, without one, for a connection."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from voice_tui.core.request_error import RequestError
from voice_tui.gateway.tokens import PREFIX

Authorise = Callable[[web.Request], bool]
"""Whether a request carries a token that is good here."""

_PROXY_HEADERS: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


def bearer(request: web.Request) -> str:
    """Return the bearer token of a request, or nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else ""


def ephemeral(request: web.Request) -> str | None:
    """Return the ephemeral token of a request, or None."""
    token = bearer(request)
    return token if token.startswith(PREFIX) else None


def require_trust(request: web.Request, authorise: Authorise | None) -> None:
    """Let in programs on this machine, and whoever has a token that the restaurant gave out.

    Args:
        request: any.
        authorise: knows the restaurant's tokens; None knows none.

    Raises:
        RequestError: neither.
    """
    if _same_machine(request) or (authorise is not None and authorise(request)):
        return
    raise RequestError(
        "invalid_api_key", "Voice from another machine needs a token of this restaurant."
    )


def require_csrf_pair(request: web.Request) -> None:
    """Check the double-submit pair that Restaurant OS asks of every POST.

    Raises:
        CsrfRefused: it is not there, or its halves differ.
    """
    cookie = request.cookies.get("csrf_token", "")
    header = request.headers.get("X-CSRF-Token", "")
    if not cookie or not header:
        raise CsrfRefused("CSRF token required")
    if not hmac.compare_digest(cookie.encode(), header.encode()):
        raise CsrfRefused("CSRF token invalid")


class CsrfRefused(Exception):
    """A request without the pair; the text is Restaurant OS's."""


def _same_machine(request: web.Request) -> bool:
    # Behind a proxy every client seems to be on this machine; a web page of another site truly is.
    if any(name in request.headers for name in _PROXY_HEADERS):
        return False
    origin = request.headers.get("Origin")
    if origin is not None and _netloc(origin) != request.host:
        return False
    return _is_loopback(request.remote or "") and _names_this_machine(request.host)


def _names_this_machine(host: str) -> bool:
    # A foreign name that resolves to 127.0.0.1 is a web page's way past the origin (DNS rebinding).
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:  # a bracket that nobody closes
        return False
    return name == "localhost" or _is_loopback(name)


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
