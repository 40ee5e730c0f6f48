"""A desk and a kitchen that do what a test tells them to, and remember what they were asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.voice.unit.menus import MATCHERS
from voice_tui.core.menu import Menu, MenuItem
from voice_tui.core.tools import TicketWork
from voice_tui.services.dialogue import OrderDialogue
from voice_tui.services.orders import OrderError, PlacedOrder

DEADLINE = 10.0


@dataclass
class ScriptedDesk:
    """Places every order, unless there are failures left to go through first."""

    now: Menu = field(default_factory=lambda: MATCHERS["hub"].menu)
    menu_error: OrderError | None = None
    failures: list[Exception] = field(default_factory=list)
    placed: list[tuple[Mapping[str, Any], str]] = field(default_factory=list)
    """Every try: body and key."""

    open_: asyncio.Event = field(default_factory=asyncio.Event)
    """While it is clear, orders are under way."""

    def __post_init__(self) -> None:
        self.open_.set()

    async def menu(self) -> Menu:
        if self.menu_error is not None:
            raise self.menu_error
        return self.now

    async def place(self, body: Mapping[str, object], key: str) -> PlacedOrder:
        self.placed.append((body, key))
        await self.open_.wait()
        if self.failures:
            raise self.failures.pop(0)
        return PlacedOrder("id", "0042")

    def sell_out(self, name: str) -> None:
        items = (replace(one, available=one.name != name) for one in self.now.items)
        self.now = Menu(tuple(items))


@dataclass
class ScriptedKitchen:
    """Says what it was asked to do."""

    done: list[str] = field(default_factory=list)
    selected: str | None = None

    async def bump(self, order_number: str | None, table_number: str | None) -> str:
        return self._do(f"bump {order_number or table_number}")

    async def recall(self, order_number: str | None, table_number: str | None) -> str:
        return self._do(f"recall {order_number or table_number or 'last'}")

    async def work(
        self,
        action: TicketWork,
        order_number: str | None,
        table_number: str | None,
        part: str | None,
    ) -> str:
        what = order_number or table_number or "selected"
        return self._do(f"{action} {what}{f' {part}' if part else ''}")

    async def mark_unavailable(self, item: MenuItem, available: bool) -> str:
        return self._do(f"{'back' if available else '86'} {item.name}")

    async def all_day(self, item: MenuItem | None) -> str:
        return self._do(f"all day {item.name if item else ''}".strip())

    def _do(self, what: str) -> str:
        self.done.append(what)
        return f"{what}."


async def settled(dialogue: OrderDialogue, what: Any) -> None:
    """Wait until something can be said of the dialogue's view."""
    changed = asyncio.Event()
    unsubscribe = dialogue.subscribe(lambda _: changed.set())
    async with asyncio.timeout(DEADLINE):
        while not what(dialogue.view):
            await changed.wait()
            changed.clear()
    unsubscribe()
