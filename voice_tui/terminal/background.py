"""Mends a screen behind a dialog that draws itself for ever."""

from __future__ import annotations

from textual.screen import Screen


class BackgroundScreen(Screen[None]):
    """A screen that stands behind dialogs, and rests there while nothing on it changes.

    In Textual 8.2.8 a screen that is drawn while another one is in front asks each time to be drawn
    whole again: from the first tick of a clock on, both are drawn 60 times a second until the
    dialog closes.
    """

    def _compositor_refresh(self) -> None:
        super()._compositor_refresh()
        if self is not self.app.screen:
            # Its changed regions were handed to the screen in front, which draws them.
            self._repaint_required = False
