"""Requests to a Restaurant OS server: headers, deadlines, bounds, and errors told apart.

Knows how to ask, not what is asked for: that is backend.py.
"""

from __future__ import annotations

import logging
import secrets
import ssl
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import msgspec
from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ClientHttpProxyError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    ServerDisconnectedError,
)
from aiohttp import TCPConnector as Connector
from yarl import URL

from kds_tui import __version__
from kds_tui.core import conflicts
from kds_tui.core.json_text import WireError, read_json
from kds_tui.core.text import clean
from kds_tui.services.backend_errors import (
    BackendError,
    BadAnswer,
    Conflict,
    Forbidden,
    NotFound,
    Refused,
    Unauthorized,
    Unreachable,
    Untrusted,
)
from kds_tui.services.backoff import retry_after_seconds
from kds_tui.services.link_setup import TokenSource
from kds_tui.services.pinning import hung_up_on, tls_trouble
from kds_tui.services.proxy import named, proxy_for
from voice_tui.pinning import PinError, ServerTrust
from voice_tui.redaction import redact_with

_log = logging.getLogger("kds_tui.backend")

API: Final = "/api/v1"

MAX_BODY: Final = 8 * 1024 * 1024
"""Largest answer read, in bytes: 100 orders of 500 items with notes are below it."""

MAX_CONNECTIONS: Final = 10
"""Eight deliveries at once, a listing, and one to spare."""

MAX_MESSAGE: Final = 200
"""Longest message of a server that is passed on, in characters."""

MAX_RETRY_AFTER: Final = 86400.0
"""Longest wait in seconds that is believed: what a sign-in that was tried too often gets."""

