"""Learn mode without a display: an app that shows nothing but the lesson."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from kds_tui.ui.help_words import lone_modifier_words
from kds_tui.ui.key_table import KeyTable
from kds_tui.ui.learn_dialog import LearnDialog
from kds_tui.ui.lesson import Lesson
from kds_tui.ui.themes import DEFAULT_VARIABLES, fitting_theme, install_themes
from voice_tui.terminal import GuardedApp, run_guarded


class LearningApp(GuardedApp, inherit_bindings=False):
    """Shows the lesson, and ends with it.

    Args:
        keys: what the keys do now.
        theme: name of the colour theme.
    """

    ALLOW_SELECT = False
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, keys: KeyTable, theme: str) -> None:
        super().__init__()
        self._keys = keys
        self._wanted = theme
        self.learned: Mapping[str, str] | None = None
        """What is to be kept; None when nothing is."""

        install_themes(self, theme)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give the style sheet the display's colours.

        Returns:
            Variable to colour.
        """
        return dict(DEFAULT_VARIABLES)

    def on_mount(self) -> None:
        """Begin the lesson."""
        if not self.is_headless:
            colors = self.console.color_system
            self.theme = fitting_theme(self._wanted, colors, no_color=self.no_color)
        lesson = Lesson(self._keys, self._keys.layers.learned)
        self.push_screen(LearnDialog(lesson, time.monotonic, self._warning), self._ended)

    def _warning(self) -> str:
        return lone_modifier_words(self._keys, tells_lone_modifiers=self.tells_lone_modifiers)

    def _ended(self, learned: Mapping[str, str] | None) -> None:
        self.learned = learned
        self.exit()


def run_lesson(keys: KeyTable, theme: str, log_path: Path) -> tuple[int, Mapping[str, str] | None]:
    """Run a lesson on this terminal.

    Args:
        keys: what the keys do now.
        theme: name of the colour theme.
        log_path: where the log is.

    Returns:
        The exit code, and what was learned: action id to keys; None when nothing is to be kept.
    """
    app = LearningApp(keys, theme)
    code = run_guarded(app, lambda: asyncio.run(app.run_async()), log_path)
    return code, app.learned
