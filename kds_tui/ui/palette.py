"""The actions of the board as commands of the palette."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from textual.app import SystemCommand
from textual.screen import Screen

from kds_tui.ui.keymap import ACTIONS, NUMBERED
from kds_tui.ui.looking import Looking


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
