"""A kitchen that stands still: the real app, with clocks and a link that a test moves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from textual import events
from textual.keys import _character_to_key
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.timer import Timer
from textual.widget import Widget

from kds_tui.app import KitchenApp
from kds_tui.config.settings import Settings
from kds_tui.core.board import SnapshotListed, SnapshotStarted
from kds_tui.core.cards import Card
from kds_tui.core.clock import format_time
from kds_tui.core.command import Answered, Command, Declined
from kds_tui.core.frames import OrderRemoved, OrderUpserted
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.wire import decode_order
from kds_tui.display import key_layers
from kds_tui.services.credentials import FixedToken
from kds_tui.services.websocket import LinkReport
from kds_tui.ui.key_table import key_table
from kds_tui.ui.order_grid import OrderGrid
from tests.unit.still_terminal import StillJournal
from voice_tui.terminal import screen_text

NOW = 1_795_437_240.0
"""2026-11-23, 12:34:00 UTC: the server's time when a test begins."""

REFUSED = "cannot connect to http://127.0.0.1:3001: Connection refused"

TICK = 1.0
"""Seconds between two looks of the board at the clock."""

PATIENCE = 20.0
"""Seconds that a test waits for something before it fails; a loaded machine needs them."""

QUIET_ROUNDS = 2
"""Rounds through the program in which nothing is left over before it counts as settled: a message
that is being taken as a round ends stands in no queue, and what it leads to is seen in the next."""

MOST_ROUNDS = 1000
"""Rounds after which a screen that is never done has a fault, as one that draws itself for ever."""

Row = dict[str, Any]


def item(name: str, *modifiers: str, quantity: int = 1, **fields: Any) -> Row:
    """Make a line of an order as the server tells it."""
    return {"id": name, "name": name, "quantity": quantity, "modifiers": list(modifiers), **fields}


def order(number: int, *items: Row | str, age: float = 60.0, **fields: Any) -> Row:
    """Make an order as the server tells it, `age` seconds old; `o<number>` is its id."""
    lines = [item(line) if isinstance(line, str) else line for line in items or ("Burger",)]
    return {
        "id": f"o{number}",
        "order_number": f"20261123-{number:04d}",
        "status": "preparing",
        "type": "takeout",
        "items": [{**line, "id": f"i{place}"} for place, line in enumerate(lines)],
        "created_at": format_time(NOW - age),
        "updated_at": format_time(NOW - age),
        "version": 1,
        **fields,
    }


def orders(count: int) -> list[Row]:
    """Make small orders, one to a cell, the first of them the oldest."""
    return [order(number, age=300.0 - number) for number in range(1, count + 1)]


@dataclass
class Clock:
    """Both clocks of a terminal; they stand until a test moves them on."""

    passed: float = 0.0

    def time(self) -> float:
        return NOW + self.passed

    def monotonic(self) -> float:
        return 1000.0 + self.passed


def still_report() -> LinkReport:
    """What a link tells that has been well since the start."""
    return {
        "state": "live",
        "stale": False,
        "reason": "",
        "is_connecting": False,
        "is_reconnecting": False,
        "reconnect_attempts": 0,
        "retry_at": None,
        "last_heartbeat": None,
        "down_since": None,
        "untrusted": False,
        "connect_count": 1,
        "live_count": 1,
        "open_sockets": 1,
        "subscription_count": 3,
        "subscriptions": ("feed", "status", "server time"),
        "missing_subscriptions": (),
        "doubled_subscriptions": (),
        "snapshots": 1,
        "gaps": 0,
        "bad_frames": 0,
        "unknown_types": 0,
        "server_errors": 0,
        "handler_errors": 0,
        "epoch": "925efdf08a604074",
        "seq": 1234,
        "confirmed_at": None,
        "confirmed_count": None,
        "digest": "",
        "digest_agrees": None,
        "differing_counts": None,
        "digest_mismatches": 0,
        "digest_listings": 0,
    }


@dataclass
class StillLink:
    """Stands in for the link: says what a test tells it to, and notes what it is asked for."""

    status: LinkStatus = field(default_factory=lambda: LinkStatus(LinkState.CONNECTING))
    delivered: int = 0
    reconnects: int = 0
    replaced: int = 0
    signed_out: str = ""

    report: LinkReport = field(default_factory=still_report)

    def get_status(self) -> LinkReport:
        status = self.status
        return {
            **self.report,
            "state": status.state.value,
            "stale": status.stale,
            "reason": status.reason,
            "reconnect_attempts": status.attempt,
            "retry_at": status.retry_at,
            "last_heartbeat": status.heard_at,
        }

    def deliver(self) -> None:
        self.delivered += 1

    def reconnect_now(self) -> None:
        self.reconnects += 1

    def replace(self) -> None:
        self.replaced += 1


