"""What a cook wants, by key, mouse or voice: carried out on the kitchen, shown, and sent."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from typing import Protocol

from kds_tui.core.command import Declined, Outcome
from kds_tui.core.kitchen import Given, Kept, Kitchen, NotDone, Result, Stamp

_log = logging.getLogger("kds_tui.app")


class Showing(Protocol):
    """How a cook is shown what became of a wish."""

    def touch(self, order_ids: Iterable[str]) -> None:
        """Have tickets looked at again."""
        ...

    def reveal(self, order_id: str) -> None:
        """Turn to a ticket, once it is looked at again."""
        ...

    def tell(self, words: str, *, bad: bool = False) -> None:
        """Say a sentence; a bad one stays longer."""
        ...


class Wishes:
    """Carries out what cooks want.

    Args:
        kitchen: what the terminal knows.
        showing: the screen.
        server_now: the server's time, in seconds since the epoch.
        deliver: has the outbox looked at.
    """

    def __init__(
        self,
        kitchen: Kitchen,
        showing: Showing,
        server_now: Callable[[], float],
        deliver: Callable[[], None],
    ) -> None:
        self._kitchen = kitchen
        self._showing = showing
        self._server_now = server_now
        self._deliver = deliver
        self._told_about_recall = False

    def bump(self, order_id: str) -> Result:
        """Bump a ticket.

        Args:
            order_id: whose.

        Returns:
            What became of it; the screen shows it already.
        """
        return self._carry_out(self._kitchen.bump(order_id, self._stamp()))

    def recall(self, order_id: str | None) -> Result:
        """Bring a ticket back, and show it.

        Args:
            order_id: whose; None for the one bumped last.

        Returns:
            What became of it.
        """
        kitchen, stamp = self._kitchen, self._stamp()
        result = kitchen.recall(order_id, stamp) if order_id else kitchen.recall_last(stamp)
        self._carry_out(result)
        match result:
            case NotDone():
                return result
            case Given(command=command):
                self._showing.tell(f"{command.label} is back.")
                self._showing.reveal(command.order_id)
            case Kept(order_id=kept):
                if not self._told_about_recall:
                    self._told_about_recall = True
                    self._showing.tell(
                        "This order server has no recall: other screens will not see it."
                    )
                self._showing.reveal(kept)
        return result

    def ended(self, outcome: Outcome) -> None:
        """Take the end of a command.

        Args:
            outcome: the server's answer, or why it declined.
        """
        if isinstance(outcome, Declined):
            about = {"command": outcome.command.id, "reason": outcome.reason}
            _log.warning("declined", extra=about)
            self._showing.tell(outcome.reason, bad=True)
        self._showing.touch(self._kitchen.end(outcome))

    def _stamp(self) -> Stamp:
        return Stamp(self._server_now(), secrets.randbits(74))

    def _carry_out(self, result: Result) -> Result:
        match result:
            case NotDone(reason=reason):
                if reason:
                    self._showing.tell(reason)
            case Kept(order_id=order_id):
                self._showing.touch((order_id,))
            case Given(command=command):
                about = {"command": command.id, "order": command.order_id}
                _log.info(command.verb.value, extra=about)
                self._showing.touch((command.order_id,))
                self._deliver()
        return result
