"""Who wants to be told, and the telling that one bad listener cannot stop."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

Told = TypeVar("Told")
Unsubscribe = Callable[[], None]

_log = logging.getLogger("voice_tui.client")


class Listeners(Generic[Told]):
    """Handlers of one kind of news, in the order in which they came."""

    def __init__(self) -> None:
        self._handlers: dict[object, Callable[[Told], None]] = {}

    def __len__(self) -> int:
        return len(self._handlers)

    def add(self, handler: Callable[[Told], None]) -> Unsubscribe:
        """Subscribe.

        Args:
            handler: called with each piece of news; it must not block.

        Returns:
            A function that ends it, and may be called again.
        """
        key = object()
        self._handlers[key] = handler

        def unsubscribe() -> None:
            self._handlers.pop(key, None)

        return unsubscribe

    def tell(self, news: Told) -> None:
        """Call every handler.

        Args:
            news: what happened.
        """
        for key, handler in tuple(self._handlers.items()):
            if key not in self._handlers:
                continue
            try:
                handler(news)
            except Exception:  # noqa: BLE001 - a screen's fault must not end a recording
                _log.exception("a listener failed on %s", type(news).__name__)