class StillApp(KitchenApp):
    """The app without its ties to a server and a disk."""

    def start_sounds(self) -> None:
        # Without its clock: a test calls `sounding.tick` itself.
        self.sounding.begin(None, self.board_screen.flash)

    def start_serving(self) -> None:
        self.terminal._link = StillLink()  # type: ignore[assignment]
        self.terminal._journal = StillJournal(self.terminal._saved)


class StillKitchen:
    """A running app, and what a test does to it."""

    def __init__(self, app: StillApp, pilot: Pilot[Any], clock: Clock) -> None:
        self.app = app
        self.pilot = pilot
        self.clock = clock

    # What the server does

    async def link_is(
        self,
        state: LinkState,
        *,
        silent: float | None = None,
        retry_in: float | None = None,
        **fields: Any,
    ) -> None:
        """Change the state of the link, silent for some seconds; a live one spoke just now."""
        now = self.clock.monotonic()
        silent = 0.0 if silent is None and state is LinkState.LIVE else silent
        heard_at = None if silent is None else now - silent
        retry_at = None if retry_in is None else now + retry_in
        self.link.status = LinkStatus(state, heard_at=heard_at, retry_at=retry_at, **fields)
        self.app._status_changed(self.link.status)
        await self.settle()

    async def lose_link(self, retry_in: float = 9) -> None:
        """Lose the link as when the server is gone."""
        await self.link_is(
            LinkState.RECONNECTING, silent=75, retry_in=retry_in, attempt=4, reason=REFUSED
        )

    async def list_orders(self, rows: Iterable[Row]) -> None:
        """List all orders, as after a connect."""
        self.app.terminal.feed(SnapshotStarted())
        self.app.terminal.feed(
            SnapshotListed(tuple(decode_order(json.dumps(row).encode()) for row in rows))
        )
        await self.settle()

    async def tell(self, *rows: Row) -> None:
        """Tell how some orders are now."""
        for row in rows:
            newer = {"version": 2} if row["version"] == 1 else {}
            upserted = decode_order(json.dumps({**row, **newer}).encode())
            self.app.terminal.feed(OrderUpserted(upserted, created=False))
        await self.settle()

    async def remove(self, *ids: str) -> None:
        """Tell that some orders are gone."""
        for order_id in ids:
            self.app.terminal.feed(OrderRemoved(order_id))
        await self.settle()

    async def answer(self, command: Command, **fields: Any) -> None:
        """Answer a command, with the order as it is now."""
        row = order(int(command.order_id.removeprefix("o")), **fields)
        self.app.kitchen.outbox.end(command)
        self.app.terminal.command_ended(Answered(command, decode_order(json.dumps(row).encode())))
        await self.settle()

    async def decline(self, command: Command, reason: str) -> None:
        """Refuse a command for good."""
        self.app.kitchen.outbox.end(command)
        self.app.terminal.command_ended(Declined(command, reason))
        await self.settle()

    # What the cook does

    async def press(self, *keys: str, every: float = 1.0) -> None:
        """Press keys one after the other, `every` so many seconds; then wait until all is done."""
        for key in keys:
            self.clock.passed += every
            # Not the pilot's way, which waits 40 ms and more for every key.
            self.app.simulate_key(_character_to_key(key) if len(key) == 1 else key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Type letters, as into a field."""
        for letter in text:
            self.app.post_message(events.Key(_character_to_key(letter), letter))
            await self.settle()

    async def hold(self, key: str, repeats: int = 20, first_after: float = 0.5) -> None:
        """Hold a key down: it comes again after half a second, then 30 times a second."""
        await self.press(key)
        await self.press(key, every=first_after)
        for _ in range(repeats):
            await self.press(key, every=0.033)

    async def click(self, x: int, y: int) -> None:
        """Click on a place of the grid."""
        await self.pilot.click(OrderGrid, offset=(x, y))
        await self.settle()

    @property
    def real_clock(self) -> Timer:
        """The clock of the board; it is paused, for on a loaded machine it ticks in any test."""
        (clock,) = (each for each in self.app.board_screen._timers if each._interval == TICK)
        return clock

    async def tick(self, seconds: float = 1.0) -> None:
        """Let time pass, and the screen see it at once."""
        self.clock.passed += seconds
        self.app.board_screen._tick()
        await self.settle()

    # What is seen

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so; fail, and show the screen, when it does not become so."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():  # noqa: ASYNC110 - a screen raises no event when it is drawn
                    await asyncio.sleep(0.001)
        except TimeoutError:
            raise AssertionError(f"not so in {PATIENCE:g} s. The screen:\n{self.text}") from None

    async def settle(self) -> None:
        """Wait until what was said before has been taken, laid out and drawn."""
        await self.until(lambda: not self.app.has_unshown_changes)
        quiet = rounds = 0
        while quiet < QUIET_ROUNDS:
            await self._pass_through((self.app, *self.app.screen_stack, *self.widgets))
            self._draw()
            unsettled = list(self._unsettled())
            quiet = 0 if unsettled else quiet + 1
            rounds += 1
            assert rounds < MOST_ROUNDS, f"never settles: {unsettled}"

    def _draw(self) -> None:
        *behind, in_front = self.app.screen_stack
        # A dialog behind another one says for ever that it is to be drawn (Textual 8.2.8).
        for screen in behind:
            if screen._layout_required or screen._dirty_widgets:
                screen._on_timer_update()
        in_front._on_timer_update()

    def _unsettled(self) -> Iterator[str]:
        """Tell what has still to be taken, laid out or drawn."""
        screens, widgets = self.app.screen_stack, self.widgets
        # A screen's callbacks wait for a refresh, as a dialog's that looks at its own size.
        yield from (f"{screen} has callbacks" for screen in screens if screen._callbacks)
        for pump in (self.app, *screens, *widgets):
            if pump.message_queue_size or pump._next_callbacks:
                yield f"{pump} has messages"
        for widget in (self.app.screen, *widgets):
            # What is not displayed is never drawn, and waits for that as long as it likes.
            if widget.display and (widget._layout_required or widget._repaint_required):
                yield f"{widget} is to be drawn"

    async def _pass_through(self, pumps: Iterable[MessagePump]) -> None:
        """Wait until each has taken all that was posted to it before."""
        waiting = list(pumps)
        for pump in tuple(waiting):
            pump.call_later(waiting.remove, pump)
        # A dialog may just close.
        await self.until(lambda: not any(pump.is_running for pump in waiting))

    @property
    def widgets(self) -> list[Widget]:
        """Those on the screen, and behind it."""
        return [widget for screen in self.app.screen_stack for widget in screen.query()]

    @property
    def text(self) -> str:
        """The screen as text."""
        return screen_text(self.app)

    @property
    def link(self) -> StillLink:
        assert isinstance(self.app.terminal.link, StillLink)
        return self.app.terminal.link

    @property
    def selected(self) -> str | None:
        return self.app.board_screen.selected

    @property
    def grid(self) -> OrderGrid:
        return self.app.board_screen.view.query_one(OrderGrid)

    @property
    def top(self) -> int:
        """The row of the screen where the grid begins."""
        return self.grid.region.y

    @property
    def cards(self) -> list[Card]:
        return self.app.board_screen.view.paging.cards

    def card(self, order_id: str) -> Card:
        return next(card for card in self.cards if card.ticket_id == order_id)

    @property
    def shown(self) -> list[str]:
        """Ids of the tickets on the page, by slot."""
        return list(dict.fromkeys(card.ticket_id for card in self.cards))

    @property
    def bumped(self) -> list[str]:
        """Ids of the orders with a command under way, the first given at the front."""
        return [command.order_id for command in self.app.kitchen.outbox]


@asynccontextmanager
async def still_kitchen(
    clock: Clock,
    rows: Iterable[Row] | None = (),
    size: tuple[int, int] = (120, 36),
    keys: dict[str, str] | None = None,
    keys_file: Path | None = None,
    **settings: Any,
) -> AsyncIterator[StillKitchen]:
    """Run the app on a screen of a size; with `rows` it is live and has listed them.

    A bump is sent at once, unless `bump` says otherwise.
    """
    all_settings = Settings(**{"bump": {"undo_seconds": 0}, **settings})
    table = key_table(replace(key_layers(all_settings), keys=keys or {}, file=keys_file))
    app = StillApp(all_settings, table, FixedToken("unused"))
    async with app.run_test(size=size, notifications=True) as pilot:
        kitchen = StillKitchen(app, pilot, clock)
        await kitchen.until(lambda: app.terminal.link is not None)
        kitchen.real_clock.pause()
        if rows is not None:
            await kitchen.list_orders(rows)
            await kitchen.link_is(LinkState.LIVE)
        yield kitchen
