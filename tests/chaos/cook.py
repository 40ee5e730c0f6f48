"""A cook who never rests, at a terminal without a screen."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any, Final, Protocol

from kds_tui.config.sections import JournalSettings, LinkSettings, LogSettings, ServerSettings
from kds_tui.core.command import Answered, Command, Outcome, Verb
from kds_tui.core.courses import parts_to_fire
from kds_tui.core.order import READY, Order
from kds_tui.core.results import Given, Kept, Result
from kds_tui.process_figures import process_figures
from kds_tui.services.credentials import FixedToken
from kds_tui.services.logfile import open_log
from kds_tui.services.terminal import Terminal, TerminalListener, TerminalSetup

LATE_AFTER_MINUTES: Final = 0.05
"""Three seconds of bad network are a night here."""

MOST_UNSENT: Final = 120
"""Commands under way at which the cook waits: no kitchen has more tickets."""

WISHES: Final = {
    Verb.BUMP: 30,
    Verb.RECALL: 14,
    Verb.BUMP_ITEM: 22,
    Verb.UNBUMP_ITEM: 8,
    Verb.RUSH: 8,
    Verb.UNRUSH: 6,
    Verb.FIRE: 8,
    Verb.HOLD: 6,
    Verb.START: 6,
    Verb.PICK_UP: 4,
    Verb.SERVE: 3,
    Verb.OUT_OF_STOCK: 3,
    Verb.IN_STOCK: 3,
}
"""How often each is wished for."""

MENU_ITEMS: Final = ("burger", "ribeye", "fries")

Tell = Callable[..., None]


class SettableClock(Protocol):
    """A wall clock that can be put wrong."""

    wrong_by: float


def content_of(orders: Iterable[Order]) -> dict[str, str]:
    """Put what a board holds into few words: each order's id, and a digest of all its fields."""
    return {
        order.id: hashlib.blake2b(repr(order).encode(), digest_size=8).hexdigest()
        for order in orders
    }


class Cook:
    """Gives commands at random.

    Args:
        seed: decides which.
        tell: says what happens.
    """

    def __init__(self, seed: str, tell: Tell) -> None:
        self._random = Random(seed)
        self._tell = tell
        self.terminal: Terminal

    def listener(self) -> TerminalListener:
        """Listen to the terminal, and say what it says."""
        return TerminalListener(
            touched=self._look,
            taken=self._taken,
            ended=self._ended,
        )

    def _look(self, order_ids: frozenset[str]) -> None:
        self.terminal.kitchen.tickets.update(order_ids, self.terminal.server_now())

    async def give(self, count: int, pause: float) -> None:
        """Give commands.

        Args:
            count: how many.
            pause: seconds between two, on average.
        """
        given = 0
        while given < count:
            await asyncio.sleep(self._random.expovariate(1 / pause))
            if len(self.terminal.kitchen.outbox) < MOST_UNSENT:
                given += self._wish()
        self._tell(event="gave all")

    def _wish(self) -> bool:
        (verb,) = self._random.choices(list(WISHES), list(WISHES.values()))
        result = self._ask(verb)
        if isinstance(result, Kept):
            self._tell(event="kept", wish=verb)
        if not isinstance(result, Given):
            return False
        self._say("given", result.command)
        return True

    def _ask(self, verb: Verb) -> Result | None:
        kitchen, terminal, pick = self.terminal.kitchen, self.terminal, self._random.choice
        tickets = list(kitchen.tickets)
        match verb:
            case Verb.OUT_OF_STOCK | Verb.IN_STOCK:
                item = pick(MENU_ITEMS)
                return terminal.set_stock(item, item, available=verb is Verb.IN_STOCK)
            case Verb.RECALL | Verb.PICK_UP | Verb.SERVE:
                bumped = [
                    order.id
                    for order in kitchen.board
                    if kitchen.outbox.effective(order).status in READY
                ]
                if not bumped:
                    return None
                if verb is Verb.RECALL:
                    return terminal.recall(pick(bumped))
                return terminal.hand_over(verb, pick(bumped))
            case Verb.FIRE:
                waiting = [
                    ticket.id
                    for ticket in tickets
                    if ticket.order.waits_for_fire or parts_to_fire(ticket.order)
                ]
                return terminal.fire(pick(waiting)) if waiting else None
            case _ if not tickets:
                return None
            case Verb.BUMP:
                return terminal.bump(pick(tickets).id)
            case Verb.START:
                return terminal.start(pick(tickets).id)
            case Verb.BUMP_ITEM | Verb.UNBUMP_ITEM:
                order = pick(tickets).order
                done = verb is Verb.BUMP_ITEM
                item_id = pick(order.items).id
                return terminal.bump_item(order.id, item_id, done=done)
            case Verb.HOLD:
                order = pick(tickets).order
                return terminal.hold(order.id, pick(order.items).id)
            case Verb.RUSH | Verb.UNRUSH:
                return terminal.rush(pick(tickets).id, rush=verb is Verb.RUSH)

    def _taken(self, command: Command) -> None:
        self._say("taken", command, on_disk=not self.terminal.trouble)

    def _ended(self, outcome: Outcome) -> None:
        done = isinstance(outcome, Answered)
        reason = "" if isinstance(outcome, Answered) else outcome.reason
        self._say("ended", outcome.command, outcome="done" if done else "declined", reason=reason)

    def _say(self, event: str, command: Command, **more: Any) -> None:
        self._tell(event=event, id=command.id, verb=command.verb, lane=command.lane, **more)


def look(terminal: Terminal) -> dict[str, Any]:
    """Tell how a terminal is, in few words."""
    digest = terminal.kitchen.board.digest()
    return {
        "state": terminal.status.state.value,
        "open_count": digest.open_count,
        "digest": digest.digest,
        "unsent": len(terminal.kitchen.outbox),
        "trouble": terminal.trouble,
        "held": asdict(process_figures()),
    }


async def live(
    about: dict[str, Any], lines: asyncio.StreamReader, tell: Tell, clock: SettableClock
) -> None:
    """Be a terminal until the lines end.

    Args:
        about: url, token, restaurant, folder, seed, link.
        lines: what to do.
        tell: says what happens.
        clock: the wall clock of this process.
    """
    folder = Path(about["folder"])
    setup = TerminalSetup(
        server=ServerSettings(url=about["url"], restaurant_id=about["restaurant"], proxy="none"),
        link=LinkSettings(**about["link"]),
        journal=JournalSettings(folder=folder / "journal", late_after_minutes=LATE_AFTER_MINUTES),
        tokens=FixedToken(about["token"]),
    )
    cook = Cook(about["seed"], tell)
    cook.terminal = terminal = Terminal(setup, cook.listener())
    tasks: list[asyncio.Task[object]] = []
    with open_log(LogSettings(file=folder / "terminal.log")):
        async with terminal:
            tasks.append(asyncio.create_task(terminal.connect()))
            tell(event="up", found=len(terminal.kitchen.outbox))
            while line := await lines.readline():
                asked = json.loads(line)
                match asked.pop("do"):
                    case "give":
                        tasks.append(asyncio.create_task(cook.give(**asked)))
                    case "set the clock":
                        clock.wrong_by = asked["wrong_by"]
                    case "look":
                        tell(event="looks", **look(terminal))
                    case "show":
                        tell(event="shows", board=content_of(terminal.kitchen.board))
            for task in tasks:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks, return_exceptions=True)
