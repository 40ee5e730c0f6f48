"""What a cook wants, by key, mouse or voice: carried out by the terminal, said and shown."""

from __future__ import annotations

from typing import Protocol

from kds_tui.core.command import Command, Declined, Outcome, Verb
from kds_tui.core.kitchen import Kept, NotDone, Result
from kds_tui.services.terminal import Terminal


class Showing(Protocol):
    """How a cook is shown what became of a wish."""

    def reveal(self, order_id: str) -> None:
        """Turn to a ticket, once it is looked at again."""
        ...

    def tell(self, words: str, *, bad: bool = False) -> None:
        """Say a sentence; a bad one stays longer."""
        ...


class Wishes:
    """Says and shows what became of cooks' wishes.

    Args:
        terminal: carries them out.
        showing: the screen.
    """

    def __init__(self, terminal: Terminal, showing: Showing) -> None:
        self._terminal = terminal
        self._showing = showing
        self._told_about_recall = False

    def bump(self, order_id: str) -> Result:
        """Bump a ticket.

        Args:
            order_id: whose.

        Returns:
            What became of it; the screen shows it as soon as it is on the disk.
        """
        return self._tell(self._terminal.bump(order_id))

    def recall(self, order_id: str | None) -> Result:
        """Bring a ticket back, and show it.

        Args:
            order_id: whose; None for the one bumped last.

        Returns:
            What became of it.
        """
        result = self._tell(self._terminal.recall(order_id))
        if isinstance(result, Kept):
            if not self._told_about_recall:
                self._told_about_recall = True
                self._showing.tell(
                    "This order server has no recall: other screens will not see it."
                )
            self._showing.reveal(result.order_id)
        return result

    def taken(self, command: Command) -> None:
        """Take the news that a command is in the journal, and its ticket looked at again.

        Args:
            command: which one.
        """
        if command.verb is Verb.RECALL:
            self._showing.tell(f"{command.label} is back.")
            self._showing.reveal(command.order_id)

    def ended(self, outcome: Outcome) -> None:
        """Take the end of a command.

        Args:
            outcome: the server's answer, or why it declined.
        """
        if isinstance(outcome, Declined):
            self._showing.tell(outcome.reason, bad=True)

    def _tell(self, result: Result) -> Result:
        if isinstance(result, NotDone) and result.reason:
            self._showing.tell(result.reason)
        return result