_NOT_NOW: Final = frozenset({408, 425, 429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Deadlines of a request, in seconds."""

    total: float = 10.0
    connect: float = 3.0
    read: float = 5.0
    """Without a byte."""


class _ErrorBody(msgspec.Struct):
    error: str | _ErrorObject | None = None
    message: str | None = None
    retryAfter: float | None = None


class _ErrorObject(msgspec.Struct):
    message: str | None = None
    code: str | None = None
    retryAfter: float | None = None


_error_decoder: Final = msgspec.json.Decoder(_ErrorBody)


class Rest:
    """A server's REST interface over one pool of connections; to be used in `async with`.

    Args:
        url: the server's address without `/api`.
        token_source: where the token comes from.
        restaurant_id: a UUID, or empty for the token's own.
        proxy: `auto`, `none` or an address (see `proxy_for`).
        timeouts: deadlines.
        trust: by what the server is known.
    """

    def __init__(
        self,
        url: str,
        token_source: TokenSource,
        restaurant_id: str,
        proxy: str,
        timeouts: Timeouts,
        trust: ServerTrust,
    ) -> None:
        self._trust = trust
        self._url = url.rstrip("/")
        self._token_source = token_source
        self._restaurant_id = restaurant_id
        self._proxy = proxy_for(url, proxy)
        self._timeouts = timeouts
        # Restaurant OS only compares cookie and header: any value of our own will do.
        self._csrf = secrets.token_hex(16)
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = ClientSession(
            connector=Connector(limit=MAX_CONNECTIONS),
            # The server prefers a cookie to the Bearer token, however stale: so none is kept.
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(
                total=self._timeouts.total,
                connect=self._timeouts.connect,
                sock_connect=self._timeouts.connect,
                sock_read=self._timeouts.read,
            ),
            headers={"User-Agent": f"kds-tui/{__version__}", "Accept": "application/json"},
            proxy=self._proxy,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(
        self, path: str, params: Mapping[str, str | int] | None = None, *, signed_in: bool = True
    ) -> bytes:
        """Ask for something.

        Args:
            path: behind `/api/v1`, its parts percent-encoded.
            params: the query.
            signed_in: whether to show the token.

        Returns:
            The body.

        Raises:
            BackendError: any of its kinds but `NotOffered`.
        """
        return await self._request("GET", path, {}, params=params, signed_in=signed_in)

    async def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, object],
        headers: Mapping[str, str],
        *,
        signed_in: bool = True,
    ) -> bytes:
        """Ask for a change.

        Args:
            method: `POST`, `PATCH`...
            path: behind `/api/v1`, its parts percent-encoded.
            body: sent as JSON.
            headers: more headers.
            signed_in: whether to show the token.

        Returns:
            The body of the answer.

        Raises:
            BackendError: any of its kinds but `NotOffered`.
        """
        own = {
            "Content-Type": "application/json",
            "Cookie": f"csrf_token={self._csrf}",
            "X-CSRF-Token": self._csrf,
            **headers,
        }
        data = msgspec.json.encode(body)
        return await self._request(method, path, own, data=data, signed_in=signed_in)

    async def _request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        *,
        params: Mapping[str, str | int] | None = None,
        data: bytes | None = None,
        signed_in: bool,
    ) -> bytes:
        if not signed_in:
            return await self._ask(method, path, headers, params, data)
        token = await self._token_source.token()
        try:
            signed = {**headers, "Authorization": f"Bearer {token}"}
            return await self._ask(method, path, signed, params, data)
        except Unauthorized:
            # Somebody may have signed in anew meanwhile. Once: a loop here would help nobody.
            other = await self._token_source.refresh()
            if other is None:
                raise
            signed = {**headers, "Authorization": f"Bearer {other}"}
            return await self._ask(method, path, signed, params, data)

    async def _ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None,
        data: bytes | None,
    ) -> bytes:
        if self._session is None:
            raise RuntimeError("used outside of its `async with`")
        request_id = str(uuid.uuid4())
        own = {**headers, "X-Request-ID": request_id}
        if self._restaurant_id:
            own["X-Restaurant-ID"] = self._restaurant_id
        about = {"method": method, "path": path, "request_id": request_id}
        try:
            checked = await self._trust.context_for(self._url)
            async with self._session.request(
                method,
                URL(self._url + API + path, encoded=True).with_query(params),
                headers=own,
                data=data,
                # A token must not follow a redirect to wherever it leads.
                allow_redirects=False,
                ssl=checked,
            ) as response:
                body = await _bounded_body(response)
                if 200 <= response.status < 300:
                    return body
                error = _error(response, body, named(self._proxy))
        except (ClientConnectorCertificateError, PinError) as failure:
            _log.error("certificate refused", extra={**about, "reason": str(failure)})
            pinned = isinstance(failure, PinError)
            told = str(failure) if pinned else self._trust.refusal(self._url)
            raise Untrusted(told) from failure
        except (ClientError, OSError, TimeoutError, ValueError) as failure:
            _log.warning("no answer", extra={**about, "reason": type(failure).__name__})
            if isinstance(failure, ServerDisconnectedError) and self._url.startswith("http:"):
                raise Unreachable(hung_up_on(self._url)) from failure
            way = f"{self._url}{named(self._proxy)}"
            why = _why(failure, self._proxy)
            raise Unreachable(f"No answer from {way}: {why}.") from failure
        _log.log(
            logging.INFO if isinstance(error, NotFound) else logging.WARNING,
            "refused",
            extra={**about, "status": response.status, "reason": str(error)},
        )
        raise error


async def _bounded_body(response: ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        body += chunk
        if len(body) > MAX_BODY:
            raise BadAnswer(f"The server's answer is larger than {MAX_BODY} bytes.")
    return bytes(body)


def _why(failure: Exception, proxy: str | None) -> str:
    if isinstance(failure, TimeoutError):
        return "it took too long"
    if isinstance(failure, ClientConnectorError) and isinstance(failure.os_error, ssl.SSLError):
        return tls_trouble(failure.os_error)
    if isinstance(failure, ClientHttpProxyError):  # its own words hold the proxy's password
        return f"the proxy answers with HTTP {failure.status}"
    return clean(redact_with(str(failure), proxy), MAX_MESSAGE) or type(failure).__name__


def _error(response: ClientResponse, body: bytes, way: str) -> BackendError:
    status = response.status
    told, asked_wait, code = _read_error(response.content_type, body)
    message = told or f"The server answers{way} with HTTP {status}."
    if status in _NOT_NOW:
        wait = _retry_after(response.headers.get("Retry-After"), asked_wait)
        return Unreachable(message, wait, answered=True)
    match status:
        case 401:
            return Unauthorized(message)
        case 403 if not told:  # a proxy's page
            return BadAnswer(message)
        case 403:
            return Forbidden(message)
        case 404:
            return NotFound(message)
        case 409:
            return Conflict(message, _CONFLICTS.get(code))
        case _ if status < 400:
            return BadAnswer(f"The server sends us elsewhere (HTTP {status}): check [server] url.")
        case _:
            return Refused(status, message)


_CONFLICTS: Final = {conflict.value: conflict for conflict in conflicts.Conflict}


def _read_error(content_type: str, body: bytes) -> tuple[str, float | None, str]:
    """Read any of the three shapes: `error` an object, `error` a text, or no JSON at all.

    Returns:
        Its words, how long it asks to wait, and its code.
    """
    try:
        found = read_json(body, _error_decoder.decode)
    except WireError:
        # A page of HTML says nothing that a person could use.
        told = body[:2000].decode("utf-8", "replace") if content_type == "text/plain" else ""
        return clean(told, MAX_MESSAGE), None, ""
    if isinstance(found.error, _ErrorObject):
        about = found.error
        return clean(about.message or "", MAX_MESSAGE), about.retryAfter, about.code or ""
    return clean(found.message or found.error or "", MAX_MESSAGE), found.retryAfter, ""


def _retry_after(header: str | None, asked: float | None) -> float | None:
    if asked is not None and 0 < asked <= MAX_RETRY_AFTER:
        return asked
    return retry_after_seconds(header, time.time()) or None
