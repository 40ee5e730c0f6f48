"""What is not HTTP: counted, not logged.

The server library logs each such request as an error, with a traceback and some of what was sent:
a port scanner would fill the log, and a broken proxy would put tokens into it.
"""

from __future__ import annotations

import logging
from typing import Any

from aiohttp.http_exceptions import HttpProcessingError


class BadRequests(logging.LoggerAdapter[logging.Logger]):
    """The library's logger, which counts the requests that could not be read."""

    def __init__(self) -> None:
        super().__init__(logging.getLogger("voice_tui.serving.http"), {})
        self.count = 0
        """Requests so far that were not HTTP, or had headers beyond all bounds."""

    def exception(self, msg: object, *args: object, exc_info: Any = True, **kwargs: Any) -> None:
        """Log a failure; count a request that could not be read."""
        if isinstance(exc_info, HttpProcessingError):
            self.count += 1
        else:
            super().exception(msg, *args, exc_info=exc_info, **kwargs)
