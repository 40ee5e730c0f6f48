"""Cooks' commands by voice: asked about first where a mistake would cost something."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from voice_tui.core.matcher import Matcher
from voice_tui.core.menu import MenuItem
from voice_tui.core.tools import (
    ALL_TICKETS,
    BumpOrder,
    CookCall,
    MarkUnavailable,
    RecallOrder,
    WhatIsAllDay,
    WorkOnTicket,
    needs_confirmation,
)
from voice_tui.core.understood import Question, Reason
from voice_tui.services.dialogue_view import cook_question
from voice_tui.services.kitchen_commands import KitchenCommands

_log = logging.getLogger("voice_tui.dialogue")

COMMAND_DEADLINE: Final = 10.0
"""Seconds for the kitchen's display to carry a command out."""


class CookCommands:
    """At most one command that waits for a yes, and the carrying out of all of them.

    Args:
        kitchen: carries out; None where there is no kitchen display.
        menu_changed: called after an item was put out of stock or back.
    """

    def __init__(self, kitchen: KitchenCommands | None, menu_changed: Callable[[], None]) -> None:
        self._kitchen = kitchen
        self._menu_changed = menu_changed
        self._pending: tuple[CookCall, MenuItem | None] | None = None
        self._meant: str | None = None

    @property
    def question(self) -> str:
        """What the command that waits would do, as a question; empty when none waits."""
        if self._pending is None:
            return ""
        call, item = self._pending
        return cook_question(call, item.name if item else "")

    def drop(self) -> None:
        """Forget the command that waits."""
        self._pending = None

    async def ask(self, call: CookCall, matcher: Matcher, *, heard_surely: bool) -> str:
        """Carry a command out, or ask first.

        Args:
            call: the command.
            matcher: of the live menu.
            heard_surely: two recognisers heard the same, or it was typed.

        Returns:
            A sentence: what came of it, or what is asked.
        """
        self._pending = None
        if self._kitchen is None:
            return "There is no kitchen display here that could do that."
        item: MenuItem | None = None
        if isinstance(call, MarkUnavailable | WhatIsAllDay) and call.item_name:
            found = matcher.item_named(call.item_name)
            if found is None or found.item is None:
                return _which(call.item_name, found.items if found else (), matcher).text
            item = found.item
        if needs_confirmation(call, engines_agreed=heard_surely):
            self._pending, self._meant = (call, item), self._kitchen.selected
            return self.question
        return await self._carry_out(self._kitchen, call, item)

    async def confirm(self) -> str:
        """Carry out the command that waits.

        Returns:
            A sentence: what came of it.
        """
        pending, self._pending = self._pending, None
        if pending is None or self._kitchen is None:
            return "Nothing waits for a yes."
        if _is_selected(pending[0]) and self._kitchen.selected != self._meant:
            return "Another ticket is selected now: say it again."
        return await self._carry_out(self._kitchen, *pending)

    async def _carry_out(
        self, kitchen: KitchenCommands, call: CookCall, item: MenuItem | None
    ) -> str:
        _log.info("cook's command", extra={"command": type(call).__name__})
        try:
            async with asyncio.timeout(COMMAND_DEADLINE):
                return await self._send(kitchen, call, item)
        except TimeoutError:
            return f"The kitchen's display did not answer within {COMMAND_DEADLINE:g} s."
        except Exception:  # noqa: BLE001 - the host's code: logged, and told in a sentence
            _log.exception("a cook's command failed", extra={"command": type(call).__name__})
            return "The kitchen's display could not do that; the log says why."

    async def _send(self, kitchen: KitchenCommands, call: CookCall, item: MenuItem | None) -> str:
        match call:
            case BumpOrder():
                return await kitchen.bump(call.order_number, call.table_number)
            case RecallOrder():
                return await kitchen.recall(call.order_number, call.table_number)
            case WorkOnTicket(action=action, part=part):
                return await kitchen.work(action, call.order_number, call.table_number, part)
            case WhatIsAllDay():
                return await kitchen.all_day(item)
            case MarkUnavailable():
                if item is None:
                    return "Which item?"
                told = await kitchen.mark_unavailable(item, call.available)
                self._menu_changed()
                return told


def _is_selected(call: CookCall) -> bool:
    """Whether a command is about the ticket that is selected."""
    if not isinstance(call, WorkOnTicket) or call.part == ALL_TICKETS:
        return False
    return call.order_number is None and call.table_number is None


def _which(name: str, items: tuple[MenuItem, ...], matcher: Matcher) -> Question:
    near = items or matcher.suggestions(name)
    reason = Reason.WHICH_ITEM if items else Reason.UNMATCHED
    return Question(name, reason, tuple(item.name for item in near))
