"""One HTTP request with a deadline, a bound, and a sentence for every way in which it can fail."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from aiohttp import (
    ClientConnectorCertificateError,
    ClientError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    FormData,
)

from voice_tui.core.text import clean
from voice_tui.pinning import PinError, ServerTrust
from voice_tui.redaction import redact_with

MAX_BODY: Final = 4 * 1024 * 1024
"""Largest answer read, in bytes: a menu of thousands of items is below it, an SDP has 5,000."""

MAX_MESSAGE: Final = 300
"""Longest message of a server that is passed on, in characters."""

_CONNECT_S: Final = 5.0

TokenGiver = Callable[[], Awaitable[str]]
"""Gives the backend's token; empty when nobody is signed in."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to send."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Never shown: tokens are in them."""

    body: bytes | FormData | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    body: bytes = field(repr=False)
    location: str = ""
    """The `Location` header."""

    @property
    def ok(self) -> bool:
        """Tell whether the server did what was asked."""
        return 200 <= self.status < 300

    @property
    def can_retry(self) -> bool:
        """Tell whether the same request may be answered otherwise in a while."""
        return self.status in (408, 425, 429) or self.status >= 500

    def text(self) -> str:
        """Give the body as text, its line ends as they came: an SDP is refused without its last."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> object:
        """Give the body as JSON, None when it is not."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def sentence(self, who: str) -> str:
        """Say what the server refuses and why.

        Args:
            who: such as `The voice server`.
        """
        told = error_text(self.json())
        if not told and not self.body.lstrip().startswith(b"<"):
            # A page of HTML says nothing that a person could use.
            told = clean(self.text()[:2000], MAX_MESSAGE)
        return f"{who} answers with HTTP {self.status}" + (f": {told}" if told else ".")


class NoAnswer(Exception):
    """The server could not be reached, or took too long. The text is for a person."""


def new_session() -> ClientSession:
    """Make a pool of connections; whoever asks for it closes it."""
    # No cookies are kept: Restaurant OS prefers a stale cookie to a good token.
    return ClientSession(cookie_jar=DummyCookieJar())


async def ask(
    session: ClientSession, request: Request, deadline: float, trust: ServerTrust
) -> Answer:
    """Send a request and read the answer.

    Args:
        session: the pool.
        request: what to send.
        deadline: seconds for all of it.
        trust: by what the order server is known; others are known by the public authorities.

    Raises:
        NoAnswer: none in time, or one that is too large.
    """
    host, proxy = urlsplit(request.url).netloc, proxy_of(request.url)
    try:
        checked = await trust.context_for(request.url)
        async with session.request(
            request.method,
            request.url,
            headers=request.headers,
            data=request.body,
            # A token must not follow a redirect to wherever it leads.
            allow_redirects=False,
            proxy=proxy,
            ssl=checked,
            timeout=ClientTimeout(total=deadline, sock_connect=_CONNECT_S),
        ) as response:
            body = bytearray()
            async for chunk in response.content.iter_chunked(65536):
                body += chunk
                if len(body) > MAX_BODY:
                    raise NoAnswer(f"The answer of {host} is larger than {MAX_BODY} bytes.")
            return Answer(response.status, bytes(body), response.headers.get("Location", ""))
    except TimeoutError as error:
        raise NoAnswer(f"No answer from {host} within {deadline:g} s.") from error
    except PinError as error:
        raise NoAnswer(str(error)) from error
    except ClientConnectorCertificateError as error:
        raise NoAnswer(trust.refusal(request.url)) from error
    except (ClientError, OSError, ValueError) as error:
        reason = clean(redact_with(str(error), proxy), MAX_MESSAGE) or type(error).__name__
        raise NoAnswer(f"No answer from {host}: {reason}.") from error


def error_text(found: object) -> str:
    """Find the message in any of the shapes that servers give errors: `error` an object or a text.

    Args:
        found: a decoded JSON body.

    Returns:
        It, printable and bounded; empty when there is none.
    """
    if not isinstance(found, dict):
        return ""
    body = cast("dict[str, object]", found)
    error = body.get("error")
    if isinstance(error, dict):
        return error_text(cast("dict[str, object]", error))
    texts = [body.get("message"), error, body.get("detail")]
    for text in texts:
        if isinstance(text, str) and text.strip():
            return clean(text[: 4 * MAX_MESSAGE], MAX_MESSAGE)
    return ""


def json_body(value: object) -> bytes:
    """Encode a body."""
    return json.dumps(value, separators=(",", ":")).encode()


def proxy_of(url: str) -> str | None:
    """Find the way to a server: the environment's proxy, but none on this machine and in the house.

    Args:
        url: the server's address.

    Returns:
        The address of the proxy, None to connect directly.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        near = not ip_address(host).is_global
    except ValueError:
        near = host == "localhost" or host.endswith((".localhost", ".local"))
    return None if near or proxy_bypass(host) else getproxies().get(parts.scheme)
