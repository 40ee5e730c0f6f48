"""Who wants to hear what from the link."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

Event = TypeVar("Event")
Unsubscribe = Callable[[], None]

_log = logging.getLogger("kds_tui.link")


@dataclass(frozen=True)
class Topic(Generic[Event]):
    """Something to be subscribed to; the type parameter is what a handler is called with."""

    name: str


@dataclass(eq=False, slots=True)
class _Subscription:
    """One handler on one topic; compared by identity, so that a handler may be there twice."""

    topic: str
    handler: Callable[[object], None]
    active: bool = True


class Subscriptions:
    """The handlers, in the order in which they came.

    A handler that raises is logged with its topic and hurts nobody else.
    """

    def __init__(self) -> None:
        self._all: list[_Subscription] = []
        self.handler_errors = 0
        """How often a handler raised."""

    def __len__(self) -> int:
        return len(self._all)

    def names(self) -> list[str]:
        """List the topics of all subscriptions.

        Returns:
            One name for each subscription, in the order of subscribing.
        """
        return [subscription.topic for subscription in self._all]

    def doubled(self) -> list[str]:
        """List the topics that one handler listens to more than once: it was subscribed twice.

        Returns:
            Their names.
        """
        pairs = [(each.topic, each.handler) for each in self._all]
        return [pair[0] for place, pair in enumerate(pairs) if pair in pairs[:place]]

    def add(self, topic: Topic[Event], handler: Callable[[Event], None]) -> Unsubscribe:
        """Subscribe.

        Args:
            topic: what to hear.
            handler: called with each event; it must not block.

        Returns:
            A function that ends it, at once even in the middle of an event, and may be called
            again.
        """
        # Called only by `publish` of the same topic, and so only with its events.
        subscription = _Subscription(topic.name, cast("Callable[[object], None]", handler))

        def unsubscribe() -> None:
            if subscription.active:
                subscription.active = False
                self._all.remove(subscription)

        self._all.append(subscription)
        return unsubscribe

    def publish(self, topic: Topic[Event], event: Event) -> None:
        """Call every handler of a topic.

        Args:
            topic: whose handlers.
            event: what happened.
        """
        for subscription in tuple(self._all):
            if subscription.topic != topic.name or not subscription.active:
                continue
            try:
                subscription.handler(event)
            except Exception:  # noqa: BLE001 - the link must outlive the screen's faults
                self.handler_errors += 1
                _log.exception("a handler of %s failed on %s", topic.name, type(event).__name__)
