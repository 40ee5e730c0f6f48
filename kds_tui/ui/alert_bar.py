"""Bars that light up for a moment: what is to be heard, for a kitchen where nothing is heard.

One colour and one word, on and off once: nothing blinks (kds-features: flash at most one thing, and
never the whole screen).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from kds_tui.core.alerts import Alert

FLASH: Final = 2.0
"""Seconds for which the bars are lit: long enough for a head that turns to a sound."""

LOOKS: Final[Mapping[Alert, str]] = {
    Alert.CANCELLED: "late",
    Alert.LINK_LOST: "late",
    Alert.LATE: "late",
    Alert.CHANGED: "warning",
    Alert.RECALLED: "warning",
    Alert.NEW: "on-time",
    Alert.READY: "note",
}
"""Which of the theme's looks each has."""


class AlertBar(Static):
    """A bar across the screen that can be lit."""

    DEFAULT_CSS = """
    AlertBar {
        &.-on-time {
            background: $kds-on-time-back; color: $kds-on-time; text-style: $kds-on-time-style;
        }
        &.-warning {
            background: $kds-warning-back; color: $kds-warning; text-style: $kds-warning-style;
        }
        &.-late { background: $kds-late-back; color: $kds-late; text-style: $kds-late-style; }
        &.-note { background: $kds-note-back; color: $kds-note; text-style: $kds-note-style; }
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.alert = ""
        """What is said while it is lit; empty while it is not."""

    def light(self, words: str, alert: Alert) -> None:
        """Light it, until `put_out`; what it says is drawn with the next `show`.

        Args:
            words: clean text.
            alert: gives the colour.
        """
        self.put_out()
        self.alert = words
        self.add_class(f"-{LOOKS[alert]}")

    def put_out(self) -> None:
        """Look as always again."""
        self.alert = ""
        self.remove_class(*(f"-{look}" for look in LOOKS.values()))


class Flash:
    """Lights the bars of a screen for a moment.

    Args:
        screen: theirs.
        redraw: has them say what they are to say now.
    """

    def __init__(self, screen: Screen[Any], redraw: Callable[[], None]) -> None:
        self._screen = screen
        self._redraw = redraw
        self._timer: Timer | None = None

    def __call__(self, words: str, alert: Alert) -> None:
        """Light the bars.

        Args:
            words: what the header says meanwhile, clean.
            alert: gives the colour.
        """
        for bar in self._screen.query(AlertBar):
            bar.light(words, alert)
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(FLASH, self.end)
        self._redraw()

    def end(self) -> None:
        """Have the bars look as always again."""
        for bar in self._screen.query(AlertBar):
            bar.put_out()
        self._redraw()
