"""What is not HTTP, or breaks off: counted, not logged.

The server library logs each such request as an error, with a traceback and some of what was sent:
a port scanner would fill the log, and a broken proxy would put tokens into it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Middleware
from aiohttp.web_protocol import RequestPayloadError


class BadRequests(logging.LoggerAdapter[logging.Logger]):
    """The library's logger, which counts the requests that could not be read."""

    def __init__(self) -> None:
        super().__init__(logging.getLogger("voice_tui.serving.http"), {})
        self.count = 0
        """Requests so far that were not HTTP, broke off, or had headers beyond all bounds."""

    def exception(self, msg: object, *args: object, exc_info: Any = True, **kwargs: Any) -> None:
        """Log a failure; count a request that could not be read."""
        if isinstance(exc_info, HttpProcessingError):
            self.count += 1
        # What is left of a body that was counted already cannot be read either.
        elif not isinstance(exc_info, RequestPayloadError):
            super().exception(msg, *args, exc_info=exc_info, **kwargs)

    def middleware(self) -> Middleware:
        """Make the middleware that answers 400 to headers and bodies that cannot be read."""

        @web.middleware
        async def readable(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            if not _is_text(request):
                self.count += 1
                raise web.HTTPBadRequest
            try:
                return await handler(request)
            except RequestPayloadError as error:
                self.count += 1
                raise web.HTTPBadRequest from error
            except ConnectionError as error:
                if request.transport is not None:  # not this one, which is gone
                    raise
                self.count += 1
                raise web.HTTPBadRequest from error

        return readable


def _is_text(request: web.Request) -> bool:
    """Tell whether the headers are UTF-8; the library hands other bytes on as lone surrogates."""
    try:
        "".join(request.headers.values()).encode()
    except UnicodeEncodeError:
        return False
    return True
