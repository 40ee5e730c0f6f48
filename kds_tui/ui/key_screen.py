"""A screen whose keys come from the table of keys, can be looked up and can be learned."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

from textual import events

from kds_tui.ui.help_dialog import HelpDialog
from kds_tui.ui.help_words import MOVES, lone_modifier_words
from kds_tui.ui.key_table import KeyTable
from kds_tui.ui.learn_dialog import LearnDialog
from kds_tui.ui.lesson import Lesson
from voice_tui.terminal import BackgroundScreen, GuardedApp, KeyPress

ANSWER_S: Final = 3.0
"""Seconds after which a terminal that did not say which keys it tells is taken for one of those
that tell no modifier alone; those that know the protocol answer at once."""


REPEATING: Final = (
    *MOVES,
    "board.page_previous",
    "board.page_next",
    "board.page_around",
    "board.item_next",
    "board.item_previous",
)
"""Actions that a key which is held down does again and again."""


class KeyScreen(BackgroundScreen):
    """A screen with keys.

    Args:
        keys: what they do.
        keep_keys: keeps keys that were learned, by the id of their action.
    """

    def __init__(self, keys: KeyTable, keep_keys: Callable[[Mapping[str, str]], None]) -> None:
        super().__init__()
        self._keep_keys = keep_keys
        self._stock_bindings = self._bindings.copy()
        self.use_keys(keys)

    def use_keys(self, keys: KeyTable) -> None:
        """Have keys do what a table says, and nothing of what they did before.

        Args:
            keys: the table.
        """
        self.keys = keys
        self._bindings = self._stock_bindings.copy()
        for binding in keys.bindings():  # not beside one of Textual's own, which would come first
            self._bindings.key_to_bindings[binding.key] = [binding]

    def on_key(self, event: events.Key) -> None:
        """Let a key that is held down do its work once, where the terminal says that it is held.

        Args:
            event: a key that no widget wanted.
        """
        if isinstance(event, KeyPress) and event.repeats:
            bound = self.keys.at(event.key)
            if bound is not None and bound.action.id not in REPEATING:
                event.stop()

    def watch_keys(self) -> None:
        """Say it, some seconds after the start, when a key of the bar cannot arrive."""
        if self.keys.needs_lone_modifier:
            self.set_timer(ANSWER_S, self._warn_of_lone_modifier)

    def key(self, action_id: str) -> str:
        """Name the key of an action, as it is printed on the bar or on a keyboard.

        Args:
            action_id: as in `ACTIONS`.

        Returns:
            Its first key; empty when it has none.
        """
        keys = self.keys.of(action_id)
        return keys[0].words if keys else ""

    def action_help(self) -> None:
        """Show the keys."""
        self.app.push_screen(HelpDialog(self.keys, self._lone_modifier_words()))

    def action_learn(self) -> None:
        """Learn the keys of a bump bar."""
        lesson = Lesson(self.keys, self.keys.layers.learned)
        dialog = LearnDialog(lesson, time.monotonic, self._lone_modifier_words)
        self.app.push_screen(dialog, self._learned)

    def _learned(self, learned: Mapping[str, str] | None) -> None:
        if learned is not None:
            self.use_keys(self.keys.with_learned(learned))
            # Once the dialog is gone: what is said while it goes would go with it.
            self.call_after_refresh(self._keep_keys, learned)

    def _lone_modifier_words(self) -> str:
        tells = isinstance(self.app, GuardedApp) and self.app.tells_lone_modifiers
        return lone_modifier_words(self.keys, tells_lone_modifiers=tells)

    def _warn_of_lone_modifier(self) -> None:
        if words := self._lone_modifier_words():
            self.notify(words, severity="warning", timeout=30, markup=False)
