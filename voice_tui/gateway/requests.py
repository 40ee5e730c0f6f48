"""Bodies of the gateway's HTTP requests: offers in three forms, and JSON, all bounded."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Final, cast

from aiohttp import web
from aiohttp.web_request import FileField

from voice_tui.core.request_error import RequestError
from voice_tui.core.session_object import JsonObject

BODY_DEADLINE: Final = 10.0
"""Seconds for a request's body to arrive."""

MAX_BODY: Final = 524_288
"""Bytes of a body: a session with a large menu in its instructions, and an offer."""

MAX_SDP: Final = 65_536
"""Characters of an offer. One with ten candidates has 3,000."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A request for a connection."""

    sdp: str
    session: JsonObject | None
    """What it wants the session to be, where the form of the request can say so."""


async def read_offer(request: web.Request) -> Offer:
    """Read an offer: raw SDP, a form with `sdp` and `session`, or JSON with these or `model`.

    Raises:
        RequestError: it is none of these, too long or too slow.
    """
    kind = request.content_type
    if kind == "multipart/form-data":
        form = await _form(request)
        sdp, session = form.get("sdp", ""), form.get("session")
        return Offer(_bounded(sdp), None if session is None else _object(session))
    text = await _text(request)
    if kind != "application/json":
        return Offer(_bounded(text), None)
    body = _object(text)
    session = optional_object(body, "session")
    if session is None and "model" in body:
        session = {"type": "realtime", "model": body["model"]}
    return Offer(_bounded(body.get("sdp")), session)


async def read_object(request: web.Request) -> JsonObject:
    """Read a JSON object; an empty body is an empty object.

    Raises:
        RequestError: it is none, too long or too slow.
    """
    text = await _text(request)
    return _object(text) if text.strip() else {}


def optional_object(body: JsonObject, name: str) -> JsonObject | None:
    """Return a field that is an object or is not there.

    Raises:
        RequestError: it is something else.
    """
    value = body.get(name)
    if value is None or isinstance(value, dict):
        return cast("JsonObject | None", value)
    raise RequestError("invalid_type", f"Invalid type for '{name}': expected an object.", name)


async def _text(request: web.Request) -> str:
    if (request.content_length or 0) > MAX_BODY:
        raise _too_large()
    try:
        async with asyncio.timeout(BODY_DEADLINE):
            body = await request.read()
    except TimeoutError as error:
        raise _too_slow() from error
    except web.HTTPRequestEntityTooLarge as error:
        raise _too_large() from error
    if len(body) > MAX_BODY:
        raise _too_large()
    return body.decode(errors="replace")


async def _form(request: web.Request) -> dict[str, str]:
    if (request.content_length or 0) > MAX_BODY:
        raise _too_large()
    try:
        async with asyncio.timeout(BODY_DEADLINE):
            form = await request.post()
    except TimeoutError as error:
        raise _too_slow() from error
    except web.HTTPRequestEntityTooLarge as error:
        raise _too_large() from error
    except ValueError as error:
        raise RequestError("invalid_request", "The form is broken.") from error
    return {name: _part(value) for name, value in form.items()}


def _part(value: str | bytes | bytearray | FileField) -> str:
    if isinstance(value, str):
        return value
    raw = value.file.read() if isinstance(value, FileField) else value
    return raw.decode(errors="replace")


def _bounded(sdp: object) -> str:
    if not isinstance(sdp, str) or not sdp:
        message = "Missing required parameter: 'sdp'."
        raise RequestError("missing_required_parameter", message, "sdp")
    if len(sdp) > MAX_SDP:
        raise RequestError("invalid_offer", "The SDP offer is too long.", "sdp")
    return sdp


def _object(text: str) -> JsonObject:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RequestError("invalid_json", "The body is not JSON.") from error
    if not isinstance(value, dict):
        raise RequestError("invalid_json", "The body is not a JSON object.")
    return cast("JsonObject", value)


def _too_large() -> RequestError:
    return RequestError("request_too_large", f"The body is larger than {MAX_BODY} bytes.")


def _too_slow() -> RequestError:
    return RequestError("request_timeout", "The body did not arrive in time.")
