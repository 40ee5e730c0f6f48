"""The bar that is held, or tapped, to talk; it shows the state, and how loud it is meanwhile."""

from __future__ import annotations

import time
from typing import Final

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from voice_tui.ui.meter import meter

TAP_S: Final = 0.4
"""A shorter hold is a tap, which leaves the recording running: touch screens report down and up
together, and people who know no other way tap the key."""


class TalkBar(Static):
    """Two cells of text in one line: the state, and what the talk key does."""

    DEFAULT_CSS = """
    TalkBar {
        height: 1; padding: 0 1; background: $kds-bar-back; color: $kds-bar;
        &.-recording { background: $kds-late-back; color: $kds-late; text-style: $kds-late-style; }
    }
    """

    class Pressed(Message):
        """The mouse, or a finger, went down on the bar."""

    class Released(Message):
        """It came up, wherever that was.

        Args:
            held: seconds since it went down.
        """

        def __init__(self, held: float) -> None:
            super().__init__()
            self.held = held

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._down_at: float | None = None
        self._shown: object = None

    def show(self, word: str, colour: str, right: str, level: float | None) -> None:
        """Say how it is.

        Args:
            word: the state.
            colour: of the state, a variable of the theme.
            right: what the talk key does.
            level: while recording, how loud it is in dBFS; else None.
        """
        width = self.content_size.width
        shown = (word, colour, right, level, width)
        if shown == self._shown:
            return
        self._shown = shown
        self.set_class(level is not None, "-recording")
        left = Content.styled(word, "bold" if level is not None else f"bold {colour}")
        room = width - left.cell_length - len(right) - 2
        middle = Content(" " * max(room + 2, 1))
        if level is not None and room >= 4:
            middle = Content(f" {meter(level, room)} ")
        line = Content.assemble(left, middle, (right, "bold"))
        self.update(line.truncate(width), layout=False)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin, and hear of the release wherever it happens."""
        self.capture_mouse()
        self._down_at = time.monotonic()
        self.post_message(self.Pressed())
        event.stop()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End."""
        down_at, self._down_at = self._down_at, None
        self.release_mouse()
        if down_at is not None:
            self.post_message(self.Released(time.monotonic() - down_at))
        event.stop()
