"""The actions of the board as commands of the palette."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from textual.app import SystemCommand
from textual.screen import Screen

from kds_tui.ui.keymap import ACTIONS, NUMBERED


def palette_commands(screen: Screen[None]) -> Iterable[SystemCommand]:
    """List every action that has a key, but for digits and slots.

    Args:
        screen: runs the actions.

    Yields:
        A command for each action.
    """
    for action in ACTIONS:
        if not action.id.startswith((*NUMBERED, "app.palette")):
            yield SystemCommand(action.words, action.id, _runner(screen, action.action))


def _runner(screen: Screen[None], action: str) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        await screen.run_action(action)

    return run
