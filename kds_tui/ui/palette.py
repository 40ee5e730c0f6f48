"""The palette: the actions of the board as commands, also for a bump bar, which has no Esc."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container, Iterable
from functools import partial

from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding
from textual.command import CommandInput, CommandPalette
from textual.screen import Screen

from kds_tui.ui.held_key import HOLD_GAP, HeldKey
from kds_tui.ui.key_table import KeyTable
from kds_tui.ui.keymap import ACTIONS, NUMBERED
from kds_tui.ui.looking import Looking
from kds_tui.ui.search_list import list_keys


class _Line(CommandInput):
    """The search line.

    Args:
        placeholder: what can be searched for.
        taken: keys that do something else here, though they would type.
    """

    def __init__(self, placeholder: str, taken: Container[str]) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False)
        self._taken = taken

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Tell whether a key types; one that does comes before every binding."""
        return key not in self._taken and super().check_consume_key(key, character)


class BoardPalette(CommandPalette):
    """Textual's palette, in which a key of a bump bar does what it does in every list.

    Args:
        keys: of the board.
        monotonic: the monotonic clock, in seconds.
    """

    def __init__(self, keys: KeyTable, monotonic: Callable[[], float]) -> None:
        super().__init__(id="--command-palette")
        self._monotonic = monotonic
        self._held_key = HeldKey()
        self._taken = list_keys(keys, "app.palette")
        for key, action in self._taken.items():
            self._bindings.key_to_bindings[key] = [Binding(key, action, show=False, priority=True)]

    def compose(self) -> ComposeResult:
        """Lay the palette out as Textual does.

        Yields:
            Its parts, with another search line.
        """
        for part in super().compose():
            is_line = isinstance(part, CommandInput)
            yield _Line(part.placeholder, self._taken) if is_line else part

    def action_move(self, step: int) -> None:
        """Move the mark: 1 down, -1 up."""
        self._held_key.released()
        if step > 0:
            self._action_cursor_down()
        else:
            self._action_command_list("cursor_up")

    def action_page(self, step: int) -> None:
        """Move the mark by a page: 1 down, -1 up."""
        self._held_key.released()
        self._action_command_list("page_down" if step > 0 else "page_up")

    def action_choose(self) -> None:
        """Run the marked command."""
        if not self._held_key.repeats("choose", self._monotonic(), HOLD_GAP):
            self._select_or_command()

    def action_leave(self) -> None:
        """Close."""
        if self.is_current:
            self._action_escape()


def palette_commands(screen: Looking, stations: Iterable[str]) -> Iterable[SystemCommand]:
    """List every action that has a key, but for digits and slots.

    Args:
        screen: runs the actions.
        stations: that can be taken over, in lower case.

    Yields:
        A command for each action, and for each station.
    """
    for action in ACTIONS:
        if not action.id.startswith((*NUMBERED, "app.palette")):
            yield SystemCommand(action.words, action.id, _runner(screen, action.action))
    for station in stations:
        join = partial(screen.action_take_over, station)
        yield SystemCommand(f"Take over: {station.upper()}", "board.take_over", join)


def _runner(screen: Screen[None], action: str) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        await screen.run_action(action)

    return run
